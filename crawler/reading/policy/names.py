"""Names that a policy uses for what stands elsewhere: a rule, surface, site, platform or kind of link must exist.

A misspelt one would do nothing, in silence: a window that opens for nobody accuses, a ban on nobody lets pass.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from crawler.reading.policy.file import Key, PolicyFile, Problem, suggest, told
from crawler.reading.policy.policy import Policy


class Known(NamedTuple):
    """The names that there are."""

    rules: Collection[str]
    surfaces: Collection[str]
    sites: Collection[str]
    platforms: Collection[str]
    kinds: Collection[str]


def unknown_names(policy: Policy, known: Known) -> list[str]:
    """Every name in a policy that nothing bears, one line each, as ``file:line: key: cure``; none for a sound one."""
    return told(_unknown(policy.terms, known), policy.text, policy.where)


def _unknown(terms: PolicyFile, known: Known) -> Iterator[Problem]:
    for place, what, names, those in (*_of_policy(terms, known), *_of_scopes(terms, known), *_of_rules(terms, known)):
        for name in names:
            if name not in those:
                yield place, f"there is no {what} {name!r}; {suggest(name, those)}"


Use = tuple[tuple[Key, ...], str, Collection[str], Collection[str]]
"""Where names are used, what they are names of, the names, and those that there are."""


def _of_policy(terms: PolicyFile, known: Known) -> Iterator[Use]:
    yield ("sites",), "site", terms.sites, known.sites
    for number, waiver in enumerate(terms.exceptions):
        yield ("exceptions", number, "rules"), "rule", waiver.rules, known.rules


def _of_scopes(terms: PolicyFile, known: Known) -> Iterator[Use]:
    for table, scopes in (("windows", terms.windows), ("bans", terms.bans)):
        for number, scope in enumerate(scopes):
            yield (table, number, "platforms"), "platform", scope.platforms, known.platforms
            yield (table, number, "kinds"), "kind of link", scope.kinds, known.kinds
            yield (table, number, "sites"), "site", scope.sites, known.sites
            yield (table, number, "surfaces"), "surface", scope.surfaces, known.surfaces
            yield (table, number, "except_surfaces"), "surface", scope.except_surfaces, known.surfaces


def _of_rules(terms: PolicyFile, known: Known) -> Iterator[Use]:
    for name, setting in terms.rules.items():
        yield ("rules", name), "rule", [name], known.rules
        yield ("rules", name, "surfaces"), "surface", setting.surfaces, known.surfaces
