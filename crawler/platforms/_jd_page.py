"""Evidence on JD pages: self-operated (自营) or third-party (POP).

Only what the page's own data and its name plate say counts. The words 自营 stand on nearly every page, POP ones too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from crawler.reading.document import Document
from crawler.reading.literal import Value, dig, walk
from crawler.reading.shop_data import answers, assigned, belongs, page_title, text_of
from crawler.shapes import PageEvidence
from storage.records import ItemState, Outcome, Signal

_DOMAINS = ("jd.com", "jd.hk", "360buy.com", "3.cn", "jingxi.com", "yiyaojd.com", "jkcsjd.com")
_SELF_ENDING = re.compile(r"【行情 报价 价格 评测】-京东(?:商城)?$")
_POP_ENDING = re.compile(r"【图片 价格 品牌 报价】-京东(?:商城)?$")
_SELF_ID = re.compile(r"1000\d{6}")
_POP_ID = re.compile(r"\d{4,8}")
_HOME_TITLE = re.compile(r"^京东\(JD\.COM\)-正品低价")
_SEARCH_TITLE = re.compile(r"商品搜索 - 京东$|【行情 价格 评价 正品行货】-京东")
_SEARCH_HOSTS = ("search.jd.com", "list.jd.com", "so.m.jd.com")
_LOGIN_HOSTS = ("passport.jd.com", "plogin.m.jd.com", "plogin.jd.com")
_OVER = "#itemover-new, .m-itemover, .itemover-tip"


def inspect(document: Document) -> PageEvidence | None:
    """The evidence on a page of JD; ``None`` on a page of anybody else."""
    if document.page.final_url and not belongs(document.final_url.host, *_DOMAINS):
        return None
    product = _product(document)
    if product is not None:
        return _item(document, product)
    return _alliance(document) or _without_item(document)


# --- the item page ------------------------------------------------------------------------------------------------


def _product(document: Document) -> dict[str, Any] | None:
    """``pageConfig.product`` of an item page; that of a search or home page has no ``skuid``."""
    for name, value in assigned(document, "skuid"):
        product = value if name == "pageConfig.product" else dig(value, "product")
        if name.startswith("pageConfig") and isinstance(product, dict) and text_of(product.get("skuid")):
            return product
    return _mobile_product(document)


def _mobile_product(document: Document) -> dict[str, Any] | None:
    """The same of a mobile page, which tells it in two parts: ``_itemOnly`` and ``_itemInfo``."""
    parts: dict[str, Any] = {}
    for name, value in assigned(document, "_itemOnly", "_itemInfo"):
        if name in ("_itemOnly", "_itemInfo") and isinstance(value, dict):
            parts |= {key: inner for key, inner in value.items() if isinstance(inner, dict)}
    item = parts.get("item", {}) | parts.get("product", {})
    if not text_of(item.get("skuId")):
        return None
    vender = dig(parts, "item", "venderId")
    shop = dig(parts, "stock", "D", "shopId")
    return {**item, "skuid": item["skuId"], "name": item.get("skuName"), "venderId": vender, "shopId": shop}


def _item(document: Document, product: dict[str, Any]) -> PageEvidence:
    outcome, detail = _wall(document) or ("ok", "")
    signals = tuple(_signals(document, product))
    if belongs(document.final_url.host, "jd.hk"):
        # No page of JD Worldwide has been seen: what the marks mean there is not known.
        signals = tuple(Signal(signal.name, signal.value) for signal in signals)
    return PageEvidence(
        platform="jd",
        outcome=outcome,
        detail=detail,
        state=_state(document, product),
        signals=signals,
        title=text_of(product.get("name")) or page_title(document) or None,
        item_id=text_of(product.get("skuid")) or None,
        shop_id=shop if (shop := _id(product, "shopId")) not in ("", "0") else None,
        shop_name=_plate(document)[0] or None,
    )


def _signals(document: Document, product: dict[str, Any]) -> Iterator[Signal]:
    yield from _flag(product, "isPop", when_true="jd_pop", when_false="jd_self_operated")
    yield from _flag(product, "isSelf", when_true="jd_self_operated", when_false="jd_pop")
    yield from _ids(product)
    title = page_title(document)
    if _SELF_ENDING.search(title):
        yield Signal("title ending", "【行情 报价 价格 评测】", "jd_self_operated")
    if _POP_ENDING.search(title):
        yield Signal("title ending", "【图片 价格 品牌 报价】", "jd_pop")
    badge = document.selector.css(".contact .name em.u-jd")
    if badge:
        yield Signal("em.u-jd", " ".join(badge.xpath("string()").get("").split()), "jd_self_operated")
    name, address = _plate(document)
    if name:
        # A name can be chosen by anybody, so it is kept for the reviewer and proves nothing.
        yield Signal("shop name", f"{name} {address}".strip())


def _flag(product: dict[str, Any], name: str, *, when_true: str, when_false: str) -> Iterator[Signal]:
    value = product.get(name)
    if isinstance(value, bool):
        yield Signal(f"product.{name}", str(value).lower(), when_true if value else when_false)


def _ids(product: dict[str, Any]) -> Iterator[Signal]:
    """Vender and shop: one and the same 1000xxxxxx at JD's own shops (in 2013: 0), two short numbers at POP shops."""
    vender, shop = _id(product, "venderId"), _id(product, "shopId")
    if not vender:
        return
    is_own = vender == shop and _SELF_ID.fullmatch(vender)
    is_old = vender == "0" and shop in ("", "0") and "isPop" not in product
    is_pop = vender != shop and _POP_ID.fullmatch(vender) and _POP_ID.fullmatch(shop)
    says = "jd_self_operated" if is_own or is_old else "jd_pop" if is_pop else ""
    yield Signal("product.venderId, shopId", f"{vender}, {shop}", says)


def _id(product: dict[str, Any], name: str) -> str:
    return text_of(product.get(name)).strip()


def _plate(document: Document) -> tuple[str, str]:
    """Name and address of the shop as its name plate gives them."""
    plate = document.selector.css("a[clstag*='dianpuname']")
    return (plate.attrib.get("title", "").strip(), plate.attrib.get("href", "")) if plate else ("", "")


def _state(document: Document, product: dict[str, Any]) -> ItemState:
    """By ``warestatus`` and by the notice. The notice's container stands empty on pages of items on sale."""
    status = text_of(product.get("warestatus")) or _lone_status(document)
    notice = "".join(document.selector.css(_OVER).xpath("string()").getall())
    if "下柜" in notice or "下架" in notice or status == "0":
        return "off_shelf"
    return "on_shelf" if status == "1" else "unknown"


def _lone_status(document: Document) -> str:
    found = (re.search(r"\bwarestatus\s*=\s*(\d)\s*;", script.text) for script in document.scripts)
    return next((match[1] for match in found if match), "")


# --- the alliance's answer ----------------------------------------------------------------------------------------

_OWNERS = {"g": "jd_self_operated", "p": "jd_pop"}


def _alliance(document: Document) -> PageEvidence | None:
    """One item as the alliance's goods query tells it. A list of many items is about no one of them."""
    goods = [good for value in answers(document) for good in _goods(value)]
    if len(goods) != 1:
        return None
    good = goods[0]
    sale = text_of(good.get("isJdSale"))
    signals = [Signal("owner", good["owner"], _OWNERS[good["owner"]])]
    if sale in ("0", "1"):
        signals.append(Signal("isJdSale", sale, "jd_self_operated" if sale == "1" else "jd_pop"))
    return PageEvidence(
        platform="jd",
        signals=tuple(signals),
        title=text_of(good.get("skuName")) or None,
        item_id=text_of(good.get("skuId")) or None,
        shop_id=text_of(dig(good, "shopInfo", "shopId")) or None,
        shop_name=text_of(dig(good, "shopInfo", "shopName")) or None,
    )


def _goods(value: Value) -> Iterator[dict[str, Any]]:
    for _, inner in walk(value):
        if isinstance(inner, dict) and inner.get("owner") in _OWNERS and ("skuId" in inner or "materialUrl" in inner):
            yield inner


# --- pages without an item ----------------------------------------------------------------------------------------


def _wall(document: Document) -> tuple[Outcome, str] | None:
    url, title = document.final_url, page_title(document)
    if (
        url.host in _LOGIN_HOSTS
        or title.startswith("京东-欢迎登录")
        or document.root.find(".//form[@id='formlogin']") is not None
    ):
        return "login_wall", "the login page"
    if "risk_handler" in url.path or title == "京东验证":
        return "challenge", "the risk check"
    return None


def _without_item(document: Document) -> PageEvidence | None:
    if not document.page.final_url and not _looks_like_jd(document):
        return None
    outcome, detail = _wall(document) or _kind(document)
    return PageEvidence(platform="jd", outcome=outcome, detail=detail, title=page_title(document) or None)


def _looks_like_jd(document: Document) -> bool:
    if any(text_of(dig(value, "data", "apiInfoDTO", "apiName")).startswith("jd.") for value in answers(document)):
        return True
    sources = document.selector.css("script::attr(src), link::attr(href)").getall()
    return sum("360buyimg.com/" in source for source in sources) > 1


def _kind(document: Document) -> tuple[Outcome, str]:
    """What the page is, where it is no item. Dead items and distrusted visitors both go home: it proves neither."""
    url, title = document.final_url, page_title(document)
    if _HOME_TITLE.match(title):
        return "partial", "redirected home" if "item" in document.requested_url.host else "the home page, not an item"
    if url.host in _SEARCH_HOSTS or _SEARCH_TITLE.search(title) or _is_search(document):
        return "partial", "a search page, not an item"
    if any(isinstance(dig(value, "data", "apiInfoDTO"), dict) for value in answers(document)):
        return "partial", "the definition of a data service, not an item"
    if belongs(url.host, "mall.jd.com", "shop.m.jd.com"):
        return "ok", "a shop's front: it does not tell whose the shop is"
    return "partial", "a page without item data"


def _is_search(document: Document) -> bool:
    return any(name == "pageConfig" and "searchType" in value for name, value in assigned(document, "searchType"))
