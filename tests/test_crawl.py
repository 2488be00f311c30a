"""A run and its end: what stops it before it starts, what stops it on the way, and what is lost by neither."""

import errno
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.canaries import CanaryConfig
from crawler.crawl import CrawlOptions, crawl, raise_failure
from crawler.errors import BrowserError, ConfigError, DatabaseError, DiskLimitError
from crawler.nightly import NightConfig, check_night
from crawler.pipelines import Night, finish, resolution_of, snapshot_of
from crawler.policies import shipped
from crawler.reading.policy import load_policy
from crawler.resolve import Trail
from crawler.sample.world import serve_in_thread
from storage.connection import StoreRefusedError
from storage.records import Hop, Link, Page, Sighting, Target, Visit
from storage.store import Store

ROOM = Target("https://live.kuaishou.com/u/tea-house", "live_room")
ITEM = "https://item.jd.com/42.html"
ITEM_PAGE = "https://app.kwaixiaodian.com/merchant/shop/detail?id=20100000018"
SHOP_PAGE = (
    "<title>茶【图片 价格 品牌 报价】-京东</title><script>var pageConfig = {product: {isPop:true, isSelf:false,"
    "skuid: 42, venderId:26426, shopId:'25789', warestatus: 1}};</script><div class='sku-name'>茶</div>"
)


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (sqlite3.OperationalError("database or disk is full"), DiskLimitError),
        (OSError(errno.ENOSPC, "No space left on device"), DiskLimitError),
        (OSError(errno.EACCES, "Permission denied"), DatabaseError),
        (sqlite3.OperationalError("attempt to write a readonly database"), StoreRefusedError),
        (BrowserError("chromium does not start"), BrowserError),
        (ZeroDivisionError("a mistake of ours"), ZeroDivisionError),
    ],
)
def test_what_ends_a_run_is_told_as_what_a_person_can_repair(failure, kind):
    with pytest.raises(kind):
        raise_failure(failure, Path("night.db"))


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("CARTWATCH_EXTRACTORS", "anchor,anchr", "no extractor 'anchr'"), ("CARTWATCH_ATTEMPTS", "two", "is no number")],
)
def test_a_misspelt_setting_stops_the_start_and_writes_nothing(tmp_path, monkeypatch, name, value, said):
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError, match=said):
        crawl(CrawlOptions(db=tmp_path / "night.db"), [ROOM])
    assert not list(tmp_path.iterdir())


def test_a_night_with_a_canary_of_no_rule_does_not_start():
    policy = load_policy(shipped()[0])
    good = CanaryConfig(url=ROOM.url, rules=["personal_store_link"])
    check_night(NightConfig(targets=[Path("rooms.csv")], canaries=[good]), policy)
    bad = CanaryConfig(url=ROOM.url, rules=["personal_shop_link"])
    with pytest.raises(ConfigError, match=r"tea-house: rules: there is no rule 'personal_shop_link'"):
        check_night(NightConfig(targets=[Path("rooms.csv")], canaries=[good, bad]), policy)


def test_a_run_with_a_target_that_has_no_outcome_was_interrupted(tmp_path):
    with Store.open(tmp_path / "night.db", now_ms=0) as store:
        run = store.ledger.begin_run("adhoc", [ROOM], now_ms=0, config={}, code_version="test")
        assert finish(Night(store, run)) == "interrupted"
        assert store.ledger.resume(None, now_ms=1) == run


@pytest.mark.parametrize(("outcome", "known"), [("resolved", "jd_pop"), ("refused", None), ("too_many_hops", None)])
def test_a_shop_on_the_way_is_not_where_a_link_leads(outcome, known):
    page = Page(requested_url=ITEM, final_url=ITEM, html=SHOP_PAGE, content=SHOP_PAGE.encode())
    hops = (Hop(url=ITEM), Hop(url="https://taobao.com.evil.cn/")) if outcome == "refused" else (Hop(url=ITEM),)
    trail = Trail(link_url=ITEM, outcome=outcome, hops=hops, page=page, resolved_ms=1)
    found = resolution_of(Link(url=ITEM, platform="jd", kind="item_page", scope="outbound_commerce"), trail)
    assert (found.outcome, found.destination and found.destination.store_type) == (outcome, known)


def test_what_a_run_found_is_counted_over_all_who_worked_on_it(tmp_path):
    link = Link(url=ITEM, platform="jd", kind="item_page", scope="outbound_commerce")
    page = Page(requested_url=ROOM.url, final_url=ROOM.url, fetched_ms=1)
    seen = tuple(Sighting(raw=ITEM, url=ITEM, found_in="anchor", locator=place) for place in ("a", "b"))
    with Store.open(tmp_path / "night.db", now_ms=0) as store:
        run = store.ledger.begin_run("adhoc", [ROOM], now_ms=0, config={}, code_version="test")
        assert store.measures.found(run) == (0, 0)
        store.facts.save_visit(run, Visit(target=ROOM, page=page, sightings=seen), [link, link], now_ms=1)
        assert store.measures.found(run) == (2, 1)


def test_a_page_is_kept_as_evidence_where_there_is_something_to_keep():
    assert snapshot_of(Page(requested_url=ITEM, final_url=ITEM, html="茶\ud800")) == "茶".encode() + b"\xed\xa0\x80"
    assert snapshot_of(Page(requested_url=ITEM, final_url=ITEM)) is None
    assert snapshot_of(None) is None


SIGNALLED = """
import os, signal, threading
from crawler.crawl import _Stop
threading.Thread(target=threading.Event().wait).start()
with _Stop(None).listening():
    stop = signal.getsignal(signal.SIGINT).__self__
    stop.asked = {asked}
    os.kill(os.getpid(), signal.SIGINT)
os._exit(0)
"""


@pytest.mark.parametrize(("asked", "code"), [(True, 11), (False, 0)])
def test_a_second_signal_ends_the_process_though_a_thread_hangs(asked, code):
    program = [sys.executable, "-c", SIGNALLED.format(asked=asked)]
    assert subprocess.run(program, timeout=60, check=False).returncode == code


STOPPED_AT_THE_START = """
import os, signal, sys
from pathlib import Path
from scrapy.core.engine import ExecutionEngine
from crawler.crawl import CrawlOptions, crawl
from crawler.targets import Address, load_surfaces, targets
open_spider = ExecutionEngine.open_spider_async
async def open_and_stop(engine, **how):
    os.kill(os.getpid(), signal.SIGINT)
    await open_spider(engine, **how)
ExecutionEngine.open_spider_async = open_and_stop
rooms = [Address(f"https://live.kuaishou.com/u/{number}") for number in range(3)]
options = CrawlOptions(db=Path(sys.argv[1]), proxy="http://127.0.0.1:9", delay_s=0)
print(crawl(options, targets(rooms, load_surfaces())).status)
"""


def test_a_spider_that_is_stopped_while_it_starts_stops_and_leaves_the_run_to_be_resumed(tmp_path):
    program = [sys.executable, "-c", STOPPED_AT_THE_START, str(tmp_path / "night.db")]
    done = subprocess.run(program, timeout=60, check=False, capture_output=True, text=True)
    assert done.stdout == "interrupted\n", done.stderr
    with Store.read(tmp_path / "night.db") as store:
        assert store.ledger.unfinished(None) == store.ledger.latest()


def test_a_browser_that_does_not_start_ends_the_run_and_blames_no_page(tmp_path):
    """It says a version as a Chromium does, and does not start."""
    browser, db = tmp_path / "browser", tmp_path / "night.db"
    browser.write_text("#!/bin/sh\necho 'Chromium 1.2.3.4'\n", encoding="utf-8")
    browser.chmod(0o755)
    with serve_in_thread() as world:
        reach = ("--proxy", world.proxy_url, "--insecure-tls", "--delay", "0", "--db", str(db))
        program = [sys.executable, "-c", "from crawler.cli import main; main()", "crawl", *reach]
        done = subprocess.run(
            [*program, "--browser", str(browser), ROOM.url, ITEM_PAGE],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == 10
    assert "does not start" in done.stderr
    assert "go on with --resume" in done.stderr
    with Store.read(db) as store:
        run = store.ledger.latest()
        assert store.ledger.counts(run).done == 0
        assert list(store.facts.visit_rows(run)) == []
