"""What stands beside an element of a page: the words, the price and the time on the same card."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, lru_cache
from itertools import islice
from typing import Any

from crawler.reading.moment import read_moment
from crawler.reading.tree import read_price
from crawler.reading.walk import Attribute
from storage.records import Interval

_CARD_LEVELS = 5
_MAX_MARKS = 4
_MAX_CARD = 2_000
"""Elements of a card that are looked at."""
_NO_TEXT = frozenset({"script", "style", "template", "noscript"})
_NO_CARD = frozenset({"html", "body", "main"})
_TIME_ATTRIBUTES = ("datetime", "data-time", "data-publish-time", "data-create-time", "data-timestamp", "data-date")
_TIME_NAMES = frozenset(_TIME_ATTRIBUTES)
_TIME_CLASS = re.compile(r"(?:^|[\s_-]|publish|create|[a-z])(?:[Tt]ime|[Dd]ate)(?![a-z])|^(?:time|date)")
_NO_PUBLISH_CLASS = re.compile(r"update|end|count|start|left|expire|limit|duration", re.IGNORECASE)
_PRICE_CLASS = re.compile(r"price", re.IGNORECASE)
_OLD_PRICE_CLASS = re.compile(r"old|origin|del|market|line", re.IGNORECASE)
_TITLE_CLASS = re.compile(r"title|name", re.IGNORECASE)
_MONEY = re.compile(r"[¥￥]\s*\d{1,8}(?:\.\d{1,2})?|\d{1,8}(?:\.\d{1,2})?\s*元")


_NO_LINK = frozenset({"src", "srcset", "poster", "style", "data-src", "data-original", "data-lazy", "content"})
"""Attributes that draw the card and lead nowhere."""
_MANY = (None, "")


class Cards:
    """The cards of a page. A card is the widest element around a link in which no other link stands."""

    def __init__(self, attributes: Iterable[Attribute], now_ms: int) -> None:
        self._attributes = attributes
        self._now_ms = now_ms
        self._known: dict[tuple[Any, Callable[[Any], bool]], list[Any]] = {}
        self._around: dict[Any, tuple[Any, ...]] = {}

    def label(self, element: Any) -> str:  # noqa: ANN401 - an lxml element
        """The element's own words, else the title on its card."""
        return words_of(element) or self._first(element, _is_title, words_of) or ""

    def price(self, element: Any) -> int | None:  # noqa: ANN401 - an lxml element
        """The price on the element's card, in fen."""
        price: int | None = self._first(element, _may_tell_price, _price)
        return price

    def published(self, element: Any) -> Interval:  # noqa: ANN401 - an lxml element
        """The time on the element's card."""
        return self._first(element, _may_tell_time, self._time) or Interval()

    @cached_property
    def _links(self) -> dict[Any, tuple[Any, str]]:
        """For each element around links the only link in it, or ``_MANY``."""
        links: dict[Any, tuple[Any, str]] = {}
        for element, _tag, name, value in self._attributes:
            if name == "href" or (name not in _NO_LINK and "//" in value):
                link = (element, value)
                for ancestor in self._ancestors(element):
                    known = links.setdefault(ancestor, link)
                    if known is not link and known[0] is not element and known[1] != value:
                        links[ancestor] = _MANY
        return links

    def _time(self, mark: Any) -> Interval | None:  # noqa: ANN401 - an lxml element
        stated = [text for name in _TIME_ATTRIBUTES if (text := mark.get(name))] or [words_of(mark, 60)]
        return next((moment for text in stated if (moment := read_moment(text, self._now_ms))), None)

    def _first(self, element: Any, tells: Callable[[Any], bool], read: Callable[[Any], Any]) -> Any:  # noqa: ANN401
        """What the first mark that can be read on the card of an element says, from the inside out."""
        for ancestor in self._ancestors(element):
            if self._links.get(ancestor) is _MANY:
                return None
            for mark in self._marks(ancestor, tells):
                said = read(mark)
                if said:
                    return said
        return None

    def _marks(self, ancestor: Any, tells: Callable[[Any], bool]) -> list[Any]:  # noqa: ANN401 - lxml elements
        """The first few elements on a card that may tell something; each card is looked through once."""
        known = self._known.get((ancestor, tells))
        if known is None:
            inner = (each for each in islice(ancestor.iter(), _MAX_CARD) if isinstance(each.tag, str) and tells(each))
            # What lies deeper than a card may reach belongs to some other thing inside.
            within = (mark for mark in inner if ancestor in self._ancestors(mark))
            known = self._known[ancestor, tells] = list(islice(within, _MAX_MARKS))
        return known

    def _ancestors(self, element: Any) -> tuple[Any, ...]:  # noqa: ANN401 - lxml elements
        """The element and what is around it, as far out as a card may reach; its holder is asked once for all in it."""
        if element.tag in _NO_CARD:
            return ()
        holder = element.getparent()
        around = self._around.get(holder)
        if around is None:
            around = self._around[holder] = tuple(_card_holders(holder))
        return (element, *around)


def words_of(element: Any, limit: int = 120) -> str:  # noqa: ANN401 - an lxml element
    """The words that an element shows: its text, else what stands for it (``aria-label``, ``title``, ``alt``)."""
    if len(element):
        text = " ".join("".join(_texts_within(element)).split())[:limit]
        return text or _stands_for(element, limit) or _image_words(element, limit)
    return " ".join((element.text or "")[:500].split())[:limit] or _stands_for(element, limit)


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


def _card_holders(holder: Any) -> Iterator[Any]:  # noqa: ANN401 - lxml elements
    """An element and what is around it, one level less than a card may reach."""
    for _level in range(_CARD_LEVELS - 1):
        if holder is None or holder.tag in _NO_CARD:
            return
        yield holder
        holder = holder.getparent()


def _may_tell_time(mark: Any) -> bool:  # noqa: ANN401 - an lxml element
    classes = mark.get("class") or ""
    if _tells(_NO_PUBLISH_CLASS, classes):
        return False
    return mark.tag == "time" or _tells(_TIME_CLASS, classes) or not _TIME_NAMES.isdisjoint(mark.keys())


def _may_tell_price(mark: Any) -> bool:  # noqa: ANN401 - an lxml element
    classes = mark.get("class") or ""
    return (_tells(_PRICE_CLASS, classes) and not _tells(_OLD_PRICE_CLASS, classes)) or mark.get(
        "data-price"
    ) is not None


@lru_cache(maxsize=4096)
def _tells(pattern: re.Pattern[str], classes: str) -> bool:
    return pattern.search(classes) is not None


def _price(mark: Any) -> int | None:  # noqa: ANN401 - an lxml element
    stated = mark.get("data-price")
    if stated is not None:
        return read_price(int(stated) if stated.isdecimal() and len(stated) < 12 else stated)  # noqa: PLR2004
    found = _MONEY.search(words_of(mark, 60))
    return read_price(found[0]) if found else None


def _is_title(mark: Any) -> bool:  # noqa: ANN401 - an lxml element
    return mark.tag in {"h2", "h3", "h4"} or _tells(_TITLE_CLASS, mark.get("class") or "")
