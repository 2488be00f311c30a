"""Taobao: its items and shops, and the hosts of the Taobao family that do not tell Taobao from Tmall."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import unquote

from crawler.platforms._taobao_page import inspect
from crawler.reading.forms import DIGITS_OR_OPAQUE, Form, FormTable, UrlFacts
from crawler.reading.url import WebURL
from crawler.shapes import Platform

_DETAIL = "https://h5.m.taobao.com/awp/core/detail.htm?id={item}"
_SHOP_IDS = "shop_id shopId user_number_id user_id userId sellerId"
_SHORT = ".tb.cn .tburl.cn .tburl.in .mashort.cn"
_RETIRED_SHORT = "*.b0yp.com *.b1wt.com .zmnxbc.com .dwntme.com"
_LOGIN = (
    "oauth.taobao.com oauth.m.taobao.com auth.taobao.com .login.taobao.com login.m.taobao.com passport.taobao.com "
    "reg.taobao.com"
)
_ACCOUNT = (
    "cart.taobao.com cart.m.taobao.com fav.taobao.com favorite.taobao.com fav.m.taobao.com buy.taobao.com "
    "buy.m.taobao.com buyertrade.taobao.com trade.taobao.com refund.taobao.com i.taobao.com my.taobao.com "
    "shoucang.taobao.com member1.taobao.com wuliu.taobao.com favorite.m.taobao.com tradearchive.taobao.com"
)
_API = (
    "api.m.taobao.com acs.m.taobao.com hws.m.taobao.com eco.taobao.com gw.api.taobao.com suggest.taobao.com "
    "mdskip.taobao.com ext-mdskip.taobao.com detailskip.taobao.com tbskip.taobao.com rate.taobao.com count.taobao.com "
    "tui.taobao.com tad.taobao.com ald.taobao.com fourier.taobao.com descnew.taobao.com dscnew.taobao.com "
    "hdc1new.taobao.com allot-mpp.taobao.com api-taojinbi.taobao.com h5api.m.taobao.com *.mmstat.com "
    "guide-acs.m.taobao.com trade-acs.m.taobao.com acs-m.taobao.com"
)
_CONSOLE = (
    ".open.taobao.com fuwu.taobao.com service.taobao.com *.win.taobao.com myseller.taobao.com "
    "sell.taobao.com upload.taobao.com sycm.taobao.com subway.taobao.com rule.taobao.com rules.taobao.com "
    "help.taobao.com helpcenter.taobao.com consumerservice.taobao.com sellerhelp.taobao.com siteadmin.taobao.com "
    "qn.taobao.com qianniu.taobao.com subway.simba.taobao.com liveplatform.taobao.com tblive.taobao.com "
    "zhaoshang.taobao.com daxue.taobao.com university.taobao.com jubao.taobao.com rulechannel.taobao.com "
    "rulesale.taobao.com zhaopin.taobao.com .alimama.com .taobao.org "
    ".taobao.net mai.taobao.com"
)
_ASSETS = (
    "*.video.taobao.com img.taobao.com assets.taobao.com .alicdn.com *.tbcdn.cn "
    "*.taobaocdn.com *.tbcache.com *.alibabadns.com"
)
_HOMES = (
    "taobao.com www.taobao.com m.taobao.com h5.m.taobao.com world.taobao.com ju.taobao.com "
    "juhuasuan.com www.juhuasuan.com etao.com www.etao.com"
)
_FAMILY = ".taobao.com .jiyoujia.com .juhuasuan.com .etao.com .taobao.global"

# What a shop's own host serves: its front, lists, categories and pages. Anything else there is an application.
_SHOP_PATH = (
    r"/?|/(?:index|search|category|view_shop|view_page|view_category|campaign|default|home)[^/]*"
    r"|/(?:shop|p|i|page|pages|market|view|category|search)/.*"
)

# Names below taobao.com that are the platform's own. Any other name is read as a shop's.
_RESERVED = """
    110 1111 1212 2 315 3c 618 a about ac academy acs ad adash admin ads ai ald alibaba alimama alime alimebot
    aliyun allot-mpp amdc amos api api-taojinbi app apps archer art assets auction auth auto b baby baike bang
    bangpai baobei baoxian bbs beauty bendi blog book brand bulk buy buyer buyertrade bxlc c cainiao caipiao car
    card cart cc cdn chaoshi chat chi chongfu chongwu chongzhi click cloud cloudvideo comment consign console
    consumerservice contract corp count coupon crash crm cs cs-center csc czy dajuhui daogou daren dashboard data
    daxue dc dd demo descnew design detail detailskip dev developer developers dianpu dianying diaocha digital ding
    dingtalk dingzhi distribution diy doc docs dongman dscnew dsp duoduo e ec ecard eco ecs edu en err error
    eventrecord ext-mdskip faas fang fanli faq fashion fashion2 fav favorite favorite2 favorites feedback food forum
    fourier fp fresh fuli fuwu g game gateway global go group guang guide gw gy h5 hdc1new headline health
    healthcenter help helpcenter hk home hongbao hotel house huangou hudong huodong huwai hws i i56 im im-web img
    import inshop ipp ir ishop isv item item-paimai item2 items izhongchou jae jf jia jiafang jiaju jiancai jianghu
    jiaoyu jiazhuang jifen jimu jinbi jipiao jiyoujia job ju ju-page jubao jump juxing kezhan kf kuaidi lady learn
    legal lingshi lipin list live live-room liveplatform loan log login logistics love lp lu lvxing lvyou m m-market
    mai main mall manage manager market marketing mdskip meal member member1 message miao miaosha mo mobile mofang
    monitor movie msg music muying my myseller mytaobao nan nanren nanxie nanzhuang new news nianhuo notify nv nvren
    nvxie nvzhuang o2o oa oauth ocservice open openmall ops order oss ossgw overseas p page pages pai paimai partner
    partners pass passport pay pc pet photo photos piao pin pindao pinlei pinpai platform play point policy portal
    post privacy pro promotion proxy pub qiang qianggou qianniu qiche qince qiye qn qr qrcode quan ram rate re
    refund reg register render rent report rule rulechannel rules rulesale s sale sandbox scportal sdk search
    search-ext sec sec-center seckill security security-center sell seller seller-help sellerhelp service sf sf-item
    shangcheng shangjia shangou shenghuo shengxian shipin shop shopping shopsearch shoucang shu shuma shuo signin
    simba site siteadmin snapshot sns sp sport ss ssl sso sso-login staging star start stat statics status store
    subway sug suggest suggestion support survey susong svip sycm t tad tao taojinbi taolive taoquan tbcc tbcdn tbk
    tbkapi tblive tbskip tbzb tce tejia temai terms tese tiyan tmall tmc tms tongzhuang tools top tracker trade
    tradearchive traveldetail trends trip try tui tv tw ucenter uic uland union unit university up upgrade upload ur
    user uz video vip vote wangpu wangwang wanju wap we webapp webim webww weigou weitao wenda wo work workbench
    world wt wuliu wvs ww wwc wwposter www xiangqing xianhua xiaobao xiebao xin xue xuexi yao yingxiao yundong yuyue
    zc zc-paimai zhaopin zhaoshang zhi zhibo zhitongche zhongchou zhuangxiu zhuanti zhuanye zhubao zt zxn
"""

_TABLE = FormTable(
    "taobao_family",
    (
        Form("item.taobao.com", r"/(?:auction/)?item(?:_detail)?\.html?", "item_page", "id item_num_id itemId",
             ids=DIGITS_OR_OPAQUE, platform="taobao", canonical="https://item.taobao.com/item.htm?id={item}",
             says="item.taobao.com/item.htm: an item on the Taobao front; the seller may still be on Tmall"),
        Form("item.taobao.com", r"/?", "homepage", platform="taobao"),
        Form("item.taobao.com", r"/search\.html?", "search_page", platform="taobao"),
        Form("item.taobao.com", "", "other", platform="taobao"),
        # items on hosts that do not tell Taobao from Tmall
        Form("a.m.taobao.com m.taobao.com", r"/(?:i|da)(?P<item>[0-9]+)\.html?", "item_page", canonical=_DETAIL),
        Form("a.m.taobao.com", "", "other"),
        Form("h5.m.taobao.com", r"/awp/core/detail\.html?", "item_page", "id", canonical=_DETAIL),
        Form("new.m.taobao.com", r"/detail\.html?", "item_page", "id", canonical=_DETAIL),
        Form("detail.taobao.com", r"/item\.html?", "item_page", "id", canonical=_DETAIL),
        Form("tw.taobao.com", r"/item/(?P<item>[0-9]+)\.html?", "item_page", canonical=_DETAIL),
        Form("*.m.taobao.com", r"/wow/z/app/detail-next/item/.*", "item_page", "id", canonical=_DETAIL),
        Form("*.m.taobao.com", r"/app/(?:detail-project|newdetail)/.*", "item_page", "id", needs="id",
             canonical=_DETAIL),
        Form("*.m.taobao.com", r"/security-h5-detail/.*", "item_page", "id", needs="id", canonical=_DETAIL),
        Form("main.m.taobao.com", r"/(?:new)?detail/(?:index|detail)\.html?", "item_page", "id", canonical=_DETAIL),
        Form("market.m.taobao.com h5.m.taobao.com",
             r"/(?:app/)?idlefish[^/]*/(?:.*/)?(?:page-)?(?:detail|item)(?:[/.].*)?",
             "item_page", "id itemId", platform="xianyu", canonical="https://www.goofish.com/item?id={item}",
             says="a page of Idle Fish (Xianyu) on a host that all apps of the family share"),
        Form("market.m.taobao.com h5.m.taobao.com", r"/(?:app/)?idlefish[^/]*/.*", "other", platform="xianyu"),
        Form("m.intl.taobao.com", r"/detail/detail\.html?", "item_page", "id", canonical=_DETAIL),
        Form("world.taobao.com", r"/item/(?:wap/)?(?P<item>[0-9]+)\.html?", "item_page", canonical=_DETAIL),
        Form("world.taobao.com", r"/item/.+", "item_page", keep="", says="world.taobao.com: an encrypted item id"),
        Form("www.taobao.com", r"/list/item/(?P<item>[0-9]+)\.html?", "item_page", canonical=_DETAIL),
        Form("ju.taobao.com detail.ju.taobao.com", r"/(?:tg/)?home\.html?|/m/(?:.*/)?detail[^/]*/.*", "item_page",
             "item_id itemId",
             canonical=_DETAIL, says="Juhuasuan group buy: item_id is the item, id is the deal"),
        Form("item-paimai.taobao.com zc-paimai.taobao.com paimai.taobao.com",
             r"/[a-z_]*item/(?P<item>[0-9]+)\.html?", "item_page", keep="", says="an item at auction"),
        Form("sf-item.taobao.com sf.taobao.com", r"/sf_item/(?P<item>[0-9]+)\.html?", "item_page", keep="",
             says="an item at a court's auction"),
        # shops
        Form("shop.m.taobao.com", r"/shop/coupon\.html?", "coupon_page", shop=_SHOP_IDS,
             keep=f"activityId activity_id {_SHOP_IDS}"),
        Form("shop.m.taobao.com", "", "shop_page", shop=_SHOP_IDS, keep=_SHOP_IDS),
        Form("h5.m.taobao.com", r"/ocean/(?:.*/)?shop\.html?", "shop_page", shop=_SHOP_IDS, keep=_SHOP_IDS),
        Form("store.taobao.com shop.taobao.com", "", "shop_page", shop=_SHOP_IDS, keep=_SHOP_IDS),
        # alliance, adverts, coupons, short links: where they lead cannot be read
        Form("*.click.taobao.com", "", "affiliate_click", keep="e tu p l", says="alliance click, encrypted"),
        Form("subway.simba.taobao.com", "", "console_or_doc", says="where sellers buy adverts"),
        Form("*.simba.taobao.com click.tanx.com *.tanx.com", "", "affiliate_click", says="advert click, encrypted"),
        Form("uland.taobao.com", r"/coupon/.*", "coupon_page", "itemId", keep="e activityId itemId pid"),
        Form("uland.taobao.com", r"/(?:.*/)?(?:tb)?search[^/]*", "search_page"),
        Form("uland.taobao.com", "", "activity_page", keep="e id sellerId activityId itemId"),
        Form(".asczwa.com", "", "wrapper_redirect", scope="wrapper", says="landing page that carries a click link"),
        Form("taoquan.taobao.com", r"/coupon/.*", "coupon_page"),
        Form(_SHORT, "", "short_link", keep="tk", says="share link: Taobao, Tmall, Xianyu or no shop at all"),
        Form(_RETIRED_SHORT, "", "short_link", keep="tm", says="retired Taobao share host"),
        # not for buyers
        Form(_LOGIN, "", "login"),
        Form(_ACCOUNT, "", "cart_or_account"),
        Form("main.m.taobao.com h5.m.taobao.com", r"/(?:mytaobao|mlapp|olist|order|cart|member)/.*", "cart_or_account"),
        Form(_API, "", "api_endpoint"),
        Form("*.m.taobao.com", r"/(?:gw|h5|cache|rest)/mtop.*", "api_endpoint"),
        Form(_CONSOLE, "", "console_or_doc"),
        Form("gqrcode.alicdn.com gcodex.alicdn.com", "", "qr_image"),
        Form(_ASSETS, "", "static_asset"),
        Form("*.taobao.com", r"/.*\.(?:png|jpe?g|gif|webp|svg|css|js|mp4|ico)", "static_asset"),
        # the rest
        Form("tbzb.taobao.com taolive.taobao.com live.taobao.com", "", "live_page", keep="liveId id userId"),
        Form("h5.m.taobao.com", r"/taolive/.*", "live_page", keep="liveId id userId"),
        Form("*.m.taobao.com", r"/wow/(?:.*/)?(?:zhibo|taolive)/.*", "live_page", keep="liveId id userId"),
        Form("huodong.m.taobao.com", r"/act/(?:talent/)?live\.html?", "live_page", keep="liveId id userId"),
        Form("s.taobao.com s.m.taobao.com list.taobao.com shopsearch.taobao.com search.taobao.com", "", "search_page"),
        Form("temai.taobao.com temai.m.taobao.com ai.m.taobao.com", r"/search[./].*|/search", "search_page"),
        Form("main.m.taobao.com re.taobao.com ai.taobao.com h5.m.taobao.com world.taobao.com", r"/search[./].*|/search",
             "search_page"),
        Form("s.etao.com", "", "search_page"),
        Form("*.etao.com", r"/search(?:[./].*)?", "search_page"),
        Form("*.m.taobao.com", r"/(?:app|wow)/.*/search(?:[/._].*)?", "search_page"),
        Form("sf.taobao.com zc-paimai.taobao.com paimai.taobao.com", r"/(?:pmp_)?list/.*|/item_list\.html?",
             "search_page"),
        Form("error.taobao.com error.item.taobao.com", "", "other", says="where the shop sends whom it cannot serve"),
        Form(_HOMES, r"/?", "homepage"),
        Form("www.taobao.com", r"/webww/.*", "other", scope="non_commerce", store="unknown", says="opens a chat"),
        Form("www.taobao.com", r"/(?:go|markets?|tbhome|promotion)/.*", "activity_page"),
        Form("www.taobao.com taobao.com m.taobao.com", "", "other"),
        # app links
        Form("taobao://item.taobao.com taobaolite://item.taobao.com tbopen://item.taobao.com", r"/item\.html?",
             "deep_link", "id", ids=DIGITS_OR_OPAQUE, platform="taobao", keep="id"),
        Form("taobao://item taobao://detail tbopen://item tbopen://detail", "", "deep_link", "id itemId item_id"),
        Form("taobao://a.m.taobao.com tbopen://a.m.taobao.com", r"/i(?P<item>[0-9]+)\.html?", "deep_link"),
        Form("taobao://h5.m.taobao.com tbopen://h5.m.taobao.com", r"/awp/core/detail\.html?", "deep_link", "id"),
        Form("taobao://shop.m.taobao.com tbopen://shop.m.taobao.com", "", "deep_link", shop=_SHOP_IDS),
        Form("tmall://page.tm", r"/shop/?", "deep_link", shop="shopId", keep="shopId",
             says="tmall://page.tm/shop is handed out for Taobao sellers too: it proves no store type"),
        Form("tmall://page.tm taobao://page.tm", r"/(?:item_?detail|detail|item)/?", "deep_link", "itemId id item_id"),
        Form("taobao://* taobaolite://* taobaowebview://* tbopen://* tmall://*", "", "deep_link"),
        # a name of its own below taobao.com
        Form("{shop}.world.taobao.com", "", "shop_page"),
        Form("shop{number}.taobao.com shop{number}.m.taobao.com", "", "shop_page", platform="taobao",
             says="a numbered host below taobao.com: a shop, personal or enterprise not told"),
        Form("{shop}.taobao.com", _SHOP_PATH, "shop_page", platform="taobao",
             says="a name of its own below taobao.com: a shop, personal or enterprise not told"),
        Form("{shop}.jiyoujia.com", _SHOP_PATH, "shop_page", platform="taobao",
             says="a name of its own below jiyoujia.com, Taobao's market for furniture: a shop of Taobao's"),
        Form("*.taobao.com", r"/shop/view_shop\.html?", "shop_page", shop=_SHOP_IDS),
        Form(_FAMILY, "", "activity_page"),
    ),
    reserved=_RESERVED,
    shortest=4,
)  # fmt: skip

_ITEM_IN_ACTION = re.compile(r"\baction\W{1,8}item:id=([0-9]{1,20})")


def _read_url(url: WebURL) -> UrlFacts:
    """``tmall://tmallclient/?{"action":"item:id=1"}`` names its item in JSON."""
    facts = _TABLE(url)
    if url.scheme != "tmall" or url.host != "tmallclient":
        return facts
    named = _ITEM_IN_ACTION.search(unquote(url.query))
    return replace(facts, item_id=named[1], reason=(*facts.reason, f"action names item {named[1]}")) if named else facts


PLATFORM = Platform(
    summary="Taobao, and the hosts and app schemes that it shares with Tmall",
    domains=(
        "taobao.com", "tb.cn", "tburl.cn", "tburl.in", "mashort.cn", "jiyoujia.com", "juhuasuan.com", "etao.com",
        "alimama.com", "tanx.com", "mmstat.com", "taobao.org", "taobao.net", "taobao.global", "alicdn.com", "tbcdn.cn",
        "taobaocdn.com", "tbcache.com", "alibabadns.com", "asczwa.com", "b0yp.com", "b1wt.com", "zmnxbc.com",
        "dwntme.com",
    ),
    schemes=("taobao", "taobaolite", "taobaowebview", "tbopen", "tmall"),
    item_page="https://item.taobao.com/item.htm?id={item}",
    brands=("taobao", "淘宝"),
    read_url=_read_url,
    names=("taobao_family",),
    inspect=inspect,
)  # fmt: skip
