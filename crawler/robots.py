"""Obey robots.txt, for every request that waits for it: a site's wishes hold from the first page on."""

from __future__ import annotations

import asyncio

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import RobotParser
from scrapy.utils.httpobj import urlparse_cached
from scrapy.utils.misc import build_from_crawler

_CLIENT_ERROR, _SERVER_ERROR = 400, 500


class RobotsMiddleware(RobotsTxtMiddleware):
    """Scrapy's middleware, with another way to wait and the standard's answer to failures.

    Scrapy lets all requests that come while robots.txt is on its way wait on one Deferred; as futures, only the first
    of them gets the rules, and the others are let through. And where robots.txt cannot be had, the standard (RFC 9309)
    lets nothing be visited unless the site says that there is none (4xx).
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._rules: dict[str, asyncio.Future[RobotParser | None]] = {}

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """The rules of the request's site; ``None`` where it has none.

        Raises:
            IgnoreRequest: the site answers that robots.txt cannot be had now.
            Exception: what the wire did; the next request asks again.
        """
        url = urlparse_cached(request)
        site = f"{url.scheme}://{url.netloc}"
        if site not in self._rules:
            self._rules[site] = asyncio.ensure_future(self._read(site))
        try:
            return await asyncio.shield(self._rules[site])
        except Exception:
            self._rules.pop(site, None)
            raise

    async def _read(self, site: str) -> RobotParser | None:
        assert self.crawler.engine is not None
        meta = {"dont_obey_robotstxt": True}
        request = Request(f"{site}/robots.txt", priority=self.DOWNLOAD_PRIORITY, meta=meta, callback=NO_CALLBACK)
        response = await self.crawler.engine.download_async(request)
        if response.status >= _SERVER_ERROR:
            raise IgnoreRequest(f"robots.txt answers {response.status}: until it can be read, nothing may be visited")
        if response.status >= _CLIENT_ERROR:
            return None
        parser: RobotParser = build_from_crawler(self._parserimpl, self.crawler, response.body)
        return parser
