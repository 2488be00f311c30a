"""What the surfaces share: the spider that visits any of them, and the walls that Kuaishou puts before all of them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache, cached_property
from http import HTTPStatus
from typing import Any, TypeAlias

import scrapy
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.clock import now_ms
from crawler.errors import BrowserError
from crawler.extract import extract, load_extractors
from crawler.reading.document import Document
from crawler.reading.url import WebURL
from crawler.render.response import misfortune, page_from_response
from crawler.shapes import Extractor, Reading, Rendering, Surface
from crawler.targets import load_surfaces, recognise
from crawler.wire_words import told, told_code
from storage.records import Interval, Outcome, Page, Sighting, Target, Visit

BROWSERS = 3
"""So often is it tried to open one page before a browser that does not start ends the run."""

Json: TypeAlias = Any
Wall: TypeAlias = tuple[Outcome, str]

KUAISHOU_WEB = ("kuaishou.com",)
# Share pages live on alias domains that the platform rotates among these.
KUAISHOU_SHARE = ("kuaishou.com", "gifshow.com", "chenzhongtech.com", "kuaishouapp.com")
KUAISHOU_SHOP = ("kwaixiaodian.com", "kwaishop.com")

# What opens the cart, where products stand, and one product. Kuaishou renames its classes; names that have been seen
# and plain roles are tried in turn, and a page on which none of them is found is never taken for whole.
CART = (
    ".cart-entry",
    "[data-role='shopping-cart']",
    ".shopping-cart-entry",
    ".yellow-cart",
    "[class*='cart-entry']",
    "[class*='cart-icon']",
    "[class*='cart-btn']",
    "[aria-label*='购物车']",
    "[aria-label*='小黄车']",
    "[title*='购物车']",
)
PRODUCT_AREA = (".goods-list", ".cart-list", ".product-list", ".shop-cart-list", "[data-role='product-list']")
PRODUCT = ".goods-card, .goods-item, .product-item, .cart-item, [data-role='product']"
READY = (*PRODUCT_AREA, *CART)

SHOPPING = Rendering(
    ready=READY,
    cart=CART,
    product_area=PRODUCT_AREA,
    item=PRODUCT,
    scroll_to_end=True,
    pictures=True,
)
"""How a person looks through what a page sells: open the cart, scroll to its end."""

# Answers of Kuaishou's own interfaces, by their field "result" (pages of 2020 to 2026).
_WALL_RESULTS: Mapping[int, Wall] = {
    2: ("rate_limited", "the platform answers 'too fast' (result 2)"),
    50: ("login_wall", "the platform wants a signed request (result 50)"),
    109: ("login_wall", "the platform wants a login (result 109)"),
    6001: ("login_wall", "the platform says that the login is over (result 6001)"),
    400002: ("challenge", "the platform asks for a captcha (result 400002)"),
}
_CAPTCHA_HOSTS = ("captcha.zt.kuaishou.com", "verification.kuaishouzt.cn")
_LOGIN_HOSTS = ("passport.kuaishou.com", "id.kuaishou.com")


class SurfaceSpider(scrapy.Spider):
    """Visits the pages of one surface and hands on each as a ``Visit``.

    Args:
        url: an address to visit (``scrapy crawl live_room -a url=...``); several are separated by blanks.
    """

    surface: Surface

    def __init__(self, url: str = "", **kwargs: Any) -> None:  # noqa: ANN401 - Scrapy passes whatever -a names
        super().__init__(**kwargs)
        self._urls = url.split()

    @cached_property
    def extractors(self) -> dict[str, Extractor]:
        """The carriers that are looked into: all, or those that the setting CARTWATCH_EXTRACTORS names."""
        named = self.settings.getlist("CARTWATCH_EXTRACTORS")
        return {stem: extractor for stem, extractor in load_extractors().items() if not named or stem in named}

    @cached_property
    def looks_everywhere(self) -> bool:
        """Whether every carrier is looked into."""
        return len(self.extractors) == len(load_extractors())

    @property
    def given_targets(self) -> tuple[Target, ...]:
        """The targets named by ``-a url=...``; addresses that this surface does not know are left out and logged."""
        known = [(url, recognise(url, {self.name: self.surface})) for url in self._urls]
        for url, target in known:
            if target is None:
                self.logger.error("%s is not a page of the surface %s (%s)", url, self.name, self.surface.summary)
        return tuple(target for _, target in known if target is not None)

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """A visit to each given target. Targets that are in the ledger already are handed out by the ledger."""
        for target in self.given_targets:
            yield self.visit(target)

    def visit(self, target: Target, attempt: int = 1) -> scrapy.Request:
        """The request that opens a target as a person would."""
        return self._request(target.url, target, attempt, self.surface, self.parse)

    def _request(
        self, url: str, target: Target, attempt: int, surface: Surface, callback: Callable[..., Any]
    ) -> scrapy.Request:
        meta = {"rendering": surface.rendering, "handle_httpstatus_all": True, "dont_retry": True}
        return scrapy.Request(
            url,
            callback=callback,
            errback=self.not_seen,
            dont_filter=True,
            meta=meta,
            cb_kwargs={"target": target, "attempt": attempt},
        )

    def parse(self, response: Response, target: Target, attempt: int) -> Iterator[Visit | scrapy.Request]:
        """Read the page: how it is, whose it is, and every link on it."""
        yield self.read(page_from_response(response), target, attempt, self.surface)

    def read(self, page: Page, target: Target, attempt: int, surface: Surface, task_url: str = "") -> Visit:
        """What was seen on a page, as a visit.

        A page that our own readers fail on is ``crashed``: it costs the night this one page, and is never clean.
        """
        try:
            return self._read(page, target, attempt, surface, task_url)
        except Exception as error:  # each target must get its outcome, whatever a hostile page does to us
            self.logger.exception("%s: cannot be read", target.url)
            broken = replace(page, outcome="crashed", detail=f"our reader failed: {type(error).__name__}: {error}")
            return Visit(target=target, page=broken, attempt=attempt, task_url=task_url)

    def _read(self, page: Page, target: Target, attempt: int, surface: Surface, task_url: str) -> Visit:
        document = Document(page)
        reading = surface.read(document)
        outcome, detail = _overall(page, reading)
        return Visit(
            target=target,
            page=replace(page, outcome=outcome, detail=detail),
            owner_id=reading.owner_id or target.owner_id,
            owner_name=reading.owner_name,
            # Who looks for some carriers only has not seen the whole page: nothing is resolved by that.
            product_area_seen=reading.product_area_seen and self.looks_everywhere,
            anchors=reading.anchors,
            sightings=_dated(self._own(document, surface), reading.published),
            attempt=attempt,
            task_url=task_url,
        )

    def _own(self, document: Document, surface: Surface) -> Iterator[Sighting]:
        """The sightings that belong to this page, and not to what the platform recommends beside it."""
        foreign = surface.foreign(document)
        for sighting in extract(document, self.extractors):
            if not any(mark in sighting.locator for mark in foreign):
                yield sighting

    def not_seen(self, failure: Failure) -> Iterator[Visit | scrapy.Request]:
        """A page that could not be fetched at all, as a visit with its outcome.

        Raises:
            BrowserError: no browser starts, time and again: that is no fault of the page, which keeps its task.
        """
        request = failure.request  # type: ignore[attr-defined] # Scrapy adds it
        if isinstance(failure.value, BrowserError):
            yield _with_another_browser(request, failure.value)
            return
        outcome, detail = _misfortune(failure, self.settings["CARTWATCH_PROXY"])
        page = Page(
            requested_url=request.url,
            final_url=request.url,
            outcome=outcome,
            detail=detail,
            http_status=None,
            fetched_ms=now_ms(),
        )
        yield Visit(target=request.cb_kwargs["target"], page=page, attempt=request.cb_kwargs["attempt"])


def _with_another_browser(request: scrapy.Request, error: BrowserError) -> scrapy.Request:
    failures = request.meta.get("browser_failures", 0) + 1
    if failures == BROWSERS:
        raise error
    return request.replace(meta={**request.meta, "browser_failures": failures})


def _misfortune(failure: Failure, proxy: str) -> Wall:
    if isinstance(failure.value, IgnoreRequest):
        return "robots_denied", str(failure.value) or "robots.txt does not let this page be visited"
    error = failure.value or RuntimeError("no words")
    return misfortune(error), told(error, proxy)


def _overall(page: Page, reading: Reading) -> Wall:
    """One outcome from what the browser met and what the surface read.

    A wall that the surface recognises explains why the browser waited in vain, so it comes first; a page that the
    browser had to leave is never whole, however good it looks.
    """
    if reading.outcome not in {"ok", "partial"}:
        return reading.outcome, reading.detail
    if page.outcome != "ok":
        return page.outcome, told_code(page.detail) or reading.detail
    return reading.outcome, reading.detail


def _dated(sightings: Iterable[Sighting], content: Interval) -> tuple[Sighting, ...]:
    """Give sightings that bear no time of their own the time of the content that carries them."""
    if content.basis == "unknown":
        return tuple(sightings)
    return tuple(
        replace(sighting, published=content) if sighting.published.basis == "unknown" else sighting
        for sighting in sightings
    )


# --- reading Kuaishou's pages -------------------------------------------------------------------------------------


def state(document: Document, name: str) -> Json:
    """A script state of the page by its global name, or ``None``."""
    return document.states.get(name)


def dig(value: Json, *path: str | int) -> Json:
    """Walk down a JSON value; ``None`` as soon as a step is missing."""
    for step in path:
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and -len(value) <= step < len(value) else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


def record_of(value: Json) -> dict[str, Any]:
    """A JSON object; an empty one for whatever else stands in its place."""
    return value if isinstance(value, dict) else {}


def text_of(value: Json) -> str | None:
    """A JSON scalar as text; ``None`` for nothing, empty text and containers."""
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) and str(value) else None


def stated_moment(value: Json) -> Interval:
    """The publish interval that an epoch-millisecond field states of the content it belongs to."""
    year_2001, year_2286 = 10**12, 10**13
    if isinstance(value, int) and year_2001 <= value < year_2286:
        return Interval(value, value + 1, "content")
    return Interval()


def product_area(document: Document) -> tuple[bool, int]:
    """Whether the place where products stand was drawn, and how many stand in it."""
    area = document.selector.css(", ".join(PRODUCT_AREA))
    return bool(area), len(area.css(PRODUCT))


def wall(document: Document) -> Wall | None:
    """The wall that stands before the page, if one does."""
    return _captcha(document) or _login(document) or _refusing_answer(document)


def _captcha(document: Document) -> Wall | None:
    frames = document.selector.css("iframe::attr(src)").getall()
    host = next((host for src in frames for host in _CAPTCHA_HOSTS if host in src.split("?", 1)[0]), None)
    return ("challenge", f"a captcha frame of {host} lies over the page") if host else None


def _login(document: Document) -> Wall | None:
    url = document.final_url
    went_to_login = url.host in _LOGIN_HOSTS or path_parts(url)[-1:] == ["login"]
    return ("login_wall", f"the platform led to its login page {document.page.final_url}") if went_to_login else None


def _refusing_answer(document: Document) -> Wall | None:
    """A refusal in the body of an XHR. Told apart from "not living", which wears number 2 as well, by its message."""
    for body in document.page.bodies:
        answer = _small_json(body.content)
        result = dig(answer, "result") if isinstance(answer, dict) else None
        if isinstance(result, int) and result in _WALL_RESULTS and not dig(answer, "data", "author", "id"):
            return _WALL_RESULTS[result]
    return None


def _failed_answer(document: Document) -> str | None:
    """A data request of the page that failed, in words: an empty cart beside one proves nothing."""
    failed = (body for body in document.page.bodies if body.status >= HTTPStatus.BAD_REQUEST)
    return next((f"{body.url[:120]} answered {body.status}" for body in failed), None)


def _small_json(content: bytes) -> Json:
    """A refusal is short; a long body is data and need not be parsed for one."""
    longest_refusal = 4096
    if len(content) > longest_refusal or not content.lstrip().startswith(b"{"):
        return None
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def seen(document: Document, found: Reading) -> Reading:
    """Finish a reading of a page that stands open: whole only if its product area was drawn and nothing covers it."""
    drawn, products = product_area(document)
    anchors = {**found.anchors, "product_area": int(drawn), "product": products}
    barrier = wall(document)
    if barrier and not drawn:
        return replace(found, outcome=barrier[0], detail=barrier[1], anchors=anchors)
    if barrier:
        detail = f"{barrier[1]}, so it may not be whole"
        return replace(found, outcome="partial", detail=detail, product_area_seen=True, anchors=anchors)
    failed = None if products else _failed_answer(document)
    if drawn and failed:
        detail = f"no product is shown, and {failed}: what is sold here is not known"
        return replace(found, outcome="partial", detail=detail, anchors=anchors)
    if not drawn:
        detail = "the product area was not drawn: what is sold here is not known"
        return replace(found, outcome="partial", detail=detail, anchors=anchors)
    return replace(found, product_area_seen=True, anchors=anchors)


def path_parts(url: WebURL) -> list[str]:
    """The non-empty parts of an address's path."""
    return [part for part in url.path.split("/") if part]


@cache
def surfaces() -> dict[str, Surface]:
    """Every surface, for the spider of share links, which may end on any of them."""
    return load_surfaces()
