"""Rendering, against a server of its own: what is captured, how misfortune ends, and that nothing carries over."""

import asyncio
import json
import os
import signal
import time
import urllib.error
import urllib.request
from dataclasses import replace

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse, TextResponse
from scrapy.settings import Settings
from scrapy.utils.test import get_crawler

from crawler.errors import BrowserError
from crawler.reading.qr_code import read_qr_codes
from crawler.render.browser import find_browser, launch_flags
from crawler.render.capture import is_jsonp, undo_latin1
from crawler.render.handler import RenderHandler
from crawler.render.options import SETTINGS, Options, read_options
from crawler.render.pictures import read_data_address
from crawler.render.pool import Pool, acquire, release
from crawler.render.response import RenderedResponse, page_from_response, respond
from crawler.shapes import Rendering
from storage.records import Page
from tests.hostile.server import serve

CART = Rendering(
    product_area=(".cart",),
    item=".item",
    cart=("#open",),
    scroll_to_end=True,
    max_scrolls=10,
    deadline_s=8,
    settle_ms=200,
)
READY = Rendering(ready=(".ready",), deadline_s=8, settle_ms=200)
PLAIN = Rendering(deadline_s=8, settle_ms=200)
SHORT_S = 2.5
BROWSER = pytest.mark.browser


class World:
    """A site and a pool of one tab, driven from plain tests."""

    def __init__(self, runner):
        self.runner = runner
        self.run = runner.run

    async def open(self):
        self.serving = serve()
        self.site = await self.serving.__aenter__()
        self.pool = acquire(Options(pages=1))

    async def close(self):
        await release(self.pool)
        await self.serving.__aexit__(None, None, None)

    def render(self, path, rendering=CART):
        return self.run(self.pool.render(self.site.origin + path, rendering))

    @property
    def pid(self):
        return self.pool._running[False].pid

    def idle_tab(self):
        """The tab, when it has been made as new."""
        self.run(self._cleaned())
        return self.pool._running[False].idle[0]

    async def _cleaned(self):
        if self.pool._cleaning:
            await asyncio.wait(self.pool._cleaning)


@pytest.fixture(scope="module")
def world():
    with asyncio.Runner() as runner:
        world = World(runner)
        runner.run(world.open())
        yield world
        runner.run(world.close())


# --- what is captured -------------------------------------------------------------------------------------------


@BROWSER
def test_opens_the_cart_by_a_trusted_click_and_scrolls_to_its_end(world):
    page = world.render("/room")
    assert page.outcome == "ok"
    assert [page.html.count(f'id={number}"') for number in range(30)] == [1] * 30
    assert 'data-trusted="true"' in page.html
    assert page.interaction["cart_opened"] == 1
    assert page.interaction["items"] == 30
    assert page.interaction["capped"] == 0


@BROWSER
def test_leaves_a_page_without_cart_alone(world):
    page = world.render("/good")
    assert page.outcome == "ok"
    assert page.interaction["cart_opened"] == page.interaction["scrolls"] == page.interaction["popups"] == 0
    assert page.bodies == page.frames == page.popups == page.images == ()


@BROWSER
def test_keeps_products_that_a_list_drawn_on_demand_has_scrolled_away(world):
    page = world.render("/virtual", Rendering(product_area=(".cart",), item=".item", scroll_to_end=True, deadline_s=20))
    assert page.outcome == "ok"
    assert [number for number in range(1000, 1060) if f"id={number}" not in page.html] == []
    assert page.interaction["items"] < 10


WATCHING = Rendering(
    cart=("#entry",), product_area=(".cart",), item=".item", scroll_to_end=True, deadline_s=20, settle_ms=200
)
ON_SCREEN = {"screen": [1280, 720, 1280, 0, 1, 1, 0], "frames": 3, "click": [1200, 660, True]}


@BROWSER
def test_a_page_that_is_not_painted_cannot_tell_and_goes_on_as_on_a_screen(world):
    page = world.render("/watching", WATCHING)
    assert json.loads(page.html.partition('<p class="seen">')[2].partition("</p>")[0]) == ON_SCREEN
    assert [number for number in range(2000, 2040) if f"id={number}" not in page.html] == []
    assert page.interaction["items"] == 40


@BROWSER
def test_reads_script_state_with_cycles_functions_and_undefined(world):
    states = {name: json.loads(text) for name, text in world.render("/room").states.items()}
    assert states["__INITIAL_STATE__"] == {"room": {"id": 7, "link": "https://detail.tmall.com/item.htm?id=5"}}
    assert states["loop"] == {"url": "https://a.example/"}
    assert states["lexical"] == ["https://item.jd.com/3.html"]


@BROWSER
def test_leaves_state_without_an_address_alone(world):
    assert "plain" not in world.render("/room").states


@BROWSER
def test_captures_bodies_of_xhr_fetch_and_jsonp_and_websocket_frames(world):
    page = world.render("/data", READY)
    bodies = {body.url.removeprefix(world.site.origin): body for body in page.bodies}
    assert sorted(bodies) == ["/api/cart?page=0", "/api/jsonp?callback=onGoods", "/api/text"]
    assert json.loads(bodies["/api/cart?page=0"].content)["items"][3]["url"] == "https://item.taobao.com/item.htm?id=3"
    assert bodies["/api/text"].content.decode() == "￥abc￥"
    assert bodies["/api/text"].mime == "text/plain"
    assert [(frame.payload, frame.is_text, frame.position) for frame in page.frames] == [
        (b"https://item.taobao.com/item.htm?id=41", True, 0),
        (b"\x08\x01\xff", False, 1),
    ]


@BROWSER
def test_leaves_scripts_and_pictures_alone(world):
    assert world.render("/no-data", READY).bodies == ()


@BROWSER
def test_knows_every_address_that_the_page_tries_to_open(world):
    page = world.render("/openers", PLAIN)
    found = {(popup.via, popup.url.replace(str(world.site.port), "PORT")) for popup in page.popups}
    assert found == {
        ("popup", "https://item.taobao.com/item.htm?id=11#detail"),
        ("popup", "https://item.taobao.com/item.htm?id=12"),
        ("popup", "http://127.0.0.1:PORT/relative"),
        ("popup", "http://localhost:PORT/good#13"),
        ("app", "tbopen://m.taobao.com/tbopen/index.html?h5Url=https%3A%2F%2Fa.example"),
        ("app", "intent://item.taobao.com/item.htm?id=14#Intent;scheme=taobao;end"),
        ("app", "taobao://item.taobao.com/item.htm?id=15"),
    }


@BROWSER
def test_a_page_that_leaves_itself_says_where_to(world):
    page = world.render("/leaves")
    there = f"http://localhost:{world.site.port}/good#there"
    assert [(popup.via, popup.url) for popup in page.popups] == [("navigation", there)]
    assert page.final_url == there
    assert page.requested_url == world.site.origin + "/leaves"


@BROWSER
def test_sees_into_closed_shadow_roots_and_frames(world):
    assert "item.htm?id=21" in world.render("/shadow", PLAIN).html
    page = world.render("/frames", PLAIN)
    assert 'href="http://item.taobao.com/item.htm?id=31"' in page.html
    assert "https://item.taobao.com/item.htm?id=1" in page.html


PICTURED = Rendering(product_area=(".cart",), deadline_s=15, settle_ms=200, pictures=True)


def fetch_picture(url, page):
    """As the handler does it, which needs Scrapy's own loop."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers={"Referer": page}), timeout=5) as answer:
            return answer.read()
    except urllib.error.HTTPError as error:
        return b"" if error.code == 404 else None
    except OSError:
        return None


def look_for_codes(world, path, asked=PICTURED):
    """The page, the names of the codes in its pictures, and how often it was opened."""

    async def fetch(url, page):
        return await asyncio.to_thread(fetch_picture, url, page)

    before = len(world.site.asked)
    page = world.run(world.pool.render(world.site.origin + path, asked, fetch))
    texts = [code.text for image in page.images for code in read_qr_codes(image.content).codes]
    assert len(page.images) <= len(texts)
    opened = world.site.asked[before:].count(f"GET {path}")
    return page, sorted({text.rpartition("=")[2] for text in texts}), opened


@BROWSER
def test_reads_a_code_however_it_is_shown_without_letting_the_browser_load_an_image(world):
    page, names, opened = look_for_codes(world, "/codes")
    shown = "before blob canvas guarded image larger lazy mosaic plain poster source styled svg"
    assert " ".join(names) == shown
    assert page.outcome == "ok"
    assert opened == 1
    places = {image.url.rpartition("/")[2]: (image.x, image.y) for image in page.images}
    assert places["styled.png"] != places["before.png"]


@BROWSER
def test_reads_codes_in_every_area_and_corner_of_it_and_none_beside_it(world):
    page, names, opened = look_for_codes(world, "/codes-apart")
    assert (page.outcome, " ".join(names), opened) == ("ok", "area deep first form shadow", 1)


@BROWSER
def test_reads_the_pictures_that_a_list_has_scrolled_away(world):
    asked = replace(PICTURED, item=".item", scroll_to_end=True)
    page, names, opened = look_for_codes(world, "/codes-away", asked)
    assert (page.outcome, opened, set(names)) == ("ok", 1, {f"away{number}" for number in range(12)})


@BROWSER
def test_a_look_with_images_waits_for_them_and_adds_to_what_was_seen_without(world):
    page, names, opened = look_for_codes(world, "/codes-late")
    assert (page.outcome, " ".join(names), opened) == ("ok", "lazy loaded slow-cookie", 2)


@BROWSER
def test_a_picture_that_only_the_page_may_load_is_read_in_a_browser_with_images(world):
    page, names, opened = look_for_codes(world, "/code-behind-cookie")
    assert (page.outcome, names, opened) == ("ok", ["cookie"], 2)


@BROWSER
def test_a_picture_that_nobody_can_load_shows_nothing_to_anybody(world):
    page, names, opened = look_for_codes(world, "/code-lost")
    assert (page.outcome, names, opened) == ("ok", [], 2)


@BROWSER
def test_a_drawing_that_only_a_browser_reads_is_looked_at_once(world):
    assert look_for_codes(world, "/drawing")[1:] == ([], 2)
    assert look_for_codes(world, "/drawing")[1:] == ([], 1)


@BROWSER
def test_a_picture_without_a_code_is_fetched_once_and_only_when_asked_for(world):
    before = len(world.site.asked)
    world.render("/pictures")
    for _ in range(2):
        page, names, opened = look_for_codes(world, "/pictures")
        assert (page.images, names, opened) == ((), [], 1)
    asked = world.site.asked[before:]
    assert [asked.count(f"GET {path}") for path in ("/pictures", "/plain.png?1", "/plain.png?2")] == [3, 1, 1]


@BROWSER
def test_tampering_with_the_language_hides_nothing(world):
    page = world.render("/tampered")
    assert page.outcome == "ok"
    assert "https://item.taobao.com/item.htm?id=1" in page.html


# --- how misfortune ends ----------------------------------------------------------------------------------------


HOSTILE = {
    "/busy-loop-in-load": {"timeout"},
    "/busy-loop-after-load": {"timeout"},
    "/alert-loop": {"crashed"},
    "/reload-loop": {"partial"},
    "/push-state-flood": {"ok", "partial", "timeout"},
    "/popup-flood": {"partial"},
    "/anchor-flood": {"ok"},
    "/heap-growth": {"crashed", "timeout"},
    "/huge-dom": {"too_large", "timeout"},
    "/many-frames": {"ok", "partial", "timeout"},
    "/endless-scroll": {"partial"},
    "/mutates-forever": {"ok", "partial"},
    "/hanging-fetch": {"partial"},
    "/no-headers": {"timeout"},
    "/no-content": {"partial"},
    "/download": {"partial"},
    "/endless-body": {"timeout", "partial"},
    "/slow-drip": {"timeout", "partial"},
    "/gzip-bomb": {"too_large", "timeout"},
    "/reset": {"network_error"},
    "/redirect-loop": {"network_error"},
    "/redirect-to-app": {"partial"},
    "/bad-gateway": {"network_error"},
    "/refused": {"blocked_address"},
}


@BROWSER
@pytest.mark.parametrize("path", HOSTILE)
def test_a_hostile_page_ends_in_time_with_a_named_outcome_and_the_next_page_is_seen(world, path):
    before = time.monotonic()
    page = world.render(
        path, Rendering(product_area=(".cart",), item=".item", scroll_to_end=True, max_scrolls=5, deadline_s=SHORT_S)
    )
    assert page.outcome in HOSTILE[path]
    assert (page.detail == "") == (page.outcome == "ok")
    assert time.monotonic() - before < SHORT_S + 8
    assert world.render("/good").outcome == "ok"


@BROWSER
@pytest.mark.parametrize(("path", "status"), [("/not-found", 404), ("/unavailable", 503), ("/forbidden", 403)])
def test_a_status_is_left_to_the_surface(world, path, status):
    page = world.render(path, READY)
    assert (page.outcome, page.http_status) == ("ok", status)


@BROWSER
def test_one_dialog_and_a_question_before_leaving_do_no_harm(world):
    page = world.render("/one-alert")
    assert (page.outcome, page.interaction["dialogs"]) == ("ok", 1)
    assert world.render("/before-unload").interaction["cart_opened"] == 1
    assert world.render("/good").outcome == "ok"


@BROWSER
def test_a_page_without_its_marks_is_partial_and_one_that_asks_for_none_is_ok(world):
    assert world.render("/no-ready-mark", READY).outcome == "partial"
    assert world.render("/no-ready-mark", PLAIN).outcome == "ok"


@BROWSER
def test_a_killed_browser_costs_one_page_and_is_replaced(world):
    world.render("/good")
    pid = world.pid

    async def kill_meanwhile():
        work = asyncio.ensure_future(world.pool.render(world.site.origin + "/slow-drip", PLAIN))
        await asyncio.sleep(0.7)
        os.kill(pid, signal.SIGKILL)
        return await work

    page = world.run(kill_meanwhile())
    assert page.outcome == "crashed"
    assert world.render("/good").outcome == "ok"
    assert world.pid != pid


@BROWSER
def test_worn_tabs_and_browsers_are_replaced(world):
    async def look():
        pool = Pool(Options(pages=1, page_limit=2, browser_limit=3))
        seen = []
        for _ in range(4):
            page = await pool.render(world.site.origin + "/good", PLAIN)
            await asyncio.gather(*pool._cleaning)
            seen.append((page.outcome, pool._running[False].pid, len(pool._running[False].idle)))
        await pool.close()
        return seen

    seen = world.run(look())
    assert [outcome for outcome, _, _ in seen] == ["ok"] * 4
    assert seen[0][1] == seen[2][1] != seen[3][1]
    assert [idle for _, _, idle in seen] == [1, 0, 0, 1]


# --- nothing carries over ---------------------------------------------------------------------------------------


NOTHING = {
    "local": [],
    "session": [],
    "cookie": "",
    "name": "",
    "history": 2,
    "state": None,
    "databases": [],
    "caches": [],
    "workers": 0,
    "controlled": False,
}


def found(page):
    return json.loads(page.html.partition('<p class="ready">')[2].partition("</p>")[0])


@BROWSER
@pytest.mark.parametrize(("keep", "find"), [("/keep", "/find"), ("/keep-in-frame", "/find-in-frame")])
def test_no_page_sees_the_state_of_another(world, keep, find):
    kept = world.render(keep, READY)
    assert "kept" in kept.html
    tab = world.idle_tab()
    beats = len(world.site.asked)
    state = found(world.render(find, READY))
    assert world.pool._running[False].busy | set(world.pool._running[False].idle) >= {tab}
    assert state == NOTHING | {"history": state["history"]}
    assert state["history"] <= 2
    assert [target for target in world.site.asked[beats:] if "beat" in target] == []


# --- the handler ------------------------------------------------------------------------------------------------


def handler_for(world, **settings):
    return RenderHandler(get_crawler(settings_dict={"CARTWATCH_PAGES": 1, **settings}))


@BROWSER
def test_the_handler_renders_what_asks_for_it_and_shares_one_browser(world):
    async def fetch():
        first, second = handler_for(world), handler_for(world)
        url = world.site.origin + "/unavailable"
        answers = [await each.download_request(Request(url, meta={"rendering": READY})) for each in (first, second)]
        assert first._pool is second._pool
        await first.close()
        await second.close()
        return answers, first._pool

    answers, pool = world.run(fetch())
    assert pool is None
    for answer in answers:
        assert isinstance(answer, RenderedResponse)
        assert answer.status == 503
        assert answer.page.http_status == 503
        assert answer.meta["dont_retry"]
        assert answer.meta["dont_redirect"]
        assert answer.meta["handle_httpstatus_all"]


@BROWSER
def test_a_proxy_that_refuses_is_told_from_one_that_knows_no_such_host(world):
    async def fetch():
        handler = handler_for(world, CARTWATCH_PROXY=world.site.origin)
        names = ("private.example", "plain.example", "unknown.example")
        pages = [
            (await handler.download_request(Request(f"https://{name}/", meta={"rendering": PLAIN}))).page
            for name in names
        ]
        plain = (await handler.download_request(Request("http://any.example/good", meta={"rendering": CART}))).page
        await handler.close()
        return [page.outcome for page in [*pages, plain]]

    assert world.run(fetch()) == ["blocked_address", "network_error", "network_error", "ok"]


def test_settings_have_defaults_and_a_sentence():
    options = read_options(Settings())
    assert options == Options()
    assert all(setting.summary.endswith(".") for setting in SETTINGS.values())
    named = read_options(Settings({"CARTWATCH_PAGES": "2", "CARTWATCH_INSECURE_TLS": "1", "USER_AGENT": "me"}))
    assert (named.pages, named.is_insecure, named.user_agent) == (2, True, "me")


def test_a_plain_answer_becomes_a_page_by_what_its_bytes_are():
    request = Request("https://a.example/", meta={"redirect_urls": ["https://first.example/"]})
    body = "<p>自营旗舰店".encode("gb18030")
    headers = {"Content-Type": "text/html; charset=utf-8"}
    page = page_from_response(HtmlResponse("https://a.example/b", body=body, headers=headers, request=request))
    assert page.html == "<p>自营旗舰店"
    assert (page.lane, page.requested_url, page.final_url) == ("http", "https://first.example/", "https://a.example/b")
    assert (page.content, page.content_type) == (body, "text/html; charset=utf-8")
    assert page_from_response(TextResponse("https://a.example/", body=b"{}")).requested_url == "https://a.example/"


def test_a_rendered_response_gives_its_own_page_and_survives_a_copy():
    page = Page(requested_url="https://a.example/", final_url="", outcome="timeout", http_status=None)
    response = respond(Request("https://a.example/"), page)
    assert (response.url, response.status, response.text) == ("https://a.example/", 200, "")
    assert page_from_response(response) is page
    assert response.replace(body=b"x").page is page


def test_a_browser_that_is_not_there_is_named_with_the_cure(monkeypatch):
    with pytest.raises(BrowserError, match="CARTWATCH_BROWSER: /nowhere/chrome is no program"):
        find_browser("/nowhere/chrome")
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", "/nowhere")
    with pytest.raises(BrowserError, match="playwright install"):
        find_browser()


def test_a_proxied_browser_resolves_no_name_itself_and_pictures_are_off_unless_wanted():
    flags = launch_flags(proxy="http://127.0.0.1:3128")
    assert "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1" in flags
    assert any("imagesEnabled=false" in flag for flag in flags)
    assert not any("imagesEnabled" in flag or "resolver" in flag for flag in launch_flags(has_images=True))


@pytest.mark.parametrize(
    ("script", "is_data"),
    [
        (b'cb({"a": 1})', True),
        (b'/**/ jQuery123.cb([{"a": "b"}]);', True),
        (b"try{cb({'a': 'b'})}catch(e){}", True),
        (b"try{start()}catch(e){}", False),
        (b"mtopjsonp1({'a': 'b'})", True),
        (b"(function(){ return 1 })()", False),
        (b"define({a: function () {}});", False),
        (b"webpackJsonp([1, function(){}])", False),
        (b"var a = {};", False),
        (b"alert('x')", False),
        (b"", False),
    ],
)
def test_data_in_a_script_is_told_from_code(script, is_data):
    assert is_jsonp(script) is is_data


@pytest.mark.parametrize(
    ("address", "content"),
    [
        ("data:image/png;base64,aGk=", b"hi"),
        ("data:image/png;base64,aGk", b"hi"),
        ("data:,a%20b", b"a b"),
        ("data:image/png;base64,%%%", b""),
    ],
)
def test_reads_data_addresses(address, content):
    assert read_data_address(address) == content


@pytest.mark.parametrize("wire", ["货 ￥9 €", "plain", "ﾞ"])
def test_undoes_the_browsers_guess_of_latin1(wire):
    for charset in ("utf-8", "gb18030"):
        guessed = b"".join(wire.encode(charset)[at : at + 1].decode("cp1252", "replace").encode() for at in range(99))
        if "\ufffd".encode() not in guessed:
            assert undo_latin1(guessed) == wire.encode(charset)


def test_leaves_text_that_was_read_rightly_as_it_is():
    assert undo_latin1("好货".encode()) == "好货".encode()
