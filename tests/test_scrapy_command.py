"""Plain ``scrapy crawl``: what it cannot visit is refused with a code of its own, and its end tells what was seen."""

import subprocess
import sys

import pytest

from crawler.sample.world import serve_in_thread
from storage.store import Store

ROOM = "https://live.kuaishou.com/u/spring-tea"


def scrapy(*arguments, **settings):
    named = [word for name, value in settings.items() for word in ("-s", f"{name}={value}")]
    program = [sys.executable, "-m", "scrapy", "crawl", *arguments, *named]
    return subprocess.run(program, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["live_room", "-a", "url=nonsense"], "-a url=nonsense: no surface knows this page"),
        (["live_room"], "name a page to visit"),
        (["merchant", "-a", f"url={ROOM}"], "scrapy crawl live_room"),
        (["live_rom", "-a", f"url={ROOM}"], "name one of live_room"),
    ],
)
def test_what_cannot_be_visited_is_refused_before_anything_is_written(tmp_path, arguments, said):
    done = scrapy(*arguments, CARTWATCH_DB=tmp_path / "a.db")
    assert done.returncode == 2
    assert said in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_is_none_is_refused_with_its_code(tmp_path):
    (tmp_path / "a.db").write_bytes(b"no database" * 99)
    done = scrapy("live_room", "-a", f"url={ROOM}", CARTWATCH_DB=tmp_path / "a.db")
    assert done.returncode == 13
    assert "a.db" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.browser
@pytest.mark.parametrize(
    ("page", "code", "told"),
    [("spring-tea", 0, "1 of 1 pages seen (ok 1), 20 sightings"), ("walled-cart", 4, "(login_wall 1)")],
)
def test_the_end_tells_what_was_seen_and_where_it_is_kept(tmp_path, page, code, told):
    db = tmp_path / "a.db"
    with serve_in_thread() as world:
        reach = {"CARTWATCH_PROXY": world.proxy_url, "CARTWATCH_INSECURE_TLS": 1, "DOWNLOAD_DELAY": 0}
        done = scrapy("live_room", "-a", f"url=https://live.kuaishou.com/u/{page}", CARTWATCH_DB=db, **reach)
    assert done.returncode == code, done.stderr
    assert told in done.stdout
    assert f"Kept in {db}" in done.stdout.replace("\n", " ")
    with Store.read(db) as store:
        assert store.ledger.status(store.ledger.latest()) in {"complete", "void"}
