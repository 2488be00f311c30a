"""Short videos of Kuaishou: the web page and the mobile share page, with caption, comments and cart."""

from __future__ import annotations

from crawler.reading.document import Document
from crawler.reading.url import WebURL, is_under
from crawler.shapes import Reading, Surface
from spiders._surface import (
    KUAISHOU_SHARE,
    SHOPPING,
    Json,
    SurfaceSpider,
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


def recognise(url: WebURL) -> Target | None:
    """``www.kuaishou.com/short-video/ID`` and the share pages ``…/fw/photo/ID`` on any of the share domains."""
    parts = path_parts(url)
    if not any(is_under(url.host, domain) for domain in KUAISHOU_SHARE):
        return None
    if len(parts) > 1 and parts[0] == "short-video":
        return Target(f"https://www.kuaishou.com/short-video/{parts[1]}", "short_video")
    if len(parts) > 2 and parts[:2] == ["fw", "photo"]:  # noqa: PLR2004 - /fw/photo/ID
        # Not turned into the web page: the mobile page may show a cart that the web page does not.
        return Target(f"https://{url.host}/fw/photo/{parts[2]}", "short_video")
    return None


def read(document: Document) -> Reading:
    """How the video page is. Other people's videos sit in the same cache, so only the requested one is read."""
    target = recognise_document(document)
    video_id = path_parts(target)[-1] if target else ""
    cache = dig(state(document, "__APOLLO_STATE__"), "defaultClient")
    if not isinstance(cache, dict):
        barrier = wall(document) or ("partial", "the page holds no video state (window.__APOLLO_STATE__)")
        return Reading(outcome=barrier[0], detail=barrier[1], anchors={"apollo": 0})
    video = cache.get(f"VisionVideoDetailPhoto:{video_id}")
    anchors = {"apollo": 1, "photo": int(bool(video)), "photo.timestamp": int(bool(dig(video, "timestamp")))}
    if not video:
        barrier = wall(document) or ("not_found", f"the page does not hold the video {video_id}")
        return Reading(outcome=barrier[0], detail=barrier[1], anchors=anchors)
    author = _author(cache, video_id)
    return seen(
        document,
        Reading(
            outcome="ok",
            owner_id=text_of(dig(author, "id")),
            owner_name=text_of(dig(author, "name")),
            published=stated_moment(dig(video, "timestamp")),
            anchors=anchors,
        ),
    )


def foreign(document: Document) -> tuple[str, ...]:
    """The recommended videos of other people, which lie in the same cache."""
    target = recognise_document(document)
    own = f"VisionVideoDetailPhoto:{path_parts(target)[-1]}" if target else ""
    cache = dig(state(document, "__APOLLO_STATE__"), "defaultClient")
    keys = cache if isinstance(cache, dict) else ()
    others = (key for key in keys if key.startswith("VisionVideoDetailPhoto:") and key != own)
    # A key that begins the video's own must not take the own links away: locators quote keys.
    return tuple(f"'{key}'" if key in own else key for key in others)


def recognise_document(document: Document) -> WebURL | None:
    """The address of the video that was asked for: the requested one where it names a video, else the final one."""
    for url in (document.requested_url, document.final_url):
        if recognise(url):
            return url
    return None


def _author(cache: Json, video_id: str) -> Json:
    """The author of the requested video, by the reference that the root query holds."""
    root = record_of(cache.get("$ROOT_QUERY")) or record_of(cache.get("ROOT_QUERY")) or cache
    for key, answer in root.items():
        if "visionVideoDetail" in key and video_id in key:
            reference = dig(answer, "author", "id") or dig(answer, "author", "__ref")
            if isinstance(reference, str):
                return cache.get(reference) or dig(answer, "author")
    authors = [value for key, value in cache.items() if key.startswith("VisionVideoDetailAuthor:")]
    return authors[0] if len(authors) == 1 else None


SURFACE = Surface(
    summary="www.kuaishou.com/short-video/ID and the share pages …/fw/photo/ID",
    recognise=recognise,
    read=read,
    foreign=foreign,
    rendering=SHOPPING,
)


class ShortVideoSpider(SurfaceSpider):
    """Visits short videos."""

    name = "short_video"
    surface = SURFACE
