"""What stands beside an element of a page: the words, the price and the time on the same card."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from lxml import etree

from crawler.reading.moment import read_moment
from crawler.reading.tree import read_price
from storage.records import Interval

_CARD_LEVELS = 5
_NO_TEXT = frozenset({"script", "style", "template", "noscript"})
_NO_CARD = frozenset({"html", "body", "main"})
_TIME_ATTRIBUTES = ("datetime", "data-time", "data-publish-time", "data-create-time", "data-timestamp", "data-date")
_MARKS: Any = etree.XPath(
    "//time | //*[@datetime or @data-time or @data-publish-time or @data-create-time or @data-timestamp or @data-date"
    " or contains(@class, 'time') or contains(@class, 'Time') or contains(@class, 'date') or contains(@class, 'price')"
    " or contains(@class, 'Price') or contains(@class, 'title') or contains(@class, 'Title') or contains(@class, 'name')"
    " or @data-price or self::h2 or self::h3 or self::h4]",
)
_TIME_CLASS = re.compile(r"(?:^|[\s_-]|publish|create|[a-z])(?:[Tt]ime|[Dd]ate)(?![a-z])|^(?:time|date)")
_NO_PUBLISH_CLASS = re.compile(r"update|end|count|start|left|expire|limit|duration", re.IGNORECASE)
_PRICE_CLASS = re.compile(r"price", re.IGNORECASE)
_OLD_PRICE_CLASS = re.compile(r"old|origin|del|market|line", re.IGNORECASE)
_TITLE_CLASS = re.compile(r"title|name", re.IGNORECASE)
_MONEY = re.compile(r"[¥￥]\s*\d{1,8}(?:\.\d{1,2})?|\d{1,8}(?:\.\d{1,2})?\s*元")


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute with a value that may hold an address or a share text."""

    element: Any
    name: str
    value: str

    @property
    def tag(self) -> str:
        """The element's tag in lower case."""
        return str(self.element.tag).lower()


_MANY = (None, "")


class Cards:
    """The cards of a page. A card is the widest element around a link in which no other link stands."""

    def __init__(self, root: Any, attributes: Iterable[Attribute], now_ms: int) -> None:  # noqa: ANN401 - lxml
        self._root = root
        self._attributes = attributes
        self._now_ms = now_ms

    def label(self, element: Any) -> str:  # noqa: ANN401 - an lxml element
        """The element's own words, else the title on its card."""
        return words_of(element) or next(self._words(element, self._titles), "")

    def price(self, element: Any) -> int | None:  # noqa: ANN401 - an lxml element
        """The price on the element's card, in fen."""
        return next(self._read(element, self._prices), None)

    def published(self, element: Any) -> Interval:  # noqa: ANN401 - an lxml element
        """The time on the element's card."""
        return next(self._read(element, self._times), None) or Interval()

    @cached_property
    def _marks(self) -> tuple[Any, ...]:
        return tuple(_MARKS(self._root))

    @cached_property
    def _times(self) -> dict[Any, Interval]:
        found = ((mark, self._time(mark)) for mark in self._marks)
        return _by_card((mark, moment) for mark, moment in found if moment is not None)

    @cached_property
    def _prices(self) -> dict[Any, int]:
        found = ((mark, _price(mark)) for mark in self._marks)
        return _by_card((mark, price) for mark, price in found if price is not None)

    @cached_property
    def _titles(self) -> dict[Any, Any]:
        return _by_card((mark, mark) for mark in self._marks if _is_title(mark))

    @cached_property
    def _links(self) -> dict[Any, tuple[Any, str]]:
        """For each element around links the only link in it, or ``_MANY``."""
        links: dict[Any, tuple[Any, str]] = {}
        for attribute in self._attributes:
            if attribute.name == "href" or "//" in attribute.value:
                for ancestor in _card_ancestors(attribute.element):
                    known = links.setdefault(ancestor, (attribute.element, attribute.value))
                    if known[0] is not attribute.element and known[1] != attribute.value:
                        links[ancestor] = _MANY
        return links

    def _time(self, mark: Any) -> Interval | None:  # noqa: ANN401 - an lxml element
        classes = mark.get("class") or ""
        stated = [mark.get(name) for name in _TIME_ATTRIBUTES if mark.get(name)]
        if not stated and (mark.tag == "time" or _TIME_CLASS.search(classes)):
            stated = [words_of(mark, 60)]
        if not stated or _NO_PUBLISH_CLASS.search(classes):
            return None
        return next((moment for text in stated if (moment := read_moment(text, self._now_ms))), None)

    def _read(self, element: Any, marks: dict[Any, Any]) -> Iterator[Any]:  # noqa: ANN401 - lxml elements
        """What is marked on the card of an element, from the inside out."""
        if not marks:
            return
        for ancestor in _card_ancestors(element):
            if self._links.get(ancestor) is _MANY:
                return
            if ancestor in marks:
                yield marks[ancestor]

    def _words(self, element: Any, marks: dict[Any, Any]) -> Iterator[str]:  # noqa: ANN401 - lxml elements
        return (words for mark in self._read(element, marks) if (words := words_of(mark)))


def words_of(element: Any, limit: int = 120) -> str:  # noqa: ANN401 - an lxml element
    """The words that an element shows: its text, else what stands for it (``aria-label``, ``title``, ``alt``)."""
    text = " ".join("".join(_texts_within(element)).split())[:limit]
    return text or _stands_for(element, limit) or _image_words(element, limit)


def _texts_within(element: Any) -> Iterator[str]:  # noqa: ANN401 - an lxml element
    for inner in islice(element.iter(), 200):
        if isinstance(inner.tag, str) and inner.tag not in _NO_TEXT:
            yield (inner.text or "")[:500]
        if inner is not element:
            yield (inner.tail or "")[:500]


def _stands_for(element: Any, limit: int) -> str:  # noqa: ANN401 - an lxml element
    named = (element.get(name) for name in ("aria-label", "title", "alt", "data-title"))
    return next((name.strip()[:limit] for name in named if name and name.strip()), "")


def _image_words(element: Any, limit: int) -> str:  # noqa: ANN401 - an lxml element
    return next((words for inner in islice(element.iter(), 1, 30) if (words := _stands_for(inner, limit))), "")


def _by_card(marks: Iterable[tuple[Any, Any]]) -> dict[Any, Any]:
    """What each element holds of a kind, the first in it; ``setdefault`` because document order is reading order."""
    held: dict[Any, Any] = {}
    for mark, value in marks:
        for ancestor in _card_ancestors(mark):
            held.setdefault(ancestor, value)
    return held


def _card_ancestors(element: Any) -> Iterator[Any]:  # noqa: ANN401 - lxml elements
    for _level in range(_CARD_LEVELS):
        if element is None or element.tag in _NO_CARD:
            return
        yield element
        element = element.getparent()


def _price(mark: Any) -> int | None:  # noqa: ANN401 - an lxml element
    classes = mark.get("class") or ""
    stated = mark.get("data-price")
    if stated is not None:
        return read_price(stated if "." in stated or not stated.isdigit() else int(stated))
    if not _PRICE_CLASS.search(classes) or _OLD_PRICE_CLASS.search(classes):
        return None
    found = _MONEY.search(words_of(mark, 60))
    return read_price(found[0]) if found else None


def _is_title(mark: Any) -> bool:  # noqa: ANN401 - an lxml element
    return mark.tag in {"h2", "h3", "h4"} or bool(_TITLE_CLASS.search(mark.get("class") or ""))
