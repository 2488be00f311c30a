"""Binary messages as text: gzip and zlib unpacked, protobuf taken apart by its wire format, other bytes searched."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

MAX_UNPACKED = 8_000_000
"""Bytes that one packed message may unpack to; what goes beyond is cut off."""
_MAX_DEPTH = 12
_VARINT, _I64, _LEN, _I32 = 0, 1, 2, 5
_RUN = re.compile(r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd]{5,}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def read_wire(payload: bytes) -> Iterator[str]:
    """The texts in a message, in order. Any bytes go through, in linear time for each level of nesting."""
    yield from _read(payload, 0)


def _read(payload: bytes, depth: int) -> Iterator[str]:
    unpacked = _unpack(payload)
    if unpacked is not None and depth < _MAX_DEPTH:
        yield from _read(unpacked, depth + 1)
        return
    text = _as_text(payload)
    if text is not None:
        yield text
        return
    fields = _fields(payload) if depth < _MAX_DEPTH else None
    if fields is None:
        yield from (found[0] for found in _RUN.finditer(payload.decode("utf-8", "replace")))
        return
    for field in fields:
        yield from _read(field, depth + 1)


def _unpack(payload: bytes) -> bytes | None:
    """What gzip or zlib packed, cut at ``MAX_UNPACKED``; ``None`` where neither did."""
    if payload[:2] not in {b"\x1f\x8b", b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda"}:
        return None
    try:
        return zlib.decompressobj(wbits=47).decompress(payload, MAX_UNPACKED) or None
    except zlib.error:
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
