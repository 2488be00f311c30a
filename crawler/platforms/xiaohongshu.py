"""Xiaohongshu (小红书): goods, notes and share links."""

from __future__ import annotations

from crawler.reading.forms import Form, FormTable
from crawler.shapes import Platform

_ALL = ".xiaohongshu.com"

_TABLE = FormTable(
    "xiaohongshu",
    (
        Form(_ALL, r"/(?:goods-detail|goods)/(?P<item>[0-9a-f]{16,32})", "item_page", scope="outbound_commerce",
             store="unknown", canonical="https://www.xiaohongshu.com/goods-detail/{item}"),
        Form(_ALL, r"/(?:vendor|store|shop)/(?P<shop>[0-9a-f]{16,32}).*", "shop_page", scope="outbound_commerce",
             store="unknown"),
        Form(".xhslink.com .xhslink.cn", "", "short_link", scope="unresolved", store="unknown", keep="",
             says="share link: a note, a person or goods"),
        Form(_ALL, r"/(?:explore|discovery/item|search_result)/[0-9a-f]{16,32}", "video_page", keep=""),
        Form(_ALL, r"/user/profile/.+", "profile_page", keep=""),
        Form(_ALL, r"/livestream/.*", "live_page", keep=""),
        Form(_ALL, r"/search_result.*", "search_page"),
        Form("ark.xiaohongshu.com open.xiaohongshu.com school.xiaohongshu.com", "", "console_or_doc"),
        Form("*.xhscdn.com", "", "static_asset"),
        Form("xhsdiscover://*", "", "deep_link", store="unknown"),
        Form(_ALL, "", "other"),
    ),
    scope="non_commerce",
    store="not_applicable",
)  # fmt: skip

PLATFORM = Platform(
    summary="Xiaohongshu (小红书)",
    domains=("xiaohongshu.com", "xhslink.com", "xhslink.cn", "xhscdn.com"),
    schemes=("xhsdiscover",),
    brands=("xiaohongshu", "小红书"),
    read_url=_TABLE,
)  # fmt: skip
