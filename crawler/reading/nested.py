"""Addresses inside an address: in parameters, the fragment, JSON, the path's tail, percent-encoded, base64 or hex."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import unquote

from crawler.reading.text import find_addresses
from crawler.reading.url import WebURL, has_public_suffix, parse_url, split_query

MAX_LENGTH = 65_536
"""Characters of one address that are searched: more than any browser sends."""
_MAX_TARGETS = 256
_MAX_ROUNDS = 5
_MAX_LAYERS = 3


@dataclass(frozen=True, slots=True)
class Nested:
    """An address found inside another.

    Attributes:
        param: what holds it: a parameter's name (``params.url`` for a key of JSON in it), ``#`` (the fragment),
            ``?`` (the whole query), ``/`` (the path) or ``text`` (no address, but words that hold one).
        target: the address, decoded as far as it takes to be one.
        encoding: ``""`` as written or percent-encoded once; else ``percent xN``, ``base64``, ``base64url``, ``hex``,
            ``json``, ``no scheme``, ``relative``, ``to the end`` (written plainly, so that what follows ``&`` may be
            its own or not), ``share text``, ``garbled`` (as a person reads it), several joined by ``, ``.
        depth: 1 for what the address itself holds, n for what n - 1 other addresses hold between.
    """

    param: str
    target: str
    encoding: str
    depth: int


class _Found(NamedTuple):
    param: str
    target: str
    encoding: tuple[str, ...]


_ADDRESS = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]{1,30}:(?://|\\+/)|https?:\\*/|(?:\\*/){2}[^/\s]*\.|#小程序://)")
_WEB_ADDRESS = re.compile(r"https?://[^\s\"'<>]+", re.IGNORECASE)
_BARE_HOST = re.compile(r"(?:[A-Za-z0-9_-]{1,63}\.)+[A-Za-z]{2,24}(?::[0-9]{1,5})?(?=[/?#]|$)")
_RELATIVE_PAGE = re.compile(r"/?[A-Za-z0-9_/-]{1,200}\.html?\?[^=\s]{1,60}=")
_NEXT_ADDRESS = re.compile(r",(?=(?:https?:)?//|(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,24}(?:[/?#,]|$))")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")
_HEX = re.compile(r"(?:0[xX])?((?:[2-7][0-9A-Fa-f]){4}(?:[0-9A-Fa-f]{2}){4,})")
"""Bytes of a text that begins with plain characters, two digits each."""
_JSON_STRING = re.compile(r'"([^"\\]{1,60})"\s{0,9}:\s{0,9}"((?:[^"\\]|\\.)*)"')
_PATH_TAIL = re.compile(r"(?<=[/=])https?(?::/|%3a(?:%2f|//))", re.IGNORECASE)
_PATH_CODED = re.compile(r"/((?:aHR0c|68747470)[A-Za-z0-9+_=-]{8,})(?=[/.]|$)")
"""A segment of a path that begins as base64 or hex of ``http`` does."""
_PACKAGE_STARTS = frozenset({"com", "cn", "org", "net", "io"})
_NO_CARRIERS = ("utm_", "package")
"""Starts of parameter names whose values only look like a host: where a visitor came from, an app's package."""
_FILE_ENDINGS = frozenset({"do", "js", "md", "mov", "pl", "py", "rs", "sh", "so", "ts", "zip"})


def nested_targets(url: WebURL, max_depth: int = 5) -> tuple[Nested, ...]:
    """Every address that ``url`` holds, outermost first, each once.

    Args:
        url: any address; one that holds nothing costs next to nothing.
        max_depth: how many addresses may stand one inside the other.
    """
    if not url.query and not url.fragment and not url.behind and not any(sign in url.path for sign in _PATH_SIGNS):
        return ()
    found: dict[str, Nested] = {}
    layer = [url]
    for depth in range(1, max_depth + 1):
        fresh: dict[str, Nested] = {}
        for one in (one for holder in layer for one in _inside(holder)):
            if one.target not in found and one.target not in fresh:
                fresh[one.target] = Nested(one.param, one.target, ", ".join(one.encoding), depth)
        found |= fresh
        if not fresh or len(found) > _MAX_TARGETS:
            break
        layer = [parse_url(target) for target in fresh]
    return tuple(found.values())[:_MAX_TARGETS]


BEHIND = "behind"
"""In place of a parameter: behind a sign that ends an address, as readers of programs take it, but no browser does."""


def leads_on(param: str) -> bool:
    """Whether an address under this name may be one to go to: not where somebody came from, nor a picture."""
    return _NO_WAY_OUT.search(param) is None


_NO_WAY_OUT = re.compile(
    rf"refer|^ref$|^{BEHIND}$|from|source|origin|callback|img|image|pic|cover|avatar|icon|logo|poster|thumb|video|play|audio|head",
    re.IGNORECASE,
)
"""Names of parameters that hold where somebody came from, who is told, or what is shown."""


# --- where an address can stand ------------------------------------------------------------------------------------


def _inside(url: WebURL) -> Iterator[_Found]:
    if any(sign in url.path for sign in _PATH_SIGNS):
        yield from _in_path(url)
    if url.query:
        yield from _in_query(url, url.query[:MAX_LENGTH])
    if url.fragment:
        yield from _in_fragment(url, url.fragment[:MAX_LENGTH])
    if url.behind:
        yield from _in_rest(url, url.behind[:MAX_LENGTH])


_PATH_SIGNS = ("/http", "=http", "/aHR0c", "/68747470")


def _in_path(url: WebURL) -> Iterator[_Found]:
    for coded in _PATH_CODED.finditer(url.path[:MAX_LENGTH]):
        yield from _read("/", coded[1], url)
    match = _PATH_TAIL.search(url.path)
    if match:
        tail = url.path[match.start() : MAX_LENGTH]
        query = f"?{url.query[:MAX_LENGTH]}" if url.query and "%" not in match[0] else ""
        yield from _read("/", tail + query, url)


def _in_query(url: WebURL, query: str) -> Iterator[_Found]:
    pairs = url.pairs if query is url.query else split_query(query)
    is_json = "{" in query
    if is_json:
        held = query[query.find("{") : query.rfind("}") + 1]
        yield from _read_json("?", held if '"' in held else held.replace("%22", '"'), url, ())
    if pairs and "://" in pairs[0][0]:
        yield _Found("?", unquote(query), ())
    for name, value in pairs:
        if is_json and "{" in value:
            continue  # read as a whole: "&" may have cut it
        if _may_hold(value):
            yield from _read(name, value, url)
        elif not value and _may_hold(name):
            yield from _read("?", name, url)
    yield from _to_the_end(pairs, query)


def _to_the_end(pairs: tuple[tuple[str, str], ...], query: str) -> Iterator[_Found]:
    for name, value in pairs[:-1]:
        if "://" in value and "?" in value and _ADDRESS.match(value):
            yield _Found(name, query[query.find(value) :], ("to the end",))
            return


def _in_fragment(url: WebURL, fragment: str) -> Iterator[_Found]:
    mark, equals = fragment.find("?"), fragment.find("=")
    if 0 <= mark < equals or equals < 0:
        yield from _read("#", fragment[:mark] if mark >= 0 else fragment, url)
        fragment = fragment[mark + 1 :] if mark >= 0 else ""
    if fragment.startswith("Intent;"):
        fragment = fragment.replace(";", "&")
    for name, value in split_query(fragment):
        if _may_hold(value):
            yield from _read(name, value, url)


def _in_rest(url: WebURL, rest: str) -> Iterator[_Found]:
    """What is not of the address to a reader of programs: words with addresses, else parameters as a browser sees."""
    addresses = [address.url for address in find_addresses(rest)]
    yield from (_Found(BEHIND, target, ()) for target in addresses or (one.target for one in _in_query(url, rest)))


def _may_hold(value: str) -> bool:
    if "%" in value or "/" in value:
        return True
    if "." in value:
        return _NO_HOST.fullmatch(value) is None
    return len(value) >= 16  # noqa: PLR2004 - base64 of //host.cn


_NO_HOST = re.compile(r"(?:[A-Za-z0-9_-]*\.)+(?:[A-Za-z0-9_-]*[0-9_-][A-Za-z0-9_-]*|[A-Za-z]?)")
"""Names with dots of which the last is no name of a host: ``a1z10.1-c-s.w4004``, a version, an amount."""


# --- how it can be written -----------------------------------------------------------------------------------------


def _read(param: str, value: str, holder: WebURL, encoding: tuple[str, ...] = ()) -> Iterator[_Found]:
    """The addresses that one value holds: percent-decoding goes on until it is one, and not further."""
    for rounds in range(_MAX_ROUNDS + 1):
        shown = (*encoding, f"percent x{rounds}") if rounds > 1 else encoding
        found = list(_read_plain(param, value.strip(), holder, shown))
        if found:
            yield from found
            return
        decoded = unquote(value) if "%" in value else value
        if decoded == value:
            break
        value = decoded
    yield from _read_hex(param, value, holder, encoding)
    yield from _read_base64(param, value, holder, encoding)
    yield from (_Found(param, match[0], encoding) for match in _WEB_ADDRESS.finditer(value))


def _read_plain(param: str, text: str, holder: WebURL, encoding: tuple[str, ...]) -> Iterator[_Found]:
    if not text:
        return
    if _ADDRESS.match(text):
        yield from (_Found(param, one, encoding) for one in _NEXT_ADDRESS.split(text))
    elif text[0] in "{[":
        yield from _read_json(param, text, holder, encoding)
    elif "." in text and not param.startswith(_NO_CARRIERS):
        yield from _read_bare(param, text, holder, encoding)


def _read_bare(param: str, text: str, holder: WebURL, encoding: tuple[str, ...]) -> Iterator[_Found]:
    for one in _NEXT_ADDRESS.split(text):
        if _is_bare_address(one):
            yield _Found(param, one, (*encoding, "no scheme"))
        elif _RELATIVE_PAGE.match(one):
            yield _Found(param, f"{holder.scheme}://{holder.authority}/{one.lstrip('/')}", (*encoding, "relative"))


def _is_bare_address(text: str) -> bool:
    match = _BARE_HOST.match(text)
    if match is None:
        return False
    host = match[0].partition(":")[0].lower()
    is_file = host.count(".") == 1 and host.rpartition(".")[2] in _FILE_ENDINGS
    return host.partition(".")[0] not in _PACKAGE_STARTS and not is_file and has_public_suffix(host)


def _read_base64(param: str, value: str, holder: WebURL, encoding: tuple[str, ...]) -> Iterator[_Found]:
    if "base64" in encoding or "base64url" in encoding or not _BASE64.fullmatch(value):
        return
    name = "base64" if any(sign in value for sign in "+/=") else "base64url"
    try:
        content = base64.b64decode(
            value.rstrip("=") + "=" * (-len(value.rstrip("=")) % 4),
            b"-_" if "+" not in value and "/" not in value else None,
        )
        text = content.decode("utf-8")
    except (binascii.Error, ValueError):
        return
    if text.isprintable():
        yield from _read(param, text, holder, (*encoding, name))


def _read_hex(param: str, value: str, holder: WebURL, encoding: tuple[str, ...]) -> Iterator[_Found]:
    found = _HEX.fullmatch(value) if "hex" not in encoding else None
    if found is None:
        return
    try:
        text = bytes.fromhex(found[1]).decode("utf-8")
    except ValueError:
        return
    if text.isprintable():
        yield from _read(param, text, holder, (*encoding, "hex"))


def _read_json(param: str, text: str, holder: WebURL, encoding: tuple[str, ...]) -> Iterator[_Found]:
    if encoding.count("json") >= _MAX_LAYERS:
        return
    for key, value in _json_strings(text):
        if _may_hold(value):
            yield from _read(f"{param}.{key}" if key else param, value, holder, (*encoding, "json"))


def _json_strings(text: str) -> list[tuple[str, str]]:
    """Key and value of every string in JSON, or in what is nearly JSON."""
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        return [(match[1], match[2].replace("\\/", "/")) for match in _JSON_STRING.finditer(text)]
    strings: list[tuple[str, str]] = []
    waiting: list[tuple[str, object]] = [("", whole)]
    while waiting:
        key, value = waiting.pop()
        if isinstance(value, str):
            strings.append((key, value))
        elif isinstance(value, dict):
            waiting.extend(reversed(value.items()))
        elif isinstance(value, list):
            waiting.extend((key, one) for one in reversed(value))
    return strings
