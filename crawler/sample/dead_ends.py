"""Ways that never reach an item: loops, dead links, limits, and addresses that nobody may fetch."""

from __future__ import annotations

from collections.abc import Callable

from crawler.sample.goods import Item
from crawler.sample.trips import Build, Trip, Way
from crawler.sample.web import html, redirect

HOSTILE_HOSTS = ("taobao.com.evil.cn", "evil.cn", "item.xn--tobao-4ve.com", "detail-tmall.com.cn")
"""Hosts that exist in the world only so that fetching them would be noticed."""


def _loop(trip: Trip) -> Way:
    code = trip.mint.code()
    trip.web.put(f"https://t.cn/{code}", redirect(f"https://dwz.cn/{code}"))
    trip.web.put(f"https://dwz.cn/{code}", redirect(f"https://t.cn/{code}"))
    return Way(f"https://t.cn/{code}", (code,), ("loop",))


def _endless(trip: Trip) -> Way:
    """A chain of forty short links, each new: longer than anybody follows."""
    code = trip.mint.code()
    for step in range(40):
        trip.web.put(f"https://suo.im/{code}{step:02d}", redirect(f"https://suo.im/{code}{step + 1:02d}"))
    trip.web.put(f"https://suo.im/{code}40", redirect(trip.item.url))
    trip.web.put(f"https://t.cn/{code}", redirect(f"https://suo.im/{code}00"))
    return Way(f"https://t.cn/{code}", (code,), ("too_many_hops",))


def _gone(trip: Trip) -> Way:
    code = trip.mint.code()
    trip.web.put(f"https://t.cn/{code}", html("<h1>404</h1>", status=404))
    return Way(f"https://t.cn/{code}", (code,), ("not_found", "dead_end"))


def _empty(trip: Trip) -> Way:
    """A short link that answers 200 with an error page."""
    code = trip.mint.code()
    trip.web.put(f"https://m.tb.cn/h.{code}", html("<html><title>出错了</title><body>抱歉，链接已失效</body></html>"))
    return Way(f"https://m.tb.cn/h.{code}", (code,), ("dead_end", "not_found", "unresolvable"))


def _no_host(trip: Trip) -> Way:
    """A share host that is no longer there."""
    code = trip.mint.code()
    return Way(f"https://zmnxbc.com/s/{code}?tm=1", (code,), ("network_error", "dead_end"))


def _limited(trip: Trip) -> Way:
    code = trip.mint.code()
    trip.web.put(f"https://dwz.cn/{code}", html("操作过于频繁", status=429))
    return Way(f"https://dwz.cn/{code}", (code,), ("rate_limited",))


def _token(_trip: Trip) -> Way:
    """No address at all: the share text's token is the link."""
    return Way("", (), ("unresolvable",))


def _astray(target: str) -> Build:
    """A short link that leads where nobody may follow."""

    def build(trip: Trip) -> Way:
        code = trip.mint.code()
        trip.web.put(f"https://t.cn/{code}", redirect(target))
        return Way(f"https://t.cn/{code}", (code,), ("refused", "blocked_address"))

    return build


def _hostile(write: Callable[[Item], str]) -> Build:
    """An address that only looks like a shop's. Its host exists in the world, so that fetching it would be noticed."""

    def build(trip: Trip) -> Way:
        url = write(trip.item)
        return Way(url, (), ("refused", "blocked_address"), None, is_hostile=True)

    return build


DEAD_ENDS: dict[str, Build] = {
    "token": _token,
    "loop": _loop,
    "endless": _endless,
    "gone": _gone,
    "empty": _empty,
    "no_host": _no_host,
    "limited": _limited,
    "to_private": _astray("http://169.254.169.254/latest/meta-data/"),
    "to_file": _astray("file:///etc/passwd"),
    "to_lookalike": _astray("https://taobao.com.evil.cn/item.htm?id=1"),
    "lookalike": _hostile(lambda item: f"https://taobao.com.evil.cn/item.htm?id={item.item_id}"),
    "userinfo": _hostile(lambda item: f"https://detail.tmall.com@evil.cn/item.htm?id={item.item_id}"),
    "homograph": _hostile(lambda item: f"https://item.xn--tobao-4ve.com/item.htm?id={item.item_id}"),
    "brandish": _hostile(lambda item: f"https://detail-tmall.com.cn/item.htm?id={item.item_id}"),
}
