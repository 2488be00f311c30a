"""A TOML file that a person wrote: what is wrong with it, each fault with its line, its key and the cure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, TypeAlias, get_args, get_origin

from pydantic import BaseModel, ValidationError

Key: TypeAlias = "str | int"
KeyPath: TypeAlias = tuple[Key, ...]
"""The keys that lead to a value, from the top of the file; a number counts the tables or values of a list from 0."""
Problem: TypeAlias = tuple[KeyPath, str]
"""Where in the file, and what to do about it."""
_NAME = re.compile(r"[\w-]{1,40}")
_QUOTED = re.compile(r"'([^']+)'")
_LONGEST_SHOWN = 60


def syntax_fault(error: tomllib.TOMLDecodeError, text: str, where: str) -> str:
    """Where a text is no TOML, and what to do about it: ``file:line: what stands there: cure``."""
    match = re.search(r"\(at line (\d+), column \d+\)", str(error))
    lines = text.splitlines()
    number = int(match[1]) if match else len(lines)
    line = lines[number - 1].strip()[:80] if 0 < number <= len(lines) else ""
    is_double = str(error).startswith(("Cannot overwrite", "Cannot declare", "Cannot redefine", "Duplicate"))
    cure = (
        "it stands there twice; leave one out"
        if is_double
        else "correct this line (a day is 2022-12-31, text is quoted)"
    )
    return f"{where}:{max(number, 1)}: {line + ': ' if line else ''}not TOML: {error}; {cure}"


def told(problems: Iterable[Problem], text: str, where: str) -> list[str]:
    """Problems as a person reads them, ``file:line: key: cure``, in the order of the file."""
    raw = tomllib.loads(text)
    placed = sorted(
        (line_of(text, place), list(map(str, place)), key_words(place, raw), cure) for place, cure in problems
    )
    return [f"{where}:{line}: {key + ': ' if key else ''}{cure}" for line, _, key, cure in placed]


def key_words(place: KeyPath, raw: object) -> str:
    """A place as a person names it, an entry of a list by its id or counted from 1: ``windows 'sale', stores #2``.

    Args:
        place: the keys that lead there.
        raw: what the file holds.
    """
    words, sign = "", ""
    for part in place:
        if isinstance(part, int):
            words += f" {_entry_words(part, raw)}"
            sign = ", "
        else:
            words += f"{sign}{part or repr(part)}"
            sign = "."
        raw = _within(raw, part)
    return words


def _entry_words(position: int, entries: object) -> str:
    """An entry of a list by its id, where it has one that no other bears; else by its number."""
    names = [_within(entry, "id") for entry in entries] if isinstance(entries, list) else []
    name = names[position] if position < len(names) else None
    is_name = isinstance(name, str) and _NAME.fullmatch(name) and names.count(name) == 1
    return f"{name!r}" if is_name else f"#{position + 1}"


def _within(held: object, part: Key) -> object:
    if isinstance(part, int):
        return held[part] if isinstance(held, list) and part < len(held) else None
    return held.get(part) if isinstance(held, Mapping) else None


def problems_of(error: ValidationError, model: type[BaseModel]) -> Iterator[Problem]:
    """What a model says against the content of a file."""
    for item in error.errors(include_url=False):
        # a name that is the key of a table is marked so, behind it
        place = tuple(part for part in item["loc"] if part != "[key]")
        yield place, _cure(item, place, model)


def suggest(word: str, known: Iterable[str]) -> str:
    """What somebody may have meant by a word that is not known: the nearest one, or all of them."""
    names = sorted(known)
    close = get_close_matches(word, names, n=1)
    return f"did you mean {close[0]!r}?" if close else f"known are: {', '.join(names) or 'none'}"


_WANTED = {
    "string_type": "text in quotes",
    "path_type": "a path in quotes",
    "int_type": "a whole number without quotes",
    "int_parsing": "a whole number without quotes",
    "int_from_float": "a whole number",
    "float_type": "a number without quotes",
    "float_parsing": "a number without quotes",
    "bool_type": "true or false without quotes",
    "bool_parsing": "true or false without quotes",
    "finite_number": "a finite number",
    "dataclass_exact_type": 'a day, as 2022-10-28, or a month of which the day is not known, as "2022-10"',
    "list_type": "a list, in square brackets",
    "dict_type": "a table",
    "model_type": "a table",
}
"""What should stand where something of the wrong kind does."""


def _cure(item: Any, place: KeyPath, model: type[BaseModel]) -> str:  # noqa: ANN401 - pydantic's details are untyped
    match item["type"]:
        case "missing":
            return f"is missing; add {_example(place, model)}"
        case "extra_forbidden":
            return f"is not a key here; {suggest(str(place[-1]), keys_at(place, model))}"
        case "value_error":
            return str(item["ctx"]["error"])
        case "list_type" if isinstance(item["input"], Mapping) and _holds_tables(place, model):
            return f"is one table and must be a list of them; write [[{place[-1]}]] above each"
        case "model_type" if isinstance(item["input"], list) and isinstance(place[-1], str):
            return f"is a list of tables and must be one; write [{'.'.join(map(str, place))}] above it"
        case kind:
            return _cure_of_value(kind, item["input"], item.get("ctx", {})) or f"{item['msg']}, not {item['input']!r}"


def _example(place: KeyPath, model: type[BaseModel]) -> str:
    """How a key is written that is not there."""
    key, *inner = place
    is_tables = not inner and get_origin(model.model_fields[str(key)].annotation) is dict
    return f"[{key}.NAME] for each" if is_tables else f"`{place[-1]} = ...`"


def _cure_of_value(kind: str, written: object, bounds: Mapping[str, Any]) -> str | None:
    """What to write instead of a value, by pydantic's name of its fault; ``None`` for one that no model here knows."""
    match kind:
        case "literal_error":
            return f"{_shown(written)} is not known here; {suggest(str(written), _QUOTED.findall(bounds['expected']))}"
        case "greater_than_equal":
            return f"must be {bounds['ge']} or more, not {_shown(written)}"
        case "less_than_equal":
            return f"must be {bounds['le']} or less, not {_shown(written)}"
        case "string_too_short" | "too_short":
            return f"is empty; {'name at least one' if written == [] else 'write what it is'}"
        case "string_pattern_mismatch":
            return f"{_shown(written)} is no name; write small letters, digits and _ alone{_such_as(str(written))}"
        case _:
            return f"must be {_WANTED[kind]}, not {_shown(written)}" if kind in _WANTED else None


def _shown(written: object) -> str:
    """A value as a file holds it, cut where it is long."""
    match written:
        case bool():
            return str(written).lower()
        case Mapping():
            return "a table"
        case list():
            return "a list"
        case str():
            return repr(written if len(written) <= _LONGEST_SHOWN else f"{written[: _LONGEST_SHOWN - 1]}…")
        case _:
            return str(written)


def _such_as(written: str) -> str:
    """A name like the one that was meant; ``""`` where none can be made of it."""
    name = re.sub(r"[^a-z0-9]+", "_", written.lower()).strip("_")
    return f", such as {name!r}" if name else ""


def keys_at(place: KeyPath, model: type[BaseModel]) -> list[str]:
    """The keys that may stand beside the last of ``place``."""
    return [info.alias or name for name, info in _table_at(place[:-1], model).model_fields.items()]


def _holds_tables(place: KeyPath, model: type[BaseModel]) -> bool:
    """Whether what stands at a place is made of tables, rather than of words or numbers."""
    return _table_at(place, model) is not _table_at(place[:-1], model)


def _table_at(place: KeyPath, model: type[BaseModel]) -> type[BaseModel]:
    """The model of the innermost table on the way to a place."""
    held = model
    for part in place:
        if isinstance(part, str) and part in held.model_fields:
            nested = [inner for inner in get_args(held.model_fields[part].annotation) if isinstance(inner, type)]
            held = next((inner for inner in nested if issubclass(inner, BaseModel)), held)
    return held


def line_of(text: str, place: KeyPath) -> int:
    """The line (from 1) on which a key stands, or its table begins; 1 where it cannot be told."""
    lines = text.splitlines()
    start, keys = _table(lines, place)
    for number in range(start, len(lines)):
        if number > start and lines[number].lstrip().startswith("["):
            break
        if keys and re.match(rf"\s*{_written(keys[0])}\s*[=.]", lines[number]):
            return number + 1
    return start + 1


def _table(lines: list[str], place: KeyPath) -> tuple[int, KeyPath]:
    """Where the table begins that holds ``place``, counted from 0, and what of ``place`` lies within it."""
    for depth in range(len(place), 0, -1):
        *names, last = place[:depth]
        index = last if isinstance(last, int) else 0
        path = r"\s*\.\s*".join(_written(name) for name in (names if isinstance(last, int) else place[:depth]))
        header = re.compile(rf"\s*\[+\s*{path}\s*\]+")
        heads = [number for number, line in enumerate(lines) if header.match(line)]
        if len(heads) > index:
            return heads[index], place[depth:]
    return 0, place


def _written(key: Key) -> str:
    """A pattern of how a file writes a key, with quotes or without."""
    return rf"[\"']?{re.escape(str(key))}[\"']?"
