"""Which elements may tell the title, the price or the time on a card: by tag, by class, by attribute."""

from __future__ import annotations

import re

TITLE, PRICE, TIME, NO_TIME = 1, 2, 4, 8
"""What an element may tell, as bits. ``NO_TIME``: its class says of which other time it tells, whatever else says."""

TIME_ATTRIBUTES = ("datetime", "data-time", "data-publish-time", "data-create-time", "data-timestamp", "data-date")

_TIME_CLASS = re.compile(r"(?:^|[\s_-]|publish|create|[a-z])(?:[Tt]ime|[Dd]ate)(?![a-z])|^(?:time|date)")
_NO_PUBLISH_CLASS = re.compile(r"update|end|count|start|left|expire|limit|duration", re.IGNORECASE)
_PRICE_CLASS = re.compile(r"price", re.IGNORECASE)
_OLD_PRICE_CLASS = re.compile(r"old|origin|del|market|line", re.IGNORECASE)
_TITLE_CLASS = re.compile(r"title|name", re.IGNORECASE)

marks_of_tag = {"h2": TITLE, "h3": TITLE, "h4": TITLE, "time": TIME}.get
marks_of_attribute = {"data-price": PRICE, **dict.fromkeys(TIME_ATTRIBUTES, TIME)}.get


class ClassMarks(dict[str, int]):
    """What an element of a class may tell; each class of a page is read once."""

    def __missing__(self, classes: str) -> int:
        told = self[classes] = _marks_of_class(classes)
        return told


def _marks_of_class(classes: str) -> int:
    is_price = _PRICE_CLASS.search(classes) and not _OLD_PRICE_CLASS.search(classes)
    return (
        (TITLE if _TITLE_CLASS.search(classes) else 0)
        | (PRICE if is_price else 0)
        | (TIME if _TIME_CLASS.search(classes) else 0)
        | (NO_TIME if _NO_PUBLISH_CLASS.search(classes) else 0)
    )


def may_tell(told: int, what: int) -> bool:
    """Whether an element with these marks may tell one of title, price and time."""
    return bool(told & what) and not (what == TIME and told & NO_TIME)
