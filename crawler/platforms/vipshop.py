"""Vipshop (唯品会)."""

from __future__ import annotations

from crawler.reading.forms import Form, FormTable
from crawler.shapes import Platform

_TABLE = FormTable(
    "vipshop",
    (
        Form("detail.vip.com *.vip.com *.vipshop.com", r"/detail-[0-9]+-(?P<item>[0-9]+)\.html?", "item_page", keep=""),
        Form("www.vipglobal.hk", r"/detail-[0-9]+-(?P<item>[0-9]+)\.html?", "item_page", keep=""),
        Form("m.vip.com *.vip.com", r"/product-[0-9]+-(?P<item>[0-9]+)\.html?", "item_page", keep=""),
        Form("*.vip.com", r"/ajax/.*", "api_endpoint"),
        Form("t.vip.com", "", "short_link", keep=""),
        Form("*.union.vip.com", "", "affiliate_click"),
        Form("passport.vip.com", "", "login"),
        Form("cart.vip.com order.vip.com myi.vip.com", "", "cart_or_account"),
        Form("category.vip.com search.vip.com", "", "search_page"),
        Form("m.vip.com", r"/searchlist.*\.html?", "search_page"),
        Form("m.vip.com", r"/server\.html?", "api_endpoint"),
        Form("mst.vip.com", "", "activity_page"),
        Form("list.vip.com", "", "shop_page"),
        Form("vop.vip.com union.vip.com", "", "console_or_doc"),
        Form("*.vipstatic.com *.vpimg.com *.appsimg.com", "", "static_asset"),
        Form("vip.com www.vip.com m.vip.com detail.vip.com vipshop.com www.vipshop.com",
             r"/(?:index\.html?)?", "homepage"),
        Form("vipshop://showgoodsdetail vipshop://goodsdetail", "", "deep_link", "pid goodsId productId"),
        Form("vipshop://*", "", "deep_link"),
        Form(".vip.com .vipshop.com .vipglobal.hk", "", "other"),
    ),
)  # fmt: skip

PLATFORM = Platform(
    summary="Vipshop (唯品会)",
    domains=("vip.com", "vipshop.com", "vipglobal.hk", "vipstatic.com", "vpimg.com", "appsimg.com"),
    schemes=("vipshop",),
    brands=("vipshop", "唯品会"),
    read_url=_TABLE,
)  # fmt: skip
