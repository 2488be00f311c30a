"""The browsers and tabs of this process, shared by every crawler, replaced when they are worn or broken."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from contextlib import suppress
from dataclasses import dataclass, field, replace

from playwright.async_api import Browser, Error, Playwright, async_playwright

from crawler.errors import BrowserError
from crawler.render.browser import UNWANTED_FLAGS, find_browser, launch_flags
from crawler.render.look import Look, look
from crawler.render.options import Options
from crawler.render.pictures import Fetch
from crawler.render.tab import OPEN_TIMEOUT_S, Tab
from crawler.shapes import Rendering
from storage.records import Page

logger = logging.getLogger(__name__)

LAUNCH_TIMEOUT_S = 30.0
LAUNCH_ATTEMPTS = 3
CLOSE_TIMEOUT_S = 5.0


@dataclass(eq=False)
class Running:
    """A browser that runs, and its tabs."""

    browser: Browser
    pid: int
    shown: int = 0
    idle: list[Tab] = field(default_factory=list)
    busy: set[Tab] = field(default_factory=set)
    is_retired: bool = False

    @property
    def is_usable(self) -> bool:
        """Whether new pages may be opened in it."""
        return not self.is_retired and self.browser.is_connected()

    def kill(self) -> None:
        """End it whatever it is doing. Its pages end as crashed."""
        self.is_retired = True
        with suppress(ProcessLookupError, PermissionError):
            os.kill(self.pid, signal.SIGKILL)

    def lose(self) -> None:
        """It has gone by itself."""
        self.is_retired = True
        for tab in (*self.busy, *self.idle):
            tab.fail("the browser went away")


class Pool:
    """At most ``options.pages`` pages at once, in a browser without images; one with images is started when needed."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self._slots = asyncio.Semaphore(options.pages)
        self._lock = asyncio.Lock()
        self._driver: Playwright | None = None
        self._running: dict[bool, Running] = {}
        self._cleaning: set[asyncio.Task[None]] = set()

    async def render(self, url: str, rendering: Rendering, fetch: Fetch | None = None) -> Page:
        """See the page behind an address; waits for a free tab first.

        Images cost more than all the rest of a page, so it is opened without them, and opened again with them only
        where one of its pictures could not be read otherwise.

        Args:
            url: what to open.
            rendering: how to use the page.
            fetch: gets the pictures of a page; needed where ``rendering`` asks for them.

        Raises:
            BrowserError: no browser can be started.
        """
        first = await self._look(url, rendering, fetch, has_images=False)
        if not first.unread or first.page.outcome != "ok":
            return first.page
        second = await self._look(url, rendering, None, has_images=True)
        images = first.page.images + second.page.images
        missed = _missed(first, second)
        if not missed:
            return replace(first.page, images=images)
        return replace(first.page, images=images, outcome="partial", detail=f"a picture could not be read: {missed}")

    async def _look(self, url: str, rendering: Rendering, fetch: Fetch | None, *, has_images: bool) -> Look:
        await self._slots.acquire()
        try:
            running, tab = await self._take(has_images=has_images)
        except BaseException:
            self._slots.release()
            raise
        try:
            return await look(tab, url, rendering, proxy=self.options.proxy, fetch=fetch)
        finally:
            task = asyncio.ensure_future(self._give_back(running, tab))
            self._cleaning.add(task)
            task.add_done_callback(self._cleaning.discard)

    async def close(self) -> None:
        """Close every browser and the driver."""
        if self._cleaning:
            await asyncio.wait(self._cleaning, timeout=CLOSE_TIMEOUT_S)
        for running in self._running.values():
            await _shut(running)
        self._running.clear()
        if self._driver:
            await self._driver.stop()
            self._driver = None

    async def _take(self, *, has_images: bool) -> tuple[Running, Tab]:
        for _ in range(LAUNCH_ATTEMPTS):
            running = await self._get_running(has_images=has_images)
            while running.idle:
                tab = running.idle.pop()
                if not tab.is_broken:
                    running.busy.add(tab)
                    return running, tab
            try:
                opening = Tab.open(running.browser, self.options, is_painted=has_images)
                tab = await asyncio.wait_for(opening, OPEN_TIMEOUT_S)
            except (Error, TimeoutError) as error:
                logger.warning("a browser that opens no page is replaced: %s", str(error).partition("\n")[0])
                running.kill()
                continue
            running.busy.add(tab)
            return running, tab
        raise BrowserError(f"{LAUNCH_ATTEMPTS} browsers in a row opened no page: see `cartwatch doctor`")

    async def _get_running(self, *, has_images: bool) -> Running:
        async with self._lock:
            running = self._running.get(has_images)
            if running is None or not running.is_usable:
                running = self._running[has_images] = await self._launch(has_images=has_images)
            return running

    async def _launch(self, *, has_images: bool) -> Running:
        options = self.options
        found = await asyncio.to_thread(find_browser, options.browser)
        if self._driver is None:
            self._driver = await async_playwright().start()
        try:
            browser = await self._driver.chromium.launch(
                executable_path=found.path,
                args=launch_flags(proxy=options.proxy, has_images=has_images),
                ignore_default_args=list(UNWANTED_FLAGS),
                chromium_sandbox=found.is_sandboxed,
                proxy={"server": options.proxy} if options.proxy else None,
                timeout=LAUNCH_TIMEOUT_S * 1000,
                # Ctrl-C in a terminal reaches the driver too; pages under way are to be finished first.
                handle_sigint=False,
                handle_sigterm=False,
                handle_sighup=False,
            )
            running = Running(browser, await _pid(browser))
        except Error as error:
            raise BrowserError(f"{found.path} does not start: {error.message.splitlines()[0]}") from error
        browser.on("disconnected", lambda _: running.lose())
        return running

    async def _give_back(self, running: Running, tab: Tab) -> None:
        try:
            running.shown += 1
            is_worn = tab.used >= self.options.page_limit or running.shown >= self.options.browser_limit
            is_clean = not is_worn and await tab.reset()
            if not is_clean and running.browser.is_connected() and not await tab.close():
                logger.warning("a browser that closes no page is killed")
                running.kill()
            running.busy.discard(tab)
            if is_clean:
                running.idle.append(tab)
            await self._retire(running)
        finally:
            running.busy.discard(tab)
            self._slots.release()

    async def _retire(self, running: Running) -> None:
        if running.shown >= self.options.browser_limit:
            running.is_retired = True
        if running.is_retired and not running.busy:
            await _shut(running)


def _missed(first: Look, second: Look) -> str:
    """In words, what a second look with images could not show either; nothing where it showed all."""
    areas = [look.page.interaction["product_area"] for look in (first, second)]
    if second.page.outcome != "ok" or areas[1] < areas[0]:
        return f"{first.unread[0]} (the page opened with its images is another: {second.page.outcome})"
    return second.unread[0] if second.unread else ""


async def _pid(browser: Browser) -> int:
    session = await browser.new_browser_cdp_session()
    found = await session.send("SystemInfo.getProcessInfo")
    await session.detach()
    return next(int(process["id"]) for process in found["processInfo"] if process["type"] == "browser")


async def _shut(running: Running) -> None:
    running.is_retired = True
    try:
        await asyncio.wait_for(running.browser.close(), CLOSE_TIMEOUT_S)
    except (Error, TimeoutError):
        running.kill()


_pools: dict[tuple[asyncio.AbstractEventLoop, Options], tuple[Pool, int]] = {}


def acquire(options: Options) -> Pool:
    """The pool of this process for these options. Each call must be paid back by :func:`release`."""
    key = (asyncio.get_running_loop(), options)
    pool, users = _pools.get(key, (None, 0))
    pool = pool or Pool(options)
    _pools[key] = (pool, users + 1)
    return pool


async def release(pool: Pool) -> None:
    """Stop using a pool; the last user closes it."""
    key = (asyncio.get_running_loop(), pool.options)
    _, users = _pools[key]
    if users > 1:
        _pools[key] = (pool, users - 1)
        return
    del _pools[key]
    await pool.close()
