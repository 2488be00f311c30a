"""Which hosts prove that they pose as a shop's, and which only hold its name."""

import pytest

from crawler.reading.lookalike import posed_as


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
