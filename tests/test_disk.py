"""A disk that fills: the crawl stops in good order before that, or with a clear word after it, and nothing is lost."""

import json
import subprocess
import sys

import pytest

from crawler.crawl import CrawlOptions, crawl
from crawler.errors import DiskLimitError
from crawler.sample.world import serve_in_thread
from storage.dump import logical_dump
from storage.records import Target
from storage.store import Store
from tests import storage_night

ROOMS = [f"https://live.kuaishou.com/u/{name}" for name in ("north-wool", "big-cart", "spring-tea", "boxed-cart")]
PLAIN = "from crawler.cli import main; main()"
SHRINKING = """
import shutil
from crawler import pipelines
sizes = iter([1 << 40] * 3)
class Disk:
    def disk_usage(folder):
        return shutil._ntuple_diskusage(1 << 40, 0, next(sizes, 255 << 20))
pipelines.shutil = Disk
"""
FULL = """
import storage.store
def migrate(db, name, migrate=storage.store.migrate):
    migrate(db, name)
    (pages,) = db.execute("PRAGMA page_count").fetchone()
    db.execute(f"PRAGMA max_page_count = {pages + ROOM}")
storage.store.migrate = migrate
"""
"""SQLite itself then says what it says on a full disk."""


@pytest.fixture(scope="module")
def world():
    with serve_in_thread() as world:
        yield world


def run(world, db, *more, program=PLAIN):
    reach = ("--proxy", world.proxy_url, "--insecure-tls", "--delay", "0", "--db", str(db), "--json")
    command = [sys.executable, "-c", program, "crawl", *reach, *more]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_a_disk_with_too_little_room_is_named_before_anything_is_written(tmp_path, monkeypatch):
    monkeypatch.setenv("CARTWATCH_DISK_RESERVE", str(1 << 40))
    with pytest.raises(DiskLimitError, match=r"MiB are free .* CARTWATCH_DISK_RESERVE"):
        crawl(CrawlOptions(db=tmp_path / "night.db"), [Target(ROOMS[0], "live_room")])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.browser
@pytest.mark.parametrize(
    ("disk", "said", "status"),
    [(SHRINKING, "255 MiB are free", "interrupted"), (FULL.replace("ROOM", "6"), "database or disk is full", None)],
    ids=["low", "full"],
)
def test_a_disk_that_fills_stops_the_crawl_and_nothing_is_lost(world, tmp_path, disk, said, status):
    db, whole = tmp_path / "night.db", tmp_path / "whole.db"
    stopped = run(world, db, *ROOMS, program=disk + PLAIN)
    assert stopped.returncode == 12, stopped.stderr
    assert said in stopped.stderr
    assert "go on with --resume" in stopped.stderr
    assert "Traceback" not in stopped.stderr
    with Store.read(db) as store:
        run_id = store.ledger.latest()
        assert status in {None, store.ledger.status(run_id)}
        assert store.check() == []
    resumed = run(world, db, "--resume")
    assert json.loads(resumed.stdout)["outcomes"] == {"ok": len(ROOMS)}
    run(world, whole, *ROOMS)
    assert logical_dump(db) == logical_dump(whole)


def test_a_full_disk_is_told_by_every_command_that_writes(tmp_path):
    with Store.open(tmp_path / "night.db", now_ms=1) as store:
        storage_night.play(store)
    program = FULL.replace("ROOM", "0") + PLAIN
    command = [sys.executable, "-c", program, "evaluate", "--db", str(tmp_path / "night.db")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 12, done.stderr
    assert "there is no room on its disk" in done.stderr
