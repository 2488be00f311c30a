"""Targets: what to look at. Addresses from the command line or a file become targets of the surface that knows them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from crawler import shelf
from crawler.errors import UsageError
from crawler.reading.text import find_addresses
from crawler.reading.url import parse_url
from crawler.shapes import Surface
from storage.records import Target


@dataclass(frozen=True, slots=True)
class Address:
    """An address as somebody gave it, and where: ``rooms.csv:12`` or ``command line``."""

    url: str
    origin: str = "command line"
    owner_id: str | None = None


def load_surfaces() -> dict[str, Surface]:
    """Every surface on the shelf ``spiders``, by stem."""
    return shelf.load("spiders", "SURFACE", Surface)


def recognise(url: str, surfaces: Mapping[str, Surface]) -> Target | None:
    """The target that an address stands for, or ``None`` where no surface knows it."""
    parsed = parse_url(url)
    for surface in surfaces.values():
        target = surface.recognise(parsed)
        if target is not None:
            return target
    return None


def targets(addresses: Iterable[Address], surfaces: Mapping[str, Surface]) -> tuple[Target, ...]:
    """Turn addresses into distinct targets, in the order given.

    Raises:
        UsageError: some address is of no known surface, or a page is given with several owners; all of them are named,
            and nothing was fetched.
    """
    found: dict[str, Target] = {}
    owners: dict[str, dict[str, Address]] = {}
    strangers: list[tuple[Address, int]] = []
    for address in addresses:
        known = _pasted(address.url, surfaces)
        if len(known) == 1:
            found.setdefault(known[0].url, known[0])
            if address.owner_id:
                owners.setdefault(known[0].url, {}).setdefault(address.owner_id, address)
        else:
            strangers.append((address, len(known)))
    if strangers:
        raise UsageError(_strangers_message(strangers, surfaces))
    disputed = {url: named for url, named in owners.items() if len(named) > 1}
    if disputed:
        raise UsageError(_disputed_message(disputed))
    return tuple(replace(one, owner_id=next(iter(owners.get(url, ())), one.owner_id)) for url, one in found.items())


def _disputed_message(disputed: Mapping[str, Mapping[str, Address]]) -> str:
    lines = [
        f"  {url}: {', '.join(f'{owner} ({address.origin})' for owner, address in named.items())}"
        for url, named in disputed.items()
    ]
    many = "1 page is" if len(disputed) == 1 else f"{len(disputed)} pages are"
    return "\n".join([f"{many} given with several owners (nothing was fetched); keep the right one:", *lines])


def _pasted(text: str, surfaces: Mapping[str, Surface]) -> tuple[Target, ...]:
    """The distinct targets that stand in what somebody pasted: an address alone, or a share text around it."""
    alone = None if _WORDS.search(text.strip()) else recognise(text, surfaces)
    if alone is not None:
        return (alone,)
    held = (recognise(address.url, surfaces) for address in find_addresses(text))
    known = {target.url: target for target in held if target is not None}
    whole = None if known else recognise(text, surfaces)
    return tuple(known.values()) if whole is None else (whole,)


_WORDS = re.compile(r"\s|[\u3400-\u9fff]")


def _strangers_message(strangers: list[tuple[Address, int]], surfaces: Mapping[str, Surface]) -> str:
    lines = [f"  {address.origin}: {address.url}{_why(address.url, known)}" for address, known in strangers]
    known = [f"  {stem}: {surface.summary}" for stem, surface in surfaces.items()]
    many = "1 address is of a page" if len(strangers) == 1 else f"{len(strangers)} addresses are of pages"
    head = f"{many} that no surface knows (nothing was fetched); correct or remove:"
    return "\n".join([head, *lines, "known surfaces are", *known])


def _why(text: str, known: int) -> str:
    if known:
        return f" (holds {known} addresses of pages: write one a line)"
    return " (holds no address of such a page)" if _WORDS.search(text) else ""


def read_addresses(path: Path) -> tuple[Address, ...]:
    """The addresses in a target file: a text file (one a line, ``#`` starts a comment) or a CSV file.

    A CSV file (commas, semicolons or tabs) has a header with a column ``url`` and, if the owner is known, ``owner_id``;
    others are left alone.

    Raises:
        UsageError: the file cannot be read, is not UTF-8, has no ``url`` column or no address.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); name a text or CSV file of addresses") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: is not UTF-8 (byte {error.start}); save it as UTF-8") from error
    try:
        found = tuple(_csv_rows(path, text) if path.suffix.lower() == ".csv" else _text_rows(path, text))
    except csv.Error as error:
        raise UsageError(f"{path}: is not CSV ({error}); close its quotes, or save it anew as CSV in UTF-8") from error
    if not found:
        raise UsageError(f"{path}: holds no address; write one a line")
    return found


def _text_rows(path: Path, text: str) -> Iterator[Address]:
    for number, line in enumerate(text.splitlines(), 1):
        # A comment starts at "#" only at the start or after a blank: "#" is also part of addresses.
        url = line.split(" #", 1)[0].strip()
        if url and not url.startswith("#"):
            yield Address(url, f"{path.name}:{number}")


def _csv_rows(path: Path, text: str) -> Iterator[Address]:
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    columns = [name.strip().lower() for name in rows.fieldnames or []]
    if "url" not in columns:
        raise UsageError(f"{path}: the header has no column 'url' (it has: {', '.join(columns) or 'nothing'}); add one")
    for row in rows:
        named = {
            (key or "").strip().lower(): (value or "").strip() for key, value in row.items() if isinstance(key, str)
        }
        if named["url"]:
            yield Address(named["url"], f"{path.name}:{rows.line_num}", named.get("owner_id") or None)


def _delimiter(text: str) -> str:
    """What stands between the columns: spreadsheets of some languages write semicolons, others tabs."""
    header = text.partition("\n")[0]
    named = {sign: [name.strip(' "\r').lower() for name in header.split(sign)] for sign in ",;\t"}
    return next((sign for sign, names in named.items() if "url" in names), ",")
