"""What a rendered page costs: CPU seconds of the whole process tree, our handler against stock scrapy-playwright.

    python scripts/bench_render.py [--pages 40] [--pairs 3]

Both engines open the same live rooms of the sample world through the same proxy in the same browser, open the cart,
scroll to its end, and must see the same links. Exit code 1: they do not, or ours is less than four times cheaper.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))

from crawler.render.browser import find_browser

ROOMS = ("spring-tea", "north-wool", "boxed-cart", "big-cart")
WANTED_RATIO = 4.0
SUBREAPER = 36
"""``PR_SET_CHILD_SUBREAPER``: orphaned browser processes become ours, so that their CPU time is counted."""
ENGINES = ("ours", "ours with pictures", "scrapy-playwright")
LINK = re.compile(r'class="goods-card".*?href="([^"]+)"')
SCROLL = """async () => {
  const rows = () => document.querySelectorAll('.goods-card').length;
  for (let seen = -1; seen !== rows();) {
    seen = rows();
    const list = document.querySelector('.goods-list');
    list.scrollTop = list.scrollHeight;
    scrollTo(0, document.documentElement.scrollHeight);
    await new Promise(done => setTimeout(done, 300));
  }
}"""


@dataclass(frozen=True)
class Run:
    """One run of one engine: CPU seconds of its process tree, and the links it saw, by room."""

    cpu_s: float
    wall_s: float
    pages: int
    links: dict[str, list[str]]


def main(argv: list[str] | None = None) -> int:
    """Run the pairs and print the table.

    Returns:
        0; or 1 where recall differs or the ratio is too small.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=40)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--engine", choices=ENGINES, help=argparse.SUPPRESS)
    parser.add_argument("--proxy", help=argparse.SUPPRESS)
    arguments = parser.parse_args(argv)
    if arguments.engine:
        print(json.dumps(asdict(_crawl(arguments.engine, arguments.proxy, arguments.pages))))
        return 0
    return _report(_measure(arguments.pages, arguments.pairs))


def _measure(pages: int, pairs: int) -> dict[str, list[Run]]:
    from crawler.sample import serve_in_thread  # noqa: PLC0415  # the engines' own processes need no world

    ctypes.CDLL(None, use_errno=True).prctl(SUBREAPER, 1, 0, 0, 0)
    runs: dict[str, list[Run]] = {engine: [] for engine in ENGINES}
    with serve_in_thread() as world:
        for pair in range(pairs):
            for engine in ENGINES if pair % 2 else ENGINES[::-1]:
                runs[engine].append(_run(engine, world.proxy_url, pages))
    return runs


def _run(engine: str, proxy: str, pages: int) -> Run:
    before, started = _children_s(), time.monotonic()
    command = [sys.executable, __file__, "--engine", engine, "--proxy", proxy, "--pages", str(pages)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    wall = time.monotonic() - started
    _reap()
    found = json.loads(done.stdout.splitlines()[-1])
    return Run(cpu_s=_children_s() - before, wall_s=wall, pages=found["pages"], links=found["links"])


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _reap() -> None:
    """Wait for what the engine left behind, so that its CPU time is in the sum."""
    try:
        while True:
            os.waitpid(-1, 0)
    except ChildProcessError:
        return


def _report(runs: dict[str, list[Run]]) -> int:
    costs = {engine: statistics.median(run.cpu_s / run.pages for run in each) for engine, each in runs.items()}
    for engine, each in runs.items():
        links = sum(map(len, each[-1].links.values()))
        wall = statistics.median(run.wall_s for run in each)
        print(f"{engine:20} {each[-1].pages:4} pages  {links:4} links  {costs[engine]:.4f} CPU-s/page  {wall:6.1f} s")
    theirs = costs["scrapy-playwright"]
    ratios = [
        theirs_run.cpu_s / ours.cpu_s for ours, theirs_run in zip(runs["ours"], runs["scrapy-playwright"], strict=True)
    ]
    ratio = statistics.median(ratios)
    print(
        f"ratio {ratio:.2f} (pairs: {', '.join(f'{each:.2f}' for each in ratios)}); "
        f"with pictures {theirs / costs['ours with pictures']:.2f}"
    )
    seen = [run.links for each in runs.values() for run in each]
    if any(links != seen[0] for links in seen) or not any(seen[0].values()):
        print("FAILED: the engines did not see the same links")
        return 1
    if ratio < WANTED_RATIO:
        print(f"FAILED: less than {WANTED_RATIO:g} times cheaper")
        return 1
    return 0


# --- the engines, each in a process of its own ------------------------------------------------------------------


def _crawl(engine: str, proxy: str, pages: int) -> Run:
    from scrapy import Request, Spider  # noqa: PLC0415
    from scrapy.crawler import CrawlerProcess  # noqa: PLC0415

    ours = engine.startswith("ours")
    links: dict[str, set[str]] = {room: set() for room in ROOMS}
    counted: list[str] = []

    class Rooms(Spider):
        name = "rooms"

        async def start(self) -> Any:  # noqa: ANN401
            meta = _our_meta(has_pictures="pictures" in engine) if ours else _stock_meta
            for number in range(pages):
                room = ROOMS[number % len(ROOMS)]
                url = f"https://live.kuaishou.com/u/{room}?n={number}"
                yield Request(url, meta=dict(meta()), cb_kwargs={"room": room})

        def parse(self, response: Any, room: str) -> None:  # noqa: ANN401
            counted.append(response.url)
            links[room].update(LINK.findall(response.text))

    process = CrawlerProcess(_our_settings(proxy) if ours else _stock_settings(proxy))
    process.crawl(Rooms)
    process.start()
    return Run(0.0, 0.0, len(counted), {room: sorted(found) for room, found in links.items()})


COMMON = {
    "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
    "CONCURRENT_REQUESTS": 4,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 4,
    "DOWNLOAD_DELAY": 0,
    "LOG_LEVEL": "ERROR",
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
}


def _our_settings(proxy: str) -> dict[str, Any]:
    handler = "crawler.render.handler.RenderHandler"
    return COMMON | {
        "DOWNLOAD_HANDLERS": {"http": handler, "https": handler},
        "CARTWATCH_PROXY": proxy,
        "CARTWATCH_INSECURE_TLS": True,
    }


def _our_meta(*, has_pictures: bool) -> Any:  # noqa: ANN401
    from spiders.live_room import SURFACE  # noqa: PLC0415

    rendering = replace(SURFACE.rendering, screenshot=has_pictures)
    return lambda: {"rendering": rendering}


def _stock_settings(proxy: str) -> dict[str, Any]:
    handler = "scrapy_playwright.handler.ScrapyPlaywrightDownloadHandler"
    return COMMON | {
        "DOWNLOAD_HANDLERS": {"http": handler, "https": handler},
        "PLAYWRIGHT_LAUNCH_OPTIONS": {"executable_path": find_browser().path, "proxy": {"server": proxy}},
        "PLAYWRIGHT_CONTEXTS": {"default": {"ignore_https_errors": True}},
    }


def _stock_meta() -> dict[str, Any]:
    from scrapy_playwright.page import PageMethod  # noqa: PLC0415

    opener = "() => { const entry = document.querySelector('.cart-entry'); if (entry) entry.click(); }"
    return {
        "playwright": True,
        "playwright_page_methods": [
            PageMethod("wait_for_selector", ".goods-card, .cart-entry", state="attached"),
            PageMethod("evaluate", opener),
            PageMethod("wait_for_selector", ".goods-card"),
            PageMethod("evaluate", SCROLL),
        ],
    }


if __name__ == "__main__":
    sys.exit(main())
