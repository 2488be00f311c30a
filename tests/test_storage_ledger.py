"""Every target is written down before the crawl and ends in exactly one outcome, whoever dies in between."""

from __future__ import annotations

import pytest

from storage.ledger import AccountingError, Counts, Lease, RunNotFoundError
from storage.records import Target
from storage.store import Store
from tests.storage_night import NOW, TARGETS, begin, item, look, resolution, take

ANN, BOB, CAT, DAN, EVE = TARGETS


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "ledger.db", now_ms=NOW) as store:
        yield store


def finish(store, run, status="complete", **stats):
    return store.ledger.finish_run(run, status, "because", now_ms=NOW + 9, stats=stats)


def visit_all(store, run, outcome="ok"):
    while leases := take(store, run):
        for lease in leases:
            store.facts.save_visit(run, look(lease.target, outcome=outcome, attempt=lease.attempt), (), now_ms=NOW)


def test_a_run_is_named_by_its_moment_and_kind_and_never_twice(store):
    first, second = begin(store), begin(store)
    assert first.startswith("2022-10-28T233320Z-nightly-")
    assert first != second


def test_run_names_sort_by_time(store):
    assert begin(store, at_ms=NOW) < begin(store, at_ms=NOW + 1000) < begin(store, at_ms=NOW + 86_400_000)


def test_all_targets_are_queued_before_anything_is_visited(store):
    assert store.ledger.counts(begin(store)) == Counts(targets=5, queued=5, leased=0, outcomes={})


def test_a_target_named_twice_is_one_target(store):
    assert store.ledger.counts(begin(store, [ANN, BOB, ANN])).targets == 2


def test_an_address_that_two_surfaces_claim_is_refused(store):
    with pytest.raises(ValueError, match="live_room and short_video"):
        begin(store, [ANN, Target(ANN.url, "short_video")])


def test_targets_found_on_the_way_are_added_once(store):
    run = begin(store, [ANN])
    assert [store.ledger.add_targets(run, targets) for targets in ([ANN, BOB], [BOB, CAT], [])] == [1, 1, 0]
    assert store.ledger.counts(run).targets == 3
    assert [lease.target for lease in take(store, run, limit=9)] == [ANN, BOB, CAT]


def test_leases_come_in_the_order_of_the_targets_each_once(store):
    run = begin(store)
    assert take(store, run) == [Lease(ANN, 1), Lease(BOB, 1)]
    assert take(store, run, limit=9) == [Lease(CAT, 1), Lease(DAN, 1), Lease(EVE, 1)]
    assert take(store, run) == []


def test_a_surface_is_leased_its_own_targets_only(store):
    video = Target("https://www.kuaishou.com/short-video/3x", "short_video")
    run = begin(store, [ANN, video, BOB])
    assert store.ledger.surfaces(run) == ["live_room", "short_video"]
    leases = store.ledger.lease(run, "short_video", now_ms=NOW, lease_ms=9, limit=9)
    assert [lease.target for lease in leases] == [video]
    leases = store.ledger.lease(run, None, now_ms=NOW, lease_ms=9, limit=9)
    assert [lease.target for lease in leases] == [ANN, BOB]


def test_a_lease_that_ran_out_is_given_again(store):
    run = begin(store, [ANN])
    take(store, run, at_ms=NOW)
    assert take(store, run, at_ms=NOW + 59_999) == []
    assert take(store, run, at_ms=NOW + 60_000) == [Lease(ANN, 1)]


def test_a_visit_that_was_begun_and_never_ended_makes_a_suspect(store):
    """Its neighbours, which were only taken, are none; and a suspect is never taken among others."""
    run = begin(store, [ANN, BOB])
    take(store, run)
    store.ledger.start(run, ANN.url, now_ms=NOW)
    store.ledger.resume(run, NOW)
    assert take(store, run, limit=9) == [Lease(BOB, 1)]
    assert take(store, run, limit=9) == []
    assert take(store, run, limit=9, suspect=True) == [Lease(ANN, 1, interruptions=1)]


def test_a_suspect_is_counted_once_for_each_visit_that_never_ended(store):
    run = begin(store, [ANN])
    for begun in (True, True, False, True):
        [lease] = take(store, run) or take(store, run, suspect=True)
        for _ in range(2 * begun):
            store.ledger.start(run, ANN.url, now_ms=NOW)
        store.ledger.resume(run, NOW)
    assert take(store, run, suspect=True) == [Lease(ANN, 1, interruptions=3)]
    assert lease.interruptions == 2


def test_the_suspect_that_was_interrupted_least_often_is_taken_first(store):
    run = begin(store, [ANN, BOB])
    take(store, run)
    for url in (ANN.url, BOB.url):
        store.ledger.start(run, url, now_ms=NOW)
    for first in (ANN, BOB, ANN):
        store.ledger.resume(run, NOW)
        [lease] = take(store, run, limit=1, suspect=True)
        assert lease.target == first
        store.ledger.start(run, first.url, now_ms=NOW)


def test_a_visit_that_ended_is_no_suspect_and_nothing_begins_without_a_lease(store):
    run = begin(store, [ANN, BOB])
    store.ledger.start(run, BOB.url, now_ms=NOW)
    take(store, run, limit=1)
    store.ledger.start(run, ANN.url, now_ms=NOW)
    store.facts.save_visit(run, look(ANN, outcome="timeout"), (), now_ms=NOW, retry=True)
    store.ledger.resume(run, NOW)
    assert take(store, run, limit=9) == [Lease(ANN, 2), Lease(BOB, 1)]


def test_one_target_is_taken_again_by_name_whatever_befell_it(store):
    run = begin(store, [ANN, BOB])
    take(store, run, limit=1)
    store.ledger.start(run, ANN.url, now_ms=NOW)
    store.ledger.resume(run, NOW)
    again = {"now_ms": NOW, "lease_ms": 9}
    assert store.ledger.lease_again(run, ANN.url, **again) == Lease(ANN, 1, interruptions=1)
    assert store.ledger.lease_again(run, ANN.url, **again) is None
    assert take(store, run, limit=9) == [Lease(BOB, 1)]


def test_a_link_that_was_begun_and_never_followed_to_its_end_is_a_suspect_until_it_is(store):
    run = begin(store, [ANN])
    links = [item("1"), item("2"), item("3")]
    store.facts.save_visit(run, look(ANN, links), links, now_ms=NOW)
    ids = [link.link_id for link in links]
    for place in (0, 1, 1, 2):
        store.ledger.start_link(run, ids[place])
    store.facts.save_resolution(run, resolution(links[0]))
    assert list(store.ledger.suspect_links(run).items()) == [(ids[2], 1), (ids[1], 2)]
    for link in links[1:]:
        store.facts.save_resolution(run, resolution(link))
    assert store.ledger.suspect_links(run) == {}
    finish(store, run)
    assert store.db.table("link_starts").count == 0


def test_a_retry_is_given_again_with_its_next_attempt(store):
    run = begin(store, [ANN, BOB])
    take(store, run, limit=1)
    store.facts.save_visit(run, look(ANN, outcome="timeout"), (), now_ms=NOW, retry=True)
    assert take(store, run) == [Lease(ANN, 2), Lease(BOB, 1)]


def test_resume_takes_up_the_latest_unfinished_run_with_its_leases(store):
    done = begin(store, [ANN])
    visit_all(store, done)
    run = begin(store, at_ms=NOW + 1000)
    take(store, run)
    later = begin(store, [EVE], at_ms=NOW + 2000)
    visit_all(store, later)
    finish(store, done)
    finish(store, later)
    assert store.ledger.resume(None, NOW + 3000) == run
    assert store.ledger.counts(run) == Counts(targets=5, queued=5, leased=0, outcomes={})
    assert [lease.target for lease in take(store, run, limit=9)] == TARGETS


def test_resume_forgets_how_the_run_had_ended_and_keeps_when_it_was_resumed(store):
    run = begin(store)
    finish(store, run, "interrupted", pages=0)
    store.ledger.resume(run, NOW + 50)
    store.ledger.resume(run, NOW + 60)
    [row] = store.db["runs"].rows
    assert (row["status"], row["finished_ms"], row["unseen"]) == ("running", None, None)
    assert row["stats_json"] == f'{{"pages":0,"resumed_ms":[{NOW + 50},{NOW + 60}]}}'


@pytest.mark.parametrize(
    ("named", "message"), [(None, "no unfinished run"), ("2022-x", "there is no run yet; crawl first")]
)
def test_there_may_be_nothing_to_resume(store, named, message):
    with pytest.raises(RunNotFoundError, match=message):
        store.ledger.resume(named, NOW)


def test_a_run_that_has_only_to_be_judged_is_named_where_nothing_is_to_be_resumed(store):
    with pytest.raises(RunNotFoundError, match="no unfinished run; begin one anew"):
        store.ledger.resume(None, NOW)
    run = begin(store, [ANN])
    visit_all(store, run)
    finish(store, run)
    with pytest.raises(
        RunNotFoundError, match=f"no unfinished run; {run} has ended and was not judged: cartwatch eval"
    ):
        store.ledger.resume(None, NOW)
    store.db.execute("UPDATE runs SET policy_digest = 'abc'")
    with pytest.raises(RunNotFoundError, match="no unfinished run; begin one anew"):
        store.ledger.resume(None, NOW)


def test_a_finished_run_is_not_resumed(store):
    run = begin(store, [ANN])
    visit_all(store, run)
    finish(store, run)
    with pytest.raises(RunNotFoundError, match="is complete"):
        store.ledger.resume(run, NOW)


def test_a_run_whose_process_died_is_interrupted_once_another_begins(store):
    dead, alive = begin(store), begin(store)
    assert store.db.execute("SELECT run_id, status FROM runs ORDER BY rowid").fetchall() == [
        (dead, "interrupted"),
        (alive, "running"),
    ]


def test_what_is_not_seen_whole_and_sane_is_unseen(store):
    run = begin(store)
    for target, outcome in zip(TARGETS, ("ok", "offline", "partial", "login_wall", "not_found"), strict=True):
        store.facts.save_visit(run, look(target, outcome=outcome), (), now_ms=NOW)
    counts = finish(store, run, "degraded", links=3)
    assert (counts.targets, counts.reached, counts.unseen, counts.unexplained) == (5, 2, 3, 0)
    [row] = store.db.query("SELECT status, reason, targets, reached, unseen, stats_json FROM runs")
    assert row == {
        "status": "degraded",
        "reason": "because",
        "targets": 5,
        "reached": 2,
        "unseen": 3,
        "stats_json": '{"links":3}',
    }


@pytest.mark.parametrize("status", ["complete", "degraded", "void"])
def test_a_run_is_not_over_while_a_target_has_no_outcome(store, status):
    run = begin(store)
    take(store, run)
    with pytest.raises(AccountingError, match="5 of 5 targets have no outcome"):
        finish(store, run, status)
    assert store.db["runs"].get(run)["status"] == "running"


def test_an_interrupted_run_may_leave_targets_and_counts_them_as_unseen(store):
    assert finish(store, begin(store), "interrupted").unseen == 5


def test_a_lost_target_is_never_explained_away(store):
    run = begin(store)
    store.db.execute("DELETE FROM tasks WHERE target_url = ?", [EVE.url])
    visit_all(store, run)
    with pytest.raises(AccountingError, match="1 of 5 targets are in no state"):
        finish(store, run, "interrupted")


def test_a_run_does_not_finish_as_running(store):
    with pytest.raises(ValueError, match="running"):
        finish(store, begin(store), "running")


def test_an_unknown_run_has_no_counts(store):
    with pytest.raises(RunNotFoundError, match="no run x"):
        store.ledger.counts("x")


def test_leasing_looks_up_and_never_scans(store):
    run = begin(store)
    seen: list[str] = []
    store.db.conn.set_trace_callback(seen.append)
    take(store, run)
    store.db.conn.set_trace_callback(None)
    for sql in (sql for sql in seen if sql.startswith(("SELECT", "UPDATE"))):
        plan = " ".join(row[3] for row in store.db.execute(f"EXPLAIN QUERY PLAN {sql}"))
        assert "SEARCH tasks" in plan, sql
        assert "SCAN" not in plan, sql
        assert "TEMP B-TREE" not in plan, sql


def test_a_night_goes_on_with_a_night_and_not_with_what_somebody_tried_since(store):
    night = store.ledger.begin_run("nightly", [ANN], now_ms=NOW, config={}, code_version="test")
    tried = store.ledger.begin_run("adhoc", [ANN], now_ms=NOW + 1, config={}, code_version="test")
    assert store.ledger.resume(None, now_ms=NOW + 2, kind="nightly") == night
    assert store.ledger.resume(None, now_ms=NOW + 2) == tried
    with pytest.raises(RunNotFoundError, match="no unfinished run of kind import"):
        store.ledger.resume(None, now_ms=NOW + 2, kind="import")


def test_the_status_of_a_run_is_told(store):
    run = begin(store)
    assert store.ledger.status(run) == "running"
    with pytest.raises(RunNotFoundError):
        store.ledger.status("none")
