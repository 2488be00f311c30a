"""Addresses in WebSocket messages: JSON, text, gzip of either, protobuf or any other binary that holds them plainly."""

from __future__ import annotations

from collections.abc import Iterator

from crawler.reading.carrier import in_leaves, is_asset, web_addresses
from crawler.reading.document import Document
from crawler.shapes import Extractor
from storage.records import Sighting


def _extract(document: Document) -> Iterator[Sighting]:
    for message in document.messages:
        yield from in_leaves(document, "websocket", message.leaves)
        for number, text in enumerate(message.texts):
            for address in web_addresses(document, text):
                if not is_asset(address.url):
                    place = f"frame {message.position} text {number} {address.start}-{address.end}"
                    yield Sighting(raw=address.raw, url=address.url, found_in="websocket", locator=place)


EXTRACTOR = Extractor(summary="WebSocket messages, text and binary", extract=_extract)
