"""Ways from a link to its item, by the names that the declaration uses."""

from __future__ import annotations

from dataclasses import replace

from crawler.sample.dead_ends import DEAD_ENDS
from crawler.sample.jumps import JUMPS
from crawler.sample.trips import Build, Trip, Way
from crawler.sample.wrappers import WRAPPERS

WAYS: dict[str, Build] = {**JUMPS, **DEAD_ENDS, **WRAPPERS}


def lay_out(name: str, trip: Trip) -> Way:
    """Lay out the way of a name in the declaration; ``kwai+mtb`` is a wrapper around a short link."""
    outer, _, inner = name.partition("+")
    if not inner:
        return WAYS[outer](trip)
    within = lay_out(inner, trip)
    around = WAYS[outer](replace(trip, item=replace(trip.item, url=within.url)))
    return Way(around.url, (*around.keys, *within.keys), around.resolutions or within.resolutions)
