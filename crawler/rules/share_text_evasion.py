"""A link may not be carried past the cart's check as a password token (口令) or a QR code."""

from __future__ import annotations

from crawler.reading.policy import NOT_A_PLATFORM, Policy
from crawler.shapes import Case, Judgement, Rule


def judge(case: Case, policy: Policy) -> Judgement | None:
    """Broken where the token or code belongs to a commerce platform; a question where nobody can tell whose it is."""
    carrier = _carrier(case)
    stores = case.stores(policy)
    if carrier is None or not stores:
        return None
    if case.reached in NOT_A_PLATFORM or (case.scope in {"unresolved", "wrapper"} and case.destination is None):
        return Judgement.cannot_tell(f"{carrier} is shown at {{seen}}, but what it leads to is not known")
    return Judgement.breaks(f"{carrier} for {case.reached} is shown at {{seen}}, where the cart's check does not reach")


def _carrier(case: Case) -> str | None:
    if case.kind == "password_token":
        return "a password token"
    return "a QR code" if case.found_in == "qr_code" else None


RULE = Rule(summary="password tokens and QR codes that go round the cart", judge=judge)
