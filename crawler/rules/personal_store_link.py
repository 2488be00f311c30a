"""A Taobao personal store (淘宝个人店铺) may not be linked at all, whenever the link was published."""

from __future__ import annotations

from crawler.reading.policy import Policy
from crawler.shapes import Case, Judgement, Rule

EITHER = frozenset({"taobao_personal", "taobao_enterprise"})


def judge(case: Case, policy: Policy) -> Judgement | None:
    """Broken on proof only: a seller that may be a person or an enterprise is a question for a reviewer."""
    stores = case.stores(policy)
    if "taobao_personal" not in stores:
        return None
    broken, term = policy.banned(frozenset({"taobao_personal"}), case.place, case.stands)
    if broken is False:
        return None
    if stores == {"taobao_personal"}:
        words = "{shop} is a Taobao personal store, on the shelf at {seen}"
        unsure = "" if broken else ", when it is not certain that the ban held"
        return Judgement(broken=broken, reason=words + unsure, term=term)
    if stores == EITHER:
        words = "{shop} is a Taobao seller, but whether a person or an enterprise is not known"
        return Judgement.cannot_tell(words, term=term)
    if case.store_type == "taobao_personal":
        return Judgement.cannot_tell("{shop} is likely a Taobao personal store, but that is not proved", term=term)
    return None


RULE = Rule(summary="links to Taobao personal stores", judge=judge, default_severity="critical")
