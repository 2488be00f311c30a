"""The life of a violation: what its status becomes after a night, and what a person's decision does to it. Pure."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from crawler.reading.policy import moment_words
from storage.records import Observation, Step

ZONE = ZoneInfo("Asia/Shanghai")
"""Times in reasons are told as the people who read them see them."""


def next_status(seen: Observation) -> Step | None:
    """What a run makes of a violation.

    It is resolved only where the same page was seen whole without the link, or where the link no longer breaks the
    rule. A page that was not seen proves nothing, and a doubt neither opens nor closes anything.

    Returns:
        ``None`` where there is no violation: none was known and none was found.
    """
    match seen.verdict:
        case "violation":
            return _seen_again(seen)
        case "undetermined":
            return _doubted(seen)
        case "allowed":
            return _allowed(seen)
        case None:
            return _not_seen(seen)


def next_status_of_void_night(seen: Observation) -> Step | None:
    """What a void night makes of a violation: it opens nothing and clears nothing, whatever its pages seemed to show.

    Returns:
        ``None`` where no violation was known before.
    """
    if seen.status is None or seen.status == "resolved":
        return _as_it_was(seen)
    if seen.verdict is None and not seen.is_whole:
        return _not_seen(seen)
    return Step("not_observed", f"the night is void and proves nothing; last seen before {_at(seen.last_seen_ms)}")


def _seen_again(seen: Observation) -> Step:
    if seen.status is None:
        return Step("new", seen.reason)
    if seen.status == "resolved":
        return Step("reopened", f"back after it was resolved: {seen.reason}")
    return Step("ongoing", seen.reason)


def _doubted(seen: Observation) -> Step | None:
    if seen.status is None or seen.status == "resolved":
        return _as_it_was(seen)
    return Step("ongoing", f"the link is still there, but this can no longer be told for sure: {seen.reason}")


def _allowed(seen: Observation) -> Step | None:
    if seen.status is None or seen.status == "resolved":
        return _as_it_was(seen)
    return Step("resolved", f"the link is there {_at(seen.looked_ms)}, but no longer breaks the rule")


def _not_seen(seen: Observation) -> Step | None:
    if seen.status is None or seen.status == "resolved":
        return _as_it_was(seen)
    if seen.is_whole:
        return Step("resolved", f"the page was seen whole {_at(seen.looked_ms)}, without the link")
    return Step("not_observed", f"{_why_unseen(seen)}; the link was last seen there {_at(seen.last_seen_ms)}")


def _as_it_was(seen: Observation) -> Step | None:
    return None if seen.status is None else Step(seen.status, "nothing new")


def _why_unseen(seen: Observation) -> str:
    if seen.page_outcome is None:
        return "the page was not looked at"
    if seen.page_outcome == "ok":
        return "the product area of the page was not seen"
    words = seen.page_outcome.replace("_", " ")
    return f"the page was not seen ({words}{': ' + seen.detail if seen.detail else ''})"


def _at(ms: int | None) -> str:
    return "at an unknown time" if ms is None else f"at {moment_words(ms, ZONE)} ({ZONE.key})"
