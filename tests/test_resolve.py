"""Following links through a world given as a table: address to answer. Nothing is patched, nothing is fetched."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reading.url import parse_url
from crawler.resolve import Trail, resolve
from storage.records import Destination, Page, Popup

ITEM = "https://item.taobao.com/item.htm?id=520813252866"
JD = "https://item.jd.com/100012043978.html"
SHOP_PAGE = "<title>手工皂-淘宝网</title><p>商品</p>"


def answer(html: str = "", status: int = 200, **more: object) -> Page:
    return Page(**{"requested_url": "", "final_url": "", "html": html, "http_status": status, "elapsed_ms": 5, **more})


def redirect(to: str, status: int = 302) -> Page:
    return answer(status=status, headers={"location": to})


class World:
    """Two lanes into a table of answers. ``asked`` is what the HTTP lane was asked, with the referers."""

    def __init__(self, pages: Mapping[str, Page], rendered: Mapping[str, Page] | None = None) -> None:
        self.pages = pages
        self.rendered = rendered or {}
        self.asked: list[tuple[str, str | None]] = []
        self.browsed: list[tuple[str, str | None]] = []

    async def fetch(self, url: str, referer: str | None) -> Page:
        self.asked.append((url, referer))
        return self._place(self.pages.get(url.partition("#")[0], answer(status=404)), url)

    async def browse(self, url: str, referer: str | None) -> Page:
        self.browsed.append((url, referer))
        return self._place(self.rendered.get(url) or self.pages.get(url.partition("#")[0], answer(status=404)), url)

    @staticmethod
    def _place(page: Page, url: str) -> Page:
        copy = {name: getattr(page, name) for name in Page.__slots__}
        return Page(**{**copy, "requested_url": url, "final_url": page.final_url or url})


def nothing(_: object) -> None:
    return None


def is_shop(page: Page) -> bool:
    return "商品" in page.html


def follow(world: World, url: str, **more: object) -> Trail:
    lanes = {"fetch": world.fetch, "browse": world.browse, "refuse": nothing, "settled": is_shop, "now_ms": 7}
    return asyncio.run(resolve(url, **{**lanes, **more}))


def way(trail: Trail) -> list[tuple[str, str, int | None]]:
    return [(hop.url, hop.via, hop.status) for hop in trail.hops]


# --- forms of hops -------------------------------------------------------------------------------------------------


def test_an_item_page_is_its_own_end():
    world = World({ITEM: answer(SHOP_PAGE, ip="203.0.113.9")})
    trail = follow(world, ITEM)
    assert (trail.outcome, trail.final_url, trail.resolved_ms) == ("resolved", ITEM, 7)
    assert way(trail) == [(ITEM, "http", 200)]
    assert trail.hops[0].ip == "203.0.113.9"
    assert trail.hops[0].elapsed_ms == 5
    assert trail.page is not None
    assert trail.page.html == SHOP_PAGE
    assert world.browsed == []


def test_an_alliance_click_needs_the_hop_before_as_referer():
    first, middle = "https://s.click.taobao.com/t?e=m%3D2", "https://s.click.taobao.com/t_js?tu=https%3A%2F%2Fs"
    world = World({first: redirect(middle), middle: redirect(ITEM), ITEM: answer(SHOP_PAGE)})
    trail = follow(world, first)
    assert way(trail) == [(first, "http", 302), (middle, "http", 302), (ITEM, "http", 200)]
    assert world.asked == [(first, None), (middle, first), (ITEM, middle)]


def test_a_referer_is_not_told_from_https_to_http_and_has_no_fragment():
    world = World({"https://a.cn/": redirect("http://b.cn/"), "http://b.cn/": redirect(ITEM), ITEM: answer(SHOP_PAGE)})
    follow(world, "https://a.cn/#x")
    assert world.asked == [("https://a.cn/#x", None), ("http://b.cn/#x", None), (f"{ITEM}#x", "http://b.cn/")]


def test_a_jd_short_link_takes_its_script_hop_and_then_its_redirect():
    short, jda = "https://u.jd.com/BdxyCqK", "https://u.jd.com/jda?e=|||&p=JF8B&d=BdxyCqK"
    world = World({short: answer(f"<script>var hrl='{jda}';</script>"), jda: redirect(JD), JD: answer("<p>商品</p>")})
    assert way(follow(world, short)) == [(short, "http", 200), (jda, "script", 302), (JD, "http", 200)]


def test_a_meta_refresh_is_a_hop_of_its_own_kind():
    world = World(
        {"https://a.cn/": answer(f"<meta http-equiv=refresh content='0;url={JD}'>"), JD: answer("<p>商品</p>")}
    )
    assert way(follow(world, "https://a.cn/")) == [("https://a.cn/", "http", 200), (JD, "meta", 200)]


def test_a_webview_wrapper_unfolds_without_the_network():
    wrapper = "kwai://webview?url=https%3A%2F%2Fitem.jd.com%2F100012043978.html"
    world = World({JD: answer("<p>商品</p>")})
    trail = follow(world, wrapper)
    assert way(trail) == [(wrapper, "http", None), (JD, "app", 200)]
    assert world.asked == [(JD, None)]


def test_an_intent_unfolds_to_its_fallback():
    intent = (
        "intent://item.taobao.com/item.htm?id=520813252866#Intent;scheme=taobao;package=com.taobao.taobao;"
        "S.browser_fallback_url=https%3A%2F%2Fitem.taobao.com%2Fitem.htm%3Fid%3D520813252866;end"
    )
    assert follow(World({ITEM: answer(SHOP_PAGE)}), intent).final_url == ITEM


def test_a_redirect_into_an_app_unfolds_there():
    deep = "tbopen://m.taobao.com/tbopen/index.html?h5Url=https%3A%2F%2Fitem.taobao.com%2Fitem.htm%3Fid%3D520813252866"
    trail = follow(World({"https://a.cn/": redirect(deep), ITEM: answer(SHOP_PAGE)}), "https://a.cn/")
    assert way(trail) == [("https://a.cn/", "http", 302), (deep, "http", None), (ITEM, "app", 200)]


def test_a_known_redirector_unfolds_without_being_asked():
    wrapper = f"https://link.example.cn/?target={ITEM}"
    world = World({ITEM: answer(SHOP_PAGE)})
    trail = follow(world, wrapper, unfold=lambda url: url.partition("target=")[2] or None)
    assert way(trail) == [(wrapper, "http", None), (ITEM, "nested", 200)]
    assert world.asked == [(ITEM, wrapper)]


def test_an_app_address_that_only_names_an_item_leads_where_the_caller_knows_it_stands():
    deep = 'openapp.jdmobile://virtual?params={"des":"productDetail","skuId":"100012043978"}'
    page = answer(f"<script>location.href='{deep}'</script>")
    world = World({"https://a.cn/": page, JD: answer("<p>商品</p>")})
    known = {deep: JD}
    assert way(follow(world, deep, unfold=known.get)) == [(deep, "http", None), (JD, "app", 200)]
    trail = follow(world, "https://a.cn/", unfold=known.get)
    assert [hop.url for hop in trail.hops] == ["https://a.cn/", deep, JD]
    assert world.browsed == []


def test_a_page_that_opens_an_app_leads_to_the_web_address_inside():
    deep = "tbopen://m.taobao.com/x?h5Url=https%3A%2F%2Fitem.taobao.com%2Fitem.htm%3Fid%3D520813252866"
    page = answer(
        f"<script>location.href='{deep}'; setTimeout(\"location.href='https://a.cn/download'\", 2000)</script>"
    )
    trail = follow(World({"https://a.cn/": page, ITEM: answer(SHOP_PAGE)}), "https://a.cn/")
    assert way(trail) == [("https://a.cn/", "http", 200), (ITEM, "app", 200)]


# --- what only a browser can tell ----------------------------------------------------------------------------------


def test_a_browser_decides_where_a_script_may_or_may_not_jump():
    page = answer(f"<script>if (window.ok) location.href='{JD}'</script>")
    world = World({"https://a.cn/": page}, {"https://a.cn/": answer("<p>商品</p>", final_url=JD)})
    trail = follow(world, "https://a.cn/")
    assert way(trail) == [("https://a.cn/", "http", 200), (JD, "script", 200)]
    assert trail.outcome == "resolved"


def test_a_page_that_stays_in_the_browser_too_is_the_end():
    world = World({"https://a.cn/": answer("<p>文章</p>")})
    trail = follow(world, "https://a.cn/")
    assert (trail.outcome, trail.final_url) == ("resolved", "https://a.cn/")
    assert world.browsed == [("https://a.cn/", None)]


def test_a_settled_page_is_never_browsed_though_its_scripts_may_jump():
    page = answer(f"{SHOP_PAGE}<script>if (/iPhone/.test(navigator.userAgent)) location.href='https://m.cn/'</script>")
    world = World({ITEM: page})
    assert follow(world, ITEM).final_url == ITEM
    assert world.browsed == []


def test_a_jump_that_shows_only_after_rendering_is_followed():
    rendered = answer(f"<p>3</p><meta http-equiv=refresh content='5;url={JD}'>")
    world = World({"https://a.cn/": answer("<div id=app>"), JD: answer("<p>商品</p>")}, {"https://a.cn/": rendered})
    assert way(follow(world, "https://a.cn/"))[-1] == (JD, "meta", 200)


@pytest.mark.parametrize(("via", "as_hop"), [("popup", "script"), ("navigation", "script"), ("app", "app")])
def test_what_an_open_page_opens_by_itself_is_followed(via, as_hop):
    target = ITEM if via != "app" else f"kwai://webview?url={ITEM}"
    rendered = answer("<p>x</p>", popups=(Popup(target, via),))
    world = World({"https://a.cn/": answer("<p>x</p>"), ITEM: answer(SHOP_PAGE)}, {"https://a.cn/": rendered})
    trail = follow(world, "https://a.cn/")
    assert (trail.final_url, trail.hops[1].via) == (ITEM, as_hop)


def test_a_download_is_not_followed():
    rendered = answer("<p>x</p>", popups=(Popup("https://a.cn/app.apk", "download"),))
    world = World({"https://a.cn/": answer("<p>x</p>")}, {"https://a.cn/": rendered})
    assert follow(world, "https://a.cn/").final_url == "https://a.cn/"


def test_an_app_button_is_followed_from_a_bare_page_and_not_from_an_article():
    button = f"<a href='tbopen://x?h5Url={ITEM.replace(':', '%3A').replace('/', '%2F')}'>打开</a>"
    bare, article = "https://a.cn/bare", "https://a.cn/article"
    world = World({bare: answer(button), article: answer("<p>" + "字" * 500 + button), ITEM: answer(SHOP_PAGE)})
    assert follow(world, bare).final_url == ITEM
    assert follow(world, article).final_url == article


def test_a_shop_that_denies_a_plain_client_is_shown_to_a_browser():
    world = World({ITEM: answer("denied", 403)}, {ITEM: answer(SHOP_PAGE)})
    assert follow(world, ITEM).outcome == "resolved"


def test_a_loop_that_only_cookies_end_is_ended_by_a_browser():
    world = World({"https://a.cn/": redirect("https://a.cn/")}, {"https://a.cn/": answer(SHOP_PAGE, final_url=ITEM)})
    trail = follow(world, "https://a.cn/")
    assert (trail.outcome, trail.final_url) == ("resolved", ITEM)


# --- ends ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "outcome"),
    [
        (answer("gone", 404), "not_found"),
        (answer("gone", 410), "not_found"),
        (answer("", 400), "dead_end"),
        (answer("", 401), "login_wall"),
        (answer("", 403), "challenge"),
        (answer("", 429), "rate_limited"),
        (answer("", 500), "network_error"),
        (answer("", 502), "network_error"),
        (answer("", 302), "dead_end"),
        (answer("<html></html>"), "dead_end"),
        (answer("", 200, outcome="timeout"), "timeout"),
        (answer("", 200, outcome="too_large"), "too_large"),
        (answer("", 200, outcome="robots_denied"), "robots_denied"),
        (answer("", 200, outcome="crashed"), "network_error"),
        (answer(SHOP_PAGE, 200, outcome="partial"), "timeout"),
        (answer("", 200, outcome="login_wall"), "login_wall"),
        (answer("", 403, headers={"X-Cartwatch-Refused": "private address"}), "blocked_address"),
    ],
)
def test_every_misfortune_is_an_outcome(page, outcome):
    assert follow(World({"https://a.cn/": page}), "https://a.cn/").outcome == outcome


@pytest.mark.parametrize("words", ["抱歉，链接已失效", "您访问的页面不存在", "404 Not Found", "The link has expired"])
def test_a_page_that_only_says_that_there_is_nothing_is_a_dead_end(words):
    world = World({"https://t.cn/a": answer(f"<p>{words}</p>"), "https://t.cn/b": answer("<p>" + "文" * 500 + words)})
    assert follow(world, "https://t.cn/a").outcome == "dead_end"
    assert follow(world, "https://t.cn/b").outcome == "resolved"


@pytest.mark.parametrize(
    ("link", "home", "outcome"),
    [
        ("https://item.jd.com/1.html", "https://www.jd.com/", "dead_end"),
        ("https://item.m.jd.com/product/1.html", "https://m.jd.com/", "dead_end"),
        ("https://t.cn/abc", "https://www.jd.com/", "resolved"),
        ("https://jd.com/", "https://www.jd.com/", "resolved"),
        ("https://mall.jd.com/index-1.html", "https://levis.jd.com/", "resolved"),
    ],
)
def test_a_deeper_address_that_leads_to_its_own_sites_front_door_is_a_dead_end(link, home, outcome):
    assert follow(World({link: redirect(home), home: answer("<p>首页</p>")}), link).outcome == outcome


def test_a_verdict_on_the_content_goes_before_everything_but_a_jump():
    world = World({ITEM: answer("<p>商品 请登录</p>")})
    trail = follow(world, ITEM, verdict_of=lambda page: "login_wall" if "请登录" in page.html else None)
    assert trail.outcome == "login_wall"
    assert world.browsed == []


def test_two_pages_that_send_each_other_back_are_a_loop():
    world = World({"https://a.cn/": redirect("https://b.cn/"), "https://b.cn/": redirect("https://a.cn/")})
    trail = follow(world, "https://a.cn/")
    assert trail.outcome == "loop"
    assert [hop.url for hop in trail.hops] == ["https://a.cn/", "https://b.cn/"] * 2


def test_an_endless_way_ends_at_the_bound():
    class Endless(World):
        async def fetch(self, url: str, referer: str | None) -> Page:
            return self._place(redirect(f"{url}x"), url)

    trail = follow(Endless({}), "https://a.cn/", max_hops=6)
    assert trail.outcome == "too_many_hops"
    assert len(trail.hops) == 6
    assert "https://a.cn/xxxxxx" in trail.detail


@pytest.mark.parametrize("way_there", [[], ["https://a.cn/"]], ids=["the link itself", "a hop"])
def test_a_refused_address_is_never_asked(way_there):
    evil = "https://taobao.com.evil.example/item"
    world = World({"https://a.cn/": redirect(evil), evil: answer(SHOP_PAGE)})
    trail = follow(world, [*way_there, evil][0], refuse=lambda url: "look-alike" if "evil" in url else None)
    assert (trail.outcome, trail.final_url, trail.detail) == ("refused", evil, "look-alike")
    assert evil not in [url for url, _ in world.asked + world.browsed]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "gopher://x/"])
def test_a_dangerous_scheme_is_refused(url):
    assert follow(World({}), url).outcome == "refused"


@pytest.mark.parametrize("url", ["tmall://page.tm/shop?shopId=1", "kouling:taobao:AbCdEfGhIjK", "", "not an address"])
def test_what_holds_no_web_address_is_unresolvable(url):
    assert follow(World({}), url).outcome == "unresolvable"


def test_a_trail_becomes_a_record_with_its_destination():
    destination = Destination(platform="taobao")
    record = follow(World({ITEM: answer(SHOP_PAGE)}), ITEM).as_resolution(destination)
    assert (record.link_url, record.outcome, record.final_url) == (ITEM, "resolved", ITEM)
    assert (record.destination, record.resolved_ms, len(record.hops)) == (destination, 7, 1)


# --- anything goes through -----------------------------------------------------------------------------------------

ADDRESSES = st.sampled_from(
    ["https://a.cn/", "https://b.cn/x?y=1", "//c.cn/", "/d", "tbopen://x?h5Url=https%3A%2F%2Fa.cn%2F", "javascript:x",
     "", "https://[::1", "intent://a.cn/#Intent;end", "https://a.cn/#f"]
)  # fmt: skip
BODIES = st.one_of(
    st.text(max_size=80),
    st.builds("<script>location.href='{}'</script>".format, ADDRESSES),
    st.builds("<script>if (x) location.href='{}'</script>".format, ADDRESSES),
    st.builds("<meta http-equiv=refresh content='0;url={}'>".format, ADDRESSES),
    st.builds("<a href='{}'>app</a>".format, ADDRESSES),
)
PAGES = st.builds(
    Page,
    requested_url=st.just(""),
    final_url=ADDRESSES,
    html=BODIES,
    http_status=st.sampled_from([None, 200, 301, 302, 404, 500]),
    outcome=st.sampled_from(["ok", "ok", "timeout", "partial", "offline", "challenge"]),
    headers=st.dictionaries(st.sampled_from(["location", "refresh"]), ADDRESSES),
    popups=st.tuples(st.builds(Popup, ADDRESSES, st.sampled_from(["popup", "app", "download"]))),
)


@given(st.lists(PAGES, min_size=1, max_size=6), ADDRESSES, st.integers(1, 8))
def test_any_world_comes_to_an_end_within_the_bound(pages, url, max_hops):
    turn = 0

    async def lane(asked: str, _referer: str | None) -> Page:
        nonlocal turn
        turn += 1
        page = World._place(pages[turn % len(pages)], asked)
        assert parse_url(asked).is_web
        return page

    trail = follow(World({}), url, fetch=lane, browse=lane, max_hops=max_hops)
    assert 1 <= len(trail.hops) <= max_hops
    assert trail.hops[0].url == url
    assert turn <= 3 * max_hops
