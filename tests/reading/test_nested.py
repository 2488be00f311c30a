"""Addresses inside addresses are found however they are encoded, and nothing else is taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reading.nested import Nested, nested_targets
from crawler.reading.url import parse_url

ITEM = "https://item.jd.com/100077001201.html"


def found(raw: str) -> list[tuple[str, str, str, int]]:
    return [(one.param, one.target, one.encoding, one.depth) for one in nested_targets(parse_url(raw))]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("https://a.cn/?u=https://item.jd.com/1.html", ("u", "https://item.jd.com/1.html", "", 1)),
        ("https://a.cn/?u=https%3A%2F%2Fitem.jd.com%2F1.html", ("u", "https://item.jd.com/1.html", "", 1)),
        ("https://a.cn/?u=https%253A%252F%252Fitem.jd.com", ("u", "https://item.jd.com", "percent x2", 1)),
        ("https://a.cn/?u=https%25253A%25252F%25252Fitem.jd.com", ("u", "https://item.jd.com", "percent x3", 1)),
        ("https://a.cn/?u=%2F%2Fitem.jd.com%2F1.html", ("u", "//item.jd.com/1.html", "", 1)),
        ("https://a.cn/?to=item.jd.com/1.html", ("to", "item.jd.com/1.html", "no scheme", 1)),
        ("https://a.cn/?to=www.jd.com", ("to", "www.jd.com", "no scheme", 1)),
        ("https://a.cn/#/go?u=https%3A%2F%2Fitem.jd.com", ("u", "https://item.jd.com", "", 1)),
        ("https://a.cn/#u=https%3A%2F%2Fitem.jd.com", ("u", "https://item.jd.com", "", 1)),
        ("https://a.cn/#https://item.jd.com/1.html", ("#", "https://item.jd.com/1.html", "", 1)),
        ("https://a.cn/go/https://item.jd.com/1.html?b=2", ("/", "https://item.jd.com/1.html?b=2", "", 1)),
        ("https://a.cn/go/https%3A%2F%2Fitem.jd.com", ("/", "https://item.jd.com", "", 1)),
        ("https://a.cn/?https://item.jd.com/1.html", ("?", "https://item.jd.com/1.html", "", 1)),
        ("kwai://webview?url=https%3A%2F%2Fitem.jd.com", ("url", "https://item.jd.com", "", 1)),
        ("https://a.cn/?u=tbopen%3A%2F%2Fm.taobao.com%2Fx", ("u", "tbopen://m.taobao.com/x", "", 1)),
        (
            "openjd://virtual?params=%7B%22des%22%3A%22m%22%2C%22url%22%3A%22https%3A%5C%2F%5C%2Fitem.jd.com%22%7D",
            ("params.url", "https://item.jd.com", "json", 1),
        ),
        (
            'openjd://virtual?params={"des":"m","url":"https://item.jd.com/?a=1&b=2"}',
            ("?.url", "https://item.jd.com/?a=1&b=2", "json", 1),
        ),
        (
            "intent://x#Intent;scheme=taobao;package=com.taobao.taobao;S.browser_fallback_url=https%3A%2F%2Fm.tb.cn;end",
            ("S.browser_fallback_url", "https://m.tb.cn", "", 1),
        ),
        (
            "https://m.b.cn/app.html?launch_url=goods.html%3Fgoods_id%3D1",
            ("launch_url", "https://m.b.cn/goods.html?goods_id=1", "relative", 1),
        ),
        ("https://a.cn/?text=%E7%9C%8B%20https%3A%2F%2Fm.tb.cn%2Fh.x", ("text", "https://m.tb.cn/h.x", "", 1)),
    ],
)
def test_a_carried_address_is_found(raw, expected):
    assert found(raw) == [expected]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("aHR0cHM6Ly9pdGVtLmpkLmNvbS8xP3g9MQ==", [("ext", "https://item.jd.com/1?x=1", "base64", 1)]),
        ("aHR0cHM6Ly9pdGVtLmpkLmNvbS8xP3g9MQ", [("ext", "https://item.jd.com/1?x=1", "base64url", 1)]),
        ("aHR0cHM6Ly9pdGVtLmpkLmNvbS8xP3g9MQ%3D%3D", [("ext", "https://item.jd.com/1?x=1", "base64", 1)]),
        ("YUhSMGNITTZMeTlwZEdWdExtcGtMbU52YlM4eFAzZzlNUT09", []),
    ],
)
def test_base64_is_tried_once(value, expected):
    assert found(f"https://a.cn/?ext={value}") == expected


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("?h={}", [("h", "https://item.jd.com/1.html", "hex", 1)]),
        ("?url=0x{}", [("url", "https://item.jd.com/1.html", "hex", 1)]),
        ("#/go?u={}", [("u", "https://item.jd.com/1.html", "hex", 1)]),
        ("/{}", [("/", "https://item.jd.com/1.html", "hex", 1)]),
        ("/{}.html?a=1", [("/", "https://item.jd.com/1.html", "hex", 1)]),
    ],
)
def test_an_address_written_in_hex_is_found_in_either_case(place, expected):
    written = b"https://item.jd.com/1.html".hex()
    assert found(f"https://a.cn/{place.format(written)}") == expected
    assert found(f"https://a.cn/{place.format(written.upper())}") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("item.jd.com/1.html", [("d", "item.jd.com/1.html", "hex, no scheme", 1)]),
        ('{"t":"茶","u":"https://m.tb.cn/h.x"}', [("d.u", "https://m.tb.cn/h.x", "hex, json", 1)]),
        ("an invoice, paid", []),
        (b"https://m.tb.cn/h.x".hex(), []),
    ],
)
def test_hex_holds_what_any_encoding_may_and_is_tried_once(text, expected):
    assert found(f"https://a.cn/?d={text.encode().hex()}") == expected


@pytest.mark.parametrize(
    "value",
    ["d41d8cd98f00b204e9800998ecf8427e", "6c696e6b732d64", "68747470733a2f2f6", "20261125083000123456", "7" * 64],
)
def test_a_checksum_or_a_number_holds_no_address(value):
    assert found(f"https://a.cn/{value}?sign={value}") == []


@pytest.mark.parametrize(
    "sign", ["?a=',", '?a=";u=', "?x=1)*u=", "')/", "</b?url=", "a)>?url=", '"]#', "?b=)]&url=", "?a=，"]
)
def test_no_sign_that_ends_an_address_for_a_reader_hides_where_it_leads_in_a_browser(sign):
    carried = "https%3A%2F%2Fitem.jd.com%2F1.html"
    assert [target for _, target, *_ in found(f"https://a.cn/go{sign}{carried}")] == ["https://item.jd.com/1.html"]


@pytest.mark.parametrize(
    "code", ["', // new", '"; return url;', "').then(go => go.jd)", '" target="_blank">item.jd</a>']
)
def test_the_rest_of_a_program_holds_no_address_of_itself(code):
    assert found(f"https://a.cn/1.html{code}") == []


def test_a_segment_of_the_path_may_be_an_address_in_base64():
    assert found("https://a.cn/go/aHR0cHM6Ly9pdGVtLmpkLmNvbS8x?b=2") == [("/", "https://item.jd.com/1", "base64url", 1)]
    assert found("https://a.cn/go/aHR0cHMgaXMgYSBwcm90b2NvbA") == []


def test_one_parameter_may_hold_several_addresses():
    assert [target for _, target, _, _ in found("https://a.cn/?to=https://book.jd.com,item.jd.com/1.html")] == [
        "https://book.jd.com",
        "item.jd.com/1.html",
    ]


def test_what_follows_a_plain_address_may_be_its_own():
    assert found("https://a.cn/?u=https://b.cn/?x=1&id=2") == [
        ("u", "https://b.cn/?x=1", "", 1),
        ("u", "https://b.cn/?x=1&id=2", "to the end", 1),
    ]


def test_addresses_inside_addresses_are_found_outermost_first():
    raw = "https://a.cn/?u=https%3A%2F%2Fb.cn%2F%3Fu%3Dhttps%253A%252F%252Fc.cn%252F%253Fu%253Dhttps%25253A%25252F%25252Fd.cn"
    assert [(target[:12], depth) for _, target, _, depth in found(raw)] == [
        ("https://b.cn", 1),
        ("https://c.cn", 2),
        ("https://d.cn", 3),
    ]
    assert [one.depth for one in nested_targets(parse_url(raw), max_depth=2)] == [1, 2]


@pytest.mark.parametrize(
    "query",
    [
        "id=731200455810&spm=a1z10.3.1",
        "v=1.2.3",
        "file=index.html&icon=a.png",
        "package=com.taobao.taobao",
        "utm_source=news.example.com",
        "q=%E6%B7%98%E5%AE%9D",
        "e=m%3D2%26s%3DZm9v%2FYmFyYmF6cXV4",
        "mail=a@jd.com",
        "token=YWJjZGVmZ2hpamtsbW5vcA==",
        "",
    ],
)
def test_an_address_that_carries_none_has_none(query):
    assert found(f"https://a.cn/x.html?{query}") == []


@given(
    path=st.text(alphabet="abc019-_/.", max_size=20),
    rounds=st.integers(min_value=0, max_value=4),
    name=st.sampled_from(["url", "to", "x", "ext", "h5Url"]),
)
def test_however_often_it_is_encoded_it_is_found(path, rounds, name):
    held = f"https://item.jd.com/{path}"
    value = held
    for _ in range(rounds):
        value = value.replace("%", "%25").replace(":", "%3A").replace("/", "%2F")
    nested = nested_targets(parse_url(f"https://a.cn/?a=1&{name}={value}&b=2"))
    assert nested == (Nested(name, held, f"percent x{rounds}" if rounds > 1 else "", 1),)
