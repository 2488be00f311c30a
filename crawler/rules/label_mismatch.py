"""The words beside a link may not claim another kind of shop than the one that it leads to."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from crawler.reading.policy import Policy
from crawler.shapes import Case, Judgement, Rule

TAOBAO = frozenset({"tmall", "tmall_global", "taobao_personal", "taobao_enterprise"})
CLAIMS = (
    ("京东自营", frozenset({"jd_self_operated"})),
    ("天猫", frozenset({"tmall", "tmall_global"})),
    ("tmall", frozenset({"tmall", "tmall_global"})),
    ("京东", frozenset({"jd_self_operated", "jd_pop"})),
    ("淘宝", TAOBAO | {"taobao_unspecified"}),
)
"""Words that claim a shop, the narrowest first, and the store types of which they are true."""

WORDS = "|".join(word for word, _ in CLAIMS)
COMPARED = re.compile(rf"(?:{WORDS})(?:同款|同价|比价|代购|价|品质)|(?:比|非|不是|同|像|低于|对标|平替)(?:{WORDS})")
"""What mentions a shop without claiming to be it: "as on Tmall", "cheaper than JD"."""


class Claim(NamedTuple):
    """A word of a label, the store types of which it is true, and whether it may only compare."""

    word: str
    true_of: frozenset[str]
    compared: bool


def judge(case: Case, policy: Policy) -> Judgement | None:
    """Broken where a plain claim is proved untrue; a question where the words may only compare."""
    claim = claim_of(case.label)
    if claim is None or case.store_type == "unknown":
        return None
    word, true_of, compared = claim
    if case.store_type in true_of:
        return Judgement.keeps(f"the label says {word}, and so it is")
    words = f"the label {{label}} claims {word}, but {{shop}} is of type {case.store_type}"
    if not policy.believes(case.confidence):
        return Judgement.cannot_tell(f"{words}, which is likely, not proved")
    if compared:
        return Judgement.cannot_tell(f"{words}; the words may only compare")
    return Judgement.breaks(words)


@lru_cache(maxsize=100_000)
def claim_of(label: str) -> Claim | None:
    """The narrowest claim in a label, and whether its words may only compare. Labels come as often as links."""
    plain = label if unicodedata.is_normalized("NFKC", label) else unicodedata.normalize("NFKC", label)
    plain = plain.casefold()
    for word, true_of in CLAIMS:
        if word in plain:
            return Claim(word, true_of, compared=bool(COMPARED.search(plain)))
    return None


RULE = Rule(
    summary="labels that claim another kind of shop",
    judge=judge,
    default_severity="minor",
    reads=("label",),
    concerns=lambda label: claim_of(label) is not None,
)
