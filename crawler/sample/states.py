"""State blobs of Kuaishou's pages: the script objects that a server writes into them."""

from __future__ import annotations

import json

from crawler.sample.clock import when
from crawler.sample.drafts import Draft

_UNDEFINED = "<undefined>"
_ERRORS = {
    "unknown": {"type": 22, "title": "错误代码22", "content": "浏览其他内容", "url": "/"},
    "limited": {"type": 2, "title": "请求过快，请稍后重试", "content": "刷新", "url": ""},
}


def js_literal(data: object) -> str:
    r"""A JavaScript object literal as Kuaishou writes it: slashes as ``\u002F``, bare ``undefined``. Not JSON."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("/", r"\u002F").replace(f'"{_UNDEFINED}"', "undefined")


def room_state(draft: Draft) -> dict[str, object]:
    """``__INITIAL_STATE__`` of a live room, in the layout of 2023 or 2024."""
    spec = draft.spec
    is_known = spec.kind in ("on_air", "offline")
    is_living = spec.kind == "on_air"
    stream = {
        "id": f"S{spec.page_id}" if is_living else "",
        "caption": draft.text("caption", "好物专场"),
        "coverUrl": f"https://p5-pro.a.yximgs.com/uhead/{spec.page_id}.jpg",
        "playUrls": [],
        "url": f"https://m.gifshow.com/fw/live/{spec.page_id}",
        "type": "live",
        "hasRedPack": False,
        "privateLive": False,
    }
    author = {
        "id": spec.page_id,
        "name": owner_name(draft),
        "description": draft.text("bio", "每晚八点，源头好货"),
        "avatar": "https://p2.a.yximgs.com/s1/i/def/head_u.png",
        "living": False,
        "originUserId": 1_967_000_000 + sum(map(ord, spec.page_id)),
        "counts": {"fan": "13.6w", "follow": "1"},
    }
    room: dict[str, object] = {
        "liveStream": stream if is_known else {},
        "author": author if is_known else {},
        "gameInfo": {},
        "isLiving": is_living,
        "authToken": _UNDEFINED,
        "config": {"needLoginToWatchHD": False},
    }
    if spec.kind in _ERRORS:
        room["errorType"] = _ERRORS[spec.kind]
    if draft.held:
        room["goodsInfo"] = {"items": draft.held}
    notices = [{"userId": 90041, "userName": "快手平台帐号", "content": draft.text("notice", "欢迎来到直播间！")}]
    shared: dict[str, object] = {"websocketUrls": [], "token": "", "noticeList": notices, "commentList": draft.comments}
    layouts: dict[str, dict[str, object]] = {
        "2024": {"activeIndex": 0, **shared, "playList": [room], "loading": False},
        "2023": {**room, **shared, "principalId": spec.page_id},
    }
    return {"pcConfig": {}, "liveroom": {**layouts[spec.layout], "$isServerPretch": True}, "emoji": {"giftList": []}}


def video_state(draft: Draft) -> dict[str, object]:
    """``__APOLLO_STATE__`` of a short video; other people's videos lie in the same cache."""
    spec, author = draft.spec, f"3x{draft.spec.page_id}"
    detail = f'$ROOT_QUERY.visionVideoDetail({{"page":"detail","photoId":"{spec.page_id}"}})'
    cache: dict[str, object] = {
        "ROOT_QUERY": {detail.removeprefix("$ROOT_QUERY."): {"type": "id", "id": detail}},
        detail: {
            "status": 1 if spec.kind != "unknown" else 2,
            "photo": {"type": "id", "id": f"VisionVideoDetailPhoto:{spec.page_id}"},
            "author": {"type": "id", "id": f"VisionVideoDetailAuthor:{author}"},
            "__typename": "VisionVideoDetail",
        },
    }
    if spec.kind != "unknown":
        cache[f"VisionVideoDetailPhoto:{spec.page_id}"] = _photo(
            spec.page_id, draft.text("caption", "好物分享"), spec.posted
        )
        cache[f"VisionVideoDetailAuthor:{author}"] = {"id": author, "name": owner_name(draft)}
        cache["$ROOT_QUERY.commentListQuery"] = {"rootComments": draft.comments, "pcursor": "no_more"}
    if draft.held:
        cache["VisionVideoMerchant"] = {"items": draft.held}
    for number, caption in enumerate(draft.others):
        other = f"3y{number}{spec.page_id}"
        cache[f"VisionVideoDetailPhoto:{other}"] = _photo(other, caption, "ms:2022-11-06T09:00")
    return {"defaultClient": cache}


def _photo(photo_id: str, caption: str, posted: str) -> dict[str, object]:
    return {
        "id": photo_id,
        "duration": 15_320,
        "caption": caption,
        "coverUrl": f"https://p5.a.yximgs.com/upic/{photo_id}.jpg",
        "likeCount": "1.2万",
        "timestamp": when(posted).from_ms,
        "__typename": "VisionVideoDetailPhoto",
    }


def owner_name(draft: Draft) -> str:
    """Whose page it is."""
    return draft.text("title", f"主播{draft.spec.page_id}")
