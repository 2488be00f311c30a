"""Ele.me: Alibaba's delivery service."""

from __future__ import annotations

from crawler.reading.forms import Form, FormTable
from crawler.shapes import Platform

_TABLE = FormTable(
    "eleme",
    (
        Form("eleme://*", "", "deep_link"),
        Form("ele.me www.ele.me h5.ele.me", r"/?", "homepage"),
        Form("open.ele.me open.shop.ele.me", "", "console_or_doc"),
        Form("*.ele.me", r"/(?:newretail/p/)?(?:[a-z]+-)?shop(?:/.*)?", "shop_page", shop="id store_id"),
        Form("*.ele.me", r"/search(?:/.*)?", "search_page"),
        Form("u.ele.me", "", "short_link"),
        Form(".ele.me", "", "other"),
    ),
)  # fmt: skip

PLATFORM = Platform(
    summary="Ele.me, Alibaba's delivery service",
    domains=("ele.me",),
    schemes=("eleme",),
    read_url=_TABLE,
)  # fmt: skip
