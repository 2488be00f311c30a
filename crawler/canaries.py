"""Canaries: pages of which the truth is known, visited before and after all others, to tell whether a night can see."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from crawler.errors import ConfigError
from crawler.evaluate import Bench, cases, load_rules, overall
from crawler.health import Canary, Shown, blind_spots, missed_canaries
from crawler.reading.policy import Policy, PolicyStore
from crawler.reading.toml_file import Problem, problems_of, suggest, syntax_fault, told
from crawler.shapes import Case
from crawler.targets import Address, load_surfaces, recognise, targets
from storage.records import CANARY_SITE, Target, VerdictValue
from storage.store import Store

TEMPLATE = Path(__file__).with_suffix(".toml")
"""A canary file to fill, with every key explained."""
STORES: frozenset[str] = frozenset(get_args(PolicyStore))
_LOOKS = ("first", "last")
Config = TypeVar("Config", bound=BaseModel)


class CanaryConfig(BaseModel):
    """A page of which the truth is known, as somebody wrote it down. See :class:`crawler.health.Canary`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    url: str
    rules: list[str] = []
    stores: list[PolicyStore] | None = None
    verdict: VerdictValue | None = None
    links: Annotated[int, Field(ge=0)] | None = None


class _CanaryFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    canaries: Annotated[list[CanaryConfig], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Answer:
    """What canaries said of a run.

    Attributes:
        asked: how many looks at canaries there were, two at each.
        missed: what they should have shown and did not, in words: if anything, the run saw too little or too much.
        blind_spots: surfaces and store types that no canary watches, in words.
    """

    asked: int
    missed: Sequence[str]
    blind_spots: Sequence[str]


def read_canaries(path: Path) -> list[CanaryConfig]:
    """The canaries in a file.

    Raises:
        ConfigError: it cannot be read, a key is missing, unknown or of the wrong kind, or a canary could never be as
            it is said to be; all of them are named.
    """
    return read_config(path, _CanaryFile, "name a file of canaries").canaries


def read_config(path: Path, model: type[Config], cure: str) -> Config:
    """A configuration file, checked, its canaries too.

    Args:
        path: the file.
        model: what it may say.
        cure: what to do if there is no such file.

    Raises:
        ConfigError: it cannot be read, or is not as it should be: ``file:line: key: cure``, a line for each fault.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")  # some editors write a mark at the start
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}); {cure}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: byte {error.start} is not UTF-8; save the file as UTF-8") from error
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(syntax_fault(error, text, str(path))) from error
    content, problems = _validated(raw, model)
    if content is None or problems:
        raise ConfigError("\n".join(told(problems, text, str(path))))
    return content


def _validated(raw: Mapping[str, Any], model: type[Config]) -> tuple[Config | None, list[Problem]]:
    impossible = list(_impossible(raw.get("canaries")))
    try:
        return model.model_validate(raw), impossible
    except ValidationError as error:
        return None, [*problems_of(error, model), *impossible]


def _impossible(written: object) -> Iterator[Problem]:
    """What canaries that are sound by themselves say and can never be."""
    surfaces = load_surfaces()
    for number, table in enumerate(written if isinstance(written, list) else []):
        try:
            canary = CanaryConfig.model_validate(table)
        except ValidationError:
            continue  # told with its own key
        if recognise(canary.url, surfaces) is None:
            yield ("canaries", number, "url"), f"{canary.url!r} is no page that a surface knows; correct it"
        for key, cure in _contradictions(canary):
            yield ("canaries", number, key), cure


def check_canaries(canaries: Iterable[CanaryConfig]) -> None:
    """Raise ``ConfigError`` where a canary could never be as it is said to be."""
    for canary in canaries:
        for key, cure in _contradictions(canary):
            raise ConfigError(f"canaries: {canary.url}: {key}: {cure}")


def _contradictions(canary: CanaryConfig) -> Iterator[tuple[str, str]]:
    """The key and the cure of what a canary says that can never be."""
    rules = load_rules()
    for rule in canary.rules:
        if rule not in rules:
            yield "rules", f"there is no rule {rule!r}; {suggest(rule, rules)}"
    if canary.verdict is not None and bool(canary.rules) != (canary.verdict == "violation"):
        said = 'rules, so its verdict is "violation"' if canary.rules else "no rule, so it is no violation"
        yield "verdict", f"the page breaks {said}; correct one of the two"


def pages(canaries: Iterable[CanaryConfig]) -> tuple[Target, ...]:
    """The pages of canaries, as targets."""
    return targets([Address(canary.url, "canaries") for canary in canaries], load_surfaces())


def around(canaries: Iterable[CanaryConfig], wanted: Iterable[Target]) -> tuple[Target, ...]:
    """What a run with canaries looks at, in this order: every canary, every target, every canary again."""
    known = pages(canaries)
    first, last = ([_as_canary(target.url, target, when) for target in known] for when in _LOOKS)
    return (*first, *wanted, *last)


def _as_canary(url: str, target: Target, when: str) -> Target:
    """A page of its own: the fragment keeps first and last look, and real pages, apart."""
    return replace(target, url=_look(url, when), site=CANARY_SITE)


def _look(url: str, when: str) -> str:
    return f"{url}#canary-{when}"


def ask(store: Store, run_id: str, canaries: Iterable[CanaryConfig], policy: Policy) -> Answer:
    """What the canaries of a run showed, against what they should have.

    Args:
        store: holds the run.
        run_id: the run, its targets those of :func:`around`.
        canaries: the same as there.
        policy: by which they are judged, as pages of its own site.
    """
    asked = list(_asked(canaries))
    looks = {row["task_url"]: row for row in store.facts.visit_rows(run_id)}
    shown = _shown(store, run_id, looks, policy)
    # A share link says only when it was followed on which surface it ends.
    standing = [(shown[one.url].surface if one.url in shown else surface, one) for surface, one in asked]
    sold_on = {stem for stem, surface in load_surfaces().items() if surface.rendering.product_area}
    surfaces = {row["surface"] for row in looks.values() if row["site"] != CANARY_SITE} & sold_on
    gaps = blind_spots(standing, surfaces, STORES) if asked else ["no canary was asked"]
    return Answer(len(asked), missed_canaries([one for _, one in asked], shown), gaps)


def _asked(canaries: Iterable[CanaryConfig]) -> Iterator[tuple[str, Canary]]:
    """Each look at each canary, with the surface that knows its address."""
    for canary in canaries:
        (target,) = pages([canary])
        stores = None if canary.stores is None else frozenset(canary.stores)
        for when in _LOOKS:
            url = _look(target.url, when)
            yield target.surface, Canary(url, frozenset(canary.rules), stores, canary.verdict, canary.links)


def _shown(store: Store, run_id: str, looks: Mapping[str, Mapping[str, Any]], policy: Policy) -> dict[str, Shown]:
    """What was found on each canary that was seen whole at the last look, by its address."""
    bench = Bench(policy, load_rules())
    site = policy.terms.sites[0] if policy.terms.sites else "kuaishou"
    return {
        url: _findings(
            row["surface"],
            [case._replace(site=site) for case in cases(store.verdicts.facts(run_id, row["visit_id"]))],
            bench,
        )
        for url, row in looks.items()
        if row["site"] == CANARY_SITE and row["outcome"] == "ok" and row["product_area_seen"]
    }


def _findings(surface: str, seen: Sequence[Case], bench: Bench) -> Shown:
    verdicts = [verdict for case in seen for verdict in bench.judge(case)]
    believed = {case.store_type for case in seen if bench.policy.believes(case.confidence)}
    return Shown(
        surface=surface,
        rules=frozenset(verdict.rule for verdict in verdicts if verdict.verdict == "violation"),
        stores=frozenset(believed & STORES),
        verdict=overall(verdict.verdict for verdict in verdicts),
        links=len({case.link_id for case in seen}),
    )
