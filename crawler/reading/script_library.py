"""What the few JavaScript functions give that jump pages build their addresses with. Anything else is ``UNKNOWN``."""

from __future__ import annotations

import base64
import binascii
import math
import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from crawler.reading.literal import read_literal


class Unknown:
    """The one value of which nothing is known."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()
Value: TypeAlias = Any
"""str, int, float, bool, None (null and undefined), list, dict, a function, a host object, or ``UNKNOWN``."""

MAX_TEXT = 100_000
"""Characters of the longest string that is still followed."""

_KEPT_BY_URI = "-_.!~*'();/?:@&=+$,#"
_KEPT_BY_COMPONENT = "-_.!~*'()"
_EQUALITY = {"==": operator.eq, "===": operator.eq, "!=": operator.ne, "!==": operator.ne}
SUMS: dict[str, Callable[[int, int], int]] = {
    "-": operator.sub,
    "*": operator.mul,
    "%": lambda left, right: int(math.fmod(left, right)),  # the sign is that of the dividend
    "^": operator.xor,
    "&": operator.and_,
    "|": operator.or_,
    ">>": operator.rshift,
}
_MAX_CODE = 0x7FFFFFFF
_CLASS = r"\[\^?(?:[^\[\]\\/&~|-]|\\[^\w\s]|\\[dws]|[0-9A-Za-z]-[0-9A-Za-z])+\]"
_ATOM = rf"(?:{_CLASS}|[^\\/^$.|?*+()\[\]{{}}]|\\[^\w\s]|\\[dws]|\.)"
_TIMES = r"(?:\{[0-9]{1,2}\})?"
_PLAIN_PATTERN = re.compile(rf"(?:{_ATOM}{_TIMES}|\((?:\?:)?(?:{_ATOM}{_TIMES})*\))*(?:{_ATOM}\+)?")
"""A regular expression that takes linear time: plain signs, classes and groups of them; only the last goes on."""
_COUNT = re.compile(r"\{([0-9]+)\}")
_MAX_PATTERN = 200
_MAX_CALLED = 500
"""Matches for each of which a function is walked."""
_ORDER = {"<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge}


def text_of(value: Value) -> str | None:
    """What ``String(value)`` gives, or ``None`` where it cannot be told."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float() if math.isfinite(value):
            return str(int(value)) if value.is_integer() else str(value)
        case _:
            return None


def is_true(value: Value) -> bool | None:
    """Whether JavaScript takes the value for true; ``None`` where it cannot be told."""
    if isinstance(value, Unknown):
        return None
    return bool(value) or isinstance(value, list | dict)


def add(left: Value, right: Value) -> Value:
    """``left + right``."""
    if _is_number(left) and _is_number(right):
        return left + right
    texts = (text_of(left), text_of(right))
    if texts[0] is None or texts[1] is None:
        return UNKNOWN
    return (texts[0] + texts[1])[:MAX_TEXT]


def compare(sign: str, left: Value, right: Value) -> bool | Unknown:
    """``left === right``, ``left < right`` and their kin; unknown where the two are not of one plain kind."""
    if isinstance(left, Unknown | list | dict) or isinstance(right, Unknown | list | dict):
        return UNKNOWN
    if sign in _EQUALITY:
        alike = type(left) is type(right) or left is None or right is None or (_is_number(left) and _is_number(right))
        return bool(_EQUALITY[sign](left, right)) if alike or len(sign) == len("===") else UNKNOWN
    if sign in _ORDER and _is_number(left) and _is_number(right):
        return bool(_ORDER[sign](left, right))
    return UNKNOWN


def calculate(sign: str, left: Value, right: Value) -> int | Unknown:
    """``left ^ right`` and its kin for whole numbers, with which character codes are disguised."""
    known = SUMS.get(sign)
    if known is None or not (isinstance(left, int) and isinstance(right, int)):
        return UNKNOWN
    if max(abs(left), abs(right)) > _MAX_CODE:
        return UNKNOWN
    try:
        return known(left, right)
    except (ValueError, ZeroDivisionError):
        return UNKNOWN


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression that is simple enough to be followed.

    Attributes:
        expression: the same in Python.
        every: it stands for all matches.
        reach: how many characters it may look at from each place of a text, at most.
    """

    expression: re.Pattern[str]
    every: bool
    reach: int

    def replace_in(self, text: str, new: Value, call: Callable[[list[Value]], Value] | None = None) -> Value:
        """``text.replace(pattern, new)``. ``call``: where ``new`` is a function, what it gives for a match."""
        if len(text) > MAX_TEXT or (call is None and not isinstance(new, str)):
            return UNKNOWN
        pieces: list[str] = []
        end = size = 0
        for number, found in enumerate(self.expression.finditer(text)):
            put = _expanded(new, found) if call is None else call([found[0], *found.groups()])
            if not isinstance(put, str) or size > MAX_TEXT or (call and number >= _MAX_CALLED):
                return UNKNOWN
            pieces += text[end : found.start()], put
            end, size = found.end(), size + len(put)
            if not self.every:
                break
        return "".join(pieces) + text[end:]

    def find_in(self, text: str) -> Value:
        """``text.match(pattern)`` of a pattern that stands for all matches."""
        return [found[0] for found in self.expression.finditer(text[:MAX_TEXT])] if self.every else UNKNOWN

    def split_in(self, text: str) -> Value:
        """``text.split(pattern)`` of a pattern without groups."""
        return UNKNOWN if self.expression.groups else list(self.expression.split(text[:MAX_TEXT]))


def _expanded(new: str, found: re.Match[str]) -> str:
    """A replacement with ``$1`` and ``$&`` in it filled in."""
    if "$" not in new:
        return new
    return _DOLLAR.sub(lambda sign: _filled(sign[1], found), new)


def _filled(sign: str, found: re.Match[str]) -> str:
    if sign in "$&":
        return found[0] if sign == "&" else "$"
    return (found[int(sign)] or "") if int(sign) <= found.re.groups else f"${sign}"


_DOLLAR = re.compile(r"\$([1-9$&])")


def read_pattern(source: str, flags: str | None = None) -> Pattern | Unknown:
    """A regular expression of JavaScript that is simple enough to be followed.

    Args:
        source: ``/as it stands/g`` in the script, or what is between the slashes.
        flags: the flags of one that is made by ``new RegExp``; ``None`` where they stand in ``source``.
    """
    if flags is None:
        body, _, flags = source[1:].rpartition("/")
    else:
        body = source
    if len(body) > _MAX_PATTERN or not body or _PLAIN_PATTERN.fullmatch(body) is None:
        return UNKNOWN
    reach = len(body) + sum(int(times) for times in _COUNT.findall(body))
    modes = re.ASCII | (re.IGNORECASE if "i" in flags else 0)
    try:
        return Pattern(re.compile(body, modes), every="g" in flags, reach=reach)
    except re.error:
        return UNKNOWN


def call_global(name: str, arguments: Sequence[Value]) -> Value:
    """What a function of the language gives, ``decodeURIComponent(x)`` for one."""
    known = _GLOBALS.get(name)
    texts = [text_of(argument) for argument in arguments]
    if known is None or not texts or texts[0] is None:
        return UNKNOWN
    try:
        return known(texts[0])
    except (ValueError, binascii.Error):
        return UNKNOWN


def call_method(owner: Value, name: str, arguments: Sequence[Value]) -> Value:
    """What a method of a known string, list or query gives."""
    if isinstance(owner, int) and name in {"toString", "valueOf"} and not arguments:
        return text_of(owner)
    methods = _STRING_METHODS if isinstance(owner, str) else _LIST_METHODS if isinstance(owner, list) else {}
    method = methods.get(name)
    plain = str | int | list if method is _join_lists else str | int
    if method is None or any(not isinstance(argument, plain) for argument in arguments):
        return UNKNOWN
    if _size(owner) + sum(map(_size, arguments)) > MAX_TEXT:
        return UNKNOWN
    try:
        return method(owner, *arguments)
    except (TypeError, ValueError, IndexError, OverflowError):
        return UNKNOWN


def _size(value: Value) -> int:
    """About how many characters a string, or the members of a list, have."""
    if isinstance(value, list):
        return len(value) + sum(len(member) for member in value if isinstance(member, str))
    return len(value) if isinstance(value, str) else 1


def read_property(owner: Value, name: str | int) -> Value:
    """``owner[name]`` of a known string, list or object."""
    if name == "length" and isinstance(owner, str | list):
        return len(owner)
    if isinstance(owner, dict):
        return owner.get(str(name), UNKNOWN)
    if isinstance(owner, str | list) and isinstance(name, int):
        return owner[name] if 0 <= name < len(owner) else None
    return UNKNOWN


def read_address(url: str) -> dict[str, Value]:
    """The properties of ``location`` (or of ``new URL(url)``) for an address."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return {"href": url}
    host = parts.hostname or ""
    authority = f"{host}:{port}" if port else host
    return {
        "href": url,
        "protocol": f"{parts.scheme}:",
        "host": authority,
        "hostname": host,
        "origin": f"{parts.scheme}://{authority}",
        "pathname": parts.path or "/",
        "search": f"?{parts.query}" if parts.query else "",
        "hash": f"#{parts.fragment}" if parts.fragment else "",
        "searchParams": read_query(parts.query),
    }


def read_query(query: str) -> dict[str, Value]:
    """``new URLSearchParams(query)``: the first value of each name."""
    pairs = parse_qsl(query.removeprefix("?"), keep_blank_values=True)
    return {"get": dict(reversed(pairs))}


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _from_base64(text: str) -> str:
    return base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode("latin-1")


def _unescape(text: str) -> str:
    return re.sub(r"%u([0-9a-fA-F]{4})|%([0-9a-fA-F]{2})", lambda found: chr(int(found[1] or found[2], 16)), text)


def _parse_json(text: str) -> Value:
    found = read_literal(text)
    return found[0] if found else UNKNOWN


def _strict_unquote(text: str) -> str:
    return unquote(text, errors="strict")


_GLOBALS: dict[str, Callable[[str], Value]] = {
    "decodeURIComponent": _strict_unquote,
    "decodeURI": _strict_unquote,
    "encodeURIComponent": lambda text: quote(text, safe=_KEPT_BY_COMPONENT),
    "encodeURI": lambda text: quote(text, safe=_KEPT_BY_URI),
    "unescape": _unescape,
    "escape": lambda text: quote(text, safe="@*_+-./"),
    "atob": _from_base64,
    "String": str,
    "JSON.parse": _parse_json,
}


def _substring(text: str, start: int, end: int | None = None) -> str:
    bounds = sorted((max(0, start), len(text) if end is None else max(0, end)))
    return text[bounds[0] : bounds[1]]


def _substr(text: str, start: int, length: int | None = None) -> str:
    first = max(0, len(text) + start) if start < 0 else start
    return text[first : None if length is None else first + max(0, length)]


def _split(text: str, sign: str, limit: int | None = None) -> list[str]:
    pieces = text.split(sign) if sign else list(text)
    return pieces[:limit]


def _replace_all(text: str, old: str, new: str) -> Value:
    return text.replace(old, new) if text.count(old) * len(new) < MAX_TEXT else UNKNOWN


def _slice(value: Any, start: int = 0, end: int | None = None) -> Any:  # noqa: ANN401 - a string or a list
    return value[start:end]


def _padded(text: str, length: int, fill: str = " ") -> str:
    """What ``padStart`` and ``padEnd`` put to a text."""
    lack = min(length, MAX_TEXT) - len(text)
    return (fill * (lack // len(fill) + 1))[:lack] if lack > 0 and fill else ""


def _repeat(text: str, times: int) -> Value:
    return text * times if times >= 0 and len(text) * times <= MAX_TEXT else UNKNOWN


def _at(values: Any, place: int = 0) -> Any:  # noqa: ANN401 - a string or a list
    return values[place]


_STRING_METHODS: dict[str, Callable[..., Value]] = {
    "substring": _substring,
    "substr": _substr,
    "slice": _slice,
    "split": _split,
    "replace": lambda text, old, new: text.replace(old, new, 1),
    "replaceAll": _replace_all,
    "concat": lambda text, *more: text + "".join(map(str, more)),
    "toLowerCase": str.lower,
    "toUpperCase": str.upper,
    "trim": str.strip,
    "trimStart": str.lstrip,
    "trimEnd": str.rstrip,
    "padStart": lambda text, length, fill=" ": _padded(text, length, fill) + text,
    "padEnd": lambda text, length, fill=" ": text + _padded(text, length, fill),
    "repeat": _repeat,
    "at": _at,
    "toString": str,
    "valueOf": str,
    "indexOf": str.find,
    "lastIndexOf": str.rfind,
    "includes": lambda text, part: part in text,
    "startsWith": str.startswith,
    "endsWith": str.endswith,
    "charAt": lambda text, place: text[place : place + 1],
    "charCodeAt": lambda text, place=0: ord(text[place]),
    "codePointAt": lambda text, place=0: ord(text[place]),
}


def _join_lists(values: list[Value], *more: Value) -> list[Value]:
    return [*values, *(one for group in more for one in (group if isinstance(group, list) else [group]))]


def _join(values: list[Value], sign: str = ",") -> Value:
    if any(isinstance(value, Unknown) for value in values):
        return UNKNOWN
    return sign.join(text_of(value) or "" for value in values)


_LIST_METHODS: dict[str, Callable[..., Value]] = {
    "join": _join,
    "reverse": lambda values: values[::-1],
    "slice": _slice,
    "concat": _join_lists,
    "at": _at,
}
