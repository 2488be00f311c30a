"""How the database is opened and written: one writer by a lock file, durable pragmas, one kind of transaction."""

from __future__ import annotations

import fcntl
import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

OLDEST_SQLITE = (3, 38, 0)
BUSY_TIMEOUT_MS = 10_000
REMOTE_FILE_SYSTEMS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "fuse.glusterfs", "fuse.sshfs", "vboxsf"}
)
"""Their locks do not hold between hosts, and a write-ahead log needs memory shared by all who open it."""

WRITER_PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "mmap_size": 0, "trusted_schema": 0}
"""What must read back as set. ``synchronous`` 2 is FULL: what was acknowledged outlives a power cut."""

_CURES = {
    "SQLITE_NOTADB": "name a database of Cartwatch with --db, or a new file",
    "SQLITE_CORRUPT": "it is damaged: go back to a backup, or salvage it with `sqlite3 FILE .recover`",
    "SQLITE_BUSY": "another program holds it: close that, then try again",
    "SQLITE_READONLY": "it may not be written: mend its rights or its folder's, or name another with --db",
}

INT64_MAX = 2**63 - 1
NUL = {0: "\\x00"}
"""SQLite's own functions, and many tools, take a text to end at its first NUL."""


class StoreRefusedError(Exception):
    """The database cannot be used as it is. ``str(error)`` is one line that names the file and the cure."""


class StoreFullError(StoreRefusedError):
    """There is no room for what was to be written; nothing of it was."""


@dataclass(slots=True)
class WriterLock:
    """The right to be the one process that writes a database; ends with the process at the latest."""

    path: Path
    descriptor: int

    @classmethod
    def take(cls, database: Path, *, note: str) -> WriterLock:
        """Take the lock beside ``database``, leaving ``note`` there for whoever comes second.

        Raises:
            StoreRefusedError: another process holds it, or the file cannot be made.
        """
        path = database.with_name(database.name + ".lock")
        descriptor = _open_lock(path)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(descriptor, 200, 0).decode("utf-8", "replace").strip() or "another process"
            os.close(descriptor)
            raise StoreRefusedError(f"{database}: is being written by {holder}; let it finish, or stop it") from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, note.encode(), 0)
        return cls(path, descriptor)

    def release(self) -> None:
        """Give the lock back. The file stays: removing it would let two processes hold two files of one name."""
        os.ftruncate(self.descriptor, 0)
        os.close(self.descriptor)


def _open_lock(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except FileNotFoundError as error:
        raise StoreRefusedError(f"{path.parent}: there is no such folder; make it, or choose another") from error
    except OSError as error:
        raise StoreRefusedError(
            f"{path}: cannot be made ({error.strerror}); choose a folder that is writable"
        ) from error


def connect_writer(path: Path, connection_class: type[sqlite3.Connection] = sqlite3.Connection) -> Database:
    """Open (or make) the file at ``path`` for reading and writing; the caller holds the ``WriterLock``.

    Raises:
        StoreRefusedError: not a database, not writable, or a pragma that did not take.
    """
    with refusing(path):
        connection = sqlite3.connect(path, isolation_level=None, factory=connection_class)
        try:
            _set_pragmas(connection, path)
        except BaseException:
            connection.close()
            raise
        return Database(connection)


def connect_reader(path: Path) -> Database:
    """Open the file at ``path`` so that nothing can be written through the connection.

    Raises:
        StoreRefusedError: no such file, not a database, or one that cannot be read where it lies.
    """
    with refusing(path):
        connection = read_only(path)
        connection.execute("PRAGMA query_only = 1")
        return Database(connection)


def read_only(path: Path) -> sqlite3.Connection:
    """A connection to the file at ``path`` that leaves it as it is, also where its folder cannot be written.

    A write-ahead log is read through files beside the database. Where they cannot be made, the database alone says
    all, and may be read as one that nobody changes, if its last writer closed it in good order; else it may not.

    Raises:
        StoreRefusedError: no such file, or its last writes cannot be read where it lies.
        sqlite3.Error: what SQLite says against the file.
    """
    if not path.is_file():
        raise StoreRefusedError(f"{path}: no such database; name an existing one with --db")
    if not os.access(path, os.R_OK, effective_ids=os.access in os.supports_effective_ids):
        raise StoreRefusedError(f"{path}: may not be read by this user; ask its owner, or name another with --db")
    try:
        return _connect_to_read(path, "mode=ro")
    except sqlite3.OperationalError as error:
        if not error.sqlite_errorname.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY")):
            raise
    connection = _connect_to_read(path, "mode=ro&immutable=1")
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size:
        connection.close()
        cure = f"copy {path.name} and {log.name} together to a folder that is, and name the copy with --db"
        raise StoreRefusedError(f"{path}: its last writes stand in {log.name}, and its folder is not writable; {cure}")
    return connection


def _connect_to_read(path: Path, how: str) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?{how}", uri=True, isolation_level=None)
    try:
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        connection.execute("PRAGMA trusted_schema = 0")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def refusing(path: Path) -> Iterator[None]:
    """Translate what SQLite says against the file at ``path`` into one line for a person."""
    try:
        yield
    except sqlite3.Error as error:
        if "disk is full" in str(error):
            raise StoreFullError(f"{path}: there is no room on its disk ({error}); make some") from error
        cure = _CURES.get(getattr(error, "sqlite_errorname", ""), "check the file and its folder")
        raise StoreRefusedError(f"{path}: the database refused ({error}); {cure}") from error


def _set_pragmas(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    for name, value in WRITER_PRAGMAS.items():
        connection.execute(f"PRAGMA {name} = {value}")
        (actual,) = connection.execute(f"PRAGMA {name}").fetchone()
        if actual != value:
            raise StoreRefusedError(f"{path}: PRAGMA {name} is {actual}, not {value}; the file system may not allow it")


@contextmanager
def transaction(db: Database) -> Iterator[Database]:
    """All of what is written inside, or nothing; inside another transaction, a part of that.

    ``Database.atomic`` alone begins deferred: its first write fails at once, whatever the busy timeout, where
    another connection has committed since its first read. This one takes the right to write first.
    """
    if db.conn.in_transaction:
        with db.atomic():
            yield db
        return
    db.conn.execute("BEGIN IMMEDIATE")
    try:
        yield db
        db.conn.execute("COMMIT")
    except BaseException:
        # SQLite has rolled back already after some errors (a full disk): rollback() then does nothing.
        db.rollback()
        raise


def storable(value: object) -> object:
    """``value`` as SQLite can hold it: no lone surrogates or NULs in text, no integer beyond 64 bits.

    Pages are hostile; a price of thirty digits or half an emoji must not cost the visit that found it.
    """
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8").translate(NUL)
    if isinstance(value, int):
        return max(-INT64_MAX, min(INT64_MAX, int(value)))
    return value


def refuse_old_sqlite(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> None:
    """Raise ``StoreRefusedError`` where SQLite is older than what the schema is written in."""
    if version < OLDEST_SQLITE:
        here, oldest = (".".join(map(str, v)) for v in (version, OLDEST_SQLITE))
        raise StoreRefusedError(f"SQLite {here} is too old; install Python with SQLite {oldest} or newer")


def refuse_remote(path: Path, mounts: str) -> None:
    """Raise ``StoreRefusedError`` where ``path`` lies on a network file system.

    Args:
        path: an absolute path with symbolic links resolved; it need not exist yet.
        mounts: the text of ``/proc/self/mountinfo``; empty where the system has none.
    """
    kind = file_system(path, mounts)
    if kind in REMOTE_FILE_SYSTEMS:
        raise StoreRefusedError(f"{path}: lies on {kind}, where locks do not hold; choose a folder on a local disk")


def file_system(path: Path, mounts: str) -> str:
    """The type of the file system that holds ``path``, ``""`` where ``mounts`` does not say."""
    best, kind = -1, ""
    for line in mounts.splitlines():
        left, _, right = line.partition(" - ")
        point = Path(_unescape(left.split(" ")[4]))
        # Of two mounts on one point the later hides the earlier.
        if path.is_relative_to(point) and len(point.parts) >= best:
            best, kind = len(point.parts), right.split(" ")[0]
    return kind


def _unescape(text: str) -> str:
    """Undo mountinfo's octal escapes of blanks and backslashes."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), text)


def read_mounts() -> str:
    """The text of ``/proc/self/mountinfo``, empty on systems without it."""
    try:
        return Path("/proc/self/mountinfo").read_text("utf-8", "surrogateescape")
    except OSError:
        return ""
