"""Inspecting a page: each page beside what is true of it; then what no page may do."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.inspect import decide, inspect
from crawler.reading.document import Document
from crawler.reading.saved import read_saved
from storage.records import Body, Page, Signal

DATA = Path(__file__).parent / "data"
PAGES = sorted(page for page in DATA.glob("pages_*/*") if not page.name.endswith(".expected.json"))
WIDER = {"taobao_personal": "taobao_unspecified", "taobao_enterprise": "taobao_unspecified", "tmall_global": "tmall"}


def expected_of(page):
    return json.loads(page.with_name(f"{page.stem}.expected.json").read_text())


def name_of(page):
    return f"{page.parent.name.removeprefix('pages_')}-{page.stem}"


def inspected(content, url=""):
    return inspect(Document(read_saved(content, url)))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_says_what_stands_beside_it(page):
    expected = expected_of(page)
    found = inspected(page.read_bytes(), expected["url"])
    destination = found.destination
    told = {key: getattr(destination, key) for key in expected if hasattr(destination, key)}
    says = [[signal.name, signal.says] for signal in destination.signals if signal.says]
    assert {**told, "url": expected["url"], "outcome": found.outcome, "says": says} == expected


def test_every_page_has_its_expectation_and_the_other_way_round():
    expectations = {path.name.removesuffix(".expected.json") for path in DATA.glob("pages_*/*.expected.json")}
    assert expectations == {page.stem for page in PAGES}


@pytest.mark.parametrize(
    ("page", "url"),
    [
        ("pages_jd/self_2020.html", "https://item.jd.com/{}.html"),
        ("pages_taobao/legacy_personal.html", "https://item.taobao.com/item.htm?spm=a1&id={}"),
        ("pages_tmall/legacy.html", "https://detail.tmall.com/item.htm?id={}&skuId=5"),
    ],
)
def test_data_of_another_item_than_the_address_names_decide_nothing(page, url):
    content = (DATA / page).read_bytes()
    own = inspected(content).destination
    same, other = inspected(content, url.format(own.item_id)), inspected(content, url.format("777000777"))
    assert same.destination.store_type == own.store_type != "unknown"
    assert (other.outcome, other.detail) == ("partial", "the data are of another item than the address names")
    assert (other.destination.store_type, other.destination.state) == ("unknown", "unknown")
    end = other.destination
    assert (end.item_id, end.shop_id, end.shop_name, end.title) == (None, None, None, None)


def test_an_item_that_the_address_names_in_a_code_is_not_taken_for_another():
    content = (DATA / "pages_taobao/legacy_personal.html").read_bytes()
    found = inspected(content, "https://item.taobao.com/item.htm?id=Xk9aZb-7Yw2Qm4Rt")
    assert (found.outcome, found.destination.store_type) == ("ok", inspected(content).destination.store_type)


@pytest.mark.parametrize(
    ("page", "url"),
    [
        ("pages_jd/self_2020.html", "https://search.jd.com/Search?keyword=x"),
        ("pages_jd/self_2020.html", "https://mall.jd.com/index-1000080001.html"),
        ("pages_jd/self_2020.html", "https://www.jd.com/"),
        ("pages_jd/self_2020.html", "https://mall.jd.com/index-9{}9.html"),
        ("pages_taobao/legacy_personal.html", "https://shop311200.taobao.com/"),
        ("pages_tmall/legacy.html", "https://yangli.tmall.com/"),
    ],
)
def test_data_of_an_item_at_an_address_of_none_decide_nothing(page, url):
    content = (DATA / page).read_bytes()
    found = inspected(content, url.format(inspected(content).destination.item_id))
    assert (found.outcome, found.destination.store_type, found.destination.state) == ("partial", "unknown", "unknown")


def test_a_login_page_tells_no_state_of_the_item_it_kept():
    content = (DATA / "pages_jd/self_2020.html").read_bytes().replace(b"<body", b"<form id='formlogin'></form><body", 1)
    found = inspected(content)
    assert (found.outcome, found.destination.state) == ("login_wall", "unknown")


# --- pages that change under us -----------------------------------------------------------------------------------

KEYS = re.compile(
    r"(?<=[\"' {,(])([A-Za-z_][\w-]{2,40})(?=[\"']?\s*:)|(?<=class=\")([^\"]+)(?=\")|(?<=[\w.] )(g_config)(?= =)"
)


def allowed(store_type):
    return {store_type, WIDER.get(store_type, store_type), "unknown"}


def renamed(text, key):
    return re.sub(rf"(?<![\w-]){re.escape(key)}(?![\w-])", "x9" + "".join(reversed(key)), text)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_renamed_field_never_makes_another_store(page):
    expected, raw = expected_of(page), page.read_bytes()
    charset = "utf-8" if expected_charset(raw) else "gb18030"
    text = raw.decode(charset)
    for key in {key for match in KEYS.findall(text) for key in match if key}:
        found = inspected(renamed(text, key).encode(charset), expected["url"])
        assert found.destination.store_type in allowed(expected["store_type"]) | wider_of_undecided(expected), key


def expected_charset(raw):
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def wider_of_undecided(expected):
    """What a page that contradicts itself may say once one of the two is gone: one of the two."""
    said = {says for _, says in expected["says"]}
    return said if expected["confidence"] == "undetermined" and expected["outcome"] == "ok" else set()


@pytest.mark.parametrize("page", [page for page in PAGES if expected_of(page)["says"]], ids=name_of)
def test_without_its_data_a_page_decides_nothing_narrow(page):
    """Scripts, classes and titles gone: what is left is words, which prove nothing."""
    expected, raw = expected_of(page), page.read_bytes()
    charset = "utf-8" if expected_charset(raw) else "gb18030"
    text = re.sub(
        r"(?s)<script.*?</script>|class=\"[^\"]*\"|clstag=\"[^\"]*\"|<title>.*?</title>", "", raw.decode(charset)
    )
    text = text if text.lstrip().startswith("<") else re.sub(r"\w+(?=['\"]?\s*:)", "x", text)
    found = inspected(text.encode(charset), expected["url"])
    assert (found.destination.store_type, found.destination.confidence) == ("unknown", "undetermined")


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_on_a_foreign_host_decides_nothing(page):
    found = inspected(page.read_bytes(), "https://detail.tmall.com.example.net/item.htm?id=900000000001")
    assert found.destination.store_type == "unknown"


def test_the_words_of_an_item_do_not_make_its_store():
    content = (DATA / "pages_jd/pop_2018.html").read_bytes().decode("gbk")
    spoken = content.replace("样例空调", "【京东自营】sellerType:'B' isPop:false 企业店-tmall.com天猫")
    assert inspected(spoken.encode("gbk"), "https://item.jd.com/1020000001.html").destination.store_type == "jd_pop"


def test_an_answer_that_the_page_fetched_counts_as_the_page():
    detail = (DATA / "pages_taobao/pcdetail_enterprise.json").read_bytes()
    licence = (DATA / "pages_taobao/shop_licensed.json").read_bytes()
    url = "https://item.taobao.com/item.htm?id=900000000001"
    bodies = (
        Body(url="https://h5api.m.taobao.com/h5/a", content=licence),
        Body(url="https://h5api.m.taobao.com/h5/b", content=detail),
    )
    page = Page(requested_url=url, final_url=url, html="<html><title>商品详情页</title></html>", bodies=bodies)
    found = inspect(Document(page)).destination
    assert (found.store_type, found.confidence, found.state) == ("taobao_enterprise", "proved", "on_shelf")


def test_the_licence_of_another_seller_counts_for_nothing():
    detail = (DATA / "pages_taobao/pcdetail_on_shelf.json").read_bytes()
    licence = (DATA / "pages_taobao/shop_licensed.json").read_bytes().replace(b"800001", b"800009")
    url = "https://item.taobao.com/item.htm?id=900000000001"
    bodies = (
        Body(url="https://h5api.m.taobao.com/h5/a", content=licence),
        Body(url="https://h5api.m.taobao.com/h5/b", content=detail),
    )
    page = Page(requested_url=url, final_url=url, html="<html><title>商品详情页</title></html>", bodies=bodies)
    assert inspect(Document(page)).destination.store_type == "taobao_unspecified"


def test_a_refused_request_of_a_page_seen_whole_counts_for_nothing():
    url = "https://item.taobao.com/item.htm?id=900000000001"
    token = (DATA / "pages_taobao/token_answer.json").read_bytes()
    html = (DATA / "pages_taobao/ssr_on_shelf.html").read_text()
    page = Page(
        requested_url=url,
        final_url=url,
        html=html,
        bodies=(Body(url="https://h5api.m.taobao.com/h5/a", content=token),),
    )
    found = inspect(Document(page))
    assert (found.outcome, found.destination.confidence) == ("ok", "proved")


def test_a_coupon_that_does_not_exist_says_nothing_of_the_item():
    answer = json.dumps({"api": "mtop.taobao.coupon.get", "ret": ["FAIL_BIZ_NOT_EXIST::不存在"], "data": {}}).encode()
    found = inspected(answer, "https://item.taobao.com/item.htm?id=900000000001")
    assert (found.outcome, found.destination.state) == ("partial", "unknown")


def test_the_record_of_another_item_is_left_alone():
    detail = (DATA / "pages_taobao/pcdetail_on_shelf.json").read_bytes()
    found = inspected(detail, "https://item.taobao.com/item.htm?id=999999999999")
    assert (found.destination.store_type, found.outcome) == ("unknown", "partial")


@pytest.mark.parametrize("outcome", ["timeout", "challenge", "robots_denied"])
def test_a_page_that_never_came_keeps_its_outcome(outcome):
    url = "https://item.jd.com/1.html"
    found = inspect(Document(Page(requested_url=url, final_url=url, outcome=outcome, html="")))
    assert (found.outcome, found.destination.confidence) == (outcome, "undetermined")


def test_a_page_that_answers_404_is_not_found_whatever_it_shows():
    url = "https://item.taobao.com/item.htm?id=900000000001"
    html = (DATA / "pages_taobao/ssr_on_shelf.html").read_text()
    found = inspect(Document(Page(requested_url=url, final_url=url, http_status=404, html=html)))
    assert (found.outcome, found.destination.state, found.destination.store_type) == (
        "not_found",
        "not_found",
        "unknown",
    )


# --- the decision -------------------------------------------------------------------------------------------------


def signals(*says):
    return [Signal(f"signal {i}", "", one) for i, one in enumerate(says)]


@pytest.mark.parametrize(
    ("says", "decided"),
    [
        ((), ("unknown", "undetermined")),
        (("", ""), ("unknown", "undetermined")),
        (("jd_pop",), ("jd_pop", "likely")),
        (("jd_pop", ""), ("jd_pop", "likely")),
        (("jd_pop", "jd_pop"), ("jd_pop", "proved")),
        (("jd_pop", "jd_pop", "jd_self_operated"), ("unknown", "undetermined")),
        (("taobao_unspecified", "taobao_personal"), ("taobao_personal", "likely")),
        (("taobao_personal", "taobao_enterprise", "taobao_unspecified"), ("unknown", "undetermined")),
        (("tmall", "tmall", "tmall_global"), ("tmall_global", "likely")),
        (("tmall", "taobao_unspecified"), ("unknown", "undetermined")),
        (("no_such_store", "no_such_store"), ("unknown", "undetermined")),
    ],
)
def test_two_signals_prove_one_makes_likely_and_contradiction_decides_nothing(says, decided):
    assert decide(signals(*says), "ok") == decided


@pytest.mark.parametrize("outcome", ["partial", "challenge", "login_wall", "not_found", "rate_limited"])
def test_a_page_not_seen_whole_decides_nothing(outcome):
    assert decide(signals("tmall", "tmall", "tmall"), outcome) == ("unknown", "undetermined")


@given(st.permutations(["tmall", "tmall_global", "", "tmall", "tmall_global"]))
def test_the_order_of_signals_changes_nothing(says):
    assert decide(signals(*says), "ok") == ("tmall_global", "proved")


# --- anything goes through ----------------------------------------------------------------------------------------

HOSTS = st.sampled_from(
    [
        "",
        "https://item.taobao.com/item.htm?id=900000000001",
        "https://detail.tmall.com/",
        "https://item.jd.com/1.html",
        "https://a.b/",
    ]
)
# fmt: off
PIECES = st.sampled_from([
    '{"seller":',
    '{"item":', '{"sellerType":"C"', "<script>", "</script>", "var g_config = {idata:{item:", "}", "}}", ",",
    "pageConfig = {product:{skuid:1", "TShop.Setup(", '"itemDO":{', '"detail":[', "]", "null", "[[", "\x00",
    "<title>x-淘宝网</title>", '{"ret":', '"data":',
])
# fmt: on


@given(st.lists(PIECES | st.text(max_size=8), max_size=14), HOSTS)
def test_any_page_goes_through(pieces, url):
    inspected("".join(pieces).encode("utf-8", "surrogatepass"), url)


VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=6)
    | st.lists(st.none(), max_size=2)
    | st.dictionaries(st.text(max_size=3), st.none(), max_size=2)
)
FIELDS = [
    "sellerType",
    "itemStatus",
    "leftButtons",
    "title",
    "headerVO",
    "params",
    "feature",
    "ret",
    "skuItem",
    "signInfoDTO",
    "globalInfoDTO",
]


@given(st.sampled_from([page for page in PAGES if page.suffix == ".json"]), st.sampled_from(FIELDS), VALUES)
def test_any_value_in_any_field_goes_through(page, field, value):
    def planted(node):
        if isinstance(node, dict):
            return {key: value if key == field else planted(child) for key, child in node.items()}
        return [planted(child) for child in node] if isinstance(node, list) else node

    content = json.dumps(planted(json.loads(page.read_text())), ensure_ascii=False).encode("utf-8", "surrogatepass")
    inspected(content, expected_of(page)["url"])
