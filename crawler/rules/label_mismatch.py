"""The words beside a link may not claim another kind of shop than the one that it leads to."""

from __future__ import annotations

import re
import unicodedata

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


def judge(case: Case, policy: Policy) -> Judgement | None:
    """Broken where a plain claim is proved untrue; a question where the words may only compare."""
    label = unicodedata.normalize("NFKC", case.label).casefold()
    claim = next(((word, true_of) for word, true_of in CLAIMS if word in label), None)
    if claim is None or case.store_type == "unknown":
        return None
    word, true_of = claim
    if case.store_type in true_of:
        return Judgement.keeps(f"the label says {word}, and so it is")
    words = f"the label {{label}} claims {word}, but {{shop}} is of type {case.store_type}"
    if not policy.believes(case.confidence):
        return Judgement.cannot_tell(f"{words}, which is likely, not proved")
    if COMPARED.search(label):
        return Judgement.cannot_tell(f"{words}; the words may only compare")
    return Judgement.breaks(words)


RULE = Rule(summary="labels that claim another kind of shop", judge=judge, default_severity="minor", reads=("label",))
