"""One walk over the DOM that gathers what extraction reads there: attributes, what may tell of a card, comments."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from lxml import etree

from crawler.reading.mark import ClassMarks, marks_of_attribute, marks_of_tag

_SIGN = re.compile(r"[./:%\\￥¥$€£\u20a0-\u20cf＄．／]")
_LONG = re.compile(r"[0-9A-Za-z][0-9A-Za-z]{7}")


class Attribute(NamedTuple):
    """An attribute with a value that may hold an address or a share text."""

    element: Any
    tag: str
    name: str
    value: str


@dataclass(slots=True)
class Walk:
    """What a walk gathered, each in document order. ``marks``: elements with what they may tell of the card around."""

    attributes: list[Attribute] = field(default_factory=list)
    marks: list[tuple[Any, int]] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)


def walk_tree(root: Any) -> Walk:  # noqa: ANN401 - an lxml element
    """Gather everything in linear time."""
    walk = Walk(comments=[comment.text or "" for comment in root.iter(etree.Comment)])
    keep, mark, classes = walk.attributes.append, walk.marks.append, ClassMarks()
    has_sign, is_long = _SIGN.search, _LONG.search
    for element in root.iter("*"):
        tag = element.tag
        told = marks_of_tag(tag, 0)
        # Written out here: a call for each element would take as long as all the rest.
        for name, value in element.items():
            if name == "class":
                told |= classes[value]
            elif name != "id":
                told |= marks_of_attribute(name, 0)
                if has_sign(value) or (len(value) > 7 and is_long(value)):  # noqa: PLR2004 - as long as _LONG
                    keep(Attribute(element, tag, name.rpartition("}")[2] if "}" in name else name, value))
        if told:
            mark((element, told))
    return walk
