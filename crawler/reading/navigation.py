"""Where a page's own scripts take a visitor, found by reading them: no script is ever run.

What runs only if something unknown holds, or only when somebody clicks, is read too but is never called certain.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count, islice
from typing import Final, TypeAlias
from urllib.parse import urljoin

from tree_sitter import Node

from crawler.reading.script_library import (
    UNKNOWN,
    Pattern,
    Unknown,
    Value,
    call_global,
    call_method,
    is_true,
    read_address,
    read_pattern,
    read_query,
    text_of,
)
from crawler.reading.script_walk import Function, ScriptWalk, Spent, text_at, unwrap

_LATEST_MS = 60_000
_MAX_MAPPED = 500
"""Members of a list for each of which a function is walked."""
_MAX_LOOKED = 4_000_000
"""Characters that the patterns of a page's scripts may look at one by one, all together: a tenth of a second."""
_MEMBER, _SEARCHED = 20, 1 / 4
"""What a member of a list, and a character that is searched for a sign alone, cost beside such a character."""
_LITTLE = 1000
"""So many are looked at without being counted: what hides an address hardly needs more."""
_LOAD_MS = 1
"""When handlers of a loaded page run: after everything that runs while it loads."""
_LOAD_EVENTS = frozenset({"load", "onload", "DOMContentLoaded", "pageshow", "ready"})


@dataclass(frozen=True, slots=True)
class Navigation:
    """One place where a script leaves the page.

    Attributes:
        url: as the script gives it, perhaps relative; ``None`` where it cannot be read.
        at_ms: 0 while the page loads, later for what waits for a load event or a timer.
        certain: it happens to every visitor, whatever the unknown values are.
    """

    url: str | None
    at_ms: int
    certain: bool


def find_navigations(scripts: Iterable[str], page_url: str) -> tuple[Navigation, ...]:
    """Every navigation in a page's scripts, in the order in which they run.

    Args:
        scripts: the texts of the inline scripts in page order; any text goes through.
        page_url: what ``location.href`` is.
    """
    return read_scripts(scripts, page_url)[0]


@dataclass(frozen=True, slots=True)
class Built:
    """What scripts put together from pieces.

    Attributes:
        texts: a place (``navigation[2]``, ``built[0]``) and a text that is or may hold an address.
        cut: literals that stand where they do only to be cut or turned into such a text: one for each such place.
    """

    texts: tuple[tuple[str, str], ...] = ()
    cut: tuple[str, ...] = ()


def read_scripts(
    scripts: Iterable[str], page_url: str
) -> tuple[tuple[Navigation, ...], tuple[str, ...], tuple[str, ...]]:
    """What a page's scripts do with addresses.

    Args:
        scripts: as for ``find_navigations``.
        page_url: what ``location.href`` is.

    Returns:
        Every navigation; every text that is put together from pieces and may be or hold an address, whatever the
        scripts then do with it: each once, without those that are only a part of another; and for each place where a
        literal is only cut into such a text, that literal.
    """
    walk = _Browser(page_url)
    for script in scripts:
        walk.run_script(script)
    walk.run_deferred()
    found = tuple(Navigation(one.url, one.at_ms, certain=one.level == 0) for one in walk.found)
    return found, _longest(walk.built), tuple(walk.cut.values())[:_MAX_TEXTS]


def read_built(scripts: Sequence[str], page_url: str) -> Built:
    """What scripts put together from pieces: where they would go with it, then what else may be an address.

    Scripts that show no sign of either are not walked, which is nearly all.

    Args:
        scripts: as for ``find_navigations``.
        page_url: what ``location.href`` is.
    """
    leavers = {code for code in scripts if _may_leave(code)}
    goes = any(pattern.search(code) for code in leavers for pattern in _GOES)
    walked = [code for code in scripts if (goes and code in leavers) or builds_shop_address(code)]
    if not walked:
        return Built()
    navigations, built, cut = read_scripts(walked, page_url)
    goals = ((f"navigation[{position}]", one.url) for position, one in enumerate(navigations) if one.url)
    return Built((*goals, *((f"built[{position}]", text) for position, text in enumerate(built))), cut)


def builds_shop_address(code: str) -> bool:
    """Whether a script may put together the address of a shop."""
    if len(code) > _MAX_BUILT:
        return False
    joined = _JOINED.sub("", code) if any(sign in code for sign in _JOINTS) else code
    if _HIDDEN_PIECE.search(joined):
        return "+" in code or _puts_together(code) or _is_cut(joined)
    if _SHOP.search(joined) is None and "//" not in joined:
        return False
    return _is_cut(joined) or (_is_in_pieces(joined) and (_adds(joined) or _puts_together(code)))


def _is_cut(code: str) -> bool:
    """Whether a literal that may be the address of a shop is cut where it stands, or by the name that it is given."""
    if not any(sign in code for sign in _CUT_SIGNS):
        return False
    return any(_is_cut_literal(code, found.start()) for found in islice(_ADDRESS_PIECE.finditer(code), _MAX_PIECES))


def _is_cut_literal(code: str, place: int) -> bool:
    end = _LITERAL_END.search(code, place, place + _MAX_LITERAL)
    if end is None:
        return False
    if _CUT_BEHIND.match(code, end.end()):
        return True
    start = code.rfind(end[0], max(0, place - _MAX_LITERAL), place)
    named = _NAME_BEFORE.search(code, max(0, start - 60), start) if start >= 0 else None
    return named is not None and re.search(rf"(?<![\w$.]){re.escape(named[1])}{_CUT_BEHIND.pattern}", code) is not None


_MAX_PIECES, _MAX_LITERAL = 20, 400
_CUT_SIGNS = (".slice", ".substr", ".replace", ".split", ".pad", ".repeat", ".trim", ".at(")
_ADDRESS_PIECE = re.compile(r"//[^\s\"'`]{4}|(?:taobao|tmall|jd|yangkeduo)\.com\b|\btb\.cn\b")
_LITERAL_END = re.compile(r"[\"'`]")
_CUT_BEHIND = re.compile(
    r"\s?\.\s?(?:slice|substr(?:ing)?|replace(?:All)?|split|pad(?:End|Start)|at|trim(?:End|Start)?)\s?\("
)
_NAME_BEFORE = re.compile(r"([\w$]{1,40})\s{0,3}[=:]\s{0,3}\Z")


def _adds(code: str) -> bool:
    """Whether one value is added to another: ``i++`` and ``+new Date()`` add nothing."""
    return any(_has_left_side(code[max(0, plus.start() - 40) : plus.start()]) for plus in _PLUS.finditer(code))


def _has_left_side(before: str) -> bool:
    """Whether a value may end where the text does; in doubt (a comment, nothing but space) it may."""
    left = before.rstrip()
    return not left or left[-1].isalnum() or left[-1] in "_$\"'`)]}/"


def _is_in_pieces(code: str) -> bool:
    """Whether the name of a shop stands in a literal that something is joined to."""
    for found in _SHOP.finditer(code):
        before, behind = code[max(0, found.start() - 80) : found.start()], code[found.end() : found.end() + 80]
        if _JOINED_BEFORE.search(before) or _JOINED_BEHIND.match(behind):
            return True
    return False


def _may_leave(code: str) -> bool:
    is_short = len(code) <= _MAX_BUILT
    return is_short and any(pattern.search(code) for pattern in _LEAVES) and _puts_together(code)


def _puts_together(code: str) -> bool:
    return any(sign in code for sign in _BUILD_SIGNS) and _BUILDS.search(code) is not None


_MAX_BUILT = 50_000
"""Characters of a script that is walked for addresses that it builds; longer ones are libraries."""
_LEAVES = (re.compile(r"location(?<!\wlocation)\b"), re.compile(r"open(?<!\wopen)\s*\("))
"""The names that scripts leave by, each a pattern of its own that begins with plain characters, for speed."""
_GOES = (
    re.compile(
        r"location(?<!\wlocation)\b(?!\s*(?:[<>]|&[gl]t;|[=!]=))"
        r"(?!\s*\.\s*(?:(?:search|hash|host|hostname|protocol|pathname|origin|port|reload|toString)\b"
        r"|href\b(?!\s*(?:[-+*/|&?]|=(?!=)))))"
    ),
    re.compile(r"open(?<!\wopen)\s*\((?!\s*[\"'](?i:GET|POST|PUT|HEAD|DELETE)\b)"),
)
"""``_LEAVES`` where the address is not merely read or compared, nor a request opened."""
_BUILDS = re.compile(
    r"\.join\s*\(|fromCharCode|atob\s*\(|\$\{|unescape\s*\(|\.reverse\s*\(|//[\"'`]|\.concat\s*\(|\.replace\s*\(\s*/"
    r"|[\"'`]\s*\+\s*[\w(\"'`]|[\w)\]]\s*\+\s*[\"'`]|\+=|new URL\("
)
"""What code does that puts texts together."""
_PLUS = re.compile(r"\+(?:(?<=[\w$\"'`)\]}/]\+)|(?<=[\w$\"'`)\]}/]\s\+)|(?<=\s\s\+))(?!\+)")
"""A plus with a value before it, or with so much space that only a look further back can tell."""
_BUILD_SIGNS = (
    *("+", "${", ".join", ".concat", ".replace", ".reverse", '//"', "//'", "//`"),
    *("fromCharCode", "atob", "unescape", "new URL("),
)
"""One of these is in all that ``_BUILDS`` finds; to look for them takes a tenth of the time."""
_JOINTS = ('"+"', "'+'", "`+`", '" + "', "' + '")
_JOINED = re.compile(r"([\"'`])\s?\+\s?\1")
_SHOP = re.compile(
    r"taobao[\W_]{1,3}com\b|tmall[\W_]{1,3}(?:com|hk)\b|jd[\W_]{1,3}(?:com|hk)\b|yangkeduo[\W_]com\b|pinduoduo[\W_]com\b"
    r"|1688[\W_]com\b|jinritemai[\W_]com\b|weidian[\W_]com\b|youzan[\W_]com\b|goofish[\W_]com\b|tb[._]cn\b|3[._]cn\b"
)
_JOINED_BEFORE = re.compile(r"\+\s?[\"'`][^\"'`\n]*\Z")
_JOINED_BEHIND = re.compile(r"[^\"'`\n]*?(?:[\"'`]\s?\+|\$\{)|/?[\"'`](?!>)")
"""Also where the literal ends; a quotation mark with ``>`` behind it ends an attribute in it."""
_HIDDEN_PIECE = re.compile(
    r"fromCharCode|//:s?ptth|moc\."
    r"|\"\s?\.replace\s?\(|'\s?\.replace\s?\(|`\s?\.replace\s?\("
    r"|\"\s?\.concat\s?\(\s?[\[\"'`]|'\s?\.concat\s?\(\s?[\[\"'`]|`\s?\.concat\s?\(\s?[\[\"'`]|\]\s?\.concat\s?\(\s?[\[\"'`]"
    r"|\.split\s?\([^()]{0,6}\)\s?\.(?:join|reverse|map)|//[\w.-]{0,40}[\"'`]\s?\+\s?(?:atob|unescape|decodeURI)"
)
"""What may turn out to be a piece of the address of a shop; each branch begins with a plain character, for speed."""


def _longest(texts: Iterable[str]) -> tuple[str, ...]:
    whole = tuple(dict.fromkeys(texts))[:_MAX_TEXTS]
    return tuple(text for text in whole if not any(text in other and text is not other for other in whole))


_MAX_TEXTS = 200
"""Texts that are kept of those that the scripts of a page put together."""


def _may_be_address(text: str) -> bool:
    return "//" in text or ".com/" in text or ".cn/" in text


def _cost(owner: Value, name: str, first: Value) -> int:
    """What a method costs of a text or a list, called with a first argument."""
    if isinstance(owner, list):
        return len(owner) * _MEMBER * (name not in {"pop", "shift"})
    if isinstance(owner, str):
        return len(owner) * (first.reach if isinstance(first, Pattern) else name == "split")
    return 0


_GOAL = re.compile(r"//[\w\[%]|\.(?:com|cn)/")
"""In what may be opened: nobody opens an address that was turned round."""


class _Host:
    """An object of the browser that scripts navigate by."""

    def __init__(self, name: str) -> None:
        self.name = name


_WINDOW, _DOCUMENT, _LOCATION = _Host("window"), _Host("document"), _Host("location")
_OTHER_LOCATION = _Host("the location of an object that is not known")
_JQUERY = _Host("jQuery(document)")
_BOOLEAN = _Host("Boolean")
_NAMES: Final[dict[str, Value]] = {
    "Boolean": _BOOLEAN,
    **dict.fromkeys(("window", "self", "top", "parent", "globalThis", "frames"), _WINDOW),
    "document": _DOCUMENT,
    "location": _LOCATION,
    "undefined": None,
}


Timed: TypeAlias = tuple[str | int, bool]
"""What a timer calls, and whether it is in doubt."""


class _Browser(ScriptWalk):
    """A walk for which ``location``, ``window`` and timers mean what they mean in a browser."""

    names = _NAMES

    def __init__(self, page_url: str) -> None:
        super().__init__()
        self._address = read_address(page_url)
        self._deferred: list[tuple[int, int, int, Value]] = []
        self._done: dict[Timed, int] = {}
        """How often something had changed when a callback last began."""
        self._waiting: dict[Timed, tuple[int, Value]] = {}
        self.built: list[str] = []
        """What was put together from pieces and may be or hold an address."""
        self.cut: dict[tuple[int, str], str] = {}
        """Literals that were only cut or turned into one of those, by where they stand in their script."""
        self._handled: list[tuple[int | None, str]] = []
        """Texts at hand of which methods were called: where the literal stands, ``None`` of what a call gave."""
        self._is_own = False
        """The call that was walked last was one of a function of the page, which may do anything with what it takes."""
        self._looked = 0.0
        """Characters and members of lists that calls have looked at one by one."""
        self._serial = count()

    def run_script(self, script: str) -> None:
        """Walk one script of the page."""
        self._left, self._stop = False, ""
        try:
            self._run(script)
        except Spent:
            self._deferred.clear()
            self._functions.clear()

    def run_deferred(self) -> None:
        """Walk what waits for the load event or a timer, then, in doubt, what nobody called."""
        try:
            while self._deferred:
                self._run_next()
            self._doubt = 1
            for function in self._functions:
                if not function.called:
                    self._call(function, [])
        except Spent:
            return

    def _run_next(self) -> None:
        """Walk what a timer calls next. A countdown that would do just what it did a second ago waits for a change."""
        self._now_ms, _, doubt, callback = heapq.heappop(self._deferred)
        key, before = (callback if isinstance(callback, str) else id(callback), doubt > 0), self._changes
        if self._done.get(key) == before:
            self._waiting[key] = (doubt, callback)
            return
        self._runs += 1
        self._doubt, self._left, self._stop = doubt, False, ""
        self._call(callback, [])
        self._done[key] = before
        if self._changes != before:
            for waited, waiting in self._waiting.values():
                heapq.heappush(self._deferred, (self._now_ms + _LOAD_MS, next(self._serial), waited, waiting))
            self._waiting.clear()

    def _noted(self, value: Value) -> Value:
        """Keep a text that was put together, if it looks like an address or holds one."""
        if isinstance(value, str) and self._affords(len(value) * _SEARCHED) and _may_be_address(value):
            self.built.append(value)
        return value

    def _on_binary_expression(self, node: Node) -> Value:
        return self._noted(super()._on_binary_expression(node))

    def _on_template_string(self, node: Node) -> Value:
        return self._noted(super()._on_template_string(node))

    def _on_call_expression(self, node: Node) -> Value:
        start = len(self._handled)
        value = super()._on_call_expression(node)
        is_own, self._is_own = self._is_own, False
        if is_own:
            del self._handled[start:]
        elif isinstance(value, str) and self._affords(len(value) * _SEARCHED) and _GOAL.search(value):
            self._take_up(self._handled[start:])
            del self._handled[start:]
        return self._noted(value)

    def _call(self, callee: Value, arguments: list[Value]) -> Value:
        start = len(self._handled)
        value = super()._call(callee, arguments)
        del self._handled[start:]
        self._is_own = True
        return value

    def _handle(self, target: Node, owner: str) -> None:
        """Note a text that may stand only to be cut or turned: a literal, or what another call has just given."""
        kind = getattr(unwrap(target.child_by_field_name("object")), "type", "")
        if kind == "string":
            self._handled.append((target.start_byte, owner))
        elif kind == "call_expression" and self.built[-1:] == [owner]:
            self._handled.append((None, owner))

    def _take_up(self, handled: Iterable[tuple[int | None, str]]) -> None:
        """An address has come of these texts: they were pieces of it, and no addresses of their own."""
        for start, text in handled:
            if start is not None:
                self.cut[start, text] = text
            elif text in self.built:
                self.built.remove(text)

    def _on_augmented_assignment_expression(self, node: Node) -> Value:
        return self._noted(super()._on_augmented_assignment_expression(node))

    def _on_member_expression(self, node: Node) -> Value:
        # ``new URL(path, host).href``
        value = super()._on_member_expression(node)
        return self._noted(value) if isinstance(value, str) and text_at(node).endswith(".href") else value

    _on_subscript_expression = _on_member_expression

    def _defer(self, callback: Value, delay_ms: int) -> None:
        at_ms, doubt = self._now_ms + delay_ms, self._doubt + self._left
        if at_ms <= _LATEST_MS:
            heapq.heappush(self._deferred, (at_ms, next(self._serial), doubt, callback))

    def _assign_name(self, name: str, value: Value) -> None:
        if name == "location" and self._scope.holder(name) is None:
            self._navigate(value)
        else:
            super()._assign_name(name, value)

    def _assign_property(self, owner: Value, name: str | int | None, value: Value) -> None:
        if owner in (_LOCATION, _OTHER_LOCATION) and isinstance(owner, _Host):
            if name == "href":
                self._navigate(value, doubtful=owner is _OTHER_LOCATION)
        elif name == "location" and (owner in (_WINDOW, _DOCUMENT) or isinstance(owner, Unknown)):
            self._navigate(value, doubtful=isinstance(owner, Unknown))
        elif name == "onload" and owner is _WINDOW:
            self._defer(value, _LOAD_MS)
        elif owner is _WINDOW and isinstance(name, str):
            self._write(self._scope.root, name, value)
        else:
            super()._assign_property(owner, name, value)

    def _read(self, owner: Value, name: str | int) -> Value:
        if owner is _WINDOW:
            return self._scope.root.values.get(str(name), self.names.get(str(name), UNKNOWN))
        if owner is _DOCUMENT:
            return {"location": _LOCATION, "URL": self._address["href"], "defaultView": _WINDOW}.get(str(name), UNKNOWN)
        if owner is _LOCATION:
            return self._address.get(str(name), UNKNOWN)
        if isinstance(owner, Unknown):
            return _OTHER_LOCATION if name == "location" else UNKNOWN
        return super()._read(owner, name)

    def _on_this(self, _node: Node) -> Value:
        return _WINDOW if self._calls == 0 else UNKNOWN

    def _call_named(self, name: str, callee: Value, arguments: list[Value]) -> Value:
        if isinstance(callee, Function):
            return self._call(callee, arguments)
        if name in {"$", "jQuery"} and arguments:
            return self._ready(arguments[0])
        if name in {"setTimeout", "requestAnimationFrame", "open", "eval", "navigate"}:
            return self._call_window(name, arguments)
        return call_global(name, arguments)

    def _ready(self, argument: Value) -> Value:
        if isinstance(argument, Function):
            self._defer(argument, _LOAD_MS)
        return _JQUERY if argument in (_DOCUMENT, _WINDOW) else UNKNOWN

    def _call_window(self, name: str, arguments: list[Value]) -> Value:
        first = arguments[0] if arguments else UNKNOWN
        if name == "open":
            # A browser lets a page open a window by itself only in the window that is there already.
            here = len(arguments) > 1 and arguments[1] in ("_self", "_top", "_parent")
            self._navigate(first, doubtful=not here)
        elif name == "navigate":
            self._navigate(first)
        elif name == "eval":
            return self._call(first, []) if isinstance(first, str) else UNKNOWN
        else:
            self._set_timer(first, arguments[1] if len(arguments) > 1 else 0)
        return UNKNOWN

    def _set_timer(self, callback: Value, delay: Value) -> None:
        known = (text_of(delay) or "").partition(".")[0]
        if known.isdecimal() and len(known) < len("100000000"):
            self._defer(callback, _LOAD_MS + int(known))
        else:
            self._doubt += 1
            self._defer(callback, _LOAD_MS)
            self._doubt -= 1

    def _call_method(self, target: Node, owner: Value, name: str, arguments: list[Value]) -> Value:
        if isinstance(owner, _Host):
            return self._call_host(owner, name, arguments)
        if isinstance(owner, str):
            self._handle(target, owner)
        if isinstance(owner, Function):
            return self._apply(owner, name, arguments)
        member = self._read(owner, name) if isinstance(owner, dict) else UNKNOWN
        if isinstance(member, Function):
            return self._call(member, arguments)
        if isinstance(member, dict):
            return member.get(text_of(arguments[0]) or "") if arguments else UNKNOWN
        if isinstance(owner, Unknown):
            return self._call_unknown(target, name, arguments)
        return self._call_plain(owner, name, arguments)

    def _call_plain(self, owner: Value, name: str, arguments: list[Value]) -> Value:
        first = arguments[0] if arguments else UNKNOWN
        if not self._affords(_cost(owner, name, first)):
            return UNKNOWN
        if isinstance(owner, list):
            value = self._call_list(owner, name, first, arguments)
        elif isinstance(owner, str) and isinstance(first, Pattern):
            value = self._call_pattern(owner, name, first, arguments)
        else:
            value = call_method(owner, name, arguments)
        self._is_own = False
        return value

    def _affords(self, cost: float) -> bool:
        """Whether there is time for so much, which is then used up: a page may do what takes long again and again."""
        if cost <= _LITTLE:
            return True
        if self._looked + cost > _MAX_LOOKED:
            return False
        self._looked += cost
        return True

    def _call_list(self, owner: list[Value], name: str, first: Value, arguments: list[Value]) -> Value:
        if isinstance(first, Function) and len(owner) <= _MAX_MAPPED:
            if name == "map":
                return [self._call(first, [one, place]) for place, one in enumerate(owner)]
            if name == "reduce":
                start = arguments[1:2] or owner[:1]
                return self._reduce(first, owner if arguments[1:] else owner[1:], start)
        if name == "filter" and first is _BOOLEAN and all(is_true(one) is not None for one in owner):
            return [one for one in owner if is_true(one)]
        if name in {"pop", "shift"}:
            return self._take_off(owner, 0 if name == "shift" else -1)
        return call_method(owner, name, arguments)

    def _reduce(self, function: Function, values: list[Value], start: list[Value]) -> Value:
        value = start[0] if start else UNKNOWN
        for one in values:
            value = self._call(function, [value, one])
        return value

    def _take_off(self, owner: list[Value], place: int) -> Value:
        """``pop`` and ``shift``: where they may not run, nothing of the list is known afterwards."""
        if not owner or self._doubt or self._left:
            owner[:] = [UNKNOWN] * len(owner)
            return UNKNOWN
        return owner.pop(place)

    def _call_pattern(self, owner: str, name: str, pattern: Pattern, arguments: list[Value]) -> Value:
        new = arguments[1] if len(arguments) > 1 else UNKNOWN
        if name in {"replace", "replaceAll"}:
            call = (lambda groups: text_of(self._call(new, groups))) if isinstance(new, Function) else None
            return pattern.replace_in(owner, new, call)
        if name == "match":
            return pattern.find_in(owner)
        return pattern.split_in(owner) if name == "split" else UNKNOWN

    def _call_host(self, owner: _Host, name: str, arguments: list[Value]) -> Value:
        if owner in (_LOCATION, _OTHER_LOCATION):
            if name in {"replace", "assign"} and arguments:
                self._navigate(arguments[0], doubtful=owner is _OTHER_LOCATION)
            return self._address["href"] if name == "toString" else UNKNOWN
        if name in {"addEventListener", "attachEvent", "on", "ready", "load"}:
            self._listen(name, arguments)
        elif owner is _WINDOW:
            return self._call_named(name, self._read(_WINDOW, name), arguments)
        return UNKNOWN

    def _listen(self, name: str, arguments: list[Value]) -> None:
        """Note what waits for the page to be there; what waits for a click stays uncalled."""
        if name in {"ready", "load"}:
            self._defer(arguments[0] if arguments else UNKNOWN, _LOAD_MS)
        elif len(arguments) > 1 and isinstance(arguments[0], str) and arguments[0] in _LOAD_EVENTS:
            self._defer(arguments[1], _LOAD_MS)

    def _apply(self, function: Function, name: str, arguments: list[Value]) -> Value:
        if name == "call":
            return self._call(function, arguments[1:])
        if name == "apply":
            return self._call(function, arguments[1] if len(arguments) > 1 and isinstance(arguments[1], list) else [])
        return function if name == "bind" else UNKNOWN

    def _call_unknown(self, target: Node, name: str, arguments: list[Value]) -> Value:
        named = text_at(target)
        if named.startswith("String.from"):
            codes = arguments[1] if named.endswith(".apply") and len(arguments) > 1 else arguments
            codes = arguments[1:] if named.endswith(".call") else codes
            if isinstance(codes, list) and codes and all(isinstance(one, int) for one in codes):
                return "".join(chr(one % 0x10000) for one in codes)
            return UNKNOWN
        if named == "Array.from" and arguments and isinstance(arguments[0], str | list):
            return list(arguments[0])
        if named == "JSON.parse":
            return call_global(named, arguments)
        if name == "open" and arguments and isinstance(arguments[0], str):
            self._navigate(arguments[0], doubtful=True)
        return UNKNOWN

    def _make(self, constructor: str, arguments: list[Value]) -> Value:
        first = text_of(arguments[0]) if arguments else None
        match constructor:
            case "RegExp" if first is not None:
                return read_pattern(first, (text_of(arguments[1]) or "") if len(arguments) > 1 else "")
            case "URLSearchParams" if first is not None:
                return read_query(first)
            case "URL" if first is not None or arguments[:1] == [_LOCATION]:
                base = text_of(arguments[1]) if len(arguments) > 1 else None
                whole = first if first is not None else self._address["href"]
                return read_address(urljoin(base, whole) if base else whole)
            case _:
                return UNKNOWN
