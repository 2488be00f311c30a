"""1688: Alibaba's wholesale market."""

from __future__ import annotations

from crawler.reading.forms import Form, FormTable
from crawler.shapes import Platform

_ITEM = "https://detail.1688.com/offer/{item}.html"

# Names below 1688.com that are the platform's own. Any other name is read as a shop's.
_RESERVED = """
    114 3c a air api app b2b baojia biz brand cart cdn club corp creative detail factory fuwu gongsi h5 help home img
    dj info ju kj km login m market me member my open order p page pages passport pifa purchase re rule s search sec
    sell selloffer service shop show sou stat static sycm trade view work www wx yiwu zhuanti
"""

_TABLE = FormTable(
    "1688",
    (
        Form("detail.1688.com m.1688.com detail.m.1688.com *.1688.com", r"/offer/(?P<item>[0-9]+)\.html?", "item_page",
             canonical=_ITEM),
        Form("detail.m.1688.com m.1688.com", r"/(?:page/index|offer/?(?:index)?)\.html?", "item_page",
             "offerId offer_id id", canonical=_ITEM),
        Form("passport.1688.com login.1688.com", "", "login"),
        Form("cart.1688.com purchase.1688.com trade.1688.com work.1688.com member.1688.com", "", "cart_or_account"),
        Form(".open.1688.com rule.1688.com fuwu.1688.com help.1688.com", "", "console_or_doc"),
        Form("s.1688.com search.1688.com sou.1688.com", "", "search_page"),
        Form("*.1688.com", r"/(?:selloffer|offer_search)/.*", "search_page"),
        Form("dj.1688.com", "", "affiliate_click", says="advert click, encrypted"),
        Form("qr.1688.com", "", "short_link"),
        Form("1688.com www.1688.com m.1688.com detail.1688.com", r"/?", "homepage"),
        Form("m.1688.com", r"/winport/(?P<shop>[\w.~-]+?)(?:\.html?)?/?", "shop_page"),
        Form("winport.m.1688.com winport.1688.com", "", "shop_page", shop="memberId userId"),
        Form("{shop}.1688.com {shop}.m.1688.com", "", "shop_page"),
        Form("wireless1688://*", "", "deep_link"),
        # the same market for buyers abroad, which no policy names
        Form(".alibaba.com", r"/product-detail/(?:.*_)?(?P<item>[0-9]{6,20})\.html?", "item_page", keep="",
             platform="other"),
        Form("m.alibaba.com", r"/product/(?P<item>[0-9]{6,20})(?:/.*)?", "item_page", keep="", platform="other"),
        Form("passport.alibaba.com login.alibaba.com", "", "login", platform="other"),
        Form("i.alibaba.com message.alibaba.com trade.alibaba.com", "", "cart_or_account", platform="other"),
        Form("seller.alibaba.com service.alibaba.com rule.alibaba.com rules.alibaba.com activity.alibaba.com", "",
             "console_or_doc", platform="other"),
        Form(".alibaba.com", r"/trade/search.*|/showroom/.*|/products/.*", "search_page", platform="other"),
        Form("{shop}.en.alibaba.com {shop}.m.en.alibaba.com", "", "shop_page", platform="other"),
        Form("alibaba.com www.alibaba.com m.alibaba.com", r"/?", "homepage", platform="other"),
        Form(".alibaba.com", "", "other", platform="other"),
        Form(".1688.com", "", "other"),
    ),
    reserved=_RESERVED,
)  # fmt: skip

PLATFORM = Platform(
    summary="1688, Alibaba's wholesale market, and alibaba.com for buyers abroad",
    domains=("1688.com", "alibaba.com"),
    schemes=("wireless1688",),
    brands=("1688",),
    read_url=_TABLE,
)
