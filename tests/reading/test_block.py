"""Text is put together where inline tags split it, and only where it may hold something."""

from __future__ import annotations

import lxml.html
import pytest

from crawler.reading.block import read_blocks

CASES = {
    "inline tags do not split": ("<p>http://<b>item</b>.jd.com</p>", [("p", "http://item.jd.com")]),
    "blocks split": ("<div>http://a.cn<p>b</p>c.cn</div>", [("div", "http://a.cn"), ("div", "c.cn")]),
    "blocks in inline tags split": (
        "<div>a.cn<a>b.cn<p>c.cn</p>d.cn</a>e.cn</div>",
        [("div", "a.cnb.cn"), ("p", "c.cn"), ("div", "d.cne.cn")],
    ),
    "a line break is one": ("<p>a.com<br>b.com</p>", [("p", "a.com\nb.com")]),
    "white space before is left out": ("<p> \n<b> </b> a.com </p>", [("p", " a.com ")]),
    "text behind the last end is of the block around": (
        "<div><div><div>x</div></div>a.com</div><p>b.com</p>",
        [("div", "a.com"), ("p", "b.com")],
    ),
    "comments do not split": ("<p>a.c<!-- x -->om/1</p>", [("p", "a.com/1")]),
    "text behind an instruction is read": ("<p><?php x ?>a.com/1</p>", [("p", "a.com/1")]),
    "script and style are silent": (
        "<p>a.com<script>b.com</script><style>c.com</style>d.com</p>",
        [("p", "a.com"), ("p", "d.com")],
    ),
    "what holds nothing is left out": ("<p>好看的衣服</p><p>12345</p>", []),
    "the page may hold the very marks": (
        "<p>a.com</p>\ufdd0<p>\ufdd1b.com</p>",
        [("p", "a.com"), ("p", "\ufdd1b.com")],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_blocks(name: str) -> None:
    html, expected = CASES[name]
    root = lxml.html.document_fromstring(f"<body><main>{html}</main></body>")
    found = [(block.element.tag, block.text) for block in read_blocks(root)]
    assert [(tag, text) for tag, text in found if "." in text] == expected


def test_pages_that_are_nested_deeper_than_templates_go_are_read() -> None:
    root = lxml.html.fromstring("<div>" * 1500 + "a.com/1", parser=lxml.html.HTMLParser(huge_tree=True))
    assert [block.text for block in read_blocks(root)] == ["a.com/1"]
