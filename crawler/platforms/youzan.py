"""Youzan: shops that a merchant runs under the host of a shop builder."""

from __future__ import annotations

from crawler.reading.forms import WORD, Form, FormTable
from crawler.shapes import Platform

_ITEM = "https://detail.youzan.com/show/goods?alias={item}"
_ALL = ".youzan.com .koudaitong.com"

# Names below youzan.com that are the platform's own. Any other name is read as a shop's.
_RESERVED = "h5 detail www m j help open b bbs api app fx img imgqn static tj uic passport login account doc trade wap"

_TABLE = FormTable(
    "youzan",
    (
        Form("detail.youzan.com h5.youzan.com *.m.youzan.com *.youzan.com *.koudaitong.com", r"/show/goods/newest",
             "shop_page", shop="kdt_id", keep="kdt_id alias"),
        Form(_ALL, r"/v2/(?:showcase/)?goods/?", "item_page", "alias", shop="kdt_id", ids=WORD, needs="alias",
             canonical=_ITEM),
        Form(_ALL, r"/show/goods", "item_page", "alias", shop="kdt_id", ids=WORD, canonical=_ITEM),
        Form(_ALL, r"/(?:v2/|wsc)goods/(?:detail/)?(?P<item>[A-Za-z0-9]{8,32})", "item_page", canonical=_ITEM),
        Form(_ALL, r"/wscvis/(?:course|knowledge)/(?:detail|goods)/(?P<item>[A-Za-z0-9_-]{4,64})", "item_page",
             shop="kdt_id", keep="kdt_id", says="a course for sale"),
        Form(_ALL, r"/wscvis/(?:course|knowledge)/(?:detail|goods)/?", "item_page", "alias", shop="kdt_id", ids=WORD,
             keep="alias kdt_id", says="a course for sale"),
        Form(_ALL, r"/wscgoods/detail/?", "item_page", "alias", ids=WORD, canonical=_ITEM),
        Form(_ALL, r"/.*\.json", "api_endpoint"),
        Form(_ALL, r"/(?:v[0-9]|wsc[a-z]*)/?(?:showcase/)?(?:ump|promocard|coupon)/.*", "coupon_page"),
        Form(_ALL, r"/wscump/.*", "coupon_page"),
        Form(_ALL, r"/(?:v2|wsctrade|wscbuyer)/(?:trade|order|cart|buyer).*", "cart_or_account"),
        Form(_ALL, r"/(?:v2|wscshop)/search.*", "search_page"),
        Form("j.youzan.com", "", "short_link", keep=""),
        Form("passport.youzan.com login.youzan.com account.youzan.com", "", "login"),
        Form("www.youzan.com youzan.com help.youzan.com open.youzan.com doc.youzanyun.com *.youzanyun.com "
             "youzanyun.com bbs.youzan.com api.youzan.com uic.youzan.com b.youzan.com", "", "console_or_doc"),
        Form("img.koudaitong.com imgqn.koudaitong.com", "", "static_asset"),
        Form("*.yzcdn.cn *.yzcdn.com img.yzcdn.cn", "", "static_asset"),
        Form(_ALL, r"/v2/(?:showcase/)?(?:home|homepage|feature|tag|category)(?:/.*)?", "shop_page", shop="kdt_id",
             keep="kdt_id alias"),
        Form(_ALL, r"/wscshop/(?:showcase/)?(?:home|homepage|feature).*", "shop_page", shop="kdt_id",
             keep="kdt_id alias"),
        Form("h5.youzan.com detail.youzan.com", "", "other"),
        Form("{shop}.youzan.com {shop}.m.youzan.com {shop}.koudaitong.com", "", "shop_page", shop="kdt_id"),
        Form("youzan://* youzanmall://*", "", "deep_link"),
        Form(_ALL, "", "other"),
    ),
    reserved=_RESERVED,
)  # fmt: skip

PLATFORM = Platform(
    summary="Youzan, a builder of merchants' own shops",
    domains=("youzan.com", "youzanyun.com", "koudaitong.com", "yzcdn.cn", "yzcdn.com"),
    schemes=("youzan", "youzanmall"),
    brands=("youzan", "koudaitong", "有赞"),
    read_url=_TABLE,
)  # fmt: skip
