"""Where a page's own scripts take a visitor, found by reading them: no script is ever run.

What runs only if something unknown holds, or only when somebody clicks, is read too but is never called certain.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from typing import Final

from tree_sitter import Node

from crawler.reading.script_library import (
    UNKNOWN,
    Unknown,
    Value,
    call_global,
    call_method,
    read_address,
    read_query,
    text_of,
)
from crawler.reading.script_walk import Function, ScriptWalk, Spent, text_at

_LATEST_MS = 60_000
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
    walk = _Browser(page_url)
    for script in scripts:
        walk.run_script(script)
    walk.run_deferred()
    return tuple(Navigation(one.url, one.at_ms, certain=one.level == 0) for one in walk.found)


class _Host:
    """An object of the browser that scripts navigate by."""

    def __init__(self, name: str) -> None:
        self.name = name


_WINDOW, _DOCUMENT, _LOCATION = _Host("window"), _Host("document"), _Host("location")
_OTHER_LOCATION = _Host("the location of an object that is not known")
_JQUERY = _Host("jQuery(document)")
_NAMES: Final[dict[str, Value]] = {
    **dict.fromkeys(("window", "self", "top", "parent", "globalThis", "frames"), _WINDOW),
    "document": _DOCUMENT,
    "location": _LOCATION,
    "undefined": None,
}


class _Browser(ScriptWalk):
    """A walk for which ``location``, ``window`` and timers mean what they mean in a browser."""

    names = _NAMES

    def __init__(self, page_url: str) -> None:
        super().__init__()
        self._address = read_address(page_url)
        self._deferred: list[tuple[int, int, int, Value]] = []
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
                self._now_ms, _, self._doubt, callback = heapq.heappop(self._deferred)
                self._left, self._stop = False, ""
                self._call(callback, [])
            self._doubt = 1
            for function in self._functions:
                if not function.called:
                    self._call(function, [])
        except Spent:
            return

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
        if isinstance(owner, Function):
            return self._apply(owner, name, arguments)
        member = self._read(owner, name) if isinstance(owner, dict) else UNKNOWN
        if isinstance(member, Function):
            return self._call(member, arguments)
        if isinstance(member, dict):
            return member.get(text_of(arguments[0]) or "") if arguments else UNKNOWN
        if isinstance(owner, Unknown):
            return self._call_unknown(target, name, arguments)
        return call_method(owner, name, arguments)

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
        if named == "String.fromCharCode" and all(isinstance(one, int) for one in arguments):
            return "".join(chr(one % 0x10000) for one in arguments)
        if named == "JSON.parse":
            return call_global(named, arguments)
        if name == "open" and arguments and isinstance(arguments[0], str):
            self._navigate(arguments[0], doubtful=True)
        return UNKNOWN

    def _make(self, constructor: str, arguments: list[Value]) -> Value:
        first = text_of(arguments[0]) if arguments else None
        match constructor:
            case "URLSearchParams" if first is not None:
                return read_query(first)
            case "URL" if first is not None or arguments[:1] == [_LOCATION]:
                return read_address(first if first is not None else self._address["href"])
            case _:
                return UNKNOWN
