"""Examine this machine: can it crawl? Each finding says what was found and, if it ails, the cure."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from crawler import policies
from crawler.classify import load_platforms
from crawler.errors import BrowserError, CartwatchError
from crawler.evaluate import load_rules
from crawler.extract import load_extractors
from crawler.render.browser import Browser, find_browser
from crawler.targets import load_surfaces
from crawler.vocabulary import load_sound_policy
from storage.connection import StoreRefusedError, refuse_old_sqlite
from storage.store import Store

_OLDEST_PYTHON = (3, 11)
_LEAST_FREE = 1 << 30
_CHROMIUM_VERSION = re.compile(r"\d+\.\d+\.\d+\.\d+")
"""Four parts, in every browser of the family and in none of the others."""


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


def examine(db: Path, browser: str, browser_by: str = "--browser") -> Iterator[Finding]:
    """Every finding, most basic first.

    Args:
        db: the database that would be used.
        browser: a browser named by the user, ``""`` to look for one.
        browser_by: how the user named it.
    """
    yield _python()
    yield _sqlite()
    with _calm(logging.getLogger("crawler.render.browser")):  # what it warns of stands in its finding
        yield _tried("browser", 10, lambda: usable_browser(browser, browser_by).describe())
    yield _tried("plug-ins", 2, _shelves)
    for path in policies.shipped():
        yield _tried(f"policy {path.stem}", 2, lambda path=path: _policy(path))  # type: ignore[misc] # bound at once
    yield _disk(db)
    yield _database(db)


def usable_browser(named: str, by: str) -> Browser:
    """The browser to use.

    Args:
        named: path or command name as the user gave it; ``""`` looks for one.
        by: where the user gave it, for the message: ``--browser``, ``CARTWATCH_BROWSER``, or a key in a file.

    Raises:
        BrowserError: there is none, or it is none of Chromium's family.
    """
    cure = "name a Chromium by its path, or leave this out to have one looked for"
    if named and shutil.which(named) is None:
        raise BrowserError(f"{by} {named}: there is no such program; {cure}")
    browser = find_browser(named)
    if browser.version and not _CHROMIUM_VERSION.search(browser.version):
        raise BrowserError(f"{by} {named}: is no Chromium (it says: {browser.version.splitlines()[0]}); {cure}")
    return browser


@contextlib.contextmanager
def _calm(logger: logging.Logger) -> Iterator[None]:
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)


def _sqlite() -> Finding:
    try:
        refuse_old_sqlite()
    except StoreRefusedError as error:
        return Finding("SQLite", str(error), 13)
    return Finding("SQLite", f"{sqlite3.sqlite_version}; one process writes at a time")


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
    policy = load_sound_policy(path)
    return f"{policy.name} {policy.version}, in order"


def _disk(db: Path) -> Finding:
    folder = db.resolve().parent
    if not folder.is_dir():
        return Finding("disk", f"{folder}: there is no such folder; make it, or name another file with --db", 13)
    if not os.access(folder, os.W_OK):
        return Finding("disk", f"{folder} cannot be written; name another file with --db", 13)
    free = shutil.disk_usage(folder).free
    words = f"{free >> 20} MiB free at {folder}"
    return Finding("disk", words if free >= _LEAST_FREE else f"{words}; make room", 0 if free >= _LEAST_FREE else 12)


def _database(db: Path) -> Finding:
    if not db.exists():
        return Finding("database", f"{db} does not exist yet; the first crawl makes it")
    try:
        with Store.read(db) as store:
            damage, orphans = store.check(), store.orphans()
    except StoreRefusedError as error:
        return Finding("database", str(error), 13)
    if damage:
        more = f"; and {len(damage) - 3} more" if len(damage) > 3 else ""  # noqa: PLR2004 - as many as one can read
        return Finding("database", f"{db}: {'; '.join(damage[:3])}{more}", 13)
    return Finding("database", f"{db} is whole, its evidence too{_left_behind(orphans)}")


def _left_behind(orphans: Sequence[Path]) -> str:
    if not orphans:
        return ""
    few = f"{len(orphans)} file{'' if len(orphans) == 1 else 's'} of evidence that no row names"
    return f"; beside it {few}, left by a crash: safe to delete while no crawl runs, such as {orphans[0]}"
