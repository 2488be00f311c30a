"""The whole flow through the command line, on the sample world, with a real browser and a real database."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from crawler.console.demo import observed
from crawler.judging import judge_run
from crawler.policies import shipped
from crawler.reading.policy import load_policy
from crawler.sample.compare import compare
from crawler.sample.world import SampleWorld
from storage.dump import logical_dump
from storage.store import Store

pytestmark = pytest.mark.browser
CARTWATCH = (sys.executable, "-c", "from crawler.cli import main; main()")
FEW = 16
"""Pages for the tests that crawl several times."""


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("world")
    command = [*CARTWATCH, "sample", "serve", "--json", "--folder", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield json.loads(process.stdout.readline())
        process.send_signal(signal.SIGINT)


@pytest.fixture(scope="module")
def truth():
    return SampleWorld().truth


@pytest.fixture(scope="module")
def few_targets(world, tmp_path_factory):
    """Pages of every surface, those with most links first."""
    path = tmp_path_factory.mktemp("targets") / "few.txt"
    lines = Path(world["targets"]).read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(lines[:: max(1, len(lines) // FEW)]) + "\n", encoding="utf-8")
    return path


def crawl_command(world, db, *more):
    reach = ("--proxy", world["proxy"], "--insecure-tls", "--delay", "0")
    return [*CARTWATCH, "crawl", *reach, "--db", str(db), "--json", *more]


def run(command, **kwargs):
    return subprocess.run(command, capture_output=True, text=True, timeout=280, check=False, **kwargs)


def compared(db, truth):
    with Store.open(db, now_ms=0) as store:
        run_id = store.ledger.latest()
        judge_run(store, run_id, load_policy(shipped()[0]))
        return compare(truth, *observed(store, run_id))


@pytest.mark.timeout(600)
def test_everything_planted_is_found_named_and_judged(world, truth, tmp_path):
    db = tmp_path / "night.db"
    done = run(crawl_command(world, db, "--targets", world["targets"]))
    assert done.returncode == 3, done.stderr  # some pages of the world stand behind walls
    summary = json.loads(done.stdout)
    assert summary["status"] == "degraded"
    assert {row["outcome"] for row in summary["not_seen"]} >= {"login_wall", "challenge", "rate_limited", "not_found"}
    found = compared(db, truth)
    assert found.differences() == []
    assert found.ok
    assert found.planted >= 300
    assert_only_told_as_of_another_day(db)


def assert_only_told_as_of_another_day(db):
    """While both windows were open many links were allowed; telling so writes nothing."""
    before = logical_dump(db)
    done = run([*CARTWATCH, "evaluate", "--db", str(db), "--as-of", "2022-11-20", "--json"])
    (judged,) = map(json.loads, done.stdout.splitlines())
    assert judged["sightings"]["allowed"] > 100
    assert judged["newly_cleared"] > 100
    assert judged["newly_flagged"] == 0
    assert logical_dump(db) == before


def test_without_an_extractor_recall_falls(world, truth, few_targets, tmp_path):
    """The comparison can fail: what only the share texts carry is missed when nobody reads them."""
    reads = {}
    for name, extractors in (("all", ""), ("no_script", "anchor,attribute,response,share_text")):
        db = tmp_path / f"{name}.db"
        environment = {**os.environ, "CARTWATCH_EXTRACTORS": extractors}
        run(crawl_command(world, db, "--targets", str(few_targets)), env=environment)
        reads[name] = compared(db, truth)
    assert reads["no_script"].found < reads["all"].found
    with Store.read(tmp_path / "no_script.db") as store:
        assert store.db.execute("SELECT status FROM runs").fetchone() == ("degraded",)
        assert store.db.execute("SELECT sum(clean) FROM clean_share").fetchone() == (0,)
    assert not reads["no_script"].ok


def test_a_page_that_was_not_seen_is_never_clean(world, tmp_path):
    """Its outcome is named, the run is void, and no view counts it as clean."""
    db = tmp_path / "wall.db"
    done = run(crawl_command(world, db, "https://live.kuaishou.com/u/walled-cart"))
    assert done.returncode == 4
    assert json.loads(done.stdout)["not_seen"][0]["outcome"] == "login_wall"
    with Store.read(db) as store:
        shares = list(store.db.query("SELECT * FROM clean_share"))
    assert all(not row["clean"] for row in shares)


def test_an_address_that_no_surface_knows_stops_the_run_before_it_starts(world, tmp_path):
    db = tmp_path / "none.db"
    done = run(crawl_command(world, db, "https://live.kuaishou.com/u/spring-tea", "https://example.com/x"))
    assert done.returncode == 2
    assert "https://example.com/x" in done.stderr
    assert not db.exists()


@pytest.mark.timeout(900)
@pytest.mark.slow
def test_a_crawl_killed_at_ten_random_points_ends_with_the_same_facts(world, few_targets, tmp_path):
    whole, torn = tmp_path / "whole.db", tmp_path / "torn.db"
    run(crawl_command(world, whole, "--targets", str(few_targets)))
    kills = kill_and_resume(world, few_targets, torn, random.Random(20221028))
    assert kills == 10
    assert differences(logical_dump(torn), logical_dump(whole)) == []


def differences(torn, whole):
    """What one dump says and the other does not, row by row."""
    return [
        (name, side, row)
        for name in whole
        for side, ours, theirs in (("torn", torn[name], whole[name]), ("whole", whole[name], torn[name]))
        for row in ours
        if row not in theirs
    ]


def kill_and_resume(world, targets, db, chance):
    """Kill the crawl ten times with SIGKILL, each time after another while, then let it end. Gives the kills."""
    kills = 0
    arguments = ("--targets", str(targets))
    for _ in range(10):
        with subprocess.Popen(
            crawl_command(world, db, *arguments),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as process:
            wait_for_run(db)
            time.sleep(chance.uniform(0.1, 2.5))
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                kills += 1
        arguments = ("--resume",)
    done = run(crawl_command(world, db, "--resume"))
    assert done.returncode in {0, 3}, done.stderr
    return kills


def wait_for_run(db, timeout_s=20.0):
    """Until the run and its tasks are written down: before that there is nothing to resume."""
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        if db.exists():
            try:
                with Store.read(db) as store:
                    store.ledger.latest()
                    return
            except (Exception,):  # noqa: B013, BLE001 - the database may be half made
                pass
        time.sleep(0.05)


def night_config(world, tmp_path, targets, **canaries):
    """A ``cartwatch.toml`` with canaries: page name and the rules that it must break."""
    text = f'targets = ["{targets}"]\ndb = "night.db"\nproxy = "{world["proxy"]}"\ninsecure_tls = true\ndelay_s = 0\n'
    for name, rules in canaries.items():
        url = f"https://live.kuaishou.com/u/{name.replace('_', '-')}"
        text += f'[[canaries]]\nurl = "{url}"\nrules = {json.dumps(rules)}\n'
    path = tmp_path / "cartwatch.toml"
    path.write_text(text, encoding="utf-8")
    return path


SPRING_TEA = ["listed_after_window", "personal_store_link", "platform_not_permitted", "third_party_store_link"]


@pytest.mark.parametrize(
    ("rules", "code", "status"),
    [(SPRING_TEA, 0, "complete"), ([*SPRING_TEA, "disguised_link"], 4, "void"), ([], 4, "void")],
    ids=["as it should be", "a missed fault", "a clean page that is not"],
)
def test_a_missed_canary_voids_the_night(world, tmp_path, rules, code, status):
    targets = tmp_path / "rooms.txt"
    targets.write_text("https://live.kuaishou.com/u/north-wool\n", encoding="utf-8")
    config = night_config(world, tmp_path, targets, spring_tea=rules)
    done = run([*CARTWATCH, "nightly", "--config", str(config), "--json"])
    assert done.returncode == code, done.stdout + done.stderr
    (night,) = map(json.loads, done.stdout.splitlines())
    assert night["status"] == status
    with Store.read(tmp_path / "night.db") as store:
        assert store.db.execute("SELECT status FROM runs").fetchone() == (status,)
        pages = {row["page_url"] for row in store.violations.rows()}
    # A canary is never accused, and a void night accuses nobody.
    assert pages == (set() if status == "void" else {"https://live.kuaishou.com/u/north-wool"})


def test_a_configuration_that_cannot_be_understood_is_named_with_its_keys(tmp_path):
    path = tmp_path / "cartwatch.toml"
    path.write_text("target = []\npages = 0\n", encoding="utf-8")
    done = run([*CARTWATCH, "nightly", "--config", str(path)])
    assert done.returncode == 2
    for word in ("cartwatch.toml", "1: targets: is missing", "cartwatch.toml:1: target: is not a key here", "2: pages"):
        assert word in done.stderr
