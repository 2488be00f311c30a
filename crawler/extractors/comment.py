"""Addresses in HTML comments: links that somebody commented out, or hid there."""

from __future__ import annotations

from collections.abc import Iterator

from crawler.reading.carrier import is_asset, web_addresses
from crawler.reading.document import Document
from crawler.shapes import Extractor
from storage.records import Sighting


def _extract(document: Document) -> Iterator[Sighting]:
    for locator, text in document.comments:
        for address in web_addresses(document, text):
            if not is_asset(address.url):
                place = f"{locator} {address.start}-{address.end}"
                yield Sighting(raw=address.raw, url=address.url, found_in="comment", locator=place)


EXTRACTOR = Extractor(summary="HTML comments", extract=_extract)
