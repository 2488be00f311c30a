"""Addresses in any other attribute: ``data-*``, event handlers, and resources that hold another address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from crawler.reading.carrier import (
    data_addresses,
    handler_addresses,
    in_attribute_json,
    is_asset,
    is_prose,
    jump_address,
    on_element,
    web_addresses,
)
from crawler.reading.document import Document
from crawler.reading.text import Address, host_of, is_shop_host, is_web, read_reference, words
from crawler.reading.tree import unwrap
from crawler.reading.walk import Attribute
from crawler.shapes import Extractor
from storage.records import Sighting

_OWNED = frozenset(
    {("a", "href"), ("area", "href"), ("base", "href"), ("form", "action"), ("button", "formaction")}
    | {("input", "formaction"), ("iframe", "src"), ("iframe", "srcdoc"), ("frame", "src"), ("object", "data")}
    | {("embed", "src"), ("meta", "content")},
)
"""Attributes that other extractors read."""

_IMAGE_SOURCES = (
    "src",
    "srcset",
    "data-src",
    "data-original",
    "data-lazy",
    "data-lazy-src",
    "data-lazyload",
    "lazy-src",
)
_LOADING = frozenset(
    {("img", name) for name in _IMAGE_SOURCES}
    | {("script", "src"), ("link", "href"), ("link", "imagesrcset"), ("source", "src"), ("source", "srcset")}
    | {("video", "src"), ("video", "poster"), ("audio", "src"), ("track", "src"), ("input", "src")}
    | {("image", "href"), ("use", "href")},
)
"""Attributes that make a browser load a file: no link, unless they hold the address of a page."""

_PAGES = frozenset(words("canonical alternate amphtml prerender prefetch next prev shortlink bookmark"))
"""What ``<link rel>`` says of a page."""
_PLUGINS = frozenset({"pluginspage", "codebase"})
"""Where a browser of old found a plug-in."""
_NEVER = frozenset({"style", "xmlns", "d", "points", "viewBox", "integrity", "nonce", "itemtype", "prefix"})


def _extract(document: Document) -> Iterator[Sighting]:
    for attribute in document.attributes:
        _element, tag, name, value = attribute
        if (tag, name) in _OWNED or name in _NEVER or name.startswith("xmlns"):
            continue
        if tag == "img" and name == "src" and "?" not in value and value.startswith(("http", "/")):
            continue  # most attributes of a page of cards
        held = document.embedded(value)
        if held is not None:
            yield from in_attribute_json(document, "attribute", attribute, held)
            continue
        for address in _addresses(document, attribute, unwrap(value.strip())):
            yield on_element(document, "attribute", attribute, address)


def _addresses(document: Document, attribute: Attribute, opened: str) -> Iterator[Address]:
    _element, tag, name, value = attribute
    if (tag, name) in _LOADING:
        yield from _loaded(document, attribute)
    elif name in _PLUGINS and not is_shop_host(host_of(value)):
        return
    elif name.startswith("on"):
        for address in handler_addresses(document, value):
            if is_web(address.url) and not is_asset(address.url):
                yield address
    elif value.startswith("/") and not value.startswith("//"):
        jump = jump_address(document, value)
        yield from [jump] if jump else []
    elif ("." in opened or "%" in opened or not opened.isascii()) and (value.isascii() or not is_prose(value)):
        found = web_addresses(document, opened)
        yield from (_as_written(address, value) for address in found if not is_asset(address.url))


def _loaded(document: Document, attribute: Attribute) -> Iterator[Address]:
    element, tag, name, value = attribute
    if tag == "link" and name == "href" and _leads(element):
        address = read_reference(value)
        if address and is_web(address.url) and is_shop_host(host_of(address.url)) and not is_asset(address.url):
            yield address
            return
    if tag == "script" and value[:5].lower() == "data:":
        yield from data_addresses(document, value)
    else:
        yield from _held(document, value)


def _leads(element: Any) -> bool:  # noqa: ANN401 - an lxml element
    """Whether a ``<link>`` names a page (the same in another place, one to be shown soon) and not a file or a host."""
    return element.get("itemprop") is not None or not _PAGES.isdisjoint((element.get("rel") or "").lower().split())


def _held(document: Document, value: str) -> Iterator[Address]:
    """A loaded file whose address holds that of a page in its parameters: a drawn QR code, say."""
    if "?" in value and not value.startswith("data:"):
        for address in web_addresses(document, value):
            if not is_asset(_as_file(address.url)):
                yield address


def _as_file(url: str) -> str:
    """The address as it would be of a picture, so that only what it holds can make it more."""
    path, mark, query = url.partition("?")
    return f"{path}/x.png{mark}{query}"


def _as_written(address: Address, value: str) -> Address:
    return address if address.raw in value else Address(0, len(value), value, address.url)


EXTRACTOR = Extractor(summary="data attributes, event handlers and any other attribute", extract=_extract)
