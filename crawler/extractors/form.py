"""Forms that send the visitor elsewhere: ``<form action>`` and ``formaction``."""

from __future__ import annotations

from collections.abc import Iterator

from crawler.reading.carrier import jump_address, on_element
from crawler.reading.document import Document
from crawler.reading.text import is_web, read_reference
from crawler.shapes import Extractor
from storage.records import Sighting


def _extract(document: Document) -> Iterator[Sighting]:
    for attribute in document.attributes_of("form", "button", "input"):
        if attribute.name == ("action" if attribute.tag == "form" else "formaction"):
            address = read_reference(attribute.value) or jump_address(document, attribute.value)
            if address is not None and is_web(address.url):
                yield on_element(document, "form", attribute, address)


EXTRACTOR = Extractor(summary="forms that send the visitor elsewhere", extract=_extract)
