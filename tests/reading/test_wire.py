"""What is a message and no text, and how a saved file of one is read."""

from __future__ import annotations

import gzip

import pytest

from crawler.reading.saved import read_saved
from crawler.reading.wire import is_binary, read_wire

LINK = "https://u.jd.com/qRsTuV1"


@pytest.mark.parametrize(
    "content",
    [gzip.compress(b"{}", mtime=0), b"\x0a\x03abc\x10\x01", b"\x00\x00\x00\x10{}", b"x\x9c\x03\x00"],
    ids=["gzip", "protobuf", "framed", "zlib"],
)
def test_a_packed_or_binary_body_is_a_message(content):
    assert is_binary(content)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b'{"a": "\x01"}',
        b"<p>\x01</p>",
        "复制￥hT4vKq8zWm2￥".encode(),
        "复制".encode("gb18030"),
        "ab".encode("utf-16"),
        b"url: x\r\n\tname: y\x0c",
    ],
)
def test_a_text_is_none_even_with_a_stray_byte_in_it(content):
    assert not is_binary(content)


def test_a_saved_message_is_read_as_what_the_page_fetched():
    page = read_saved(gzip.compress(LINK.encode(), mtime=0), "https://live.kuaishou.com/rest/x")
    assert (page.html, len(page.bodies)) == ("", 1)
    assert list(read_wire(page.bodies[0].content)) == [LINK]


def test_what_only_looks_packed_is_kept_as_it_stands():
    assert list(read_wire(b"x\x9c" + LINK.encode())) == [LINK]
    assert list(read_wire(b"H4sIx" * 9)) == ["H4sIx" * 9]
