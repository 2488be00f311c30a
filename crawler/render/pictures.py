"""The QR codes that a page shows: in its image files, its canvases, and what else is drawn on the screen.

A browser that loads no images is enough for almost all of it: image files are fetched beside it, each once in an hour
where it holds no code. What only a browser with images can show is named in ``Pictures.unread``.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import unquote_to_bytes, urlsplit

from playwright.async_api import Error

from crawler.render.capture import BODY_LIMIT, TOTAL_LIMIT, Capture
from crawler.render.scan import scan
from crawler.render.tab import SCREEN, MovedError, Tab
from storage.records import Image

Fetch: TypeAlias = Callable[[str, str], Awaitable[bytes | None]]
"""Fetches the picture at an address for the page at another. Empty where there is none; ``None`` if that is unknown."""
Place: TypeAlias = dict[str, Any]
"""A box on the page in CSS pixels: ``x``, ``y``, ``width`` and ``height``; of a picture, with its ``url``."""

MIN_PICTURE_PX = 60
MAX_PICTURES = 1000
MAX_APART = 30
MAX_SHOT_PX = 8000
MAX_SHOT_WIDTH_PX = 3000
MAX_SHOTS = 5
MARGIN_PX = 20
"""Around what is drawn: a code is nothing without the empty border that it stands in."""
SHOT_TIMEOUT_S = 8.0
BODY_TIMEOUT_S = 5.0
FETCHES_AT_ONCE = 6
CODELESS_LIMIT = 100_000
CODELESS_S = 3600.0

_codeless: dict[str, float] = {}
"""Addresses of pictures that hold no code, and when that was seen: the same cover is on many pages."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """The pictures of a page that hold a QR code, and in words what could not be read."""

    images: tuple[Image, ...] = ()
    unread: tuple[str, ...] = ()


async def read_pictures(tab: Tab, spec: dict[str, Any], fetch: Fetch, ends: float) -> Pictures:
    """Read the pictures of a page that is open in a browser without images.

    Args:
        tab: the page, of which everything else has been read.
        spec: how page.js was asked for it.
        fetch: gets the bytes of an image file.
        ends: fetching ends then, on the loop's clock; what has not come by then is unread.
    """
    seen = json.loads(await tab.evaluate("pictures", spec))
    known = {picture["url"] for picture in seen["pictures"]}
    apart = [url for url in await tab.images_apart() if url not in known and not urlsplit(url).path.endswith(".gif")]
    shots, unread = await _shoot_drawn(tab, seen["drawn"])
    listed = [*seen["pictures"], *({"url": url, "x": 0, "y": 0, "is_apart": True} for url in apart[:MAX_APART])]
    found = await _fetch_all(listed, fetch, seen["url"], ends)
    unread += seen["opaque"]
    unread += [picture["url"][:200] for picture, image in found if image is None and not picture.get("is_apart")]
    if any(image and image.content for picture, image in found if picture.get("is_apart")):
        unread.append("a picture that a script shows once it is loaded")
    if apart and seen["canvases"]:
        unread.append("a canvas that may wait for an image")
    return _kept(
        [*await _coded(shots), *(image for picture, image in found if image and not picture.get("is_apart"))], unread
    )


async def take_pictures(tab: Tab, capture: Capture, spec: dict[str, Any]) -> Pictures:
    """Read the pictures of a page that is open in a browser with images: the screen, and each file as it came.

    Args:
        tab: the page, of which everything else has been read.
        capture: what it fetched; holds the bytes of its images.
        spec: how page.js was asked for it.
    """
    seen = json.loads(await tab.evaluate("pictures", spec))
    boxes = list(_tiles(_around(seen["areas"]) if seen["areas"] else {"x": 0, "y": 0, **SCREEN}))
    shots = [await _shoot(tab, box, {"captureBeyondViewport": True}) for box in boxes[:MAX_SHOTS]]
    unread = [*seen["opaque"], *("the screen could not be shot" for shot in shots if shot is None)]
    if len(boxes) > MAX_SHOTS:
        unread.append("the page is longer than is shot")
    files = [(picture, await _loaded(capture, picture["url"])) for picture in seen["pictures"]]
    images = await _coded([*shots, *(_image(content, picture) for picture, content in files)])
    if not images and not unread:
        for picture, content in files:
            if content and picture.get("visible"):  # Among them what only a browser reads, as SVG.
                _remember_codeless(picture["url"])
    return _kept(images, unread)


# --- files ------------------------------------------------------------------------------------------------------


async def _fetch_all(pictures: list[Place], fetch: Fetch, page: str, ends: float) -> list[tuple[Place, Image | None]]:
    """Each picture with its image: an empty one where it holds no code, ``None`` where that is not known."""
    gate = asyncio.Semaphore(FETCHES_AT_ONCE)

    async def read(picture: Place) -> Image | None:
        async with gate:
            return await _read(picture, fetch, page)

    tasks = [asyncio.ensure_future(read(picture)) for picture in pictures]
    try:
        if tasks:
            await asyncio.wait(tasks, timeout=max(0.0, ends - asyncio.get_running_loop().time()))
    finally:
        late = [task for task in tasks if not task.done()]
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
    return [(picture, None if task in late else task.result()) for picture, task in zip(pictures, tasks, strict=True)]


async def _read(picture: Place, fetch: Fetch, page: str) -> Image | None:
    url = str(picture["url"])
    if time.monotonic() - _codeless.get(url, -CODELESS_S) < CODELESS_S:
        return _image(b"", picture)
    if url.startswith("data:"):
        content = read_data_address(url)
        return _image(content if (await scan(content)).codes else b"", picture)
    answer = await fetch(url, page)
    if not answer:
        return None if answer is None else _image(b"", picture)
    found = await scan(answer)
    if not found.is_picture:
        return None
    if not found.codes:
        _remember_codeless(url)
    return _image(answer if found.codes else b"", picture)


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


def _remember_codeless(url: str) -> None:
    if len(_codeless) >= CODELESS_LIMIT:
        _codeless.pop(next(iter(_codeless)))
    _codeless[url] = time.monotonic()


# --- codes ------------------------------------------------------------------------------------------------------


async def _coded(images: Iterable[Image | None]) -> list[Image]:
    return [image for image in images if image and (await scan(image.content)).codes]


def _kept(images: Iterable[Image], unread: list[str]) -> Pictures:
    """The pictures that hold a code, as far as a page may be kept at all."""
    kept, total = [], 0
    for image in images:
        total += len(image.content)
        if image.content and total <= TOTAL_LIMIT:
            kept.append(image)
    return Pictures(tuple(kept), tuple(unread if total <= TOTAL_LIMIT else [*unread, "more pictures than are kept"]))


def _image(content: bytes, picture: Place) -> Image:
    url = picture["url"]
    return Image(content, "" if url.startswith("data:") else url, int(picture["x"]), int(picture["y"]))


# --- the screen -------------------------------------------------------------------------------------------------


async def _shoot_drawn(tab: Tab, drawn: list[Place]) -> tuple[list[Image], list[str]]:
    """What is drawn without a file, in a window as large as that, and in words what is not to be had.

    Chromium can shoot beyond a window's edge, but loads every image of the page for it, whatever its settings say.
    """
    groups = _grouped(drawn)
    unread = ["more is drawn than is shot"] if len(groups) > MAX_SHOTS else []
    shots = []
    try:
        for box in groups[:MAX_SHOTS]:
            width, height = (
                max(SCREEN["width"], int(box["x"] + box["width"])),
                max(SCREEN["height"], int(box["height"])),
            )
            metrics = {
                "width": min(width, MAX_SHOT_WIDTH_PX),
                "height": height,
                "deviceScaleFactor": 1,
                "mobile": False,
            }
            await tab.session.send("Emulation.setDeviceMetricsOverride", metrics)
            await tab.evaluate("goTo", {"top": box["y"]})
            shots.append(await _shoot(tab, box, {}))
    finally:
        if groups:
            await tab.restore_screen()
    unread += ["the screen could not be shot" for shot in shots if shot is None]
    return [shot for shot in shots if shot], unread


async def _shoot(tab: Tab, box: Place, how: dict[str, Any]) -> Image | None:
    """A part of the page as PNG; nothing where the page does not show itself in time."""
    asked = {"format": "png", "optimizeForSpeed": True, "clip": box | {"scale": 1}} | how
    try:
        shot = await asyncio.wait_for(tab.session.send("Page.captureScreenshot", asked), SHOT_TIMEOUT_S)
    except TimeoutError:
        tab.is_broken = True
        return None
    except Error as error:
        if tab.page.is_closed():
            raise
        raise MovedError(error.message[:200]) from error
    return Image(base64.b64decode(shot["data"]), "", int(box["x"]), int(box["y"]))


def _grouped(places: list[Place]) -> list[Place]:
    """Boxes around places that one window can show, from the top of the page to its end."""
    groups: list[list[Place]] = []
    for place in sorted(places, key=lambda place: float(place["y"])):
        if groups and place["y"] + place["height"] - groups[-1][0]["y"] <= MAX_SHOT_PX:
            groups[-1].append(place)
        else:
            groups.append([place])
    return [tile for group in groups for tile in _tiles(_around(group))]


def _around(places: list[Place]) -> Place:
    left, top = (min(place[edge] for place in places) for edge in ("x", "y"))
    right, bottom = (
        max(place[edge] + place[size] for place in places) for edge, size in (("x", "width"), ("y", "height"))
    )
    left, top = max(0, left - MARGIN_PX), max(0, top - MARGIN_PX)
    width = min(right + MARGIN_PX - left, MAX_SHOT_WIDTH_PX)
    return {"x": left, "y": top, "width": width, "height": bottom + MARGIN_PX - top}


def _tiles(box: Place) -> Iterator[Place]:
    """A box in pieces that can be shot, each reaching so far into the one before that no code is cut in two."""
    top, bottom, overlap = box["y"], box["y"] + box["height"], MAX_SHOT_PX // 10
    while True:
        yield box | {"y": top, "height": min(MAX_SHOT_PX, bottom - top)}
        top += MAX_SHOT_PX - overlap
        if top + overlap >= bottom:
            return


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
