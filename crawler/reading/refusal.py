"""Pages that are no page: walls, error pages, bare shells and bytes that are no text, told by what little they show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from crawler.reading.document import Document
from crawler.reading.literal import Value, walk
from crawler.reading.shop_data import page_title
from storage.records import ItemState, Outcome

Refusal = tuple[Outcome, str]
"""How such a page counts as seen, and in words why."""

_FEW, _FEW_LINKS = 600, 25
"""Characters of words, and links: a page that says or offers more is a page, whatever stands on it."""
_SHELL_WORDS = 20
"""Characters of words and title below which, without data in a script, only the frame of a page has come."""
_DATA = re.compile(
    r"""[{,]\s{0,20}["'][\w$@]{0,20}(?:goods|item|sku|spu|product|offer|price|mall|shop|seller|title|video|photo|author)"""
    r"""[\w$]{0,30}["']\s{0,9}:(?!\s{0,9}(?:null|""|\{\s{0,9}\}|\[\s{0,9}\]))""",
    re.IGNORECASE,
)
"""A key of the data of a thing that is shown. What a frame loads, and how, is told in data too."""
_NEEDS_LOGIN = re.compile(r"""["'](?:is_?)?need_?login["']\s{0,9}:\s{0,9}true\b""", re.IGNORECASE)
_PRICE = re.compile(r"""price\w{0,20}["']\s{0,9}:""", re.IGNORECASE)
_MOST_ANSWER = 2000
"""Bytes of an answer above which it is no mere refusal."""
_MESSAGE = re.compile(r"(?:\w{0,12}_?(?:msg|message)|echo|error|desc|reason|tips?)", re.IGNORECASE)
_NO_LOGIN = r"\b(?:not|no|need)[ _-]?log(?:ged)?[ _-]?in\b|\bunlogin\b|未登[录陆]|(?:需要|请先?|重新)登[录陆]"
_MOST_CONTROL = 0.02
"""Share of control characters and broken ones above which bytes are no text."""
_SAMPLE = 20_000

_TITLES: tuple[tuple[str, Outcome], ...] = (
    (r"验证码|安全验证|人机验证|滑动验证|身份验证|身份核实|captcha|^just a moment|attention required", "challenge"),
    (r"访问(?:被(?:拒绝|阻断)|受限)|安全限制|access denied|forbidden|^405$", "challenge"),
    (r"too many requests|过于频繁|请求过快", "rate_limited"),
    (r"\b404\b|not found|(?:页面|商品|宝贝|店铺|内容)\S{0,6}(?:不存在|找不到|走丢|不见)", "not_found"),
    (
        r"^\S{0,8}?(?:登录|登陆)\S{0,3}(?:\s*[-_|·].{0,20})?$|\s[-_|·]\s*(?:登录|登陆)$|^(?:log|sign) ?in\b",
        "login_wall",
    ),
    (
        r"\b50[0-4]\b|bad gateway|service unavailable|gateway time-?out|internal server error|something went wrong",
        "partial",
    ),
)
_WORDS: tuple[tuple[str, Outcome], ...] = (
    (
        r"(?:拖动|滑动|移动).{0,12}(?:滑块|验证)|(?:完成|进行|通过|需要).{0,8}验证|点击.{0,6}验证|验证码拦截|风险用户|验证后.{0,2}(?:继续|访问)",
        "challenge",
    ),
    (r"访问(?:被(?:拒绝|阻断)|受限)|异常(?:访问|流量)|verify you are (?:a )?human", "challenge"),
    (r"(?:访问(?:行为)?|网络环境)(?:存在)?异常|IP(?:地址)?存在风险", "challenge"),
    (r"过于频繁|请求过快|请求频繁|操作频繁|被挤爆|太火爆|too many requests", "rate_limited"),
    (
        r"(?:页面|商品|宝贝|店铺|内容|作品|视频)[^。，！]{0,8}(?:不存在|找不到|已删除|走丢)|没有找到相应的店铺|找不到了",
        "not_found",
    ),
    (r"请先登录|请登录后|登录后.{0,6}(?:查看|继续|访问)|(?:手机号?|扫码|验证码|密码|账号)登录", "login_wall"),
)
_SAID = r"(?<![如若果当])(?<![如若果当][该此本])(?<!部分)(?:商品|宝贝|货品|产品)已经?"
"""Of the thing itself, and not of what is to be done if it were so, or of some among others."""
_STATES: tuple[tuple[str, ItemState], ...] = (
    (rf"{_SAID}(?:下架|下柜)", "off_shelf"),
    (rf"{_SAID}(?:售罄|卖光|售完|抢光)", "sold_out"),
)
_MARKS = re.compile(
    r"""(?:id|class)=["'][^"']{0,60}?(?:nc_wrapper|nc_\d|nocaptcha|challenge-form|captcha|geetest|slide-?verify)"""
    r"""|/_____tmd_____/punish""",
    re.IGNORECASE,
)
_CAPTCHA_FRAME = re.compile(
    r"^(?:https?:)?//(?:captcha|verification|verify)\.|/punish(?:[/?:]|$)|/captcha", re.IGNORECASE
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden")
_UNSEEN = frozenset({"script", "style", "template", "noscript", "head", "title"})
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ufffd]")
_NO_PAGE = (b"%PDF-", b"PK\x03\x04", b"\x1f\x8b", b"\x7fELF", b"7z\xbc\xaf", b"Rar!")


def refusal(document: Document) -> Refusal | None:
    """Why a page is not the one that was asked for; ``None`` where nothing says so.

    Args:
        document: a page on which no data of a shop, an item or a room were found: with them it would be that page.
    """
    if not document.page.html.strip():
        return _by_answers(document)
    if captcha_frame(document):
        return "challenge", "a captcha lies over the page"
    words = visible_words(document)
    if len(words) > _FEW or sum(1 for _ in document.root.iter("a")) > _FEW_LINKS:
        return None
    return (
        _by_address(document)
        or _by_title(page_title(document))
        or _by_marks(document)
        or _by_words(words)
        or _by_data(document)
        or _shell(document, words)
    )


def said_state(document: Document) -> ItemState:
    """The state of an item as a page says it that says little else; ``unknown`` where it does not.

    A page that says more may say it of something that it recommends.
    """
    words = visible_words(document)
    if len(words) > _FEW:
        return "unknown"
    return next((state for pattern, state in _STATES if re.search(pattern, words)), "unknown")


def is_no_text(content: bytes) -> bool:
    """Whether bytes are a file of another kind, or noise: not text in any charset."""
    if content.startswith(_NO_PAGE):
        return True
    sample = content[:_SAMPLE]
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    text = sample.decode("utf-8", "replace")
    broken = len(_CONTROL.findall(text))
    if broken <= len(text) * _MOST_CONTROL:
        return False
    text = sample.decode("gb18030", "replace")
    return len(_CONTROL.findall(text)) > len(text) * _MOST_CONTROL


def captcha_frame(document: Document) -> bool:
    """Whether a frame that asks for a captcha is shown."""
    return any(
        _CAPTCHA_FRAME.search(frame.get("src") or "") and not _is_hidden(frame)
        for frame in document.root.iter("iframe")
    )


def visible_words(document: Document) -> str:
    """What a reader of the page sees, blanks left out, up to a little more than makes it a page."""
    found: list[str] = []
    room = _FEW + 1
    for text in _texts(document.root):
        plain = "".join(text.split())
        found.append(plain)
        room -= len(plain)
        if room < 0:
            break
    return "".join(found)


def _texts(root: Any) -> Iterator[str]:  # noqa: ANN401 - an lxml element
    for element in root.iter():
        if isinstance(element.tag, str) and element.tag not in _UNSEEN and element.text:
            yield element.text
        if element.tail:
            yield element.tail


def _is_hidden(element: Any) -> bool:  # noqa: ANN401 - an lxml element
    return any(_HIDDEN.search(holder.get("style") or "") for holder in (element, *element.iterancestors()))


def _by_address(document: Document) -> Refusal | None:
    url = document.final_url
    is_captcha = bool(url.host) and _CAPTCHA_FRAME.search(f"https://{url.host}{url.path}")
    return ("challenge", f"sent to {url.host}") if is_captcha else None


def _by_title(title: str) -> Refusal | None:
    for pattern, outcome in _TITLES:
        if re.search(pattern, title, re.IGNORECASE):
            return outcome, f"the page calls itself {title[:60]}"
    return None


def _by_marks(document: Document) -> Refusal | None:
    if _MARKS.search(document.page.html):
        return "challenge", "a captcha and no page"
    if document.root.find(".//input[@type='password']") is not None:
        return "login_wall", "a form that asks for a password"
    return None


def _by_words(words: str) -> Refusal | None:
    for pattern, outcome in _WORDS:
        said = re.search(pattern, words, re.IGNORECASE)
        if said:
            return outcome, f"the page says: {said[0][:60]}"
    return None


def _by_data(document: Document) -> Refusal | None:
    """A page whose data ask for a login, and price nothing."""
    texts = [script.text for script in document.scripts]
    if any(_NEEDS_LOGIN.search(text) for text in texts) and not any(_PRICE.search(text) for text in texts):
        return "login_wall", "the page's data say that a login is needed"
    return None


def _by_answers(document: Document) -> Refusal | None:
    """How short answers of a data service refuse, in their own words. A long one holds what was asked for."""
    bodies = document.page.bodies
    if not bodies or any(len(body.content) > _MOST_ANSWER for body in bodies):
        return None
    said = " ".join(text for _, _, value in document.answers for text in _messages(value))
    if re.search(_NO_LOGIN, said, re.IGNORECASE):
        return "login_wall", f"the service answers: {said[:60]}"
    found = _by_words("".join(said.split()))
    return (found[0], f"the service answers: {said[:60]}") if found else None


def _messages(value: Value) -> Iterator[str]:
    for _, inner in walk(value):
        if isinstance(inner, dict):
            yield from (text for key, text in inner.items() if isinstance(text, str) and _MESSAGE.fullmatch(key))


def _shell(document: Document, words: str) -> Refusal | None:
    if len(words) + len(page_title(document)) >= _SHELL_WORDS or any(
        _DATA.search(script.text) for script in document.scripts
    ):
        return None
    return "partial", "a shell without content"
