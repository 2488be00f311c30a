"""Gome (国美)."""

from __future__ import annotations

from crawler.reading.forms import Form, FormTable
from crawler.shapes import Platform

_TABLE = FormTable(
    "gome",
    (
        Form("item.gome.com.cn item.m.gome.com.cn", r"/(?:product-)?(?P<item>[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*)\.html?",
             "item_page", keep=""),
        Form("mall.gome.com.cn", "", "shop_page"),
        Form("login.gome.com.cn", "", "login"),
        Form("cart.gome.com.cn myhome.gome.com.cn", "", "cart_or_account"),
        Form("search.gome.com.cn list.gome.com.cn", "", "search_page"),
        Form("gome.com.cn www.gome.com.cn m.gome.com.cn item.gome.com.cn", r"/?", "homepage"),
        Form("gome://*", "", "deep_link"),
        Form(".gome.com.cn", "", "other"),
    ),
)  # fmt: skip

PLATFORM = Platform(
    summary="Gome (国美)",
    domains=("gome.com.cn",),
    schemes=("gome",),
    read_url=_TABLE,
)  # fmt: skip
