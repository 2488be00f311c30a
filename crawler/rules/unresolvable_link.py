"""Where a link leads, and whose shop that is, must be knowable; where it is not, that is a question, no accusation."""

from __future__ import annotations

from crawler.reading.policy import Policy
from crawler.shapes import Case, Judgement, Rule

RULED_BY_THEIR_TYPE = frozenset({"taobao_personal", "taobao_enterprise", "taobao_unspecified", "jd_pop"})


def judge(case: Case, policy: Policy) -> Judgement | None:
    """Asked where the verdict hangs on the shop: some that it may be are allowed here and some are not."""
    stores = case.stores(policy)
    if len(stores) <= 1 or case.store_type in RULED_BY_THEIR_TYPE:
        return None
    if policy.banned(stores, case.place, case.stands)[0] or all(_is_allowed(store, case, policy) for store in stores):
        return None
    broken = True if policy.terms.unresolvable == "violation" else None
    return Judgement(broken=broken, reason=_reason(case))


def _is_allowed(store: str, case: Case, policy: Policy) -> bool:
    banned, _ = policy.banned(frozenset({store}), case.place, case.stands)
    published = policy.publishing(store, case.place).touched(*case.span)
    listed = policy.shelf(store, case.place).touched(*case.stands)
    in_time = all(segment.state == "open" for segment in published) and all(
        segment.state == "free" for segment in listed
    )
    return banned is False and (in_time or not policy.has_window(store, case.place))


def _reason(case: Case) -> str:
    if case.store_type != "unknown":
        return f"{{shop}} is likely of type {case.store_type}, but that is not proved"
    if case.resolution_outcome == "resolved":
        return f"the link leads to {case.reached}, but the page there does not show whose shop it is"
    return "the link could not be followed to a shop ({outcome})"


RULE = Rule(summary="links of which the shop cannot be known", judge=judge, default_severity="info")
