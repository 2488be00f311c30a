"""Publish times as pages print them, and what a careful reader may conclude from each form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8))
_SECOND = 1000
_MINUTE, _DAY = 60 * _SECOND, 86_400 * _SECOND
_PRECISION_MS = {
    "ms": 1,
    "digits": 1,
    "s": _SECOND,
    "text": _SECOND,
    "utc": _SECOND,
    "minute": _MINUTE,
    "slash": _MINUTE,
    "words": _MINUTE,
    "day": _DAY,
}
_LAYOUT = {"text": "%Y-%m-%d %H:%M:%S", "minute": "%Y-%m-%d %H:%M", "day": "%Y-%m-%d", "slash": "%Y/%m/%d %H:%M"}


@dataclass(frozen=True, slots=True)
class When:
    """A publish time.

    Attributes:
        printed: what stands in the item's field: epoch milliseconds or seconds, local text, ``3小时前``, or ``None``.
        from_ms, to_ms: the moments it may mean, ``[from_ms, to_ms)``; ``None`` where nothing is said.
        is_recent: said in relation to the visit ("3小时前"), hence long after every window of the policy.
    """

    printed: int | str | None
    from_ms: int | None = None
    to_ms: int | None = None
    is_recent: bool = False


UNKNOWN = When(None)


def when(spec: str) -> When:
    """Read ``FORM:MOMENT`` of the declaration.

    Args:
        spec: ``-`` (nothing is printed), ``rel:3小时前``, or one of the forms ``ms digits s text utc minute slash words
            day`` with an ISO moment, local (+08:00) unless it says otherwise.
    """
    if spec == "-":
        return UNKNOWN
    form, _, moment = spec.partition(":")
    if form == "rel":
        return When(moment, is_recent=True)
    at = _moment(moment)
    start = round(at.timestamp() * 1000)
    return When(_printed(form, at, start), start, start + _PRECISION_MS[form])


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at.astimezone(SHANGHAI) if at.tzinfo else at.replace(tzinfo=SHANGHAI)


def _printed(form: str, at: datetime, start: int) -> int | str:
    if form == "ms":
        return start
    if form == "digits":
        return str(start)
    if form == "utc":
        return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if form == "words":
        return f"{at.year}年{at.month}月{at.day}日 {at.hour}:{at.minute:02d}"
    return start // 1000 if form == "s" else at.strftime(_LAYOUT[form])
