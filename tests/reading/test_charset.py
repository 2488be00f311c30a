"""Charsets: the bytes decide, not the meta tag."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reading.charset import decode

PAGE = '<meta charset="{}"><title>支付宝个人认证</title>'


@pytest.mark.parametrize("says", ["gbk", "utf-8", "gb2312", "iso-8859-1"])
@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
def test_the_bytes_decide_whatever_the_meta_tag_says(says, charset):
    decoded = decode(PAGE.format(says).encode(charset))
    assert (decoded.text, decoded.charset) == (PAGE.format(says), charset)


@pytest.mark.parametrize(
    ("mark", "charset"),
    [(b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")],
)
def test_a_byte_order_mark_is_believed_and_removed(mark, charset):
    decoded = decode(mark + "天猫".encode(charset))
    assert (decoded.text, decoded.charset) == ("天猫", charset)


def test_utf8_cut_in_the_middle_of_a_character_stays_utf8():
    decoded = decode(("天猫旗舰店" * 50).encode()[:-1])
    assert decoded.charset == "utf-8"
    assert decoded.text.startswith("天猫旗舰店")


def test_a_broken_place_in_gbk_leaves_the_rest_readable():
    decoded = decode("天猫旗舰店".encode("gbk") * 20 + b"\xff" + b"<p>" + "京东自营".encode("gbk"))
    assert decoded.charset == "gb18030"
    assert "天猫旗舰店" in decoded.text


@given(st.binary())
def test_any_bytes_go_through(content):
    assert isinstance(decode(content).text, str)


@given(st.text())
def test_utf8_survives(text):
    expected = text.removeprefix("\ufeff")
    assert decode(b"\xef\xbb\xbf" + expected.encode()).text == expected
