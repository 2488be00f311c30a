"""Under which addresses each page of Kuaishou stands: canonical, mobile, share and short forms."""

from __future__ import annotations

from crawler.sample.drafts import PageSpec

_FORMS = {
    "live_room": {
        "u": "https://live.kuaishou.com/u/{id}",
        "mobile": "https://livev.m.chenzhongtech.com/fw/live/{id}",
        "gifshow": "https://m.gifshow.com/fw/live/{id}",
    },
    "short_video": {
        "video": "https://www.kuaishou.com/short-video/{id}",
        "mobile": "https://v.m.chenzhongtech.com/fw/photo/{id}",
    },
    "merchant": {
        "profile": "https://www.kuaishou.com/profile/{id}",
        "live_profile": "https://live.kuaishou.com/profile/{id}",
        "window": "https://app.kwaixiaodian.com/merchant/shop/list?id={id}",
        "frame": "https://app.kwaixiaodian.com/page/kwaishop-store-c-frame-h5/frame?sellerId={id}",
    },
    "product": {
        "detail": "https://app.kwaixiaodian.com/merchant/shop/detail?id={id}",
        "web": "https://app.kwaixiaodian.com/web/kwaishop-goods-detail-page-app?id={id}",
    },
}
_ONE_PAGE = {"live_room", "short_video"}
_SHORT = {"v": "https://v.kuaishou.com/{code}", "f": "https://www.kuaishou.com/f/{code}"}
_NOISE = {
    "live_room": "?fid=1&cc=share_copylink",
    "short_video": "?authorId=3xauthor&streamSource=find&cc=share_copylink&shareToken=X1",
    "merchant": "&carrierType=3&from=profile",
    "product": "&hyId=kwaishop&layoutType=4",
}


def canonical(spec: PageSpec) -> str:
    """The address of the page itself."""
    forms = _FORMS[spec.surface]
    return forms[spec.form or next(iter(forms))].format(id=spec.page_id)


def places(spec: PageSpec) -> list[str]:
    """All addresses at which the page itself stands (short links, which redirect, apart)."""
    if spec.surface not in _ONE_PAGE:
        return [canonical(spec)]
    return [form.format(id=spec.page_id) for form in _FORMS[spec.surface].values()]


def pasted(spec: PageSpec, code: str) -> str:
    """The address as a person would paste it: canonical, ``noisy`` (with tracking), mobile, or short (of ``code``)."""
    if spec.paste in _SHORT:
        return _SHORT[spec.paste].format(code=code)
    if spec.paste == "noisy":
        return canonical(spec) + _NOISE[spec.surface]
    return _FORMS[spec.surface][spec.paste].format(id=spec.page_id) if spec.paste else canonical(spec)


def is_short(spec: PageSpec) -> bool:
    """Whether the page is pasted as a short link, which must redirect to it."""
    return spec.paste in _SHORT
