"""Pages of Kuaishou: live rooms, short videos, merchants and products, written from a draft and put into the world."""

from __future__ import annotations

import html
import json
from pathlib import Path

from crawler.sample import addresses
from crawler.sample.clock import when
from crawler.sample.drafts import Draft, PageSpec
from crawler.sample.web import Reply, Web, json_reply, redirect, reply, script
from crawler.sample.web import html as html_reply
from crawler.sample.websocket import gzip_message, protobuf_message, text_message

CART_SCRIPT = "https://static.yximgs.com/udata/pkg/WEB-LIVE/cart.js"
CAPTCHA = "https://captcha.zt.kuaishou.com/iframe/index.html"
LOGIN = "https://passport.kuaishou.com/pc/account/login"
_PAGE_SIZE = 20
_LATE_S = 1.2
_UNDEFINED = "<undefined>"
_REMOVE_SELF = (
    ";(function(){var s;(s=document.currentScript||document.scripts[document.scripts.length-1])"
    ".parentNode.removeChild(s);}());"
)
_CART_URLS = {
    "live_room": "https://live.kuaishou.com/rest/wd/live/shop/cart?principalId={id}&pcursor=",
    "short_video": "https://www.kuaishou.com/rest/v/merchant/cart?photoId={id}&pcursor=",
    "merchant": "https://app.kwaixiaodian.com/rest/app/grocery/product/self/midPage/list?sellerId={id}&pcursor=",
    "product": "https://app.kwaixiaodian.com/rest/app/grocery/product/self/detail?itemId={id}&pcursor=",
}
_JSONP_URL = "https://live.kuaishou.com/rest/wd/live/shop/jsonp?principalId={id}&callback=drawCart"
_FRAME_URL = "https://app.kwaixiaodian.com/page/kwaishop-live-cart-h5/list?room={id}"
_SOCKET_URL = "wss://live-ws-group{group}.kuaishou.com/websocket?room={id}"
_ERRORS = {
    "unknown": {"type": 22, "title": "错误代码22", "content": "浏览其他内容", "url": "/"},
    "limited": {"type": 2, "title": "请求过快，请稍后重试", "content": "刷新", "url": ""},
}
_AREAS = {"merchant": "shop-window", "product": "goods-detail"}


def publish_shared(web: Web) -> None:
    """What all pages share: the cart script, the captcha frame, the login page, a picture."""
    web.put(CART_SCRIPT, script((Path(__file__).parent / "cart.js").read_text(encoding="utf-8")))
    web.put(CAPTCHA, html_reply("<title>安全验证</title><body>拖动滑块完成拼图</body>"))
    web.put(LOGIN, html_reply('<title>登录-快手</title><body><div class="login-form">扫码登录</div></body>'))
    web.put("https://www.kuaishou.com/", html_reply("<title>快手</title><body>首页</body>"))
    web.put("https://live.kuaishou.com/", html_reply("<title>快手直播</title><body>首页</body>"))
    web.put(
        "https://live.kuaishou.com/robots.txt",
        reply(b"User-agent: *\nDisallow: /u/quiet-room\nAllow: /\n", "text/plain"),
    )


def publish(web: Web, draft: Draft, code: str) -> None:
    """Put a page and everything that it fetches into the world.

    Args:
        web: the world.
        draft: the page, filled by its carriers.
        code: of the short link that leads to it, where it is pasted as one.
    """
    spec = draft.spec
    for place in addresses.places(spec):
        web.put(place, _page(draft))
    if addresses.is_short(spec):
        page = addresses.canonical(spec)
        web.put(addresses.pasted(spec, code), redirect(f"{page}{'&' if '?' in page else '?'}cc=share"))
    for address, picture in draft.images.items():
        web.put(address, reply(picture, "image/png"))
    _publish_cart(web, draft)


def _page(draft: Draft) -> Reply:
    if draft.spec.kind == "login":
        return redirect(LOGIN)
    return html_reply(_RENDER[draft.spec.surface](draft))


# --- cart --------------------------------------------------------------------------------------------------------


def _publish_cart(web: Web, draft: Draft) -> None:
    spec = draft.spec
    match spec.cart:
        case "xhr" | "scroll" | "boxed" | "virtual" | "slow" | "framed":
            delay_s = _LATE_S if spec.cart == "slow" else 0.0
            _publish_pages(web, _cart_url(spec), _with_own(draft.goods), delay_s)
            if spec.cart == "framed":
                web.put(_FRAME_URL.format(id=spec.page_id), html_reply(_frame_page(draft)))
        case "jsonp":
            text = f"drawCart({json.dumps(_answer(draft.goods, 'no_more'), ensure_ascii=False)});"
            web.put(_JSONP_URL.format(id=spec.page_id), script(text))
        case "socket":
            web.put_socket(_socket(draft), tuple(text_message(_feed([record])) for record in draft.goods))
        case "gzip":
            web.put_socket(_socket(draft), (gzip_message(_feed(draft.goods)),))
        case "protobuf" | "packed":
            urls = [str(value) for record in draft.goods for value in record.values() if "://" in str(value)]
            web.put_socket(_socket(draft), (protobuf_message(urls, is_packed=spec.cart == "packed"),))
        case "broken":
            web.put(_cart_url(spec), json_reply({"result": 500}, 500))
        case "walled":
            web.put(_cart_url(spec), json_reply({"result": 109, "error_msg": "请先登录"}))


def _cart_url(spec: PageSpec) -> str:
    return _CART_URLS[spec.surface].format(id=spec.page_id)


def _with_own(goods: list[dict[str, object]]) -> list[dict[str, object]]:
    """A cart with one of Kuaishou's own items at its end, which is no outbound link."""
    if not goods:
        return goods
    url = "https://app.kwaixiaodian.com/merchant/shop/detail?id=20100000077&hyId=kwaishop&layoutType=4"
    own = {
        "itemId": 20_100_000_077,
        "itemLinkUrl": url,
        "itemTitle": "快手小店自有商品",
        "price": 5900,
        "sourceType": 0,
    }
    return [*goods, own]


def _publish_pages(web: Web, url: str, goods: list[dict[str, object]], delay_s: float) -> None:
    """A cart in pages of twenty; a page's cursor is the number of its first item, the last one says ``no_more``."""
    for start in range(0, max(len(goods), 1), _PAGE_SIZE):
        after = start + _PAGE_SIZE
        cursor = str(after) if after < len(goods) else "no_more"
        web.put(f"{url}{start or ''}", json_reply(_answer(goods[start:after], cursor), delay_s=delay_s))


def _answer(goods: list[dict[str, object]], cursor: str) -> dict[str, object]:
    return {"result": 1, "data": {"itemList": goods}, "pcursor": cursor, "host-name": "public-bjy-node1"}


def _feed(goods: list[dict[str, object]]) -> dict[str, object]:
    return {"payloadType": "SC_SHOP_ITEMS", "data": {"itemList": goods}}


def _socket(draft: Draft) -> str:
    group = sum(map(ord, draft.spec.page_id)) % 3 + 1
    return _SOCKET_URL.format(group=group, id=draft.spec.page_id)


def _cart_options(draft: Draft) -> dict[str, object]:
    spec = draft.spec
    options: dict[str, object] = {
        "draw": spec.draw,
        "codes": draft.codes,
        "opensOnLoad": draft.opens_on_load,
        "opensOnClick": draft.opens_on_click,
        "boxed": spec.cart == "boxed",
        "scrolls": spec.cart in ("scroll", "boxed", "virtual"),
        "keeps": _PAGE_SIZE if spec.cart == "virtual" else 0,
        "shadows": draft.shadows,
    }
    if spec.cart in ("xhr", "scroll", "boxed", "virtual", "slow", "broken", "walled"):
        options["url"] = _cart_url(spec)
    if spec.cart == "jsonp":
        options["jsonp"] = _JSONP_URL.format(id=spec.page_id)
    if spec.cart in ("socket", "gzip", "protobuf", "packed"):
        options["socket"] = _socket(draft)
    return {name: value for name, value in options.items() if value}


def _product_area(draft: Draft) -> str:
    """The yellow cart, the product area as far as the server draws it, and what stands beside it."""
    spec, cards = draft.spec, "\n".join(draft.body)
    entry = '<button class="cart-entry" aria-label="购物车">🛒</button>' if spec.is_clicked else ""
    empty = '<div class="goods-empty">购物车还没有商品</div>'
    listed = f'<div class="goods-list">{cards or empty}</div>' if spec.cart == "static" and not spec.is_clicked else ""
    if spec.cart == "slow":
        listed = '<div class="goods-list"><div class="goods-skeleton"></div></div>'
    if spec.cart == "framed":
        listed = (
            f'<div class="goods-list"><iframe src="{_FRAME_URL.format(id=spec.page_id)}" width="400"></iframe></div>'
        )
    beside = "" if cards and cards in listed else f'<div class="goods-notes">{cards}</div>'
    area = _AREAS.get(spec.surface)
    return f'{entry}<div class="{area}">{listed}</div>{beside}' if area else f"{entry}{listed}{beside}"


def _frame_page(draft: Draft) -> str:
    """The cart as a page of the shop site, to be shown in a frame."""
    options = json.dumps({"draw": draft.spec.draw, "url": _cart_url(draft.spec)})
    return f"""<!DOCTYPE html><html><head><meta charset="UTF-8"><title>购物车</title></head><body>
<script>window.cartOptions={options};</script><script src="{CART_SCRIPT}"></script></body></html>"""


def _cart_scripts(draft: Draft) -> str:
    options = json.dumps(_cart_options(draft), ensure_ascii=False)
    own = "".join(f"<script>{text}</script>\n" for text in draft.scripts)
    return f'{own}<script>window.cartOptions={options};</script><script src="{CART_SCRIPT}"></script>'


# --- state blobs -------------------------------------------------------------------------------------------------


def js_literal(data: object) -> str:
    r"""A JavaScript object literal as Kuaishou writes it: slashes as ``\u002F``, bare ``undefined``. Not JSON."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("/", r"\u002F").replace(f'"{_UNDEFINED}"', "undefined")


def _room_state(draft: Draft) -> dict[str, object]:
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
        "name": _owner_name(draft),
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


def _video_state(draft: Draft) -> dict[str, object]:
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
        cache[f"VisionVideoDetailAuthor:{author}"] = {"id": author, "name": _owner_name(draft)}
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


# --- HTML --------------------------------------------------------------------------------------------------------


def _owner_name(draft: Draft) -> str:
    return draft.text("title", f"主播{draft.spec.page_id}")


def _live_room(draft: Draft) -> str:
    is_known = draft.spec.kind in ("on_air", "offline")
    title = f"{_owner_name(draft)}-快手直播" if is_known else "快手直播"
    scripts = f"<script>window.__INITIAL_STATE__={js_literal(_room_state(draft))}{_REMOVE_SELF}</script>"
    if draft.spec.kind == "captcha":
        scripts += f'<iframe src="{CAPTCHA}?type=1" width="400" height="300"></iframe>'
    drawn = draft.spec.kind == "on_air"
    return _document(draft, title, _about(draft) if is_known else "", scripts, is_drawn=drawn)


def _short_video(draft: Draft) -> str:
    state = js_literal(_video_state(draft))
    scripts = f"<script>window.__APOLLO_STATE__={state};</script><script>window.pageReady=1</script>"
    is_known = draft.spec.kind != "unknown"
    title = f"{draft.text('caption', '好物分享')} -快手" if is_known else "快手"
    return _document(draft, title, _about(draft) if is_known else "<p>作品不存在</p>", scripts, is_drawn=is_known)


def _merchant(draft: Draft) -> str:
    state = {"profile": {"userInfo": {"id": draft.spec.page_id, "name": _owner_name(draft)}, "goods": draft.held}}
    scripts = f"<script>window.__INITIAL_STATE__={js_literal(state)}{_REMOVE_SELF}</script>"
    return _document(draft, f"{_owner_name(draft)}的小店-快手", _about(draft), scripts, is_drawn=True)


def _product(draft: Draft) -> str:
    detail = {"itemId": draft.spec.page_id, "title": draft.text("title", "快手小店商品"), "relItems": draft.held}
    scripts = f"<script>window.__INITIAL_STATE__={js_literal({'productDetail': detail})}{_REMOVE_SELF}</script>"
    return _document(draft, f"{detail['title']}-快手小店", _about(draft), scripts, is_drawn=True)


def _about(draft: Draft) -> str:
    """What a person wrote on the page, and links to Kuaishou's own pages, which are never outbound."""
    comments = "".join(f"<li class='comment'>{html.escape(str(comment['content']))}</li>" for comment in draft.comments)
    others = "".join(
        f'<a href="https://www.kuaishou.com/short-video/3y{n}{draft.spec.page_id}">相关推荐</a>' for n in range(2)
    )
    return f"""<h1 class="caption">{html.escape(draft.text("caption", "好物专场"))}</h1>
<p class="owner">{html.escape(_owner_name(draft))}</p><p class="bio">{html.escape(draft.text("bio", ""))}</p>
<p class="notice">{html.escape(draft.text("notice", ""))}</p><ul class="comments">{comments}</ul>
<nav><a href="//www.kuaishou.com/">首页</a><a href="https://live.kuaishou.com/u/neighbour-room">隔壁直播间</a>
<a href="https://app.kwaixiaodian.com/merchant/shop/detail?id=20100000001&amp;hyId=kwaishop">本店商品</a>{others}</nav>"""


def _document(draft: Draft, title: str, about: str, scripts: str, *, is_drawn: bool) -> str:
    area = f"{_product_area(draft)}" if is_drawn else ""
    drawing = _cart_scripts(draft) if is_drawn else ""
    return f"""<!DOCTYPE html>
<html><head><meta charset="UTF-8"><title data-vm-ssr="true">{html.escape(title)}</title>
<meta name="keywords" content="快手,直播,undefined" data-vm-ssr="true"><meta name="referrer" content="always">
{"".join(draft.head)}
</head><body>
<div id="app">{about}
{area}</div>
{scripts}
{drawing}
</body></html>"""


_RENDER = {"live_room": _live_room, "short_video": _short_video, "merchant": _merchant, "product": _product}
