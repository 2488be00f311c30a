"""How long extraction takes beside lxml's parse of the same page, and how much of the share-text corpus it reads."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

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

_CARD = (
    '<li class="goods-card" data-id="{n}"><div class="cover">'
    '<img class="photo" src="https://p{n}.a.yximgs.com/u/{n}.jpg" alt="直播间同款{n}"></div>'
    '<div class="detail"><h3 class="title">直播间同款 {n} 号 秋冬新款加厚保暖</h3>'
    '<p class="desc">主播亲测好物，现货速发，七天无理由退换。</p><span class="price">¥{n}.90</span>'
    '<a class="more" href="/u/room?item={n}">看看</a><i class="icon"></i></div></li>'
)
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


def measure_pages(corpus: str | None, times: int) -> list[float]:
    """Print one line a page; give the ratios, that of the ordinary page first."""
    extractors = load("crawler.extractors", "EXTRACTOR", Extractor)
    calm_collector()  # as the command line does
    ratios = []
    print(f"{'page':46} {'kB':>5} {'parse ms':>9} {'extract ms':>11} {'ratio':>6} {'links':>6}")
    for name, page in pages(corpus):
        html = page.html.encode()
        parsed = best(lambda html=html: parse(html), times)  # type: ignore[misc]
        spent = best(lambda page=page: extract(page, extractors), times)  # type: ignore[misc]
        ratios.append(spent / parsed)
        found = len(extract(page, extractors))
        print(f"{name[:46]:46} {len(html) // 1000:5} {parsed:9.2f} {spent:11.2f} {ratios[-1]:6.1f} {found:6}")
    return ratios


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
    """Measure; 1 where the ordinary page takes longer than allowed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", default=os.environ.get("CARTWATCH_CORPUS"), help="folder of saved pages and texts")
    parser.add_argument("--times", type=int, default=5, help="runs per page, of which the best counts")
    options = parser.parse_args(argv)
    ratios = measure_pages(options.corpus, options.times)
    print(
        f"ordinary page: {ratios[0]:.1f} times lxml's parse (limit {LIMIT:.0f}); median {statistics.median(ratios):.1f}"
    )
    if options.corpus:
        exact, total = measure_texts(options.corpus)
        print(f"share texts: {exact} of {total} exactly right")
    return 0 if ratios[0] <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
