"""The sample world: it serves what it declares under true host names, its truth is sound, its comparison can fail."""

import gzip
import json
import ssl
import urllib.error
import urllib.request
from collections import defaultdict
from dataclasses import replace
from http.client import HTTPMessage

import pytest
from playwright.sync_api import sync_playwright

from crawler.sample import SampleWorld, compare, serve_in_thread
from crawler.sample.clock import When, when
from crawler.sample.compare import Comparison
from crawler.sample.declaration import PAGES
from crawler.sample.drafts import PageSpec
from crawler.sample.goods import SHOPS, Mint
from crawler.sample.planting import grow, read_plants
from crawler.sample.states import js_literal
from crawler.sample.truth import PlantedLink, Truth, judge
from crawler.sample.web import Message, Request, Web, html, page_key
from crawler.sample.websocket import accept_key, encode, gzip_message, protobuf_message


@pytest.fixture(scope="module")
def world():
    with serve_in_thread() as running:
        yield running


@pytest.fixture(scope="module")
def truth() -> Truth:
    return SampleWorld().truth


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


class Visitor:
    """A client that trusts the world's authority, follows nothing, and reaches everything through the proxy."""

    def __init__(self, world: SampleWorld) -> None:
        trust = ssl.create_default_context(cadata=world.authority_pem.decode())
        proxies = urllib.request.ProxyHandler({"http": world.proxy_url, "https": world.proxy_url})
        self._opener = urllib.request.build_opener(proxies, urllib.request.HTTPSHandler(context=trust), _Stay())

    def get(self, url: str, **headers: str) -> tuple[int, HTTPMessage, bytes]:
        try:
            with self._opener.open(urllib.request.Request(url, headers=headers), timeout=10) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.code, answer.headers, answer.read()


@pytest.fixture(scope="module")
def visitor(world):
    return Visitor(world)


def one(truth: Truth, way_fragment: str, page: str) -> PlantedLink:
    """The first link of a page whose address holds a fragment."""
    return next(link for link in truth.links if page in link.page and way_fragment in (link.url or ""))


# --- the server -------------------------------------------------------------------------------------------------


def test_every_target_is_there_as_it_would_be_pasted(world, visitor):
    statuses = {url: visitor.get(url)[0] for url in world.targets}
    assert {url for url, status in statuses.items() if status == 404} == {
        target.url
        for target in world.truth.targets
        if target.outcomes == ("not_found",) and target.surface in ("merchant", "product")
    }
    assert [url for url, status in statuses.items() if status == 302] == [
        url for url in world.targets if "v.kuaishou.com" in url or "/f/" in url or "login-room" in url
    ]


def test_a_host_outside_the_world_cannot_be_reached_by_tunnel_or_by_plain_request(world, visitor):
    with pytest.raises(OSError, match="502"):
        visitor.get("https://www.example.com/")
    assert visitor.get("http://www.example.com/")[0] == 502
    assert world.refused[-2:] == ["www.example.com", "www.example.com"]


def test_a_plain_request_is_answered_like_one_through_tls(visitor):
    assert visitor.get("http://www.jd.com/")[2] == visitor.get("https://www.jd.com/")[2] != b""


def test_an_address_that_was_not_published_is_404_and_one_published_twice_is_refused(visitor):
    assert visitor.get("https://item.taobao.com/item.htm?id=1")[0] == 404
    web = Web()
    web.put("https://t.cn/a", html(""))
    with pytest.raises(ValueError, match="published twice"):
        web.put("https://t.cn/a?spm=noise", html(""))


def test_every_host_has_a_robots_txt_and_only_one_denies_anything(visitor):
    assert b"Disallow" not in visitor.get("https://item.jd.com/robots.txt")[2]
    assert b"Disallow: /u/quiet-room" in visitor.get("https://live.kuaishou.com/robots.txt")[2]


def test_requests_are_logged_by_host_and_path_in_order(world, visitor):
    visitor.get("https://www.jd.com/?from=log")
    visitor.get("https://www.taobao.com/")
    assert world.requests[-2:] == [("www.jd.com", "/?from=log"), ("www.taobao.com", "/")]


def test_tracking_changes_no_page_and_another_id_does():
    assert page_key("h", "/i", "spm=1&id=7") == page_key("h", "/i", "id=7&utm=2") != page_key("h", "/i", "id=8")


def test_answers_carry_the_time_at_which_they_were_given(visitor):
    assert visitor.get("https://www.jd.com/")[1]["Date"].endswith("GMT")


# --- shops --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shop", "encoding", "marks", "absent"),
    [
        ("personal", "gbk", ["tb-icon-alipay-persion-auth", "item.enterprise", "g_config"], ["header-enterprise-tb"]),
        ("enterprise", "gbk", ["header-enterprise-tb", "'qiye'", "qiyeka"], ["persion-auth"]),
        ("personal_new", "utf-8", ['"sellerType": "C"', "var b = {", "商品已经下架啦"], ["tagIcon"]),
        ("enterprise_new", "utf-8", ['"sellerType": "C"', "tagIcon"], ['"B"']),
        ("tmall", "gbk", ["TShop.Setup(", "microscope-data", "-tmall.com天猫"], ["persion-auth"]),
        ("tmall_new", "utf-8", ['"sellerType": "B"', '"BC_type": "B"'], ["tagIcon"]),
        ("jd_self", "gbk", ["isPop:false", 'class="u-jd"', "【行情 报价 价格 评测】"], ["isSelf"]),
        ("jd_pop", "gbk", ["isPop:true", "京东自营商品", "【图片 价格 品牌 报价】"], ["u-jd"]),
        ("jd_self_new", "utf-8", ["isPop:false", "isSelf:true", "itemover-new"], ["u-jd"]),
        ("jd_pop_new", "utf-8", ["isPop:true", "isSelf:false", "自营"], ["m-itemover"]),
    ],
)
def test_an_item_page_shows_the_marks_of_its_shop_and_not_those_of_another(shop, encoding, marks, absent):
    spec = PageSpec(surface="live_room", page_id="r", cart="xhr", plants=f"item {shop} direct -")
    web, truth = grow((spec,))
    page = _answer(web, truth.links[0].url)
    text = page.decode(encoding)
    assert [mark for mark in marks if mark not in text] == []
    assert [mark for mark in absent if mark in text] == []


def test_legacy_pages_are_gbk_on_the_wire_and_not_utf8():
    spec = PageSpec(surface="live_room", page_id="r", cart="xhr", plants="item jd_self direct -")
    web, truth = grow((spec,))
    with pytest.raises(UnicodeDecodeError):
        _answer(web, truth.links[0].url).decode("utf-8")


def _answer(web: Web, url: str | None) -> bytes:
    assert url
    scheme, _, rest = url.partition("://")
    host, _, path = rest.partition("/")
    path, _, query = path.partition("?")
    return web.answer(Request("GET", scheme, host, f"/{path}", query)).body


# --- ways ---------------------------------------------------------------------------------------------------------


def test_redirects_keep_their_status_and_end_at_the_item(visitor, truth):
    links = [link for link in truth.links if link.page.endswith("/redirects")][:5]
    answers = [visitor.get(str(link.url)) for link in links]
    assert [status for status, _, _ in answers] == [301, 302, 303, 307, 308]
    assert [headers["Location"] for _, headers, _ in answers] == [link.final_url for link in links]


def test_a_location_in_gbk_stays_gbk(visitor, truth):
    link = next(
        link for link in truth.links if link.page.endswith("/redirects") and link.url and _is_gbk(visitor, link)
    )
    assert link.resolutions == ("resolved",)


def _is_gbk(visitor: Visitor, link: PlantedLink) -> bool:
    location = visitor.get(str(link.url))[1].get("Location", "").encode("latin-1", "replace")
    return b"&title=" in location and "号" in location.decode("gbk")


def test_the_second_hop_of_an_alliance_click_wants_the_referer_of_the_first(visitor, truth):
    link = one(truth, "s.click", "leading-pages")
    middle = visitor.get(str(link.url))[1]["Location"]
    assert b"unescape" in visitor.get(middle)[2]
    last = urllib.request.unquote(middle.partition("tu=")[2])
    assert visitor.get(last)[1]["Location"] == "https://www.taobao.com/"
    assert visitor.get(last, Referer=middle)[1]["Location"] == link.final_url


def test_a_landing_page_leads_astray_only_who_comes_back_with_its_cookie(visitor, truth):
    first, second = [link for link in truth.links if link.page.endswith("/memory-trap")][:2]
    cookie = visitor.get(str(first.url))[1]["Set-Cookie"].partition(";")[0]
    assert visitor.get(str(second.url))[1]["Location"] == second.final_url
    assert visitor.get(str(second.url), Cookie=cookie)[1]["Location"] != second.final_url


def test_jd_union_links_lead_through_a_script_variable_to_a_location_without_scheme(visitor, truth):
    link = one(truth, "u.jd.com", "north-wool")
    step = visitor.get(str(link.url))[2].decode().split("'")[1]
    assert step.startswith("https://u.jd.com/jda?e=&p=")
    assert "https:" + visitor.get(step.replace("|", "%7C"))[1]["Location"] == link.final_url


def test_a_loop_loops(visitor, truth):
    link = next(link for link in truth.links if link.resolutions == ("loop",))
    there = visitor.get(str(link.url))[1]["Location"]
    assert visitor.get(there)[1]["Location"] == link.url


# --- the truth ----------------------------------------------------------------------------------------------------


def test_the_world_is_large_enough_and_the_same_every_time(truth):
    assert len(truth.targets) >= 40
    assert len(truth.links) >= 300
    again = SampleWorld()
    assert again.truth == truth
    assert json.loads(again.truth.as_json())["links"][0]["page"] == truth.links[0].page


def test_each_planted_link_is_told_from_all_others_by_its_keys(truth):
    assert all(link.keys for link in truth.links)
    owners = {key: link.final_url for link in truth.links for key in link.keys}
    assert [link for link in truth.links for key in link.keys if owners[key] != link.final_url] == []
    assert [(a, b) for a in owners for b in owners if a != b and a in b] == []


def test_some_links_stand_on_two_pages_and_are_judged_by_each_pages_own_time(truth):
    pages = defaultdict(list)
    for link in truth.links:
        pages[link.url].append(link)
    twice = [tuple(links) for links in pages.values() if len(links) == 2 and links[0].url]
    assert {tuple(link.page.rpartition("/")[2] for link in links) for links in twice} == {
        ("twice-told-a", "twice-told-b")
    }
    assert sorted(tuple(link.verdict for link in links) for links in twice) == [
        ("allowed", "violation"),
        ("violation", "violation"),
        ("violation", "violation"),
    ]


def test_every_carrier_is_planted_on_three_pages_and_every_kind_of_cart_holds_three_links():
    pages, carts = defaultdict(set), defaultdict(int)
    for spec in PAGES:
        for plant in read_plants(spec.plants):
            pages[plant.place].add(spec.page_id)
            carts[spec.cart] += plant.place == "item"
    assert {name: ids for name, ids in pages.items() if len(ids) < 3} == {}
    assert {name: count for name, count in carts.items() if count < 3} == {"static": 0}


def test_jd_is_linked_from_live_rooms_alone_since_the_policy_is_garbled_elsewhere(truth):
    surfaces = {target.canonical_url: target.surface for target in truth.targets}
    assert {surfaces[link.page] for link in truth.links if link.platform == "jd"} == {"live_room"}


def test_a_row_that_is_not_four_or_five_words_is_refused():
    with pytest.raises(ValueError, match="not enough values"):
        list(read_plants("item tmall direct"))


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("-", When(None)),
        ("ms:2022-12-31T15:59:59.999+00:00", When(1672502399999, 1672502399999, 1672502400000)),
        ("s:2022-10-28T00:00", When(1666886400, 1666886400000, 1666886401000)),
        ("text:2022-10-28T00:00", When("2022-10-28 00:00:00", 1666886400000, 1666886401000)),
        ("minute:2022-10-28T00:00", When("2022-10-28 00:00", 1666886400000, 1666886460000)),
        ("day:2022-10-28", When("2022-10-28", 1666886400000, 1666972800000)),
        ("rel:3小时前", When("3小时前", is_recent=True)),
        ("digits:2022-10-28T00:00", When("1666886400000", 1666886400000, 1666886400001)),
        ("utc:2022-10-28T00:00", When("2022-10-27T16:00:00Z", 1666886400000, 1666886401000)),
        ("slash:2022-10-28T00:00", When("2022/10/28 00:00", 1666886400000, 1666886460000)),
        ("words:2022-10-28T08:05", When("2022年10月28日 8:05", 1666915500000, 1666915560000)),
    ],
)
def test_a_printed_time_means_every_moment_that_it_may_mean(spec, expected):
    assert when(spec) == expected


@pytest.mark.parametrize(
    ("store_type", "time", "verdict", "rule"),
    [
        ("tmall", "ms:2022-10-28T00:00", "allowed", None),
        ("tmall", "ms:2022-10-27T23:59:59.999", "violation", "published_before_window"),
        ("tmall", "ms:2022-12-31T15:59:59.999+00:00", "allowed", None),
        ("tmall", "ms:2022-12-31T16:00:00+00:00", "violation", "published_after_window"),
        ("tmall_global", "day:2022-12-31", "allowed", None),
        ("tmall", "rel:3小时前", "violation", "published_after_window"),
        ("tmall", "-", "undetermined", None),
        ("jd_self_operated", "ms:2022-10-28T23:59:59.999", "violation", "published_before_window"),
        ("jd_self_operated", "day:2022-10-29", "undetermined", None),
        ("jd_self_operated", "ms:2022-10-30T00:00", "allowed", None),
        ("jd_self_operated", "ms:2022-11-30T16:00:00+00:00", "violation", "published_after_window"),
        ("jd_pop", "ms:2022-11-11T00:00", "violation", "third_party_store_link"),
        ("taobao_enterprise", "-", "violation", "third_party_store_link"),
        ("taobao_personal", "-", "violation", "personal_store_link"),
        ("other_store", "ms:2022-11-11T00:00", "violation", "platform_not_permitted"),
        ("unknown", "ms:2022-11-11T00:00", "undetermined", None),
    ],
)
def test_the_fair_verdict_follows_the_published_rules(store_type, time, verdict, rule):
    fair = judge(store_type, when(time))
    assert (fair.verdict, fair.rule) == (verdict, rule)


def test_what_nobody_can_see_accuses_nobody(truth):
    hidden = [link for link in truth.links if link.resolutions[0] not in {"resolved", "refused"}]
    assert {link.verdict for link in hidden} == {"undetermined"}


# --- formats ------------------------------------------------------------------------------------------------------


def test_state_blobs_are_script_and_not_json():
    text = js_literal({"token": "<undefined>", "url": "https://a.b/"})
    assert text == r'{"token":undefined,"url":"https:\u002F\u002Fa.b\u002F"}'


@pytest.mark.parametrize(
    ("size", "head"),
    [
        (125, b"\x81\x7d"),
        (126, b"\x81\x7e\x00\x7e"),
        (65535, b"\x81\x7e\xff\xff"),
        (65536, b"\x81\x7f" + (65536).to_bytes(8, "big")),
    ],
)
def test_a_frame_says_its_length_in_the_shortest_form(size, head):
    assert encode(Message(b"x" * size)) == head + b"x" * size


def test_the_handshake_answers_the_example_of_the_standard():
    assert accept_key("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


def test_packed_and_binary_messages_hold_what_they_should():
    packed = gzip_message({"a": "快"})
    assert (json.loads(gzip.decompress(packed.payload)), packed.is_text) == ({"a": "快"}, False)
    url = "https://item.taobao.com/item.htm?id=" + "7" * 120
    assert b"\x1a\x9c\x01" + url.encode() in protobuf_message([url]).payload


def test_the_mint_never_gives_the_same_thing_twice():
    mint = Mint()
    drawn = [mint.code() for _ in range(2000)] + [mint.item(shop).item_id for shop in SHOPS.values() for _ in range(50)]
    assert len(set(drawn)) == len(drawn)


# --- the comparison -----------------------------------------------------------------------------------------------


def perfect(truth: Truth) -> tuple[list[dict], list[dict]]:
    """The rows of a run that saw and judged everything as a careful person would."""
    sightings = [
        {
            "page_url": link.page,
            "raw": link.raw,
            "url": link.url,
            "found_in": link.carriers[0],
            "store_type": link.accepted_store_types[0],
            "confidence": "proved",
            "resolution_outcome": link.resolutions[0],
            "verdict": link.verdict,
            "rules": [link.rule] if link.rule else [],
            "reason": link.reason,
        }
        for link in truth.links
    ]
    visits = [{"page_url": target.canonical_url, "outcome": target.outcomes[0]} for target in truth.targets]
    return sightings, visits


def test_a_perfect_run_has_no_difference(truth):
    result = compare(truth, *perfect(truth))
    assert (result.ok, result.differences(), result.recall, result.precision) == (True, [], 1.0, 1.0)
    assert result.found == result.planted == sum(link.is_required for link in truth.links)


def with_row(truth: Truth, choose, **changes: object) -> Comparison:
    """The comparison of a run that is perfect but for the first link that ``choose`` picks."""
    sightings, visits = perfect(truth)
    number = next(number for number, link in enumerate(truth.links) if choose(link))
    sightings[number] |= changes
    return compare(truth, sightings, visits)


@pytest.mark.parametrize(
    ("choose", "changes", "kinds"),
    [
        (lambda link: link.verdict == "allowed", {"store_type": "jd_pop"}, {"shops wrong"}),
        (lambda link: link.verdict == "allowed", {"store_type": "unknown", "reason": ""}, {"shops unexplained"}),
        (
            lambda link: link.verdict == "allowed",
            {"verdict": "violation", "rules": "personal_store_link"},
            {"false violation"},
        ),
        (lambda link: link.verdict == "allowed", {"verdict": "undetermined"}, {"verdict wrong"}),
        (lambda link: link.accepted_verdicts == ("violation",), {"verdict": "undetermined"}, {"missed violation"}),
        (lambda link: link.accepted_verdicts == ("violation",), {"verdict": "allowed"}, {"missed violation"}),
        (lambda link: link.rule == "personal_store_link", {"rules": ["third_party_store_link"]}, {"rule wrong"}),
        (
            lambda link: link.rule == "personal_store_link",
            {"rules": ["label_mismatch"]},
            {"missed violation"},
        ),
        (lambda link: link.resolutions == ("loop",), {"verdict": "allowed"}, {"verdict wrong"}),
        (
            lambda link: link.resolutions == ("loop",),
            {"verdict": "violation", "rules": ("personal_store_link",)},
            {"false violation"},
        ),
        (lambda link: link.resolutions == ("loop",), {"resolution_outcome": "resolved"}, {"resolution wrong"}),
        (
            lambda link: link.verdict == "allowed",
            {"page_url": "https://live.kuaishou.com/u/elsewhere"},
            {"missed", "extra"},
        ),
        (lambda link: link.verdict == "allowed", {"url": "https://t.cn/none", "raw": ""}, {"missed", "extra"}),
        (
            lambda link: link.rule == "personal_store_link",
            {"url": None, "raw": ""},
            {"missed", "extra", "missed violation"},
        ),
    ],
)
def test_each_fault_of_a_run_is_named_for_what_it_is(truth, choose, changes, kinds):
    result = with_row(truth, choose, **changes)
    assert not result.ok
    assert {line.partition(":")[0] for line in result.differences()} == kinds


def test_a_store_left_open_with_a_reason_is_listed_and_fair(truth):
    result = with_row(truth, lambda link: link.verdict == "allowed", store_type="unknown", reason="login wall")
    assert result.ok
    assert len(result.shops_undetermined) == 1


def test_a_violation_of_a_rule_that_the_truth_does_not_speak_of_is_set_aside(truth):
    result = with_row(truth, lambda link: link.verdict == "allowed", verdict="violation", rules=["listed_after_window"])
    assert result.ok


def test_a_look_alike_may_be_left_alone_but_never_cleared(truth):
    sightings, visits = perfect(truth)
    number = next(number for number, link in enumerate(truth.links) if link.platform == "lookalike")
    assert compare(truth, sightings[:number] + sightings[number + 1 :], visits).ok
    assert not with_row(truth, lambda link: link.platform == "lookalike", verdict="allowed").ok


def test_a_second_sighting_of_a_link_that_knows_less_changes_nothing(truth):
    sightings, visits = perfect(truth)
    vague = {**sightings[0], "verdict": "undetermined", "store_type": "unknown", "rules": [], "found_in": "anchor"}
    assert compare(truth, [*sightings, vague], visits).ok


@pytest.mark.parametrize("outcome", ["ok", None])
def test_a_page_that_came_to_something_else_or_was_never_visited_is_wrong(truth, outcome):
    sightings, visits = perfect(truth)
    offline = next(visit for visit in visits if visit["outcome"] == "offline")
    visits.remove(offline)
    result = compare(truth, sightings, [*visits, *([{**offline, "outcome": outcome}] if outcome else [])])
    assert len(result.pages_wrong) == 1
    assert not result.ok


def test_a_page_is_known_by_any_of_its_addresses_and_not_by_part_of_its_id(truth):
    target = next(target for target in truth.targets if target.canonical_url.endswith("/no-such-room"))
    assert target.is_at("https://livev.m.chenzhongtech.com/fw/live/no-such-room?cc=1")
    assert not target.is_at("https://live.kuaishou.com/u/no-such-room-2023")


def test_nothing_observed_is_nothing_found(truth):
    result = compare(truth, [], [])
    assert (result.found, result.ok, result.recall, len(result.pages_wrong)) == (0, False, 0.0, len(truth.targets))
    assert "must be found 0/" in result.summary()
    assert compare(replace(truth, links=(), targets=()), [], []).ok


# --- in a real browser --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tabs(world):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium-headless-shell",
            args=["--no-sandbox"],
            proxy={"server": world.proxy_url},
        )
        yield browser.new_context(ignore_https_errors=True)
        browser.close()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("room", "cards"),
    [
        ("spring-tea", 11),
        ("live-feed", 10),
        ("packed-feed", 8),
        ("padded-cart", 6),
        ("old-layout", 9),
        ("plain-links", 10),
        ("late-cart", 4),
    ],
)
def test_a_cart_is_drawn_by_the_page_itself(tabs, room, cards):
    page = tabs.new_page()
    page.goto(f"https://live.kuaishou.com/u/{room}")
    page.locator(".goods-card").nth(cards - 1).wait_for(timeout=10_000)
    assert page.locator(".goods-card").count() == cards
    page.close()


@pytest.mark.browser
def test_a_yellow_cart_shows_nothing_until_it_is_clicked(tabs):
    page = tabs.new_page()
    page.goto("https://live.kuaishou.com/u/north-wool")
    assert page.locator(".goods-list").count() == 0
    page.locator(".cart-entry").click()
    page.locator(".goods-card[data-jump-url]").nth(8).wait_for(timeout=10_000)
    page.close()


@pytest.mark.browser
def test_a_long_cart_grows_only_while_somebody_scrolls(tabs):
    page = tabs.new_page()
    page.goto("https://live.kuaishou.com/u/big-cart")
    page.locator(".goods-card").nth(19).wait_for(timeout=10_000)
    assert page.locator(".goods-card").count() == 20
    for last in (39, 55):
        page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
        page.locator(".goods-card").nth(last).wait_for(timeout=10_000)
    page.close()


@pytest.mark.browser
def test_a_page_opens_its_windows_and_keeps_their_addresses_out_of_its_source(tabs, truth):
    hidden = [link for link in truth.links if link.carriers == ("popup",) and "window-opener" in link.page]
    page = tabs.new_page()
    opened: list[str] = []
    page.on("popup", lambda popup: opened.append(popup.url))
    page.goto("https://live.kuaishou.com/u/window-opener")
    page.locator(".cart-entry").click()
    page.locator(".goods-card").first.wait_for(timeout=10_000)
    page.wait_for_timeout(200)
    assert len(opened) == len(hidden) == 4
    assert not [link for link in hidden if str(link.url) in page.content()]
    for tab in tabs.pages:
        tab.close()


@pytest.mark.browser
def test_a_state_blob_removes_its_own_script(tabs):
    page = tabs.new_page()
    page.goto("https://live.kuaishou.com/u/spring-tea")
    assert page.evaluate("typeof window.__INITIAL_STATE__") == "object"
    assert "__INITIAL_STATE__" not in page.content()
    page.close()


@pytest.mark.browser
def test_a_computed_jump_leads_a_browser_to_the_item(tabs, truth):
    link = one(truth, "tool.wezhicms.com", "leading-pages")
    page = tabs.new_page()
    page.goto(str(link.url))
    page.wait_for_url(str(link.final_url), timeout=10_000)
    page.close()


@pytest.mark.browser
def test_a_cart_that_breaks_or_asks_for_a_login_never_draws_its_product_area(tabs):
    page = tabs.new_page()
    for room in ("broken-cart", "walled-cart"):
        page.goto(f"https://live.kuaishou.com/u/{room}", wait_until="networkidle")
        assert page.locator(".goods-list").count() == 0
    assert page.locator(".login-mask").count() == 1
    page.close()
