"""QR codes in pictures of the page, written in it or drawn by it: an address, an app link or a share text in each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from urllib.parse import unquote, unquote_to_bytes

from crawler.extractors._qr_code_drawn import drawn_in_svg, drawn_in_svg_text, drawn_in_table
from crawler.reading.carrier import is_asset
from crawler.reading.document import Document
from crawler.reading.qr_code import MAX_PIXELS, QRCode, Scan, read_qr_codes
from crawler.reading.share import read_share_text
from crawler.reading.text import read_address
from crawler.reading.wire import read_base64
from crawler.shapes import Extractor
from storage.records import Sighting


def _extract(document: Document) -> Iterator[Sighting]:
    for position, image in enumerate(document.page.images):
        for code in read_qr_codes(image.content).codes:
            yield from _sightings(code.text, f"image {position} {_box(code, image.x, image.y)}")
    yield from _in_markup(document)


def _in_markup(document: Document) -> Iterator[Sighting]:
    """Codes in pictures that the page itself holds, each picture read once however often it is shown.

    All of one page together may have as many pixels as one picture.
    """
    known: dict[bytes, Scan] = {}
    left = MAX_PIXELS
    for place, content in chain(_written(document), _drawn(document)):
        if content not in known:
            known[content] = read_qr_codes(content, left)
            left -= known[content].pixels
        for code in known[content].codes:
            yield from _sightings(code.text, f"{place} {_box(code)}")


# --- pictures that stand in the page -------------------------------------------------------------------------------


def _written(document: Document) -> Iterator[tuple[str, bytes]]:
    """Pictures written as text (``data:`` addresses, or base64 alone), and answers that are pictures."""
    for attribute in document.attributes:
        if len(attribute.value) > _LEAST_TEXT:
            for content in _pictures(attribute.value):
                yield f"{document.path(attribute.element)}[{attribute.name}]", content
    for place, text in _texts(document):
        yield from ((place, content) for content in _pictures(text))
    for body in document.page.bodies:
        if body.content.startswith(_PICTURE_HEADS):
            yield f"body {body.position}", body.content


def _texts(document: Document) -> Iterator[tuple[str, str]]:
    """Texts outside attributes that may hold a picture."""
    for position, element in enumerate(document.root.iter("style")):
        yield f"style[{position}]", element.text or ""
    yield from ((script.locator, script.text) for script in document.scripts)
    for leaf in (*document.answer_leaves, *(leaf for message in document.messages for leaf in message.leaves)):
        if len(leaf.text) > _LEAST_TEXT:
            yield leaf.locator, leaf.text
    yield from document.loose_texts


def _pictures(text: str) -> Iterator[bytes]:
    if any(head in text for head in _BASE64_HEADS):
        for found in _BASE64_PICTURE.finditer(unquote(text) if "%2B" in text or "%2F" in text else text):
            yield read_base64(_SPACE.sub("", found[0])) or b""
    if "data:image/svg" in text:
        yield from (drawn_in_svg_text(_svg(found[1], found[2])) for found in _SVG.finditer(text))


def _svg(kind: str, body: str) -> bytes:
    return (read_base64(unquote(body).strip()) or b"") if "base64" in kind else unquote_to_bytes(body.strip("\"' "))


def _drawn(document: Document) -> Iterator[tuple[str, bytes]]:
    for svg in document.root.iter("svg"):
        yield document.path(svg), drawn_in_svg(svg)
    for table in document.root.iter("table"):
        yield document.path(table), drawn_in_table(table)


_LEAST_TEXT = 150
"""Characters of the shortest text that a picture of a code can be written in."""
_BASE64_HEADS = ("iVBORw0KGgo", "/9j", "R0lGOD", "UklGR")
"""How PNG, JPEG, GIF and WebP begin in base64, also in a script."""
_BASE64_PICTURE = re.compile(r"(?:iVBORw0KGgo|\\?/9j\\?/|R0lGOD|UklGR)[A-Za-z0-9+/\s\\]{100,}={0,2}")
_SPACE = re.compile(r"[\s\\]+")
_PICTURE_HEADS = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"RIFF")
_SVG = re.compile(r"data:image/svg\+xml([^,]{0,40}),([^\"]{100,200000})", re.IGNORECASE)


def _box(code: QRCode, left: int = 0, top: int = 0) -> str:
    """Where a code stands in the page: ``x,y WxH`` in pixels."""
    return f"{left + code.x},{top + code.y} {code.width}x{code.height}"


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
