"""Carriers: every way in which a page of the sample world holds a link, and the extractors that can see it there."""

from __future__ import annotations

import base64
import html
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote, urlsplit

import segno
from PIL import Image, ImageFilter

from crawler.sample import share_texts
from crawler.sample.drafts import Draft, PageSpec, Shown

# Field names of cart items, as seen in different answers: link, title, price, publish time.
_ITEM_FIELDS = (
    ("jumpUrl", "title", "price", "createTime"),
    ("jumptoken", "name", "price", "onShelfTime"),
    ("linkUrl", "itemTitle", "itemPrice", "createTime"),
    ("itemLinkUrl", "itemTitle", "price", "onShelfTime"),
    ("itemUrl", "title", "price", "onShelfTime"),
    ("url", "name", "price", "createTime"),
)
_CART_STEMS = {
    "xhr": ("response",),
    "scroll": ("response",),
    "boxed": ("response",),
    "jsonp": ("response", "inline_script"),
    "socket": ("websocket",),
    "gzip": ("websocket",),
    "protobuf": ("websocket",),
    "packed": ("websocket",),
    "slow": ("response",),
    "virtual": ("response",),
    "framed": ("response",),
}
_DRAWN_STEMS = {"anchor": ("anchor",), "data": ("attribute",), "onclick": ("attribute",), "none": ()}
_CUT = 9
_COVERS = 6
"""Different pictures on the cards of all carts, each at many addresses."""
_UPDATED_MS = 1_672_900_000_000
"""When every item was last touched (2023-01-05), which says nothing of when it was published."""


@dataclass(frozen=True, slots=True)
class Carrier:
    """A way to hold a link. ``write`` puts it into the draft; ``stems`` name the extractors that can find it."""

    write: Callable[[Draft, Shown], None]
    stems: tuple[str, ...]


def carrier(name: str, spec: PageSpec) -> Carrier:
    """The carrier of a name in the declaration.

    Args:
        name: a plain carrier, or ``PLACE.FORM`` for a share text (``caption.yen``).
        spec: the page; the stems of a cart item depend on how its cart comes and is drawn.
    """
    place, _, form = name.partition(".")
    if form:
        return share_texts_carrier(place, form)
    if name == "item":
        return Carrier(_item, _CART_STEMS[spec.cart] + _drawn_stems(spec))
    return CARRIERS[name]


def share_texts_carrier(place: str, form: str) -> Carrier:
    """A share text of one form at one place of the page."""

    def write(draft: Draft, shown: Shown) -> None:
        text = share_texts.write(form, shown)
        if place == "comment":
            draft.comments.append({"content": text, "timestamp": shown.when.printed, "authorName": "路过的人"})
        elif place == "other":
            draft.others.append(text)
        else:
            draft.texts.setdefault(place, []).append(text)

    return Carrier(write, ("share_text", "script_state", "anchor"))


def item_record(shown: Shown) -> dict[str, object]:
    """A cart item; which names its fields have depends on its number."""
    link, title, price, time = _ITEM_FIELDS[shown.number % len(_ITEM_FIELDS)]
    record: dict[str, object] = {
        "itemId": 21_000_000_000 + shown.number,
        "imageUrl": cover_address(shown),
        "sourceType": 99 if shown.number % 2 else 0,
        "updateTime": _UPDATED_MS,
        title: shown.label,
        price: shown.price_fen,
        link: shown.url,
    }
    if shown.when.printed is not None:
        record[time] = shown.when.printed
    return record


def _drawn_stems(spec: PageSpec) -> tuple[str, ...]:
    return () if spec.cart in ("protobuf", "packed") else _DRAWN_STEMS[spec.draw]


def _item(draft: Draft, shown: Shown) -> None:
    draft.goods.append(item_record(shown))
    draft.images[cover_address(shown)] = cover(shown.number % _COVERS)


def _state(draft: Draft, shown: Shown) -> None:
    draft.held.append(item_record(shown))


def _html_in_state(draft: Draft, shown: Shown) -> None:
    description = f'<p>同款<a href="{html.escape(shown.url)}">{shown.label}</a></p>'
    draft.held.append({"itemId": 23_000_000_000 + shown.number, "detailHtml": description})


def _data_encoded(draft: Draft, shown: Shown) -> None:
    packed = quote(json.dumps({"page": {"target": quote(shown.url, safe="")}}), safe="")
    draft.body.append(f'<div class="goods-card" data-params="{packed}">{shown.label}</div>')


def _data_base64(draft: Draft, shown: Shown) -> None:
    packed = base64.b64encode(json.dumps({"target": shown.url}).encode()).decode()
    draft.body.append(f'<div class="goods-card" data-track="{packed}">{shown.label}</div>')


def _split_text(draft: Draft, shown: Shown) -> None:
    """An address that a person reads in one piece and the markup holds in two."""
    half = len(shown.url) - 5
    draft.body.append(f"<p>复制 <span>{html.escape(shown.url[:half])}</span><b>{shown.url[half:]}</b> 打开</p>")


def _json_in_json(draft: Draft, shown: Shown) -> None:
    draft.held.append(
        {"itemId": 22_000_000_000 + shown.number, "ext": json.dumps(item_record(shown), ensure_ascii=False)}
    )


def _tag(template: str) -> Callable[[Draft, Shown], None]:
    """A carrier that is a piece of HTML in the product area, ``{url}`` being escaped as HTML asks for."""

    def write(draft: Draft, shown: Shown) -> None:
        piece = template.format(url=html.escape(shown.url), label=html.escape(shown.label))
        draft.body.append(f'<div class="goods-card">{piece}</div>')

    return write


def _plain_tag(template: str) -> Callable[[Draft, Shown], None]:
    """The same for places where nothing is escaped: comments, style, script."""
    return lambda draft, shown: draft.body.append(template.replace("{url}", shown.url).replace("{label}", shown.label))


def _entities(draft: Draft, shown: Shown) -> None:
    masked = html.escape(shown.url).replace("/", "&#47;").replace(".", "&#x2E;")
    draft.body.append(f'<div class="goods-card"><a href="{masked}">{shown.label}</a></div>')


def _upper(draft: Draft, shown: Shown) -> None:
    parts = urlsplit(shown.url)
    loud = shown.url.replace(f"{parts.scheme}://{parts.netloc}", f"{parts.scheme.upper()}://{parts.netloc.upper()}.", 1)
    draft.body.append(f'<div class="goods-card"><a href="{html.escape(loud)}">{shown.label}</a></div>')


def _scheme_less(draft: Draft, shown: Shown) -> None:
    draft.body.append(
        f'<div class="goods-card"><a href="{html.escape(shown.url.split(":", 1)[1])}">{shown.label}</a></div>'
    )


def _srcdoc(draft: Draft, shown: Shown) -> None:
    inner = f'<a href="{html.escape(shown.url)}">{shown.label}</a>'
    draft.body.append(f'<iframe srcdoc="{html.escape(inner)}"></iframe>')


def _meta(draft: Draft, shown: Shown) -> None:
    draft.head.append(f'<meta property="og:product:link" content="{html.escape(shown.url)}">')


def _json_ld(draft: Draft, shown: Shown) -> None:
    data = {"@context": "https://schema.org", "@type": "Product", "name": shown.label, "offers": {"url": shown.url}}
    text = json.dumps(data, ensure_ascii=False).replace("/", r"\/")
    draft.head.append(f'<script type="application/ld+json">{text}</script>')


def _inline(draft: Draft, shown: Shown) -> None:
    draft.scripts.append(
        f"var goodsEntry{shown.number} = {{ target: '{shown.url}', label: {json.dumps(shown.label)} }};"
    )


def _shadow(draft: Draft, shown: Shown) -> None:
    draft.shadows.append(_pieces(shown.url))


def _popup_load(draft: Draft, shown: Shown) -> None:
    draft.opens_on_load.append(_pieces(shown.url))


def _popup_click(draft: Draft, shown: Shown) -> None:
    draft.opens_on_click.append(_pieces(shown.url))


def _code_inline(draft: Draft, shown: Shown) -> None:
    draft.codes.append({"src": "data:image/png;base64," + base64.b64encode(qr_png(shown.url)).decode()})


def _code_image(draft: Draft, shown: Shown) -> None:
    address = f"https://ali-ec.static.yximgs.com/ufile/adsocial/code-{shown.number}.png"
    draft.images[address] = qr_png(shown.url)
    draft.codes.append({"src": address})


def _code_canvas(draft: Draft, shown: Shown) -> None:
    rows = ["".join("1" if cell else "0" for cell in row) for row in segno.make(shown.url, micro=False).matrix]
    draft.codes.append({"rows": rows})


def cover_address(shown: Shown) -> str:
    """Where the picture on a cart item's card lies."""
    return f"https://ali-ec.static.yximgs.com/ufile/adsocial/{shown.number}.jpg"


@cache
def cover(number: int) -> bytes:
    """A JPEG of about 20 kB, as busy as a photograph, and without a code."""
    grain = [Image.effect_noise((300, 300), 40 + 7 * number + band) for band in range(3)]
    out = io.BytesIO()
    Image.merge("RGB", grain).filter(ImageFilter.GaussianBlur(1)).save(out, "JPEG", quality=85)
    return out.getvalue()


def qr_png(text: str) -> bytes:
    """A QR code as PNG, four pixels a module."""
    out = io.BytesIO()
    segno.make(text, micro=False).save(out, kind="png", scale=4)
    return out.getvalue()


def _pieces(url: str) -> list[str]:
    """An address cut up, so that only who opens it (or joins it) can read it."""
    return [url[start : start + _CUT] for start in range(0, len(url), _CUT)]


CARRIERS: dict[str, Carrier] = {
    "state": Carrier(_state, ("script_state",)),
    "html_in_state": Carrier(_html_in_state, ("script_state", "anchor")),
    "data_encoded": Carrier(_data_encoded, ("attribute",)),
    "data_base64": Carrier(_data_base64, ("attribute",)),
    "split_text": Carrier(_split_text, ("share_text",)),
    "json_in_json": Carrier(_json_in_json, ("script_state",)),
    "anchor": Carrier(_tag('<a class="goods-link" href="{url}">{label}</a>'), ("anchor",)),
    "hidden": Carrier(_tag('<a style="display:none" href="{url}">{label}</a>'), ("anchor",)),
    "entities": Carrier(_entities, ("anchor",)),
    "upper": Carrier(_upper, ("anchor",)),
    "scheme_less": Carrier(_scheme_less, ("anchor",)),
    "area": Carrier(_tag('<map name="skin"><area shape="rect" href="{url}" alt="{label}"></map>'), ("anchor",)),
    "drawing": Carrier(
        _tag('<svg width="9" height="9"><a xlink:href="{url}"><text>{label}</text></a></svg>'), ("anchor",)
    ),
    "template": Carrier(_tag('<template><a href="{url}">{label}</a></template>'), ("anchor",)),
    "noscript": Carrier(_tag('<noscript><a href="{url}">{label}</a></noscript>'), ("anchor",)),
    "shadow": Carrier(_shadow, ("anchor",)),
    "hidden_field": Carrier(_tag('<input type="hidden" name="target" value="{url}">'), ("attribute", "form")),
    "clipboard": Carrier(
        _tag('<button data-clipboard-text="复制 {url} 去看看">{label}</button>'), ("attribute", "share_text")
    ),
    "data": Carrier(_tag('<span data-src-link="{url}">{label}</span>'), ("attribute",)),
    "onclick": Carrier(_tag("<button onclick=\"window.location.href='{url}'\">{label}</button>"), ("attribute",)),
    "ondeep": Carrier(
        _tag("<b data-open='{{&quot;to&quot;:{{&quot;u&quot;:&quot;{url}&quot;}}}}'>{label}</b>"), ("attribute",)
    ),
    "form": Carrier(_tag('<form action="{url}" method="get"><button>{label}</button></form>'), ("form",)),
    "frame": Carrier(_tag('<iframe src="{url}" title="{label}"></iframe>'), ("frame",)),
    "comment_tag": Carrier(_plain_tag("<!-- 备用链接 {url} -->"), ("comment",)),
    "style": Carrier(
        _plain_tag("<style>.goods-skin {{ background: url('{url}') }}</style>".replace("{{", "{").replace("}}", "}")),
        ("style",),
    ),
    "srcdoc": Carrier(_srcdoc, ("frame", "anchor")),
    "meta": Carrier(_meta, ("meta",)),
    "json_ld": Carrier(_json_ld, ("json_ld", "script_state")),
    "inline": Carrier(_inline, ("script_state", "inline_script")),
    "popup_load": Carrier(_popup_load, ("popup",)),
    "popup_click": Carrier(_popup_click, ("popup",)),
    "code_inline": Carrier(_code_inline, ("qr_code",)),
    "code_image": Carrier(_code_image, ("qr_code",)),
    "code_canvas": Carrier(_code_canvas, ("qr_code",)),
}
