"""Douyin: its videos and live rooms, and the Douyin shop on jinritemai.com."""

from __future__ import annotations

from crawler.reading.forms import Form, FormTable
from crawler.shapes import Platform

_ITEM = "https://haohuo.jinritemai.com/views/product/detail?id={item}"
_SHOP = "haohuo.jinritemai.com haohuo.snssdk.com lianmengapi.snssdk.com"
_ALL = ".douyin.com .iesdouyin.com *.amemv.com"

_TABLE = FormTable(
    "douyin",
    (
        Form(_SHOP, r"/product/(?P<item>[0-9]{1,20})(?:\.html?)?/?", "item_page", platform="douyin_shop",
             scope="outbound_commerce", store="unknown", canonical=_ITEM),
        Form(_SHOP, r"/(?:views/|ecommerce/)?(?:product|trade/detail)/.*", "item_page", "id product_id goods_id",
             platform="douyin_shop", scope="outbound_commerce", store="unknown", canonical=_ITEM),
        Form(_SHOP, r"/(?:views/)?shop.*", "shop_page", shop="id shop_id", platform="douyin_shop",
             scope="outbound_commerce", store="unknown"),
        Form(_SHOP, r"/(?:views/|ecommerce/)?search.*", "search_page", platform="douyin_shop",
             scope="outbound_commerce", store="unknown"),
        Form(_SHOP, r"/?", "homepage", platform="douyin_shop", scope="outbound_commerce", store="unknown"),
        Form("fxg.jinritemai.com op.jinritemai.com buyin.jinritemai.com school.jinritemai.com "
             "qianchuan.jinritemai.com pigeon.jinritemai.com im.jinritemai.com compass.jinritemai.com", "",
             "console_or_doc", platform="douyin_shop"),
        Form("openapi-fxg.jinritemai.com", "", "api_endpoint", platform="douyin_shop"),
        Form(f"{_SHOP} .jinritemai.com", "", "other", platform="douyin_shop",
             scope="outbound_commerce", store="unknown"),
        Form("v.douyin.com v.iesdouyin.com", "", "short_link", keep=""),
        Form("live.douyin.com", r"/.+", "live_page", keep="room_id"),
        Form("webcast.amemv.com", r"/.*", "live_page"),
        Form(_ALL, r"/(?:share/)?(?:video|note|slides)/.*", "video_page", keep=""),
        Form(_ALL, r"/(?:share/)?user/.+", "other", keep=""),
        Form("www.douyin.com", r"/search/.*", "search_page"),
        Form("sso.douyin.com", "", "login"),
        Form("open.douyin.com developer.open-douyin.com *.open-douyin.com", "", "console_or_doc"),
        Form(_ALL, r"/(?:aweme|webcast|web/api)/.*", "api_endpoint"),
        Form("*.douyinpic.com *.douyinstatic.com *.douyinvod.com", "", "static_asset"),
        Form("snssdk1128://* aweme://* snssdk2329://* snssdk1112://*", "", "deep_link"),
        Form(_ALL, "", "other"),
    ),
    scope="non_commerce",
    store="not_applicable",
)  # fmt: skip

PLATFORM = Platform(
    summary="Douyin and the Douyin shop",
    domains=(
        "douyin.com", "iesdouyin.com", "jinritemai.com", "amemv.com", "open-douyin.com", "douyinpic.com",
        "douyinstatic.com", "douyinvod.com", "haohuo.snssdk.com", "lianmengapi.snssdk.com",
    ),
    schemes=("snssdk1128", "snssdk2329", "snssdk1112", "aweme"),
    brands=("douyin", "jinritemai", "抖音"),
    read_url=_TABLE,
)  # fmt: skip
