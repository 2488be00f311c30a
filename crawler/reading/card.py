"""What stands beside an element of a page: the words, the price and the time on the same card."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property, partial
from itertools import islice, takewhile
from typing import Any

from crawler.reading.mark import PRICE, TAG_MARKS, TIME, TIME_ATTRIBUTES, TITLE, ClassMarks, is_other_time
from crawler.reading.moment import read_moment
from crawler.reading.tree import read_price
from crawler.reading.walk import Walk
from storage.records import Interval

_CARD_LEVELS = 5
_MAX_MARKS = 4
"""Marks in an element that are read."""
_MAX_CARD = 2_000
"""Elements of a card that are looked at."""
_NO_TEXT = frozenset({"script", "style", "template", "noscript"})
_NO_CARD = frozenset({"html", "body", "main"})
_MONEY = re.compile(r"[¥￥]\s*\d{1,8}(?:\.\d{1,2})?|\d{1,8}(?:\.\d{1,2})?\s*元")


_NO_LINK = frozenset({"src", "srcset", "poster", "style", "data-src", "data-original", "data-lazy", "content"})
"""Attributes that draw the card and lead nowhere."""
_MANY = (None, "")
_UNKNOWN = Interval()


class _Told:
    """What the marks of one kind say, read from a card of the page at a time."""

    def __init__(self, read: Callable[[Any], Any]) -> None:
        self._read = read
        self._said: dict[Any, Any] = {}
        self.marks: dict[Any, list[Any]] = {}
        """For each element that was looked through the first few marks in it, in document order."""

    def first(self, around: tuple[Any, ...]) -> Any:  # noqa: ANN401 - what ``read`` gives
        """What the first mark that can be read in these elements says, from the inside out; else ``None``."""
        for holder in around:
            for mark in self.marks.get(holder, ()):
                if mark not in self._said:
                    self._said[mark] = self._read(mark)
                if said := self._said[mark]:
                    return said
        return None


class Cards:
    """The cards of a page. A card is the widest element around a link in which no other link stands."""

    def __init__(self, walk: Walk, now_ms: int) -> None:
        self._walk = walk
        self._classes = ClassMarks()
        self._told = {TITLE: _Told(words_of), PRICE: _Told(_price), TIME: _Told(partial(_time, now_ms=now_ms))}
        self._around: dict[Any, tuple[Any, ...]] = {}
        self._cards: dict[Any, tuple[Any, ...]] = {}
        self._whole: dict[Any, bool] = {}
        """For each element that was looked through, whether all of it was."""

    def label(self, element: Any) -> str:  # noqa: ANN401 - an lxml element
        """The element's own words, else the title on its card."""
        return words_of(element) or self._told[TITLE].first(self._card(element)) or ""

    def price(self, element: Any) -> int | None:  # noqa: ANN401 - an lxml element
        """The price on the element's card, in fen."""
        price: int | None = self._told[PRICE].first(self._card(element))
        return price

    def published(self, element: Any) -> Interval:  # noqa: ANN401 - an lxml element
        """The time on the element's card."""
        return self._told[TIME].first(self._card(element)) or _UNKNOWN

    @cached_property
    def _links(self) -> dict[Any, tuple[Any, str]]:
        """For each element around links the only link in it, or ``_MANY``."""
        links: dict[Any, tuple[Any, str]] = {}
        for element, _tag, name, value in self._walk.attributes:
            if name == "href" or (name not in _NO_LINK and "//" in value):
                link = (element, value)
                for ancestor in self._ancestors(element):
                    known = links.get(ancestor)
                    if known is None:
                        links[ancestor] = link
                    elif known is not _MANY and known[0] is not element and known[1] != value:
                        links[ancestor] = _MANY
        return links

    def _card(self, element: Any) -> tuple[Any, ...]:  # noqa: ANN401 - lxml elements
        """The element and what is around it, as far out as no other link stands in it; its marks are noted."""
        card = self._cards.get(element)
        if card is None:
            links = self._links
            around = takewhile(lambda holder: links.get(holder) is not _MANY, self._ancestors(element))
            card = self._cards[element] = tuple(around)
            self._look_through(card)
        return card

    def _look_through(self, card: tuple[Any, ...]) -> None:
        """Note the marks of a card: of its widest element, and of narrower ones as long as a wider one is too large."""
        for holder in reversed(card):
            if holder not in self._whole:
                self._whole[holder] = self._note_marks(holder)
            if self._whole[holder]:
                return

    def _note_marks(self, widest: Any) -> bool:  # noqa: ANN401 - an lxml element
        """Note the marks in an element, for it and for each element in it; whether all of it was looked at."""
        by_attribute, by_class, count = self._walk.marks, self._classes, 0
        for count, mark in enumerate(islice(widest.iter("*"), _MAX_CARD), 1):  # noqa: B007 - told behind the loop
            classes = mark.get("class", "")
            things = by_class[classes] | TAG_MARKS.get(mark.tag, 0)
            if by_attribute:
                things |= by_attribute.get(mark, 0)
            if things & TIME and is_other_time(classes):
                things &= ~TIME
            if things:
                self._note(mark, things, widest)
        return count < _MAX_CARD

    def _note(self, mark: Any, things: int, widest: Any) -> None:  # noqa: ANN401 - lxml elements
        for thing, told in self._told.items():
            if things & thing:
                # What lies deeper than a card may reach belongs to some other thing inside.
                for holder in self._ancestors(mark):
                    noted = told.marks.setdefault(holder, [])
                    if len(noted) < _MAX_MARKS and mark not in noted:
                        noted.append(mark)
                    if holder is widest:
                        break

    def _ancestors(self, element: Any) -> tuple[Any, ...]:  # noqa: ANN401 - lxml elements
        """The element and what is around it, as far out as a card may reach; its holder is asked once for all in it."""
        if element.tag in _NO_CARD:
            return ()
        holder = element.getparent()
        around = self._around.get(holder)
        if around is None:
            around = self._around[holder] = tuple(_card_holders(holder))
        return (element, *around)


def _time(mark: Any, now_ms: int) -> Interval | None:  # noqa: ANN401 - an lxml element
    stated = [text for name in TIME_ATTRIBUTES if (text := mark.get(name))] or [words_of(mark, 60)]
    return next((moment for text in stated if (moment := read_moment(text, now_ms))), None)


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


def _price(mark: Any) -> int | None:  # noqa: ANN401 - an lxml element
    stated = mark.get("data-price")
    if stated is not None:
        return read_price(int(stated) if stated.isdecimal() and len(stated) < 12 else stated)  # noqa: PLR2004
    found = _MONEY.search(words_of(mark, 60))
    return read_price(found[0]) if found else None
