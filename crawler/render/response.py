"""A Scrapy response that carries the whole page as it was seen; and pages from plain responses."""

from __future__ import annotations

import time
from typing import Any

from scrapy.http import HtmlResponse, Request, Response

from crawler.reading.charset import decode
from storage.records import Outcome, Page


class RenderedResponse(HtmlResponse):
    """The answer of the browser lane. ``page`` holds all that was seen, also where that is only a misfortune."""

    attributes: tuple[str, ...] = (*HtmlResponse.attributes, "page")

    def __init__(self, *args: Any, page: Page, **kwargs: Any) -> None:  # noqa: ANN401  # Scrapy's own signature
        super().__init__(*args, **kwargs)
        self.page = page


def respond(request: Request, page: Page) -> RenderedResponse:
    """The response for a rendered page: its DOM as UTF-8, its status or 200 where there is none."""
    return RenderedResponse(
        url=page.final_url or request.url,
        status=page.http_status or 200,
        headers={"Content-Type": "text/html; charset=utf-8"},
        body=page.html.encode("utf-8", "replace"),
        encoding="utf-8",
        request=request,
        flags=["rendered"],
        page=page,
    )


def page_from_response(response: Response) -> Page:
    """The page of an HTTP answer: decoded by what its bytes are, never by what they claim to be.

    A rendered response gives the page that it carries.
    """
    if isinstance(response, RenderedResponse):
        return response.page
    request = response.request
    latency = request.meta.get("download_latency", 0.0) if request else 0.0
    return Page(
        requested_url=_requested_url(response),
        final_url=response.url,
        html=decode(response.body).text,
        lane="http",
        fetched_ms=int(time.time() * 1000),
        http_status=response.status,
        elapsed_ms=int(latency * 1000),
        content=response.body,
        content_type=_text(response.headers.get("Content-Type")),
        headers=_headers(response),
        ip=_address(response),
    )


def _headers(response: Response) -> dict[str, str]:
    """Names in lower case; where one came twice, the first counts, as for a browser that follows ``Location``."""
    pairs = ((_text(name).lower(), values) for name, values in response.headers.items())
    return {name: _text(values[0]) for name, values in pairs if values}


def _address(response: Response) -> str | None:
    """The address that answered; ``None`` behind a proxy, whose own address would say nothing."""
    proxied = response.request is not None and response.request.meta.get("proxy")
    return None if proxied or response.ip_address is None else str(response.ip_address)


def misfortune(error: BaseException) -> Outcome:
    """The outcome that an exception of the wire stands for.

    The guard's refusal of a tunnel reaches us as the text of an exception only.
    """
    name, words = type(error).__name__, str(error)
    if "Timeout" in name:
        return "timeout"
    return "blocked_address" if name == "TunnelError" and "'status': 403" in words else "network_error"


def _requested_url(response: Response) -> str:
    request = response.request
    if request is None:
        return response.url
    redirects = request.meta.get("redirect_urls") or [request.url]
    return str(redirects[0])


def _text(header: bytes | None) -> str:
    return (header or b"").decode("latin-1")
