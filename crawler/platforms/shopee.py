"""Shopee."""

from __future__ import annotations

from crawler.reading.forms import Form, FormTable
from crawler.shapes import Platform

_DOMAINS = (
    "shopee.com", "shopee.cn", "shopee.tw", "shopee.sg", "shopee.co.id", "shopee.co.th", "shopee.com.my", "shopee.ph",
    "shopee.vn", "shopee.com.br", "shopee.com.mx", "shopee.cl", "shopee.com.co",
)  # fmt: skip
# First words behind the host that are the platform's own, and names of files. Any other single word is a shop's.
_OWN = (
    "about|affiliates?|all_categories|api|apps?|authenticate|blog|brands?|campaigns?|careers?|coins|collections|contact"
    "|daily_discover|digital-product|docs|download|events?|faq|feed|flash-deals|flash_sale|help|home|inspired|legaldoc"
    "|list|live|m|mall|me|notifications?|offers?|privacy|promotions?|seller|shopee-[a-z-]+|sitemap|subscription|terms"
    "|top_products|topic|user|verify|video|vouchers?|web|[a-z-]+-cat\\..*|.*-i\\..*"
    "|[^/]+\\.(?:css|html?|ico|js|json|png|txt|webmanifest|xml)"
)
_ALL = " ".join(f".{domain}" for domain in _DOMAINS)

_TABLE = FormTable(
    "shopee",
    (
        Form(_ALL, r"/.*-i\.(?P<shop>[0-9]+)\.(?P<item>[0-9]+)", "item_page", keep=""),
        Form(_ALL, r"/product/(?P<shop>[0-9]+)/(?P<item>[0-9]+)/?", "item_page", keep=""),
        Form(_ALL, r"/shop/(?P<shop>[0-9]+).*", "shop_page"),
        Form("s.shopee.cn .shp.ee", "", "short_link"),
        Form(_ALL, r"/search.*", "search_page"),
        Form(" ".join(f"affiliate.{domain}" for domain in _DOMAINS), "", "console_or_doc"),
        Form(" ".join(f"cf.{domain}" for domain in _DOMAINS), "", "static_asset"),
        Form(_ALL, r"/(?:buyer/)?(?:login|signup)(?:/.*)?", "login"),
        Form(_ALL, r"/(?:cart|checkout|user/.*|buyer/(?!login|signup).*)/?", "cart_or_account"),
        Form(_ALL, r"/?", "homepage"),
        Form(" ".join((*_DOMAINS, *(f"www.{domain}" for domain in _DOMAINS))),
             rf"/(?!(?:{_OWN})(?:/|$))(?P<shop>[a-z0-9][a-z0-9._-]{{3,40}})/?", "shop_page",
             says="one name behind the host: a shop's"),
        Form("shopee://* shopeeid://* shopeetw://*", "", "deep_link"),
        Form(_ALL, "", "other"),
    ),
)  # fmt: skip

PLATFORM = Platform(
    summary="Shopee",
    domains=(*_DOMAINS, "shp.ee"),
    schemes=("shopee", "shopeeid", "shopeetw"),
    brands=("shopee",),
    read_url=_TABLE,
)  # fmt: skip
