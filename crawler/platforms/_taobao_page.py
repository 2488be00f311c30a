"""Evidence on Taobao pages: item pages of both templates, shops, and the answers of the data services.

``C`` (Taobao) covers personal and enterprise shops. A personal shop is one with the mark of a personal seller; that the
enterprise mark is missing proves nothing. Shop names, credit and the words of the page prove nothing either.
"""

from __future__ import annotations

import re
from typing import Any

from crawler.reading.document import Document
from crawler.reading.literal import Value, dig
from crawler.reading.shop_data import answers, assigned, belongs, is_true, page_title, text_of
from crawler.reading.taobao_family import is_degraded, is_family, item_record, record_state, seller_signals, wall
from crawler.shapes import PageEvidence
from storage.records import ItemState, Signal

_ENTERPRISE_ICON = "TB1YE.PHVXXXXb6XXXXSutbFXXX"
"""The badge that current pages show beside the name of an enterprise shop."""

_SEARCH_TITLE = re.compile(r"_淘宝搜索$|^淘宝搜索")
_SHOP_TITLE = re.compile(r"^(?:首页|店内搜索页)-(?P<name>.+)-淘宝网$")
_SHOP_ID = re.compile(r"shopId=(\d+)")


def inspect(document: Document) -> PageEvidence | None:
    """The evidence on a page of Taobao; ``None`` on a page of Tmall or of anybody else."""
    if not is_family(document):
        return None
    record = item_record(document)
    if record is not None:
        return _current(document, record)
    config = _legacy_config(document)
    if config is not None:
        return _legacy(document, config)
    return _shop_answer(document) or _shop_page(document) or _without_item(document)


# --- the current template -----------------------------------------------------------------------------------------


def _current(document: Document, record: dict[str, Any]) -> PageEvidence | None:
    signals = seller_signals(record)
    is_taobao = dig(record, "seller", "sellerType") == "C"
    if not is_taobao and any(signal.says.startswith("tmall") for signal in signals):
        return None
    found = wall(document, has_data=True)
    outcome, detail = found or ("ok", "")
    if is_degraded(record) and not found:
        outcome, detail = "partial", "degraded: the shop held back seller and stock"
    return PageEvidence(
        platform="taobao",
        outcome=outcome,
        detail=detail,
        state="unknown" if is_degraded(record) else record_state(record),
        signals=(*signals, *_badge(record), *_title_signal(document), *_licence_of(document, record)),
        title=text_of(dig(record, "item", "title")) or None,
        item_id=text_of(dig(record, "item", "itemId")) or None,
        shop_id=text_of(dig(record, "seller", "shopId")) or None,
        shop_name=text_of(dig(record, "seller", "shopName")) or None,
    )


def _badge(record: dict[str, Any]) -> tuple[Signal, ...]:
    icon = text_of(dig(record, "seller", "tagIcon"))
    is_enterprise = _ENTERPRISE_ICON in icon and dig(record, "seller", "sellerType") == "C"
    return (Signal("seller.tagIcon", icon[:120], "taobao_enterprise" if is_enterprise else ""),) if icon else ()


def _title_signal(document: Document) -> tuple[Signal, ...]:
    """Taobao's own ending of an item's title; the item's words stand before it."""
    title = page_title(document)
    is_item = title.endswith("-淘宝网") and not _SHOP_TITLE.match(title)
    return (Signal("title ending", title[-4:], "taobao_unspecified"),) if is_item else ()


def _licence_of(document: Document, record: dict[str, Any]) -> tuple[Signal, ...]:
    """The licence of this very seller, where the page fetched it."""
    seller_id = text_of(dig(record, "seller", "userId"))
    found = (_shop_signals(data) for data in _shop_records(document) if _owner_of(data) == seller_id)
    return next(found, ())


# --- shop data ----------------------------------------------------------------------------------------------------


def _shop_records(document: Document) -> list[dict[str, Any]]:
    found = (dig(value, "data") for value in answers(document))
    return [data for data in found if isinstance(data, dict) and isinstance(data.get("signInfoDTO"), dict)]


def _owner_of(data: Value) -> str:
    address = f"{text_of(dig(data, 'signInfoDTO', 'licenseUrl'))} {text_of(dig(data, 'signInfoDTO', 'shopUrl'))}"
    owner = re.search(r"(?:uid|user_id)=(\d+)", address)
    return owner[1] if owner else ""


def _shop_signals(data: dict[str, Any]) -> tuple[Signal, ...]:
    """The mark of an enterprise counts only where the shop is said to be no Tmall shop.

    A licence supports it and proves nothing alone: personal sellers with a business of their own show one too.
    """
    is_tmall = dig(data, "globalInfoDTO", "b2CShop")
    says = "taobao_enterprise" if is_tmall is False or is_tmall == "false" else ""
    sign = data["signInfoDTO"]
    kind = "tmall" if is_true(is_tmall) else "taobao_unspecified" if says else ""
    mark, licence = text_of(sign.get("businessIconUrl")), text_of(sign.get("licenseUrl"))
    return (
        Signal("globalInfoDTO.b2CShop", str(is_tmall).lower(), kind),
        *([Signal("signInfoDTO.businessIconUrl", mark[:120], says)] if mark else []),
        *([Signal("signInfoDTO.licenseUrl", licence[:120], says if mark else "")] if licence else []),
    )


def _shop_answer(document: Document) -> PageEvidence | None:
    for data in _shop_records(document):
        signals = _shop_signals(data)
        if not any(signal.says == "tmall" for signal in signals):
            name = text_of(dig(data, "signInfoDTO", "shopName")) or None
            return PageEvidence(platform="taobao", signals=signals, title=name, shop_name=name)
    return None


def _shop_page(document: Document) -> PageEvidence | None:
    """A shop's front or in-shop search of 2015 to 2020."""
    title = _SHOP_TITLE.match(page_title(document))
    owner = _SHOP_ID.search(document.selector.css("meta[name=microscope-data]::attr(content)").get(""))
    marks = document.selector.css("a.id-wrap > i.id-icon.personal-id").getall()
    header = _enterprise_header(document)
    if not title and not (owner and (marks or header)):
        return None
    outcome, detail = wall(document, has_data=True) or ("ok", "")
    return PageEvidence(
        platform="taobao",
        outcome=outcome,
        detail=detail,
        signals=(
            *([Signal("title ending", title[0][-4:], "taobao_unspecified")] if title else []),
            *(Signal("i.personal-id", "支付宝个人认证", "taobao_personal") for _ in marks[:1]),
            *header,
        ),
        title=page_title(document) or None,
        shop_id=owner[1] if owner else None,
        shop_name=title["name"] if title else None,
    )


# --- the template of 2015 to 2020 ---------------------------------------------------------------------------------


def _legacy_config(document: Document) -> dict[str, Any] | None:
    for name, value in assigned(document, "idata"):
        if name == "g_config" and isinstance(dig(value, "idata", "item"), dict):
            return dict(value)
    return None


def _legacy(document: Document, config: dict[str, Any]) -> PageEvidence:
    outcome, detail = wall(document, has_data=True) or ("ok", "")
    item = config["idata"]["item"]
    return PageEvidence(
        platform="taobao",
        outcome=outcome,
        detail=detail,
        state=_legacy_state(document, item),
        signals=(*_legacy_signals(document, item), *_title_signal(document)),
        title=text_of(item.get("title")) or None,
        item_id=text_of(config.get("itemId")) or text_of(item.get("id")) or None,
        shop_id=text_of(config.get("shopId")) or text_of(dig(config, "idata", "shop", "id")) or None,
        shop_name=text_of(config.get("shopName")) or None,
    )


def _legacy_signals(document: Document, item: dict[str, Any]) -> tuple[Signal, ...]:
    badge = document.selector.css("a.tb-icon-alipay-persion-auth::attr(title)").get()
    is_personal = badge is not None and "企业" not in badge
    kind = item.get("type")
    signals = [Signal("g_config.idata", "item", "taobao_unspecified")]
    if is_personal:
        signals.append(Signal("a.tb-icon-alipay-persion-auth", badge or "", "taobao_personal"))
    if isinstance(kind, str):
        # The field tells enterprises; that it tells none supports the badge of a person, and proves nothing alone.
        says = "taobao_enterprise" if kind == "qiye" else "taobao_personal" if is_personal else ""
        signals.append(Signal("idata.item.type", kind, says))
    return (*signals, *_enterprise_header(document))


def _enterprise_header(document: Document) -> tuple[Signal, ...]:
    """The head that Taobao draws over pages of enterprise shops."""
    header = document.selector.css(".header-enterprise-tb, a.shop-type-icon-enterprise").attrib.get("class", "")
    return (Signal("enterprise header", header.strip()[:120], "taobao_enterprise"),) if header else ()


def _legacy_state(document: Document, item: dict[str, Any]) -> ItemState:
    status = text_of(item.get("status"))
    is_gone = bool(document.selector.css(".tb-key-off-sale, .tb-off-sale"))
    can_buy = bool(document.selector.css("a.J_LinkBuy, #J_LinkBuy"))
    if is_gone:
        return "unknown" if can_buy else "off_shelf"
    return "on_shelf" if can_buy and status == "0" else "unknown"


# --- pages without an item ----------------------------------------------------------------------------------------


def _without_item(document: Document) -> PageEvidence | None:
    if not _is_taobao(document):
        return None
    outcome, detail = wall(document, has_data=False) or ("partial", _what(document))
    title = page_title(document) or None
    state: ItemState = "not_found" if outcome == "not_found" else "unknown"
    return PageEvidence(platform="taobao", outcome=outcome, state=state, detail=detail, title=title)


def _is_taobao(document: Document) -> bool:
    """On a host of its own; where nobody knows the host: an answer of its service, or a page with its scripts."""
    host = document.final_url.host
    if host:
        return belongs(host, "taobao.com", "tb.cn")
    if any(text_of(dig(value, "api")).startswith("mtop.") or _is_refusal(value) for value in answers(document)):
        return True
    sources = document.selector.css("script::attr(src)").getall()
    return any("alicdn.com/" in source for source in sources)


def _is_refusal(value: Value) -> bool:
    is_service = isinstance(dig(value, "ret"), list) and "h5api." in text_of(dig(value, "data", "url"))
    return is_service or bool(dig(value, "rgv587_flag"))


def _what(document: Document) -> str:
    """What kind of page this is, for a person."""
    host, title = document.final_url.host, page_title(document)
    if host == "s.taobao.com" or _SEARCH_TITLE.search(title):
        return "a search page, not an item"
    names = [text_of(dig(value, "api")) for value in answers(document)]
    return f"an answer without item or shop: {names[0]}" if any(names) else "a shell without item or shop data"
