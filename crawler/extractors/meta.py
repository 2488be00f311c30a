"""Addresses in ``<meta>``: refresh, app links, Open Graph and every other property."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crawler.reading.carrier import is_asset, is_prose, jump_address, on_element, web_addresses
from crawler.reading.document import Document
from crawler.reading.text import Address, clean, is_web
from crawler.reading.walk import Attribute
from crawler.shapes import Extractor
from storage.records import Sighting

_REFRESH = re.compile(r"\s*[\d.]*\s*[;,]?\s*(?:url\s*=)?\s*[\"']?(?P<url>[^\"']*)", re.IGNORECASE)
_IMAGES = re.compile(r"image|icon|logo|thumb|video|audio|color|tile", re.IGNORECASE)


def _extract(document: Document) -> Iterator[Sighting]:
    for attribute in document.attributes_of("meta"):
        if attribute.name == "content":
            for address in _addresses(document, attribute):
                yield on_element(document, "meta", attribute, address)


def _addresses(document: Document, attribute: Attribute) -> Iterator[Address]:
    element, value = attribute.element, attribute.value
    if (element.get("http-equiv") or "").strip().lower() == "refresh":
        yield from _refresh(document, value)
    elif not _IMAGES.search(element.get("property") or element.get("name") or "") and (
        value.isascii() or not is_prose(value)  # other words are share texts
    ):
        yield from (address for address in web_addresses(document, value) if not is_asset(address.url))


def _refresh(document: Document, value: str) -> Iterator[Address]:
    found = _REFRESH.match(value)
    reference = found["url"].strip() if found else ""
    url = clean(reference)
    if is_web(url):
        yield Address(0, len(value), reference, url)
    elif reference and (jump := jump_address(document, reference)):
        yield jump


EXTRACTOR = Extractor(summary="meta refresh, app links, Open Graph and every other property", extract=_extract)
