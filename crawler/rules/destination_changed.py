"""A link must go on leading to the shop that it led to when it was first looked at."""

from __future__ import annotations

from crawler.reading.policy import Policy
from crawler.shapes import Case, Judgement, Rule
from storage.records import Destination


def judge(case: Case, _policy: Policy) -> Judgement | None:
    """Broken where both ends are known and differ in their shop, or are proved to differ in their store type."""
    if case.earlier is None or case.destination is None:
        return None
    if "unknown" in {case.earlier.store_type, case.destination.store_type}:
        return None
    changed = _changed(case.earlier, case.destination)
    words = "led to {earlier_shop}, now leads to {shop}"
    if changed is None:
        return Judgement.cannot_tell(f"{words}, perhaps another shop")
    return Judgement.breaks(words) if changed else Judgement.keeps("leads to {shop}, as before")


def _changed(before: Destination, now: Destination) -> bool | None:
    if before.platform == now.platform and before.shop_id and now.shop_id:
        return before.shop_id != now.shop_id
    if before.store_type == now.store_type:
        return None if _differ(before.shop_name, now.shop_name) else False
    return True if before.confidence == now.confidence == "proved" else None


def _differ(before: str | None, now: str | None) -> bool:
    return bool(before and now and before != now)


RULE = Rule(summary="links that lead to another shop than before", judge=judge, reads=("earlier", "destination"))
