"""Grow the world from its declaration: mint each item, lay out its way, hang the link on its page, note the truth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from crawler.sample import addresses, kuaishou, notes, share_texts, shops
from crawler.sample.carriers import carrier
from crawler.sample.clock import when
from crawler.sample.drafts import Draft, PageSpec, Plant, Shown
from crawler.sample.goods import SHOPS, Mint
from crawler.sample.truth import PlantedLink, PlantedTarget, Truth
from crawler.sample.ways import HOSTILE_HOSTS, WAYS, Trip
from crawler.sample.web import Web, html


@dataclass(frozen=True, slots=True)
class _Field:
    """What everything grows on."""

    web: Web
    mint: Mint


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
    field = _Field(Web(), Mint())
    shops.publish_walls(field.web)
    kuaishou.publish_shared(field.web)
    for host in HOSTILE_HOSTS:
        field.web.put(f"https://{host}/", html("<body>a page that must never be fetched</body>"))
    targets: list[PlantedTarget] = []
    links: list[PlantedLink] = []
    for spec in specs:
        target, planted = _grow_page(field, spec)
        targets.append(target)
        links.extend(planted)
    return field.web, Truth(tuple(targets), tuple(links))


def _grow_page(field: _Field, spec: PageSpec) -> tuple[PlantedTarget, list[PlantedLink]]:
    draft = Draft(spec)
    planted = [_plant(field, draft, plant) for plant in read_plants(spec.plants)]
    code = field.mint.code()
    kuaishou.publish(field.web, draft, code)
    target = PlantedTarget(
        url=addresses.pasted(spec, code),
        canonical_url=addresses.canonical(spec),
        surface=spec.surface,
        outcomes=spec.outcomes,
        keys=(spec.page_id, code),
    )
    return target, planted


def _plant(field: _Field, draft: Draft, plant: Plant) -> PlantedLink:
    item = field.mint.item(SHOPS[plant.shop], plant.state)
    laid = WAYS[plant.way](Trip(field.web, field.mint, item))
    final_url = shops.publish_item(field.web, item) if laid.reaches_item else None
    shown = Shown(
        url=laid.url,
        label=item.title,
        price_fen=item.price_fen,
        when=when(plant.time),
        number=item.number,
        token=field.mint.code(share_texts.token_length(plant.form)),
    )
    carried = carrier(plant.carrier, draft.spec)
    carried.write(draft, shown)
    hung = notes.Hung(draft.spec, plant, item, laid, shown)
    return notes.note(hung, carried.stems, final_url)
