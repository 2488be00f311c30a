"""Fetching the pictures of a page, in a Scrapy process of its own against a server: what comes of each answer."""

import asyncio
import contextlib
import io
import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import segno

from crawler.egress import EgressGuard, guard_in_thread
from crawler.render.capture import BODY_LIMIT

PAGE = "http://live.example/u/tea-house?from=share#cart"
PUBLIC = "93.184.215.14"

CRAWL = """
import json, sys
from scrapy import Spider
from scrapy.crawler import CrawlerProcess
from crawler.render.handler import RenderHandler

class Fetching(Spider):
    name = "fetching"

    async def start(self):
        handler = RenderHandler(self.crawler)
        for url in json.loads(sys.argv[2]):
            content = await handler._fetch_picture(url, sys.argv[3])
            print(json.dumps(content if content is None else content.decode("latin-1")))
        await handler.close()
        for nothing in ():
            yield nothing

process = CrawlerProcess({
    "CARTWATCH_PROXY": sys.argv[1],
    "LOG_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
    "USER_AGENT": "Mozilla/5.0 (a browser)",
})
process.crawl(Fetching)
process.start()
"""


def picture():
    out = io.BytesIO()
    segno.make("https://item.taobao.com/item.htm?id=5", micro=False).save(out, kind="png", scale=4)
    return out.getvalue()


PICTURE = picture()
REFUSAL = {"X-Cartwatch-Refused": "private address"}
ANSWERS = {
    "/ok": (200, {}, PICTURE),
    "/svg": (200, {}, b"<svg/>"),
    "/absolute": (302, {"Location": "ORIGIN/ok"}, b""),
    "/deep/relative": (301, {"Location": "../ok?again"}, b""),
    "/steps/3": (307, {"Location": "2"}, b""),
    "/steps/2": (307, {"Location": "1"}, b""),
    "/steps/1": (307, {"Location": "/ok"}, b""),
    "/steps/4": (307, {"Location": "3"}, b""),
    "/loop": (302, {"Location": "/loop"}, b""),
    "/nowhere": (302, {"Location": "http://[/"}, b""),
    "/file": (302, {"Location": "file:///etc/hostname"}, b""),
    "/to-missing": (302, {"Location": "/missing"}, b""),
    "/missing": (404, {}, b"not here"),
    "/gone": (410, {}, b""),
    "/missing-picture": (404, {}, PICTURE),
    "/gone-picture": (410, {}, PICTURE),
    "/refusing-picture": (403, {}, PICTURE),
    "/failing-picture": (500, {}, PICTURE),
    "/nothing": (204, {}, b""),
    "/refusing": (403, {}, b"log in"),
    "/failing": (503, {}, b"later"),
    "/claims-refusal": (403, REFUSAL, b"no"),
    "/claims-refusal-picture": (403, REFUSAL, PICTURE),
    "/large": (200, {"Content-Length": str(BODY_LIMIT + 1)}, b""),
    "/cut": (200, {"Content-Length": str(len(PICTURE) + 9)}, PICTURE),
}


class Site(ThreadingHTTPServer):
    """Answers by path; ``asked`` holds the path and headers of each request."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answering)
        self.asked = []
        self.port = self.server_address[1]


class Answering(BaseHTTPRequestHandler):
    def do_GET(self):
        path = "/" + self.path.removeprefix("http://").partition("/")[2] if "://" in self.path else self.path
        self.server.asked.append((path, dict(self.headers)))
        self.close_connection = True
        if path == "/reset":
            return
        status, headers, body = ANSWERS[path.partition("?")[0]]
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value.replace("ORIGIN", f"http://{self.headers['Host']}"))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Says nothing."""


@contextlib.contextmanager
def serving():
    with Site() as site:
        thread = threading.Thread(target=site.serve_forever)
        thread.start()
        try:
            yield site
        finally:
            site.shutdown()
            thread.join()


def fetch(urls, proxy=""):
    """What came from each address: the bytes, empty, or ``None``."""
    command = [sys.executable, "-c", CRAWL, proxy, json.dumps(urls), PAGE]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr
    found = [json.loads(line) for line in ran.stdout.splitlines()]
    return [content if content is None else content.encode("latin-1") for content in found]


EXPECTED = {
    "/ok": PICTURE,
    "/svg": b"<svg/>",
    "/absolute": PICTURE,
    "/deep/relative": PICTURE,
    "/steps/3": PICTURE,
    "/steps/4": None,
    "/loop": None,
    "/nowhere": None,
    "/file": None,
    "/to-missing": b"",
    "/missing": b"",
    "/gone": b"",
    "/missing-picture": PICTURE,
    "/gone-picture": PICTURE,
    "/refusing-picture": PICTURE,
    "/failing-picture": PICTURE,
    "/nothing": b"",
    "/refusing": None,
    "/failing": None,
    "/claims-refusal": None,
    "/claims-refusal-picture": PICTURE,
    "/large": None,
    "/cut": None,
    "/reset": None,
}


@pytest.fixture(scope="module")
def direct():
    """What came of every answer without a proxy, and what was asked for."""
    with serving() as site:
        found = fetch([f"http://127.0.0.1:{site.port}{path}" for path in EXPECTED])
        return dict(zip(EXPECTED, found, strict=True)), site.asked


@pytest.mark.parametrize("path", EXPECTED)
def test_a_picture_comes_with_any_status_and_nothing_is_known_of_what_failed(direct, path):
    found, _ = direct
    assert found[path] == EXPECTED[path]


def test_a_redirect_is_followed_from_where_it_was_met(direct):
    _, asked = direct
    paths = [path for path, _ in asked]
    assert paths[paths.index("/deep/relative") + 1] == "/ok?again"
    start = paths.index("/steps/3")
    assert paths[start : start + 4] == ["/steps/3", "/steps/2", "/steps/1", "/ok"]
    assert paths.count("/loop") == 4


def test_a_picture_is_asked_for_as_the_page_would(direct):
    _, asked = direct
    assert {headers["Referer"] for _, headers in asked} == {"http://live.example/"}
    assert {headers["User-Agent"] for _, headers in asked} == {"Mozilla/5.0 (a browser)"}
    assert {headers["Accept"].partition(",")[0] for _, headers in asked} == {"image/*"}
    assert not any("Cookie" in headers for _, headers in asked)


def test_an_address_that_the_guard_refuses_holds_nothing_and_a_site_cannot_claim_so():
    async def resolver(host):
        return [{"shop.example": PUBLIC, "inside.example": "10.0.0.7"}[host]]

    async def connect(address, port):
        assert address == PUBLIC
        if port == 443:
            raise ConnectionRefusedError(111, "Connection refused")
        return await asyncio.open_connection("127.0.0.1", site.port)

    expected = {
        "http://shop.example/ok": PICTURE,
        "http://shop.example/missing": b"",
        "http://shop.example/claims-refusal": None,
        "http://shop.example/claims-refusal-picture": PICTURE,
        "https://shop.example/ok": None,
        "http://10.0.0.7/ok": b"",
        "https://10.0.0.7/ok": b"",
        "http://inside.example/ok": b"",
        "https://inside.example/ok": b"",
        "https://shop.example:22/ok": b"",
    }
    with serving() as site, guard_in_thread(EgressGuard(resolver=resolver, connect=connect)) as guard:
        assert dict(zip(expected, fetch(list(expected), guard.url), strict=True)) == expected
