"""Storing twice is storing once; whatever a page holds can be stored; publish times are bounded by earlier looks."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.records import Interval, Link, Resolution, Target, identify
from storage.store import Store
from tests.storage_night import NOW, STATED, TARGETS, begin, item, look, play, resolution, sighting, take

ANN = TARGETS[0]
NIGHT = 86_400_000


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "facts.db", now_ms=NOW) as store:
        yield store


def rows(store, sql, *values):
    return store.db.execute(sql, values).fetchall()


def dump(store):
    return list(store.db.conn.iterdump())


def test_saving_a_visit_twice_changes_nothing(store):
    run, links = begin(store), [item("1"), item("2")]
    first = store.facts.save_visit(run, look(ANN, links), links, now_ms=NOW, snapshot=b"x")
    before = dump(store)
    assert store.facts.save_visit(run, look(ANN, links), links, now_ms=NOW + 5, snapshot=b"x") == first
    assert dump(store) == before


def test_saving_a_resolution_twice_changes_nothing(store):
    run, links = begin(store), [item("1")]
    store.facts.save_visit(run, look(ANN, links), links, now_ms=NOW)
    first = store.facts.save_resolution(run, resolution(links[0]), snapshot=b"shop")
    before = dump(store)
    assert store.facts.save_resolution(run, resolution(links[0]), snapshot=b"shop") == first
    assert dump(store) == before


def test_a_second_look_is_a_visit_of_its_own(store):
    run, links = begin(store), [item("1")]
    store.facts.save_visit(run, look(ANN, outcome="timeout"), (), now_ms=NOW, retry=True)
    store.facts.save_visit(run, look(ANN, links, attempt=2), links, now_ms=NOW)
    assert rows(store, "SELECT attempt, outcome, links_found FROM visits ORDER BY attempt") == [
        (1, "timeout", 0),
        (2, "ok", 1),
    ]
    assert rows(store, "SELECT state, attempt, outcome FROM tasks WHERE target_url = ?", ANN.url) == [("done", 2, "ok")]


def test_late_news_of_an_earlier_attempt_does_not_undo_a_task(store):
    run = begin(store)
    store.facts.save_visit(run, look(ANN, attempt=2), (), now_ms=NOW)
    store.facts.save_visit(run, look(ANN, outcome="timeout"), (), now_ms=NOW, retry=True)
    assert rows(store, "SELECT state, attempt, outcome FROM tasks WHERE target_url = ?", ANN.url) == [("done", 2, "ok")]
    assert rows(store, "SELECT count(*) FROM visits") == [(2,)]


def test_one_appearance_found_twice_is_one_sighting_and_two_places_are_two(store):
    run, link = begin(store), item("1")
    visit = look(ANN, sightings=(sighting(link, 1), sighting(link, 1), sighting(link, 2)))
    store.facts.save_visit(run, visit, [link] * 3, now_ms=NOW)
    assert rows(store, "SELECT locator FROM sightings ORDER BY locator") == [("a:nth-child(1)",), ("a:nth-child(2)",)]
    assert rows(store, "SELECT links_found FROM visits") == [(2,)]
    assert rows(store, "SELECT count(*) FROM links") == [(1,)]


def test_two_share_links_to_one_page_are_two_visits_of_it(store):
    shares = [Target("https://v.kuaishou.com/a", "live_room"), Target("https://v.kuaishou.com/b", "live_room")]
    run, links = begin(store, shares), [item("1")]
    for share in shares:
        store.facts.save_visit(run, look(ANN, links, task_url=share.url), links, now_ms=NOW)
    assert rows(store, "SELECT task_url, url FROM visits JOIN pages USING (page_id) ORDER BY task_url") == [
        ("https://v.kuaishou.com/a", ANN.url),
        ("https://v.kuaishou.com/b", ANN.url),
    ]
    assert store.ledger.counts(run).outcomes == {"ok": 2}


def test_a_visit_of_what_is_no_target_is_refused_whole(store):
    run, links = begin(store), [item("1")]
    stranger = Target("https://live.kuaishou.com/u/stranger", "live_room")
    with pytest.raises(LookupError, match="stranger"):
        store.facts.save_visit(run, look(stranger, links), links, now_ms=NOW)
    assert rows(store, "SELECT count(*) FROM pages") == [(0,)]


def test_links_that_do_not_match_the_sightings_are_refused(store):
    run = begin(store)
    with pytest.raises(ValueError, match="zip"):
        store.facts.save_visit(run, look(ANN, [item("1")]), [], now_ms=NOW)


def test_a_resolution_of_a_link_that_nobody_saw_is_refused(store):
    with pytest.raises(LookupError, match="never sighted"):
        store.facts.save_resolution(begin(store), resolution(item("9")))


def test_a_page_is_seen_only_by_a_look_that_saw_it(store):
    run = begin(store)
    store.facts.save_visit(run, look(ANN, outcome="login_wall"), (), now_ms=NOW, retry=True)
    assert rows(store, "SELECT first_seen_ms, last_seen_ms FROM pages") == [(None, None)]
    store.facts.save_visit(run, look(ANN, at_ms=NOW + 7, attempt=2), (), now_ms=NOW, retry=True)
    store.facts.save_visit(run, look(ANN, at_ms=NOW + 3, attempt=3), (), now_ms=NOW, retry=True)
    store.facts.save_visit(run, look(ANN, at_ms=NOW + 9, outcome="timeout", attempt=4), (), now_ms=NOW)
    assert rows(store, "SELECT first_seen_ms, last_seen_ms FROM pages") == [(NOW + 3, NOW + 7)]


def test_who_owns_a_page_is_not_forgotten_by_a_look_that_could_not_tell(store):
    run = begin(store)
    store.facts.save_visit(run, look(ANN, owner_id="ann7", owner_name="安妮"), (), now_ms=NOW, retry=True)
    store.facts.save_visit(run, look(Target(ANN.url, "live_room"), attempt=2), (), now_ms=NOW)
    assert rows(store, "SELECT owner_id, owner_name FROM pages") == [("ann7", "安妮")]


def test_unresolved_links_are_each_given_once_until_they_are_resolved(store):
    run = begin(store)
    for target, links in ((ANN, [item("2"), item("1")]), (TARGETS[1], [item("2")])):
        store.facts.save_visit(run, look(target, links), links, now_ms=NOW)
    assert [link.item_id for link in store.facts.unresolved_links(run)] == ["1", "2"]
    store.facts.save_resolution(run, resolution(item("1")))
    assert [link.item_id for link in store.facts.unresolved_links(run)] == ["2"]
    later = begin(store, at_ms=NOW + NIGHT)
    assert store.facts.unresolved_links(later) == []


def test_the_same_shop_is_one_destination_checked_again_every_night(store):
    for night in (NOW, NOW + NIGHT):
        run, links = begin(store, at_ms=night), [item("1"), item("2")]
        store.facts.save_visit(run, look(ANN, links, at_ms=night), links, now_ms=night)
        for link in links:
            found = resolution(link)
            store.facts.save_resolution(run, found)
    assert rows(store, "SELECT count(*) FROM destinations") == [(1,)]
    assert rows(store, "SELECT count(*) FROM resolutions") == [(4,)]


def test_a_link_that_led_nowhere_has_no_destination(store):
    run, link = begin(store), item("1")
    store.facts.save_visit(run, look(ANN, [link]), [link], now_ms=NOW)
    store.facts.save_resolution(run, Resolution(link_url=link.url, outcome="timeout", final_url=link.url))
    row = next(store.facts.sighting_rows(run))
    assert (row["resolution_outcome"], row["destination_id"], row["hops"]) == ("timeout", None, [])


def test_sighting_rows_join_everything_known_of_a_sighting(store):
    run = play(store)
    row = next(row for row in store.facts.sighting_rows(run) if row["page_url"].endswith("bob"))
    assert {name: row[name] for name in ("attempt", "visit_outcome", "item_id", "store_type", "shop_name")} == {
        "attempt": 2,
        "visit_outcome": "ok",
        "item_id": "2",
        "store_type": "taobao_personal",
        "shop_name": "小王的店",
    }
    assert row["signals"] == [{"name": "shop_type", "value": "C", "says": "taobao_personal"}]
    assert row["hops"] == ["https://s.click.taobao.com/x", item("2").url]
    assert row["verdicts"] == []


def test_visit_rows_come_in_the_order_of_the_targets(store):
    seen = [(row["page_url"][-3:], row["attempt"], row["outcome"]) for row in store.facts.visit_rows(play(store))]
    assert seen == [
        ("ann", 1, "ok"),
        ("bob", 1, "timeout"),
        ("bob", 2, "ok"),
        ("cat", 1, "offline"),
        ("dan", 1, "login_wall"),
        ("eve", 1, "ok"),
    ]


def test_evidence_is_on_the_disk_and_named_by_its_row(store):
    run = begin(store)
    store.facts.save_visit(run, look(ANN), (), now_ms=NOW, snapshot=b"<html>seen</html>")
    [(path, sha256, size)] = rows(store, "SELECT path, sha256, bytes FROM evidence")
    assert (store.evidence.path / path).read_bytes() == b"<html>seen</html>"
    assert (store.evidence.get(sha256), size) == (b"<html>seen</html>", 17)


# --- hostile values ---------------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text(st.characters(exclude_categories=())) | st.just("\ud800\x00'; DROP TABLE links; --"),
    number=st.integers() | st.just(10**40),
    url=st.text(st.characters(exclude_categories=()), min_size=1),
)
def test_whatever_a_page_says_can_be_stored(store, text, number, url):
    run = begin(store)
    link = Link(url=url, platform=text, kind="other", scope="outbound_commerce", item_id=text, shop_id=text)
    seen = sighting(link, raw=text, label=text, locator=text, token=text, price_fen=number, published=Interval(number))
    visit = look(ANN, sightings=(seen,), owner_name=text)
    store.facts.save_visit(run, visit, [link], now_ms=NOW)
    [unresolved] = store.facts.unresolved_links(run)
    store.facts.save_resolution(run, resolution(unresolved))
    assert store.facts.unresolved_links(run) == []


def test_text_without_oddities_is_stored_as_it_is_and_halves_of_characters_are_spelt_out(store):
    run, links = begin(store), [item("1"), item("2")]
    texts = ["淘宝 🛒 =cmd|' /C calc'!A0\r\n\x1b[31m\u202e", "a\x00b\ud83d"]
    visit = look(ANN, sightings=tuple(sighting(link, raw=raw) for link, raw in zip(links, texts, strict=True)))
    store.facts.save_visit(run, visit, links, now_ms=NOW)
    assert [row[0] for row in rows(store, "SELECT raw FROM sightings ORDER BY rowid")] == [texts[0], r"a\x00b\ud83d"]


# --- publish times ----------------------------------------------------------------------------------------------


def night(store, at_ms, links, outcome="ok", **changes):
    run = begin(store, [ANN], at_ms=at_ms)
    store.facts.save_visit(run, look(ANN, links, at_ms=at_ms, outcome=outcome, **changes), links, now_ms=at_ms)


def published(store):
    return rows(
        store,
        "SELECT fetched_ms, item_id, published_from_ms, published_to_ms, published_basis "
        "FROM visits JOIN sightings USING (visit_id) JOIN links USING (link_id) ORDER BY fetched_ms, item_id",
    )


def test_a_link_that_was_not_there_before_was_published_in_between(store):
    night(store, 100, [])
    night(store, 200, [item("1")])
    assert published(store) == [(200, "1", 100, 201, "bounded")]


def test_a_link_that_still_stands_keeps_the_time_of_its_arrival(store):
    night(store, 100, [])
    night(store, 200, [item("1")])
    night(store, 300, [item("1"), item("2")])
    night(store, 400, [item("1"), item("2")])
    assert published(store)[1:] == [
        (300, "1", 100, 201, "bounded"),
        (300, "2", 200, 301, "bounded"),
        (400, "1", 100, 201, "bounded"),
        (400, "2", 200, 301, "bounded"),
    ]


def test_a_link_that_went_and_came_back_was_published_anew(store):
    for at_ms, links in ((100, [item("1")]), (200, []), (300, [item("1")])):
        night(store, at_ms, links)
    assert published(store) == [(100, "1", None, 101, "bounded"), (300, "1", 200, 301, "bounded")]


@pytest.mark.parametrize("blind", [{"outcome": "partial"}, {"outcome": "offline"}, {"product_area_seen": False}])
def test_a_look_that_was_not_sane_proves_no_absence(store, blind):
    night(store, 100, [])
    night(store, 200, [], **blind)
    night(store, 300, [item("1")])
    assert published(store) == [(300, "1", 100, 301, "bounded")]


def test_a_partial_look_that_saw_the_link_bounds_it_all_the_same(store):
    night(store, 100, [])
    night(store, 200, [item("1")], outcome="partial")
    night(store, 300, [item("1")])
    assert published(store)[1] == (300, "1", 100, 201, "bounded")


def test_another_page_says_nothing_about_this_one(store):
    run = begin(store, [TARGETS[1]], at_ms=100)
    store.facts.save_visit(run, look(TARGETS[1], at_ms=100), (), now_ms=100)
    night(store, 200, [item("1")])
    assert published(store) == [(200, "1", None, 201, "bounded")]


def test_what_the_page_states_is_never_bounded_and_lasts_while_the_link_stands(store):
    night(store, NOW, [])
    link = item("1")
    night(store, NOW + 1, [link], sightings=(sighting(link, published=STATED),))
    night(store, NOW + 2, [link])
    assert [row[2:] for row in published(store)] == [(STATED.from_ms, STATED.to_ms, "stated")] * 2


LATER = Interval(STATED.from_ms + 5, STATED.to_ms + 5, "content")
OPEN = Interval(None, STATED.to_ms + 9, "bounded")


@pytest.mark.parametrize(
    ("said", "silent"),
    [
        ([STATED], (STATED.from_ms, STATED.to_ms, "stated")),
        ([STATED, LATER], (STATED.from_ms, LATER.to_ms, "content")),
        ([LATER, OPEN], (None, OPEN.to_ms, "bounded")),
    ],
)
def test_what_a_page_says_of_a_link_in_one_place_holds_where_it_says_nothing(store, said, silent):
    link, other = item("1"), item("2")
    night(store, NOW, [])
    spoken = [sighting(link, place, published=interval) for place, interval in enumerate(said)]
    shown = (*spoken, sighting(link, 9), sighting(other, 10))
    links = [*[link for _ in spoken], link, other]
    night(store, NOW + 1, links, sightings=shown)
    found = rows(store, "SELECT published_from_ms, published_to_ms, published_basis FROM sightings ORDER BY rowid")
    assert found[: len(said)] == [(one.from_ms, one.to_ms, one.basis) for one in said]
    assert found[len(said) :] == [silent, (NOW, NOW + 2, "bounded")]


def test_an_older_archive_imported_later_bounds_by_its_own_past_only(store):
    night(store, 300, [])
    night(store, 200, [item("1")])
    assert published(store) == [(200, "1", None, 201, "bounded")]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    born=st.integers(0, 50),
    looks=st.lists(st.tuples(st.sampled_from(["ok", "partial"]), st.booleans()), min_size=1, max_size=6),
    gap=st.integers(1, 20),
    item_id=st.integers(),
)
def test_the_true_moment_lies_in_every_interval(store, born, looks, gap, item_id):
    link, target = item(str(item_id)), Target(f"{ANN.url}/{identify(born, looks, gap, item_id)}", "live_room")
    for number, (outcome, is_drawn) in enumerate(looks):
        at_ms = 1 + number * gap
        there = [link] if at_ms >= born and (outcome == "ok" or is_drawn) else []
        run = begin(store, [target], at_ms=at_ms)
        store.facts.save_visit(run, look(target, there, at_ms=at_ms, outcome=outcome), there, now_ms=at_ms)
    intervals = rows(
        store,
        "SELECT published_from_ms, published_to_ms FROM visits JOIN sightings USING (visit_id) WHERE page_id = ?",
        target.page_id,
    )
    assert all((from_ms is None or from_ms <= born) and born < to_ms for from_ms, to_ms in intervals)
    assert len(set(intervals)) <= 1


def test_a_reader_sees_rows_and_cannot_write(store, tmp_path):
    play(store)
    with Store.read(tmp_path / "facts.db") as reader:
        assert len(list(reader.facts.visit_rows(next(iter(reader.db["runs"].rows))["run_id"]))) == 6
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            take(reader, "any")
