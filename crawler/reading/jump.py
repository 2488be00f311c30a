"""Where a page sends its visitor on: by its HTTP answer, a refresh, its scripts or an app link. Nothing is fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias
from urllib.parse import urljoin

from parsel import Selector

from crawler.reading.charset import decode
from crawler.reading.navigation import find_navigations
from crawler.reading.nested import nested_targets
from crawler.reading.packed import unpacked
from crawler.reading.url import BAD_SCHEMES, is_under, parse_url
from storage.records import Page

MAX_DELAY_MS = 30_000
"""A page that is shown for longer than this before it jumps is a page of its own."""

MAX_PAGE = 4_000_000
"""Characters of a page that are read; a page that only jumps has a few thousand."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_HOUSE_VARIABLES = {"u.jd.com": "hrl", "tb.cn": "url"}
"""Short-link pages whose script keeps the target in a variable, by host (seen in the wild, see tests)."""
_REFRESH = re.compile(
    r"\s*(?P<delay>\d*)[\d.]*(?:\s*$|(?:\s*[;,]|\s)\s*(?P<url>.*))",
    re.DOTALL,
)
_URL_PREFIX = re.compile(r"url\s*=\s*", re.IGNORECASE)
_LINE_SIGNS = {9: None, 10: None, 13: None}
_NO_SPACE = dict.fromkeys((*range(0x21), 0xA0, 0x3000))
_BARE_TEXT = 400
_GONE = re.compile(
    r"失效|不存在|已?过期|已?删除|已?下线|找不到|无法找到|未找到|出错|错误|notfound|expired|nolongeravailable|doesn.?texist",
    re.IGNORECASE,
)
_UNSAFE = str.maketrans({" ": "%20", '"': "%22", "<": "%3C", ">": "%3E"})
_C0_AND_SPACE = "".join(map(chr, range(0x21)))

Via: TypeAlias = Literal["http", "meta", "script", "app"]


@dataclass(frozen=True, slots=True)
class Jump:
    """Where a page goes on to.

    Attributes:
        url: an absolute address; of an app only where it holds no web address.
        via: what made the jump.
        certain: every visitor is taken there; otherwise only a browser (or a person) can tell.
    """

    url: str
    via: Via
    certain: bool = True


@dataclass(frozen=True, slots=True)
class _Move:
    url: str
    via: Via
    at_ms: int
    certain: bool


def next_jump(page: Page) -> Jump | None:
    """Where a page sends its visitor, or ``None`` where it shows no sign of sending anybody anywhere.

    Args:
        page: an answer that was not followed (``headers``, ``http_status``, ``content`` or ``html``), or a page as a
            browser left it. Any bytes go through.
    """
    if page.http_status in _REDIRECTS:
        return _location_jump(page)
    moves = [move for move in _moves(page) if move.at_ms <= MAX_DELAY_MS]
    jump = _decide(moves)
    return jump if jump and jump.certain else _house_jump(page) or jump


def _location_jump(page: Page) -> Jump | None:
    location = _header(page, "location").strip(_C0_AND_SPACE)
    if not location:
        return None
    target = join(page.final_url, escape_bytes(location))
    _, hash_sign, fragment = page.final_url.partition("#")
    return Jump(target if "#" in target else f"{target}{hash_sign}{fragment}", "http")


def _header(page: Page, name: str) -> str:
    return next((value for key, value in page.headers.items() if key.lower() == name), "")


def escape_bytes(text: str) -> str:
    """A header's address as a browser takes it: each byte beyond ASCII percent-encoded, whatever its charset was."""
    return "".join(sign if sign.isascii() else _escape(sign) for sign in text)


def _escape(sign: str) -> str:
    raw = sign.encode("latin-1") if sign <= "\xff" else sign.encode("utf-8", "replace")
    return "".join(f"%{byte:02X}" for byte in raw)


def join(base: str, reference: str) -> str:
    r"""An address relative to another, as a browser joins them: ``\`` is ``/``, line ends inside do not count."""
    text = reference.strip(_C0_AND_SPACE).translate(_LINE_SIGNS)
    before, mark, after = re.match(r"([^?#]*)([?#]?)(.*)", text, re.DOTALL).groups()  # type: ignore[union-attr]  # matches any text
    is_app = re.match(r"(?!https?:)[A-Za-z][A-Za-z0-9+.-]*:", before, re.IGNORECASE)
    if is_app:
        return text
    before = re.sub(r"^(https?:)/*", r"\1//", before.replace("\\", "/"), flags=re.IGNORECASE)
    try:
        return urljoin(base, before + mark + after).translate(_UNSAFE)
    except ValueError:
        return text


def is_bare(page: Page) -> bool:
    """Whether a page has next to nothing to read: an interstitial, not a shop or an article."""
    return len(_visible_text(_parse(_html(page)))) < _BARE_TEXT


def says_gone(page: Page) -> bool:
    """Whether a bare page answers "no such thing" although its status says that all is well."""
    text = _visible_text(_parse(_html(page)))
    return len(text) < _BARE_TEXT and _GONE.search(text) is not None


def is_empty(page: Page) -> bool:
    """Whether a page shows nothing at all."""
    selector = _parse(_html(page))
    return not _visible_text(selector) and not selector.css("img, iframe, canvas, video, input, svg")


def _visible_text(selector: Selector) -> str:
    return "".join(selector.xpath(_TEXT).getall()).translate(_NO_SPACE)


# --- what the page does --------------------------------------------------------------------------------------------


def _moves(page: Page) -> Iterator[_Move]:
    """Every way in which the page leaves itself, in no order."""
    html = _html(page)
    selector = _parse(html)
    base = _base(selector, page.final_url)
    yield from _refresh(_header(page, "refresh"), page.final_url, "http")
    for content in selector.xpath(_META_REFRESH).getall():
        yield from _refresh(content, base, "meta")
    scripts = _scripts(selector)
    if any("location" in script or "open(" in script or "navigate(" in script for script in scripts):
        for one in find_navigations(scripts, page.final_url):
            if one.url and (target := _target(base, one.url, page.final_url)):
                yield _Move(target, "script", one.at_ms, one.certain)
    for link in selector.xpath(_APP_LINKS).getall():
        if _is_app(link.strip()):
            yield _Move(link.strip(), "app", MAX_DELAY_MS, certain=False)


# A browser that runs scripts does not look into <noscript>, and into <template> none does.
_META_REFRESH = (
    "//meta[translate(normalize-space(@http-equiv), 'REFSH', 'refsh') = 'refresh']"
    "[not(ancestor::noscript or ancestor::template)]/@content"
)
_APP_LINKS = "//a/@href | //iframe/@src | //*/@data-href | //*/@data-url | //*/@data-scheme"
_TEXT = "//body//text()[not(ancestor::script or ancestor::style or ancestor::noscript or ancestor::template)]"
_SCRIPTS = (
    "//script[not(@src)][not(@type) or @type = '' or contains(@type, 'javascript') or contains(@type, 'ecmascript')"
    " or @type = 'module']"
)


def _html(page: Page) -> str:
    return page.html or decode(page.content).text


def _parse(html: str) -> Selector:
    sane = html[:MAX_PAGE].replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    # Without huge_tree whatever is nested more than 256 deep would be lost.
    return Selector(text=sane or "<html></html>", type="html", huge_tree=True)


def _base(selector: Selector, page_url: str) -> str:
    href = selector.xpath("//base/@href").get()
    return join(page_url, href) if href else page_url


def _scripts(selector: Selector) -> list[str]:
    """The texts of the page's own scripts, its ``onload`` attribute last."""
    written = ("".join(script.xpath("text()").getall()) for script in selector.xpath(_SCRIPTS))
    texts = [text for script in written for text in unpacked(script)]
    onload = selector.xpath("//body/@onload").get()
    return [*texts, f"window.onload = function () {{ {onload} }}"] if onload else texts


def _refresh(content: str, base: str, via: Via) -> Iterator[_Move]:
    """The move of a ``Refresh`` header or ``<meta>``, by the rules of the HTML standard."""
    found = _REFRESH.fullmatch(content)
    if found is None or not re.match(r"\s*[\d.]", content):
        return
    delay_ms = int((found["delay"] or "0")[:9]) * 1000
    target = _target(base, _refresh_url(found["url"] or ""), base)
    if target:
        yield _Move(target, via, delay_ms, certain=True)


def _refresh_url(text: str) -> str:
    prefix = _URL_PREFIX.match(text)
    rest = text[prefix.end() :] if prefix else text
    quote = rest[:1]
    return rest[1:].partition(quote)[0] if quote in {"'", '"'} else rest


def _target(base: str, reference: str, page_url: str) -> str | None:
    """The absolute address of a move; ``None`` where it stays on the page or is no address of a page."""
    if not reference.strip():
        return None
    target = join(base, reference)
    stays = target.partition("#")[0] == page_url.partition("#")[0]
    return None if stays or not _goes_somewhere(target) else target


def _goes_somewhere(target: str) -> bool:
    scheme = target.partition(":")[0].lower()
    return ":" in target and scheme not in BAD_SCHEMES


def _is_app(target: str) -> bool:
    url = parse_url(target)
    return bool(url.scheme) and not url.is_web and url.scheme not in BAD_SCHEMES | _NO_PAGES


_NO_PAGES = {"mailto", "tel", "sms", "http", "https", "ws", "wss"}


# --- which of them it is -------------------------------------------------------------------------------------------


def _decide(moves: list[_Move]) -> Jump | None:
    web = [move for move in moves if not _is_app(move.url)]
    app = [move for move in moves if _is_app(move.url)]
    first = _first_certain(web)
    opened = _first_certain(app)
    if opened and (first is None or opened.at_ms < first.at_ms):
        unfolded = unfold_app(opened.url)
        if unfolded or first is None:
            return Jump(unfolded or opened.url, "app")
    if first:
        rivals = {move.url for move in web if not move.certain and move.at_ms <= first.at_ms}
        return Jump(first.url, first.via, certain=rivals <= {first.url})
    return _in_doubt(web) or _in_doubt(app)


def _first_certain(moves: list[_Move]) -> _Move | None:
    """The move that wins: the earliest, and of those made at the same moment the last."""
    certain = [move for move in moves if move.certain]
    return min(reversed(certain), key=lambda move: move.at_ms, default=None)


def _in_doubt(moves: list[_Move]) -> Jump | None:
    for move in moves:
        if _is_app(move.url):
            return Jump(unfold_app(move.url) or move.url, "app", certain=False)
        return Jump(move.url, move.via, certain=False)
    return None


def unfold_app(url: str) -> str | None:
    """The web address that an app's address holds (``h5Url=``, ``browser_fallback_url``, JSON), or ``None``."""
    return next((one.target for one in nested_targets(parse_url(url)) if parse_url(one.target).is_web), None)


def _house_jump(page: Page) -> Jump | None:
    """The jump of a short-link page whose script keeps its target in a variable of a known name."""
    host = parse_url(page.final_url).host
    name = next((variable for suffix, variable in _HOUSE_VARIABLES.items() if is_under(host, suffix)), None)
    found = re.search(rf"\b{name}\s*=\s*(['\"])(https?:.*?)\1", _html(page)) if name else None
    target = _target(page.final_url, parse_url(found[2]).href, page.final_url) if found else None
    return Jump(target, "script") if target else None
