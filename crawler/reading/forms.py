"""The forms of a platform's addresses as a table: host and path say the kind, a parameter or the path says the item."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import unquote

from crawler.reading.canonical import canonical_address
from crawler.reading.nested import leads_on, nested_targets
from crawler.reading.url import WebURL
from storage.records import StoreType

NOT_COMMERCE: frozenset[str] = frozenset(
    {"api_endpoint", "cart_or_account", "console_or_doc", "login", "qr_image", "static_asset"}
)
"""Kinds of address that sell nothing, whoever owns the host."""

KINDS: frozenset[str] = NOT_COMMERCE | {
    "activity_page",
    "affiliate_click",
    "coupon_page",
    "deep_link",
    "homepage",
    "item_page",
    "live_page",
    "mini_program",
    "other",
    "password_token",
    "profile_page",
    "search_page",
    "shop_page",
    "short_link",
    "video_page",
    "wrapper_redirect",
}
"""Kinds of link; a platform's own table may name more."""

DIGITS = r"[0-9]{1,20}"
DIGITS_OR_OPAQUE = r"[0-9]{1,20}|[A-Za-z0-9]{10,40}-[A-Za-z0-9]{4,40}"
"""An item id of the Taobao family: digits, or the alliance's opaque form of 43 to 46 signs with one hyphen."""
WORD = r"[A-Za-z0-9_-]{1,64}"


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlFacts:
    """What an address alone proves. ``reason`` is the chain of reasoning, one short sentence a step.

    ``canonical`` is the one address that the platform knows for the same thing, ``""`` where there is none such.
    """

    platform: str
    scope: str
    kind: str
    item_id: str | None = None
    shop_id: str | None = None
    store_type: StoreType = "unknown"
    reason: tuple[str, ...] = ()
    canonical: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """One line of the table.

    Attributes:
        host: hosts, blank-separated: ``item.jd.com``, ``*.jd.com`` (every name below it), ``.jd.com`` (both),
            ``{shop}.taobao.com`` (one label that the table does not reserve: the shop's own),
            ``shop{number}.m.taobao.com``, ``taobao://item`` (the
            host of an app address), ``taobao://*``.
        path: a regular expression for the whole path, letter case ignored; ``""`` is any. Groups named ``item`` and
            ``shop`` are their ids.
        kind: what such an address shows.
        item, shop: names of the parameters that hold the id, blank-separated, the first that fits wins.
        ids: what an id of an item looks like; a value that does not fit is none (``id=xxx``).
        needs: a parameter without which the line does not apply.
        platform, scope, store: where they differ from what table and kind say.
        canonical: the one address for the same thing, with ``{item}`` or ``{shop}``; used where that id is known.
        keep: the parameters that make such an address what it is, blank-separated; all others are noise.
            ``None``: all but the tracking parameters known everywhere.
        says: the reason in words, where the pattern does not speak for itself.
    """

    host: str
    path: str
    kind: str
    item: str = ""
    shop: str = ""
    ids: str = DIGITS
    needs: str = ""
    platform: str = ""
    scope: str = ""
    store: StoreType | None = None
    canonical: str = ""
    keep: str | None = None
    says: str = ""


@dataclass(frozen=True, slots=True)
class _Line:
    path: Callable[[str], re.Match[str] | None] | None
    item: tuple[str, ...]
    shop: tuple[str, ...]
    id_shape: Callable[[str], re.Match[str] | None]
    needs: str
    canonical: str
    keep: frozenset[str] | None
    noise: frozenset[str]
    kind: str
    platform: str
    scope: str
    store: StoreType
    shop_in_host: str
    reason: str


@dataclass(frozen=True)
class FormTable:
    """A platform's forms, first line that fits wins. Calling it with an address gives the facts.

    Attributes:
        platform: of every line that names no other.
        forms: the lines; the last should fit any host of the platform.
        scope, store: of every line whose kind is commerce and that names no other.
        noise: parameters, blank-separated, that never change where one of these addresses leads.
        reserved: labels that ``{shop}`` never is, blank-separated: the platform's own names.
        shortest: letters of the shortest name that the platform gives to a shop; a shorter one is its own.
    """

    platform: str
    forms: tuple[Form, ...]
    scope: str = "outbound_commerce"
    store: StoreType = "unknown"
    reserved: str = ""
    shortest: int = 1
    noise: str = ""
    _lines: dict[str, tuple[_Line, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __call__(self, url: WebURL) -> UrlFacts:
        """The facts of an address on one of the platform's hosts or schemes."""
        key = url.host if url.scheme in {"http", "https"} else f"{url.scheme}://{url.host}"
        lines = self._lines.get(key)
        if lines is None:
            lines = self._lines_for(key)
        path = unquote(url.path) if "%" in url.path else url.path
        if "//" in path:
            path = _SLASHES.sub("/", path)
        for line in lines:
            match = line.path(path) if line.path else None
            if (match or not line.path) and (not line.needs or url.param(line.needs)):
                return _facts(url, line, match)
        return self._unknown(key)

    def _lines_for(self, key: str) -> tuple[_Line, ...]:
        reserved = frozenset(self.reserved.split())
        fitting = ((form, _fit(form.host, key, reserved, self.shortest)) for form in self.forms)
        lines = tuple(self._line(form, shop) for form, shop in fitting if shop is not None)
        if lines and lines[-1].path is None and lines[-1].kind in _LAST_RESORTS and "://" not in key:
            rest = lines[-1]
            custom = tuple(self._line(form, "") for form in _by_custom(key, rest.platform))
            lines = (*lines[:-1], *custom, rest)
        if len(self._lines) < _MAX_HOSTS:
            self._lines[key] = lines
        return lines

    def _line(self, form: Form, shop_in_host: str) -> _Line:
        is_commerce = form.kind not in NOT_COMMERCE
        scope = form.scope or (self.scope if is_commerce or self.scope == "internal" else "non_commerce")
        store = form.store or (self.store if scope != "non_commerce" else "not_applicable")
        return _Line(
            path=_path(_FRONT if (form.kind, form.path) == ("homepage", r"/?") else form.path) if form.path else None,
            item=tuple(form.item.split()),
            shop=tuple(form.shop.split()),
            id_shape=re.compile(form.ids).fullmatch,
            needs=form.needs,
            canonical=form.canonical,
            keep=None if form.keep is None else frozenset(form.keep.split()),
            noise=frozenset(self.noise.split()),
            kind=form.kind,
            platform=form.platform or self.platform,
            scope=scope,
            store=store,
            shop_in_host=shop_in_host,
            reason=form.says or f"{form.host}{form.path or ' (any path)'}: {form.kind}",
        )

    def _unknown(self, key: str) -> UrlFacts:
        return UrlFacts(
            platform=self.platform, scope=self.scope, kind="other", store_type=self.store,
            reason=(f"{key}: a form that is not known",),
        )  # fmt: skip


_FRONT = r"/?|/(?:index|default|home)\.(?:s?html?|php|aspx?|jsp)"
_LAST_RESORTS = frozenset({"activity_page", "other"})
_ASKS = "(?:[Gg]et|[Qq]uery|[Ss]ave|[Ss]ubmit|[Uu]pdate|[Ee]xchange|[Cc]heck|[Ff]etch)"
"""How programmers begin the name of what a program asks a server for: ``getTaskList``, ``QueryUserInfo``."""
_ACCOUNT_PAGES = (
    "(?:super)?cart|checkout|add-?order|order[-_]?(?:list|detail|manager)|confirm_?order|refund-?list|address(?:es)?"
)
_NO_CAMPAIGN = "(?!/(?:.*/)?(?:wow|act|active|activity|activities|campaign|promo)/)"
"""Campaigns have pages where one registers for a gift: those advertise, and are no login."""
_CUSTOM_PATHS = (
    (r"/.*\.(?:png|jpe?g|gif|webp|svg|ico|css|js|mp4|woff2?)", "static_asset"),
    (
        r"/(?:.*/)?(?:api|rest|ajax|async|[a-z]*jsonp?)/.*|/(?:.*/)?(?:restapi|openapi|graphql|gateway)(?:/.*)?|/(?:h5|gw)/mtop.*",
        "api_endpoint",
    ),
    (r"/.*\.jsonp?|/(?:.*/)?(?:api|ajax|rest)\.(?:action|aspx?|do|go|jsp|php)", "api_endpoint"),
    (rf"/(?:.*/)?(?-i:{_ASKS}(?!\w*[Cc]oupon)[A-Z_]\w*)(?:\.(?:do|action|php|aspx?))?/?", "api_endpoint"),
    (rf"{_NO_CAMPAIGN}/(?:.*/)?(?:{_ACCOUNT_PAGES})(?:[/.].*)?", "cart_or_account"),
    (
        rf"{_NO_CAMPAIGN}/(?:.*/)?(?:m?login|signin|signup|register|oauth2?|auth|customer/account)(?:[/.].*)?",
        "login",
    ),
)
_CUSTOM_LABELS = {
    "console_or_doc": "open developer developers dev docs doc help helpcenter wiki fuwu rule rules zhaopin hr job jobs "
    "ir about partner merchant console admin university school support creator seller sellers "
    "sellercenter supplier",
    "login": "passport login sso oauth auth reg register accounts",
    "cart_or_account": "cart order orders trade buy buyertrade",
    "api_endpoint": "api apis gw gateway restapi openapi rest acs log logs",
    "static_asset": "img imgs image images pic pics static cdn assets css res",
}
"""What any operator's hosts of these names and addresses of these paths are, where its own table says nothing."""
_CALLED_API = re.compile(r"(?:app|data|gw|h5|mobile|open|pc|shop|wap|web|wq|wx)api[0-9]{0,3}").fullmatch
_KIND_OF_LABEL = {label: kind for kind, labels in _CUSTOM_LABELS.items() for label in labels.split()}


def _by_custom(host: str, platform: str) -> tuple[Form, ...]:
    """The lines that custom gives for a host of which the table knows no more than whose it is."""
    label, kind = next(((label, kind) for label in host.split(".")[:-2] if (kind := _kind_of(label))), ("", ""))
    named = (Form(host, "", kind, platform=platform, says=f"a host called {label}"),) if kind else ()
    return (*(Form(host, path, kind, platform=platform) for path, kind in _CUSTOM_PATHS), *named)


def _kind_of(label: str) -> str:
    return _KIND_OF_LABEL.get(label) or ("api_endpoint" if _CALLED_API(label) else "")


_MAX_HOSTS = 10_000
_SLASHES = re.compile(r"/{2,}")
_ANY_WORD = re.compile(r"[\w.$~-]{1,80}").fullmatch


@lru_cache(maxsize=1024)
def _path(pattern: str) -> Callable[[str], re.Match[str] | None]:
    return re.compile(pattern, re.IGNORECASE).fullmatch


def _fit(hosts: str, key: str, reserved: frozenset[str], shortest: int) -> str | None:
    """``None`` where the line is not for this host, else the shop that the host names, ``""`` for none."""
    for host in hosts.split():
        if _is_one_of(host, key):
            return ""
        if host.startswith("shop{number}.") and key.endswith(host[12:]):
            number = _NUMBERED_SHOP.fullmatch(key[: -len(host[12:])])
            if number:
                return number[1]
        if host.startswith("{shop}.") and key.endswith(host[6:]):
            name = key[: -len(host[6:])]
            if len(name) >= shortest and _SHOP_LABEL(name) and name not in reserved and not _MACHINE(name):
                numbered = _NUMBERED_SHOP.fullmatch(name)
                return numbered[1] if numbered else name
    return None


def _is_one_of(pattern: str, key: str) -> bool:
    if pattern.endswith("://*"):
        return key.startswith(pattern[:-1])
    if pattern.startswith("*."):
        return key.endswith(pattern[1:]) and "://" not in key
    if pattern.startswith("."):
        return f".{key}".endswith(pattern) and "://" not in key
    return key == pattern


_SHOP_LABEL = re.compile(r"[a-z0-9][a-z0-9_-]*").fullmatch
_MACHINE = re.compile(
    r"(?:h5|wap|api|acs|gw|cdn|img|static|assets|pre|daily|staging)(?:api)?(?:[0-9]*|[-0-9].*)"
    r"|.*-(?:api|h5|wap|gw|acs|cdn|fast|pre|daily|test|dev|soa)"
).fullmatch
"""Names that operators give to their machines and no shop to itself: ``h5api``, ``pages-fast``, ``trade-acs``."""
_NUMBERED_SHOP = re.compile(r"shop([0-9]+)")


def _facts(url: WebURL, line: _Line, match: re.Match[str] | None) -> UrlFacts:
    item_id = _find_id(url, match, "item", line.item, line.id_shape) if line.item or match else None
    shop_id = _find_id(url, match, "shop", line.shop, _ANY_WORD) if line.shop or match else None
    shop_id = shop_id or line.shop_in_host or None
    reason: tuple[str, ...] = (line.reason,)
    scope, canonical = line.scope, _canonical(url, line, item_id, shop_id)
    if item_id is not None:
        reason = (*reason, f"names item {item_id}")
        if len(url.pairs) != len(url.params) and _contradicts(url, line):
            scope, reason, canonical = "suspicious", (*reason, "and another item by the same parameter"), ""
    return UrlFacts(
        platform=line.platform,
        scope=scope,
        kind=line.kind,
        item_id=item_id,
        shop_id=shop_id,
        store_type=line.store,
        reason=reason,
        canonical=canonical,
    )


def _find_id(
    url: WebURL,
    match: re.Match[str] | None,
    group: str,
    names: tuple[str, ...],
    shape: Callable[[str], re.Match[str] | None],
) -> str | None:
    if match is not None and group in match.re.groupindex and match[group]:
        return match[group]
    for name in names:
        value = url.param(name)
        found = _as_id(value, shape) if value else None
        if value and found is None and len(url.pairs) != len(url.params):
            found = _later_id(url, name, shape)
        if found is not None:
            return found
    return _loose_id(url, names, shape) if names and url.query else None


def _loose_id(url: WebURL, names: tuple[str, ...], shape: Callable[[str], re.Match[str] | None]) -> str | None:
    """An id under one of the names in other letters: ``ID=``, ``goods_ID=``."""
    query = url.query.lower()
    wanted = [name for name in map(str.lower, names) if f"{name}=" in query]
    if not wanted:
        return None
    found = (_as_id(value, shape) for name, value in url.params.items() if name not in names and name.lower() in wanted)
    return next((item for item in found if item is not None), None)


def _later_id(url: WebURL, name: str, shape: Callable[[str], re.Match[str] | None]) -> str | None:
    """An id under the same name after a value that is none: ``?id=xxx&id=731200455810``."""
    found = (_as_id(unquote(value), shape) for other, value in url.pairs if other == name and value)
    return next((item for item in found if item is not None), None)


def _contradicts(url: WebURL, line: _Line) -> bool:
    """Whether one parameter names two items: servers differ in which they take."""
    return any(
        len({item for other, value in url.pairs if other == name and (item := _as_id(unquote(value), line.id_shape))})
        > 1
        for name in line.item
    )


def _as_id(value: str, shape: Callable[[str], re.Match[str] | None]) -> str | None:
    if shape(value):
        return value
    # Full-width digits, and text that stuck to the id: 614093598737】快来看
    plain = unicodedata.normalize("NFKC", value).strip()
    leading = _LEADING_ID.match(plain)
    return leading[0] if leading and shape(leading[0]) else None


_LEADING_ID = re.compile(r"[A-Za-z0-9_-]+(?![A-Za-z0-9_%-])")


def _canonical(url: WebURL, line: _Line, item_id: str | None, shop_id: str | None) -> str:
    template = line.canonical
    if template and (item_id or "{item}" not in template) and (shop_id or "{shop}" not in template):
        return template.format(item=item_id, shop=shop_id)
    return canonical_address(url, keep=line.keep, noise=line.noise, carriers=_carriers(url, line))


def _carriers(url: WebURL, line: _Line) -> frozenset[str]:
    """The parameters by which a click or a coupon is told where to go: without them it is another address."""
    if line.keep is None or line.kind not in _SENDS_ON or not url.query:
        return frozenset()
    found = (one.param for one in nested_targets(url, max_depth=1) if leads_on(one.param))
    return frozenset(name for param in found for name in (param, param.partition(".")[0]))


_SENDS_ON = frozenset({"affiliate_click", "coupon_page"})
