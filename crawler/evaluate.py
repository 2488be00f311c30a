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
from operator import attrgetter
from typing import Any, NamedTuple, TypeAlias

from crawler import shelf
from crawler.errors import PolicyError
from crawler.reading.policy import EVER, Policy, moment_words
from crawler.shapes import Case, Judge, Judgement, Rule, span_of
from storage.records import Destination, LinkFacts, SightingFacts, Verdict, VerdictValue

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

MOST_REMEMBERED = 200_000
"""Bound on remembered links, and on kinds of cases: of those far more than a policy can tell apart."""

WHERE_FACTS_HAVE_IT = {
    "link_url": "link.url",
    "platform": "link.platform",
    "kind": "link.kind",
    "scope": "link.scope",
    "item_id": "link.item_id",
    "resolution_outcome": "link.outcome",
    "hop_urls": "link.hop_urls",
    "destination": "link.destination",
    "earlier": "link.earlier",
}
"""Fields of ``Case`` that stand elsewhere in ``SightingFacts``."""


Filler: TypeAlias = Callable[[SightingFacts, Policy], str]


class Template(NamedTuple):
    """A rule's reason: the words before the first placeholder, and each placeholder with the words after it."""

    first: str
    rest: list[tuple[Filler, str]]
    tells_times: bool


class Opinion(NamedTuple):
    """What a rule holds against a case."""

    rule: str
    verdict: VerdictValue
    reason: Template
    severity: str
    clause: str


Said: TypeAlias = tuple[tuple[Opinion, ...], str | None]
"""What is said of all cases of a kind, and why they are allowed otherwise; ``None``: the policy is not about them."""

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


def evaluate_many(facts: Iterable[SightingFacts], policy: Policy, rules: Mapping[str, Rule]) -> Iterator[list[Verdict]]:
    """The same as :func:`evaluate` for sightings as the database gives them, many times faster.

    Yields:
        The verdicts of each sighting.
    """
    return map(Memory(Bench(policy, rules)).judge, facts)


def cases(facts: Iterable[SightingFacts]) -> Iterator[Case]:
    """Sightings as the database gives them, as cases for the rules."""
    return map(case_of, facts)


def case_of(facts: SightingFacts) -> Case:
    """A sighting as the database gives it, as a case for the rules."""
    link = facts.link
    return Case(
        sighting_id=facts.sighting_id,
        link_id=facts.link_id,
        page_id=facts.page_id,
        link_url=link.url,
        platform=link.platform,
        kind=link.kind,
        scope=link.scope,
        item_id=link.item_id,
        raw=facts.raw,
        found_in=facts.found_in,
        label=facts.label,
        site=facts.site,
        surface=facts.surface,
        owner_id=facts.owner_id,
        seen_ms=facts.seen_ms,
        published=facts.published,
        resolution_outcome=link.outcome,
        hop_urls=link.hop_urls,
        destination=link.destination,
        earlier=link.earlier,
    )


def facts_of(case: Case) -> SightingFacts:
    """A case as the database gives it: the way back from :func:`case_of`."""
    published = case.published
    return SightingFacts(
        sighting_id=case.sighting_id,
        link_id=case.link_id,
        page_id=case.page_id,
        site=case.site,
        surface=case.surface,
        owner_id=case.owner_id,
        seen_ms=case.seen_ms,
        raw=case.raw,
        found_in=case.found_in,
        label=case.label,
        published_from_ms=published.from_ms,
        published_to_ms=published.to_ms,
        published_basis=published.basis,
        link=LinkFacts(
            url=case.link_url,
            platform=case.platform,
            kind=case.kind,
            scope=case.scope,
            item_id=case.item_id,
            outcome=case.resolution_outcome,
            hop_urls=case.hop_urls,
            destination=case.destination,
            earlier=case.earlier,
        ),
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
    reads: tuple[str, ...]
    concerns: Callable[..., bool] | None


def applied_rules(policy: Policy, rules: Mapping[str, Rule]) -> list[Applied]:
    """The rules that a policy applies: all on the shelf but those that it disables, or that wait to be enabled."""
    return [_apply(policy, name, rule) for name, rule in rules.items() if _is_enabled(policy, name, rule)]


def _is_enabled(policy: Policy, name: str, rule: Rule) -> bool:
    enabled = policy.setting(name).enabled
    return not rule.opt_in if enabled is None else enabled


def _apply(policy: Policy, name: str, rule: Rule) -> Applied:
    setting = policy.setting(name)
    severity, clause = setting.severity or rule.default_severity, setting.clause or ""
    return Applied(name, rule.judge, severity, clause, frozenset(setting.surfaces), rule.reads, rule.concerns)


class Bench:
    """A policy and its rules, ready to judge a case."""

    def __init__(self, policy: Policy, rules: Mapping[str, Rule]) -> None:
        check_rules(policy, rules)
        self.policy = policy
        self.rules = sorted(applied_rules(policy, rules), key=lambda rule: bool(rule.reads))
        self._sites = frozenset(policy.terms.sites)
        self._has_waivers = bool(policy.terms.exceptions)

    def judge(self, case: Case) -> list[Verdict]:
        """The verdicts of one case, of which every rule is asked."""
        if not self.is_about(case):
            return []
        opinions = self.ask(self.rules, case)
        return self.verdicts(opinions, facts_of(case)) or [
            permitted(case.sighting_id, permission_words(case, self.policy))
        ]

    def is_about(self, case: Case) -> bool:
        """Whether the policy has anything to do with the site of a case."""
        return not self._sites or case.site in self._sites

    def ask(self, rules: Iterable[Applied], case: Case) -> tuple[Opinion, ...]:
        """What rules hold against a case."""
        return tuple(opinion for rule in rules if (opinion := self._ask(rule, case)) is not None)

    def verdicts(self, opinions: Iterable[Opinion], facts: SightingFacts) -> list[Verdict]:
        """Opinions in the words of a sighting, without those from which it is excepted."""
        if self._has_waivers:
            opinions = [opinion for opinion in opinions if self._waiver(opinion, facts) is None]
        sighting_id, policy = facts.sighting_id, self.policy
        return [
            Verdict(sighting_id, rule, verdict, reason_words(reason, facts, policy), severity, clause)
            for rule, verdict, reason, severity, clause in opinions
        ]

    def _ask(self, rule: Applied, case: Case) -> Opinion | None:
        """What a rule holds against a case, where it holds anything."""
        judgement = rule.judge(case, self.policy)
        if judgement is None or judgement.broken is False:
            return None
        if rule.surfaces and case.surface not in rule.surfaces:
            return None
        has_begun = self._has_begun(case, judgement)
        if has_begun is False:
            return None
        clause = judgement.clause or self.policy.clause_of(judgement.term) or rule.clause
        value: VerdictValue = "violation" if judgement.broken and has_begun else "undetermined"
        reason = (
            judgement.reason if has_begun else f"{judgement.reason}; whether this policy had begun then is not certain"
        )
        return Opinion(rule.name, value, _template(reason), rule.severity, clause)

    def _has_begun(self, case: Case, judgement: Judgement) -> bool | None:
        """Whether what is judged could be forbidden yet; ``None`` where that is not certain.

        Who the shop is stays a question before the policy begins, where a ban with days of its own is on some that it
        may be.
        """
        begun = self.policy.has_begun(case.seen_ms, judgement.term)
        if begun is False and judgement.broken is None:
            return self.policy.banned(case.stores(self.policy), case.place, case.stands)[0] is not False
        return begun

    def _waiver(self, opinion: Opinion, facts: SightingFacts) -> object:
        end, item_id = facts.link.destination, facts.link.item_id
        shop_id, item_id = (end.shop_id, end.item_id or item_id) if end else (None, item_id)
        owner_id = facts.owner_id
        return self.policy.waiver(opinion.rule, shop_id=shop_id, item_id=item_id, owner_id=owner_id, ms=facts.seen_ms)


class Memory:
    """Remembers what a bench said, so that cases alike in ``COMMON`` are judged once.

    Rules that read more are asked of every case that concerns them; words that a case has of its own, such as
    times, are put in last.
    """

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._common = [rule for rule in bench.rules if not rule.reads]
        self._own = [_choosy(rule) for rule in bench.rules if rule.reads]
        self._moments = bench.policy.moments()
        self._links: dict[int, Known] = {}
        self._kinds: dict[Hashable, int] = {}
        self._said: dict[Hashable, Said] = {}

    def judge(self, facts: SightingFacts) -> list[Verdict]:
        """The verdicts of one sighting: those that :meth:`Bench.judge` gives."""
        sighting_id, _, _, site, surface, _, seen_ms, _, found_in, _, from_ms, to_ms, _, link = facts
        # A link is one object for all of its sightings, and is kept here, so that no other can have its id.
        _, kind, own = self._links.get(id(link)) or self._meet(link)
        start, stop = span_of(seen_ms, from_ms, to_ms)
        moments = self._moments
        seen = bisect_right(moments, seen_ms) if seen_ms > 0 else -1
        key = (kind, bisect_right(moments, start), bisect_left(moments, stop), seen, site, surface, found_in)
        opinions, permission = self._said.get(key) or self._learn(key, facts)
        if permission is None:
            return []
        for rule, concerns, read, _ in own:
            if concerns(*read(facts)):
                opinions += self._bench.ask((rule,), case_of(facts))
        verdicts = self._bench.verdicts(opinions, facts) if opinions else ()
        return verdicts or [permitted(sighting_id, permission)]

    def _meet(self, link: LinkFacts) -> Known:
        """Give a link the number of its kind, that is of all that is common to links that are alike."""
        if len(self._links) >= MOST_REMEMBERED:
            self._links.clear()
        end = link.destination
        led = None if end is None else (end.platform, end.store_type, end.confidence)
        kind = (led, link.platform, link.kind, link.scope, link.outcome)
        own = [choosy for choosy in self._own if choosy.may_concern(link)]
        known = self._links[id(link)] = Known(link, self._kinds.setdefault(kind, len(self._kinds)), own)
        return known

    def _learn(self, key: Hashable, facts: SightingFacts) -> Said:
        if len(self._said) >= MOST_REMEMBERED:
            self._said.clear()
        bench, case = self._bench, case_of(facts)
        permission = permission_words(case, bench.policy) if bench.is_about(case) else None
        said = self._said[key] = bench.ask(self._common, case), permission
        return said


class Known(NamedTuple):
    """A link that was met: the number of its kind, and the rules that may concern it apart from those for all."""

    link: LinkFacts
    kind: int
    own: list[Choosy]


class Choosy(NamedTuple):
    """A rule that tells by the fields that it reads whether a case concerns it; ``of_link``: all are its link's."""

    rule: Applied
    concerns: Callable[..., bool]
    read: Callable[[SightingFacts], tuple[object, ...]]
    of_link: Callable[[LinkFacts], tuple[object, ...]] | None

    def may_concern(self, link: LinkFacts) -> bool:
        """Whether any sighting of a link may concern the rule."""
        return self.of_link is None or self.concerns(*self.of_link(link))


def _choosy(rule: Applied) -> Choosy:
    if rule.concerns is None:
        return Choosy(rule, lambda: True, lambda _facts: (), None)
    names = [WHERE_FACTS_HAVE_IT.get(name, name) for name in rule.reads]
    is_of_link = all(name.startswith("link.") for name in names)
    of_link = _values([name.removeprefix("link.") for name in names]) if is_of_link else None
    return Choosy(rule, rule.concerns, _values(names), of_link)


def _values(names: list[str]) -> Callable[[Any], tuple[object, ...]]:
    read = attrgetter(*names)
    return read if len(names) > 1 else lambda facts: (read(facts),)


def permitted(sighting_id: str, reason: str) -> Verdict:
    """The one verdict of a case that breaks nothing."""
    return Verdict(sighting_id, PERMITTED, "allowed", reason)


def permission_words(case: Case, policy: Policy) -> str:
    """Why a case that breaks no rule is allowed, in words that hold for all cases like it."""
    if policy.has_begun(case.seen_ms) is False:
        return f"no rule of this policy was against it before it began ({policy.terms.begins})"
    stores = case.stores(policy)
    if not stores:
        return "leads to no shop outside"
    store = next(iter(stores))
    if len(stores) > 1 or not policy.has_window(store, case.place):
        return "no rule of this policy is against it"
    term = policy.publishing(store, case.place).touched(*case.span)[0].term
    return f"{store}, published in {policy.window_words(term)} ({policy.zone.key})"


def reason_words(reason: Template, facts: SightingFacts, policy: Policy) -> str:
    """A rule's reason with the sighting's own times and names in it, and the zone of those times at its end."""
    words, rest, tells_times = reason
    for fill, literal in rest:
        words += fill(facts, policy) + literal
    return f"{words} ({policy.zone.key})" if tells_times else words


@lru_cache(maxsize=10_000)
def _template(reason: str) -> Template:
    """Taken apart; there are as many reasons as there are outcomes of rules."""
    first, *rest = PLACEHOLDER.split(reason)
    names = rest[::2]
    filled = zip([FILLERS[name] for name in names], rest[1::2], strict=True)
    return Template(first, list(filled), bool(TIMES.intersection(names)))


def _published_words(facts: SightingFacts, policy: Policy) -> str:
    seen_ms, from_ms, to_ms = facts.seen_ms, facts.published_from_ms, facts.published_to_ms
    known = from_ms is not None or (to_ms or EVER) < seen_ms
    return policy.span(*span_of(seen_ms, from_ms, to_ms)) if known else "at an unknown time"


def _seen_words(facts: SightingFacts, policy: Policy) -> str:
    return _moment(facts.seen_ms - facts.seen_ms % 1000, policy.zone) if facts.seen_ms > 0 else "an unknown time"


_moment = lru_cache(maxsize=1000)(moment_words)
"""What stands on one page was seen at one moment."""


def shop_words(end: Destination | None) -> str:
    """A shop by its name and number, as far as they are known."""
    if end is None or not (end.shop_name or end.shop_id):
        return "the shop"
    number = f" (shop {end.shop_id})" if end.shop_name and end.shop_id else ""
    return (f"“{quote(end.shop_name)}”" if end.shop_name else f"shop {end.shop_id}") + number


def quote(text: str) -> str:
    """Text of a page for use within a sentence: one line, no control characters, not endless."""
    plain = text[: 2 * LONGEST_QUOTE]
    if not plain.isprintable():
        plain = "".join(sign if sign.isprintable() else " " for sign in plain)
    line = " ".join(plain.split())
    return line if len(line) <= LONGEST_QUOTE else line[: LONGEST_QUOTE - 1] + "…"


FILLERS: dict[str, Filler] = {
    "published": _published_words,
    "seen": _seen_words,
    "shop": lambda facts, _policy: shop_words(facts.link.destination),
    "earlier_shop": lambda facts, _policy: shop_words(facts.link.earlier),
    "link": lambda facts, _policy: quote(facts.link.url),
    "label": lambda facts, _policy: f"“{quote(facts.label)}”",
    "outcome": lambda facts, _policy: facts.link.outcome.replace("_", " "),
}
TIMES = frozenset({"published", "seen"})
PLACEHOLDER = re.compile("{(" + "|".join(FILLERS) + ")}")
