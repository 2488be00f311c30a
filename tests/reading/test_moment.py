"""Times as pages write them: the width of the interval is how precisely they are known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reading.moment import DAY, HOUR, MINUTE, SECOND, read_moment
from storage.records import Interval

NOON = 1_646_452_800_000  # 2022-03-05 12:00:00 in Shanghai
MIDNIGHT = NOON - 12 * HOUR


@pytest.mark.parametrize(
    ("value", "from_ms", "width"),
    [
        (1_646_452_800, NOON, SECOND),
        (1_646_452_800_123, NOON + 123, 1),
        (1_646_452_800.5, NOON + 500, 1),
        ("1646452800", NOON, SECOND),
        ("1646452800123", NOON + 123, 1),
        ("2022-03-05 12:00", NOON, MINUTE),
        ("2022-03-05 12:00:07", NOON + 7 * SECOND, SECOND),
        ("2022/3/5 12:00", NOON, MINUTE),
        ("2022年3月5日", MIDNIGHT, DAY),
        ("2022年03月05日 12:00", NOON, MINUTE),
        ("2022-03-05", MIDNIGHT, DAY),
        ("03-05", MIDNIGHT, DAY),
        ("3月4日", MIDNIGHT - DAY, DAY),
        ("12-31", MIDNIGHT - 64 * DAY, DAY),
        ("2022-03-05T12:00:00+08:00", NOON, SECOND),
        ("2022-03-05T04:00:00.250Z", NOON + 250, 1),
        ("2022-03-04T20:00:00-0800", NOON, SECOND),
        ("昨天 12:00", NOON - DAY, MINUTE),
        ("昨天", MIDNIGHT - DAY, DAY),
        ("前天", MIDNIGHT - 2 * DAY, DAY),
        ("发布于 2022-03-05 12:00", NOON, MINUTE),
    ],
)
def test_a_time_is_known_as_precisely_as_it_is_written(value, from_ms, width):
    assert read_moment(value, NOON) == Interval(from_ms, from_ms + width, "stated")


@pytest.mark.parametrize(
    ("value", "earliest", "latest"),
    [
        ("刚刚", NOON - MINUTE, NOON),
        ("5分钟前", NOON - 6 * MINUTE, NOON - 5 * MINUTE),
        ("3小时前", NOON - 4 * HOUR, NOON - 3 * HOUR),
        ("5分钟前发布", NOON - 6 * MINUTE, NOON - 5 * MINUTE),
        ("2天前", NOON - 3 * DAY, MIDNIGHT - DAY),
    ],
)
def test_a_relative_time_spans_all_moments_that_are_told_so(value, earliest, latest):
    interval = read_moment(value, NOON)
    assert interval is not None
    assert interval.from_ms == earliest
    assert interval.to_ms in {latest, latest + 1}


@pytest.mark.parametrize(
    "value",
    [0, -1, 1, 199, 1_646_452_800_123_456, True, None, [], {}, float("nan"), float("inf"), "", "19.90", "1.5", "3/4",
     "99", "13-45", "2022-02-30", "9999-99-99", "更新于 2022-03-05", "12:30", "1646452800123456", "很久以前", "5分钟",
     "25:61"],
)  # fmt: skip
def test_what_is_no_time_of_publishing_gives_nothing(value):
    assert read_moment(value, NOON) is None


@pytest.mark.parametrize("value", ["刚刚", "5分钟前", "昨天", "03-05"])
def test_a_relative_time_means_nothing_without_the_time_of_the_page(value):
    assert read_moment(value, 0) is None


@given(st.text(max_size=40) | st.integers() | st.floats() | st.none())
def test_anything_goes_through_and_an_interval_is_never_empty(value):
    interval = read_moment(value, NOON)
    assert interval is None or (interval.from_ms or 0) < (interval.to_ms or 0)
