"""Strings in JSON with their place and what stands around them: title, price and publish time of the same object."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from typing import Any
from urllib.parse import unquote

from crawler.reading.literal import read_embedded
from crawler.reading.moment import read_moment
from crawler.reading.text import words
from crawler.reading.wire import is_binary, read_base64, read_wire
from storage.records import Interval

_SIMPLE_KEY = re.compile(r"[\w$-]+")
_ENCODED = re.compile(r"[A-Za-z]+%(?:25)*3[aA]")
_PERCENT = re.compile(r"%[0-9a-fA-F]{2}")
_YUAN = re.compile(r"\s*([¥￥]?)\s*(\d{1,8}(?:\.\d{1,2})?)\s*(元?)起?\s*")
_TWICE = frozenset({"YUhSM", "WVhS", "TEh5", "ZXlK", "ZXlKa", "ZXlKM", "ZXlKb", "ZXlKc", "ZXlKd"})
"""What base64 of base64 of an address or of JSON begins with."""
_BASE64_HEAD = re.compile(r"[A-Za-z0-9+/_-]{24}")
_MAX_LAYERS = 5
_MAX_CLIMB = 12

# A key is compared in lower case without underscores.
_TITLE_KEYS = words(
    "itemtitle goodstitle producttitle title itemname goodsname productname name goodsdesc caption subtitle shorttitle",
)
_PRICE_KEYS = [
    "itemprice",
    "goodsprice",
    "saleprice",
    "currentprice",
    "price",
    "realprice",
    "finalprice",
    "priceinfen",
    "minprice",
    "lowprice",
]
_TIME_WORDS = re.compile(
    r"(?:gmt|item|goods|product|link|photo|live|first|date)?"
    r"(?P<what>itemon|on(?:shelf|shelve|sale|line)|shelf|shelve|putaway|add(?:ed)?|list(?:ed)?|publish(?:ed)?|pub|release[d]?|"
    r"post(?:ed)?|create[d]?|creat|upload(?:ed)?|insert(?:ed)?|online)"
    r"(?:time|timestamp|date|datetime|at|on|ts|ms)?(?:ms|stamp|str|text)?",
)
_TIME_ORDER = ("itemon", "onshelf", "onshelve", "shelf", "shelve", "putaway", "add", "list", "onsale", "publish", "pub")
_PLAIN_TIMES = ("timestamp", "time", "date", "datetime", "ts")
_PEOPLE = frozenset(
    words(
        "author user owner seller shop anchor profile member account userinfo authorinfo shopinfo",
    ),
)
_ANSWER_KEYS = frozenset(
    words(
        "result code ret errno errorcode status success msg message requestid traceid",
    ),
)
_CONTENT = re.compile(r".*(?:photo|video|livestream|live|feed|note|post|article|work|moment)s?(?::.*)?")
_CONTENT_KEYS = frozenset(words("photoid livestreamid feedid videoid playurls photourl"))
_CONTENT_TIMES = frozenset(
    ["timestamp", "time", "starttime", "livestarttime", "publishtime", "createtime", "uploadtime"]
)


class Node:
    """A value in JSON, the key or position that leads to it, and what holds it."""

    __slots__ = ("_fields", "key", "parent", "root", "value")

    def __init__(self, value: Any, key: str | int | None, parent: Node | None, root: str) -> None:  # noqa: ANN401
        self.value = value
        self.key = key
        self.parent = parent
        self.root = root
        self._fields: dict[str, Any] | None = None

    @property
    def fields(self) -> dict[str, Any]:
        """The fields of an object by folded key; empty where it is none."""
        if self._fields is None:
            self._fields = _folded(self.value) if isinstance(self.value, dict) else {}
        return self._fields

    @property
    def locator(self) -> str:
        """The path: ``$.data.items[3].jumpUrl``."""
        parts: list[str] = []
        node: Node | None = self
        while node is not None and node.parent is not None:
            if node.key is not None:
                parts.append(_written(node.key))
            node = node.parent
        return (node.root if node else "") + "".join(reversed(parts))


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """A string in JSON: its text, its key, and the object or array that holds it."""

    text: str
    key: str | int | None
    parent: Node | None
    root: str

    @property
    def locator(self) -> str:
        """The path: ``$.data.items[3].jumpUrl``."""
        return (self.parent.locator if self.parent else self.root) + ("" if self.key is None else _written(self.key))


def leaves(value: Any, root: str) -> Iterator[Leaf]:  # noqa: ANN401 - what JSON can hold
    """Every string in a value, in order; JSON held in a string (plain, percent-encoded or base64) is opened.

    Args:
        value: what JSON can hold.
        root: what the path begins with: a global name, or ``$``.
    """
    pending: list[tuple[Node, int]] = [(Node(value, None, None, root), 0)]
    while pending:
        node, layer = pending.pop()
        content = node.value
        if isinstance(content, str):
            if len(content) < 4:  # noqa: PLR2004 - no address is shorter
                continue
            opened = _open(content) if layer < _MAX_LAYERS else None
            if opened is None:
                yield Leaf(content, node.key, node.parent, root)
            else:
                pending.append((Node(opened, node.key, node.parent, root), layer + 1))
        elif isinstance(content, dict):
            held = [
                (Node(child, key, node, root), layer)
                for key, child in content.items()
                if isinstance(child, str | dict | list)
            ]
            pending.extend(reversed(held))
            yield from (Leaf(key, None, node, root) for key in content if isinstance(key, str) and "//" in key)
        elif isinstance(content, list):
            held = [
                (Node(child, i, node, root), layer)
                for i, child in enumerate(content)
                if isinstance(child, str | dict | list)
            ]
            pending.extend(reversed(held))


def unwrap(text: str) -> str:
    """A string without one layer of base64 or percent-encoding around an address or JSON, if there is one."""
    if text[:5] in {"aHR0c", "aHR0L"} or text[:3] in {"eyJ", "W3s", "Ly9"} or text[:4] == "W3si":
        return _from_base64(text) or text
    if text[:5] in _TWICE:
        inner = _from_base64(text)
        return unwrap(inner) if inner else text
    if "%" in text and ((text[0] == "%" and _PERCENT.search(text)) or _ENCODED.match(text)):
        return unquote(text)
    return text


def label_of(node: Node | None) -> str:
    """The title that stands nearest: in the same object, in what it holds, or in the object around it."""
    for value in _around(node):
        found = _first_text(value, _TITLE_KEYS)
        if found:
            return found[:200]
    return ""


def price_of(node: Node | None) -> int | None:
    """The price in the same object in fen: an integer is fen, ``"¥19.90"``, ``"19.90"`` and 19.9 are yuan."""
    for value in _around(node):
        for key in _PRICE_KEYS:
            price = read_price(value.get(key))
            if price is not None:
                return price
    return None


def read_price(value: Any) -> int | None:  # noqa: ANN401 - what JSON can hold
    """An amount of money in fen; ``None`` where the unit cannot be known."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int):
        return value if 0 < value < 10**10 else None
    if isinstance(value, float):
        return round(value * 100) if 0 < value < 10**8 else None
    found = _YUAN.fullmatch(value) if isinstance(value, str) else None
    if not found or not (found[1] or found[3] or "." in found[2]):
        return None
    return round(float(found[2]) * 100) or None


def published_of(node: Node | None, now_ms: int) -> Interval:
    """When the thing was published: by its own object (``stated``), else by the content that carries it (``content``).

    Content is a video, a live stream, a post: an object around the thing, or the only one beside it. The time of an
    answer, of a page or of a person is neither. A list ends what an object may say of a link.
    """
    climbed, beyond_list = 0, False
    while node is not None and climbed < _MAX_CLIMB:
        if isinstance(node.value, dict):
            if _name(node) in _PEOPLE:
                break
            moment = _content_time(node, now_ms)
            if moment is None and not beyond_list:
                moment = _stated(node, now_ms, plain=climbed == 0)
            if moment is not None:
                return moment
            climbed += 1
        elif climbed:
            beyond_list = True
        node = node.parent
    return Interval()


def _stated(node: Node, now_ms: int, *, plain: bool) -> Interval | None:
    fields = node.fields
    named = [(found["what"], key) for key in fields if (found := _TIME_WORDS.fullmatch(key)) and found["what"] != key]
    named.sort(key=lambda pair: _TIME_ORDER.index(pair[0]) if pair[0] in _TIME_ORDER else len(_TIME_ORDER))
    keys = [key for _what, key in named]
    if plain and not (_ANSWER_KEYS & fields.keys()):
        keys += [key for key in _PLAIN_TIMES if key in fields]
    return next((moment for key in keys if (moment := read_moment(fields[key], now_ms))), None)


def _content_time(node: Node, now_ms: int) -> Interval | None:
    fields = node.fields
    if _CONTENT.fullmatch(_name(node)) or _CONTENT_KEYS & fields.keys():
        return _carried(fields, now_ms)
    beside = [value for key, value in fields.items() if isinstance(value, dict) and value and _CONTENT.fullmatch(key)]
    return _carried(_folded(beside[0]), now_ms) if len(beside) == 1 else None


def _carried(fields: dict[str, Any], now_ms: int) -> Interval | None:
    found = (read_moment(fields[key], now_ms) for key in fields if key in _CONTENT_TIMES)
    moment = next((moment for moment in found if moment), None)
    return replace(moment, basis="content") if moment else None


def _name(node: Node) -> str:
    """The key of an object, or of the list that holds it."""
    while isinstance(node.key, int) and node.parent is not None:
        node = node.parent
    return _fold(node.key)


def _around(node: Node | None) -> Iterator[dict[str, Any]]:
    """The object itself, then what it holds, then the object around it, keys folded."""
    while node is not None and not isinstance(node.value, dict):
        node = node.parent
    if node is None:
        return
    own = node.fields
    yield own
    yield from (_folded(child) for child in own.values() if isinstance(child, dict) and len(child) <= 40)  # noqa: PLR2004
    if node.parent is not None and isinstance(node.parent.value, dict):
        yield node.parent.fields


def _folded(value: dict[Any, Any]) -> dict[str, Any]:
    return {_fold(key): child for key, child in islice(value.items(), 200)}


@lru_cache(maxsize=4096)
def _fold(key: object) -> str:
    return str(key).replace("_", "").replace("-", "").lower() if key is not None else ""


def _first_text(fields: dict[str, Any], keys: tuple[str, ...]) -> str:
    texts = (fields.get(key) for key in keys)
    return next((" ".join(text[:400].split()) for text in texts if isinstance(text, str) and text.strip()), "")


def _open(text: str) -> Any | None:  # noqa: ANN401 - what JSON can hold
    head = text[:3].lstrip()[:1]
    if head in {"{", "["} and ('"' in text or "'" in text):
        return read_embedded(text)
    if text[:3] in {"eyJ", "W3s"} or text[:3] in {"%7B", "%7b", "%5B", "%5b", "%25"}:
        return read_embedded(unwrap(text))
    if _BASE64_HEAD.match(text) and (
        "h0dH" in text or "odHRw" in text or text[:4] == "H4sI" or text[:2] in {"eJ", "eN"}
    ):
        content = read_base64(text)
        return list(read_wire(content)) if content and (is_binary(content) or b"://" in content) else None
    return None


def _from_base64(text: str) -> str:
    try:
        return (read_base64(text) or b"").decode("utf-8")
    except ValueError:
        return ""


def _written(key: str | int) -> str:
    if isinstance(key, int):
        return f"[{key}]"
    return f".{key}" if _SIMPLE_KEY.fullmatch(key) else f"[{key!r}]"
