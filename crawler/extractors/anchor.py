"""Links that a visitor can click: ``<a href>`` and ``<area href>``, drawn or hidden."""

from __future__ import annotations

from collections.abc import Iterator

from crawler.reading.carrier import code_addresses, jump_address, on_element
from crawler.reading.document import Document
from crawler.reading.text import Address, is_app, is_web, read_reference
from crawler.shapes import Extractor
from storage.records import Sighting


def _extract(document: Document) -> Iterator[Sighting]:
    for attribute in document.attributes:
        if attribute.name == "href" and attribute.tag in {"a", "area"}:
            for address in _addresses(document, attribute.value.strip()):
                yield on_element(document, "anchor", attribute, address)


def _addresses(document: Document, value: str) -> Iterator[Address]:
    if value[:11].lower() == "javascript:":
        yield from (address for address in code_addresses(document, value) if is_web(address.url))
        return
    address = read_reference(value)
    if address is not None:
        yield from [address] if is_web(address.url) else []
    elif not value.startswith("#") and not is_app(value) and (jump := jump_address(document, value)):
        yield jump


EXTRACTOR = Extractor(summary="links that a visitor can click, drawn or hidden", extract=_extract)
