"""Item pages of Taobao and Tmall: the legacy templates (GBK on the wire) and the new server-rendered one."""

from __future__ import annotations

import json
from urllib.parse import quote

from crawler.sample.goods import Item

OFF_SHELF = "商品已经下架啦~要不要瞧瞧别的~"
SOLD_OUT = "商品已经卖光啦~"
_ENTERPRISE_ICON = "//gtms04.alicdn.com/tps/i4/TB1YE.PHVXXXXb6XXXXSutbFXXX.jpg"
_BUTTONS = {"off_shelf": OFF_SHELF, "sold_out": SOLD_OUT, "not_yet_on_sale": "即将开始，11.20 20:00开售"}

# The words "enterprise" and "qiyeka" stand in the loader list of every legacy page, whoever the seller is.
_LOADER = """<script>
var Components = [];
Components.push({"name":"pine","precondition":"$('#J_ShopInfo') && !g_config.idata.item.enterprise"});
Components.push({"name":"pine_enterprise","path":"kg/detail-pinus-enterprise-module/6.0.6/","load":"core"});
Components.push({"name":"qiyeka","path":"kg/xwkc-qiyeka/0.0.5/index","init":"new Component('#J_Xwkc_Qiyeka');"});
Components.push({"name":"offline","precondition":"document.getElementsByClassName('tb-key-off-sale')[0]"});
</script>"""

_PERSONAL_BADGE = (
    "<dl><dt>资质：</dt><dd>"
    '<a class="tb-icon tb-icon-alipay-persion-auth" title="支付宝个人认证2011-06-04" href="#"></a>'
    '<a class="tb-seller-bail" title="已缴纳1000元保证金"><span class="tb-icon tb-icon-bail"></span></a></dd></dl>'
)
_ENTERPRISE_HEADER = (
    '<div id="header" class="tshop-psm-shop-header-enterprise"><div class="header-enterprise-tb">'
    '<div class="shop-type">'
    '<a href="//service.taobao.com/support/" class="shop-type-icon-enterprise"></a></div></div></div>'
)


def taobao_legacy(item: Item) -> str:
    """The template of 2015 to 2020: ``g_config`` with ``idata``, and a badge for personal or enterprise sellers."""
    shop, is_personal = item.shop, item.shop.store_type == "taobao_personal"
    is_off = item.state == "off_shelf"
    buy = '<a href="javascript:;" class="J_LinkBuy" id="J_LinkBuy">立即购买</a>'
    gone = '<div class="tb-key tb-key-off-sale"><strong class="tb-off-sale">此宝贝已下架</strong></div>'
    return f"""<!doctype html>
<html><head><meta charset="gbk"/><title>{item.title}-淘宝网</title>
<link rel="canonical" href="{item.url}" />
<script>
    var g_config = {{
        startTime        : +new Date,
        appId            : 1 ,
        itemId           : '{item.item_id}',
        shopId           : '{shop.shop_id}',
        shopName         : '{_escaped(shop.name)}',
        sellerId         : '{shop.seller_id}',
        sellerNick       : '{shop.name}',
        sibUrl           : '//detailskip.taobao.com/service/getData/1/p1/item/detail/sib.htm?itemId={item.item_id}',
        idata            : {{
            item: {{
                id               : '{item.item_id}',
                title            : '{_escaped(item.title)}',
                status           : {-2 if is_off else 0},
                edit             : true,
                type             : '{"" if is_personal else "qiye"}'
            }},
            seller: {{ id: '{shop.seller_id}', shopAge: 6, status: 0 }},
            shop: {{ id: '{shop.shop_id}', url: '//shop{shop.shop_id}.taobao.com/' }}
        }}
    }};
</script></head><body>
{"" if is_personal else _ENTERPRISE_HEADER}
<div id="J_Title"><h3 class="tb-main-title" data-title="{item.title}">{item.title}</h3></div>
<div class="tb-shop-name"><strong><a href="//shop{shop.shop_id}.taobao.com">{shop.name}</a></strong></div>
<div class="tb-shop-rank tb-rank-crown"><dl><dt>信誉：</dt><dd><i></i><i></i></dd></dl></div>
{_PERSONAL_BADGE if is_personal else ""}
<div id="J_juValid">{gone if is_off else buy}</div>
{_LOADER}
</body></html>"""


def taobao_ssr(item: Item) -> str:
    """The template of 2026 (Taobao ``C``, Tmall ``B``): all in ``__ICE_APP_CONTEXT__``, assigned from ``var b``."""
    is_tmall = item.shop.platform == "tmall"
    context = {
        "appData": None,
        "loaderData": {"home": {"data": {"res": _detail(item)}}},
        "routePath": "",
        "matchedIds": ["home"],
        "renderMode": "SSR",
    }
    overlay = (
        '<div class="J_MIDDLEWARE_FRAME_WIDGET"><iframe src="https://h5api.m.taobao.com/h5/punish"></iframe></div>'
    )
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8">
<title>{item.title}-{"tmall.com天猫" if is_tmall else "淘宝网"}</title>
<script src="https://g.alicdn.com/secdev/baxia.js" async></script></head>
<body><div id="ice-container"><h1 class="mainTitle--Xk2">{item.title}</h1>
<a class="shopName--q1B" href="{_shop_url(item)}">{item.shop.name}</a></div>
{overlay if item.state == "overlay" else ""}
<script>!(function () {{var a = window.__ICE_APP_CONTEXT__ || {{}};var b = {json.dumps(context, ensure_ascii=False)};\
for (var k in a) {{b[k] = a[k]}}window.__ICE_APP_CONTEXT__=b;}})();</script>
</body></html>"""


def tmall_legacy(item: Item) -> str:
    """The Tmall template of 2015 to 2020: ``TShop.Setup``, the microscope meta and the shop's name plate."""
    is_online = item.state != "off_shelf"
    nick = quote(item.shop.name)
    setup = {
        "itemDO": {
            "isOnline": is_online,
            "title": item.title,
            "sellerNickName": nick,
            "auctionType": "b",
            "userId": item.shop.seller_id,
            "itemId": item.item_id,
            "auctionStatus": "0" if is_online else "-2",
        },
        "rstShopId": int(item.shop.shop_id),
        "detail": {"isDownShelf": not is_online, "isItemAllowSellerView": True},
    }
    gone = '<strong class="sold-out-tit">此商品已下架</strong>'
    return f"""<!doctype html>
<html><head><meta charset="gbk" /><title>{item.title}-tmall.com天猫</title>
<meta name="microscope-data" content="pageId=1373900204;prototypeId=2;siteId=2; shopId={item.shop.shop_id}; \
userid={item.shop.seller_id};">
</head><body data-spm="7.1">
<div id="shopExtra"><div class="slogo">
<a class="slogo-shopname" href="{_shop_url(item)}"><strong>{item.shop.name}</strong></a>
<div class="slogo-extraicon bShop"><span class="flagship-icon"><span class="flagship-icon-font">品牌直销</span></span>
<span class="slogo-ww J_WangWang" data-nick="{nick}"></span></div></div></div>
<div class="tb-detail-hd"><h1>{item.title}</h1></div>{"" if is_online else gone}
<script>TShop.Setup(
{json.dumps(setup, ensure_ascii=False)}
);</script></body></html>"""


def tmall_global(item: Item) -> str:
    """Tmall Global: the legacy template on tmall.hk, for an overseas flagship store."""
    return tmall_legacy(item).replace("-tmall.com天猫</title>", "-天猫国际</title>")


def _shop_url(item: Item) -> str:
    if item.shop.platform == "taobao":
        return f"//shop{item.shop.shop_id}.taobao.com"
    domain = "tmall.hk" if item.shop.store_type == "tmall_global" else "tmall.com"
    return f"//shop{item.shop.shop_id}.{domain}"


def _detail(item: Item) -> dict[str, object]:
    shop, is_degraded = item.shop, item.state == "degraded"
    seller = {
        "sellerNick": shop.name,
        "shopName": shop.name,
        "certText": "金牌卖家",
        "creditLevel": "14",
        "pcShopUrl": _shop_url(item),
        "sellerType": "B" if shop.platform == "tmall" else "C",
    }
    if shop.store_type == "taobao_enterprise":
        seller["tagIcon"] = _ENTERPRISE_ICON
    detail: dict[str, object] = {
        "seller": seller,
        "item": {"title": item.title, "itemId": item.item_id, "images": []},
        "feature": {"pcResistDetail": str(is_degraded).lower(), "tmwOverseasScene": "false"},
        # The off-shelf sentence is one of the phrases that this module can show, on every page.
        "plusViewVO": {
            "imageSearchVO": {"ext": {"textList": [OFF_SHELF, SOLD_OUT, "该区域暂不支持购买"]}, "hit": "true"}
        },
        "params": {"trackParams": {"BC_type": "B"} if shop.platform == "tmall" else {}},
        "componentsVO": {"headerVO": {"mallLogo": ""}, "bottomBarVO": _bottom_bar(item)},
    }
    if not is_degraded:
        seller |= {"sellerId": shop.seller_id, "userId": shop.seller_id, "shopId": shop.shop_id}
        detail["skuCore"] = {"skuItem": {"itemStatus": 1 if item.state == "off_shelf" else 0}}
    return detail


def _bottom_bar(item: Item) -> dict[str, object]:
    text = _BUTTONS.get(item.state)
    if text:
        return {"leftButtons": [{"disabled": "true", "title": {"text": text}, "type": "buy_now"}]}
    buttons = [
        {"disabled": "false", "title": {"text": "加入购物车"}, "type": "add_cart"},
        {"disabled": "false", "title": {"text": "立即购买"}, "type": "buy_now"},
    ]
    return {"leftButtons": buttons}


def _escaped(text: str) -> str:
    r"""Non-ASCII characters as ``\uXXXX``, as these pages write them."""
    return text.encode("unicode_escape").decode()
