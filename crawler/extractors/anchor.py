"""Links that a visitor can click: ``<a href>`` and ``<area href>``, drawn or hidden."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crawler.reading.carrier import data_addresses, javascript_addresses, jump_address, on_element
from crawler.reading.document import Document
from crawler.reading.text import Address, is_web, read_reference
from crawler.shapes import Extractor
from storage.records import Sighting

_RELATIVE = re.compile(r"[?#]|/(?![/\\])|[\w-]{1,40}/")


def _extract(document: Document) -> Iterator[Sighting]:
    for attribute in document.attributes_of("a", "area"):
        if attribute.name == "href":
            for address in _addresses(document, attribute.value.strip()):
                yield on_element(document, "anchor", attribute, address)


def _addresses(document: Document, value: str) -> Iterator[Address]:
    if value[:11].lower() == "javascript:":
        yield from javascript_addresses(document, value)
        return
    if value[:5].lower() == "data:":
        yield from data_addresses(document, value)
        return
    address = None if _RELATIVE.match(value) else read_reference(value)
    if address is not None:
        yield from [address] if is_web(address.url) else []
    elif jump := jump_address(document, value):
        yield jump


EXTRACTOR = Extractor(summary="links that a visitor can click, drawn or hidden", extract=_extract)
