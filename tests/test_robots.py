"""robots.txt: every request that waits for it gets the rules, and what cannot be read lets nothing through."""

import asyncio
from types import SimpleNamespace

import pytest
from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.utils.test import get_crawler

from crawler.robots import RobotsMiddleware

RULES = b"User-agent: *\nDisallow: /u/quiet\nAllow: /\n"


class Site:
    """A site's robots.txt, which takes a moment to come."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = 0

    async def download_async(self, request):
        self.asked += 1
        await asyncio.sleep(0.01)
        answer = self.answers[min(self.asked, len(self.answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        status, body = answer
        return Response(request.url, status=status, body=body)


def middleware(site):
    crawler = get_crawler(settings_dict={"ROBOTSTXT_OBEY": True, "ROBOTSTXT_USER_AGENT": "Cartwatch"})
    robots = RobotsMiddleware(crawler)
    robots.crawler = SimpleNamespace(engine=site, spider=None, settings=crawler.settings)
    return robots


def ask(site, *paths):
    """What becomes of requests that come at the same time: ``None`` for those let through."""

    async def all_at_once():
        robots = middleware(site)
        requests = [Request(f"https://live.kuaishou.com{path}") for path in paths]
        return await asyncio.gather(*map(robots.process_request, requests), return_exceptions=True)

    return asyncio.run(all_at_once())


def test_requests_that_come_together_all_get_the_rules():
    site = Site((200, RULES))
    answers = ask(site, "/u/a", "/u/b", "/u/quiet", "/u/c", "/u/quiet")
    assert [isinstance(answer, IgnoreRequest) for answer in answers] == [False, False, True, False, True]
    assert site.asked == 1


@pytest.mark.parametrize("status", [404, 410, 403])
def test_a_site_without_rules_may_be_visited(status):
    assert ask(Site((status, b"Disallow: /")), "/u/a", "/u/quiet") == [None, None]


@pytest.mark.parametrize("status", [500, 503])
def test_a_site_whose_rules_cannot_be_had_may_not(status):
    (answer,) = ask(Site((status, b"")), "/u/a")
    assert isinstance(answer, IgnoreRequest)
    assert str(status) in str(answer)


def test_what_the_wire_does_is_not_remembered():
    async def one_after_the_other():
        robots = middleware(Site(TimeoutError("slow"), (200, RULES)))
        with pytest.raises(TimeoutError):
            await robots.process_request(Request("https://live.kuaishou.com/u/a"))
        return await robots.process_request(Request("https://live.kuaishou.com/u/a"))

    assert asyncio.run(one_after_the_other()) is None
