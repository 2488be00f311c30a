"""One browser context with one page, used for many addresses, none of which sees another's state."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from importlib.resources import files
from typing import Any, TypeVar

from playwright.async_api import Browser, BrowserContext, CDPSession, Error, Page

from crawler.render.capture import Capture
from crawler.render.options import Options

T = TypeVar("T")

OPEN_TIMEOUT_S = 20.0
RESET_TIMEOUT_S = 5.0
CLOSE_TIMEOUT_S = 5.0
WORLD = "cartwatch"
SCREEN = {"width": 1280, "height": 720}
UNPAINTED = SCREEN | {
    "deviceScaleFactor": 1,
    "mobile": False,
    "viewport": SCREEN | {"x": 1_000_000, "y": 0, "scale": 1},
}
"""A window that shows a place where no page is. Nothing of it is painted, which saves an eighth; no page can tell."""
WATCHERS = {
    "request": "watch_request",
    "response": "watch_response",
    "requestfinished": "watch_finished",
    "requestfailed": "watch_failed",
    "websocket": "watch_socket",
    "download": "watch_download",
    "dialog": "watch_dialog",
    "frameRequestedNavigation": "watch_scripted",
    "windowOpen": "watch_window",
}
GUARD_JS, PAGE_JS, PICTURES_JS, STATES_JS, FRAME_JS = (
    files(__package__).joinpath(name).read_text(encoding="utf-8")
    for name in ("guard.js", "page.js", "pictures.js", "states.js", "frame.js")
)
READER_JS = f"(Object.hasOwn(globalThis, '{WORLD}') ? {WORLD} : (globalThis.{WORLD} = {PAGE_JS}({PICTURES_JS})))"
"""Sent once a document, for it is long. An element of the page may bear the name too: it is no property of its own."""
APART_JS = """(() => {
  const { apart } = window[Symbol.for("cartwatch")];
  return apart.filter((image) => !image.isConnected && !image.complete).map((image) => image.src);
})()"""


class MovedError(Exception):
    """The document went away while it was being read: the page navigates."""


class Tab:
    """A page to look at addresses with.

    Attributes:
        capture: what the page does now; replaced by :meth:`begin`.
        used: how many addresses it has shown.
        is_broken: it must not be used again.
    """

    def __init__(self, context: BrowserContext, page: Page, session: CDPSession, *, main_frame: str) -> None:
        self.context = context
        self.page = page
        self.session = session
        self.main_frame = main_frame
        self.used = 0
        self.is_broken = False
        self.capture = Capture(main_frame)
        self._world: int | None = None
        self._closing: set[asyncio.Future[bool]] = set()

    @classmethod
    async def open(cls, browser: Browser, options: Options, *, is_painted: bool) -> Tab:
        """A fresh tab in a context of its own: own cookies, storage and cache.

        Args:
            browser: where to open it.
            options: how.
            is_painted: whether its pages are painted; else only while they are shot.
        """
        context = await browser.new_context(
            accept_downloads=False,
            ignore_https_errors=options.is_insecure,
            locale="zh-CN",
            service_workers="block",
            timezone_id="Asia/Shanghai",
            user_agent=options.user_agent or None,
            viewport={"width": SCREEN["width"], "height": SCREEN["height"]},
        )
        reports: list[Tab] = []
        await context.expose_binding("__cartwatch", lambda _, url: reports[0].capture.note(str(url), "popup"))
        await context.add_init_script(GUARD_JS)
        page = await context.new_page()
        session = await context.new_cdp_session(page)
        await session.send("Page.enable")
        tree = await session.send("Page.getFrameTree")
        tab = cls(context, page, session, main_frame=tree["frameTree"]["frame"]["id"])
        reports.append(tab)
        tab._listen()
        if not is_painted:
            await session.send("Emulation.setDeviceMetricsOverride", UNPAINTED)
        return tab

    def _listen(self) -> None:
        for event in ("request", "response", "requestfinished", "requestfailed"):
            self.context.on(event, self._relay(event))
        for event in ("websocket", "download", "dialog"):
            self.page.on(event, self._relay(event))  # type: ignore[call-overload]  # an overload for each literal
        for event in ("frameRequestedNavigation", "windowOpen"):
            self.session.on(f"Page.{event}", self._relay(event))
        self.context.on("page", self._close_window)
        self.page.on("crash", lambda _: self.fail("the page crashed"))
        self.page.on("close", lambda _: self.fail("the page was closed"))

    def _relay(self, event: str) -> Callable[[Any], None]:
        """A listener that hands the event to the record of whatever visit is going on then."""
        name = WATCHERS[event]

        def hand_on(value: object) -> None:
            getattr(self.capture, name)(value)

        return hand_on

    def fail(self, reason: str) -> None:
        """The page or its browser has gone."""
        self.is_broken = True
        self.capture.fail(reason)

    def _close_window(self, window: Page) -> None:
        if window is self.page:
            return
        self.capture.note(window.url, "popup")
        self.capture.is_tainted = True
        task = asyncio.ensure_future(_quietly(window.close(), CLOSE_TIMEOUT_S))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    def begin(self) -> Capture:
        """Start the record of a new visit."""
        self.used += 1
        self._world = None
        self.capture = Capture(self.main_frame)
        return self.capture

    async def evaluate(self, function: str, spec: dict[str, Any]) -> Any:  # noqa: ANN401  # whatever the script gives
        """Call a function that page.js returns in the isolated world of the main document.

        Raises:
            MovedError: the document went away meanwhile.
        """
        reader = WORLD
        if self._world is None:
            world = await self._send("Page.createIsolatedWorld", frameId=self.main_frame, worldName=WORLD)
            self._world = int(world["executionContextId"])
            reader = READER_JS
        try:
            return await self._evaluate(f"{reader}.{function}({json.dumps(spec)})", contextId=self._world)
        except MovedError:
            self._world = None
            raise

    async def images_apart(self) -> list[str]:
        """Addresses of images that scripts load and show nowhere yet."""
        found = await self._evaluate(APART_JS)
        return [url for url in found if isinstance(url, str)] if isinstance(found, list) else []

    async def read_states(self) -> dict[str, str]:
        """Script state of the main document, as JSON text by name."""
        names = (await self._send("Runtime.globalLexicalScopeNames"))["names"]
        readers = ",".join(f"{json.dumps(name)}:()=>{name}" for name in names[:200] if name.isidentifier())
        text = await self._evaluate(f"{STATES_JS}({{{readers}}})")
        try:
            found = json.loads(text)
        except (TypeError, ValueError):  # The page has tampered with the language itself.
            return {}
        return {name: str(state) for name, state in found.items()} if isinstance(found, dict) else {}

    async def _evaluate(self, source: str, **where: int) -> Any:  # noqa: ANN401
        answer = await self._send("Runtime.evaluate", expression=source, awaitPromise=True, returnByValue=True, **where)
        if "exceptionDetails" in answer:
            raise MovedError(str(answer["exceptionDetails"].get("exception", {}).get("description", ""))[:200])
        return answer["result"].get("value")

    async def _send(self, method: str, **params: Any) -> dict[str, Any]:  # noqa: ANN401
        try:
            answer: dict[str, Any] = await self.session.send(method, params)
        except Error as error:
            is_moving = "navigated or closed" in error.message and not self.page.is_closed()
            if not is_moving and (self.is_broken or "closed" in error.message or "crashed" in error.message):
                raise
            raise MovedError(error.message[:200]) from error
        return answer

    async def restore_screen(self) -> None:
        """Undo whatever size the window was given for a screenshot; a tab that cannot must not be used again."""
        with suppress(Error, TimeoutError):
            unpaint = self.session.send("Emulation.setDeviceMetricsOverride", UNPAINTED)
            await asyncio.wait_for(unpaint, RESET_TIMEOUT_S)
            return
        self.is_broken = True

    async def interrupt(self) -> None:
        """Stop a script that never returns."""
        await _quietly(self.session.send("Runtime.terminateExecution"), 1.0)

    async def reset(self) -> bool:
        """Make the tab as new: no document, timer, cookie, storage, history or name is left.

        Tells whether that worked; if not, the tab must be closed.
        """
        if self.is_broken:
            return False
        try:
            await asyncio.wait_for(self._reset(), RESET_TIMEOUT_S)
        except (Error, TimeoutError):
            return False
        self.capture = Capture(self.main_frame)
        return len(self.context.pages) == 1

    async def _reset(self) -> None:
        await self.page.goto("about:blank")  # Where guard.js takes the window's name away.
        await self.session.send("Page.resetNavigationHistory")
        await self.session.send("Storage.clearDataForOrigin", {"origin": "*", "storageTypes": "all"})

    async def close(self) -> bool:
        """Close the page, then its context. Tells whether the browser still obeyed."""
        self.is_broken = True
        closed = await _quietly(self.page.close(), CLOSE_TIMEOUT_S)
        return await _quietly(self.context.close(), CLOSE_TIMEOUT_S) and closed


async def _quietly(work: Awaitable[object], seconds: float) -> bool:
    with suppress(Error):
        try:
            await asyncio.wait_for(work, seconds)
        except TimeoutError:
            return False
    return True
