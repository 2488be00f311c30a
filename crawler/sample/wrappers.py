"""Wrappers and deep links: addresses that hold their target themselves, nested, encoded or meant for an app."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from urllib.parse import quote

from crawler.sample.goods import Item
from crawler.sample.trips import Build, Trip, Way
from crawler.sample.web import redirect

_GO = "https://tao.hooos.com/go?url="
_BACK = "https://t.asczwa.com/taobao?backurl="


def _enc(text: str) -> str:
    return quote(text, safe="")


def _wrapper(write: Callable[[str], str]) -> Build:
    """A web address that carries its target and, when followed, redirects to it."""

    def build(trip: Trip) -> Way:
        url = write(trip.item.url)
        trip.web.put(url, redirect(trip.item.url))
        return Way(url)

    return build


def _based(trip: Trip) -> Way:
    packed = base64.b64encode(trip.item.url.encode()).decode()
    url = f"https://t.asczwa.com/taobao?backurl={_enc(packed)}"
    trip.web.put(url, redirect(trip.item.url))
    return Way(url, (packed.rstrip("="), _enc(packed)))


def _scheme(write: Callable[[Item], str]) -> Build:
    """An address of an app; no browser opens it, its target is read from it."""
    return lambda trip: Way(write(trip.item))


def _jd_params(item: Item) -> str:
    return json.dumps(
        {"category": "jump", "des": "productDetail", "skuId": item.item_id, "sourceType": "PCUBE_CHANNEL"}
    )


def _intent(item: Item) -> str:
    tail = f"S.browser_fallback_url={_enc(item.url)};end"
    return f"intent://{item.url[8:]}#Intent;scheme=taobao;package=com.taobao.taobao;{tail}"


def _jd_advert(trip: Trip) -> Way:
    ext = base64.urlsafe_b64encode(trip.item.url.encode()).decode().rstrip("=")
    url = f"https://ccc-x.jd.com/dsp/nc?ext={ext}&log=abc"
    trip.web.put(url, redirect(trip.item.url))
    return Way(url, (ext,))


def _jd_web_view(trip: Trip) -> Way:
    """A deep link that opens a web page of JD in the app."""
    inner = f"https://item.m.jd.com/product/{trip.item.item_id}.html"
    trip.web.put(inner, redirect(trip.item.url))
    return Way("openjd://virtual?params=" + _enc(json.dumps({"category": "jump", "des": "m", "url": inner})))


WRAPPERS: dict[str, Build] = {
    "jdadvert": _jd_advert,
    "nested1": _wrapper(lambda url: f"{_GO}{_enc(url)}"),
    "nested2": _wrapper(lambda url: f"{_GO}{_enc(_BACK + _enc(url))}"),
    "nested3": _wrapper(lambda url: f"{_GO}{_enc(_BACK + _enc('https://m.kuaishou.com/redirect?url=' + _enc(url)))}"),
    "nested_raw": _wrapper(lambda url: f"https://www.basetao.com/best/products/agent.html?url={url}"),
    "nested_twice": _wrapper(lambda url: f"https://m.kuaishou.com/redirect?url={_enc(_enc(url))}"),
    "nested_base64": _based,
    "kwai": _scheme(lambda item: f"kwai://webview?url={_enc(item.url)}"),
    "app_taobao": _scheme(lambda item: f"taobao://{item.url[8:]}"),
    "app_tbopen": _scheme(lambda item: f"tbopen://m.taobao.com/tbopen/index.html?source=auto&h5Url={_enc(item.url)}"),
    "app_tbopen_twice": _scheme(lambda item: f"tbopen://m.taobao.com/tbopen/index.html?h5Url={_enc(_enc(item.url))}"),
    "app_tmall": _scheme(lambda item: f"tmall://page.tm/appLink?h5Url={_enc(item.url)}"),
    "app_jd": _scheme(lambda item: f"openapp.jdmobile://virtual?params={_enc(_jd_params(item))}"),
    "app_jd_raw": _scheme(lambda item: f"openApp.jdMobile://virtual?params={_jd_params(item)}"),
    "app_jd_web": _jd_web_view,
    "app_alipay": _scheme(lambda item: f"alipays://platformapi/startapp?appId=20000067&url={_enc(item.url)}"),
    "intent": _scheme(_intent),
}
