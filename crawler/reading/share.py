"""Share texts (口令): words that one app hands to another through the clipboard, with addresses and passwords.

A password is told from a price or a product code by three things, none of which is a list of known texts: what
encloses it (a pair of signs), how random its core looks, and the words around it ("copy this", "open the app"),
which are read through their deliberate damage (復·制, 咑閞, 淘♂寳♀, 倞東).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple, TypeVar

from crawler.reading.text import Address, find_addresses, host_of, plain_text


class Token(NamedTuple):
    """A password token or a marker beside one: where it stood, as it stood, and its core.

    ``core`` is what the app looks up; ``None`` for a marker (``CZ0001``) and for a template with nothing filled in.
    """

    start: int
    end: int
    raw: str
    core: str | None = None


@dataclass(frozen=True, slots=True)
class ShareText:
    """What a text hands over, in order of appearance. ``app``: the app that is to open it, ``""`` if none is named."""

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

_COPY = (
    r"(?:[复復複覆付负副赋妇]|fu)(?:[制製致治置织志植]|z[hん]?[iíì]|zん)"
    r"|拷贝|copy|粘贴|口令|整段话|[这這](?:段|行|条|條)[话話描文信内]"
)
_OPEN = r"(?:[打咑哒達]|da|扌丁)(?:[开開幵閞闬]|kai)|启动|转移至|去→|搜索直接|抢购|点击链接"
_APP = (
    r"(?:[淘陶掏桃]|tao)(?:[宝寶寳保包]|bao)|[京倞猄椋惊鲸亰](?:[东東崠倲冻岽])"
    r"|[淘京]口令|天猫|闲鱼|拼多多|小红书|抖音|唯品会|支付宝|app"
)
_COPY_WORDS = re.compile(_COPY)
_CONTEXT = re.compile(f"(?:{_COPY})|(?:{_OPEN})")
_APP_WORDS = re.compile(_APP)
_FILLER = re.compile(r"[^0-9a-z\u3040-\u30ff\u3400-\u9fff]+")
_APPS = (
    ("xianyu", r"闲鱼"),
    ("taobao", r"(?:[淘陶掏桃]|tao)(?:[宝寶寳保包]|bao)|天猫|淘口令"),
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

_MONEY = "￥¥$＄￡£€¢￠¤฿\u20a0-\u20cf"
_SIGN = "%#！!@&*^~"
_MARK = r"[^\w\s]"
_CODE = r"[!-~]{2,12}"
_MONEY_PAIR = re.compile(
    rf"(?P<open>[{_MONEY}])[ /]{{0,2}}(?:(?P<code>{_CODE})[ ]{{1,2}})?(?P<core>[0-9A-Za-z]{{3,20}})"
    rf"(?:[ ]{{1,2}}(?P<after>{_CODE}))?[ /]{{0,2}}(?P<close>[{_MONEY}{_SIGN}])",
)
_SIGN_PAIR = re.compile(rf"[{_SIGN}](?P<core>[0-9A-Za-z]{{9,16}})(?:\*{{3}}|[{_MONEY}{_SIGN}])")
_WIDE_PAIR = re.compile(r"！(?P<core>[0-9A-Za-z]{12,16})！")
_MARK_PAIR = re.compile(
    rf"(?P<open>{_MARK})[ ]{{0,2}}(?:(?P<code>{_CODE})[ ]{{1,2}})?"
    rf"(?P<core>[0-9A-Za-z]{{8,16}})[ ]{{0,2}}(?P<close>{_MARK})",
)
_EMOJI_PAIR = re.compile(
    r"(?P<sign>[\u2600-\u27bf\U0001f000-\U0001faff])\ufe0f?[ ]{1,2}(?P<core>[0-9A-Za-z]{8,20})[ ]{1,2}(?P=sign)",
)
_INTRODUCED = re.compile(
    rf"(?P<sign>[{_MONEY}])(?P<inside>(?!\s*[\d.,]+\s*(?P=sign))[^\u3400-\u9fff\n{_MONEY}，。、]{{1,30}})(?P=sign)",
)
_ALONE = re.compile(r"(?<![0-9A-Za-z_./?=&%@\-])(?<![!-~]:)(?P<core>[0-9A-Za-z]{11})(?![0-9A-Za-z_./?=&%:@\-])")
_JD_HEAD = re.compile(r"https?:/{1,2}(?P<core>J[0-9A-Za-z]{12,14})(?![0-9A-Za-z./])", re.IGNORECASE)
_JD_NUMBER = re.compile(r"^\s*\d{1,2}(?:\.\d)?(?::?/|[复復])")
_MINI_PROGRAM = re.compile(r"(?P<sign>#?)小程序://[^/\s#]{1,40}/(?P<core>[0-9A-Za-z]{8,24})")
_NEARLY_ALL = re.compile(
    r"\s{0,9}[【\[]?\d{1,2}(?:\.\d)?[\u3400-\u9fff:/ ]{0,4}"
    r"(?P<token>[(（](?P<core>[0-9A-Za-z]{11})[)）])[\u3400-\u9fff:/!！ ]{0,4}(?:[A-Z]{2}\d{2,5})?\s{0,9}"
)
"""A text that is a number, a core in brackets and next to nothing else: ``3啊(oKqx2yW3abc)嘻``, or a code behind it."""
_CALLED = re.compile(
    rf"(?:{_APP}|[淘京])口令(?:[^\w\n]|_){{0,4}}(?:\d{{1,2}}[\W_]{{1,3}})?(?:[A-Z]{{2}}\d{{2,5}}[\W_]{{1,3}})?"
    r"(?P<core>[0-9A-Za-z]{8,16})(?![0-9A-Za-z])"
)
"""What an app's name and the word for a password introduce, a number and a code before it perhaps."""
_LEADING = re.compile(
    r"(?:(?:(?<=\s)|\A)(?P<core>[0-9A-Za-z]{11,16})|\d[\u3400-\u9fff](?P<held>[0-9A-Za-z]{11})[\u3400-\u9fff])"
    r"[ ]{1,3}\Z"
)
"""A core right before an address, alone or with a number before and Chinese around it: ``9哈oKqx2yW3abc嘻 https://``."""
_PARAMETER = re.compile(r"(?<=[?&])(?:tk=([0-9A-Za-z]{8,14})|jkl=@?([0-9A-Za-z]{8,16})@?)(?![0-9A-Za-z])")
_MARKER = re.compile(r"[)\]]?[ \u3000]{1,3}([!-~]{4,16})(?=\s*(?:[「『【《]|点击|點擊|[复復]|打开|或|\Z|[\n\r]))")
_PLAIN_MARKER = re.compile(r"[A-Z]{2}\d{1,6}")
_CODE_BEFORE = re.compile(r"(?<![0-9A-Za-z])([A-Z]{2}\d{2,5}) {1,3}\Z")
_CODE_BEHIND = re.compile(r"(?:[:/]{0,4}[ \u3000]{1,3})([A-Z]{2}\d{2,5})(?![0-9A-Za-z])")

# --- what is no password --------------------------------------------------------------------------------------------

_PRICE = re.compile(r"\d+(?:\.\d+)?[A-Za-z]{0,3}|[\d.,]+")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|[A-Za-z][a-z]{2,}(?:[A-Z][a-z]{2,})+")
"""A word, or several as programmers write them: ``itemPrice``."""
_PRODUCT = re.compile(
    r"iPhone|iPad|iOS|Book|Phone|Pro|Max|Plus|Ultra|Mini|Lite|Note|Watch|Pods|Android|Windows|Java|Script|Type"
    r"|\d(?:GB|TB|MB|ML|ml|KG|kg|mAh|Hz|USB|mm|cm)|20[12]\d",
)
_CAMEL = re.compile(r"[a-z]+(?:[A-Z][a-z]*)+")
_HUMPS = re.compile(r"[a-z]{2,}(?:[A-Z][a-z]+)+")
"""Words joined to a name, none of a single letter: no core is made so by chance."""
_OTHER_SECRET = re.compile(
    r"(?:验证码|校验码|密码|激活码|兑换码|邀请码|提取码|序列号|订单号?|单号|编号|型号|货号|款号|微信号?|薇信|[vV][xX]|QQ群?|账号|昵称|用户名|ID)"
    r"[^0-9A-Za-z]{0,6}\Z",
)
"""Words right before a string that say what else it is."""


def read_share_text(text: str) -> ShareText:
    """What a share text hands over: addresses, password tokens, and for which app.

    Ordinary captions, prices, product codes, order and telephone numbers give nothing. Any text goes through, in
    linear time.
    """
    plain, places = plain_text(text)
    addresses = tuple(find_addresses(plain))
    passwords = tuple(sorted(_settled(_tokens(plain, addresses)), key=lambda token: (token.start, -token.end)))
    app = _app(plain, addresses, passwords) if addresses or passwords else ""
    if plain is not text:
        spots = places or range(len(text))
        addresses = tuple(_placed(address, text, spots) for address in addresses)
        passwords = tuple(_placed(token, text, spots) for token in passwords)
    return ShareText(addresses, passwords, app)


def may_share(text: str) -> bool:
    """Whether a text is worth reading: it may hold an address, a pair of money signs, or letters and digits mixed."""
    return (
        _ADDRESS_SIGN.search(text) is not None
        or _WORTH.search(text) is not None
        or any(map(_MIXED.search, _RUN.findall(text)))
    )


def find_shareable(text: str) -> Iterator[int]:
    """Where things stand for which ``may_share`` takes a text to be worth reading: of each kind the first of a line."""
    yield from (found.start() for found in _ADDRESS_LINE.finditer(text))
    yield from (found.start() for found in _WORTH_LINE.finditer(text))
    if any(map(_MIXED.search, _RUN.findall(text))):
        yield from (run.start() for run in _RUN.finditer(text) if _MIXED.search(run[0]))


# All begin with plain characters, so that Python passes over the rest at once.
_ADDRESS_SIGN = re.compile(
    r"//|:/|\.c|\.h|\.C|\.H|／／|．c|．h|点 ?[cChH]|。 ?[cChH]|·[cChH]|丶[cChH]|｡[cChH]"
    r"|\.[)\]}）】] ?[cChH]|点[)\]}）】] ?[cChH]|dot[ )\]}）】] ?[cChH]",
)
"""A sign of an address."""
_WORTH = re.compile(
    rf"[\uff10-\uff5a\u200b-\u200d\u2060\ufeff{_MONEY}](?:"
    rf"(?<=[\uff10-\uff5a])[\uff10-\uff5a]{{2}}|(?<=[\u200b-\u200d\u2060\ufeff])"
    rf"|(?<=[{_MONEY}])[^{_MONEY}\u3400-\u9fff\n]{{2,40}}[{_MONEY}{_SIGN}])",
)
_ADDRESS_LINE, _WORTH_LINE = (re.compile(rf"(?:{sign.pattern})[^\n]*+") for sign in (_ADDRESS_SIGN, _WORTH))
_RUN = re.compile(r"[0-9A-Za-z][0-9A-Za-z]{7,}+")
_MIXED = re.compile(r"[a-z][0-9]*[A-Z]|[A-Z][a-z]*[0-9]|[0-9][A-Za-z]")


_Piece = TypeVar("_Piece", Address, Token)


def _placed(piece: _Piece, text: str, places: Sequence[int]) -> _Piece:
    """The same, as it stood in the text before invisible characters were taken out."""
    start, end = places[piece.start], places[piece.end - 1] + 1
    return piece._replace(start=start, end=end, raw=text[start:end])


def _tokens(text: str, addresses: tuple[Address, ...]) -> list[Token]:
    rest = _blanked(text, addresses)
    is_near, names_app = _read_words(text)
    tokens = [
        *_jd_heads(rest),
        *_mini_programs(rest),
        *_money_pairs(rest),
        *_wide_pairs(rest),
        *_emoji_pairs(rest),
        *_nearly_all(rest),
    ]
    if is_near:
        tokens += [*_introduced(rest), *_sign_pairs(rest), *_mark_pairs(rest), *_called(rest)]
    tokens = _without_overlap(tokens, len(text))
    tokens += [token for address in addresses for token in _beside(text, address)]
    tokens += [token for address in addresses for token in _before(rest, address, is_near=is_near)]
    tokens += [marker for token in tokens if token.core and not token.raw.isalnum() for marker in _codes(rest, token)]
    tokens = list(dict.fromkeys(tokens))
    if is_near and names_app and not any(token.core for token in tokens):
        tokens += _alone(rest)
    return tokens


def _read_words(text: str) -> tuple[bool, bool]:
    """Whether the words ask to copy or to open something, and whether they name an app."""
    folded = _folded(text[:20_000])
    return bool(_CONTEXT.search(folded)) or bool(_JD_NUMBER.match(text)), bool(_APP_WORDS.search(folded))


def _folded(text: str) -> str:
    """Letters, digits and Chinese alone: what damages the wording is mostly signs between them."""
    return _FILLER.sub("", unicodedata.normalize("NFKC", text).lower())


def _blanked(text: str, addresses: tuple[Address, ...]) -> str:
    """The text with line ends where addresses stood, so that no part of one passes for a password."""
    parts, last = [], 0
    for address in addresses:
        parts += [text[last : address.start], "\n" * (address.end - address.start)]
        last = address.end
    return "".join([*parts, text[last:]])


# --- passwords by what encloses them ------------------------------------------------------------------------------


def _jd_heads(text: str) -> Iterator[Token]:
    """``http:/J…``: a password of JD that only looks like an address, for its host has no dot."""
    if "/J" in text or "/j" in text:
        yield from (Token(*found.span(), found[0], found["core"]) for found in _JD_HEAD.finditer(text))


def _mini_programs(text: str) -> Iterator[Token]:
    """``#小程序://NAME/CODE``: a WeChat mini-program, which has no web address. Without ``#``, its code is no word."""
    if "小程序://" in text:
        for found in _MINI_PROGRAM.finditer(text):
            if found["sign"] or _looks_random(found["core"]):
                yield Token(*found.span(), found[0], found["core"])


def _money_pairs(text: str) -> Iterator[Token]:
    """Cores between money signs, random enough to be no price: no words are needed to know them."""
    for found in _overlapping(_MONEY_PAIR, text):
        core, code = found["core"], found["code"] or found["after"]
        same = found["open"] == found["close"] or {found["open"], found["close"]} <= {"￥", "¥"}
        if _is_worded(core) or _PRODUCT.search(core) or _is_variable(found):
            continue
        if code:
            is_password = same and not _PRICE.fullmatch(code) and (len(core) == _USUAL or _kinds(core) == _ALL_KINDS)
        else:
            is_password = len(core) >= _SHORT if same else len(core) >= _MIXED_SIGNS and _changes(core) >= _FEW
        if is_password:
            yield from _whole_and_core(text, found, code)


def _sign_pairs(text: str) -> Iterator[Token]:
    """Cores between the signs that JD mixes, where the words ask to copy or open."""
    for found in _overlapping(_SIGN_PAIR, text):
        if _looks_random(found["core"]) and not _is_other_secret(text, found.start()):
            yield from _whole_and_core(text, found, None)


def _wide_pairs(text: str) -> Iterator[Token]:
    """JD's newest: ``！29KUN73nQllwi！``, so odd between full-width marks that it needs no words."""
    if "！" in text:
        for found in _overlapping(_WIDE_PAIR, text):
            if _kinds(found["core"]) == _ALL_KINDS and _looks_random(found["core"]):
                yield from _whole_and_core(text, found, None)


def _mark_pairs(text: str) -> Iterator[Token]:
    """Cores between any two marks, which model numbers stand between too: a code before, or eleven characters."""
    for found in _overlapping(_MARK_PAIR, text):
        core, code = found["core"], found["code"]
        if _is_other_secret(text, found.start()) or not _looks_random(core):
            continue
        is_usual = len(core) == _USUAL and _kinds(core) == _ALL_KINDS
        is_odd = unicodedata.category(found["open"])[0] == unicodedata.category(found["close"])[0] == "S"
        if is_usual or (code and not _PRICE.fullmatch(code) and _kinds(core) == _ALL_KINDS) or (is_odd and not code):
            yield from _whole_and_core(text, found, code)


def _overlapping(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Every match, one that begins where another ends included: a price's sign may open a password."""
    position = 0
    while found := pattern.search(text, position):
        yield found
        position = found.end() - 1


def _whole_and_core(text: str, found: re.Match[str], code: str | None) -> Iterator[Token]:
    """The whole with its signs; where a code stands beside the core, the core is a token of its own."""
    start, end = found.span()
    yield Token(start, end, text[start:end], None if code else found["core"])
    if code:
        yield Token(*found.span("core"), found["core"], found["core"])


def _introduced(text: str) -> Iterator[Token]:
    """What stands between equal money signs right after "copy this description": even a template left unfilled."""
    for found in _INTRODUCED.finditer(text):
        if _COPY_WORDS.search(_folded(text[max(0, found.start() - 16) : found.start()])):
            core = found["inside"].strip(" /")
            is_core = len(core) >= _SHORT and core.isalnum() and core.isascii()
            yield Token(*found.span(), found[0], core if is_core else None)


def _called(text: str) -> Iterator[Token]:
    """A core that the words call an app's password, whatever stands around it: ``京东口令 aBcDeFg12``."""
    for found in _CALLED.finditer(text):
        if _kinds(found["core"]) == _ALL_KINDS and _looks_random(found["core"]):
            yield Token(*found.span("core"), found["core"], found["core"])


def _nearly_all(text: str) -> Iterator[Token]:
    """A core in brackets that is nearly all of the text."""
    found = _NEARLY_ALL.fullmatch(text)
    if found and _kinds(found["core"]) == _ALL_KINDS and _looks_random(found["core"]):
        yield Token(*found.span("token"), found["token"], found["core"])


def _emoji_pairs(text: str) -> Iterator[Token]:
    """A core set off from two equal emoji by spaces: the emoji are decoration, the core is the token."""
    for found in _EMOJI_PAIR.finditer(text):
        if _looks_random(found["core"]):
            yield Token(*found.span("core"), found["core"], found["core"])


def _alone(text: str) -> Iterator[Token]:
    """Eleven random characters with nothing around them, where the words ask to copy them and to open an app."""
    for found in _ALONE.finditer(text):
        core = found["core"]
        if _kinds(core) == _ALL_KINDS and _looks_random(core) and not _is_other_secret(text, found.start() - 1):
            yield Token(*found.span(), core, core)


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


def _before(text: str, address: Address, *, is_near: bool) -> Iterator[Token]:
    """The password right before a share address, whose own signs were lost or are Chinese characters."""
    found = _LEADING.search(text, max(0, address.start - 24), address.start)
    group = "held" if found and found["held"] else "core"
    if not found or not (is_near or group == "held") or not (_is_share_address(address.url) or _app_of(address.url)):
        return
    core = found[group]
    is_mixed = group == "held" or (_kinds(core) == _ALL_KINDS and _changes(core) > len(core) / 2)  # no model's name
    if is_mixed and _looks_random(core) and not _is_other_secret(text, found.start(group) - 1):
        yield Token(*found.span(group), core, core)


def _codes(text: str, token: Token) -> Iterator[Token]:
    """The code right before or behind a password: ``$P1ScbKlP0Lp$:// CA381``."""
    for found in (
        _CODE_BEFORE.search(text, max(0, token.start - 12), token.start),
        _CODE_BEHIND.match(text, token.end),
    ):
        if found:
            yield Token(*found.span(1), found[1])


def _is_share_address(url: str) -> bool:
    """Whether an address is as short as an app's share address: a short host and one opaque segment."""
    host = host_of(url)
    path = url.partition(host)[2].partition("?")[0].lstrip("/") if host else ""
    return len(host) <= 10 and bool(re.fullmatch(r"[\w.\-]{4,20}", path)) and "htm" not in path  # noqa: PLR2004


_FREE, _TAKEN, _WHOLE = 0, 1, 2


def _without_overlap(tokens: list[Token], length: int) -> list[Token]:
    """Each stretch of text claimed once, by the first who asks; a core inside its whole is a claim of its own."""
    claims = bytearray(length)
    kept: list[Token] = []
    for token in tokens:
        claimed = set(claims[token.start : token.end])
        if claimed <= {_FREE} or (claimed == {_WHOLE} and token.core is not None):
            claims[token.start : token.end] = bytes([_WHOLE if token.core is None else _TAKEN]) * len(token.raw)
            kept.append(token)
    return kept


def _settled(tokens: list[Token]) -> Iterator[Token]:
    """A JD head is the password only where nothing else is."""
    real = any(token.core and not token.raw.lower().startswith("http") for token in tokens)
    for token in tokens:
        is_head = token.raw.lower().startswith("http")
        yield Token(token.start, token.end, token.raw) if is_head and real else token


# --- how random a core looks ----------------------------------------------------------------------------------------

_USUAL = 11
"""Characters of nearly every Taobao core."""
_SHORT = 6
"""Characters of the shortest core seen."""
_MIXED_SIGNS = 9
"""Characters of the shortest core between two different signs."""
_ALL_KINDS = 3
_FEW = 3


def _kinds(core: str) -> int:
    """How many of upper case, lower case and digits occur."""
    return (core != core.lower()) + (core != core.upper()) + any(character.isdigit() for character in core)


def _changes(core: str) -> int:
    """How often the kind of character changes from one to the next."""
    kinds = ["d" if one.isdigit() else "u" if one.isupper() else "l" for one in core]
    return sum(left != right for left, right in pairwise(kinds))


def _is_worded(core: str) -> bool:
    """Whether it is a word, a number or an amount."""
    return bool(_WORD.fullmatch(core) or _PRICE.fullmatch(core))


def _is_variable(found: re.Match[str]) -> bool:
    """Whether it is a variable of a template, the sign of the next behind it perhaps: ``$itemId $``, ``$itemId$``."""
    ends = found.group(0)
    if ends[0] != "$" or ends[1] == " ":
        return False
    named = _CAMEL if ends[-2] == " " else _HUMPS if ends[-1] == "$" else None
    return named is not None and named.fullmatch(found["core"]) is not None


def _looks_random(core: str) -> bool:
    """Whether both cases alternate as by chance, unlike in a word, a product's name or a number."""
    if core in {core.lower(), core.upper()} or _PRODUCT.search(core):
        return False
    changes = _changes(core)
    return changes >= _FEW and not (changes <= _FEW + 1 and re.search("[a-z]{4}", core))


def _is_other_secret(text: str, start: int) -> bool:
    return bool(_OTHER_SECRET.search(text[max(0, start - 16) : start + 1]))


def _app(text: str, addresses: tuple[Address, ...], tokens: tuple[Token, ...]) -> str:
    folded = _folded(text[:20_000])
    for app, words in _APPS:
        if re.search(words, folded):
            return app
    by_host = (app for address in addresses if (app := _app_of(address.url)))
    return next(by_host, "jd" if any(token.core and len(token.core) in _JD_LENGTHS for token in tokens) else "")


def _app_of(url: str) -> str:
    """The app that owns an address's host, ``""`` where none does."""
    host = host_of(url)
    return next((app for app, pattern in _APP_HOSTS if re.search(pattern, host)), "")


_JD_LENGTHS = (13, 14)
"""Characters of JD's longer cores; no other app's are as long."""
