"""A link may not be carried past the cart's check as a password token (口令) or a QR code."""

from __future__ import annotations

from crawler.reading.policy import NOT_A_PLATFORM, Policy
from crawler.shapes import Case, Judgement, Rule

CARRIERS = {"password_token": "a password token", "qr_code": "a QR code"}
LEADS_ELSEWHERE = frozenset({"unresolved", "wrapper"})


def judge(case: Case, policy: Policy) -> Judgement | None:
    """Broken where the token or code belongs to a commerce platform; a question where nobody can tell whose it is."""
    carrier = CARRIERS.get(case.kind) or CARRIERS.get(case.found_in)
    if carrier is None or not case.stores(policy):
        return None
    if not _is_a_platforms(case):
        return Judgement.cannot_tell(f"{carrier} is shown at {{seen}}, but what it leads to is not known")
    words = f"{carrier} for {case.reached} is shown at {{seen}}, where the cart's check does not reach"
    return Judgement.breaks(words)


def _is_a_platforms(case: Case) -> bool:
    """A token shows by its form whose it is; a short link in a QR code only by its end."""
    if case.reached in NOT_A_PLATFORM:
        return False
    return case.kind == "password_token" or case.destination is not None or case.scope not in LEADS_ELSEWHERE


RULE = Rule(summary="password tokens and QR codes that go round the cart", judge=judge)
