"""NetEase Yanxuan (网易严选)."""

from __future__ import annotations

from crawler.reading.forms import Form, FormTable
from crawler.shapes import Platform

_TABLE = FormTable(
    "yanxuan",
    (
        Form("you.163.com m.you.163.com", r"/item/detail", "item_page", "id",
             canonical="https://you.163.com/item/detail?id={item}"),
        Form("you.163.com m.you.163.com", r"/search.*|/item/(?:cate)?list.*", "search_page"),
        Form("you.163.com m.you.163.com", r"/(?:cart|order|ucenter).*", "cart_or_account"),
        Form("you.163.com m.you.163.com", r"/?", "homepage"),
        Form("yanxuan://*", "", "deep_link"),
        Form(".you.163.com", "", "other"),
    ),
)  # fmt: skip

PLATFORM = Platform(
    summary="NetEase Yanxuan (网易严选)",
    domains=("you.163.com",),
    schemes=("yanxuan",),
    read_url=_TABLE,
)  # fmt: skip
