"""QR codes in pictures of the page and in ``data:`` images: an address, an app link or a share text in each."""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Iterable, Iterator
from urllib.parse import unquote_to_bytes

import zxingcpp
from PIL import Image as Picture
from PIL import UnidentifiedImageError

from crawler.reading.carrier import is_asset
from crawler.reading.document import Document
from crawler.reading.share import read_share_text
from crawler.reading.text import read_address
from crawler.shapes import Extractor
from storage.records import Sighting

_MAX_PIXELS = 40_000_000
"""Pixels of the largest picture that is read, and of all pictures together that stand in one page's own markup."""
_LEAST_SIDE = 11
"""Pixels of the shortest side of the smallest code there is: a Micro QR code of one pixel for each module."""


def _extract(document: Document) -> Iterator[Sighting]:
    for position, image in enumerate(document.page.images):
        for text, box in _placed(_codes(image.content, _MAX_PIXELS)[0], image.x, image.y):
            yield from _sightings(text, f"image {position} {box}")
    yield from _in_markup(document)


def _in_markup(document: Document) -> Iterator[Sighting]:
    """Codes in ``data:`` pictures, each picture read once however often it is shown."""
    known: dict[str, tuple[zxingcpp.Barcode, ...]] = {}
    left = _MAX_PIXELS
    for attribute in document.attributes:
        if attribute.name in {"src", "href", "data-src", "poster", "style"} and "data:image/" in attribute.value:
            source = attribute.value[attribute.value.index("data:image/") :]
            if source not in known:
                known[source], read = _codes(_data(source), left)
                left -= read
            for text, box in _placed(known[source], 0, 0):
                yield from _sightings(text, f"{document.path(attribute.element)}[{attribute.name}] {box}")


def _codes(content: bytes, most: int) -> tuple[tuple[zxingcpp.Barcode, ...], int]:
    """The codes in a picture, and how many pixels were read; none of one too small for a code or of too many pixels."""
    try:
        with Picture.open(io.BytesIO(content)) as picture:
            pixels = picture.width * picture.height
            if pixels > most or min(picture.size) < _LEAST_SIDE:
                return (), 0
            return tuple(zxingcpp.read_barcodes(_on_white(picture))), pixels
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Picture.DecompressionBombError):
        return (), 0


def _placed(codes: Iterable[zxingcpp.Barcode], left: int, top: int) -> Iterator[tuple[str, str]]:
    """The text of each code, and its box in the page: ``x,y WxH`` in pixels."""
    return ((code.text, _box(code.position, left, top)) for code in codes if code.text)


def _on_white(picture: Picture.Image) -> Picture.Image:
    """The picture in shades of grey; what is transparent in it shows a white page."""
    if not picture.has_transparency_data:
        return picture.convert("L")
    colours = picture.convert("RGBA")
    page = Picture.new("RGBA", colours.size, "white")
    return Picture.alpha_composite(page, colours).convert("L")


def _box(position: zxingcpp.Position, left: int, top: int) -> str:
    corners = (position.top_left, position.top_right, position.bottom_left, position.bottom_right)
    x, y = min(corner.x for corner in corners), min(corner.y for corner in corners)
    width, height = max(corner.x for corner in corners) - x, max(corner.y for corner in corners) - y
    return f"{left + x},{top + y} {width}x{height}"


def _data(url: str) -> bytes:
    """The bytes of a ``data:`` address."""
    head, _comma, body = url.partition(",")
    body = body.split(")")[0].strip("\"' ")
    try:
        return base64.b64decode(body) if ";base64" in head else unquote_to_bytes(body)
    except (binascii.Error, ValueError):
        return b""


def _sightings(text: str, place: str) -> Iterator[Sighting]:
    whole = read_address(text)
    if whole is not None:
        if not is_asset(whole.url):
            yield Sighting(raw=text, url=whole.url, found_in="qr_code", locator=place)
        return
    shared = read_share_text(text)
    for address in shared.addresses:
        yield Sighting(raw=address.raw, url=address.url, found_in="qr_code", locator=place)
    for token in shared.passwords:
        yield Sighting(raw=token.raw, url=None, token=token.core, app=shared.app, found_in="qr_code", locator=place)


EXTRACTOR = Extractor(summary="QR codes in pictures", extract=_extract)
