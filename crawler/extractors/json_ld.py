"""Addresses in linked data: ``<script type="application/ld+json">``."""

from __future__ import annotations

from collections.abc import Iterator

from crawler.reading.carrier import in_leaves
from crawler.reading.document import Document
from crawler.shapes import Extractor
from storage.records import Sighting


def _extract(document: Document) -> Iterator[Sighting]:
    outbound = (leaf for leaf in document.linked_data if not str(leaf.key).startswith("@context"))
    yield from in_leaves(document, "json_ld", outbound)


EXTRACTOR = Extractor(summary="linked data (JSON-LD)", extract=_extract)
