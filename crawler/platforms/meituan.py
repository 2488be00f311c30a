"""Meituan: local services and deals."""

from __future__ import annotations

from crawler.reading.forms import Form, FormTable
from crawler.shapes import Platform

_TABLE = FormTable(
    "meituan",
    (
        Form("imeituan://* meituanwaimai://*", "", "deep_link"),
        Form(".dpurl.cn", "", "short_link", keep=""),
        Form("passport.meituan.com", "", "login"),
        Form("i.meituan.com www.meituan.com", r"/(?:general/)?deal/(?P<item>[0-9]+)(?:\.html?)?/?", "item_page"),
        Form("i.meituan.com www.meituan.com", r"/(?:meishi|shop)/(?P<shop>[0-9]+)(?:\.html)?.*", "shop_page"),
        Form("h5.waimai.meituan.com", r"/waimai/mindex/product", "item_page", "spuId skuId"),
        Form("i.meituan.com www.meituan.com", r"/s/.*", "search_page"),
        Form("tech.meituan.com developer.meituan.com open.meituan.com e.meituan.com zhaopin.meituan.com", "",
             "console_or_doc", store="unknown"),
        Form("*.meituan.net", "", "static_asset"),
        Form("meituan.com www.meituan.com i.meituan.com waimai.meituan.com", r"/?", "homepage"),
        Form(".meituan.com", "", "activity_page"),
    ),
)  # fmt: skip

PLATFORM = Platform(
    summary="Meituan",
    domains=("meituan.com", "dpurl.cn", "meituan.net"),
    schemes=("imeituan", "meituanwaimai"),
    brands=("meituan",),
    read_url=_TABLE,
)  # fmt: skip
