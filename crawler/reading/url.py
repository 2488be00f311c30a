"""An address as a browser reads it: parsed by the rules of the URL standard, its host split into labels."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote, unquote_plus

import idna

if TYPE_CHECKING:
    from tldextract import TLDExtract

WEB_SCHEMES: frozenset[str] = frozenset({"http", "https", "ws", "wss"})
BAD_SCHEMES: frozenset[str] = frozenset(
    {"about", "blob", "chrome", "data", "dict", "expect", "file", "filesystem", "ftp", "ftps", "gopher", "jar"}
    | {"javascript", "ldap", "netdoc", "php", "sftp", "smb", "ssh", "telnet", "tftp", "vbscript", "view-source"}
)
"""Schemes that no shop link has and that a careless fetcher might obey."""

_DEFAULT_PORT = {"http": 80, "https": 443, "ws": 80, "wss": 443, "ftp": 21}
_USUAL_PORTS = frozenset({None, 80, 443})
_MAX_PORT = 65_535
_MAX_HOST = 253
_SPECIAL = WEB_SCHEMES | {"ftp", "file"}
_C0_AND_SPACE = "".join(map(chr, range(0x21))) + "\x7f\u00a0\u3000\ufeff\u200b\u2060"

# What nearly every address looks like; anything else goes the long way, with the same answer.
_ORDINARY = re.compile(
    r"(https?)://((?:[a-z0-9_-]+\.)+[a-z]{2,})"
    r"(/[!$%&*+,\-./0-9:;=@A-Z\[\]^_a-z{|}~]*)?"
    r"(?:\?([!$%&*+,\-./0-9:;=?@A-Z\[\]^_a-z{|}~]*))?"
    r"(?:#([!#$%&*+,\-./0-9:;=?@A-Z\[\]^_a-z{|}~]*))?"
)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_HOST_AND_PORT = re.compile(r"(?:localhost|[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+):[0-9]{1,5}(?![^/\\?#])")
_BARE_HOST = re.compile(r"[^\s/\\?#:@&=]+\.[^\s/\\?#:@&=]+")
_ENTITY = re.compile(r"&(?:amp|quot|apos|lt|gt|sol|colon|num|quest|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});")
_ENTITY_CHARACTER = {
    "amp": "&", "quot": '"', "apos": "'", "lt": "<", "gt": ">", "sol": "/", "colon": ":", "num": "#", "quest": "?",
}  # fmt: skip
_SCRIPT_ESCAPE = re.compile(r"(?<!\\)\\++(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(/))")
_ENCODED_EQUALS = re.compile(r"[A-Za-z_]{1,24}%3[dD][^%]")
_ENCODED_WHOLE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,30}%(?:25){0,3}3[aA](?:%(?:25){0,3}2[fF]|//)")
_DOT_SEGMENT = re.compile(r"/(?:\.|%2[eE]){1,2}(?=/|$)")
_OPENING = "\"'`<([{“‘「『【《〈（"
_CLOSING = "\"'`<>”’」』】》〉）。，、；：！？…～"
_WORDS = re.compile(r"[，、；！？…“”‘’「」『』【】《》〈〉（）]")
_CODE = re.compile(r"[\"'`](?:[\s,;)\]}>\\]|$)")
"""A quote that closes a string of the program it was copied from: ``1.html";``, ``1.html'])``, ``1.html\\">``."""
_SIGNS_BEHIND_HOST = frozenset("\"'`,;!)]}>")
_HOST_AT_END = re.compile(
    r"(?:(?:[A-Za-z][A-Za-z0-9+.-]*:)?//[\w.-]+(?::[0-9]{1,5})?|[\w-]+(?:\.[\w-]+)+:[0-9]{1,5})(?=[\"'`,;!)\]}>]+$)"
)
"""Host and port with nothing behind them but signs of the program or sentence that they stood in: ``:80',``."""
_WRITTEN_LINE_END = re.compile(r"(?<!\\)\\+[nrt](?=https?:|\\|[\s\"'`<]|$)")
r"""A line end as a program writes it, with nothing or another address behind it: ``1.html\nhttps://``."""
_PATTERN_START = re.compile(r"\A\^?(https?(?=\??:(?://|\\)))\??", re.IGNORECASE)
_PATTERN_HOST = re.compile(
    r"(?:(?:https?:)?//)?(?:[a-z0-9-]+\\+\.)+[a-z]{2,24}(?=:[0-9]{1,5}(?![\w.@\\-])|[/?#\"'`,)\]]|\\[?\"]|$)",
    re.IGNORECASE,
)
_HEAD = re.compile(r"(?:https?:)?//[^/\\?#@\s]+(?=[/?#])|[^/\\?#@:\s]+\.[a-z]{2,24}(?=[/?#])", re.IGNORECASE)
_PATTERN_ESCAPE = re.compile(r"(?<!\\)\\+([.?=&+-])")
_CLOSING_TAG = re.compile(r"<(?:/[A-Za-z]|[Bb][Rr]\b)")
_BRACKET = re.compile(r"[()]")
_BEHIND_BRACKET = re.compile(r"[.,;:!?]{1,9}(?:[\s。，、；：！？”」』】》）]|$)|[]|}>*\[。，、；：！？”」』】》）]")
_AUTHORITY = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:)?[/\\]*[^/\\?#]*")
_FORBIDDEN_IN_HOST = re.compile(r"[\x00-,/:-@\[-^`{-\x7f]")
_LOCAL_SUFFIXES = ("localhost", "local", "internal", "localdomain", "home.arpa", "lan", "intranet")


@dataclass(frozen=True, kw_only=True)
class WebURL:
    r"""An address, parsed.

    Attributes:
        raw: as it stood.
        scheme: lower case, without ``:``; ``""`` where neither scheme nor host could be read.
        host: ASCII (IDNA), lower case, no trailing dot; ``""`` where there is none.
        port: where it is not the scheme's own.
        path, query, fragment: as written (percent-encoding kept), without ``?`` and ``#``.
        userinfo: what stood before ``@``.
        behind: what stood behind it and was taken for none of it: the rest of a program, markup or sentence.
        flaws: names of what is odd, in the order in which it was met:
            ``escaped`` (HTML entities, ``\/`` or ``\u002F``), ``control`` (tab or line end inside), ``trimmed``
            (quotes or Chinese punctuation stuck to it), ``no_scheme``, ``slashes`` (not exactly two after the scheme),
            ``backslash`` (in the authority, where parsers disagree), ``userinfo``, ``odd_port``, ``bad_port``,
            ``trailing_dot``, ``encoded_host``, ``non_ascii_host``, ``bad_host``, ``ip_host``, ``private_address``,
            ``single_label``, ``no_host``, ``bad_scheme``.
    """

    raw: str
    scheme: str
    host: str
    path: str = "/"
    query: str = ""
    fragment: str = ""
    port: int | None = None
    userinfo: str = ""
    behind: str = ""
    flaws: tuple[str, ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the host, left to right."""
        return tuple(self.host.split(".")) if self.host else ()

    @property
    def is_web(self) -> bool:
        """Whether a browser would ask a server for it."""
        return self.scheme in WEB_SCHEMES and bool(self.host)

    @property
    def authority(self) -> str:
        """Host and, where it is not the scheme's own, port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port is None else f"{host}:{self.port}"

    @cached_property
    def href(self) -> str:
        """The address rebuilt: clean of what carried it, with a scheme, without userinfo."""
        query = f"?{self.query}" if self.query else ""
        fragment = f"#{self.fragment}" if self.fragment else ""
        if not self.scheme:
            return f"{self.path}{query}{fragment}"
        slashes = "//" if self.host or self.path.startswith("/") else ""
        return f"{self.scheme}:{slashes}{self.authority}{self.path}{query}{fragment}"

    @cached_property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Query parameters in order, as written: ``(name, value)``. A broken join (``?id=?id=1``) is mended."""
        return split_query(self.query)

    @cached_property
    def params(self) -> dict[str, str]:
        """Query parameters decoded once, the first value of each name that is not empty."""
        found: dict[str, str] = {}
        for name, value in self.pairs:
            if not found.get(name):
                found[name] = unquote_plus(value) if "%" in value or "+" in value else value
        return found

    def param(self, *names: str) -> str:
        """The decoded value of the first of these parameters that has one, else ``""``."""
        params = self.params
        for name in names:
            value = params.get(name)
            if value:
                return value
        return ""


def split_query(query: str) -> tuple[tuple[str, str], ...]:
    """Name and value of every parameter of a query, both as written.

    A value that is itself ``?name=value`` comes from a broken join and counts as a parameter of its own; ``id%3D1``
    was encoded once too often.
    """
    pairs: list[tuple[str, str]] = []
    for piece in query.split("&"):
        name, equals, value = piece.partition("=")
        if not equals and _ENCODED_EQUALS.match(name):
            name, _, value = unquote(name).partition("=")
        if value.startswith("?") and "=" in value:
            name, _, value = value.rpartition("?")[2].partition("=")
        if name or value:
            pairs.append((name, value))
    return tuple(pairs)


def is_under(host: str, suffix: str) -> bool:
    """Whether ``host`` is ``suffix`` or a name below it, compared label by label."""
    return host == suffix or host.endswith(f".{suffix}")


@lru_cache(maxsize=4096)
def registrable_domain(host: str) -> str:
    """What somebody registered: the public suffix and one label (``taobao.com``), else ``""``.

    From the public suffix list as it came with ``tldextract``, private suffixes (``github.io``) included.
    """
    if "." not in host or len(host) > _MAX_HOST:
        return ""
    return str(_suffix_list()(host).top_domain_under_public_suffix)


@lru_cache(maxsize=4096)
def has_public_suffix(host: str) -> bool:
    """Whether ``host`` ends in a name of the public suffix list and has a label before it."""
    return bool(registrable_domain(host))


def parse_url(raw: str) -> WebURL:
    r"""Read an address as a browser would. Any text goes through; what is odd stands in ``flaws``.

    Taken off first: HTML entities, script escapes (``\/``, ``\u002F``), spaces, line ends, quotes and Chinese
    punctuation that stuck to it, percent-encoding of the whole. ``//host/x`` and ``host/x`` are read as ``https``.
    """
    ordinary = _ORDINARY.fullmatch(raw)
    if ordinary is None or "/." in raw or ("&" in raw and _ENTITY.search(raw)):
        return _parse_odd(raw)
    scheme, host, path, query, fragment = ordinary.groups()
    return WebURL(
        raw=raw, scheme=scheme, host=host, path=path or "/", query=query or "", fragment=fragment or ""
    )  # fmt: skip


def _parse_odd(raw: str) -> WebURL:
    text, behind, flaws = _clean(raw)
    url = _parse_clean(raw, text, flaws)
    return replace(url, behind=behind) if behind else url


def _parse_clean(raw: str, text: str, flaws: list[str]) -> WebURL:
    scheme, rest = _split_scheme(text)
    if scheme in BAD_SCHEMES:
        flaws.append("bad_scheme")
    if scheme and scheme not in _SPECIAL and not rest.startswith("//"):
        path, query, fragment = _split_tail(rest)
        return WebURL(
            raw=raw, scheme=scheme, host="", path=path, query=query, fragment=fragment, flaws=_done(flaws, "")
        )
    if not scheme and not _names_a_host(rest):
        path, query, fragment = _split_tail(rest)
        flaws.append("no_scheme")
        return WebURL(raw=raw, scheme="", host="", path=path, query=query, fragment=fragment, flaws=_done(flaws, ""))
    if not scheme:
        scheme = "https"
        flaws.append("no_scheme")
    return _parse_authority(raw, scheme, rest, flaws)


def _done(flaws: list[str], host: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(flaws if host else [*flaws, "no_host"]))


def _parse_authority(raw: str, scheme: str, rest: str, flaws: list[str]) -> WebURL:
    special = scheme in _SPECIAL
    body = rest.lstrip("/\\") if special else rest[2:]
    if special and scheme != "file" and rest[: len(rest) - len(body)].replace("\\", "/") not in {"//", ""}:
        flaws.append("slashes")
    authority, tail = _split_authority(body, special=special, flaws=flaws)
    userinfo, at, hostport = authority.rpartition("@")
    if at:
        flaws.append("userinfo")
    host_text, port = _split_port(hostport, scheme, flaws)
    host, host_flaws = _read_host(host_text) if special else _read_app_host(host_text)
    flaws.extend(host_flaws)
    path, query, fragment = _split_tail(tail)
    if special:
        path = _resolve_dots(path.replace("\\", "/") or "/")
    return WebURL(
        raw=raw, scheme=scheme, host=host, path=path, query=query, fragment=fragment, port=port, userinfo=userinfo,
        flaws=_done(flaws, host),
    )  # fmt: skip


# --- what carried the address ------------------------------------------------------------------------------------


def _clean(raw: str) -> tuple[str, str, list[str]]:
    """The address, what stands behind it, and its flaws."""
    flaws: list[str] = []
    text = unescape(raw)
    if text != raw:
        flaws.append("escaped")
    text = _decode_whole(text.strip(_C0_AND_SPACE))
    unbroken = text.translate(_LINE_ENDS)
    if unbroken != text:
        flaws.append("control")
    opened = unbroken.lstrip(_OPENING)
    if "\\" in opened or opened[:1] == "^" or "?:" in opened[:7]:
        opened = _without_pattern(opened)
    address = _without_words(_without_code(opened))
    trimmed = address.rstrip(_CLOSING + _C0_AND_SPACE)
    if trimmed != unbroken:
        flaws.append("trimmed")
    return trimmed, opened[len(address) :], flaws


def _decode_whole(text: str) -> str:
    """An address that stands percent-encoded from its first sign on (``https%3A%2F%2F``), decoded."""
    for _ in range(4):
        if not _ENCODED_WHOLE.match(text):
            break
        text = unquote(text)
    return text


def _without_pattern(text: str) -> str:
    r"""The address that a rule or a shell wrote as a pattern: ``^https?://api\.m\.jd\.com/x\?id=1``.

    A host with only some of its dots escaped is left alone: there readers disagree which host it is.
    """
    if text.startswith("^") and text.endswith("$"):
        text = text[:-1]
    text = _PATTERN_START.sub(r"\1", text, count=1)
    host = _PATTERN_HOST.match(text)
    if host:
        text = host[0].replace("\\", "") + text[host.end() :]
    head = _HEAD.match(text)
    return text[: head.end()] + _PATTERN_ESCAPE.sub(r"\1", text[head.end() :]) if head else text


def _without_words(text: str) -> str:
    """The address without the words that stuck to it: Chinese punctuation ends one, but in an app's JSON it is text."""
    if text.isascii() or "{" in text or text.startswith("#"):
        return text
    words = _WORDS.search(text)
    text = text[: words.start()] if words else text
    stop = text.find("。", _host_end(text))  # in a host it is a dot
    return text if stop < 0 else text[:stop]


def _without_code(text: str) -> str:
    """The address without the rest of the program or markup that it was a string of. JSON is its own from ``{`` on."""
    if "#Intent;" in text:
        return text
    tag = text.find("<")
    if tag > 0 and _CLOSING_TAG.match(text, tag):
        text = text[:tag]
    line_end = _WRITTEN_LINE_END.search(text, 1) if "\\" in text else None
    if line_end:
        text = text[: line_end.start()]
    host = _HOST_AT_END.match(text) if text[-1:] in _SIGNS_BEHIND_HOST else None
    if host:
        return host[0]
    code = _CODE.search(text, max(text.rfind("&"), _host_end(text)))
    json = text.find("{")
    if code and not 0 <= json < code.start():
        text = text[: code.start()].rstrip("\\")
    return text[: _stray_bracket(text)] if ")" in text and "{" not in text else text


def _stray_bracket(text: str) -> int:
    """Where the bracket closes in which the address stood, if what is around shows that it is none of its own."""
    depth, start = 0, _host_end(text)
    second = text.find("//", start)
    last = text.rfind("&", start, second if second >= 0 else len(text))  # what more parameters follow is its own
    for bracket in _BRACKET.finditer(text, start):
        if bracket[0] == "(":
            depth += 1
        elif depth:
            depth -= 1
        elif bracket.start() < last:
            continue
        elif _BEHIND_BRACKET.match(text, bracket.end()) or (
            bracket.end() == len(text) and text.endswith(("/)", "\\)"))
        ):
            return bracket.start()
    return len(text)


def _host_end(text: str) -> int:
    authority = _AUTHORITY.match(text)
    return authority.end() if authority else 0


_LINE_ENDS = {9: None, 10: None, 13: None}


def unescape(text: str) -> str:
    r"""Take off what HTML and JSON put on an address: ``&amp;``, ``&#47;``, ``\/``, ``\u002F``, several times over."""
    for _ in range(3):
        plain = _ENTITY.sub(_read_entity, text) if "&" in text else text
        plain = _SCRIPT_ESCAPE.sub(_read_script_escape, plain) if "\\" in plain else plain
        if plain == text:
            break
        text = plain
    return text


def _read_entity(match: re.Match[str]) -> str:
    name = match[0][1:-1]
    if not name.startswith("#"):
        return _ENTITY_CHARACTER[name]
    number = int(f"0{name[1:]}", 0) if name[1] in "xX" else int(name[1:])
    return _character(number, match[0])


def _read_script_escape(match: re.Match[str]) -> str:
    return "/" if match[3] else _character(int(match[1] or match[2], 16), match[0])


def _character(number: int, otherwise: str) -> str:
    is_surrogate = 0xD800 <= number <= 0xDFFF  # noqa: PLR2004 - the bounds of Unicode's surrogates
    return chr(number) if 0 < number <= 0x10FFFF and not is_surrogate else otherwise  # noqa: PLR2004 - Unicode's end


# --- parts -------------------------------------------------------------------------------------------------------


def _split_scheme(text: str) -> tuple[str, str]:
    match = _SCHEME.match(text)
    if match is None or _HOST_AND_PORT.match(text):
        return "", text
    return match[1].lower(), text[match.end() :]


def _names_a_host(text: str) -> bool:
    if text[:2].replace("\\", "/") == "//" or _HOST_AND_PORT.match(text):
        return True
    match = _BARE_HOST.match(text)
    if match is None or text[match.end() : match.end() + 1] not in {"", "/", "\\", "?", "#", ":"}:
        return False
    host, flaws = _read_host(match[0])
    return "bad_host" not in flaws and ("ip_host" in flaws or has_public_suffix(host))


def _split_authority(body: str, *, special: bool, flaws: list[str]) -> tuple[str, str]:
    end = _first_of(body, "/?#")
    if special and "\\" in body[:end]:
        flaws.append("backslash")
        end = _first_of(body, "/\\?#")
    return body[:end], body[end:]


def _first_of(text: str, stops: str) -> int:
    return min((place for stop in stops if (place := text.find(stop)) >= 0), default=len(text))


def _split_tail(text: str) -> tuple[str, str, str]:
    before, _, fragment = text.partition("#")
    path, _, query = before.partition("?")
    return path, query, fragment


def _split_port(text: str, scheme: str, flaws: list[str]) -> tuple[str, int | None]:
    host, colon, digits = text.rpartition(":")
    if not colon or text.endswith("]"):
        return text, None
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 12 and int(digits) <= _MAX_PORT):  # noqa: PLR2004
        flaws.extend(["bad_port"] if digits else [])
        return host, None
    port = None if int(digits) == _DEFAULT_PORT.get(scheme) else int(digits)
    if port not in _USUAL_PORTS:
        flaws.append("odd_port")
    return host, port


def _resolve_dots(path: str) -> str:
    if not _DOT_SEGMENT.search(path):
        return path
    kept: list[str] = []
    segments = path[1:].split("/")
    for place, segment in enumerate(segments):
        dots = segment.replace("%2e", ".").replace("%2E", ".")
        if dots == "..":
            del kept[-1:]
        elif dots != ".":
            kept.append(segment)
            continue
        if place == len(segments) - 1:
            kept.append("")
    return "/" + "/".join(kept)


# --- hosts -------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _read_app_host(text: str) -> tuple[str, tuple[str, ...]]:
    host = text.lower().rstrip(".")
    return ("" if _FORBIDDEN_IN_HOST.search(host) else host), ()


@lru_cache(maxsize=4096)
def _read_host(text: str) -> tuple[str, tuple[str, ...]]:
    flaws: list[str] = []
    if text.startswith("["):
        return _read_ipv6(text)
    if len(text) > _MAX_HOST * len("%E4%B8%AD"):
        return "", ("bad_host",)
    if "%" in text:
        flaws.append("encoded_host")
        text = unquote(text)
    host = _to_ascii(text, flaws)
    if host.endswith("."):
        flaws.append("trailing_dot")
        host = host.rstrip(".")
    if not host or _FORBIDDEN_IN_HOST.search(host) or ".." in host or host.startswith("."):
        return host if host.isascii() else "", (*flaws, "bad_host")
    if _ends_in_number(host):
        return _read_ipv4(host, flaws)
    if _is_local(host):
        flaws.append("private_address")
    elif "." not in host:
        flaws.append("single_label")
    return host, tuple(flaws)


def _is_local(host: str) -> bool:
    return any(is_under(host, suffix) for suffix in _LOCAL_SUFFIXES)


def _to_ascii(text: str, flaws: list[str]) -> str:
    if text.isascii():
        return text.lower()
    flaws.append("non_ascii_host")
    visible = "".join(sign for sign in text if unicodedata.category(sign) not in {"Cf", "Cs"})
    folded = unicodedata.normalize("NFKC", visible).replace("。", ".").lower()
    return ".".join(_label_to_ascii(label, flaws) for label in folded.split("."))


def _label_to_ascii(label: str, flaws: list[str]) -> str:
    if label.isascii():
        return label
    try:
        return idna.encode(label, uts46=True, std3_rules=False).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        flaws.append("bad_host")
        return "xn--" + label.encode("punycode", "replace").decode("ascii", "replace")


def _ends_in_number(host: str) -> bool:
    last = host.rpartition(".")[2]
    return last.isdigit() or _ipv4_number(last) is not None


def _ipv4_number(text: str) -> int | None:
    """One part of an IPv4 address as browsers take it: decimal, ``0x`` hexadecimal or ``0`` octal."""
    base, digits = 10, text
    if text[:2] == "0x":
        base, digits = 16, text[2:] or "0"
    elif len(text) > 1 and text[0] == "0":
        base = 8
    try:
        return int(digits, base) if digits.isalnum() and len(digits) < 20 else None  # noqa: PLR2004 - 2**64 has 20
    except ValueError:
        return None


def _read_ipv4(host: str, flaws: list[str]) -> tuple[str, tuple[str, ...]]:
    numbers = [_ipv4_number(part) for part in host.split(".")]
    *leading, last = numbers
    room = 256 ** (5 - len(numbers)) if len(numbers) <= 4 else 0  # noqa: PLR2004 - an IPv4 address has 4 bytes
    if last is None or last >= room or any(number is None or number > 255 for number in leading):  # noqa: PLR2004
        return host, (*flaws, "ip_host", "bad_host")
    value = last + sum((number or 0) << (24 - 8 * place) for place, number in enumerate(leading))
    address = ipaddress.IPv4Address(value)
    return str(address), (*flaws, "ip_host", *_privacy(address))


def _read_ipv6(text: str) -> tuple[str, tuple[str, ...]]:
    try:
        address = ipaddress.IPv6Address(text.strip("[]").partition("%")[0])
    except ValueError:
        return "", ("ip_host", "bad_host")
    return str(address), ("ip_host", *_privacy(_embedded_ipv4(address) or address))


def _embedded_ipv4(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def _privacy(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> tuple[str, ...]:
    return () if address.is_global and not address.is_multicast else ("private_address",)


@lru_cache(maxsize=1)
def _suffix_list() -> TLDExtract:
    from tldextract import TLDExtract  # noqa: PLC0415 - it loads requests, which most commands never need

    # No list is fetched and no cache is written: the same answer everywhere, every night.
    return TLDExtract(cache_dir=None, suffix_list_urls=(), include_psl_private_domains=True)
