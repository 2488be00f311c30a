"""A policy as read from its TOML file: frozen, checked, compiled, ready to be asked a million times."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from crawler.reading.policy import compiled
from crawler.reading.policy.file import Ban, PolicyFile, RuleSetting, Scope, Waiver, read_file, read_text
from crawler.reading.policy.local_time import day_end, day_start, span_words
from crawler.reading.policy.names import Known
from crawler.reading.policy.timeline import EVER, Timeline

TAOBAO = frozenset({"tmall", "tmall_global", "taobao_personal", "taobao_enterprise"})
JD = frozenset({"jd_self_operated", "jd_pop"})
OTHER = frozenset({"other_store"})
NOBODY: frozenset[str] = frozenset()
ANYBODY = TAOBAO | JD | OTHER

STORES_ON = {
    "taobao": TAOBAO,  # item.taobao.com also stands for items of flagship stores,
    "tmall": TAOBAO,  # and tmall:// addresses for those of ordinary sellers
    "taobao_family": TAOBAO,
    "jd": JD,
    "kuaishou": NOBODY,
}
NOT_A_PLATFORM = frozenset({"redirector", "shortener", "lookalike", "none", "other", "unknown", ""})
NOT_A_SHOP_LINK = frozenset({"internal", "non_commerce"})
LEADS_ELSEWHERE = frozenset({"wrapper", "unresolved"})


class Place(NamedTuple):
    """What a link is and where it was seen, as far as windows and bans ask."""

    platform: str
    kind: str
    site: str
    surface: str


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A policy: who may link where, on which surface, from which local day to which.

    Attributes:
        name: the policy's own name.
        version: its version, as written.
        text: the whole file.
        digest: SHA-256 of ``text`` in hex; every verdict names it.
        terms: what the file says, key by key.
        zone: the time zone whose local days it means.
        where: the file that it was read from, for messages.
    """

    name: str
    version: str
    text: str
    digest: str
    terms: PolicyFile
    zone: ZoneInfo
    where: str = field(default="policy", compare=False)
    _timelines: dict[tuple[str, str, Place], Timeline] = field(default_factory=dict, compare=False, repr=False)

    def publishing(self, store: str, place: Place) -> Timeline:
        """When links to a store may be published there: ``open``, ``disputed``, ``closed``."""
        return self._timeline("publishing", store, place)

    def shelf(self, store: str, place: Place) -> Timeline:
        """When such a link may still stand on the shelf: ``free``, ``disputed``, ``banned`` (its window closed)."""
        return self._timeline("shelf", store, place)

    def ban(self, store: str, place: Place) -> Timeline:
        """When a store may not be linked there at all: ``free``, ``disputed``, ``banned``."""
        return self._timeline("ban", store, place)

    def banned(self, stores: frozenset[str], place: Place, stands: tuple[float, float]) -> tuple[bool | None, str]:
        """Whether a link may not be there at all, and the id of the ban that says so.

        Args:
            stores: every store type that its shop may have: it is banned only where each of them is.
            place: what the link is and where it stands.
            stands: when it was on the shelf, ``[start, end)``.

        Returns:
            ``None`` where it depends on what is not known.
        """
        touched = [segment for store in sorted(stores) for segment in self.ban(store, place).touched(*stands)]
        states = {segment.state for segment in touched}
        term = next((segment.term for segment in touched if segment.state != "free"), "")
        if states <= {"free"}:
            return False, ""
        return (True if states == {"banned"} else None), term

    def has_window(self, store: str, place: Place) -> bool:
        """A window was written for this store at this place, at whatever time."""
        return any(covers(window, store, place) for window in self.terms.windows)

    def believes(self, confidence: str) -> bool:
        """Whether a store type known so surely is acted upon."""
        return confidence == "proved" or (confidence == "likely" and self.terms.accuse_on == "likely")

    def possible_stores(self, store_type: str, confidence: str, platform: str, scope: str) -> frozenset[str]:
        """Every store type that a link's shop may have; empty for what leads to no shop outside.

        A type that is not believed leaves open whatever its platform can hold.
        """
        if self.believes(confidence) and store_type != "unknown":
            return _named(store_type)
        if scope in NOT_A_SHOP_LINK:
            return NOBODY
        if platform in NOT_A_PLATFORM or scope in LEADS_ELSEWHERE:
            return ANYBODY
        return STORES_ON.get(platform, OTHER)

    def has_begun(self, ms: int, term: str = "") -> bool | None:
        """Whether anything is forbidden at a moment yet; an unknown moment (0) is taken for one since then.

        Args:
            ms: the moment.
            term: the id of the window or ban that forbids it: a ban may begin before its policy, and knows its days.

        Returns:
            ``None`` in a month of which alone it is known that the policy began.
        """
        first, sure = self._beginning
        if ms <= 0 or ms >= sure or isinstance(self.scope(term), Ban):
            return True
        return None if ms >= first else False

    @cached_property
    def _beginning(self) -> tuple[int, int]:
        """From when on it may forbid something, and from when on it surely does."""
        begins = self.terms.begins
        first = day_start(begins.first, self.zone)
        return first, day_end(begins.last, self.zone) if begins.is_month else first

    def setting(self, rule: str) -> RuleSetting:
        """How this policy uses a rule."""
        return self.terms.rules.get(rule, RuleSetting())

    def scope(self, term: str) -> Scope | None:
        """The window or ban of that id."""
        return next((scope for scope in (*self.terms.windows, *self.terms.bans) if scope.id == term), None)

    def clause_of(self, term: str) -> str:
        """The clause that a window or ban rests on; ``""`` where there is no such term."""
        scope = self.scope(term)
        return scope.clause if scope else ""

    def window_words(self, term: str) -> str:
        """A window with its days, to stand in a sentence; the time before the policy for ``""``."""
        scope = self.scope(term)
        if scope is None:
            return f"the time before this policy ({self.terms.begins})"
        return f"the window {scope.id} ({days_words(scope)})"

    def waiver(
        self, rule: str, *, shop_id: str | None, item_id: str | None, owner_id: str | None, ms: int
    ) -> Waiver | None:
        """The exception that covers a shop, an item or an owner at a moment, where there is one."""
        asked = {"shop_id": shop_id, "item_id": item_id, "owner_id": owner_id}
        fitting = (waiver for waiver in self.terms.exceptions if _fits(waiver, rule, asked) and self._lasts(waiver, ms))
        return next(fitting, None)

    def moments(self) -> tuple[float, ...]:
        """Every moment at which this policy changes anything, in order: between two of them all outcomes are one."""
        begins, zone = self.terms.begins, self.zone
        lines = [
            line
            for window in self.terms.windows
            for line in (compiled.publishing([window], begins, zone), compiled.shelf([window], zone))
        ]
        lines += [compiled.banned([ban], begins, zone) for ban in self.terms.bans]
        return tuple(sorted({bound for line in lines for bound in line.bounds} | set(self._beginning)))

    def span(self, from_ms: float, to_ms: float) -> str:
        """An interval in local words."""
        low, high = (None if abs(edge) == EVER else int(edge) for edge in (from_ms, to_ms))
        return span_words(low, high, self.zone)

    def _lasts(self, waiver: Waiver, ms: int) -> bool:
        begun = waiver.start is None or day_start(waiver.start.last, self.zone) <= ms
        return begun and 0 < ms < day_end(waiver.until.first, self.zone)

    def _timeline(self, question: str, store: str, place: Place) -> Timeline:
        key = (question, store, place)
        known = self._timelines.get(key)
        if known is None:
            known = self._timelines[key] = self._compile(question, store, place)
        return known

    def _compile(self, question: str, store: str, place: Place) -> Timeline:
        windows = [window for window in self.terms.windows if covers(window, store, place)]
        if question == "publishing":
            return compiled.publishing(windows, self.terms.begins, self.zone)
        if question == "shelf":
            return compiled.shelf(windows, self.zone)
        bans = [ban for ban in self.terms.bans if covers(ban, store, place) and not (ban.others and windows)]
        return compiled.banned(bans, self.terms.begins, self.zone)


def load_policy(path: Path, known: Known | None = None) -> Policy:
    """The policy in a file.

    Args:
        path: the file.
        known: the names that there are; without them nobody asks whether a rule or surface exists.

    Raises:
        PolicyError: the file cannot be applied as it stands; the message names line, key and cure.
    """
    return read_policy(read_text(path), str(path), known)


def read_policy(text: str, where: str = "policy", known: Known | None = None) -> Policy:
    """The policy in a text, such as the one kept in the database. ``where`` is named in messages.

    Args as for ``load_policy``.

    Raises:
        PolicyError: the text cannot be applied as it stands.
    """
    terms = read_file(text, where, known)
    digest = hashlib.sha256(text.encode()).hexdigest()
    zone = ZoneInfo(terms.time_zone)
    return Policy(name=terms.name, version=terms.version, text=text, digest=digest, terms=terms, zone=zone, where=where)


def covers(scope: Scope, store: str, place: Place) -> bool:
    """Whether a window or ban is about this store at this place; what it does not name it leaves open."""
    return (
        _names(scope.stores, store)
        and _names(scope.platforms, place.platform)
        and _names(scope.kinds, place.kind)
        and _names(scope.sites, place.site)
        and _names(scope.surfaces, place.surface)
        and place.surface not in scope.except_surfaces
    )


def days_words(scope: Scope) -> str:
    """The days of a window or ban, as a person says them: ``from 2022-10-28 to 2022-12-31``."""
    parts = [f"from {scope.start}" if scope.start else "", f"to {scope.end}" if scope.end else ""]
    return " ".join(part for part in parts if part) or "at any time"


def _names(listed: Iterable[str], name: str) -> bool:
    return not listed or name in listed


def _named(store_type: str) -> frozenset[str]:
    if store_type in {"kuaishou_own", "not_applicable"}:
        return NOBODY
    if store_type == "taobao_unspecified":
        return frozenset({"taobao_personal", "taobao_enterprise"})
    return frozenset({store_type})


def _fits(waiver: Waiver, rule: str, asked: dict[str, str | None]) -> bool:
    named = {key: value for key, value in asked.items() if getattr(waiver, key) is not None}
    return _names(waiver.rules, rule) and all(getattr(waiver, key) == value for key, value in named.items())
