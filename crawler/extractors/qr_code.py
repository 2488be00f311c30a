"""QR codes in pictures of the page and in ``data:`` images: an address, an app link or a share text in each."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

from crawler.reading.carrier import is_asset
from crawler.reading.document import Document
from crawler.reading.qr_code import MAX_PIXELS, QRCode, Scan, read_qr_codes
from crawler.reading.share import read_share_text
from crawler.reading.text import read_address
from crawler.shapes import Extractor
from storage.records import Sighting


def _extract(document: Document) -> Iterator[Sighting]:
    for position, image in enumerate(document.page.images):
        for code in read_qr_codes(image.content).codes:
            yield from _sightings(code.text, f"image {position} {_box(code, image.x, image.y)}")
    yield from _in_markup(document)


def _in_markup(document: Document) -> Iterator[Sighting]:
    """Codes in ``data:`` pictures, each picture read once however often it is shown.

    All of one page together may have as many pixels as one picture.
    """
    known: dict[str, Scan] = {}
    left = MAX_PIXELS
    for attribute in document.attributes:
        if attribute.name in {"src", "href", "data-src", "poster", "style"} and "data:image/" in attribute.value:
            source = attribute.value[attribute.value.index("data:image/") :]
            if source not in known:
                known[source] = read_qr_codes(_data(source), left)
                left -= known[source].pixels
            for code in known[source].codes:
                place = f"{document.path(attribute.element)}[{attribute.name}] {_box(code)}"
                yield from _sightings(code.text, place)


def _box(code: QRCode, left: int = 0, top: int = 0) -> str:
    """Where a code stands in the page: ``x,y WxH`` in pixels."""
    return f"{left + code.x},{top + code.y} {code.width}x{code.height}"


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
