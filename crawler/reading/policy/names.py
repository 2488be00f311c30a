"""Names that a policy uses for what stands elsewhere: a rule, surface, site, platform or kind of link must exist.

A misspelt one would do nothing, in silence: a window that opens for nobody accuses, a ban on nobody lets pass.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from crawler.reading.policy.contradiction import Table, named_tables, scopes, tables
from crawler.reading.toml_file import KeyPath, Problem, suggest


class Known(NamedTuple):
    """The names that there are."""

    rules: Collection[str]
    surfaces: Collection[str]
    sites: Collection[str]
    platforms: Collection[str]
    kinds: Collection[str]


def unknown_names(raw: Table, known: Known) -> Iterator[Problem]:
    """Every name in a policy file that nothing bears.

    Args:
        raw: its content, of whatever kind its values are: what is of the wrong kind is passed over.
        known: the names that there are.
    """
    for place, what, written, those in _uses(raw, known):
        for name in written if isinstance(written, list) else []:
            if isinstance(name, str) and name not in those:
                yield place, f"there is no {what} {name!r}; {suggest(name, those)}"


Use = tuple[KeyPath, str, object, Collection[str]]
"""Where names are used, what they are names of, what is written there, and the names that there are."""


def _uses(raw: Table, known: Known) -> Iterator[Use]:
    yield ("sites",), "site", raw.get("sites"), known.sites
    for place, table in tables(raw, "exceptions"):
        yield (*place, "rules"), "rule", table.get("rules"), known.rules
    for place, table in scopes(raw):
        yield (*place, "platforms"), "platform", table.get("platforms"), known.platforms
        yield (*place, "kinds"), "kind of link", table.get("kinds"), known.kinds
        yield (*place, "sites"), "site", table.get("sites"), known.sites
        yield (*place, "surfaces"), "surface", table.get("surfaces"), known.surfaces
        yield (*place, "except_surfaces"), "surface", table.get("except_surfaces"), known.surfaces
    for place, table in named_tables(raw, "rules"):
        yield place, "rule", [place[-1]], known.rules
        yield (*place, "surfaces"), "surface", table.get("surfaces"), known.surfaces
