"""Extraction: what each extractor finds and leaves alone, and what holds for any page at all."""

from __future__ import annotations

import base64
import gzip
import json
import struct
import zlib
from dataclasses import fields
from pathlib import Path
from typing import Any
from urllib.parse import quote

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extract import extract
from crawler.reading.document import Document
from crawler.shapes import Extractor
from crawler.shelf import load
from storage.records import Body, Frame, Image, Interval, Page, Popup, Sighting

DATA = Path(__file__).parent / "data" / "extractors"
URL = "https://live.kuaishou.com/u/room"
NOW_MS = 1_646_490_000_000
EXTRACTORS = load("crawler.extractors", "EXTRACTOR", Extractor)
SEPARATOR = "\n----- expected -----\n"


def page(**parts: Any) -> Page:
    return Page(**{"requested_url": URL, "final_url": URL, "fetched_ms": NOW_MS} | parts)


def found(html: str = "", *stems: str, **parts: Any) -> list[Sighting]:
    chosen = {stem: EXTRACTORS[stem] for stem in stems or EXTRACTORS}
    return list(extract(page(html=html, **parts), chosen))


def urls(html: str = "", *stems: str, **parts: Any) -> list[str | None]:
    return [sighting.url for sighting in found(html, *stems, **parts)]


# --- one datum for each extractor -----------------------------------------------------------------------------------


def read_datum(stem: str) -> tuple[Page, list[dict[str, Any]]]:
    """A page and what the extractor of its stem sees in it, from ``STEM.html`` or ``STEM.json``."""
    source = DATA / f"{stem}.html"
    if source.exists():
        html, _, expected = source.read_text(encoding="utf-8").partition(SEPARATOR)
        return page(html=html), [json.loads(line) for line in expected.splitlines()]
    datum = json.loads((DATA / f"{stem}.json").read_text(encoding="utf-8"))
    return page(
        html=datum.get("html", ""),
        bodies=tuple(Body(url=body["url"], content=body["text"].encode()) for body in datum.get("bodies", ())),
        frames=tuple(read_frame(position, frame) for position, frame in enumerate(datum.get("frames", ()))),
        popups=tuple(Popup(**popup) for popup in datum.get("popups", ())),
        images=tuple(
            Image(content=base64.b64decode(image["base64"]), x=image.get("x", 0), y=image.get("y", 0))
            for image in datum.get("images", ())
        ),
    ), datum["expected"]


def read_frame(position: int, frame: dict[str, str]) -> Frame:
    if "text" in frame:
        return Frame(url="wss://live.kuaishou.com/ws", payload=frame["text"].encode(), position=position)
    payload = base64.b64decode(frame["base64"])
    return Frame(url="wss://live.kuaishou.com/ws", payload=payload, is_text=False, position=position)


def shown(sighting: Sighting) -> dict[str, Any]:
    """A sighting without what is as usual."""
    usual = Sighting(raw="", url=None, found_in="")
    said = {field.name: getattr(sighting, field.name) for field in fields(Sighting) if field.name != "found_in"}
    plain = {name: value for name, value in said.items() if value != getattr(usual, name)}
    published = sighting.published
    return plain | (
        {"published": [published.from_ms, published.to_ms, published.basis]} if published != Interval() else {}
    )


@pytest.mark.parametrize("stem", sorted(EXTRACTORS))
def test_an_extractor_finds_what_its_datum_lists_and_leaves_the_rest_alone(stem):
    datum, expected = read_datum(stem)
    sightings = extract(datum, {stem: EXTRACTORS[stem]})
    assert [shown(sighting) for sighting in sightings] == expected
    assert {sighting.found_in for sighting in sightings} == {stem}


def test_every_extractor_has_a_datum_and_every_datum_an_extractor():
    assert {path.stem for path in DATA.iterdir()} == set(EXTRACTORS)


# --- what holds for the whole ---------------------------------------------------------------------------------------


def test_an_address_inside_an_address_follows_it_with_its_depth_and_parameter():
    inner = "https%3A%2F%2Fs.example.com%2Fgo%3Fu%3Dhttps%253A%252F%252Fitem.jd.com%252F1.html"
    sightings = found(f'<a href="https://go.example.cn/jump?to={inner}">买</a>', "anchor")
    assert [(sighting.url, sighting.depth, sighting.locator.partition("?")[2]) for sighting in sightings] == [
        (f"https://go.example.cn/jump?to={inner}", 0, ""),
        ("https://s.example.com/go?u=https%3A%2F%2Fitem.jd.com%2F1.html", 1, "to"),
        ("https://item.jd.com/1.html", 2, "u"),
    ]


def test_the_same_link_drawn_and_fetched_is_seen_by_both_carriers():
    body = Body(url="https://live.kuaishou.com/api", content=b'{"jumpUrl":"https://item.jd.com/1.html"}')
    sightings = found('<a href="https://item.jd.com/1.html">x</a>', bodies=(body,))
    assert [sighting.found_in for sighting in sightings] == ["anchor", "response"]


@pytest.mark.parametrize(
    "text",
    [
        '[[UIApplication sharedApplication] openURL:[NSURL URLWithString:@"https://item.jd.com/1515101139.html"]];',
        '[CQ:json,data={"app":"x"&#44;"url":"https://item.jd.com/1515101139.html"&#44;"title":"y"}]',
        '{"raw_message": "[CQ:json,data={\\"a\\":1&#44;\\"url\\":\\"https://item.jd.com/1515101139.html\\"}]"}',
        '{"_id": ObjectId("5f"), "at": ISODate("2021"), "link": Link("https://item.jd.com/1515101139.html")}',
        '[INFO] {"url": "https:\\/\\/item.jd.com\\/1515101139.html"}',
    ],
)
def test_what_only_begins_like_json_is_read_all_the_same(text):
    assert urls(bodies=(Body(url=URL, content=text.encode()),)) == ["https://item.jd.com/1515101139.html"]


@pytest.mark.parametrize("tag", ['<a href=%s target="_blank">x</a>', "<iframe src=%s></iframe>", "<area href=%s>"])
@pytest.mark.parametrize("quotes", ['\\"%s\\"', "\\\\'%s\\\\'", '"“%s”"', '"&quot;%s&quot;"'])
def test_quotes_that_code_or_a_word_processor_left_around_an_address_are_no_part_of_it(tag, quotes):
    assert urls(tag % quotes % "https://item.jd.com/2349418.html") == ["https://item.jd.com/2349418.html"]
    assert urls(tag % quotes % "/merchant/2349418.html") == []


def test_one_carrier_claims_one_place_once():
    state = '{"ext":"{\\"url\\":\\"https://item.jd.com/1.html\\"}"}'
    sightings = found(f"<script>window.__STATE__={state}</script>", states={"__STATE__": state})
    assert [(sighting.found_in, sighting.locator) for sighting in sightings] == [("script_state", "__STATE__.ext.url")]


def test_state_handed_on_by_the_browser_needs_no_script():
    sightings = found(states={"__INITIAL_STATE__": '{"a":[{"url":"https://item.jd.com/1.html"}]}'})
    assert [sighting.locator for sighting in sightings] == ["__INITIAL_STATE__.a[0].url"]


def test_keep_decides_and_the_default_keeps_all():
    html = '<a href="https://item.jd.com/1.html">x</a><a href="https://www.kuaishou.com/f/abc">y</a>'
    kept = extract(page(html=html), EXTRACTORS, keep=lambda sighting: "kuaishou" not in (sighting.url or ""))
    assert [sighting.url for sighting in kept] == ["https://item.jd.com/1.html"]
    assert len(extract(page(html=html), EXTRACTORS)) == 2


def test_a_document_and_its_page_give_the_same_in_the_same_order():
    datum, _expected = read_datum("script_state")
    assert extract(datum, EXTRACTORS) == extract(Document(datum), dict(reversed(EXTRACTORS.items())))


def test_a_link_to_the_page_itself_is_no_link():
    assert urls(f'<a href="{URL}">x</a><a href="{URL}#cart">y</a>') == []


def test_a_relative_link_counts_where_the_base_is_elsewhere():
    assert urls('<base href="https://item.jd.com/"><a href="100.html">x</a>') == ["https://item.jd.com/100.html"]
    assert urls('<a href="100.html">x</a>') == []


def test_the_card_ends_where_another_link_begins():
    html = (
        '<ul><li><a href="https://item.jd.com/1.html">甲</a><span class="time">2小时前</span></li>'
        '<li><a href="https://item.jd.com/2.html">乙</a></li></ul><p class="publish-time">2022-01-01 08:00</p>'
    )
    first, second = found(html, "anchor")
    assert (first.published.from_ms, first.published.basis) == (NOW_MS - 3 * 3_600_000, "stated")
    assert second.published == Interval()


@pytest.mark.parametrize("field", ["updateTime", "endTime", "startTime", "ostime", "serverTime", "expireTime"])
def test_a_time_that_is_not_of_publishing_is_not_taken_for_it(field):
    body = Body(
        url="https://live.kuaishou.com/a", content=f'{{"u":"https://item.jd.com/1.html","{field}":{NOW_MS}}}'.encode()
    )
    (sighting,) = found(bodies=(body,))
    assert sighting.published == Interval()


@pytest.mark.parametrize(
    "field", ["createTime", "onShelfTime", "publish_time", "itemOnTime", "addTime", "gmtCreate", "timestamp"]
)
def test_a_time_of_publishing_beside_the_link_is_stated(field):
    body = Body(
        url="https://live.kuaishou.com/a", content=f'{{"u":"https://item.jd.com/1.html","{field}":{NOW_MS}}}'.encode()
    )
    (sighting,) = found(bodies=(body,))
    assert sighting.published == Interval(NOW_MS, NOW_MS + 1, "stated")


def test_the_time_of_an_answer_or_of_a_person_is_not_the_links():
    answer = f'{{"result":1,"timestamp":{NOW_MS},"url":"https://item.jd.com/1.html"}}'
    author = f'{{"author":{{"timestamp":{NOW_MS},"description":"https://item.jd.com/2.html 见"}}}}'
    bodies = tuple(Body(url="https://live.kuaishou.com/a", content=text.encode()) for text in (answer, author))
    assert [sighting.published for sighting in found(bodies=bodies)] == [Interval(), Interval()]


def test_a_cart_item_without_a_time_has_that_of_the_stream_beside_it():
    state = {"liveStream": {"startTime": NOW_MS}, "cart": {"items": [{"jumpUrl": "https://item.jd.com/1.html"}]}}
    (sighting,) = found(states={"__INITIAL_STATE__": json.dumps(state)})
    assert sighting.published == Interval(NOW_MS, NOW_MS + 1, "content")


# --- pages built to hide, to be slow or to be broken ------------------------------------------------------------------


def test_what_lies_deeper_than_the_parser_goes_is_still_found():
    held = '<a href="https://item.jd.com/1.html">x</a><p data-u="https://item.jd.com/2.html">复制￥P1ScbKlP0Lp￥</p>'
    sightings = found("<div class='x'>" * 5000 + held + "</div>" * 5000)
    assert [sighting.url or sighting.token for sighting in sightings] == [
        "https://item.jd.com/1.html",
        "https://item.jd.com/2.html",
        "P1ScbKlP0Lp",
    ]


SLOW_PAGES = {
    "one character": "a" * 100_000,
    "one slash": "/" * 100_000,
    "one backslash": "\\" * 100_000,
    "one colon": ":" * 100_000,
    "one dot": "." * 100_000,
    "one money sign": "￥" * 100_000,
    "one percent sign": "%" * 100_000,
    "one ampersand": "&" * 100_000,
    "one quote": '"' * 100_000,
    "one opening brace": "{" * 100_000,
    "escapes": "\\u002f" * 20_000,
    "labels": "a." * 50_000,
    "shop hosts": "jd.com." * 15_000,
    "schemes": "http://" * 15_000,
    "brackets": "[" * 10_000 + "]" * 10_000,
    "codes": "￥ CZ0001 " * 10_000,
    "plus signs": '"+"' * 30_000,
    "copy words": "复制￥" * 30_000,
    "addresses": "https://item.jd.com/1.html " * 4_000,
    "nested addresses": "https://a.cn/?u=" * 6_000,
}


@pytest.mark.parametrize("name", SLOW_PAGES)
@pytest.mark.parametrize("place", ["text", "attribute", "script", "comment", "state", "answer"])
@pytest.mark.timeout(10)
def test_a_page_built_to_be_slow_is_read_to_its_end(name, place):
    content = SLOW_PAGES[name]
    quoted = json.dumps(content)
    pages = {
        "text": {"html": f"<p>{content}</p>"},
        "attribute": {"html": f"<p data-x='{content}'></p><a href='{content}'></a>"},
        "script": {"html": f"<script>{content}</script><script>var x={quoted}</script>"},
        "comment": {"html": f"<!-- {content} -->"},
        "state": {"states": {"s": json.dumps({"a": content}), "t": content}},
        "answer": {"bodies": (Body(url=URL, content=content.encode()),)},
    }
    found(**pages[place])


@pytest.mark.timeout(60)
def test_a_hundred_thousand_anchors_are_all_found():
    html = "<div>" + '<a href="https://item.jd.com/1.html">x</a>' * 100_000 + "</div>"
    assert len(found(html, "anchor")) == 100_000


texts = st.text(max_size=200) | st.sampled_from(sorted(SLOW_PAGES.values())).map(lambda text: text[:50])


@given(html=texts, state=texts, body=st.binary(max_size=200), frame=st.binary(max_size=200), address=texts)
@settings(deadline=None, max_examples=200)
def test_anything_goes_through(html, state, body, frame, address):
    seen = page(
        html=f"{html}<p title='{address}'>{html}</p><script>{state}</script><a href='{address}'>",
        states={"s": state},
        bodies=(Body(url=address, content=body),),
        frames=(Frame(url="wss://x", payload=frame, is_text=False), Frame(url="wss://x", payload=html.encode())),
        popups=(Popup(url=address),),
        images=(Image(content=body),),
    )
    sightings = extract(seen, EXTRACTORS)
    assert sightings == extract(seen, EXTRACTORS)


PIECES = """https:// http:/ item.jd.com
 /1.html ￥ P1ScbKlP0Lp \\u002F &#47; %2F ， 「 复制 tk= ? taobao: // CZ0001 <a> </a>
 {"url":" "} javascript: 😆 &quot; =aHR0cHM6Ly9 intent:# ;end"""
fragments = st.sampled_from([*PIECES.split(), " ", "\u200b", "\ud800", "<a href='", "'>"])


@given(parts=st.lists(fragments, max_size=25))
@settings(deadline=None, max_examples=300)
def test_broken_pieces_of_links_go_through_everywhere(parts):
    text = "".join(parts)
    body = text.encode("utf-8", "surrogatepass")
    sightings = found(
        f"<p>{text}</p><a href='{text}'></a><script>{text}</script><!--{text}-->", bodies=(Body(url=URL, content=body),)
    )
    for sighting in sightings:
        assert sighting.raw
        assert sighting.url is None or "://" in sighting.url


# --- words in disguise ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "comment",
    [
        "<em>￥hT4vKq8zWm1￥</em>打开<b>淘宝</b>",
        "复制&yen;hT4vKq8zWm1&yen;到淘宝",
        "复制&#65509;hT4vKq8zWm1&#65509;到淘宝",
    ],
)
def test_a_password_in_marked_up_words_of_an_answer_is_found(comment):
    body = Body(url=URL, content=json.dumps({"comments": [{"content": comment}]}).encode())
    assert [one.token for one in found(bodies=(body,))] == ["hT4vKq8zWm1"]


BRACKETED = [
    "[鼓掌] 看 https://u.jd.com/aBcD12",
    '[鼓掌][心]他说"好" https://u.jd.com/aBcD12',
    '[2] 还有"券" u.jd.com/aBcD12 快',
    "{福利} https://u.jd.com/aBcD12 快抢",
    "<福利> https://u.jd.com/aBcD12 快抢",
    "[官方店铺](https://u.jd.com/aBcD12)",
    '{"title":"好货","url":"https://u.jd.com/aBcD12","cut',
    '{"page":1} 上面没有, https://u.jd.com/aBcD12 才是',
]
"""Words that begin as JSON or markup does: faces, footnotes, Markdown, JSON that was cut off."""


@pytest.mark.parametrize("comment", BRACKETED)
def test_words_that_begin_with_a_bracket_are_read_as_words(comment):
    answer = Body(url=URL, content=json.dumps({"comments": [{"content": comment}]}).encode())
    assert set(urls(bodies=(answer,))) == {"https://u.jd.com/aBcD12"}


@pytest.mark.parametrize("comment", ["[鼓掌][心]复制￥nB4kQw8sXe2￥打开淘宝", '[心]他说"$nB4kQw8sXe2$"，复制打开淘宝'])
def test_a_password_behind_a_face_is_found_in_a_comment_and_alone(comment):
    answer = Body(url=URL, content=json.dumps({"comments": [{"content": comment}]}).encode())
    alone = Body(url=URL, content=comment.encode())
    assert [[one.token for one in found(bodies=(body,))] for body in (answer, alone)] == [["nB4kQw8sXe2"]] * 2


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('{"a":["https://u.jd.com/aBcD12"]}', [("https://u.jd.com/aBcD12", "attribute")]),
        ('[{"说":"好 https://u.jd.com/aBcD12 快"}]', [("https://u.jd.com/aBcD12", "share_text")]),
        ('{"d":"buy https://u.jd.com/aBcD12 now"}', [("https://u.jd.com/aBcD12", "share_text")]),
        (r'{"d":"\u770b\uffe5nB4kQw8sXe2\uffe5"}', [("￥nB4kQw8sXe2￥", "share_text")]),
        (quote('{"说":"好 https://u.jd.com/aBcD12 快"}'), [("https://u.jd.com/aBcD12", "share_text")]),
        ('{"说":"复制￥nB4kQw8sXe2￥打开淘宝"}', [("￥nB4kQw8sXe2￥", "share_text")]),
        ('{"价":"￥129.00￥"}', []),
    ],
)
def test_json_in_an_attribute_is_read_as_json_its_words_as_words(value, expected):
    sightings = found(f"<i data-x='{value}'></i>")
    assert [(one.raw, one.found_in) for one in sightings] == expected
    assert all(" $" in one.locator for one in sightings)


@pytest.mark.parametrize("comment", ["<em>￥99.9￥</em>包邮", "价格&yen;199&yen;", "<b>￥</b>1299<i>￥</i>"])
def test_a_price_in_marked_up_words_is_no_password(comment):
    body = Body(url=URL, content=json.dumps({"comments": [{"content": comment}]}).encode())
    assert found(bodies=(body,)) == []


# --- addresses that scripts put together ----------------------------------------------------------------------------

ITEM = "https://item.jd.com/100200300400.html"
CODES = ",".join(str(ord(sign)) for sign in ITEM)
BUILT = [
    f"var a = String.fromCharCode({CODES});",
    f"cfg.to = String.fromCharCode.apply(null, [{CODES}]);",
    f"let a = String.fromCharCode(...[{CODES}])",
    f"let a = [{','.join(str(ord(sign) ^ 7) for sign in ITEM)}].map(c => String.fromCharCode(c ^ 7)).join('')",
    f"var a = '{ITEM[::-1]}'.split('').reverse().join('');",
    f"var a = 'https://' + '{ITEM[8:][::-1]}'.split('').reverse().join('');",
    f"let a = [...'{ITEM[::-1]}'].reverse().join('')",
    f"var a = '{ITEM.encode().hex()}';",
    "var a = '" + "".join(f"%{ord(sign):02x}" for sign in ITEM) + "';",
    "var a = '" + "".join(f"\\{ord(sign):03o}" for sign in ITEM) + "';",
    "var a = '" + ITEM.replace("/", "\\u{2f}") + "';",
    f"var a = '{base64.b64encode(base64.b64encode(ITEM.encode())).decode()}';",
    "var id = 100200300400; el.href = `https://item.jd.com/${id}.html`;",
    "var id = '100200300400', a = 'https:' + '//item' + '.jd.com/' + id + '.html'; on(function () { track(a) })",
    "window.__S__ = (function (a, b, c) { return {link: a + b + c} })('https://item.jd.com/', '100200300400', '.html')",
    "var a = ['https:', '', 'item.jd.com', '100200300400.html'].join('/');",
    "var a = 'https:##item_jd_com#100200300400_html'.replace(/#/g, '/').replace(/_/g, '.');",
    "var s = 'https://item.'; s += 'jd.com/'; s += '100200300400.html'; send(s)",
    "send(new URL('/100200300400.html', 'https://item.jd.com').href)",
    "var a = 'ht|tps:|//it|em.j|d.co|m/10|0200|3004|00.h|tml'.split('|').join('');",
    "var a = ['https://it'].concat(['em.jd.com/', '100200300400'], '.html').join('')",
    "eval(atob('" + base64.b64encode(f"go('{ITEM}')".encode()).decode() + "'))",
]
ROT_13 = "c => String.fromCharCode((c.charCodeAt(0) - 84) % 26 + 97)"
CUT = [
    f"var a = 'zz{ITEM}zz'.slice(2, -2);",
    f"var a = 'ab{ITEM}cd'.substring(2, {2 + len(ITEM)});",
    f"var a = 'ab{ITEM}cd'.substr(2, {len(ITEM)});",
    "var a = 'httpxs://itxem.jd.com/100200300400.html'.replace('x', '').replace('x', '');",
    "var a = 'https://item.jXd.com/100200300400.html'.replace('X', '');",
    "var a = 'htt#ps://it#em.jd.c#om/100200300400.html'.replaceAll('#', '');",
    "var a = 'htt##ps://it#em.jd.c#om/100200300400.html'.replace(/#+/g, '');",
    "var a = 'htt#ps://it#em.jd.c#om/100200300400.html'.replace(new RegExp('#', 'g'), '');",
    "var a = 'htt#ps://it#em.jd.c#om/100200300400.html'.replace(/#/g, function () { return '' });",
    "var a = '{h}://item.{d}.com/100200300400.html'.replace('{h}', 'https').replace('{d}', 'jd');",
    f"var a = 'uggcf://vgrz.wq.pbz/100200300400.ugzy'.replace(/[a-z]/g, {ROT_13});",
    "var a = 'https://item.jd.com/100200300400'.padEnd(37, '.html');",
]
NAMED = [
    f"var s = 'zz{ITEM}zz'; go(s.slice(2, -2))",
    "var s = 'https://item.jXd.com/100200300400.html'; el.href = s.replace('X', '')",
    "var p = 'https://item.jd.com/|100200300400|.html'.split('|'); location.href = p[0] + p.at(1) + p.pop()",
    "var [a, , b] = ['https://item.jd.com/', 0, '100200300400.html']; location.href = a + b",
    "var {a, b: c} = {a: 'https://item.jd.com/', b: '100200300400.html'}; location.href = a + c",
    "location.href = ['https://', 'item.jd.com', '/100200300400.html'].reduce((a, b) => a + b)",
    "location.href = ['https://', '', 'item.jd', '.com/100200300400.html'].filter(Boolean).join('')",
    f"location.href = decodeURIComponent('{ITEM.encode().hex()}'.replace(/(..)/g, '%$1'))",
    f"location.href = unescape('{ITEM.encode().hex()}'.match(/.{{2}}/g).map(x => '%' + x).join(''))",
]


@pytest.mark.parametrize("code", [*BUILT, *CUT, *NAMED])
def test_an_address_that_a_script_puts_together_is_found_whatever_becomes_of_it(code):
    assert ITEM in urls(f"<script>{code}</script>", "inline_script")


@pytest.mark.parametrize("before", ["", "<a href=", "<p>看 "])
def test_markup_that_is_written_in_percent_signs_alone_is_read(before):
    written = "".join(f"%{byte:02x}" for byte in f"{before}{ITEM}>x</a>".encode())
    assert urls(f"<script>document.write(unescape('{written}'))</script>") == [ITEM]


@pytest.mark.parametrize("page", [f"<!-- {ITEM} -->", f"<!-- x -->\n<!--[if IE]><a href='{ITEM}'><![endif]-->"])
def test_a_page_that_is_all_comments_is_read(page):
    assert urls(page) == [ITEM]


@pytest.mark.parametrize("page", ["<!-- -->", "<!--", "<!-- x --", ""])
def test_a_page_of_comments_that_say_nothing_holds_nothing(page):
    assert urls(page) == []


@pytest.mark.parametrize("code", CUT)
def test_a_literal_that_stands_only_to_be_cut_is_no_address(code):
    assert urls(f"<script>{code}</script>") == [ITEM]


@pytest.mark.parametrize(
    "code",
    [
        f"var a = '{ITEM}'.slice(8);",
        f"var a = '{ITEM}'.split('/')[2];",
        f"var a = '{ITEM}?from=x'.replace(from, '');",
        f"var a = '{ITEM}?x=1'.replace('?x=1', ''), b = '{ITEM}?x=1 ';",
        f"var a = 'zz{ITEM}zz'.slice(start, -2);",
        f"var a = '{ITEM}'; var b = '{ITEM}'.slice(0, 30);",
        f"go('{ITEM}'); var b = '{ITEM}'.replace('100', '');",
        f"var a = '{ITEM}?x'.replace('?x', '').split('#')[0];",
        f"var a = '{ITEM}'.split('').reverse().join('');",
        f"el.href = {{a: '{ITEM}?x'.slice(0, -2).split('?')[0]}}.a;",
        f"function f() {{ el.href = '{ITEM}?x'.split('?')[0]; return 'https://a.cn/' }} f();",
        f"function f(u) {{ el.href = u; return 'https://a.cn/' }} f('{ITEM}?x'.split('?')[0]);",
        f"function f(u) {{ el.href = u; return 'https://a.cn/' }} f('{ITEM}?x'.split('?')[0]).replace('a', 'b');",
        f"'//'.replace('/', function () {{ el.href = '{ITEM}?x'.split('?')[0]; return '//a.cn/' }});",
        f"</script><script>go('{ITEM}'); </script><script>var b = '{ITEM}'.replace('100', '');",
    ],
)
def test_a_literal_is_an_address_where_nothing_else_is_known_to_become_of_it(code):
    assert any(url.startswith(ITEM) for url in urls(f"<script>{code}</script>", "inline_script"))


@pytest.mark.parametrize("code", [code for code in BUILT if "jd.com/" in code])
def test_the_pieces_of_a_whole_address_are_no_addresses(code):
    assert urls(f"<script>{code}</script>", "inline_script") == [ITEM]


@pytest.mark.parametrize(
    "literal",
    [
        r'"\x68ttps://item.jd.com/100200300400.html"',
        r'"ht\x74ps://item.jd.com/100200300400.html"',
        r'"\u0068\x74tp\163:\/\/item.jd.com/100200300400.html"',
        r"'\u{68}ttps://item.jd.com/100200300400.html'",
        r"'\150ttps://item.jd.com/100200300400.html'",
        r"'http' + '\x73://item.jd.com/100200300400.html'",
        r"'\n\u0048TTPS:\x2f\x2fitem.jd.com/100200300400.html'",
    ],
)
def test_a_scheme_with_escaped_letters_is_read_as_the_browser_reads_it(literal):
    assert urls(f"<script>var a = {literal};</script>") == [ITEM]


@pytest.mark.parametrize("start", [r"\x74aobao", r"\u6dd8\u5b9dtaobao", r"\u770b\ntaobao", r"\\u5b9dtaobao"])
def test_the_scheme_of_an_app_may_have_escaped_letters_or_stand_behind_an_escape(start):
    code = f"go('{start}://item.taobao.com/item.htm?id=1')"
    assert urls(f"<script>{code}</script>", "deep_link") == ["taobao://item.taobao.com/item.htm?id=1"]


@pytest.mark.parametrize("scheme", [r"\xzzttps", r"\x20ttp\x5f", r"\u00zzttps"])
def test_an_escape_that_spells_no_scheme_begins_none(scheme):
    assert urls(f"<script>var a = '{scheme}://item.jd.com/100200300400.html'</script>", "inline_script") == []
    assert not [url for url in urls(f"<script>var a = '{scheme}://item.jd.com/1.html'</script>") if url[0] in "xu"]


@pytest.mark.parametrize(
    "code",
    [
        "var a = [104,116,116,112].length;",
        "var a = 'gnp.1/moc.ndcila.gmi//:sptth'.split('').reverse().join('');",
        "var a = String.fromCharCode(c);",
        "var a = ['https:', '', host, path].join('/');",
        "var a = '687474';",
    ],
)
def test_what_a_script_puts_together_that_is_no_address_of_a_shop_is_none(code):
    assert urls(f"<script>{code}</script>", "inline_script") == []


@pytest.mark.parametrize(
    "markup",
    [
        "<b onclick=\"go('https://item.' + 'jd.com/' + 100200300400 + '.html')\">x</b>",
        "<a href=\"javascript:go('https://item.'+'jd.com/'+100200300400+'.html')\">x</a>",
        "<a href='javascript:open(%27https://item.jd.com/100200300400.html%27)'>x</a>",
        "<a href='#/goods?url=https%3A%2F%2Fitem.jd.com%2F100200300400.html'>x</a>",
    ],
)
def test_an_address_in_the_code_of_an_attribute_is_found_whole(markup):
    assert urls(markup) == [ITEM]


def test_an_app_address_that_a_script_puts_together_is_found_whole():
    code = "var id = 100200300400; location.href = 'tao' + 'bao://item.taobao.com/item.htm?id=' + id"
    assert urls(f"<script>{code}</script>") == ["taobao://item.taobao.com/item.htm?id=100200300400"]


# --- answers and messages in odd packings ---------------------------------------------------------------------------

PLAIN = json.dumps({"to": ITEM}).encode()
OTHER = "https://u.jd.com/kLmNoP1"


def deflated(content: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(content) + packer.flush()


def field(number: int, content: bytes) -> bytes:
    """A length-delimited field of a protobuf message."""
    return bytes([number << 3 | 2, len(content)]) + content


MESSAGES = {
    "gzip": gzip.compress(PLAIN, mtime=0),
    "zlib": zlib.compress(PLAIN),
    "deflate": deflated(PLAIN),
    "brotli": brotli.compress(PLAIN * 3),
    "gzip behind a header": struct.pack(">IHHII", 90, 16, 2, 5, 0) + gzip.compress(PLAIN, mtime=0),
    "zlib behind a header": struct.pack(">IHHII", 90, 16, 2, 5, 0) + zlib.compress(PLAIN),
    "utf-16": ITEM.encode("utf-16-le"),
    "protobuf": field(4, ITEM.encode()) + field(6, b"7") + field(5, b"x"),
    "base64 of protobuf": base64.b64encode(field(2, ITEM.encode())),
    "base64 of gzip": base64.b64encode(gzip.compress(PLAIN, mtime=0)),
}


@pytest.mark.parametrize("payload", MESSAGES.values(), ids=MESSAGES)
def test_a_message_is_read_however_it_is_packed(payload):
    frame = Frame(url="wss://live.kuaishou.com/ws", payload=payload, is_text=False)
    assert {*urls(frames=(frame,))} == {ITEM}


@pytest.mark.parametrize("packing", ["gzip", "zlib", "protobuf"])
def test_a_body_is_read_however_it_is_packed(packing):
    assert urls(bodies=(Body(url=URL, content=MESSAGES[packing]),)) == [ITEM]


@pytest.mark.parametrize("text", [f'{{"a":"{ITEM}"}}\n{{"b":"{OTHER}"}}', f'cb({{"a":"{ITEM}"}});go("{OTHER}")'])
def test_all_of_an_answer_is_read_and_not_its_first_value_alone(text):
    assert urls(bodies=(Body(url=URL, content=text.encode()),)) == [ITEM, OTHER]
    assert urls(frames=(Frame(url="wss://live.kuaishou.com/ws", payload=text.encode()),)) == [ITEM, OTHER]


@pytest.mark.parametrize(
    "value",
    [
        base64.b64encode(gzip.compress(PLAIN, mtime=0)).decode(),
        base64.b64encode(zlib.compress(PLAIN)).decode(),
        base64.b64encode(field(1, ITEM.encode())).decode(),
        base64.b64encode(base64.b64encode(ITEM.encode())).decode(),
        {ITEM: 1},
    ],
)
def test_a_value_of_json_is_read_however_it_is_packed(value):
    assert urls(bodies=(Body(url=URL, content=json.dumps({"payload": value}).encode()),)) == [ITEM]


@given(st.binary(max_size=300))
def test_bytes_of_no_form_hold_no_address_and_go_through(payload):
    frame = Frame(url="wss://live.kuaishou.com/ws", payload=payload.replace(b":", b"").replace(b".", b""))
    assert found(frames=(frame,), bodies=(Body(url=URL, content=frame.payload),)) == []


@pytest.mark.parametrize("base", [URL, ""])
def test_the_page_of_a_mini_program_is_read_for_what_it_holds_wherever_it_was_saved(base):
    path = "/pages/union/proxy?spreadUrl=https%3A%2F%2Fu.jd.com%2FaBcD12"
    bodies = (Body(url=base, content=json.dumps({"path": path}).encode()),)
    sightings = extract(Page(requested_url=base, final_url=base, bodies=bodies), EXTRACTORS)
    assert [one.url for one in sightings if one.url and "live.kuaishou" not in one.url] == ["https://u.jd.com/aBcD12"]


@pytest.mark.parametrize("path", ["/pages/index?from=share", "/pages/goods?id=12&title=jd"])
def test_the_page_of_a_mini_program_that_holds_none_is_none(path):
    bodies = (Body(url="", content=json.dumps({"path": path}).encode()),)
    assert extract(Page(requested_url="", final_url="", bodies=bodies), EXTRACTORS) == ()


def test_what_a_click_goes_through_is_no_file_though_its_domain_serves_files():
    hrefs = ["https://click.tanx.com/tf?e=aBcD12", "https://p.tanx.com/ex?i=mm_1_2_3", "https://img.alicdn.com/x"]
    assert urls(bodies=(Body(url=URL, content=json.dumps(hrefs).encode()),)) == hrefs[:1]


def test_an_app_address_in_words_may_have_escaped_slashes():
    words = r'String s = "{\"native\":\"tbopen:\\/\\/m.taobao.com\\/open?h5Url=https%3A%2F%2Fu.jd.com%2FaBcD12\"}"'
    assert set(urls(f"<pre>{words}</pre>", "deep_link")) == {
        "tbopen://m.taobao.com/open?h5Url=https%3A%2F%2Fu.jd.com%2FaBcD12",
        "https://u.jd.com/aBcD12",
    }


WITH_PASSWORD = {
    "handler": "<b onclick=\"copy('复制￥nB4kQw8sXe2￥打开淘宝')\">x</b>",
    "escaped in a handler": "<b onclick=\"copy('\\uffe5nB4kQw8sXe2\\uffe5')\">x</b>",
    "template": "<script type='text/template'><p>复制<b>￥nB4kQw8sXe2￥</b>打开淘宝</p></script>",
    "template's button": "<script type='text/template'><a data-text='复制￥nB4kQw8sXe2￥打开淘宝'></a></script>",
    "template with entities": "<script type='text/x-handlebars'>复制&yen;nB4kQw8sXe2&yen;打开淘宝</script>",
    "beside a sign alone": "<i data-text='👉￥nB4kQw8sXe2￥'></i>",
    "markup in an attribute": "<i data-content='复制&lt;b&gt;￥nB4kQw8sXe2￥&lt;/b&gt;打开淘宝'></i>",
    "plain characters in an attribute": "<i data-clipboard-text='2(nB4kQw8sXe2)/ CA8888'></i>",
}


@pytest.mark.parametrize("markup", WITH_PASSWORD.values(), ids=WITH_PASSWORD)
def test_a_password_is_found_whatever_of_the_page_holds_it(markup):
    assert [one.token for one in found(markup) if one.token] == ["nB4kQw8sXe2"]


@pytest.mark.parametrize(
    "markup",
    [
        "<b onclick=\"pay('￥129.00￥')\">x</b>",
        "<script type='text/template'>￥{{price}}￥ $itemPrice$</script>",
        "<i data-text='👉￥129.00￥'></i>",
        "<i data-bind='visible(isReactNode1)'></i>",
    ],
)
def test_a_price_or_a_variable_is_no_password_whatever_of_the_page_holds_it(markup):
    assert found(markup) == []


@pytest.mark.parametrize(
    "content", ["format=html5; url=https://u.jd.com/aBcD12", "buy https://u.jd.com/aBcD12 now", "看 u.jd.com/aBcD12 吧"]
)
def test_words_in_a_meta_are_read_for_addresses(content):
    assert urls(f'<meta name="mobile-agent" content="{content}">') == ["https://u.jd.com/aBcD12"]


GO = "/go/aHR0cHM6Ly91LmpkLmNvbS9hQmNEMTI="
IN_AN_APP = r'{"a": "kwai://x?p={\"des\": \"m\", \"url\": \"https://u.jd.com/aBcD12\"}"}'
LESS_COMMON = {
    "a path of base64 in an anchor": f"<a href='{GO}'></a>",
    "a path of base64 in JSON": f"<script>window.__S__ = {{'a': '{GO}'}}</script>",
    "full width in an attribute": "<i data-url='https：／／u．jd．com／aBcD12'></i>",
    "full width in a state": "<script>window.__S__ = {a: 'https：／／u．jd．com／aBcD12'}</script>",
    "Chinese full stops in an attribute": "<i data-url='https://u。jd。com/aBcD12'></i>",
    "code in a frame": "<iframe src=\"javascript:top.location='https://u.jd.com/aBcD12'\"></iframe>",
    "an app address in an attribute's JSON": f"<i data-x='{IN_AN_APP}'></i>",
}


@pytest.mark.parametrize("markup", LESS_COMMON.values(), ids=LESS_COMMON)
def test_an_address_is_found_however_it_is_written_there(markup):
    assert "https://u.jd.com/aBcD12" in urls(markup)


@pytest.mark.parametrize(
    "markup",
    ["<a href='/go/aHR0cCBpcyBh'></a>", "<a href='/about/a'></a>", "<iframe src='javascript:\"jd.com\"'></iframe>"],
)
def test_a_path_or_code_without_an_address_gives_none(markup):
    assert urls(markup) == []


@pytest.mark.parametrize("before", ["#好物# ", "/玫瑰 ", "http头 "])
def test_an_app_address_in_words_is_found_whatever_they_begin_with(before):
    app = "taobao://item.taobao.com/item.htm?id=612345098765"
    assert urls(f'<img alt="{before}打开 {app} 吧">') == [app]


@pytest.mark.parametrize("literal", ["2(nB4kQw8sXe2)/ CA8888", "7$nB4kQw8sXe2$:// CZ3561"])
def test_a_password_of_plain_characters_in_code_is_found(literal):
    assert [one.token for one in found(f"<script>copy('{literal}')</script>") if one.token] == ["nB4kQw8sXe2"]


@pytest.mark.parametrize("code", ["f(nB4kQw8sXe2)/2", "'$categoryIds$:'", "a='7$nB4kQw8sXeA'", "'(isReactNod)/'"])
def test_a_variable_in_code_is_no_password(code):
    assert found(f"<script>{code}</script>") == []


# --- less common carriers -------------------------------------------------------------------------------------------

DATA_PAGE = base64.b64encode(f'<script>location = "{ITEM}"</script>'.encode()).decode()
CARRIERS = {
    "canonical": f'<link rel="canonical" href="{ITEM}">',
    "alternate": f'<link media="handheld" rel="Alternate" href="{ITEM[6:]}">',
    "prerender": f'<link rel="prerender" href="{ITEM}">',
    "microdata": f'<link itemprop="url" href="{ITEM}">',
    "data page in a frame": f'<iframe src="data:text/html;charset=utf-8;base64,{DATA_PAGE}"></iframe>',
    "data page in an anchor": f'<a href="data:text/html,%3Ca%20href=%22{ITEM}%22%3E">x</a>',
    "data script": f'<script src="data:text/javascript,open(%27{ITEM}%27)"></script>',
    "script in srcdoc": "<iframe srcdoc=\"<script>top.location='https://item.'+'jd.com/100200300400.html'</script>\">",
    "escapes of a style sheet": "<style>p:after { content: 'https:\\2f\\2fitem.jd.com\\2f 100200300400.html' }</style>",
    "custom property": f'<p style="--to: url({ITEM}); background: url(//img.alicdn.com/b.jpg)">x</p>',
    "banner": f"<script>/*! {ITEM} */</script>",
    "flash variables": "<param value='to=https%3A%2F%2Fitem.jd.com%2F100200300400.html&x=1'>",
}


@pytest.mark.parametrize("markup", CARRIERS.values(), ids=CARRIERS)
def test_a_less_common_carrier_is_read(markup):
    assert urls(markup) == [ITEM]


@pytest.mark.parametrize(
    "markup",
    [
        '<link rel="canonical" href="https://live.kuaishou.com/u/room"><link rel="alternate" href="/feed">',
        '<link rel="preconnect" href="https://item.jd.com"><link rel="dns-prefetch" href="//item.jd.com">',
        '<link rel="stylesheet" href="https://item.jd.com/a.css"><link rel="icon" href="https://www.jd.com/favicon.ico">',
        '<embed pluginspage="https://www.adobe.com/go/getflashplayer">',
        "<script>/*! x.js v3 | https://x.example.com/about */ var a = 1</script>",
        "<script>warn('Read more at https://docs.example.com/guide/ please')</script>",
        "<style>/*! grid https://grid.example.com */ p { color: red }</style>",
        '<iframe src="data:image/png;base64,iVBORw0KGgo="></iframe>',
    ],
)
def test_what_a_page_loads_or_credits_is_no_link(markup):
    assert urls(markup) == []


def test_a_form_leads_where_its_hidden_fields_say():
    fields = "<input type='hidden' name='id' value='6677'><input name='q'>"
    form = f"<form action='https://item.taobao.com/item.htm?x=1'>{fields}</form>"
    assert urls(form) == ["https://item.taobao.com/item.htm?id=6677"]
    assert urls(form.replace("action", "method=post action")) == ["https://item.taobao.com/item.htm?x=1"]
    assert urls(form.replace("'id'", "'from'")) == ["https://item.taobao.com/item.htm?from=6677"]
    assert urls(form.replace("'id'", "'_csrf'")) == ["https://item.taobao.com/item.htm?x=1"]


@pytest.mark.parametrize(
    ("field", "query"),
    [
        ("<input type=hidden name=goods_id value=12>", "?goods_id=12"),
        ("<input type=hidden name=goods_id value=12><input type=hidden name=a value='x y'>", "?goods_id=12&a=x+y"),
        ("<input name=goods_id value=12>", "?goods_id=12"),
        ("<input name=goods_id>", ""),
        ("<input type=hidden name=goods_id value=12 disabled>", ""),
        ("<input type=radio name=goods_id value=12><input type=radio name=goods_id value=13 checked>", "?goods_id=13"),
        ("<select name=goods_id><option value=12>a<option value=13 selected>b</select>", "?goods_id=13"),
        ("<select name=goods_id><option value=12>a<option value=13>b</select>", "?goods_id=12"),
        ("<textarea name=goods_id>12</textarea>", "?goods_id=12"),
        ("<input type=button name=goods_id value=12>", ""),
        ("<input type=hidden name=goods_id value=12 form=other>", ""),
        ("</form><input type=hidden name=goods_id value=12 form=f>", "?goods_id=12"),
        ("</form><input type=hidden name=goods_id value=12>", ""),
    ],
)
def test_a_form_is_sent_with_what_the_page_has_filled_in(field, query):
    form = f"<form id=f action=https://mobile.yangkeduo.com/goods.html>{field}<input type=submit></form>"
    assert urls(form, "form") == [f"https://mobile.yangkeduo.com/goods.html{query}"]
    posted = form.replace("<form", "<form method=POST")
    assert urls(posted, "form") == ["https://mobile.yangkeduo.com/goods.html"]


def test_a_control_belongs_to_the_first_form_of_the_name():
    forms = "".join(f"<form id=f action=https://mobile.yangkeduo.com/{page}></form>" for page in ("a", "b"))
    found = urls(f"<input name=goods_id value=12 form=f>{forms}", "form")
    assert found == ["https://mobile.yangkeduo.com/a?goods_id=12", "https://mobile.yangkeduo.com/b"]


@pytest.mark.parametrize("method", ["", "method=fetch", "method=' GET '"])
@pytest.mark.parametrize("goal", ["goods.html", "goods.html?goods_id=1", "goods.html#top?a=b"])
def test_a_form_of_no_known_method_is_sent_in_the_address_without_what_stood_behind_it(method, goal):
    form = f"<form {method} action=https://mobile.yangkeduo.com/{goal}><input name=goods_id value=12></form>"
    assert urls(form, "form") == ["https://mobile.yangkeduo.com/goods.html?goods_id=12"]


@pytest.mark.parametrize(("name", "query"), [("f", "?id=12"), ("g", "")])
def test_a_button_sends_the_form_that_it_names(name, query):
    goal = "https://item.taobao.com/item.htm"
    page = f"<form id=f><input name=id value=12></form><form><button form={name} formaction={goal}></form>"
    assert urls(page, "form") == [f"{goal}{query}"]


def test_a_field_that_is_too_long_for_an_address_leaves_its_place_to_others():
    fields = f"<input name=a value={'x' * 5000}><input name=goods_id value=12>"
    form = f"<form action=https://mobile.yangkeduo.com/goods.html>{fields}</form>"
    assert urls(form, "form") == ["https://mobile.yangkeduo.com/goods.html?goods_id=12"]


def test_each_button_of_a_form_sends_its_own_value():
    buttons = "<button name=goods_id value=12>a</button><button name=goods_id value=13>b</button><button type=button>"
    form = f"<form action=https://mobile.yangkeduo.com/goods.html><input type=hidden name=a value=1>{buttons}</form>"
    assert urls(form, "form") == [f"https://mobile.yangkeduo.com/goods.html?a=1&goods_id={item}" for item in (12, 13)]


def test_a_button_with_a_goal_of_its_own_sends_the_form_there():
    goal = "https://item.taobao.com/item.htm"
    button = f"<form action=/buy method=post><input type=hidden name=id value=12><button formaction={goal}>"
    assert urls(button, "form") == [goal]
    assert urls(button.replace("<button", "<button formmethod=get"), "form") == [f"{goal}?id=12"]


def test_an_android_address_opens_the_app_it_names():
    link = '<link rel="alternate" href="android-app://com.taobao.taobao/taobao/item.taobao.com/item.htm?id=6677">'
    assert urls(link) == ["taobao://item.taobao.com/item.htm?id=6677"]


@pytest.mark.parametrize(
    "markup",
    [
        r"<script>copy('\u590d\u5236\uffe5hT4vKq8zWm2\uffe5')</script>",
        r"<script>copy('\u6dd8\u53e3\u4ee4 (hT4vKq8zWm2) \u590d\u5236\u5230\u6dd8\u5b9d')</script>",
        "<style>p:after { content: '复制￥hT4vKq8zWm2￥打开淘宝' }</style>",
    ],
)
def test_a_password_in_code_or_style_is_found(markup):
    assert [one.token for one in found(markup)] == ["hT4vKq8zWm2"]


@pytest.mark.parametrize(
    "stray",
    [
        "<!-- {url} --><html><body>x</body></html>",
        "<!doctype html><!-- {url} --><html><body>x</body></html>",
        "<html><body>x</body></html><!-- {url} -->",
        '<html><body>x</body></html><a href="{url}">y</a>',
        "<html><body>x</body></html> {url} <i>y</i>",
        '<html><body>x</body></html>\n<script>location.href = "{url}"</script>',
        '<html><body>x</body></html><html><head><meta http-equiv="refresh" content="0;url={url}"></head></html>',
        '<html><body>x</body></html><html><body>y <a href="{url}">z</a></body></html>',
        '<html><frameset><frame src="/x"></frameset></html><a href="{url}">y</a>',
    ],
)
def test_what_stands_outside_of_the_page_s_root_is_on_the_page(stray):
    url = "https://item.jd.com/100077001201.html"
    assert url in urls(stray.format(url=url))
