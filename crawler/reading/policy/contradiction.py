"""What in a policy file does not go together: clauses, ids and days that contradict each other, hosts that are none.

Read from the tables as they were written, sound or not, so that a fault of one key hides none of another.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from crawler.reading.policy.local_time import ONE_DAY, Days, read_days
from crawler.reading.toml_file import KeyPath, Problem, suggest

Table: TypeAlias = Mapping[str, Any]
_WHOM = ("stores", "platforms")
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)+")
"""A host as an address gives it: small letters, a dot, and no scheme, port or path."""
_THROUGH = ("hosts", "pid_prefixes")
_EXCEPTED = ("shop_id", "item_id", "owner_id")


def contradictions(raw: Table) -> Iterator[Problem]:
    """Everything that does not go together in a policy file.

    Args:
        raw: its content, of whatever kind its values are: what is of the wrong kind is passed over.
    """
    yield from _citations(raw)
    yield from _namesakes(raw)
    for place, table in (*scopes(raw), *tables(raw, "exceptions")):
        yield from _order(place, table, "until" if place[0] == "exceptions" else "to")
        yield from _whom(place, table)
    for place, table in scopes(raw):
        yield from _strays(place, table, raw)
    for place, table in named_tables(raw, "alliances"):
        yield from _hosts(place, table)


def tables(raw: Table, name: str) -> Iterator[tuple[KeyPath, Table]]:
    """The tables of a list, such as ``[[windows]]``, each with its place."""
    held = raw.get(name)
    for number, table in enumerate(held if isinstance(held, list) else []):
        if isinstance(table, Mapping):
            yield (name, number), table


def scopes(raw: Table) -> Iterator[tuple[KeyPath, Table]]:
    """The windows and bans, in this order."""
    yield from tables(raw, "windows")
    yield from tables(raw, "bans")


def named_tables(raw: Table, name: str) -> Iterator[tuple[KeyPath, Table]]:
    """The tables under a name, such as ``[rules.label_mismatch]``, each with its place."""
    held = raw.get(name)
    for key, table in (held if isinstance(held, Mapping) else {}).items():
        if isinstance(table, Mapping):
            yield (name, key), table


def _citations(raw: Table) -> Iterator[Problem]:
    """What a file cites and does not hold."""
    clauses = raw.get("clauses")
    known = list(clauses) if isinstance(clauses, Mapping) else []
    for place, table in (*scopes(raw), *named_tables(raw, "rules")):
        clause = table.get("clause")
        if isinstance(clause, str) and clause not in known:
            yield (*place, "clause"), f"there is no clause {clause!r} in this file; {suggest(clause, known)}"


def _namesakes(raw: Table) -> Iterator[Problem]:
    used: set[str] = set()
    for place, table in scopes(raw):
        name = table.get("id")
        if isinstance(name, str):
            if name in used:
                yield (*place, "id"), f"{name!r} is the id of another one above; give each window and ban its own"
            used.add(name)


def _order(place: KeyPath, table: Table, key: str) -> Iterator[Problem]:
    start, end = _days(table.get("from")), _days(table.get(key))
    if start and end and end.last < start.first:
        yield place, f"`{key}` ({end}) lies before `from` ({start}); swap or correct them"


def _whom(place: KeyPath, table: Table) -> Iterator[Problem]:
    """Whether a table says whom it is about, and says it once."""
    if _is_misspelt(table, _EXCEPTED if place[0] == "exceptions" else _WHOM):
        return
    named = [key for key in _WHOM if table.get(key)]
    match place[0]:
        case "windows" if not named:
            yield place, "a window opens for somebody: name `stores` or `platforms`"
        case "bans" if table.get("others") is True and named:
            words = "`others = true` bans everybody for whom no window was written"
            yield place, f"{words}, and `{named[0]}` names some; leave one of them out, or make two bans"
        case "bans" if not named and table.get("others", False) is False:
            yield place, "a ban is on somebody: name `stores` or `platforms`, or else say `others = true`"
        case "exceptions" if not any(table.get(key) for key in _EXCEPTED):
            yield place, "name the `shop_id`, `item_id` or `owner_id` that is excepted"


def _hosts(place: KeyPath, table: Table) -> Iterator[Problem]:
    """Hosts that no address can have, such as a whole address: they would match nothing, in silence."""
    written = table.get("hosts")
    for position, host in enumerate(written if isinstance(written, list) else []):
        if isinstance(host, str) and not _HOST.fullmatch(host):
            alone = _host_in(host)
            example = f"{alone!r}" if _HOST.fullmatch(alone) else "such as 's.click.taobao.com'"
            yield (*place, "hosts", position), f"{host!r} is no host; write the host alone: {example}"
    if written == [] and not table.get("pid_prefixes") and not _is_misspelt(table, _THROUGH):
        yield place, "no link could go through this alliance; name its `hosts` or `pid_prefixes`"


def _host_in(address: str) -> str:
    """The host of what may be an address, in small letters; ``""`` where none can be told."""
    with contextlib.suppress(ValueError):
        return (urlsplit(address if "//" in address else f"//{address}").hostname or "").strip("* .")
    return ""


def _is_misspelt(table: Table, keys: Collection[str]) -> bool:
    """Whether a table has a key that is nearly one of these: that fault is told, and what follows from it is none."""
    return any(get_close_matches(key, keys, cutoff=0.75) for key in table if key not in keys)


def _strays(place: KeyPath, table: Table, raw: Table) -> Iterator[Problem]:
    """Disputed days that lie apart from their window or ban: a slip of the pen, a year mistyped as a rule."""
    begins = raw.get("begins") if place[0] == "bans" else None
    start, end = _days(table.get("from", begins)), _days(table.get("to"))
    written = table.get("disputed")
    listed = [_days(value) for value in written] if isinstance(written, list) else []
    if (start is None and "from" in table) or (end is None and "to" in table):
        return
    first, last = _reach(start, end, filter(None, listed))
    words = " ".join([f"from {start}"] * bool(start) + [f"to {end}"] * bool(end))
    for position, days in enumerate(listed):
        if days and (days.first < first or days.last > last):
            cure = f"{days} lies apart from the days {words}; name one of them or one next to them, or correct those"
            yield (*place, "disputed", position), cure


def _reach(start: Days | None, end: Days | None, disputed: Iterable[Days]) -> tuple[date, date]:
    """The first and the last day of a window, with the disputed days that adjoin it without a gap."""
    first, last = start.first if start else date.min, end.last if end else date.max
    near = sorted(disputed, key=lambda days: days.first)
    for days in sorted(near, key=lambda days: days.last, reverse=True):
        if days.last + ONE_DAY >= first:
            first = min(first, days.first)
    for days in near:
        if days.first - ONE_DAY <= last:
            last = max(last, days.last)
    return first, last


def _days(value: object) -> Days | None:
    """The days that a value names; ``None`` where it names none, which its own key is told for."""
    with contextlib.suppress(ValueError):
        found = read_days(value)
        return found if isinstance(found, Days) else None
    return None
