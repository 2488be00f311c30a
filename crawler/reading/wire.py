"""Binary messages as text: gzip and zlib unpacked, protobuf taken apart by its wire format, other bytes searched."""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterator

import brotli  # type: ignore[import-untyped]  # it has no stubs

MAX_UNPACKED = 8_000_000
"""Bytes that one packed message may unpack to; what goes beyond is cut off."""
_MAX_DEPTH = 12
_VARINT, _I64, _LEN, _I32 = 0, 1, 2, 5
_RUN = re.compile(r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd]{5,}")
_HEAD = 512
_TEXT_STARTS = frozenset({b"{", b"[", b"<", b""})
_MAGIC = frozenset({b"\x1f\x8b", b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda"})
_PACKED = tuple(_MAGIC - {b"\x78\x5e"})
_MAX_HEADER = 64
"""Bytes that an application may put before what it packed."""
_FEW = 4
_BASE64_SIGNS = ("aHR0c", "h0dH", "odHRw")
"""``http`` in base64, as it stands at the three places where it can begin."""
_PACKED_BASE64 = frozenset({"H4sI", "eJyr", "eJxT", "eNqr", "eNoz"})
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{24,}={0,2}")
_CONTROL_BYTE = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def read_wire(payload: bytes) -> Iterator[str]:
    """The texts in a message, in order. Any bytes go through, in linear time for each level of nesting."""
    yield from _read(payload, 0)


def is_binary(content: bytes) -> bool:
    """Whether a body is packed or binary and no text: to be read as a message."""
    head = content[:_HEAD]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or head.lstrip()[:1] in _TEXT_STARTS:
        return False
    return head.startswith(_PACKED) or _CONTROL_BYTE.search(head) is not None


def _read(payload: bytes, depth: int) -> Iterator[str]:
    if depth >= _MAX_DEPTH:
        yield from _runs(payload)
        return
    held = _unpack(payload)
    text = _as_text(payload) if held is None else None
    if text is not None:
        held = _from_base64(text)
        if held is None:
            yield text
            return
    fields = [held] if held is not None else _fields(payload)
    if fields is None:
        fields = _disguised(payload) if depth == 0 else None
    if fields is None:
        yield from _runs(payload)
        return
    for field in fields:
        yield from _read(field, depth + 1)


def _runs(payload: bytes) -> Iterator[str]:
    """What is legible in bytes of no known form."""
    return (found[0] for found in _RUN.finditer(payload.decode("utf-8", "replace")))


def _unpack(payload: bytes) -> bytes | None:
    """What gzip or zlib packed, cut at ``MAX_UNPACKED``; ``None`` where neither did."""
    if payload[:2] not in _MAGIC:
        return None
    try:
        return zlib.decompressobj(wbits=47).decompress(payload, MAX_UNPACKED) or None
    except zlib.error:
        return None


def _disguised(payload: bytes) -> list[bytes] | None:
    """What a message holds that is packed behind a header of its own, packed without a sign of it, or UTF-16."""
    for start in range(1, min(_MAX_HEADER, len(payload))):
        held = _unpack(payload[start:]) if payload[start : start + 2] in _MAGIC else None
        if held is not None:
            return [held]
    held = _deflated(payload) or _brotli(payload) or _wide(payload)
    return [held] if held is not None else None


def _deflated(payload: bytes) -> bytes | None:
    """What bare deflate packed: only if it ends where the message does."""
    unpacker = zlib.decompressobj(wbits=-15)
    try:
        held = unpacker.decompress(payload, MAX_UNPACKED)
    except zlib.error:
        return None
    return held if held and unpacker.eof and not unpacker.unused_data else None


def _brotli(payload: bytes) -> bytes | None:
    """What Brotli packed: only if it ends where the message does."""
    unpacker = brotli.Decompressor()
    try:
        held: bytes = unpacker.process(payload, output_buffer_limit=MAX_UNPACKED)
    except brotli.error:
        return None
    return held if held and unpacker.is_finished() else None


def _wide(payload: bytes) -> bytes | None:
    """UTF-16 as UTF-8: every other byte of addresses in it is zero."""
    pairs = len(payload) // 2
    for charset, first in (("utf-16-le", 1), ("utf-16-be", 0)):
        if payload[first::2].count(0) * 2 > pairs > _FEW:
            return payload.decode(charset, "replace").encode("utf-8", "replace")
    return None


def _from_base64(text: str) -> bytes | None:
    """The bytes of a text that is base64 of a message or of something packed, and holds an address or may."""
    if not any(sign in text for sign in _BASE64_SIGNS) and text[:4] not in _PACKED_BASE64:
        return None
    return read_base64(text.strip())


def read_base64(text: str) -> bytes | None:
    """The bytes of base64 or base64url, with or without padding; ``None`` where a text is neither."""
    return decode_base64(text) if _BASE64.fullmatch(text) else None


def decode_base64(text: str) -> bytes | None:
    """The same of a text that is too short to tell by itself; ``None`` where it cannot be decoded."""
    core = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(core + "=" * (-len(core) % 4))
    except (binascii.Error, ValueError):
        return None


def _as_text(payload: bytes) -> str | None:
    try:
        text = payload.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if _CONTROL.search(text) else text


def _fields(payload: bytes) -> list[bytes] | None:
    """The length-delimited fields of a protobuf message; ``None`` where the bytes are no such message."""
    fields: list[bytes] = []
    position = 0
    while position < len(payload):
        key, position = _varint(payload, position)
        kind, number = key & 7, key >> 3
        if position < 0 or not 0 < number < 1 << 29:
            return None
        if kind == _LEN:
            size, position = _varint(payload, position)
            if position < 0 or position + size > len(payload):
                return None
            fields.append(payload[position : position + size])
            position += size
        else:
            position = _skipped(payload, position, kind)
            if position < 0:
                return None
    return fields


def _skipped(payload: bytes, position: int, kind: int) -> int:
    if kind == _VARINT:
        return _varint(payload, position)[1]
    after = position + {_I64: 8, _I32: 4}.get(kind, len(payload) + 1)
    return after if after <= len(payload) else -1


def _varint(payload: bytes, position: int) -> tuple[int, int]:
    """A varint and the position after it; position -1 where it does not end."""
    value = 0
    for shift in range(0, 70, 7):
        if position >= len(payload):
            return 0, -1
        byte = payload[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:  # noqa: PLR2004 - the continuation bit
            return value, position
    return 0, -1
