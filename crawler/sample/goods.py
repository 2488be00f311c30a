"""Shops and items: who sells what, and under which address. Each planted link leads to an item of its own."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import count

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_KINDS = (
    *("山核桃仁", "红薯粉丝", "竹节棉T恤", "保温水杯", "真丝围巾", "儿童雨靴"),
    *("即食燕麦", "不粘炒锅", "羊毛衫", "蓝牙音箱", "柑橘礼盒", "护手霜"),
)
_MANNERS = ("新款", "秋冬", "产地直发", "家用", "轻薄", "加厚", "经典", "小份装", "大容量", "双面", "手作")


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop. ``template`` names the page that its items are shown on."""

    key: str
    platform: str
    store_type: str
    template: str
    shop_id: str
    seller_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Item:
    """A product, the ``number``-th of the world. ``state``: an ``ItemState``, or a wall (``challenge``, ``login``)."""

    number: int
    shop: Shop
    item_id: str
    title: str
    state: str
    price_fen: int
    url: str


SHOPS: dict[str, Shop] = {
    shop.key: shop
    for shop in (
        Shop("tmall", "tmall", "tmall", "tmall_legacy", "58412077", "2633417700", "暖禾家居旗舰店"),
        Shop("tmall_new", "tmall", "tmall", "taobao_ssr", "61530942", "2750193348", "澄川食品旗舰店"),
        Shop("tmall_global", "tmall", "tmall_global", "tmall_global", "70220415", "3014482719", "Aurelia海外旗舰店"),
        Shop("personal", "taobao", "taobao_personal", "taobao_legacy", "35918806", "108733195", "阿青的小铺"),
        Shop("personal_new", "taobao", "taobao_personal", "taobao_ssr", "104277351", "764205518", "自营旗舰店小敏"),
        Shop(
            "personal_loud", "taobao", "taobao_personal", "taobao_legacy", "35920117", "108741906", "天猫同款企业店自营"
        ),
        Shop("enterprise", "taobao", "taobao_enterprise", "taobao_legacy", "135690412", "2654871130", "隆达外贸"),
        Shop("enterprise_new", "taobao", "taobao_enterprise", "taobao_ssr", "103871264", "1667420983", "汇丰调味商城"),
        Shop("jd_self", "jd", "jd_self_operated", "jd_2020", "1000085417", "1000085417", "川禾京东自营旗舰店"),
        Shop("jd_self_new", "jd", "jd_self_operated", "jd_2026", "1000282739", "1000282739", "美峰京东自营旗舰店"),
        Shop("jd_self_mixed", "jd", "jd_self_operated", "jd_mixed", "1000091288", "1000091288", "禾田京东自营旗舰店"),
        Shop("jd_pop", "jd", "jd_pop", "jd_2020", "25794", "26431", "良果铺子旗舰店"),
        Shop("jd_pop_new", "jd", "jd_pop", "jd_2026", "807061", "811940", "京东自营同款数码店"),
        Shop("youzan", "youzan", "other_store", "youzan", "19388204", "19388204", "山里人家"),
        Shop("pinduoduo", "pinduoduo", "other_store", "pinduoduo", "512884093", "512884093", "多好果园"),
        Shop("weidian", "weidian", "other_store", "weidian", "1731190226", "1731190226", "小林手作"),
        Shop("suning", "suning", "other_store", "suning", "0070155834", "0070155834", "苏禾电器专营店"),
    )
}
_ADDRESSES = {
    "taobao_legacy": "https://item.taobao.com/item.htm?id={id}",
    "tmall_legacy": "https://detail.tmall.com/item.htm?id={id}",
    "tmall_global": "https://detail.tmall.hk/hk/item.htm?id={id}",
    "jd_2020": "https://item.jd.com/{id}.html",
    "jd_mixed": "https://item.jd.com/{id}.html",
    "jd_2026": "https://item.jd.com/{id}.html",
    "youzan": "https://h5.youzan.com/v2/goods/{id}",
    "pinduoduo": "https://mobile.yangkeduo.com/goods.html?goods_id={id}",
    "weidian": "https://weidian.com/item.html?itemID={id}",
    "suning": "https://product.suning.com/0070155834/{id}.html",
}
_FIRST_IDS = {"taobao": 672_000_041_317, "tmall": 683_000_027_909, "jd": 100_045_000_631, "pinduoduo": 412_000_033_107}


class Mint:
    """Draws item ids, titles, prices, short codes and tokens: the same ones in the same order, none twice."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def item(self, shop: Shop, state: str = "on_shelf") -> Item:
        """A new item of a shop."""
        number = next(self._numbers)
        item_id = self._item_id(shop, number)
        title = f"{_MANNERS[number % 11]}{_KINDS[number % 12]} {number}号"
        return Item(number, shop, item_id, title, state, 990 + 370 * (number % 97), _address(shop, item_id))

    def code(self, length: int = 7) -> str:
        """A short-link code or password token: letters and digits, at least one of each at the start."""
        number = next(self._numbers)
        digest = hashlib.sha256(f"code {number}".encode()).digest()
        letters = "".join(_BASE62[byte % 62] for byte in digest)
        return f"{_BASE62[36 + number % 26]}{number % 10}{letters}"[:length]

    @staticmethod
    def _item_id(shop: Shop, number: int) -> str:
        if shop.platform == "youzan":
            return "3" + hashlib.sha256(str(number).encode()).hexdigest()[:13]
        if shop.store_type == "jd_pop":
            return str(10_045_000_000_217 + number * 7919)
        return str(_FIRST_IDS.get(shop.platform, 4_500_000_319) + number * 104_729)


def _address(shop: Shop, item_id: str) -> str:
    if shop.template == "taobao_ssr":
        return _ADDRESSES["tmall_legacy" if shop.platform == "tmall" else "taobao_legacy"].format(id=item_id)
    return _ADDRESSES[shop.template].format(id=item_id)
