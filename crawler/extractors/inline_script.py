"""Addresses in the code of inline scripts: string literals, ``window.open``, ``location`` assignments.

What script state holds is left to ``script_state``.
"""

from __future__ import annotations

from collections.abc import Iterator

from crawler.reading.carrier import code_addresses, is_asset
from crawler.reading.document import Document
from crawler.reading.text import is_web
from crawler.reading.tree import unwrap
from crawler.shapes import Extractor
from storage.records import Sighting


def _extract(document: Document) -> Iterator[Sighting]:
    held = frozenset(address.url for leaf in document.state_leaves for address in document.addresses(unwrap(leaf.text)))
    for script in document.scripts:
        for address in code_addresses(document, script.text) if script.is_code else ():
            if is_web(address.url) and address.url not in held and not is_asset(address.url):
                place = f"{script.locator} {address.start}-{address.end}"
                yield Sighting(raw=address.raw, url=address.url, found_in="inline_script", locator=place)


EXTRACTOR = Extractor(summary="code of inline scripts", extract=_extract)
