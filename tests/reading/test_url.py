"""Addresses are read as a browser reads them, and what is odd about them is named."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.reading import url as url_module
from crawler.reading.url import is_under, parse_url, registrable_domain


@pytest.mark.parametrize(
    ("raw", "href", "flaws"),
    [
        ("https://item.jd.com/1.html", "https://item.jd.com/1.html", ()),
        ("HTTPS://Item.JD.com:443/1.html", "https://item.jd.com/1.html", ()),
        ("//item.jd.com/1", "https://item.jd.com/1", ("no_scheme",)),
        ("item.jd.com/1", "https://item.jd.com/1", ("no_scheme",)),
        ("item.jd.com:444/1", "https://item.jd.com:444/1", ("no_scheme", "odd_port")),
        ("https:\\/\\/item.jd.com\\/1", "https://item.jd.com/1", ("escaped",)),
        ("\\/\\/item.jd.com\\/1", "https://item.jd.com/1", ("escaped", "no_scheme")),
        ("https:\\u002F\\u002Fitem.jd.com\\u002F1", "https://item.jd.com/1", ("escaped",)),
        ("//item.jd.com&#47;1&#x2F;?a=1&amp;amp;b=2", "https://item.jd.com/1/?a=1&b=2", ("escaped", "no_scheme")),
        ("https://m.tb.cn/h.aBc）。", "https://m.tb.cn/h.aBc", ("trimmed",)),
        ("https://m.tb.cn/h.aBc，快来看。https://a.cn", "https://m.tb.cn/h.aBc", ("trimmed",)),
        ("https://item。jd.com/1.html。快来看", "https://item.jd.com/1.html", ("trimmed", "non_ascii_host")),
        ('taobao://x?a={"t":"好，看。"}', 'taobao://x?a={"t":"好，看。"}', ()),
        ("“https://m.tb.cn/h.aBc”", "https://m.tb.cn/h.aBc", ("trimmed",)),
        ('https://item.jd.com/1.html";', "https://item.jd.com/1.html", ("trimmed",)),
        ("https://item.jd.com/1.html'], // new", "https://item.jd.com/1.html", ("trimmed",)),
        ('//item.jd.com/1.html\\">', "https://item.jd.com/1.html", ("trimmed", "no_scheme")),
        ('https://a.com/x?id=2" target="_blank">x</a>', "https://a.com/x?id=2", ("trimmed",)),
        ("https://a.com/it's?q='a',b&id=1", "https://a.com/it's?q='a',b&id=1", ()),
        ('https://a.com/x?w={"a": "b"}', 'https://a.com/x?w={"a": "b"}', ()),
        ("https://item.jd.com/1.html)", "https://item.jd.com/1.html)", ()),
        ("https://item.jd.com/1.html).", "https://item.jd.com/1.html", ("trimmed",)),
        ("https://item.jd.com/1.html)。", "https://item.jd.com/1.html", ("trimmed",)),
        ("https://a.com/1)[b](https://b.com/)", "https://a.com/1", ("trimmed",)),
        ("https://a.com/1).，快看", "https://a.com/1", ("trimmed",)),
        ("https://a.com/)", "https://a.com/", ("trimmed",)),
        ('https://a.com/1.html", {"b": 1}', "https://a.com/1.html", ("trimmed",)),
        ("https://a.com/1_(b).", "https://a.com/1_(b).", ()),
        ("https://a.com/1).html", "https://a.com/1).html", ()),
        ('https://item.jd.com"@evil.cn/1"', "https://evil.cn/1", ("trimmed", "userinfo")),
        ("https%3A//item.jd.com/1", "https://item.jd.com/1", ()),
        (" \thttps://m.tb\n.cn/h.aBc\r\n", "https://m.tb.cn/h.aBc", ("control",)),
        ("https:/item.jd.com/1", "https://item.jd.com/1", ("slashes",)),
        ("https:\\\\item.jd.com\\1", "https://item.jd.com/1", ("backslash",)),
        ("https://item.jd.com\\@evil.cn/1", "https://item.jd.com/@evil.cn/1", ("backslash",)),
        ("https://a:b@item.jd.com/1", "https://item.jd.com/1", ("userinfo",)),
        ("https://item.jd.com./1", "https://item.jd.com/1", ("trailing_dot",)),
        ("https://item%2Ejd.com/1", "https://item.jd.com/1", ("encoded_host",)),
        ("https://ｉｔｅｍ。jd．com/1", "https://item.jd.com/1", ("non_ascii_host",)),
        ("https://item.jd\u200b.com/1", "https://item.jd.com/1", ("non_ascii_host",)),
        ("https://淘宝.cn/", "https://xn--pbt173b.cn/", ("non_ascii_host",)),
        ("https://item.jd.com:99999/1", "https://item.jd.com/1", ("bad_port",)),
        ("https://item.jd.com/a/../b/./1", "https://item.jd.com/b/1", ()),
        ("http://2130706433/", "http://127.0.0.1/", ("ip_host", "private_address")),
        ("http://0x7f.0.0.1/", "http://127.0.0.1/", ("ip_host", "private_address")),
        ("http://0177.1/", "http://127.0.0.1/", ("ip_host", "private_address")),
        ("http://1.1.1.1/", "http://1.1.1.1/", ("ip_host",)),
        ("http://1.1.1.256/", "http://1.1.1.256/", ("ip_host", "bad_host")),
        ("http://[::ffff:10.0.0.1]/", "http://[::ffff:a00:1]/", ("ip_host", "private_address")),
        ("http://[64:ff9b::7f00:1]/", "http://[64:ff9b::7f00:1]/", ("ip_host", "private_address")),
        ("http://localhost:8080/", "http://localhost:8080/", ("odd_port", "private_address")),
        ("http://JaBcDeFgHiJkL", "http://jabcdefghijkl/", ("single_label",)),
        ("javascript:alert(1)", "javascript:alert(1)", ("bad_scheme", "no_host")),
        ("taobao://Item.Taobao.com/item.htm?id=1", "taobao://item.taobao.com/item.htm?id=1", ()),
        ("openApp.jdMobile://virtual?params={}", "openapp.jdmobile://virtual?params={}", ()),
        ('tmall://tmallclient/?{"a":"b"}', 'tmall://tmallclient/?{"a":"b"}', ()),
        ("/pages/x?a=1", "/pages/x?a=1", ("no_scheme", "no_host")),
        ("index.html", "index.html", ("no_scheme", "no_host")),
        ("a@b.com", "a@b.com", ("no_scheme", "no_host")),
        ("", "", ("no_scheme", "no_host")),
    ],
)
def test_an_address_is_read_as_a_browser_reads_it(raw, href, flaws):
    read = parse_url(raw)
    assert (read.href, read.flaws) == (href, flaws)
    assert read.raw == raw


@pytest.mark.parametrize(
    ("query", "params"),
    [
        ("id=1&skuId=2", {"id": "1", "skuId": "2"}),
        ("id=?id=1", {"id": "1"}),
        ("id=&id=1", {"id": "1"}),
        ("id=1&id=2", {"id": "1"}),
        ("q=%E6%B7%98+a", {"q": "淘 a"}),
        ("&id=1&", {"id": "1"}),
        ("", {}),
    ],
)
def test_parameters_are_read_by_name(query, params):
    assert parse_url(f"https://a.cn/?{query}").params == params


@pytest.mark.parametrize(
    ("host", "suffix", "is_below"),
    [
        ("jd.com", "jd.com", True),
        ("item.jd.com", "jd.com", True),
        ("eviljd.com", "jd.com", False),
        ("jd.com.evil.cn", "jd.com", False),
    ],
)
def test_a_suffix_is_compared_label_by_label(host, suffix, is_below):
    assert is_under(host, suffix) is is_below


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("item.jd.com", "jd.com"),
        ("item.gome.com.cn", "gome.com.cn"),
        ("shop.github.io", "shop.github.io"),
        ("localhost", ""),
        ("com", ""),
        ("a." * 200 + "com", ""),
    ],
)
def test_the_registrable_domain_is_one_label_below_the_public_suffix(host, domain):
    assert registrable_domain(host) == domain


@pytest.mark.parametrize(
    ("raw", "query"),
    [
        ("https://a.com/x?b=)]&id=2", "b=)]&id=2"),
        ("https://a.com/x?b=1&id=2)]", "b=1&id=2"),
    ],
)
def test_a_bracket_before_more_parameters_is_the_address_s_own(raw, query):
    assert parse_url(raw).query == query


ODD = st.text(alphabet="htps:/\\.@?#&;=[]%0x1一。．a￥\u200b\ud800 \t'", max_size=40)


@settings(max_examples=400)
@given(raw=st.one_of(st.text(), st.builds("http://{}".format, ODD), st.builds("//{}".format, ODD)))
def test_any_text_goes_through(raw):
    read = parse_url(raw)
    assert read.host.isascii() or not read.is_web
    assert isinstance(read.href, str)
    assert isinstance(read.params, dict)


PARTS = st.text(alphabet="abcXYZ019-._~%/:=?&+", max_size=12)


@given(raw=st.builds("https://{}.cn/{}".format, st.from_regex(r"[a-z0-9-]{1,8}(\.[a-z]{1,4})?", fullmatch=True), PARTS))
def test_the_short_way_and_the_long_way_agree(raw):
    assert parse_url(raw) == url_module._parse_odd(raw)
