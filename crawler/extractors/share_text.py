"""Share texts (口令) and typed addresses in words for a reader: captions, comments, titles, bios, JSON strings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from crawler.reading.carrier import is_asset, is_markup, is_prose, on_leaf
from crawler.reading.document import Document
from crawler.reading.share import ShareText, read_share_text
from crawler.reading.text import is_web
from crawler.reading.tree import label_of, published_of
from crawler.shapes import Extractor
from storage.records import Interval, Sighting

_SIGNS = "￥¥€$₤£(（#%！!@⇥:：."
_WORDS = ("复", "復", "口令", "制", "打开", "淘", "fu")
_NO_WORDS = frozenset({"class", "style", "href", "src", "srcset", "srcdoc", "d", "points"})


def _extract(document: Document) -> Iterator[Sighting]:
    for block in document.blocks:
        place = document.path(block.element) if _may_share(block.text) else ""
        if place:
            published = document.cards.published(block.element)
            yield from _sightings(read_share_text(block.text), block.text, place, published)
    for attribute in document.attributes:
        if attribute.name not in _NO_WORDS and not attribute.name.startswith("on") and is_words(attribute.value):
            place = f"{document.path(attribute.element)}[{attribute.name}]"
            yield from _sightings(read_share_text(attribute.value), attribute.value, place, Interval())
    for leaf in document.all_leaves:
        if is_words(leaf.text):
            published = published_of(leaf.parent, document.page.fetched_ms)
            yield from _sightings(read_share_text(leaf.text), label_of(leaf.parent), leaf.locator, published)
    for locator, text in document.loose_texts:
        if _may_share(text):
            yield from _sightings(read_share_text(text), "", locator, Interval())


def _may_share(text: str) -> bool:
    return any(sign in text for sign in _SIGNS) or any(word in text for word in _WORDS)


def is_words(text: str) -> bool:
    """Whether a string may hand something over: words with an address or a password among them."""
    return _may_share(text) and not is_markup(text) and (is_prose(text) or text[0] in _SIGNS or text[0].isdigit())


def _sightings(shared: ShareText, label: str, place: str, published: Interval) -> Iterator[Sighting]:
    words = " ".join(label.split())[:120]
    for address in shared.addresses:
        if is_web(address.url) and not is_asset(address.url):
            yield _sighting(address.raw, address.url, None, f"{place} {address.start}-{address.end}", words, published)
    for token in shared.passwords:
        found = _sighting(token.raw, None, token.core, f"{place} {token.start}-{token.end}", words, published)
        yield replace(found, app=shared.app)


def _sighting(raw: str, url: str | None, token: str | None, place: str, label: str, published: Interval) -> Sighting:
    return Sighting(
        raw=raw, url=url, token=token, found_in="share_text", locator=place, label=label, published=published
    )  # fmt: skip


EXTRACTOR = Extractor(summary="share texts and typed addresses in words for a reader", extract=_extract)
