"""What is true of the sample world: its pages, every planted link, and the verdict of a careful person.

The verdict is worked out here, apart from the rules and the policy file, so that a fault in those cannot hide in both.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime

from crawler.sample.clock import SHANGHAI, When


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedTarget:
    """A page of the world.

    Attributes:
        url: as a person would paste it (a share, mobile or short form for some).
        canonical_url: the address of the page itself.
        surface: ``live_room``, ``short_video``, ``merchant`` or ``product``.
        outcomes: what a visit may come to; the first is the most exact.
        keys: words (room, video, user, item id, short code), one of which stands in every address of this page.
    """

    url: str
    canonical_url: str
    surface: str
    outcomes: tuple[str, ...]
    keys: tuple[str, ...]

    def is_at(self, url: str) -> bool:
        """Whether an address is one of this page."""
        return any(key in re.split(r"[/?&=#.]", url) for key in self.keys)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedLink:
    """An outbound link on one page. The same link seen through two carriers of its page is one planted link.

    Attributes:
        page: canonical address of the page.
        raw: as it stands on the page (before escapes of its carrier).
        url: the address or, for a password token, ``None``.
        keys: words of which at least one stands in every address or raw text that shows this link, and no other.
        carriers: stems of the extractors that can see it.
        published_from_ms, published_to_ms: what the page says of the publish time; ``None`` where nothing exact.
        final_url: where the link ends for an anonymous visitor; ``None`` where it ends nowhere.
        resolutions: acceptable resolution outcomes.
        store_type: the true one, whether or not it can be proved from outside.
        verdict: of a careful person.
        accepted_verdicts, accepted_rules: those that are not false where more than one is fair.
        is_required: false for what may be listed or left alone (look-alikes).
    """

    page: str
    raw: str
    url: str | None
    keys: tuple[str, ...]
    carriers: tuple[str, ...]
    published_from_ms: int | None
    published_to_ms: int | None
    final_url: str | None
    resolutions: tuple[str, ...]
    platform: str
    store_type: str
    accepted_store_types: tuple[str, ...]
    shop_id: str | None
    item_id: str | None
    state: str
    verdict: str
    accepted_verdicts: tuple[str, ...]
    rule: str | None
    accepted_rules: tuple[str, ...]
    reason: str
    is_required: bool = True


@dataclass(frozen=True, slots=True)
class Truth:
    """Everything that a night on the sample world should find, and nothing else."""

    targets: tuple[PlantedTarget, ...]
    links: tuple[PlantedLink, ...]

    def without(self, pages: Collection[PlantedTarget]) -> Truth:
        """The truth with some pages left out."""
        addresses = {page.canonical_url for page in pages}
        return Truth(
            tuple(target for target in self.targets if target not in pages),
            tuple(link for link in self.links if link.page not in addresses),
        )

    def as_json(self) -> str:
        """The truth file: one JSON object with ``targets`` and ``links``."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)


@dataclass(frozen=True, slots=True)
class FairVerdict:
    """A verdict, the rule it rests on (``None`` where none is broken), and why."""

    verdict: str
    rule: str | None
    reason: str


def _start_of(day: str) -> int:
    return round(datetime.fromisoformat(day).replace(tzinfo=SHANGHAI).timestamp() * 1000)


@dataclass(frozen=True, slots=True)
class _Window:
    """``[opens, sure)`` is disputed, ``[sure, closes)`` is open."""

    opens: int
    sure: int
    closes: int


_TMALL = _Window(_start_of("2022-10-28"), _start_of("2022-10-28"), _start_of("2023-01-01"))
_JD_SELF = _Window(_start_of("2022-10-29"), _start_of("2022-10-30"), _start_of("2022-12-01"))
_WINDOWS = {"tmall": _TMALL, "tmall_global": _TMALL, "jd_self_operated": _JD_SELF}
_FORBIDDEN = {
    "taobao_personal": ("personal_store_link", "a Taobao personal store may never be linked"),
    "taobao_enterprise": ("third_party_store_link", "a Taobao store that is not Tmall may not be linked"),
    "jd_pop": ("third_party_store_link", "a JD third-party store may not be linked"),
    "other_store": ("platform_not_permitted", "only Tmall and JD self-operated may be linked"),
}


def judge(store_type: str, published: When) -> FairVerdict:
    """The verdict on a link to a store of a type that is known.

    Args:
        store_type: as in ``storage.records.StoreType``; ``unknown`` where nobody could tell.
        published: what the page says of the publish time.
    """
    if store_type in _FORBIDDEN:
        rule, reason = _FORBIDDEN[store_type]
        return FairVerdict("violation", rule, reason)
    window = _WINDOWS.get(store_type)
    if window is None:
        return FairVerdict("undetermined", None, "whose store it is could not be known")
    return _judge_time(window, published)


def _judge_time(window: _Window, published: When) -> FairVerdict:
    if published.is_recent:
        return FairVerdict("violation", "published_after_window", "published long after the window closed")
    if published.from_ms is None or published.to_ms is None:
        return FairVerdict("undetermined", None, "when it was published is not known")
    if published.to_ms <= window.opens:
        return FairVerdict("violation", "published_before_window", "published before the window opened")
    if published.from_ms >= window.closes:
        return FairVerdict("violation", "published_after_window", "published after the window closed")
    if window.sure <= published.from_ms and published.to_ms <= window.closes:
        return FairVerdict("allowed", None, "published inside the window")
    return FairVerdict("undetermined", None, "published on a disputed day or across the border of the window")
