"""Windows and bans laid on the line of time: what a policy says, store by store, ready for bisection."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from zoneinfo import ZoneInfo

from crawler.reading.policy.file import Ban, Listed, Scope, Window
from crawler.reading.policy.local_time import ONE_DAY, Days, day_end, day_start
from crawler.reading.policy.timeline import EVER, Piece, State, Timeline, draw

ON_THE_SHELF: dict[Listed, State] = {"violation": "banned", "undetermined": "disputed", "allowed": "free"}


def publishing(windows: Sequence[Window], begins: Days, zone: ZoneInfo) -> Timeline:
    """When a link may be published. Before the policy begins it forbids nothing."""
    pieces = chain.from_iterable(window_pieces(window, zone) for window in windows)
    return draw([*_before(begins, zone), *pieces], ("open", "disputed", "closed"), "closed")


def shelf(windows: Sequence[Window], zone: ZoneInfo) -> Timeline:
    """When a link may still stand on the shelf: a window that closed takes it away, a later window gives it back."""
    opened = [_on_the_shelf(piece, window) for window in windows for piece in window_pieces(window, zone)]
    return draw([*opened, *_closings(windows, zone)], ("free", "disputed", "banned"), "free")


def banned(bans: Sequence[Ban], begins: Days, zone: ZoneInfo) -> Timeline:
    """When a link may not be there at all."""
    pieces = [piece for ban in bans for piece in _pieces(ban, ban.start or begins, "banned", zone)]
    return draw(pieces, ("banned", "disputed", "free"), "free")


def window_pieces(window: Window, zone: ZoneInfo) -> list[Piece]:
    """The time of one window: open where it is sure, disputed where it is not."""
    return _pieces(window, window.start, "open" if window.certainty == "stated" else "disputed", zone)


def _pieces(scope: Scope, start: Days | None, state: State, zone: ZoneInfo) -> list[Piece]:
    unsure = sorted(_span(days, zone) for days in _unsure_days(scope, start))
    low = _span(start, zone)[0] if start else -EVER
    high = _span(scope.end, zone)[1] if scope.end else EVER
    sure = [Piece(left, right, state, scope.id) for left, right in _without(unsure, low, high) if left < right]
    return [*sure, *(Piece(left, right, "disputed", scope.id) for left, right in unsure)]


def _without(spans: Iterable[tuple[float, float]], low: float, high: float) -> Iterator[tuple[float, float]]:
    """What is left of ``[low, high)``; the spans come in order, may overlap, and may lie outside it."""
    for start, end in spans:
        yield low, min(start, high)
        low = max(low, end)
    yield low, high


def _unsure_days(scope: Scope, start: Days | None) -> list[Days]:
    """The disputed days, and the month of which only the month is known."""
    return [*scope.disputed, *(days for days in (start, scope.end) if days and days.is_month)]


def _span(days: Days, zone: ZoneInfo) -> tuple[float, float]:
    return day_start(days.first, zone), day_end(days.last, zone)


def _before(begins: Days, zone: ZoneInfo) -> list[Piece]:
    start, end = _span(begins, zone)
    free = Piece(-EVER, start, "open", "")
    return [free, Piece(start, end, "disputed", "")] if begins.is_month else [free]


def _closings(windows: Sequence[Window], zone: ZoneInfo) -> list[Piece]:
    """After each window its days of grace, then what it says of a link still listed, until the next window closes."""
    closed = sorted(
        ((_span(window.end, zone)[1], window) for window in windows if window.end), key=lambda pair: pair[0]
    )
    nexts = [moment for moment, _ in closed[1:]] + [EVER] * bool(closed)
    pairs = zip(closed, nexts, strict=True)
    return [piece for (moment, window), end in pairs for piece in _closing(window, moment, end, zone)]


def _closing(window: Window, moment: float, end: float, zone: ZoneInfo) -> list[Piece]:
    assert window.end is not None
    late = min(end, day_end(window.end.last + window.grace_days * ONE_DAY, zone))
    grace = Piece(moment, late, "free", window.id)
    return [
        piece for piece in (grace, Piece(late, end, ON_THE_SHELF[window.listed], window.id)) if piece.start < piece.end
    ]


def _on_the_shelf(piece: Piece, window: Window) -> Piece:
    """A window that is disputed as a whole is disputed for publishing already; it says nothing more of the shelf."""
    disputed = piece.state == "disputed" and window.certainty == "stated"
    return Piece(piece.start, piece.end, "disputed" if disputed else "free", piece.term)
