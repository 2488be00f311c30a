"""Share texts (口令) and typed addresses in words for a reader: captions, comments, titles, bios, JSON strings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from crawler.reading.card import Cards
from crawler.reading.carrier import is_asset, is_markup, is_prose
from crawler.reading.document import Document, speaking_literals
from crawler.reading.share import ShareText, may_share, read_share_text
from crawler.reading.text import is_web, read_address, unescape
from crawler.reading.tree import Leaf, label_of, leaves, published_of
from crawler.reading.walk import Attribute
from crawler.shapes import Extractor
from storage.records import Interval, Sighting

_MAX_LOOSE = 20_000
"""Characters of a text beyond which it is a file and not words for a reader."""
_SIGNS = frozenset("￥¥€$₤£(（#%！!@⇥")
"""What a text that is nothing but a password begins with."""
_NO_WORDS = frozenset({"class", "style", "href", "src", "srcset", "srcdoc", "d", "points"})


_TAG = re.compile(r"<[/!]?([A-Za-z]{0,10})[^<>]{0,400}>")
_JOINING = frozenset({"a", "b", "em", "font", "i", "mark", "small", "span", "strong", "u"})
"""Tags that do not keep the words on their sides apart."""
_MONEY_ENTITY = re.compile(r"&(?:yen|pound|euro|cent|#16[2-5]|#8364|#65509|#x(?:a[2-5]|20ac|ffe5));", re.IGNORECASE)

_UNKNOWN = Interval()


@dataclass(frozen=True, slots=True)
class _Place:
    locator: str
    label: str = ""
    published: Interval = _UNKNOWN


def _extract(document: Document) -> Iterator[Sighting]:
    yield from _in_blocks(document, document.cards)
    yield from _in_attributes(document)
    yield from _in_leaves(document, document.all_leaves)
    for locator, text in (*document.loose_texts, *document.literals, *_in_styles(document)):
        if len(text) <= _MAX_LOOSE and may_share(text) and not is_markup(text):
            yield from _passwords(text, locator)
    for script in document.scripts:
        if script.is_template and may_share(script.text):
            for text in (_shown(script.text), *speaking_literals(script.text)):
                yield from _passwords(text, script.locator)


def _passwords(text: str, locator: str) -> Iterator[Sighting]:
    """The passwords alone: other extractors list the addresses."""
    yield from (found for found in _sightings(read_share_text(text), _Place(locator)) if found.url is None)


def _in_styles(document: Document) -> Iterator[tuple[str, str]]:
    """Style sheets that draw words with money signs."""
    for position, element in enumerate(document.root.iter("style")):
        if element.text and not element.text.isascii() and any(sign in element.text for sign in "￥¥€₤"):
            yield f"style[{position}]", element.text


def _shared(text: str) -> ShareText | None:
    """What a string hands over; of one that is no words the passwords alone, for its addresses are read as such."""
    if "&" in text and _MONEY_ENTITY.search(text):
        text = unescape(text)
    if _is_words(text):
        return read_share_text(text)
    if not may_share(text):
        return None
    if is_markup(text):
        shown = _shown(text)
    elif (text.isascii() and "$" not in text) or read_address(text) is not None:
        return None
    else:
        shown = text
    return replace(read_share_text(shown), addresses=()) if may_share(shown) else None


def _shown(markup: str) -> str:
    """What markup shows, nearly: passwords in it are passwords still."""
    shown = _TAG.sub(lambda tag: "" if tag[1] in _JOINING else "\n", markup)
    return unescape(shown) if "&" in shown and _MONEY_ENTITY.search(shown) else shown


def _in_blocks(document: Document, cards: Cards) -> Iterator[Sighting]:
    for block in document.blocks:
        shared = read_share_text(block.text) if may_share(block.text) else None
        if shared and (shared.addresses or shared.passwords):
            place = _Place(document.path(block.element), block.text, cards.published(block.element))
            yield from _sightings(shared, place)


def _in_leaves(document: Document, found: Iterable[Leaf]) -> Iterator[Sighting]:
    for leaf in found:
        shared = _shared(leaf.text)
        if shared and (shared.addresses or shared.passwords):
            published = published_of(leaf.parent, document.page.fetched_ms)
            yield from _sightings(shared, _Place(leaf.locator, label_of(leaf.parent) or leaf.text, published))


def _in_attributes(document: Document) -> Iterator[Sighting]:
    for attribute in document.attributes:
        if attribute.name in _NO_WORDS:
            continue
        if attribute.name.startswith("on"):
            for literal in speaking_literals(attribute.value):
                yield from _passwords(literal, _locator(document, attribute))
            continue
        held = document.embedded(attribute.value)
        if held is not None:
            yield from _in_leaves(document, leaves(held, f"{_locator(document, attribute)} $"))
        elif _is_for_readers(attribute) and (shared := _shared(attribute.value)):
            yield from _sightings(shared, _Place(_locator(document, attribute), attribute.value))


def _locator(document: Document, attribute: Attribute) -> str:
    return f"{document.path(attribute.element)}[{attribute.name}]"


def _is_for_readers(attribute: Attribute) -> bool:
    """Whether an attribute may hold words: not an address or a refresh."""
    if attribute.value.isascii() and "$" not in attribute.value and "(" not in attribute.value:
        return False
    return attribute.tag != "meta" or attribute.element.get("http-equiv") is None


def _is_words(text: str) -> bool:
    """Whether a string may hand something over: words, or a password alone; no markup and no bare address.

    Apps write faces in brackets: words may begin as JSON does.
    """
    is_password = text[0] in _SIGNS or text[0].isdigit()
    may_be_prose = not text.isascii() or " " in text or "\n" in text
    if not (is_password or may_be_prose) or not may_share(text) or is_markup(text):
        return False
    return is_password or is_prose(text)


def _sightings(shared: ShareText, place: _Place) -> Iterator[Sighting]:
    for address in shared.addresses:
        if is_web(address.url) and not is_asset(address.url):
            yield _sighting(place, address.raw, (address.start, address.end), url=address.url)
    for token in shared.passwords:
        yield _sighting(place, token.raw, (token.start, token.end), token=token.core, app=shared.app)


def _sighting(
    place: _Place, raw: str, span: tuple[int, int], *, url: str | None = None, token: str | None = None, app: str = ""
) -> Sighting:
    return Sighting(
        raw=raw,
        url=url,
        token=token,
        app=app,
        found_in="share_text",
        locator=f"{place.locator} {span[0]}-{span[1]}",
        label=" ".join(place.label[:1000].split())[:120],
        published=place.published,
    )


EXTRACTOR = Extractor(summary="share texts and typed addresses in words for a reader", extract=_extract)
