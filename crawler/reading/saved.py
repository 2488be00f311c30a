"""A saved file as a page: HTML, a bare JSON, JSONP or script answer, plain text, or a picture."""

from __future__ import annotations

import html
import re

from crawler.reading.charset import decode
from crawler.reading.qr_code import read_qr_codes
from crawler.reading.wire import is_binary, read_wire
from storage.records import Body, Image, Page

_PICTURES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM")
_HTML_START = re.compile(
    r"\s{0,1000}(?:<!--.{0,2000}?-->\s{0,1000}|<\?xml[^>]{0,200}>\s{0,1000})*<[!a-zA-Z]", re.DOTALL
)
_HTML_TAG = re.compile(
    r"</?(?:html|head|body|div|a|script|p|span|meta|iframe|form|img|table|ul|li|title)\b", re.IGNORECASE
)
_DATA_START = re.compile(r"\s{0,1000}(?:[\[{]|[A-Za-z_$][\w$.]{0,80}\s{0,10}\(\s{0,10}[\[{])")


_OTHER_FILES = {
    b"%PDF-": "a PDF document",
    b"PK\x03\x04": "a ZIP archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a RAR archive",
    b"\x7fELF": "a program",
    b"SQLite format 3\0": "a SQLite database",
}
"""Files that are no page, by their first bytes. What is legible in them is searched all the same."""
_LONG_RUN, _LEGIBLE_PART = 24, 4
"""So many legible characters in a row are no accident, nor is so large a part (a quarter) of all bytes."""


def read_saved(content: bytes, url: str, *, fetched_ms: int = 0) -> Page:
    """The page that a file of saved bytes stands for.

    Args:
        content: the file as it lies on the disk, in any charset.
        url: where it was fetched from; ``""`` if nobody knows.
        fetched_ms: when it was fetched, for times that are told relative to it.
    """
    if content.startswith(_PICTURES):
        return _page(url, fetched_ms, content, images=(Image(content=content, url=url),))
    if is_binary(content):
        return _page(url, fetched_ms, content, bodies=(Body(url=url, content=content),))
    text = decode(content).text
    if _is_html(text):
        return _page(url, fetched_ms, content, html=text)
    if _DATA_START.match(text):
        return _page(url, fetched_ms, content, bodies=(Body(url=url, content=content),))
    return _page(url, fetched_ms, content, html=f"<pre>{html.escape(text, quote=False)}</pre>" if text.strip() else "")


def unreadable(page: Page) -> str:
    """Why nothing at all can be read in a saved file, in words; ``""`` where something can, links or none.

    Args:
        page: as ``read_saved`` gave it.
    """
    if page.images:
        return "" if read_qr_codes(page.content).is_picture else "a picture that cannot be read"
    if page.html or not is_binary(page.content):
        return ""
    kind = next((name for start, name in _OTHER_FILES.items() if page.content.startswith(start)), "")
    return kind or ("" if _is_legible(page.content) else "bytes in which no text can be read")


def _is_legible(content: bytes) -> bool:
    """Whether a binary message holds words, and not only what looks like some in noise."""
    lengths = [len(text) for text in read_wire(content)]
    return max(lengths, default=0) >= _LONG_RUN or sum(lengths) * _LEGIBLE_PART >= len(content)


def _is_html(text: str) -> bool:
    return bool(_HTML_START.match(text)) or (not _DATA_START.match(text) and bool(_HTML_TAG.search(text)))


def _page(
    url: str,
    fetched_ms: int,
    content: bytes,
    *,
    html: str = "",
    bodies: tuple[Body, ...] = (),
    images: tuple[Image, ...] = (),
) -> Page:
    return Page(
        requested_url=url,
        final_url=url,
        html=html,
        bodies=bodies,
        images=images,
        content=content,
        lane="archive",
        fetched_ms=fetched_ms,
    )
