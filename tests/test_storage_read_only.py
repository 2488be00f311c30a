"""A database is read where nothing may be written, unless its last writes would be passed over in silence."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from storage.dump import logical_dump
from storage.queries import load_queries
from storage.records import Step, Verdict
from storage.store import Store, StoreRefusedError
from tests.storage_night import NOW, begin, play

NOBODY = 65534


@pytest.fixture
def folder():
    """A folder that everybody may look into, wherever pytest keeps its own."""
    path = Path(tempfile.mkdtemp(prefix="cartwatch-"))
    path.chmod(0o755)
    yield path
    path.chmod(0o755)
    shutil.rmtree(path)


@contextmanager
def guest(folder):
    """As somebody who may write nothing in the folder, whoever runs the tests."""
    load_queries()  # Python loads late what it reads them with, and a guest may not look where it lies
    folder.chmod(0o555)
    before = os.geteuid()
    if before == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(before)
        folder.chmod(0o755)


def unfinished_copy(path: Path, *, name: str) -> Path:
    """What stands on the disk while a writer works, without the memory that it shares with readers."""
    with Store.open(path, now_ms=NOW) as store:
        play(store)
        begin(store, at_ms=NOW + 5)
        copy = path.with_name(name)
        for ending in ("", "-wal"):
            shutil.copy(f"{path}{ending}", f"{copy}{ending}")
    return copy


def test_verdicts_can_be_supposed_where_nothing_may_be_written(folder):
    path = folder / "night.db"
    with Store.open(path, now_ms=NOW) as store:
        run = play(store)
        [(sighting, *_)] = store.db.execute("SELECT sighting_id FROM sightings LIMIT 1").fetchall()
    before = path.read_bytes()
    said = [Verdict(sighting, "a_rule", "violation", "because")]
    with guest(folder), Store.read(path) as store, store.verdicts.supposed(run, "supposed", said):
        steps = store.violations.foresee(run, "supposed", lambda seen: Step("new", seen.reason))
    assert steps == {"new": 1}
    assert path.read_bytes() == before


def test_a_database_in_a_folder_that_may_not_be_written_is_read(folder):
    path = folder / "night.db"
    with Store.open(path, now_ms=NOW) as store:
        run = play(store)
    with guest(folder):
        told = logical_dump(path)
        with Store.read(path) as store:
            assert store.ledger.latest() == run
            assert store.check() == []
        assert sorted(entry.name for entry in folder.iterdir()) == ["night.db", "night.db.lock", "night.evidence"]
    assert logical_dump(path) == told


def test_last_writes_that_cannot_be_read_there_are_never_passed_over(folder):
    copy = unfinished_copy(folder / "night.db", name="copy.db")
    with guest(folder), pytest.raises(StoreRefusedError, match=r"copy copy\.db and copy\.db-wal together"):
        Store.read(copy)
    with Store.read(copy) as store:
        assert store.db.table("runs").count == 2


def test_a_database_that_is_being_written_is_read_by_a_guest_with_its_last_writes(folder):
    path = folder / "night.db"
    with Store.open(path, now_ms=NOW) as store:
        play(store)
        begin(store, at_ms=NOW + 5)
        with guest(folder), Store.read(path) as reader:
            assert reader.db.table("runs").count == 2


def test_a_file_that_may_not_be_read_is_named_with_the_cure(folder):
    path = folder / "night.db"
    Store.open(path, now_ms=NOW).close()
    path.chmod(0)
    with guest(folder), pytest.raises(StoreRefusedError, match="may not be read by this user"):
        Store.read(path)
