"""A link must show where it leads: no host posing as a shop's, no user-info trick, no invisible characters in it."""

from __future__ import annotations

import re

from crawler.reading.lookalike import is_proved
from crawler.reading.policy import Policy
from crawler.reading.url import parse_url
from crawler.shapes import Case, Judgement, Rule

INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
)
"""Characters that take no room on the screen, among them those that turn the direction of writing."""

ODD = frozenset({"lookalike", "hostile", "suspicious"})
FULL_WIDTH = re.compile("[\uff01-\uff5e\u3002\uff61]")
ADDRESS = re.compile(r"[A-Za-z\uff21-\uff5a][\w+.\-\uff0e]*[:\uff1a][/\uff0f\\]{2}[^/\uff0f?#\s]*")
"""The scheme and authority of an address as it stood: what says where it leads."""


def judge(case: Case, _policy: Policy) -> Judgement | None:
    """Broken by what stands in the address; full-width signs may be a typing habit, so they are a question."""
    if case.scope == "lookalike":
        return _like(case)
    if case.scope in ODD:
        return _odd(case)
    if case.raw.isascii():
        return None
    authority = ADDRESS.search(case.raw)
    if authority and INVISIBLE.search(authority[0]):
        return Judgement.breaks("the address of {link} holds invisible characters on the page")
    if authority and FULL_WIDTH.search(authority[0]):
        return Judgement.cannot_tell("the address of {link} is written in full-width signs on the page")
    return None


def _like(case: Case) -> Judgement:
    """Proof is a shop's whole domain in somebody else's host; a brand word may be the brand's own, or anybody's."""
    if is_proved(parse_url(case.link_url)):
        return Judgement.breaks("{link} looks like a known platform, but its host belongs to somebody else")
    return Judgement.cannot_tell("the host of {link} only resembles a platform's; ask whose it is before it is blamed")


def _odd(case: Case) -> Judgement | None:
    authority = case.link_url.partition("//")[2].partition("/")[0]
    if "@" in authority or "\\" in authority:
        return Judgement.breaks("{link} names one host and leads to another (user-info or backslash before the host)")
    return Judgement.cannot_tell("the address {link} is built oddly; look where it leads before anybody follows it")


RULE = Rule(
    summary="links that pretend to lead elsewhere",
    judge=judge,
    default_severity="critical",
    reads=("raw", "link_url", "scope"),
    concerns=lambda raw, _link_url, scope: scope in ODD or not raw.isascii(),
)
