"""App addresses anywhere on the page: ``taobao://``, ``openapp.jdmobile://``, ``intent://``, ``kwai://`` and any other."""

from __future__ import annotations

from collections.abc import Iterator

from crawler.reading.carrier import app_addresses, on_element, on_leaf
from crawler.reading.document import Document
from crawler.reading.tree import unwrap
from crawler.shapes import Extractor
from storage.records import Sighting

_LINE_ENDS = {9: None, 10: None, 13: None}
"""What a browser takes out of an address."""


def _extract(document: Document) -> Iterator[Sighting]:
    yield from _in_elements(document)
    yield from _in_data(document)
    codes = [(script.locator, script.text) for script in document.scripts if script.is_code]
    held = frozenset(address.url for leaf in document.state_leaves for address in app_addresses(leaf.text))
    for locator, text in (*document.loose_texts, *codes):
        for address in app_addresses(text):
            place = f"{locator} {address.start}-{address.end}"
            if address.url not in held:
                yield Sighting(raw=address.raw, url=address.url, found_in="deep_link", locator=place)


def _in_elements(document: Document) -> Iterator[Sighting]:
    for attribute in document.attributes:
        if ":" in attribute.value or "%3" in attribute.value:
            for address in app_addresses(attribute.value.translate(_LINE_ENDS)):
                yield on_element(document, "deep_link", attribute, address)
    for block in document.blocks:
        for address in app_addresses(block.text) if ":/" in block.text else ():
            place = f"{document.path(block.element)} {address.start}-{address.end}"
            yield Sighting(raw=address.raw, url=address.url, found_in="deep_link", locator=place)


def _in_data(document: Document) -> Iterator[Sighting]:
    for leaf in document.all_leaves:
        for address in app_addresses(unwrap(leaf.text)):
            yield on_leaf(document, "deep_link", leaf, address)


EXTRACTOR = Extractor(summary="app addresses, wherever they stand", extract=_extract)
