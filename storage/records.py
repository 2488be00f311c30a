"""The nouns of Cartwatch, in flow order: frozen dataclasses that every step hands to the next.

All times are integer UTC epoch milliseconds (``_ms``); money is integer fen (1/100 CNY).
Identifiers are derived from content, so that storing a thing twice is storing it once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

Outcome: TypeAlias = Literal[
    "ok",
    "partial",
    "offline",
    "not_found",
    "login_wall",
    "challenge",
    "rate_limited",
    "robots_denied",
    "blocked_address",
    "too_large",
    "timeout",
    "network_error",
    "crashed",
]
"""What came of looking at a page. ``ok`` and ``offline`` alone mean that it was seen whole and sane."""

Lane: TypeAlias = Literal["http", "browser", "archive"]
PublishedBasis: TypeAlias = Literal["stated", "content", "bounded", "unknown"]
HopVia: TypeAlias = Literal["http", "meta", "script", "nested", "app"]
Confidence: TypeAlias = Literal["proved", "likely", "undetermined"]
StoreType: TypeAlias = Literal[
    "tmall",
    "tmall_global",
    "taobao_personal",
    "taobao_enterprise",
    "taobao_unspecified",
    "jd_self_operated",
    "jd_pop",
    "kuaishou_own",
    "other_store",
    "unknown",
    "not_applicable",
]
ItemState: TypeAlias = Literal["on_shelf", "off_shelf", "sold_out", "not_yet_on_sale", "not_found", "unknown"]
ResolutionOutcome: TypeAlias = Literal[
    "resolved",
    "dead_end",
    "loop",
    "too_many_hops",
    "not_found",
    "login_wall",
    "challenge",
    "rate_limited",
    "robots_denied",
    "blocked_address",
    "refused",
    "too_large",
    "timeout",
    "network_error",
    "unresolvable",
]
"""``refused``: a hostile or look-alike address that must not be fetched.
``unresolvable``: a thing with no address to follow, such as a password token."""
VerdictValue: TypeAlias = Literal["allowed", "violation", "undetermined"]
ViolationStatus: TypeAlias = Literal["new", "ongoing", "resolved", "reopened", "not_observed"]
RunKind: TypeAlias = Literal["nightly", "adhoc", "demo", "import"]
RunStatus: TypeAlias = Literal["running", "complete", "degraded", "void", "interrupted"]
TaskState: TypeAlias = Literal["queued", "leased", "done"]

SEEN_OUTCOMES: frozenset[str] = frozenset({"ok", "offline"})
"""Outcomes after which "no link here" is a statement about the page and not about us."""
CANARY_SITE = "canary"
"""The site of pages of which the truth is known: they are asked, and never accused."""


def identify(*parts: object) -> str:
    """The identifier of a thing that is what its parts are: 16 hex digits of their SHA-256.

    Args:
        parts: whatever makes the thing itself; ``None`` and ``""`` differ.
    """
    text = "\x1f".join("\x00" if part is None else str(part) for part in parts)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Interval:
    """When something was published: at some moment in ``[from_ms, to_ms)``; ``None`` is unbounded.

    ``basis``: the item's own field says so (``stated``), the content that carries it does (``content``),
    visits without and with it bound it (``bounded``), or nothing is known (``unknown``).
    A moment known to the millisecond is ``[t, t + 1)``.
    """

    from_ms: int | None = None
    to_ms: int | None = None
    basis: PublishedBasis = "unknown"


@dataclass(frozen=True, slots=True)
class Target:
    """A page to look at: its canonical address, the surface that knows it, and whose page it is."""

    url: str
    surface: str
    site: str = "kuaishou"
    owner_id: str | None = None

    @property
    def page_id(self) -> str:
        """The identifier of the page, the same every night."""
        return identify("page", self.site, self.surface, self.url)


@dataclass(frozen=True, slots=True)
class Body:
    """A response body that the page fetched by XHR or fetch (or that an archive holds)."""

    url: str
    content: bytes
    mime: str = "application/json"
    status: int = 200
    position: int = 0


@dataclass(frozen=True, slots=True)
class Frame:
    """A WebSocket message that the page received. ``position`` counts from 0 over the whole page."""

    url: str
    payload: bytes
    is_text: bool = True
    position: int = 0


@dataclass(frozen=True, slots=True)
class Popup:
    """An address that the page tried to open elsewhere.

    ``via``: ``popup`` (a window), ``download``, ``navigation`` (the page left itself) or ``app`` (a scheme
    that no browser opens).
    """

    url: str
    via: Literal["popup", "download", "navigation", "app"] = "popup"


@dataclass(frozen=True, slots=True)
class Image:
    """A picture of (a part of) the page, as PNG or JPEG bytes; ``x``/``y``: its corner on the page, in CSS pixels."""

    content: bytes
    url: str = ""
    x: int = 0
    y: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page as it was seen, by any lane: everything that extraction may read.

    Attributes:
        html: the DOM after rendering, or the decoded body of an HTTP answer.
        states: script state by global name (``__INITIAL_STATE__``), each as JSON text.
        bodies, frames, popups: what the page fetched, received and opened.
        images: pictures of it that hold a QR code; of a saved picture, that picture.
        content: the body of the main answer as received (before decoding), for charset and evidence.
        headers: of the main answer, names in lower case, bytes read as latin-1 so that none is lost.
        ip: the address that answered, where it is known.
        detail: in words, what went wrong, for a person.
        interaction: what the page was asked to do and what came of it, e.g. ``{"cart_opened": 1, "scrolls": 3}``.
    """

    requested_url: str
    final_url: str
    html: str = ""
    outcome: Outcome = "ok"
    lane: Lane = "browser"
    fetched_ms: int = 0
    http_status: int | None = 200
    elapsed_ms: int = 0
    states: Mapping[str, str] = field(default_factory=dict)
    bodies: tuple[Body, ...] = ()
    frames: tuple[Frame, ...] = ()
    popups: tuple[Popup, ...] = ()
    images: tuple[Image, ...] = ()
    content: bytes = b""
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    ip: str | None = None
    detail: str = ""
    interaction: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One appearance of an outbound link (or password token) on a page.

    Attributes:
        raw: the text exactly as it stood on the page.
        url: the address read from it, cleaned only of what carried it; ``None`` for a token or marker.
        token: the core of a password token (口令), where there is one.
        app: the platform whose app the share text names, where it names one.
        found_in: the stem of the extractor.
        locator: CSS path, JSON path (``$.data.items[3].jumpUrl``), frame number, character range or pixel box.
        label: the words beside it (title, link text).
        depth: 0 for what stands on the page itself, n for an address nested n levels deep in ``raw``'s parameters.
    """

    raw: str
    url: str | None
    found_in: str
    locator: str = ""
    label: str = ""
    price_fen: int | None = None
    published: Interval = Interval()
    token: str | None = None
    app: str = ""
    depth: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A distinct outbound link: what its address alone says. ``url`` is canonical.

    A password token has the address ``kouling:PLATFORM:CORE``, kind ``password_token``.

    ``seen_url`` is one address as it stood on a page. That one is followed: the canonical one names the same thing,
    but on a host that nobody linked to.
    """

    url: str
    platform: str
    kind: str
    scope: str
    item_id: str | None = None
    shop_id: str | None = None
    seen_url: str = ""

    @property
    def followed_url(self) -> str:
        """The address to follow."""
        return self.seen_url or self.url

    @property
    def link_id(self) -> str:
        """The identifier of the link, the same every night."""
        return identify("link", self.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One look at one page: the page, what the surface read in it, and the links seen there.

    ``task_url``: the address in the ledger where it is not the target's own, as for a share link that led here.
    """

    target: Target
    page: Page
    owner_id: str | None = None
    owner_name: str | None = None
    product_area_seen: bool = False
    anchors: Mapping[str, int] = field(default_factory=dict)
    sightings: tuple[Sighting, ...] = ()
    attempt: int = 1
    task_url: str = ""

    @property
    def ledger_url(self) -> str:
        """The address of the task that this visit answers."""
        return self.task_url or self.target.url


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One step of following a link. ``via``: how the step before led here (``http`` for the first)."""

    url: str
    status: int | None = None
    via: HopVia = "http"
    ip: str | None = None
    elapsed_ms: int = 0


@dataclass(frozen=True, slots=True)
class Signal:
    """One piece of evidence about a shop: where it stands, what it is, which store type it says.

    ``says`` is a store type, or ``""`` where the signal is kept for the reviewer but proves nothing.
    """

    name: str
    value: str
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """The shop or item at the end of a link, as far as it could be known, with the evidence."""

    platform: str
    store_type: StoreType = "unknown"
    confidence: Confidence = "undetermined"
    signals: tuple[Signal, ...] = ()
    shop_id: str | None = None
    shop_name: str | None = None
    item_id: str | None = None
    title: str | None = None
    state: ItemState = "unknown"
    checked_ms: int = 0
    snapshot_sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """A link followed to its end: every hop, how it ended, and what stands there."""

    link_url: str
    outcome: ResolutionOutcome
    final_url: str
    hops: tuple[Hop, ...] = ()
    destination: Destination | None = None
    resolved_ms: int = 0
    detail: str = ""


class Verdict(NamedTuple):
    """What one rule of one policy says of one sighting, and why, in words a person can read.

    Like the facts below a named tuple: ten million of them are made when a season is judged again.
    """

    sighting_id: str
    rule: str
    verdict: VerdictValue
    reason: str
    severity: str = ""
    clause: str = ""


class LinkFacts(NamedTuple):
    """What one run knows of a link: its address, where it led then, and where it had led before.

    Attributes:
        outcome: how following it ended; ``unresolvable`` where nobody followed it.
        earlier: where it led on the first earlier run that could tell.
    """

    url: str
    platform: str
    kind: str
    scope: str
    item_id: str | None = None
    outcome: str = "unresolvable"
    hop_urls: tuple[str, ...] = ()
    destination: Destination | None = None
    earlier: Destination | None = None


class SightingFacts(NamedTuple):
    """A sighting as a policy is asked about it, with the page where it stood and the link that it is."""

    sighting_id: str
    link_id: str
    page_id: str
    site: str
    surface: str
    owner_id: str | None
    seen_ms: int
    raw: str
    found_in: str
    label: str
    published_from_ms: int | None
    published_to_ms: int | None
    published_basis: PublishedBasis
    link: LinkFacts

    @property
    def published(self) -> Interval:
        """When the link was published there."""
        return Interval(self.published_from_ms, self.published_to_ms, self.published_basis)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What one run saw of one fault (a rule broken by a link on a page) that is known, or is now found.

    Attributes:
        status: before this run; ``None`` where the fault was not known then.
        verdict: of the rule on this link on this page; ``None`` where the link was not seen there.
        reason: the words of the verdict.
        page_outcome: how the best look at the page ended; ``None`` where it was not looked at.
        is_whole: the page was seen whole and sane, its product area seen: what was not there is gone.
        looked_ms: when that look was.
        last_seen_ms: when the link was last seen there breaking the rule, before this run.
        detail: what went wrong with the look, in words.
    """

    status: ViolationStatus | None
    verdict: VerdictValue | None
    reason: str = ""
    page_outcome: str | None = None
    is_whole: bool = False
    looked_ms: int | None = None
    last_seen_ms: int | None = None
    detail: str = ""


class Step(NamedTuple):
    """A violation's status, and why it is that now."""

    status: ViolationStatus
    reason: str
