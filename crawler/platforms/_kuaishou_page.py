"""Evidence on Kuaishou's own pages: live rooms, and the items of Kuaishou's own shops."""

from __future__ import annotations

import re
from typing import Any

from crawler.reading.document import Document
from crawler.reading.literal import Value, dig
from crawler.reading.shop_data import answers, assigned, belongs, host_of, page_title, text_of
from crawler.shapes import PageEvidence
from storage.records import Outcome, Signal

_DOMAINS = ("kuaishou.com", "kwaixiaodian.com", "kwaishop.com", "gifshow.com", "chenzhongtech.com", "kuaishouapp.com")
_OWN_ITEM = 99
"""``sourceType`` of an item of Kuaishou's own shops, as its shop service wrote it in 2020."""

_PICTURES = re.compile(rb"\.(?:yximgs|kwimgs|kwaicdn|gifshow)\.com/")
_NOT_FOUND, _TOO_FAST = 22, 2


def inspect(document: Document) -> PageEvidence | None:
    """The evidence on a page of Kuaishou; ``None`` on a page of anybody else."""
    if document.page.final_url and not belongs(document.final_url.host, *_DOMAINS):
        return None
    return _shop_answer(document) or _live_room(document) or _anonymous(document)


def _shop_answer(document: Document) -> PageEvidence | None:
    for value in answers(document):
        product = dig(value, "productInfo") or dig(value, "productDetail")
        if isinstance(product, dict):
            return _product(product)
        if isinstance(dig(value, "shopInfo", "userShopScoreView"), dict):
            signal = Signal("shopInfo.userShopScoreView", "the score of a Kuaishou shop", "kuaishou_own")
            return PageEvidence(platform="kuaishou", signals=(signal,), shop_id=text_of(dig(value, "userId")) or None)
    return None


def _product(product: dict[str, Any]) -> PageEvidence:
    source, address = product.get("sourceType"), text_of(product.get("itemLinkUrl"))
    signals = []
    if source is not None:
        signals.append(Signal("sourceType", text_of(source), "kuaishou_own" if source == _OWN_ITEM else ""))
    if address:
        is_own = belongs(host_of(address), "kwaixiaodian.com", "kwaishop.com")
        signals.append(Signal("itemLinkUrl", address[:120], "kuaishou_own" if is_own else ""))
    titles = (text_of(product.get(name)) for name in ("productTitle", "itemTitle", "title"))
    return PageEvidence(
        platform="kuaishou",
        signals=tuple(signals),
        title=next(filter(None, titles), None),
        item_id=text_of(product.get("itemId")) or None,
        shop_id=text_of(product.get("sellerId")) or None,
    )


def _live_room(document: Document) -> PageEvidence | None:
    for name, value in assigned(document, "liveroom"):
        room = dig(value, "liveroom")
        if name == "__INITIAL_STATE__" and isinstance(room, dict):
            outcome, detail = _error(dig(room, "errorType") or dig(room, "playList", 0, "errorType"))
            return PageEvidence(platform="kuaishou", outcome=outcome, detail=detail, title=page_title(document) or None)
    return None


def _anonymous(document: Document) -> PageEvidence | None:
    """A saved answer of which nobody knows the address: Kuaishou's pictures lie on hosts of its own."""
    is_ours = not document.page.final_url and _PICTURES.search(document.page.content) is not None
    return PageEvidence(platform="kuaishou", outcome="partial", detail="no shop data") if is_ours else None


def _error(error: Value) -> tuple[Outcome, str]:
    if not isinstance(error, dict) or not error:
        return "ok", "a live room, not an item"
    detail = f"{text_of(error.get('title'))} {text_of(error.get('content'))}".strip()
    known: dict[Value, Outcome] = {_NOT_FOUND: "not_found", _TOO_FAST: "rate_limited"}
    return known.get(error.get("type"), "partial"), detail
