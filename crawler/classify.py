"""Whose shop an address or a page belongs to: first what the address alone proves, then what the page shows."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from crawler.reading.canonical import canonical_address
from crawler.reading.forms import NOT_COMMERCE, UrlFacts
from crawler.reading.garbled import Garbled, read_garbled
from crawler.reading.lookalike import is_proved, resembled
from crawler.reading.nested import BEHIND, Nested, leads_on, nested_targets
from crawler.reading.share import ShareText, read_share_text
from crawler.reading.url import BAD_SCHEMES, WebURL, is_under, parse_url
from crawler.shapes import Platform
from crawler.shelf import load
from storage.records import StoreType

# --- the address alone -------------------------------------------------------------------------------------------

_HOSTILE_FLAWS = frozenset({"userinfo", "bad_port"})
_SUSPICIOUS_FLAWS = frozenset({"odd_port", "encoded_host"})
_INTENT_SCHEME = re.compile(r"[#;]scheme=([\w.+-]{1,40})")


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlClass:
    """What an address alone proves.

    Attributes:
        url: as given.
        canonical_url: the one address that all variants of it share.
        platform: whose site the host is; ``none`` without a usable host, ``other`` for nobody known, ``lookalike``.
        scope: ``outbound_commerce``, ``internal``, ``wrapper``, ``unresolved``, ``non_commerce``, ``lookalike``,
            ``hostile`` or ``suspicious``.
        kind: what the address shows, e.g. ``item_page``, ``shop_page``, ``short_link``.
        item_id, shop_id: as the address shows them.
        store_type: ``tmall`` and ``tmall_global`` where the host proves them; an address proves no more.
        nested: the addresses that it carries, outermost first.
        reason: the chain of reasoning, one sentence a step.
    """

    url: str
    canonical_url: str
    platform: str
    scope: str
    kind: str
    item_id: str | None = None
    shop_id: str | None = None
    store_type: StoreType = "unknown"
    nested: tuple[Nested, ...] = ()
    reason: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Registry:
    by_domain: dict[str, Platform]
    by_scheme: dict[str, Platform]
    brands: tuple[str, ...]
    domains: tuple[str, ...]

    def find(self, url: WebURL) -> Platform | None:
        """The platform of the longest domain that the host is under, or of the app scheme."""
        if url.scheme not in _BROWSED:
            return self.by_scheme.get(url.scheme)
        host = url.host
        while host:
            platform = self.by_domain.get(host)
            if platform is not None:
                return platform
            host = host.partition(".")[2]
        return None


_BROWSED = frozenset({"http", "https", "ws", "wss"})


def load_platforms() -> dict[str, Platform]:
    """Every platform on the shelf, by its stem."""
    return load("crawler.platforms", "PLATFORM", Platform)


@cache
def _registry() -> _Registry:
    platforms = load_platforms().values()
    return _Registry(
        by_domain={domain: platform for platform in platforms for domain in platform.domains},
        by_scheme={scheme: platform for platform in platforms for scheme in platform.schemes},
        brands=tuple(dict.fromkeys(brand for platform in platforms for brand in platform.brands)),
        domains=tuple(domain for platform in platforms for domain in platform.domains),
    )


def classify_url(raw: str) -> UrlClass:
    """What an address alone proves about where it leads. Any text goes through; nothing is fetched.

    Args:
        raw: an address as it stood: with or without scheme, escaped, an app's, a mini-program's path. A share text is
            classified by what it hands over, and told to be one; so is what only a person would take for an address.
    """
    found, is_doubtful = _read(raw)
    if is_doubtful or _MAY_END.search(found.canonical_url) or any(one.param == BEHIND for one in found.nested):
        again = _read(found.canonical_url)[0]
        if (again.canonical_url, again.scope) != (found.canonical_url, found.scope):
            return replace(found, canonical_url=raw)  # read again, such a text would be another
    return found


_MAY_END = re.compile(r"[)\\]")
"""Signs that a reader may take for none of an address where less stands behind them."""


def _read(raw: str) -> tuple[UrlClass, bool]:
    """The class of a text, and whether it took a second look."""
    url = parse_url(raw)
    found = _classified(raw, url)
    is_doubtful = _is_doubtful(found, url)
    return (_meant_or_shared(found, url) or found) if is_doubtful else found, is_doubtful


def _classified(raw: str, url: WebURL) -> UrlClass:
    nested = nested_targets(url)
    facts = _intent_facts(url, nested) if url.scheme == "intent" else _facts(url, nested)
    return UrlClass(
        url=raw,
        canonical_url=_canonical(url, facts, nested),
        platform=facts.platform,
        scope=facts.scope,
        kind=facts.kind,
        item_id=facts.item_id,
        shop_id=facts.shop_id,
        store_type=facts.store_type,
        nested=nested,
        reason=facts.reason,
    )


def web_address(raw: str) -> str | None:
    """The web address of what an app address opens, or of what a wrapper carries; ``None`` where there is none.

    Args:
        raw: an address such as ``taobao://item.taobao.com/item.htm?id=1`` or ``kwai://webview?url=...``.
    """
    url, facts = parse_url(raw), classify_url(raw)
    if facts.scope != "wrapper" and (url.is_web or facts.kind != "deep_link"):
        return None
    if facts.nested:
        return facts.nested[0].target
    named = _INTENT_SCHEME.search(raw) if url.scheme == "intent" else None
    platform = _registry().by_scheme.get(named[1].lower() if named else url.scheme)
    if platform is None:
        return None
    if facts.item_id and platform.item_page:
        return platform.item_page.format(item=facts.item_id)
    is_copy = any(is_under(url.host, domain) for domain in platform.domains)
    return f"https://{url.host}{url.path}{f'?{url.query}' if url.query else ''}" if is_copy else None


def _facts(url: WebURL, nested: tuple[Nested, ...]) -> UrlFacts:
    danger = _danger(url)
    if danger:
        return danger
    platform = _registry().find(url)
    if platform is None:
        return _without_trust(_stranger(url, nested), url)
    facts = platform.read_url(url)
    if facts.kind == "deep_link" and not url.is_web:
        facts = _with_copied(facts, url)
    if not url.scheme and facts.kind != "mini_program":
        return _nobody("non_commerce", "no address: it has neither a scheme nor a host")
    if nested:
        facts = _with_opened(_unwrapped(_as_handed(_as_picture(facts, nested), nested), url, nested), url, nested)
    return _with_flaws(facts, url) if url.flaws else facts


def _with_copied(facts: UrlFacts, url: WebURL) -> UrlFacts:
    """An app's address that is a shop's web address under the app's scheme says what that one says.

    ``taobao://detail.tmall.com/item.htm?id=1`` names the item of the page it copies, and whose site that is on. Of the
    seller it proves nothing: the app opens what it likes.
    """
    copy = _copied(url)
    platform = _registry().find(copy) if copy else None
    if copy is None or platform is None:
        return facts
    web = platform.read_url(copy)
    if web.scope != facts.scope:
        return facts
    found = facts.item_id is None and web.item_id is not None
    reason = (*facts.reason, f"a copy of {copy.href}, which names item {web.item_id}") if found else facts.reason
    return replace(
        facts, platform=web.platform, item_id=facts.item_id or web.item_id, shop_id=facts.shop_id or web.shop_id,
        reason=reason,
    )  # fmt: skip


_FAMILIES = {"taobao_family": frozenset({"taobao_family", "taobao", "tmall"})}


def _with_opened(facts: UrlFacts, url: WebURL, nested: tuple[Nested, ...]) -> UrlFacts:
    """A shop's app that is handed the page of one of its items names that item; of two it is not told which."""
    if url.is_web or facts.item_id or facts.scope != "outbound_commerce":
        return facts
    family = _FAMILIES.get(facts.platform, frozenset({facts.platform}))
    handed = [_known(one.target) for one in nested if one.depth == 1 and leads_on(one.param)]
    items = {page.item_id for page in handed if page and page.kind == "item_page" and page.platform in family}
    item_id = items.pop() if len(items) == 1 else None
    if item_id is None:
        return facts
    return replace(facts, item_id=item_id, reason=(*facts.reason, f"the page that it opens names item {item_id}"))


def _copied(url: WebURL) -> WebURL | None:
    """The web address that stands after an app's scheme: with its host, or whole (``tmall://https://host/path``)."""
    if url.host in _BROWSED and url.path.startswith("//"):
        return parse_url(f"{url.host}:{url.path}{'?' if url.query else ''}{url.query}")
    if "." not in url.host:
        return None
    return WebURL(raw=url.raw, scheme="https", host=url.host, path=url.path or "/", query=url.query)


def _intent_facts(url: WebURL, nested: tuple[Nested, ...]) -> UrlFacts:
    """An Android intent is the address that it opens: ``intent://host/path#Intent;scheme=taobao;...;end``."""
    scheme = next((part[7:] for part in url.fragment.split(";") if part.startswith("scheme=")), "")
    opened = parse_url(f"{scheme}://{url.host}{url.path}{'?' if url.query else ''}{url.query}")
    is_told = scheme and (url.host or scheme.lower() in _registry().by_scheme)
    facts = _facts(opened, nested) if is_told else _stranger(url, nested)
    if facts.kind == "wrapper_redirect":
        return facts
    return replace(facts, kind="deep_link", canonical="", reason=(f"an intent for {scheme or 'an app'}", *facts.reason))


_DANGERS = (
    ("bad_scheme", "none", "hostile", "{url.scheme}: is no scheme of a shop link"),
    ("private_address", "none", "hostile", "{url.host} is a private, local or metadata address"),
    ("bad_host", "none", "hostile", "no host that anybody could ask"),
    (
        "backslash",
        "none",
        "hostile",
        "a backslash before the path: browsers ask {url.host}, other readers another host",
    ),
    ("ip_host", "other", "suspicious", "{url.host}: a bare IP address names no shop"),
)
"""Flaw, platform, scope and reason: what makes an address nobody's, the worst first."""


def _danger(url: WebURL) -> UrlFacts | None:
    if not url.flaws:
        return None
    if "bad_host" in url.flaws and "*" in url.host:
        return _nobody("non_commerce", f"{url.host}: a pattern for many addresses, none of them")
    for flaw, platform, scope, why in _DANGERS:
        if flaw in url.flaws:
            return _nobody(scope, why.format(url=url), platform)
    if "single_label" in url.flaws and url.scheme in _BROWSED:
        return _nobody("non_commerce", f"{url.host}: one word is no host on the internet")
    return None


# --- no address: a share text, or one that no browser opens ------------------------------------------------------


def _is_doubtful(found: UrlClass, url: WebURL) -> bool:
    """Whether a text may be more than one address, or one only to a person."""
    if found.scope == "hostile" and "bad_host" not in url.flaws:
        return False
    if found.platform == "none" or (url.scheme not in _BROWSED and found.platform == "other"):
        return True
    if "\\" in url.raw and _NEXT_LINE.search(url.raw):
        return True
    return found.kind != "search_page" and _WORDS_BEHIND.match(url.raw) is not None


_WORDS_BEHIND = re.compile(r"\s*[!-z|~]+\s+(?:https?://|[^\s?&={]*[\u3400-\u9fff￥¥])")
"""White space and another address, Chinese words or a password behind an address that is ASCII and holds no JSON."""
_NEXT_LINE = re.compile(r"\\[nrt]https?://")
"""Another address behind a line end as a program writes it."""


def _meant_or_shared(found: UrlClass, url: WebURL) -> UrlClass | None:
    garbled = read_garbled(url.raw)
    if garbled:
        return _as_meant(found, garbled)
    shared = read_share_text(url.raw) if url.scheme not in BAD_SCHEMES else None
    return _as_shared(found, shared) if shared is not None and _is_text(shared, url) else None


def _is_text(shared: ShareText, url: WebURL) -> bool:
    """Whether something is handed over in words: not by one address alone, nor by a template with nothing filled in."""
    if len(shared.addresses) == 1 and shared.addresses[0].raw == url.raw.strip():
        return False
    return bool(shared.addresses) or any(token.core for token in shared.passwords)


def _as_meant(found: UrlClass, garbled: Garbled) -> UrlClass:
    """An address that leads nowhere as it stands; where a person may take it is told, but is not where it leads."""
    meant = _classified(garbled.meant, parse_url(garbled.meant))
    is_trap = meant.scope in {"lookalike", "hostile"}
    inside = Nested("text", garbled.meant, "garbled", 1)
    why = (garbled.why, f"a person may read {garbled.meant} in it: classify that")
    return replace(
        found, platform=meant.platform if is_trap else "none", kind="other", item_id=None, shop_id=None,
        scope=meant.scope if is_trap else "non_commerce" if meant.scope in _NO_SHOP else "suspicious",
        store_type="not_applicable", nested=(inside, *_deeper(meant.nested)), reason=why, canonical_url=found.url,
    )  # fmt: skip


def _as_shared(found: UrlClass, shared: ShareText) -> UrlClass:
    """A share text is what it hands over: its first address of a shop, else its password, else its first address."""
    held = [_classified(address.url, parse_url(address.url)) for address in shared.addresses]
    cores = tuple(dict.fromkeys(token.core for token in shared.passwords if token.core))
    first = next((one for one in held if one.scope not in _NO_SHOP), None)
    why = (
        f"a share text{f' for {shared.app}' if shared.app else ''}, not an address alone: extract lists all in it",
        *(f"holds the address {one.url}: classify it by itself" for one in held),
        *(f"holds the password {core}, which only the app can look up" for core in cores),
    )
    nested = tuple(Nested("text", one.url, "share text", 1) for one in held)
    deeper = tuple(one for holder in held for one in _deeper(holder.nested))
    if first is None and cores:
        return replace(
            found, platform=_APP_PLATFORMS.get(shared.app, shared.app) or "other", scope="unresolved",
            kind="password_token", store_type="unknown", nested=(*nested, *deeper), reason=why, canonical_url=found.url,
        )  # fmt: skip
    first = first or held[0]
    reason = (*why, f"judged by {first.url}", *first.reason)
    return replace(first, url=found.url, nested=(*nested, *deeper), reason=reason)


_NO_SHOP = frozenset({"non_commerce", "internal"})
_APP_PLATFORMS = {"taobao": "taobao_family"}


def _deeper(nested: tuple[Nested, ...]) -> tuple[Nested, ...]:
    return tuple(replace(one, depth=one.depth + 1) for one in nested)


# --- nobody's, and strangers' -------------------------------------------------------------------------------------


def _nobody(scope: str, why: str, platform: str = "none") -> UrlFacts:
    return UrlFacts(platform=platform, scope=scope, kind="other", store_type="not_applicable", reason=(why,))


def _stranger(url: WebURL, nested: tuple[Nested, ...]) -> UrlFacts:
    """An address on nobody's host: a look-alike, a jump site that carries a shop's address, or none of our business."""
    if not url.host and not url.scheme:
        return _nobody("non_commerce", "no address: it has neither a scheme nor a host")
    like = _resembled(url.host) or _named_in_userinfo(url.userinfo)
    if like and url.scheme in _BROWSED:
        return _nobody("lookalike", _likeness(url, like), platform="lookalike")
    return _carrier(url, nested) or _unknown(url)


def _likeness(url: WebURL, like: str) -> str:
    if is_proved(url):
        return f"{url.host} resembles {like}, but its registered domain is not the brand's"
    return f"{url.host} resembles {like}, but is under none of its known domains: the brand's own or not is not proved"


def _without_trust(facts: UrlFacts, url: WebURL) -> UrlFacts:
    """A stranger's address that hides its host behind a name and ``@`` is a trap, whatever it carries."""
    if not url.userinfo or facts.scope == "lookalike":
        return facts
    return replace(facts, scope="hostile", reason=(*facts.reason, "but the address is odd: userinfo"))


def _carrier(url: WebURL, nested: tuple[Nested, ...]) -> UrlFacts | None:
    """A stranger's address that leads to a shop: as a parameter, as a QR picture, or as shop and item number."""
    carried = next((one for one in nested if _is_commerce(one.target)), None)
    named = None if carried else _NAMED_ITEM.search(f"{url.path}?{url.query}&{url.fragment}"[:_MAX_SEARCHED])
    if carried is None and named is None:
        return _way_out(url)
    if carried and _QR_MAKER.search(f"{url.host}{url.path}"):
        why = (f"a QR picture of {carried.target}",)
        return UrlFacts(platform="other", scope="wrapper", kind="qr_image", reason=why)
    why = (f"{carried.param} carries {carried.target}" if carried else f"names an item of another site: {named}",)
    return UrlFacts(platform="redirector", scope="wrapper", kind="wrapper_redirect", reason=why)


def _way_out(url: WebURL) -> UrlFacts | None:
    """The page by which a big site sends people elsewhere; where to is often a number that only the site can read."""
    if not url.query or not url.is_web or not _WAY_OUT.fullmatch(f"{url.host}{url.path}"):
        return None
    why = (f"{url.host}{url.path}: how this site sends people elsewhere",)
    return UrlFacts(platform="redirector", scope="wrapper", kind="wrapper_redirect", reason=why)


_WAY_OUT = re.compile(
    r"(?:(?:www|m)\.)?baidu\.com/link|www\.google(?:\.[a-z]{2,3}){1,2}/(?:url|aclk)|(?:www\.)?so\.com/link"
    r"|(?:www|m)\.sogou\.com/link|www\.bing\.com/ck/a|tieba\.baidu\.com/safecheck/index|weibo\.cn/sinaurl"
    r"|gitee\.com/link|www\.jianshu\.com/go-wild|www\.yuque\.com/r/goto|docs\.qq\.com/scenario/link\.html"
    r"|mail\.qq\.com/cgi-bin/(?:readtemplate|mail_spam)|(?:www\.)?youtube\.com/redirect"
    r"|steamcommunity\.com/linkfilter/?"
)
_MAX_SEARCHED = 4096
_SITES = "taobao|tmall|1688|weidian|jd|pinduoduo"
_NAMED_ITEM = re.compile(
    rf"/(?:{_SITES})/[0-9]{{6,20}}(?:\.html?)?[?/]"
    rf"|[?&](?:shop_type|shopType|platform|channel|source|tp|type|mall|site)=(?:{_SITES})&(?:[^&]{{0,80}}&){{0,4}}"
    r"(?:id|goodsId|goods_id|itemId|item_id|offerId|num_iid)=[0-9]{6,20}"
    rf"|[?&](?:id|goodsId|goods_id|itemId|item_id|offerId|num_iid)=[0-9]{{6,20}}&(?:[^&]{{0,80}}&){{0,4}}"
    rf"(?:shop_type|shopType|platform|channel|source|tp|type|mall|site)=(?:{_SITES})(?:&|$)",
    re.IGNORECASE,
)
"""How purchase agents name another site's item: ``/product/weidian/7231813762``, ``?shop_type=taobao&id=78180782``."""
_QR_MAKER = re.compile(r"qr[_-]?(?:code|server|image|img)?|erweima", re.IGNORECASE)


def _unknown(url: WebURL) -> UrlFacts:
    is_app = url.scheme not in _BROWSED and url.scheme not in _CONTACT_SCHEMES
    copy = _copied(url) if is_app else None
    owner = _registry().find(copy) if copy else None
    if copy and owner and owner.read_url(copy).scope not in _NO_SHOP:
        unknown = f"{url.scheme}: a scheme of no browser and of no app that is known"
        why = f"its host {copy.host} is a name of a shop's, but where an app goes with it is not told"
        return UrlFacts(platform="other", scope="unresolved", kind="deep_link", reason=(unknown, why))
    kind = "deep_link" if is_app else "other"
    why = f"{url.host or url.scheme}: of no shop that is known"
    return UrlFacts(platform="other", scope="non_commerce", kind=kind, store_type="not_applicable", reason=(why,))


_CONTACT_SCHEMES = frozenset({"mailto", "tel", "sms", "callto", "skype", "geo", "magnet"})


@lru_cache(maxsize=4096)
def _resembled(host: str) -> str | None:
    registry = _registry()
    return resembled(host, registry.brands, registry.domains)


def _named_in_userinfo(userinfo: str) -> str | None:
    return _resembled(parse_url(f"https://{userinfo}.invalid/").host) if userinfo else None


def _is_commerce(target: str) -> bool:
    """Whether an address leads or may lead to a shop, and not merely names its home, as ``from=www.jd.com`` does."""
    facts = _known(target)
    return facts is not None and facts.scope in _OUTWARD and facts.kind != "homepage"


_OUTWARD = frozenset({"outbound_commerce", "wrapper", "unresolved"})


def _known(target: str) -> UrlFacts | None:
    url = parse_url(target)
    platform = _registry().find(url) if url.scheme and not _danger(url) else None
    return platform.read_url(url) if platform else None


def _unwrapped(facts: UrlFacts, url: WebURL, nested: tuple[Nested, ...]) -> UrlFacts:
    """An app's, Kuaishou's or a social site's own address that opens somebody else's page: ``kwai://webview?url=``."""
    is_app = url.scheme not in _BROWSED
    if facts.scope not in {"internal", "non_commerce"} or not (
        is_app or facts.scope == "internal" or _is_social(facts)
    ):
        return facts
    opens = _is_opened_by_app if is_app else _is_opened_by_page
    is_open = is_app or facts.scope == "internal"
    carried = next((one for one in nested if opens(one.target) and (is_open or leads_on(one.param))), None)
    if carried is None and not is_app and facts.scope == "internal" and facts.kind not in NOT_COMMERCE:
        carried = next((one for one in nested if _is_way_out(one)), None)
    if carried is None:
        return facts
    kind = "deep_link" if is_app else "wrapper_redirect"
    why = (*facts.reason, f"{carried.param} opens {carried.target}")
    return replace(facts, scope="wrapper", kind=kind, store_type="unknown", reason=why, canonical="")


def _as_picture(facts: UrlFacts, nested: tuple[Nested, ...]) -> UrlFacts:
    """A platform's own QR maker that draws the address of a shop carries it, as a stranger's does."""
    carried = next((one for one in nested if _is_commerce(one.target)), None) if facts.kind == "qr_image" else None
    if carried is None:
        return facts
    why = (*facts.reason, f"a QR picture of {carried.target}")
    return replace(facts, scope="wrapper", store_type="unknown", reason=why, canonical="")


def _as_handed(facts: UrlFacts, nested: tuple[Nested, ...]) -> UrlFacts:
    """A page of some mini-program that is handed a shop's address leads to that shop, whosever program it is."""
    if facts.kind != "mini_program" or facts.scope != "unresolved":
        return facts
    handed = [one for one in nested if one.depth == 1 and leads_on(one.param) and _is_commerce(one.target)]
    pages = [page for one in handed if (page := _known(one.target))]
    if len({page.platform for page in pages}) != 1 or pages[0].scope != "outbound_commerce":
        return facts
    why = (*facts.reason, f"{handed[0].param} hands it {handed[0].target}")
    return replace(facts, platform=pages[0].platform, scope="outbound_commerce", reason=why)


def _is_social(facts: UrlFacts) -> bool:
    """Whether a page is of a site that sells nothing itself, and is a page: no login, picture, interface or manual."""
    return facts.store_type == "not_applicable" and facts.kind not in NOT_COMMERCE


def _is_opened_by_app(target: str) -> bool:
    """Whether an app that is handed this address leaves its own house: for a shop, or for anybody else's page."""
    if not target.startswith(("http:", "https:", "//")):
        return _is_commerce(target)
    facts = _known(target)
    return facts is None or facts.scope in _OUTWARD


def _is_opened_by_page(target: str) -> bool:
    """Whether a page that is handed this address leads to a shop, or to what pretends to be one."""
    return _is_commerce(target) or _pretends(parse_url(target))


def _is_way_out(one: Nested) -> bool:
    """Whether a page is handed somebody else's address to go to: no picture, and not where somebody came from."""
    target = parse_url(one.target)
    if not target.is_web or "no_scheme" in target.flaws or _danger(target):
        return False
    if _MEDIA.search(target.path) or not leads_on(one.param):
        return False
    platform = _registry().find(target)
    facts = platform.read_url(target) if platform else None
    return facts is None or (facts.scope != "internal" and facts.kind not in NOT_COMMERCE)


_MEDIA = re.compile(r"\.(?:png|jpe?g|gif|webp|svg|ico|css|js|json|mp[34]|m3u8|flv|ts|zip|apk)$", re.IGNORECASE)


def _pretends(url: WebURL) -> bool:
    if url.scheme not in _BROWSED or _registry().find(url):
        return False
    return bool(_resembled(url.host) or _named_in_userinfo(url.userinfo))


def _with_flaws(facts: UrlFacts, url: WebURL) -> UrlFacts:
    found = [flaw for flaw in url.flaws if flaw in _HOSTILE_FLAWS or flaw in _SUSPICIOUS_FLAWS]
    if not found:
        return facts
    scope = "hostile" if any(flaw in _HOSTILE_FLAWS for flaw in found) else "suspicious"
    canonical = "" if url.userinfo or url.port is not None else facts.canonical
    reason = (*facts.reason, f"but the address is odd: {', '.join(found)}")
    return replace(facts, scope=scope, canonical=canonical, reason=reason)


_TRAPS = frozenset({"backslash", "bad_host", "bad_port"})


def _canonical(url: WebURL, facts: UrlFacts, nested: tuple[Nested, ...]) -> str:
    if _TRAPS.intersection(url.flaws):
        return url.raw  # in any other spelling it would not be the trap that it is
    carriers = frozenset(one.param for one in nested if one.depth == 1) if facts.scope == "wrapper" else frozenset()
    return facts.canonical or canonical_address(url, carriers=carriers, secure=False)
