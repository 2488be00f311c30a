"""Share links of Kuaishou: short addresses that end on a live room, video, merchant or product page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import scrapy
from scrapy.http import Response

from crawler.reading.document import Document
from crawler.reading.url import WebURL, is_under
from crawler.render.response import page_from_response
from crawler.shapes import Reading, Surface
from crawler.targets import recognise as recognise_target
from spiders._surface import KUAISHOU_SHARE, SurfaceSpider, path_parts, surfaces
from storage.records import Target, Visit

_SHORT_HOSTS = ("v.kuaishou.com", "f.kuaishou.com", "v.kuaishouapp.com", "v.m.chenzhongtech.com")
_SHORT_PATHS = ("f", "s")
_CODE_PATH = 2


def recognise(url: WebURL) -> Target | None:
    """``v.kuaishou.com/CODE`` and ``/f/CODE`` or ``/s/CODE`` on any share domain."""
    parts = path_parts(url)
    if not parts or not any(is_under(url.host, domain) for domain in KUAISHOU_SHARE):
        return None
    bare = len(parts) == 1 and url.host in _SHORT_HOSTS[:2]
    prefixed = len(parts) == _CODE_PATH and parts[0] in _SHORT_PATHS
    return Target(f"https://{url.host}/{'/'.join(parts)}", "share_link") if bare or prefixed else None


def read(document: Document) -> Reading:
    """A share link that ended on no page that a surface knows."""
    if document.page.http_status in {404, 410}:
        return Reading(outcome="not_found", detail="the share link leads nowhere")
    return Reading(
        outcome="partial", detail=f"the share link ended on {document.page.final_url}, which no surface knows"
    )


def _as_the_task(end: Target, task: Target) -> Target:
    """The page at the end with what the task knows: its site and mark (a canary stays one), and whose page it is."""
    _, mark, name = task.url.partition("#")
    return replace(end, url=f"{end.url}{mark}{name}", site=task.site, owner_id=end.owner_id or task.owner_id)


SURFACE = Surface(
    summary="v.kuaishou.com/CODE and other short links of Kuaishou",
    recognise=recognise,
    read=read,
)


class ShareLinkSpider(SurfaceSpider):
    """Follows share links and visits what they lead to, as its own surface would."""

    name = "share_link"
    surface = SURFACE

    def visit(self, target: Target, attempt: int = 1) -> scrapy.Request:
        """Follow the short link without a browser first: which surface it ends on tells how to open it."""
        request = self._request(target.url, target, attempt, SURFACE, self.parse)
        return request.replace(meta={})

    def parse(self, response: Response, target: Target, attempt: int) -> Iterator[Visit | scrapy.Request]:
        """Open the page that the link ended on, or say that it ended nowhere."""
        shelf = surfaces()
        end = recognise_target(response.url, shelf)
        if end is None or end.surface == "share_link":
            yield self.read(page_from_response(response), target, attempt, SURFACE)
            return
        end = _as_the_task(end, target)
        request = self._request(end.url, target, attempt, shelf[end.surface], self.parse_end)
        yield request.replace(cb_kwargs={**request.cb_kwargs, "end": end})

    def parse_end(self, response: Response, target: Target, attempt: int, end: Target) -> Iterator[Any]:
        """Read the page at the end; the visit is of that page, the task is the link's."""
        page = page_from_response(response)
        yield self.read(page, end, attempt, surfaces()[end.surface], task_url=target.url)
