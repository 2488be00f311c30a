"""What a page fetched, received and tried to open during one visit, within caps."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Coroutine
from typing import Any, Literal, TypeAlias
from urllib.parse import urldefrag

from playwright.async_api import Dialog, Download, Error, Request, Response, WebSocket

from storage.records import Body, Frame, Popup

BODY_LIMIT = 16 * 1024 * 1024
TOTAL_LIMIT = 64 * 1024 * 1024
FRAME_LIMIT = 5000
POPUP_LIMIT = 50
DIALOG_LIMIT = 10
BODY_TIMEOUT_S = 10.0
PLAIN_SCRIPT_LIMIT = 4096

WAITED = frozenset({"document", "script", "xhr", "fetch"})
"""Kinds of request that may still draw something."""
DATA = frozenset({"xhr", "fetch"})
STREAMS = ("video/", "audio/", "text/event-stream", "application/vnd.apple.mpegurl", "application/x-mpegurl")
OPAQUE = ("video/", "audio/", "image/", "font/", "application/wasm", "text/css")
SILENT_SCHEMES = frozenset({"", "about", "blob", "chrome", "chrome-error", "data", "devtools", "file", "javascript"})

Via: TypeAlias = Literal["popup", "download", "navigation", "app"]

_CALL = re.compile(
    rb"[\s;]*(?:/\*.{0,200}?\*/\s*)*(?:try\s*\{\s*)?[A-Za-z_$][\w$.]*\s*\(\s*([\[{\"'].*[\]}\"'])\s*\)[\s;]*(?:\}\s*catch\s*\(\w+\)\s*\{\s*\}[\s;]*)?",
    re.DOTALL,
)
_LATIN1 = {
    bytes([byte]).decode("cp1252"): bytes([byte])
    for byte in range(0x80, 0xA0)
    if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
"""The characters that browsers, but not the standard, see in these bytes."""
_plain_scripts: dict[str, None] = {}
"""Addresses of scripts that hold no data, looked at once per process: a page's library is the same on every page."""


class Capture:
    """The record of one visit. ``watch_*`` are the listeners of a tab; everything else is read afterwards."""

    def __init__(self, main_frame: str = "") -> None:
        self.main: Response | None = None
        self.is_capped = False
        self.is_tainted = False
        self.dialogs = 0
        self.downloads = 0
        self.navigations = 0
        self.frames: list[Frame] = []
        self.fatal: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.responses: dict[str, Response] = {}
        self._main_frame = main_frame
        self._bodies: list[Body] = []
        self._bytes = 0
        self._seen: set[tuple[str, bytes]] = set()
        self._positions: dict[Request, int] = {}
        self._pending: dict[Request, None] = {}
        self._changed = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._popups: dict[str, Popup] = {}

    # --- results ------------------------------------------------------------------------------------------------

    @property
    def bodies(self) -> tuple[Body, ...]:
        """Bodies of data requests, in the order in which the page asked for them."""
        return tuple(sorted(self._bodies, key=lambda body: body.position))

    @property
    def popups(self) -> tuple[Popup, ...]:
        """Addresses that the page tried to open elsewhere, each once, in order."""
        return tuple(self._popups.values())

    def waiting_for(self, kinds: frozenset[str] = WAITED) -> list[str]:
        """Addresses of requests that are not answered yet."""
        return [request.url for request in self._pending if request.resource_type in kinds]

    async def drain(self, seconds: float) -> bool:
        """Wait until all that is in flight now has been answered. Tells whether that came true in time."""
        ends = asyncio.get_running_loop().time() + seconds
        waited = set(self._pending)
        while waited & self._pending.keys():
            self._changed.clear()
            try:
                await asyncio.wait_for(self._changed.wait(), ends - asyncio.get_running_loop().time())
            except TimeoutError:
                return False
        return True

    async def finish(self, seconds: float) -> None:
        """Wait for the bodies that are being read; what does not come in time is a cap."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=max(0.0, seconds))
            self.is_capped |= bool(late)
            for task in late:
                task.cancel()

    # --- network ------------------------------------------------------------------------------------------------

    def watch_request(self, request: Request) -> None:
        """A request starts."""
        self._positions[request] = len(self._positions)
        is_page = request.is_navigation_request()
        if is_page:
            self._watch_navigation(request)
        if request.resource_type in WAITED and not (is_page and _is_elsewhere(request)):
            self._pending[request] = None

    def watch_response(self, response: Response) -> None:
        """The head of an answer is there."""
        request = response.request
        self.responses[request.url] = response
        if request.is_navigation_request() and self._is_main(request):
            self.main = response
        if response.headers.get("content-type", "").lower().startswith(STREAMS):
            self._settle(request)

    def watch_finished(self, request: Request) -> None:
        """An answer is complete: read it, where it can hold data, before the page forgets it."""
        self._settle(request)
        response = self.responses.get(request.url)
        if response is not None and _may_hold_data(request, response):
            self._spawn(self._read(request, response))

    def watch_failed(self, request: Request) -> None:
        """A request came to nothing."""
        self._settle(request)

    def _settle(self, request: Request) -> None:
        self._pending.pop(request, None)
        self._changed.set()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _read(self, request: Request, response: Response) -> None:
        try:
            content = await asyncio.wait_for(response.body(), BODY_TIMEOUT_S)
        except (Error, TimeoutError):  # Evicted for its size, or the page has gone.
            self.is_capped |= request.resource_type in DATA and response.ok
            return
        if "charset" not in response.headers.get("content-type", "").lower():
            content = undo_latin1(content)
        if request.resource_type == "script" and not is_jsonp(content):
            _remember_plain(request.url)
        elif len(content) > BODY_LIMIT or self._bytes + len(content) > TOTAL_LIMIT:
            self.is_capped = True
        elif content and (response.url, content) not in self._seen:  # A page that polls says the same again and again.
            self._seen.add((response.url, content))
            self._bytes += len(content)
            mime = response.headers.get("content-type", "").partition(";")[0].strip().lower()
            position = self._positions.get(request, 0)
            self._bodies.append(Body(response.url, content, mime, response.status, position))

    # --- leaving the page -----------------------------------------------------------------------------------------

    def note(self, url: str, via: Via) -> None:
        """An address that the page tried to open. A scheme that no browser opens belongs to an app."""
        scheme = url.partition(":")[0].strip().lower() if ":" in url else ""
        if scheme in SILENT_SCHEMES:
            return
        key = urldefrag(url).url
        known = self._popups.get(key)
        if known is None and len(self._popups) >= POPUP_LIMIT:
            self.is_capped = True
        elif known is None or len(known.url) < len(url):  # Request events come without the fragment.
            self._popups[key] = Popup(url, via if scheme in {"http", "https"} else "app")

    def watch_scripted(self, event: dict[str, Any]) -> None:
        """The page asks to go elsewhere (a DevTools event, which keeps the fragment)."""
        is_app = not event["url"].lower().startswith(("http:", "https:"))
        is_main = event.get("frameId") == self._main_frame and event.get("reason") != "reload"
        if is_app or is_main:
            self.note(event["url"], "navigation")

    def watch_window(self, event: dict[str, Any]) -> None:
        """The page opens a window (a DevTools event, which knows the address at once)."""
        self.note(event["url"], "popup")

    def _watch_navigation(self, request: Request) -> None:
        if not request.url.lower().startswith(("http:", "https:")):
            self.note(request.url, "app")
        elif self._is_main(request):
            self.navigations += request.redirected_from is None
        elif _is_elsewhere(request):
            self.note(request.url, "popup")
        else:
            self.is_tainted = True

    def _is_main(self, request: Request) -> bool:
        try:
            return request.frame.parent_frame is None and not _is_elsewhere(request)
        except Error:  # The frame of a window that has not opened yet.
            return False

    # --- everything else --------------------------------------------------------------------------------------------

    def watch_download(self, download: Download) -> None:
        """The page starts a download; the context refuses it."""
        self.downloads += 1
        self.note(download.url, "download")

    def watch_socket(self, socket: WebSocket) -> None:
        """The page opens a WebSocket."""
        socket.on("framereceived", lambda payload: self._keep_frame(socket.url, payload))

    def _keep_frame(self, url: str, payload: str | bytes) -> None:
        content = payload.encode("utf-8", "surrogatepass") if isinstance(payload, str) else payload
        if len(self.frames) >= FRAME_LIMIT or self._bytes + len(content) > TOTAL_LIMIT:
            self.is_capped = True
            return
        self._bytes += len(content)
        self.frames.append(Frame(url, content, isinstance(payload, str), len(self.frames)))

    def watch_dialog(self, dialog: Dialog) -> None:
        """The page asks something: never answered, but let go when it asks whether to leave."""
        self.dialogs += 1
        if self.dialogs > DIALOG_LIMIT:
            self.fail(f"the page opened more than {DIALOG_LIMIT} dialogs")
        self._spawn(_close_dialog(dialog))

    def fail(self, reason: str) -> None:
        """The page cannot go on."""
        if not self.fatal.done():
            self.fatal.set_result(reason)


def is_jsonp(content: bytes) -> bool:
    """Whether a script is one call with data in it and nothing else."""
    match = _CALL.match(content)
    if match is None or b"function" in match[1][:4096] or b"=>" in match[1][:4096]:
        return False
    try:
        json.loads(match[1])
    except (ValueError, RecursionError):
        return match.end() == len(content) and not match[1].startswith((b'"', b"'"))
    return True


def undo_latin1(content: bytes) -> bytes:
    """The bytes of a text that the browser's tools read as Latin-1 because its header named no charset.

    They hand out text, not bytes. A text that was read otherwise comes back as it is.
    """
    if content.isascii():
        return content
    try:
        text = content.decode("utf-8")
        wire = b"".join(_LATIN1.get(char) or char.encode("latin-1") for char in text)
        wire.decode("utf-8" if _is_utf8(wire) else "gb18030")
    except UnicodeError:
        return content
    return wire


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _may_hold_data(request: Request, response: Response) -> bool:
    mime = response.headers.get("content-type", "").lower()
    if request.resource_type in DATA:
        return not mime.startswith(OPAQUE)
    return request.resource_type == "script" and request.url not in _plain_scripts


def _remember_plain(url: str) -> None:
    if len(_plain_scripts) >= PLAIN_SCRIPT_LIMIT:
        _plain_scripts.pop(next(iter(_plain_scripts)))
    _plain_scripts[url] = None


def _is_elsewhere(request: Request) -> bool:
    try:
        page = request.frame.page
    except Error:
        return True
    return page.context.pages[:1] != [page]


async def _close_dialog(dialog: Dialog) -> None:
    try:
        await (dialog.accept() if dialog.type == "beforeunload" else dialog.dismiss())
    except Error:
        return  # The page has gone, and its dialog with it.
