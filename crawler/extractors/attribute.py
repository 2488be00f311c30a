"""Addresses in any other attribute: ``data-*``, event handlers, and resources that hold another address."""

from __future__ import annotations

from collections.abc import Iterator

from crawler.reading.card import Attribute
from crawler.reading.carrier import (
    code_addresses,
    in_attribute_json,
    is_asset,
    is_prose,
    jump_address,
    on_element,
    web_addresses,
)
from crawler.reading.document import Document
from crawler.reading.literal import read_embedded
from crawler.reading.text import Address
from crawler.reading.tree import unwrap
from crawler.shapes import Extractor
from storage.records import Sighting

_OWNED = {
    "a": {"href"},
    "area": {"href"},
    "base": {"href"},
    "form": {"action"},
    "button": {"formaction"},
    "input": {"formaction"},
    "iframe": {"src", "srcdoc"},
    "frame": {"src"},
    "object": {"data"},
    "embed": {"src"},
    "meta": {"content"},
}
"""Attributes that other extractors read."""

_LOADING = {
    "img": {"src", "srcset", "data-src", "data-original", "data-lazy", "data-lazy-src", "data-lazyload", "lazy-src"},
    "script": {"src"},
    "link": {"href", "imagesrcset"},
    "source": {"src", "srcset"},
    "video": {"src", "poster"},
    "audio": {"src"},
    "track": {"src"},
    "input": {"src"},
    "image": {"href"},
    "use": {"href"},
}
"""Attributes that make a browser load a file: no link, unless they hold the address of a page."""

_NEVER = frozenset(
    {"class", "style", "id", "xmlns", "d", "points", "viewBox", "integrity", "nonce", "itemtype", "prefix"}
)


def _extract(document: Document) -> Iterator[Sighting]:
    for attribute in document.attributes:
        name = attribute.name.rpartition("}")[2]
        if name in _NEVER or name.startswith("xmlns") or name in _OWNED.get(attribute.tag, ()):
            continue
        value = read_embedded(unwrap(attribute.value.strip()))
        if value is not None:
            yield from in_attribute_json(document, "attribute", attribute, value)
            continue
        for address in _addresses(document, attribute, name):
            yield on_element(document, "attribute", attribute, address)


def _addresses(document: Document, attribute: Attribute, name: str) -> Iterator[Address]:
    value = attribute.value
    if name in _LOADING.get(attribute.tag, ()):
        yield from _held(value)
    elif name.startswith("on"):
        yield from (address for address in code_addresses(value) if not is_asset(address.url))
    elif value.startswith("/") and not value.startswith("//"):
        jump = jump_address(document, value)
        yield from [jump] if jump else []
    elif not is_prose(value):
        yield from (
            _as_written(address, value) for address in web_addresses(unwrap(value)) if not is_asset(address.url)
        )


def _held(value: str) -> Iterator[Address]:
    """What a loaded file's address holds in its parameters: the target of a drawn QR code, say."""
    if "?" in value and not value.startswith("data:"):
        for address in web_addresses(value):
            if is_asset(address.url.partition("?")[0] + "/x.png") and not is_asset(_with_ending(address.url)):
                yield address


def _with_ending(url: str) -> str:
    path, mark, query = url.partition("?")
    return f"{path}/x.png{mark}{query}"


def _as_written(address: Address, value: str) -> Address:
    return address if address.raw in value else Address(0, len(value), value, address.url)


EXTRACTOR = Extractor(summary="data attributes, event handlers and any other attribute", extract=_extract)
