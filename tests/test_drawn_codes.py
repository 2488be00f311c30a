"""QR codes that stand in a page itself: written as base64, drawn as SVG or as a table, faint or moving."""

from __future__ import annotations

import base64
import io
import subprocess
import sys
from typing import Any

import pytest
import segno
from PIL import Image as Picture

from crawler.extract import extract
from crawler.extractors.qr_code import EXTRACTOR
from storage.records import Body, Image, Page

URL = "https://live.kuaishou.com/u/room"
ITEM = "https://item.jd.com/100200300400.html"


def urls(html: str = "", **parts: Any) -> list[str | None]:
    page = Page(requested_url=URL, final_url=URL, html=html, **parts)
    return [sighting.url for sighting in extract(page, {"qr_code": EXTRACTOR})]


CODE = segno.make(ITEM, error="m", micro=False)
GRID = [[bool(module) for module in row] for row in CODE.matrix_iter(border=4)]
DARK = [(x, y) for y, row in enumerate(GRID) for x, is_dark in enumerate(row) if is_dark]


def drawn_code(kind="png", **how):
    content = io.BytesIO()
    CODE.save(content, kind=kind, scale=4, border=4, **how)
    return content.getvalue()


PNG = base64.b64encode(drawn_code()).decode()
SVG = drawn_code("svg").decode().partition("?>")[2].strip()
RECTS = "".join(f'<rect x="{x}" y="{y}" width="1" height="1"/>' for x, y in DARK)
PATH = "M0 0h99v99H0z " + "".join(f"M{x} {y}h1v1H{x}z" for x, y in DARK)
DRAWN = {
    "style sheet": f'<style>.code {{ background: url("data:image/png;base64,{PNG}") }}</style>',
    "script": f'<script>draw("data:image/png;base64,{PNG}")</script>',
    "state without a head": f'<script>window.__STATE__ = {{"code": "{PNG}"}}</script>',
    "srcset": f'<source srcset="data:image/png;base64,{PNG} 2x">',
    "any attribute": f"<b data-code='data:application/octet-stream;base64,{PNG.rstrip('=')}'>x</b>",
    "percent signs": f"<img src='DATA:image/png;base64,{PNG.replace('+', '%2B').replace('/', '%2F')}'>",
    "svg of strokes": SVG,
    "svg of squares": f"<svg>{RECTS}</svg>",
    "svg in groups": f'<svg><g transform="translate(9, 9) scale(3)" fill="#e1251b">{RECTS}</g></svg>',
    "svg of outlines": f'<svg><path fill="#fff" d="M0 0h99v99H0z"/><path d="{PATH[14:]}"/></svg>',
    "svg in an attribute": f"<img src='data:image/svg+xml;base64,{base64.b64encode(SVG.encode()).decode()}'>",
    "table": "<table>"
    + "".join(
        "<tr>" + "".join(f"<td style='background-color: {'#000' if cell else '#fff'}'></td>" for cell in row) + "</tr>"
        for row in GRID
    )
    + "</table>",
}


@pytest.mark.parametrize("markup", DRAWN.values(), ids=DRAWN)
def test_a_code_is_read_wherever_the_page_holds_or_draws_it(markup):
    assert urls(markup) == [ITEM]


@pytest.mark.parametrize(
    "markup",
    [
        "<svg>" + '<rect x="1" y="1" width="2" height="2"/>' * 60 + "</svg>",
        "<svg><path d='" + "M1 1h1e999v1 " * 60 + "'/></svg>",
        "<svg><path d='" + "h v L l H . - M " * 60 + "'/></svg>",
        f'<svg transform="scale(0)">{RECTS}</svg>',
        "<table>" + "<tr>" + "<td bgcolor='#000'></td>" * 30 + "</tr>" * 30 + "</table>",
        "<table>" + ("<tr>" + "<td>1</td>" * 30 + "</tr>") * 30 + "</table>",
        "<img src='data:image/png;base64," + "iVBORw0KGgo" + "A" * 400 + "'>",
        "<img src='data:image/svg+xml;utf8,<svg" + " a" * 200 + "'>",
    ],
)
def test_a_drawing_that_is_no_code_holds_nothing(markup):
    assert urls(markup) == []


def moving(*frames):
    content = io.BytesIO()
    pictures = [Picture.open(io.BytesIO(frame)).convert("L") for frame in frames]
    pictures[0].save(content, "GIF", save_all=True, append_images=pictures[1:], duration=100)
    return content.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        drawn_code(dark="white", light=None),
        drawn_code(dark="#efefef", light="white"),
        moving(drawn_code(dark="white"), drawn_code()),
    ],
)
def test_a_code_that_is_hard_to_see_is_read(content):
    assert urls(images=(Image(content=content),)) == [ITEM]


def test_a_picture_that_the_page_fetched_is_read():
    assert urls(bodies=(Body(url=URL, content=drawn_code(), mime="image/png"),)) == [ITEM]


def test_reading_a_code_leaves_nothing_behind_that_is_complained_about_at_the_end():
    read = (
        "import sys; from crawler.reading.qr_code import read_qr_codes; print(read_qr_codes(sys.stdin.buffer.read()))"
    )
    ran = subprocess.run([sys.executable, "-c", read], input=drawn_code(), capture_output=True, check=True)
    assert ITEM.encode() in ran.stdout
    assert ran.stderr == b""
