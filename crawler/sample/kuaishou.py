"""Pages of Kuaishou: live rooms, short videos, merchants and products, written from a draft and put into the world."""

from __future__ import annotations

import html
from pathlib import Path

from crawler.sample import addresses
from crawler.sample.carts import CART_SCRIPT, cart_scripts, product_area, publish_cart
from crawler.sample.drafts import Draft
from crawler.sample.states import js_literal, owner_name, room_state, video_state
from crawler.sample.web import Reply, Web, redirect, reply, script
from crawler.sample.web import html as html_reply

CAPTCHA = "https://captcha.zt.kuaishou.com/iframe/index.html"
LOGIN = "https://passport.kuaishou.com/pc/account/login"
_REMOVE_SELF = (
    ";(function(){var s;(s=document.currentScript||document.scripts[document.scripts.length-1])"
    ".parentNode.removeChild(s);}());"
)


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
        web.put_picture(address, picture)
    publish_cart(web, draft)


def _page(draft: Draft) -> Reply:
    if draft.spec.kind == "login":
        return redirect(LOGIN)
    if draft.spec.kind == "gone":
        return html_reply("<title>快手</title><body>抱歉，页面不存在</body>", status=404)
    return html_reply(_RENDER[draft.spec.surface](draft))


def _live_room(draft: Draft) -> str:
    is_known = draft.spec.kind in ("on_air", "offline")
    title = f"{owner_name(draft)}-快手直播" if is_known else "快手直播"
    scripts = f"<script>window.__INITIAL_STATE__={js_literal(room_state(draft))}{_REMOVE_SELF}</script>"
    if draft.spec.kind == "captcha":
        scripts += f'<iframe src="{CAPTCHA}?type=1" width="400" height="300"></iframe>'
    drawn = draft.spec.kind == "on_air"
    return _document(draft, title, _about(draft) if is_known else "", scripts, is_drawn=drawn)


def _short_video(draft: Draft) -> str:
    state = js_literal(video_state(draft))
    scripts = f"<script>window.__APOLLO_STATE__={state};</script><script>window.pageReady=1</script>"
    is_known = draft.spec.kind != "unknown"
    title = f"{draft.text('caption', '好物分享')} -快手" if is_known else "快手"
    return _document(draft, title, _about(draft) if is_known else "<p>作品不存在</p>", scripts, is_drawn=is_known)


def _merchant(draft: Draft) -> str:
    state = {"profile": {"userInfo": {"id": draft.spec.page_id, "name": owner_name(draft)}, "goods": draft.held}}
    scripts = f"<script>window.__INITIAL_STATE__={js_literal(state)}{_REMOVE_SELF}</script>"
    return _document(draft, f"{owner_name(draft)}的小店-快手", _about(draft), scripts, is_drawn=True)


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
<p class="owner">{html.escape(owner_name(draft))}</p><p class="bio">{html.escape(draft.text("bio", ""))}</p>
<p class="notice">{html.escape(draft.text("notice", ""))}</p><ul class="comments">{comments}</ul>
<nav><a href="//www.kuaishou.com/">首页</a><a href="https://live.kuaishou.com/u/neighbour-room">隔壁直播间</a>
<a href="https://app.kwaixiaodian.com/merchant/shop/detail?id=20100000001&amp;hyId=kwaishop">本店商品</a>{others}</nav>"""


def _document(draft: Draft, title: str, about: str, scripts: str, *, is_drawn: bool) -> str:
    area = f"{product_area(draft)}" if is_drawn else ""
    drawing = cart_scripts(draft) if is_drawn else ""
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
