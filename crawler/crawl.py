"""Run the spiders over the tasks of one run, in this process, until all are done or somebody stops it."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scrapy.crawler import AsyncCrawlerRunner
from scrapy.settings import Settings
from scrapy.utils.log import configure_logging
from scrapy.utils.reactor import install_reactor

from crawler import __version__, pipelines
from crawler.clock import now_ms
from crawler.egress import guard_in_thread
from crawler.errors import CartwatchError, ConfigError, DatabaseError, DiskLimitError, UsageError
from crawler.evaluate import Bench, load_rules
from crawler.extract import load_extractors
from crawler.pipelines import Night, Tally, require_room
from crawler.reading.policy import Policy
from crawler.shelf import calm_collector
from storage.connection import StoreFullError, refusing
from storage.ledger import Counts
from storage.records import RunKind, Target
from storage.store import Store

# These report as errors what is stored as the outcome of a visit or resolution.
_WHAT_OUTCOMES_SAY = (
    "scrapy.downloadermiddlewares.retry",
    "scrapy.downloadermiddlewares.robotstxt",
    "scrapy.core.downloader.handlers.http11",
    "scrapy.core.scraper",
)


_FROM_ENVIRONMENT = (
    "CARTWATCH_EXTRACTORS",
    "CARTWATCH_ATTEMPTS",
    "CARTWATCH_PAGE_LIMIT",
    "CARTWATCH_BROWSER_LIMIT",
    "CARTWATCH_DISK_RESERVE",
)
"""Settings that the environment may change; the rest have options of their own."""
_GLANCE_S = 0.05
"""So often is it looked whether a spider that is to be stopped has started."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlOptions:
    """How to crawl.

    Attributes:
        db: the database file.
        proxy: the egress proxy; ``""`` starts the guard, which refuses private and local addresses.
        insecure_tls: accept any certificate (for the sample world and recording proxies).
        delay_s: seconds between requests to one host; ``None`` keeps the polite default, 0 is for a sample world.
        browser: path of a browser; ``""`` finds one.
        pages: browser pages at once.
        settings: further Scrapy settings.
    """

    db: Path
    proxy: str = ""
    insecure_tls: bool = False
    delay_s: float | None = None
    browser: str = ""
    pages: int = 4
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlReport:
    """How a run ended. ``status``: complete, degraded, void or interrupted."""

    run_id: str
    kind: RunKind = "adhoc"
    status: str
    counts: Counts
    tally: Tally


def crawl(
    options: CrawlOptions,
    targets: Sequence[Target] = (),
    *,
    kind: RunKind = "adhoc",
    resume: str | None = None,
    policy: Policy | None = None,
    canaries: int = 0,
    closes: bool = True,
    watch: Callable[[Tally], None] = lambda _tally: None,
) -> CrawlReport:
    """Visit the targets, or go on with a run that was interrupted.

    Args:
        options: how to crawl.
        targets: what to visit; not looked at when resuming.
        kind: what the run is for.
        resume: a run to go on with; ``"last"`` is the latest unfinished one (of nights, for a night).
        policy: judges on the way, for the eyes of ``watch`` only; verdicts are written by evaluating.
        canaries: so many targets at either end are visited before and after all others.
        closes: close the books at the end; ``False`` leaves the run ``running`` for a caller who knows more of its
            worth, unless it was interrupted.
        watch: told of the start, and of every visit and resolution.

    The Twisted reactor runs here, so this can be called once in a process.

    Raises:
        UsageError: the run to go on with left by a proxy, or accepted any certificate, and this is not said again.
        ConfigError: CARTWATCH_EXTRACTORS names an extractor that there is not, CARTWATCH_ATTEMPTS no number, or the
            proxy is no address of one.
        BrowserError: no browser starts; go on with ``resume`` when one does.
        DiskLimitError: the disk is full but for CARTWATCH_DISK_RESERVE; go on with ``resume`` when there is room.
        DatabaseError, StoreRefusedError: facts could not be kept; go on with ``resume``.
    """
    bench = Bench(policy, load_rules()) if policy else None
    _check_environment()
    check_proxy(options.proxy)
    reserve = _settings(options, "").getint("CARTWATCH_DISK_RESERVE")
    require_room(options.db.resolve().parent, reserve)
    with refusing(options.db), Store.open(options.db, now_ms=now_ms()) as store, _door(options) as proxy:
        run_id = _run(store, options, targets, kind, resume)
        before = store.ledger.counts(run_id)
        tally = Tally(targets=before.targets, earlier=before.done, outcomes=dict(before.outcomes))
        night = Night(store, run_id, tally=tally, watch=watch, bench=bench, reserve=reserve)
        pipelines.open_night(night, options.db)
        try:
            night.take_up()
            watch(tally)
            calm_collector()
            stages = _stages(before.targets, canaries)
            stopped = _run_spiders(_settings(options, proxy), store.ledger.surfaces(run_id), night, stages)
        finally:
            pipelines.close_night(options.db)
        if night.failure is not None:
            fail(night, options.db)
        left_over = pipelines.worth_of(store, run_id, interrupted=stopped).status == "interrupted"
        status = pipelines.finish(night, interrupted=stopped) if closes or left_over else "running"
        return CrawlReport(
            run_id=run_id, kind=kind, status=status, counts=store.ledger.counts(run_id), tally=night.tally
        )


def fail(night: Night, db: Path) -> None:
    """End a run that cannot go on: its books are closed as interrupted if there is room for that, and why is raised."""
    assert night.failure is not None
    with contextlib.suppress(Exception):  # a disk that is full, a database that refuses: what stopped it is told below
        pipelines.finish(night, interrupted=True)
    raise_failure(night.failure, db)


def raise_failure(failure: Exception, db: Path) -> None:
    """Raise what ended a run, as what a person can repair: no browser, a full disk, a database that refuses."""
    if isinstance(failure, CartwatchError):
        raise type(failure)(f"{failure}; mend that, then go on with --resume") from failure
    if getattr(failure, "errno", None) in {errno.ENOSPC, errno.EDQUOT}:
        raise DiskLimitError(f"{db}: no room on the disk ({failure}); make some, then go on with --resume") from failure
    if isinstance(failure, OSError):
        words = f"{db}: its evidence cannot be kept ({failure}); mend that, then go on with --resume"
        raise DatabaseError(words) from failure
    try:
        with refusing(db):
            raise failure
    except StoreFullError as error:
        raise DiskLimitError(f"{error}, then go on with --resume") from failure


def _check_environment() -> None:
    """A misspelt extractor would be none, and every page clean."""
    named = os.environ.get("CARTWATCH_EXTRACTORS", "")
    known = load_extractors()
    for stem in filter(None, named.split(",")):
        if stem not in known:
            raise ConfigError(f"CARTWATCH_EXTRACTORS: there is no extractor {stem!r}; known are {', '.join(known)}")
    for name in _FROM_ENVIRONMENT[1:]:
        if not os.environ.get(name, "1").isdecimal():
            raise ConfigError(f"{name}: {os.environ[name]!r} is no number; name one, or unset it")


def check_proxy(proxy: str) -> None:
    """Behind a misspelt proxy nothing would be seen, and every page blamed for it."""
    try:
        named = urlsplit(proxy)
        is_address = named.scheme in {"http", "https"} and bool(named.hostname) and named.port != 0
    except ValueError:
        is_address = False
    if proxy and not is_address:
        raise ConfigError(f"proxy: {proxy!r} is no address of a proxy; write it like http://127.0.0.1:3128")


def _run(store: Store, options: CrawlOptions, targets: Sequence[Target], kind: RunKind, resume: str | None) -> str:
    if resume:
        wanted: RunKind | None = "nightly" if kind == "nightly" else None
        run_id = store.ledger.unfinished(None if resume == "last" else resume, wanted)
        _require_same_way(run_id, store.ledger.config(run_id), options, kind)
        return store.ledger.resume(run_id, now_ms=now_ms())
    config = {"proxy": bool(options.proxy), "insecure_tls": options.insecure_tls, "pages": options.pages}
    return store.ledger.begin_run(kind, targets, now_ms=now_ms(), config=config, code_version=__version__)


def _require_same_way(run_id: str, begun: Mapping[str, Any], options: CrawlOptions, kind: RunKind) -> None:
    """A run that left by a proxy does not go on past it, where its pages cannot be reached or should not be."""
    if kind == "nightly":
        proxy_cure, tls_cure = "name it again as `proxy` in cartwatch.toml", "say `insecure_tls = true` in it again"
    else:
        proxy_cure, tls_cure = "name it again with --proxy (or CARTWATCH_PROXY)", "say --insecure-tls again"
    lost = [f"this run went through a proxy; {proxy_cure}"] * bool(begun.get("proxy") and not options.proxy)
    lost += [f"this run accepts any certificate; {tls_cure}"] * bool(
        begun.get("insecure_tls") and not options.insecure_tls
    )
    if lost:
        raise UsageError(f"{options.db}: run {run_id}: {'; '.join(lost)}; nothing was fetched")


@contextlib.contextmanager
def _door(options: CrawlOptions) -> Iterator[str]:
    """The one way out: the operator's proxy, or the guard."""
    if options.proxy:
        yield options.proxy
        return
    with guard_in_thread() as guard:
        yield guard.url


def _settings(options: CrawlOptions, proxy: str) -> Settings:
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    changed: dict[str, Any] = {
        "CARTWATCH_DB": str(options.db),
        "CARTWATCH_PROXY": proxy,
        "CARTWATCH_INSECURE_TLS": options.insecure_tls,
        "CARTWATCH_BROWSER": options.browser,
        "CARTWATCH_PAGES": options.pages,
        "DOWNLOAD_VERIFY_CERTIFICATES": not options.insecure_tls,
        **{name: value for name in _FROM_ENVIRONMENT if (value := os.environ.get(name))},
        **_pace(options.delay_s),
        **options.settings,
    }
    settings.setdict(changed, priority="cmdline")
    return settings


def _pace(delay_s: float | None) -> dict[str, Any]:
    if delay_s is None:
        return {}
    pace: dict[str, Any] = {"DOWNLOAD_DELAY": delay_s, "AUTOTHROTTLE_ENABLED": delay_s > 0}
    return pace | ({} if delay_s else {"CONCURRENT_REQUESTS_PER_DOMAIN": 16})


def _run_spiders(
    settings: Settings, surfaces: Sequence[str], night: Night, stages: Sequence[tuple[int, int] | None]
) -> bool:
    """Run the spiders of these surfaces one after the other; returns whether somebody stopped it.

    One after the other, so that the delays per host hold over all of them.
    """
    install_reactor(settings["TWISTED_REACTOR"])
    from twisted.internet import reactor  # noqa: PLC0415 - importing it installs one, so not before the line above

    configure_logging(settings)
    quiet()
    runner = AsyncCrawlerRunner(settings)
    stop = _Stop(runner)
    task = asyncio.get_event_loop().create_task(_one_by_one(runner, surfaces, night, stages, stop))
    task.add_done_callback(lambda _: reactor.stop())  # type: ignore[misc] # declared as an interface
    with stop.listening():
        reactor.run(installSignalHandlers=False)  # type: ignore[misc, call-arg] # declared as an interface
    task.result()
    return stop.asked


def quiet() -> None:
    """Keep from the terminal what is stored as the outcome of a visit or resolution."""
    for name in _WHAT_OUTCOMES_SAY:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _stages(targets: int, canaries: int) -> list[tuple[int, int] | None]:
    """The places visited one after the other: ``None`` is all of them at once."""
    if not canaries:
        return [None]
    return [(0, canaries), (canaries, targets - canaries), (targets - canaries, targets)]


async def _one_by_one(
    runner: AsyncCrawlerRunner,
    surfaces: Sequence[str],
    night: Night,
    stages: Sequence[tuple[int, int] | None],
    stop: _Stop,
) -> None:
    for stage in stages:
        night.stage = stage
        for surface in surfaces:
            if stop.asked or night.failure is not None:
                return
            await runner.crawl(surface)


class _Stop:
    """Answers signals: the first ends the run in good order, the second ends the process at once."""

    def __init__(self, runner: AsyncCrawlerRunner) -> None:
        self.runner = runner
        self.asked = False
        self._stopping: asyncio.Task[None] | None = None

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Listen while the reactor runs."""
        before = {number: signal.signal(number, self._on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _on_signal(self, _number: int, _frame: object) -> None:
        if self.asked:
            _leave_at_once()
        self.asked = True
        logging.getLogger(__name__).warning("stopping; pages under way are finished first. Again to stop at once.")
        asyncio.get_event_loop().call_soon_threadsafe(self._stop)

    def _stop(self) -> None:
        self._stopping = asyncio.ensure_future(self._stop_when_started())

    async def _stop_when_started(self) -> None:
        """Scrapy passes over a spider that is still starting: it would run to its end, and then wait for ever."""
        while any(  # noqa: ASYNC110 - Scrapy tells of no such event to those outside
            crawler.crawling and not crawler.engine.running for crawler in self.runner.crawlers
        ):
            await asyncio.sleep(_GLANCE_S)
        await self.runner.stop()


def _leave_at_once() -> None:
    """End the process as a kill does: nothing is lost by that, and an orderly exit waits for threads that hang."""
    if sys.stderr.isatty():
        sys.stderr.write("\x1b[?25h\n")  # The cursor, which the progress bar hid.
        sys.stderr.flush()
    os._exit(11)
