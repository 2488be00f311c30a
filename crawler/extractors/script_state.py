"""Addresses in script state: ``window.__INITIAL_STATE__ = {...}`` and every other object that a script assigns."""

from __future__ import annotations

from collections.abc import Iterator

from crawler.reading.carrier import in_leaves
from crawler.reading.document import Document
from crawler.shapes import Extractor
from storage.records import Sighting


def _extract(document: Document) -> Iterator[Sighting]:
    yield from in_leaves(document, "script_state", document.state_leaves)


EXTRACTOR = Extractor(summary="script state: objects that scripts assign", extract=_extract)
