"""A link must go on leading to the shop that it led to when it was first looked at.

It is held against that first shop every night: a link that was switched stays at fault for as long as it leads
elsewhere, and not on the one night on which it changed. Leading back to the first shop mends it; whoever finds the
change in order says so by a review. Nights on which nobody could tell where it led are passed over.
"""

from __future__ import annotations

from crawler.reading.policy import Policy
from crawler.shapes import Case, Judgement, Rule
from storage.records import Destination


def judge(case: Case, _policy: Policy) -> Judgement | None:
    """Broken where both ends are known and differ in their shop, or are proved to differ in their store type."""
    if case.earlier is None or case.earlier.store_type == "unknown":
        return None
    if case.destination is None or case.destination.store_type == "unknown":
        return Judgement.cannot_tell("led to {earlier_shop} when it was first looked at; where now is not known")
    changed = _changed(case.earlier, case.destination)
    words = "led to {earlier_shop} when it was first looked at, now leads to {shop}"
    if changed is None:
        return Judgement.cannot_tell(f"{words}, perhaps another shop")
    return Judgement.breaks(words) if changed else Judgement.keeps("leads to {shop}, as when it was first looked at")


def _changed(before: Destination, now: Destination) -> bool | None:
    if before.platform == now.platform and before.shop_id and now.shop_id:
        return before.shop_id != now.shop_id
    if before.store_type == now.store_type:
        return None if _differ(before.shop_name, now.shop_name) else False
    return True if before.confidence == now.confidence == "proved" else None


def _differ(before: str | None, now: str | None) -> bool:
    return bool(before and now and before != now)


RULE = Rule(
    summary="links that lead to another shop than before",
    judge=judge,
    reads=("earlier", "destination"),
    concerns=lambda earlier, _destination: earlier is not None,
)
