"""How long extraction takes: beside lxml's parse of the same page, and of pages that are built to make it slow.

Limits: an ordinary page takes at most five times as long as lxml needs to parse it, and a page that was built to make
patterns slow no longer than an ordinary page of its size. Also measured, without a limit: what large saved pages cost,
which are half code that lxml passes over as text; and how much of the share-text corpus is read.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import NamedTuple

import lxml.html

from crawler.extract import extract
from crawler.reading.saved import read_saved
from crawler.reading.share import read_share_text
from crawler.shapes import Extractor
from crawler.shelf import calm_collector, load
from storage.records import Page

URL = "https://live.kuaishou.com/u/room"
LIMIT = 5.0
"""How many times lxml's parse extraction may take on an ordinary page."""
LARGE = 100_000
"""Bytes from which on a saved page counts as large."""
HOSTILE_LIMIT = 1.0
"""How many times an ordinary page of its size a page may take that was built to make patterns slow."""
DENSE_LIMIT = 6.0
"""The same for a page packed with what has to be read piece by piece: it may cost more, but not out of proportion."""
HOSTILE_SIZE = 100_000
NESTED = 10_000
NAVIGATED = 40_000
"""Characters of a script that is walked for where it goes."""
UNITS = (
    "{a:", "a=[", "a={", "x({", "=({", "/*/", "a={b:'", '={"a":',
    "a={b:function(){", "[{},", "`${", "\\u", "a.b",
)  # fmt: skip
"""What one script each repeats."""
DENSE = ("f(a){return ({a:1})};", 'f(a){return ({"a":b})};')
"""The same, of what holds much to read."""
HEAVY = ("'ab'.repeat(40000).replace(/" + "[ab]{99}" * 20 + "c/g, '')", "list.filter(Boolean)", "list.at(1)")
"""Calls on a long text or list, of which one script each makes many."""
SHOWN = 8
RUNS = "!\"#$%&'()*+,-./0:;<=>?@A[\\]^_`a{|}~ \n￥复。．／：\u200b"
"""What one page each is full of."""

_CARD = (
    '<li class="goods-card" data-id="{n}"><div class="cover">'
    '<img class="photo" src="https://p{n}.a.yximgs.com/u/{n}.jpg" alt="直播间同款{n}"></div>'
    '<div class="detail"><h3 class="title">直播间同款 {n} 号 秋冬新款加厚保暖</h3>'
    '<p class="desc">主播亲测好物，现货速发，七天无理由退换。</p><span class="price">¥{n}.90</span>'
    '<a class="more" href="/u/room?item={n}">看看</a><i class="icon"></i></div></li>'
)
_CODE = """
var configN = {id: N, title: '秋冬新款加厚保暖 N 号', price: '19.90', url: '//item.taobao.com/item.htm?id=N',
  pics: ["//img.alicdn.com/imgextra/i1/TB1N.jpg", "//img.alicdn.com/imgextra/i2/TB2N.jpg"], stock: [1, 2, N], on: !0};
window.stateN = {"itemId":"N","seller":{"shopId":N,"url":"https:\\/\\/shopN.taobao.com\\/?spm=a1z10.N"},"tags":[]};
function showN(a, b) { if (a && a.id === configN.id) { for (var i = 0; i < b.length; i++) { b[i].on = !b[i].on; } }
  return a ? "item-" + a.id + "/" + b.length : null; } // shows one
function goN(e) { if (!e) { return false; } location.href = '//s.taobao.com/search?q=' + encodeURIComponent(e); }
"""
_LINK = (
    '<li class="goods-card"><a href="https://item.jd.com/{n}.html">外链 {n}</a><span class="price">¥9.90</span></li>'
)


def ordinary_page(size: int = 300_000, links: int = 40) -> str:
    """A page of product cards of about ``size`` bytes, some of which lead to another shop."""
    cards = [_LINK.format(n=n) for n in range(links)]
    held = sum(len(card.encode()) for card in cards)
    while held < size:
        cards.append(_CARD.format(n=len(cards)))
        held += len(cards[-1].encode())
    return f"<!DOCTYPE html><html><body><ul id='cart'>{''.join(cards)}</ul></body></html>"


def ordinary_script(size: int) -> str:
    """Code as shops write it: state, a few functions, addresses that one of them goes to."""
    pieces: list[str] = []
    while sum(map(len, pieces)) < size:
        pieces.append(_CODE.replace("N", str(len(pieces))))
    return "".join(pieces)


def ordinary_mix(size: int) -> str:
    """A page half of which is cards and half the code that shows them, as saved pages of shops are."""
    return ordinary_page(size // 2, 8) + _in_script(ordinary_script(size // 2))


def best(action: Callable[[], object], times: int) -> float:
    """The shortest of several runs, in milliseconds: the one that nothing else disturbed."""
    spent = []
    for _ in range(times):
        started = time.process_time()
        action()
        spent.append(time.process_time() - started)
    return min(spent) * 1000


def pages(corpus: str | None) -> Iterator[tuple[str, Page]]:
    """The ordinary page, then every saved page of the corpus."""
    yield "ordinary 300 kB page", Page(requested_url=URL, final_url=URL, html=ordinary_page())
    for path in sorted(Path(corpus).glob("pages/*/*.html")) if corpus else ():
        yield path.name, read_saved(path.read_bytes(), URL)


def parse(html: bytes) -> object:
    """What extraction is measured by."""
    return lxml.html.fromstring(html, parser=lxml.html.HTMLParser(encoding="utf-8"))


class Cost(NamedTuple):
    """What one page costs: its size in bytes, and milliseconds to parse it and to extract from it."""

    size: int
    parse_ms: float
    extract_ms: float

    @property
    def ratio(self) -> float:
        """How many times lxml's parse extraction takes."""
        return self.extract_ms / self.parse_ms


def measure_pages(corpus: str | None, times: int) -> list[Cost]:
    """Print one line a page; give what each costs, the ordinary page first."""
    extractors = load("crawler.extractors", "EXTRACTOR", Extractor)
    calm_collector()  # as the command line does
    costs = []
    print(f"{'page':46} {'kB':>5} {'parse ms':>9} {'extract ms':>11} {'ratio':>6} {'links':>6}")
    for name, page in pages(corpus):
        html = page.html.encode()
        parsed = best(lambda html=html: parse(html), times)  # type: ignore[misc]
        spent = best(lambda page=page: extract(page, extractors), times)  # type: ignore[misc]
        cost = Cost(len(html), parsed, spent)
        found = len(extract(page, extractors))
        print(f"{name[:46]:46} {cost.size // 1000:5} {parsed:9.2f} {spent:11.2f} {cost.ratio:6.1f} {found:6}")
        costs.append(cost)
    return costs


def print_large(costs: Sequence[Cost]) -> None:
    """Print what large saved pages cost: the page in the middle, and all of them together."""
    large = [cost for cost in costs if cost.size >= LARGE]
    if not large:
        return
    together = sum(cost.extract_ms for cost in large) / sum(cost.parse_ms for cost in large)
    middle = statistics.median(cost.ratio for cost in large)
    print(
        f"{len(large)} saved pages of {LARGE // 1000} kB and more: median {middle:.1f} times lxml's parse, "
        f"all together {together:.1f} times"
    )


def hostile_pages() -> Iterator[tuple[str, str, str]]:
    """Pages full of one character, or of brackets one in the other, wherever a page holds text.

    Yields:
        A name, the page, and an ordinary page of its size: cards and code in equal parts, or as much code.
    """
    cards, code = ordinary_mix(HOSTILE_SIZE), _in_script(ordinary_script(HOSTILE_SIZE))
    leaving = _in_script(ordinary_script(NAVIGATED))
    for sign in RUNS:
        run = sign * HOSTILE_SIZE
        yield f"{sign!r} in text", f"<p>{escape(run)}</p>", cards
        yield f"{sign!r} in an attribute", f"<a href='{escape(run)}'>x</a>", cards
        yield f"{sign!r} in a comment", f"<!--{run}-->", cards
        yield f"{sign!r} in a script", _in_script(f"var a = {{b: {run}}}"), code
        yield f"{sign!r} in code that leaves", _in_script(f"location.href = '//' + {run[:NAVIGATED]}"), leaving
    for unit in UNITS:
        yield f"{unit!r} in a script", _in_script(unit * (HOSTILE_SIZE // len(unit))), code
    for opening in ("(", "[", "{", '{"a":', "<div>", "<b>"):
        nested = opening * NESTED
        yield f"{opening!r} nested in text", nested, ordinary_mix(len(nested))
        yield (
            f"{opening!r} nested in a script",
            _in_script(f"var a = {nested}"),
            _in_script(ordinary_script(len(nested))),
        )


def dense_pages() -> Iterator[tuple[str, str, str]]:
    """Pages as ``hostile_pages`` gives them, of assignments side by side and of calls that take long."""
    code = _in_script(ordinary_script(HOSTILE_SIZE))
    for unit in DENSE:
        yield f"{unit!r} in a script", _in_script(unit * (HOSTILE_SIZE // len(unit))), code
    for call in HEAVY:
        yield f"{call[:30]!r} called often", _in_script(_calling(call)), code


def _calling(call: str) -> str:
    begins = f"var list = 'ab'.repeat(40000).split(''); function f() {{ {call} }}\n"
    return begins + "f();\n" * 2000 + "location.href = 'https://item.jXd.com/1.html'.replace(/X/, '')"


def _in_script(code: str) -> str:
    return f"<script>{code}</script>"


def measure_hostile(pages: Iterable[tuple[str, str, str]], times: int) -> dict[str, float]:
    """Print the slowest; give for each page how many times an ordinary page of its size it takes."""
    extractors = load("crawler.extractors", "EXTRACTOR", Extractor)
    calm_collector()
    known: dict[str, float] = {}
    ratios = {}
    for name, html, ordinary in pages:
        if ordinary not in known:
            known[ordinary] = spent_on(ordinary, extractors, times)
        ratios[name] = spent_on(html, extractors, times) / known[ordinary]
    for name in sorted(ratios, key=lambda name: -ratios[name])[:SHOWN]:
        print(f"{name:46} {ratios[name]:6.2f} times an ordinary page of its size")
    return ratios


def spent_on(html: str, extractors: Mapping[str, Extractor], times: int) -> float:
    """Milliseconds of extraction from a page."""
    page = Page(requested_url=URL, final_url=URL, html=html)
    return best(lambda: extract(page, extractors), times)


def measure_texts(corpus: str) -> tuple[int, int]:
    """How many share texts give exactly what is listed, of how many."""
    lines = (Path(corpus) / "share_texts.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return sum(is_exact(row) for row in rows), len(rows)


def is_exact(row: dict[str, list[str]]) -> bool:
    """Whether tokens and addresses are the listed ones and no other."""
    shared = read_share_text(str(row["text"]))
    return set(shared.tokens) == set(row["tokens"]) and set(shared.urls) == set(row["urls"])


def main(argv: Sequence[str] | None = None) -> int:
    """Measure; 1 where a page takes longer than allowed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", default=os.environ.get("CARTWATCH_CORPUS"), help="folder of saved pages and texts")
    parser.add_argument("--times", type=int, default=5, help="runs per page, of which the best counts")
    options = parser.parse_args(argv)
    ordinary, *saved = measure_pages(options.corpus, options.times)
    print(f"ordinary page: {ordinary.ratio:.1f} times lxml's parse (limit {LIMIT:.0f})")
    print_large(saved)
    if options.corpus:
        exact, total = measure_texts(options.corpus)
        print(f"share texts: {exact} of {total} exactly right")
    slow = 0
    for what, built, limit in (("built", hostile_pages(), HOSTILE_LIMIT), ("packed", dense_pages(), DENSE_LIMIT)):
        ratios = measure_hostile(built, options.times)
        over = sum(ratio > limit for ratio in ratios.values())
        print(f"{what} to be slow: {len(ratios)} pages, {over} over the limit of {limit:.1f} times an ordinary page")
        slow += over
    return 0 if ordinary.ratio <= LIMIT and not slow else 1


if __name__ == "__main__":
    sys.exit(main())
