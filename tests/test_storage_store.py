"""The one door: one writer, durable settings, nobody else's files; copies that are checked before they have a name."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlite_utils import Database

from storage.connection import file_system, refuse_old_sqlite, refuse_remote, transaction
from storage.schema import APPLICATION_ID
from storage.store import Store, StoreRefusedError
from tests.storage_night import NOW, play


@pytest.fixture
def path(tmp_path):
    return tmp_path / "cartwatch.db"


def test_the_connection_is_set_so_that_nothing_acknowledged_is_lost(path):
    with Store.open(path, now_ms=NOW) as store:
        settings = {
            name: store.db.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "mmap_size", "busy_timeout", "application_id")
        }
    assert settings == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "mmap_size": 0,
        "busy_timeout": 10_000,
        "application_id": APPLICATION_ID,
    }


def test_a_second_writer_in_this_process_is_refused_and_told_by_whom(path):
    with Store.open(path, now_ms=NOW), pytest.raises(StoreRefusedError, match=r"process \d+ since 2022-10-28 23:33:20"):
        Store.open(path, now_ms=NOW)


def test_a_second_writer_in_another_process_is_refused_under_any_name_of_the_file(path, tmp_path):
    (tmp_path / "alias.db").symlink_to(path)
    code = f"from storage.store import Store; Store.open({str(tmp_path / 'alias.db')!r}, now_ms=0)"
    with Store.open(path, now_ms=NOW):
        other = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, cwd=Path.cwd())
    assert other.returncode == 1
    assert b"is being written by process" in other.stderr


def test_a_closed_store_leaves_room_for_the_next_writer_and_closes_once(path):
    store = Store.open(path, now_ms=NOW)
    store.close()
    store.close()
    Store.open(path, now_ms=NOW).close()


def test_a_refused_file_does_not_stay_locked(path):
    path.write_bytes(b"this is no database, but it is long enough to look like one" * 20)
    for _ in range(2):
        with pytest.raises(StoreRefusedError, match="file is not a database"):
            Store.open(path, now_ms=NOW)


@pytest.mark.parametrize("opened", [lambda path: Store.open(path, now_ms=NOW), Store.read])
def test_another_programs_database_is_refused_and_left_alone(path, opened):
    other = Database(path)
    other["notes"].insert({"text": "mine"})
    other.close()
    with pytest.raises(StoreRefusedError, match="is not a Cartwatch database"):
        opened(path)
    assert Database(path).table_names() == ["notes"]


@pytest.mark.parametrize("opened", [lambda path: Store.open(path, now_ms=NOW), Store.read])
def test_a_database_of_a_newer_cartwatch_is_refused(path, opened):
    with Store.open(path, now_ms=NOW) as store:
        store.db["_sqlite_migrations"].insert({"migration_set": "cartwatch", "name": "m999_later", "applied_at": ""})
    with pytest.raises(StoreRefusedError, match=r"newer Cartwatch \(m999_later\)"):
        opened(path)


def test_a_reader_refuses_a_database_that_is_not_up_to_date(path):
    with Store.open(path, now_ms=NOW) as store:
        store.db.execute("DELETE FROM _sqlite_migrations WHERE name = 'm003_views'")
    with pytest.raises(StoreRefusedError, match="older Cartwatch"):
        Store.read(path)


def test_an_empty_file_becomes_a_database(path):
    path.touch()
    Store.open(path, now_ms=NOW).close()
    Store.read(path).close()


def test_a_missing_database_is_not_made_by_reading(path):
    with pytest.raises(StoreRefusedError, match="no such database"):
        Store.read(path)
    assert not path.exists()


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(StoreRefusedError, match="nowhere: there is no such folder; make it"):
        Store.open(tmp_path / "nowhere" / "cartwatch.db", now_ms=NOW)


def test_reading_goes_on_while_another_writes(path):
    with Store.open(path, now_ms=NOW) as writer:
        play(writer)
        with writer.transaction(), Store.read(path) as reader:
            writer.db.execute("UPDATE runs SET reason = 'not yet committed'")
            assert [row["reason"] for row in reader.db["runs"].rows] == ["a login wall"]


MOUNTS = r"""
1 0 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
2 1 0:40 / /mnt/my\040share rw shared:2 - nfs4 host:/x rw
3 1 0:41 / /mnt/win rw - cifs //host/x rw
4 1 0:42 / /mnt/win/local rw - ext4 /dev/sdb1 rw
5 1 0:43 / /mnt/host rw - 9p host rw
""".strip()


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/x.db", "ext4"),
        ("/mnt/my share/x.db", "nfs4"),
        ("/mnt/win/x.db", "cifs"),
        ("/mnt/win/local/x.db", "ext4"),
        ("/mnt/windows/x.db", "ext4"),
        ("/mnt/host/a/b/x.db", "9p"),
    ],
)
def test_a_path_lies_on_its_nearest_mount(path, kind):
    assert file_system(Path(path), MOUNTS) == kind


def test_network_file_systems_are_refused_and_others_are_not():
    with pytest.raises(StoreRefusedError, match="lies on cifs"):
        refuse_remote(Path("/mnt/win/x.db"), MOUNTS)
    refuse_remote(Path("/var/x.db"), MOUNTS)
    refuse_remote(Path("/var/x.db"), "")


def test_a_sqlite_that_is_too_old_is_refused_and_a_newer_one_is_not():
    with pytest.raises(StoreRefusedError, match=r"SQLite 3\.37\.2 is too old"):
        refuse_old_sqlite((3, 37, 2))
    refuse_old_sqlite((3, 53, 0))


def write_and_fail(db, digest):
    with transaction(db):
        db.execute("INSERT INTO policies VALUES (?, 'n', 'v', 't', 0)", [digest])
        raise KeyError(digest)


def test_a_transaction_is_all_or_nothing(path):
    with Store.open(path, now_ms=NOW) as store:
        with pytest.raises(KeyError):
            write_and_fail(store.db, "alone")
        assert store.db["policies"].count == 0
        assert not store.db.conn.in_transaction


def test_a_transaction_inside_another_is_a_part_of_it(path):
    with Store.open(path, now_ms=NOW) as store:
        with store.transaction() as db:
            db.execute("INSERT INTO policies VALUES ('outer', 'n', 'v', 't', 0)")
            with pytest.raises(KeyError):
                write_and_fail(db, "inner")
        assert [row["policy_digest"] for row in store.db["policies"].rows] == ["outer"]


def test_a_transaction_holds_the_right_to_write_from_its_start(path):
    with Store.open(path, now_ms=NOW) as store, store.transaction():
        other = sqlite3.connect(path, timeout=0)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()


def test_a_damaged_row_and_a_damaged_file_are_both_found(path):
    with Store.open(path, now_ms=NOW) as store:
        play(store)
        assert store.check() == []
        store.db.execute("PRAGMA foreign_keys = OFF")
        store.db.execute("DELETE FROM pages WHERE url LIKE '%eve'")
        proof = next(store.evidence.path.glob("??/??/*.html"))
        proof.write_bytes(b"something else")
        damaged, key = proof.stem, "foreign key: visits row"
        assert f"evidence {damaged} is damaged" in store.check()
        assert any(line.startswith(key) for line in store.check())


def test_a_question_that_a_database_cannot_answer_is_found(path):
    with Store.open(path, now_ms=NOW) as store:
        store.db.execute("DROP VIEW open_violations")
    with Store.open(path, now_ms=NOW) as store:
        assert "question open_violations_by_merchant: no such table: open_violations" in store.check()
