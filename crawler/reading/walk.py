"""One walk over the DOM that gathers what extraction reads there: attributes, stretches of text, comments, marks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from lxml import etree

from crawler.reading.text import words

_INLINE = frozenset(
    words(
        "a abbr b bdi bdo big button br cite code data dfn em font i img input ins kbd label mark q s samp small span "
        "strike strong sub sup svg time tt u var wbr",
    ),
)
_SILENT = frozenset({"script", "style"})
_MARK_CLASS = re.compile(r"[Tt]ime|[Dd]ate|[Pp]rice|[Tt]itle|[Nn]ame")
_MARK_NAMES = frozenset(
    {"datetime", "data-time", "data-publish-time", "data-create-time", "data-timestamp", "data-date", "data-price"},
)
_MARK_TAGS = frozenset({"time", "h2", "h3", "h4"})
_CARRIES = re.compile(r"[./:%\\￥¥$€£\u20a0-\u20cf＄．／]|[0-9A-Za-z]{8}")


class Attribute(NamedTuple):
    """An attribute with a value that may hold an address or a share text."""

    element: Any
    tag: str
    name: str
    value: str


class Block(NamedTuple):
    """A stretch of text that a reader sees as one: what one block element holds, inline tags ignored."""

    element: Any
    text: str


@dataclass(slots=True)
class Walk:
    """What a walk gathered, each in document order. ``marks``: elements that may say a title, a price or a time."""

    attributes: list[Attribute] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    marks: list[Any] = field(default_factory=list)


def walk_tree(root: Any) -> Walk:  # noqa: ANN401 - an lxml element
    """Walk a tree once, in linear time."""
    walk = Walk()
    holders: list[Any] = [root]
    parts: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end", "comment")):
        if event == "start":
            tag = element.tag
            if tag not in _INLINE:
                if parts:
                    _close(walk, holders[-1], parts)
                holders.append(element)
            items = element.items()
            if items or tag in _MARK_TAGS:
                _read_attributes(walk, element, tag, items)
            text = None if tag in _SILENT else element.text
        else:
            if event == "comment":
                walk.comments.append(element.text or "")
            elif element.tag not in _INLINE:
                holder = holders.pop()
                if parts:
                    _close(walk, holder, parts)
            elif element.tag == "br":
                parts.append("\n")
            text = element.tail
        if text and not text.isspace():
            parts.append(text)
        elif text and parts:
            parts.append(" ")
    _close(walk, root, parts)
    return walk


def _read_attributes(walk: Walk, element: Any, tag: str, items: list[tuple[str, str]]) -> None:  # noqa: ANN401 - lxml
    is_mark = tag in _MARK_TAGS
    for name, value in items:
        if name == "class":
            is_mark = is_mark or _MARK_CLASS.search(value) is not None
        elif name != "id" and len(value) > 3 and _CARRIES.search(value):  # noqa: PLR2004 - no address is shorter
            walk.attributes.append(Attribute(element, tag, name.rpartition("}")[2], value))
        if name in _MARK_NAMES:
            is_mark = True
    if is_mark:
        walk.marks.append(element)


def _close(walk: Walk, holder: Any, parts: list[str]) -> None:  # noqa: ANN401 - an lxml element
    text = "".join(parts)
    parts.clear()
    if len(text) > 3 and _CARRIES.search(text):  # noqa: PLR2004 - no password or address is shorter
        walk.blocks.append(Block(holder, text))
