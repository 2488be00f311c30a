"""Local days of a named time zone as UTC milliseconds, and back as words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)
EARLIEST_MS = -62_135_000_000_000
LATEST_MS = 253_402_000_000_000
"""What a calendar can name (years 1 to 9999); beyond it a time is told as a bare number."""


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
    text = datetime.fromtimestamp(seconds, zone).isoformat(" ")[: len("2022-10-28 00:00:00")]
    return f"{text}.{part:03d}" if part else text


def span_words(from_ms: int | None, to_ms: int | None, zone: ZoneInfo) -> str:
    """An interval ``[from_ms, to_ms)`` in words."""
    if from_ms is None and to_ms is None:
        return "at an unknown time"
    if from_ms is None or to_ms is None:
        known, word = (to_ms, "before") if from_ms is None else (from_ms, "at or after")
        return f"{word} {moment_words(known or 0, zone)}"
    if to_ms - from_ms <= 1:
        return f"at {moment_words(from_ms, zone)}"
    return f"between {moment_words(from_ms, zone)} and {moment_words(to_ms, zone)}"
