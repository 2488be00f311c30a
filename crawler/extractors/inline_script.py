"""Addresses in the code of inline scripts: string literals, ``window.open``, ``location`` assignments.

What script state holds is left to ``script_state``.
"""

from __future__ import annotations

from collections.abc import Iterator

from crawler.reading.carrier import code_addresses, is_asset, leaf_addresses
from crawler.reading.document import Document
from crawler.reading.text import find_addresses
from crawler.shapes import Extractor
from storage.records import Sighting


def _extract(document: Document) -> Iterator[Sighting]:
    held = frozenset(_held(document))
    for script in document.scripts:
        if not script.is_code:
            continue
        for address in code_addresses(script.text):
            if address.url not in held and not is_asset(address.url):
                place = f"{script.locator} {address.start}-{address.end}"
                yield Sighting(raw=address.raw, url=address.url, found_in="inline_script", locator=place)


def _held(document: Document) -> Iterator[str]:
    """Every address in script state, words for a reader included."""
    for leaf in document.state_leaves:
        if "/" in leaf.text or "." in leaf.text or "%" in leaf.text or leaf.text.startswith("aHR0c"):
            yield from (address.url for address in find_addresses(leaf.text))
            yield from (address.url for address in leaf_addresses(document, leaf.text))


EXTRACTOR = Extractor(summary="code of inline scripts", extract=_extract)
