"""A link to a permitted shop may not be published after its window closed."""

from __future__ import annotations

from crawler.reading.policy import Policy, Segment
from crawler.shapes import Case, Judgement, Rule


def judge(case: Case, policy: Policy) -> Judgement | None:
    """Broken where the whole publish interval lies after the last window: it stays closed until another is written."""
    store = case.windowed_store(policy)
    if store is None:
        return None
    touched = policy.publishing(store, case.place).touched(*case.span)
    late = [segment for segment in touched if _is_late(segment)]
    if not late:
        return None
    term = late[0].last if late[0].state == "closed" else late[0].term
    window = policy.window_words(term)
    if any(segment.state == "disputed" for segment in late):
        return Judgement.cannot_tell(
            f"published {{published}}; whether {window} was open then is not certain", term=term
        )
    if late == list(touched):
        return Judgement.breaks(f"published {{published}}, after {window}", term=term)
    return Judgement.cannot_tell(f"published {{published}}, perhaps after {window}", term=term)


def _is_late(segment: Segment) -> bool:
    return segment.state in {"disputed", "closed"} and bool(segment.last) and not segment.next


RULE = Rule(summary="links published after their window closed", judge=judge)
