"""Addresses in style sheets and ``style`` attributes that are of a page and not of a picture or font."""

from __future__ import annotations

from collections.abc import Iterator

from crawler.reading.carrier import is_asset, on_element, web_addresses
from crawler.reading.document import Document
from crawler.shapes import Extractor
from storage.records import Sighting


def _extract(document: Document) -> Iterator[Sighting]:
    for position, element in enumerate(document.root.iter("style")):
        for address in web_addresses(document, element.text or ""):
            if not is_asset(address.url):
                place = f"style[{position}] {address.start}-{address.end}"
                yield Sighting(raw=address.raw, url=address.url, found_in="style", locator=place)
    for attribute in document.attributes:
        if attribute.name == "style" and "//" in attribute.value:
            for address in web_addresses(document, attribute.value):
                if not is_asset(address.url):
                    yield on_element(document, "style", attribute, address)


EXTRACTOR = Extractor(summary="style sheets and style attributes", extract=_extract)
