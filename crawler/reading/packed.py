"""Scripts that a packer made of others: ``eval(function(p,a,c,k,e,d){...}('0 1',62,2,'a|b'.split('|'),0,{}))``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from string import ascii_letters, digits
from typing import NamedTuple

from crawler.reading.literal import read_literal

_UNPACKER = re.compile(r"p\s{0,9},\s{0,9}a\s{0,9},\s{0,9}c\s{0,9},\s{0,9}k\s{0,9},\s{0,9}e\b")
"""The parameters that the packer always gives to its function."""
_CALL = re.compile(r"\}\s{0,9}\(\s{0,9}(?=[\"'])")
_NUMBERS = re.compile(r"\s{0,9},\s{0,9}([0-9]{1,2})\s{0,9},\s{0,9}[0-9]{1,6}\s{0,9},\s{0,9}(?=[\"'])")
_SPLIT = re.compile(r"\s{0,9}\.\s{0,9}split\s{0,9}\(\s{0,9}([\"'])\|\1")
_WORD = re.compile(r"[0-9A-Za-z_]+")
_DIGITS = {sign: value for value, sign in enumerate(digits + ascii_letters)}
_MAX_FUNCTION = 3000
"""Characters of the function that unpacks; it is always the same, of some 400."""
_MAX_PACKED = 50
_MAX_GROWTH = 8
"""How many times as long as the whole script what comes of it may be: packers make scripts short, not bombs."""
_MAX_ROUNDS = 3


def unpacked(code: str) -> tuple[str, ...]:
    """The script with all that is packed in it blanked, and every script that was packed, packed twice or not.

    A script in which nothing is packed stands alone. Nothing is run; time is linear in the length of the code.
    """
    if not _UNPACKER.search(code):
        return (code,)
    scripts: list[str] = []
    waiting = [(code, 0)]
    budget = _MAX_GROWTH * len(code)
    while waiting:
        script, layer = waiting.pop(0)
        found = list(_opened(script, budget)) if layer < _MAX_ROUNDS else []
        scripts.append(_blanked(script, found))
        waiting += [(one.text, layer + 1) for one in found]
        budget -= sum(len(one.text) for one in found)
    return tuple(scripts)


class _Opened(NamedTuple):
    """Where a packed script stands in another, and what it opens to."""

    start: int
    end: int
    text: str


def _opened(code: str, budget: int) -> Iterator[_Opened]:
    end = 0
    for number, found in enumerate(_UNPACKER.finditer(code)):
        call = _CALL.search(code, max(end, found.end()), found.end() + _MAX_FUNCTION) if number < _MAX_PACKED else None
        payload = read_literal(code, call.end()) if call else None
        numbers = _NUMBERS.match(code, payload[1]) if payload else None
        words = read_literal(code, numbers.end()) if numbers else None
        if call and payload and numbers and words and _SPLIT.match(code, words[1]):
            text = _with_words(str(payload[0]), int(numbers[1]), str(words[0]).split("|"), budget)
            budget -= len(text)
            end = words[1]
            yield _Opened(call.end(), end, text)


def _blanked(code: str, found: list[_Opened]) -> str:
    parts, last = [], 0
    for one in found:
        parts += [code[last : one.start], " " * (one.end - one.start)]
        last = one.end
    return "".join([*parts, code[last:]])


def _with_words(payload: str, base: int, words: list[str], budget: int) -> str:
    """The payload with each number in it replaced by the word of that place; cut where it grows beyond all measure."""
    parts: list[str] = []
    last = length = 0
    for found in _WORD.finditer(payload):
        place = _number(found[0], base)
        word = words[place] if 0 <= place < len(words) else ""
        parts += [payload[last : found.start()], word or found[0]]
        length += len(parts[-1]) + len(parts[-2])
        last = found.end()
        if length > budget:
            return "".join(parts[:-2])
    return "".join([*parts, payload[last:]])


def _number(word: str, base: int) -> int:
    """The number that a word of the payload is, -1 where it is none of this base or longer than any."""
    if len(word) > 4 or (len(word) > 1 and word[0] == "0"):  # noqa: PLR2004 - digits of the last of a million
        return -1
    value = 0
    for sign in word:
        digit = _DIGITS.get(sign, base)
        if digit >= base:
            return -1
        value = value * base + digit
    return value
