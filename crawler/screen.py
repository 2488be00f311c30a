"""What a person sees: tables, trees and progress in the terminal; plain JSON lines for machines."""

from __future__ import annotations

import dataclasses
import io
import json
import os
import re
import sys
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from crawler.classify import UrlClass
from crawler.pipelines import Tally
from storage.records import SEEN_OUTCOMES

Row = Mapping[str, Any]

_CONTROL = dict.fromkeys([*range(32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A)], "·")
_STATUS_STYLES = {
    "violation": "bold red",
    "new": "bold red",
    "reopened": "bold red",
    "ongoing": "red",
    "undetermined": "yellow",
    "not_observed": "yellow",
    "allowed": "green",
    "resolved": "green",
    "complete": "bold green",
    "degraded": "bold yellow",
    "void": "bold red",
    "interrupted": "bold yellow",
}


_TABLE_WIDTH = 140
"""Columns of a terminal from which on four long fields can be read side by side."""


def console() -> Console:
    """The terminal for results. Wide enough for addresses where nobody looks at it (a pipe, a file) nor says how wide.

    Square brackets are what they are: a name that holds some must not be taken for a style.
    """
    is_told = sys.stdout.isatty() or "COLUMNS" in os.environ
    return Console(width=None if is_told else 160, markup=False)


def note() -> Console:
    """The terminal for notes and progress, apart from results."""
    return Console(stderr=True, markup=False)


def print_words(words: Text, terminal: Console) -> None:
    """A sentence, folded between words where somebody looks at it; else one line, for grep. No path is ever cut."""
    is_told = terminal.is_terminal or "COLUMNS" in os.environ
    for line in words.divide(_folds(words.plain, terminal.width)) if is_told else [words]:
        line.rstrip()
        terminal.print(line, soft_wrap=True)


def _folds(words: str, width: int) -> Iterator[int]:
    """Where each line but the first begins, so that none is wider than it must be; wide characters count twice."""
    taken = 0
    for word in re.finditer(r"\s*\S+\s*", words):
        if taken and taken + cell_len(word[0].rstrip()) > width:
            yield word.start()
            taken = 0
        taken += cell_len(word[0])


def safe(value: object) -> str:
    """A value for the terminal: control characters and direction overrides from crawled pages do nothing there."""
    return ("" if value is None else str(value)).translate(_CONTROL)


def short_address(url: str) -> str:
    """An address without what every address has, for a narrow column; the whole one is in the database and in JSON."""
    longest = 60
    short = url.removeprefix("https://").removeprefix("http://").removeprefix("www.")
    return short if len(short) <= longest else f"{short[: longest - 1]}…"


def take_any_text() -> None:
    """Let standard output take what its charset lacks (a Chinese name in ASCII) as an escape, not as an error."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def let_go_of_output() -> None:
    """Forget what standard output could not take: at its end Python would try again, and complain again."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def print_json(rows: Iterable[object]) -> None:
    """One JSON object a line, whatever the charset of standard output."""
    is_narrow = "utf" not in (sys.stdout.encoding or "utf-8").lower()
    for row in rows:
        plain = dataclasses.asdict(row) if dataclasses.is_dataclass(row) and not isinstance(row, type) else row
        line = json.dumps(plain, ensure_ascii=is_narrow, default=list)
        sys.stdout.write(line.encode("utf-8", "backslashreplace").decode("utf-8") + "\n")


def print_table(
    title: str, columns: Sequence[tuple[str, str]], rows: Iterable[Row], *, caption: str = "", nothing: str = ""
) -> None:
    """A table; without rows none, but what that means.

    Args:
        title: what it shows.
        columns: (key in the row, heading) of each column.
        rows: what it shows it of.
        caption: a line below, such as the denominator.
        nothing: a sentence for no rows, where the caption does not tell.
    """
    rows = list(rows)
    if not rows:
        _print_none(title, nothing, caption)
        return
    table = Table(header_style="bold")
    for key, heading in columns:
        narrow = key in {"status", "verdict", "severity", "surface", "outcome", "confidence", "violation_id"}
        table.add_column(heading, overflow="fold", no_wrap=narrow)
    for row in rows:
        table.add_row(*(_cell(row.get(key)) for key, _ in columns))
    terminal = console()
    terminal.print(Text(title, style="bold"), table, *([Text(caption, style="dim")] if caption else []), "", sep="\n")


def _print_none(title: str, nothing: str, caption: str) -> None:
    """A title over no rows: an empty frame says less than a sentence."""
    terminal = console()
    terminal.print(Text(title, style="bold"))
    for words, style in ((nothing, ""), (caption, "dim")):
        if words:
            print_words(Text(words, style=style), terminal)
    terminal.print()


def print_records(
    title: str,
    heads: Sequence[tuple[str, str]],
    fields: Sequence[tuple[str, str]],
    rows: Iterable[Row],
    *,
    caption: str = "",
    nothing: str = "",
) -> None:
    """A table where it can be read; on a narrow terminal one record below the other, a field a line.

    Args:
        title: what it shows.
        heads: (key in the row, heading) of what stands in the first line of a record.
        fields: the same of what is long and has a line of its own.
        rows: what it shows it of.
        caption: a line below, such as the denominator.
        nothing: a sentence for no rows, where the caption does not tell.
    """
    rows = list(rows)
    if not rows or console().width >= _TABLE_WIDTH:
        print_table(title, [*heads, *fields], rows, caption=caption, nothing=nothing)
        return
    print_list(title, heads, fields, rows)
    if caption:
        console().print(Text(caption, style="dim"), "", sep="\n")


def print_list(
    title: str,
    heads: Sequence[tuple[str, str]],
    fields: Sequence[tuple[str, str]],
    rows: Iterable[Row],
    *,
    uncut: Collection[str] = (),
    nothing: str = "",
) -> None:
    """One record below the other, a field a line, however wide the terminal is.

    Args:
        title: what it shows.
        heads: (key in the row, heading) of what stands in the first line of a record.
        fields: the same of what is long and has a line of its own; a record lacks those that are empty.
        rows: what it shows it of.
        uncut: keys of fields, the last ones, that are never folded: a path that is cannot be copied.
        nothing: a sentence for no rows.
    """
    rows, terminal = list(rows), console()
    if not rows:
        _print_none(title, nothing, "")
        return
    wide = max(cell_len(heading) for _, heading in fields)
    terminal.print(Text(title, style="bold"))
    for row in rows:
        terminal.print(Text("  ").join(_cell(row.get(key)) for key, _ in heads))
        grid = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
        grid.add_column(no_wrap=True, style="dim", min_width=wide + 2)
        grid.add_column(overflow="fold")
        lines = [(key, f"  {heading}") for key, heading in fields if row.get(key)]
        for key, heading in lines:
            if key not in uncut:
                grid.add_row(heading, _cell(row[key]))
        terminal.print(grid)
        for key, heading in lines:
            if key in uncut:
                terminal.print(Text(heading.ljust(wide + 4), style="dim").append(_cell(row[key])), soft_wrap=True)
        terminal.print()


def _cell(value: object) -> Text:
    text = safe(value)
    return Text(text, style=_STATUS_STYLES.get(text, ""))


def print_reasoning(facts: UrlClass) -> None:
    """The reasoning behind the class of an address, as a tree."""
    tree = Tree(Text(safe(facts.url), style="bold"))
    summary = tree.add(Text(f"{facts.scope} · {facts.platform} · {facts.kind} · store type {facts.store_type}"))
    for name in ("item_id", "shop_id", "canonical_url"):
        value = getattr(facts, name)
        if value:
            summary.add(Text(f"{name}: {safe(value)}"))
    why = tree.add("because")
    for step in facts.reason:
        why.add(Text(safe(step)))
    if facts.nested:
        inside = tree.add("carries")
        for nested in facts.nested:
            how = f" ({nested.encoding})" if nested.encoding else ""
            inside.add(Text(f"{nested.param}{how}: {safe(nested.target)}"))
    console().print(tree)


_PAGES = "{task.completed:.0f}/{task.total:.0f} looks · {task.fields[rate]:.0f}/min · {task.fields[links]} links"
_VIOLATIONS = "· [red]{task.fields[violations]} violations[/red]"
_UNSEEN = "· [yellow]{task.fields[unseen]} unseen[/yellow]"
_NARROW_PROGRESS: tuple[str | type[ProgressColumn], ...] = (_PAGES, _VIOLATIONS, _UNSEEN, TimeElapsedColumn)
_WIDE_PROGRESS: tuple[str | type[ProgressColumn], ...] = (
    SpinnerColumn,
    BarColumn,
    _PAGES,
    "· {task.fields[resolved]} resolved",
    _VIOLATIONS,
    _UNSEEN,
    TimeElapsedColumn,
)
_WIDE, _NARROW = 120, 75


def _progress_column(column: str | type[ProgressColumn]) -> ProgressColumn:
    return TextColumn(column) if isinstance(column, str) else column()


@contextmanager
def crawl_progress(*, shown: bool = True) -> Iterator[Callable[[Tally], None]]:
    """Progress of a crawl: pages done of all, pages a minute, links so far. Yields what to call with a tally."""
    terminal = note()
    columns = _WIDE_PROGRESS if terminal.width >= _WIDE else _NARROW_PROGRESS
    if terminal.width < _NARROW:  # how long it took is the first to go: half of a time is none
        columns = columns[:-1]
    progress = Progress(*map(_progress_column, columns), console=terminal, disable=not shown, transient=False)
    task = progress.add_task("crawl", total=0, **_progress_fields(Tally(), 1.0))
    started = time.monotonic()

    def show(tally: Tally) -> None:
        progress.start()  # not before the first word: what is refused at the start has made no progress
        minutes = max(time.monotonic() - started, 1.0) / 60
        done = tally.earlier + tally.pages
        progress.update(task, total=tally.targets, completed=done, **_progress_fields(tally, minutes))

    try:
        yield show
    finally:
        if progress.live.is_started:
            progress.stop()


def _progress_fields(tally: Tally, minutes: float) -> dict[str, Any]:
    return {
        "rate": tally.pages / minutes,
        "links": tally.links,
        "resolved": tally.resolved,
        "violations": tally.violations,
        "unseen": sum(count for outcome, count in tally.outcomes.items() if outcome not in SEEN_OUTCOMES),
    }
