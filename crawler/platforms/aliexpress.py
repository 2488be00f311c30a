"""AliExpress: Alibaba's export market."""

from __future__ import annotations

from crawler.reading.forms import Form, FormTable
from crawler.shapes import Platform

_ITEM = "https://www.aliexpress.com/item/{item}.html"
_ALL = ".aliexpress.com .aliexpress.us .aliexpress.ru"

_TABLE = FormTable(
    "aliexpress",
    (
        Form(_ALL, r"/(?:item|i)/(?:[^/]+/)?(?P<item>[0-9]+)\.html?", "item_page", canonical=_ITEM),
        Form(_ALL, r"/store/(?P<shop>[0-9]+).*", "shop_page"),
        Form("s.click.aliexpress.com", "", "affiliate_click"),
        Form("a.aliexpress.com", r"/.+", "short_link", keep=""),
        Form("login.aliexpress.com passport.aliexpress.com", "", "login"),
        Form("shoppingcart.aliexpress.com trade.aliexpress.com", "", "cart_or_account"),
        Form(_ALL, r"/(?:wholesale|w/.*|af/.*)", "search_page"),
        Form(_ALL, r"/?", "homepage"),
        Form("aliexpress://*", "", "deep_link"),
        Form(_ALL, "", "other"),
    ),
)  # fmt: skip

PLATFORM = Platform(
    summary="AliExpress, Alibaba's export market",
    domains=("aliexpress.com", "aliexpress.us", "aliexpress.ru"),
    schemes=("aliexpress",),
    brands=("aliexpress",),
    read_url=_TABLE,
)
