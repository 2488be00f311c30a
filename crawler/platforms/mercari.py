"""Mercari: second-hand goods."""

from __future__ import annotations

from crawler.reading.forms import Form, FormTable
from crawler.shapes import Platform

_ALL = ".mercari.com .merc.li"

_TABLE = FormTable(
    "mercari",
    (
        Form(_ALL, r"/(?:[a-z]{2}/)?(?:items?)/(?P<item>m?[0-9]+)/?", "item_page", keep=""),
        Form(_ALL, r"/(?:[a-z]{2}/)?(?:shops/product|product)/(?P<item>[A-Za-z0-9]+)/?", "item_page", keep=""),
        Form(_ALL, r"/user/profile/.*", "profile_page"),
        Form(_ALL, r"/(?:[a-z]{2}/)?search.*", "search_page"),
        Form(_ALL, r"/?", "homepage"),
        Form("mercari://*", "", "deep_link"),
        Form(_ALL, "", "other"),
    ),
)  # fmt: skip

PLATFORM = Platform(
    summary="Mercari",
    domains=("mercari.com", "merc.li"),
    schemes=("mercari",),
    brands=("mercari",),
    read_url=_TABLE,
)  # fmt: skip
