"""The names that users and tools query are a contract; local times are readable; what is append-only stays so."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest
from sqlite_utils import Database

from storage.facts import SIGHTING_ROWS
from storage.records import SEEN_OUTCOMES
from storage.schema import local_time, migrations
from storage.store import Store
from tests.storage_night import NOW, TARGETS, begin, item, look, play, resolution, take

CONTRACT = {
    "runs": "run_id kind started_ms finished_ms status reason targets reached unseen policy_digest code_version "
    "config_json stats_json",
    "tasks": "run_id target_url surface state attempt lease_until_ms outcome",
    "pages": "page_id url site surface owner_id owner_name first_seen_ms last_seen_ms",
    "visits": "visit_id run_id page_id requested_url final_url fetched_ms outcome lane http_status elapsed_ms "
    "snapshot_sha256 product_area_seen links_found detail",
    "links": "link_id url platform kind item_id shop_id first_seen_ms last_seen_ms",
    "sightings": "sighting_id visit_id link_id raw found_in locator label price_fen published_from_ms "
    "published_to_ms published_basis",
    "resolutions": "resolution_id link_id run_id resolved_ms outcome final_url destination_id",
    "hops": "resolution_id position url status via ip elapsed_ms",
    "destinations": "destination_id platform store_type confidence signals_json shop_id shop_name item_id title state "
    "checked_ms snapshot_sha256",
    "policies": "policy_digest name version text loaded_ms",
    "verdicts": "verdict_id run_id policy_digest rule sighting_id verdict reason decided_ms",
    "violations": "violation_id rule severity page_id link_id status first_run last_run first_seen_ms last_seen_ms "
    "resolved_ms reason",
    "violation_events": "event_id violation_id run_id at_ms from_status to_status reason",
    "reviews": "review_id violation_id at_ms reviewer decision until_ms note",
    "evidence": "evidence_id violation_id visit_id kind path sha256 bytes captured_ms",
}
VIEWS = {"open_violations", "last_run", "run_coverage", "undetermined", "clean_share", "link_history"}
ANN, BOB, CAT, DAN, EVE = TARGETS


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "schema.db", now_ms=NOW) as store:
        yield store


def judge(store, run, verdicts, policy="p1", at_ms=NOW, *, is_whole=True):
    """Give each page (by the end of its address) the verdict named, for all of its sightings."""
    store.db.execute("INSERT OR IGNORE INTO policies VALUES (?, 'p', '1', '', 0)", [policy])
    for name, verdict in verdicts.items():
        store.db.execute(
            "INSERT INTO verdicts (run_id, policy_digest, rule, sighting_id, verdict, reason, decided_ms) "
            "SELECT run_id, :policy, 'a_rule', sighting_id, :verdict, 'because', :at "
            "FROM visits JOIN sightings USING (visit_id) WHERE run_id = :run AND task_url LIKE '%' || :name",
            {"policy": policy, "verdict": verdict, "run": run, "name": name, "at": at_ms},
        )
    if is_whole:
        store.db.execute("UPDATE runs SET policy_digest = ? WHERE run_id = ?", [policy, run])


def violate(store, run, violation="v1", *, target=ANN, link=None, status="new"):
    store.db["violations"].insert(
        {
            "violation_id": violation,
            "rule": "a_rule",
            "severity": "major",
            "page_id": target.page_id,
            "link_id": (link or item("1")).link_id,
            "status": status,
            "first_run": run,
            "last_run": run,
            "first_seen_ms": NOW,
            "last_seen_ms": NOW,
            "resolved_ms": NOW if status == "resolved" else None,
            "reason": "bad",
        }
    )


def review(store, decision, until_ms=None, at_ms=NOW, violation="v1"):
    store.db["reviews"].insert(
        {
            "review_id": f"{violation}{decision}{at_ms}",
            "violation_id": violation,
            "at_ms": at_ms,
            "reviewer": "li",
            "decision": decision,
            "until_ms": until_ms,
        }
    )


def column(store, name, view):
    return [row[name] for row in store.db.query(f"SELECT * FROM {view}")]


@pytest.mark.parametrize("table", CONTRACT)
def test_tables_keep_their_promised_columns_and_are_strict(store, table):
    assert set(CONTRACT[table].split()) <= set(store.db[table].columns_dict)
    assert store.db[table].strict


def test_views_keep_their_names_and_say_each_moment_in_local_time_too(store):
    assert set(store.db.view_names()) >= VIEWS
    for view in store.db.view_names():
        columns = set(store.db.view(view).columns_dict)
        moments = {name for name in columns if name.endswith("_ms")}
        assert {name.removesuffix("_ms") for name in moments} <= columns, view


def test_local_time_is_shanghai(store):
    [(text,)] = store.db.execute(f"SELECT {local_time(str(NOW))}")
    assert text == "2022-10-29 07:33:20"


def test_every_key_to_another_table_is_indexed(store):
    """A key without an index makes every deletion and many a join read the whole table."""
    for table in store.db.tables:
        firsts = {index.columns[0] for index in table.indexes} | {table.pks[0]}
        lonely = {key.column for key in table.foreign_keys if not key.is_compound} - firsts
        assert lonely <= {"policy_digest", "first_run", "last_run", "run_id"}, table.name


@pytest.mark.parametrize("sql", ["UPDATE {} SET at_ms = 0", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["reviews", "violation_events"])
def test_what_is_append_only_cannot_be_changed(store, table, sql):
    run = play(store)
    violate(store, run)
    review(store, "confirmed")
    store.db.execute("INSERT INTO violation_events VALUES ('e', 'v1', ?, 0, NULL, 'new', '')", [run])
    with pytest.raises(sqlite3.IntegrityError, match=f"{table} is append-only"):
        store.db.execute(sql.format(table))


def test_a_task_is_done_exactly_when_it_has_an_outcome(store):
    begin(store)
    with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        store.db.execute("UPDATE tasks SET state = 'done'")


def test_opening_again_changes_no_schema(store, tmp_path):
    before = store.db.schema
    store.close()
    with Store.open(tmp_path / "schema.db", now_ms=NOW) as again:
        assert again.db.schema == before
        assert migrations.pending(again.db) == []


def test_last_run_and_coverage_count_the_unseen(store):
    play(store)
    [row] = store.db.query("SELECT status, targets, reached, unseen, coverage, started FROM last_run")
    assert row == {
        "status": "degraded",
        "targets": 5,
        "reached": 4,
        "unseen": 1,
        "coverage": 0.8,
        "started": "2022-10-29 07:33:20",
    }
    [row] = store.db.query("SELECT surface, targets, reached, unseen, pending FROM run_coverage")
    assert row == {"surface": "live_room", "targets": 5, "reached": 4, "unseen": 1, "pending": 0}


def test_canaries_are_no_targets_of_the_last_run(store):
    canary = replace(ANN, url=f"{ANN.url}#canary-first", site="canary")
    run = begin(store, [canary, ANN, BOB])
    unfinished = list(store.db.query("SELECT targets, reached, unseen, coverage FROM last_run"))
    assert unfinished == [{"targets": 2, "reached": None, "unseen": None, "coverage": None}]
    for lease in take(store, run, limit=3):
        outcome = "login_wall" if lease.target == BOB else "ok"
        store.facts.save_visit(run, look(lease.target, outcome=outcome), (), now_ms=NOW)
    store.ledger.finish_run(run, "degraded", "", now_ms=NOW, stats={})
    [row] = store.db.query("SELECT targets, reached, unseen, coverage FROM last_run")
    assert row == {"targets": 2, "reached": 1, "unseen": 1, "coverage": 0.5}
    [covered] = store.db.query("SELECT targets, reached, unseen, coverage FROM run_coverage")
    assert covered == row


def test_the_views_count_as_seen_what_the_records_do(store):
    outcomes = ", ".join(f"'{outcome}'" for outcome in sorted(SEEN_OUTCOMES, reverse=True))
    for view in ("run_coverage", "page_states", "undetermined"):
        assert f"({outcomes})" in store.db.view(view).schema, view


def states(store):
    return {row["page_url"][-3:]: row["state"] for row in store.db.query("SELECT page_url, state FROM page_states")}


def test_a_page_is_clean_only_with_proof(store):
    run = play(store)
    unjudged = {"ann": "undetermined", "bob": "undetermined", "cat": "offline", "dan": "unseen", "eve": "undetermined"}
    assert states(store) == unjudged
    judge(store, run, {"ann": "violation", "bob": "undetermined", "eve": "allowed"})
    assert states(store) == unjudged | {"ann": "violating", "eve": "clean"}
    [row] = store.db.query(
        "SELECT targets, clean, violating, undetermined, offline, unseen, clean_share FROM clean_share"
    )
    assert row == {
        "targets": 5,
        "clean": 1,
        "violating": 1,
        "undetermined": 1,
        "offline": 1,
        "unseen": 1,
        "clean_share": 0.2,
    }


def test_a_run_in_the_middle_of_being_judged_counts_as_it_was_judged_before(store):
    run = play(store)
    judge(store, run, {"eve": "allowed"}, is_whole=False)
    assert states(store)["eve"] == "undetermined"
    judge(store, run, {"ann": "violation", "eve": "violation"}, policy="whole")
    judge(store, run, {"ann": "allowed"}, policy="cut off", at_ms=NOW + 1, is_whole=False)
    assert (states(store)["ann"], states(store)["eve"]) == ("violating", "violating")


def test_verdicts_of_an_older_schema_are_all_there_in_the_new_one(tmp_path):
    old = Database(tmp_path / "old.db")
    migrations.apply(old, stop_before="m006_slim_verdicts")
    old.execute("PRAGMA foreign_keys = 0")
    for number in range(3):
        row = [f"hash{number}", "run", "policy", f"rule{number}", f"sighting{number}", "allowed", "why", "", "c", NOW]
        old.execute("INSERT INTO verdicts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    views = {view.name for view in old.views}
    migrations.apply(old)
    assert [tuple(row.values()) for row in old["verdicts"].rows] == [
        (number + 1, "run", "policy", f"rule{number}", f"sighting{number}", "allowed", "why", "", "c", NOW)
        for number in range(3)
    ]
    assert {view.name for view in old.views} == views
    assert list(old.query("SELECT * FROM page_states")) == []


def test_a_page_without_its_product_area_is_not_clean(store):
    run = begin(store, [ANN])
    store.facts.save_visit(run, look(ANN, product_area_seen=False), (), now_ms=NOW)
    assert states(store) == {"ann": "undetermined"}
    assert column(store, "reason", "undetermined") == ["product area not seen"]


def test_a_page_seen_in_part_still_counts_as_violating_for_what_was_seen(store):
    run, links = begin(store, [ANN]), [item("1")]
    store.facts.save_visit(run, look(ANN, links, outcome="partial"), links, now_ms=NOW)
    assert states(store) == {"ann": "unseen"}
    judge(store, run, {"ann": "violation"})
    assert states(store) == {"ann": "violating"}


def test_the_policy_that_judged_last_counts(store):
    run = play(store)
    judge(store, run, {"ann": "violation"}, policy="old")
    judge(store, run, {"ann": "allowed"}, policy="new", at_ms=NOW + 1)
    assert set(column(store, "policy_digest", "current_verdicts")) == {"new"}
    assert states(store)["ann"] == "clean"
    [verdicts] = [row["verdicts"] for row in store.facts.sighting_rows(run) if row["raw"].endswith("id=1")]
    assert verdicts == [{"rule": "a_rule", "verdict": "allowed", "reason": "because", "severity": "", "clause": ""}]


@pytest.mark.parametrize("sql", ["SELECT * FROM page_states", "SELECT * FROM clean_share", SIGHTING_ROWS])
def test_the_verdicts_of_a_sighting_are_looked_up_by_the_sighting(store, sql):
    """Through the verdicts of the whole run instead, a night of 100,000 sightings takes hours to list."""
    plan = " ".join(
        row[3] for row in store.db.execute(f"EXPLAIN QUERY PLAN {sql}", {"run": "x"} if ":run" in sql else {})
    )
    assert "(sighting_id=? AND run_id=?" in plan
    assert "verdicts USING INDEX verdicts_run" not in plan


def test_undetermined_lists_every_kind_of_not_knowing_with_its_reason(store):
    run, links = begin(store, [ANN, BOB, CAT]), [item("1")]
    store.facts.save_visit(run, look(ANN, links), links, now_ms=NOW)
    store.facts.save_visit(run, look(BOB, outcome="challenge"), (), now_ms=NOW)
    lost = resolution(item("1"))
    store.facts.save_resolution(run, type(lost)(link_url=lost.link_url, outcome="loop", final_url=lost.link_url))
    judge(store, run, {"ann": "undetermined"})
    rows = {(row["what"], row["reason"]) for row in store.db.query("SELECT what, reason FROM undetermined")}
    assert rows == {
        ("page", "not seen: challenge"),
        ("page", "not visited: queued"),
        ("destination", "not followed to its end: loop"),
        ("verdict", "because"),
    }


def test_link_history_tells_where_a_link_led_run_by_run(store):
    play(store)
    row = next(store.db.query("SELECT * FROM link_history WHERE link_url = ?", [item("1").url]))
    names = ("resolved", "outcome", "store_type", "shop_id", "hops")
    assert [row[name] for name in names] == ["2022-10-29 07:33:20", "resolved", "taobao_personal", "77", 2]


@pytest.mark.parametrize(
    ("reviews", "is_open"),
    [
        ([], True),
        ([("confirmed", None, NOW)], True),
        ([("needs_info", None, NOW)], True),
        ([("false_positive", None, NOW)], False),
        ([("waived", None, NOW)], False),
        ([("waived", NOW + 1, NOW)], False),
        ([("waived", NOW, NOW)], True),
        ([("false_positive", None, NOW), ("confirmed", None, NOW + 1)], True),
        ([("confirmed", None, NOW), ("false_positive", None, NOW + 1)], False),
    ],
)
def test_a_violation_is_open_until_the_latest_decision_closes_it(store, reviews, is_open):
    violate(store, play(store))
    for decision, until_ms, at_ms in reviews:
        review(store, decision, until_ms, at_ms)
    assert column(store, "violation_id", "open_violations") == (["v1"] if is_open else [])


@pytest.mark.parametrize(
    ("status", "is_open"),
    [("new", True), ("ongoing", True), ("reopened", True), ("not_observed", True), ("resolved", False)],
)
def test_a_violation_is_open_until_it_is_proved_gone(store, status, is_open):
    violate(store, play(store), status=status)
    assert bool(column(store, "violation_id", "open_violations")) is is_open


def test_released_migrations_are_only_ever_added_to(store):
    names = [migration.name for migration in migrations.applied(store.db)]
    assert names[:3] == ["m001_facts", "m002_verdicts", "m003_views"]
    assert names == sorted(names)
