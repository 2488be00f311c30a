"""The names that a policy may use, from the shelves; and the refusal of a policy that uses any other."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from crawler.classify import load_platforms
from crawler.errors import PolicyError
from crawler.evaluate import load_rules
from crawler.reading.forms import KINDS, FormTable
from crawler.reading.policy import NOT_A_PLATFORM, Known, Policy, load_policy
from crawler.reading.policy.file import first_of
from crawler.reading.policy.names import unknown_names
from crawler.reading.toml_file import told
from crawler.shapes import Platform
from crawler.targets import load_surfaces


@cache
def vocabulary() -> Known:
    """Every rule, surface, site, platform and kind of link that there is."""
    platforms, surfaces = load_platforms(), load_surfaces()
    tables = [platform.read_url for platform in platforms.values() if isinstance(platform.read_url, FormTable)]
    return Known(
        rules=frozenset(load_rules()),
        surfaces=frozenset(surfaces),
        sites=frozenset(surface.site for surface in surfaces.values()),
        platforms=frozenset(NOT_A_PLATFORM - {""}).union(*map(_names, platforms, platforms.values())),
        kinds=KINDS.union(form.kind for table in tables for form in table.forms),
    )


def _names(stem: str, platform: Platform) -> Iterator[str]:
    """The names that a platform's links and shops bear: not always that of its file."""
    table = platform.read_url
    if isinstance(table, FormTable):
        yield table.platform
        yield from (form.platform for form in table.forms if form.platform)
    else:
        yield stem
    yield from platform.names


def load_sound_policy(path: Path) -> Policy:
    """The policy in a file, all of whose names are borne by something.

    Raises:
        PolicyError: the file cannot be applied as it stands; the first fault, and as many more as checking it tells.
    """
    return load_policy(path, vocabulary())


def misnamed(policy: Policy) -> list[str]:
    """Every name in a policy that nothing bears, one line each, as ``file:line: key: cure``."""
    return told(unknown_names(tomllib.loads(policy.text), vocabulary()), policy.text, policy.where)


def check_names(policy: Policy) -> None:
    """Raise ``PolicyError`` where a policy uses a name that nothing bears: what stands under it would do nothing."""
    problems = misnamed(policy)
    if problems:
        raise PolicyError(first_of(problems))
