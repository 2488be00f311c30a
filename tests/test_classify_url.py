"""What an address alone proves: every platform both ways, one spelling for one address, and any text goes through."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.classify import UrlClass, classify_url

DATA = Path(__file__).parent / "data" / "platforms"
ROWS = [
    pytest.param(json.loads(line), id=f"{path.stem}-{number}")
    for path in sorted(DATA.glob("*.jsonl"))
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
]
STRANGERS = {"lookalike", "other", "none"}


def rows(stem: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (DATA / f"{stem}.jsonl").read_text("utf-8").splitlines()]


def proved(address: UrlClass) -> tuple[object, ...]:
    return (address.platform, address.scope, address.kind, address.item_id, address.shop_id, address.store_type)


@pytest.mark.parametrize("row", ROWS)
def test_an_address_proves_what_stands_beside_it(row):
    found = classify_url(row["url"])
    assert {name: getattr(found, name) for name in row} == row


@pytest.mark.parametrize("stem", sorted(path.stem for path in DATA.glob("*.jsonl")))
def test_a_platform_knows_its_own_addresses_and_leaves_their_twins_alone(stem):
    platforms = [row["platform"] for row in rows(stem)]
    assert set(platforms) - STRANGERS
    assert set(platforms) & STRANGERS


@pytest.mark.parametrize("row", ROWS)
def test_the_canonical_address_is_its_own_and_proves_the_same(row):
    once = classify_url(row["url"])
    again = classify_url(once.canonical_url)
    assert again.canonical_url == once.canonical_url
    assert proved(again) == proved(once)


@pytest.mark.parametrize("row", ROWS)
def test_every_address_has_a_reason(row):
    assert all(classify_url(row["url"]).reason)


# --- noise changes nothing ---------------------------------------------------------------------------------------

PLAIN = [
    url
    for path in sorted(DATA.glob("*.jsonl"))
    for row in rows(path.stem)
    if (url := str(row["url"])).startswith("https://")
    and not set(url) & set("#@{\\|")
    and "://" not in url[8:]
    and row["scope"] != "suspicious"
    and row["platform"] != "none"  # a pattern is no address: its letters are its own
]
NOISE = ["spm=a21bo.2", "utm_source=copy", "scm=1007.1", "pvid=9f8e", "utm_campaign=t_1_2"]


@given(url=st.sampled_from(PLAIN), noise=st.lists(st.sampled_from(NOISE), min_size=1, max_size=3, unique=True))
def test_tracking_noise_changes_nothing(url, noise):
    noisy = f"{url}{'&' if '?' in url else '?'}{'&'.join(noise)}"
    assert proved(classify_url(noisy)) == proved(classify_url(url))
    assert classify_url(noisy).canonical_url == classify_url(url).canonical_url


@given(url=st.sampled_from(PLAIN), draw=st.data())
def test_the_order_of_parameters_changes_nothing(url, draw):
    address, _, query = url.partition("?")
    shuffled = f"{address}?{'&'.join(draw.draw(st.permutations(query.split('&'))))}" if query else url
    assert classify_url(shuffled).canonical_url == classify_url(url).canonical_url
    assert proved(classify_url(shuffled)) == proved(classify_url(url))


@given(url=st.sampled_from(PLAIN), draw=st.data())
def test_the_letter_case_of_scheme_and_host_changes_nothing(url, draw):
    host, slash, rest = url[8:].partition("/")
    shouted = "".join(draw.draw(st.sampled_from([sign.lower(), sign.upper()])) for sign in f"https://{host}")
    assert classify_url(shouted + slash + rest).canonical_url == classify_url(url).canonical_url


@pytest.mark.parametrize(
    "carried",
    [
        "//item.jd.com/100077001201.html?a=1&b=2",
        "item.jd.com/100077001201.html?a=1&b=2",
        "https:\\/\\/item.jd.com\\/100077001201.html?a=1&b=2",
        "https:\\u002F\\u002Fitem.jd.com\\u002F100077001201.html?a=1\\u0026b=2",
        "https:&#47;&#47;item.jd.com&#x2F;100077001201.html?a=1&amp;b=2",
        "  https://item.jd.com/100077001201.html?a=1&b=2\n",
        "「https://item.jd.com/100077001201.html?a=1&b=2」。",
        "https://item。jd．com/100077001201.html?a=1&b=2",
        "https://ｉｔｅｍ.jd.com/100077001201.html?a=1&b=2",
        "HTTPS://ITEM.JD.COM./100077001201.html?b=2&a=1",
        "https://item.jd.com:443/100077001201.html",
        "https://item.jd.com/x/../100077001201.html",
        "https://item%2Ejd%2Ecom/100077001201.html",
        "https:item.jd.com/100077001201.html",
    ],
)
def test_however_it_is_carried_it_is_the_same_item(carried):
    found = classify_url(carried)
    assert (found.platform, found.kind, found.item_id) == ("jd", "item_page", "100077001201")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://jump.example/go?a=',https%3A%2F%2Fitem.jd.com%2F1.html", ("redirector", "wrapper")),
        ("https://jump.example/https://=',https%3A%2F%2Fitem.jd.com%2F1.html", ("redirector", "wrapper")),
        ('https://jump.example/1.html");a("https://news.example/2.html', ("other", "non_commerce")),
        ("https://item.jd.com/1.html','https://item.jd.com/2.html", ("jd", "outbound_commerce")),
    ],
)
def test_what_stands_behind_a_strangers_address_may_be_where_it_leads(address, expected):
    found = classify_url(address)
    assert (found.platform, found.scope) == expected
    assert classify_url(found.canonical_url).scope == found.scope


# --- disguises ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "scope"),
    [
        ("https://item.jd.com.evil.example/1.html", "lookalike"),
        ("https://item-jd-com.example/1.html", "lookalike"),
        ("https://evil-jd.example/1.html", "lookalike"),
        ("https://ta0ba0.example/", "lookalike"),
        ("https://tmaII.example/", "lookalike"),
        ("https://таobao.com/", "lookalike"),
        ("https://xn--tobao-4ve.com/", "lookalike"),
        ("https://tao-bao.example/", "lookalike"),
        ("https://淘宝.example/", "lookalike"),
        ("https://京东商城.example/", "lookalike"),
        ("https://北京东方.example/", "non_commerce"),
        ("https://shop-eerie.example/", "non_commerce"),
        ("https://item.taobao.com@evil.example/item.htm?id=1", "lookalike"),
        ("https://user:pass@evil.example/", "hostile"),
        ("https://evil.example/@user", "non_commerce"),
        ("https://evil.example@item.jd.com/1.html", "hostile"),
        ("https://item.jd.com\\@evil.example/1.html", "hostile"),
        ("http://2130706433/", "hostile"),
        ("http://0x7f.1/", "hostile"),
        ("http://0251.0376.169.254/", "hostile"),
        ("http://[::ffff:169.254.169.254]/", "hostile"),
        ("http://[::1]:8080/item.jd.com", "hostile"),
        ("http://localhost./1.html", "hostile"),
        ("http://169.254.169.254/latest/", "hostile"),
        ("http://8.8.8.8/item.jd.com/1.html", "suspicious"),
        ("javascript:location='https://item.jd.com/1.html'", "hostile"),
        ("data:text/html,<a href=https://item.jd.com/1.html>", "hostile"),
        ("file:///tmp/item.jd.com", "hostile"),
        ("gopher://item.jd.com/1.html", "hostile"),
        ("java\nscript:alert(1)", "hostile"),
        ("https://item.jd.com:22/1.html", "suspicious"),
        ("https://item.jd.com:99999/1.html", "hostile"),
        ("https://detail.tmall.com/item.htm?id=1&id=2", "suspicious"),
        ("https://item.jd.com:80/1.html", "outbound_commerce"),
        ("https://item.taobao.com/item.htm?id=5&id=5", "outbound_commerce"),
        ("https://jdsports.example/", "non_commerce"),
        ("https://best1688.example/", "non_commerce"),
        ("https://bestmall.example/", "non_commerce"),
        ("https://a.co.uk.example/", "non_commerce"),
    ],
)
def test_a_disguise_is_told_from_the_real_thing(address, scope):
    assert classify_url(address).scope == scope


def test_a_host_in_other_letters_proves_what_the_same_host_proves_in_ascii():
    plain, written = classify_url("https://xn--tem-ihd.jd.com/1.html"), classify_url("https://іtem.jd.com/1.html")
    assert (plain.scope, plain.canonical_url) == ("outbound_commerce", "https://xn--tem-ihd.jd.com/1.html")
    assert (proved(written), written.canonical_url) == (proved(plain), plain.canonical_url)


@pytest.mark.parametrize(
    ("address", "is_proof"),
    [
        ("https://taobao.com.evil.cn/", True),
        ("https://jd.com@evil.example/", True),
        ("https://taobao.cn/", False),
        ("https://suningbank.com/", False),
    ],
)
def test_a_look_alike_says_whether_its_likeness_is_proof(address, is_proof):
    found = classify_url(address)
    assert found.scope == "lookalike"
    assert ("is not the brand's" in found.reason[0], "is not proved" in found.reason[0]) == (is_proof, not is_proof)


@pytest.mark.parametrize("token", ["http://JaBcDeFgHiJkL", "http:/JaBcDeFgHiJkL", "￥aBcDeFgHiJk￥"])
def test_a_password_token_is_no_address(token):
    assert (classify_url(token).kind, classify_url(token).scope) == ("password_token", "unresolved")
    assert classify_url(token).nested == ()


@pytest.mark.parametrize("word", ["", " ", "1.html", "清和", "/"])
def test_a_word_is_no_address(word):
    assert (classify_url(word).platform, classify_url(word).scope) == ("none", "non_commerce")


# --- anything goes through ---------------------------------------------------------------------------------------

ODD = st.text(alphabet="htps:/\\.@?#&;=[]{}\"%0x1一。．a￥\u200b\ud800, \t|<>'", max_size=60)
PREFIX = st.sampled_from(
    ["", "http://", "//", "https://item.taobao.com/", "https://a.cn/?u=", "tmall://", "intent://a#"]
)


@pytest.mark.parametrize("text", ["HTTP:0?\\\n/", "https://m.tb.cn/)<", "https://a.cn/)?]", "https://a.cn/b_(c)?spm=1"])
def test_a_sign_that_may_end_an_address_ends_it_the_same_when_it_is_read_again(text):
    once = classify_url(text)
    assert classify_url(once.canonical_url).canonical_url == once.canonical_url


@settings(max_examples=400)
@given(text=st.one_of(st.text(), st.builds("{}{}".format, PREFIX, ODD), st.binary().map(lambda b: b.decode("latin-1"))))
def test_any_text_goes_through_and_its_canonical_address_is_its_own(text):
    once = classify_url(text)
    assert once.url == text
    again = classify_url(once.canonical_url)
    assert again.canonical_url == once.canonical_url
    assert once.scope in {"hostile", "suspicious"} or proved(again) == proved(once)


@pytest.mark.parametrize(
    "long",
    [
        "https://item.jd.com/" + "a" * 100_000,
        "https://" + "a." * 50_000 + "com/",
        "https://" + "一." * 50_000 + "com/",
        "https://" + "a@" * 50_000 + "com/",
        "https://a.cn/?u=" + "[" * 10_000,
        "https://a.cn/?u=" + '{"a":' * 20_000,
        "https://a.cn/?u=" + "%25" * 33_000,
        "https://a.cn/?" + "u=http://a.cn/?x=1&" * 5_000,
        "https://a.cn/?" + "site=taobao&" * 8_000,
        "https://a.cn/?u=" + "?a=" * 30_000,
        "https://a.cn/" + "/.." * 30_000,
        "a-" * 50_000 + ":",
        "\\u002F" * 15_000,
        "tmall://tmallclient/?" + '"action"' * 12_000,
        "https://www.fliggy.com/list" + "a" * 60_000 + "!",
        "https://www.fliggy.com/" + "search_" * 9_000 + "!",
        "https://hotel.trip.taobao.com/" + "item" * 100_000 + "!",
    ],
    ids=lambda text: f"{text[:28]}...",
)
@pytest.mark.timeout(20)
def test_an_endless_address_is_read_to_its_end(long):
    assert classify_url(long).url


@pytest.mark.parametrize(
    ("carried", "scope"),
    [
        ("https://taobao.com.evil.cn/item.htm?id=612345678901", "wrapper"),
        ("https://detail.tmall.com@evil.com/x", "wrapper"),
        ("https://www.taobao.com/", "wrapper"),
        ("https://shop.qinghe.example/goods/1", "wrapper"),
        ("https://blog.example.com/x", "wrapper"),
        ("https://www.kuaishou.com/y", "internal"),
        ("https://p1.a.yximgs.com/a.png", "internal"),
        ("https://cdn.qinghe.example/a.png", "internal"),
        ("https://127.0.0.1/x", "internal"),
    ],
)
def test_a_page_of_the_platform_that_leads_to_somebody_else_is_a_way_out(carried, scope):
    wrapped = classify_url(f"https://www.kuaishou.com/link?url={quote(carried, safe='')}")
    assert wrapped.scope == scope


@pytest.mark.parametrize(
    "address",
    [
        "https://www.kuaishou.com/x?referer=https%3A%2F%2Fshop.qinghe.example%2F1",
        "https://www.kuaishou.com/x?coverUrl=https%3A%2F%2Fcdn.qinghe.example%2Fcover",
        "https://www.kuaishou.com/short-video/3xqinghe?from=www.taobao.com",
        "https://open.kwaixiaodian.com/oauth/authorize?redirect_uri=https%3A%2F%2Fapp.qinghe.example%2Fauth",
    ],
)
def test_where_somebody_came_from_and_what_is_shown_are_no_way_out(address):
    assert classify_url(address).scope == "internal"


@pytest.mark.parametrize(
    ("address", "platform", "kind", "item"),
    [
        ("https://ITEM.TAOBAO.COM/item.htm?ID=731200455810", "taobao", "item_page", "731200455810"),
        ("https://item.taobao.com//item.htm?id=731200455810", "taobao", "item_page", "731200455810"),
        ("https://item.taobao.com/item.htm?id%3D731200455810", "taobao", "item_page", "731200455810"),
        ("https%3A%2F%2Fitem.taobao.com%2Fitem.htm%3Fid%3D731200455810", "taobao", "item_page", "731200455810"),
        (
            "https%253A%252F%252Fitem.taobao.com%252Fitem.htm%253Fid%253D731200455810",
            "taobao",
            "item_page",
            "731200455810",
        ),
        ("taobao://detail.tmall.com/item.htm?id=731200455810", "tmall", "deep_link", "731200455810"),
        ("tmall://https://detail.tmall.com/item.htm?id=731200455810", "tmall", "deep_link", "731200455810"),
        ("tmall://page.tm/itemDetail?itemID=731200455810", "taobao_family", "deep_link", "731200455810"),
        ("taobao://shop10203040.taobao.com/", "taobao", "deep_link", None),
        (
            "pinduoduo://com.xunmeng.pinduoduo/goods.html?goods_id=731200455810",
            "pinduoduo",
            "deep_link",
            "731200455810",
        ),
    ],
)
def test_an_id_is_found_however_it_is_spelled(address, platform, kind, item):
    found = classify_url(address)
    assert (found.platform, found.kind, found.item_id, found.store_type) == (platform, kind, item, "unknown")


@pytest.mark.parametrize(
    "address",
    [
        "https://h5api.m.tmall.com/h5/mtop.qinghe.get/1.0/",
        "https://pages-fast.m.tmall.com/wow/z/qinghe/1",
        "https://equity-vip.tmall.com/agent/mobile.htm?agentId=1",
        "https://qinghe.tmall.com/wow/z/1",
        "https://qinghe.tmall.com/app/page/index.html",
        "https://trade-acs.tmall.com/",
        "https://rate.tmall.com/list_detail_rate.htm?itemId=731200455810",
    ],
)
def test_a_host_of_the_platform_is_never_taken_for_a_shop(address):
    found = classify_url(address)
    assert found.kind != "shop_page"
    assert found.store_type in {"unknown", "not_applicable"}


@pytest.mark.parametrize(
    "path", ["", "/", "/index.htm", "/search.htm?q=1", "/category-12.htm", "/p/rd12.htm", "/shop/x.do"]
)
def test_a_shop_s_own_host_with_a_shop_s_own_page_is_a_tmall_shop(path):
    found = classify_url(f"https://qinghe.tmall.com{path}")
    assert (found.kind, found.store_type) == ("shop_page", "tmall")


# --- no address: a share text, or one that no browser opens ------------------------------------------------------

SHARED = "7.0 ￥AbCd1234EfG￥ 打开淘宝 https://m.tb.cn/h.gQwErTy 夏季连衣裙"


def test_a_share_text_is_what_its_address_is_and_tells_all_that_it_holds():
    found = classify_url(SHARED)
    assert proved(found) == proved(classify_url("https://m.tb.cn/h.gQwErTy"))
    assert found.canonical_url == "https://m.tb.cn/h.gQwErTy"
    assert [(one.target, one.encoding, one.depth) for one in found.nested] == [
        ("https://m.tb.cn/h.gQwErTy", "share text", 1)
    ]
    assert "share text for taobao" in found.reason[0]
    assert "extract" in found.reason[0]
    assert any("password AbCd1234EfG" in step for step in found.reason)


@pytest.mark.parametrize(
    ("text", "platform"),
    [
        ("复制这段话 ￥AbCd1234EfG￥ 打开淘宝", "taobao_family"),
        ("36.0 https:/JAbCdEfGhIjKlM 京东 复制", "jd"),
        ("￥AbCd1234EfG￥", "other"),
    ],
)
def test_a_share_text_without_an_address_is_a_password_that_only_the_app_knows(text, platform):
    found = classify_url(text)
    assert (found.platform, found.scope, found.kind) == (platform, "unresolved", "password_token")
    assert found.nested == ()


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("https://item.jd.com/1.html 很好", "1"),
        ("https://www.baidu.com/ 和 https://item.jd.com/2.html", "2"),
        ("https://item.jd.com/3.html https://item.jd.com/4.html", "3"),
        ("url:https://item.jd.com/5.html", "5"),
    ],
)
def test_words_around_an_address_of_a_shop_change_nothing_of_it(text, item):
    assert classify_url(text).item_id == item
    assert classify_url(text).canonical_url == f"https://item.jd.com/{item}.html"


@pytest.mark.parametrize(
    "address",
    [
        "https://search.jd.com/Search?keyword=iphone 手机壳",
        "https://www.jd.com/?q=手机 壳",
        'openapp.jdmobile://virtual?params={"des":"m","a":"你 好","url":"https://item.jd.com/1.html"}',
    ],
)
def test_an_address_with_blanks_in_a_parameter_is_no_share_text(address):
    assert "share text" not in classify_url(address).reason[0]


@pytest.mark.parametrize(
    "text", ["hello world", "淘宝", "价格$199$", "复制这段描述 €%@€ 并打开APP", "2018-2019", "AbCd1234EfG"]
)
def test_words_that_hand_over_nothing_are_no_address(text):
    found = classify_url(text)
    assert (found.platform, found.scope, found.kind) == ("none", "non_commerce", "other")


@pytest.mark.parametrize("head", ["x68ttps:", "hxxps:", "htttps:", "https", "https；", "https:https:"])
def test_an_address_that_no_browser_opens_is_odd_and_never_the_shops(head):
    found = classify_url(f"{head}//item.jd.com/1.html")
    assert (found.platform, found.scope, found.kind, found.item_id) == ("none", "suspicious", "other", None)
    assert found.nested[0].target == "https://item.jd.com/1.html"
    assert "browser" in found.reason[0]


@pytest.mark.parametrize(
    ("address", "scope"),
    [
        ("hxxps://www.example.com/", "non_commerce"),
        ("hxxps://detail.tmall.com.evil.cn/", "lookalike"),
        ("htttps://v.kuaishou.com/abc", "non_commerce"),
        ("https:/item.jd.com/1.html", "outbound_commerce"),
        ("https:item.jd.com/1.html", "outbound_commerce"),
        (r"\x68ttps://item.jd.com/1.html", "outbound_commerce"),
    ],
)
def test_what_is_garbled_is_a_trap_only_where_it_was_meant_for_one_and_what_opens_is_not_garbled(address, scope):
    assert classify_url(address).scope == scope


def test_a_shops_host_under_a_scheme_of_nobody_is_not_known_to_lead_there():
    found = classify_url("meow://item.jd.com/1.html")
    assert (found.platform, found.scope, found.kind) == ("other", "unresolved", "deep_link")
    assert classify_url("meow://a.example/1.html").scope == "non_commerce"


@pytest.mark.parametrize("host", ["www.kuaishou.com", "img.alicdn.com", "example.com"])
def test_a_scheme_of_nobody_on_a_host_of_no_shop_is_nobodys(host):
    assert classify_url(f"foo://{host}/x.png").scope == "non_commerce"


WORDS = ["￥AbCd1234EfG￥", "€%@€", "(AbCd1234EfG)", "CZ0001", "复制这段描述", "打开淘宝", "「标题」", "tk=AbCd1234EfG"]
HEADS = [
    "https://m.tb.cn/h.x",
    "https:/JAbCdEfGhIjKlM",
    "hxxps://item.jd.com/1.html",
    "https//",
    "item[.]jd.com",
    "a://b",
]


@given(st.lists(st.sampled_from([*WORDS, *HEADS, " ", "\n", "//", ":"]), max_size=8))
def test_any_share_text_goes_through_and_its_canonical_address_is_its_own(pieces):
    once = classify_url("".join(pieces))
    assert once.reason
    assert classify_url(once.canonical_url).canonical_url == once.canonical_url
