"""What a plug-in on each shelf must hold: every way to extend Cartwatch, on one page.

| shelf      | file holds  | a new one makes Cartwatch know           |
|------------|-------------|-------------------------------------------|
| spiders    | SURFACE     | a kind of page that carries links         |
| extractors | EXTRACTOR   | a way in which a page carries a link      |
| platforms  | PLATFORM    | a commerce platform and its shops         |
| rules      | RULE        | a way in which a link can break a policy  |
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from crawler.reading.document import Document
from crawler.reading.forms import UrlFacts
from crawler.reading.policy import EVER, NOT_A_PLATFORM, Place, Policy
from crawler.reading.url import WebURL
from storage.records import (
    Confidence,
    Destination,
    Interval,
    ItemState,
    Outcome,
    Sighting,
    Signal,
    Target,
)

UNKNOWN = Interval()
"""The publish interval of what bears no time."""

# --- surfaces ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """How a person would use a page of this surface, and for how long.

    Attributes:
        ready: CSS selectors; the page is drawn as soon as one of them matches.
        cart: CSS selectors of what opens the shopping cart; the first that is there is clicked once.
        product_area: CSS selectors of the container that holds products; seen is the proof that it was looked at.
        item: CSS selector of one product; scrolling goes on while their number grows.
        scroll_to_end: scroll the page (or the product area) until nothing new comes.
        max_scrolls: cap on scroll steps.
        settle_ms: quiet time without network after which the page counts as drawn.
        deadline_s: bound on the whole page.
        pictures: look for QR codes in the pictures of the product area, or of the page where there is none.
    """

    ready: tuple[str, ...] = ()
    cart: tuple[str, ...] = ()
    product_area: tuple[str, ...] = ()
    item: str = ""
    scroll_to_end: bool = False
    max_scrolls: int = 50
    settle_ms: int = 300
    deadline_s: float = 45.0
    pictures: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a surface reads in one of its pages, links apart."""

    outcome: Outcome
    detail: str = ""
    owner_id: str | None = None
    owner_name: str | None = None
    product_area_seen: bool = False
    published: Interval = UNKNOWN
    anchors: Mapping[str, int] = field(default_factory=dict)
    """How often each field that this surface depends on was found: a renamed field is an alarm, not a clean page."""


def nothing_foreign(_document: Document) -> tuple[str, ...]:
    """A page that shows nobody else's content."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """A kind of page.

    ``recognise`` knows its addresses (share links and mobile hosts included) and gives the canonical target;
    ``read`` tells how the page is: on air, offline, behind a wall, whole or not; ``foreign`` names the parts of a
    page (as they stand in locators) that hold other people's content; ``site`` is that of its targets.
    """

    summary: str
    recognise: Callable[[WebURL], Target | None]
    read: Callable[[Document], Reading]
    rendering: Rendering = Rendering()
    foreign: Callable[[Document], tuple[str, ...]] = nothing_foreign
    site: str = "kuaishou"


# --- extractors -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Extractor:
    """A carrier of links. ``extract`` gives every address and token that it holds on the page, outbound or not."""

    summary: str
    extract: Callable[[Document], Iterable[Sighting]]


# --- platforms --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PageEvidence:
    """What a shop's page shows, before anybody decides.

    ``outcome`` names a page that is not what was asked for (login stub, challenge, not found, degraded = ``partial``).
    Each signal is independent of the others by its ``name``.
    """

    platform: str
    outcome: Outcome = "ok"
    state: ItemState = "unknown"
    signals: tuple[Signal, ...] = ()
    title: str | None = None
    shop_id: str | None = None
    shop_name: str | None = None
    item_id: str | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """A commerce platform: its domains and app schemes, what its addresses prove, the marks of a shop on its pages.

    Attributes:
        domains: registrable domains (or longer suffixes), matched label by label.
        schemes: app schemes in lower case, without ``:``.
        names: what its links and shops may be called beside the file's stem, where ``read_url`` is no table.
        brands: words whose appearance in somebody else's host makes a look-alike.
        read_url: facts of an address on one of ``domains`` or ``schemes``; mostly a table,
            :class:`crawler.reading.forms.FormTable`.
        item_page: the web address of an item, ``{item}`` for its id: where an app address that names an item leads.
        inspect: evidence on a page of this platform, or ``None`` where the page is not its own.
    """

    summary: str
    domains: tuple[str, ...]
    read_url: Callable[[WebURL], UrlFacts]
    schemes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    item_page: str = ""
    inspect: Callable[[Document], PageEvidence | None] | None = None


# --- rules ------------------------------------------------------------------------------------------------------


class Case(NamedTuple):
    """All that a rule may know of one sighting: facts, and no clock, network or database.

    A named tuple, because ten million of them are made in a night: it takes a fifth of the time.
    """

    sighting_id: str
    link_id: str
    page_id: str
    link_url: str
    platform: str
    kind: str
    scope: str
    item_id: str | None = None
    raw: str = ""
    found_in: str = "anchor"
    label: str = ""
    site: str = "kuaishou"
    surface: str = "live_room"
    owner_id: str | None = None
    seen_ms: int = 0
    published: Interval = UNKNOWN
    resolution_outcome: str = "unresolvable"
    hop_urls: tuple[str, ...] = ()
    destination: Destination | None = None
    earlier: Destination | None = None
    """Where the same link led on the first earlier run that could tell."""

    @property
    def store_type(self) -> str:
        """The store type, ``unknown`` where it was not proved or likely."""
        known = self.destination is not None and self.destination.confidence != "undetermined"
        return self.destination.store_type if known and self.destination else "unknown"

    @property
    def confidence(self) -> Confidence:
        """How sure the store type is."""
        return self.destination.confidence if self.destination else "undetermined"

    @property
    def reached(self) -> str:
        """The platform at the link's end, or that of its address where the end was not seen."""
        known = self.destination is not None and self.destination.platform not in NOT_A_PLATFORM
        return self.destination.platform if known and self.destination else self.platform

    @property
    def place(self) -> Place:
        """What the link is and where it stands, as windows and bans ask for it."""
        return Place(self.reached, self.kind, self.site, self.surface)

    @property
    def span(self) -> tuple[float, float]:
        """When it was published, as ``[start, end)`` in UTC ms, ``inf`` where unbounded: not after it was seen.

        A publish time later than the sighting contradicts it; then the span holds both.
        """
        return span_of(self.seen_ms, self.published.from_ms, self.published.to_ms)

    @property
    def stands(self) -> tuple[float, float]:
        """The moment at which it was seen on the shelf, as ``[start, end)``; unbounded where no time was noted."""
        return (self.seen_ms, self.seen_ms + 1) if self.seen_ms > 0 else (self.published.from_ms or -EVER, EVER)

    def stores(self, policy: Policy) -> frozenset[str]:
        """Every store type that the shop at the link's end may have, as far as this policy believes what is known."""
        led = self.destination is not None and self.destination.platform not in NOT_A_PLATFORM
        scope = "outbound_commerce" if led else self.scope
        return policy.possible_stores(self.store_type, self.confidence, self.reached, scope)

    def windowed_store(self, policy: Policy) -> str | None:
        """The store type, where it is known and a window was ever written for it at this place."""
        stores = self.stores(policy)
        store = next(iter(stores)) if len(stores) == 1 else None
        return store if store and policy.has_window(store, self.place) else None


def span_of(seen_ms: int, from_ms: int | None, to_ms: int | None) -> tuple[float, float]:
    """:attr:`Case.span` of what was seen then and published in ``[from_ms, to_ms)``."""
    start = -EVER if from_ms is None else from_ms
    end = EVER if to_ms is None else to_ms
    seen = seen_ms + 1 if seen_ms > 0 else EVER
    if start >= seen:
        return seen - 1, end
    return start, min(end, seen)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one rule says of one case. ``broken`` is three-valued: ``None`` is "cannot be known".

    A rule that has nothing to say of a case gives no judgement at all.

    Attributes:
        reason: words for a person. ``{published}``, ``{seen}``, ``{shop}``, ``{earlier_shop}``, ``{link}``,
            ``{label}`` and ``{outcome}`` stand for the case's own; text of the page never stands in it otherwise.
        clause: the id of the policy's clause; ``""`` for the one that the policy gives the rule.
        term: the id of the window or ban that decided; it gives the clause where ``clause`` is empty.
    """

    broken: bool | None
    reason: str
    clause: str = ""
    term: str = ""

    @classmethod
    def breaks(cls, reason: str, *, term: str = "") -> Judgement:
        """The rule is broken."""
        return cls(broken=True, reason=reason, term=term)

    @classmethod
    def keeps(cls, reason: str) -> Judgement:
        """The rule was asked and is kept."""
        return cls(broken=False, reason=reason)

    @classmethod
    def cannot_tell(cls, reason: str, *, term: str = "") -> Judgement:
        """What is known does not decide it."""
        return cls(broken=None, reason=reason, term=term)


Judge: TypeAlias = Callable[[Case, Policy], Judgement | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A way to break a policy. ``judge`` is pure; its file's docstring is the policy's sentence in plain words.

    Attributes:
        default_severity: where the policy names none.
        opt_in: applied only where the policy says ``enabled = true``.
        reads: the fields of ``Case`` that it looks at beyond those that ``crawler.evaluate.COMMON`` names.
            A rule that reads nothing more is asked once for all cases that are alike in them.
        concerns: told the values of ``reads``, in their order, says whether the rule may have anything to say; where
            it says no, ``judge`` must give no judgement. Without it the rule is asked of every case.
    """

    summary: str
    judge: Judge
    default_severity: str = "major"
    opt_in: bool = False
    reads: tuple[str, ...] = ()
    concerns: Callable[..., bool] | None = None
