"""Ways from a link to its item: every redirect, script jump, wrapper, deep link and dead end of the sample world."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import quote

from crawler.sample import shops
from crawler.sample.goods import Item, Mint
from crawler.sample.web import Reply, Request, Web, html, redirect


@dataclass(frozen=True, slots=True)
class Way:
    """A link that was laid out.

    Attributes:
        url: what a page shows.
        keys: words that stand in this link and in no other, besides the item's id.
        resolutions: acceptable outcomes of following it; empty where that is for the item's page to say.
        final_url: where it ends, where that is not the item.
        is_hostile: must never be fetched.
    """

    url: str
    keys: tuple[str, ...] = ()
    resolutions: tuple[str, ...] = ()
    final_url: str | None = None
    is_hostile: bool = False

    @property
    def reaches_item(self) -> bool:
        """Whether a visitor who follows the link comes to the item."""
        return not self.resolutions


@dataclass(frozen=True, slots=True)
class Trip:
    """What a way is built from."""

    web: Web
    mint: Mint
    item: Item


Build = Callable[[Trip], Way]


def lay_out(name: str, trip: Trip) -> Way:
    """Lay out the way of a name in the declaration; ``kwai+mtb`` is a wrapper around a short link."""
    outer, _, inner = name.partition("+")
    if not inner:
        return WAYS[outer](trip)
    within = lay_out(inner, trip)
    around = WAYS[outer](replace(trip, item=replace(trip.item, url=within.url)))
    return Way(around.url, (*around.keys, *within.keys), around.resolutions or within.resolutions)


def _enc(text: str) -> str:
    return quote(text, safe="")


# --- redirects ---------------------------------------------------------------------------------------------------


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


def _astray(target: str) -> Build:
    """A short link that leads where nobody may follow."""

    def build(trip: Trip) -> Way:
        code = trip.mint.code()
        trip.web.put(f"https://t.cn/{code}", redirect(target))
        return Way(f"https://t.cn/{code}", (code,), ("refused", "blocked_address"))

    return build


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


def _jd_advert(trip: Trip) -> Way:
    ext = base64.urlsafe_b64encode(trip.item.url.encode()).decode().rstrip("=")
    url = f"https://ccc-x.jd.com/dsp/nc?ext={ext}&log=abc"
    trip.web.put(url, redirect(trip.item.url))
    return Way(url, (ext,))


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
    return Way(url)


def _jd_web_view(trip: Trip) -> Way:
    """A deep link that opens a web page of JD in the app."""
    inner = _twin("https://item.m.jd.com/product/{id}.html")(trip).url
    return Way("openjd://virtual?params=" + _enc(json.dumps({"category": "jump", "des": "m", "url": inner})))


# --- dead ends ---------------------------------------------------------------------------------------------------


def _loop(trip: Trip) -> Way:
    code = trip.mint.code()
    trip.web.put(f"https://t.cn/{code}", redirect(f"https://dwz.cn/{code}"))
    trip.web.put(f"https://dwz.cn/{code}", redirect(f"https://t.cn/{code}"))
    return Way(f"https://t.cn/{code}", (code,), ("loop",))


def _endless(trip: Trip) -> Way:
    """A chain of forty short links, each new: longer than anybody follows."""
    code = trip.mint.code()
    for step in range(40):
        trip.web.put(f"https://suo.im/{code}{step:02d}", redirect(f"https://suo.im/{code}{step + 1:02d}"))
    trip.web.put(f"https://suo.im/{code}40", redirect(trip.item.url))
    trip.web.put(f"https://t.cn/{code}", redirect(f"https://suo.im/{code}00"))
    return Way(f"https://t.cn/{code}", (code,), ("too_many_hops",))


def _gone(trip: Trip) -> Way:
    code = trip.mint.code()
    trip.web.put(f"https://t.cn/{code}", html("<h1>404</h1>", status=404))
    return Way(f"https://t.cn/{code}", (code,), ("not_found", "dead_end"))


def _empty(trip: Trip) -> Way:
    """A short link that answers 200 with an error page."""
    code = trip.mint.code()
    trip.web.put(f"https://m.tb.cn/h.{code}", html("<html><title>出错了</title><body>抱歉，链接已失效</body></html>"))
    return Way(f"https://m.tb.cn/h.{code}", (code,), ("dead_end", "not_found", "unresolvable"))


def _no_host(trip: Trip) -> Way:
    """A share host that is no longer there."""
    code = trip.mint.code()
    return Way(f"https://zmnxbc.com/s/{code}?tm=1", (code,), ("network_error", "dead_end"))


def _limited(trip: Trip) -> Way:
    code = trip.mint.code()
    trip.web.put(f"https://dwz.cn/{code}", html("操作过于频繁", status=429))
    return Way(f"https://dwz.cn/{code}", (code,), ("rate_limited",))


def _token(_trip: Trip) -> Way:
    """No address at all: the share text's token is the link."""
    return Way("", (), ("unresolvable",))


# --- wrappers and deep links: the target stands in the address itself -----------------------------------------------


def _wrapper(write: Callable[[str], str]) -> Build:
    """A web address that carries its target and, when followed, redirects to it."""

    def build(trip: Trip) -> Way:
        url = write(trip.item.url)
        trip.web.put(url, redirect(trip.item.url))
        return Way(url)

    return build


def _based(trip: Trip) -> Way:
    packed = base64.b64encode(trip.item.url.encode()).decode()
    url = f"https://t.asczwa.com/taobao?backurl={_enc(packed)}"
    trip.web.put(url, redirect(trip.item.url))
    return Way(url, (packed.rstrip("="), _enc(packed)))


def _scheme(write: Callable[[Item], str]) -> Build:
    """An address of an app; no browser opens it, its target is read from it."""
    return lambda trip: Way(write(trip.item))


def _jd_params(item: Item) -> str:
    return json.dumps(
        {"category": "jump", "des": "productDetail", "skuId": item.item_id, "sourceType": "PCUBE_CHANNEL"}
    )


def _intent(item: Item) -> str:
    tail = f"S.browser_fallback_url={_enc(item.url)};end"
    return f"intent://{item.url[8:]}#Intent;scheme=taobao;package=com.taobao.taobao;{tail}"


# --- hostile and look-alike --------------------------------------------------------------------------------------


def _hostile(write: Callable[[Item], str]) -> Build:
    """An address that only looks like a shop's. Its host exists in the world, so that fetching it would be noticed."""

    def build(trip: Trip) -> Way:
        url = write(trip.item)
        return Way(url, (), ("refused", "blocked_address"), None, is_hostile=True)

    return build


HOSTILE_HOSTS = ("taobao.com.evil.cn", "evil.cn", "item.xn--tobao-4ve.com", "detail-tmall.com.cn")

_GO = "https://tao.hooos.com/go?url="
_BACK = "https://t.asczwa.com/taobao?backurl="

WAYS: dict[str, Build] = {
    "direct": lambda trip: Way(trip.item.url),
    "token": _token,
    # redirects
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
    "jdadvert": _jd_advert,
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
    # dead ends
    "loop": _loop,
    "endless": _endless,
    "gone": _gone,
    "empty": _empty,
    "no_host": _no_host,
    "limited": _limited,
    "to_private": _astray("http://169.254.169.254/latest/meta-data/"),
    "to_file": _astray("file:///etc/passwd"),
    "to_lookalike": _astray("https://taobao.com.evil.cn/item.htm?id=1"),
    # wrappers
    "nested1": _wrapper(lambda url: f"{_GO}{_enc(url)}"),
    "nested2": _wrapper(lambda url: f"{_GO}{_enc(_BACK + _enc(url))}"),
    "nested3": _wrapper(lambda url: f"{_GO}{_enc(_BACK + _enc('https://m.kuaishou.com/redirect?url=' + _enc(url)))}"),
    "nested_raw": _wrapper(lambda url: f"https://www.basetao.com/best/products/agent.html?url={url}"),
    "nested_twice": _wrapper(lambda url: f"https://m.kuaishou.com/redirect?url={_enc(_enc(url))}"),
    "nested_base64": _based,
    # deep links
    "kwai": _scheme(lambda item: f"kwai://webview?url={_enc(item.url)}"),
    "app_taobao": _scheme(lambda item: f"taobao://{item.url[8:]}"),
    "app_tbopen": _scheme(lambda item: f"tbopen://m.taobao.com/tbopen/index.html?source=auto&h5Url={_enc(item.url)}"),
    "app_tbopen_twice": _scheme(lambda item: f"tbopen://m.taobao.com/tbopen/index.html?h5Url={_enc(_enc(item.url))}"),
    "app_tmall": _scheme(lambda item: f"tmall://page.tm/appLink?h5Url={_enc(item.url)}"),
    "app_jd": _scheme(lambda item: f"openapp.jdmobile://virtual?params={_enc(_jd_params(item))}"),
    "app_jd_raw": _scheme(lambda item: f"openApp.jdMobile://virtual?params={_jd_params(item)}"),
    "app_jd_web": _jd_web_view,
    "app_alipay": _scheme(lambda item: f"alipays://platformapi/startapp?appId=20000067&url={_enc(item.url)}"),
    "intent": _scheme(_intent),
    # hostile
    "lookalike": _hostile(lambda item: f"https://taobao.com.evil.cn/item.htm?id={item.item_id}"),
    "userinfo": _hostile(lambda item: f"https://detail.tmall.com@evil.cn/item.htm?id={item.item_id}"),
    "homograph": _hostile(lambda item: f"https://item.xn--tobao-4ve.com/item.htm?id={item.item_id}"),
    "brandish": _hostile(lambda item: f"https://detail-tmall.com.cn/item.htm?id={item.item_id}"),
}
