"""Times as pages write them, read as intervals: the width of the interval is how precisely it is known.

Local times without a zone are Asia/Shanghai (UTC+8, no summer time since 1991). Relative times are told from the
page's own server time.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta, timezone

from storage.records import Interval

SHANGHAI = timezone(timedelta(hours=8))
SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000

_UNITS = {"秒": SECOND, "分": MINUTE, "小时": HOUR, "时": HOUR, "天": DAY, "日": DAY, "周": 7 * DAY, "星期": 7 * DAY,
          "月": 30 * DAY, "年": 365 * DAY}  # fmt: skip
_SLACK = {"月": 2 * DAY, "年": 2 * DAY}
_AGO = re.compile(r"(\d{1,4})\s*个?(秒|分|小时|时|天|日|周|星期|月|年)钟?\s*[之以]?前")
_DAY_WORD = re.compile(r"(今天|昨天|昨日|前天)\s*(\d{1,2})?(?:[:：](\d{2}))?")
_DAY_WORDS = {"今天": 0, "昨天": 1, "昨日": 1, "前天": 2}
_DATE = re.compile(
    r"(?:(?P<year>\d{4})\s*[-/.年]\s*)?(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*[日号]?"
    r"(?:[T\s,，]*(?P<hour>\d{1,2})[:：时点](?P<minute>\d{2})分?(?:[:：]?(?P<second>\d{2})秒?(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?",
)
_DAY = re.compile(r"\d{2}-\d{2}(?!\d)|\d{1,2}月")
_NUMBER = re.compile(r"\d{10}(?:\.\d+)?|\d{13}")
_WRAPPING = re.compile(
    r"\A(?:发布|上架|开播|创建|发表)(?:时间|于|日期)?\s*[:：]?\s*|\A(?:时间|日期)\s*[:：]\s*|\s*(?:发布|上架|开播|发表)\Z",
)

_SECONDS = range(1_000_000_000, 4_000_000_000)
_MILLISECONDS = range(1_000_000_000_000, 4_000_000_000_000)


def read_moment(value: object, now_ms: int) -> Interval | None:
    """The interval in which a written time lies, its basis ``stated``; ``None`` where it is no time.

    Args:
        value: epoch seconds or milliseconds (as number or digits), ISO 8601, ``2022-03-05 12:30``, ``2022年3月5日``,
            ``03-05``, ``刚刚``, ``5分钟前``, ``昨天 12:30`` ... Microseconds, amounts and flags give ``None``.
        now_ms: when the page was served, from which relative times count; 0 where nobody knows.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _read_number(value)
    if not isinstance(value, str) or not 2 <= len(value) <= 60:  # noqa: PLR2004 - the shortest and longest way to say it
        return None
    text = value.strip()
    if _NUMBER.fullmatch(text):
        return _read_number(float(text) if "." in text else int(text))
    text = _WRAPPING.sub("", text)
    return _read_date(text, now_ms) or (_read_relative(text, now_ms) if now_ms else None)


def _read_number(value: float) -> Interval | None:
    whole = int(value) if math.isfinite(value) else 0
    if whole in _SECONDS:
        return _known(int(value * 1000), SECOND if whole == value else 1)
    return _known(whole, 1) if whole in _MILLISECONDS else None


def _read_date(text: str, now_ms: int) -> Interval | None:
    found = _DATE.fullmatch(text)
    # "1.5" and "3/4" are amounts; without a year only "03-05" and "3月5日" are days.
    if not found or (found["year"] is None and (not now_ms or not _DAY.match(text))):
        return None
    try:
        start = _local(found, now_ms)
    except (ValueError, OverflowError):
        return None
    return _known(int(start.timestamp()) * 1000 + _milliseconds(found), _width(found))


def _local(found: re.Match[str], now_ms: int) -> datetime:
    now = datetime.fromtimestamp(now_ms / 1000, SHANGHAI)
    year = int(found["year"]) if found["year"] else now.year
    clock = (int(found["hour"] or 0), int(found["minute"] or 0), int(found["second"] or 0))
    moment = datetime(year, int(found["month"]), int(found["day"]), *clock, tzinfo=_zone(found["zone"]))
    # A day without a year is the last such day: "12-31" read in January is of the year before.
    if not found["year"] and moment > now + timedelta(days=1):
        moment = moment.replace(year=year - 1)
    if not 2001 <= moment.year <= 2096:  # noqa: PLR2004 - as for epoch seconds of ten digits
        raise ValueError(moment.year)
    return moment


def _zone(text: str | None) -> timezone:
    if not text:
        return SHANGHAI
    if text[0] not in "+-":
        return UTC
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(offset if text[0] == "+" else -offset)


def _milliseconds(found: re.Match[str]) -> int:
    return int((found["fraction"] or "").ljust(3, "0")[:3])


def _width(found: re.Match[str]) -> int:
    if found["fraction"]:
        return 1
    if found["second"]:
        return SECOND
    return MINUTE if found["hour"] else DAY


def _read_relative(text: str, now_ms: int) -> Interval | None:
    if text in {"刚刚", "刚才", "几秒前", "片刻前"}:
        return Interval(now_ms - MINUTE, now_ms + 1, "stated")
    if ago := _AGO.fullmatch(text):
        return _read_ago(int(ago[1]), ago[2], now_ms)
    if word := _DAY_WORD.fullmatch(text):
        return _read_day_word(word, now_ms)
    return None


def _read_ago(count: int, unit: str, now_ms: int) -> Interval:
    """``N units ago``: whole units gone by, or, from days on, calendar days: whichever is wider."""
    width, slack = _UNITS[unit], _SLACK.get(unit, 0)
    from_ms = now_ms - (count + 1) * width - slack * (count + 1)
    to_ms = now_ms - count * width + slack * count + 1
    if width >= DAY:
        to_ms = max(to_ms, _midnight(to_ms) + DAY)
    return Interval(from_ms, min(to_ms, now_ms + 1), "stated")


def _read_day_word(found: re.Match[str], now_ms: int) -> Interval | None:
    day = _midnight(now_ms) - _DAY_WORDS[found[1]] * DAY
    if not found[2]:
        return _known(day, DAY)
    hour, minute = int(found[2]), int(found[3] or 0)
    if hour > 23 or minute > 59 or not found[3]:  # noqa: PLR2004 - the clock
        return None
    return _known(day + hour * HOUR + minute * MINUTE, MINUTE)


def _midnight(moment_ms: int) -> int:
    """The beginning of the local day."""
    return moment_ms - (moment_ms + 8 * HOUR) % DAY


def _known(from_ms: int, width: int) -> Interval:
    return Interval(from_ms, from_ms + width, "stated")
