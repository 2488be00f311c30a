"""Evidence in the answers of JD's data services: what its app and its item page ask for, and the alliance's query."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from crawler.reading.document import Document
from crawler.reading.jd_marks import IN_STOCK, SELF_ID, flags, id_of, ids, shop_number
from crawler.reading.literal import Value, dig, walk
from crawler.reading.shop_data import answers, text_of
from crawler.shapes import PageEvidence
from storage.records import ItemState, Signal


def service_answer(document: Document) -> PageEvidence | None:
    """The evidence in the answers that a page is or fetched; ``None`` where none of them is about one item."""
    return _alliance(document) or _ware(document)


# --- an item as app and item page ask for it ----------------------------------------------------------------------


def _ware(document: Document) -> PageEvidence | None:
    """One item with its shop (``wareBusiness``). Where answers tell of several shops, they are about no one of them."""
    if not document.page.final_url and b"jd.com/" not in document.page.content:
        return None
    wares = [ware for value in answers(document) for ware in _wares(value)]
    if len({text_of(dig(ware, "shopInfo", "shop", "shopId")) for ware in wares}) != 1:
        return None
    ware = wares[0]
    shop_id = text_of(dig(ware, "shopInfo", "shop", "shopId"))
    return PageEvidence(
        platform="jd",
        signals=tuple(_ware_signals(ware, shop_id)),
        state=_ware_state(ware),
        title=text_of(dig(ware, "wareInfo", "name")) or None,
        item_id=text_of(dig(ware, "wareInfo", "skuId")) or text_of(dig(ware, "price", "id")) or None,
        shop_id=shop_number(shop_id),
        shop_name=text_of(dig(ware, "shopInfo", "shop", "name")) or None,
    )


def _wares(value: Value) -> Iterator[dict[str, Any]]:
    for _, inner in walk(value):
        if isinstance(inner, dict) and text_of(dig(inner, "shopInfo", "shop", "shopId")):
            yield inner


def _ware_signals(ware: dict[str, Any], shop_id: str) -> Iterator[Signal]:
    asked, told = ware.get("property"), ware.get("wareInfo")
    product = {**(asked if isinstance(asked, dict) else {}), **(told if isinstance(told, dict) else {})}
    yield from flags(product)
    if id_of(product, "venderId"):
        yield from ids({**product, "shopId": shop_id}, is_page_of_jd=True)
    elif SELF_ID.fullmatch(shop_id):
        yield Signal("shop.shopId", shop_id, "jd_self_operated")


def _ware_state(ware: dict[str, Any]) -> ItemState:
    return "on_shelf" if text_of(dig(ware, "stockInfo", "stockState")) in IN_STOCK else "unknown"


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
        shop_id=shop_number(text_of(dig(good, "shopInfo", "shopId"))),
        shop_name=text_of(dig(good, "shopInfo", "shopName")) or None,
    )


def _goods(value: Value) -> Iterator[dict[str, Any]]:
    for _, inner in walk(value):
        if isinstance(inner, dict) and inner.get("owner") in _OWNERS and ("skuId" in inner or "materialUrl" in inner):
            yield inner
