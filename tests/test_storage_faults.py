"""Whatever fails, whenever: the database stays whole, holds no half visit, and the night can be taken up again."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from storage.dump import logical_dump
from storage.evidence import Disk, EvidenceFolder
from storage.store import Store
from tests.storage_night import NOW, SNAPSHOT, play


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory):
    path = tmp_path_factory.mktemp("unbroken") / "night.db"
    with Store.open(path, now_ms=NOW) as store:
        play(store)
    return logical_dump(path)


def watched(before_statement) -> type[sqlite3.Connection]:
    """A connection that calls ``before_statement(connection, sql)`` before every statement it runs."""

    class Cursor(sqlite3.Cursor):
        def execute(self, sql, *values):
            before_statement(self.connection, sql)
            return super().execute(sql, *values)

        def executemany(self, sql, *values):
            before_statement(self.connection, sql)
            return super().executemany(sql, *values)

    class Connection(sqlite3.Connection):
        def cursor(self, factory=Cursor):
            return super().cursor(factory)

        def execute(self, sql, *values):
            return self.cursor().execute(sql, *values)

        def executemany(self, sql, *values):
            return self.cursor().executemany(sql, *values)

    return Connection


def assert_sound(path: Path) -> None:
    with Store.open(path, now_ms=NOW) as store:
        assert store.check() == []
        assert store.db.execute(HALF_VISITS).fetchall() == []
        assert store.db.execute(UNPROVED_TASKS).fetchall() == []


HALF_VISITS = """
SELECT visit_id FROM visits
WHERE links_found <> (SELECT count(*) FROM sightings WHERE sightings.visit_id = visits.visit_id)
"""
UNPROVED_TASKS = """
SELECT target_url FROM tasks WHERE state = 'done' AND NOT EXISTS (
    SELECT 1 FROM visits WHERE visits.run_id = tasks.run_id AND task_url = target_url
    AND visits.attempt = tasks.attempt AND visits.outcome = tasks.outcome)
"""


def assert_ends_like(path: Path, unbroken) -> None:
    assert_sound(path)
    with Store.open(path, now_ms=NOW) as store:
        play(store)
        assert store.check() == []
        assert list(store.evidence.orphans(store.facts.named_evidence())) == []
    assert logical_dump(path) == unbroken


def busy(connection):
    raise sqlite3.OperationalError("database is locked")


def full(connection):
    # On some errors SQLite has ended the transaction by the time the program hears of it.
    if connection.in_transaction:
        sqlite3.Connection.cursor(connection).execute("ROLLBACK")
    raise sqlite3.OperationalError("database or disk is full")


def failing_at(n: int, fault) -> type[sqlite3.Connection]:
    numbers = count(1)

    def fail_at_nth(connection, sql):
        if next(numbers) == n:
            fault(connection)

    return watched(fail_at_nth)


def statements_of(work, path: Path) -> int:
    seen: list[str] = []
    with Store.open(path, now_ms=NOW, connection_class=watched(lambda connection, sql: seen.append(sql))) as store:
        work(store)
    return len(seen)


def copied(made: Path, stem: str) -> Path:
    path = made.with_stem(stem)
    if made.exists():
        shutil.copy(made, path)
    return path


def fail_each_statement(work, made: Path, fault) -> Iterator[Path]:
    """Do ``work`` on copies of ``made``, each time with another statement failing; gives what is left of each."""
    total = statements_of(work, copied(made, "counted"))
    assert total > 40
    for n in range(1, total + 1):
        path = copied(made, str(n))
        with (
            pytest.raises(Exception, match=r"locked|full"),
            Store.open(path, now_ms=NOW, connection_class=failing_at(n, fault)) as store,
        ):
            work(store)
        yield path


def test_any_statement_may_fail_while_a_database_is_made(tmp_path):
    for path in fail_each_statement(lambda store: None, tmp_path / "nothing.db", full):
        assert_sound(path)


@pytest.mark.parametrize("fault", [busy, full])
def test_any_statement_may_fail_and_the_night_still_ends_the_same(tmp_path, unbroken, fault):
    made = tmp_path / "made.db"
    Store.open(made, now_ms=NOW).close()
    for path in fail_each_statement(play, made, fault):
        assert_ends_like(path, unbroken)


def test_a_night_killed_before_any_statement_ends_the_same(tmp_path, unbroken):
    path, copies = tmp_path / "night.db", []

    def copy_files(connection, sql):
        # What a kill leaves behind is what the files hold at that moment; the shared-memory index is rebuilt.
        folder = tmp_path / str(len(copies))
        folder.mkdir()
        for name in ("night.db", "night.db-wal"):
            if (tmp_path / name).exists():
                shutil.copy(tmp_path / name, folder / name)
        if (tmp_path / "night.evidence").exists():
            shutil.copytree(tmp_path / "night.evidence", folder / "night.evidence")
        copies.append(folder / "night.db")

    Store.open(path, now_ms=NOW).close()
    with Store.open(path, now_ms=NOW, connection_class=watched(copy_files)) as store:
        play(store)
    assert len(copies) > 60
    for copy in copies:
        assert_ends_like(copy, unbroken)


class FailingDisk(Disk):
    """Fails at the ``n``-th of its calls; a write leaves half of its bytes behind."""

    def __init__(self, n: int) -> None:
        self.n, self.calls = n, 0

    def _tick(self) -> None:
        self.calls += 1
        if self.calls == self.n:
            raise OSError(28, "No space left on device")

    def write(self, path, content):
        self.calls += 1
        if self.calls == self.n:
            path.write_bytes(content[: len(content) // 2])
            raise OSError(28, "No space left on device")
        super().write(path, content)

    def sync(self, descriptor):
        self._tick()
        super().sync(descriptor)

    def rename(self, source, target):
        self._tick()
        super().rename(source, target)


def test_any_file_write_sync_or_rename_may_fail_and_the_night_still_ends_the_same(tmp_path, unbroken):
    for n in count(1):
        path, disk = tmp_path / str(n) / "night.db", FailingDisk(n)
        path.parent.mkdir()
        evidence = EvidenceFolder(path.with_suffix(".evidence"), disk)
        with Store.open(path, now_ms=NOW, evidence=evidence) as store:
            if n > 1 and disk_outlasts(store, disk):
                break
        assert_sound(path)
        with Store.open(path, now_ms=NOW) as store:
            play(store)
            assert all(orphan.name.startswith(".") for orphan in store.orphans())
        assert logical_dump(path) == unbroken
    assert n > 3 * len(SNAPSHOT)


def disk_outlasts(store: Store, disk: FailingDisk) -> bool:
    try:
        play(store)
    except OSError:
        return False
    return disk.calls < disk.n


KILLED_NIGHT = """
import os, signal, sys
from itertools import count
from storage.store import Store
from tests.storage_night import NOW, play
from tests.test_storage_faults import watched
numbers, last = count(1), int(sys.argv[2])
def kill_at_last(connection, sql):
    if next(numbers) == last:
        os.kill(os.getpid(), signal.SIGKILL)
with Store.open(sys.argv[1], now_ms=NOW, connection_class=watched(kill_at_last)) as store:
    play(store)
"""


def statements_left(folder: Path, elsewhere: Path) -> int:
    """How many statements a night takes from here to its end, found out on a copy."""
    shutil.copytree(folder, elsewhere)
    return statements_of(play, elsewhere / "night.db")


def test_a_process_killed_five_times_over_loses_nothing(tmp_path, unbroken):
    path = tmp_path / "nights" / "night.db"
    path.parent.mkdir()
    made = statements_of(lambda store: None, tmp_path / "made.db")
    for attempt in range(5):
        left = statements_left(path.parent, tmp_path / str(attempt))
        n = left * 2 // 3 if attempt else made // 2  # The first while the tables are made.
        ended = subprocess.run([sys.executable, "-c", KILLED_NIGHT, path, str(n)], check=False, cwd=Path.cwd())
        assert ended.returncode == -signal.SIGKILL
        assert_sound(path)
    assert_ends_like(path, unbroken)
