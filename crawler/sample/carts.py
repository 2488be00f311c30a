"""Carts of Kuaishou: how each kind comes to its page (XHR, JSONP, WebSocket, frame), and where it is drawn."""

from __future__ import annotations

import json

from crawler.sample.drafts import Draft, PageSpec
from crawler.sample.web import Web, json_reply, script
from crawler.sample.web import html as html_reply
from crawler.sample.websocket import gzip_message, protobuf_message, text_message

CART_SCRIPT = "https://static.yximgs.com/udata/pkg/WEB-LIVE/cart.js"
_PAGE_SIZE = 20
_LATE_S = 1.2
_CART_URLS = {
    "live_room": "https://live.kuaishou.com/rest/wd/live/shop/cart?principalId={id}&pcursor=",
    "short_video": "https://www.kuaishou.com/rest/v/merchant/cart?photoId={id}&pcursor=",
    "merchant": "https://app.kwaixiaodian.com/rest/app/grocery/product/self/midPage/list?sellerId={id}&pcursor=",
    "product": "https://app.kwaixiaodian.com/rest/app/grocery/product/self/detail?itemId={id}&pcursor=",
}
_JSONP_URL = "https://live.kuaishou.com/rest/wd/live/shop/jsonp?principalId={id}&callback=drawCart"
_FRAME_URL = "https://app.kwaixiaodian.com/page/kwaishop-live-cart-h5/list?room={id}"
_SOCKET_URL = "wss://live-ws-group{group}.kuaishou.com/websocket?room={id}"
_AREAS = {"merchant": "shop-window", "product": "goods-detail"}
_REFUSALS: dict[str, tuple[dict[str, object], int]] = {
    "broken": ({"result": 500}, 500),
    "walled": ({"result": 109, "error_msg": "请先登录"}, 200),
    "barred": ({"result": 400002, "error_msg": "Need captcha"}, 200),
}
"""Carts that never come, and what their XHR answers instead."""
_OWN: dict[str, object] = {
    "itemId": 20_100_000_077,
    "itemLinkUrl": "https://app.kwaixiaodian.com/merchant/shop/detail?id=20100000077&hyId=kwaishop&layoutType=4",
    "itemTitle": "快手小店自有商品",
    "price": 5900,
    "sourceType": 0,
}


def publish_cart(web: Web, draft: Draft) -> None:
    """Put what a page's cart fetches or listens to into the world."""
    spec = draft.spec
    match spec.cart:
        case "own":
            _publish_pages(web, _cart_url(spec), [_OWN], delay_s=0.0)
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
        case "broken" | "walled" | "barred":
            answer, status = _REFUSALS[spec.cart]
            web.put(_cart_url(spec), json_reply(answer, status))


def _cart_url(spec: PageSpec) -> str:
    return _CART_URLS[spec.surface].format(id=spec.page_id)


def _with_own(goods: list[dict[str, object]]) -> list[dict[str, object]]:
    """A cart with one of Kuaishou's own items at its end, which is no outbound link."""
    return [*goods, _OWN] if goods else goods


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
    if spec.cart in ("xhr", "own", "scroll", "boxed", "virtual", "slow", *_REFUSALS):
        options["url"] = _cart_url(spec)
    if spec.cart == "jsonp":
        options["jsonp"] = _JSONP_URL.format(id=spec.page_id)
    if spec.cart in ("socket", "gzip", "protobuf", "packed"):
        options["socket"] = _socket(draft)
    return {name: value for name, value in options.items() if value}


def product_area(draft: Draft) -> str:
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
    area = _AREAS.get(spec.surface) if spec.cart not in _REFUSALS else None
    return f'{entry}<div class="{area}">{listed}</div>{beside}' if area else f"{entry}{listed}{beside}"


def _frame_page(draft: Draft) -> str:
    """The cart as a page of the shop site, to be shown in a frame."""
    options = json.dumps({"draw": draft.spec.draw, "url": _cart_url(draft.spec)})
    return f"""<!DOCTYPE html><html><head><meta charset="UTF-8"><title>购物车</title></head><body>
<script>window.cartOptions={options};</script><script src="{CART_SCRIPT}"></script></body></html>"""


def cart_scripts(draft: Draft) -> str:
    """The page's own scripts, and the one that draws the cart."""
    options = json.dumps(_cart_options(draft), ensure_ascii=False)
    own = "".join(f"<script>{text}</script>\n" for text in draft.scripts)
    return f'{own}<script>window.cartOptions={options};</script><script src="{CART_SCRIPT}"></script>'
