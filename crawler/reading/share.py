"""Share texts (口令): the words that one app hands to another through the clipboard, with addresses and password tokens.

A password is told from a price or a product code by three things, none of which is a list of known texts: what
encloses it (a pair of signs), how random its core looks, and the words around it ("copy this", "open the app"),
which are read through their deliberate damage (復·制, 咑閞, 淘♂寳♀, 倞東).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from crawler.reading.text import Address, find_addresses, host_of


@dataclass(frozen=True, slots=True)
class Token:
    """A password token or a marker beside one: where it stood, as it stood, and its core.

    ``core`` is what the app looks up; ``None`` for a marker (``CZ0001``) and for a template with nothing filled in.
    """

    start: int
    end: int
    raw: str
    core: str | None = None


@dataclass(frozen=True, slots=True)
class ShareText:
    """What a text hands over, in order of appearance. ``app``: the app that is to open it, ``""`` where none is named."""

    addresses: tuple[Address, ...] = ()
    passwords: tuple[Token, ...] = ()
    app: str = ""

    @property
    def urls(self) -> tuple[str, ...]:
        """The addresses, cleaned."""
        return tuple(address.url for address in self.addresses)

    @property
    def tokens(self) -> tuple[str, ...]:
        """The tokens exactly as they stood."""
        return tuple(token.raw for token in self.passwords)


# --- words, read through their damage ---------------------------------------------------------------------------

_COPY = r"(?:[复復複覆付负副赋妇]|fu)(?:[制製致治置织制志]|zhi)|拷贝|copy|粘贴|口令|整段话|[这這](?:段|行|条|條)[话話描文信内]"
_OPEN = r"(?:[打咑哒達]|da|扌丁)(?:[开開幵閞闬]|kai)|启动|转移至|去→|搜索直接|抢购|点击链接"
_APP = r"(?:[淘陶掏桃]|tao)(?:[宝寶寳保包]|bao)|天猫|闲鱼|[京倞猄椋惊鲸亰](?:[东東崠倲冻岽])|拼多多|小红书|抖音|唯品会|app|支付宝"
_COPY_WORDS = re.compile(_COPY)
_CONTEXT = re.compile(f"(?:{_COPY})|(?:{_OPEN})")
_APP_WORDS = re.compile(_APP)
_FILLER = re.compile(r"[^0-9a-z\u3400-\u9fff]+")
_APPS = (
    ("xianyu", r"闲鱼"),
    ("taobao", r"(?:[淘陶掏桃]|tao)(?:[宝寶寳保包]|bao)|天猫"),
    ("jd", r"(?:[京倞猄椋惊鲸亰])(?:[东東崠倲冻岽]|口令)"),
    ("xiaohongshu", r"小红书"),
    ("pinduoduo", r"拼多多"),
    ("douyin", r"抖音"),
    ("vipshop", r"唯品会"),
    ("kuaishou", r"快手"),
)
_APP_HOSTS = (
    ("taobao", r"(?:^|\.)(?:tb\.cn|taobao\.com|tmall\.com)$"),
    ("jd", r"(?:^|\.)(?:jd\.com|3\.cn|jd\.hk)$"),
    ("xianyu", r"(?:^|\.)goofish\.com$"),
    ("xiaohongshu", r"(?:^|\.)xhslink\.com$|(?:^|\.)xiaohongshu\.com$"),
    ("pinduoduo", r"(?:^|\.)(?:pinduoduo|yangkeduo)\.com$"),
    ("douyin", r"(?:^|\.)(?:douyin|jinritemai)\.com$"),
    ("vipshop", r"(?:^|\.)vip\.com$"),
)

# --- shapes -----------------------------------------------------------------------------------------------------

_MONEY = "￥¥€$＄₤£₳₴₰₱₲₵₡₢₣₥₦₧₩₫₭₮₯₸₹₺₽₿฿¢￠￡￦¤"
_CORE = r"[0-9A-Za-z]{3,20}"
_CODE = r"[!-~]{2,12}"
_PAIR = re.compile(
    rf"(?P<open>[{_MONEY}])(?P<lead>[ /]{{0,2}})(?:(?P<code>{_CODE})[ ]{{1,2}})?(?P<core>{_CORE})(?P<tail>[ /]{{0,2}}"
    rf"(?:[ ]{_CODE})?[ ]?)(?P<close>[{_MONEY}%@#!！])"
    rf"|(?P<open2>[%#！!@&*^~])(?P<core2>[0-9A-Za-z]{{9,16}})(?P<close2>\*{{3}}|[{_MONEY}%@#！!&*^~])"
    rf"|(?P<open3>[(（\[【{{《「⇥])(?P<lead3>[ ]{{0,2}})(?:(?P<code3>{_CODE})[ ]{{1,2}})?(?P<core3>[0-9A-Za-z]{{8,16}})[ ]{{0,2}}"
    r"(?P<close3>[)）\]】}》」⇤])"
    r"|(?P<open4>[^\w\s!-/:-@\[-`{-~])(?P<core4>[0-9A-Za-z]{8,16})(?P<close4>[^\w\s!-/:-@\[-`{-~])",
)
_EMOJI_PAIR = re.compile(
    r"(?P<sign>[\u2600-\u27bf\U0001f000-\U0001faff])\ufe0f?[ ]{0,2}(?P<core>[0-9A-Za-z]{8,20})[ ]{0,2}(?P=sign)"
)
_INTRODUCED = re.compile(
    rf"(?P<sign>[{_MONEY}])(?P<inside>(?!\s*[\d.,]+\s*(?P=sign))[^\u3400-\u9fff\n{_MONEY}，。、]{{1,30}})(?P=sign)",
)
_ALONE = re.compile(r"(?<![0-9A-Za-z_./?=&%:@\-])[0-9A-Za-z]{11}(?![0-9A-Za-z_./?=&%:@\-])")
_JD_HEAD = re.compile(r"https?:/{1,2}(J[0-9A-Za-z]{12,14})(?![0-9A-Za-z./])", re.IGNORECASE)
_JD_NUMBER = re.compile(r"^\s*\d{1,2}(?:\.\d)?(?::?/|[复復])")
_MINI_PROGRAM = re.compile(r"#小程序://[^/\s#]{1,40}/([0-9A-Za-z]{8,24})")
_PARAMETER = re.compile(r"(?<=[?&])(?:tk=([0-9A-Za-z]{8,14})|jkl=@?([0-9A-Za-z]{8,16})@?)(?![0-9A-Za-z])")
_MARKER = re.compile(r"[ \u3000]{1,3}([A-Z]{2}\d{1,6}|[!-~]{4,16})(?=\s*(?:[「『【《]|点击|點擊|$|\n|\r))")
_PLAIN_MARKER = re.compile(r"[A-Z]{2}\d{1,6}")
_PRICE = re.compile(r"\d+(?:\.\d+)?[A-Za-z]{0,3}")
_PRODUCT = re.compile(
    r"iPhone|iPad|Book|Phone|Pro|Max|Plus|Ultra|Mini|Lite|Note|Watch|\d(?:GB|TB|ML|KG|mAh|Hz|USB)|20[12]\d"
)


def read_share_text(text: str) -> ShareText:
    """What a share text hands over: addresses, password tokens, and for which app.

    Ordinary captions, prices, product codes, order and telephone numbers give nothing. Any text goes through, in
    linear time.
    """
    addresses = tuple(find_addresses(text))
    if not addresses and not any(sign in text for sign in _TRIGGERS) and not _may_introduce(text):
        return ShareText()
    words = _read_words(text)
    rest = _blanked(text, addresses)
    tokens = _without_overlap([*_jd_heads(rest), *_pairs(rest, words), *_emoji_pairs(rest), *_mini_programs(rest)])
    tokens += [token for address in addresses for token in _beside(text, address)]
    if not any(token.core for token in tokens):
        tokens += _alone(rest, words)
    return ShareText(
        addresses, tuple(sorted(_settled(tokens), key=lambda token: (token.start, -token.end))), _app(text, addresses)
    )


_TRIGGERS = frozenset(_MONEY + "%#！@(（【⇥「{[*")


def _may_introduce(text: str) -> bool:
    return any(ord(character) > 0x25FF for character in text)  # noqa: PLR2004 - where emoji and Chinese begin


@dataclass(frozen=True, slots=True)
class _Words:
    """What the words around a token say. ``near``: there is a call to copy or to open; ``names_app``: to open what."""

    near: bool
    names_app: bool


def _read_words(text: str) -> _Words:
    folded = _FILLER.sub("", unicodedata.normalize("NFKC", text[:20_000]).lower())
    return _Words(bool(_CONTEXT.search(folded)) or bool(_JD_NUMBER.match(text)), bool(_APP_WORDS.search(folded)))


def _blanked(text: str, addresses: tuple[Address, ...]) -> str:
    """The text with spaces where addresses stood, so that no part of one passes for a password."""
    parts, last = [], 0
    for address in addresses:
        parts += [text[last : address.start], "\n" * (address.end - address.start)]
        last = address.end
    return "".join([*parts, text[last:]])


def _jd_heads(text: str) -> Iterator[Token]:
    """``http:/J…``: a password of JD that only looks like an address, for its host has no dot."""
    if "/J" in text or "/j" in text:
        yield from (Token(*found.span(), found[0], found[1]) for found in _JD_HEAD.finditer(text))


def _mini_programs(text: str) -> Iterator[Token]:
    """``#小程序://NAME/CODE``: a WeChat mini-program, which has no web address."""
    if "#小程序" in text:
        yield from (Token(*found.span(), found[0], found[1]) for found in _MINI_PROGRAM.finditer(text))


def _pairs(text: str, words: _Words) -> Iterator[Token]:
    """Cores between a pair of signs. The closing sign of a price may be the opening one of a password."""
    position = 0
    while found := _PAIR.search(text, position):
        tokens = tuple(_pair_tokens(text, found, words))
        yield from tokens
        position = found.end() if tokens else found.start() + 1
    if words.near:
        yield from _introduced(text)


def _pair_tokens(text: str, found: re.Match[str], words: _Words) -> Iterator[Token]:
    core = found["core"] or found["core2"] or found["core3"] or found["core4"]
    code = found["code"] or found["code3"]
    if not _is_password(found, core, code, words):
        return
    start, end = found.span()
    yield Token(start, end, text[start:end], None if code else core)
    if code:
        place = text.rindex(core, start, end)
        yield Token(place, place + len(core), core, core)


def _is_password(found: re.Match[str], core: str, code: str | None, words: _Words) -> bool:
    if _PRICE.fullmatch(core):
        return False
    if found["open"]:
        return _is_money_pair(found, core, code, words)
    if found["open2"] or found["open4"]:
        return words.near and _kinds(core) >= 2 and _is_mixed(core) and not _PRODUCT.search(core)  # noqa: PLR2004
    return _matches(found["open3"], found["close3"]) and _is_bracketed(core, code, words)


def _is_money_pair(found: re.Match[str], core: str, code: str | None, words: _Words) -> bool:
    """Between money signs: random enough by itself, or anything that looks like no price where the words ask to copy it."""
    same = found["open"] == found["close"] or {found["open"], found["close"]} <= set("￥¥")
    if code or found["tail"].strip(" /"):
        return same and _kinds(core) >= 2 and len(core) >= 8  # noqa: PLR2004 - as long as the shortest real core
    if len(core) >= 6 and _kinds(core) >= 2 and not _PRODUCT.search(core):  # noqa: PLR2004
        return same or (len(core) >= 9 and _is_mixed(core))  # noqa: PLR2004
    return False


def _is_bracketed(core: str, code: str | None, words: _Words) -> bool:
    """In brackets, as remarks and model numbers are: a code before the core, or the usual eleven characters."""
    if not words.near or _PRODUCT.search(core):
        return False
    return _kinds(core) >= 2 if code else len(core) == 11 and _kinds(core) == 3  # noqa: PLR2004 - upper, lower, digit


_PAIRED = {"(": ")", "（": "）", "[": "]", "【": "】", "{": "}", "《": "》", "「": "」", "⇥": "⇤"}


def _matches(opening: str, closing: str) -> bool:
    return _PAIRED[opening] == closing or {opening, closing} in ({"(", "）"}, {"（", ")"})


def _introduced(text: str) -> Iterator[Token]:
    """Whatever stands between equal money signs right after "copy this description": even a template left unfilled."""
    for found in _INTRODUCED.finditer(text):
        before = _FILLER.sub(
            "", unicodedata.normalize("NFKC", text[max(0, found.start() - 16) : found.start()]).lower()
        )
        if _COPY_WORDS.search(before):
            core = found["inside"].strip(" /")
            yield Token(*found.span(), found[0], core if len(core) >= 6 and core.isalnum() and core.isascii() else None)  # noqa: PLR2004


def _emoji_pairs(text: str) -> Iterator[Token]:
    """A core between two equal emoji: the emoji are decoration, the core is the token."""
    for found in _EMOJI_PAIR.finditer(text):
        if _is_mixed(found["core"]) and not _PRODUCT.search(found["core"]):
            yield Token(*found.span("core"), found["core"], found["core"])


def _alone(text: str, words: _Words) -> Iterator[Token]:
    """Eleven random characters with nothing around them, where the words ask to copy them and to open an app."""
    if words.near and words.names_app:
        for found in _ALONE.finditer(text):
            if _kinds(found[0]) == 3 and not _PRODUCT.search(found[0]):  # noqa: PLR2004 - upper, lower, digit
                yield Token(*found.span(), found[0], found[0])


def _beside(text: str, address: Address) -> Iterator[Token]:
    """The password in an address's ``tk=`` or ``jkl=`` and the code that follows a share address."""
    found = _PARAMETER.search(address.raw)
    if found:
        yield Token(address.start + found.start(), address.start + found.end(), found[0], found[1] or found[2])
    if not found and not _is_share_address(address.url):
        return
    marker = _MARKER.match(text, address.end)
    if marker and (_PLAIN_MARKER.fullmatch(marker[1]) or (found and not marker[1].isalpha())):
        yield Token(*marker.span(1), marker[1])


def _is_share_address(url: str) -> bool:
    """Whether an address is as short as an app's share address: a short host and one opaque segment."""
    host = host_of(url)
    path = url.split(host, 1)[-1].lstrip("/")
    return len(host) <= 10 and bool(re.fullmatch(r"[\w.\-]{4,20}", path)) and "htm" not in path  # noqa: PLR2004


def _without_overlap(tokens: list[Token]) -> list[Token]:
    """Each stretch of text claimed once; a core inside its whole is a claim of its own."""
    kept: list[Token] = []
    for token in tokens:
        clash = any(
            token.start < other.end and other.start < token.end and not _is_core_of(token, other) for other in kept
        )
        if not clash:
            kept.append(token)
    return kept


def _is_core_of(token: Token, whole: Token) -> bool:
    return whole.core is None and whole.start < token.start and token.end < whole.end


def _settled(tokens: list[Token]) -> Iterator[Token]:
    """A JD head is the password only where nothing else is."""
    real = any(token.core and not token.raw.lower().startswith("http") for token in tokens)
    for token in tokens:
        is_head = token.raw.lower().startswith("http")
        yield Token(token.start, token.end, token.raw) if is_head and real else token


def _kinds(core: str) -> int:
    """How many of upper case, lower case and digits occur; 0 where there are only digits."""
    if core.isdigit():
        return 0
    return (core != core.lower()) + (core != core.upper()) + any(character.isdigit() for character in core)


def _is_mixed(core: str) -> bool:
    """Whether upper and lower case alternate as by chance: at least four changes between kinds of characters."""
    kinds = ["d" if c.isdigit() else "u" if c.isupper() else "l" for c in core]
    return core.lower() != core != core.upper() and sum(a != b for a, b in pairwise(kinds)) >= 3  # noqa: PLR2004


def _app(text: str, addresses: tuple[Address, ...]) -> str:
    folded = _FILLER.sub("", unicodedata.normalize("NFKC", text[:20_000]).lower())
    for app, words in _APPS:
        if re.search(words, folded):
            return app
    hosts = [host_of(address.url) for address in addresses]
    return next((app for app, pattern in _APP_HOSTS for host in hosts if re.search(pattern, host)), "")
