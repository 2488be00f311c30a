"""One spelling for one address: noise off, parameters in a fixed order, escapes written one way."""

from __future__ import annotations

import re
from operator import itemgetter
from urllib.parse import quote

from crawler.reading.url import WEB_SCHEMES, WebURL

NOISE: frozenset[str] = frozenset(
    {"spm", "scm", "pvid", "gclid", "fbclid", "msclkid", "yclid", "dclid", "igshid", "mc_cid", "mc_eid", "_hsenc"}
    | {"share_token", "share_id", "sharer", "share_from", "share_medium", "share_source", "share_time", "timestamp"}
    | {"tracking", "from_source", "bd_vid", "vd_source", "hmsr", "hmpl", "hmcu", "hmkw", "hmci", "tdsourcetag"}
)  # fmt: skip
"""Parameters that never change where an address leads, on any site."""
_NOISE_STARTS = ("utm_", "utm-", "ali_", "_openstat", "xsec_", "mtm_", "pk_")

_ESCAPE = re.compile(r"%([0-9a-fA-F]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_NEEDS_ESCAPE = re.compile(r"[^!#-&(-;=?-_a-z|~{}]+")
_NAME = itemgetter(0)
_ROUTE = re.compile(r"!?/|Intent;")


def canonical_address(
    url: WebURL,
    *,
    keep: frozenset[str] | None = None,
    noise: frozenset[str] = frozenset(),
    carriers: frozenset[str] = frozenset(),
    secure: bool = True,
) -> str:
    """The address in the one spelling that all its variants share.

    Args:
        url: any address; without a host it stays as it stood.
        keep: the only parameters that count, ``None`` for all but noise.
        noise: parameters to leave out beyond those that are noise on every site.
        carriers: parameters that hold another address: kept whatever their names, and the fragment with them.
        secure: write ``http`` as ``https``, where a platform is known to serve both.
    """
    query = _query(url, keep, noise, carriers)
    has_route = keep is None and _ROUTE.match(url.fragment)
    fragment = f"#{url.fragment}" if url.fragment and (has_route or carriers) else ""
    if not url.host:
        return url.raw
    scheme = "https" if secure and url.scheme == "http" and url.port is None else url.scheme
    path = url.path or ("/" if scheme in WEB_SCHEMES else "")
    userinfo = f"{url.userinfo}@" if url.userinfo else ""
    return spell(f"{scheme}://{userinfo}{url.authority}{path}{'?' if query else ''}{query}{fragment}")


def spell(text: str) -> str:
    """Percent-escapes in upper case and only where they are needed; everything that is not ASCII escaped."""
    if "%" in text:
        text = _ESCAPE.sub(_read_escape, text)
    return _NEEDS_ESCAPE.sub(_escape, text)


def _read_escape(match: re.Match[str]) -> str:
    sign = chr(int(match[1], 16))
    return sign if sign in _UNRESERVED else match[0].upper()


def _escape(match: re.Match[str]) -> str:
    return quote(match[0], safe="", errors="replace")


def _query(url: WebURL, keep: frozenset[str] | None, noise: frozenset[str], carriers: frozenset[str]) -> str:
    # Where an address stands in it unescaped, or JSON, "&" may be a part of that: hands off.
    if ("://" in url.query or "{" in url.query) and (keep is None or _is_cut(url, carriers)):
        return url.query.strip("&")
    pairs = (
        (name if name.isascii() and name.isalnum() else spell(name), value)
        for name, value in url.pairs
        if name in carriers or _counts(name, keep, noise)
    )
    kept = sorted(pairs, key=_NAME)
    return "&".join(f"{name}={value}" if value else name for name, value in kept)


def _is_cut(url: WebURL, carriers: frozenset[str]) -> bool:
    """Whether an address that must be kept has a query of its own that nothing keeps apart from this one."""
    return any(name in carriers and "://" in value and "?" in value for name, value in url.pairs)


def _counts(name: str, keep: frozenset[str] | None, noise: frozenset[str]) -> bool:
    """Whether a parameter makes the address what it is. Those to keep are known in any letters: ``GOODS_ID=``."""
    if keep is None:
        return not _is_noise(name, noise)
    return name in keep or name.lower() in map(str.lower, keep)


def _is_noise(name: str, noise: frozenset[str]) -> bool:
    return name in NOISE or name in noise or name.startswith(_NOISE_STARTS)
