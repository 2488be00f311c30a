"""Hosts that resemble a shop's without being its own: brand words, whole domains inside, letters that look alike."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache

from crawler.reading.url import WebURL, is_under, registrable_domain

# Letters of other scripts, and digits, that pass for Latin letters at a glance.
_CONFUSABLE = str.maketrans(
    "аеорсухіјѕһԁԛԝҝкмтвнпгьӏαβενικορτυχωɑɡıłøðþ" "ｌ",
    "aeopcyxijshdqwkkmtbhnrblabevikoptuxwagilodpl",
)  # fmt: skip
_DIGIT_FOR_LETTER = str.maketrans("01345", "oleas")
_SPACING = re.compile(r"[-_]")
_TYPO_PREFIXES = ("www", "m", "my", "the", "item", "detail", "shop", "mall", "not", "nota", "evil", "fake", "phish")
"""What somebody writes in front of a short brand to make a name of his own (``wwwjd``, ``evil-jd``)."""
_LONG = 6
"""A brand word of so many letters does not occur in another word by chance."""
_STARTS_A_WORD = 4
"""A shorter one of so many letters still means the brand where a word begins with it; ``jd`` does not."""

_WORD_BY_CHANCE = 2
"""A Chinese brand of so many characters stands in longer words by chance: 京东 in 北京东方."""

_TELLING = len("jd.com")
"""A domain of fewer letters stands among the labels of others by chance (``a.co`` in ``a.co.uk``)."""
_TELLING_IF_CHOSEN = len("tb.cn")
"""One of so many letters is meant where its labels were chosen: ``m.tb.cn.evil.cn``, but not ``3.cn.pool.ntp.org``."""


def resembled(host: str, brands: Collection[str], domains: Collection[str]) -> str | None:
    """What this host resembles: a brand word or a domain, ``None`` for nothing.

    Args:
        host: ASCII, lower case; of nobody in ``domains``.
        brands: words that stand for a shop, in letters or in Chinese; one of fewer than six letters must stand alone
            (``jd``, ``1688``) or at the start of a word (``tmall``), because it occurs in others by chance.
        domains: the shops' own domains.
    """
    telling = [domain for domain in domains if len(domain) >= _TELLING]
    short = (domain for domain in domains if len(domain) == _TELLING_IF_CHOSEN and f".{domain}." in _chosen(host))
    for shape in dict.fromkeys(_shapes(host)):
        found = _domain_inside(shape, host, telling) or _brand_in(shape, brands)
        if found:
            return found
    return next(short, None)


_NAMES = (
    "taobao.com", "tmall.com", "tmall.hk", "1688.com", "goofish.com", "fliggy.com", "kaola.com", "juhuasuan.com",
    "alipay.com", "aliexpress.com", "jd.com", "jd.hk", "jingxi.com", "pinduoduo.com", "yangkeduo.com", "suning.com",
    "gome.com.cn", "dangdang.com", "youzan.com", "weidian.com", "xiaohongshu.com", "douyin.com", "jinritemai.com",
    "kuaishou.com", "kwaixiaodian.com", "meituan.com", "dianping.com", "amazon.cn", "amazon.com", "tb.cn",
)  # fmt: skip
"""Domains by which people know a shop, and which nobody else would write whole; ``vip.com`` is two plain words."""
_MIRRORS = ("translate.goog",)
"""Sites that show another's page under its name, and say so: ``item-jd-com.translate.goog``."""


def posed_as(host: str) -> str | None:
    """The shop's domain that a host writes whole, or shows in letters that look like it: ``None`` without such proof.

    ``taobao.com.evil.cn``, ``item.jd.com-x.top`` and ``ta0bao.com`` cannot be the shop's and are nobody's by chance.
    A brand word alone is no proof: ``taobao.cn`` may be its own, ``tmallgenie.com`` its sister's, and
    ``taobao.blog.csdn.net`` writes about it.

    Args:
        host: ASCII, lower case; of no shop that is known.
    """
    if any(is_under(host, mirror) for mirror in _MIRRORS):
        return None
    shapes = _shapes(host)[:_PLAIN_SHAPES]
    looks = (name for shape in shapes if shape != host for name in _NAMES if is_under(shape, name))
    holds = (name for shape in shapes for name in _NAMES if f".{name}." in _chosen(shape))
    return next(looks, None) or next(holds, None)


def _chosen(host: str) -> str:
    """The labels that its owner chose, between dots: of ``taobao.com.cn`` only ``taobao``; ``com.cn`` is a suffix."""
    registered = registrable_domain(host)
    chosen = host[: -len(registered)] + registered.partition(".")[0] if registered else host.rpartition(".")[0]
    return f".{_SPACING.sub('.', chosen)}."


def is_proved(url: WebURL) -> bool:
    """Whether an address that looks like a shop's proves by itself that it only poses as one."""
    return bool(url.userinfo or posed_as(url.host))


_PLAIN_SHAPES = 3
"""The last shape reads ``i`` as ``l``, which makes a shop of an honest word: ``tmail.com``."""


@lru_cache(maxsize=4096)
def _shapes(host: str) -> tuple[str, ...]:
    """The host as written, as its letters look, and with digits read as letters."""
    looks = ".".join(_look(label) for label in host.split("."))
    letters = looks.translate(_DIGIT_FOR_LETTER).replace("vv", "w").replace("rn", "m")
    return host, looks, letters, letters.replace("i", "l")


def _look(label: str) -> str:
    if label.startswith("xn--"):
        try:
            label = label[4:].encode("ascii").decode("punycode")
        except (UnicodeError, ValueError):
            return label
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", label).casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).translate(_CONFUSABLE)


def _domain_inside(shape: str, host: str, domains: Collection[str]) -> str | None:
    """A whole domain of a shop among the labels (``item.jd.com.evil.cn``, ``item-jd-com.cn``) or as it looks."""
    if shape != host:
        whole = next((domain for domain in domains if is_under(shape, domain)), None)
        if whole:
            return whole
    spaced = f".{_SPACING.sub('.', shape)}"
    inside = (
        domain
        for domain in domains
        if f".{domain}." in spaced or (spaced.count(".") > shape.count(".") + 1 and spaced.endswith(f".{domain}"))
    )
    return max(inside, key=len, default=None)


def _brand_in(shape: str, brands: Collection[str]) -> str | None:
    registered = registrable_domain(shape).partition(".")[0] or shape.rpartition(".")[0]
    joined = _SPACING.sub("", registered).strip("0123456789")
    for brand in brands:
        if brand == joined and len(brand) >= _STARTS_A_WORD:
            return brand
        if not brand.isascii():
            if brand in registered and (len(brand) > _WORD_BY_CHANCE or registered.startswith(brand)):
                return brand
            continue
        if len(brand) >= _LONG and brand in shape.rpartition(".")[0]:
            return brand
        if len(brand) < _LONG and _stands_alone(brand, registered):
            return brand
    return None


def _stands_alone(brand: str, label: str) -> bool:
    words = _SPACING.split(label)
    if brand in words or any(word == prefix + brand for word in words for prefix in _TYPO_PREFIXES):
        return True
    before = r"(?<![a-z])" if brand.isalpha() else r"(?<![a-z0-9])"
    return len(brand) >= _STARTS_A_WORD and bool(re.search(before + brand, label))
