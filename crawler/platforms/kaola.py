"""Kaola: Alibaba's cross-border shop."""

from __future__ import annotations

from crawler.reading.forms import Form, FormTable
from crawler.shapes import Platform

_TABLE = FormTable(
    "kaola",
    (
        Form("goods.kaola.com m-goods.kaola.com goods.kaola.com.hk *.kaola.com", r"/product/(?P<item>[0-9]+)\.html?",
             "item_page", canonical="https://goods.kaola.com/product/{item}.html"),
        Form("lu.kaola.com", "", "short_link", keep=""),
        Form("cps.kaola.com", "", "affiliate_click"),
        Form("mall.kaola.com", "", "shop_page"),
        Form("search.kaola.com m.kaola.com", r"/search.*", "search_page"),
        Form("kaola.com www.kaola.com m.kaola.com goods.kaola.com", r"/?", "homepage"),
        Form("kaola://*", "", "deep_link"),
        Form("*.kaola.com", r"/[a-z]*ajax/.*", "api_endpoint"),
        Form(".kaola.com *.kaola.com.hk", "", "other"),
    ),
)  # fmt: skip

PLATFORM = Platform(
    summary="Kaola, Alibaba's cross-border shop",
    domains=("kaola.com", "kaola.com.hk"),
    schemes=("kaola",),
    brands=("kaola",),
    read_url=_TABLE,
)  # fmt: skip
