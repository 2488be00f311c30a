"""Jumps: redirects of every kind, pages that lead on by meta tag or script, and the other addresses of an item."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import quote

from crawler.sample import shops
from crawler.sample.goods import Item
from crawler.sample.trips import Build, Trip, Way
from crawler.sample.web import Reply, Request, html, redirect


def _enc(text: str) -> str:
    return quote(text, safe="")


def _http(host: str, status: int) -> Build:
    """A neutral short link that answers with a redirect."""

    def build(trip: Trip) -> Way:
        code = trip.mint.code()
        trip.web.put(f"https://{host}/{code}", redirect(trip.item.url, status))
        return Way(f"https://{host}/{code}", (code,))

    return build


def _location(write: Callable[[Item], str | bytes]) -> Build:
    """A short link whose Location is written in an unusual way."""

    def build(trip: Trip) -> Way:
        code = trip.mint.code()
        trip.web.put(f"https://t.cn/{code}", redirect(write(trip.item)))
        return Way(f"https://t.cn/{code}", (code,))

    return build


def _page(host: str, path: str, write: Callable[[Item], Reply]) -> Build:
    """A short link that answers 200 with a page which leads on."""

    def build(trip: Trip) -> Way:
        code = trip.mint.code()
        url = f"https://{host}/{path.format(code=code)}"
        trip.web.put(url, write(trip.item))
        return Way(url, (code,))

    return build


def _relative(trip: Trip) -> Way:
    code = trip.mint.code()
    trip.web.put(f"https://dwz.cn/{code}", redirect(f"/go/../next/{code}"))
    trip.web.put(f"https://dwz.cn/next/{code}", redirect(trip.item.url, 301))
    return Way(f"https://dwz.cn/{code}", (code,))


def _refresh_header(item: Item) -> Reply:
    return html("<p>请稍候</p>", extra=((b"Refresh", f"0; url={item.url}".encode()),))


def _refresh_meta(item: Item) -> Reply:
    return html(
        f'<html><head><meta http-equiv="refresh" content="1;URL=\'{item.url}\'"></head><body>跳转中</body></html>'
    )


def _taobao_share(item: Item) -> Reply:
    """The page behind m.tb.cn: the target is a script variable."""
    joint = "&" if "?" in item.url else "?"
    return html(f"""<!DOCTYPE html><html><head><meta charset="UTF-8"/><title></title><script>
    var bizCode="tbshare";
    var shortName = "h.sample";
    var url = '{item.url}{joint}sourceType=item&price=388&shareurl=true&sp_tk=c2FtcGxl';
    var invalidUrl = "http://m.tb.cn/scanError.htm";
    </script></head><body>
<script>setTimeout(function () {{ window.location.replace(url); }}, 50);</script></body></html>""")


def _interstitial(item: Item) -> Reply:
    """A page that asks to open the app: the target stands in deep links alone."""
    fallback = _enc(item.url)
    return html(f"""<!DOCTYPE html><html><head><meta charset="UTF-8"/><title>打开手机淘宝</title></head><body>
<a class="open-app" href="tbopen://m.taobao.com/tbopen/index.html?source=auto&amp;action=ali.open.nav&amp;h5Url={fallback}">打开App</a>
<a href="intent://{item.url[8:]}#Intent;scheme=taobao;package=com.taobao.taobao;S.browser_fallback_url={fallback};end">安卓打开</a>
</body></html>""")


def _script_plain(item: Item) -> Reply:
    return html(f"<html><body><script>window.location.href = {json.dumps(item.url)};</script></body></html>")


def _script_between_traps(item: Item) -> Reply:
    """A jump by script beside jumps that no browser makes: in a comment, in ``noscript``, in a template."""
    decoy = '<meta http-equiv="refresh" content="0;url=https://www.taobao.com/">'
    return html(f"""<html><head><!-- {decoy} --><noscript>{decoy}</noscript></head><body><template>{decoy}</template>
<script>setTimeout(function () {{ window.location.assign("{item.url}"); }}, 30);</script></body></html>""")


def _script_computed(item: Item) -> Reply:
    """A jump that only running the script reveals: the address is kept backwards and in halves."""
    half = len(item.url) // 2
    parts = json.dumps([item.url[half:][::-1], item.url[:half][::-1]])
    return html(f"""<html><body>正在跳转<script>
var p = {parts}.map(function (s) {{ return s.split('').reverse().join(''); }});
window.location.replace(p[1] + p[0]);</script></body></html>""")


def _jd_union(trip: Trip) -> Way:
    """u.jd.com: a page whose script variable ``hrl`` is an address that redirects to the item."""
    code = trip.mint.code()
    step = f"https://u.jd.com/jda?e=&p=AyIGZRtY|{code}&d={code}"
    trip.web.put(f"https://u.jd.com/{code}", html(f"<html><script>var hrl='{step}';location.href=hrl;</script></html>"))
    trip.web.put(step, redirect(trip.item.url.split(":", 1)[1]))
    return Way(f"https://u.jd.com/{code}", (code,))


def _jd_click(trip: Trip) -> Way:
    code = trip.mint.code(12)
    trip.web.put(f"https://union-click.jd.com/jdc?e=&p={code}", redirect(trip.item.url))
    return Way(f"https://union-click.jd.com/jdc?e=&p={code}", (code,))


def _alliance_click(trip: Trip) -> Way:
    """s.click: the second hop works only with the Referer of the first (a page that jumps by script)."""
    code, host = trip.mint.code(), "https://s.click.taobao.com"
    last = f"{host}/t?e={code}&et=1"
    middle = f"{host}/t_js?tu={_enc(last)}"
    jump = "<script>location.href = unescape(location.search.split('tu=')[1]);</script>"

    def answer(request: Request) -> Reply:
        is_in_order = request.headers.get("referer", "").startswith(host)
        return redirect(trip.item.url if is_in_order else "https://www.taobao.com/")

    trip.web.put(f"{host}/{code}", redirect(middle))
    trip.web.put(middle, html(jump))
    trip.web.put_handler(last, answer)
    return Way(f"{host}/{code}", (code,))


def _coupon(trip: Trip) -> Way:
    code = trip.mint.code(24)
    url = f"https://uland.taobao.com/coupon/edetail?e={code}&pid=mm_26632258_3504122_32538762"
    trip.web.put(url, redirect(trip.item.url))
    return Way(url, (code,))


def _cookie_bound(trip: Trip) -> Way:
    """A landing page that remembers its visitor's first target: with its cookie, each later link leads elsewhere."""
    code = trip.mint.code()
    url = f"https://tao.hooos.com/go?id={code}"

    def answer(request: Request) -> Reply:
        cookie = request.headers.get("cookie", "")
        first = cookie.partition("first=")[2].partition(";")[0]
        target = f"https://tao.hooos.com/remembered/{first}" if first and first != code else trip.item.url
        return redirect(target, 302, ((b"Set-Cookie", f"first={code}; Path=/".encode()),))

    trip.web.put_handler(url, answer)
    trip.web.put(f"https://tao.hooos.com/remembered/{code}", redirect("https://www.taobao.com/"))
    return Way(url, (code,))


def _twin(address: str) -> Build:
    """Another address of the same item on the shop's own site, which redirects to the item's page."""

    def build(trip: Trip) -> Way:
        url = address.format(id=trip.item.item_id)
        trip.web.put(url, redirect(trip.item.url))
        return Way(url)

    return build


def _taobao_stay(trip: Trip) -> Way:
    """A Tmall item's page shown under Taobao's address: the page tells whose shop it is, not the host."""
    url = f"https://item.taobao.com/item.htm?id={trip.item.item_id}"
    trip.web.put(url, shops.item_page(trip.item))
    return Way(url, final_url=url)


JUMPS: dict[str, Build] = {
    "direct": lambda trip: Way(trip.item.url),
    "301": _http("dwz.cn", 301),
    "302": _http("t.cn", 302),
    "303": _http("url.cn", 303),
    "307": _http("suo.im", 307),
    "308": _http("dwz.cn", 308),
    "scheme_less": _location(lambda item: item.url.split(":", 1)[1]),
    "fragment": _location(lambda item: item.url + "#detail"),
    "gbk": _location(lambda item: f"{item.url}&title={item.title}".encode("gbk")),
    "plain_http": _location(lambda item: item.url.replace("https:", "http:", 1)),
    "to_app": _location(lambda item: f"tbopen://m.taobao.com/tbopen/index.html?h5Url={_enc(item.url)}"),
    "relative": _relative,
    "refresh": _page("dwz.cn", "r/{code}", _refresh_header),
    "meta": _page("dwz.cn", "m/{code}", _refresh_meta),
    "script": _page("c.b1wt.com", "h.{code}", _script_plain),
    "between_traps": _page("dwz.cn", "s/{code}", _script_between_traps),
    "computed": _page("tool.wezhicms.com", "coupon/{code}", _script_computed),
    "mtb": _page("m.tb.cn", "h.{code}", _taobao_share),
    "etb": _page("e.tb.cn", "h.{code}", _taobao_share),
    "interstitial": _page("m.tb.cn", "h.{code}", _interstitial),
    "jdshort": _http("3.cn", 302),
    "ujd": _jd_union,
    "jdclick": _jd_click,
    "sclick": _alliance_click,
    "coupon": _coupon,
    "cookie": _cookie_bound,
    "mobile_taobao": _twin("https://h5.m.taobao.com/awp/core/detail.htm?id={id}"),
    "old_mobile": _twin("https://a.m.taobao.com/i{id}.htm"),
    "world": _twin("https://world.taobao.com/item/{id}.htm"),
    "broken_join": _twin("https://item.taobao.com/item.htm?id=?id={id}"),
    "open_coupon": _twin("https://uland.taobao.com/coupon/edetail?activityId=a1&itemId={id}&pid=mm_26632258_3504122_1"),
    "taobao_front": _twin("https://item.taobao.com/item.htm?id={id}"),
    "taobao_stay": _taobao_stay,
    "mobile_jd": _twin("https://item.m.jd.com/product/{id}.html"),
    "jd_wechat": _twin("https://wqitem.jd.com/item/view?sku={id}"),
    "jd_coupon": _twin(
        "https://coupon.jd.com/ilink/couponSendFront/send_index.action?key=k1&roleId=7&to=item.jd.com/{id}.html"
    ),
}
