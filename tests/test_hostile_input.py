"""No text hangs a reader: runs of every sign that one stops at are read to their end.

How long they take beside ordinary text is measured by ``scripts/bench extract``.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import pytest

from crawler.classify import classify_url
from crawler.extract import extract, load_extractors
from crawler.reading.literal import find_assignments, read_literal
from crawler.reading.navigation import find_navigations
from crawler.reading.nested import nested_targets
from crawler.reading.share import read_share_text
from crawler.reading.text import find_addresses, words
from crawler.reading.url import parse_url
from storage.records import Page

SIZE = 40_000
HUNG_S = 20
"""What is quadratic takes minutes at this size; a shared machine that stumbles does not."""

URL = "https://live.kuaishou.com/u/room"
EXTRACTORS = load_extractors()

RUNS = [*"!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ \n\ta0复￥。．／：\u200b"]
PIECES = words(
    r"""\/ \u002F %25 %2F &# &amp; &#x2f; a. a- aA1 .com http:// // :// /a a=b& =" <a <div> {"a":[ {a: (a +' '+' a=
/* */ [[ {{ =[ ={ =( =(" =/[ ,- +* {- !&& "a"
$a$ @a tb.cn %7B eyJ \\/ :\ .. a.com/ =aHR0c ''( ${ `${ location.href= open("""
)


def page(html: str) -> Page:
    return Page(requested_url=URL, final_url=URL, html=html)


def tag(text: str) -> str:
    return "<a href='{0}' onclick='{0}' title='{0}' data-x='[{0}'>x</a>".format(escape(text))


READERS: dict[str, Callable[[str], object]] = {
    "parse_url": parse_url,
    "parse_url with a host": lambda text: parse_url(f"https://item.jd.com/{text}"),
    "classify_url": lambda text: classify_url(f"https://item.jd.com/1.html?u={text}"),
    "classify_url of a host": lambda text: classify_url(f"https://{text}.taobao.com/"),
    "nested_targets": lambda text: nested_targets(parse_url(f"https://a.com/http{text}?u={text}#{text}")),
    "read_literal": read_literal,
    "read_literal within an object": lambda text: read_literal('{"a":' + text),
    "find_assignments": lambda text: list(find_assignments(text)),
    "find_assignments within an object": lambda text: list(find_assignments("window.a = {a:" + text)),
    "read_share_text": lambda text: read_share_text(f"复制打开淘宝￥{text}"),
    "find_addresses": lambda text: list(find_addresses(text)),
    "find_addresses within an address": lambda text: list(find_addresses(f"http://a.com{text}")),
    "find_navigations": lambda text: find_navigations([f"location.href={text}"], URL),
    "find_navigations within a string": lambda text: find_navigations([f"location.href='{text}' + a"], URL),
    "extract from text": lambda text: extract(page(text), EXTRACTORS),
    "extract from a script": lambda text: extract(page(f"<script>var a = {{b: {text}}}</script>"), EXTRACTORS),
    "extract from an attribute": lambda text: extract(page(tag(text)), EXTRACTORS),
    "extract from a comment": lambda text: extract(page(f"<!--{text}--><style>{text}</style>"), EXTRACTORS),
}


@pytest.mark.parametrize("piece", [*RUNS, *PIECES])
@pytest.mark.parametrize("reader", READERS)
@pytest.mark.timeout(HUNG_S)
def test_a_run_of_anything_is_read_to_its_end(reader: str, piece: str) -> None:
    READERS[reader]((piece * SIZE)[:SIZE])


@pytest.mark.parametrize("opening", ["(", "[", "{", '{"a":', "[{a:"])
@pytest.mark.parametrize("reader", READERS)
@pytest.mark.timeout(HUNG_S)
def test_ten_thousand_nested_brackets_go_through(reader: str, opening: str) -> None:
    closing = "".join({"(": ")", "[": "]", "{": "}"}.get(sign, "") for sign in reversed(opening))
    READERS[reader](opening * 10_000 + "1" + closing * 10_000)
