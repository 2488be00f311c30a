"""Mockuai (魔筷): shops built for live rooms."""

from __future__ import annotations

from crawler.reading.forms import Form, FormTable
from crawler.shapes import Platform

_TABLE = FormTable(
    "mockuai",
    (
        Form(".img.mockuai.com", "", "static_asset", store="unknown"),
        Form("*.mockuai.com", r"/.*\.(?:png|jpe?g|gif|webp|svg|css|js|mp4|ico)", "static_asset", store="unknown"),
        Form(".tms.mockuai.com api.mockuai.com", "", "api_endpoint"),
        Form("*.seller.mockuai.com", "", "shop_page"),
        Form("mockuai.com www.mockuai.com", r"/?", "homepage"),
        Form("act.mockuai.com", "", "activity_page"),
        Form(".mockuai.com", "", "other"),
    ),
)  # fmt: skip

PLATFORM = Platform(
    summary="Mockuai (魔筷), shops built for live rooms",
    domains=("mockuai.com",),
    brands=("mockuai",),
    read_url=_TABLE,
)  # fmt: skip
