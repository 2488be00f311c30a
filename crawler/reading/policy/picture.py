"""A policy told to people: a sentence for each thing it says, and a picture of what holds when."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from html import escape
from itertools import accumulate
from typing import NamedTuple
from unicodedata import east_asian_width

from crawler.reading.policy.compiled import banned, window_pieces
from crawler.reading.policy.file import Ban, RuleSetting, Scope, Waiver, Window
from crawler.reading.policy.local_time import ONE_DAY, Days, day_end, day_start, month
from crawler.reading.policy.policy import Policy, days_words
from crawler.reading.policy.timeline import EVER, Segment, State, Timeline, draw

SIGNS: dict[State, str] = {"open": "█", "disputed": "▒", "closed": "·", "banned": "✕", "free": "·"}
GREY = "#eceff1"
COLOURS: dict[State, str] = {
    "open": "#2e7d32",
    "disputed": "#f9a825",
    "closed": GREY,
    "banned": "#c62828",
    "free": GREY,
}
MEANINGS: dict[State, str] = {
    "open": "may be linked",
    "disputed": "not certain",
    "closed": "closed, or nothing said",
    "banned": "may not be linked",
}
QUARTERS = (1, 4, 7, 10)
HALVES = 2
MOST_MONTHS = 48
WIDTH, ROW, LABEL, RIGHT = 960, 28, 220, 64
"""Of the picture, in pixels; the margin on the right has room for the name of a month."""
PIXELS = 8
"""So wide is a letter of the picture at most, and half of a Chinese one."""
NARROWEST = 4
"""So wide is a disputed day at least, in pixels, that it can be seen in a picture of years."""
TICK_ROOM = 60
"""So far from either edge stands the name of a month, in pixels: the edges are named themselves."""
MANY_MONTHS = 36
"""So many that the name of each quarter would run into the next."""


class Bar(NamedTuple):
    """A window or ban to be drawn: its id, and what it says when."""

    label: str
    line: Timeline


def sentences(policy: Policy, applied: Collection[str] | None = None) -> list[str]:
    """What a policy says, one sentence a line: itself, its windows, bans, exceptions and rules.

    Args:
        policy: the policy.
        applied: the rules that are applied by it, where it is known; some must be asked for, which no file tells.
    """
    terms = policy.terms
    return [
        f"{terms.title} ({policy.name} {policy.version}), from {terms.begins} on, in local days of {terms.time_zone}.",
        *(_window_sentence(policy, window) for window in terms.windows),
        *(_ban_sentence(policy, ban) for ban in terms.bans),
        *(_waiver_sentence(waiver) for waiver in terms.exceptions),
        *(
            _rule_sentence(name, setting, is_applied=applied is None or name in applied)
            for name, setting in terms.rules.items()
        ),
        _belief_sentence(policy),
    ]


def timeline_text(policy: Policy) -> str:
    """What holds when, drawn in half months for a terminal: a line for each window and ban."""
    months = _months(policy)
    bars = _bars(policy)
    if not bars:
        return "This policy names no window and no ban: there is nothing to draw."
    width = max(len(bar.label) for bar in bars)
    head = f"{'':{width}}  {_headline(months)}"
    lines = [f"{bar.label:{width}}  {''.join(_cells(bar.line, months, policy))}" for bar in bars]
    legend = "  ".join(f"{SIGNS[state]} {meaning}" for state, meaning in MEANINGS.items())
    return "\n".join([head, *lines, "", legend, f"({policy.zone.key}{_left_out(policy)})"])


def timeline_svg(policy: Policy) -> str:
    """The same picture to scale, as a stand-alone SVG document."""
    months = _months(policy)
    low, high = day_start(months[0].first, policy.zone), day_end(months[-1].last, policy.zone)
    bars = _bars(policy)
    height = ROW * (len(bars) + 3)
    body = "".join(_svg_bar(bar, number, low, high) for number, bar in enumerate(bars, 2))
    ticks = "".join(_svg_tick(day, x, height) for day, x in _ticks(months, policy, low, high))
    words = f"{policy.terms.title} ({policy.zone.key}{_left_out(policy)})"
    title = f'<text x="8" y="18" font-weight="bold"{_squeezed(words, WIDTH - 16)}>{escape(words)}</text>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"'
        f' role="img" font-family="sans-serif" font-size="12">{title}{ticks}{body}{_svg_legend(height)}</svg>\n'
    )


def timeline_rows(policy: Policy) -> list[dict[str, object]]:
    """The same as data: a row for each stretch of each window and ban, in UTC ms; ``None`` where it has no edge."""
    return [
        {"id": bar.label, "state": segment.state, "from_ms": _edge(start), "to_ms": _edge(end)}
        for bar in _bars(policy)
        for segment, start, end in _stretches(bar.line)
    ]


def _edge(ms: float) -> int | None:
    return None if abs(ms) == EVER else int(ms)


def _stretches(line: Timeline) -> Iterator[tuple[Segment, float, float]]:
    edges = [-EVER, *line.bounds, EVER]
    return zip(line.segments, edges[:-1], edges[1:], strict=True)


def _window_sentence(policy: Policy, window: Window) -> str:
    doubt = " perhaps" if window.certainty == "disputed" else ""
    disputed = f"; disputed: {_list(window.disputed)}" if window.disputed else ""
    grace = {0: "", 1: "a day "}.get(window.grace_days, f"{window.grace_days} days ")
    closing = f" A link still listed {grace}after it closed: {window.listed}." if window.end else ""
    head = f"{window.id}: {_whom(window)} may{doubt} be linked {_where(window)} {days_words(window)}{disputed}."
    return f"{head}{closing} {_clause(policy, window)}"


def _ban_sentence(policy: Policy, ban: Ban) -> str:
    whom = "everybody for whom no window was written" if ban.others else _whom(ban)
    days = days_words(ban) if ban.start else f"from {policy.terms.begins}"
    return f"{ban.id}: {whom} may not be linked {_where(ban, 'on any surface')} {days}. {_clause(policy, ban)}"


def _waiver_sentence(waiver: Waiver) -> str:
    named = {"shop": waiver.shop_id, "item": waiver.item_id, "owner": waiver.owner_id}
    whom = ", ".join(f"{what} {value}" for what, value in named.items() if value)
    rules = _list(waiver.rules) or "every rule"
    return f"{whom} is excepted from {rules} until {waiver.until}, by {waiver.approved_by}: {waiver.reason}"


def _rule_sentence(name: str, setting: RuleSetting, *, is_applied: bool) -> str:
    if setting.enabled is False or not is_applied:
        return f"{name}: not applied."
    severity = f", {setting.severity}" if setting.severity else ""
    where = f", on {_list(setting.surfaces)} only" if setting.surfaces else ""
    return f"{name}: applied{severity}{where}."


def _belief_sentence(policy: Policy) -> str:
    if policy.terms.accuse_on == "likely":
        return "A store type that is only likely is believed."
    return "A store type that is only likely accuses nobody and clears nobody."


def _whom(scope: Scope) -> str:
    kinds = f" ({_list(scope.kinds)})" if scope.kinds else ""
    return f"{_list([*scope.stores, *scope.platforms])}{kinds}"


def _where(scope: Scope, everywhere: str = "on every surface") -> str:
    surfaces = f"on {_list(scope.surfaces)}" if scope.surfaces else everywhere
    without = f" but {_list(scope.except_surfaces)}" if scope.except_surfaces else ""
    return surfaces + without + (f" of {_list(scope.sites)}" if scope.sites else "")


def _clause(policy: Policy, scope: Scope) -> str:
    return f"[{scope.clause}: {policy.terms.clauses[scope.clause].text}]"


def _list(things: Iterable[object]) -> str:
    return ", ".join(str(thing) for thing in things)


def _bars(policy: Policy) -> list[Bar]:
    windows = [Bar(window.id, _window_line(window, policy)) for window in policy.terms.windows]
    bans = [Bar(ban.id, banned([ban], policy.terms.begins, policy.zone)) for ban in policy.terms.bans]
    return windows + bans


def _window_line(window: Window, policy: Policy) -> Timeline:
    return draw(window_pieces(window, policy.zone), ("open", "disputed", "closed"), "closed")


def _months(policy: Policy) -> list[Days]:
    """The months to draw: all that the policy names and one more on either side, so many of them as can be drawn."""
    start, count = _reach(policy)
    return [month(number // 12, number % 12 + 1) for number in range(start, start + min(MOST_MONTHS, count))]


def _left_out(policy: Policy) -> str:
    _, count = _reach(policy)
    return f"; the first {MOST_MONTHS} of {count} months" if count > MOST_MONTHS else ""


def _reach(policy: Policy) -> tuple[int, int]:
    """The first month to draw, counted from the year 0, and how many there are."""
    scopes = [*policy.terms.windows, *policy.terms.bans]
    named = [days for scope in scopes for days in (scope.start, scope.end, *scope.disputed) if days]
    first = min([policy.terms.begins.first, *(days.first for days in named)])
    last = max([policy.terms.begins.last, *(days.last for days in named)])
    start = first.year * 12 + first.month - 2
    return start, last.year * 12 + last.month - start + 1


def _headline(months: list[Days]) -> str:
    """The first of each quarter above its column."""
    line = [" "] * (len(months) * HALVES + len("2022-01"))
    for number, days in enumerate(months):
        if days.first.month in QUARTERS:
            line[number * HALVES : number * HALVES + 6] = f"|{days.first:%y-%m}"
    return "".join(line).rstrip()


def _cells(line: Timeline, months: list[Days], policy: Policy) -> Iterator[str]:
    for days in months:
        middle = day_start(days.first.replace(day=16), policy.zone)
        yield _cell(line, day_start(days.first, policy.zone), middle)
        yield _cell(line, middle, day_end(days.last, policy.zone))


def _cell(line: Timeline, start: int, end: int) -> str:
    states = {segment.state for segment in line.touched(start, end)}
    strongest: tuple[State, ...] = ("disputed", "open", "banned", "closed", "free")
    return SIGNS[next(state for state in strongest if state in states)]


def _svg_bar(bar: Bar, number: int, low: int, high: int) -> str:
    top = number * ROW
    # What is disputed comes last: so narrow that it is widened, it must not be painted over.
    stretches = sorted(_stretches(bar.line), key=lambda stretch: stretch[0].state == "disputed")
    parts = [
        _svg_piece(segment.state, top, _x(start, low, high), _x(end, low, high)) for segment, start, end in stretches
    ]
    squeezed = _squeezed(bar.label, LABEL - 16)
    return f'<text x="8" y="{top + 15}"{squeezed}>{escape(bar.label)}</text>' + "".join(parts)


def _squeezed(words: str, width: int) -> str:
    """The attributes that keep a long text within its place."""
    wide = sum(2 if east_asian_width(sign) in "WF" else 1 for sign in words) * PIXELS
    return f' textLength="{width}" lengthAdjust="spacingAndGlyphs"' if wide > width else ""


def _svg_piece(state: State, top: int, left: float, right: float) -> str:
    if left >= right:
        return ""
    if state == "disputed" and right - left < NARROWEST:
        left = min(max((left + right - NARROWEST) / 2, LABEL), WIDTH - RIGHT - NARROWEST)
        right = left + NARROWEST
    place = f'x="{left:.1f}" y="{top}" width="{right - left:.1f}" height="{ROW - 8}"'
    return f'<rect {place} fill="{COLOURS[state]}"><title>{MEANINGS.get(state, MEANINGS["closed"])}</title></rect>'


def _ticks(months: list[Days], policy: Policy, low: int, high: int) -> Iterator[tuple[date, float]]:
    """The days to name with their places: both edges, and the first of each quarter where its name has room."""
    named = QUARTERS if len(months) <= MANY_MONTHS else QUARTERS[::2]
    left, right = LABEL, WIDTH - RIGHT
    yield months[0].first, left
    for days in months:
        x = _x(day_start(days.first, policy.zone), low, high)
        if days.first.month in named and left + TICK_ROOM <= x <= right - TICK_ROOM:
            yield days.first, x
    yield months[-1].last + ONE_DAY, right


def _svg_tick(day: date, x: float, height: int) -> str:
    line = f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{ROW + 20}" y2="{height - ROW}" stroke="#b0bec5"/>'
    return f'{line}<text x="{x:.1f}" y="{ROW + 14}">{day:%Y-%m}</text>'


def _svg_legend(height: int) -> str:
    widths = [len(meaning) * PIXELS + 40 for meaning in MEANINGS.values()]
    places = zip(accumulate(widths, initial=LABEL), MEANINGS, strict=False)
    return "".join(
        f'<rect x="{x}" y="{height - 18}" width="12" height="12" fill="{COLOURS[state]}"/>'
        f'<text x="{x + 18}" y="{height - 8}">{MEANINGS[state]}</text>'
        for x, state in places
    )


def _x(ms: float, low: int, high: int) -> float:
    share = (min(max(ms, low), high) - low) / (high - low)
    return LABEL + share * (WIDTH - LABEL - RIGHT)
