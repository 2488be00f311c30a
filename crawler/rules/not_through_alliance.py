"""A permitted shop may be linked only through its commission alliance (such as 淘宝联盟).

Asked only where the policy says ``enabled = true``.
"""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from crawler.reading.policy import Alliance, Policy
from crawler.shapes import Case, Judgement, Rule


def judge(case: Case, policy: Policy) -> Judgement | None:
    """Kept where any hop is the alliance's own or carries a promoter's number; a question where no end was reached."""
    stores = case.stores(policy)
    alliances = [alliance for alliance in policy.terms.alliances.values() if stores & set(alliance.stores)]
    if len(stores) != 1 or not alliances:
        return None
    urls = (case.link_url, case.raw, *case.hop_urls)
    if any(_passes(url, alliance) for alliance in alliances for url in urls):
        return Judgement.keeps("the link goes through the alliance")
    if case.resolution_outcome != "resolved":
        return Judgement.cannot_tell("the link to {shop} could not be followed ({outcome}), so its road is not known")
    return Judgement.breaks("the link to {shop} does not go through the alliance")


def _passes(url: str, alliance: Alliance) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    words = re.split(r"\W+", unquote(parts.query))
    return host in alliance.hosts or any(word.startswith(prefix) for prefix in alliance.pid_prefixes for word in words)


RULE = Rule(
    summary="links to permitted shops that go round their alliance",
    judge=judge,
    default_severity="minor",
    opt_in=True,
    reads=("link_url", "raw", "hop_urls"),
)
