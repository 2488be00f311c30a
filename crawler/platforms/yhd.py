"""Yhd (1号店), a supermarket of JD's."""

from __future__ import annotations

from crawler.reading.forms import Form, FormTable
from crawler.shapes import Platform

_ALL = ".yhd.com .yihaodian.com"
_HOMES = "yhd.com www.yhd.com m.yhd.com yihaodian.com www.yihaodian.com m.yihaodian.com"

_TABLE = FormTable(
    "yhd",
    (
        Form("item.yhd.com item.m.yhd.com", r"/item/(?P<item>[0-9]+)(?:\.html?)?", "item_page",
             canonical="https://item.yhd.com/item/{item}"),
        Form("item.yhd.com item.m.yhd.com", r"/(?:product/)?(?P<item>[0-9]+)\.html?", "item_page",
             canonical="https://item.yhd.com/item/{item}"),
        Form("passport.yhd.com", "", "login"),
        Form("cart.yhd.com", "", "cart_or_account"),
        Form("search.yhd.com list.yhd.com", "", "search_page"),
        Form("mall.yhd.com shop.yhd.com", "", "shop_page"),
        Form("click.yhd.com union.yhd.com", "", "affiliate_click"),
        Form(_HOMES, r"/?", "homepage"),
        Form(_ALL, "", "other"),
    ),
)  # fmt: skip

PLATFORM = Platform(
    summary="Yhd (1号店), a supermarket of JD's",
    domains=("yhd.com", "yihaodian.com"),
    brands=("yihaodian",),
    read_url=_TABLE,
)  # fmt: skip
