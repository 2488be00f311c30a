"""App addresses anywhere on the page: ``taobao://``, ``openapp.jdmobile://``, ``intent://`` and any other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from crawler.reading.carrier import app_addresses, code_addresses, is_cut, is_piece, on_element, on_leaf
from crawler.reading.document import Document
from crawler.reading.text import Address, is_app
from crawler.reading.tree import Leaf, leaves, unwrap
from crawler.shapes import Extractor
from storage.records import Sighting

_JOINTS = (":/", "：／", ":\\")
"""What stands behind a scheme, as signs of one in words."""
_LINE_ENDS = {9: None, 10: None, 13: None}
"""What a browser takes out of an address."""


def _extract(document: Document) -> Iterator[Sighting]:
    yield from _in_elements(document)
    told = list(_in_leaves(document, document.all_leaves))
    yield from told
    held = {sighting.url for sighting in told}
    for locator, address in _in_texts(document):
        if address.url not in held:
            place = f"{locator} {address.start}-{address.end}"
            yield Sighting(raw=address.raw, url=address.url, found_in="deep_link", locator=place)


def _in_leaves(document: Document, found: Iterable[Leaf]) -> Iterator[Sighting]:
    for leaf in found:
        for address in app_addresses(document, unwrap(leaf.text)):
            yield on_leaf(document, "deep_link", leaf, address)


def _in_elements(document: Document) -> Iterator[Sighting]:
    for attribute in document.attributes:
        value = attribute.value
        is_web_address = (value[:4] == "http" or value[0] in "/#") and value.isascii() and " " not in value
        if is_web_address or not (":/" in value or "%3" in value or ":#" in value or ":\\" in value):
            continue
        if (held := document.embedded(value)) is not None:
            yield from _in_leaves(document, leaves(held, f"{document.path(attribute.element)}[{attribute.name}] $"))
            continue
        for address in app_addresses(document, value.translate(_LINE_ENDS)):
            yield on_element(document, "deep_link", attribute, _opened(address))
    for block in document.blocks:
        if any(joint in block.text for joint in _JOINTS):
            for address in app_addresses(document, block.text):
                place = f"{document.path(block.element)} {address.start}-{address.end}"
                yield Sighting(raw=address.raw, url=address.url, found_in="deep_link", locator=place)


def _opened(address: Address) -> Address:
    """What Android opens for ``android-app://PACKAGE/SCHEME/REST``: ``SCHEME://REST``."""
    found = _ANDROID.match(address.url)
    return address._replace(url=f"{found[1]}://{address.url[found.end() :]}") if found else address


_ANDROID = re.compile(r"android-app://[\w.]+/([a-z][\w.+-]{1,40})/(?=.)", re.IGNORECASE)


def _in_texts(document: Document) -> Iterator[tuple[str, Address]]:
    """App addresses in code and in texts that are no JSON; what script state holds too is not said twice."""
    for locator, text in document.loose_texts:
        yield from ((locator, address) for address in app_addresses(document, text))
    wholes = [address for _place, address in document.built]
    codes = dict.fromkeys(script.text for script in document.scripts if script.is_code)
    known = set()
    for script in document.scripts:
        for address in code_addresses(document, script.text) if script.is_code else ():
            is_part = is_piece(address, wholes) or is_cut(address, codes, document.cut)
            if is_app(address.url) and not is_part:
                known.add(address.url)
                yield script.locator, address
    yield from ((place, one) for place, one in document.built if is_app(one.url) and one.url not in known)


EXTRACTOR = Extractor(summary="app addresses, wherever they stand", extract=_extract)
