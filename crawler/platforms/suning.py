"""Suning: own retail and a marketplace."""

from __future__ import annotations

from crawler.reading.forms import Form, FormTable
from crawler.shapes import Platform

_TABLE = FormTable(
    "suning",
    (
        Form("product.suning.com", r"/(?P<shop>[0-9]{10})/(?P<item>[0-9]+)\.html?", "item_page",
             canonical="https://product.suning.com/{shop}/{item}.html"),
        Form("m.suning.com product.suning.com", r"/product/(?:(?P<shop>[0-9]{10})/)?(?P<item>[0-9]+)\.html?",
             "item_page", keep=""),
        Form("product.suning.com", r"/detail_(?P<shop>[0-9]{10})_(?P<item>[0-9]+)\.html?", "item_page",
             canonical="https://product.suning.com/{shop}/{item}.html"),
        Form("www.suning.com", r"/item/(?P<shop>[0-9]{10})/(?P<item>[0-9]+)\.html?", "item_page",
             canonical="https://product.suning.com/{shop}/{item}.html"),
        Form("product.suning.com", r"/pds-web/product/[A-Za-z]+/(?P<shop>[0-9]{10})/(?P<item>[0-9]+)/.*", "item_page",
             canonical="https://product.suning.com/{shop}/{item}.html", says="a part of an item's page"),
        Form("product.suning.com", r"/(?P<item>[0-9]+)\.html?", "item_page", keep=""),
        Form("shop.suning.com", r"/jsonp/.*", "api_endpoint"),
        Form("shop.suning.com", r"/(?P<shop>[0-9]+)/.*", "shop_page"),
        Form("shop.suning.com", "", "shop_page"),
        Form("sugs.suning.com u.suning.com", r"/.+", "short_link"),
        Form("passport.suning.com", "", "login"),
        Form("shopping.suning.com order.suning.com cart.suning.com", "", "cart_or_account"),
        Form("search.suning.com list.suning.com", "", "search_page"),
        Form("open.suning.com", "", "console_or_doc"),
        Form("icps.suning.com pas.suning.com review.suning.com ds.suning.com", "", "api_endpoint"),
        Form("*.suning.cn", "", "static_asset"),
        Form("*.suning.com", r"/.*\.do", "other", scope="non_commerce", store="unknown", says="an action of the site"),
        Form("suning.com www.suning.com m.suning.com product.suning.com", r"/?", "homepage"),
        Form("suning://* suningebuy://*", "", "deep_link"),
        Form(".suning.com", "", "other"),
    ),
)  # fmt: skip

PLATFORM = Platform(
    summary="Suning",
    domains=("suning.com", "suning.cn"),
    schemes=("suning", "suningebuy"),
    brands=("suning", "苏宁"),
    read_url=_TABLE,
)  # fmt: skip
