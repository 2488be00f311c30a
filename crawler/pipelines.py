"""The wiring between Scrapy and the rest: tasks from the ledger, visits to facts, each link resolved once a night."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import shutil
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Self, TypeAlias

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider, IgnoreRequest
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from crawler import __version__
from crawler.classify import classify_url, web_address
from crawler.clock import now_ms
from crawler.egress import guard_in_thread
from crawler.errors import BrowserError, CartwatchError, DiskLimitError
from crawler.evaluate import Bench, cases
from crawler.health import LAG, Drift, SurfaceCount, drifts, lost_anchors, night_status
from crawler.health import Night as Worth
from crawler.inspect import Inspection, inspect
from crawler.reading.document import Document
from crawler.reading.url import parse_url
from crawler.render.response import misfortune, page_from_response
from crawler.resolve import Trail, resolve
from crawler.shapes import Rendering
from crawler.wire_words import told, told_code
from storage.ledger import Lease
from storage.records import (
    CANARY_SITE,
    Link,
    Outcome,
    Page,
    Resolution,
    ResolutionOutcome,
    RunStatus,
    Sighting,
    Target,
    Visit,
)
from storage.store import Store
from storage.violations import Fault

logger = logging.getLogger(__name__)

Look: TypeAlias = Callable[[Page], Inspection]

LEASE_MS = 24 * 60 * 60 * 1000
"""Longer than any night: Scrapy takes all targets at the start, and a lease that ran out while its target still waited
in Scrapy's queue would send a second visitor. Leases of a process that died are taken back by resuming."""
PATIENCE = 3
"""So often may the process die while it visits one page alone, or follows one link; then the night goes on without.
The first death, with others open beside it, only makes a suspect: somebody may have killed the process."""
TRY_AGAIN = frozenset({"timeout", "network_error", "crashed", "partial"})
_DANGEROUS_SCOPES = frozenset({"lookalike", "hostile", "suspicious"})
_NO_LINKS = frozenset({"static_asset", "qr_image"})
_WALLS = frozenset({"login_wall", "challenge", "rate_limited", "not_found"})
# A password of the Taobao app opens shops of Taobao and of Tmall.
_APP_PLATFORMS = {"taobao": "taobao_family"}
_ON_THE_WAY = frozenset({"short_link", "affiliate_click"})
_NOT_SEEN_TO_THE_END = frozenset({"refused", "too_many_hops", "unresolvable"})
"""The last page of such a trail is one on the way: whose shop that is says nothing of where the link leads."""
_RESOLVERS = 8
_BROWSERS = 3
"""So often is it tried to open one page before a browser that does not start ends the run."""


@dataclass
class Tally:
    """What a run has done so far, for the eyes of a person: all processes that worked on it, but for ``pages``."""

    targets: int = 0
    earlier: int = 0
    """Pages that earlier processes had done."""
    pages: int = 0
    """Pages that this process has done."""
    links: int = 0
    resolved: int = 0
    violations: int = 0
    """A rule broken by a link on a page is one, as when the run is judged."""
    outcomes: dict[str, int] = field(default_factory=dict)


@dataclass
class Night:
    """A run in progress: its store, its identifier, and who wants to know how it goes."""

    store: Store
    run_id: str = ""
    tally: Tally = field(default_factory=Tally)
    watch: Callable[[Tally], None] = lambda _tally: None
    link_ids: set[str] = field(default_factory=set)
    faults: set[Fault] = field(default_factory=set)
    bench: Bench | None = None
    """Who judges on the way, so that a person sees violations as they come; verdicts are written by evaluating."""
    stage: tuple[int, int] | None = None
    """Which places of the run are visited now, where it has stages (canaries, pages, canaries)."""
    reserve: int = 0
    """MiB of the disk that are left free."""
    unfinished: set[str] = field(default_factory=set)
    """Visits of earlier processes with links that those did not follow: what they break can be told only afterwards."""
    failure: Exception | None = None
    """Why facts could not be had or stored (no browser, a full disk, a database that refuses): the run ends there."""

    def ensure_run(self, targets: Iterable[Target]) -> None:
        """Write the run and its tasks before anything is fetched, unless somebody has done so."""
        if not self.run_id:
            self.run_id = self.store.ledger.begin_run(
                "adhoc", tuple(targets), now_ms=now_ms(), config={}, code_version=__version__
            )

    def require_room(self) -> None:
        """Stop before the disk is full, while there is room to stop in good order.

        Raises:
            DiskLimitError: less is free than shall be.
        """
        require_room(self.store.evidence.path.parent, self.reserve)

    def take_up(self) -> None:
        """Take what earlier processes have done for this run into the tally."""
        if self.tally.earlier:
            self.link_ids = self.store.facts.link_ids(self.run_id)
            self.tally.links = len(self.link_ids)
            self.tally.resolved = self.store.facts.count_resolutions(self.run_id)
            self.unfinished = self.store.facts.unfinished_visits(self.run_id)
            self.preview()

    def finish_earlier(self) -> None:
        """Take what visits of earlier processes are found to violate, now that their links are followed, too."""
        while self.unfinished:
            self.preview(self.unfinished.pop())

    def count(self, visit: Visit) -> None:
        """Take a stored visit that was the last one of its target into the tally."""
        tally, outcome = self.tally, visit.page.outcome
        tally.pages += 1
        tally.outcomes[outcome] = tally.outcomes.get(outcome, 0) + 1
        self.watch(tally)

    def saw(self, links: Iterable[Link]) -> None:
        """Take the links of a stored visit into the tally."""
        self.link_ids.update(link.link_id for link in links)
        self.tally.links = len(self.link_ids)

    def preview(self, visit_id: str | None = None) -> None:
        """Take what a visit (``None``: every one of the run) would be found to violate into the tally."""
        if self.bench is None:
            return
        seen = self.store.verdicts.facts(self.run_id, visit_id)
        for case in cases(facts for facts in seen if facts.site != CANARY_SITE):
            broken = (verdict.rule for verdict in self.bench.judge(case) if verdict.verdict == "violation")
            self.faults.update(Fault(rule, case.page_id, case.link_id) for rule in broken)
        self.tally.violations = len(self.faults)
        self.watch(self.tally)


def require_room(folder: Path, reserve: int) -> None:
    """Raise ``DiskLimitError`` where less than ``reserve`` MiB are free on the disk that holds ``folder``."""
    free = shutil.disk_usage(folder).free >> 20 if folder.is_dir() else reserve
    if free < reserve:
        cure = "make room, or lower CARTWATCH_DISK_RESERVE"
        raise DiskLimitError(f"{folder}: {free} MiB are free on its disk, and {reserve} shall stay free; {cure}")


_nights: dict[str, Night] = {}


def open_night(night: Night, db: Path) -> None:
    """Let every spider of this process that writes to ``db`` work on this run."""
    _nights[str(db.resolve())] = night


def close_night(db: Path) -> None:
    """Forget the run on ``db``."""
    _nights.pop(str(db.resolve()), None)


def _night_of(settings: BaseSettings) -> tuple[Night, bool]:
    """The run that these settings belong to, and whether this call opened it (``scrapy crawl`` does)."""
    db = Path(settings["CARTWATCH_DB"])
    night = _nights.get(str(db.resolve()))
    if night is not None:
        return night, False
    night = Night(Store.open(db, now_ms=now_ms()), reserve=settings.getint("CARTWATCH_DISK_RESERVE"))
    open_night(night, db)
    return night, True


class LedgerMiddleware:
    """Hands out the tasks of the run, and finishes links that an interrupted run left unresolved.

    Pages whose visit was begun by a process that died come last, each of them alone: so the one that ends the process
    each time is found out, and those that happened to be open beside it are not blamed.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy."""
        ledger = cls(crawler)
        crawler.signals.connect(ledger.request_reached_downloader, signal=signals.request_reached_downloader)
        crawler.signals.connect(ledger.spider_idle, signal=signals.spider_idle)
        crawler.signals.connect(ledger.spider_error, signal=signals.spider_error)
        return ledger

    async def process_start(self, start: AsyncIterator[Request]) -> AsyncIterator[Request]:
        """Replace what the spider would start with by what the ledger leases to it."""
        resolver = _component(self.crawler, LinkResolver)
        night, spider = resolver.night, _spider(self.crawler)
        with ending(self.crawler):
            night.ensure_run([request.cb_kwargs["target"] async for request in start])
            resolver.suspects = night.store.ledger.suspect_links(night.run_id)
            while leases := _lease(night, spider, limit=16):
                for lease in leases:
                    yield spider.visit(lease.target, lease.attempt)  # type: ignore[attr-defined] # ours are surfaces
            await resolver.resolve_all(night.store.facts.unresolved_links(night.run_id))
            await resolver.resolve_suspects()
            night.finish_earlier()

    def request_reached_downloader(self, request: Request) -> None:
        """Note that the visit of a target begins: from here on the page may do something to us."""
        target = request.cb_kwargs.get("target")
        if target is not None:
            night = _component(self.crawler, LinkResolver).night
            with ending(self.crawler):
                night.store.ledger.start(night.run_id, target.url, now_ms=now_ms())

    def spider_error(self, failure: Failure) -> None:
        """End the run where a spider says that it cannot go on, such as without a browser."""
        if isinstance(failure.value, CartwatchError):
            with contextlib.suppress(CartwatchError), ending(self.crawler):
                raise failure.value

    def spider_idle(self) -> None:
        """Visit the next suspect, now that nothing else is under way; one that had its chances is not tried again."""
        night, spider = _component(self.crawler, LinkResolver).night, _spider(self.crawler)
        with ending(self.crawler):
            while leases := _lease(night, spider, limit=1, suspect=True):
                if leases[0].interruptions <= PATIENCE:
                    _crawl(self.crawler, leases[0])
                    raise DontCloseSpider
                visit = _given_up(leases[0])
                night.store.facts.save_visit(night.run_id, visit, (), now_ms=now_ms())
                night.count(visit)


@contextlib.contextmanager
def ending(crawler: Crawler) -> Iterator[None]:
    """End the run where facts cannot be kept, or had: they would be lost. Its targets are visited again on resuming."""
    try:
        yield
    except DontCloseSpider:
        raise
    except Exception as error:
        night = _component(crawler, LinkResolver).night
        if night.failure is None:
            night.failure = error
            asyncio.ensure_future(_close(crawler))  # noqa: RUF006 - the engine may wait for its caller, so not awaited
        raise


async def _close(crawler: Crawler) -> None:
    engine = crawler.engine
    assert engine is not None
    await engine.close_spider_async(reason="facts cannot be kept")


def _spider(crawler: Crawler) -> Spider:
    assert crawler.spider is not None
    return crawler.spider


def _crawl(crawler: Crawler, lease: Lease) -> None:
    engine = crawler.engine
    assert engine is not None
    engine.crawl(_spider(crawler).visit(lease.target, lease.attempt))  # type: ignore[attr-defined] # ours are surfaces


def _lease(night: Night, spider: Spider, *, limit: int, suspect: bool = False) -> list[Lease]:
    return night.store.ledger.lease(
        night.run_id,
        spider.name,
        now_ms=now_ms(),
        lease_ms=LEASE_MS,
        limit=limit,
        positions=night.stage,
        suspect=suspect,
    )


def _given_up(lease: Lease) -> Visit:
    """What is kept of a page that ended the process each time."""
    times, url = lease.interruptions, lease.target.url
    detail = f"our process died {times} times while it visited this page, {times - 1} times this page alone; given up"
    page = Page(requested_url=url, final_url=url, outcome="crashed", detail=detail, fetched_ms=now_ms())
    return Visit(target=lease.target, page=page, attempt=lease.attempt)


def _component(crawler: Crawler, kind: type[LinkResolver]) -> LinkResolver:
    component = crawler.get_extension(kind)
    assert component is not None, f"the setting EXTENSIONS lacks {kind.__qualname__}"
    return component


class FactsPipeline:
    """Stores each visit with its links in one transaction, then has the new links resolved."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy."""
        return cls(crawler)

    async def process_item(self, visit: Visit) -> Visit:
        """Store, count, resolve. Returns the visit unchanged."""
        with ending(self.crawler):
            await self._keep(visit)
            _component(self.crawler, LinkResolver).night.require_room()
        return visit

    async def _keep(self, visit: Visit) -> None:
        resolver = _component(self.crawler, LinkResolver)
        night = resolver.night
        kept = tuple(s for s in visit.sightings if s.depth == 0)
        pairs = [(sighting, link) for sighting in kept if (link := outbound(sighting)) is not None]
        links = [link for _, link in pairs]
        again = visit.page.outcome in TRY_AGAIN and visit.attempt < self.crawler.settings.getint("CARTWATCH_ATTEMPTS")
        visit_id = night.store.facts.save_visit(
            night.run_id,
            replace(visit, sightings=tuple(sighting for sighting, _ in pairs)),
            links,
            now_ms=now_ms(),
            snapshot=snapshot_of(visit.page),
            retry=again,
        )
        if again:
            self._visit_again(visit)
        else:
            night.count(visit)
        night.saw(links)
        await resolver.resolve_all(links)
        night.preview(visit_id)

    def _visit_again(self, visit: Visit) -> None:
        night = _component(self.crawler, LinkResolver).night
        lease = night.store.ledger.lease_again(night.run_id, visit.ledger_url, now_ms=now_ms(), lease_ms=LEASE_MS)
        if lease is not None:
            _crawl(self.crawler, lease)


def outbound(sighting: Sighting) -> Link | None:
    """The link of a sighting, or ``None`` where there is none to follow or judge.

    That is: the platform's own pages, files of a page, and the marks of a share text that are no password.
    """
    if sighting.url is None:
        return _token_link(sighting) if sighting.token else None
    facts = classify_url(sighting.url)
    if facts.scope == "internal" or facts.kind in _NO_LINKS:
        return None
    return Link(
        url=facts.canonical_url,
        platform=facts.platform,
        kind=facts.kind,
        scope=facts.scope,
        item_id=facts.item_id,
        shop_id=facts.shop_id,
        seen_url=_seen_url(sighting.url),
    )


def _seen_url(url: str) -> str:
    """An address as it was seen, spelled as a browser would send it; a disguise is kept, since it decides."""
    parsed = parse_url(url)
    return url if parsed.userinfo or not parsed.is_web else parsed.href


def _token_link(sighting: Sighting) -> Link:
    platform = _APP_PLATFORMS.get(sighting.app, sighting.app) or "other"
    address = f"kouling:{platform}:{sighting.token}"
    return Link(url=address, platform=platform, kind="password_token", scope="unresolved")


class LinkResolver:
    """Follows every link of the run to its end, each once, and stores where it led."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.night, self._owns_night = _night_of(crawler.settings)
        self._door = contextlib.ExitStack()
        if not crawler.settings["CARTWATCH_PROXY"]:
            guard = self._door.enter_context(guard_in_thread())
            crawler.settings.set("CARTWATCH_PROXY", guard.url, priority="cmdline")
        self.suspects: dict[str, int] = {}
        """By identifier, how often following a link was begun by processes that died: they come last, one by one."""
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._places = asyncio.Semaphore(_RESOLVERS)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy."""
        resolver = cls(crawler)
        crawler.signals.connect(resolver.spider_closed, signal=signals.spider_closed)
        return resolver

    def spider_closed(self, reason: str) -> None:
        """Finish the run if it was opened for this spider alone (``scrapy crawl``), and close the guard's door."""
        self._door.close()
        if self._owns_night:
            finish(self.night, interrupted=reason != "finished")
            self.night.store.close()
            close_night(Path(self.crawler.settings["CARTWATCH_DB"]))

    async def resolve_all(self, links: Iterable[Link]) -> None:
        """Resolve links that this run has not resolved yet, but for suspects; returns when all of them are stored."""
        await asyncio.gather(*(self._task(link) for link in links if link.link_id not in self.suspects))

    async def resolve_suspects(self) -> None:
        """Resolve suspects one after the other; one that had its chances stays unresolved."""
        night = self.night
        left = {link.link_id: link for link in night.store.facts.unresolved_links(night.run_id)}
        for link_id, times in list(self.suspects.items()):
            del self.suspects[link_id]
            if times > PATIENCE:
                night.store.facts.save_resolution(night.run_id, _given_up_link(left[link_id], times))
            else:
                await self.resolve_all([left[link_id]])

    def _task(self, link: Link) -> asyncio.Task[None]:
        if link.link_id not in self._under_way:
            self._under_way[link.link_id] = asyncio.ensure_future(self._resolve(link))
        return self._under_way[link.link_id]

    async def _resolve(self, link: Link) -> None:
        night = self.night
        if night.store.facts.has_resolution(night.run_id, link.link_id):
            return
        async with self._places:
            night.store.ledger.start_link(night.run_id, link.link_id)
            resolution, snapshot = await self._end_of(link)
        night.store.facts.save_resolution(night.run_id, resolution, snapshot=snapshot)
        night.require_room()
        night.tally.resolved += 1
        night.watch(night.tally)

    async def _end_of(self, link: Link) -> tuple[Resolution, bytes | None]:
        """Where a link leads, and the page that proves it."""
        try:
            look = look_once()
            trail = await self._trail(link, look)
            return resolution_of(link, trail, look), snapshot_of(trail.page)
        except CartwatchError:
            raise
        except Exception as error:  # a hostile shop page costs the night this one link, which stays undetermined
            logger.exception("%s: cannot be followed", link.url)
            return _unresolvable(link, f"our reader failed: {type(error).__name__}: {error}"), None

    async def _trail(self, link: Link, look: Look) -> Trail:
        return await resolve(
            link.followed_url,
            fetch=self._fetch,
            browse=self._browse,
            refuse=refuse,
            unfold=web_address,
            settled=partial(settled, look=look),
            verdict_of=partial(verdict_of, look=look),
            now_ms=now_ms(),
        )

    async def _fetch(self, url: str, referer: str | None) -> Page:
        meta = {"dont_redirect": True, "handle_httpstatus_all": True}
        return await self._download(Request(url, headers=_referer(referer), meta=meta, dont_filter=True))

    async def _browse(self, url: str, referer: str | None) -> Page:
        meta = {"rendering": Rendering(), "handle_httpstatus_all": True}
        request = Request(url, headers=_referer(referer), meta=meta, dont_filter=True)
        for _ in range(_BROWSERS - 1):
            with contextlib.suppress(BrowserError):
                return await self._download(request)
        return await self._download(request)

    async def _download(self, request: Request) -> Page:
        """One request through Scrapy's downloader: robots.txt, delays, proxy and limits hold here as everywhere."""
        engine = self.crawler.engine
        assert engine is not None
        try:
            response: Response = await engine.download_async(request)
        except IgnoreRequest as error:
            return _unseen(request.url, "robots_denied", str(error))
        except BrowserError:
            raise
        except Exception as error:  # noqa: BLE001 - the network seam: whatever the wire does becomes an outcome
            return _unseen(request.url, misfortune(error), told(error, self.crawler.settings["CARTWATCH_PROXY"]))
        page = page_from_response(response)
        return replace(page, detail=told_code(page.detail))


def _given_up_link(link: Link, times: int) -> Resolution:
    return _unresolvable(link, f"our process died {times} times while it followed this link; given up")


def _unresolvable(link: Link, detail: str) -> Resolution:
    url = link.followed_url
    return Resolution(link_url=link.url, outcome="unresolvable", final_url=url, resolved_ms=now_ms(), detail=detail)


def _referer(referer: str | None) -> dict[str, str]:
    return {"Referer": referer} if referer else {}


def _unseen(url: str, outcome: Outcome, detail: str) -> Page:
    return Page(
        requested_url=url,
        final_url=url,
        outcome=outcome,
        detail=detail,
        lane="http",
        http_status=None,
        fetched_ms=now_ms(),
    )


def refuse(url: str) -> str | None:
    """Why an address must not be fetched, or ``None``: nobody visits a look-alike on the say-so of a page."""
    facts = classify_url(url)
    return facts.reason[-1] if facts.scope in _DANGEROUS_SCOPES and facts.reason else None


def look_at(page: Page) -> Inspection:
    """What a page is, read from it."""
    return inspect(Document(page))


def look_once() -> Look:
    """``look_at`` for one trail: its steps ask of the same page several times, and reading a page is what costs."""
    last: tuple[Page, Inspection] | None = None

    def look(page: Page) -> Inspection:
        nonlocal last
        if last is None or last[0] is not page:
            last = (page, look_at(page))
        return last[1]

    return look


def settled(page: Page, look: Look = look_at) -> bool:
    """Whether a page says enough of the shop, or of why it does not, that no browser is needed."""
    return verdict_of(page, look) is not None or look(page).destination.confidence != "undetermined"


def verdict_of(page: Page, look: Look = look_at) -> ResolutionOutcome | None:
    """What the content of a page says of itself where it is not the page that was asked for."""
    outcome = look(page).outcome
    return outcome if outcome in _WALLS else None  # type: ignore[return-value] # walls are outcomes of both kinds


def resolution_of(link: Link, trail: Trail, look: Look = look_at) -> Resolution:
    """A link with the end of its trail, judged by what stands there."""
    is_end = trail.page is not None and trail.outcome not in _NOT_SEEN_TO_THE_END
    destination = look(trail.page).destination if is_end and trail.page else None
    checked = destination and replace(destination, checked_ms=trail.resolved_ms)
    nowhere = _nowhere(link, trail)
    found = replace(trail.as_resolution(checked), link_url=link.url)
    return replace(found, outcome=nowhere[0], detail=nowhere[1]) if nowhere else found


def snapshot_of(page: Page | None) -> bytes | None:
    """A page as evidence: its DOM, or its text as received; ``None`` where there is nothing to keep."""
    return page.html.encode("utf-8", "surrogatepass") or None if page else None


def _nowhere(link: Link, trail: Trail) -> tuple[ResolutionOutcome, str] | None:
    """Why a trail that ended on a page ended nowhere all the same, by the kind of address it ended on."""
    if trail.outcome != "resolved":
        return None
    end = classify_url(trail.final_url).kind
    if end == "homepage" and link.kind == "item_page":
        return "not_found", "the shop led from the item to its front page"
    if end in _ON_THE_WAY:
        return "dead_end", "the link answers with a page of its own that leads no further"
    return None


def finish(night: Night, *, interrupted: bool = False) -> RunStatus:
    """Close the books of a run; returns its status."""
    worth = worth_of(night.store, night.run_id, interrupted=interrupted)
    close_books(night.store, night.run_id, worth)
    return worth.status


def worth_of(store: Store, run_id: str, *, interrupted: bool) -> Worth:
    """What a run is worth without canaries. One with targets that have no outcome was interrupted."""
    tasks = store.ledger.counts(run_id)
    left_over = tasks.done < tasks.targets
    return night_status(
        surface_counts(store, run_id), drifts=faults_of(store, run_id), interrupted=interrupted or left_over
    )


def close_books(store: Store, run_id: str, worth: Worth) -> None:
    """Write down what a run was worth, and its measures for the nights to come."""
    kept = {"measures": store.measures.of(run_id), "anchors": store.measures.anchors(run_id)}
    store.ledger.finish_run(run_id, worth.status, worth.reason, now_ms=now_ms(), stats=kept)


def surface_counts(store: Store, run_id: str, owner: str = "") -> list[SurfaceCount]:
    """How the run fared on each surface, or on an owner's pages there."""
    return [SurfaceCount(*row) for row in store.measures.coverage(run_id, owner)]


def faults_of(store: Store, run_id: str) -> list[Drift | str]:
    """What is odd about a run beside the runs before it: measures that drifted, fields that are gone.

    A field counts as known if any of the last nights had it: the night after a loss is no better for having one before.
    """
    before = store.measures.before(run_id)
    known = {field: share for stats in before[-LAG:] for field, share in stats.get("anchors", {}).items() if share}
    moved = drifts([stats.get("measures", {}) for stats in before], store.measures.of(run_id))
    return [*lost_anchors(known, store.measures.anchors(run_id)), *moved]
