"""Weidian: items and shops, and the old short host youshop10.com."""

from __future__ import annotations

from crawler.reading.forms import Form, FormTable
from crawler.shapes import Platform

_ITEM = "https://weidian.com/item.html?itemID={item}"
_ALL = ".weidian.com .vdian.com *.youshop10.com *.koudai.com"

_TABLE = FormTable(
    "weidian",
    (
        Form(_ALL, r"/(?:item(?:_[a-z]+)?|fastorder(?:/goods)?)\.(?:html?|php)", "item_page", "itemID itemId itemid",
             canonical=_ITEM),
        Form(_ALL, r"/(?:item|i)/(?P<item>[0-9]+)(?:\.html)?", "item_page", canonical=_ITEM),
        Form("k.youshop10.com k.weidian.com", "", "short_link", keep=""),
        Form("d.weidian.com open.weidian.com help.weidian.com", "", "console_or_doc"),
        Form("thor.weidian.com api.vdian.com *.vdian.net", "", "api_endpoint"),
        Form("*.geilicdn.com si.geilicdn.com", "", "static_asset"),
        Form("sso.weidian.com", "", "login"),
        Form(_ALL, r"/(?:user/order|cart|user)/.*", "cart_or_account"),
        Form("weidian.com www.weidian.com", r"/(?:index\.html?)?", "shop_page", shop="userid userId", needs="userid",
             keep="userid userId", canonical="https://weidian.com/?userid={shop}"),
        Form("{shop}.v.weidian.com", r"/(?:index\.html?)?", "shop_page", shop="userid"),
        Form(_ALL, r"/s/(?P<shop>[0-9]+).*", "shop_page", canonical="https://weidian.com/?userid={shop}"),
        Form("weidian.com www.weidian.com", r"/?", "homepage"),
        Form("{shop}.weidian.com", "", "shop_page"),
        Form("weidian://* koudai://* kdweidian://*", "", "deep_link"),
        Form(_ALL, "", "other"),
    ),
    reserved="www h5 m v shop k d open help thor sso logtake vshop",
)  # fmt: skip

PLATFORM = Platform(
    summary="Weidian",
    domains=("weidian.com", "youshop10.com", "vdian.com", "vdian.net", "geilicdn.com", "koudai.com"),
    schemes=("weidian", "koudai", "kdweidian"),
    brands=("weidian",),
    read_url=_TABLE,
)  # fmt: skip
