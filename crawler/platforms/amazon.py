"""Amazon: the Chinese shop and all others."""

from __future__ import annotations

from crawler.reading.forms import Form, FormTable
from crawler.shapes import Platform

_CHINA = ".amazon.cn .z.cn"
_WORLD_DOMAINS = (
    "amazon.com", "amazon.co.jp", "amazon.co.uk", "amazon.de", "amazon.fr", "amazon.it", "amazon.es", "amazon.ca",
    "amazon.in", "amazon.com.au", "amazon.com.br", "amazon.com.mx", "amazon.nl", "amazon.sg", "amazon.ae", "amazon.sa",
    "amazon.se", "amazon.pl", "amazon.com.tr", "amazon.com.be",
)  # fmt: skip
_WORLD = " ".join(f".{domain}" for domain in _WORLD_DOMAINS)
_PRODUCT = (
    r"/(?:-/[a-z_]{2,5}/)?(?:[^/]+/)?"
    r"(?:dp|gp/product|gp/aw/d|gp/offer-listing|o/ASIN|exec/obidos/(?:ASIN|tg/detail/-))/(?P<item>[A-Z0-9]{3,10})(?:/.*)?"
)

_TABLE = FormTable(
    "amazon",
    (
        Form(_CHINA, _PRODUCT, "item_page", platform="amazon_cn", canonical="https://www.amazon.cn/dp/{item}"),
        Form(_CHINA, r"/mn/detailApp", "item_page", "asin", ids="[A-Z0-9]{3,10}", platform="amazon_cn",
             canonical="https://www.amazon.cn/dp/{item}"),
        Form(_CHINA, r"/s|/s/.*|/gp/search.*", "search_page", platform="amazon_cn"),
        Form(_CHINA, r"/ap/(?:signin|register).*", "login", platform="amazon_cn"),
        Form(_CHINA, r"/gp/(?:cart|css|your-account).*", "cart_or_account", platform="amazon_cn"),
        Form(_CHINA, r"/?", "homepage", platform="amazon_cn"),
        Form(_CHINA, "", "other", platform="amazon_cn"),
        Form("a.co amzn.to amzn.asia", r"/.+", "short_link", keep=""),
        Form(_WORLD, _PRODUCT, "item_page", keep=""),
        Form(_WORLD, r"/s|/s/.*|/gp/search.*", "search_page"),
        Form(_WORLD, r"/ap/(?:signin|register).*", "login"),
        Form(_WORLD, r"/gp/(?:cart|css|your-account).*", "cart_or_account"),
        Form(_WORLD, r"/?", "homepage"),
        Form("amzn://*", "", "deep_link"),
        Form(_WORLD, "", "other"),
    ),
)  # fmt: skip

PLATFORM = Platform(
    summary="Amazon, the Chinese shop told apart",
    domains=(*_WORLD_DOMAINS, "amazon.cn", "z.cn", "a.co", "amzn.to", "amzn.asia"),
    schemes=("amzn",),
    read_url=_TABLE,
)  # fmt: skip
