"""Kuaishou's own addresses: rooms, videos, profiles, its shop; internal, never outbound."""

from __future__ import annotations

from crawler.platforms._kuaishou_page import inspect
from crawler.reading.forms import Form, FormTable
from crawler.shapes import Platform

_ITEM = "https://app.kwaixiaodian.com/merchant/shop/detail?id={item}"
_SHOP = "app.kwaixiaodian.com www.kwaishop.com app.kwaishop.com m.kwaixiaodian.com www.kwaixiaodian.com"
_ASSETS = "*.yximgs.com *.kwaicdn.com *.kwimgs.com *.kspkg.com p.kuaishou.com"
_DOMAINS = (
    "kuaishou.com", "kuaishou.cn", "gifshow.com", "kwaixiaodian.com", "kwaishop.com", "kuaishoupay.com",
    "kuaishouzt.com", "kuaishouzt.cn", "kuaishouapp.com", "kuaishouapps.com", "chenzhongtech.com",
    "chenzhongkj.com", "kuaijinniu.com", "inkuai.com", "viviv.com", "ksapisrv.com", "eckwai.com",
    "ecukwai.com", "kskwai.com", "adkwai.com", "kwai.com", "kwaizt.com", "kw.ai",
)  # fmt: skip
_ALL = " ".join(f".{domain}" for domain in _DOMAINS)

_TABLE = FormTable(
    "kuaishou",
    (
        Form(_ALL, r"/.*\.(?:png|jpe?g|gif|webp|svg|css|js|mp4|m3u8|flv|ico)", "static_asset"),
        # its shop
        Form(_SHOP, r"/merchant/shop/detail|/(?:page|web)/.*goods-detail.*|/page/kwaishop-buyer-goods-detail.*",
             "item_page", "id itemId", canonical=_ITEM),
        Form(".kuaijinniu.com", r"/m/goods.*", "item_page", "productId"),
        Form(_SHOP, r"/merchant/shop/(?:list|home|index)|/page/kwaishop-store.*", "shop_page", shop="id sellerId",
             keep="id sellerId"),
        Form(_SHOP, r"/merchant/shop/order.*|/(?:page|web)/.*order.*", "cart_or_account"),
        Form("open.kwaixiaodian.com openapi.kwaixiaodian.com fuwu.kwaixiaodian.com edu.kwaixiaodian.com "
             "cps.kwaixiaodian.com s.kwaixiaodian.com zs.kwaixiaodian.com university.kwaixiaodian.com", "",
             "console_or_doc"),
        Form("open.kuaishou.com cp.kuaishou.com developers.kuaishou.com dev.kuaishou.com", "", "console_or_doc"),
        # rooms, videos, people
        Form(_ALL, r"/(?:rest|graphql|live_api|gateway)(?:/.*)?", "api_endpoint"),
        Form("live.kuaishou.com", r"/u/[^/]+/[^/]+/?", "video_page", keep=""),
        Form("live.kuaishou.com", r"/(?:u|live)/[^/]+/?", "live_page", keep=""),
        Form(_ALL, r"/fw/live/.*", "live_page", keep=""),
        Form(_ALL, r"/fw/(?:photo|long-video)/.*", "video_page", keep=""),
        Form(_ALL, r"/(?:short-video|long-video|video|playback|photo)/.*", "video_page", keep=""),
        Form(_ALL, r"/(?:fw/)?(?:profile|user)/.*", "profile_page", keep=""),
        Form(_ALL, r"/(?:f|s)/.*", "short_link", keep=""),
        Form("s.kw.ai", "", "short_link", keep=""),
        Form("v.kuaishou.com f.kuaishou.com v.kuaishouapp.com", "", "short_link", keep=""),
        Form(_ALL, r"/search/.*", "search_page"),
        Form("passport.kuaishou.com id.kuaishou.com login.kwaixiaodian.com", "", "login"),
        Form(_ASSETS, "", "static_asset"),
        Form(_ALL, r"/?", "homepage"),
        # the app
        Form("kwai://merchant ksnebula://merchant", "", "deep_link", "itemId id"),
        Form("kwai://* ksnebula://* kwaiapp://* kuaishou://* ikwai://* ks://*", "", "deep_link"),
        Form(_ALL, "", "other"),
    ),
    scope="internal",
    store="not_applicable",
)  # fmt: skip

PLATFORM = Platform(
    summary="Kuaishou itself",
    domains=(*_DOMAINS, "kwaicdn.com", "yximgs.com", "kwimgs.com", "kspkg.com"),
    schemes=("kwai", "ksnebula", "kwaiapp", "kuaishou", "ikwai", "ks"),
    brands=("kuaishou", "kwaixiaodian", "kwaishop", "gifshow", "快手"),
    read_url=_TABLE,
    inspect=inspect,
)  # fmt: skip
