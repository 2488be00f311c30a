"""Follow a link to its end: redirects, refreshes, scripts, wrappers and app links, one recorded hop at a time.

What can be read is followed by plain HTTP; a page of which that cannot tell is opened in a browser. All ways to the
world come in as arguments, so that this step decides and touches nothing itself.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias, get_args

from crawler.reading.jump import is_bare, is_empty, join, next_jump, says_gone, unfold_app
from crawler.reading.url import BAD_SCHEMES, parse_url, registrable_domain
from storage.records import Destination, Hop, HopVia, Page, Resolution, ResolutionOutcome

Fetch: TypeAlias = Callable[[str, str | None], Awaitable[Page]]
"""``fetch(url, referer)``: one request, no redirect followed, no cookie sent; misfortune is the page's ``outcome``."""
Browse: TypeAlias = Callable[[str, str | None], Awaitable[Page]]
"""``browse(url, referer)``: the page as a browser without a past leaves it, wherever that is."""

_OUTCOMES: Final[frozenset[str]] = frozenset(get_args(ResolutionOutcome))
_FROM_PAGE: Final[dict[str, ResolutionOutcome]] = {"crashed": "network_error", "partial": "timeout"}
_BY_STATUS: Final[dict[int, ResolutionOutcome]] = {
    401: "login_wall",
    403: "challenge",
    404: "not_found",
    405: "challenge",  # how Alibaba's and other firewalls answer a visitor they doubt
    410: "not_found",
    412: "challenge",
    418: "challenge",
    429: "rate_limited",
    503: "rate_limited",
}
_ERROR_STATUS = 400
_SERVER_ERROR_STATUS = 500
_REDIRECT_STATUSES = range(300, 400)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """Where a link led.

    Attributes:
        link_url: the link as it was given.
        outcome: how it ended; ``resolved`` is the one that has a page worth judging.
        hops: every address on the way, the link itself first. ``hops[-1].url`` is ``final_url``.
        page: the last page that was seen, whatever came of it; ``None`` where nothing was.
        resolved_ms: when, in UTC epoch milliseconds.
        detail: in words, why it ended so.
    """

    link_url: str
    outcome: ResolutionOutcome
    hops: tuple[Hop, ...]
    page: Page | None
    resolved_ms: int
    detail: str = ""

    @property
    def final_url(self) -> str:
        """The last address on the way."""
        return self.hops[-1].url

    def as_resolution(self, destination: Destination | None) -> Resolution:
        """The record of this trail, with what stands at its end."""
        return Resolution(
            link_url=self.link_url,
            outcome=self.outcome,
            final_url=self.final_url,
            hops=self.hops,
            destination=destination,
            resolved_ms=self.resolved_ms,
            detail=self.detail,
        )


def _no_wrapper(_url: str) -> str | None:
    return None


def _no_verdict(_page: Page) -> ResolutionOutcome | None:
    return None


async def resolve(
    url: str,
    *,
    fetch: Fetch,
    browse: Browse,
    refuse: Callable[[str], str | None],
    settled: Callable[[Page], bool],
    now_ms: int,
    max_hops: int = 20,
    unfold: Callable[[str], str | None] = _no_wrapper,
    verdict_of: Callable[[Page], ResolutionOutcome | None] = _no_verdict,
) -> Trail:
    """Follow ``url`` until a page is conclusive, the way is barred, or there is no further.

    Args:
        url: any address, of the web or of an app.
        fetch: see :data:`Fetch`. Every hop is asked for with the hop before as referer, which some middle hops need.
        browse: see :data:`Browse`; asked only where plain HTTP cannot tell.
        refuse: why an address must not be fetched (hostile, look-alike), or ``None``.
        settled: whether a page is conclusive: a shop was recognised, or a known wall.
        now_ms: the moment to record.
        max_hops: bound on the length of the trail.
        unfold: the web address that a known wrapper's (a redirector's ``?url=``) or an app's address stands for, or
            ``None``.
        verdict_of: the outcome that a page's content proves (a login stub, a challenge, "no such item").
    """
    walk = _Walk(fetch, browse, refuse, settled, max_hops, unfold, verdict_of)
    end = await walk.follow(url)
    return Trail(
        link_url=url,
        outcome=end.outcome,
        hops=tuple(walk.hops),
        page=walk.page,
        resolved_ms=now_ms,
        detail=end.detail,
    )


@dataclass(frozen=True, slots=True)
class _End:
    outcome: ResolutionOutcome
    detail: str = ""


@dataclass(frozen=True, slots=True)
class _Next:
    url: str
    via: HopVia


@dataclass(slots=True)
class _Walk:
    """One link on its way."""

    fetch: Fetch
    browse: Browse
    refuse: Callable[[str], str | None]
    settled: Callable[[Page], bool]
    max_hops: int
    unfold: Callable[[str], str | None]
    verdict_of: Callable[[Page], ResolutionOutcome | None]
    hops: list[Hop] = field(default_factory=list)
    page: Page | None = None
    seen: set[tuple[str, str | None]] = field(default_factory=set)
    browsed: set[str] = field(default_factory=set)

    async def follow(self, url: str) -> _End:
        step: _Next | _End = _Next(url, "http")
        while isinstance(step, _Next):
            if len(self.hops) >= self.max_hops:
                return _End("too_many_hops", f"more than {self.max_hops} hops; the next is {step.url[:200]}")
            self.hops.append(Hop(url=step.url, via=step.via))
            step = await self._step(step.url)
        return step

    async def _step(self, url: str) -> _Next | _End:
        """What comes of the address that the trail has reached."""
        parsed = parse_url(url)
        if not parsed.is_web:
            return self._unfold_app(url)
        reason = self.refuse(url)
        if reason:
            return _End("refused", reason)
        inner = self.unfold(url)
        if inner:
            return _Next(inner, "nested")
        return await self._visit(url)

    def _unfold_app(self, url: str) -> _Next | _End:
        scheme = parse_url(url).scheme
        if scheme in BAD_SCHEMES:
            return _End("refused", f"{scheme}: is no scheme of the web or of an app")
        inner = self.unfold(url) or unfold_app(url)
        return _Next(inner, "app") if inner else _End("unresolvable", _why_unresolvable(scheme))

    # --- one address --------------------------------------------------------------------------------------------

    async def _visit(self, url: str) -> _Next | _End:
        referer = self._referer(url)
        state = (url.partition("#")[0], referer)
        if state in self.seen:
            return await self._break_loop(url, referer)
        self.seen.add(state)
        self.page = page = await self.fetch(url, referer)
        self._note(page)
        jump = next_jump(page) if _was_answered(page) else None
        if jump and jump.certain and (jump.via == "http" or _is_web(jump.url) or self.unfold(jump.url)):
            return _Next(jump.url, jump.via)
        end = self._conclude(page)
        # Many a shop shows a browser what it denies to a plain client.
        return await self._look(url, referer) if end is None or _is_doubt(page, end) else end

    def _note(self, page: Page) -> None:
        """Note on the last hop how its address answered."""
        last = self.hops[-1]
        elapsed_ms = last.elapsed_ms + page.elapsed_ms
        self.hops[-1] = replace(last, status=page.http_status, ip=page.ip or last.ip, elapsed_ms=elapsed_ms)

    def _referer(self, url: str) -> str | None:
        """The web address before, without fragment; never told by https to http."""
        before = self.hops[-2].url if len(self.hops) > 1 else ""
        parsed = parse_url(before)
        if not parsed.is_web or (parsed.scheme == "https" and url.lower().startswith("http:")):
            return None
        return before.partition("#")[0]

    def _conclude(self, page: Page) -> _End | None:
        """The end that a page is, or ``None`` where its content leaves open what it is."""
        reason = _refusal(page)
        if reason:
            return _End("blocked_address", reason)
        verdict = self.verdict_of(page)
        if verdict:
            return _End(verdict, page.detail)
        return _misfortune(page) or (_End("resolved") if self.settled(page) else None)

    # --- where plain HTTP cannot tell ---------------------------------------------------------------------------

    async def _look(self, url: str, referer: str | None) -> _Next | _End:
        """Let a browser tell where a page that plain HTTP left open leads."""
        self.browsed.add(url)
        self.page = page = await self.browse(url, referer)
        if _moved(url, page.final_url) and _is_web(page.final_url):
            return self._moved_to(page)
        self._note(page)
        return self._conclude(page) or self._leave(page)

    def _moved_to(self, page: Page) -> _Next | _End:
        """The browser ended elsewhere: a hop of its own, judged by the page that it shows."""
        if len(self.hops) >= self.max_hops:
            return _End("too_many_hops", f"more than {self.max_hops} hops; the next is {page.final_url[:200]}")
        self.hops.append(Hop(url=page.final_url, via="script"))
        self._note(page)
        reason = self.refuse(page.final_url)
        if reason:
            return _End("refused", reason)
        self.browsed.add(page.final_url)
        return self._conclude(page) or self._leave(page)

    def _leave(self, page: Page) -> _Next | _End:
        """Go on from a page that stays open even in a browser: by what it opened, else it is the end."""
        jump = next_jump(page)
        # A button that opens an app is the way on only where there is nothing else to see.
        if jump and (jump.certain or (jump.via == "app" and is_bare(page))) and not self._is_behind(jump.url):
            return _Next(jump.url, jump.via)
        for popup in page.popups:
            target = join(page.final_url, popup.url)
            if popup.via != "download" and not self._is_behind(target):
                return _Next(target, "app" if popup.via == "app" else "script")
        return self._arrive(page)

    def _arrive(self, page: Page) -> _End:
        """The end on a page that nobody recognises: something, or only the looks of it."""
        if is_empty(page):
            return _End("dead_end", "an empty page")
        if says_gone(page):
            return _End("dead_end", "a page that says no more than that there is nothing")
        if self._was_sent_home(page.final_url):
            return _End("dead_end", "the site sends visitors of this address to its home page")
        return _End("resolved")

    def _was_sent_home(self, url: str) -> bool:
        """Whether a site answers one of its own deeper addresses with the way to its front door."""
        end = parse_url(url)
        site = registrable_domain(end.host)
        before = [parse_url(hop.url) for hop in self.hops]
        return _is_home(url) and any(registrable_domain(hop.host) == site and not _is_home(hop.href) for hop in before)

    def _is_behind(self, url: str) -> bool:
        return any(not _moved(hop.url, url) for hop in self.hops)

    async def _break_loop(self, url: str, referer: str | None) -> _Next | _End:
        """A round trip without cookies may end with them: a browser has its own for this one link."""
        if url in self.browsed:
            return _End("loop", f"comes back to {url[:200]}")
        self.browsed.add(url)
        self.page = page = await self.browse(url, referer)
        if page.outcome != "ok" or not (self.settled(page) or self.verdict_of(page)):
            return _End("loop", f"comes back to {url[:200]}")
        return self._moved_to(page) if _moved(url, page.final_url) else self._conclude(page) or _End("resolved")


# --- what a page says of itself ------------------------------------------------------------------------------------


def _why_unresolvable(scheme: str) -> str:
    if scheme == "kouling":
        return "a password token: only its app can open it"
    return f"{scheme}: opens an app and holds no web address" if scheme else "no address"


def _was_answered(page: Page) -> bool:
    return page.http_status is not None and page.outcome not in {"timeout", "network_error", "blocked_address"}


def _refusal(page: Page) -> str:
    """Why the egress guard did not let the request out, ``""`` where it did."""
    return next((value for name, value in page.headers.items() if name.lower() == "x-cartwatch-refused"), "")


def _misfortune(page: Page) -> _End | None:
    """The end that a page's outcome or status is by itself."""
    if page.outcome in _FROM_PAGE:
        return _End(_FROM_PAGE[page.outcome], page.detail)
    if page.outcome in _OUTCOMES:
        return _End(page.outcome, page.detail)  # type: ignore[arg-type]  # just looked up among them
    status = page.http_status or 0
    if status >= _ERROR_STATUS:
        return _End(_outcome_of(status), f"HTTP {status}")
    return _End("dead_end", f"HTTP {status} that leads nowhere") if status in _REDIRECT_STATUSES else None


def _outcome_of(status: int) -> ResolutionOutcome:
    return _BY_STATUS.get(status) or ("network_error" if status >= _SERVER_ERROR_STATUS else "dead_end")


def _is_doubt(page: Page, end: _End) -> bool:
    """Whether only the status of an answer, and nothing in it, says that the visitor is not wanted."""
    return page.outcome == "ok" and end.detail == f"HTTP {page.http_status}" and end.outcome == "challenge"


def _moved(before: str, after: str) -> bool:
    """Whether two addresses ask a server for different things."""
    return parse_url(before).href.partition("#")[0] != parse_url(after).href.partition("#")[0]


def _is_home(url: str) -> bool:
    """Whether an address is the front door of a whole site, not of a shop on it."""
    parsed = parse_url(url)
    is_front = parsed.host.removeprefix("www.").removeprefix("m.") == registrable_domain(parsed.host)
    return is_front and parsed.path in {"", "/"} and not parsed.query


def _is_web(url: str) -> bool:
    return parse_url(url).is_web
