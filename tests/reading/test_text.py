"""Addresses in text: where they begin and end, and what a browser would be sent to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reading.text import clean, find_addresses, read_address

ITEM = "https://item.jd.com/1.html"


@pytest.mark.parametrize(
    "text",
    [
        f"{ITEM} 点击",
        f"{ITEM}点击",
        f"{ITEM}，复制",
        f"{ITEM}「我在",
        f"【{ITEM}】",
        f"({ITEM})。",
        f"[{ITEM}](看)",
        f"[看 {ITEM}](#top)",
        f"1|{ITEM}|9.9|好物",
        f'"{ITEM}"',
        f"'{ITEM}';",
        f"<{ITEM}>",
        f"{ITEM}!!!",
        f"{ITEM}…",
        f"{ITEM}。item.jd",
        f"看{ITEM}",
        f"3.0{ITEM}",
        f"{ITEM}\\n下一行",
        f"{ITEM}&quot;",
        f"{ITEM}\\u003c/a",
    ],
)
def test_an_address_does_not_swallow_what_stands_around_it(text):
    assert [address.url for address in find_addresses(text)] == [ITEM]


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("|%s|京东|", "?id=1"),
        ("1|%s|京东", "?id=1&a=b"),
        ("%s", "?sku=1|2"),
        ("| %s |", "?sku=1|2"),
    ],
)
def test_a_bar_ends_a_query_only_where_a_bar_stands_before_the_address(text, query):
    assert [address.url for address in find_addresses(text % (ITEM + query))] == [ITEM + query]


@pytest.mark.parametrize(
    "text",
    [
        "HTTPS://item.jd.com/1.html",
        "https:\\/\\/item.jd.com\\/1.html",
        "https:\\u002F\\u002Fitem.jd.com\\u002F1.html",
        "https:\\x2F\\x2Fitem.jd.com/1.html",
        "https&#58;&#47;&#47;item.jd.com&#x2F;1.html",
        "https%3A%2F%2Fitem.jd.com%2F1.html",
        "https%253A%252F%252Fitem.jd.com%252F1.html",
        "ｈｔｔｐｓ：／／ｉｔｅｍ．ｊｄ．ｃｏｍ／１．ｈｔｍｌ",
        "ht\u200btps://it\u200bem.jd\u2060.com/1.html",
        '"//item.jd.com/1.html"',
        "item.jd.com/1.html",
        "https:/item.jd.com/1.html",
        "https://item。jd。com/1.html",
        "aHR0cHM6Ly9pdGVtLmpkLmNvbS8xLmh0bWw=",
        "aHR0cHM6Ly9pdGVtLmpkLmNvbS8xLmh0bWw",
        "https://item。jd.com/1.html",
        "https:////item.jd.com/1.html",
        "\\u0068\\u0074\\u0074\\u0070\\u0073://item.jd.com/1.html",
    ],
)
def test_a_disguise_is_seen_through_and_the_raw_text_kept(text):
    (address,) = find_addresses(text)
    assert address.url == ITEM
    assert address.raw == text.strip('"')
    assert text[address.start : address.end] == address.raw


@pytest.mark.parametrize(
    "text",
    [
        "http://nodot/x",
        "http:/J01eyNkGXlyRZF 一起",
        "a://",
        "12:30://",
        "example.com/x",
        "shop@taobao.com",
        "nottaobao.com",
        "taobao.community/x",
        "data:text/html,x",
        "blob:https",
        "about:blank",
        "javascript:void(0)",
        "1/2//3",
        "https://",
        "https://...",
        "https://${host}/x",
        "aHR0cCBpcyBhIHByb3RvY29sIG9mIHRoZSB3ZWI=",
        "aHR0cHM6Ly9ub2RvdC94eHh4eHg=",
        "xaHR0cHM6Ly9pdGVtLmpkLmNvbS8xLmh0bWw=",
    ],
)
def test_what_only_looks_like_an_address_is_none(text):
    assert list(find_addresses(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "taobao://item.taobao.com/item.htm?id=1",
        'openapp.jdmobile://virtual?params={"des":"m","url":"x"}',
        "kwai://webview?url=https%3A%2F%2Fitem.jd.com",
        "weixin://dl/business/?t=abc",
        "intent://item.taobao.com/x#Intent;scheme=taobao;end",
        'tmall://tmallclient/?{"action":"item:id=5"}',
        "snssdk1128://webview?url=x",
    ],
)
def test_an_app_address_is_read_whole(text):
    assert read_address(text).url == text
    assert [address.url for address in find_addresses(f"打开 {text} 吧")] == [text]


@pytest.mark.parametrize("quote", ['\\"', '\\\\\\"'])
def test_quotes_in_an_app_address_are_those_of_json_though_code_escapes_them(quote):
    written = 'openapp.jdmobile://virtual?params={"des":"m","url":"x"}'
    code = "open(" + '"' + written.replace('"', quote) + '")'
    assert [address.url for address in find_addresses(code)] == [written]


def test_a_string_of_json_within_json_keeps_its_escapes():
    written = r'openapp.jdmobile://virtual?params={"des":"m","more":"{\"url\":\"x\"}"}'
    assert [address.url for address in find_addresses(f"'{written}'")] == [written]


@pytest.mark.parametrize(
    "value", ["https://m.tb.cn/h.Abc点击链接", "见 https://item.jd.com/1.html", "item.jd", "", "1.0", "a.b.c"]
)
def test_a_value_that_is_more_or_something_else_is_no_address(value):
    assert read_address(value) is None


def test_a_full_stop_after_an_address_that_is_a_host_alone_ends_the_sentence():
    assert [address.url for address in find_addresses("看https://www.jd.com。好")] == ["https://www.jd.com"]


def test_chinese_in_a_query_belongs_to_the_address():
    assert read_address("https://s.taobao.com/search?q=连衣裙").url == "https://s.taobao.com/search?q=连衣裙"


@given(st.text(max_size=100))
def test_cleaning_is_done_after_one_pass(text):
    once = clean(text)
    assert clean(once) == once or "%" in text or "&" in text or "\\" in text


@given(st.text(alphabet="htps:/\\.ajdcom1%25F3A&#x;u02f\u200b：／．ｈ，「 {}?=", max_size=60))
def test_any_text_goes_through(text):
    for address in find_addresses(text):
        assert text[address.start : address.end] == address.raw


@pytest.mark.parametrize(
    ("piece", "found"),
    [
        ("https://a.com/xhttp://", "https://a.com/x"),
        ("https://a.com/)", "https://a.com/"),
        ("http%3A%2F%2Fa.com%3Ca", "http://a.com"),
        ("http%3A%2F%2Fa.com/&", "http://a.com/"),
        ("https://a.com/{", "https://a.com/"),
        ("a点a点com/", None),
    ],
)
def test_many_addresses_in_one_piece_are_told_apart(piece, found):
    many = 100_000 // len(piece)
    assert [address.url for address in find_addresses(piece * many)] == [found] * many * bool(found)


def test_an_address_may_be_long():
    long = "https://s.click.taobao.com/t?e=" + "m%3D2%26s%3D" * 300 + '&x={"a":"' + "b" * 600 + '"}&y=1'
    assert [address.url for address in find_addresses(f"看 {long} 吧")] == [long]
