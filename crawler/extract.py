"""Extract: every outbound link of a page, whoever carries it, each place once, in a fixed order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from crawler import shelf
from crawler.reading.carrier import is_asset, parsed
from crawler.reading.document import Document
from crawler.reading.nested import Nested, nested_targets
from crawler.reading.text import clean, is_app, is_web
from crawler.shapes import Extractor
from storage.records import Page, Sighting

MAX_DEPTH = 5
"""How many addresses may stand one inside the other."""


def load_extractors() -> dict[str, Extractor]:
    """Every extractor on the shelf, by its stem."""
    return shelf.load("crawler.extractors", "EXTRACTOR", Extractor)


def extract(
    page: Page | Document,
    extractors: Mapping[str, Extractor],
    keep: Callable[[Sighting], bool] | None = None,
) -> tuple[Sighting, ...]:
    """Every address and password token that a page holds and that could lead off it.

    Args:
        page: the page as it was seen, or a document that was opened for it.
        extractors: the shelf: what knows how a page carries links, by stem.
        keep: which sightings to keep, for a caller who knows the platforms; by default all.

    Returns:
        The sightings in the order of the shelf and, within it, of the page. An address that holds others is followed
        by them, at ``depth`` 1 and more, with ``?parameter`` after the locator. The same thing at the same place
        stands once for each carrier.
    """
    document = page if isinstance(page, Document) else Document(page)
    seen: set[tuple[str | None, str, str, str]] = set()
    return tuple(
        sighting
        for sighting in _all(document, extractors)
        if _is_first(sighting, seen) and (keep is None or keep(sighting))
    )


def _all(document: Document, extractors: Mapping[str, Extractor]) -> Iterator[Sighting]:
    for stem in sorted(extractors):
        yield from _with_nested(document, stem, extractors[stem].extract(document))


def _with_nested(document: Document, stem: str, found: Iterable[Sighting]) -> Iterator[Sighting]:
    own = {document.final_url.href.partition("#")[0], document.requested_url.href.partition("#")[0]}
    for sighting in found:
        named = sighting if sighting.found_in == stem else replace(sighting, found_in=stem)
        if named.url is None or named.url.partition("#")[0] not in own:
            yield named
        if named.url is not None and named.depth == 0:
            for inner, target in _held(named.url):
                place = f"{named.locator}?{inner.param}"
                yield replace(named, raw=inner.target, url=target, locator=place, depth=inner.depth)


@lru_cache(maxsize=4096)
def _held(url: str) -> tuple[tuple[Nested, str], ...]:
    """The addresses inside an address that could lead off a page, each as found and clean; one link stands often."""
    found = ((inner, clean(inner.target)) for inner in nested_targets(parsed(url), MAX_DEPTH))
    return tuple(
        (inner, target) for inner, target in found if (is_web(target) and not is_asset(target)) or is_app(target)
    )


def _is_first(sighting: Sighting, seen: set[tuple[str | None, str, str, str]]) -> bool:
    key = (sighting.url, sighting.raw if sighting.url is None else "", sighting.found_in, sighting.locator)
    if key in seen:
        return False
    seen.add(key)
    return True
