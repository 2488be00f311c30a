"""Note the truth about each link as it is planted: where it ends, whose shop it is, what a careful person would say."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.sample import addresses, share_texts
from crawler.sample.clock import UNKNOWN, When, when
from crawler.sample.drafts import PageSpec, Plant, Shown
from crawler.sample.goods import Item
from crawler.sample.trips import Way
from crawler.sample.truth import FairVerdict, PlantedLink, judge

_BEHIND_WALLS: dict[str, tuple[str, ...]] = {
    "not_found": ("not_found", "dead_end"),
    "login": ("login_wall",),
    "login_stub": ("login_wall",),
    "challenge": ("challenge",),
    "shell": ("resolved", "challenge", "login_wall", "dead_end"),
}
"""Item states in which nobody can tell whose shop it is, and how following the link ends."""
_HALF_SEEN = ("degraded", "overlay")
_ITEM_STATES = ("on_shelf", "off_shelf", "sold_out", "not_yet_on_sale", "not_found")
_UNPROVABLE = ("personal_new", "enterprise_new")
"""Shops whose pages show that they are on Taobao but not, beyond doubt, of which kind."""
_TIMED = ("item", "state", "json_in_json", "comment")
"""Carriers that print a time beside the link."""
_FORMS_WITH_TOKEN = ("yen", "euro", "new", "jd", *share_texts.TOKEN_FORMS)


@dataclass(frozen=True, slots=True)
class Hung:
    """A link that hangs on its page."""

    spec: PageSpec
    plant: Plant
    item: Item
    way: Way
    shown: Shown

    @property
    def is_open(self) -> bool:
        """Whether an anonymous visitor comes to a page that shows whose shop it is."""
        return self.way.reaches_item and self.plant.state not in _BEHIND_WALLS

    @property
    def is_doubtful(self) -> bool:
        """Whether the item's page leaves room for doubt about the kind of shop."""
        return self.plant.shop in _UNPROVABLE or self.plant.state in _HALF_SEEN

    @property
    def published(self) -> When:
        """What the page says of the time: beside the link, or of the video whose caption holds it."""
        if self.plant.place == "caption" and self.spec.surface == "short_video":
            return when(self.spec.posted)
        # A feed of bare addresses loses the items' times.
        is_lost = self.plant.place == "item" and self.spec.cart in ("protobuf", "packed")
        return self.shown.when if self.plant.place in _TIMED and not is_lost else UNKNOWN


def note(hung: Hung, stems: tuple[str, ...], final_url: str | None) -> PlantedLink:
    """The truth about a link.

    Args:
        hung: the link.
        stems: of the extractors that can see it.
        final_url: where its item's page ends; ``None`` where the link never gets there.
    """
    plant, item, way = hung.plant, hung.item, hung.way
    fair, accepted = _verdicts(hung)
    is_app_link = bool(way.url) and not way.url.startswith("http")
    return PlantedLink(
        page=addresses.canonical(hung.spec),
        raw=way.url or hung.shown.token,
        url=way.url or None,
        keys=_keys(hung),
        carriers=(*stems, "deep_link") if is_app_link else stems,
        published_from_ms=hung.published.from_ms,
        published_to_ms=hung.published.to_ms,
        final_url=final_url,
        resolutions=way.resolutions or _resolutions(plant.state),
        platform=_platform(hung),
        store_type=item.shop.store_type if way.reaches_item else "unknown",
        accepted_store_types=_store_types(hung),
        shop_id=item.shop.shop_id if hung.is_open else None,
        item_id=item.item_id if way.reaches_item else None,
        state=plant.state if plant.state in _ITEM_STATES else "unknown",
        verdict=fair.verdict,
        accepted_verdicts=accepted,
        rule=fair.rule,
        accepted_rules=_rules(hung, fair),
        reason=fair.reason,
        is_required=not way.is_hostile and plant.place != "other",
    )


def _keys(hung: Hung) -> tuple[str, ...]:
    item_id = (hung.item.item_id,) if hung.way.url else ()
    token = (hung.shown.token,) if hung.plant.form in _FORMS_WITH_TOKEN else ()
    return (*item_id, *hung.way.keys, *token)


def _resolutions(state: str) -> tuple[str, ...]:
    if state in _HALF_SEEN:
        return ("resolved", "challenge")
    return _BEHIND_WALLS.get(state, ("resolved",))


def _platform(hung: Hung) -> str:
    if hung.way.is_hostile:
        return "lookalike"
    token_platform, _ = share_texts.TOKEN_FORMS.get(hung.plant.form, ("", 0))
    return token_platform or hung.item.shop.platform


def _store_types(hung: Hung) -> tuple[str, ...]:
    if not hung.is_open:
        return ("unknown", "not_applicable", "taobao_unspecified")
    own = hung.item.shop.store_type
    vague = ("taobao_unspecified", "unknown") if hung.is_doubtful else ()
    return (own, *vague, *(("tmall",) if own == "tmall_global" else ()))


def _rules(hung: Hung, fair: FairVerdict) -> tuple[str, ...]:
    """The rules under which a fault may be flagged: either of two where the kind of Taobao store stays open."""
    if hung.is_doubtful and hung.item.shop.platform == "taobao":
        return ("personal_store_link", "third_party_store_link")
    return (fair.rule,) if fair.rule else ()


def _verdicts(hung: Hung) -> tuple[FairVerdict, tuple[str, ...]]:
    """The verdict of a careful person, and all those that are fair."""
    if hung.way.is_hostile:
        fair = FairVerdict("undetermined", None, "only looks like a shop's address; must not be fetched")
        return fair, ("undetermined", "violation")
    if hung.plant.place == "other":
        return FairVerdict("undetermined", None, "stands in somebody else's video"), ("undetermined",)
    fair = judge(hung.item.shop.store_type if hung.is_open else "unknown", hung.published)
    if hung.is_doubtful and fair.verdict != "undetermined":
        return fair, (fair.verdict, "undetermined")
    return fair, (fair.verdict,)
