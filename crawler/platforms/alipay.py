"""Alipay: payment, and an app that may carry a page of a shop."""

from __future__ import annotations

from crawler.reading.forms import Form, FormTable
from crawler.shapes import Platform

_TABLE = FormTable(
    "alipay",
    (
        Form("alipays://* alipay://* alipayqr://*", "", "deep_link"),
        Form("open.alipay.com opendocs.alipay.com docs.open.alipay.com", "", "console_or_doc"),
        Form("auth.alipay.com login.alipay.com", "", "login"),
        Form("qr.alipay.com ur.alipay.com u.alipay.cn", "", "short_link"),
        Form("alipay.com www.alipay.com", r"/?", "homepage"),
        Form(".alipay.com *.alipay.cn *.alipayobjects.com", "", "other"),
    ),
    scope="non_commerce",
    store="not_applicable",
)  # fmt: skip

PLATFORM = Platform(
    summary="Alipay",
    domains=("alipay.com", "alipay.cn", "alipayobjects.com"),
    schemes=("alipays", "alipay", "alipayqr"),
    brands=("alipay",),
    read_url=_TABLE,
)  # fmt: skip
