"""Addresses that a person reads and no browser opens as they stand: ``hxxps://``, ``htttps://``, ``https//``."""

from __future__ import annotations

import re
from typing import NamedTuple


class Garbled(NamedTuple):
    """What a garbled address may have meant, and what is wrong with it in words."""

    meant: str
    why: str


_SIGN = r"\s{0,4}[:：;；.,]?\s{0,4}"
_HEAD = re.compile(rf"(?P<name>[A-Za-z0-9*_\\ ]{{3,40}}?)(?P<sign>{_SIGN})[/／\\]{{2,4}}(?P<rest>[^\s/／\\]\S*)")
_DOUBLED = re.compile(
    r"(?:https?[:：;；]?(?:[/\\]{2,3})?)+https?[:：;；]?[/\\]{2,3}(?P<rest>[^\s/\\]\S*)", re.IGNORECASE
)
_LETTERS = re.compile(r"[htpsx*]{3,12}")
_LOST_ESCAPE = re.compile(r"(?:x|u00|0x)(68|74|70|73)")
"""What is left of an escape such as ``\\x68`` for a letter of ``https`` when its backslash is gone."""
_REAL = frozenset({"http", "https"})
_AUTHORITY = re.compile(r"[^/?#\s]*")
_BRACKETED_DOT = re.compile(r"\s?(?:[\[(（【{]\s?(?:\.|点|dot)\s?[\])）】}])\s?", re.IGNORECASE)
_BRACKETED_SIGN = (("[:]", ":"), ("[://]", "://"), ("[/]", "/"))


def read_garbled(raw: str) -> Garbled | None:
    """What an address that no browser opens may have meant; ``None`` for any other text.

    Args:
        raw: a text that begins as an address would.
    """
    text = raw.strip()
    for written, plain in _BRACKETED_SIGN:
        text = text.replace(written, plain)
    doubled = _DOUBLED.match(text)
    if doubled:
        why = "the scheme stands twice: a browser asks a host of that name, which is nobody's"
        return Garbled(f"https://{_plain_host(doubled['rest'])}", why)
    head = _HEAD.match(text)
    return _read_head(head, is_changed=text != raw.strip()) if head else None


def _read_head(head: re.Match[str], *, is_changed: bool) -> Garbled | None:
    name = head["name"].lower()
    letters = _LOST_ESCAPE.sub(lambda found: chr(int(found[1], 16)), _BETWEEN.sub("", name))
    if not _is_like_http(letters):
        return None
    rest = _plain_host(head["rest"])
    scheme = "https" if "s" in letters else "http"
    meant = f"{scheme}://{rest}"
    if name not in _REAL:
        return Garbled(meant, f"{name}: no browser opens this scheme; {_likeness(name, letters, scheme)}")
    if head["sign"] != ":":
        return Garbled(
            meant, f"{name}: no colon right behind it, so a browser takes it for a page of the site it is on"
        )
    if is_changed or rest != head["rest"]:
        return Garbled(meant, "signs in brackets, so that nothing links it: a browser finds no host in it")
    return None


_BETWEEN = re.compile(r"[\s\\]")


def _is_like_http(letters: str) -> bool:
    has_all = "p" in letters and any(sign in letters for sign in "tx*")
    return bool(_LETTERS.fullmatch(letters)) and has_all and ("h" in letters or letters.startswith("tt"))


def _likeness(name: str, letters: str, scheme: str) -> str:
    if _BETWEEN.sub("", name) in _REAL:
        return f"it is {scheme} with its letters apart"
    if letters in _REAL:
        return f"it is {scheme} of which escapes such as \\x68 lost their backslash"
    if any(sign in letters for sign in "x*"):
        return f"it is {scheme} with letters changed, so that nothing links it"
    return f"it looks like {scheme} misspelt"


def _plain_host(rest: str) -> str:
    authority = _AUTHORITY.match(rest)
    end = authority.end() if authority else 0
    bracketed = _BRACKETED_DOT.sub(".", rest[:end])
    return bracketed + rest[end:]
