"""A commerce platform for which the policy opens no window may not be linked, whoever the shop there is."""

from __future__ import annotations

from crawler.reading.policy import Policy
from crawler.shapes import Case, Judgement, Rule

RULED_ELSEWHERE = frozenset({"taobao_personal", "taobao_enterprise", "jd_pop"})


def judge(case: Case, policy: Policy) -> Judgement | None:
    """Broken where every shop that the platform can hold is banned: then it need not be known which one it is."""
    stores = case.stores(policy)
    if not stores or stores <= RULED_ELSEWHERE:
        return None
    broken, term = policy.banned(stores, case.place, case.stands)
    if broken is None and len(stores) > 1:
        return None  # which shop it is decides; that question is unresolvable_link's
    words = f"a shop on {case.reached}, a platform that is not permitted, on the shelf at {{seen}}"
    if broken is None:
        return Judgement.cannot_tell(f"{words}, when it is not certain that the ban held", term=term)
    return Judgement.breaks(words, term=term) if broken else None


RULE = Rule(summary="links to platforms that are not permitted", judge=judge)
