"""Scrapy's download handler for both lanes: pages that ask for a rendering go to the browser, the rest to HTTP/1.1."""

from __future__ import annotations

import copy
import logging
from http import HTTPStatus
from time import monotonic
from urllib.parse import urljoin

from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.render.capture import BODY_LIMIT
from crawler.render.options import SETTINGS, read_options
from crawler.render.pool import Pool, acquire, release
from crawler.render.refusal import is_refused
from crawler.render.response import misfortune, respond
from crawler.render.scan import scan
from crawler.shapes import Rendering

__all__ = ["SETTINGS", "RenderHandler"]

logger = logging.getLogger(__name__)

PICTURE_REQUESTS = 4
PICTURE_TIMEOUT_S = 10.0
NO_PICTURE = frozenset({204, 404, 410})
"""Answers without a picture that everybody gets."""
REFUSED_HEADER = "X-Cartwatch-Refused"
AS_IT_IS = {"dont_retry": True, "dont_redirect": True, "handle_httpstatus_all": True}
"""A rendered page has already been followed to its end, and its outcome says what it is worth."""


class RenderHandler(BaseDownloadHandler):
    """Opens a request whose ``meta["rendering"]`` holds a :class:`crawler.shapes.Rendering` in the browser.

    Its response is a :class:`crawler.render.response.RenderedResponse`, also after a timeout, crash or network
    error: these are ``response.page.outcome``. Every other request is Scrapy's own business, through the same proxy.
    """

    lazy = True

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.options = read_options(crawler.settings)
        self._http: HTTP11DownloadHandler | None = None
        self._pool: Pool | None = None

    async def download_request(self, request: Request) -> Response:
        """The response to a request, by the lane that it asks for."""
        rendering = request.meta.get("rendering")
        if not isinstance(rendering, Rendering):
            return await self._fetch(request)
        if self._pool is None:
            self._pool = acquire(self.options)
        started = monotonic()
        page = await self._pool.render(request.url, rendering, self._fetch_picture)
        request.meta.update(AS_IT_IS, download_latency=monotonic() - started)
        return respond(request, page)

    async def _fetch(self, request: Request) -> Response:
        if self._http is None:
            self._http = HTTP11DownloadHandler(_plain_lane(self.crawler, is_insecure=self.options.is_insecure))
        if self.options.proxy:
            request.meta["proxy"] = self.options.proxy
        return await self._http.download_request(request)

    async def _fetch_picture(self, url: str, page: str) -> bytes | None:
        """The picture at an address, asked for as the page would: a :data:`crawler.render.pictures.Fetch`."""
        for _ in range(PICTURE_REQUESTS):
            try:
                response = await self._fetch(_picture_request(url, page, self.options.user_agent))
                target = _target(response)
            except Exception as error:  # noqa: BLE001  # Twisted and Scrapy raise whatever they like
                logger.debug("no picture came from %s: %s", url, error)
                return b"" if misfortune(error) == "blocked_address" and await self._is_refused(url) else None
            if target is None:
                picture = await _picture_in(response)
                is_refused = picture is None and REFUSED_HEADER in response.headers and await self._is_refused(url)
                return b"" if is_refused else picture
            url = target
        return None

    async def _is_refused(self, url: str) -> bool:
        """Whether the guard itself says that it lets nobody there: a site may well send such an answer of its own."""
        return await is_refused(self.options.proxy, url)

    async def close(self) -> None:
        """Close connections, and the browser with the last handler that used it."""
        if self._http is not None:
            await self._http.close()
        if self._pool is not None:
            pool, self._pool = self._pool, None
            await release(pool)


def _picture_request(url: str, page: str, user_agent: str) -> Request:
    headers = {"Accept": "image/*,*/*;q=0.8", "Referer": urljoin(page, "/")}
    if user_agent:
        headers["User-Agent"] = user_agent
    meta = {"download_timeout": PICTURE_TIMEOUT_S, "download_maxsize": BODY_LIMIT, "download_warnsize": 0}
    return Request(url, headers=headers, meta=meta)


def _target(response: Response) -> str | None:
    """Where an answer sends on to. Raises ``ValueError`` for what is no address."""
    location = response.headers.get("Location")
    if not (300 <= response.status < 400 and location):  # noqa: PLR2004  # HTTP's own numbers
        return None
    return urljoin(response.url, location.decode("utf-8", "replace"))


async def _picture_in(response: Response) -> bytes | None:
    """The body of an answer, good or bad, where it is a picture: browsers show it whatever the status says.

    A picture that is not there for anybody holds nothing; another failure may be ours.
    """
    if response.status == HTTPStatus.OK:
        return response.body
    if (await scan(response.body)).is_picture:
        return response.body
    return b"" if response.status in NO_PICTURE else None


def _plain_lane(crawler: Crawler, *, is_insecure: bool) -> Crawler:
    """The crawler as Scrapy's own handler shall see it: with our choice about certificates."""
    lane = copy.copy(crawler)
    lane.settings = crawler.settings.copy()
    lane.settings.frozen = False
    lane.settings.set("DOWNLOAD_VERIFY_CERTIFICATES", not is_insecure, priority="cmdline")
    return lane
