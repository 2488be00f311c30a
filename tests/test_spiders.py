"""Surfaces: each knows its own addresses and nobody else's, and tells a whole page from one that it did not see."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from scrapy.http import HtmlResponse
from scrapy.settings import Settings

from crawler.reading.document import Document
from crawler.reading.url import parse_url
from crawler.targets import load_surfaces, recognise
from spiders._surface import SurfaceSpider
from spiders.share_link import ShareLinkSpider
from storage.records import Body, Page, Target

DATA = Path(__file__).parent / "data" / "spiders"
SURFACES = load_surfaces()
FILES = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(DATA.glob("*.toml"))}
ADDRESSES = [(stem, case) for stem, cases in FILES.items() for case in cases["address"]]
READINGS = [(stem, case) for stem, cases in FILES.items() for case in cases["reading"]]


def page(case, stem="live_room"):
    url = case.get("url", "https://live.kuaishou.com/u/tea-house")
    body = Body(
        url="https://live.kuaishou.com/rest", content=case.get("body", "").encode(), status=case.get("body_status", 200)
    )
    bodies = (body,) if "body" in case else ()
    return Page(
        requested_url=url,
        final_url=case.get("final_url", url),
        html=case["html"],
        http_status=case.get("http_status", 200),
        bodies=bodies,
    )


@pytest.mark.parametrize(
    ("stem", "case"), ADDRESSES, ids=lambda value: value["url"] if isinstance(value, dict) else value
)
def test_a_surface_knows_its_addresses_and_leaves_others_alone(stem, case):
    target = SURFACES[stem].recognise(parse_url(case["url"]))
    assert (target and target.url) == case.get("target")


@pytest.mark.parametrize("case", [case for _, case in ADDRESSES if "target" in case], ids=lambda case: case["url"])
def test_no_address_is_claimed_by_two_surfaces(case):
    claims = [stem for stem, surface in SURFACES.items() if surface.recognise(parse_url(case["url"]))]
    assert len(claims) == 1


@pytest.mark.parametrize(
    ("stem", "case"), ADDRESSES, ids=lambda value: value["url"] if isinstance(value, dict) else value
)
def test_a_target_is_recognised_as_itself(stem, case):
    if "target" in case:
        assert recognise(case["target"], SURFACES).url == case["target"]


@pytest.mark.parametrize(
    ("stem", "case"), READINGS, ids=lambda value: value["name"] if isinstance(value, dict) else value
)
def test_a_page_reads_as_what_it_is(stem, case):
    reading = SURFACES[stem].read(Document(page(case)))
    assert reading.outcome == case["outcome"]
    assert reading.owner_id == case.get("owner_id")
    assert reading.product_area_seen == case.get("product_area_seen", False)
    assert reading.published.from_ms == case.get("published_from_ms")
    assert bool(reading.detail) == (reading.outcome != "ok")


@pytest.mark.parametrize(
    ("stem", "case"), READINGS, ids=lambda value: value["name"] if isinstance(value, dict) else value
)
def test_what_the_browser_could_not_finish_is_never_whole(stem, case):
    """A page that reads as whole, but that the browser had to leave, keeps the browser's outcome."""
    reading = SURFACES[stem].read(Document(page(case)))
    visit = spider_of(stem).read(left_early(case), Target("https://x/", stem), 1, SURFACES[stem])
    if reading.outcome in {"ok", "partial"}:
        assert visit.page.outcome == "timeout"
    else:
        assert visit.page.outcome == reading.outcome


def left_early(case):
    whole = page(case)
    return Page(
        requested_url=whole.requested_url,
        final_url=whole.final_url,
        html=whole.html,
        http_status=whole.http_status,
        bodies=whole.bodies,
        outcome="timeout",
        detail="the page was still changing when time ran out",
    )


def spider_of(stem):
    spider = SurfaceSpider(name=stem)
    spider.settings = Settings()
    return spider


def test_other_peoples_videos_are_left_to_their_own_pages():
    state = """<script>window.__APOLLO_STATE__={"defaultClient":{
        "VisionVideoDetailPhoto:3xaaa":{"caption":"看 https://m.tb.cn/h.aaaaaaa 这个","timestamp":1667900000000},
        "VisionVideoDetailPhoto:3xbbb":{"caption":"看 https://m.tb.cn/h.bbbbbbb 那个","timestamp":1667900000000}
        }};</script>
        <div class="goods-list"></div>"""
    url = "https://www.kuaishou.com/short-video/3xaaa"
    seen = Page(requested_url=url, final_url=url, html=state)
    visit = spider_of("short_video").read(seen, Target(url, "short_video"), 1, SURFACES["short_video"])
    found = {sighting.url for sighting in visit.sightings if sighting.url}
    assert found == {"https://m.tb.cn/h.aaaaaaa"}
    assert {sighting.published.from_ms for sighting in visit.sightings} == {1667900000000}


def test_a_key_that_begins_the_own_one_takes_no_links_away():
    state = """<script>window.__APOLLO_STATE__={"defaultClient":{
        "VisionVideoDetailPhoto:3xaaa1":{"caption":"看 https://m.tb.cn/h.aaaaaaa 这个"},
        "VisionVideoDetailPhoto:3xaaa":{"caption":"看 https://m.tb.cn/h.bbbbbbb 那个"}
        }};</script><div class="goods-list"></div>"""
    url = "https://www.kuaishou.com/short-video/3xaaa1"
    seen = Page(requested_url=url, final_url=url, html=state)
    visit = spider_of("short_video").read(seen, Target(url, "short_video"), 1, SURFACES["short_video"])
    assert {sighting.url for sighting in visit.sightings if sighting.url} == {"https://m.tb.cn/h.aaaaaaa"}


ODD = ("1", "true", "1.5", "[]", '["isLiving"]', '"isLiving"', "null", "{}", '{"id": {}}')
ROOMS_OF_ODD_SHAPE = [
    *(f'{{"author": {odd}, "liveStream": {other}, "isLiving": {odd}}}' for odd in ODD for other in ODD),
    *(f'{{"playList": {odd}, "errorType": {odd}}}' for odd in ODD),
    *(f'{{"playList": [{odd}]}}' for odd in ODD),
]


@pytest.mark.parametrize("room", ROOMS_OF_ODD_SHAPE)
def test_a_room_of_odd_shape_is_read_and_is_never_whole(room):
    html = f"<script>window.__INITIAL_STATE__={{liveroom: {room}}};</script>"
    reading = SURFACES["live_room"].read(Document(page({"html": html})))
    assert not reading.product_area_seen
    assert reading.outcome != "ok"


@pytest.mark.parametrize("odd", ODD)
def test_a_video_of_odd_shape_is_read_and_is_never_whole(odd):
    url = "https://www.kuaishou.com/short-video/3x"
    cache = f'{{"VisionVideoDetailPhoto:3x": {odd}, "$ROOT_QUERY": {odd}}}'
    html = f"<script>window.__APOLLO_STATE__={{defaultClient: {cache}}};</script>"
    reading = SURFACES["short_video"].read(Document(page({"html": html, "url": url})))
    assert reading.outcome in {"partial", "not_found"}


def test_an_answer_nested_without_end_is_no_refusal():
    body = '{"a":' + "[" * 4000
    assert SURFACES["live_room"].read(Document(page({"html": "", "body": body}))).outcome == "partial"


def test_a_page_that_a_reader_fails_on_is_crashed_and_not_lost(caplog):
    def fails(_document):
        raise ZeroDivisionError("of the reader")

    surface = replace(SURFACES["live_room"], read=fails)
    visit = spider_of("live_room").read(page({"html": "<p>"}), Target("https://x/", "live_room"), 2, surface)
    assert (visit.page.outcome, visit.attempt, visit.product_area_seen) == ("crashed", 2, False)
    assert visit.page.detail == "our reader failed: ZeroDivisionError: of the reader"
    assert "https://x/: cannot be read" in caplog.text


def test_a_share_link_that_is_a_canary_leads_to_a_canary():
    task = Target("https://v.kuaishou.com/abc#canary-last", "share_link", site="canary", owner_id="li")
    spider = ShareLinkSpider()
    answer = HtmlResponse("https://live.kuaishou.com/u/tea-house", body=b"", encoding="utf-8")
    (request,) = spider.parse(answer, task, 1)
    end = Target("https://live.kuaishou.com/u/tea-house#canary-last", "live_room", site="canary", owner_id="tea-house")
    assert request.cb_kwargs["end"] == end
    assert request.cb_kwargs["target"] == task
