"""Third-party jump sites: landing pages of promoters, purchase agents and click networks that carry a shop link."""

from __future__ import annotations

from crawler.reading.forms import Form, FormTable
from crawler.shapes import Platform

# Run for promoters, to get round a messenger's blocking: the target is a parameter or a password token on the page.
_LANDING_PAGES = ("kuaizhan.com", "wezhicms.com", "tao.hooos.com", "hooos.com")
# They buy for people abroad: the target is a parameter, often after #, or rewritten into the path.
_AGENTS = (
    "acbuy.com",
    "allchinabuy.com",
    "basetao.com",
    "cnfans.com",
    "cssbuy.com",
    "eastmallbuy.com",
    "ezbuycn.com",
    "hagobuy.com",
    "hoobuy.com",
    "hubbuycn.com",
    "itaobuy.com",
    "joyabuy.com",
    "joyagoo.com",
    "kameymall.com",
    "kakobuy.com",
    "loongbuy.com",
    "lovegobuy.com",
    "mulebuy.com",
    "oopbuy.com",
    "orientdig.com",
    "pandabuy.com",
    "panglobalbuy.com",
    "ponybuy.com",
    "sifubuy.com",
    "sugargoo.com",
    "superbuy.com",
    "usfans.com",
    "wegobuy.com",
)
# They pay for clicks that lead to shops: the target is a parameter or a number that only they can look up.
_NETWORKS = (
    "c.duomai.com",
    "click.linktech.cn",
    "go.redirectingat.com",
    "go.skimresources.com",
    "go.smzdm.com",
    "p.yiqifa.com",
    "redirect.viglink.com",
)
_HOSTS = " ".join(f".{host}" for host in (*_LANDING_PAGES, *_AGENTS, *_NETWORKS))

_TABLE = FormTable(
    "redirector",
    (
        Form(_HOSTS, "", "wrapper_redirect"),
    ),
    scope="wrapper",
)  # fmt: skip

PLATFORM = Platform(
    summary="Third-party jump sites, purchase agents and click networks",
    domains=(*_LANDING_PAGES, *_AGENTS, *_NETWORKS),
    read_url=_TABLE,
)  # fmt: skip
