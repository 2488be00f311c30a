"""Pictures of a page in which a QR code may hide: a screenshot, its images and its canvases."""

from __future__ import annotations

import asyncio
import base64
import binascii
from typing import Any
from urllib.parse import unquote_to_bytes

from playwright.async_api import CDPSession, Error

from crawler.render.capture import BODY_LIMIT, TOTAL_LIMIT, Capture
from storage.records import Image

MIN_PICTURE_PX = 60
MAX_PICTURES = 60
MAX_SHOT_PX = 8000
SHOT_TIMEOUT_S = 8.0
BODY_TIMEOUT_S = 5.0


async def take_pictures(session: CDPSession, capture: Capture, seen: dict[str, Any]) -> tuple[Image, ...]:
    """The screenshot of the product area (or the page), then each picture in it that is large enough for a code.

    Args:
        session: DevTools session of the page, drawn.
        capture: what it fetched; holds the bytes of its images.
        seen: ``box`` and ``pictures`` as page.js collected them.
    """
    shot = await _shoot(session, seen.get("box"))
    images = [image for image in [shot] if image]
    total = 0
    for picture in seen.get("pictures", []):
        content = await _content(capture, picture)
        total += len(content)
        if content and len(content) <= BODY_LIMIT and total <= TOTAL_LIMIT:
            images.append(_image(content, picture))
    return tuple(images)


def _image(content: bytes, picture: dict[str, Any]) -> Image:
    url = picture["url"]
    return Image(content, "" if url.startswith("data:") else url, int(picture["x"]), int(picture["y"]))


async def _shoot(session: CDPSession, box: dict[str, float] | None) -> Image | None:
    asked: dict[str, Any] = {"format": "png", "optimizeForSpeed": True, "captureBeyondViewport": True}
    if box:
        asked["clip"] = box | {"height": min(box["height"], MAX_SHOT_PX), "scale": 1}
    try:
        shot = await asyncio.wait_for(session.send("Page.captureScreenshot", asked), SHOT_TIMEOUT_S)
    except (Error, TimeoutError):
        return None
    return Image(base64.b64decode(shot["data"]), "", int(box["x"]) if box else 0, int(box["y"]) if box else 0)


async def _content(capture: Capture, picture: dict[str, Any]) -> bytes:
    address = picture.get("data") or picture["url"]
    if address.startswith("data:"):
        return read_data_address(address)
    response = capture.responses.get(address)
    if response is None:
        return b""
    try:
        return await asyncio.wait_for(response.body(), BODY_TIMEOUT_S)
    except (Error, TimeoutError):
        return b""


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
