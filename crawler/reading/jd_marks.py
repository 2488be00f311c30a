"""What the marks in the data of an item of JD say of whose shop it is in, on pages and in answers alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from crawler.reading.shop_data import text_of
from storage.records import Signal

SELF_ID = re.compile(r"1000\d{6}")
"""Vender and shop numbers of JD itself; those of third parties are shorter."""
_POP_ID = re.compile(r"\d{4,8}")
IN_STOCK = frozenset({"33", "36", "39", "40"})
"""Stock states of an item that can be ordered. That there is none (34) holds where the visitor lives, no further."""


def flags(product: dict[str, Any]) -> Iterator[Signal]:
    """What ``isPop`` and ``isSelf`` say."""
    yield from _flag(product, "isPop", when_true="jd_pop", when_false="jd_self_operated")
    yield from _flag(product, "isSelf", when_true="jd_self_operated", when_false="jd_pop")


def _flag(product: dict[str, Any], name: str, *, when_true: str, when_false: str) -> Iterator[Signal]:
    value = product.get(name)
    if isinstance(value, bool):
        yield Signal(f"product.{name}", str(value).lower(), when_true if value else when_false)


def ids(product: dict[str, Any], *, is_page_of_jd: bool) -> Iterator[Signal]:
    """Vender and shop: one and the same 1000xxxxxx at JD's own shops, two short numbers at POP shops.

    Goods of JD itself that lie in no shop have the shop 0, and in 2013 the vender 0.

    Args:
        product: with ``venderId`` and ``shopId``.
        is_page_of_jd: whether more than the form of the data shows that they are JD's.
    """
    vender, shop = id_of(product, "venderId"), id_of(product, "shopId")
    if not vender:
        return
    is_own = shop in (vender, "0") and SELF_ID.fullmatch(vender)
    is_old = vender == "0" and shop in ("", "0") and "isPop" not in product and is_page_of_jd
    is_pop = vender != shop and _POP_ID.fullmatch(vender) and _POP_ID.fullmatch(shop)
    says = "jd_self_operated" if is_own or is_old else "jd_pop" if is_pop else ""
    yield Signal("product.venderId, shopId", f"{vender}, {shop}", says)


def id_of(product: dict[str, Any], name: str) -> str:
    """A number of the data as text, ``""`` where there is none."""
    return text_of(product.get(name)).strip()


def shop_number(number: str) -> str | None:
    """The number of a shop; ``None`` for the 0 that goods of JD itself have that lie in no shop."""
    return number if number not in {"", "0"} else None
