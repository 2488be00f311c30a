"""What holds when: a line of time cut into segments, asked by bisection."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

State: TypeAlias = Literal["open", "disputed", "closed", "banned", "free"]
EVER = float("inf")


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of time in which one thing holds.

    Attributes:
        state: ``open``/``disputed``/``closed`` for a window, ``banned``/``disputed``/``free`` for a ban.
        term: the id of the window or ban that says so; ``""`` where none does.
        last: the id of the last window that was (or may have been) open before; ``""`` where there was none.
        next: the id of the next window that is (or may be) open after; ``""`` where there is none.
    """

    state: State
    term: str = ""
    last: str = ""
    next: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """``state`` holds in ``[start, end)`` because ``term`` says so."""

    start: float
    end: float
    state: State
    term: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """Segments ``i`` that hold in ``[bounds[i - 1], bounds[i])``; the first and the last reach for ever."""

    bounds: tuple[float, ...]
    segments: tuple[Segment, ...]

    def at(self, ms: float) -> Segment:
        """What holds at a moment."""
        return self.segments[bisect_right(self.bounds, ms)]

    def touched(self, start: float, end: float) -> tuple[Segment, ...]:
        """Every segment that the half-open interval ``[start, end)`` touches."""
        first = bisect_right(self.bounds, start)
        return self.segments[first : max(first, bisect_left(self.bounds, end)) + 1]


def draw(pieces: Iterable[Piece], strengths: tuple[State, ...], otherwise: State) -> Timeline:
    """Lay pieces over one another; where they overlap, the state that stands first in ``strengths`` holds."""
    laid = sorted(pieces, key=lambda piece: strengths.index(piece.state))
    bounds = sorted({edge for piece in laid for edge in (piece.start, piece.end) if abs(edge) != EVER})
    starts = [-EVER, *bounds]
    held = [next((piece for piece in laid if piece.start <= start < piece.end), None) for start in starts]
    return Timeline(tuple(bounds), tuple(_segment(held, position, otherwise) for position in range(len(held))))


def _segment(held: list[Piece | None], position: int, otherwise: State) -> Segment:
    piece = held[position]
    last = next((other.term for other in reversed(held[:position]) if other), "")
    following = next((other.term for other in held[position + 1 :] if other), "")
    return Segment(piece.state if piece else otherwise, piece.term if piece else "", last, following)
