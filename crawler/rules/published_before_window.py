"""A link to a permitted shop may not be published before its window opens."""

from __future__ import annotations

from crawler.reading.policy import Policy, Segment
from crawler.shapes import Case, Judgement, Rule


def judge(case: Case, policy: Policy) -> Judgement | None:
    """Broken where the whole publish interval lies in closed time with a window still to come."""
    store = case.windowed_store(policy)
    if store is None:
        return None
    touched = policy.publishing(store, case.place).touched(*case.span)
    early = [segment for segment in touched if _is_early(segment)]
    if not early:
        return None
    term = early[-1].next if early[-1].state == "closed" else early[-1].term
    window = policy.window_words(term)
    if any(segment.state == "disputed" for segment in early):
        return Judgement.cannot_tell(
            f"published {{published}}; whether {window} was open then is not certain", term=term
        )
    if early == list(touched):
        return Judgement.breaks(f"published {{published}}, before {window}", term=term)
    return Judgement.cannot_tell(f"published {{published}}, perhaps before {window}", term=term)


def _is_early(segment: Segment) -> bool:
    if segment.state == "disputed":
        return bool(segment.next) or not segment.last
    return segment.state == "closed" and bool(segment.next)


RULE = Rule(summary="links published before their window opened", judge=judge)
