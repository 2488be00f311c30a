"""Addresses in what the page fetched (XHR, fetch): JSON, JSONP, text, markup, or base64 of one of these."""

from __future__ import annotations

from collections.abc import Iterator

from crawler.reading.carrier import in_leaves, is_asset, web_addresses
from crawler.reading.document import Document
from crawler.shapes import Extractor
from storage.records import Sighting


def _extract(document: Document) -> Iterator[Sighting]:
    yield from in_leaves(document, "response", document.answer_leaves)
    for position, text, value in document.answers:
        for address in web_addresses(document, text) if value is None else ():
            if not is_asset(address.url):
                place = f"body {position} {address.start}-{address.end}"
                yield Sighting(raw=address.raw, url=address.url, found_in="response", locator=place)


EXTRACTOR = Extractor(summary="answers to what the page fetched", extract=_extract)
