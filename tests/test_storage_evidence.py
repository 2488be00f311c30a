"""Evidence is kept by its content: whole or not at all, once, and nobody changes it unnoticed."""

from __future__ import annotations

import hashlib

import pytest

from storage.evidence import Disk, EvidenceFolder

PAGE = b"<html>seen</html>"
SHA = hashlib.sha256(PAGE).hexdigest()


@pytest.fixture
def folder(tmp_path):
    return EvidenceFolder(tmp_path / "evidence")


class CountingDisk(Disk):
    def __init__(self):
        self.calls: list[str] = []

    def write(self, path, content):
        self.calls.append("write")
        super().write(path, content)

    def sync(self, descriptor):
        self.calls.append("sync")
        super().sync(descriptor)

    def rename(self, source, target):
        self.calls.append("rename")
        super().rename(source, target)


def test_bytes_come_back_by_their_digest(folder):
    assert folder.put(PAGE, "html") == SHA
    assert folder.get(SHA) == PAGE
    assert folder.find(SHA) == folder.path / SHA[:2] / SHA[2:4] / f"{SHA}.html"


def test_what_is_written_is_synced_before_and_after_it_gets_its_name(tmp_path):
    disk = CountingDisk()
    EvidenceFolder(tmp_path, disk).put(PAGE)
    assert disk.calls[-4:] == ["write", "sync", "rename", "sync"]


def test_the_same_bytes_are_written_once_whatever_their_ending(tmp_path):
    disk = CountingDisk()
    folder = EvidenceFolder(tmp_path, disk)
    folder.put(PAGE, "html")
    disk.calls.clear()
    assert folder.put(PAGE, "bin") == SHA
    assert disk.calls == []


def test_damage_is_noticed_and_mended_by_keeping_the_same_bytes_again(folder):
    folder.put(PAGE, "html")
    folder.find(SHA).write_bytes(PAGE[:-1])
    assert folder.verify(SHA) == "damaged"
    folder.put(PAGE)
    assert (folder.verify(SHA), folder.get(SHA)) == ("whole", PAGE)


def test_what_was_never_kept_is_missing(folder):
    assert folder.verify(SHA) == "missing"
    with pytest.raises(FileNotFoundError, match=SHA):
        folder.get(SHA)


def test_orphans_are_what_no_row_names_and_what_was_never_finished(folder):
    kept, left = folder.put(PAGE, "html"), folder.put(b"left", "png")
    unfinished = folder.find(kept).with_name(f".{SHA}.html")
    unfinished.write_bytes(b"<ht")
    assert set(folder.orphans({kept})) == {folder.find(left), unfinished}
    assert folder.find(kept) not in set(folder.orphans({kept}))
