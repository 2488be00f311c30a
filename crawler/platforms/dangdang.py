"""Dangdang: books and a marketplace."""

from __future__ import annotations

from crawler.reading.forms import Form, FormTable
from crawler.shapes import Platform

_TABLE = FormTable(
    "dangdang",
    (
        Form("product.dangdang.com *.dangdang.com", r"/(?:product_)?(?P<item>[0-9]+)\.html?", "item_page",
             canonical="https://product.dangdang.com/{item}.html"),
        Form("*.dangdang.com", r"/(?:touch/)?product\.(?:php|aspx)", "item_page", "pid product_id",
             canonical="https://product.dangdang.com/{item}.html"),
        Form("e.dangdang.com", r"/products/(?P<item>[0-9]+)\.html?", "item_page", keep="", says="an electronic book"),
        Form("union.dangdang.com", "", "affiliate_click"),
        Form("shop.dangdang.com", r"/(?P<shop>[0-9]+).*", "shop_page"),
        Form("login.dangdang.com", "", "login"),
        Form("shopping.dangdang.com order.dangdang.com", "", "cart_or_account"),
        Form("search.dangdang.com search.m.dangdang.com category.dangdang.com", "", "search_page"),
        Form("dangdang.com www.dangdang.com m.dangdang.com product.dangdang.com", r"/?", "homepage"),
        Form("dangdang://*", "", "deep_link"),
        Form(".dangdang.com", "", "other"),
    ),
)  # fmt: skip

PLATFORM = Platform(
    summary="Dangdang",
    domains=("dangdang.com",),
    schemes=("dangdang",),
    brands=("dangdang",),
    read_url=_TABLE,
)  # fmt: skip
