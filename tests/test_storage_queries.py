"""Every canned query runs on a filled database, asks what its title says, and finds what was put there."""

from __future__ import annotations

import pytest

from crawler.life import next_status
from storage.queries import load_queries
from storage.records import Observation
from storage.store import Store
from storage.violations import WITHDRAWN
from tests.storage_night import NOW, TARGETS, begin, item, look, play, resolution
from tests.test_storage_schema import judge, review, violate

DAY = 86_400_000
ANN, BOB, CAT, DAN, EVE = TARGETS
QUERIES = {query.name: query for query in load_queries()}


SEEN_WITHOUT = next_status(Observation(status="ongoing", verdict=None, page_outcome="ok", is_whole=True, looked_ms=NOW))
ALLOWED_NOW = next_status(Observation(status="ongoing", verdict="allowed", looked_ms=NOW))


def end(store, run, violation, reason, at_ms):
    """The event with which a violation was resolved."""
    event = [f"end of {violation}", violation, run, at_ms, reason]
    store.db.execute("INSERT INTO violation_events VALUES (?, ?, ?, ?, 'ongoing', 'resolved', ?)", event)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Two nights: on the second, ann swaps a link, item 1 leads to another shop, and dan stays behind his wall."""
    with Store.open(tmp_path_factory.mktemp("queries") / "two_nights.db", now_ms=NOW) as store:
        first = play(store)
        judge(store, first, {"ann": "violation", "bob": "undetermined", "eve": "allowed"})
        violate(store, first, "v1", status="reopened")
        violate(store, first, "v2", target=BOB, link=item("2"))
        violate(store, first, "v3", target=EVE, link=item("4"), status="resolved")
        store.db.execute("UPDATE violations SET resolved_ms = first_seen_ms + ? WHERE violation_id = 'v3'", [3 * DAY])
        end(store, first, "v3", SEEN_WITHOUT.reason, NOW + 3 * DAY)
        review(store, "waived", NOW, violation="v2")
        second = begin(store, at_ms=NOW + DAY)
        links = [item("1"), item("9")]
        store.facts.save_visit(second, look(ANN, links, at_ms=NOW + DAY), links, now_ms=NOW + DAY)
        store.facts.save_visit(second, look(DAN, at_ms=NOW + DAY, outcome="login_wall"), (), now_ms=NOW + DAY)
        store.facts.save_resolution(second, moved(resolution(item("1"))))
        store.db.execute(
            "INSERT INTO violation_events VALUES ('e1', 'v1', ?, ?, 'resolved', 'reopened', 'back')",
            [second, NOW + DAY],
        )
        yield store


def moved(found):
    shop = type(found.destination)(
        platform="tmall",
        store_type="tmall",
        confidence="proved",
        shop_id="88",
        shop_name="旗舰店",
        checked_ms=NOW + DAY,
    )
    return type(found)(
        link_url=found.link_url, outcome="resolved", final_url="", destination=shop, resolved_ms=NOW + DAY
    )


def ask(store, name, **parameters):
    query = QUERIES[name]
    return list(store.db.query(query.sql, dict.fromkeys(query.parameters, "") | parameters))


@pytest.mark.parametrize("name", QUERIES)
def test_each_query_runs_and_its_first_line_is_a_question(store, name):
    ask(store, name)
    assert QUERIES[name].title.endswith("?")
    assert len(QUERIES[name].title) > 20


def test_what_a_query_asks_for_is_known():
    asked = {name: query.parameters for name, query in QUERIES.items() if query.parameters}
    assert set(asked.values()) == {("run",), ("shop",), ("violation",)}
    assert asked["shop_across_rooms"] == ("shop",)


EXPECTED = {
    "open_violations_by_merchant": [
        {"owner_id": "ann", "open_violations": 1},
        {"owner_id": "bob", "open_violations": 1},
    ],
    "repeat_offenders": [{"owner_id": "ann", "violations": 1, "reopened": 1}],
    "undetermined_by_reason": [
        {"reason": "not visited: queued", "times": 3},
        {"reason": "not seen: login_wall", "times": 1},
    ],
    "undetermined_with_reasons": [
        {"reason": "not seen: login_wall", "page_url": DAN.url},
        {"reason": "not visited: queued", "page_url": BOB.url},
        {"reason": "not visited: queued", "page_url": CAT.url},
        {"reason": "not visited: queued", "page_url": EVE.url},
    ],
    "coverage_by_surface": [{"targets": 5, "reached": 1, "pending": 3}, {"targets": 5, "reached": 4, "pending": 0}],
    "visit_outcomes": [{"outcome": "login_wall", "visits": 1}, {"outcome": "ok", "visits": 1, "links_found": 2}],
    "clean_share_over_time": [{"unseen": 4, "undetermined": 1, "clean": 0}, {"clean": 1, "violating": 1, "unseen": 1}],
    "changed_since_last_run": [{"to_status": "reopened", "violation_id": "v1", "at": "2022-10-30 07:33:20"}],
    "links_put_up_and_taken_down": [
        {"change": "put up", "link_url": item("9").url},
        {"change": "taken down", "link_url": item("2").url},
        {"change": "taken down", "link_url": item("3").url},
    ],
    "never_seen_sane": [
        {"page_url": DAN.url, "visits": 2, "outcomes": "login_wall"},
        {"page_url": CAT.url, "outcomes": "offline"},
    ],
    "time_to_fix": [{"rule": "a_rule", "fixed": 1, "median": 3.0}],
    "violations_by_rule": [{"violations": 3, "new": 1, "reopened": 1, "resolved": 1, "fixed": 1}],
    "awaiting_review": [{"violation_id": "v1", "status": "reopened"}],
    "waivers_ended": [{"violation_id": "v2", "until": "2022-10-29 07:33:20"}],
    "destination_changes": [{"link_url": item("1").url, "store_type_before": "taobao_personal", "store_type": "tmall"}],
    "links_by_store_type": [
        {"platform": "taobao", "store_type": "unknown", "confidence": "undetermined", "links": 1},
        {"platform": "tmall", "store_type": "tmall", "confidence": "proved", "links": 1},
    ],
    "carriers": [{"found_in": "anchor", "links": 2, "violating_links": 0}],
    "evidence_of_violation": [],
}


@pytest.mark.parametrize("name", EXPECTED)
def test_each_query_finds_what_is_there(store, name):
    rows = ask(store, name)
    assert [{key: row[key] for key in want} for row, want in zip(rows, EXPECTED[name], strict=True)] == EXPECTED[name]


ABOUT_PAGES = (
    "carriers clean_share_over_time coverage_by_surface links_by_store_type links_put_up_and_taken_down "
    "never_seen_sane shop_across_rooms visit_outcomes"
)


@pytest.fixture
def all_canaries(store):
    """As if every page were one of which the truth is known, until the end of the test."""
    store.db.execute("BEGIN")
    store.db.execute("UPDATE pages SET site = 'canary'")
    store.db.execute("UPDATE tasks SET site = 'canary'")
    yield store
    store.db.execute("ROLLBACK")


@pytest.mark.parametrize("name", ABOUT_PAGES.split())
def test_canaries_are_no_pages_of_which_a_query_tells(all_canaries, name):
    assert ask(all_canaries, name) == []


@pytest.mark.parametrize("name", ABOUT_PAGES.split())
def test_of_other_pages_each_query_tells(store, name):
    assert ask(store, name)


def test_a_shop_is_found_in_every_room_by_name_or_id(store):
    by_name = [(row["page_url"][-3:], row["links"]) for row in ask(store, "shop_across_rooms", shop="小王的店")]
    assert by_name == [("ann", 3), ("bob", 2), ("eve", 1)]
    assert ask(store, "shop_across_rooms", shop="小王的店") == ask(store, "shop_across_rooms", shop="77")
    assert ask(store, "shop_across_rooms", shop="nobody") == []


def test_the_proof_of_a_violation_is_its_looks_and_files(store):
    rows = ask(store, "evidence_of_violation", violation="v1")
    assert [(row["seen"], row["kind"], row["bytes"]) for row in rows] == [
        ("2022-10-29 07:33:20", "html", 16),
        ("2022-10-30 07:33:20", None, None),
    ]


def test_an_earlier_run_can_be_asked_about(store):
    first = next(store.db.query("SELECT run_id FROM runs ORDER BY started_ms"))["run_id"]
    assert {row["outcome"] for row in ask(store, "visit_outcomes", run=first)} == {
        "ok",
        "offline",
        "login_wall",
        "timeout",
    }


@pytest.mark.parametrize(
    ("reason", "fixed"), [(SEEN_WITHOUT.reason, 1), (ALLOWED_NOW.reason, 0), (WITHDRAWN.reason, 0)], ids=range(3)
)
def test_only_what_a_page_no_longer_shows_is_fixed(tmp_path, reason, fixed):
    with Store.open(tmp_path / "night.db", now_ms=NOW) as store:
        violate(store, play(store), "v1", status="resolved")
        end(store, store.ledger.latest(), "v1", reason, NOW)
        assert [row["fixed"] for row in ask(store, "time_to_fix")] == [1] * fixed
        [merchant] = ask(store, "time_to_fix_by_merchant")
        [rule] = ask(store, "violations_by_rule")
    assert (merchant["violations"], merchant["fixed"]) == (1, fixed)
    assert (rule["resolved"], rule["fixed"]) == (1, fixed)
