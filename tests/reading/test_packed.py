"""Packed scripts: what they open to, what only looks like one, and that none grows beyond measure."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reading.document import Document
from crawler.reading.jump import next_jump
from crawler.reading.packed import unpacked
from storage.records import Page

SIGNS = string.digits + string.ascii_letters
HEAD = (
    "eval(function(p,a,c,k,e,d){e=function(c){return(c<a?'':e(parseInt(c/a)))+((c=c%a)>35?"
    "String.fromCharCode(c+29):c.toString(36))};while(c--)if(k[c])p=p.replace(new RegExp('\\\\b'+e(c)+'\\\\b','g'),"
    "k[c]);return p}"
)
GOES = "var goal='https://item.jd.com/100200300400.html?a=b%20c_d';setTimeout(function(){location.href=goal},10)"


def written(number: int, base: int) -> str:
    return (written(number // base, base) if number >= base else "") + SIGNS[number % base]


def pack(code: str, base: int = 62, head: str = HEAD, *, spread: str = "") -> str:
    """The script packed as packers do it: each word is the number of its place in a list of words."""
    words = sorted(set(re.findall(r"[0-9A-Za-z_]+", code)))
    number = {word: written(place, base) for place, word in enumerate(words)}
    payload = re.sub(r"[0-9A-Za-z_]+", lambda found: number[found[0]], code).replace("\\", "\\\\").replace("'", "\\'")
    kept = ["" if number[word] == word else word for word in words]
    return f"{head}('{payload}',{spread}{base},{len(words)},{spread}'{'|'.join(kept)}'.split('|'),0,{{}}))"


@pytest.mark.parametrize("base", [10, 36, 62])
def test_a_packed_script_opens_to_what_was_packed(base):
    packed = pack(GOES, base)
    outer, inner = unpacked(packed)
    assert inner == GOES
    assert len(outer) == len(packed)
    assert outer.startswith(HEAD)
    assert "jd" not in outer


def test_white_space_and_other_names_of_the_last_parameter_are_passed_over():
    head = HEAD.replace("(p,a,c,k,e,d)", " (p, a, c, k, e, r) ")
    assert unpacked("var a = 1;\n" + pack(GOES, head=head, spread=" ") + ";b()")[1:] == (GOES,)


def test_a_script_packed_twice_and_two_in_one_are_all_opened():
    assert unpacked(pack(pack(GOES)))[-1] == GOES
    assert unpacked(f"{pack(GOES)};{pack('var other=1')}")[1:] == (GOES, "var other=1")


@pytest.mark.parametrize(
    "code",
    [
        GOES,
        HEAD + "(0,1))",
        "f(p,a,c,k,e)",
        "f(p,a,c,k,e){}('0 1',62,2,['a','b'],0,{})",
        "f(p,a,c,k,e){}('0 1',62,2,'a|b'.split(','),0,{})",
        "f(p,a,c,k,e){}('0 1',62",
        "f(p,a,c,k,e){}('",
    ],
)
def test_what_only_looks_like_one_stands_alone(code):
    assert unpacked(code) == (code,)


def test_a_bomb_does_not_go_off():
    bomb = f"{HEAD}('{'0 ' * 20_000}',62,1,'{'x' * 20_000}'.split('|'),0,{{}}))"
    assert sum(map(len, unpacked(bomb))) < 10 * len(bomb)


def test_the_page_goes_where_its_packed_script_sends_it_and_its_links_are_those_of_the_script():
    url = "https://go.example.com/1"
    page = Page(requested_url=url, final_url=url, html=f"<script>{pack(GOES)}</script>")
    jump = next_jump(page)
    assert jump is not None
    assert jump.url == "https://item.jd.com/100200300400.html?a=b%20c_d"
    assert [script.text for script in Document(page).scripts][1:] == [GOES]


@given(st.text("pack,e(){}'|\\ 012.split", max_size=80))
def test_any_code_goes_through(text):
    assert unpacked(f"p,a,c,k,e{text}")[0]
