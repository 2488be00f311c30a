"""Jump sites: landing pages of promoters, purchase agents, click networks, and what leads out of big sites."""

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
    "chanet.com.cn",
    "click.linktech.cn",
    "go.redirectingat.com",
    "go.skimresources.com",
    "go.smzdm.com",
    "p.gouwubang.com",
    "p.gouwuke.com",
    "p.yiqifa.com",
    "redirect.viglink.com",
)
# Where a messenger, a forum or a search engine sends whoever follows a link out of its pages. The target is often
# readable, but not always (a safety check encrypts it): then nobody can say that it is no shop.
_WAYS_OUT = (
    "c.pc.qq.com",
    "jump.bdimg.com",
    "jump2.bdimg.com",
    "l.facebook.com",
    "l.instagram.com",
    "link.csdn.net",
    "link.juejin.cn",
    "link.juejin.im",
    "link.zhihu.com",
)
_DOMAINS = (*_LANDING_PAGES, *_AGENTS, *_NETWORKS, *_WAYS_OUT)
_HOSTS = " ".join(f".{host}" for host in _DOMAINS)

_TABLE = FormTable(
    "redirector",
    (
        Form(_HOSTS, "", "wrapper_redirect"),
    ),
    scope="wrapper",
)  # fmt: skip

PLATFORM = Platform(
    summary="Third-party jump sites, purchase agents, click networks and the ways out of big sites",
    domains=_DOMAINS,
    read_url=_TABLE,
)  # fmt: skip
