"""The command line: every command explains itself, speaks JSON, and turns what a person can repair into one line."""

import gzip
import io
import json
import os
import random
import socket
import zipfile

import pytest
import segno
from click.testing import CliRunner
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from crawler import crawl as crawling
from crawler import screen
from crawler.cli import main
from crawler.crawl import CrawlOptions
from crawler.pipelines import Tally
from crawler.policies import shipped
from storage.store import Store
from tests import storage_night

COMMANDS = sorted(main.commands)


def run(*arguments, **kwargs):
    return CliRunner(env={"COLUMNS": None}).invoke(main, [str(argument) for argument in arguments], **kwargs)


def rows(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_teaches_itself(name):
    result = run(name, "--help")
    assert result.exit_code == 0
    assert len(result.output.splitlines()) > 5


@pytest.mark.parametrize("group", [[], ["policy"], ["sample"]])
def test_what_a_command_does_is_told_in_its_list_to_the_end(group):
    lines = run(*group, "--help", terminal_width=80).output.split("Commands:\n")[1].splitlines()
    assert lines
    assert [line for line in lines if not line.endswith(".") or line.endswith("...")] == []


def test_what_an_option_takes_and_where_else_it_may_be_set_is_told():
    crawl, evaluate = run("crawl", "--help").output, run("evaluate", "--help").output
    for variable in ("CARTWATCH_DB", "CARTWATCH_PROXY", "CARTWATCH_BROWSER"):
        assert variable in crawl
    assert "--as-of YYYY-MM-DD" in evaluate
    assert "[%Y" not in evaluate


def test_examples_stand_on_lines_of_their_own():
    lines = run("crawl", "--help").output.splitlines()
    assert "  Examples:" in lines
    assert "    cartwatch crawl --resume --db night.db" in lines


def test_classify_speaks_the_contract():
    (row,) = rows(run("classify", "HTTPS://Detail.Tmall.com/item.htm?spm=a.b&id=42", "--json"))
    expected = {"platform": "tmall", "scope": "outbound_commerce", "kind": "item_page", "item_id": "42"}
    assert row.items() >= expected.items()
    assert set(row) >= {"url", "canonical_url", "shop_id", "store_type", "nested", "reason"}


def test_classify_reads_addresses_from_standard_input():
    result = run("classify", "--file", "-", "--json", input="https://item.jd.com/1.html\n\nhttps://u.jd.com/AbC\n")
    assert [row["kind"] for row in rows(result)] == ["item_page", "short_link"]


def test_classify_explains_as_a_tree():
    result = run("classify", "--explain", "kwai://webview?url=https%3A%2F%2Fdetail.tmall.com%2Fitem.htm%3Fid%3D1")
    assert "because" in result.output
    assert "carries" in result.output


def test_classify_without_an_address_says_what_to_do():
    result = run("classify")
    assert result.exit_code == 2
    assert "no address given" in result.stderr


def test_extract_speaks_the_contract_and_leaves_the_house_out(tmp_path):
    page = tmp_path / "room.html"
    page.write_text(
        '<a href="https://item.taobao.com/item.htm?id=7">茶</a><a href="https://live.kuaishou.com/u/b">下一个</a>'
        '<img src="https://p1.a.yximgs.com/a.png">',
        encoding="utf-8",
    )
    found = rows(run("extract", page, "--url", "https://live.kuaishou.com/u/a", "--json"))
    assert [row["url"] for row in found] == ["https://item.taobao.com/item.htm?id=7"]
    contract = ["raw", "url", "found_in", "locator", "label", "published_from_ms", "published_to_ms", "published_basis"]
    assert set(found[0]) >= set(contract)
    everything = rows(run("extract", page, "--url", "https://live.kuaishou.com/u/a", "--json", "--all"))
    assert "https://live.kuaishou.com/u/b" in {row["url"] for row in everything}


LONG = f"https://s.click.taobao.com/t?e={'m%3D2%26s%3D' * 9}"


def narrow(result):
    """What is printed on a terminal of eighty columns, a line each; none is wider."""
    lines = result.stdout.splitlines()
    assert max(map(cell_len, lines)) <= 80
    return [line.rstrip() for line in lines]


def test_a_narrow_terminal_gets_each_fact_of_an_address_on_a_line_of_its_own():
    lines = narrow(run("classify", LONG, "https://detail.tmall.com/item.htm?id=42", env={"COLUMNS": "80"}))
    assert lines[:7] == [
        "Addresses",
        LONG[:80],
        LONG[80:],
        "  scope       outbound_commerce",
        "  platform    taobao_family",
        "  kind        affiliate_click",
        "  store_type  unknown",
    ]
    assert "  item_id     42" in lines


def test_a_wide_terminal_gets_a_table_of_addresses():
    lines = run("classify", "https://detail.tmall.com/item.htm?id=42", env={"COLUMNS": "160"}).stdout.splitlines()
    assert [cell.strip() for cell in lines[4].strip("│").split("│")][1:4] == ["outbound_commerce", "tmall", "item_page"]


def test_a_narrow_terminal_gets_each_sighting_with_its_long_address_folded(tmp_path):
    page = tmp_path / "room.html"
    page.write_text(f'<a href="{LONG}">龙井茶</a><a href="//item.jd.com/1.html">茶</a>', encoding="utf-8")
    lines = narrow(run("extract", page, "--url", "https://live.kuaishou.com/u/a", env={"COLUMNS": "80"}))
    assert lines[1] == "anchor  龙井茶"
    at = next(number for number, line in enumerate(lines) if line.lstrip().startswith("address"))
    folded = [line.split()[-1] for line in lines[at : at + 3]]
    assert "".join(folded).startswith(LONG)
    assert sum("as written" in line for line in lines) == 1
    assert any(line.endswith(" //item.jd.com/1.html") for line in lines)


def zipped(text):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("page.html", text)
    return held.getvalue()


NOISE = random.Random(7).randbytes(5000)
PICTURE = io.BytesIO()
segno.make("no link").save(PICTURE, kind="png", scale=4)
ITEM = "https://item.jd.com/1.html"
UNREADABLE = {
    "noise": (NOISE, "bytes in which no text can be read"),
    "short noise": (NOISE[:200], "bytes in which no text can be read"),
    "packed noise": (gzip.compress(NOISE, mtime=0), "bytes in which no text can be read"),
    "numbers alone": (b"\x08\x96\x01", "bytes in which no text can be read"),
    "archive": (zipped(ITEM), "a ZIP archive"),
    "cut picture": (PICTURE.getvalue()[:60], "a picture that cannot be read"),
}
READABLE = {
    "packed link": (gzip.compress(ITEM.encode(), mtime=0), [ITEM]),
    "link in noise": (NOISE + b"\0" + ITEM.encode() + b"\0" + NOISE, [ITEM]),
    "link in a message": (b"\x08\x96\x01\x12\x1a" + ITEM.encode(), [ITEM]),
    "packed words": (gzip.compress(b"hello world", mtime=0), []),
    "message of words": (b"\x08\x96\x01\x12\x05hello", []),
    "picture": (PICTURE.getvalue(), []),
    "page": (b"<p>hello", []),
    "text": (b"hello", []),
    "data": (b"{}", []),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_in_which_nothing_can_be_read_is_no_page_without_links(tmp_path, name):
    content, why = UNREADABLE[name]
    (tmp_path / "a.bin").write_bytes(content)
    result = run("extract", tmp_path / "a.bin", "--json")
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{tmp_path / 'a.bin'}: is no page but {why}, so nothing is known of its links; give" in result.stderr


@pytest.mark.parametrize("name", READABLE)
def test_a_file_in_which_something_can_be_read_is_read(tmp_path, name):
    content, links = READABLE[name]
    (tmp_path / "a.bin").write_bytes(content)
    result = run("extract", tmp_path / "a.bin", "--json")
    assert result.exit_code == 0
    assert [row["url"] for row in rows(result)] == links
    assert result.stderr == ""


@pytest.mark.parametrize(("content", "code"), [(b"", 2), (b" \n", 2), (b"a page", 0)])
@pytest.mark.parametrize("more", [[], ["--json"]])
@pytest.mark.parametrize("command", ["extract", "inspect"])
def test_an_empty_file_is_told_as_no_page(tmp_path, command, more, content, code):
    (tmp_path / "a.html").write_bytes(content)
    result = run(command, tmp_path / "a.html", *more)
    assert result.exit_code == code
    assert ("a.html: is no page but empty, so nothing is known of its" in result.stderr) == (code == 2)


@pytest.mark.parametrize(("content", "code"), [(NOISE, 2), (PICTURE.getvalue(), 2), (b"<p>hello", 0), (b"{}", 0)])
def test_a_file_that_is_no_text_is_no_page_of_a_shop(tmp_path, content, code):
    (tmp_path / "a.html").write_bytes(content)
    result = run("inspect", tmp_path / "a.html", "--url", "https://item.jd.com/42.html", "--json")
    assert result.exit_code == code
    assert ("is no page but bytes that are no text" in result.stderr) == (code == 2)
    assert [row["confidence"] for row in rows(result)] == ["undetermined"]


@pytest.mark.parametrize(("content", "said"), [(NOISE, True), (b"<title>a</title>hello", False)])
def test_inspect_says_why_a_page_was_not_seen_whole(tmp_path, content, said):
    (tmp_path / "a.html").write_bytes(content)
    told = run("inspect", tmp_path / "a.html", "--url", "https://example.com/").stdout
    assert ("page partial: unreadable: the bytes are no text" in told) == said


@pytest.mark.parametrize("source", ["file", "-"])
def test_addresses_may_come_from_any_editor_but_not_in_another_charset(tmp_path, source):
    path = tmp_path / "addresses.txt"
    text = "https://item.jd.com/1.html\r\n\r\nhttps://item.jd.com/2.html\r\n"
    asked = ["classify", "--json", "--file", str(path) if source == "file" else "-"]
    path.write_bytes(text.encode("utf-8-sig"))
    told = CliRunner().invoke(main, asked, input=path.read_bytes())
    assert [row["url"] for row in rows(told)] == ["https://item.jd.com/1.html", "https://item.jd.com/2.html"]
    path.write_bytes(text.encode("utf-16"))
    refused = CliRunner().invoke(main, asked, input=path.read_bytes())
    assert refused.exit_code == 2
    assert "is UTF-16; save it as UTF-8" in refused.stderr
    path.write_bytes(b"https://item.jd.com/1.html?\0=\xff\n")
    assert CliRunner().invoke(main, asked, input=path.read_bytes()).exit_code == 0


def test_inspect_says_in_a_sentence_that_nothing_tells_whose_shop_it_is(tmp_path):
    page = tmp_path / "a.html"
    page.write_text("<p>hello</p>")
    told = run("inspect", page).stdout
    assert "Nothing in this page tells whose shop it is." in told
    assert "┃" not in told
    page.write_text(
        "<script>var pageConfig = {product: {isPop:true, skuid: 42, venderId:26426, shopId:'25789'}};</script>"
    )
    told = run("inspect", page, "--url", "https://item.jd.com/42.html").stdout
    assert "Nothing in this page" not in told
    assert "┃" in told


def test_inspect_speaks_the_contract(tmp_path):
    page = tmp_path / "item.html"
    page.write_text(
        "<title>茶【图片 价格 品牌 报价】-京东</title><script>var pageConfig = {product: {isPop:true, isSelf:false,"
        "skuid: 42, venderId:26426, shopId:'25789', warestatus: 1}};</script><div class='sku-name'>茶</div>",
        encoding="utf-8",
    )
    (row,) = rows(run("inspect", page, "--url", "https://item.jd.com/42.html", "--json"))
    assert row["platform"] == "jd"
    assert row["store_type"] == "jd_pop"
    assert row["confidence"] == "proved"
    assert {tuple(signal) for signal in row["signals"]} == {("name", "value", "says")}
    assert set(row) >= {"state", "outcome", "title"}


def test_a_database_that_is_not_there_is_named(tmp_path):
    result = run("violations", "--db", tmp_path / "none.db")
    assert result.exit_code == 2
    assert "none.db" in result.stderr


@pytest.fixture
def unjudged(tmp_path):
    """A database with a finished run that no policy judged yet."""
    with Store.open(tmp_path / "night.db", now_ms=1) as store:
        storage_night.play(store)
    return tmp_path / "night.db"


def test_a_run_that_was_not_judged_is_not_told_as_free_of_violations(unjudged):
    result = run("violations", "--db", unjudged)
    assert "was not judged and says nothing here" in result.stdout
    assert f"cartwatch evaluate --db {unjudged}" in result.stderr.replace("\n", "")
    assert "violations on" not in result.stdout


def test_a_judged_run_is_told_with_its_denominator(unjudged):
    assert run("evaluate", "--db", unjudged).exit_code == 0
    result = run("violations", "--db", unjudged)
    assert "pages were seen whole" in result.stdout.replace("\n", " ")
    assert "not judged" not in result.output


@pytest.fixture
def judged(unjudged):
    assert run("evaluate", "--db", unjudged).exit_code == 0
    return unjudged


def test_a_first_judgement_says_that_it_is_the_first_and_only_later_ones_compare(unjudged):
    first, second = (run("evaluate", "--db", unjudged).stdout for _ in range(2))
    assert "the first judgement of this run" in first
    assert "flagged" not in first
    assert "Violations changed: 6 new" in first
    assert "newly flagged 0, newly cleared 0, unchanged 6, compared with the last judgement (by kuaishou_2022" in second
    assert "Violations stay as they are" in second


def test_a_first_judgement_compares_with_nothing_as_json(unjudged):
    first, second = (rows(run("evaluate", "--db", unjudged, "--json"))[0] for _ in range(2))
    assert (first["compared_with"], first["newly_flagged"], first["unchanged"]) == (None, None, None)
    assert (second["compared_with"], second["newly_flagged"], second["unchanged"]) == (second["policy"], 0, 6)
    assert (second["written"], second["run_status"]) == (True, "degraded")


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("void", "the run is void: a login wall. It says nothing of any page: it opens no violation and resolves none"),
        ("degraded", "the run is degraded: a login wall. It says nothing of pages that it did not see"),
        ("interrupted", "the run is interrupted: a login wall. Nothing is known of pages that it has not visited"),
        ("running", "the run is running: a login wall. Nothing is known of pages that it has not visited"),
        ("complete", ""),
    ],
)
def test_what_a_run_is_worth_is_told_when_it_is_judged(unjudged, status, said):
    with Store.open(unjudged, now_ms=1) as store:
        store.db.execute("UPDATE runs SET status = ?", [status])
    told = run("evaluate", "--db", unjudged, "--dry-run").stderr
    assert said in told
    assert ("the run is" in told) == bool(said)
    assert len(told.splitlines()) == bool(said)


@pytest.fixture
def kinder(tmp_path):
    """A policy that lets personal stores be linked."""
    path = tmp_path / "kinder.toml"
    text = shipped()[0].read_text(encoding="utf-8").replace('name = "kuaishou_2022"', 'name = "kinder"')
    rule = "[rules.personal_store_link]\n"
    path.write_text(text.replace(rule, f"{rule}enabled = false\n"), encoding="utf-8")
    return path


def statuses(db):
    with Store.read(db) as store:
        return sorted(row["status"] for row in store.violations.rows(everything=True))


def test_a_dry_run_by_another_policy_tells_what_would_become_of_violations_and_leaves_them(judged, kinder):
    before = judged.read_bytes(), statuses(judged)
    tried = run("evaluate", "--db", judged, "--policy", kinder, "--dry-run")
    assert "(nothing written)" in tried.stdout
    assert "Violations would change: 6 resolved" in tried.stdout
    assert "will follow" not in tried.stderr
    assert (judged.read_bytes(), statuses(judged)) == before
    same = run("evaluate", "--db", judged, "--dry-run")
    assert "Violations would stay as they are" in same.stdout


def test_violations_that_the_latest_run_did_not_find_are_told_apart_from_its_own(judged):
    with Store.open(judged, now_ms=1) as store:
        later = storage_night.begin(store, storage_night.TARGETS[:1], at_ms=storage_night.NOW + 1)
        (lease,) = storage_night.take(store, later, at_ms=storage_night.NOW + 1)
        link = storage_night.item("1")
        visit = storage_night.look(lease.target, [link])
        store.facts.save_visit(later, visit, [link], now_ms=storage_night.NOW + 1)
        store.facts.save_resolution(later, storage_night.resolution(link))
        store.db.execute("UPDATE runs SET kind = 'adhoc' WHERE run_id = ?", [later])
        store.ledger.finish_run(later, "complete", "", now_ms=storage_night.NOW + 2, stats={})
    run("evaluate", "--db", judged)
    *listed, summary = rows(run("violations", "--db", judged, "--json"))
    assert (len(listed), summary["violations"], summary["of_earlier_runs"]) == (4, 4, 3)
    assert summary["words"].startswith(
        "1 violation on 1 page; 1 of 1 pages were seen whole (live_room 1 of 1) by the la"
    )
    assert summary["words"].endswith("; 3 more on 2 pages stand from earlier runs")


def test_a_rule_that_the_policy_does_not_apply_is_not_told_as_kept(judged):
    words = {
        rule: rows(run("violations", "--db", judged, "--rule", rule, "--json"))[-1]["words"]
        for rule in ("not_through_alliance", "label_mismatch")
    }
    unasked = "; of rule not_through_alliance only, which the policy does not apply: nobody asked whether it is broken"
    assert words["not_through_alliance"].endswith(unasked)
    assert words["label_mismatch"].endswith("; of rule label_mismatch only")


def test_a_judgement_names_its_pages_and_the_day_that_it_supposes(judged):
    (now,) = rows(run("evaluate", "--db", judged, "--json"))
    assert (now["pages"], now["pages_seen_whole"], now["as_of"]) == (5, 4, None)
    (then,) = rows(run("evaluate", "--db", judged, "--as-of", "2022-11-20", "--json"))
    assert (then["pages"], then["pages_seen_whole"], then["as_of"]) == (5, 4, "2022-11-20")
    words = " ".join(run("evaluate", "--db", judged, "--as-of", "2022-11-20").stdout.split())
    assert "4 of 5 pages were seen whole (live_room 4 of 5); as if they had been seen on 2022-11-20; newly" in words
    assert "as if" not in run("evaluate", "--db", judged).stdout


def test_a_dry_run_foresees_what_judging_brings(judged, kinder):
    command = ("evaluate", "--db", judged, "--policy", kinder, "--json")
    foreseen, came = rows(run(*command, "--dry-run"))[0], rows(run(*command))[0]
    assert came.pop("written") is not foreseen.pop("written")
    assert came == foreseen


def test_violations_that_follow_another_policy_are_told_of_before_they_are_rewritten(judged, kinder):
    changed = run("evaluate", "--db", judged, "--policy", kinder)
    assert "violations followed kuaishou_2022 2022-10-28 and will follow kinder 2022-10-28 from now" in changed.stderr
    assert "To compare without writing: cartwatch evaluate --dry-run --policy FILE" in changed.stderr
    assert "Violations changed: 6 resolved" in changed.stdout
    assert "will follow" not in run("evaluate", "--db", judged, "--policy", kinder).stderr


def test_a_night_by_another_policy_says_so_before_it_begins(judged, kinder):
    config = judged.with_name("cartwatch.toml")
    config.write_text(f"targets = ['none.txt']\ndb = '{judged}'\npolicy = '{kinder}'\n")
    before = judged.read_bytes()
    stopped = run("nightly", "--config", config)
    assert stopped.exit_code == 2
    warning, fault = stopped.stderr.splitlines()[-2:]
    assert "violations followed kuaishou_2022 2022-10-28 and will follow kinder 2022-10-28 from now" in warning
    assert "Stop now and name the former as `policy` in the configuration to keep it" in warning
    assert "none.txt" in fault
    assert judged.read_bytes() == before
    config.write_text(f"targets = ['none.txt']\ndb = '{judged}'\n")
    assert "will follow" not in run("nightly", "--config", config).stderr


def test_a_run_judged_half_way_and_resumed_says_nothing_of_its_other_pages_until_it_is_judged_again(tmp_path):
    db = tmp_path / "night.db"
    with Store.open(db, now_ms=1) as store:
        night = storage_night.begin(store)
        storage_night.take(store, night)
        store.ledger.finish_run(night, "interrupted", "", now_ms=storage_night.NOW, stats={})
    assert run("evaluate", "--db", db).exit_code == 0
    with Store.open(db, now_ms=1) as store:
        assert storage_night.play(store) == night
        clean = "SELECT sum(clean), sum(violating) FROM clean_share"
        assert store.db.execute(clean).fetchone() == (0, 0)
    asked = run("violations", "--db", db)
    assert f"the latest, {night}, was not judged and says nothing here" in asked.stdout
    assert "the latest run was not judged: cartwatch evaluate" in asked.stderr
    run("evaluate", "--db", db)
    assert "6 violations on 3 pages; 4 of 5 pages" in run("violations", "--db", db).stdout


def test_violations_that_a_run_had_when_it_was_judged_half_way_are_told_of_no_earlier_run(judged):
    with Store.open(judged, now_ms=1) as store:
        store.db.execute("UPDATE runs SET status = 'interrupted'")
        night = store.ledger.resume(None, 2)
    told = run("violations", "--db", judged).stdout
    assert f"6 from earlier judgements; the latest, {night}, was not judged" in told


@pytest.mark.parametrize(
    ("options", "way"),
    [
        (["https://live.kuaishou.com/u/a"], ""),
        (
            ["https://live.kuaishou.com/u/a", "--insecure-tls", "--proxy", "http://127.0.0.1:9"],
            " --proxy http://127.0.0.1:9 --insecure-tls",
        ),
        (["--resume", "--run", "a run", "--pages", "2", "--delay", "0"], " --run 'a run' --pages 2 --delay 0.0"),
    ],
)
def test_a_run_that_was_stopped_tells_the_whole_command_that_goes_on_with_it(unjudged, monkeypatch, options, way):
    with Store.read(unjudged) as store:
        run_id = store.ledger.latest()
        counts = store.ledger.counts(run_id)
    stopped = crawling.CrawlReport(run_id=run_id, status="interrupted", counts=counts, tally=Tally())
    monkeypatch.setattr(crawling, "crawl", lambda *_, **__: stopped)
    monkeypatch.setenv("CARTWATCH_PROXY", "http://name:secret@127.0.0.1:8")
    told = run("crawl", "--db", unjudged, *options)
    assert told.exit_code == 11
    assert told.stderr.endswith(f"go on with it: cartwatch crawl --resume --db {unjudged}{way}\n")


def test_a_first_judgement_warns_of_no_other_policy(unjudged, kinder):
    assert "will follow" not in run("evaluate", "--db", unjudged, "--policy", kinder).stderr


def test_an_earlier_run_judged_again_says_that_it_changes_no_violation(judged, kinder):
    with Store.read(judged) as store:
        first = store.ledger.latest()
    with Store.open(judged, now_ms=1) as store:
        later = storage_night.begin(store, storage_night.TARGETS[:1], at_ms=storage_night.NOW + 1)
        store.ledger.finish_run(later, "interrupted", "", now_ms=storage_night.NOW + 2, stats={})
    assert "changed: " in run("evaluate", "--db", judged).stdout
    before = statuses(judged)
    for more in (["--dry-run"], []):
        again = run("evaluate", "--db", judged, "--run", first, "--policy", kinder, *more)
        assert "Violations stay as they are: a later run has been judged" in again.stdout
        assert "will follow" not in again.stderr
    assert statuses(judged) == before


def test_an_owner_that_no_run_has_seen_is_no_clean_sheet(judged):
    result = run("violations", "--owner", "nobody", "--db", judged)
    assert result.exit_code == 2
    assert "--owner nobody: no run has a page of such an owner" in result.stderr


@pytest.mark.parametrize(
    ("owner", "told"),
    [
        (
            "ann",
            "3 violations on 1 page; 1 of 1 pages were seen whole (live_room 1 of 1) by the latest run; of owner ann",
        ),
        ("dan", "0 violations; 0 of 1 pages were seen whole (live_room 0 of 1) by the latest run; of owner dan only"),
    ],
)
def test_violations_of_an_owner_are_told_of_so_many_pages_of_theirs(judged, owner, told):
    assert told in run("violations", "--owner", owner, "--db", judged).stdout.replace("\n", " ")


@pytest.mark.parametrize("owner", ["3xA", "ann", "ann's"])
def test_an_owner_finds_a_page_by_the_name_of_its_target_and_by_its_own(judged, owner):
    with Store.open(judged, now_ms=1) as store:
        store.db.execute("UPDATE tasks SET owner_id = '3xA' WHERE owner_id = 'ann'")
        store.db.execute("UPDATE pages SET owner_name = 'ann''s' WHERE owner_id = 'ann'")
        store.db.conn.commit()
    result = run("violations", "--owner", owner, "--db", judged, "--json")
    *found, summary = rows(result)
    assert {row["owner_id"] for row in found} == {"ann"}
    assert (summary["violations"], summary["pages_seen_whole"], summary["pages"]) == (3, 1, 1)
    assert "3xA (its page says ann)" in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("owner", ["bob", ""])
def test_an_owner_of_whom_page_and_target_agree_needs_no_word(judged, owner):
    assert run("violations", "--owner", owner, "--db", judged).stderr == ""


def test_an_owner_whom_the_latest_run_passed_over_is_not_told_as_clean(judged):
    with Store.open(judged, now_ms=1) as store:
        later = storage_night.begin(store, storage_night.TARGETS[:1], at_ms=storage_night.NOW + 1)
        [lease] = storage_night.take(store, later)
        store.facts.save_visit(later, storage_night.look(lease.target), (), now_ms=storage_night.NOW + 1)
        store.ledger.finish_run(later, "complete", "", now_ms=storage_night.NOW + 2, stats={})
    assert run("evaluate", "--db", judged).exit_code == 0
    assert "had no such page and says nothing here" in run("violations", "--owner", "bob", "--db", judged).stdout
    assert "; 1 of 1 pages were seen whole" in run("violations", "--owner", "ann", "--db", judged).stdout


@pytest.mark.parametrize(("owner", "whole", "pages"), [("", 4, 5), ("ann", 1, 1), ("dan", 0, 1)])
def test_violations_as_json_end_with_what_they_are_told_of(judged, owner, whole, pages):
    *found, summary = rows(run("violations", "--owner", owner, "--db", judged, "--json"))
    assert (summary["kind"], summary["judged"], summary["violations"]) == ("summary", True, len(found))
    assert (summary["pages_seen_whole"], summary["pages"]) == (whole, pages)
    assert summary["pages_with_violations"] == len({row["page_id"] for row in found})
    assert all("kind" not in row for row in found)


def test_a_void_run_says_nothing_of_any_page(judged):
    with Store.open(judged, now_ms=1) as store:
        store.db.execute("UPDATE runs SET status = 'void'")
    assert "is void and says nothing of any page" in run("violations", "--db", judged).stdout


def test_a_rule_that_does_not_exist_is_no_clean_sheet(unjudged):
    result = run("violations", "--rule", "personal_stroe_link", "--db", unjudged)
    assert result.exit_code == 2
    assert "personal_store_link" in result.stderr


def test_a_review_has_a_reviewer(unjudged):
    result = run("review", "any", "confirmed", "--reviewer", " ", "--db", unjudged)
    assert result.exit_code == 2
    assert "say who decided" in result.stderr


def test_a_picture_that_cannot_be_written_is_named(tmp_path):
    result = run("policy", "timeline", "--svg", tmp_path / "none" / "a.svg")
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr


@pytest.mark.parametrize(("width", "told"), [(100, "  page  live.kuaishou.com/u/a"), (180, "page")])
def test_records_are_a_table_only_where_it_can_be_read(width, told, capsys, monkeypatch):
    monkeypatch.setattr(screen, "console", lambda: Console(width=width, markup=False))
    row = {"id": "0123456789abcdef", "place": "live.kuaishou.com/u/a", "why": "x" * 150}
    screen.print_records("Violations", [("id", "id")], [("place", "page"), ("why", "why")], [row], caption="1 on 1")
    lines = capsys.readouterr().out.splitlines()
    assert any(line.rstrip() == told for line in lines) == (width == 100)
    assert any("┃" in line for line in lines) == (width == 180)
    assert "1 on 1" in lines


def test_a_sentence_is_folded_between_words_on_a_terminal_and_no_path_is_cut(monkeypatch):
    monkeypatch.setenv("COLUMNS", "30")
    path = "/a/folder/with/a/name/far/too/long/for/it.db"
    for is_terminal, lines in ((True, ["Run 1 is degraded: 66 of 82", "pages seen. Kept in", path]), (False, None)):
        terminal = Console(file=io.StringIO(), width=30, force_terminal=is_terminal, color_system=None)
        if not is_terminal:
            monkeypatch.delenv("COLUMNS")
        words = f"Run 1 is degraded: 66 of 82 pages seen. Kept in {path}"
        screen.print_words(Text(words), terminal)
        assert [line.rstrip() for line in terminal.file.getvalue().splitlines()] == (lines or [words])


@pytest.mark.parametrize(
    ("width", "earlier", "told"),
    [
        (160, 0, ["2/9 looks", "60 links", "3 violations · 1 unseen"]),
        (160, 5, ["7/9 looks", "60 links", "3 violations · 1 unseen"]),
        (80, 5, ["7/9 looks", "60 links", "3 violations · 1 unseen 0:00:0"]),
    ],
)
def test_progress_tells_how_many_pages_there_are_on_resuming_and_in_eighty_columns_too(
    width, earlier, told, monkeypatch
):
    terminal = Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None, markup=False)
    monkeypatch.setattr(screen, "note", lambda: terminal)
    outcomes = {"ok": 4, "offline": 1, "partial": 1}
    with screen.crawl_progress() as show:
        show(Tally(targets=9, earlier=earlier, pages=2, links=60, violations=3, outcomes=outcomes))
    for words in told:
        assert words in terminal.file.getvalue()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["crawl", "--resume", "--run", "nope"], "run nope: there is none; the latest is 2022-10-28T"),
        (["evaluate", "--run", "nope"], "run nope: there is none; the latest is 2022-10-28T"),
    ],
)
def test_a_run_that_there_is_not_is_told_of_its_database_and_shows_no_progress(unjudged, arguments, said):
    result = run(*arguments, "--db", unjudged)
    assert result.exit_code == 2
    assert f"{unjudged}: {said}" in result.stderr.replace("\n", "")
    assert "looks" not in result.stderr


@pytest.mark.parametrize("command", [["crawl", "https://live.kuaishou.com/u/a"], ["doctor", "--json"]])
def test_a_folder_that_there_is_not_is_named(tmp_path, command):
    result = run(*command, "--db", tmp_path / "none" / "a.db")
    assert result.exit_code == 13
    assert f"{tmp_path / 'none'}: there is no such folder; make it" in result.output.replace("\n", "")


def test_a_database_that_is_being_written_is_named_with_who_writes_it(unjudged):
    with Store.open(unjudged, now_ms=1):
        results = [run(*command, "--db", unjudged) for command in (["evaluate"], ["crawl", "--resume"])]
        read = run("violations", "--db", unjudged)
    for result in results:
        assert result.exit_code == 13
        assert f"is being written by process {os.getpid()}" in result.stderr.replace("\n", "")
    assert read.exit_code == 0


def test_a_database_that_is_not_ours_is_refused(tmp_path):
    path = tmp_path / "notes.db"
    path.write_bytes(b"not a database at all, but long enough to be looked at" * 40)
    result = run("evaluate", "--db", path)
    assert result.exit_code == 13
    assert "notes.db" in result.stderr


@pytest.mark.parametrize(
    ("begun", "arguments", "said"),
    [
        ({"proxy": True}, [], "this run went through a proxy; name it again with --proxy (or CARTWATCH_PROXY)"),
        ({"proxy": True}, ["--insecure-tls"], "this run went through a proxy"),
        ({"insecure_tls": True}, [], "this run accepts any certificate; say --insecure-tls again"),
        (
            {"proxy": True, "insecure_tls": True},
            ["--proxy", "http://127.0.0.1:9"],
            "this run accepts any certificate; say --insecure-tls again",
        ),
    ],
)
def test_a_run_that_left_by_a_proxy_does_not_go_on_past_it(tmp_path, begun, arguments, said):
    db = tmp_path / "night.db"
    with Store.open(db, now_ms=1) as store:
        store.ledger.begin_run("adhoc", storage_night.TARGETS, now_ms=2, config=begun, code_version="test")
        before = list(store.db.query("SELECT * FROM runs"))
    result = run("crawl", "--resume", "--db", db, *arguments)
    assert result.exit_code == 2
    assert f"run {before[0]['run_id']}: {said}" in result.stderr
    with Store.read(db) as store:
        assert list(store.db.query("SELECT * FROM runs")) == before
        assert store.ledger.counts(before[0]["run_id"]).queued == len(storage_night.TARGETS)


@pytest.mark.parametrize(
    ("begun", "same"),
    [({}, {}), ({"proxy": False}, {}), ({"proxy": True, "insecure_tls": True}, {"proxy": "p", "insecure_tls": True})],
)
def test_a_run_goes_on_the_way_it_began(tmp_path, begun, same):
    with Store.open(tmp_path / "night.db", now_ms=1) as store:
        begun_run = store.ledger.begin_run("adhoc", (), now_ms=2, config=begun, code_version="test")
        options = CrawlOptions(db=tmp_path / "night.db", **same)
        assert crawling._run(store, options, (), "adhoc", "last") == begun_run


def test_resume_without_a_run_says_so(tmp_path):
    result = run("crawl", "--resume", "--db", tmp_path / "new.db")
    assert result.exit_code == 2
    assert "new.db: there is no such database" in result.stderr
    assert not (tmp_path / "new.db").exists()


@pytest.mark.parametrize("proxy", ["proxy.example", "socks5://127.0.0.1:1", "http://", "http://127.0.0.1:port"])
def test_a_proxy_that_is_none_is_named_before_anything_is_written(tmp_path, proxy):
    result = run("crawl", "https://live.kuaishou.com/u/a", "--proxy", proxy, "--db", tmp_path / "new.db")
    assert result.exit_code == 2
    assert "no address of a proxy" in result.stderr
    assert not (tmp_path / "new.db").exists()


def test_a_sample_world_that_cannot_be_opened_says_why(tmp_path):
    (tmp_path / "file").touch()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        busy = run("sample", "serve", "--port", port, "--folder", tmp_path)
    blocked = run("sample", "serve", "--folder", tmp_path / "file" / "world")
    assert (busy.exit_code, blocked.exit_code) == (2, 2)
    assert f"port {port}" in busy.stderr
    assert "name another --port or --folder" in blocked.stderr


@pytest.mark.parametrize(("url", "asked"), [("", True), ("https://item.jd.com/1.html", False)])
def test_a_page_without_its_address_is_asked_for_it(tmp_path, url, asked):
    page = tmp_path / "page.html"
    page.write_text("<title>茶</title>", encoding="utf-8")
    assert ("add --url" in run("inspect", page, "--url", url).stderr) == asked


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["evaluate", "--as-of", "2022-13-01"], "'--as-of': '2022-13-01' is no day; write one as 2022-12-31"),
        (["evaluate", "--as-of", "1969-12-31"], "'--as-of': '1969-12-31': the year must lie between 2000 and 9998"),
        (["review", "a", "waived", "--reviewer", "li", "--until", "9999-12-31"], "the year must lie between 2000 and"),
        (["review", "a", "waived", "--reviewer", "li", "--until", "soon"], "'--until': 'soon' is no day; write one as"),
        (["sample", "serve", "--port", "99999"], "'--port': 99999 is not in the range 0<=x<=65535"),
        (["violations", "--rule", "label_mismach"], "no such rule; did you mean 'label_mismatch'?"),
    ],
)
def test_a_value_that_is_none_is_told_of_its_option_with_the_cure(arguments, said):
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["--resume", "https://live.kuaishou.com/u/a"], "leave the addresses"), (["--run", "x"], "add --resume")],
)
def test_what_would_be_passed_over_in_silence_is_refused(tmp_path, arguments, said):
    result = run("crawl", *arguments, "--db", tmp_path / "new.db")
    assert result.exit_code == 2
    assert said in result.stderr


def test_square_brackets_in_a_name_are_no_style(tmp_path):
    (tmp_path / "policy[bold].toml").write_text(shipped()[0].read_text(encoding="utf-8"), encoding="utf-8")
    result = run("policy", "check", tmp_path / "policy[bold].toml")
    assert result.output == "policy[bold].toml: in order\n"


def test_a_browser_that_is_none_is_exit_code_10(tmp_path):
    result = run("crawl", "https://live.kuaishou.com/u/a", "--browser", "/no/such/browser", "--db", tmp_path / "a.db")
    assert result.exit_code == 10
    assert not (tmp_path / "a.db").exists()


@pytest.mark.parametrize("command", [["crawl", "https://live.kuaishou.com/u/a"], ["demo"], ["doctor"]])
@pytest.mark.parametrize(
    ("named", "environment", "said"),
    [
        (["--browser", "nope"], {}, "--browser nope: there is no such program"),
        ([], {"CARTWATCH_BROWSER": "nope"}, "CARTWATCH_BROWSER nope: there is no such program"),
        (["--browser", "/bin/true"], {}, "--browser /bin/true: is no Chromium"),
    ],
)
def test_a_browser_that_is_none_is_called_what_the_user_called_it(tmp_path, command, named, environment, said):
    result = run(*command, *named, "--db", tmp_path / "a.db", env=environment)
    assert result.exit_code == 10
    assert said in result.output
    assert not (tmp_path / "a.db").exists()


def test_doctor_tells_of_the_sandbox_in_its_table_alone(tmp_path, caplog):
    result = run("doctor", "--db", tmp_path / "a.db")
    assert result.exit_code == 0
    assert "sandbox o" in result.stdout.lower()
    assert caplog.records == []


def test_doctor_tells_what_a_crash_left_behind(unjudged):
    database = {row["name"]: row for row in rows(run("doctor", "--json", "--db", unjudged))}["database"]
    assert database["words"] == f"{unjudged} is whole, its evidence too"
    left = unjudged.with_suffix(".evidence") / "ab" / "cd" / f"{'abcd' * 16}.html"
    left.parent.mkdir(parents=True)
    left.write_text("no row names me", encoding="utf-8")
    result = run("doctor", "--json", "--db", unjudged)
    database = {row["name"]: row for row in rows(result)}["database"]
    assert (result.exit_code, database["exit_code"]) == (0, 0)
    assert "1 file of evidence that no row names" in database["words"]
    assert str(left) in database["words"]


def test_the_shipped_policy_is_in_order_and_can_be_told_and_drawn(tmp_path):
    path = shipped()[0]
    assert run("policy", "check", path).exit_code == 0
    assert "2022-12-31" in run("policy", "show", path).output
    assert "tmall" in run("policy", "timeline", path).output
    picture = tmp_path / "windows.svg"
    assert run("policy", "timeline", path, "--svg", picture).exit_code == 0
    assert picture.read_text(encoding="utf-8").startswith("<svg")


def test_a_broken_policy_is_named_by_line_key_and_cure(tmp_path):
    path = tmp_path / "broken.toml"
    path.write_text(shipped()[0].read_text(encoding="utf-8").replace("2022-12-31", "2022-12-41"), encoding="utf-8")
    result = run("policy", "check", path)
    assert result.exit_code == 2
    assert "broken.toml" in result.stderr
    assert "2022-12-41" in result.stderr


@pytest.mark.parametrize("command", [["policy", "show"], ["policy", "timeline"], ["evaluate", "--policy"]])
def test_every_command_counts_as_many_faults_of_a_policy_as_its_check(unjudged, tmp_path, command, monkeypatch):
    monkeypatch.setenv("CARTWATCH_DB", str(unjudged))
    path = tmp_path / "broken.toml"
    text = shipped()[0].read_text(encoding="utf-8").replace("2022-12-31", "2022-12-31T00:00:00")
    path.write_text(text.replace("[rules.personal_store_link]", "[rules.personal_stroe_link]"), encoding="utf-8")
    faults = rows(run("policy", "check", path, "--json"))[0]["faults"]
    result = run(*command, path)
    assert result.exit_code == 2
    assert f"{faults[0]} (and {len(faults) - 1} more: cartwatch policy check names all)" in result.stderr
    assert any("personal_stroe_link" in fault for fault in faults)
    assert any("name a local day" in fault for fault in faults)


def test_control_characters_of_a_page_do_nothing_on_the_terminal():
    result = run("classify", "https://item.taobao.com/item.htm?id=1&x=\x1b[31m\u202e")
    assert "\x1b[31m" not in result.output
    assert "\u202e" not in result.output


def test_an_empty_file_is_no_page_of_a_shop(tmp_path):
    page = tmp_path / "empty.html"
    page.write_bytes(b" \n")
    (row,) = rows(run("inspect", page, "--url", "https://item.jd.com/42.html", "--json"))
    assert (row["outcome"], row["detail"]) == ("partial", "the page is empty")
    assert row["confidence"] == "undetermined"
