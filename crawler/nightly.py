"""The full night: canaries first and last, the crawl between them, verdicts, and what the night is worth."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from crawler.clock import now_ms
from crawler.crawl import CrawlOptions, CrawlReport, crawl
from crawler.errors import ConfigError
from crawler.evaluate import Bench, cases, load_rules
from crawler.health import Canary, Night, missed_canaries, night_status
from crawler.judging import CANARY_SITE, Judged, judge_run
from crawler.pipelines import Tally, close_books, faults_of, surface_counts
from crawler.policies import shipped
from crawler.reading.policy import Policy, load_policy
from crawler.targets import Address, load_surfaces, read_addresses, targets
from crawler.vocabulary import check_names
from storage.records import Target
from storage.store import Store


class CanaryConfig(BaseModel):
    """A page of which the truth is known: the rules that it must be found to break, none for a clean one."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    url: str
    rules: list[str] = []


class NightConfig(BaseModel):
    """``cartwatch.toml``. Paths are relative to its folder."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    targets: Annotated[list[Path], Field(min_length=1)]
    db: Path = Path("cartwatch.db")
    policy: Path | None = None
    proxy: str = ""
    insecure_tls: bool = False
    browser: str = ""
    pages: Annotated[int, Field(ge=1, le=32)] = 4
    delay_s: Annotated[float, Field(ge=0)] | None = None
    canaries: list[CanaryConfig] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class NightReport:
    """What a night came to: the crawl, the verdicts, and its worth. A void night says nothing of any page."""

    crawl: CrawlReport
    judged: Judged
    night: Night


def load_config(path: Path) -> NightConfig:
    """The configuration of a night, with its paths made absolute.

    Raises:
        ConfigError: the file cannot be read, a key is missing, unknown or of the wrong kind; all of them are named.
    """
    try:
        config = NightConfig.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}); name a cartwatch.toml with --config") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: is not TOML in UTF-8: {error}") from error
    except ValidationError as error:
        raise ConfigError("\n".join(f"{path}: {line}" for line in _problems(error))) from error
    return _beside(path, config)


def _problems(error: ValidationError) -> list[str]:
    cures = {
        "extra_forbidden": f"is no key here; known are {', '.join(NightConfig.model_fields)}",
        "missing": "is missing; add it",
    }
    return [
        f"{'.'.join(map(str, item['loc']))}: {cures.get(item['type'], item['msg'])}"
        for item in error.errors(include_url=False)
    ]


def _beside(path: Path, config: NightConfig) -> NightConfig:
    folder = path.resolve().parent
    places: dict[str, object] = {"targets": [folder / target for target in config.targets], "db": folder / config.db}
    if config.policy is not None:
        places["policy"] = folder / config.policy
    return config.model_copy(update=places)


def run_night(
    config: NightConfig, *, resume: str | None = None, watch: Callable[[Tally], None] = lambda _tally: None
) -> NightReport:
    """Run a night to its end.

    Args:
        config: see :func:`load_config`.
        resume: an interrupted night to go on with; ``"last"`` is the latest.
        watch: told of every visit and resolution.

    Raises:
        UsageError: a target file or address that cannot be understood; nothing was fetched.
        PolicyError: the policy names a rule or a surface that there is not; nothing was fetched.
        ConfigError: a canary names a rule that there is not; nothing was fetched.
    """
    policy = load_policy(config.policy or shipped()[0])
    check_night(config, policy)
    planned = () if resume else plan(config)
    # The books stay open until the canaries have been asked: a night killed before that is resumed, not believed.
    report = crawl(
        _options(config),
        planned,
        kind="nightly",
        resume=resume,
        policy=policy,
        canaries=len(_known_pages(config)),
        closes=False,
        watch=watch,
    )
    with Store.open(config.db, now_ms=now_ms()) as store:
        # What the night is worth comes first: a void one opens no violation and resolves none.
        night = _worth(store, report, config, policy)
        close_books(store, report.run_id, night)
        judged = judge_run(store, report.run_id, policy)
    return NightReport(crawl=replace(report, status=night.status), judged=judged, night=night)


def check_night(config: NightConfig, policy: Policy) -> None:
    """Find before the night what would spoil it at its end."""
    check_names(policy)
    rules = load_rules()
    for canary in config.canaries:
        strange = [rule for rule in canary.rules if rule not in rules]
        if strange:
            raise ConfigError(
                f"canaries: {canary.url}: rules: there is no rule {strange[0]!r}; known are {', '.join(rules)}"
            )


def plan(config: NightConfig) -> tuple[Target, ...]:
    """What the night looks at, in this order: every canary, every target, every canary again."""
    surfaces = load_surfaces()
    wanted = targets([address for file in config.targets for address in read_addresses(file)], surfaces)
    known = _known_pages(config)
    return (*_as_canaries(known, "first"), *wanted, *_as_canaries(known, "last"))


def _known_pages(config: NightConfig) -> tuple[Target, ...]:
    return targets([Address(canary.url, "canaries") for canary in config.canaries], load_surfaces())


def _as_canaries(known: Iterable[Target], when: str) -> list[Target]:
    """Canaries as pages of their own: the fragment keeps first and last look, and real pages, apart."""
    return [replace(target, url=f"{target.url}#canary-{when}", site=CANARY_SITE) for target in known]


def _options(config: NightConfig) -> CrawlOptions:
    return CrawlOptions(
        db=config.db,
        proxy=config.proxy,
        insecure_tls=config.insecure_tls,
        browser=config.browser,
        pages=config.pages,
        delay_s=config.delay_s,
    )


def _worth(store: Store, report: CrawlReport, config: NightConfig, policy: Policy) -> Night:
    asked = [
        Canary(f"{target.url}#canary-{when}", frozenset(canary.rules))
        for canary in config.canaries
        for target in targets([Address(canary.url)], load_surfaces())
        for when in ("first", "last")
    ]
    counts = surface_counts(store, report.run_id)
    night = night_status(
        counts,
        canaries=len(asked),
        missed=missed_canaries(asked, canary_rules(store, report.run_id, policy)),
        drifts=faults_of(store, report.run_id),
        interrupted=report.status == "interrupted",
    )
    watched = {target.surface for target in _known_pages(config)}
    unwatched = [count.surface for count in counts if count.surface not in watched]
    blind_spot = f"; no canary stands on {', '.join(unwatched)}" if config.canaries and unwatched else ""
    return replace(night, reason=night.reason + blind_spot)


def canary_rules(store: Store, run_id: str, policy: Policy) -> Mapping[str, set[str]]:
    """The rules broken on each canary that was seen whole, by its address: judged as a page of the policy's site."""
    pages = {
        row["page_id"]: row["task_url"]
        for row in store.facts.visit_rows(run_id)
        if row["site"] == CANARY_SITE and row["outcome"] == "ok" and row["product_area_seen"]
    }
    found: dict[str, set[str]] = {url: set() for url in pages.values()}
    bench = Bench(policy, load_rules())
    site = policy.terms.sites[0] if policy.terms.sites else "kuaishou"
    for case in cases(store.verdicts.facts(run_id)):
        if case.page_id in pages:
            broken = (
                verdict.rule for verdict in bench.judge(case._replace(site=site)) if verdict.verdict == "violation"
            )
            found[pages[case.page_id]].update(broken)
    return found
