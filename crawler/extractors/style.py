"""Addresses in style sheets and ``style`` attributes that are of a page and not of a picture or font."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crawler.reading.carrier import is_asset, is_credit, on_element, web_addresses
from crawler.reading.document import Document
from crawler.shapes import Extractor
from storage.records import Sighting


def _extract(document: Document) -> Iterator[Sighting]:
    for position, element in enumerate(document.root.iter("style")):
        css = _unescaped(element.text or "")
        for address in web_addresses(document, css):
            if not is_asset(address.url) and not is_credit(css, address):
                place = f"style[{position}] {address.start}-{address.end}"
                yield Sighting(raw=address.raw, url=address.url, found_in="style", locator=place)
    for attribute in document.attributes:
        if attribute.name == "style" and "//" in attribute.value:
            for address in web_addresses(document, _unescaped(attribute.value)):
                if not is_asset(address.url):
                    yield on_element(document, "style", attribute, address)


def _unescaped(css: str) -> str:
    r"""A style sheet with its escapes decoded: ``\2f`` and the blank that ends it are a slash."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), css) if "\\" in css and "//" not in css else css


_ESCAPE = re.compile(r"\\0{0,4}([2-7][0-9a-fA-F])[ \t\n]?")

EXTRACTOR = Extractor(summary="style sheets and style attributes", extract=_extract)
