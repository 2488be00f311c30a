"""Grow the world from its declaration: mint each item, lay out its way, hang the link on its page, note the truth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from crawler.sample import addresses, kuaishou, share_texts, shops
from crawler.sample.carriers import carrier
from crawler.sample.clock import UNKNOWN, When, when
from crawler.sample.drafts import Draft, PageSpec, Shown
from crawler.sample.goods import SHOPS, Item, Mint
from crawler.sample.truth import FairVerdict, PlantedLink, PlantedTarget, Truth, judge
from crawler.sample.ways import HOSTILE_HOSTS, Trip, Way, way
from crawler.sample.web import Web, html

_BEHIND_WALLS: dict[str, tuple[str, ...]] = {
    "not_found": ("not_found", "dead_end"),
    "login": ("login_wall",),
    "login_stub": ("login_wall",),
    "challenge": ("challenge",),
}
"""Item states in which nobody can tell whose shop it is, and how following the link ends."""
_HALF_SEEN = ("degraded", "overlay")
_ITEM_STATES = ("on_shelf", "off_shelf", "sold_out", "not_yet_on_sale", "not_found")
_UNPROVABLE = {"personal_new", "enterprise_new"}
"""Shops whose pages show that they are on Taobao but not, beyond doubt, of which kind."""


@dataclass(frozen=True, slots=True)
class Plant:
    """One line of a page's table."""

    carrier: str
    shop: str
    state: str
    way: str
    time: str

    @property
    def place(self) -> str:
        """Where a share text stands; the carrier itself for all others."""
        return self.carrier.partition(".")[0]

    @property
    def form(self) -> str:
        """The form of a share text, or nothing."""
        return self.carrier.partition(".")[2]


def read_plants(table: str) -> Iterator[Plant]:
    """Every planted link of a page's table: ``CARRIER SHOP[.STATE] WAY TIME [xN]``, one line each, ``xN`` times.

    Raises:
        ValueError: a line that has not four or five words.
    """
    for line in table.strip().splitlines():
        carrier_name, shop, way_name, time, *times = line.split()
        key, _, state = shop.partition(".")
        for _ in range(int(times[0][1:]) if times else 1):
            yield Plant(carrier_name, key, state or "on_shelf", way_name, time)


def grow(specs: tuple[PageSpec, ...]) -> tuple[Web, Truth]:
    """The world of a declaration, and the truth about it. The same declaration gives the same world."""
    web, mint = Web(), Mint()
    shops.publish_walls(web)
    kuaishou.publish_shared(web)
    for host in HOSTILE_HOSTS:
        web.put(f"https://{host}/", html("<body>a page that must never be fetched</body>"))
    targets: list[PlantedTarget] = []
    links: list[PlantedLink] = []
    for spec in specs:
        draft = Draft(spec)
        links.extend(_plant(web, mint, draft, plant) for plant in read_plants(spec.plants))
        code = mint.code()
        kuaishou.publish(web, draft, code)
        targets.append(_target(spec, code))
    return web, Truth(tuple(targets), tuple(links))


def _target(spec: PageSpec, code: str) -> PlantedTarget:
    return PlantedTarget(
        url=addresses.pasted(spec, code),
        canonical_url=addresses.canonical(spec),
        surface=spec.surface,
        outcomes=spec.outcomes,
        keys=(spec.page_id, code),
    )


def _plant(web: Web, mint: Mint, draft: Draft, plant: Plant) -> PlantedLink:
    item = mint.item(SHOPS[plant.shop], plant.state)
    laid = way(plant.way, Trip(web, mint, item))
    item_end = shops.publish_item(web, item) if laid.reaches_item else None
    shown = Shown(
        url=laid.url,
        label=item.title,
        price_fen=item.price_fen,
        when=when(plant.time),
        number=int(item.title.rpartition(" ")[2].rstrip("号")),
        token=mint.code(share_texts.token_length(plant.form)),
    )
    carried = carrier(plant.carrier, draft.spec)
    carried.write(draft, shown)
    return _note(draft.spec, plant, item, laid, shown, _End(item_end, carried.stems))


@dataclass(frozen=True, slots=True)
class _End:
    """Where the item's page ends, and who can see the link."""

    final_url: str | None
    stems: tuple[str, ...]


def _note(spec: PageSpec, plant: Plant, item: Item, laid: Way, shown: Shown, end: _End) -> PlantedLink:
    """The truth about a link that was just planted."""
    is_known = laid.reaches_item and plant.state not in _BEHIND_WALLS
    published = _published(spec, plant, shown.when)
    fair = judge(item.shop.store_type if is_known else "unknown", published)
    verdict, accepted = _accept(plant, fair, is_hostile=laid.is_hostile)
    token_platform = share_texts.TOKEN_FORMS.get(plant.form, ("", 0))[0]
    return PlantedLink(
        page=addresses.canonical(spec),
        raw=laid.url or shown.token,
        url=laid.url or None,
        keys=_keys(plant, item, laid, shown),
        carriers=end.stems + (("deep_link",) if not laid.url.startswith("http") and laid.url else ()),
        published_from_ms=published.from_ms,
        published_to_ms=published.to_ms,
        final_url=end.final_url,
        resolutions=laid.resolutions or _BEHIND_WALLS.get(plant.state) or _resolved(plant.state),
        platform=token_platform or ("lookalike" if laid.is_hostile else item.shop.platform),
        store_type=item.shop.store_type if laid.reaches_item else "unknown",
        accepted_store_types=_store_types(plant, item, is_known=is_known),
        shop_id=item.shop.shop_id if is_known else None,
        item_id=item.item_id if laid.reaches_item else None,
        state=plant.state if plant.state in _ITEM_STATES else "unknown",
        verdict=verdict.verdict,
        accepted_verdicts=accepted,
        rule=verdict.rule,
        reason=verdict.reason,
        is_required=not laid.is_hostile and plant.place != "other",
    )


def _keys(plant: Plant, item: Item, laid: Way, shown: Shown) -> tuple[str, ...]:
    token = (shown.token,) if plant.form in ("yen", "euro", "new", "jd", *share_texts.TOKEN_FORMS) else ()
    return (*((item.item_id,) if laid.url else ()), *laid.keys, *token)


def _published(spec: PageSpec, plant: Plant, stated: When) -> When:
    """What the page says of the time: the item's own time, or that of the video whose caption holds the link."""
    if plant.place == "caption" and spec.surface == "short_video":
        return when(spec.posted)
    return (
        stated if plant.place in ("item", "state", "json_in_json", "comment") and _shows_times(spec, plant) else UNKNOWN
    )


def _shows_times(spec: PageSpec, plant: Plant) -> bool:
    """A protobuf feed of bare addresses loses the items' times."""
    return not (plant.carrier == "item" and spec.cart == "protobuf")


def _resolved(state: str) -> tuple[str, ...]:
    return ("resolved", "challenge") if state in _HALF_SEEN else ("resolved",)


def _store_types(plant: Plant, item: Item, *, is_known: bool) -> tuple[str, ...]:
    if not is_known:
        return ("unknown", "not_applicable", "taobao_unspecified")
    own = item.shop.store_type
    vague = ("taobao_unspecified", "unknown") if plant.shop in _UNPROVABLE or plant.state in _HALF_SEEN else ()
    return (own, *vague, *(("tmall",) if own == "tmall_global" else ()))


def _accept(plant: Plant, fair: FairVerdict, *, is_hostile: bool) -> tuple[FairVerdict, tuple[str, ...]]:
    """The verdict, and those that are fair besides it."""
    if is_hostile:
        verdict = FairVerdict("undetermined", None, "only looks like a shop's address; must not be fetched")
        return verdict, ("undetermined", "violation")
    if plant.place == "other":
        return FairVerdict("undetermined", None, "stands in somebody else's video"), ("undetermined",)
    if (plant.shop in _UNPROVABLE or plant.state in _HALF_SEEN) and fair.verdict != "undetermined":
        return fair, (fair.verdict, "undetermined")
    return fair, (fair.verdict,)
