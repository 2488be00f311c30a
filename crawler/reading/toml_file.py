"""A TOML file that a person wrote: what is wrong with it, each fault with its line, its key and the cure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any, TypeAlias, get_args

from pydantic import BaseModel, ValidationError

Key: TypeAlias = "str | int"
KeyPath: TypeAlias = tuple[Key, ...]
"""The keys that lead to a value, from the top of the file; a number counts the tables or values of a list from 0."""
Problem: TypeAlias = tuple[KeyPath, str]
"""Where in the file, and what to do about it."""


def syntax_fault(error: tomllib.TOMLDecodeError, text: str, where: str) -> str:
    """Where a text is no TOML, and what to do about it: ``file:line: what stands there: cure``."""
    match = re.search(r"\(at line (\d+), column \d+\)", str(error))
    lines = text.splitlines()
    number = int(match[1]) if match else len(lines)
    line = lines[number - 1].strip()[:80] if 0 < number <= len(lines) else ""
    cure = "correct this line (a day is 2022-12-31, text is quoted)"
    return f"{where}:{max(number, 1)}: {line + ': ' if line else ''}not TOML: {error}; {cure}"


def told(problems: Iterable[Problem], text: str, where: str) -> list[str]:
    """Problems as a person reads them, ``file:line: key: cure``, in the order of the file."""
    placed = sorted((line_of(text, place), ".".join(map(str, place)), cure) for place, cure in problems)
    return [f"{where}:{line}: {key + ': ' if key else ''}{cure}" for line, key, cure in placed]


def problems_of(error: ValidationError, model: type[BaseModel]) -> Iterator[Problem]:
    """What a model says against the content of a file."""
    for item in error.errors(include_url=False):
        yield item["loc"], _cure(item, item["loc"], model)


def suggest(word: str, known: Iterable[str]) -> str:
    """What somebody may have meant by a word that is not known: the nearest one, or all of them."""
    names = sorted(known)
    close = get_close_matches(word, names, n=1)
    return f"did you mean {close[0]!r}?" if close else f"known are: {', '.join(names) or 'none'}"


def _cure(item: Any, place: KeyPath, model: type[BaseModel]) -> str:  # noqa: ANN401 - pydantic's details are untyped
    match item["type"]:
        case "missing":
            return f"is missing; add `{place[-1]} = ...`"
        case "extra_forbidden":
            return f"is not a key here; {suggest(str(place[-1]), keys_at(place, model))}"
        case "literal_error":
            known = re.findall(r"'([^']+)'", item["ctx"]["expected"])
            return f"{item['input']!r} is not known here; {suggest(str(item['input']), known)}"
        case "value_error":
            return str(item["ctx"]["error"])
        case _:
            return f"{item['msg']}, not {item['input']!r}"


def keys_at(place: KeyPath, model: type[BaseModel]) -> list[str]:
    """The keys that may stand beside the last of ``place``."""
    held: type[BaseModel] | None = model
    for part in place[:-1]:
        if isinstance(part, str) and held and part in held.model_fields:
            nested = [inner for inner in get_args(held.model_fields[part].annotation) if isinstance(inner, type)]
            held = next((inner for inner in nested if issubclass(inner, BaseModel)), held)
    return [info.alias or name for name, info in (held or model).model_fields.items()]


def line_of(text: str, place: KeyPath) -> int:
    """The line (from 1) on which a key stands, or its table begins; 1 where it cannot be told."""
    lines = text.splitlines()
    start, keys = _table(lines, place)
    for number in range(start, len(lines)):
        if number > start and lines[number].lstrip().startswith("["):
            break
        if keys and re.match(rf"\s*[\"']?{re.escape(str(keys[0]))}[\"']?\s*[=.]", lines[number]):
            return number + 1
    return start + 1


def _table(lines: list[str], place: KeyPath) -> tuple[int, KeyPath]:
    """Where the table begins that holds ``place``, counted from 0, and what of ``place`` lies within it."""
    for depth in range(len(place), 0, -1):
        *names, last = place[:depth]
        index = last if isinstance(last, int) else 0
        path = ".".join(str(name) for name in (names if isinstance(last, int) else place[:depth]))
        header = re.compile(rf"\s*\[+\s*{re.escape(path)}\s*\]+")
        heads = [number for number, line in enumerate(lines) if header.match(line)]
        if len(heads) > index:
            return heads[index], place[depth:]
    return 0, place
