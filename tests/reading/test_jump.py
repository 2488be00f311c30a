"""Where a page sends its visitor on: pages of every form, each with what must come of it in its last line."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reading.jump import is_bare, is_empty, join, next_jump, unfold_app
from storage.records import Page

CASES = sorted((Path(__file__).parents[1] / "data" / "jumps").glob("*.html"))


def page_of(content: bytes = b"", *, url: str = "https://go.example.cn/1", status: int = 200, **headers: str) -> Page:
    return Page(requested_url=url, final_url=url, http_status=status, headers=headers, content=content)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_page_jumps_where_its_last_line_says(path):
    content, _, note = path.read_bytes().rpartition(b"<!-- ")
    expected = json.loads(note.rpartition(b" -->")[0])
    page = page_of(content, url=expected["page"], **expected.get("headers", {}))
    jump = next_jump(page)
    assert (jump and [jump.url, jump.via, jump.certain]) == expected["jump"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_goes_where_its_location_says(status):
    jump = next_jump(page_of(status=status, location="https://item.jd.com/1.html"))
    assert jump is not None
    assert (jump.url, jump.via, jump.certain) == ("https://item.jd.com/1.html", "http", True)


@pytest.mark.parametrize("status", [200, 201, 204, 300, 304, 305, 404, 500])
def test_a_location_on_any_other_status_is_no_jump(status):
    assert next_jump(page_of(status=status, location="https://item.jd.com/1.html")) is None


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("//item.jd.com/1.html", "https://item.jd.com/1.html#top"),
        ("/jda?e=1|2", "https://u.jd.com/jda?e=1|2#top"),
        ("other", "https://u.jd.com/a/other#top"),
        ("?x=1", "https://u.jd.com/a/b?x=1#top"),
        ("/x#own", "https://u.jd.com/x#own"),
        (" https://item.jd.com/1.html\t", "https://item.jd.com/1.html#top"),
        ("https:\\\\item.jd.com\\1.html", "https://item.jd.com/1.html#top"),
        ("https:/item.jd.com/1.html", "https://item.jd.com/1.html#top"),
        ("https://s.taobao.com/search?q=\xe8\x8c\xb6", "https://s.taobao.com/search?q=%E8%8C%B6#top"),
        ("https://s.taobao.com/search?q=\xb2\xe8", "https://s.taobao.com/search?q=%B2%E8#top"),
        ("https://s.taobao.com/caf\xe9", "https://s.taobao.com/caf%E9#top"),
        ("https://a.cn/x y?q=<a b>", "https://a.cn/x%20y?q=%3Ca%20b%3E#top"),
        ("https://item.jd.com/1.html?u=\\/", "https://item.jd.com/1.html?u=\\/#top"),
        ("tbopen://m.taobao.com/x?h5Url=a", "tbopen://m.taobao.com/x?h5Url=a#top"),
    ],
    ids=[
        "protocol-relative", "absolute path", "relative", "query", "own fragment", "white space", "backslashes",
        "one slash", "UTF-8 bytes", "GBK bytes", "latin-1 bytes", "spaces", "backslash in the query", "app",
    ],
)  # fmt: skip
def test_a_location_is_joined_as_a_browser_joins_it(location, target):
    jump = next_jump(page_of(url="https://u.jd.com/a/b#top", status=302, location=location))
    assert jump is not None
    assert jump.url == target


def test_a_redirect_without_location_is_no_jump():
    assert next_jump(page_of(b"<script>location.href='https://item.jd.com/1.html'</script>", status=302)) is None


def test_the_dom_of_a_browser_is_read_like_a_body():
    url = "https://go.example.cn/1"
    page = Page(
        requested_url=url, final_url=url, html="<meta http-equiv=refresh content='0;url=https://item.jd.com/1.html'>"
    )
    jump = next_jump(page)
    assert jump is not None
    assert jump.url == "https://item.jd.com/1.html"


def test_a_jump_below_a_thousand_elements_is_found():
    deep = b"<div>" * 1000 + b"<script>location.href='https://item.jd.com/1.html'</script>"
    jump = next_jump(page_of(deep))
    assert jump is not None
    assert jump.certain


def test_an_app_address_unfolds_to_the_web_address_inside_and_none_is_made_up():
    assert unfold_app("kwai://webview?url=https%3A%2F%2Fitem.jd.com%2F1.html") == "https://item.jd.com/1.html"
    assert unfold_app("kwai://profile/123456789") is None


def test_joining_leaves_an_app_address_alone():
    assert join("https://a.cn/x", "taobao://item.taobao.com/item.htm?id=1") == "taobao://item.taobao.com/item.htm?id=1"


def test_a_bare_page_has_hardly_a_word_and_an_empty_one_none():
    assert is_bare(page_of("<p>正在打开淘宝</p><script>var much = 'code code code'</script>".encode()))
    assert not is_bare(page_of(("<p>" + "商品详情" * 200 + "</p>").encode()))
    assert is_empty(page_of(b"<html><body> <script>x()</script></body></html>"))
    assert not is_empty(page_of(b"<html><body><img src=x></body></html>"))


GOES = "https://go.example.cn/x"


@pytest.mark.parametrize(
    ("hostile", "goes"),
    [
        (b"<script>" + b"(" * 20_000 + b"location</script>", None),
        (b"<script>location.href=" + b"'a'+" * 20_000 + b"'b'</script>", None),
        (b"<script>var a='x';" + b"a=a+a;" * 200 + b"location.href=a</script>", GOES),
        (b"<script>var a=['x'];" + b"a=a.concat(a,a);" * 200 + b"location.href=a.join('')</script>", None),
        (b"<script>function f(){if(x){f();f()}} f(); location.href='/x'</script>", None),
        (b"<script>function f(){setTimeout(f,0)} f(); var t='location'</script>", None),
        (b"<script>var s='" + b"a" * 90_000 + b"';location.href=s.replaceAll('a',s)</script>", None),
        (b'<script>var e="eval(e)";eval(e);location.href=e</script>', "https://go.example.cn/eval(e)"),
        (b"<script>" + b"if(x){" * 3000 + b"location.href='/x'" + b"}" * 3000 + b"</script>", None),
        (b"<a>" * 100_000 + b"<script>location='/x'</script>", GOES),
    ],
    ids=[
        "brackets", "long sum", "doubling", "tripling list", "recursion", "timers", "replacement", "eval", "nesting",
        "elements",
    ],
)  # fmt: skip
def test_a_hostile_page_is_read_to_its_end(hostile, goes):
    found = next_jump(page_of(hostile))
    assert (found.url[: len(goes)] if found and goes else found) == goes


FRAGMENTS = st.sampled_from(
    ["location", ".href", "=", "'https://a.cn/'", "if(", ")", "{", "}", "function f(", "setTimeout(", ",", "`", "${",
     "window", "[0]", "=>", "return ", "(", ";", "var u", "u", "+", "new URL(", ".replace(", "eval(", "$(", "document",
     ".ready(", "!", "addEventListener(", "'load'", "open(", "try{", "catch(e)", "switch(x){case 1:", "for(;;)", "...",
     "async ", "await "]
)  # fmt: skip


@given(st.lists(FRAGMENTS, max_size=40))
def test_any_script_goes_through(pieces):
    next_jump(page_of(f"<script>location;{''.join(pieces)}</script>".encode()))


@given(st.binary(max_size=400), st.sampled_from([200, 301, 302, 404]), st.text(max_size=60))
def test_any_answer_goes_through(content, status, header):
    next_jump(page_of(content, status=status, location=header, refresh=header))


@given(st.text(max_size=60))
def test_any_refresh_goes_through(text):
    next_jump(page_of(f'<meta http-equiv="refresh" content="{text}">'.encode("utf-8", "replace")))


@pytest.mark.skipif("CARTWATCH_CORPUS" not in os.environ, reason="CARTWATCH_CORPUS is not set")
def test_no_saved_shop_page_jumps_for_certain():
    folder = Path(os.environ.get("CARTWATCH_CORPUS", "")) / "pages"
    paths = [path for path in sorted(folder.glob("*/*")) if path.suffix in {".html", ".js", ".json"}]
    jumps = {path.name: next_jump(page_of(path.read_bytes(), url="https://item.jd.com/1.html")) for path in paths}
    assert jumps
    assert {name: jump for name, jump in jumps.items() if jump and jump.certain} == {}
