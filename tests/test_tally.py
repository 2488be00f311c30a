"""The numbers of the progress line are those of the result: the same things, by all processes that worked on a run."""

from __future__ import annotations

import pytest

from crawler.evaluate import Bench, load_rules
from crawler.judging import judge_run
from crawler.pipelines import Night, Tally
from crawler.policies import shipped
from crawler.reading.policy import load_policy
from storage.store import Store
from tests import storage_night

POLICY = load_policy(shipped()[0])


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "night.db", now_ms=1) as store:
        yield store


def night(store, run, **tally):
    return Night(store, run, tally=Tally(**tally), bench=Bench(POLICY, load_rules()))


def visits(store):
    return [row[0] for row in store.db.execute("SELECT visit_id FROM visits ORDER BY rowid")]


def test_visits_one_by_one_come_to_the_violations_of_the_judgement(store):
    run = storage_night.play(store)
    progress = night(store, run)
    for visit_id in visits(store) * 2:
        progress.preview(visit_id)
    assert progress.tally.violations == judge_run(store, run, POLICY).violations["new"] == 6


def test_a_rule_broken_by_a_link_on_two_pages_is_two_violations_and_twice_on_one_page_is_one(store):
    run = storage_night.begin(store, storage_night.TARGETS[:2])
    link = storage_night.item("1")
    for lease, times in zip(storage_night.take(store, run), (1, 2), strict=True):
        store.facts.save_visit(run, storage_night.look(lease.target, [link] * times), [link] * times, now_ms=1)
    store.facts.save_resolution(run, storage_night.resolution(link))
    progress = night(store, run)
    progress.preview()
    per_page = {(fault.page_id, fault.link_id) for fault in progress.faults}
    assert len(per_page) == 2
    assert progress.tally.violations == judge_run(store, run, POLICY).violations["new"]


def test_a_resumed_run_begins_with_what_was_done_before(store):
    run = storage_night.play(store)
    progress = night(store, run, earlier=5)
    progress.take_up()
    tally = progress.tally
    assert (tally.links, tally.resolved, tally.violations) == (4, 4, 6)
    assert store.measures.found(run)[1] == tally.links


def test_a_resumed_run_looks_again_only_at_visits_whose_links_were_not_all_followed(store, monkeypatch):
    run = storage_night.begin(store, storage_night.TARGETS[:2])
    links = [storage_night.item("1"), storage_night.item("2")]
    for lease, link in zip(storage_night.take(store, run), links, strict=True):
        store.facts.save_visit(run, storage_night.look(lease.target, [link]), [link], now_ms=1)
    store.facts.save_resolution(run, storage_night.resolution(links[0]))
    progress = night(store, run, earlier=2)
    progress.take_up()
    assert progress.tally.violations == 1
    store.facts.save_resolution(run, storage_night.resolution(links[1]))
    asked, facts = [], store.verdicts.facts
    monkeypatch.setattr(store.verdicts, "facts", lambda *which: asked.append(which) or facts(*which))
    for _ in range(2):  # each surface says that its links are followed
        progress.finish_earlier()
    assert asked == [(run, visits(store)[1])]
    assert progress.tally.violations == judge_run(store, run, POLICY).violations["new"] == 2


def test_a_new_run_begins_with_nothing(store):
    progress = night(store, storage_night.begin(store))
    progress.take_up()
    assert (progress.tally.links, progress.tally.resolved, progress.tally.violations) == (0, 0, 0)


def test_what_canaries_show_is_no_violation(store):
    run = storage_night.play(store)
    store.db.execute("UPDATE pages SET site = 'canary' WHERE owner_id = 'ann'")
    progress = night(store, run, earlier=5)
    progress.take_up()
    assert progress.tally.violations == judge_run(store, run, POLICY).violations["new"] == 3
