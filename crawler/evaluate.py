"""Is that allowed? Rules and a policy applied to facts; pure, so that old nights can be judged again by a new policy.

Verdicts are three-valued: a case is a violation where any rule is broken, else undetermined where any rule cannot
tell, else allowed.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import TypeAlias

from crawler import shelf
from crawler.errors import PolicyError
from crawler.reading.policy import EVER, Policy
from crawler.shapes import Case, Judge, Judgement, Rule
from storage.records import Destination, Interval, SightingFacts, Verdict, VerdictValue

PERMITTED = "permitted"
"""The rule named by the one verdict of a case that breaks none."""

COMMON = (
    "store_type",
    "confidence",
    "reached",
    "platform",
    "kind",
    "scope",
    "site",
    "surface",
    "found_in",
    "resolution_outcome",
    "place",
    "span",
    "stands",
    "stores",
)
"""What a rule may read of a case without saying so: cases alike in these are judged once. Times count as alike
where no moment of the policy lies between them."""

MOST_KINDS = 200_000
"""Bound on remembered kinds of cases, far above what a policy can tell apart."""

Opinion: TypeAlias = tuple[str, Judgement, str, str]
"""What is said of a case: rule, judgement, severity, clause."""

LONGEST_QUOTE = 80


def load_rules() -> dict[str, Rule]:
    """Every rule on the shelf, by its stem."""
    return shelf.load("crawler.rules", "RULE", Rule)


def evaluate(cases: Iterable[Case], policy: Policy, rules: Mapping[str, Rule]) -> Iterator[Verdict]:
    """Judge cases, one after the other, in memory that does not grow with their number.

    Args:
        cases: sightings with what is known of them.
        policy: what is allowed.
        rules: the shelf of rules, by stem.

    Yields:
        For each case a verdict per broken rule (``violation``) and per rule that cannot tell (``undetermined``),
        or a single ``allowed`` one of the rule ``permitted``. Cases on sites that the policy is not about have none.

    Raises:
        PolicyError: the policy names a rule that is not on the shelf.
    """
    bench = Bench(policy, rules)
    for case in cases:
        yield from bench.judge(case)


def cases(facts: Iterable[SightingFacts]) -> Iterator[Case]:
    """Sightings as the database gives them, as cases for the rules."""
    for row in facts:
        link = row.link
        yield Case(
            sighting_id=row.sighting_id,
            link_id=row.link_id,
            page_id=row.page_id,
            link_url=link.url,
            platform=link.platform,
            kind=link.kind,
            scope=link.scope,
            item_id=link.item_id,
            raw=row.raw,
            found_in=row.found_in,
            label=row.label,
            site=row.site,
            surface=row.surface,
            owner_id=row.owner_id,
            seen_ms=row.seen_ms,
            published=Interval(row.published_from_ms, row.published_to_ms, row.published_basis),
            resolution_outcome=link.outcome,
            hop_urls=link.hop_urls,
            destination=link.destination,
            earlier=link.earlier,
        )


def overall(verdicts: Iterable[VerdictValue]) -> VerdictValue:
    """The verdict of a case from those of its rules (Kleene's strong "or")."""
    values = set(verdicts)
    return "violation" if "violation" in values else "undetermined" if "undetermined" in values else "allowed"


def check_rules(policy: Policy, rules: Mapping[str, Rule]) -> None:
    """Raise ``PolicyError`` where the policy names a rule that nobody wrote: it would silently accuse nobody."""
    waived = [rule for waiver in policy.terms.exceptions for rule in waiver.rules]
    for name in (*policy.terms.rules, *waived):
        if name not in rules:
            close = get_close_matches(name, rules, n=1)
            cure = f"did you mean {close[0]!r}?" if close else f"known are: {', '.join(rules)}"
            raise PolicyError(f"policy {policy.name}: rules.{name}: there is no such rule; {cure}")


@dataclass(frozen=True, slots=True)
class Applied:
    """A rule as one policy applies it."""

    name: str
    judge: Judge
    severity: str
    clause: str
    surfaces: frozenset[str]
    reads_more: bool


def applied_rules(policy: Policy, rules: Mapping[str, Rule]) -> list[Applied]:
    """The rules that a policy applies: all on the shelf but those that it disables, or that wait to be enabled."""
    return [_apply(policy, name, rule) for name, rule in rules.items() if _is_enabled(policy, name, rule)]


def _is_enabled(policy: Policy, name: str, rule: Rule) -> bool:
    enabled = policy.setting(name).enabled
    return not rule.opt_in if enabled is None else enabled


def _apply(policy: Policy, name: str, rule: Rule) -> Applied:
    setting = policy.setting(name)
    severity, clause = setting.severity or rule.default_severity, setting.clause or ""
    return Applied(name, rule.judge, severity, clause, frozenset(setting.surfaces), bool(rule.reads))


class Bench:
    """A policy and its rules, ready to judge. Remembers what it said of cases that are alike in ``COMMON``."""

    def __init__(self, policy: Policy, rules: Mapping[str, Rule]) -> None:
        check_rules(policy, rules)
        self.policy = policy
        applied = applied_rules(policy, rules)
        self._common = [rule for rule in applied if not rule.reads_more]
        self._own = [rule for rule in applied if rule.reads_more]
        self._moments = policy.moments()
        self._sites = frozenset(policy.terms.sites)
        self._has_waivers = bool(policy.terms.exceptions)
        self._known: dict[Hashable, tuple[tuple[Opinion, ...], str]] = {}

    def judge(self, case: Case) -> list[Verdict]:
        """The verdicts of one case."""
        if self._sites and case.site not in self._sites:
            return []
        opinions, permission = self._alike(case)
        for rule in self._own:
            opinion = self._ask(rule, case)
            if opinion is not None:
                opinions = (*opinions, opinion)
        if self._has_waivers and opinions:
            opinions = tuple(opinion for opinion in opinions if self._waiver(opinion, case) is None)
        if not opinions:
            return [Verdict(sighting_id=case.sighting_id, rule=PERMITTED, verdict="allowed", reason=permission)]
        return [self._verdict(opinion, case) for opinion in opinions]

    def _alike(self, case: Case) -> tuple[tuple[Opinion, ...], str]:
        key = self._key(case)
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= MOST_KINDS:
                self._known.clear()
            opinions = tuple(opinion for rule in self._common if (opinion := self._ask(rule, case)) is not None)
            known = self._known[key] = (opinions, permission_words(case, self.policy))
        return known

    def _key(self, case: Case) -> Hashable:
        end, moments = case.destination, self._moments
        led = None if end is None else (end.platform, end.store_type, end.confidence)
        start, stop = case.span
        seen = bisect_right(moments, case.seen_ms) if case.seen_ms > 0 else -1
        return (
            bisect_right(moments, start),
            bisect_left(moments, stop),
            seen,
            led,
            case.platform,
            case.kind,
            case.scope,
            case.site,
            case.surface,
            case.found_in,
            case.resolution_outcome,
        )

    def _ask(self, rule: Applied, case: Case) -> Opinion | None:
        """What a rule holds against a case, where it holds anything."""
        judgement = rule.judge(case, self.policy)
        if judgement is None or judgement.broken is False:
            return None
        if rule.surfaces and case.surface not in rule.surfaces:
            return None
        clause = judgement.clause or self.policy.clause_of(judgement.term) or rule.clause
        return rule.name, judgement, rule.severity, clause

    def _waiver(self, opinion: Opinion, case: Case) -> object:
        end = case.destination
        shop_id, item_id = (end.shop_id, end.item_id or case.item_id) if end else (None, case.item_id)
        owner_id = case.owner_id
        return self.policy.waiver(opinion[0], shop_id=shop_id, item_id=item_id, owner_id=owner_id, ms=case.seen_ms)

    def _verdict(self, opinion: Opinion, case: Case) -> Verdict:
        name, judgement, severity, clause = opinion
        return Verdict(
            sighting_id=case.sighting_id,
            rule=name,
            verdict="violation" if judgement.broken else "undetermined",
            reason=reason_words(judgement.reason, case, self.policy),
            severity=severity,
            clause=clause,
        )


def permission_words(case: Case, policy: Policy) -> str:
    """Why a case that breaks no rule is allowed, in words that hold for all cases like it."""
    stores = case.stores(policy)
    if not stores:
        return "leads to no shop outside"
    store = next(iter(stores))
    if len(stores) > 1 or not policy.has_window(store, case.place):
        return "no rule of this policy is against it"
    term = policy.publishing(store, case.place).touched(*case.span)[0].term
    return f"{store}, published in {policy.window_words(term)} ({policy.zone.key})"


def reason_words(template: str, case: Case, policy: Policy) -> str:
    """A rule's reason with the case's own times and names in it, and the zone of those times at its end."""
    words, *filled = _parts(template)
    for name, literal in zip(filled[::2], filled[1::2], strict=True):
        words += FILLERS[name](case, policy) + literal
    return f"{words} ({policy.zone.key})" if TIMES.intersection(filled) else words


@lru_cache(maxsize=10_000)
def _parts(template: str) -> tuple[str, ...]:
    """Literal text and names of placeholders by turns; there are as many templates as there are outcomes of rules."""
    return tuple(PLACEHOLDER.split(template))


def _published_words(case: Case, policy: Policy) -> str:
    known = case.published.from_ms is not None or (case.published.to_ms or EVER) < case.seen_ms
    return policy.span(*case.span) if known else "at an unknown time"


def _seen_words(case: Case, policy: Policy) -> str:
    return policy.moment(case.seen_ms) if case.seen_ms > 0 else "an unknown time"


def shop_words(end: Destination | None) -> str:
    """A shop by its name and number, as far as they are known."""
    if end is None or not (end.shop_name or end.shop_id):
        return "the shop"
    number = f" (shop {end.shop_id})" if end.shop_name and end.shop_id else ""
    return (f"“{quote(end.shop_name)}”" if end.shop_name else f"shop {end.shop_id}") + number


def quote(text: str) -> str:
    """Text of a page for use within a sentence: one line, no control characters, not endless."""
    plain = "".join(sign if sign.isprintable() else " " for sign in text[: 2 * LONGEST_QUOTE])
    line = " ".join(plain.split())
    return line if len(line) <= LONGEST_QUOTE else line[: LONGEST_QUOTE - 1] + "…"


FILLERS: dict[str, Callable[[Case, Policy], str]] = {
    "published": _published_words,
    "seen": _seen_words,
    "shop": lambda case, _policy: shop_words(case.destination),
    "earlier_shop": lambda case, _policy: shop_words(case.earlier),
    "link": lambda case, _policy: quote(case.link_url),
    "label": lambda case, _policy: f"“{quote(case.label)}”",
    "outcome": lambda case, _policy: case.resolution_outcome.replace("_", " "),
}
TIMES = frozenset({"published", "seen"})
PLACEHOLDER = re.compile("{(" + "|".join(FILLERS) + ")}")
