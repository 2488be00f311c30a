"""From a string that a page carries to sightings: which addresses it holds, and what stands beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import unquote

from crawler.reading.document import Document, resolve
from crawler.reading.nested import nested_targets
from crawler.reading.text import Address, clean, has_chinese, host_of, is_app, is_web, read_address, unescape, words
from crawler.reading.tree import Leaf, label_of, leaves, price_of, published_of, unwrap
from crawler.reading.url import is_under, parse_url
from crawler.reading.walk import Attribute
from storage.records import Sighting

_ASSET_ENDINGS = re.compile(
    r"\.(?:js|mjs|css|map|png|jpe?g|gif|webp|avif|svg|ico|bmp|heic|woff2?|ttf|otf|eot|mp4|m4[av]|m3u8|mpd|flv|webm|mov|mp3|aac|"
    r"wav|ogg|wasm|kpg|ts|apk|ipa|exe|dmg|zip|gz|pdf|swf)(?:_\d[\w.-]*|[!@~_.][\w!@~.x-]*)?$",
    re.IGNORECASE,
)
_ASSET_DOMAINS = words(
    "alicdn.com tbcdn.cn taobaocdn.com 360buyimg.com yximgs.com kwaicdn.com kwimgs.com yzcdn.cn pddpic.com "
    "pddim.com bdstatic.com qpic.cn vipstatic.com suning.cn byteimg.com mmstat.com tanx.com",
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
_JOIN = re.compile(r"[\"'`]\s{0,20}\+\s{0,20}[\"'`]")
_ENCODED_SIGNS = ("aHR0c", "eyJ", "W3s", "Ly9", "%3A%2", "%3a%2", "%253")
_JUMP = re.compile(
    r"https?[:%]|%(?:25)*3a|%(?:25)*2f|//|=aHR0c|%7b|\{|\.(?:com|cn|hk|net|shop|top|vip)\b", re.IGNORECASE
)
_TAG = re.compile(r"<[a-zA-Z][^>]{0,300}[=/]")
_HELD = re.compile(r"https?:|%3a%2f%2f|%253a|=//|=aHR0c", re.IGNORECASE)
_ENCODED_LITERAL = re.compile(
    r"[\"'`]((?:aHR0c|Ly9|eyJ|W3s)[A-Za-z0-9+/_\-]{12,4000}={0,2}|[A-Za-z]{2,20}%(?:25)*3[aA]%[^\"'`\s]{8,4000})[\"'`]"
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
    looks = bool(_ASSET_ENDINGS.search(path)) or any(is_under(target.host, domain) for domain in _ASSET_DOMAINS)
    if not looks and not _ASSET_LABEL.fullmatch(target.host.partition(".")[0]):
        return False
    return not (_HELD.search(f"{target.query}#{target.fragment}") and _holds_page(url))


def _holds_page(url: str) -> bool:
    return any(is_web(nested.target) and not is_asset(nested.target) for nested in nested_targets(parsed(url), 2))


def web_addresses(document: Document, text: str) -> Iterator[Address]:
    """Every web address that a value is or holds."""
    return (address for address in document.addresses(text) if is_web(address.url))


def app_addresses(document: Document, text: str) -> Iterator[Address]:
    """Every app address that a value is or holds."""
    return (address for address in document.addresses(text) if is_app(address.url))


def code_addresses(document: Document, code: str) -> tuple[Address, ...]:
    """Every address in script: literals joined by ``+`` are read as one, base64 and encoded literals are opened."""
    if code not in document.codes:
        document.codes[code] = tuple(_read_code(document, code))
    return document.codes[code]


def _read_code(document: Document, code: str) -> Iterator[Address]:
    joined = _JOINED_LITERALS.sub("", code) if "+" in code and _JOIN.search(code) else code
    # A bare host in code is a piece or a setting; with a path it is an address.
    yield from (address for address in document.addresses(joined) if "/" in unescape(address.raw) or "%" in address.raw)
    if any(sign in joined for sign in _ENCODED_SIGNS):
        for found in _ENCODED_LITERAL.finditer(joined):
            opened = unwrap(found[1])
            for address in document.addresses(unquote(opened)) if opened != found[1] else ():
                yield Address(found.start(1), found.end(1), found[1], address.url)


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
    if "/" not in text and "." not in text and "%" not in text and not text.startswith("aHR0c"):
        return
    opened = unwrap(text)
    if opened != text:
        found = read_address(opened)
        yield from (
            [Address(0, len(text), text, found.url)] if found and is_web(found.url) and not is_asset(found.url) else []
        )
    elif text.startswith("/") and not text.startswith("//"):
        jump = jump_address(document, text)
        yield from [jump] if jump else []
    elif not is_prose(text):
        yield from (address for address in web_addresses(document, text) if not is_asset(address.url))


def jump_address(document: Document, reference: str) -> Address | None:
    """A relative address that leads off the site or holds an address, made absolute; else ``None``."""
    may_hold = _JUMP.search(reference) is not None
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
