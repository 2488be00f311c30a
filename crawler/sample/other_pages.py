"""Item pages of the other platforms, and the pages that shops show instead of an item: walls, stubs, dead ends."""

from __future__ import annotations

import json

from crawler.sample.goods import Item


def youzan(item: Item) -> str:
    """A Youzan item page."""
    data = {"goods": {"alias": item.item_id, "title": item.title}, "shop": {"kdt_id": item.shop.shop_id}}
    return _plain(f"{item.title} - {item.shop.name}", f"window._global = {json.dumps(data, ensure_ascii=False)};", item)


def pinduoduo(item: Item) -> str:
    """A Pinduoduo item page."""
    data = {"store": {"initDataObj": {"goods": {"goodsID": item.item_id, "goodsName": item.title}}}}
    return _plain(f"{item.title} - 拼多多", f"window.rawData={json.dumps(data, ensure_ascii=False)};", item)


def weidian(item: Item) -> str:
    """A Weidian item page."""
    return _plain(f"{item.title} - 微店", f"window.itemID = '{item.item_id}';", item)


def suning(item: Item) -> str:
    """A Suning item page."""
    return _plain(f"{item.title}【价格 报价】- 苏宁易购", f"var sn = {{partNumber: '{item.item_id}'}};", item)


def login_stub() -> str:
    """The page of about 5 kB that Taobao and Tmall give to everybody not logged in, whatever item was asked for."""
    filler = "<!-- loading -->" * 250
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>淘宝网</title>
<script>var loginUrl = 'https://login.taobao.com/member/login.jhtml'; window._needLogin = true;</script></head>
<body><div id="login-mask">亲，请登录</div>{filler}</body></html>"""


def app_shell() -> str:
    """The mobile shell of an item page before its script has fetched anything: no item, no shop."""
    return """<!DOCTYPE html><html><head><meta charset="UTF-8"/><title></title>
<meta name="viewport" content="initial-scale=1.0"><script src="//g.alicdn.com/mtb/lib-callapp/1.4.8/combo.js"></script>
<script>window.__CONFIG__ = {"bizCode": "detail", "ssr": false};</script></head>
<body><div id="root"></div></body></html>"""


def punish_page() -> str:
    """The slider challenge of the Taobao family."""
    return """<!DOCTYPE html><html><head><meta charset="utf-8"><title>验证码拦截</title></head>
<body><div id="nocaptcha">亲，请拖动下方滑块完成验证</div>
<script>var url = "/_____tmd_____/punish?x5secdata=xg1&x5step=2&action=captcha";</script></body></html>"""


def not_found_page(platform: str) -> str:
    """What a shop says of an item that it does not know."""
    texts = {
        "taobao": (
            "淘宝网 - 宝贝不存在",
            '<div class="error-notice">很抱歉，您查看的宝贝不存在，可能已下架或者被转移。</div>',
        ),
        "tmall": ("天猫 - 商品不存在", '<div class="errorDetail"><h2>很抱歉，您查看的商品找不到了！</h2></div>'),
    }
    title, body = texts.get(platform, ("404", "<h1>页面不存在</h1>"))
    return f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title></head><body>{body}</body></html>'


def jd_home() -> str:
    """JD's home page, which is what a dead item sends everybody to."""
    return """<!DOCTYPE html><html><head><meta charset="utf8"/>
<title>京东(JD.COM)-正品低价、品质保障、配送及时、轻松购物！</title></head>
<body><div id="app">京东自营 秒杀 超市</div></body></html>"""


def jd_login() -> str:
    """JD's login page."""
    return """<!DOCTYPE html><html><head><meta charset="utf-8"><title>京东-欢迎登录</title></head>
<body><form id="formlogin" method="post"><input name="loginname"><input type="password"></form></body></html>"""


def jd_risk() -> str:
    """JD's risk handler: a slider."""
    return """<!DOCTYPE html><html><head><meta charset="utf-8"><title>京东验证</title></head>
<body><div class="verify">快速验证，购物无忧</div></body></html>"""


def _plain(title: str, script: str, item: Item) -> str:
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title></head>
<body><h1>{item.title}</h1><p class="shop-name">{item.shop.name}</p><script>{script}</script></body></html>"""
