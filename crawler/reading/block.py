"""Text of a page as a reader sees it: what one block element holds is read as one, inline tags ignored."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from lxml import etree

from crawler.reading.share import find_shareable, may_share
from crawler.reading.text import words

_INLINE = frozenset(
    words(
        "a abbr b bdi bdo big button br cite code data dfn em font i img input ins kbd label mark q s samp small span "
        "strike strong sub sup svg time tt u var wbr",
    ),
)
_SILENT = frozenset({"script", "style"})
_OPENS, _CLOSES = "\ufdd0", "\ufdd1"
"""Where a block element begins and ends; Unicode keeps both free for such a use, so no page should have them."""
_BOUND = re.compile(f"[{_OPENS}{_CLOSES}]")
_TEXT: Any = etree.XSLT(
    etree.XML(
        f"""<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
        <xsl:output method="text"/>
        <xsl:template match="*">
            <xsl:text>\n{_OPENS}</xsl:text><xsl:apply-templates/><xsl:text>\n{_CLOSES}</xsl:text>
        </xsl:template>
        <xsl:template match="{"|".join(sorted(_INLINE - {"br"}))}"><xsl:apply-templates/></xsl:template>
        <xsl:template match="br"><xsl:apply-templates/><xsl:text>\n</xsl:text></xsl:template>
        <xsl:template match="{"|".join(sorted(_SILENT))}"><xsl:text>\n{_OPENS}\n{_CLOSES}</xsl:text></xsl:template>
        </xsl:stylesheet>""",
    ),
)
"""The text of a tree with a mark wherever a block begins or ends: ten times as fast as putting blocks together."""
_CARRIES = re.compile(r"[./:%\\￥¥$€£\u20a0-\u20cf＄．／]|[0-9A-Za-z]{8}")
_WIDE_SCHEME = re.compile(r"：／[^\n]*+")
_LEAST = 4
"""Characters of the shortest password or address."""


class Block(NamedTuple):
    """A stretch of text that a reader sees as one: what one block element holds, inline tags ignored."""

    element: Any
    text: str


def read_blocks(root: Any) -> list[Block]:  # noqa: ANN401 - an lxml element
    """The stretches that may hold an address or a share text, in document order, in linear time.

    Few stretches do. They are found in the text of the whole page; only what is around them is put together.
    """
    try:
        found = _worthwhile(root, str(_TEXT(root)))
    except etree.XSLTApplyError:  # nested deeper than templates may be
        found = None
    blocks = _all(root) if found is None else found
    return [block for block in blocks if len(block.text) >= _LEAST and _CARRIES.search(block.text)]


def _worthwhile(root: Any, text: str) -> list[Block] | None:  # noqa: ANN401 - an lxml element
    """The stretches that are worth reading; ``None`` where the page itself holds marks, so that it cannot be told."""
    holders = list(_holders(root, list(_places(text))))
    stretches: dict[Any, Iterator[str]] = {}
    blocks = []
    for holder in holders:
        if holder is None:
            return None
        if holder not in stretches:
            stretches[holder] = filter(_is_worthwhile, _stretches(holder))
        stretch = next(stretches[holder], None)
        if stretch is None:
            return None
        blocks.append(Block(holder, stretch))
    return blocks


def _is_worthwhile(text: str) -> bool:
    return may_share(text) or "：／" in text


def _places(text: str) -> Iterator[tuple[int, int]]:
    """For each stretch that is worth reading how many blocks begin before it, and how many of those end since the last.

    Every character is looked at a few times, however many stretches there are.
    """
    opened = closed = cursor = end = 0
    for hit in sorted({*find_shareable(text), *(found.start() for found in _WIDE_SCHEME.finditer(text))}):
        if hit < end:
            continue
        last = text.rfind(_OPENS, cursor, hit)
        if last >= 0:
            opened += text.count(_OPENS, cursor, hit)
            closed = 0
        closed += text.count(_CLOSES, max(last, cursor), hit)
        bound = _BOUND.search(text, hit)
        cursor, end = hit, bound.start() if bound else len(text)
        yield opened, closed


def _holders(root: Any, places: Iterable[tuple[int, int]]) -> Iterator[Any]:  # noqa: ANN401 - lxml elements
    """The block element around each place; ``None`` where there is none."""
    elements = (element for element in root.iter("*") if element.tag not in _INLINE)
    holder, at, climbed = None, 0, 0
    for opened, closed in places:
        for _skipped in range(opened - at):
            holder, climbed = next(elements, None), 0
        for _level in range(closed - climbed):
            holder = _block_around(holder)
        at, climbed = opened, closed
        yield holder


def _block_around(element: Any) -> Any:  # noqa: ANN401 - lxml elements
    around = None if element is None else element.getparent()
    while around is not None and around.tag in _INLINE:
        around = around.getparent()
    return around


def _stretches(holder: Any) -> Iterator[str]:  # noqa: ANN401 - an lxml element
    """The stretches of one block element: blocks within it are passed over and end a stretch."""
    parts: list[str] = []
    walk = etree.iterwalk(holder, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        is_inner = element is not holder and event in {"start", "end"} and element.tag not in _INLINE
        if is_inner and event == "start":
            yield "".join(parts)
            parts.clear()
            walk.skip_subtree()
        elif element is not holder or event == "start":
            _read(parts, event, element)
    yield "".join(parts)


def _read(parts: list[str], event: str, element: Any) -> None:  # noqa: ANN401 - an lxml element
    """Note the text that follows an event; white space that begins a stretch is left out."""
    if event == "end" and element.tag == "br":
        parts.append("\n")
    text = element.tail if event != "start" else None if element.tag in _SILENT else element.text
    if text and (parts or not text.isspace()):
        parts.append(text)


def _all(root: Any) -> Iterator[Block]:  # noqa: ANN401 - an lxml element
    """Every stretch, whatever it holds: for pages that cannot be told at a glance."""
    holders: list[Any] = [root]
    parts: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event in {"start", "end"} and element.tag not in _INLINE:
            yield Block(holders[-1], "".join(parts))
            parts.clear()
            if event == "start":
                holders.append(element)
            else:
                holders.pop()
        _read(parts, event, element)
    yield Block(root, "".join(parts))
