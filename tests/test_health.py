"""What a night is worth: its coverage, its canaries, its drift."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.health import (
    Canary,
    Drift,
    Shown,
    SurfaceCount,
    blind_spots,
    coverage_words,
    drift,
    missed_canaries,
    night_status,
    violation_words,
)

ROOMS = SurfaceCount("live_room", 100, 100, 100)
VIDEOS = SurfaceCount("short_video", 20, 20, 20)


def test_a_night_that_saw_everything_is_complete():
    night = night_status([ROOMS, VIDEOS], canaries=3)
    assert night.status == "complete"
    assert night.reason == (
        "120 of 120 pages were seen whole (live_room 100 of 100, short_video 20 of 20); 3 canaries as they should be"
    )


@pytest.mark.parametrize(
    ("changed", "status", "reason"),
    [
        ({"counts": [ROOMS._replace(whole=99)]}, "degraded", "99 of 100 pages were seen whole (live_room 99 of 100)"),
        (
            {"counts": [ROOMS, VIDEOS._replace(whole=0)]},
            "degraded",
            "nothing at all was seen of short_video; 100 of 120 pages were seen whole (live_room 100 of 100, short",
        ),
        (
            {"drifts": [Drift("links a page", 12.0, 8.25)]},
            "degraded",
            "links a page went from 12 to 8.25; 100 of 100 pages were seen whole (live_room 100 of 100)",
        ),
        ({"counts": [ROOMS._replace(whole=0)]}, "void", "no page was seen whole; 0 of 100"),
        ({"counts": []}, "void", "no page was seen whole; 0 of 0 pages were seen whole"),
        (
            {"missed": ["PAGE should show x"], "canaries": 3},
            "void",
            "1 of 3 canaries missed: PAGE should show x; 100 of",
        ),
        ({"interrupted": True}, "interrupted", "stopped before its end; 100 of 100"),
        ({"interrupted": True, "missed": ["x"]}, "interrupted", "stopped before its end"),
    ],
)
def test_a_night_that_did_not_is_not(changed, status, reason):
    night = night_status(**({"counts": [ROOMS]} | changed))
    assert night.status == status
    assert night.reason.startswith(reason)


def test_a_degraded_night_says_that_its_canaries_were_well():
    night = night_status([ROOMS._replace(whole=99)], canaries=3)
    assert night.reason.endswith("(live_room 99 of 100); 3 canaries as they should be")


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9)), max_size=4), st.booleans())
def test_a_complete_night_left_no_page_unseen(numbers, interrupted):
    counts = [SurfaceCount("s", *sorted(three, reverse=True)) for three in numbers]
    night = night_status(counts, interrupted=interrupted)
    if night.status == "complete":
        assert all(count.whole == count.targets for count in counts)
        assert any(count.whole for count in counts)


def test_no_number_of_violations_without_what_it_is_of():
    assert (
        violation_words(0, 0, [ROOMS._replace(whole=95)])
        == "0 violations; 95 of 100 pages were seen whole (live_room 95 of 100)"
    )
    assert violation_words(1, 1, []) == "1 violation on 1 page; 0 of 0 pages were seen whole"
    assert violation_words(650, 61, [ROOMS]).startswith("650 violations on 61 pages; 100 of 100 pages were seen whole")
    assert coverage_words([]) == "0 of 0 pages were seen whole"


GUILTY = Canary(
    "https://a/", frozenset({"personal_store_link"}), frozenset({"taobao_personal", "tmall"}), "violation", 3
)
CLEAN = Canary("https://b/")
GUILT = Shown("live_room", GUILTY.rules, GUILTY.stores, "violation", 3)
ALL_WELL = {"https://a/": GUILT, "https://b/": Shown("product")}


@pytest.mark.parametrize(
    ("changed", "missed"),
    [
        ({}, []),
        ({"https://b/": Shown("product", stores=frozenset({"jd_pop"}), verdict="undetermined", links=9)}, []),
        ({"https://a/": GUILT._replace(rules=frozenset())}, ["https://a/ should show personal_store_link"]),
        (
            {"https://a/": GUILT._replace(stores=frozenset({"tmall", "jd_pop"}))},
            ["https://a/ should lead to taobao_personal and should not lead to jd_pop"],
        ),
        ({"https://a/": GUILT._replace(links=2)}, ["https://a/ should show 3 links, not 2"]),
        ({"https://a/": GUILT._replace(verdict="undetermined")}, ["https://a/ should be violation, not undetermined"]),
        (
            {"https://b/": Shown("product", rules=frozenset({"label_mismatch"}))},
            ["https://b/ should not show label_mismatch"],
        ),
    ],
)
def test_a_canary_must_show_what_is_true_of_it(changed, missed):
    assert missed_canaries([GUILTY, CLEAN], ALL_WELL | changed) == missed


def test_a_canary_that_was_not_seen_whole_is_missed():
    assert missed_canaries([GUILTY, CLEAN], {"https://a/": GUILT}) == ["https://b/ was not seen whole"]


def test_what_no_canary_watches_is_told():
    standing = [("live_room", GUILTY), ("product", CLEAN)]
    assert blind_spots(standing, ["live_room"], ["tmall"]) == ["no known-clean canary stands on live_room"]
    assert blind_spots(standing, ["live_room", "product"], ["tmall", "jd_pop", "other_store"]) == [
        "no known-bad canary stands on product",
        "no known-clean canary stands on live_room",
        "no canary leads to jd_pop, other_store",
    ]
    assert blind_spots([*standing, ("live_room", CLEAN)], ["live_room"], ["tmall"]) == []


def decay(share: float, nights: int = 30) -> list[float]:
    """Nights in which a measure sinks by a share, a little every night, with noise of two in a hundred."""
    chance = random.Random(1)
    return [20 * (1 - share * night / (nights - 1)) * chance.uniform(0.98, 1.02) for night in range(nights)]


def test_a_slow_decay_of_a_quarter_in_thirty_nights_is_noticed():
    found = drift("links a page", decay(0.25), bad="down")
    assert found is not None
    assert found.now < found.baseline


def test_noise_alone_is_not_a_drift():
    assert drift("links a page", decay(0.0)) is None


def test_a_drift_the_good_way_is_no_alarm():
    rising = list(reversed(decay(0.25)))
    assert drift("links a page", rising, bad="down") is None
    assert drift("share unseen", rising, bad="up") is not None


@pytest.mark.parametrize(
    ("last", "noticed"), [([0.0], 0.0), ([13.0], 13.0), ([16.0], None), ([16.0, 16.0], 16.0), ([18.0, 18.0], None)]
)
def test_a_sudden_fall_is_noticed_at_once_and_a_smaller_one_when_it_lasts(last, noticed):
    found = drift("links a page", [20.0] * 30 + last, bad="down")
    assert (found.now if found else None) == noticed


def test_too_few_nights_say_nothing():
    assert drift("links a page", [20.0, 20.0, 0.0, 0.0, 0.0], bad="down") is None


def test_what_was_always_nothing_and_now_is_something_is_a_drift():
    assert drift("share unseen", [0.0] * 28 + [0.3, 0.3, 0.3], bad="up") == Drift("share unseen", 0.0, 0.3)


def test_coverage_of_a_surface_without_targets_is_whole():
    assert SurfaceCount("product", 0, 0, 0).coverage == 1.0
    assert ROOMS._replace(whole=25).coverage == 0.25
