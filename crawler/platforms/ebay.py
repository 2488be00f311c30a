"""eBay: auctions and shops."""

from __future__ import annotations

from crawler.reading.forms import Form, FormTable
from crawler.shapes import Platform

_DOMAINS = (
    "ebay.com", "ebay.co.uk", "ebay.de", "ebay.fr", "ebay.it", "ebay.es", "ebay.ca", "ebay.com.au", "ebay.com.hk",
    "ebay.com.sg", "ebay.com.my", "ebay.ph", "ebay.pl", "ebay.nl", "ebay.ie", "ebay.at", "ebay.ch", "ebay.cn",
)  # fmt: skip
_ALL = " ".join(f".{domain}" for domain in _DOMAINS)

_TABLE = FormTable(
    "ebay",
    (
        Form("rover.ebay.com", "", "affiliate_click"),
        Form("ebay.us ebay.to", r"/.+", "short_link", keep=""),
        Form(_ALL, r"/itm/(?:[^/]+/)?(?P<item>[0-9]{9,15})/?", "item_page", keep=""),
        Form(_ALL, r"/p/(?P<item>[0-9]{5,15})/?", "item_page", keep=""),
        Form(_ALL, r"/(?:str|usr)/(?P<shop>[\w.~*-]+)/?.*", "shop_page"),
        Form(_ALL, r"/sch/.*|/b/.*", "search_page"),
        Form("signin.ebay.com", "", "login"),
        Form("cart.ebay.com order.ebay.com pay.ebay.com", "", "cart_or_account"),
        Form(_ALL, r"/(?:mye|myb)/.*", "cart_or_account"),
        Form("*.ebayimg.com *.ebaystatic.com", "", "static_asset"),
        Form("pages.ebay.com developer.ebay.com export.ebay.com", "", "console_or_doc"),
        Form(_ALL, r"/?", "homepage"),
        Form("ebay://*", "", "deep_link"),
        Form(_ALL, "", "other"),
    ),
)  # fmt: skip

PLATFORM = Platform(
    summary="eBay",
    domains=(*_DOMAINS, "ebay.us", "ebay.to", "ebayimg.com", "ebaystatic.com"),
    schemes=("ebay",),
    read_url=_TABLE,
)
