"""The one door to the database: open it to write (one process at a time) or to read, and check it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlite_utils import Database

from storage.connection import (
    StoreRefusedError,
    WriterLock,
    connect_reader,
    connect_writer,
    read_mounts,
    refuse_old_sqlite,
    refuse_remote,
    refusing,
    transaction,
)
from storage.evidence import EvidenceFolder
from storage.facts import Facts
from storage.ledger import Ledger
from storage.measures import Measures
from storage.queries import load_queries
from storage.schema import migrate, refuse_pending
from storage.verdicts import Verdicts
from storage.violations import Violations

__all__ = ["Store", "StoreRefusedError"]


class Store:
    """An open database with its evidence folder. A context manager; closed, it gives the writer's lock back.

    Attributes:
        db: the one connection.
        ledger: runs and their tasks.
        facts: visits, sightings, links and where they led.
        measures: what a night was like in numbers.
        verdicts: what policies said of the sightings.
        violations: the life of each fault, and what people decided about it.
        evidence: bytes by their SHA-256.
    """

    def __init__(self, db: Database, evidence: EvidenceFolder, lock: WriterLock | None = None) -> None:
        self.db = db
        self.evidence = evidence
        self.ledger = Ledger(db)
        self.facts = Facts(db, evidence)
        self.measures = Measures(db)
        self.verdicts = Verdicts(db)
        self.violations = Violations(db)
        self._lock = lock

    @classmethod
    def open(
        cls,
        path: str | Path,
        *,
        now_ms: int,
        evidence: EvidenceFolder | None = None,
        connection_class: type[sqlite3.Connection] = sqlite3.Connection,
    ) -> Store:
        """Open a database to write, and make it where there is none.

        Args:
            path: the file; its folder must exist, on a local disk.
            now_ms: told to whoever tries to write at the same time.
            evidence: where evidence goes; a folder beside the file (``cartwatch.evidence``) unless given.
            connection_class: a seam for tests that make statements fail.

        Raises:
            StoreRefusedError: another process writes it, it is not ours, or it cannot be kept safe there.
        """
        real = Path(path).resolve()
        refuse_old_sqlite()
        refuse_remote(real, read_mounts())
        lock = WriterLock.take(real, note=_note(now_ms))
        try:
            db = connect_writer(real, connection_class)
            try:
                with refusing(real):
                    migrate(db, str(path))
            except BaseException:
                db.close()
                raise
        except BaseException:
            lock.release()
            raise
        return cls(db, evidence or EvidenceFolder(evidence_folder(real)), lock)

    @classmethod
    def read(cls, path: str | Path) -> Store:
        """Open a database to read only; any number may, also while one process writes. Keep it short.

        Raises:
            StoreRefusedError: no such database, not ours, or of another schema.
        """
        real = Path(path).resolve()
        db = connect_reader(real)
        try:
            with refusing(real):
                refuse_pending(db, str(path))
        except BaseException:
            db.close()
            raise
        return cls(db, EvidenceFolder(evidence_folder(real)))

    def transaction(self) -> AbstractContextManager[Database]:
        """All of what is written inside, or nothing. Saves inside become parts of it."""
        return transaction(self.db)

    def check(self) -> list[str]:
        """What is wrong with the database and its evidence, in words; empty where nothing is. Reads all of both."""
        states = ((sha256, self.evidence.verify(sha256)) for sha256 in sorted(self.facts.named_evidence()))
        lost = [f"evidence {sha256} is {state}" for sha256, state in states if state != "whole"]
        return damages(self.db) + unanswered(self.db) + lost

    def orphans(self) -> list[Path]:
        """Evidence files that no row names: left by a crash, safe to delete while nobody writes the database."""
        return list(self.evidence.orphans(self.facts.named_evidence()))

    def close(self) -> None:
        """Close the connection and give the writer's lock back. The second time does nothing."""
        self.db.close()
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def evidence_folder(database: Path) -> Path:
    """Where the evidence of a database is kept unless told otherwise: ``cartwatch.db`` has ``cartwatch.evidence``."""
    return database.with_suffix(".evidence")


def damages(db: Database) -> list[str]:
    """What SQLite's own checks say against a database; empty where they find nothing."""
    integrity = [f"integrity: {row[0]}" for row in db.execute("PRAGMA integrity_check") if row[0] != "ok"]
    keys = [f"foreign key: {row[0]} row {row[1]} names no {row[2]}" for row in db.execute("PRAGMA foreign_key_check")]
    return integrity + keys


def unanswered(db: Database) -> list[str]:
    """The questions of ``storage/queries`` that a database cannot answer, such as for want of a view, and why."""
    found = []
    for query in load_queries():
        try:
            db.execute(f"EXPLAIN {query.sql}", dict.fromkeys(query.parameters, ""))
        except sqlite3.Error as error:
            found.append(f"question {query.name}: {error}")
    return found


def _note(now_ms: int) -> str:
    since = datetime.fromtimestamp(now_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    return f"process {os.getpid()} since {since}"
