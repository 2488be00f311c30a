"""Which elements may tell the title, the price or the time on a card: by tag, by class, by attribute."""

from __future__ import annotations

import re

TITLE, PRICE, TIME = 1, 2, 4
"""What an element may tell, as bits."""

TIME_ATTRIBUTES = ("datetime", "data-time", "data-publish-time", "data-create-time", "data-timestamp", "data-date")

_TIME_CLASS = re.compile(r"(?:^|[\s_-]|publish|create|[a-z])(?:[Tt]ime|[Dd]ate)(?![a-z])|^(?:time|date)")
_NO_PUBLISH_CLASS = re.compile(r"update|end|count|start|left|expire|limit|duration", re.IGNORECASE)
_OLD_PRICE_CLASS = re.compile(r"old|origin|del|market|line", re.IGNORECASE)

TAG_MARKS = {"h2": TITLE, "h3": TITLE, "h4": TITLE, "time": TIME}
ATTRIBUTE_MARKS = {"data-price": PRICE, **dict.fromkeys(TIME_ATTRIBUTES, TIME)}


class ClassMarks(dict[str, int]):
    """What an element may tell by its class; each class of a page is read once."""

    def __missing__(self, classes: str) -> int:
        told = self[classes] = _marks_of_class(classes)
        return told


def _marks_of_class(classes: str) -> int:
    folded = classes.lower()
    told = TITLE if "title" in folded or "name" in folded else 0
    if "price" in folded and not _OLD_PRICE_CLASS.search(classes):
        told |= PRICE
    if ("time" in folded or "date" in folded) and _TIME_CLASS.search(classes):
        told |= TIME
    return told


def is_other_time(classes: str) -> bool:
    """Whether a class says of which other time its element tells: of an end, a count-down, an update."""
    return _NO_PUBLISH_CLASS.search(classes) is not None
