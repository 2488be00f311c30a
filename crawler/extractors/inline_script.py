"""Addresses in the code of inline scripts: string literals, and what the script puts together from pieces.

What script state holds is left to ``script_state``.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from crawler.reading.carrier import code_addresses, is_asset, is_credit, is_cut, is_piece
from crawler.reading.document import Document
from crawler.reading.text import Address, is_web
from crawler.reading.tree import unwrap
from crawler.shapes import Extractor
from storage.records import Sighting


def _extract(document: Document) -> Iterator[Sighting]:
    known = {address.url for leaf in document.state_leaves for address in document.addresses(unwrap(leaf.text))}
    held = frozenset(known)
    codes = dict.fromkeys(script.text for script in document.scripts if script.is_code)
    wholes = [address for _place, address in document.built]
    for script in document.scripts:
        for address in code_addresses(document, script.text) if script.is_code else ():
            is_part = is_piece(address, wholes) or is_cut(address, codes, document.cut)
            if _is_outbound(address, held) and not is_part and not is_credit(script.text, address):
                known.add(address.url)
                place = f"{script.locator} {address.start}-{address.end}"
                yield Sighting(raw=address.raw, url=address.url, found_in="inline_script", locator=place)
    for place, address in document.built:
        if _is_outbound(address, known):
            known.add(address.url)
            yield Sighting(raw=address.raw, url=address.url, found_in="inline_script", locator=place)


def _is_outbound(address: Address, known: AbstractSet[str]) -> bool:
    return is_web(address.url) and address.url not in known and not is_asset(address.url)


EXTRACTOR = Extractor(summary="code of inline scripts", extract=_extract)
