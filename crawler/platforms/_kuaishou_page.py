"""Evidence on Kuaishou's own pages: live rooms, videos, the items of Kuaishou's own shops, and its refusals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from crawler.reading.document import Document
from crawler.reading.literal import Value, dig
from crawler.reading.refusal import captcha_frame
from crawler.reading.shop_data import answers, assigned, belongs, host_of, is_true, page_title, text_of
from crawler.shapes import PageEvidence
from storage.records import ItemState, Outcome, Signal

_DOMAINS = ("kuaishou.com", "kwaixiaodian.com", "kwaishop.com", "gifshow.com", "chenzhongtech.com", "kuaishouapp.com")
_OWN_ITEM = 99
"""``sourceType`` of an item of Kuaishou's own shops, as its shop service wrote it in 2020."""

_PICTURES = re.compile(rb"\.(?:yximgs|kwimgs|kwaicdn|gifshow)\.com/")
_NO_SUCH_ROOM, _TOO_FAST = "22", "2"
_VIDEO = re.compile(r"/(?:short-video|video|fw/photo|fw/long-video)/([\w-]+)")
_DEAD_TITLE = re.compile(r"^出错啦")
_SHELVES: dict[str, ItemState] = {"0": "off_shelf", "1": "on_shelf"}
"""``shelfStatus`` in the words of the open platform."""

_RESULTS: dict[str, Outcome] = {"50": "login_wall", "109": "login_wall", "6001": "login_wall", "400002": "challenge"}
"""``result`` of answers that refuse, pages of 2020 to 2026. ``2`` has two meanings: the words beside it tell which."""

_REFUSALS: tuple[tuple[str, Outcome], ...] = (
    ("captcha|验证", "challenge"),
    ("请求过快|频繁|稍后重试", "rate_limited"),
    ("请先?登录|未登录|登录(?:已)?(?:过期|失效)", "login_wall"),
    ("不存在|已删除", "not_found"),
)


def inspect(document: Document) -> PageEvidence | None:
    """The evidence on a page of Kuaishou; ``None`` on a page of anybody else."""
    if document.page.final_url and not belongs(document.final_url.host, *_DOMAINS):
        return None
    return (
        _shop_answer(document)
        or _live_room(document)
        or _video(document)
        or _profile(document)
        or _refused(document)
        or _dead(document)
        or _anonymous(document)
    )


# --- its shop -----------------------------------------------------------------------------------------------------


def _shop_answer(document: Document) -> PageEvidence | None:
    for value in _records(document):
        product = dig(value, "productInfo") or dig(value, "productDetail")
        if isinstance(product, dict):
            return _product(product)
        if isinstance(dig(value, "shopInfo", "userShopScoreView"), dict):
            signal = Signal("shopInfo.userShopScoreView", "the score of a Kuaishou shop", "kuaishou_own")
            return PageEvidence(platform="kuaishou", signals=(signal,), shop_id=text_of(dig(value, "userId")) or None)
    return None


def _records(document: Document) -> Iterator[Value]:
    """What the page fetched, and what its scripts hold of a product."""
    yield from answers(document)
    yield from (value for _, value in assigned(document, "productInfo", "productDetail"))


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
        state=_product_state(product),
        title=next(filter(None, titles), None),
        item_id=text_of(product.get("itemId")) or None,
        shop_id=text_of(product.get("sellerId")) or None,
    )


def _product_state(product: dict[str, Any]) -> ItemState:
    shelf = _SHELVES.get(text_of(product.get("shelfStatus")), "unknown")
    if not is_true(product.get("isSoldOut")):
        return shelf
    return "sold_out" if shelf != "off_shelf" else "off_shelf"


# --- rooms and videos ---------------------------------------------------------------------------------------------


def _live_room(document: Document) -> PageEvidence | None:
    for name, value in assigned(document, "liveroom"):
        liveroom = dig(value, "liveroom")
        if name == "__INITIAL_STATE__" and isinstance(liveroom, dict):
            outcome, detail = _room(document, liveroom)
            return PageEvidence(
                platform="kuaishou",
                outcome=outcome,
                detail=detail,
                state="not_found" if outcome == "not_found" else "unknown",
                title=page_title(document) or None,
            )
    return None


def _room(document: Document, liveroom: dict[str, Any]) -> tuple[Outcome, str]:
    """How a room is: the layouts of 2023 (``liveroom``) and of 2024 (``playList[0]``) hold the same."""
    room = dig(liveroom, "playList", 0)
    room = room if isinstance(room, dict) else liveroom
    error = dig(room, "errorType") or dig(liveroom, "errorType")
    if isinstance(error, dict) and error:
        return _error(error)
    is_named, is_streaming = bool(dig(room, "author", "id")), bool(dig(room, "liveStream", "id"))
    if not is_named and not is_streaming:
        if captcha_frame(document):
            return "challenge", "a captcha lies over the room"
        # That is how a blocked visitor is answered; it does not mean that the room is off air.
        return "rate_limited", "the room is empty without an error: the platform blocks this visitor"
    if room.get("isLiving") is False and not is_streaming:
        return "offline", "the room is off air"
    return "ok", "a live room, not an item"


def _error(error: dict[str, Any]) -> tuple[Outcome, str]:
    detail = f"{text_of(error.get('title'))} {text_of(error.get('content'))}".strip()
    known: dict[str, Outcome] = {_NO_SUCH_ROOM: "not_found", _TOO_FAST: "rate_limited"}
    return known.get(text_of(error.get("type")), "partial"), detail or "the room answers with an error"


def _video(document: Document) -> PageEvidence | None:
    """A video's page holds the one that was asked for among others that are recommended."""
    wanted = _VIDEO.search(document.final_url.path)
    caches = (dig(value, "defaultClient") for name, value in assigned(document, "__APOLLO_STATE__") if wanted)
    cache = next((cache for cache in caches if isinstance(cache, dict)), None)
    if wanted is None or cache is None:
        return None
    if isinstance(cache.get(f"VisionVideoDetailPhoto:{wanted[1]}"), dict):
        return PageEvidence(platform="kuaishou", detail="a video, not an item", title=page_title(document) or None)
    is_answered = any("visionVideoDetail" in key and wanted[1] in key for key in cache)
    outcome: Outcome = "not_found" if is_answered else "partial"
    return PageEvidence(platform="kuaishou", outcome=outcome, detail=f"the page does not hold the video {wanted[1]}")


def _profile(document: Document) -> PageEvidence | None:
    """A person's page, where its query was refused; one that was answered needs no reading."""
    for name, value in assigned(document, "visionProfile"):
        cache = dig(value, "defaultClient")
        if name != "__APOLLO_STATE__" or not isinstance(cache, dict):
            continue
        refused = (_refusal(answer) for key, answer in cache.items() if "visionProfile(" in key)
        found = next((one for one in refused if one), None)
        if found:
            return PageEvidence(platform="kuaishou", outcome=found[0], detail=found[1])
    return None


# --- refusals -----------------------------------------------------------------------------------------------------


def _refused(document: Document) -> PageEvidence | None:
    """How the page's data were refused. Where any came, one refusal among them is about something else."""
    asked = [value for value in answers(document) if isinstance(value, dict)]
    found = [refused for value in asked if (refused := _refusal(value))]
    if not found or len(found) < len(asked):
        return None
    return PageEvidence(platform="kuaishou", outcome=found[0][0], detail=found[0][1])


def _refusal(value: Value) -> tuple[Outcome, str] | None:
    """How an answer refuses: by its ``result``, or in words where that is no success."""
    for inner in (value, dig(value, "data"), dig(value, "errors", 0)):
        if not isinstance(inner, dict):
            continue
        result = text_of(inner.get("result"))
        said = " ".join(text_of(inner.get(name)) for name in ("error_msg", "message", "errorMsg", "msg")).strip()
        if result in ("1", "200", "0"):
            continue
        if result == _TOO_FAST and dig(inner, "author", "id"):
            return "offline", "the service answers 2 and names the room's owner: off air"
        if result == _TOO_FAST and not said:
            return "rate_limited", "the service answers 2"
        if result in _RESULTS:
            return _RESULTS[result], f"the service answers {result} {said}".strip()
        for pattern, outcome in _REFUSALS:
            if re.search(pattern, said, re.IGNORECASE):
                return outcome, f"the service answers: {said[:80]}"
    return None


def _dead(document: Document) -> PageEvidence | None:
    title = page_title(document)
    if not document.final_url.host or not _DEAD_TITLE.search(title):
        return None
    return PageEvidence(platform="kuaishou", outcome="not_found", detail="an address that leads nowhere", title=title)


def _anonymous(document: Document) -> PageEvidence | None:
    """A saved answer of which nobody knows the address: Kuaishou's pictures lie on hosts of its own."""
    is_ours = not document.page.final_url and _PICTURES.search(document.page.content) is not None
    return PageEvidence(platform="kuaishou", outcome="partial", detail="no shop data") if is_ours else None
