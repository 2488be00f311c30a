"""Canaries of the sample world: of each surface one page known to be bad, with every kind of shop, and one clean.

The pages stand apart from the world's other pages: they are no targets, and nothing is said of them in the truth file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from crawler.sample.drafts import PageSpec
from crawler.sample.truth import PlantedLink

# Published outside both windows, so that what each link breaks does not depend on the night.
BAD = """
item tmall direct ms:2022-10-20T10:00
item tmall_global direct ms:2023-02-01T10:00
item personal direct -
item enterprise direct -
item jd_self direct ms:2022-10-20T10:00
item jd_pop direct -
item pinduoduo direct -
"""
_bad = partial(PageSpec, plants=BAD)
_clean = partial(PageSpec, cart="own")

CANARIES: tuple[PageSpec, ...] = (
    _bad(surface="live_room", page_id="canary-bad", cart="xhr", is_clicked=True),
    _clean(surface="live_room", page_id="canary-clean"),
    _bad(surface="short_video", page_id="3xcanarybad01", cart="scroll", draw="none", posted="ms:2022-11-08T19:30"),
    _clean(surface="short_video", page_id="3xcanaryclean1", posted="ms:2022-11-08T19:30"),
    _bad(surface="merchant", page_id="144077091", form="window", cart="xhr", draw="data"),
    _clean(surface="merchant", page_id="144077092", form="window"),
    _bad(surface="product", page_id="20100000091", cart="slow", draw="onclick"),
    _clean(surface="product", page_id="20100000092"),
)


@dataclass(frozen=True, slots=True)
class SampleCanary:
    """A page of which the truth is known: the rules that it breaks, the kinds of shop it leads to, its links."""

    url: str
    rules: tuple[str, ...]
    stores: tuple[str, ...]
    links: int


def expected(addresses: Iterable[str], links: Iterable[PlantedLink]) -> tuple[SampleCanary, ...]:
    """What must be found on each canary, from what was planted there."""
    by_page = {page: list(mine) for page, mine in groupby(links, key=lambda link: link.page)}
    return tuple(_canary(url, by_page.get(url, [])) for url in addresses)


def _canary(url: str, links: list[PlantedLink]) -> SampleCanary:
    rules = sorted({link.rule for link in links if link.rule})
    return SampleCanary(url, tuple(rules), tuple(sorted({link.store_type for link in links})), len(links))


def as_toml(canaries: Iterable[SampleCanary]) -> str:
    """The canary file of a night on the sample world, judged by the policy that comes with the program."""
    return "# Canaries of the sample world, by the shipped policy.\n" + "".join(map(_table, canaries))


def _table(canary: SampleCanary) -> str:
    verdict = "violation" if canary.rules else "allowed"
    return f"""
[[canaries]]
url = "{canary.url}"
rules = {json.dumps(canary.rules)}
stores = {json.dumps(canary.stores)}
links = {canary.links}
verdict = "{verdict}"
"""


def night_as_toml(proxy: str) -> str:
    """A configuration that runs a night on the sample world, beside its targets and canaries."""
    return f"""# A night on the sample world: cartwatch nightly --config THIS_FILE
targets = ["targets.txt"]
canary_files = ["canaries.toml"]
db = "night.db"
proxy = "{proxy}"
insecure_tls = true
delay_s = 0
"""
