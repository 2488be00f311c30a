"""What pages of Taobao and Tmall have in common: the item record of the current template, and the walls before it.

The record is the same on the server-rendered page (``__ICE_APP_CONTEXT__``) and in the answers of
``mtop.taobao.pcdetail.data.get`` and ``mtop.taobao.detail.getdetail``. In answers every number and boolean is a string.
"""

from __future__ import annotations

import re
from typing import Any

from crawler.reading.document import Document
from crawler.reading.literal import Value, dig, read_embedded
from crawler.reading.shop_data import answers, assigned, belongs, find_record, host_of, is_true, page_title, text_of
from storage.records import ItemState, Outcome, Signal

_DOMAINS = ("taobao.com", "tmall.com", "tmall.hk", "tb.cn", "liangxinyao.com", "95095.com")
_MAX_STUB = 20_000
"""Characters of HTML. The login stub has about 5 kB, the smallest item page seen 60 kB."""

_REFUSALS: tuple[tuple[str, Outcome], ...] = (
    (r"RGV587|USER_VALIDATE|CAPTCHA|PUNISH", "challenge"),
    (r"SESSION_EXPIRED|NEED_LOGIN|SID_INVALID|NOT_LOGIN|UNLOGIN", "login_wall"),
    (r"TRAFFIC_LIMIT|FLOW_?LIMIT|TOO_MANY|限流", "rate_limited"),
    (r"NOT_EXIST|NOT_FOUND|不存在|已删除", "not_found"),
)
_REFUSED = re.compile(r"FAIL|ERR|RGV|[A-Z_]{1,60}(?:NOT_FOUND|NOT_EXIST|EXPIRED|LIMIT)")
_SLIDER = re.compile(
    r"""_____tmd_____/punish|bixi\.alicdn\.com/punish|x5secdata=|id=["'](?:nocaptcha|baxia-punish)["']"""
)
_SLIDER_TITLE = re.compile("验证码拦截|访问被拒绝|安全验证|Captcha Interception")
_MISSING = re.compile(r"(?:您|你)查看的(?:宝贝|商品)(?:不存在|找不到)")
_PUNISH_PATH = re.compile(r"/punish(?:$|/|:)")
_LOGIN = re.compile(r"(?:login|havanalogin)\.(?:m\.)?(?:taobao|tmall)\.com")
_SELLER_TYPES = {"C": "taobao_unspecified", "B": "tmall"}
_GONE = re.compile("下架")
_SOLD = re.compile("卖光|售罄|售完|已抢光|抢光")
_SOON = re.compile("即将开始|开售|即将开售|预热|未开始")
_WAITING = re.compile("到货|提醒|通知|预约")
_WANTED = re.compile(r"(?:^|&)(?:id|itemId)=(\d{6,})(?:&|$)")
_LABEL = 120


def is_family(document: Document) -> bool:
    """Whether the page stands on a host of the family, or nobody knows where it stood."""
    return not document.page.final_url or belongs(document.final_url.host, *_DOMAINS)


def item_record(document: Document) -> dict[str, Any] | None:
    """The record of the item that the page is about, or ``None``. One of another item is left alone."""
    found = [value for _, value in assigned(document, "sellerType", "skuItem", "pcTrade")]
    values = (find_record(value, "seller", "item") for value in (*found, *answers(document)))
    records = [_with_stack(record) for record in values if record is not None]
    return next((record for record in records if not _is_other_item(document, dig(record, "item", "itemId"))), None)


def _is_other_item(document: Document, item_id: Value) -> bool:
    """Whether data are of another item than the one that the page's address names."""
    wanted = _WANTED.search(document.final_url.query)
    own = text_of(item_id)
    return bool(wanted and own.isdigit() and own != wanted[1])


def _with_stack(record: dict[str, Any]) -> dict[str, Any]:
    """The record with what older answers keep in ``apiStack``, as JSON text or, dumped by a reader, as an object."""
    value = dig(record, "apiStack", 0, "value")
    stack = value if isinstance(value, dict) else read_embedded(value)
    return {**stack, **record} if isinstance(stack, dict) else record


def seller_signals(record: dict[str, Any]) -> tuple[Signal, ...]:
    """What the record says of its seller. ``C`` is Taobao, personal or enterprise; ``B`` is Tmall."""
    seller, header = record["seller"], dig(record, "componentsVO", "headerVO")
    signals = [
        _type_signal("seller.sellerType", seller.get("sellerType")),
        _type_signal("seller.shopType", seller.get("shopType")),
        _type_signal("trackParams.BC_type", dig(record, "params", "trackParams", "BC_type")),
        Signal("feature.bSeller", text_of(b_seller), "tmall" if is_true(b_seller) else "")
        if (b_seller := dig(record, "feature", "bSeller")) is not None
        else None,
        host_signal("seller.pcShopUrl", seller.get("pcShopUrl")),
        host_signal("seller.shopUrl", seller.get("shopUrl")),
        host_signal("headerVO.logoJumpUrl", dig(header, "logoJumpUrl")),
    ]
    return tuple(signal for signal in signals if signal)


def _type_signal(name: str, value: Value) -> Signal | None:
    text = text_of(value)
    return Signal(name, text[:_LABEL], _SELLER_TYPES.get(text, "")) if text else None


def host_signal(name: str, address: Value) -> Signal | None:
    """What the host of a shop's address says. Tmall shops have addresses below taobao.com too: those say nothing."""
    host = host_of(address)
    if not host:
        return None
    says = "tmall_global" if belongs(host, "tmall.hk") else "tmall" if belongs(host, "tmall.com") else ""
    return Signal(name, text_of(address)[:_LABEL], says)


def is_degraded(record: dict[str, Any]) -> bool:
    """Whether the shop held back the record's core (who sells, what is in stock), as it does with whom it distrusts."""
    names_nobody = not any(text_of(record["seller"].get(key)) for key in ("sellerId", "userId", "shopId"))
    return is_true(dig(record, "feature", "pcResistDetail")) or (names_nobody and "skuCore" not in record)


def record_state(record: dict[str, Any]) -> ItemState:
    """The state of the item: by its status and by what the buy button says. A deposit to pay is a sale."""
    status = text_of(dig(record, "skuCore", "skuItem", "itemStatus"))
    enabled, disabled = _buttons(record)
    if not status and not enabled and not disabled:
        return _trade_state(record)
    if status == "1":
        return "unknown" if enabled else "off_shelf"
    if enabled:
        return "on_shelf" if status == "0" else "unknown"
    return _button_state(" ".join(disabled))


def _buttons(record: dict[str, Any]) -> tuple[list[str], list[str]]:
    """The words on the buttons that buy, and on those that cannot be pressed."""
    buttons = dig(record, "componentsVO", "bottomBarVO", "leftButtons")
    rows = [button for button in buttons if isinstance(button, dict)] if isinstance(buttons, list) else []
    words = [(text_of(dig(row, "title", "text")), is_true(row.get("disabled"))) for row in rows]
    enabled = [text for text, is_off in words if text and not is_off and not _WAITING.search(text)]
    return enabled, [text for text, is_off in words if is_off]


def _button_state(text: str) -> ItemState:
    if _GONE.search(text):
        return "off_shelf"
    if _SOLD.search(text):
        return "sold_out"
    return "not_yet_on_sale" if _SOON.search(text) else "unknown"


def _trade_state(record: dict[str, Any]) -> ItemState:
    """The state in older answers, which have ``trade`` instead of buttons."""
    if is_true(dig(record, "trade", "buyEnable")):
        return "on_shelf"
    return _button_state(text_of(dig(record, "trade", "hintBanner", "text")))


def wall(document: Document, *, has_data: bool) -> tuple[Outcome, str] | None:
    """What stands between us and the item: the outcome, and in words why. ``None`` where nothing does.

    Args:
        document: a page of the family.
        has_data: whether item or shop data was found on it; a challenge may lie over a page that has them.
    """
    found = _wall_by_address(document) or _overlay(document)
    if found or has_data:
        return found
    return _refusal(answers(document)) or _wall_by_words(document)


def _refusal(values: tuple[Value, ...]) -> tuple[Outcome, str] | None:
    """How the data services refused, the gravest refusal first.

    A page on which data were found is not asked: its first request for anything is refused for want of a token, as
    a rule, and made again.
    """
    if any(dig(value, "rgv587_flag") for value in values):
        return "challenge", "the data service asks for the slider"
    refusals = [(text_of(dig(value, "api")), text) for value in values if (text := _refusal_text(value))]
    for pattern, outcome in _REFUSALS:
        for api, text in refusals:
            # That a coupon does not exist says nothing of the item.
            if re.search(pattern, text) and (outcome != "not_found" or "detail" in api):
                return outcome, f"the data service refused: {text[:_LABEL]}"
    return ("partial", f"the data service refused: {refusals[0][1][:_LABEL]}") if refusals else None


def _refusal_text(value: Value) -> str:
    ret = dig(value, "ret")
    text = " ".join(map(text_of, ret)) if isinstance(ret, list) else text_of(ret)
    return text if _REFUSED.match(text) else ""


def _wall_by_address(document: Document) -> tuple[Outcome, str] | None:
    url = document.final_url
    if _LOGIN.fullmatch(url.host):
        return "login_wall", f"sent to {url.host}"
    if "_____tmd_____" in url.path or url.path.startswith("/punish"):
        return "challenge", "sent to the slider"
    if url.host.startswith("error.") or "noitem" in url.path:
        return "not_found", f"sent to {url.host}{url.path}"
    return None


def _overlay(document: Document) -> tuple[Outcome, str] | None:
    """A slider laid over the page, in a frame of its own. One that is hidden has been passed.

    A frame that asks to log in, and would come back to a slider, stands over pages that were seen whole.
    """
    for frame in document.root.iter("iframe"):
        address = (frame.get("src") or "").partition("?")[0]
        if _PUNISH_PATH.search(address) and not _is_hidden(frame):
            return "challenge", "a slider lies over the page"
    return None


def _is_hidden(element: Any) -> bool:  # noqa: ANN401 - an lxml element
    styles = (ancestor.get("style") or "" for ancestor in (element, *element.iterancestors()))
    return any(re.search(r"display\s*:\s*none", style) for style in styles)


def _wall_by_words(document: Document) -> tuple[Outcome, str] | None:
    html = document.page.html
    if _SLIDER.search(html) or "J_MIDDLEWARE_FRAME_WIDGET" in html or _SLIDER_TITLE.search(page_title(document)):
        return "challenge", "a slider and no item"
    if _MISSING.search(html):
        return "not_found", "the page says that there is no such item"
    if len(html) < _MAX_STUB and _LOGIN.search(html):
        return "login_wall", "a stub that asks to log in"
    return None
