"""Look at one address in a tab: arrive, use the page as a person would, read what is there, in bounded time."""

from __future__ import annotations

import asyncio
import html
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Error
from playwright.async_api import TimeoutError as PlaywrightTimeout

from crawler.reading.url import registrable_domain
from crawler.render.capture import DATA, Capture
from crawler.render.pictures import MAX_PICTURES, MIN_PICTURE_PX, Fetch, Pictures, read_pictures, take_pictures
from crawler.render.refusal import is_refused
from crawler.render.tab import FRAME_JS, MovedError, Tab
from crawler.shapes import Rendering
from storage.records import Outcome, Page

RESERVE_SHARE = 0.25
RESERVE_S = 5.0
DRAIN_S = 10.0
SALVAGE_S = 2.0
FRAME_TIMEOUT_S = 2.0
MAX_STEPS = 200
MAX_SAME = 5
MAX_MOVES = 10
SHOWN_MARKS = 3
MOVE_S = 0.05
MAX_FRAMES = 16
REFUSED_HEADER = "x-cartwatch-refused"
ENDS = frozenset({"late", "endless", "oversize", "moving"})
GATEWAY_FAILURES = frozenset({502, 504, 407})
NO_CONTENT = frozenset({204, 205})
NO_PICTURES = Pictures()


@dataclass
class Draft:
    """A page as far as it has been seen. ``ends`` is when walking must stop, on the loop's clock."""

    url: str
    rendering: Rendering
    ends: float
    proxy: str = ""
    fetch: Fetch | None = None
    final_url: str = ""
    html: str = ""
    outcome: Outcome = "ok"
    detail: str = ""
    is_late: bool = False
    is_read: bool = False
    counts: dict[str, int] = field(default_factory=dict)
    states: Mapping[str, str] = field(default_factory=dict)
    pictures: Pictures = NO_PICTURES

    def settle(self, outcome: Outcome, detail: str) -> None:
        """Say what went wrong; the first misfortune is the cause of those that follow."""
        if self.outcome == "ok":
            self.outcome, self.detail = outcome, detail

    @property
    def left(self) -> float:
        """Seconds until walking must stop."""
        return max(0.0, self.ends - asyncio.get_running_loop().time())


@dataclass(frozen=True, slots=True)
class Look:
    """A page as it was seen, and in words which of its pictures could not be."""

    page: Page
    unread: tuple[str, ...] = ()


async def look(tab: Tab, url: str, rendering: Rendering, *, proxy: str = "", fetch: Fetch | None = None) -> Look:
    """See the page behind an address. Whatever happens is in the page's outcome; nothing of it is raised.

    Args:
        tab: where to look; ``tab.is_broken`` afterwards if it must not be used again.
        url: what to open.
        rendering: how to use the page; ``rendering.deadline_s`` bounds all of it.
        proxy: the egress proxy, to be asked why it refused.
        fetch: gets the pictures that the browser does not load; none where it loads them itself.
    """
    started, clock = time.time(), time.monotonic()
    deadline = rendering.deadline_s
    reserve = min(RESERVE_S, deadline * RESERVE_SHARE)
    draft = Draft(url, rendering, asyncio.get_running_loop().time() + deadline - reserve, proxy, fetch)
    capture = tab.begin()
    work = asyncio.ensure_future(_steps(tab, capture, draft))
    both: list[asyncio.Future[Any]] = [work, capture.fatal]
    await asyncio.wait(both, timeout=deadline, return_when=asyncio.FIRST_COMPLETED)
    if not work.done():
        await _give_up(tab, capture, draft, work)
    else:
        _judge_end(tab, draft, work)
    await capture.finish(SALVAGE_S)
    _judge(tab, capture, draft)
    return Look(_page(capture, draft, started, clock), draft.pictures.unread)


async def _give_up(tab: Tab, capture: Capture, draft: Draft, work: asyncio.Future[None]) -> None:
    work.cancel()
    await asyncio.wait({work})
    if capture.fatal.done():
        draft.settle("crashed", capture.fatal.result())
    else:
        draft.settle("timeout", f"the page did not come to rest within {draft.rendering.deadline_s:g} s")
        await _salvage(tab, draft)
    tab.is_broken = True


async def _salvage(tab: Tab, draft: Draft) -> None:
    """Read what a hanging page shows, for the record; it stays a page that was not seen whole."""
    if draft.is_read:
        return
    await tab.interrupt()
    try:
        await asyncio.wait_for(_read(tab, draft), SALVAGE_S)
    except (Error, MovedError, TimeoutError):
        return


def _judge_end(tab: Tab, draft: Draft, work: asyncio.Future[None]) -> None:
    error = work.exception()
    if error is None:
        return
    if not isinstance(error, Error | MovedError):
        raise error
    tab.is_broken = True
    if isinstance(error, MovedError):
        draft.settle("partial", f"the page left while it was being read: {error}")
    else:
        draft.settle("crashed", error.message.splitlines()[0])


async def _steps(tab: Tab, capture: Capture, draft: Draft) -> None:
    await _arrive(tab, capture, draft)
    if draft.outcome == "ok":
        await _walk(tab, capture, draft)
        await _read_moving(tab, draft)
    if draft.rendering.pictures and draft.is_read:
        draft.pictures = await _read_pictures(tab, capture, draft)


# --- arriving ---------------------------------------------------------------------------------------------------


async def _arrive(tab: Tab, capture: Capture, draft: Draft) -> None:
    try:
        await tab.page.goto(draft.url, wait_until="commit", timeout=draft.left * 1000)
    except PlaywrightTimeout:
        tab.is_broken = True
        draft.settle("timeout", "no answer before the deadline")
    except Error as error:
        if "interrupted by another navigation" not in error.message:
            await _judge_arrival(capture, draft, error.message)
    _judge_answer(capture, draft)


async def _judge_arrival(capture: Capture, draft: Draft, message: str) -> None:
    found = re.search(r"net::(ERR_\w+)", message)
    code = found[1] if found else ""
    status = capture.main.status if capture.main else 0
    apps = [popup.url for popup in capture.popups if popup.via == "app"]
    if "Download is starting" in message or capture.downloads:
        draft.settle("partial", "the address is a download")
    elif status in NO_CONTENT:
        draft.settle("partial", f"HTTP {status}: the address has no content")
    elif apps:
        draft.settle("partial", f"the address leads to an app: {apps[0]}")
    elif code == "ERR_TUNNEL_CONNECTION_FAILED" and await is_refused(draft.proxy, draft.url):
        draft.settle("blocked_address", "the egress proxy refused the address")
    elif "TIMED_OUT" in code:
        draft.settle("timeout", code)
    elif code:
        draft.settle("network_error", code)
    else:
        draft.settle("crashed", message.splitlines()[0])


def _judge_answer(capture: Capture, draft: Draft) -> None:
    answer = capture.main
    if answer is None:
        return
    if answer.status == 403 and REFUSED_HEADER in answer.headers:  # noqa: PLR2004  # HTTP's own number
        draft.settle("blocked_address", f"the egress proxy refused the address: {answer.headers[REFUSED_HEADER]}")
    elif answer.status in GATEWAY_FAILURES:
        draft.settle("network_error", f"HTTP {answer.status} from a gateway")


# --- walking ----------------------------------------------------------------------------------------------------


async def _walk(tab: Tab, capture: Capture, draft: Draft) -> None:
    """Walk until the page is drawn in its own eyes and nothing is in flight in ours."""
    signatures: list[str] = []
    for _ in range(MAX_STEPS):
        step = await _step(tab, draft)
        if step["state"] == "click":
            draft.counts["cart_opened"] = 1
            await tab.page.mouse.click(step["x"], step["y"])
            continue
        if step["state"] == "quiet":
            signatures.append(step["signature"])
        is_polling = signatures[-MAX_SAME:] == signatures[-1:] * MAX_SAME
        if step["state"] in ENDS or is_polling or await _is_at_rest(capture, draft):
            _judge_step(draft, step["state"])
            return
    _judge_step(draft, "late")


async def _step(tab: Tab, draft: Draft) -> dict[str, Any]:
    for _ in range(MAX_MOVES):
        try:
            step: dict[str, Any] = await tab.evaluate("walk", _spec(draft))
        except MovedError:
            await asyncio.sleep(MOVE_S)
        else:
            return step
    return {"state": "moving"}


async def _is_at_rest(capture: Capture, draft: Draft) -> bool:
    if not capture.waiting_for():
        return True
    if await capture.drain(min(DRAIN_S, draft.left)):
        return False
    for url in capture.waiting_for(DATA)[:1]:
        draft.settle("partial", f"no answer came for {url}")
    return True


def _judge_step(draft: Draft, state: str) -> None:
    draft.counts["capped"] = int(state in ENDS)
    if state == "unready":
        marks = draft.rendering.ready
        more = f" and {len(marks) - SHOWN_MARKS} others" if len(marks) > SHOWN_MARKS else ""
        named = ", ".join(marks[:SHOWN_MARKS])
        draft.settle("partial", f"none of the marks of a drawn page appeared ({named}{more})")
    elif state == "endless":
        draft.settle("partial", f"the list went on after {draft.rendering.max_scrolls} scrolls")
    elif state == "oversize":
        draft.settle("too_large", "the page grew beyond what is kept and was stopped")
    elif state == "moving":
        draft.settle("partial", "the page kept navigating")
    draft.is_late = state == "late"


def _spec(draft: Draft) -> dict[str, Any]:
    rendering = draft.rendering
    return {
        "ready": rendering.ready,
        "product_area": rendering.product_area,
        "item": rendering.item,
        "cart": rendering.cart,
        "scroll_to_end": rendering.scroll_to_end,
        "max_scrolls": rendering.max_scrolls,
        "settle_ms": rendering.settle_ms,
        "budget_ms": draft.left * 1000,
        "pictures": rendering.pictures,
        "min_px": MIN_PICTURE_PX,
        "max_pictures": MAX_PICTURES,
    }


# --- reading ----------------------------------------------------------------------------------------------------


async def _read_moving(tab: Tab, draft: Draft) -> None:
    for _ in range(MAX_MOVES):
        try:
            return await _read(tab, draft)
        except MovedError:
            await asyncio.sleep(MOVE_S)
    return draft.settle("partial", "the page kept navigating")


async def _read(tab: Tab, draft: Draft) -> None:
    seen = json.loads(await tab.evaluate("collect", _spec(draft)))
    draft.final_url = seen["url"]
    draft.counts |= seen["counts"] | {"ready": int(seen["ready"])}
    draft.html = seen["html"]
    draft.is_read = True
    if seen["oversize"]:
        draft.outcome, draft.detail = "too_large", "the page is larger than what is kept"
    parts = [f'<div data-cartwatch="scrolled-away">{part}</div>' for part in seen["away"]]
    draft.html = _append(draft.html, parts + await _read_frames(tab, draft))
    if draft.is_late:
        outcome: Outcome = "partial" if seen["ready"] else "timeout"
        draft.settle(outcome, "the page was still changing when time ran out")
    draft.states = await tab.read_states()


async def _read_frames(tab: Tab, draft: Draft) -> list[str]:
    site = registrable_domain(urlsplit(tab.page.url).hostname or "")
    frames = [frame for frame in tab.page.frames if frame is not tab.page.main_frame and _is_of(site, frame.url)]
    if len(frames) > MAX_FRAMES:
        draft.counts["capped"] = 1
    parts = []
    for frame in frames[:MAX_FRAMES]:
        try:
            text = await asyncio.wait_for(frame.evaluate(FRAME_JS), FRAME_TIMEOUT_S)
        except (Error, TimeoutError):  # A frame that hangs or has gone.
            draft.counts["capped"] = 1
            continue
        if text:
            parts.append(f'<div data-cartwatch="frame" data-url="{html.escape(frame.url)}">{text}</div>')
    return parts


def _is_of(site: str, url: str) -> bool:
    """Whether a frame shows the page's own content: another site's frame is where a link leads, not what is here."""
    return not url.startswith("http") or registrable_domain(urlsplit(url).hostname or "") == site


def _append(page: str, parts: list[str]) -> str:
    """Put parts at the end of a page's body."""
    if not parts:
        return page
    head, end, tail = page.rpartition("</body>")
    return head + "".join(parts) + end + tail if end else page + "".join(parts)


async def _read_pictures(tab: Tab, capture: Capture, draft: Draft) -> Pictures:
    spec = _spec(draft) | {"has_images": draft.fetch is None}
    if draft.fetch is None:
        return await take_pictures(tab, capture, spec)
    return await read_pictures(tab, spec, draft.fetch, draft.ends)


# --- the result -------------------------------------------------------------------------------------------------


def _judge(tab: Tab, capture: Capture, draft: Draft) -> None:
    if draft.final_url.startswith("chrome-error:"):
        draft.settle("network_error", "the page led to an address that could not be opened")
    if capture.is_capped:
        draft.counts["capped"] = 1
        draft.settle("partial", "the page fetched or opened more than is kept")
    if capture.is_tainted and draft.outcome != "ok":
        tab.is_broken = True


def _page(capture: Capture, draft: Draft, started: float, clock: float) -> Page:
    main = capture.main
    is_error_page = not draft.final_url or draft.final_url.startswith("chrome-error:")
    counts = {"cart_opened": 0, "scrolls": 0, "items": 0, "product_area": 0, "ready": 0, "capped": 0} | draft.counts
    opened = sum(popup.via in {"popup", "app"} for popup in capture.popups)
    return Page(
        requested_url=draft.url,
        final_url=(main.url if main else draft.url) if is_error_page else draft.final_url,
        html=draft.html,
        outcome=draft.outcome,
        fetched_ms=int(started * 1000),
        http_status=main.status if main else None,
        elapsed_ms=int((time.monotonic() - clock) * 1000),
        states=draft.states,
        bodies=capture.bodies,
        frames=tuple(capture.frames),
        popups=capture.popups,
        images=draft.pictures.images,
        content_type=main.headers.get("content-type", "") if main else "",
        detail=draft.detail,
        interaction=counts | {"popups": opened, "dialogs": capture.dialogs, "downloads": capture.downloads},
    )
