"""Bytes to text, whatever the page says of its own charset: Chinese shop pages often say the wrong one."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, and the charset in which the bytes were read."""

    text: str
    charset: str


def decode(content: bytes) -> Decoded:
    """Read bytes by their byte order mark, else as UTF-8, else as GB18030. Any bytes go through.

    A page that is UTF-8 but for a few broken places (cut in the middle of a character) stays UTF-8;
    bytes that are Chinese in GBK break nearly everywhere when read as UTF-8.
    """
    for mark, charset in _MARKS:
        if content.startswith(mark):
            return Decoded(content[len(mark) :].decode(charset, "replace"), charset)
    text = content.decode("utf-8", "replace")
    if _is_sound(content, text):
        return Decoded(text, "utf-8")
    return Decoded(content.decode("gb18030", "replace"), "gb18030")


def _is_sound(content: bytes, text: str) -> bool:
    """Whether at most one in ten of the characters beyond ASCII is broken (and was not so on the wire)."""
    broken = text.count("\ufffd") - content.count(b"\xef\xbf\xbd")
    return broken == 0 or broken * 10 <= len(text) - len(text.encode("ascii", "ignore"))
