"""Hold what a run observed against the truth of the sample world: every difference, by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from crawler.sample.truth import PlantedLink, PlantedTarget, Truth

Row = Mapping[str, object]
JUDGED_RULES: frozenset[str] = frozenset(
    {
        "personal_store_link",
        "third_party_store_link",
        "platform_not_permitted",
        "published_before_window",
        "published_after_window",
    }
)
"""The rules that the truth speaks of. What others say (still listed after the window, a misleading label) depends on
the night of the visit and is set aside."""
_ELSEWHERE = "violation of another rule"
_UNDECIDED = {"", "unknown", "not_applicable", "taobao_unspecified"}


@dataclass(slots=True)
class Comparison:
    """What became of each planted page and link. Lists hold differences, in words; an empty one is good news.

    Attributes:
        planted: links that had to be found.
        found: how many of them were.
        optional: links that may be listed or left alone.
        found_optional: how many of them were listed.
        missed: planted links that no sighting shows.
        extra: sightings that show nothing planted.
        shops_right: links whose store type is right, or rightly left open.
        shops_undetermined: store types left open, with a reason, though they could have been known.
        shops_unexplained: the same without any reason.
        shops_wrong: store types that are not true.
        false_violations: links flagged that break nothing, or whose fault nobody can know.
        missed_violations: faults not flagged (those on missed links included).
        rules_wrong: violations flagged under another rule only.
        verdicts_wrong: links cleared that cannot be cleared, or left open that could be cleared.
        resolutions_wrong: links whose following ended in an outcome that is not so.
        pages_right: pages whose visit came to what it should.
        pages_wrong: the others, pages never visited included.
    """

    planted: int = 0
    found: int = 0
    optional: int = 0
    found_optional: int = 0
    sightings: int = 0
    shops_right: int = 0
    pages_right: int = 0
    missed: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    shops_undetermined: list[str] = field(default_factory=list)
    shops_unexplained: list[str] = field(default_factory=list)
    shops_wrong: list[str] = field(default_factory=list)
    false_violations: list[str] = field(default_factory=list)
    missed_violations: list[str] = field(default_factory=list)
    rules_wrong: list[str] = field(default_factory=list)
    verdicts_wrong: list[str] = field(default_factory=list)
    resolutions_wrong: list[str] = field(default_factory=list)
    pages_wrong: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        """Share of planted links that were found; 1.0 where nothing was planted."""
        return self.found / self.planted if self.planted else 1.0

    @property
    def precision(self) -> float:
        """Share of sightings that show something planted; 1.0 where nothing was seen."""
        return 1 - len(self.extra) / self.sightings if self.sightings else 1.0

    @property
    def ok(self) -> bool:
        """Whether the run saw all and said nothing that is not so. A store left open with a reason is fair."""
        return not any(lines for title, lines in self._lists() if title != "shops undetermined")

    def differences(self) -> list[str]:
        """Every difference as one line, ``KIND: what``."""
        return [f"{title}: {line}" for title, lines in self._lists() for line in lines]

    def summary(self) -> str:
        """One line of numbers."""
        return (
            f"of the planted links that must be found {self.found}/{self.planted} found, of those that may be "
            f"{self.found_optional}/{self.optional}; {len(self.extra)} sightings of nothing planted; "
            f"shops {self.shops_right} right, "
            f"{len(self.shops_undetermined) + len(self.shops_unexplained)} undetermined, "
            f"{len(self.shops_wrong)} wrong; "
            f"{len(self.false_violations)} false and {len(self.missed_violations)} missed violations; "
            f"pages {self.pages_right} right, {len(self.pages_wrong)} wrong"
        )

    def _lists(self) -> Iterator[tuple[str, list[str]]]:
        yield "missed", self.missed
        yield "extra", self.extra
        yield "shops undetermined", self.shops_undetermined
        yield "shops unexplained", self.shops_unexplained
        yield "shops wrong", self.shops_wrong
        yield "false violation", self.false_violations
        yield "missed violation", self.missed_violations
        yield "rule wrong", self.rules_wrong
        yield "verdict wrong", self.verdicts_wrong
        yield "resolution wrong", self.resolutions_wrong
        yield "page wrong", self.pages_wrong


def compare(truth: Truth, sightings: Iterable[Row], visits: Iterable[Row]) -> Comparison:
    """Compare a run with the truth.

    Args:
        truth: of the world that was visited.
        sightings: one mapping per sighting: ``page_url``, ``raw``, ``url``, ``found_in``, ``store_type``,
            ``confidence``, ``resolution_outcome``, ``verdict``, ``rules`` (those broken; a sequence, or one text with
            commas), ``reason``.
        visits: one mapping per visit: ``page_url``, ``outcome``; the last one of a page counts.
    """
    result = Comparison()
    _compare_pages(result, truth.targets, list(visits))
    rows = list(sightings)
    result.sightings = len(rows)
    pages = _rows_by_page(truth.targets, rows)
    matched: set[int] = set()
    for link in truth.links:
        mine = [row for row in pages.get(link.page, []) if _shows(row, link)]
        matched.update(map(id, mine))
        _compare_link(result, link, mine)
    result.extra = [
        f"{row.get('url') or row.get('raw')} on {row.get('page_url')}" for row in rows if id(row) not in matched
    ]
    return result


def _rows_by_page(targets: Sequence[PlantedTarget], rows: Sequence[Row]) -> dict[str, list[Row]]:
    urls = {str(row.get("page_url", "")) for row in rows}
    pages = {url: target.canonical_url for url in urls for target in targets if target.is_at(url)}
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(pages.get(str(row.get("page_url", "")), ""), []).append(row)
    return grouped


def _shows(row: Row, link: PlantedLink) -> bool:
    shown = f"{row.get('url') or ''} {row.get('raw') or ''}"
    return any(key in shown for key in link.keys)


def _compare_pages(result: Comparison, targets: Sequence[PlantedTarget], visits: Sequence[Row]) -> None:
    for target in targets:
        outcomes = [str(visit.get("outcome")) for visit in visits if target.is_at(str(visit.get("page_url", "")))]
        if outcomes and outcomes[-1] in target.outcomes:
            result.pages_right += 1
        else:
            seen = outcomes[-1] if outcomes else "never visited"
            result.pages_wrong.append(f"{target.canonical_url}: {seen}, should be {' or '.join(target.outcomes)}")


def _compare_link(result: Comparison, link: PlantedLink, rows: Sequence[Row]) -> None:
    result.planted += link.is_required
    result.optional += not link.is_required
    if not rows:
        if link.is_required:
            result.missed.append(f"{_name(link)} ({', '.join(link.carriers)})")
            _note_missed_violation(result, link)
        return
    result.found += link.is_required
    result.found_optional += not link.is_required
    _compare_shop(result, link, rows)
    _compare_verdict(result, link, rows)
    _compare_resolution(result, link, rows)


def _compare_shop(result: Comparison, link: PlantedLink, rows: Sequence[Row]) -> None:
    said = {str(row.get("store_type") or "") for row in rows}
    wrong = said - _UNDECIDED - set(link.accepted_store_types)
    if wrong:
        result.shops_wrong.append(f"{_name(link)}: {', '.join(sorted(wrong))}, is {link.store_type}")
    elif said & set(link.accepted_store_types) or _UNDECIDED & set(link.accepted_store_types):
        result.shops_right += 1
    elif any(row.get("reason") for row in rows):
        result.shops_undetermined.append(f"{_name(link)}: {rows[0].get('reason')}; is {link.store_type}")
    else:
        result.shops_unexplained.append(f"{_name(link)}: no reason given; is {link.store_type}")


def _compare_verdict(result: Comparison, link: PlantedLink, rows: Sequence[Row]) -> None:
    said = {_verdict(row) for row in rows}
    accepted = {*link.accepted_verdicts, _ELSEWHERE} - (
        {_ELSEWHERE} if link.accepted_verdicts == ("violation",) else set()
    )
    if "violation" in said - accepted:
        result.false_violations.append(f"{_name(link)}: {_rules(rows)}; {link.reason}")
    elif accepted == {"violation"} and "violation" not in said:
        _note_missed_violation(result, link)
    elif "allowed" in said - accepted or not said & accepted:
        result.verdicts_wrong.append(
            f"{_name(link)}: {', '.join(sorted(said))}, should be {link.verdict}: {link.reason}"
        )
    elif "violation" in said and not set(link.accepted_rules) & set(_rules(rows)):
        result.rules_wrong.append(f"{_name(link)}: {', '.join(_rules(rows)) or 'no rule'}, should be {link.rule}")


def _compare_resolution(result: Comparison, link: PlantedLink, rows: Sequence[Row]) -> None:
    said = {str(row.get("resolution_outcome") or "") for row in rows}
    if not said & set(link.resolutions):
        result.resolutions_wrong.append(
            f"{_name(link)}: {', '.join(sorted(said))}, should be {' or '.join(link.resolutions)}"
        )


def _verdict(row: Row) -> str:
    """A row's verdict; a violation of no rule that the truth speaks of says nothing against it."""
    verdict = str(row.get("verdict") or "")
    return _ELSEWHERE if verdict == "violation" and not JUDGED_RULES & set(_rules([row])) else verdict


def _note_missed_violation(result: Comparison, link: PlantedLink) -> None:
    if link.accepted_verdicts == ("violation",):
        result.missed_violations.append(f"{_name(link)}: {link.rule}, {link.reason}")


def _rules(rows: Sequence[Row]) -> list[str]:
    """The rules that the rows of one link break, in order."""
    names: list[str] = []
    for row in rows:
        rules = row.get("rules") or ()
        names.extend(
            rules.split(",") if isinstance(rules, str) else map(str, rules) if isinstance(rules, Iterable) else ()
        )
    return names


def _name(link: PlantedLink) -> str:
    return f"{link.raw} on {link.page}"
