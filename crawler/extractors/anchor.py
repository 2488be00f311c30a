"""Links that a visitor can click: ``<a href>`` and ``<area href>``, drawn or hidden."""

from __future__ import annotations

from collections.abc import Iterator

from crawler.reading.card import Attribute
from crawler.reading.carrier import code_addresses, jump_address, on_element
from crawler.reading.document import Document
from crawler.reading.text import Address, is_app, is_web, read_address
from crawler.shapes import Extractor
from storage.records import Sighting


def _extract(document: Document) -> Iterator[Sighting]:
    for attribute in document.attributes:
        if attribute.tag in {"a", "area"} and attribute.name.rpartition("}")[2] == "href":
            for address in _addresses(document, attribute):
                yield on_element(document, "anchor", attribute, address)


def _addresses(document: Document, attribute: Attribute) -> Iterator[Address]:
    value = attribute.value.strip()
    if value[:11].lower() == "javascript:":
        yield from code_addresses(value)
        return
    address = read_address(value) or _spaced(value)
    if address is not None:
        yield from [address] if is_web(address.url) else []
    elif not is_app(value) and not value.startswith("#") and (jump := jump_address(document, value)):
        yield jump


def _spaced(value: str) -> Address | None:
    """An address with white space or quotes in it, which a browser takes out or encodes."""
    address = read_address("".join(value.split()).strip("\"'`"))
    return Address(0, len(value), value, address.url) if address else None


EXTRACTOR = Extractor(summary="links that a visitor can click, drawn or hidden", extract=_extract)
