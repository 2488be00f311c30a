"""Evidence on Tmall pages: item pages of both templates, shops, and the answers of the data services.

Tmall, Tmall Supermarket and Tmall Global share their templates; what tells Global is its own host and its own flags.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote_to_bytes

from crawler.reading.charset import decode
from crawler.reading.document import Document
from crawler.reading.literal import Value, dig
from crawler.reading.shop_data import answers, assigned, belongs, find_record, is_true, page_title, text_of
from crawler.reading.taobao_family import (
    host_signal,
    is_degraded,
    is_family,
    item_record,
    record_state,
    seller_signals,
    wall,
)
from crawler.shapes import PageEvidence
from storage.records import ItemState, Signal

# The ending may be mangled where somebody decoded the page twice: the name in Latin letters survives.
_TITLE_ENDING = re.compile(r"(?:-tmall\.com\S{0,8}|- 天猫Tmall\.com)$")
_GLOBAL_ENDING = re.compile(r"-(?:tmall\.hk)?天猫国际$")
_PLATFORM = re.compile(r"[?&]platform=tmall(?:&|$)")
_NOTICE = ".sold-out-tit ::text, .tb-key-off-sale ::text"
_GLOBAL_FLAGS = ("isHkItem", "isHkDirectSale")


def inspect(document: Document) -> PageEvidence | None:
    """The evidence on a page of Tmall; ``None`` on a page of Taobao or of anybody else."""
    if not is_family(document):
        return None
    record = item_record(document)
    if record is not None:
        return _current(document, record)
    setup = _setup(document)
    if setup is not None:
        return _legacy(document, setup)
    return _trade_answer(document) or _shop_answer(document) or _shop_page(document) or _without_item(document)


# --- the current template -----------------------------------------------------------------------------------------


def _current(document: Document, record: dict[str, Any]) -> PageEvidence | None:
    signals = seller_signals(record)
    is_tmall = any(signal.says.startswith("tmall") for signal in signals)
    if not is_tmall or dig(record, "seller", "sellerType") == "C":
        return None
    found = wall(document, has_data=True)
    outcome, detail = found or ("ok", "")
    if is_degraded(record) and not found:
        outcome, detail = "partial", "degraded: the shop held back seller and stock"
    return PageEvidence(
        platform="tmall",
        outcome=outcome,
        detail=detail,
        state="unknown" if is_degraded(record) else record_state(record),
        signals=(*signals, *_page_signals(document)),
        title=text_of(dig(record, "item", "title")) or None,
        item_id=text_of(dig(record, "item", "itemId")) or None,
        shop_id=text_of(dig(record, "seller", "shopId")) or None,
        shop_name=text_of(dig(record, "seller", "shopName")) or None,
    )


def _page_signals(document: Document) -> tuple[Signal, ...]:
    """What title and address of a page say, on which Tmall's own data stand already."""
    host, title = document.final_url.host, page_title(document)
    signals = []
    if _TITLE_ENDING.search(title):
        signals.append(Signal("title ending", title[-14:], "tmall"))
    if _GLOBAL_ENDING.search(title):
        signals.append(Signal("title ending", title[-14:], "tmall_global"))
    if belongs(host, "tmall.com", "tmall.hk"):
        signals.append(Signal("host", host, "tmall_global" if belongs(host, "tmall.hk") else "tmall"))
    return tuple(signals)


# --- the template of 2015 to 2020 ---------------------------------------------------------------------------------


def _setup(document: Document) -> dict[str, Any] | None:
    """What ``TShop.Setup`` is called with; on mobile pages and in their data files the same object stands alone."""
    found = list(assigned(document, "itemDO", "TShop.Setup"))
    for name, value in found:
        if name == "TShop.Setup" and isinstance(value, dict) and text_of(value.get("rstShopId")):
            return value
    records = (find_record(value, "itemDO", "detail") for value in (*(value for _, value in found), *answers(document)))
    return next((record for record in records if record is not None), None)


def _legacy(document: Document, setup: dict[str, Any]) -> PageEvidence:
    outcome, detail = wall(document, has_data=True) or ("ok", "")
    nick = text_of(dig(setup, "itemDO", "sellerNickName"))
    return PageEvidence(
        platform="tmall",
        outcome=outcome,
        detail=detail,
        state=_legacy_state(document, setup),
        signals=(*_setup_signals(setup), *_plate_signals(document), *_page_signals(document)),
        title=text_of(dig(setup, "itemDO", "title")) or page_title(document) or None,
        item_id=text_of(dig(setup, "itemDO", "itemId")) or None,
        shop_id=text_of(setup.get("rstShopId")) or None,
        shop_name=decode(unquote_to_bytes(nick)).text or None,
    )


def _setup_signals(setup: dict[str, Any]) -> tuple[Signal, ...]:
    flags = [(name, dig(setup, "detail", name)) for name in _GLOBAL_FLAGS]
    address = host_signal("detail.shopSameCategoryUrl", dig(setup, "detail", "shopSameCategoryUrl"))
    shop_id, service = text_of(setup.get("rstShopId")), text_of(setup.get("getProgressiveInfoApi"))
    return (
        *([Signal("TShop.Setup", f"rstShopId {shop_id}", "tmall")] if shop_id else []),
        *([Signal("getProgressiveInfoApi", "platform=tmall", "tmall")] if _PLATFORM.search(service) else []),
        *(Signal(f"detail.{name}", "true", "tmall_global") for name, value in flags if is_true(value)),
        *([address] if address and address.says else []),
    )


def _plate_signals(document: Document) -> tuple[Signal, ...]:
    """The shop's name plate at the head of the page."""
    address = document.selector.css("a.slogo-shopname::attr(href)").get()
    plate = host_signal("a.slogo-shopname", address)
    mark = document.selector.css(".slogo-extraicon.bShop").attrib.get("class", "")
    marks = [Signal(".slogo-extraicon", " ".join(mark.split()), "tmall")] if mark else []
    return (*([plate] if plate else []), *marks)


def _legacy_state(document: Document, setup: dict[str, Any]) -> ItemState:
    """By three fields and the notice. Where they contradict each other nothing is known."""
    is_down, is_online = dig(setup, "detail", "isDownShelf"), dig(setup, "itemDO", "isOnline")
    status, notice = text_of(dig(setup, "itemDO", "auctionStatus")), "".join(document.selector.css(_NOTICE).getall())
    is_on = is_true(is_online) or status == "0" or (is_down is not None and not is_true(is_down))
    is_off = is_true(is_down) or (is_online is not None and not is_true(is_online)) or "下架" in notice
    if is_off:
        return "unknown" if is_on else "off_shelf"
    if "售完" in notice or "卖光" in notice:
        return "sold_out"
    return "on_shelf" if is_true(is_online) and status in ("0", "") else "unknown"


# --- answers ------------------------------------------------------------------------------------------------------


def _trade_answer(document: Document) -> PageEvidence | None:
    """The answer of ``mdskip.taobao.com/core/initItemDetail.htm``: price and stock of an item of Tmall."""
    models = (dig(value, "defaultModel") for value in answers(document))
    model = next((model for model in models if isinstance(dig(model, "itemPriceResultDO"), dict)), None)
    if model is None:
        return None
    marks = [("itemPriceResultDO", "tmallShopProm"), ("tradeResult", "miniTmallCartEnable")]
    found = [name for block, name in marks if name in (dig(model, block) or {})]
    return PageEvidence(
        platform="tmall",
        state=_trade_state(model),
        signals=(Signal("mdskip initItemDetail", ", ".join(found), "tmall"),) if found else (),
    )


def _trade_state(model: Value) -> ItemState:
    stock = dig(model, "inventoryDO", "icTotalQuantity")
    can_buy = is_true(dig(model, "tradeResult", "tradeEnable"))
    return "on_shelf" if can_buy and isinstance(stock, int) and stock > 0 else "unknown"


def _shop_answer(document: Document) -> PageEvidence | None:
    """The data of a shop, or the list of its items."""
    for value in answers(document):
        shop = dig(value, "shopDetail")
        if isinstance(shop, dict):
            return _shop_evidence(shop.get("title"), shop.get("id"), _shop_signals(shop))
        if isinstance(value, dict) and "shop_Url" in value and isinstance(value.get("items"), list):
            address = host_signal("shop_Url", value["shop_Url"])
            return _shop_evidence(value.get("shop_title"), value.get("shop_id"), (address,) if address else ())
        if is_true(dig(value, "data", "globalInfoDTO", "b2CShop")):
            name = dig(value, "data", "signInfoDTO", "shopName")
            return _shop_evidence(name, None, (Signal("globalInfoDTO.b2CShop", "true", "tmall"),))
    return None


def _shop_signals(shop: dict[str, Any]) -> tuple[Signal, ...]:
    is_mall = shop.get("isMall")
    hosts = [
        host_signal("shopDetail.shopUrl", shop.get("shopUrl")),
        host_signal("shopDetail.shopInfoUrl", shop.get("shopInfoUrl")),
        host_signal("shopDetail.zhizhao.target", dig(shop, "zhizhao", "target")),
    ]
    flag = [Signal("shopDetail.isMall", str(is_mall).lower(), "tmall" if is_true(is_mall) else "")]
    return (*(flag if is_mall is not None else []), *(signal for signal in hosts if signal))


def _shop_evidence(name: Value, shop_id: Value, signals: tuple[Signal, ...]) -> PageEvidence | None:
    """Data of a shop that is not said to be Tmall's are left to others."""
    if not any(signal.says.startswith("tmall") for signal in signals):
        return None
    shop = text_of(name) or None
    return PageEvidence(platform="tmall", signals=signals, title=shop, shop_name=shop, shop_id=text_of(shop_id) or None)


# --- pages without an item ----------------------------------------------------------------------------------------


def _shop_page(document: Document) -> PageEvidence | None:
    """A shop's front: its name plate and the page's mark of the shop."""
    plate = _plate_signals(document)
    host = document.final_url.host
    if not any(signal.says for signal in plate) or not belongs(host, "tmall.com", "tmall.hk"):
        return None
    outcome, detail = wall(document, has_data=True) or ("ok", "")
    mark = re.search(r"shopId=(\d+)", document.selector.css("meta[name=microscope-data]::attr(content)").get(""))
    name = " ".join(document.selector.css("a.slogo-shopname ::text").getall()).strip() or None
    return PageEvidence(
        platform="tmall",
        outcome=outcome,
        detail=detail,
        signals=(*plate, *_page_signals(document)),
        title=page_title(document) or None,
        shop_id=mark[1] if mark else None,
        shop_name=name,
    )


def _without_item(document: Document) -> PageEvidence | None:
    if not belongs(document.final_url.host, "tmall.com", "tmall.hk"):
        return None
    outcome, detail = wall(document, has_data=False) or ("partial", "a page without item or shop data")
    state: ItemState = "not_found" if outcome == "not_found" else "unknown"
    return PageEvidence(
        platform="tmall", outcome=outcome, state=state, detail=detail, title=page_title(document) or None
    )
