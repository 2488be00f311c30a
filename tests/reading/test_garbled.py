"""What no browser opens is read as a person reads it, told why, and nothing else is taken for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reading.garbled import read_garbled


@pytest.mark.parametrize(
    ("raw", "meant", "why"),
    [
        ("hxxps://item.jd.com/1.html", "https://item.jd.com/1.html", "letters changed"),
        ("h**p://item.jd.com/1.html", "http://item.jd.com/1.html", "letters changed"),
        ("hxxps[:]//item[.]jd(dot)com/a[.]b", "https://item.jd.com/a[.]b", "letters changed"),
        ("https://item[.]jd[.]com/1.html", "https://item.jd.com/1.html", "in brackets"),
        ("htttps://item.jd.com/1.html", "https://item.jd.com/1.html", "misspelt"),
        ("ttp://item.jd.com/1.html", "http://item.jd.com/1.html", "misspelt"),
        ("hptts://item.jd.com/1.html", "https://item.jd.com/1.html", "misspelt"),
        ("x68ttps://item.jd.com/1.html", "https://item.jd.com/1.html", "lost their backslash"),
        ("x68x74x74x70://item.jd.com/1.html", "http://item.jd.com/1.html", "lost their backslash"),
        ("h t t p s://item.jd.com/1.html", "https://item.jd.com/1.html", "letters apart"),
        ("https//item.jd.com/1.html", "https://item.jd.com/1.html", "no colon"),
        ("http;//item.jd.com/1.html", "http://item.jd.com/1.html", "no colon"),
        ("https：//item.jd.com/1.html", "https://item.jd.com/1.html", "no colon"),
        ("https ://item.jd.com/1.html", "https://item.jd.com/1.html", "no colon"),
        ("https://https://item.jd.com/1.html", "https://item.jd.com/1.html", "twice"),
        ("httphttps://item.jd.com/1.html", "https://item.jd.com/1.html", "twice"),
    ],
)
def test_what_no_browser_opens_is_read_as_it_was_meant(raw, meant, why):
    found = read_garbled(raw)
    assert found is not None
    assert found.meant == meant
    assert why in found.why


@pytest.mark.parametrize(
    "raw",
    [
        "https://item.jd.com/1.html",
        "https:/item.jd.com/1.html",
        "https:\\\\item.jd.com/1.html",
        "https://http.example.com/x",
        "https://https.example.com//x",
        "ftp://item.jd.com/",
        "tftp://a.cn/",
        "sstp://a.cn/",
        "pptp://a.cn/",
        "taobao://item.taobao.com/item.htm?id=1",
        "tips //item.jd.com",
        "//item.jd.com/1.html",
        "https",
        "",
    ],
)
def test_what_a_browser_opens_or_nobody_reads_is_left_alone(raw):
    assert read_garbled(raw) is None


@given(st.text())
def test_any_text_goes_through(text):
    assert read_garbled(text) is None or read_garbled(text).meant.startswith("http")


@pytest.mark.parametrize("head", ["abc", "http", "h t t p"])
def test_much_white_space_takes_no_time(head):
    assert read_garbled(head + " " * 100_000 + "x") is None
