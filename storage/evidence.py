"""Bytes by their SHA-256, in a folder: what a page showed, kept so that nobody can change it unnoticed.

A file is written under another name, synced, renamed and its folder synced: after a crash it is there whole or
not at all. It is there before any row of the database names it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Literal, TypeAlias

EvidenceState: TypeAlias = Literal["whole", "missing", "damaged"]


class Disk:
    """The three calls by which bytes become durable; passed in, so that a test can make each of them fail."""

    def write(self, path: Path, content: bytes) -> None:
        """Write ``content`` to a new file at ``path`` and sync it."""
        with path.open("wb") as file:
            file.write(content)
            file.flush()
            self.sync(file.fileno())

    def sync(self, descriptor: int) -> None:
        """Wait until the disk holds what was written to ``descriptor``."""
        os.fsync(descriptor)

    def rename(self, source: Path, target: Path) -> None:
        """Give ``source`` the name ``target``, in one step."""
        source.replace(target)

    def sync_folder(self, folder: Path) -> None:
        """Wait until the disk holds the names in ``folder``."""
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            self.sync(descriptor)
        finally:
            os.close(descriptor)


class EvidenceFolder:
    """A folder of files named by their content: ``aa/bb/aabb...[.ext]``."""

    def __init__(self, path: Path, disk: Disk | None = None) -> None:
        self.path = path
        self._disk = disk or Disk()

    def put(self, content: bytes, extension: str = "") -> str:
        """Keep ``content`` and give its SHA-256 in hex. What is kept already is not written again.

        Args:
            content: the bytes as captured.
            extension: what the file shall end in (``html``, ``png``), for people who open the folder.

        Raises:
            OSError: the disk refused; nothing is left under the final name.
        """
        sha256 = hashlib.sha256(content).hexdigest()
        if self.verify(sha256) != "whole":
            self._write(self.find(sha256) or self._place(sha256, extension), content)
        return sha256

    def find(self, sha256: str) -> Path | None:
        """Where the bytes are, whatever the file ends in; ``None`` where they are not."""
        folder = self._place(sha256).parent
        names = sorted(folder.glob(f"{sha256}*")) if folder.is_dir() else []
        return names[0] if names else None

    def get(self, sha256: str) -> bytes:
        """The bytes of ``sha256``.

        Raises:
            FileNotFoundError: they are not here.
        """
        path = self.find(sha256)
        if path is None:
            raise FileNotFoundError(f"{self.path}: holds no evidence {sha256}")
        return path.read_bytes()

    def verify(self, sha256: str) -> EvidenceState:
        """Whether the bytes are here and are still what they were."""
        path = self.find(sha256)
        if path is None:
            return "missing"
        return "whole" if hashlib.sha256(path.read_bytes()).hexdigest() == sha256 else "damaged"

    def orphans(self, named: Collection[str]) -> Iterator[Path]:
        """Files that no row names: left by a crash between the file and its row, safe to delete.

        Args:
            named: every SHA-256 that the database names.
        """
        for path in sorted(self.path.glob("??/??/*")):
            if path.name.split(".")[0] not in named:
                yield path

    def _place(self, sha256: str, extension: str = "") -> Path:
        ending = f".{extension}" if extension else ""
        return self.path / sha256[:2] / sha256[2:4] / f"{sha256}{ending}"

    def _write(self, path: Path, content: bytes) -> None:
        for folder in _missing(path.parent):
            folder.mkdir()
            self._disk.sync_folder(folder.parent)
        unfinished = path.with_name(f".{path.name}")
        self._disk.write(unfinished, content)
        self._disk.rename(unfinished, path)
        self._disk.sync_folder(path.parent)


def _missing(folder: Path) -> list[Path]:
    """``folder`` and those above it that do not exist yet, outermost first."""
    return [path for path in [*reversed(folder.parents), folder] if not path.exists()]
