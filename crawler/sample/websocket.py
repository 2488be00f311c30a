"""The server side of a WebSocket (RFC 6455), as much of it as a page needs that only listens."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import struct

from crawler.sample.web import Message

_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_TEXT, _BINARY = 0x1, 0x2


def accept_key(key: str) -> str:
    """The ``Sec-WebSocket-Accept`` that belongs to a client's ``Sec-WebSocket-Key``."""
    return base64.b64encode(hashlib.sha1((key + _GUID).encode(), usedforsecurity=False).digest()).decode()


def encode(message: Message) -> bytes:
    """One unmasked, unfragmented frame."""
    opcode = 0x80 | (_TEXT if message.is_text else _BINARY)
    size = len(message.payload)
    if size < 126:
        head = struct.pack("!BB", opcode, size)
    elif size < 1 << 16:
        head = struct.pack("!BBH", opcode, 126, size)
    else:
        head = struct.pack("!BBQ", opcode, 127, size)
    return head + message.payload


def text_message(data: object) -> Message:
    """JSON as text."""
    return Message(json.dumps(data, ensure_ascii=False).encode())


def gzip_message(data: object) -> Message:
    """JSON under gzip, as a binary message; always the same bytes."""
    return Message(gzip.compress(json.dumps(data, ensure_ascii=False).encode(), mtime=0), is_text=False)


def protobuf_message(texts: list[str], *, is_packed: bool = False) -> Message:
    """A ``SocketMessage`` of payload type 310: its payload holds each text as one length-delimited field 3.

    Args:
        texts: what the payload holds.
        is_packed: whether the payload is under gzip (compression type 2) inside the message.
    """
    payload = b"".join(_field(3, text.encode()) for text in texts)
    if is_packed:
        return Message(b"\x08\xb6\x02\x10\x02" + _field(3, gzip.compress(payload, mtime=0)), is_text=False)
    return Message(b"\x08\xb6\x02\x10\x01" + _field(3, payload), is_text=False)


def _field(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | 2]) + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)
