"""Merchant pages of Kuaishou: profiles on both sites and shop windows, which list what a merchant sells."""

from __future__ import annotations

from urllib.parse import parse_qs

from crawler.reading.document import Document
from crawler.reading.url import WebURL, is_under
from crawler.shapes import Reading, Surface
from spiders._surface import (
    KUAISHOU_SHOP,
    KUAISHOU_WEB,
    SHOPPING,
    SurfaceSpider,
    dig,
    path_parts,
    seen,
    state,
    text_of,
)
from storage.records import Target

_PROFILE_PARTS = 2


def recognise(url: WebURL) -> Target | None:
    """Profiles on www and live, and the shop windows of the shop site (old and new form)."""
    parts = path_parts(url)
    if any(is_under(url.host, domain) for domain in KUAISHOU_WEB) and parts[:1] == ["profile"]:
        return _profile(url.host, parts)
    if any(is_under(url.host, domain) for domain in KUAISHOU_SHOP):
        return _shop_window(url)
    return None


def _profile(host: str, parts: list[str]) -> Target | None:
    if len(parts) != _PROFILE_PARTS:
        return None
    site = "live.kuaishou.com" if host == "live.kuaishou.com" else "www.kuaishou.com"
    return Target(f"https://{site}/profile/{parts[1]}", "merchant", owner_id=parts[1])


def _shop_window(url: WebURL) -> Target | None:
    query = parse_qs(url.query)
    seller = query.get("sellerId") or query.get("id")
    if url.path.rstrip("/").endswith("/merchant/shop/list") and seller:
        return Target(f"https://app.kwaixiaodian.com/merchant/shop/list?id={seller[0]}", "merchant", owner_id=seller[0])
    if "kwaishop-store-c-frame" in url.path and query.get("sellerId"):
        frame = "https://app.kwaixiaodian.com/page/kwaishop-store-c-frame-h5/frame"
        return Target(f"{frame}?sellerId={query['sellerId'][0]}", "merchant", owner_id=query["sellerId"][0])
    return None


def read(document: Document) -> Reading:
    """How the merchant's page is: its products drawn, unknown, or behind a wall."""
    if document.page.http_status in {404, 410}:
        return Reading(outcome="not_found", detail=f"the platform answers {document.page.http_status}")
    owner = _owner(document)
    found = Reading(
        outcome="ok",
        owner_id=text_of(dig(owner, "id")),
        owner_name=text_of(dig(owner, "name")),
        anchors={"owner": int(bool(owner))},
    )
    return seen(document, found)


def _owner(document: Document) -> dict[str, object] | None:
    """The merchant, from whichever state the page holds."""
    candidates = (
        dig(state(document, "__INITIAL_STATE__"), "profile", "userInfo"),
        dig(state(document, "__INITIAL_STATE__"), "profile", "author"),
        dig(state(document, "__INITIAL_STATE__"), "user", "userInfoQuery", "ownerInfo"),
        dig(state(document, "__INITIAL_STATE__"), "shop"),
    )
    return next((owner for owner in candidates if isinstance(owner, dict) and owner.get("id")), None)


SURFACE = Surface(
    summary="kuaishou.com/profile/ID and the shop windows of app.kwaixiaodian.com",
    recognise=recognise,
    read=read,
    rendering=SHOPPING,
)


class MerchantSpider(SurfaceSpider):
    """Visits merchant pages."""

    name = "merchant"
    surface = SURFACE
