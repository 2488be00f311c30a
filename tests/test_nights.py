"""Ten nights on the sample world, crawled and judged for real: what becomes of every fault from night to night."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from crawler.policies import shipped
from crawler.sample.canaries import CANARIES, as_toml, night_as_toml
from crawler.sample.drafts import PageSpec
from crawler.sample.world import SampleWorld, serve_in_thread
from storage.store import Store

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# The pages: a room with one short link (b) that leads to a shop of this or that kind, a merchant with a link to a
# store on JD (c), and a room with a link to a personal store (a) or without. `b!` is the fault that b leads to another
# shop than at first, `b'` that it leads to a personal store. A dash: the night was not told to look there. A fault that
# a row does not name is as it was. On night 7 half the links of live rooms are gone: an alarm by itself (drift).
# What is decided is decided in the morning after; `open` is what a compliance team has on its list then.
NIGHTS = """
night | room b        | merchant c | room a  | canary     | policy | the night is | what became of each fault                         | decided           | open
1     | enterprise    | jd_pop     | without | as it was  | first  | complete     | b,c=new                                           |                   | b c
2     | enterprise    | jd_pop     | with    | as it was  | first  | complete     | a=new b,c=ongoing                                 | a waived 3        | b c
3     | enterprise    | login      | with    | a bad link | first  | void         | a,b,c=not_observed                                |                   | b c
4     | captcha       | jd_pop     | with    | as it was  | first  | degraded     | a,c=ongoing b=not_observed                        |                   | b c
5     | enterprise    | gone       | with    | as it was  | first  | degraded     | a,b=ongoing c=not_observed                        |                   | b c
6     | enterprise    | jd_pop     | with    | as it was  | first  | complete     | a,b,c=ongoing                                     |                   | a b c
7     | personal      | jd_pop     | without | as it was  | first  | degraded     | a,b=resolved b',b!=new c=ongoing                  | b' confirmed      | b' b! c
8     | personal      | jd_pop     | with    | as it was  | kinder | complete     | a=reopened b',b!=ongoing c=resolved               | b! false_positive | a b'
9     | behind a stub | -          | limited | walled     | first  | void         | a,b',b!=not_observed c=resolved                   |                   | a b'
10    | enterprise    | jd_pop     | broken  | as it was  | first  | degraded     | a=not_observed b,c=reopened b',b!=resolved        |                   | a b c
"""  # noqa: E501 - a table
CARTWATCH = """
import time
now, now_ns = time.time, time.time_ns
time.time, time.time_ns = lambda: now() + {ahead_s}, lambda: now_ns() + {ahead_s} * 1_000_000_000
from crawler.cli import main
main()
"""
DAY = timedelta(days=1)
ZONE = ZoneInfo("Asia/Shanghai")
FAULTS = {
    "a": ("personal_store_link", "room-a"),
    "b": ("third_party_store_link", "room-b"),
    "b'": ("personal_store_link", "room-b"),
    "b!": ("destination_changed", "room-b"),
    "c": ("third_party_store_link", "144077055"),
}
CANARY, CLEAN = CANARIES[0], CANARIES[1]
STATES = {
    "login": {"kind": "login"},
    "captcha": {"kind": "captcha"},
    "gone": {"kind": "gone"},
    "limited": {"kind": "limited"},
    "offline": {"kind": "offline"},
    "broken": {"cart": "broken", "plants": ""},
    "with": {},
    "without": {"plants": ""},
}


def table(text):
    names, *rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return [dict(zip(names, row, strict=True)) for row in rows]


def pages(row):
    """The world of a night. Each room's own link keeps its address, whatever stands on the pages after it."""
    shop = {"captcha": "enterprise", "behind a stub": "personal.login_stub"}.get(row["room b"], row["room b"])
    b = PageSpec(surface="live_room", page_id="room-b", cart="xhr", plants=f"item {shop} mtb ms:2022-11-05T12:00")
    c = PageSpec(surface="merchant", page_id="144077055", form="window", cart="xhr", plants="item jd_pop direct -")
    a = PageSpec(surface="live_room", page_id="room-a", cart="xhr", plants="item personal direct ms:2022-11-05T12:00")
    yield replace(b, **STATES.get(row["room b"], {}))
    yield replace(c, **STATES.get(row["merchant c"], {}))
    shown = replace(a, **STATES[row["room a"]])
    yield shown
    # What room a does not show lies in a cupboard that nobody visits: the world numbers its goods in turn.
    yield PageSpec(surface="live_room", page_id="cupboard", cart="xhr", plants="" if shown.plants else a.plants)


def canary_pages(row):
    match row["canary"]:
        case "a bad link":
            return CANARY, replace(CLEAN, cart="xhr", plants="item personal direct -")
        case "walled":
            return replace(CANARY, cart="walled", plants=""), CLEAN
        case _:
            return CANARY, CLEAN


def kinder():
    """A policy that opens JD's window to third-party stores, in merchant pages too, and has never closed it."""
    window = '[[windows]]\nid = "pop"\nstores = ["jd_pop"]\nfrom = 2022-01-01\nclause = "jd_window"\n\n[[bans]]'
    return shipped()[0].read_text(encoding="utf-8").replace("[[bans]]", window, 1)


@pytest.fixture
def team(tmp_path):
    return Team(tmp_path)


class Team:
    """Who runs the nights: the same commands every day, on a clock of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.db = folder / "night.db"
        self.today = datetime.now(ZONE)
        (folder / "first.toml").write_bytes(shipped()[0].read_bytes())
        (folder / "kinder.toml").write_text(kinder(), encoding="utf-8")
        (folder / "canaries.toml").write_text(as_toml(SampleWorld().canaries[:2]), encoding="utf-8")

    def run(self, night: int, *arguments):
        """A command, as if it were that night."""
        command = [sys.executable, "-c", CARTWATCH.format(ahead_s=(night - 1) * 86_400), *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, timeout=250, check=False)

    def night(self, row):
        """Crawl and judge; what the night was worth, and what became of each fault."""
        with serve_in_thread(tuple(pages(row)), canaries=canary_pages(row)) as world:
            left_out = {"cupboard", *(["144077055"] if row["merchant c"] == "-" else [])}
            asked = [url for url in world.targets if not any(page in url for page in left_out)]
            (self.folder / "targets.txt").write_text("\n".join(asked), encoding="utf-8")
            config = f'{night_as_toml(world.proxy_url)}policy = "{row["policy"]}.toml"\n'
            (self.folder / "cartwatch.toml").write_text(config, encoding="utf-8")
            done = self.run(int(row["night"]), "nightly", "--config", self.folder / "cartwatch.toml", "--json")
        assert done.stdout, done.stderr
        return json.loads(done.stdout)

    def decide(self, row):
        if row["decided"]:
            night = int(row["night"])
            name, decision, *days = row["decided"].split()
            last = (self.today + (night - 1 + int(days[0])) * DAY).date() if days else None
            until = ("--until", last) if last else ()
            words = ("review", self.name(name), decision, "--reviewer", "li", *until, "--db", self.db)
            done = self.run(night, *words)
            assert done.returncode == 0, done.stderr

    def name(self, fault):
        return next(identifier for identifier, known in self.faults().items() if known == fault)

    def faults(self):
        """The name of each fault that there ever was, by its identifier."""
        with Store.read(self.db) as store:
            rows = store.violations.rows(everything=True)
        return {row["violation_id"]: named(row) for row in rows if named(row)}

    def statuses(self):
        with Store.read(self.db) as store:
            return {named(row): row["status"] for row in store.violations.rows(everything=True) if named(row)}

    def open(self):
        with Store.read(self.db) as store:
            return {named(row) for row in store.violations.rows() if named(row)}


def named(row):
    kinds = ((name, rule, page) for name, (rule, page) in FAULTS.items())
    return next((name for name, rule, page in kinds if rule == row["rule"] and page in row["page_url"]), None)


EXPECTED = ("the night is", "what became of each fault", "open")


def lived_through(team, row):
    """What came of a night, in the words of the table."""
    told = team.night(row)
    statuses = team.statuses()
    team.decide(row)
    return dict(zip(EXPECTED, (told["status"], statuses, team.open()), strict=True))


def foretold(row):
    """The same as the table has it: faults that it does not name are as they were."""
    parts = (part.split("=") for part in row["what became of each fault"].split())
    became = {name: status for names, status in parts for name in names.split(",")}
    return dict(zip(EXPECTED, (row["the night is"], became, set(row["open"].split())), strict=True))


@pytest.mark.timeout(1500)
def test_ten_nights_give_the_expected_life_of_every_fault(team):
    before = {}
    for row in table(NIGHTS):
        wanted = foretold(row)
        wanted["what became of each fault"] = before = before | wanted["what became of each fault"]
        assert lived_through(team, row) == wanted, f"night {row['night']}"
