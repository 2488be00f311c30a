"""WeChat: mini-programs, whose shop the address does not tell, and the pages of its own."""

from __future__ import annotations

import re

from crawler.reading.forms import Form, FormTable, UrlFacts
from crawler.reading.url import WebURL
from crawler.shapes import Platform

MINI_PROGRAM_TEXT = "小程序://"
_BARE_TEXT = re.compile(rf"{MINI_PROGRAM_TEXT}[^/\s]{{1,40}}/[0-9A-Za-z]{{8,24}}$")
"""As it reads where the ``#`` was lost: only with a name and a code, for in words it is no address."""

_TABLE = FormTable(
    "wechat",
    (
        Form("weixin://dl", r"/business/?", "mini_program", keep="t appid path query"),
        Form("weixin://* wxpay://* wechat://*", "", "deep_link", scope="non_commerce", store="unknown",
             says="opens a part of WeChat itself"),
        Form("mp.weixin.qq.com", r"/s(?:/.*)?", "other", scope="non_commerce", store="not_applicable"),
        Form(".wxaurl.cn", "", "mini_program", keep="t"),
        Form("developers.weixin.qq.com open.weixin.qq.com pay.weixin.qq.com", "", "console_or_doc"),
        Form(".weixin.qq.com", "", "other", scope="non_commerce", store="not_applicable"),
        # paths inside a mini-program, as pages and configurations write them
        Form("://", r"/?pages/product/product(?:\.html)?", "mini_program", "wareId", needs="wareId", platform="jd",
             scope="outbound_commerce", says="a page of JD's mini-program"),
        Form("://", r"/?pages/union/proxy/proxy(?:\.html)?", "mini_program", platform="jd", scope="outbound_commerce",
             says="the page of JD's mini-program that opens an alliance link"),
        Form("://", r"/?package_[a-z]/(?:welfare_coupon/welfare_coupon|goods/goods)(?:\.html)?", "mini_program",
             "goods_id", needs="goods_id", platform="pinduoduo", scope="outbound_commerce",
             says="a page of Pinduoduo's mini-program"),
        Form("://", r"/?(?:pages|packages?[a-z_-]*)/.+", "mini_program", says="a page inside some mini-program"),
    ),
    scope="unresolved",
)  # fmt: skip


def _read_url(url: WebURL) -> UrlFacts:
    if not url.scheme and (url.fragment.startswith(MINI_PROGRAM_TEXT) or _BARE_TEXT.match(url.path)):
        reason = ("#小程序://NAME/CODE: the text does not tell whose shop it opens",)
        return UrlFacts(platform="wechat", scope="unresolved", kind="mini_program", reason=reason)
    return _TABLE(url)


PLATFORM = Platform(
    summary="WeChat and its mini-programs",
    domains=("weixin.qq.com", "wxaurl.cn"),
    schemes=("weixin", "wechat", "wxpay", ""),
    read_url=_read_url,
)
