"""Share texts (口令) as people paste them: addresses and password tokens inside deliberately damaged wording."""

from __future__ import annotations

from crawler.sample.drafts import Shown

_FULL_WIDTH = {ord(char): chr(ord(char) + 0xFEE0) for char in map(chr, range(0x21, 0x7F))}
_ZERO_WIDTH = "\u200b"

_FORMS = {
    "plain": "{label} 直接拍→{url}，手慢无！",
    "yen": "【{label}】{url} 点击链接，再选择浏览器咑閞；或復·制这段描述￥{token}￥后到淘♂寳♀",
    "euro": "【{label}】{url} 點击链街，再选择瀏..覽..噐咑閞；或復zんíゞ这段描述€{token}€后到👉淘♂寳♀👈",
    "new": "【淘宝】{url}?tk={token} CZ3457 「{label}」点击链接直接打开 或者 淘宝搜索直接打开",
    "jd": "【京东】{url}?jkl=@{token}@ CA1565 「{label}」点击链接直接打开",
    "glued": "点{url}复制打开{label}",
    "cjk_dots": "地址：{dotted_url} {label}",
    "full_width": "复制这个地址：{full_url} {label}",
    "zero_width": "看这里 {loose_url} {label}",
    "token_yen": "{label} 復·制这段描述￥{token}￥后到淘♂寳♀",
    "token_paren": "1復制( CZ3457 {token})打开tao寳抢购/",
    "token_spaced": "限量 $/{token}$:// CA381,打开手机淘宝",
    "token_jd": "24.0复制整段话 http://JXq7Rk2mVt9LwB {label} #{token}@ 打开京东",
}
TOKEN_FORMS: dict[str, tuple[str, int]] = {
    "token_yen": ("taobao", 11),
    "token_paren": ("taobao", 11),
    "token_spaced": ("taobao", 11),
    "token_jd": ("jd", 10),
}
"""Forms without any address: whose app opens the token, and how long its core is."""


def write(form: str, shown: Shown) -> str:
    """A share text of a form."""
    return _FORMS[form].format(
        label=shown.label,
        url=shown.url,
        token=shown.token,
        full_url=shown.url.translate(_FULL_WIDTH),
        dotted_url=shown.url.replace(".", "。", 2),
        loose_url=_loosen(shown.url),
    )


def token_length(form: str) -> int:
    """How many characters the token of a form has: 12 in JD's shares beside a link, 11 in Taobao's."""
    return 12 if form == "jd" else TOKEN_FORMS.get(form, ("taobao", 11))[1]


def _loosen(url: str) -> str:
    """An address with zero-width spaces between the letters of its host, so that a plain search does not see it."""
    scheme, _, rest = url.partition("://")
    host, _, path = rest.partition("/")
    return f"{scheme}://{_ZERO_WIDTH.join(host)}/{path}"
