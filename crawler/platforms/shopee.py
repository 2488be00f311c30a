"""Shopee."""

from __future__ import annotations

from crawler.reading.forms import Form, FormTable
from crawler.shapes import Platform

_DOMAINS = (
    "shopee.com", "shopee.cn", "shopee.tw", "shopee.sg", "shopee.co.id", "shopee.co.th", "shopee.com.my", "shopee.ph",
    "shopee.vn", "shopee.com.br", "shopee.com.mx", "shopee.cl", "shopee.com.co",
)  # fmt: skip
_ALL = " ".join(f".{domain}" for domain in _DOMAINS)

_TABLE = FormTable(
    "shopee",
    (
        Form(_ALL, r"/.*-i\.(?P<shop>[0-9]+)\.(?P<item>[0-9]+)", "item_page", keep=""),
        Form(_ALL, r"/product/(?P<shop>[0-9]+)/(?P<item>[0-9]+)/?", "item_page", keep=""),
        Form(_ALL, r"/shop/(?P<shop>[0-9]+).*", "shop_page"),
        Form("s.shopee.cn .shp.ee", "", "short_link"),
        Form(_ALL, r"/search.*", "search_page"),
        Form(_ALL, r"/?", "homepage"),
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
