"""Tmall: the hosts that prove a Tmall item or shop, Tmall Supermarket, Tmall Global and the pharmacies included."""

from __future__ import annotations

from crawler.platforms._tmall_page import inspect
from crawler.reading.forms import DIGITS_OR_OPAQUE, Form, FormTable
from crawler.shapes import Platform

_ITEM = "https://detail.tmall.com/item.htm?id={item}"
_DETAIL = "detail.tmall.com detail.m.tmall.com chaoshi.detail.tmall.com"
_GLOBAL_DETAIL = "detail.tmall.hk detail.m.tmall.hk"
_PHARMACY_DETAIL = "detail.yao.95095.com detail.liangxinyao.com detail.yao.liangxinyao.com"
_SHOP_IDS = "shop_id shopId user_id userId user_number_id"

# What a shop's own host serves: its front, lists, categories and pages. Anything else there is an application, and
# then the name need not be a shop's.
_SHOP_PATH = (
    r"/?|/(?:index|search|category|view_shop|view_page|view_category|campaign|default|home|shop_)[^/]*"
    r"|/(?:shop|p|i|page|market|view|category|search)/.*"
)

# Names below tmall.com that are the platform's own. Any other name is read as a shop's.
_RESERVED = """
    1111 1212 3c 618 88vip a about acs act activity ad admin aldcdn allan api app assets auth baby bag bao bbs
    beauty books brand buy buyer campaign car card cart chaoshi chat chi chongwu click console content coupon cs csc
    dashboard data design detail detail-ju dev developer developers dianqi diaocha doc docs dsr-rate duty ecs equity
    equity-vip err error export ext-mdskip fashion fav feedback food fp fragment fresh fuwu gift global
    global-detail guang h5 haitao help help-center hk home hongbao huodong huwai img import inshop invoice item jia
    jiadian jiafang jiaju jiancai jiazhuang jifen jiu jk ju jx kehu law legal lingshi lipin list live log login
    login-member lvyou m mai maishou mall manage manager market marketing mdetail mdskip mei meizhuang member
    message miao miaosha mini mobile mobilejx muying my mybrand nan nanren nanxie nanzhuang neiyi news nianhuo nvren
    nvxie nvzhuang oa obuy open ops order outdoor page pages pages-fast partner partners pass passport pay pc pet
    pick pin pinpai pinpaijie platform point policy pop portal preview privacy promo promotion qiang qiche qn qr
    quan rate recommend refund report rule rules s sale sandbox sdk search seller service service-center shangjia
    shangou shenghuo shengxian shipin shop shopping shopsearch shouji shuma signin sms sport sports ssl sso
    sso-login staging static statics store subject sug superboss superbrand support svip tao taobao tbk temai terms
    test ticket tmap tmc tmg tms tongzhuang trace trade travel trip try tuan upload user uz video vip voucher wallet
    wangpu wanju wap watch wine work workbench world wt wuliu www xianhua xie xiebao xinpin xinxian yao yingtong
    yiyao yundong zhaoshang zhuangxiu zhubao zt
"""

_TABLE = FormTable(
    "tmall",
    (
        Form(_DETAIL, r"/(?:hk/)?item(?:_o)?\.html?", "item_page", "id", ids=DIGITS_OR_OPAQUE, store="tmall",
             canonical=_ITEM, says="a Tmall detail host: the seller is on Tmall"),
        Form(_GLOBAL_DETAIL, r"/(?:hk/)?item\.html?", "item_page", "id", ids=DIGITS_OR_OPAQUE, store="tmall_global",
             canonical="https://detail.tmall.hk/hk/item.htm?id={item}", says="a Tmall Global detail host"),
        Form(_PHARMACY_DETAIL, r"/item\.html?", "item_page", "id", ids=DIGITS_OR_OPAQUE, store="tmall",
             canonical="https://detail.yao.95095.com/item.htm?id={item}", says="a Tmall pharmacy detail host"),
        Form("world.tmall.com", r"/item/(?P<item>[0-9]+)\.html?", "item_page", store="tmall", canonical=_ITEM),
        Form("a.m.tmall.com", r"/(?:i|da)(?P<item>[0-9]+)\.html?", "item_page", store="tmall", canonical=_ITEM),
        Form("a.m.tmall.com", "", "other"),
        Form(_DETAIL, r"/.*", "item_page", "id itemId item_id", ids=r"[0-9]{6,20}", needs="id", store="tmall",
             canonical=_ITEM, says="a Tmall detail host and an item's id: the seller is on Tmall"),
        Form(f"{_DETAIL} {_GLOBAL_DETAIL} {_PHARMACY_DETAIL}", r"/?", "homepage"),
        Form(f"{_DETAIL} {_GLOBAL_DETAIL} {_PHARMACY_DETAIL}", "", "other"),
        Form("shop.m.tmall.com", "", "shop_page", shop=_SHOP_IDS, keep=_SHOP_IDS, store="tmall"),
        Form("s.click.tmall.com *.click.tmall.com", "", "affiliate_click", keep="e tu p l",
             says="alliance click, encrypted"),
        # not for buyers
        Form("login.tmall.com login.m.tmall.com pass.tmall.com *.login.tmall.com", "", "login"),
        Form("fav.m.tmall.com cart.m.tmall.com cart.tmall.com trade.tmall.com .buy.m.tmall.com .buy.tmall.com "
             "obuy.tmall.com buy.yao.95095.com", "", "cart_or_account", platform="taobao_family"),
        Form("mdskip.m.tmall.com mdskip.tmall.com h5api.m.tmall.com acs.m.tmall.com api.m.tmall.com", "",
             "api_endpoint", platform="taobao_family"),
        Form("*.tmall.com *.tmall.hk", r"/(?:gw|h5|rest)/(?:mtop|api).*", "api_endpoint", platform="taobao_family"),
        Form(".rate.tmall.com suggest.tmall.com ext-mdskip.tmall.com dsr-rate.tmall.com", "", "api_endpoint"),
        Form("mdetail.tmall.com", "", "api_endpoint", store="unknown"),
        Form("rule.tmall.com rules.tmall.com service.tmall.com help.tmall.com fuwu.tmall.com open.tmall.com "
             "zhaoshang.tmall.com guide.tmall.com shangjia.tmall.com marketing.tmall.com", "", "console_or_doc"),
        Form("aldcdn.tmall.com vip.tmall.com", "", "activity_page", scope="non_commerce", store="unknown"),
        Form("*.tmall.com *.tmall.hk", r"/.*\.(?:png|jpe?g|gif|webp|svg|css|js|mp4|ico)", "static_asset"),
        # the rest
        Form("tmall.com www.tmall.com m.tmall.com tmall.hk www.tmall.hk chaoshi.tmall.com yao.95095.com www.95095.com",
             r"/?", "homepage"),
        Form("list.tmall.com list.tmall.hk s.tmall.com list.m.tmall.com s.m.tmall.com", "", "search_page"),
        Form("{shop}.tmall.com {shop}.m.tmall.com {shop}.world.tmall.com", _SHOP_PATH, "shop_page", store="tmall",
             says="a name of its own below tmall.com: a Tmall shop"),
        Form("{shop}.tmall.hk {shop}.m.tmall.hk", _SHOP_PATH, "shop_page", store="tmall_global",
             says="a name of its own below tmall.hk: a Tmall Global shop"),
        Form(".tmall.com .tmall.hk", "", "activity_page"),
        Form(".95095.com .liangxinyao.com", "", "other"),
    ),
    reserved=_RESERVED,
)  # fmt: skip

PLATFORM = Platform(
    summary="Tmall, Tmall Supermarket, Tmall Global and the Tmall pharmacies",
    domains=("tmall.com", "tmall.hk", "95095.com", "liangxinyao.com"),
    brands=("tmall", "天猫"),
    read_url=_TABLE,
    inspect=inspect,
)
