"""Grow the world from its declaration: mint each item, lay out its way, hang the link on its page, note the truth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from crawler.sample import addresses, kuaishou, notes, share_texts, shops
from crawler.sample.carriers import carrier
from crawler.sample.clock import when
from crawler.sample.dead_ends import HOSTILE_HOSTS
from crawler.sample.drafts import Draft, PageSpec, Plant, Shown
from crawler.sample.goods import SHOPS, Item, Mint
from crawler.sample.trips import Trip, Way
from crawler.sample.truth import PlantedLink, PlantedTarget, Truth
from crawler.sample.ways import lay_out
from crawler.sample.web import Web, html


@dataclass(frozen=True, slots=True)
class _Laid:
    """An item with the way to it, and where its page ends."""

    item: Item
    way: Way
    final_url: str | None


@dataclass(slots=True)
class _Field:
    """What everything grows on. ``shared``: links that stand on more than one page, by shop, state and way."""

    web: Web
    mint: Mint
    shared: dict[tuple[str, str, str], _Laid] = field(default_factory=dict)


def read_plants(table: str) -> Iterator[Plant]:
    """Every planted link of a page's table: ``CARRIER SHOP[.STATE] WAY TIME [xN]``, one line each, ``xN`` times.

    A way that begins with ``=`` leads to the one item that all such lines of the same shop share.

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
    ground = _Field(Web(), Mint())
    shops.publish_walls(ground.web)
    kuaishou.publish_shared(ground.web)
    for host in HOSTILE_HOSTS:
        ground.web.put(f"https://{host}/", html("<body>a page that must never be fetched</body>"))
    targets: list[PlantedTarget] = []
    links: list[PlantedLink] = []
    for spec in specs:
        target, planted = _grow_page(ground, spec)
        targets.append(target)
        links.extend(planted)
    return ground.web, Truth(tuple(targets), tuple(links))


def _grow_page(ground: _Field, spec: PageSpec) -> tuple[PlantedTarget, list[PlantedLink]]:
    draft = Draft(spec)
    planted = [_plant(ground, draft, plant) for plant in read_plants(spec.plants)]
    code = ground.mint.code()
    kuaishou.publish(ground.web, draft, code)
    target = PlantedTarget(
        url=addresses.pasted(spec, code),
        canonical_url=addresses.canonical(spec),
        surface=spec.surface,
        outcomes=spec.outcomes,
        keys=(spec.page_id, code),
    )
    return target, planted


def _plant(ground: _Field, draft: Draft, plant: Plant) -> PlantedLink:
    laid = _lay(ground, plant)
    shown = Shown(
        url=laid.way.url,
        label=laid.item.title,
        price_fen=laid.item.price_fen,
        when=when(plant.time),
        number=laid.item.number,
        token=ground.mint.code(share_texts.token_length(plant.form)),
    )
    carried = carrier(plant.carrier, draft.spec)
    carried.write(draft, shown)
    hung = notes.Hung(draft.spec, plant, laid.item, laid.way, shown)
    return notes.note(hung, carried.stems, laid.final_url)


def _lay(ground: _Field, plant: Plant) -> _Laid:
    """The item and way of a plant: new ones, or those that it shares with other pages."""
    name = plant.way.removeprefix("=")
    key = (plant.shop, plant.state, name)
    if name != plant.way and key in ground.shared:
        return ground.shared[key]
    item = ground.mint.item(SHOPS[plant.shop], plant.state)
    way = lay_out(name, Trip(ground.web, ground.mint, item))
    item_end = shops.publish_item(ground.web, item) if way.reaches_item else None
    laid = _Laid(item, way, way.final_url or item_end)
    if name != plant.way:
        ground.shared[key] = laid
    return laid
