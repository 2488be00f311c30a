"""Xianyu: Alibaba's second-hand market; sellers are private or small."""

from __future__ import annotations

from crawler.reading.forms import Form, FormTable
from crawler.shapes import Platform

_ITEM = "https://www.goofish.com/item?id={item}"

_TABLE = FormTable(
    "xianyu",
    (
        Form(".goofish.com", r"/item(?:/|\.html?)?|/.*/page-detail", "item_page", "id itemId", canonical=_ITEM),
        Form("2.taobao.com", r"/item\.html?", "item_page", "id", canonical=_ITEM),
        Form("www.goofish.com goofish.com", r"/personal/?", "profile_page", shop="userId"),
        Form("www.goofish.com s.2.taobao.com", r"/(?:search|list/?).*", "search_page"),
        Form("*.goofish.com", r"/(?:h5|gw)/mtop.*", "api_endpoint"),
        Form("passport.goofish.com", "", "login"),
        Form("2.taobao.com goofish.com www.goofish.com", r"/?", "homepage"),
        Form("fleamarket://item", "", "deep_link", "id itemId"),
        Form("fleamarket://*", "", "deep_link"),
        Form(".goofish.com .2.taobao.com", "", "other"),
    ),
)  # fmt: skip

PLATFORM = Platform(
    summary="Xianyu (Idle Fish), Alibaba's second-hand market",
    domains=("goofish.com", "2.taobao.com"),
    schemes=("fleamarket",),
    brands=("goofish", "闲鱼"),
    read_url=_TABLE,
)
