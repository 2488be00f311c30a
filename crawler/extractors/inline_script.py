"""Addresses in the code of inline scripts: string literals, and where the script goes that builds one from pieces.

What script state holds is left to ``script_state``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from crawler.reading.carrier import code_addresses, is_asset
from crawler.reading.document import Document
from crawler.reading.navigation import find_navigations
from crawler.reading.text import is_web, read_reference
from crawler.reading.tree import unwrap
from crawler.shapes import Extractor
from storage.records import Sighting

_MAX_BUILT = 50_000
"""Characters of a script that is walked for addresses that it builds; longer ones are libraries."""
_LEAVES = re.compile(r"\blocation\b|\bopen\s*\(")
_GOES = re.compile(
    r"\blocation\b(?!\s*\.\s*(?:(?:search|hash|host|hostname|protocol|pathname|origin|port|reload|toString)\b"
    r"|href\b(?!\s*(?:[-+*/|&?]|=(?!=)))))"
    r"|\bopen\s*\((?!\s*[\"'](?:GET|POST|PUT|HEAD|DELETE)\b)",
    re.IGNORECASE,
)
"""``_LEAVES`` where the address is not merely read, nor a request opened."""
_BUILDS = re.compile(
    r"\.join\s*\(|fromCharCode|atob\s*\(|\$\{|unescape\s*\(|\.reverse\s*\(|//[\"'`]|[\"'`]\s*\+\s*\w|\.concat\s*\("
)


def _extract(document: Document) -> Iterator[Sighting]:
    known = {address.url for leaf in document.state_leaves for address in document.addresses(unwrap(leaf.text))}
    held = frozenset(known)
    for script in document.scripts:
        for address in code_addresses(document, script.text) if script.is_code else ():
            if is_web(address.url) and address.url not in held and not is_asset(address.url):
                known.add(address.url)
                place = f"{script.locator} {address.start}-{address.end}"
                yield Sighting(raw=address.raw, url=address.url, found_in="inline_script", locator=place)
    yield from _built(document, known)


def _built(document: Document, known: set[str]) -> Iterator[Sighting]:
    """Where scripts would go that put an address together from pieces: read, never run."""
    builders = [script.text for script in document.scripts if script.is_code and _is_builder(script.text)]
    goes = any(_GOES.search(code) for code in builders)
    for position, navigation in enumerate(find_navigations(builders, document.page.final_url) if goes else ()):
        address = read_reference(navigation.url or "")
        if address is not None and is_web(address.url) and address.url not in known and not is_asset(address.url):
            known.add(address.url)
            place = f"navigation[{position}]"
            yield Sighting(raw=address.raw, url=address.url, found_in="inline_script", locator=place)


def _is_builder(code: str) -> bool:
    return len(code) <= _MAX_BUILT and bool(_LEAVES.search(code)) and bool(_BUILDS.search(code))


EXTRACTOR = Extractor(summary="code of inline scripts", extract=_extract)
