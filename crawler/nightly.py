"""The full night: canaries first and last, the crawl between them, verdicts, and what the night is worth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from crawler.canaries import Answer, CanaryConfig, around, ask, check_canaries, pages, read_canaries, read_config
from crawler.clock import now_ms
from crawler.crawl import CrawlOptions, CrawlReport, crawl
from crawler.health import Night, night_status
from crawler.judging import Judged, judge_run
from crawler.pipelines import Tally, close_books, faults_of, surface_counts
from crawler.reading.policy import Policy
from crawler.targets import load_surfaces, read_addresses, targets
from crawler.vocabulary import check_names
from storage.records import Target
from storage.store import Store

LONGEST_DELAY_S = 3600.0
"""Seconds between requests to one host; a run that waits longer, or without end, is a slip of the pen."""


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
    delay_s: Annotated[float, Field(ge=0, le=LONGEST_DELAY_S)] | None = None
    canaries: list[CanaryConfig] = []
    canary_files: list[Path] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class NightReport:
    """What a night came to: the crawl, the verdicts, its worth, and what its canaries said.

    A void night says nothing of any page.
    """

    crawl: CrawlReport
    judged: Judged
    night: Night
    canaries: Answer


def load_config(path: Path) -> NightConfig:
    """The configuration of a night, with its paths made absolute and the canaries of its canary files among the others.

    Raises:
        ConfigError: the file cannot be read, a key is missing, unknown or of the wrong kind; all of them are named.
    """
    config = read_config(path, NightConfig, "name a cartwatch.toml with --config")
    return _beside(path, config)


def _beside(path: Path, config: NightConfig) -> NightConfig:
    folder = path.resolve().parent
    places: dict[str, object] = {"targets": [folder / target for target in config.targets], "db": folder / config.db}
    if config.policy is not None:
        places["policy"] = folder / config.policy
    files = [read_canaries(folder / file) for file in config.canary_files]
    places["canaries"] = [*config.canaries, *(canary for canaries in files for canary in canaries)]
    return config.model_copy(update=places)


def run_night(
    config: NightConfig,
    policy: Policy,
    *,
    resume: str | None = None,
    watch: Callable[[Tally], None] = lambda _tally: None,
) -> NightReport:
    """Run a night to its end.

    Args:
        config: see :func:`load_config`.
        policy: judges the night.
        resume: an interrupted night to go on with; ``"last"`` is the latest.
        watch: told of every visit and resolution.

    Raises:
        UsageError: a target file or address that cannot be understood; nothing was fetched.
        PolicyError: the policy uses a name that nothing bears; nothing was fetched.
        ConfigError: a canary could never be as it is said to be; nothing was fetched.
    """
    check_night(config, policy)
    planned = () if resume else plan(config)
    # The books stay open until the canaries have been asked: a night killed before that is resumed, not believed.
    report = crawl(
        _options(config),
        planned,
        kind="nightly",
        resume=resume,
        policy=policy,
        canaries=len(pages(config.canaries)),
        closes=False,
        watch=watch,
    )
    with Store.open(config.db, now_ms=now_ms()) as store:
        # What the night is worth comes first: a void one opens no violation and resolves none.
        answer = ask(store, report.run_id, config.canaries, policy)
        night = _worth(store, report, answer)
        close_books(store, report.run_id, night)
        judged = judge_run(store, report.run_id, policy)
    return NightReport(crawl=replace(report, status=night.status), judged=judged, night=night, canaries=answer)


def check_night(config: NightConfig, policy: Policy) -> None:
    """Find before the night what would spoil it at its end."""
    check_names(policy)
    check_canaries(config.canaries)


def plan(config: NightConfig) -> tuple[Target, ...]:
    """What the night looks at, in this order: every canary, every target, every canary again."""
    addresses = [address for file in config.targets for address in read_addresses(file)]
    return around(config.canaries, targets(addresses, load_surfaces()))


def _options(config: NightConfig) -> CrawlOptions:
    return CrawlOptions(
        db=config.db,
        proxy=config.proxy,
        insecure_tls=config.insecure_tls,
        browser=config.browser,
        pages=config.pages,
        delay_s=config.delay_s,
    )


def _worth(store: Store, report: CrawlReport, answer: Answer) -> Night:
    night = night_status(
        surface_counts(store, report.run_id),
        canaries=answer.asked,
        missed=answer.missed,
        drifts=faults_of(store, report.run_id),
        interrupted=report.status == "interrupted",
    )
    unasked = () if night.status == "interrupted" else answer.blind_spots
    return replace(night, reason="; ".join([night.reason, *unasked]))
