"""A Taobao enterprise store or a third-party (POP) store on JD may not be linked, whenever the link was published."""

from __future__ import annotations

from crawler.reading.policy import Policy
from crawler.shapes import Case, Judgement, Rule

THIRD_PARTY = {
    "taobao_enterprise": "a Taobao enterprise store",
    "taobao_unspecified": "a Taobao seller outside Tmall (a person or an enterprise, neither permitted)",
    "jd_pop": "a third-party (POP) store on JD",
}


def judge(case: Case, policy: Policy) -> Judgement | None:
    """A Taobao seller who is proved to be outside Tmall breaks this, whichever of the two it is."""
    what = THIRD_PARTY.get(case.store_type)
    if what is None:
        return None
    worlds = policy.possible_stores(case.store_type, "proved", case.reached, case.scope)
    broken, term = policy.banned(worlds, case.place, case.stands)
    if broken is False:
        return None
    if not policy.believes(case.confidence):
        return Judgement.cannot_tell(f"{{shop}} is likely {what}, but that is not proved", term=term)
    unsure = "" if broken else ", when it is not certain that the ban held"
    return Judgement(broken=broken, reason=f"{{shop}} is {what}, on the shelf at {{seen}}{unsure}", term=term)


RULE = Rule(summary="links to third-party sellers on Taobao and JD", judge=judge)
