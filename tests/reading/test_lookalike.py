"""Which hosts prove that they pose as a shop's, and which only hold its name."""

import pytest

from crawler.reading.lookalike import _NAMES, posed_as
from crawler.reading.url import is_under
from crawler.shapes import Platform
from crawler.shelf import load


@pytest.mark.parametrize(
    ("host", "shop"),
    [
        ("taobao.com.evil.cn", "taobao.com"),
        ("item.taobao.com.evil.co.uk", "taobao.com"),
        ("item.jd.com-x.top", "jd.com"),
        ("item-jd-com.cn", "jd.com"),
        ("ta0bao.com", "taobao.com"),
        ("www.ta0bao.com", "taobao.com"),
        ("arnazon.com", "amazon.com"),
        ("xn--tobao-4ve.com", "taobao.com"),
        ("jd.com.github.io", "jd.com"),
    ],
)
def test_a_whole_domain_in_anothers_host_is_proof(host, shop):
    assert posed_as(host) == shop


@pytest.mark.parametrize(
    "host",
    [
        "suningbank.com",
        "tmallgenie.com",
        "taobao.blog.csdn.net",
        "taobao.cn",
        "taobao.com.cn",
        "www.taobao.com.hk",
        "jd.design",
        "tmail.com",
        "item-jd-com.translate.goog",
        "evil-taobao.com",
        "notjd.com",
        "com.example",
        "",
    ],
)
def test_a_brand_word_alone_is_none(host):
    assert posed_as(host) is None


@pytest.mark.parametrize("name", _NAMES)
def test_a_name_that_proves_a_pose_is_a_domain_of_a_platform(name):
    domains = [
        domain for platform in load("crawler.platforms", "PLATFORM", Platform).values() for domain in platform.domains
    ]
    assert any(is_under(name, domain) for domain in domains)
