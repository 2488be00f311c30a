"""From a string that a page carries to sightings: which addresses it holds, and what stands beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from urllib.parse import unquote, unquote_to_bytes

from crawler.reading.document import Document, resolve
from crawler.reading.literal import read_literal
from crawler.reading.navigation import Built, builds_shop_address, read_built
from crawler.reading.nested import nested_targets
from crawler.reading.text import (
    Address,
    clean,
    has_chinese,
    host_of,
    is_app,
    is_shop_host,
    is_web,
    read_address,
    unescape,
    words,
)
from crawler.reading.tree import Leaf, label_of, leaves, price_of, published_of, unwrap
from crawler.reading.url import is_under, parse_url
from crawler.reading.walk import Attribute
from crawler.reading.wire import read_base64
from storage.records import Sighting

_ASSET_ENDINGS = re.compile(
    r"\.(?:js|mjs|css|map|png|jpe?g|gif|webp|avif|svg|ico|bmp|heic|woff2?|ttf|otf|eot|mp4|m4[av]|m3u8|mpd|flv|webm|mov|mp3|aac|"
    r"wav|ogg|wasm|kpg|ts|apk|ipa|exe|dmg|zip|gz|pdf|swf)(?:_\d[\w.-]*|[!@~_.][\w!@~.x-]*)?$",
    re.IGNORECASE,
)
_ASSET_DOMAINS = words(
    "alicdn.com tbcdn.cn taobaocdn.com 360buyimg.com yximgs.com kwaicdn.com kwimgs.com yzcdn.cn pddpic.com "
    "pddim.com bdstatic.com qpic.cn vipstatic.com suning.cn byteimg.com mmstat.com tanx.com googletagmanager.com "
    "google-analytics.com",
)
_ASSET_LABEL = re.compile(r"(?:static|cdn|img|image|pic|asset|css|js|font)s?\d{0,3}")
_NAMESPACES = frozenset(
    words(
        "www.w3.org w3.org schema.org www.schema.org ogp.me purl.org xmlns.com rdfs.org ns.adobe.com www.sitemaps.org "
        "schemas.microsoft.com schemas.xmlsoap.org schemas.android.com www.opengis.net json-schema.org www.iec.ch "
        "sodipodi.sourceforge.net www.inkscape.org reactjs.org fb.me",
    ),
)
_JOINED_LITERALS = re.compile(r"([\"'`])\s{0,20}\+\s{0,20}\1")
_JOIN = re.compile(r"\+(?:(?<=[\"'`]\+)|(?<=[\"'`]\s\+)|(?<=\s\s\+))\s{0,20}[\"'`]")
"""A plus that may join two literals; it begins with a plain character that code has less often than quotes."""
_ENCODED_SIGNS = ("aHR0c", "YUhS", "eyJ", "W3s", "Ly9")
_PERCENT_SIGN = re.compile(r"%(?:3[aA]%2|253)")
_HAS_PATH = re.compile(r"[/%／]")
_JUMP = re.compile(
    r"https?[:%]|%(?:25)*3a|%(?:25)*2f|//|[=/]aHR0c|%7b|\{|\.(?:com|cn|hk|net|shop|top|vip)\b", re.IGNORECASE
)
_JUMP_SIGN = re.compile(
    r"[:%{.=/](?:(?<=[ps][:%])|(?<={)|(?<=%)[237]|(?<=\.)[chnstv]|(?<==)a|(?<=/)[/a])", re.IGNORECASE
)
"""What ``_JUMP`` cannot do without; most references within a site have none of it."""
_TAG = re.compile(r"<[a-zA-Z][^>]{0,300}[=/]")
_HELD = re.compile(r"https?:|%3a%2f%2f|%253a|=//|=aHR0c", re.IGNORECASE)
_HTTP_IN_BASE64 = ("h0dH", "odHRw", "aHR0c")
"""``http`` in base64 where something stands before it: code that is to be run, say."""
_BASE64_LITERAL = re.compile(r"[\"'`]([A-Za-z0-9+/_-]{24,20000}={0,2})[\"'`]")
_REVERSED = re.compile(r"[\"'`]([^\"'`\s]{6,2000}//:[a-z]{3,12})[\"'`]")
_SPELLED_HEADS = ("104,116,", "104, 116,", "0x68,", "0X68,", "68747470")
_NUMBERS = re.compile(
    r"\b(?:104, ?116, ?116, ?112|0[xX]68, ?0[xX]74, ?0[xX]74, ?0[xX]70)"
    r"(?:, ?(?:0[xX][0-9a-fA-F]{1,2}|\d{2,3})\b){8,2000}"
)
_HEX = re.compile(r"(?<=[\"'`])68747470(?:[2-7][0-9a-fA-F]){8,2000}(?=[\"'`])")
_SPELLED_PERCENT = re.compile(r"%(?:68%74%74%70)")
_PERCENT = re.compile(r"(?<=[\"'`])(?:%[0-9a-fA-F]{2}){0,400}?%68%74%74%70[^\"'`\s]{8,4000}")
_ODD_ESCAPE = re.compile(r"\\(?:57|72|056|u\{)")
_ODD_LITERAL = re.compile(
    r"([\"'])(?:[^\"'\\\n]|\\[^\n0-7u]|\\u(?!\{)){0,2000}+(?:\\[0-7]{1,3}|\\u\{)(?:[^\"'\\\n]|\\.){0,4000}+\1"
)
"""A literal with escapes by octal numbers or in curly brackets."""
_ENCODED_LITERAL = re.compile(
    r"[\"'`]((?:aHR0c|YUhS|Ly9|eyJ|W3s)[A-Za-z0-9+/_\-]{12,4000}={0,2}|[A-Za-z]{2,20}%(?:25)*3[aA]%[^\"'`\s]{8,4000})[\"'`]"
)


parsed = lru_cache(maxsize=4096)(parse_url)
"""``parse_url``, remembered: one address is asked about by several carriers."""


@lru_cache(maxsize=4096)
def is_asset(url: str) -> bool:
    """Whether an address is of a file that a page loads, a content network or a namespace, and holds no other."""
    target = parsed(url)
    if target.scheme not in {"http", "https"}:
        return target.scheme in {"ws", "wss", "data", "blob", "about", "javascript"}
    if target.host in _NAMESPACES:
        return True
    path = target.path.rstrip("\\/")
    looks = bool(_ASSET_ENDINGS.search(path)) or _is_of_files(target.host)
    if not looks and not _ASSET_LABEL.fullmatch(target.host.partition(".")[0]):
        return False
    return not (_HELD.search(f"{target.query}#{target.fragment}") and _holds_page(url))


def _is_of_files(host: str) -> bool:
    """Whether a host is of a domain that serves files and counts visitors, and not one that a click goes through."""
    return not host.startswith("click.") and any(is_under(host, domain) for domain in _ASSET_DOMAINS)


def _holds_page(url: str) -> bool:
    return any(is_web(nested.target) and not is_asset(nested.target) for nested in nested_targets(parsed(url), 2))


def web_addresses(document: Document, text: str) -> Iterator[Address]:
    """Every web address that a value is or holds."""
    return (address for address in document.addresses(text) if is_web(address.url))


def app_addresses(document: Document, text: str) -> Iterator[Address]:
    """Every app address that a value is or holds."""
    return (address for address in document.addresses(text) if is_app(address.url))


def handler_addresses(document: Document, code: str) -> Iterator[Address]:
    """Every address in the code of an attribute, those put together from pieces in place of the pieces."""
    found = read_built([code], document.page.final_url) if builds_shop_address(code) else Built()
    built = tuple(address for _place, text in found.texts for address in document.addresses(text))
    for address in code_addresses(document, code):
        if not is_piece(address, built) and not is_cut(address, [code], found.cut):
            yield address
    yield from built


def javascript_addresses(document: Document, value: str) -> Iterator[Address]:
    """The web addresses in the code of a ``javascript:`` address."""
    code = unquote(value) if "%" in value else value
    yield from (address for address in handler_addresses(document, code) if is_web(address.url))


def is_piece(address: Address, built: Sequence[Address]) -> bool:
    """Whether it is but a piece of an address that scripts put together."""
    piece = unescape(address.raw).partition("${")[0].rstrip("/")
    return any(piece in whole.url and whole.url != address.url for whole in built)


def is_cut(address: Address, codes: Iterable[str], cut: Sequence[str]) -> bool:
    """Whether it stands in the codes only where literals are cut or turned into another address.

    Args:
        address: as it was found in one of the codes.
        codes: all of the page, each once: a script may open what another one only cuts.
        cut: the literals, one for each place.
    """
    inside = sum(literal.count(address.raw) for literal in cut)
    return inside > 0 and sum(code.count(address.raw) for code in codes) <= inside


def code_addresses(document: Document, code: str) -> tuple[Address, ...]:
    """Every address in script: literals joined by ``+`` are read as one, base64 and encoded literals are opened."""
    if code not in document.codes:
        document.codes[code] = tuple(_read_code(document, code))
    return document.codes[code]


def _read_code(document: Document, code: str) -> Iterator[Address]:
    joined = _JOINED_LITERALS.sub("", code) if "+" in code and _JOIN.search(code) else code
    # A bare host in code is a piece or a setting; with a path it is an address.
    plain = [one for one in document.addresses(joined) if _HAS_PATH.search(unescape(one.raw))]
    yield from plain
    known = {address.url for address in plain}
    for start, end, opened in _opened_literals(joined):
        for address in document.addresses(opened):
            if address.url not in known:
                yield Address(start, end, joined[start:end], address.url)


def _opened_literals(code: str) -> Iterator[tuple[int, int, str]]:
    """Literals that only a decoder reads as addresses: where each stands, and what it says."""
    if any(sign in code for sign in _ENCODED_SIGNS) or _PERCENT_SIGN.search(code):
        for found in _ENCODED_LITERAL.finditer(code):
            opened = unwrap(found[1])
            if opened != found[1]:
                yield *found.span(1), unquote(opened)
    if any(sign in code for sign in _HTTP_IN_BASE64):
        yield from _encoded_code(code)
    if "//:" in code:
        yield from ((*found.span(1), found[1][::-1]) for found in _REVERSED.finditer(code))
    if any(sign in code for sign in _SPELLED_HEADS) or _SPELLED_PERCENT.search(code):
        yield from _spelled_literals(code)
    if _ODD_ESCAPE.search(code):
        for found in _ODD_LITERAL.finditer(code):
            literal = read_literal(found[0])
            if literal and isinstance(literal[0], str):
                yield *found.span(), literal[0]


def _encoded_code(code: str) -> Iterator[tuple[int, int, str]]:
    """Base64 with an address somewhere in it: code that is to be run, markup that is to be shown."""
    for found in _BASE64_LITERAL.finditer(code):
        if any(sign in found[1] for sign in _HTTP_IN_BASE64):
            yield *found.span(1), (read_base64(found[1]) or b"").decode("utf-8", "replace")


def _spelled_literals(code: str) -> Iterator[tuple[int, int, str]]:
    """``http`` and what follows, spelled by character codes: as a list of numbers, in hexadecimal or percent signs."""
    for found in _NUMBERS.finditer(code):
        codes = [int(number, 0) for number in found[0].replace(" ", "").split(",")]
        yield *found.span(), "".join(map(chr, codes))
    for found in _HEX.finditer(code):
        yield *found.span(), bytes.fromhex(found[0]).decode("latin-1")
    if "%68%74%74%70" in code:
        yield from ((*found.span(), unquote(found[0])) for found in _PERCENT.finditer(code))


def is_credit(code: str, address: Address) -> bool:
    """Whether an address in code only tells a programmer who wrote it or where to read more; never one of a shop."""
    start, end = address.start, address.end
    if code[start:end] != address.raw or is_shop_host(host_of(address.url)):
        return False
    opened = code.rfind("/*", max(0, start - _MAX_BANNER), start)
    if opened >= 0 and code[opened + 2] in "!*" and "*/" not in code[opened:start]:
        return not code[max(0, opened - 20) : opened].rstrip(" \t")[-1:].strip("\n;}{),")
    return bool(_SENTENCE.search(code[max(0, start - 100) : start])) and bool(_MANUAL.search(address.url))


_MAX_BANNER = 1500
"""Characters of a comment that names its authors."""
_SENTENCE = re.compile(r"[A-Za-z]{2,}[,.:]? (?:\(|<)?\Z")
_MANUAL = re.compile(
    r"^https?://(?:(?:docs?|developers?|wiki|support)\.|(?:www\.)?(?:github|gitlab|stackoverflow|jquery|mozilla)\.)"
    r"|/(?:docs?|guide|licenses?|errors?|issues|wiki|faq|reference|migration)\b",
    re.IGNORECASE,
)


def data_addresses(document: Document, value: str) -> Iterator[Address]:
    """The web addresses in a ``data:`` address that holds a page or a script."""
    head, _comma, body = value.partition(",")
    if not _DATA_PAGE.match(head):
        return
    content = (read_base64(unquote(body).strip()) or b"") if "base64" in head.lower() else unquote_to_bytes(body)
    for address in handler_addresses(document, content.decode("utf-8", "replace")):
        if is_web(address.url) and not is_asset(address.url):
            yield Address(0, len(value), value[:_MAX_RAW], address.url)


_DATA_PAGE = re.compile(
    r"data:\s*(?:text/(?:html|xml|javascript|plain)|application/(?:xhtml\+xml|xml|(?:x-)?javascript)|image/svg\+xml)",
    re.IGNORECASE,
)
_MAX_RAW = 2000
"""Characters of a ``data:`` address that are kept as what stood on the page."""


def is_prose(text: str) -> bool:
    """Whether a string is words for a reader, which may hold an address, and not markup or an address itself."""
    return (
        (has_chinese(text) or " " in text.strip() or "\n" in text.strip())
        and not is_markup(text)
        and read_address(text) is None
    )


def is_markup(text: str) -> bool:
    """Whether a string holds HTML."""
    return "<" in text and ("</" in text or bool(_TAG.search(text)))


def on_element(
    document: Document, found_in: str, attribute: Attribute, address: Address, place: str = "", *, label: str = ""
) -> Sighting:
    """The sighting of an address that an element of the page carries."""
    element = attribute.element
    return Sighting(
        raw=address.raw,
        url=address.url,
        found_in=found_in,
        locator=f"{document.path(element)}[{attribute.name}]{place}",
        label=label or document.cards.label(element),
        price_fen=document.cards.price(element),
        published=document.cards.published(element),
    )


def on_leaf(document: Document, found_in: str, leaf: Leaf, address: Address) -> Sighting:
    """The sighting of an address in a string of JSON."""
    return Sighting(
        raw=address.raw,
        url=address.url,
        found_in=found_in,
        locator=leaf.locator,
        label=label_of(leaf.parent),
        price_fen=price_of(leaf.parent),
        published=published_of(leaf.parent, document.page.fetched_ms),
    )


def in_leaves(document: Document, found_in: str, found: Iterator[Leaf] | tuple[Leaf, ...]) -> Iterator[Sighting]:
    """The sightings of every outbound web address in strings of JSON, prose apart."""
    for leaf in found:
        for address in leaf_addresses(document, leaf.text):
            yield on_leaf(document, found_in, leaf, address)


def leaf_addresses(document: Document, text: str) -> Iterator[Address]:
    """The web addresses in a string of JSON that is no prose: absolute, or relative and holding an absolute one."""
    if not any(sign in text for sign in _LEAF_SIGNS) and not text.startswith(("aHR0c", "YUhS")):
        return
    opened = unwrap(text)
    if opened != text:
        found = read_address(opened)
        yield from (
            [Address(0, len(text), text, found.url)] if found and is_web(found.url) and not is_asset(found.url) else []
        )
    elif text.startswith("/") and not text.startswith("//") and (jump := jump_address(document, text)):
        yield jump
    elif (held := document.addresses(text)) and not is_prose(text):
        yield from (address for address in held if is_web(address.url) and not is_asset(address.url))


_LEAF_SIGNS = ("/", ".", "%", "／", "。", "｡")
"""What a string has that is an address, unless base64 hides it."""


def jump_address(document: Document, reference: str) -> Address | None:
    """A relative address that leads off the site or holds an address, made absolute; else ``None``."""
    may_hold = _JUMP_SIGN.search(reference) is not None and _JUMP.search(reference) is not None
    if not may_hold and not document.base_is_elsewhere:
        return None
    url = resolve(document.base, clean(reference) if "&" in reference or "\\" in reference else reference)
    if not is_web(url) or "." not in host_of(url):
        return None
    holds = may_hold and bool(nested_targets(parsed(url), 1))
    return Address(0, len(reference), reference.strip(), url) if document.base_is_elsewhere or holds else None


def in_attribute_json(document: Document, found_in: str, attribute: Attribute, value: object) -> Iterator[Sighting]:
    """The sightings in JSON that an attribute holds."""
    for leaf in leaves(value, f"{document.path(attribute.element)}[{attribute.name}] $"):
        for address in leaf_addresses(document, leaf.text):
            yield on_leaf(document, found_in, leaf, address)
