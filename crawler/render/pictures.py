"""The QR codes that a page shows: in its image files, its canvases, and what else is drawn on the screen.

A browser that loads no images is enough for almost all of it: image files are fetched beside it, each once a process
where it holds no code. What only a drawing browser can show is named in ``Pictures.unread``.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import unquote_to_bytes

from playwright.async_api import CDPSession, Error

from crawler.reading.qr_code import Scan, read_qr_codes
from crawler.render.capture import BODY_LIMIT, Capture
from storage.records import Image

Fetch: TypeAlias = Callable[[str, str], Awaitable[bytes | None]]
"""Fetches the picture at an address for the page at another. Empty where there is none; ``None`` if that is unknown."""

MIN_PICTURE_PX = 60
MAX_PICTURES = 1000
MAX_SHOT_PX = 8000
SCREEN: dict[str, int] = {"width": 1280, "height": 720}
SHOT_TIMEOUT_S = 8.0
BODY_TIMEOUT_S = 5.0
FETCHES_AT_ONCE = 6
CODELESS_LIMIT = 100_000

_codeless: dict[str, None] = {}
"""Addresses of pictures that hold no code, read once per process: the same cover is on many pages."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """The pictures of a page that hold a QR code, and in words what could not be read without drawing it."""

    images: tuple[Image, ...] = ()
    unread: tuple[str, ...] = ()


async def read_pictures(session: CDPSession, seen: dict[str, Any], fetch: Fetch, seconds: float) -> Pictures:
    """Read the pictures of a page that is open in a browser without images.

    Args:
        session: DevTools session of the page, for a screenshot where something is drawn without an image file.
        seen: what page.js collected: ``pictures``, ``is_drawn``, ``opaque``, ``box`` and ``url``.
        fetch: gets the bytes of an image file.
        seconds: fetching ends then; what has not come by then is unread.
    """
    images = [await _shoot_drawn(session, seen.get("box"))] if seen["is_drawn"] else []
    gate = asyncio.Semaphore(FETCHES_AT_ONCE)

    async def read(picture: dict[str, Any]) -> Image | str | None:
        async with gate:
            return await _read(picture, fetch, seen["url"])

    tasks = [asyncio.ensure_future(read(picture)) for picture in seen["pictures"]]
    _, late = await asyncio.wait(tasks, timeout=seconds) if tasks else ((), ())
    for task in late:
        task.cancel()
    found = ["a picture that was late" if task in late else task.result() for task in tasks]
    unread = [*seen["opaque"], *(one for one in found if isinstance(one, str))]
    return Pictures(await _coded([*images, *(one for one in found if isinstance(one, Image))]), tuple(unread))


async def take_pictures(session: CDPSession, capture: Capture, seen: dict[str, Any]) -> Pictures:
    """Read the pictures of a page that is open in a browser with images: the screen, and each file as it came.

    Args:
        session: DevTools session of the page, drawn.
        capture: what it fetched; holds the bytes of its images.
        seen: ``pictures`` and ``box`` as page.js collected them.
    """
    box = seen.get("box")
    shot = await _shoot_whole(session, box)
    files = [_image(await _loaded(capture, picture["url"]), picture) for picture in seen["pictures"]]
    coded = await _coded([shot, *files])
    if shot.content and not coded and (box is None or box["height"] <= MAX_SHOT_PX):
        for file in files:  # Among them what only a browser reads, as SVG: the screen shows no code in it.
            if file.content and file.url:
                _remember_codeless(file.url)
    return Pictures(coded)


async def _read(picture: dict[str, Any], fetch: Fetch, page: str) -> Image | str | None:
    """A picture that holds a code, nothing, or the address of one of which that is not known."""
    url = str(picture["url"])
    if url in _codeless:
        return None
    if url.startswith("data:"):
        return _image(read_data_address(url), picture)
    content = await fetch(url, page)
    if content == b"":
        return None
    scan = await _scan(content or b"")
    if not scan.is_picture:
        return url[:200]
    if not scan.codes:
        _remember_codeless(url)
        return None
    return _image(content or b"", picture)


async def _coded(images: Iterable[Image | None]) -> tuple[Image, ...]:
    return tuple([image for image in images if image and (await _scan(image.content)).codes])


async def _scan(content: bytes) -> Scan:
    """Decoding takes its time, in which other pages shall go on."""
    return await asyncio.to_thread(read_qr_codes, content) if content else Scan()


def _remember_codeless(url: str) -> None:
    if len(_codeless) >= CODELESS_LIMIT:
        _codeless.pop(next(iter(_codeless)))
    _codeless[url] = None


def _image(content: bytes, picture: dict[str, Any]) -> Image:
    url = picture["url"]
    return Image(content, "" if url.startswith("data:") else url, int(picture["x"]), int(picture["y"]))


async def _shoot_drawn(session: CDPSession, box: dict[str, float] | None) -> Image | None:
    """The page from its top to the end of the product area, in a window of that height.

    Chromium can shoot beyond a window's edge, but loads every image of the page for it, whatever its settings say.
    """
    height = min(int(box["y"] + box["height"]) + 1, MAX_SHOT_PX) if box else SCREEN["height"]
    metrics = SCREEN | {"height": max(height, SCREEN["height"]), "deviceScaleFactor": 1, "mobile": False}
    try:
        await session.send("Emulation.setDeviceMetricsOverride", metrics)
        shot = await _shoot(session, {})
        await session.send("Emulation.clearDeviceMetricsOverride")
    except Error:
        return None
    return Image(shot, "", 0, 0)


async def _shoot_whole(session: CDPSession, box: dict[str, float] | None) -> Image:
    """The product area with its images, or what the window shows where there is none."""
    if box is None:
        return Image(await _shoot(session, {}), "", 0, 0)
    clip = box | {"height": min(box["height"], MAX_SHOT_PX), "scale": 1}
    shot = await _shoot(session, {"captureBeyondViewport": True, "clip": clip})
    return Image(shot, "", int(box["x"]), int(box["y"]))


async def _shoot(session: CDPSession, how: dict[str, Any]) -> bytes:
    """A PNG; none where the page does not show itself in time."""
    asked = {"format": "png", "optimizeForSpeed": True} | how
    try:
        shot = await asyncio.wait_for(session.send("Page.captureScreenshot", asked), SHOT_TIMEOUT_S)
    except (Error, TimeoutError):
        return b""
    return base64.b64decode(shot["data"])


async def _loaded(capture: Capture, address: str) -> bytes:
    """The bytes of an image that the browser loaded; none where it has not, or has forgotten them."""
    if address.startswith("data:"):
        return read_data_address(address)
    response = capture.responses.get(address)
    if response is None:
        return b""
    try:
        content = await asyncio.wait_for(response.body(), BODY_TIMEOUT_S)
    except (Error, TimeoutError):
        return b""
    return content if len(content) <= BODY_LIMIT else b""


def read_data_address(address: str) -> bytes:
    """The bytes in a ``data:`` address; none where it is broken."""
    head, _, data = address.partition(",")
    content = unquote_to_bytes(data)
    if not head.lower().endswith(";base64"):
        return content
    try:
        return base64.b64decode(content + b"=" * (-len(content) % 4))
    except binascii.Error:
        return b""
