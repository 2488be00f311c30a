"""A link may not stay on the shelf after its window closed and the days of grace are over."""

from __future__ import annotations

from crawler.reading.policy import Policy
from crawler.shapes import Case, Judgement, Rule


def judge(case: Case, policy: Policy) -> Judgement | None:
    """Broken by standing there, so that an unknown publish time excuses nothing.

    A link that was surely published outside every window is not this fault but that one.
    """
    store = case.windowed_store(policy)
    if store is None:
        return None
    touched = policy.shelf(store, case.place).touched(*case.stands)
    states = {segment.state for segment in touched}
    if states == {"free"} or _was_published_outside(case, policy, store):
        return None
    term = next(segment.term for segment in touched if segment.state != "free")
    window = policy.window_words(term)
    if states == {"banned"}:
        words = f"still on the shelf at {{seen}}, after {window} closed; published {{published}}"
        return Judgement.breaks(words, term=term)
    return Judgement.cannot_tell(
        f"on the shelf at {{seen}}; whether {window} still allowed it cannot be told", term=term
    )


def _was_published_outside(case: Case, policy: Policy, store: str) -> bool:
    return all(segment.state == "closed" for segment in policy.publishing(store, case.place).touched(*case.span))


RULE = Rule(summary="links still on the shelf after their window closed", judge=judge, default_severity="minor")
