"""Is tonight's answer worth anything? Coverage with its denominator, canaries, drift, and from them the night's status.

Pure: numbers of the ledger and of earlier nights go in, words and a status come out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal, NamedTuple

from storage.records import RunStatus, VerdictValue

LAG = 14
"""Nights between tonight and its baseline: a baseline of the nights just before would sink along with a slow decay."""
FEWEST = 3
"""Nights on either side below which nothing can be said."""
TOLERANCE = 0.15
NOISE = 3 * 1.4826
"""Three standard deviations, estimated by the median absolute deviation."""


class SurfaceCount(NamedTuple):
    """How a run fared on one surface.

    Attributes:
        targets: pages that were to be looked at.
        reached: of these, seen or found off the air.
        whole: of those, with the product area seen (or off the air): only there "no link" says something.
    """

    surface: str
    targets: int
    reached: int
    whole: int

    @property
    def coverage(self) -> float:
        """Share of the targets that were seen whole; 1.0 where there were none."""
        return self.whole / self.targets if self.targets else 1.0


@dataclass(frozen=True, slots=True)
class Canary:
    """A page of which the truth is known.

    Attributes:
        url: its address.
        rules: those that it must be found to break, and no other; none for a clean page.
        stores: the store types that its links must be found to lead to, and no other; ``None`` where nobody asks.
        verdict: what must be found of all its links together, and so for the others.
        links: how many distinct links must be found on it.
    """

    url: str
    rules: frozenset[str] = frozenset()
    stores: frozenset[str] | None = None
    verdict: VerdictValue | None = None
    links: int | None = None


class Shown(NamedTuple):
    """What a canary showed when it was seen whole. ``surface`` is that of the page where its address ended."""

    surface: str
    rules: frozenset[str] = frozenset()
    stores: frozenset[str] = frozenset()
    verdict: VerdictValue = "allowed"
    links: int = 0


@dataclass(frozen=True, slots=True)
class Night:
    """What a night is worth. A ``void`` night says nothing of any page."""

    status: RunStatus
    reason: str


@dataclass(frozen=True, slots=True)
class Drift:
    """A measure that left its baseline."""

    metric: str
    baseline: float
    now: float

    def __str__(self) -> str:
        return f"{self.metric} went from {self.baseline:.3g} to {self.now:.3g}"


def night_status(
    counts: Sequence[SurfaceCount],
    *,
    canaries: int = 0,
    missed: Sequence[str] = (),
    drifts: Sequence[Drift | str] = (),
    interrupted: bool = False,
) -> Night:
    """What a night is worth.

    Args:
        counts: per surface; canaries count among the targets.
        canaries: how many pages were looked at of which the truth is known.
        missed: of these, what was not found as it should have been (see ``missed_canaries``).
        drifts: measures that left their baseline, and fields that are gone (see ``lost_anchors``).
        interrupted: the run was stopped before its end.
    """
    said = coverage_words(counts)
    if interrupted:
        return Night("interrupted", f"stopped before its end; {said}")
    if not any(count.whole for count in counts):
        return Night("void", f"no page was seen whole; {said}")
    if missed:
        return Night("void", f"{len(missed)} of {canaries} canaries missed: {'; '.join(missed)}; {said}")
    kept = f"; {canaries} canaries as they should be" if canaries else ""
    faults = [*_blind_surfaces(counts), *map(str, drifts)]
    if faults or any(count.whole < count.targets for count in counts):
        return Night("degraded", "; ".join([*faults, said]) + kept)
    return Night("complete", said + kept)


def coverage_words(counts: Sequence[SurfaceCount]) -> str:
    """How many of how many pages were seen whole, in all and by surface."""
    whole, targets = sum(count.whole for count in counts), sum(count.targets for count in counts)
    by_surface = ", ".join(f"{count.surface} {count.whole} of {count.targets}" for count in counts)
    return f"{whole} of {targets} pages were seen whole" + (f" ({by_surface})" if by_surface else "")


def violation_words(violations: int, pages: int, counts: Sequence[SurfaceCount]) -> str:
    """A number of violations with that of the pages that hold them, never without how many pages it could be."""
    where = f" on {pages} page{'' if pages == 1 else 's'}" if violations else ""
    return f"{violations} violation{'' if violations == 1 else 's'}{where}; {coverage_words(counts)}"


def missed_canaries(canaries: Sequence[Canary], shown: Mapping[str, Shown]) -> list[str]:
    """What canaries should have shown and did not, in words; empty where all is well.

    Args:
        canaries: pages of which the truth is known.
        shown: what was found on each page that was seen whole, by the canary's address; a page that was not seen
            whole is left out.
    """
    return [words for canary in canaries if (words := _missed(canary, shown.get(canary.url)))]


def blind_spots(
    canaries: Collection[tuple[str, Canary]], surfaces: Collection[str], stores: Collection[str]
) -> list[str]:
    """What no canary watches, in words: there a night may go blind without being void.

    Args:
        canaries: pages of which the truth is known, each with its surface.
        surfaces: those that the night looked at.
        stores: every store type that a policy can tell apart.
    """
    bad = {surface for surface, canary in canaries if canary.rules}
    clean = {surface for surface, canary in canaries if not canary.rules}
    led_to = {store for _, canary in canaries for store in canary.stores or ()}
    gaps = (
        ("no known-bad canary stands on", set(surfaces) - bad),
        ("no known-clean canary stands on", set(surfaces) - clean),
        ("no canary leads to", set(stores) - led_to),
    )
    return [f"{words} {', '.join(sorted(missing))}" for words, missing in gaps if missing]


def drift(
    metric: str,
    values: Sequence[float],
    *,
    bad: Literal["down", "up", "either"] = "either",
    lag: int = LAG,
    tolerance: float = TOLERANCE,
) -> Drift | None:
    """Whether a measure has left its baseline: the nights from ``lag`` to twice ``lag`` ago.

    Args:
        metric: its name, for the message.
        values: a value for each night that was not void, the oldest first, tonight's last.
        bad: the direction that matters.
        lag: nights between; fewer are taken where there are fewer.
        tolerance: the relative change below which nothing is said.

    Returns:
        ``None`` where nothing has changed, or too few nights are known to say so.
    """
    lag = min(lag, len(values) // 2)
    if lag < FEWEST:
        return None
    before = values[-2 * lag : -lag]
    baseline = median(before)
    spread = median([abs(value - baseline) for value in before])
    least = max(tolerance * abs(baseline), NOISE * spread)
    # One night may be an accident, unless it is twice as far out.
    seen = ((median(values[-FEWEST:]), least), (values[-1], 2 * least))
    return next((Drift(metric, baseline, now) for now, far in seen if _moved(now - baseline, bad) > far), None)


def drifts(history: Sequence[Mapping[str, float]], now: Mapping[str, float]) -> list[Drift]:
    """Every measure of tonight that left its baseline.

    Args:
        history: the measures of earlier nights, oldest first.
        now: tonight's.
    """
    known = {metric: [night[metric] for night in history if metric in night] for metric in now}
    found = (drift(metric, [*known[metric], now[metric]]) for metric in sorted(now))
    return [moved for moved in found if moved is not None]


def lost_anchors(before: Mapping[str, float], now: Mapping[str, float]) -> list[str]:
    """Fields that the pages of a surface had on the night before and none has tonight: somebody renamed them.

    Args:
        before: by ``SURFACE.FIELD``, the share of open pages that had the field the night before.
        now: the same of tonight.
    """
    return [f"no page has {field} any more" for field in sorted(now) if not now[field] and before.get(field, 0) > 0]


def _moved(change: float, bad: Literal["down", "up", "either"]) -> float:
    return {"down": -change, "up": change, "either": abs(change)}[bad]


def _blind_surfaces(counts: Sequence[SurfaceCount]) -> list[str]:
    blind = [count.surface for count in counts if count.targets and not count.whole]
    return [f"nothing at all was seen of {', '.join(blind)}"] if blind else []


def _missed(canary: Canary, shown: Shown | None) -> str:
    if shown is None:
        return f"{canary.url} was not seen whole"
    faults = [
        *_differences("show", canary.rules, shown.rules),
        *(_differences("lead to", canary.stores, shown.stores) if canary.stores is not None else ()),
    ]
    if canary.links is not None and canary.links != shown.links:
        faults.append(f"should show {canary.links} links, not {shown.links}")
    if canary.verdict is not None and canary.verdict != shown.verdict:
        faults.append(f"should be {canary.verdict}, not {shown.verdict}")
    return f"{canary.url} {' and '.join(faults)}" if faults else ""


def _differences(verb: str, wanted: frozenset[str], found: frozenset[str]) -> Iterator[str]:
    if wanted - found:
        yield f"should {verb} {', '.join(sorted(wanted - found))}"
    if found - wanted:
        yield f"should not {verb} {', '.join(sorted(found - wanted))}"
