"""A platform renames things overnight: whatever a surface depends on may go, but nobody is cleared by that."""

import json
import shutil
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
BAD = "item personal direct ms:2022-11-05T12:00 x2"
PAGES = (
    PageSpec(surface="live_room", page_id="mutant-room", cart="xhr", plants=BAD),
    PageSpec(surface="live_room", page_id="mutant-click", cart="xhr", is_clicked=True, draw="data", plants=BAD),
    PageSpec(surface="live_room", page_id="mutant-scroll", cart="scroll", plants=BAD.replace("x2", "x23")),
    PageSpec(surface="live_room", page_id="mutant-2023", cart="xhr", layout="2023", plants=BAD),
    PageSpec(surface="short_video", page_id="3xmutant0001", cart="xhr", posted="ms:2022-11-08T19:30", plants=BAD),
    PageSpec(surface="merchant", page_id="3xmutant0002", cart="xhr", plants=BAD),
    PageSpec(surface="product", page_id="20100009901", cart="xhr", plants=BAD),
)
WORDS = (
    "goods-list",
    "goods-card",
    "cart-entry",
    "shop-window",
    "goods-detail",
    "__INITIAL_STATE__",
    "liveroom",
    "playList",
    "isLiving",
    '"author"',
    "liveStream",
    "__APOLLO_STATE__",
    "defaultClient",
    "VisionVideoDetailPhoto",
    '"timestamp"',
    '"id"',
    "itemList",
    "jumpUrl",
    "pcursor",
)


def crawl(world, db):
    reach = ("--proxy", world.proxy_url, "--insecure-tls", "--delay", "0")
    command = [*CARTWATCH, "crawl", *reach, "--db", str(db), "--json", *world.targets]
    done = subprocess.run(command, capture_output=True, text=True, timeout=250, check=False)
    assert done.returncode in {0, 3, 4}, done.stderr
    with Store.open(db, now_ms=0) as store:
        judge_run(store, store.ledger.latest(), load_policy(shipped()[0]))
        statuses = [row["status"] for row in store.violations.rows(everything=True)]
        query = "SELECT state FROM page_states WHERE run_id = ?"
        states = [state for (state,) in store.db.execute(query, [store.ledger.latest()])]
        (reason,) = store.db.execute("SELECT reason FROM runs WHERE run_id = ?", [store.ledger.latest()]).fetchone()
    return json.loads(done.stdout)["status"], statuses, states, reason


@pytest.fixture(scope="module")
def first_night(tmp_path_factory):
    db = tmp_path_factory.mktemp("nights") / "first.db"
    with serve_in_thread(PAGES) as world:
        status, statuses, states, _ = crawl(world, db)
    assert (status, set(statuses), set(states)) == ("complete", {"new"}, {"violating"})
    return db


@pytest.mark.parametrize("word", WORDS)
def test_a_renamed_word_neither_clears_nor_resolves_anything(word, first_night, tmp_path):
    db = tmp_path / "second.db"
    shutil.copy(first_night, db)
    quoted = word.startswith('"')
    renamed = {word: f'"x{word[1:]}' if quoted else f"x{word[::-1]}"}
    with serve_in_thread(PAGES, renamed=renamed) as world:
        status, statuses, states, reason = crawl(world, db)
    assert "clean" not in states
    assert "resolved" not in statuses
    # Either every fault was found all the same, or the night says that it was not whole.
    assert set(statuses) == {"ongoing"} or (status in {"degraded", "void"} and reason)
