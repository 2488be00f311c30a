"""A page or link that ends the process each time costs the night itself and nobody else, and the night ends."""

import json
import signal
import subprocess
import sys

import pytest

from crawler.sample.world import serve_in_thread
from storage.store import Store

pytestmark = pytest.mark.browser

ROOMS = [f"https://live.kuaishou.com/u/{name}" for name in ("north-wool", "big-cart", "spring-tea", "boxed-cart")]
DYING = """
import os, signal, sys
from crawler import cli, pipelines
from spiders._surface import SurfaceSpider

def read(self, page, target, *more, read=SurfaceSpider.read):
    if "{page}" in target.url:
        os.kill(os.getpid(), signal.SIGKILL)
    return read(self, page, target, *more)

async def end_of(self, link, end_of=pipelines.LinkResolver._end_of):
    if "{link}" in link.url:
        os.kill(os.getpid(), signal.SIGKILL)
    return await end_of(self, link)

SurfaceSpider.read, pipelines.LinkResolver._end_of = read, end_of
cli.main()
"""


@pytest.fixture(scope="module")
def world():
    with serve_in_thread() as world:
        yield world


def crawl(world, db, *more, page="no such page", link="no such link"):
    reach = ("--proxy", world.proxy_url, "--insecure-tls", "--delay", "0", "--db", str(db), "--json")
    program = [sys.executable, "-c", DYING.format(page=page, link=link), "crawl", *reach, *more]
    return subprocess.run(program, capture_output=True, text=True, timeout=120, check=False)


def rows(db, sql):
    with Store.read(db) as store:
        return store.db.execute(sql).fetchall()


def end_after_deaths(world, db, **deadly):
    """Crawl until the process does not die any more: how often it died, and what the last one said."""
    done = crawl(world, db, *ROOMS, **deadly)
    deaths = 0
    while done.returncode == -signal.SIGKILL:
        deaths += 1
        assert deaths < 9
        done = crawl(world, db, "--resume", **deadly)
    return deaths, done


def test_a_page_that_ends_the_process_each_time_is_given_up_and_its_neighbours_are_seen(world, tmp_path):
    db = tmp_path / "night.db"
    deaths, done = end_after_deaths(world, db, page="big-cart")
    assert (deaths, done.returncode) == (4, 3), done.stderr
    summary = json.loads(done.stdout)
    assert summary["outcomes"] == {"ok": 3, "crashed": 1}
    assert "died 4 times" in summary["not_seen"][0]["detail"]
    assert rows(db, "SELECT max(interruptions) FROM tasks WHERE target_url NOT LIKE '%big-cart'")[0][0] < 2


def test_a_link_that_ends_the_process_each_time_is_given_up_and_the_others_are_followed(world, tmp_path):
    db = tmp_path / "night.db"
    crawl(world, db, *ROOMS)
    [(url, link_id)] = rows(db, "SELECT url, link_id FROM links JOIN resolutions USING (link_id) LIMIT 1")
    db = tmp_path / "torn.db"
    deaths, done = end_after_deaths(world, db, link=url)
    assert (deaths, done.returncode) == (4, 0), done.stderr
    [(outcome, detail)] = rows(db, f"SELECT outcome, detail FROM resolutions WHERE link_id = '{link_id}'")
    assert outcome == "unresolvable"
    assert "died 4 times" in detail
    assert rows(db, "SELECT count(*) FROM resolutions WHERE detail LIKE '%died%'") == [(1,)]
    assert rows(db, "SELECT count(*) FROM link_starts") == [(0,)]
