"""Pages that are no page: each told by what little it shows, and each beside a page that says the same and is one."""

import pytest

from crawler.inspect import inspect
from crawler.reading.document import Document
from crawler.reading.refusal import is_no_text, refusal, said_state
from crawler.reading.saved import read_saved

SHOP = "https://weidian.com/item.html?itemID=7700112234"
MUCH = "".join(f"<p>第{n}款：纯棉，宽松，圆领，男女同款，七天无理由退换，包邮到家，洗后不变形</p>" for n in range(24))
LINKS = '<a href="/x">茶</a>' * 40


def page(title, body):
    return f"<html><head><title>{title}</title></head><body>{body}</body></html>".encode()


def told(content, url=SHOP):
    found = refusal(Document(read_saved(content, url)))
    return found[0] if found else None


@pytest.mark.parametrize(
    ("title", "body", "outcome"),
    [
        ("安全验证", "", "challenge"),
        ("Just a moment...", "", "challenge"),
        ("403 Forbidden", "<h1>403 Forbidden</h1>", "challenge"),
        ("微店", "<div>请拖动滑块完成拼图</div>", "challenge"),
        ("微店", '<div id="nc_1_wrapper"></div>', "challenge"),
        ("429 Too Many Requests", "", "rate_limited"),
        ("微店", "<p>操作频繁，请稍后再试</p>", "rate_limited"),
        ("404 Not Found", "", "not_found"),
        ("微店", "<p>抱歉，该商品不存在</p>", "not_found"),
        ("登录", "", "login_wall"),
        ("微店-登录", "", "login_wall"),
        ("微店", '<input type="password">', "login_wall"),
        ("微店", "<p>登录后即可查看</p>", "login_wall"),
        ("503 Service Unavailable", "", "partial"),
        ("微店", '<div id="app"></div>', "partial"),
        ("身份核实", "", "challenge"),
        ("亲，访问受限了", "", "challenge"),
        ("安全限制", "", "challenge"),
        ("微店", "<p>您的网络环境存在异常</p>", "challenge"),
        ("微店", "<p>IP存在风险，请换网络后重试</p>", "challenge"),
        ("微店 - 你访问的页面不见了", "", "not_found"),
        ("Sorry! Something went wrong!", "", "partial"),
        ("微店", "<p>验证后继续访问</p>", "challenge"),
        ("微店", "<script>location.replace('/item/_____tmd_____/punish?x5secdata=a')</script>", "challenge"),
        ("微店", '<script>var d = {"user": {"needLogin": true}}</script>', "login_wall"),
    ],
)
def test_what_little_stands_on_it_tells_a_refusal(title, body, outcome):
    assert told(page(title, body)) == outcome
    assert told(page(title, body + MUCH)) is None
    assert told(page(title, f"{body}<p>明前龙井，当季新茶，产地直发，顺丰包邮</p>{LINKS}")) is None


@pytest.mark.parametrize(
    ("data", "outcome"),
    [
        ('{"env": "prod", "page": {"name": "detail", "version": 2}}', "partial"),
        ('{"goods": null, "items": [], "shop": {}}', "partial"),
        ('{"goods": {"alias": "3eoqinghe"}}', None),
        ('{"needLogin": true, "goods": {"minPrice": 12}}', None),
    ],
)
def test_only_data_of_a_thing_that_is_shown_make_a_page_of_a_frame(data, outcome):
    assert told(page("微店", f'<div id="app"></div><script>window.__DATA__ = {data}</script>')) == outcome


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ('{"code": 3, "message": "not login"}', "login_wall"),
        ('{"code": "605", "data": {"errMsg": "风险用户，请稍后再来"}}', "challenge"),
        ('cb({"ok": false, "msg": "操作频繁"})', "rate_limited"),
        ('{"code": 0, "msg": "该商品不存在"}', "not_found"),
        ('{"code": 0, "data": {"words": "操作频繁"}}', None),
        ('{"code": 0, "msg": "操作频繁", "goods": "' + "茶" * 900 + '"}', None),
    ],
)
def test_a_short_answer_refuses_in_its_own_message(answer, outcome):
    assert told(answer.encode()) == outcome


@pytest.mark.parametrize(
    ("body", "state"),
    [
        ("<p>此商品已下架，欢迎挑选其他商品</p>", "off_shelf"),
        ("<p>宝贝已经卖光</p>", "sold_out"),
        ("<p>商品热卖中</p>", "unknown"),
        ("<p>如果商品已下架，请联系客服</p>", "unknown"),
        ("<p>若该商品已售罄，部分商品已下架，恕不退换</p>", "unknown"),
        ("<p>如有疑问请联系客服。该商品已售罄</p>", "sold_out"),
        (f"{MUCH}<p>看了又看：商品已下架</p>", "unknown"),
    ],
)
def test_a_state_is_believed_of_a_page_that_says_little_else(body, state):
    assert said_state(Document(read_saved(page("青禾茶铺", body), SHOP))) == state


def test_a_page_at_the_address_of_a_check_is_that_check():
    content = page("微店", '<div id="root"></div>')
    assert told(content, "https://verify.meituan.com/v2/web/general_page?action=x") == "challenge"
    assert told(content, "https://verify-tea.example.com/") == "partial"


def test_a_captcha_that_is_shown_lies_over_any_page():
    frame = '<iframe src="https://captcha.qinghe.example/x"></iframe>'
    assert told(page("青禾茶铺", MUCH + frame)) == "challenge"
    assert told(page("青禾茶铺", f'{MUCH}<div style="display: none">{frame}</div>')) is None


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("明前龙井 礼盒装 250克 青禾茶铺", "<h1>明前龙井</h1>"),
        ("青禾茶铺", '<script>var _global = {"goods": {"alias": "3eoqinghe"}}</script>'),
        (
            "青禾茶铺",
            '<p>明前龙井，当季新茶，产地直发，顺丰包邮</p><iframe style="display:none" src="//captcha.a.cn/"></iframe>',
        ),
        ("青禾 登录页主题茶具套装", "<p>明前龙井，当季新茶，产地直发，你好，请登录</p>"),
    ],
)
def test_a_page_with_little_on_it_is_still_a_page(title, body):
    assert told(page(title, body)) is None


@pytest.mark.parametrize(
    "noise",
    [
        bytes((n * n * 31 + n * 7 + 13) % 256 for n in range(2000)),
        b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n",
        b"PK\x03\x04qinghe",
        b"\x1f\x8b\x08\x00qinghe",
    ],
)
def test_bytes_that_are_no_text_are_called_unreadable(noise):
    found = inspect(Document(read_saved(noise, SHOP)))
    assert found.outcome == "partial"
    assert found.detail.startswith("unreadable")
    assert found.destination.store_type == "unknown"


@pytest.mark.parametrize(
    "text", ["", "青禾茶铺" * 50, "\ufeffqinghe", "a\tb\r\n" * 30], ids=["empty", "words", "marked", "tabs"]
)
@pytest.mark.parametrize("charset", ["utf-8", "gb18030", "utf-16"])
def test_text_in_any_charset_is_text(text, charset):
    assert not is_no_text(text.encode(charset))
