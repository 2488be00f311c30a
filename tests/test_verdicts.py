"""Verdicts in the database: read with all that is known, kept policy beside policy, the same however often."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from crawler.evaluate import cases, evaluate, load_rules
from crawler.reading.policy import load_policy, read_policy
from storage import verdicts as module
from storage.records import Destination, Hop, Interval, Link, Page, Resolution, Sighting, Target, Verdict, Visit
from storage.store import Store

POLICY = load_policy(Path("crawler/policies/kuaishou_2022.toml"))
OTHER = read_policy(POLICY.text + "\n")
NOW = 1_667_600_000_000
DAY = 86_400_000
ROOM = Target("https://live.kuaishou.com/u/room", "live_room", owner_id="owner")
LINKS = [
    Link(
        url=f"https://s.click.taobao.com/{number}", platform="taobao_family", kind="affiliate_click", scope="unresolved"
    )
    for number in range(3)
]


def shop(number: str, store_type="tmall", confidence="proved") -> Destination:
    return Destination(platform="tmall", store_type=store_type, confidence=confidence, shop_id=number)


def night(store: Store, number: int, ends: dict[int, Destination | None], links=LINKS) -> str:
    """A night on which one room showed all links, and some of them were followed."""
    at_ms = NOW + number * DAY
    run = store.ledger.begin_run("nightly", [ROOM], now_ms=at_ms, config={}, code_version="test")
    sightings = tuple(
        Sighting(
            raw=f"raw {link.url}",
            url=link.url,
            found_in="anchor",
            label="label",
            published=Interval(at_ms - 1000, at_ms - 999, "stated"),
        )
        for link in links
    )
    page = Page(requested_url=ROOM.url, final_url=ROOM.url, fetched_ms=at_ms)
    store.facts.save_visit(
        run, Visit(target=ROOM, page=page, product_area_seen=True, sightings=sightings), links, now_ms=at_ms
    )
    for position, end in ends.items():
        url = LINKS[position].url
        store.facts.save_resolution(
            run,
            Resolution(
                link_url=url,
                outcome="resolved" if end else "login_wall",
                final_url="https://detail.tmall.com/",
                hops=(Hop(url=url), Hop(url="https://detail.tmall.com/")),
                destination=end,
                resolved_ms=at_ms,
            ),
        )
    return run


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "verdicts.db", now_ms=NOW) as opened:
        for policy in (POLICY, OTHER):
            opened.verdicts.save_policy(policy.digest, policy.name, policy.version, policy.text, now_ms=NOW)
        yield opened


def judge(store: Store, run: str, policy=POLICY, *, now_ms=NOW):
    found = evaluate(cases(store.verdicts.facts(run)), policy, load_rules())
    return store.verdicts.save(run, policy.digest, found, now_ms=now_ms)


def kept(store: Store):
    return list(store.db.query("SELECT * FROM verdicts ORDER BY verdict_id"))


def test_a_sighting_comes_with_all_that_is_known_of_it(store):
    run = night(store, 0, {0: shop("1"), 1: None})
    by_url = {facts.link.url: facts for facts in store.verdicts.facts(run)}
    first, second, third = (by_url[link.url] for link in LINKS)
    assert (first.site, first.surface, first.owner_id, first.seen_ms) == ("kuaishou", "live_room", "owner", NOW)
    assert (first.raw, first.label, first.found_in) == (f"raw {LINKS[0].url}", "label", "anchor")
    assert (first.published_from_ms, first.published_to_ms, first.published_basis) == (NOW - 1000, NOW - 999, "stated")
    assert (first.link.outcome, first.link.destination) == ("resolved", shop("1"))
    assert first.link.hop_urls == (LINKS[0].url, "https://detail.tmall.com/")
    assert (second.link.outcome, second.link.destination) == ("login_wall", None)
    assert (third.link.outcome, third.link.hop_urls) == ("unresolvable", ())


def test_where_a_link_led_before_is_told_by_the_first_earlier_run_that_knew(store):
    night(store, 0, {0: shop("1", "unknown", "undetermined")})
    night(store, 1, {0: shop("2")})
    night(store, 2, {0: shop("3")})
    last = night(store, 3, {0: shop("4")})
    night(store, 4, {0: shop("5")})
    facts = {facts.link.url: facts.link for facts in store.verdicts.facts(last)}
    assert facts[LINKS[0].url].earlier == shop("2")
    assert facts[LINKS[1].url].earlier is None


def test_a_shop_that_was_only_likely_gives_way_to_the_first_that_is_known_by_its_number(store):
    night(store, 0, {0: replace(shop("1"), shop_id=None, confidence="likely")})
    night(store, 1, {0: shop("2")})
    night(store, 2, {0: shop("3")})
    facts = {facts.link.url: facts.link for facts in store.verdicts.facts(night(store, 3, {0: shop("4")}))}
    assert facts[LINKS[0].url].earlier == shop("2")


def test_judging_twice_is_judging_once(store):
    run = night(store, 0, {0: shop("1"), 1: shop("2", "taobao_personal"), 2: None})
    counts = judge(store, run)
    before = kept(store)
    assert counts == {"allowed": 1, "violation": 1, "undetermined": 1}
    assert judge(store, run) == counts
    assert kept(store) == before


def test_a_verdict_that_is_no_longer_given_goes(store):
    run = night(store, 0, {0: shop("1")}, LINKS[:1])
    judge(store, run)
    (sighting,) = (row["sighting_id"] for row in kept(store))
    changed = Verdict(sighting_id=sighting, rule="label_mismatch", verdict="violation", reason="r", severity="minor")
    store.verdicts.save(run, POLICY.digest, [changed], now_ms=NOW + 1)
    assert [(row["rule"], row["verdict"]) for row in kept(store)] == [("label_mismatch", "violation")]


def test_another_policy_is_kept_beside_the_first(store):
    run = night(store, 0, {0: shop("1")}, LINKS[:1])
    judge(store, run)
    judge(store, run, OTHER, now_ms=NOW + 1)
    assert {row["policy_digest"] for row in kept(store)} == {POLICY.digest, OTHER.digest}
    assert store.verdicts.judged_by(run) == OTHER.digest
    assert [row["policy_digest"] for row in store.db.query("SELECT policy_digest FROM runs")] == [OTHER.digest]
    assert store.verdicts.judged_by("no such run") is None


def test_what_is_said_again_stays_as_it_is_and_what_is_not_changes(store):
    run = night(store, 0, {0: shop("1"), 1: shop("2", "taobao_personal"), 2: None})
    judge(store, run)
    before = kept(store)
    said = [Verdict(**{name: row[name] for name in Verdict._fields}) for row in before]
    store.verdicts.save(run, POLICY.digest, [*said[:2], said[2]._replace(reason="other words")], now_ms=NOW + 1)
    assert kept(store) == [*before[:2], before[2] | {"reason": "other words", "decided_ms": NOW + 1}]


def test_a_run_is_judged_only_once_all_of_it_is(store, monkeypatch):
    """Killed between two batches a judgement leaves no run that looks judged, and judging again mends it."""
    run = night(store, 0, {0: shop("1"), 1: shop("2", "taobao_personal"), 2: None})
    judge(store, run, OTHER)
    monkeypatch.setattr(module, "VERDICTS_AT_ONCE", 1)
    judge_halfway(store, run, POLICY)
    assert store.verdicts.judged_by(run) == OTHER.digest
    judge_halfway(store, run, OTHER, rule="changed")
    assert store.verdicts.judged_by(run) is None
    assert list(store.db.query("SELECT * FROM current_verdicts")) == []
    judge(store, run, OTHER)
    judge(store, run, POLICY)
    judge_halfway(store, run, POLICY)
    assert store.verdicts.judged_by(run) == POLICY.digest  # nothing was said anew
    assert {policy: len(rows) for policy, rows in by_policy(store).items()} == {OTHER.digest: 3, POLICY.digest: 3}


def judge_halfway(store: Store, run: str, policy, **changes):
    """Judge, and be killed after the first batch was written."""
    whole = evaluate(cases(store.verdicts.facts(run)), policy, load_rules())

    def cut_off():
        yield next(whole)._replace(**changes)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.verdicts.save(run, policy.digest, cut_off(), now_ms=NOW + 1)


def by_policy(store: Store):
    rows = kept(store)
    return {digest: [row for row in rows if row["policy_digest"] == digest] for digest in (POLICY.digest, OTHER.digest)}


@pytest.mark.parametrize("sql", [module.LOOKS, module.SIGHTINGS])
def test_a_few_visits_are_read_by_their_numbers(store, sql):
    """Through the visits of the run instead, each of ten thousand reads would pass all half a million."""
    assert "SEARCH visits USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)" in plan(store, sql)


@pytest.mark.parametrize("sql", [module.FLAGGED, module.SAID])
def test_what_was_said_of_a_few_sightings_is_looked_up_by_the_sighting(store, sql):
    assert any("verdicts USING INDEX" in step and "(sighting_id=?" in step for step in plan(store, sql))


def plan(store: Store, sql: str) -> list[str]:
    return [row[3] for row in store.db.execute(f"EXPLAIN QUERY PLAN {sql}", ["[]"] * sql.count("?"))]


def test_another_run_keeps_its_verdicts(store):
    first = night(store, 0, {0: shop("1")}, LINKS[:1])
    second = night(store, 1, {0: shop("1")}, LINKS[:1])
    judge(store, first)
    judge(store, second, now_ms=NOW + 5)
    judge(store, second, now_ms=NOW + 9)
    assert {row["run_id"] for row in kept(store)} == {first, second}


def test_batches_change_nothing_of_what_is_kept(store, monkeypatch):
    run = night(store, 0, {0: shop("1"), 1: shop("2", "taobao_personal"), 2: None})
    judge(store, run)
    whole = kept(store)
    store.db.execute("DELETE FROM verdicts")
    monkeypatch.setattr(module, "VERDICTS_AT_ONCE", 1)
    monkeypatch.setattr(module, "LINKS_REMEMBERED", 1)
    judge(store, run)
    assert kept(store) == whole


def test_a_judgement_that_is_cut_off_leaves_what_was_there(store):
    run = night(store, 0, {0: shop("1"), 1: shop("2", "taobao_personal")})
    judge(store, run)
    before = kept(store)

    def cut_off():
        yield Verdict(sighting_id=before[0]["sighting_id"], rule="x", verdict="violation", reason="")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.verdicts.save(run, POLICY.digest, cut_off(), now_ms=NOW + 1)
    assert kept(store) == before


def test_flagged_are_the_violations_among_those_asked_for(store):
    run = night(store, 0, {0: shop("1"), 1: shop("2", "taobao_personal"), 2: shop("3", "jd_pop")})
    judge(store, run)
    flagged = [row["sighting_id"] for row in kept(store) if row["verdict"] == "violation"]
    everything = {row["sighting_id"] for row in kept(store)}
    assert store.verdicts.flagged(run, POLICY.digest, everything) == set(flagged)
    assert store.verdicts.flagged(run, POLICY.digest, flagged[:1]) == set(flagged[:1])
    assert store.verdicts.flagged(run, OTHER.digest, everything) == set()


def test_verdicts_that_are_supposed_hide_the_kept_ones_until_the_end_and_change_nothing(store, monkeypatch, tmp_path):
    run = night(store, 0, {0: shop("1"), 1: shop("2", "taobao_personal")})
    judge(store, run)
    before = kept(store)
    sighting = before[0]["sighting_id"]
    said = [Verdict(sighting, f"rule_{number}", "violation", "because") for number in range(5)]
    monkeypatch.setattr(module, "VERDICTS_AT_ONCE", 2)
    count = "SELECT count(*) FROM verdicts WHERE policy_digest = 'supposed'"
    with Store.read(tmp_path / "verdicts.db") as reader:
        allowed = Verdict(sighting, "rule_x", "allowed", "")
        with reader.verdicts.supposed(run, "supposed", iter([allowed, *said])):
            assert reader.db.execute(count).fetchone() == (5,)
            assert reader.db.execute("SELECT count(*) FROM verdicts").fetchone() == (5,)
        assert kept(reader) == before
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            reader.db.execute("CREATE TEMP TABLE anything (x)")
    assert kept(store) == before


def test_verdicts_are_supposed_no_longer_where_judging_fails(store):
    run = night(store, 0, {0: shop("1")})
    judge(store, run)
    before = kept(store)

    def failing():
        yield Verdict(before[0]["sighting_id"], "x", "violation", "")
        raise RuntimeError

    with pytest.raises(RuntimeError), store.verdicts.supposed(run, "supposed", failing()):
        pass
    assert kept(store) == before
    judge(store, run)  # the database can be written as before
