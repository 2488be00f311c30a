"""The database that a command reads or writes, and of how many pages its numbers are told."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from crawler.clock import now_ms
from crawler.errors import UsageError
from crawler.health import SurfaceCount
from storage.connection import refusing
from storage.ledger import RunNotFoundError
from storage.store import Store


@contextlib.contextmanager
def existing_store(db: Path, *, write: bool = False) -> Iterator[Store]:
    """Open a database that there is already; what is said against it names it."""
    if not db.exists():
        raise UsageError(f"{db}: there is no such database; crawl first, or name another with --db")
    with about_database(db), Store.open(db, now_ms=now_ms()) if write else Store.read(db) as store:
        yield store


@contextlib.contextmanager
def about_database(db: Path) -> Iterator[None]:
    """Name the database in what is said against it, or against what it holds."""
    try:
        with refusing(db):
            yield
    except RunNotFoundError as error:
        raise UsageError(f"{db}: {error}") from error


def page_numbers(counts: Iterable[SurfaceCount]) -> dict[str, int]:
    """Of how many pages a number is told, canaries apart."""
    counts = list(counts)
    return {"pages": sum(one.targets for one in counts), "pages_seen_whole": sum(one.whole for one in counts)}
