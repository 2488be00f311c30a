"""Product pages of Kuaishou's own shop site, old and new form, which may lead to a shop elsewhere."""

from __future__ import annotations

from urllib.parse import parse_qs

from crawler.reading.document import Document
from crawler.reading.url import WebURL, is_under
from crawler.shapes import Reading, Surface
from spiders._surface import KUAISHOU_SHOP, SHOPPING, SurfaceSpider, seen
from storage.records import Target

_DETAIL_PATHS = (
    "/merchant/shop/detail",
    "/web/kwaishop-goods-detail-page-app",
    "/page/kwaishop-goods-detail-h5-vue/detail",
    "/page/kwaishop-buyer-goods-detail-outside",
)


def recognise(url: WebURL) -> Target | None:
    """The four forms of a product page; each keeps its path, since they are different pages of one product."""
    path = url.path.rstrip("/")
    item = parse_qs(url.query).get("id") or parse_qs(url.query).get("itemId")
    known_host = any(is_under(url.host, domain) for domain in KUAISHOU_SHOP)
    # Share hosts rotate and die; the path alone is distinctive enough on them.
    on_share_host = bool(path) and path == "/web/kwaishop-goods-detail-page-app"
    if path in _DETAIL_PATHS and item and (known_host or on_share_host):
        return Target(f"https://app.kwaixiaodian.com{path}?id={item[0]}", "product")
    return None


def read(document: Document) -> Reading:
    """How the product page is: drawn, gone, or behind a wall."""
    if document.page.http_status in {404, 410}:
        return Reading(outcome="not_found", detail=f"the platform answers {document.page.http_status}")
    return seen(document, Reading(outcome="ok"))


SURFACE = Surface(
    summary="product pages of app.kwaixiaodian.com",
    recognise=recognise,
    read=read,
    rendering=SHOPPING,
)


class ProductSpider(SurfaceSpider):
    """Visits product pages."""

    name = "product"
    surface = SURFACE
