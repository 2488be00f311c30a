"""Neutral short-link services: where they lead is not known until followed."""

from __future__ import annotations

from crawler.reading.forms import Form, FormTable
from crawler.shapes import Platform

_HOSTS = (
    "t.cn",
    "dwz.cn",
    "suo.im",
    "suo.nz",
    "url.cn",
    "w.url.cn",
    "bit.ly",
    "tinyurl.com",
    "is.gd",
    "v.gd",
    "goo.gl",
    "ow.ly",
    "t.co",
    "985.so",
    "dwz.lc",
    "dwz.win",
    "dwz.mk",
    "mrw.so",
    "sourl.cn",
    "rrd.me",
    "t.hk.uy",
    "m6z.cn",
    "tb.am",
    "u.nu",
    "t.ly",
    "rb.gy",
    "cutt.ly",
    "reurl.cc",
    "tinyurl.fr",
    "sina.lt",
    "ft12.com",
    "c7.gg",
    "uee.me",
    "xsh.gs",
    "sohu.gg",
    "h5ip.cn",
    "x.co",
    "t.im",
    "0x3.me",
    "6du.in",
    "kutt.it",
    "s.id",
    "urlc.cn",
    "ckk.ai",
    "s.yam.com",
    "lnk.ink",
    "qrcode.cn",
)

_TABLE = FormTable(
    "shortener",
    (
        Form(" ".join(f".{host}" for host in _HOSTS), "", "short_link", keep=""),
    ),
    scope="unresolved",
)  # fmt: skip

PLATFORM = Platform(
    summary="Neutral short-link services",
    domains=_HOSTS,
    read_url=_TABLE,
)  # fmt: skip
