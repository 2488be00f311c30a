"""Addresses in script state: ``window.__INITIAL_STATE__ = {...}`` and every other object that a script assigns."""

from __future__ import annotations

from collections.abc import Iterator

from crawler.reading.carrier import in_leaves
from crawler.reading.document import Document
from crawler.shapes import Extractor
from storage.records import Sighting


def _extract(document: Document) -> Iterator[Sighting]:
    for sighting in in_leaves(document, "script_state", document.state_leaves):
        # A bare host may be but a piece of an address: {host: "item.jd.com", path: "/1.html"}.
        if "/" in sighting.raw or not any(sighting.raw in whole.url for _place, whole in document.built):
            yield sighting


EXTRACTOR = Extractor(summary="script state: objects that scripts assign", extract=_extract)
