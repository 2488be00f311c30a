"""What a rendered page costs: CPU seconds of the whole process tree, our handler against stock scrapy-playwright.

    python scripts/bench_render.py [--pages 120] [--pairs 3] [--shop]

Both engines open the same pages in the same browser and must see the same links. The pages are live rooms of the sample
world, whose cart is opened and scrolled to its end. With ``--shop`` it is one page without interaction instead: a shell
with a script library of 150 kB, two XHRs of 15 items, 30 links, and 30 pictures of 20 kB that no other page shows.
"ours with pictures" looks for QR codes as well, as the surfaces do; a picture that held none is not fetched again, so
that it costs little in the rooms, which are opened again and again, and its full price in the shop.
The cost of a page is what a run costs beyond a run of one page for each slot, that is without the start of the browser.
Exit code 1: the engines did not see the same links, or ours is less than four times cheaper.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import random
import re
import resource
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))

from crawler.render.browser import find_browser
from crawler.shapes import Rendering

ROOMS = tuple(f"https://live.kuaishou.com/u/{room}" for room in ("spring-tea", "big-cart"))
WANTED_RATIO = 4.0
CONCURRENCY = 4
SUBREAPER = 36
"""``PR_SET_CHILD_SUBREAPER``: orphaned browser processes become ours, so that their CPU time is counted."""
OURS, PICTURES, STOCK = ENGINES = ("ours", "ours with pictures", "scrapy-playwright")
LINK = re.compile(r'class="goods-card".*?href="([^"]+)"')

# --- the shop ---------------------------------------------------------------------------------------------------

SHELL = """<!doctype html><meta charset=utf-8><title>shop</title><div class=goods-list></div>
<script src=/library.js></script><script>
let drawn = 0;
const draw = ({items}) => { for (const {url, title} of items) {
  const card = document.createElement('div'); card.className = 'goods-card';
  card.innerHTML = `<a href="${url}">${title}</a>` +
    `<img width=100 height=100 src="/picture${location.pathname}-${drawn++}">`;
  document.querySelector('.goods-list').append(card); } };
(async () => { for (const page of [0, 1]) draw(await (await fetch('/items/' + page)).json()); })();
</script>"""
LIBRARY = "".join(f"function helper{n}(first, second) {{ return first * {n} + second; }}\n" for n in range(2700))


def _items(page: int) -> str:
    items = [{"url": f"https://item.taobao.com/item.htm?id={page * 15 + n}", "title": "好货" * 8} for n in range(15)]
    return json.dumps({"items": items})


def _picture() -> bytes:
    from io import BytesIO  # noqa: PLC0415  # only the shop draws

    from PIL import Image  # noqa: PLC0415

    drawn = BytesIO()
    noise = random.Random(1).randbytes(300 * 300 * 3)  # noqa: S311  # not a secret
    Image.frombytes("RGB", (300, 300), noise).save(drawn, "JPEG", quality=30)
    return drawn.getvalue()


class _Shop(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    picture = b""

    def do_GET(self) -> None:
        kind = self.path.split("/")[1]
        body, mime = {
            "library.js": (LIBRARY.encode(), "text/javascript"),
            "items": (_items(int(self.path[-1])).encode() if kind == "items" else b"", "application/json"),
            "picture": (self.picture, "image/jpeg"),
        }.get(kind, (SHELL.encode(), "text/html; charset=utf-8"))
        self.send_response(200)
        self.send_header("Content-Type", mime)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=600" if kind == "library.js" else "no-store")
        self.end_headers()
        self.wfile.write(body)

    def handle(self) -> None:
        """Serve until the browser hangs up, which it may do at any time."""
        with suppress(ConnectionError):
            super().handle()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def _shop() -> Iterator[str]:
    _Shop.picture = _picture()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Shop)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/shop"
    finally:
        server.shutdown()


@contextmanager
def _rooms() -> Iterator[str]:
    from crawler.sample import serve_in_thread  # noqa: PLC0415  # only where it is asked for

    with serve_in_thread() as world:
        yield world.proxy_url


# --- measuring --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Run:
    """One run of one engine: CPU and wall seconds of its process tree, pages opened, and the links seen by page."""

    cpu_s: float
    wall_s: float
    pages: int
    links: dict[str, list[str]]

    def __sub__(self, start: Run) -> Run:
        return replace(
            self, cpu_s=self.cpu_s - start.cpu_s, wall_s=self.wall_s - start.wall_s, pages=self.pages - start.pages
        )


def main(argv: list[str] | None = None) -> int:
    """Run the pairs and print the table.

    Returns:
        0; or 1 where recall differs or the ratio is too small.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=120)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--shop", action="store_true", help="a page with a library and pictures of its own")
    parser.add_argument("--engine", choices=ENGINES, help=argparse.SUPPRESS)
    parser.add_argument("--at", help=argparse.SUPPRESS)
    asked = parser.parse_args(argv)
    if asked.engine:
        print(json.dumps(asdict(_crawl(asked.engine, asked.at, asked.pages, is_room=not asked.shop))))
        return 0
    ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)
    with _shop() if asked.shop else _rooms() as at:
        runs: dict[str, list[Run]] = {engine: [] for engine in ENGINES}
        for pair in range(asked.pairs):
            for engine in ENGINES if pair % 2 else ENGINES[::-1]:
                start = _run(engine, at, CONCURRENCY, is_room=not asked.shop)
                runs[engine].append(_run(engine, at, asked.pages, is_room=not asked.shop) - start)
    return _report(runs)


def _run(engine: str, at: str, pages: int, *, is_room: bool) -> Run:
    before, started = _children_s(), time.monotonic()
    command = [sys.executable, __file__, "--engine", engine, "--at", at, "--pages", str(pages)]
    done = subprocess.run([*command, *["--shop"] * (not is_room)], stdout=subprocess.PIPE, text=True, check=True)
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
    for engine, each in runs.items():
        cost = statistics.median(run.cpu_s / run.pages for run in each)
        wall = statistics.median(run.wall_s for run in each)
        links = sum(map(len, each[-1].links.values()))
        print(f"{engine:20} {each[-1].pages:4} pages  {links:4} links  {cost:.4f} CPU-s/page  {wall:6.1f} s")
    ratios = {engine: _ratios(runs[engine], runs[STOCK]) for engine in (OURS, PICTURES)}
    for engine, each in ratios.items():
        pairs = ", ".join(f"{ratio:.2f}" for ratio in each)
        print(f"{engine}: {statistics.median(each):.2f} times cheaper than {STOCK} (pairs: {pairs})")
    seen = [run.links for each in runs.values() for run in each]
    if any(links != seen[0] for links in seen) or not all(seen[0].values()):
        print("FAILED: the engines did not see the same links")
        return 1
    if statistics.median(ratios[OURS]) < WANTED_RATIO:
        print(f"FAILED: less than {WANTED_RATIO:g} times cheaper")
        return 1
    return 0


def _ratios(ours: list[Run], theirs: list[Run]) -> list[float]:
    return [their.cpu_s / our.cpu_s for our, their in zip(ours, theirs, strict=True)]


# --- the engines, each in a process of its own ------------------------------------------------------------------

COMMON = {
    "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
    "CONCURRENT_REQUESTS": CONCURRENCY,
    "CONCURRENT_REQUESTS_PER_DOMAIN": CONCURRENCY,
    "DOWNLOAD_DELAY": 0,
    "LOG_LEVEL": "ERROR",
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
}
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
OPEN_CART = "() => { const entry = document.querySelector('.cart-entry'); if (entry) entry.click(); }"


def _crawl(engine: str, at: str, pages: int, *, is_room: bool) -> Run:
    from scrapy import Request, Spider  # noqa: PLC0415  # the measuring process needs no Scrapy
    from scrapy.crawler import CrawlerProcess  # noqa: PLC0415

    addresses = ROOMS if is_room else (at,)
    links: dict[str, set[str]] = {address: set() for address in addresses}
    counted: list[str] = []
    meta = _stock_meta(is_room=is_room) if engine == STOCK else _our_meta(is_room=is_room, pictures=engine == PICTURES)

    class Pages(Spider):
        name = "pages"

        async def start(self) -> Any:  # noqa: ANN401  # an iterator of whatever Scrapy takes
            for number in range(pages):
                address = addresses[number % len(addresses)]
                url = f"{address}?n={number}" if is_room else f"{address}{number}"
                yield Request(url, meta=dict(meta), cb_kwargs={"address": address})

        def parse(self, response: Any, address: str) -> None:  # noqa: ANN401  # either engine's own class
            counted.append(response.url)
            links[address].update(LINK.findall(response.text))

    process = CrawlerProcess(COMMON | (_stock_settings if engine == STOCK else _our_settings)(at if is_room else ""))
    process.crawl(Pages)
    process.start()
    return Run(0.0, 0.0, len(counted), {address: sorted(found) for address, found in links.items()})


def _our_settings(proxy: str) -> dict[str, Any]:
    handler = "crawler.render.handler.RenderHandler"
    return {
        "DOWNLOAD_HANDLERS": {"http": handler, "https": handler},
        "CARTWATCH_PROXY": proxy,
        "CARTWATCH_INSECURE_TLS": bool(proxy),
    }


def _our_meta(*, is_room: bool, pictures: bool) -> dict[str, Any]:
    from spiders.live_room import SURFACE  # noqa: PLC0415

    shop = Rendering(product_area=(".goods-list",), item=".goods-card")
    return {"rendering": replace(SURFACE.rendering if is_room else shop, pictures=pictures)}


def _stock_settings(proxy: str) -> dict[str, Any]:
    handler = "scrapy_playwright.handler.ScrapyPlaywrightDownloadHandler"
    launch: dict[str, Any] = {"executable_path": find_browser().path}
    return {
        "DOWNLOAD_HANDLERS": {"http": handler, "https": handler},
        "PLAYWRIGHT_LAUNCH_OPTIONS": launch | ({"proxy": {"server": proxy}} if proxy else {}),
        "PLAYWRIGHT_CONTEXTS": {"default": {"ignore_https_errors": True}},
    }


def _stock_meta(*, is_room: bool) -> dict[str, Any]:
    from scrapy_playwright.page import PageMethod  # noqa: PLC0415  # not installed but for this

    wait = PageMethod("wait_for_selector", ".goods-card:nth-child(30)")
    interaction = [
        PageMethod("wait_for_selector", ".goods-card, .cart-entry", state="attached"),
        PageMethod("evaluate", OPEN_CART),
        PageMethod("wait_for_selector", ".goods-card"),
        PageMethod("evaluate", SCROLL),
    ]
    return {"playwright": True, "playwright_page_methods": interaction if is_room else [wait]}


if __name__ == "__main__":
    sys.exit(main())
