"""Pinduoduo (also yangkeduo.com): items, malls, short links and the app."""

from __future__ import annotations

from crawler.reading.forms import Form, FormTable
from crawler.shapes import Platform

_ITEM = "https://mobile.yangkeduo.com/goods.html?goods_id={item}"
_ALL = ".yangkeduo.com .pinduoduo.com .pinduoduo.net"
_ASSETS = "*.pddpic.com *.pddim.com *.pddcdn.com *.pddugc.com"

_TABLE = FormTable(
    "pinduoduo",
    (
        Form(_ALL, r"/goods[0-9]{0,2}\.html?", "item_page", "goods_id goodsId goodsid id", canonical=_ITEM, keep="ps"),
        Form(_ALL, r"/(?:duo_)?coupon(?:_landing)?\.html?", "coupon_page", "goods_id", keep="goods_id pid"),
        Form(_ALL, r"/(?:mall_page|mall_quality_assurance|mall)\.html?", "shop_page", shop="mall_id msn",
             keep="mall_id msn"),
        Form(_ALL, r"/.*\.(?:png|jpe?g|gif|webp|svg|css|js|mp4|ico)", "static_asset"),
        Form("p.pinduoduo.com", r"/.+", "short_link", keep=""),
        Form("open.pinduoduo.com mms.pinduoduo.com jinbao.pinduoduo.com mai.pinduoduo.com", "", "console_or_doc"),
        Form("gw-api.pinduoduo.com open-api.pinduoduo.com api.pinduoduo.com api.pinduoduo.net apiv3.pinduoduo.com "
             "apiv3.yangkeduo.com api.yangkeduo.com apiv2.yangkeduo.com", "", "api_endpoint"),
        Form(_ALL, r"/(?:proxy/)?api/.*", "api_endpoint"),
        Form(_ALL, r"/(?:login|psnl_login)\.html?", "login"),
        Form(_ALL, r"/(?:personal|orders|order|cart|order_checkout|address(?:es)?)\.html?", "cart_or_account"),
        Form(_ALL, r"/(?:(?:mall_)?search_result|search|catgoods|duo_cms_result)\.html?", "search_page"),
        Form(_ASSETS, "", "static_asset"),
        Form(_ALL, r"/(?:index\.html?)?", "homepage"),
        Form(_ALL, r"/app\.html?", "other", keep="launch_url", says="opens a page of the app: launch_url"),
        Form("pinduoduo://com.xunmeng.pinduoduo", r"/(?:goods[0-9]{0,2}|duo_coupon_landing)\.html?", "deep_link",
             "goods_id goodsId"),
        Form("pinduoduo://* pddopen://*", "", "deep_link"),
        Form(_ALL, "", "activity_page"),
    ),
)  # fmt: skip

PLATFORM = Platform(
    summary="Pinduoduo",
    domains=(
        "pinduoduo.com", "pinduoduo.net", "yangkeduo.com", "pddpic.com", "pddim.com", "pddcdn.com", "pddugc.com",
    ),
    schemes=("pinduoduo", "pddopen"),
    item_page="https://mobile.yangkeduo.com/goods.html?goods_id={item}",
    brands=("pinduoduo", "yangkeduo", "拼多多"),
    read_url=_TABLE,
)  # fmt: skip
