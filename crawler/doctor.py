"""Examine this machine: can it crawl? Each finding says what was found and, if it ails, the cure."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from crawler import policies
from crawler.classify import load_platforms
from crawler.errors import CartwatchError
from crawler.evaluate import load_rules
from crawler.extract import load_extractors
from crawler.reading.policy import load_policy
from crawler.render.browser import find_browser
from crawler.targets import load_surfaces
from crawler.vocabulary import check_names
from storage.store import Store, StoreRefusedError

_OLDEST_PYTHON = (3, 11)
_LEAST_FREE = 1 << 30


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was examined. ``exit_code`` is 0 where it is well."""

    name: str
    words: str
    exit_code: int = 0

    @property
    def is_well(self) -> bool:
        """Whether nothing needs doing."""
        return self.exit_code == 0


def examine(db: Path, browser: str) -> Iterator[Finding]:
    """Every finding, most basic first.

    Args:
        db: the database that would be used.
        browser: a browser named by the user, ``""`` to look for one.
    """
    yield _python()
    yield Finding("SQLite", f"{sqlite3.sqlite_version}; one process writes at a time, so any version from 3.37 is safe")
    yield _tried("browser", 10, lambda: find_browser(browser).describe())
    yield _tried("plug-ins", 2, _shelves)
    for path in policies.shipped():
        yield _tried(f"policy {path.stem}", 2, lambda path=path: _policy(path))  # type: ignore[misc] # bound at once
    yield _disk(db)
    yield _database(db)


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    is_old = sys.version_info < _OLDEST_PYTHON
    return Finding("Python", f"{version}{'; use 3.11 or later' if is_old else ''}", 2 if is_old else 0)


def _tried(name: str, exit_code: int, look: Callable[[], str]) -> Finding:
    try:
        return Finding(name, look())
    except CartwatchError as error:
        return Finding(name, str(error), exit_code)


def _shelves() -> str:
    shelves: dict[str, Mapping[str, object]] = {
        "surfaces": load_surfaces(),
        "extractors": load_extractors(),
        "platforms": load_platforms(),
        "rules": load_rules(),
    }
    return ", ".join(f"{len(plugins)} {name}" for name, plugins in shelves.items())


def _policy(path: Path) -> str:
    policy = load_policy(path)
    check_names(policy)
    return f"{policy.name} {policy.version}, in order"


def _disk(db: Path) -> Finding:
    folder = db.resolve().parent
    if not os.access(folder, os.W_OK):
        return Finding("disk", f"{folder} cannot be written; name another file with --db", 13)
    free = shutil.disk_usage(folder).free
    words = f"{free / (1 << 30):.1f} GiB free at {folder}"
    return Finding("disk", words if free >= _LEAST_FREE else f"{words}; make room", 0 if free >= _LEAST_FREE else 12)


def _database(db: Path) -> Finding:
    if not db.exists():
        return Finding("database", f"{db} does not exist yet; the first crawl makes it")
    try:
        with Store.read(db) as store:
            damage = store.check()
    except StoreRefusedError as error:
        return Finding("database", str(error), 13)
    return Finding("database", "; ".join(damage[:3]) or f"{db} is whole, its evidence too", 13 if damage else 0)
