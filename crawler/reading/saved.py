"""A saved file as a page: HTML, a bare JSON, JSONP or script answer, plain text, or a picture."""

from __future__ import annotations

import html
import re

from crawler.reading.charset import decode
from crawler.reading.wire import is_binary
from storage.records import Body, Image, Page

_PICTURES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM")
_HTML_START = re.compile(
    r"\s{0,1000}(?:<!--.{0,2000}?-->\s{0,1000}|<\?xml[^>]{0,200}>\s{0,1000})*<[!a-zA-Z]", re.DOTALL
)
_HTML_TAG = re.compile(
    r"</?(?:html|head|body|div|a|script|p|span|meta|iframe|form|img|table|ul|li|title)\b", re.IGNORECASE
)
_DATA_START = re.compile(r"\s{0,1000}(?:[\[{]|[A-Za-z_$][\w$.]{0,80}\s{0,10}\(\s{0,10}[\[{])")


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
