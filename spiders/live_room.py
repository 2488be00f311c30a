"""Live rooms of Kuaishou: the web page, the mobile share page, and their shopping cart."""

from __future__ import annotations

from crawler.reading.document import Document
from crawler.reading.url import WebURL, is_under
from crawler.shapes import Reading, Surface
from spiders._surface import (
    KUAISHOU_SHARE,
    SHOPPING,
    Json,
    SurfaceSpider,
    Wall,
    dig,
    path_parts,
    record_of,
    seen,
    state,
    stated_moment,
    text_of,
    wall,
)
from storage.records import Target

_NO_SUCH_ROOM = 22
_TOO_FAST = 2


def recognise(url: WebURL) -> Target | None:
    """``live.kuaishou.com/u/ID`` and the share pages ``…/fw/live/ID`` on any of the share domains."""
    parts = path_parts(url)
    if url.host == "live.kuaishou.com" and len(parts) == 2 and parts[0] == "u":  # noqa: PLR2004 - /u/ID
        return Target(f"https://live.kuaishou.com/u/{parts[1]}", "live_room", owner_id=parts[1])
    if parts[:2] == ["fw", "live"] and len(parts) > 2 and any(is_under(url.host, d) for d in KUAISHOU_SHARE):  # noqa: PLR2004
        # Not turned into the web page: the mobile page may show a cart that the web page does not.
        return Target(f"https://{url.host}/fw/live/{parts[2]}", "live_room", owner_id=parts[2])
    return None


def read(document: Document) -> Reading:
    """How the room is: on air with its cart drawn, off air, unknown, or behind a wall.

    The layouts of 2023 (``liveroom``) and 2024 (``liveroom.playList[0]``) hold the same objects.
    """
    liveroom = dig(state(document, "__INITIAL_STATE__"), "liveroom")
    if not isinstance(liveroom, dict):
        barrier = wall(document) or ("partial", "the page holds no room state (window.__INITIAL_STATE__.liveroom)")
        return Reading(outcome=barrier[0], detail=barrier[1], anchors={"liveroom": 0})
    return _room(document, record_of(dig(liveroom, "playList", 0)) or liveroom, liveroom)


def _room(document: Document, room: Json, liveroom: Json) -> Reading:
    author, stream = record_of(dig(room, "author")), record_of(dig(room, "liveStream"))
    anchors = {
        "liveroom": 1,
        "author.id": int(bool(author.get("id"))),
        "isLiving": int("isLiving" in room),
        "liveStream.id": int(bool(stream.get("id"))),
    }
    found = Reading(
        outcome="ok",
        owner_id=text_of(author.get("id")),
        owner_name=text_of(author.get("name")),
        anchors=anchors,
        published=stated_moment(stream.get("startTime")),
    )
    trouble = _trouble(dig(room, "errorType") or dig(liveroom, "errorType"))
    if trouble:
        return Reading(outcome=trouble[0], detail=trouble[1], anchors=anchors)
    barrier = wall(document)
    if barrier and not author.get("id"):
        return Reading(outcome=barrier[0], detail=barrier[1], anchors=anchors)
    if not author.get("id") and not stream.get("id"):
        # Author and stream both empty without an error is how a blocked address is answered; it is not "off air".
        detail = "the room state is empty without an error: the platform blocks this address"
        return Reading(outcome="rate_limited", detail=detail, anchors=anchors)
    return _on_or_off_air(document, room, stream, found)


def _trouble(error: Json) -> Wall | None:
    kind = dig(error, "type")
    if kind == _NO_SUCH_ROOM:
        return "not_found", "the platform says that there is no such room (error 22)"
    if kind == _TOO_FAST:
        return "rate_limited", "the platform says that requests come too fast (error 2)"
    if isinstance(kind, int):
        return "partial", f"the platform answers with error {kind}: {text_of(dig(error, 'title')) or 'no words'}"
    return None


def _on_or_off_air(document: Document, room: Json, stream: Json, found: Reading) -> Reading:
    # author.living is false on rooms that are on air; only isLiving tells.
    if "isLiving" not in room:
        detail = "the room state does not say whether it is on air (isLiving)"
        return Reading(outcome="partial", detail=detail, anchors=found.anchors, owner_id=found.owner_id)
    if not room["isLiving"] and not stream.get("id"):
        return Reading(
            outcome="offline",
            detail="the room is off air",
            owner_id=found.owner_id,
            owner_name=found.owner_name,
            anchors=found.anchors,
        )
    return seen(document, found)


SURFACE = Surface(
    summary="live.kuaishou.com/u/ID and the share pages …/fw/live/ID",
    recognise=recognise,
    read=read,
    rendering=SHOPPING,
)


class LiveRoomSpider(SurfaceSpider):
    """Visits live rooms."""

    name = "live_room"
    surface = SURFACE
