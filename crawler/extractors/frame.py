"""Pages inside the page: ``<iframe src>``, ``srcdoc``, ``<frame>``, ``<object>`` and ``<embed>``."""

from __future__ import annotations

from collections.abc import Iterator

from crawler.reading.card import words_of
from crawler.reading.carrier import (
    code_addresses,
    data_addresses,
    is_asset,
    is_piece,
    javascript_addresses,
    jump_address,
    on_element,
    web_addresses,
)
from crawler.reading.document import Document
from crawler.reading.text import Address, is_web, read_reference
from crawler.reading.walk import Attribute
from crawler.shapes import Extractor
from storage.records import Page, Sighting

_SOURCES = {"iframe": "src", "frame": "src", "object": "data", "embed": "src"}


def _extract(document: Document) -> Iterator[Sighting]:
    for attribute in document.attributes_of("iframe", "frame", "object", "embed"):
        if _SOURCES.get(attribute.tag) == attribute.name:
            for address in _shown(document, attribute.value):
                yield on_element(document, "frame", attribute, address)
        elif attribute.tag == "iframe" and attribute.name == "srcdoc":
            yield from _inside(document, attribute)


def _shown(document: Document, value: str) -> Iterator[Address]:
    if value[:5].lower() == "data:":
        yield from data_addresses(document, value)
        return
    if value.lstrip()[:11].lower() == "javascript:":
        yield from (one for one in javascript_addresses(document, value.strip()) if not is_asset(one.url))
        return
    address = read_reference(value) or jump_address(document, value)
    if address is not None and is_web(address.url) and not is_asset(address.url):
        yield address


def _inside(document: Document, attribute: Attribute) -> Iterator[Sighting]:
    """Links in the page that ``srcdoc`` holds as text."""
    inner = Document(Page(requested_url=document.base, final_url=document.base, html=attribute.value))
    labels = {link.value.strip(): (inner.path(link.element), words_of(link.element)) for link in inner.attributes}
    coded = [address for script in inner.scripts for address in code_addresses(document, script.text)]
    coded = [address for address in (*coded, *(whole for _place, whole in inner.built)) if is_web(address.url)]
    plain = [address for address in web_addresses(document, attribute.value) if not is_piece(address, coded)]
    known = {address.url for address in plain}
    for address in (*plain, *(one for one in coded if one.url not in known)):
        if not is_asset(address.url):
            place, label = (
                labels.get(address.raw, ("", "")) if address.raw in labels else labels.get(address.url, ("", ""))
            )
            yield on_element(document, "frame", attribute, address, f" {place}".rstrip(), label=label)


EXTRACTOR = Extractor(summary="pages inside the page: iframe, srcdoc, object, embed", extract=_extract)
