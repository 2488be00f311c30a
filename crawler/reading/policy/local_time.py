"""Local days of a named time zone as UTC milliseconds, and back as words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)
EARLIEST_MS = -62_135_000_000_000
LATEST_MS = 253_402_000_000_000
"""What a calendar can name (years 1 to 9999); beyond it a time is told as a bare number."""
QUARTER_S = 900
YEARS = range(2000, 2101)
DATE = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?\Z")
IN_THE_HOUR = tuple(f"{minute:02d}:{second:02d}" for minute in range(60) for second in range(60))


@dataclass(frozen=True, slots=True)
class Days:
    """A date of a policy: one day, or all the days of a month of which only the month is known."""

    first: date
    last: date

    @property
    def is_month(self) -> bool:
        """The day within the month is not known."""
        return self.first != self.last

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}" if self.is_month else self.first.isoformat()


def month(year: int, number: int) -> Days:
    """The days of a month."""
    first = date(year, number, 1)
    return Days(first, (first.replace(day=28) + timedelta(days=4)).replace(day=1) - ONE_DAY)


def read_days(value: object) -> object:
    """A date as a policy writes it, a day or a month, as its days; what is none is handed on as it is.

    Raises:
        ValueError: it is meant for a date and is none.
    """
    if isinstance(value, datetime):
        # a TypeError would pass through pydantic as a fault of ours
        raise ValueError('name a local day (2022-10-28) or a month ("2022-10"), not a moment')  # noqa: TRY004
    if isinstance(value, date):
        _require_year(value.year)
        return _one_day(value)
    if not isinstance(value, str):
        return value
    match = DATE.match(value)
    if not match:
        raise ValueError('write a day as 2022-10-28, or a month of which the day is not known as "2022-10"')
    _require_year(int(match[1]))
    try:
        return month(int(match[1]), int(match[2])) if match[3] is None else _one_day(date.fromisoformat(value))
    except ValueError:
        raise ValueError(f"no calendar holds {value}; correct it") from None


def _one_day(day: date) -> Days:
    return Days(day, day)


def _require_year(year: int) -> None:
    if year not in YEARS:
        raise ValueError(f"the year must lie between {YEARS[0]} and {YEARS[-1]}")


def day_start(day: date, zone: ZoneInfo) -> int:
    """The UTC millisecond at which a local day begins."""
    return round(datetime.combine(day, time(), zone).timestamp() * 1000)


def day_end(day: date, zone: ZoneInfo) -> int:
    """The UTC millisecond at which the next local day begins: days are half-open."""
    return day_start(day + ONE_DAY, zone)


def moment_words(ms: int, zone: ZoneInfo) -> str:
    """A moment as a person there reads it, ``2022-10-28 00:00:00``; the part of a second only where there is one."""
    if not EARLIEST_MS < ms < LATEST_MS:
        return f"{ms} ms"
    seconds, part = divmod(ms, 1000)
    quarter, second = divmod(seconds, QUARTER_S)
    hour, begins = _quarter_words(quarter, zone)
    text = hour + IN_THE_HOUR[begins + second] if hour else _second_words(seconds, zone)
    return f"{text}.{part:03d}" if part else text


@lru_cache(maxsize=20_000)
def _quarter_words(quarter: int, zone: ZoneInfo) -> tuple[str, int]:
    """Day and hour of a quarter of an hour (counted from 1970), and the second of the hour at which it begins.

    Clocks are changed between quarters nearly always; where it is not so there are no words.
    """
    words = [_second_words(quarter * QUARTER_S + second, zone) for second in (0, QUARTER_S - 1)]
    (hour, begins), (last_hour, ends) = ((text[:-5], int(text[-5:-3]) * 60 + int(text[-2:])) for text in words)
    return (hour, begins) if hour == last_hour and ends - begins == QUARTER_S - 1 else ("", 0)


def _second_words(seconds: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(seconds, zone).isoformat(" ")[: len("2022-10-28 00:00:00")]


def span_words(from_ms: int | None, to_ms: int | None, zone: ZoneInfo) -> str:
    """An interval ``[from_ms, to_ms)`` in words that leave no doubt that its end is not part of it."""
    if from_ms is None and to_ms is None:
        return "at an unknown time"
    if from_ms is None or to_ms is None:
        known, word = (to_ms, "before") if from_ms is None else (from_ms, "at or after")
        return f"{word} {moment_words(known or 0, zone)}"
    if to_ms - from_ms <= 1:
        return f"at {moment_words(from_ms, zone)}"
    return f"at or after {moment_words(from_ms, zone)} but before {moment_words(to_ms, zone)}"
