"""Evidence on JD pages: self-operated (自营) or third-party (POP).

Only what the page's own data and its name plate say counts. The words 自营 stand on nearly every page, POP ones too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from crawler.reading.document import Document
from crawler.reading.jd_marks import IN_STOCK, flags, id_of, ids, shop_number
from crawler.reading.literal import dig
from crawler.reading.shop_data import answers, assigned, belongs, page_title, text_of
from crawler.shapes import PageEvidence
from storage.records import ItemState, Outcome, Signal

_DOMAINS = ("jd.com", "jd.hk", "360buy.com", "3.cn", "jingxi.com", "yiyaojd.com", "jkcsjd.com")
_SELF_ENDING = re.compile(r"【行情 报价 价格 评测】-京东(?:商城)?$")
_POP_ENDING = re.compile(r"【图片 价格 品牌 报价】-京东(?:商城)?$")
_HOME_TITLE = re.compile(r"^京东\(JD\.COM\)-正品低价")
_SEARCH_TITLE = re.compile(r"商品搜索 - 京东$|【行情 价格 评价 正品行货】-京东")
_SEARCH_HOSTS = ("search.jd.com", "list.jd.com", "so.m.jd.com")
_LOGIN_HOSTS = ("passport.jd.com", "plogin.m.jd.com", "plogin.jd.com")
_OVER = "#itemover-new, .m-itemover, .itemover-tip"


def is_theirs(document: Document) -> bool:
    """Whether the page stands on a host of JD, or nobody knows where it stood."""
    return not document.page.final_url or belongs(document.final_url.host, *_DOMAINS)


def item_page(document: Document) -> PageEvidence | None:
    """The evidence on the page of an item; ``None`` where there is none on it."""
    product = _product(document)
    return _item(document, product) if product is not None else None


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
    stock = dig(parts, "stock", "StockState")
    return {
        **item,
        "skuid": item["skuId"],
        "name": item.get("skuName"),
        "venderId": vender,
        "shopId": shop,
        "warestatus": "1" if text_of(stock) in IN_STOCK else None,
    }


def _item(document: Document, product: dict[str, Any]) -> PageEvidence:
    found = _wall(document)
    outcome, detail = found or ("ok", "")
    return PageEvidence(
        platform="jd",
        outcome=outcome,
        detail=detail,
        state="unknown" if found else _state(document, product),
        signals=tuple(_signals(document, product)),
        title=text_of(product.get("name")) or page_title(document) or None,
        item_id=text_of(product.get("skuid")) or None,
        shop_id=shop_number(id_of(product, "shopId")),
        shop_name=_plate(document)[0] or None,
    )


def _signals(document: Document, product: dict[str, Any]) -> Iterator[Signal]:
    yield from flags(product)
    yield from ids(product, is_page_of_jd=_is_known_as_jd(document))
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


def _is_known_as_jd(document: Document) -> bool:
    """Whether more than the form of its data shows that a page is JD's: tutorials copy that form, ids and all."""
    return bool(document.page.final_url) or "京东" in page_title(document) or _looks_like_jd(document)


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


def other_page(document: Document) -> PageEvidence | None:
    """What a page without an item is; ``None`` where nothing shows that it is JD's."""
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
