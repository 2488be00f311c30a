"""Lazada: Alibaba's market in South-East Asia."""

from __future__ import annotations

from crawler.reading.forms import Form, FormTable
from crawler.shapes import Platform

_DOMAINS = (
    "lazada.com", "lazada.sg", "lazada.com.my", "lazada.co.th", "lazada.co.id", "lazada.com.ph", "lazada.vn",
)  # fmt: skip
_ALL = " ".join(f".{domain}" for domain in _DOMAINS)

_TABLE = FormTable(
    "lazada",
    (
        Form(_ALL, r"/products/(?:.*-)?i(?P<item>[0-9]+)(?:-s[0-9]+)?\.html?", "item_page", keep=""),
        Form(_ALL, r"/shop/(?P<shop>[\w.~-]+)/?.*", "shop_page"),
        Form("c.lazada.com *.c.lazada.com s.lazada.com s.lazada.sg s.lazada.co.th s.lazada.com.my s.lazada.vn "
             "s.lazada.com.ph s.lazada.co.id", "", "short_link"),
        Form("member.lazada.com cart.lazada.com my.lazada.com", "", "cart_or_account"),
        Form("sellercenter.lazada.com open.lazada.com university.lazada.com", "", "console_or_doc"),
        Form(_ALL, r"/catalog/?|/tag/.*", "search_page"),
        Form(_ALL, r"/?", "homepage"),
        Form("lazada://*", "", "deep_link"),
        Form(_ALL, "", "other"),
    ),
)  # fmt: skip

PLATFORM = Platform(
    summary="Lazada",
    domains=_DOMAINS,
    schemes=("lazada",),
    brands=("lazada",),
    read_url=_TABLE,
)
