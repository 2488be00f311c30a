"""Publish shops in the world: each item under its address, in the state or behind the wall that it is declared with."""

from __future__ import annotations

from collections.abc import Callable

from crawler.sample import jd_pages, other_pages, taobao_pages
from crawler.sample.goods import Item
from crawler.sample.web import Reply, Web, html, redirect, reply

_TEMPLATES: dict[str, tuple[Callable[[Item], str], str]] = {
    "taobao_legacy": (taobao_pages.taobao_legacy, "gbk"),
    "taobao_ssr": (taobao_pages.taobao_ssr, "utf-8"),
    "tmall_legacy": (taobao_pages.tmall_legacy, "gbk"),
    "tmall_global": (taobao_pages.tmall_global, "utf-8"),
    "jd_2020": (jd_pages.jd_2020, "gbk"),
    "jd_mixed": (jd_pages.jd_2020, "utf-8"),  # says GBK in its meta tag, sends UTF-8, and no charset in its header
    "jd_2026": (jd_pages.jd_2026, "utf-8"),
    "youzan": (other_pages.youzan, "utf-8"),
    "pinduoduo": (other_pages.pinduoduo, "utf-8"),
    "weidian": (other_pages.weidian, "utf-8"),
    "suning": (other_pages.suning, "utf-8"),
}
LOGIN_TAOBAO = "https://login.taobao.com/member/login.jhtml"
LOGIN_JD = "https://passport.jd.com/new/login.aspx"
RISK_JD = "https://cfe.m.jd.com/privatedomain/risk_handler/03101900/"
NO_ITEM_TAOBAO = "https://error.item.taobao.com/error/noitem"
HOME_JD = "https://www.jd.com/"


def publish_walls(web: Web) -> None:
    """The pages that every shop of a platform shares."""
    web.put(LOGIN_TAOBAO, html(other_pages.login_stub()))
    web.put(LOGIN_JD, html(other_pages.jd_login()))
    web.put(RISK_JD, html(other_pages.jd_risk()))
    web.put(HOME_JD, html(other_pages.jd_home()))
    web.put(NO_ITEM_TAOBAO, html(other_pages.not_found_page("taobao")))
    web.put("https://www.taobao.com/", html("<title>淘宝网 - 淘！我喜欢</title><body>淘宝首页</body>"))


def publish_item(web: Web, item: Item) -> str:
    """Put an item's page into the world. Returns the address where a visitor ends."""
    answer, final_url = _page(item)
    web.put(item.url, answer)
    if item.shop.platform == "youzan":
        web.put(f"https://detail.youzan.com/show/goods?alias={item.item_id}", answer)
    if final_url not in (item.url, LOGIN_TAOBAO, LOGIN_JD, RISK_JD, HOME_JD, NO_ITEM_TAOBAO):
        message = f"{final_url}: an item must end at itself or at a shared wall"
        raise ValueError(message)
    return final_url


def _page(item: Item) -> tuple[Reply, str]:
    is_jd = item.shop.platform == "jd"
    if item.state == "not_found" and item.shop.platform == "tmall":
        return html(other_pages.not_found_page("tmall")), item.url
    if item.state == "login_stub":
        return html(other_pages.login_stub()), item.url
    if item.state == "shell":
        return html(other_pages.app_shell()), item.url
    if item.state == "challenge" and not is_jd:
        return html(other_pages.punish_page()), item.url
    elsewhere = {
        "not_found": HOME_JD if is_jd else NO_ITEM_TAOBAO,
        "login": LOGIN_JD if is_jd else LOGIN_TAOBAO,
        "challenge": RISK_JD,
    }
    if item.state in elsewhere:
        return redirect(elsewhere[item.state]), elsewhere[item.state]
    return item_page(item), item.url


def item_page(item: Item) -> Reply:
    """An item's page as its shop shows it to everybody."""
    template, encoding = _TEMPLATES[item.shop.template]
    if item.shop.template == "jd_mixed":
        return reply(template(item).encode(encoding), "text/html")
    return html(template(item), encoding=encoding)
