"""Nights on the sample world, crawled for real: what becomes of one fault as its page changes from night to night."""

import json
import subprocess
import sys

import pytest

from crawler.judging import judge_run
from crawler.policies import shipped
from crawler.reading.policy import load_policy
from crawler.sample.drafts import PageSpec
from crawler.sample.world import serve_in_thread
from storage.store import Store

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CARTWATCH = (sys.executable, "-c", "from crawler.cli import main; main()")
LINK = "item personal direct ms:2022-11-05T12:00"
STEADY = PageSpec(surface="live_room", page_id="steady-room", cart="xhr", plants=LINK)
ROOM = {
    "with the link": {"cart": "xhr", "plants": LINK},
    "without the link": {"cart": "xhr"},
    "behind a login": {"kind": "login"},
    "behind a captcha": {"kind": "captcha"},
    "too fast": {"kind": "limited"},
    "off the air": {"kind": "offline"},
    "without its cart": {"cart": "broken"},
    "gone": {"kind": "unknown"},
}
# A night on which half of all links are gone is an alarm by itself (drift), however whole its pages are.
NIGHTS = """
the room is      | night    | the fault is
with the link    | complete | new
with the link    | complete | ongoing
behind a login   | degraded | not_observed
behind a captcha | degraded | not_observed
with the link    | complete | ongoing
without its cart | degraded | not_observed
too fast         | degraded | not_observed
off the air      | complete | not_observed
without the link | degraded | resolved
gone             | degraded | resolved
with the link    | complete | reopened
"""


def table(text):
    names, *rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return [dict(zip(names, row, strict=True)) for row in rows]


def night(db, room):
    """Crawl and judge the world with the room as it is tonight; gives the night's status and the fault's."""
    pages = (PageSpec(surface="live_room", page_id="moody-room", **ROOM[room]), STEADY)
    with serve_in_thread(pages) as world:
        reach = ("--proxy", world.proxy_url, "--insecure-tls", "--delay", "0")
        command = [*CARTWATCH, "crawl", *reach, "--db", str(db), "--json", *world.targets]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    with Store.open(db, now_ms=0) as store:
        judge_run(store, store.ledger.latest(), load_policy(shipped()[0]))
        rows = store.violations.rows(everything=True)
    (status,) = {row["status"] for row in rows if "moody-room" in row["page_url"]}
    return json.loads(done.stdout)["status"], status


def test_the_life_of_a_fault_over_nights(tmp_path):
    db = tmp_path / "nights.db"
    lived = [{"the room is": row["the room is"], **lived_through(db, row)} for row in table(NIGHTS)]
    assert lived == table(NIGHTS)


def lived_through(db, row):
    status, fault = night(db, row["the room is"])
    return {"night": status, "the fault is": fault}
