"""Addresses in text: found in prose, script and markup, and cleaned of what carried or disguised them.

``raw`` is always the text as it stood; ``url`` is what a browser would be sent to.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote

from crawler.reading.wire import decode_base64


def words(text: str) -> tuple[str, ...]:
    """Names written as words, for long lists of them."""
    return tuple(text.split())


WEB_SCHEMES: frozenset[str] = frozenset({"http", "https"})

_NO_APP: frozenset[str] = frozenset(
    words(
        "about blob chrome chrome-extension chrome-error cid data devtools ed2k edge file filesystem ftp ftps git "
        "gopher http https jar javascript ldap magnet mailto moz-extension mongodb mysql news nfs redis resource rtmp "
        "rtmps rtsp rtp sftp smb ssh svn tcp thunder udp urn view-source webpack webpack-internal ws wss xmlns jdbc "
        "artc artp moz-icon ms-appx res safari-extension safari-web-extension",
    ),
)
"""Schemes that no shopping app owns: the browser's own, network protocols, build tools, stream transports."""

SHOP_DOMAINS: frozenset[str] = frozenset(
    words(
        "taobao.com tmall.com tmall.hk tb.cn 1688.com goofish.com fliggy.com kaola.com 95095.com aliexpress.com "
        "jd.com jd.hk 3.cn jingxi.com yhd.com yiyaojd.com jkcsjd.com pinduoduo.com yangkeduo.com youzan.com "
        "koudaitong.com weidian.com youshop10.com mockuai.com suning.com gome.com.cn vip.com dangdang.com "
        "jinritemai.com xhslink.com xiaohongshu.com v.douyin.com haohuo.jinritemai.com amazon.cn dpurl.cn meituan.com "
        "dianping.com kwaixiaodian.com kuaizhan.com",
    ),
)
"""Domains so well known that people type them without a scheme."""

ZERO_WIDTH = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"
"""Characters that nobody sees, as a range of a character class."""
_INVISIBLE = re.compile(f"[{ZERO_WIDTH}\ufe00-\ufe0f]")
_FULL_WIDTH = {0xFF01 + i: 0x21 + i for i in range(0x5E) if chr(0x21 + i) not in "!\"'(),;<>[]`{|}#@*$"}
_WIDE = re.compile("[\uff10-\uff3a\uff41-\uff5a\uff0f\uff0e]")
_ODD = re.compile(f"[{ZERO_WIDTH}\ufe00-\ufe0f\uff10-\uff3a\uff41-\uff5a\uff0f\uff0e]")
_FOLDING = re.compile("[" + re.escape("".join(map(chr, _FULL_WIDTH))) + "]+")
_CJK_TAIL = "。，、；：？！…“”‘’「」『』【】〔〕（）《》〈〉～·"

_SLASH = r"(?:/|(?<!\\)\\++(?:/|u002[fF]|x2[fF])|&#0*47;|&#[xX]0*2[fF];|&sol;|%(?:25)*2[fF])"
_JOINTS: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(sign), re.compile(joint))
    for sign, joint in (
        (r":/", r":/"),
        (r"\\(?<=:\\)", r":\\++(?:/|u002[fF]|x2[fF])|:\\{2,4}+(?=[A-Za-z0-9])"),
        (r"\\(?:u003|x3)", rf"\\(?<!\\\\)\\*+(?:u003[aA]|x3[aA]){_SLASH}"),
        (r"&(?:#|sol;)", rf":(?!/){_SLASH}"),
        (r"&(?:#|colon;)", rf"&(?:#0*58|#[xX]0*3[aA]|colon);{_SLASH}"),
        (r"%(?:3[aA]|25[23])", rf"%(?:25)*3[aA]{_SLASH}"),
    )
)
"""Colon and slash as they may be written, each with a sign of it: a text without the sign is not searched.

Each sign begins with one plain character, which few texts have: Python passes over all others at once.
"""
_SCHEME = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.\-]{1,40}|(?:\\+(?:u00|x)[0-9a-fA-F]{2}|&#x?[0-9a-fA-F]{2,4};){4,40})\Z")
_ESCAPED_BREAK = r"(?!0|1|2[027]|3[cCeE]|5[cC]|60|7[bBdDfF])[0-7][0-9a-fA-F]"
_OCTAL_PART = r"(?:0?(?:4[1346]|5[0-7]|6[0-7]|7[0-357])|1(?!34|40|7[357])[0-7]{2})"
_WORDS = r"[^\W\u2000-\U0010ffff]"
_BODY = re.compile(
    rf"(?:{_WORDS}++|[!#$%*+\-./:=?@~()\[\]]++|[,;|](?!\s|https?:)|&(?!(?:quot|lt|gt|apos|nbsp|#3[49]|#[xX]2[27]);)"
    rf"|\\++(?:/|u00{_ESCAPED_BREAK}|x{_ESCAPED_BREAK}|u\{{0{{0,4}}{_ESCAPED_BREAK}\}}|{_OCTAL_PART})"
    r"|\{[^\s{}]{0,2000}+(?:\{[^\s{}]{0,2000}+\}[^\s{}]{0,2000}+){0,9}+\})*+",
)
_ORDINARY = re.compile(
    r"(https?:)?//(?:[a-z0-9_-]+\.)+[a-z]{2,24}(?::\d{1,5})?(?:[/?#][!#$%&*+,\-./0-9:=?@A-Z_a-z~]*)?(?<![,.:!?*~])",
)
"""What nearly every address looks like: nothing carried it, nothing disguises it."""
_CHINESE_DOTS = re.compile(
    r"(?:https?:)?//(?:(?!(?:com|cn|net|org|hk)[。｡])[A-Za-z0-9\-]{1,63}[.。｡]){1,6}[A-Za-z]{2,24}(?![A-Za-z0-9\-])",
    re.IGNORECASE,
)
"""A host with Chinese full stops, which a browser reads as dots; after ``com`` and its like one ends a sentence."""
_AUTHORITY = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[/\\]*(?:[^/?#@\\]*@)?([^/?#:\\]*)")
_HOST = re.compile(r"(?:[\w-]+[.。．｡])+(?:[^\W\d][\w-]*|\d{1,3})[.。．｡]?\Z")
_RELATIVE = re.compile(r"//(?=[A-Za-z0-9\-]+\.[A-Za-z0-9\-.]*[A-Za-z])")
_ESCAPED_RELATIVE = re.compile(r"\\/\\/(?=[A-Za-z0-9\-]+\.[A-Za-z0-9\-.]*[A-Za-z])")
_BEFORE_RELATIVE = frozenset("\"'`(=, \t\r\n")
_SHOP_ENDING = re.compile(r"\.(?:com|cn|hk)\b\.?(?![\w.\-])", re.IGNORECASE)
_LABELS = re.compile(r"[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){0,6}")
_MAX_LABELS = 80
"""Characters before ``.com`` in which a bare host is looked for."""
_GLUED = frozenset("_.@/\\%:-")
_BARE = re.compile(r"(?:[A-Za-z0-9\-]{1,63}\.){1,6}(?:com|cn|hk)\b\.?(?![\w.\-])", re.IGNORECASE | re.ASCII)
_SCHEME_NAME = re.compile(r"[a-z][a-z0-9+.\-]+")
_DOTS = re.compile("[。．｡]")
_CHINESE = re.compile("[\u3400-\u9fff]")
_APP_HEAD = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]+:(?://|#Intent)")
_WIDE_CHARACTER = re.compile("[\u2e80-\u9fff\uff00-\uffef]")
_ENCODED_HEAD = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.\-]*)?%(?:25)*(?:3[aA]|2[fF])")
_HEADLESS = re.compile(r"[/\\]{2}[^/\\]")
_WEB_HEAD = re.compile(r"(https?):[/\\]*", re.IGNORECASE)
_DEFANGED = re.compile(r"hxxp(s?)://", re.IGNORECASE)
"""How people write an address that nobody should follow by accident."""
_ENTITY = re.compile(r"&(#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,31});")
_NAMED_SIGNS = words("amp quot apos lt gt sol colon period quest equals num commat lowbar nbsp yen pound euro cent")
_NAMED = dict(zip(_NAMED_SIGNS, "&\"'<>/:.?=#@_ ¥£€¢", strict=True))
_OCTAL = r"0?[4-7][0-7]|1[0-7]{2}"
"""A character that can be seen, as old scripts write it."""
_LETTER_ESCAPE = rf"\\(?<!\\\\)\\*+(?:u00[0-9a-fA-F]{{2}}|u\{{0{{0,4}}[0-9a-fA-F]{{2}}\}}|x[0-9a-fA-F]{{2}}|{_OCTAL})"
_ESCAPE = re.compile(
    r"\\(?<!\\\\)\\*+"
    rf"(?:u00([0-9a-fA-F]{{2}})|u\{{0*([0-9a-fA-F]{{2}})\}}|x([0-9a-fA-F]{{2}})|(/)|({_OCTAL}))",
)
_PASSWORD_TAIL = re.compile(r"\$[0-9A-Za-z/ ]{3,20}\$")


class Address(NamedTuple):
    """An address found in a text: where it stood, as it stood, and as a browser would be sent to it."""

    start: int
    end: int
    raw: str
    url: str

    @property
    def scheme(self) -> str:
        """The scheme in lower case."""
        return self.url.partition(":")[0].lower()


def may_hold(text: str) -> bool:
    """Whether an address can stand in a text at all; told at a glance, for nearly every text holds none."""
    return _SIGN.search(text) is not None or _HTTP in text


_SIGN = re.compile(
    r"//|:/|:\u200b|\\|\.(?:[cChH]|[)\]}）】][ \w])|&#|&sol|%2|%3|：|．|／|点[ cChH]|。[ cChH｡]|｡[cChH]|·[ cChH]"
    r"|丶[cChH]|dot[ cChH)\]}）】]|点[)\]}）】]",
)
"""Every branch begins with a plain character: so Python passes over the rest at once."""


def is_web(url: str) -> bool:
    """Whether the address is one of the web."""
    return url.startswith(("http://", "https://")) or url[:8].lower().startswith(("http://", "https://"))


def is_app(url: str) -> bool:
    """Whether the address is for an app: a scheme that neither the browser nor a protocol owns."""
    if url.startswith("http"):
        return False
    name, colon, _rest = url.partition(":")
    scheme = name.lower()
    return colon != "" and scheme not in _NO_APP and _SCHEME_NAME.fullmatch(scheme) is not None


def find_addresses(text: str) -> Iterator[Address]:
    """Every address in a text: web and app, disguised by escapes, entities, full width or zero width characters.

    What follows an address in prose (Chinese, quotes, brackets, a password) is not swallowed. A host without a dot
    is no address. Time is linear in the text.
    """
    if not may_hold(text):
        return
    plain, places = plain_text(text)
    taken, budget = 0, _BUDGET * len(text) + _MAX_ADDRESS
    for start in _starts(plain):
        if start < taken or budget < 0:
            continue
        if plain.startswith(_HTTP, start):
            whole, url = _opened(plain, start)
            end = whole or start + len(_HTTP)
        else:
            whole = _plain_end(plain, start)
            end = whole or _end(plain, start)
            url = clean(plain[start:end])
        if whole or (end > start and _leads_somewhere(url)):
            taken = end
            first, last = (places[start], places[end - 1] + 1) if places else (start, end)
            yield Address(first, last, text[first:last], url)
        else:
            budget -= end - start


def read_address(value: str) -> Address | None:
    """The address that a whole value is (white space around it apart), or ``None`` if it is more or something else."""
    raw = value.strip()
    is_ordinary = _is_ordinary(raw)
    if len(raw) > _MAX_ADDRESS and not is_ordinary:
        return None
    if raw.find("://", _LEAST_HEAD) > 0 and _GLUED_ADDRESS.search(raw, 1):
        return None
    if is_ordinary:
        return Address(0, len(value), raw, raw if raw[0] == "h" else "https:" + raw)
    if (
        not _MIN_ADDRESS <= len(raw) <= _MAX_ADDRESS
        or not _ADDRESS_MARK.search(raw)
        or (_NO_ADDRESS.search(raw) and not _WITH_JSON.match(raw))
    ):
        return None
    url = clean(raw)
    if not _leads_somewhere(url) or _runs_on(url):
        return None
    return Address(0, len(value), raw, url)


def read_reference(value: str) -> Address | None:
    """The address that an attribute like ``href`` holds, whatever it looks like; ``None`` where it is relative.

    A browser takes the whole value: it encodes what is Chinese in it and drops line ends and spaces around it. Quotes
    around it are those of code that writes the page, escaped as they stand in the code, or of a word processor.
    """
    raw = value.strip()
    if _QUOTED.match(raw):
        raw = raw.strip(_QUOTES)
    address = read_address(raw)
    if address is not None:
        return address
    url = clean("".join(raw.split()).strip("\"'`")) if may_hold(raw) and len(raw) <= _MAX_ADDRESS else ""
    return Address(0, len(value), raw, url) if url and _leads_somewhere(url) else None


_QUOTES = "\\\"'“”‘’"
_QUOTED = re.compile(r"\\{0,3}[\"'“”‘’]")


def clean(raw: str) -> str:
    """An address without what carried it: entities, script escapes, invisible and full-width characters, CJK tail.

    A protocol-relative or scheme-less address is given ``https:``.
    """
    if _is_ordinary(raw):
        return raw if raw[0] == "h" else "https:" + raw
    url = unescape(raw.strip()) if "&" in raw or "\\" in raw else raw.strip()
    if "{\\" in url:
        url = _with_plain_quotes(url)
    url = _CONTROL.sub("", url).strip()
    if not url.isascii():
        url = _INVISIBLE.sub("", url).translate(_FULL_WIDTH)
    url = _decoded(url.lstrip("\\").rstrip(_CJK_TAIL + "\\"))
    return _with_scheme(url)


_MIN_ADDRESS, _MAX_ADDRESS = 4, 20_000
"""Characters of the shortest address, and of the longest: more than any browser sends."""
_BUDGET = 4
"""How often each character of a text may be read on average for addresses that turn out to be none."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_ADDRESS_MARK = re.compile(r"[.:．：]|%3|&#|\\[ux]")
_NO_ADDRESS = re.compile(r"[\s\"<>`]")
_WITH_JSON = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]{1,40}://[^\s\"<>`]{0,200}\{")


def _is_ordinary(raw: str) -> bool:
    return bool(_ORDINARY.fullmatch(raw)) and not ("&" in raw and ";" in raw)


def unescape(text: str) -> str:
    """Text with HTML entities and script escapes decoded, as often as they were applied (up to four times)."""
    for _round in range(4):
        decoded = _ENTITY.sub(_entity, text) if "&" in text else text
        decoded = _ESCAPE.sub(_character, decoded) if "\\" in decoded else decoded
        if decoded == text:
            return text
        text = decoded
    return text


def host_of(url: str) -> str:
    """The host of an address in lower case without a trailing dot; ``""`` where there is none."""
    found = _AUTHORITY.match(url)
    return _DOTS.sub(".", found[1]).rstrip(".").lower() if found else ""


def is_shop_host(host: str) -> bool:
    """Whether a host is of a shop platform known to everyone, compared label by label."""
    labels = host.split(".")
    return any(".".join(labels[i:]) in SHOP_DOMAINS for i in range(len(labels) - 1))


def has_chinese(text: str) -> bool:
    """Whether there is a Chinese character in the text."""
    return _CHINESE.search(text) is not None


def plain_text(text: str) -> tuple[str, list[int] | None]:
    """The text without disguise by character, and the place of each character in the original where they moved."""
    plain, places = _without_odd(text)
    dotted, moved = _with_plain_dots(plain)
    if moved is not None:
        places = [places[i] for i in moved] if places else moved
    return dotted, places


def _without_odd(text: str) -> tuple[str, list[int] | None]:
    """The text with full-width characters narrowed and those gone that nobody sees."""
    if text.isascii() or not _ODD.search(text):
        return text, None
    plain = _FOLDING.sub(_narrow, text) if _WIDE.search(text) else text
    if not _INVISIBLE.search(plain):
        return plain, None
    places = [i for i, character in enumerate(plain) if not _INVISIBLE.match(character)]
    return "".join([plain[i] for i in places]), places


def _with_plain_dots(text: str) -> tuple[str, list[int] | None]:
    """The text with the dots of shop hosts that somebody spelled (``item点jd点com``, ``tb[.]cn``) made dots again."""
    if text.isascii() and not any(sign in text for sign in _ASCII_DOTS):
        return text, None
    if not any(end.search(text) for end in _SPELLED_ENDS):
        return text, None
    parts: list[str] = []
    places: list[int] = []
    last = 0
    for found in _SPELLED_HOST.finditer(text):
        for start, end in _spelled_dots(text, found):
            parts += [text[last:start], "."]
            places += [*range(last, start), start]
            last = end
    if not parts:
        return text, None
    return "".join([*parts, text[last:]]), [*places, *range(last, len(text))]


def _spelled_dots(text: str, found: re.Match[str]) -> list[tuple[int, int]]:
    """Where the spelled dots of a host stand, if it is a shop's."""
    if not _SHOP_TOP.search(found[0]) or _PLAIN_HOST.fullmatch(found[0]):
        return []
    dots = list(_SPELLED_DOT.finditer(text, *found.span()))
    labels = _SPELLED_DOT.split(found[0])
    while labels and labels[-1].lower() not in _SHOP_TOPS:
        labels.pop()
    dots = dots[: max(0, len(labels) - 1)]
    spelled = [dot.span() for dot in dots if dot[0] != "."]
    if not spelled or not is_shop_host(".".join(labels).lower()):
        return []
    # "3点cn" alone is an hour or a count; a path or a third label makes it a host.
    is_sure = len(labels) > 2 or text[_host_end(found, dots, labels) :][:1] == "/" or dots[-1][0] not in _WORDY_DOTS  # noqa: PLR2004
    return spelled if is_sure else []


def _host_end(found: re.Match[str], dots: list[re.Match[str]], labels: list[str]) -> int:
    return (dots[-1].end() if dots else found.start()) + len(labels[-1])


_SPELLED = r"(?: \.| ?[点。·丶｡] ?| ?[\[(（【{] ?(?:\.|点|dot) ?[\])）】}] ?| dot |\.)"
_SPELLED_DOT = re.compile(_SPELLED, re.IGNORECASE)
_SPELLED_HOST = re.compile(
    rf"(?<![A-Za-z0-9.\-])[A-Za-z0-9\-]{{1,63}}+(?:{_SPELLED}[A-Za-z0-9\-]{{1,63}}+){{1,5}}", re.IGNORECASE
)
_SPELLED_ENDS = tuple(
    re.compile(rf"{dot}(?:[cC][oOnN]|[hH][kK])")
    for dot in (
        r"\.(?:(?<= \.)|[)\]}）】] ?)", r"点[ )\]}）】]{0,2}", r"。 ?", r"｡ ?", r"· ?", r"丶 ?", r"dot[ )\]}）】]{1,2}"
    )
)  # fmt: skip
"""Each a pattern of its own that begins with one plain character, for speed."""
_SHOP_TOP = re.compile(r"(?:com|cn|hk)(?![A-Za-z0-9\-])", re.IGNORECASE)
_PLAIN_HOST = re.compile(r"[A-Za-z0-9.\-]*")
_ASCII_DOTS = (" .c", "[.]", "(.)", "{.}", "(dot)", "[dot]", "{dot}", " dot ")
_SHOP_TOPS = frozenset({"com", "cn", "hk"})
_WORDY_DOTS = frozenset({"点", "·", "丶"})
"""Dots that are words or signs of their own in Chinese."""


def _narrow(found: re.Match[str]) -> str:
    return found[0].translate(_FULL_WIDTH)


def _starts(text: str) -> list[int]:
    """Where an address may begin: before a scheme's colon, at a protocol-relative one, at a well-known bare host."""
    joints = [joint for sign, joint in _JOINTS if sign.search(text)]
    colons = {found.start() for joint in joints for found in joint.finditer(text)}
    starts = [start for colon in colons if (start := _scheme_start(text, colon)) is not None]
    if "//" in text:
        found_at = (found.start() for found in _RELATIVE.finditer(text))
        starts += [start for start in found_at if start == 0 or text[start - 1] in _BEFORE_RELATIVE]
    if "\\/\\/" in text:
        found_at = (found.start() for found in _ESCAPED_RELATIVE.finditer(text))
        starts += [start for start in found_at if start == 0 or text[start - 1] in _BEFORE_RELATIVE]
    if ".c" in text or ".h" in text or ".C" in text or ".H" in text:
        starts += _bare_starts(text)
    if _HTTP in text:
        starts += [found.start() for found in _BASE64.finditer(text)]
    return sorted(starts)


def _is_introduced(text: str, start: int, end: int) -> bool:
    """Whether words end right before a bare host ("链接:item.jd.com", "url:item.jd.com/1"), or a broken ``http//``."""
    if text[start - 1 : start] == ":":
        return text[end : end + 1] == "/" or not text[start - 2 : start - 1].isascii()
    return text[start - 2 : start] == "//" and text[max(0, start - 7) : start].lower().endswith(("http//", "https//"))


def _bare_starts(text: str) -> list[int]:
    """Where well-known shop hosts begin that stand without a scheme."""
    starts = []
    for ending in _SHOP_ENDING.finditer(text):
        # Read backwards, so that each letter is looked at once.
        labels = _LABELS.match(text[max(0, ending.start() - _MAX_LABELS) : ending.start()][::-1])
        if labels is None:
            continue
        start = ending.start() - len(labels[0])
        before = "" if _is_introduced(text, start, ending.end()) else text[start - 1 : start]
        glued = before in _GLUED or (before.isascii() and before.isalnum()) if before else False
        if not glued and is_shop_host(text[start : ending.end()].rstrip(".").lower()):
            starts.append(start)
    return starts


def _scheme_start(text: str, colon: int) -> int | None:
    # What is glued to a web scheme is not part of it: "3.0https://", "xhttp://".
    for scheme in ("https", "http"):
        if text[max(0, colon - len(scheme)) : colon].lower() == scheme:
            return colon - len(scheme)
    is_escaped = "\\" in text[max(0, colon - _WINDOW) : colon]
    if is_escaped and (start := _escaped_scheme_start(text, colon)) is not None:
        return start
    window = _ESCAPED_WINDOW if is_escaped or text[colon - 1 : colon] == ";" else _WINDOW
    found = _SCHEME.search(text[max(0, colon - window) : colon])
    if not found:
        return None
    web = _WEB_ENDING.search(found[0])
    start = colon - (len(web[0]) if web else len(found[0]))
    return _behind_escape(text, start) if is_escaped else start


def _escaped_scheme_start(text: str, colon: int) -> int | None:
    r"""Where a scheme begins that has letters written as script escapes (``\x68ttps``), if one ends at the colon."""
    # Read backwards first, so that each character is looked at once.
    reach = _RUN_BACKWARDS.match(text[max(0, colon - _ESCAPED_WINDOW) : colon][::-1]).end()  # type: ignore[union-attr]  # matches the empty string
    offset = colon - reach
    run = _ESCAPED_RUN.search(text[offset:colon])
    if not run or "\\" not in run[0]:
        return None
    letters = list(_LETTER.finditer(run[0]))
    word = "".join(_ESCAPE.sub(_character, letter[0]) for letter in letters)
    scheme = (_WEB_ENDING.search(word) or _SCHEME.search(word)) if len(word) == len(letters) else None
    return offset + run.start() + letters[scheme.start()].start() if scheme else None


def _behind_escape(text: str, start: int) -> int | None:
    r"""The start of a scheme behind an escape whose letters it seems to begin with: ``\n``, ``\u4e2d``, not ``\x``."""
    if text[start - 1 : start] != "\\" or text[start] not in "bfnrtvxu":
        return start
    sign = _ESCAPED_SIGN.match(text, start)
    if sign:
        return sign.end()
    return None if text[start] in "xu" else start + 1


_ESCAPED_SIGN = re.compile(r"u[0-9a-fA-F]{4}(?=[A-Za-z])")
_WINDOW, _ESCAPED_WINDOW = 45, 300
"""Characters before a colon in which a scheme is looked for."""
_WEB_ENDING = re.compile(r"https?\Z", re.IGNORECASE)
_LETTER = re.compile(rf"{_LETTER_ESCAPE}|[A-Za-z0-9+.\-]")
"""A character of a scheme, plain or written as a script escape."""
_RUN_BACKWARDS = re.compile(r"[A-Za-z0-9+.\-\\{}]*+")
_ESCAPED_RUN = re.compile(rf"(?:{_LETTER_ESCAPE}|[A-Za-z0-9+.\-])++\Z")


def _opened(text: str, start: int) -> tuple[int | None, str]:
    """Where base64 of an address ends that somebody put among words, and the address; ``None`` where it is none."""
    found = _BASE64.match(text, start, start + _MAX_ADDRESS)
    if found is None:
        return None, ""
    try:
        opened = (decode_base64(found[0]) or b"").decode("utf-8")
    except UnicodeDecodeError:
        return None, ""
    address = read_address(opened)
    return (found.end(), address.url) if address and is_web(address.url) else (None, "")


_HTTP = "aHR0c"
"""What base64 of ``http`` begins with."""
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/=_-])aHR0c[A-Za-z0-9+/_-]{11,}+={0,2}")


def _plain_end(text: str, start: int) -> int | None:
    """Where an address ends that looks like nearly every one and that nothing doubtful follows; else ``None``."""
    found = _ORDINARY.match(text, start, start + _MAX_ADDRESS)
    if found is None or text[found.end() : found.end() + 1] not in _AFTER_PLAIN:
        return None
    address = found[0]
    is_more = "$" in address or ",http" in address or address.find("://", _LEAST_HEAD) >= 0
    return None if is_more or address[-1] in _STRAY else found.end()


_AFTER_PLAIN = frozenset(("", '"', "'", "`", "<", ">", " ", "\n", "\t", "\r"))
"""What no address goes on with."""


def _end(text: str, start: int) -> int:
    """Where an address ends: before white space, quotes, Chinese, a password, and without stray punctuation."""
    host = _CHINESE_DOTS.match(text, start)
    body_start = host.end() if host else start
    reach = _FIRST_REACH
    while True:
        # Nearly every address is short. Reading on to the limit each time would make many glued together slow.
        limit = start + min(reach, _MAX_ADDRESS)
        stop = _BODY.match(text, body_start, limit).end()  # type: ignore[union-attr]  # matches the empty string
        found = _PASSWORD_TAIL.search(text, start, stop)
        end = _cut(text, start, found.start() if found else stop)
        is_whole = stop < limit and text[stop : stop + 1] not in _LONG_PARTS
        if end < stop or is_whole or reach >= _MAX_ADDRESS or limit >= len(text):
            break
        reach *= 8
    return _without_stray(text, start, end) if text[end - 1] in _STRAY else end


_FIRST_REACH = 400
"""Characters of an address that are read at first."""
_LONG_PARTS = frozenset("{&\\")
"""Beginnings of what is part of an address as a whole or not at all."""


def _cut(text: str, start: int, end: int) -> int:
    """The end before what was glued on: the next address, what follows a bracket, the next field of a form."""
    if text.find("://", start + _LEAST_HEAD, end) >= 0 and (found := _GLUED_ADDRESS.search(text, start + 1, end)):
        end = found.start()
    if "%" in text[start : start + 12] and _ENCODED_HEAD.match(text, start):
        found = _FORM_FIELD.match(text, start, end)
        end = found.end() if found else end
        end = found.start() if (found := _ENCODED_MARKUP.search(text, start, end)) else end
    if (bar := text.find("|", start, end)) >= 0 and (text[start - 1 : start] == "|" or text.find("?", start, bar) < 0):
        end = bar  # between the fields of a record; only a query has some of its own
    if text.find("](", start, end) >= 0 and (bracket := _link_bracket(text, start, end)) is not None:
        end = bracket
    if text.find(")", start, end) >= 0 and (bracket := _stray_bracket(text, start, end)) is not None:
        end = bracket
    return end


def _link_bracket(text: str, start: int, end: int) -> int | None:
    """Where an address ends that is the words of a Markdown link: ``[https://a](https://a)``."""
    depth = 0
    for found in _SQUARE.finditer(text, start, end):
        depth += 1 if found[0] == "[" else -1
        if depth < 0 and text.startswith("](", found.start()):
            return found.start()
    return None


def _stray_bracket(text: str, start: int, end: int) -> int | None:
    """The first closing bracket that was not opened in the address, if something follows it there."""
    depth = 0
    for found in _ROUND.finditer(text, start, end):
        depth += 1 if found[0] == "(" else -1
        if depth < 0:
            return found.start()
    return None


_LEAST_HEAD = len("http://")
_GLUED_ADDRESS = re.compile(r"http(?<=[0-9A-Za-z]http)(?<!%[0-9A-Fa-f]{2}http)(?<!%25[0-9A-Fa-f]{2}http)s?://")
_FORM_FIELD = re.compile(r"[^?&#]*+(?=&)")
"""An address that is encoded itself holds no plain ``&``: that is the form's."""
_ENCODED_MARKUP = re.compile(r"%(?:25)*3[CcEe]|%(?:25)*22(?=%(?:25)*(?:3[Ee]|20))")
_ROUND = re.compile(r"[()]")
_SQUARE = re.compile(r"[\[\]]")

_STRAY = frozenset(".,;:!?'\"*~|\\&([{$#)]}@")
"""What may stand behind an address without being of it."""
_PAIRS = {")": "(", "]": "[", "}": "{"}
_COUNTED = "()[]{}@"


def _without_stray(text: str, start: int, end: int) -> int:
    """The end without stray punctuation: a closing bracket belongs to the address if its opening one is in it."""
    counts: dict[str, int] = {}
    while end > start and (last := text[end - 1]) in _STRAY:
        if not counts and last in _COUNTED:
            counts = {sign: text.count(sign, start, end) for sign in _COUNTED}
        opening = _PAIRS.get(last)
        if (opening and counts[last] <= counts[opening]) or (last == "@" and counts["@"] > 1):
            break
        if last in counts:
            counts[last] -= 1
        end -= 1
    return end


def _leads_somewhere(url: str) -> bool:
    """Whether a cleaned address names a host with a dot (web) or anything at all (app)."""
    if is_web(url):
        return bool(_HOST.match(host_of(url)))
    return is_app(url) and _APP_HEAD.match(url) is not None and len(url) > url.index(":") + 3


def _runs_on(url: str) -> bool:
    """Whether Chinese follows directly where no address has it: prose that begins with an address."""
    found = _WIDE_CHARACTER.search(url)
    return bool(found) and found is not None and url[found.start() - 1] not in "=/&+-_.:"


def _with_plain_quotes(url: str) -> str:
    r"""The address with the quotes of JSON in it as JSON has them: a string of code writes them ``\"``."""
    for _round in range(4):
        quote = url.find('"')
        if quote < 1 or url[quote - 1] != "\\":
            break
        url = _ESCAPED_QUOTE.sub(r"\1", url)
    return url


_ESCAPED_QUOTE = re.compile(r"\\([\"\\])")


def _decoded(url: str) -> str:
    """The address after as many rounds of percent-decoding as its own scheme or slashes were encoded."""
    for _round in range(4):
        if not _ENCODED_HEAD.match(url):
            break
        url = unquote(url)
    return url


def _with_scheme(url: str) -> str:
    if _HEADLESS.match(url):
        return "https://" + _spelled(url[2:])
    web = _WEB_HEAD.match(url)
    if web:
        return f"{web[1].lower()}://{_spelled(url[web.end() :])}"
    defanged = _DEFANGED.match(url)
    if defanged:
        return f"http{defanged[1].lower()}://{_spelled(url[defanged.end() :])}"
    bare = _BARE.match(url)
    if bare and is_shop_host(bare[0].rstrip(".").lower()):
        return "https://" + _spelled(url)
    return url


def _spelled(rest: str) -> str:
    """An address behind its scheme, the host as a browser spells it: small letters, plain dots."""
    end = _HOST_END.search(rest)
    head, tail = (rest[: end.start()], rest[end.start() :]) if end else (rest, "")
    user, at, host = head.rpartition("@")
    return f"{user}{at}{_DOTS.sub('.', host).lower()}{tail}"


_HOST_END = re.compile(r"[/?#\\]")


def _entity(found: re.Match[str]) -> str:
    name = found[1]
    if not name.startswith("#"):
        return _NAMED.get(name, found[0])
    code = int(f"0{name[1:]}", 0) if name[1] in "xX" else int(name[1:])
    is_surrogate = 0xD800 <= code <= 0xDFFF  # noqa: PLR2004 - the bounds of Unicode's surrogates
    return chr(code) if 0 < code <= sys.maxunicode and not is_surrogate else ""


def _character(found: re.Match[str]) -> str:
    if found[5]:
        return chr(int(found[5], 8))
    return found[4] or chr(int(found[1] or found[2] or found[3], 16))
