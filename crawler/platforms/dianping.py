"""Dianping: shops and reviews."""

from __future__ import annotations

from crawler.reading.forms import Form, FormTable
from crawler.shapes import Platform

_TABLE = FormTable(
    "dianping",
    (
        Form("www.dianping.com m.dianping.com", r"/shop/(?P<shop>[A-Za-z0-9]+)/?", "shop_page",
             canonical="https://www.dianping.com/shop/{shop}"),
        Form("www.dianping.com m.dianping.com", r"/shop/(?P<shop>[A-Za-z0-9]+)/.*", "shop_page"),
        Form("m.dianping.com", r"/(?:appshare/shop|shopshare|shopping/shop)/(?P<shop>[A-Za-z0-9]+)/?", "shop_page"),
        Form("account.dianping.com", "", "login"),
        Form("www.dianping.com m.dianping.com", r"/search/.*", "search_page"),
        Form("dianping://*", "", "deep_link"),
        Form(".dianping.com", "", "other"),
    ),
)  # fmt: skip

PLATFORM = Platform(
    summary="Dianping",
    domains=("dianping.com",),
    schemes=("dianping",),
    brands=("dianping",),
    read_url=_TABLE,
)  # fmt: skip
