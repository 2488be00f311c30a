"""JD: items, shops, alliance and short links, coupons, activity pages, JD Worldwide, pharmacy and health."""

from __future__ import annotations

import re
from dataclasses import replace

from crawler.platforms._jd_page import is_theirs, item_page, other_page
from crawler.platforms._jd_service import service_answer
from crawler.reading.document import Document
from crawler.reading.forms import Form, FormTable, UrlFacts
from crawler.reading.shop_data import belongs
from crawler.reading.url import WebURL
from crawler.shapes import PageEvidence, Platform
from storage.records import Signal

_ITEM = "https://item.jd.com/{item}.html"
_HK_ITEM = "https://item.jd.hk/{item}.html"
_SKU = "wareId sku skuId"
_SHOP_IDS = "shopId venderId vendorId"
_LOGIN = ".passport.jd.com passport.m.jd.com passport.shop.jd.com plogin.m.jd.com passport.jd.hk reg.jd.com"
_ACCOUNT = (
    "cart.jd.com cart.jd.hk cart.m.jd.com p.m.jd.com order.jd.com orderop.jd.com trade.jd.com home.jd.com "
    "home.m.jd.com trade.m.jd.com wareorder.jd.com i.jd.com myjd.jd.com jd2008.jd.com easybuy.jd.com gate.jd.com "
    "cart.gift.jd.com details.jd.com mygiftcard.jd.com cashier.jdpay.com"
)
_API = (
    "api.m.jd.com api.jd.com gw.jd.com *.3.cn *.api.jd.com club.jd.com cactus.jd.com blackhole.m.jd.com gia.jd.com "
    "jra.jd.com me-api.jd.com mercury.jd.com mlog.jd.com perf.m.jd.com saturn.jd.com uranus.jd.com wxapp.m.jd.com "
    "h5speed.m.jd.com ms.jr.jd.com nu.jr.jd.com fts.jd.com cd.jd.com follow-soa.jd.com nfa.jd.com fa.jd.com wl.jd.com "
    "cdnware.m.jd.com router.jd.com item-soa.jd.com cdnware.jd.com club.360buy.com d.360buy.com"
)
_CONSOLE = (
    "help.jd.com art.jd.com open.jd.com jos.jd.com union.jd.com shop.jd.com vc.jd.com rule.jd.com sale.shop.jd.com "
    "about.jd.com zhaopin.jd.com ir.jd.com fw.jd.com dream.jd.com fuwu.jd.com wiki.jd.com csc.jd.com jzt.jd.com "
    "jcm.jd.com cps.jd.com media.jd.com neuhub.jd.com kepler.jd.com helpcenter.jd.com help.360buy.com corporate.jd.com"
)
_ALL = (
    ".jd.com .jd.hk .jd.cn .jd.com.cn .jd.shop .jingxi.com "
    ".yiyaojd.com .healthjd.com .jkcsjd.com .paipai.com .jddj.com "
    ".7fresh.com .joybuy.com .360buy.com .jingdong.com .jd.ru .jd.co.th .jd.id"
)

_TABLE = FormTable(
    "jd",
    (
        Form("item.jd.com m.item.jd.com item.m.jd.com i-item.jd.com", r"/(?:product/)?(?P<item>[0-9]{1,20})\.html?",
             "item_page", canonical=_ITEM),
        Form("item.m.jd.com m.item.jd.com m.jd.com", r"/(?:product|ware)/(?P<item>[0-9]{1,20})\.html?", "item_page",
             canonical=_ITEM),
        Form("item.m.jd.com m.jd.com", r"/ware/view\.action", "item_page", _SKU, canonical=_ITEM),
        Form("kpl.m.jd.com kepler.jd.com", r"/product(?:[/.].*)?", "item_page", _SKU, canonical=_ITEM),
        Form("item.jd.com item.m.jd.com", r"/(?:product/|detail/)[A-Za-z0-9_-]{20,64}\.html?", "item_page", keep="",
             says="item.jd.com/product: an item by its opaque alliance id"),
        Form("in.m.jd.com", r"/product/[a-z]+/(?P<item>[0-9]{1,20})\.html?", "item_page", canonical=_ITEM,
             says="in.m.jd.com/product: a part of an item's page"),
        Form("wqitem.jd.com wq.jd.com wqs.jd.com *.jingxi.com",
             r"/(?:m?item/(?:[a-z]{0,8}view|jdpaidetail)/?|pingou/product\.s?html?)", "item_page", _SKU,
             canonical=_ITEM),
        Form("item.jingxi.com item.m.jingxi.com", r"/(?:product/)?(?P<item>[0-9]{1,20})\.html?", "item_page",
             canonical=_ITEM),
        Form("item.jd.hk npcitem.jd.hk pcitem.jd.hk", r"/(?:product/)?(?P<item>[0-9]{1,20})\.html?",
             "item_page", canonical=_HK_ITEM, says="a JD Worldwide item host"),
        Form("mitem.jd.hk item.m.jd.hk", r"/(?:ware/view\.action|product/(?P<item>[0-9]{1,20})\.html?)", "item_page",
             _SKU, canonical=_HK_ITEM, says="a JD Worldwide item host"),
        Form("item.yiyaojd.com", r"/(?P<item>[0-9]{1,20})\.html?", "item_page",
             canonical="https://item.yiyaojd.com/{item}.html", says="a JD pharmacy item host"),
        Form("item.jkcsjd.com", r"/(?P<item>[0-9]{1,20})\.html?", "item_page",
             canonical="https://item.jkcsjd.com/{item}.html", says="a JD health item host"),
        Form("jingfen.jd.com", r"/item(?:\.html?)?", "item_page", _SKU, canonical=_ITEM),
        Form("jingfen.jd.com", r"/detail/.+", "item_page", keep="", says="alliance item page, opaque id"),
        Form("re.jd.com re.m.jd.com", r"/cps/item/(?P<item>[0-9]{1,20})\.html?", "affiliate_click",
             canonical="https://re.jd.com/cps/item/{item}.html", says="alliance middle page of an item"),
        Form("item.jd.com item.m.jd.com i-item.jd.com item.jd.hk npcitem.jd.hk pcitem.jd.hk item.yiyaojd.com "
             "item.jkcsjd.com", r"/?", "homepage"),
        Form("item.jd.com item.m.jd.com i-item.jd.com item.jd.hk npcitem.jd.hk pcitem.jd.hk item.yiyaojd.com "
             "item.jkcsjd.com", "", "other"),
        Form("paimai.jd.com auction.jd.com", r"/(?P<item>[0-9]{5,20})(?:\.html?)?/?", "item_page", keep="",
             says="an item at auction"),
        Form("paimai.jd.com auction.jd.com", r"/(?:[a-z]+_)?list(?:\.html?)?", "search_page"),
        Form("item.paipai.com item.m.paipai.com", r"/(?:product/)?(?P<item>[0-9]{1,20})\.html?", "item_page", keep="",
             says="an item of Paipai's, JD's second-hand market"),
        # shops
        Form("shop.paipai.com", r"/(?P<shop>[0-9]+).*", "shop_page"),
        Form("mall.jd.com mall.jd.hk m.mall.jd.com mall.m.jd.com", r"/index-(?P<shop>[0-9]+)\.html?", "shop_page",
             canonical="https://mall.jd.com/index-{shop}.html"),
        Form("mall.jd.com mall.jd.hk m.mall.jd.com mall.m.jd.com", "", "shop_page", shop=_SHOP_IDS),
        Form("shop.jd.com", r"/(?:home|shop/home)?", "shop_page", shop=_SHOP_IDS, needs="shopId", keep=_SHOP_IDS),
        Form("shop.m.jd.com", "", "shop_page", shop=_SHOP_IDS, keep=_SHOP_IDS),
        # alliance, adverts, coupons, short links
        Form("u.jd.com", r"/(?:jd[a-z])", "affiliate_click", keep="e p d", says="second hop of an alliance link"),
        Form("u.jd.com", "", "short_link", keep="", says="alliance short link"),
        Form("union-click.jd.com union.click.jd.com", "", "affiliate_click", keep="e p d t a refer"),
        Form("ccc-x.jd.com *.ccc.jd.com im-x.jd.com", "", "affiliate_click",
             says="advert click; where it leads need not be JD"),
        Form("jd.cn", r"/[A-Za-z0-9-]{4,12}", "short_link", keep="", says="share link of JD's"),
        Form("3.cn www.3.cn 3.jd.com 3.jd.hk", "", "short_link", keep="jkl",
             says="share link: an item, or anything of JD"),
        Form("coupon.jd.com coupon.m.jd.com", "", "coupon_page", keep="key linkKey roleId to activityId"),
        Form("wqs.jd.com wq.jd.com *.m.jd.com", r"/(?:.*/)?(?:get|receive)coupons?(?:[/.].*)?", "coupon_page"),
        Form("linkst.m.jd.com linkst.jd.com", "", "deep_link", says="universal link that opens the app"),
        # not for buyers
        Form(_LOGIN, "", "login"),
        Form(_ACCOUNT, "", "cart_or_account"),
        Form(_CONSOLE, "", "console_or_doc"),
        Form(_API, r"/.*\.(?:png|jpe?g|gif|webp|svg|css|js|mp4|ico)", "static_asset"),
        Form(_API, "", "api_endpoint"),
        Form("*.jd.com", r"/(?:rest|api)/.*", "api_endpoint"),
        Form("wq.jd.com m.jingxi.com",
             r"/(?:[a-z]{1,12}/)?(?:user|userattribute|commodity|bases|deal|wxapp|newtasksys)/(?!.*\.s?html?$|pages/).*",
             "api_endpoint",
             says="what the front in WeChat asks for its data"),
        Form("imgcps.jd.com img.jd.com static.jd.com *.360buyimg.com *.jcloudcs.com", "", "static_asset"),
        Form("*.jd.com", r"/.*\.(?:png|jpe?g|gif|webp|svg|css|js|mp4|ico)", "static_asset"),
        Form(".jdcloud.com *.jdl.com *.jdwl.com *.jdpay.com", "", "console_or_doc"),
        # the rest
        Form("re.jd.com re.m.jd.com", r"/search.*", "search_page"),
        Form("live.jd.com lives.jd.com jdlive.jd.com", "", "live_page"),
        Form("search.jd.com list.jd.com so.jd.com so.m.jd.com wqsou.jd.com wqso.jd.com search.jd.hk", "",
             "search_page"),
        Form("jd.com www.jd.com m.jd.com jd.hk www.jd.hk jingxi.com www.jingxi.com m.jingxi.com", r"/?", "homepage"),
        Form("www.jd.com", "", "other"),
        Form("openapp.jdmobile://* openjd://* jdmobile://* jdlogin.jdmobile://* openjdlite://* openapp.jdpingou://*",
             "", "deep_link"),
        Form("*.isvjd.com *.isvjcloud.com", "", "activity_page", says="activity page of a developer for JD shops"),
        Form(_ALL, "", "activity_page"),
    ),
)  # fmt: skip

_SKU_IN_PARAMS = re.compile(r'"(?:skuId|sku|wareId)"\s{0,4}:\s{0,4}"?([0-9]{1,20})')


def _read_url(url: WebURL) -> UrlFacts:
    """An app link names its item in JSON: ``openapp.jdmobile://virtual?params={"des":"productDetail","skuId":"1"}``."""
    facts = _TABLE(url)
    if facts.kind != "deep_link":
        return facts
    named = _SKU_IN_PARAMS.search(url.param("params"))
    return replace(facts, item_id=named[1], reason=(*facts.reason, f"params names item {named[1]}")) if named else facts


def _inspect(document: Document) -> PageEvidence | None:
    """The evidence on a page of JD; ``None`` on a page of anybody else."""
    if not is_theirs(document):
        return None
    evidence = item_page(document) or service_answer(document) or other_page(document)
    if evidence is not None and belongs(document.final_url.host, "jd.hk"):
        # No page of JD Worldwide has been seen: what the marks mean there is not known.
        return replace(evidence, signals=tuple(Signal(signal.name, signal.value) for signal in evidence.signals))
    return evidence


PLATFORM = Platform(
    summary="JD, JD Worldwide, JD pharmacy and health, Jingxi",
    domains=(
        "jd.com", "jd.hk", "jd.cn", "jd.com.cn", "jd.shop", "3.cn", "jingxi.com", "yiyaojd.com", "healthjd.com",
        "jkcsjd.com", "paipai.com", "jddj.com", "7fresh.com", "joybuy.com", "360buy.com", "360buyimg.com", "isvjd.com",
        "isvjcloud.com", "jdcloud.com", "jdpay.com", "jdl.com", "jdwl.com", "jcloudcs.com", "jingdong.com", "jd.ru",
        "jd.id", "jd.co.th",
    ),
    schemes=("openapp.jdmobile", "openjd", "jdmobile", "jdlogin.jdmobile", "openjdlite", "openapp.jdpingou"),
    item_page="https://item.jd.com/{item}.html",
    brands=("jd", "jingdong", "360buy", "京东"),
    read_url=_read_url,
    inspect=_inspect,
)  # fmt: skip
