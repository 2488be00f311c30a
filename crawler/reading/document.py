"""A page opened for reading: parsed once, shared by every extractor, surface and platform."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urljoin

from lxml import etree
from parsel import Selector

from crawler.reading.block import Block, read_blocks
from crawler.reading.card import Cards
from crawler.reading.charset import decode
from crawler.reading.literal import find_assignments, read_answer, read_answers, read_embedded, read_literal
from crawler.reading.navigation import Built, read_built
from crawler.reading.packed import unpacked
from crawler.reading.share import may_share
from crawler.reading.text import Address, find_addresses, may_hold, read_address, unescape
from crawler.reading.tree import Leaf, leaves, unwrap
from crawler.reading.url import WebURL, parse_url
from crawler.reading.walk import Attribute, Walk, walk_tree
from crawler.reading.wire import is_binary, read_wire
from storage.records import Frame, Page

_DATA_TYPES = re.compile(r"application/(?:[\w.+-]*\+)?json|text/(?:x-)?json|speculationrules", re.IGNORECASE)
_TEMPLATE_TYPES = re.compile(r"text/(?:html|[\w.+-]*(?:template|tmpl|tpl|handlebars|mustache))", re.IGNORECASE)
_LD_TYPE = re.compile(r"application/ld\+json", re.IGNORECASE)
_SIMPLE_ID = re.compile(r"[A-Za-z][\w-]{0,60}")
_SPEAKS = "￥¥€₤£复復口→制【（"
_LITERAL = re.compile(
    rf"""["'`]((?=[^"'`\n{_SPEAKS}]{{0,400}}+[{_SPEAKS}])[^"'`\n]{{0,400}}[{_SPEAKS}][^"'`\n]{{0,400}})["'`]"""
)
_ESCAPED_WORD = re.compile(r"\\u(?:[fF]{2}[eE]5|590[dD]|5[fF][aA]9|53[eE]3|20[aA][4cC]|00[aA]5)")
"""A money sign or a word of a share text as JSON encoders write it."""
_PLAIN_CORE = re.compile(r"\$[0-9A-Za-z]{11}\$(?=[:/\"'`])|\([0-9A-Za-z]{11}\)(?=/)")
_JSON_HEADS = frozenset("{[%eWZ")
"""What JSON begins with, plain, in percent signs, in base64 or in base64 of it."""
_ESCAPED_HALF = re.compile(r"""(?:[^"'`\\\n]|\\.){0,400}+["'`]""")
_MAX_PATH = 400
"""Characters of a CSS path, counted from its end."""


@dataclass(frozen=True, slots=True)
class Script:
    """An inline script: its position among the inline scripts, its type, its id, its text."""

    position: int
    kind: str
    name: str
    text: str

    @property
    def locator(self) -> str:
        """How a person finds it: its id, or its position."""
        return f"script#{self.name}" if self.name else f"script[{self.position}]"

    @property
    def is_linked_data(self) -> bool:
        """Whether it holds JSON-LD."""
        return bool(_LD_TYPE.match(self.kind))

    @property
    def is_data(self) -> bool:
        """Whether it holds JSON and not code."""
        return bool(_DATA_TYPES.match(self.kind))

    @property
    def is_template(self) -> bool:
        """Whether it holds markup that other code is to draw."""
        return bool(_TEMPLATE_TYPES.match(self.kind))

    @property
    def is_code(self) -> bool:
        """Whether it holds code (or a template), and not data."""
        return not self.is_data and not self.is_linked_data


@dataclass(frozen=True, slots=True)
class Message:
    """A WebSocket message taken apart: strings of its JSON with their places, and texts that are no JSON."""

    position: int
    leaves: tuple[Leaf, ...]
    texts: tuple[str, ...]


class Document:
    """A page with what can be read from it, each thing computed when first asked for."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._paths: dict[Any, str] = {}
        self._steps: dict[Any, dict[Any, str]] = {}
        self._found: dict[str, tuple[Address, ...]] = {}
        self._embedded: dict[str, Any] = {}
        self.codes: dict[str, tuple[Address, ...]] = {}

    # --- addresses ------------------------------------------------------------------------------------------------

    @cached_property
    def requested_url(self) -> WebURL:
        """The address that was asked for."""
        return parse_url(self.page.requested_url)

    @cached_property
    def final_url(self) -> WebURL:
        """The address where the page ended."""
        return parse_url(self.page.final_url)

    @cached_property
    def base(self) -> str:
        """What relative addresses start from: ``<base href>``, else the page's own address."""
        own = self.page.final_url or self.page.requested_url
        found = self.root.find(".//base[@href]")
        return own if found is None else resolve(own, found.get("href"))

    @cached_property
    def base_is_elsewhere(self) -> bool:
        """Whether relative addresses lead to another host than the page's own."""
        return parse_url(self.base).host != self.final_url.host

    def addresses(self, text: str) -> tuple[Address, ...]:
        """Every address, web and app, that a value is or holds; each text is read once, whoever asks."""
        found = self._found.get(text)
        if found is None:
            found = self._found[text] = _addresses_in(text)
        return found

    def embedded(self, value: str) -> Any:  # noqa: ANN401 - what JSON can hold
        """The object or array that an attribute holds, plain or encoded, or ``None``; each is read once."""
        if value.lstrip()[:1] not in _JSON_HEADS:
            return None
        if value not in self._embedded:
            opened = unwrap(value.strip())
            self._embedded[value] = read_embedded(opened) if opened[:1] in {"{", "["} else None
        return self._embedded[value]

    # --- the DOM --------------------------------------------------------------------------------------------------

    @cached_property
    def selector(self) -> Selector:
        """The DOM."""
        return Selector(root=self.root, type="html")

    @cached_property
    def root(self) -> Any:  # noqa: ANN401 - an lxml element
        """The root element; of an empty page an empty one. A page nested too deeply for the parser is flattened."""
        return _parse(self.page.html)

    @cached_property
    def _walked(self) -> Walk:
        return walk_tree(self.root)

    @property
    def attributes(self) -> list[Attribute]:
        """Every attribute whose value may hold an address or a share text, in document order."""
        return self._walked.attributes

    @cached_property
    def _by_tag(self) -> dict[str, list[Attribute]]:
        named: dict[str, list[Attribute]] = {}
        for attribute in self.attributes:
            named.setdefault(attribute.tag, []).append(attribute)
        return named

    def attributes_of(self, *tags: str) -> list[Attribute]:
        """Those of elements of these tags, in document order within each tag."""
        return [attribute for tag in tags for attribute in self._by_tag.get(tag, ())]

    @cached_property
    def blocks(self) -> list[Block]:
        """Visible (or hidden, but drawn) text that may hold something, put together where inline tags split it."""
        return read_blocks(self.root)

    @property
    def comments(self) -> list[tuple[str, str]]:
        """Every comment: its locator and its text."""
        return [(f"comment[{position}]", text) for position, text in enumerate(self._walked.comments)]

    @cached_property
    def scripts(self) -> tuple[Script, ...]:
        """Every inline script with something in it; one that was packed is followed by what it opens to."""
        inline = (element for element in self.root.iter("script") if element.text and element.text.strip())
        return tuple(
            Script(position, (element.get("type") or "").strip(), element.get("id") or "", text)
            for position, element in enumerate(inline)
            for text in unpacked(element.text)
        )

    @cached_property
    def cards(self) -> Cards:
        """What stands beside each element: title, price and time on the same card."""
        return Cards(self._walked, self.page.fetched_ms)

    def path(self, element: Any) -> str:  # noqa: ANN401 - an lxml element
        """The CSS path of an element, from the nearest ancestor with an id. Amortised constant time."""
        step = self._step(element)
        return step if "#" in step else f"{self._path_of_holder(element.getparent())}{step}"

    def _path_of_holder(self, element: Any) -> str:  # noqa: ANN401 - an lxml element
        """The path of what holds an element, with the sign for "in it" behind it."""
        climbed: list[Any] = []
        while element is not None and element not in self._paths:
            climbed.append(element)
            element = element.getparent()
        path = self._paths[element] if element is not None else ""
        for holder in reversed(climbed):
            step = self._step(holder)
            path = f"{step} > " if "#" in step else f"{path}{step} > "
            if len(path) > _MAX_PATH:
                path = path[-_MAX_PATH:].partition(" > ")[2]
            self._paths[holder] = path
        return path

    def _step(self, element: Any) -> str:  # noqa: ANN401 - an lxml element
        tag = element.tag if isinstance(element.tag, str) else "*"
        name = element.get("id")
        if name and _SIMPLE_ID.fullmatch(name):
            return f"{tag}#{name}"
        parent = element.getparent()
        if parent is None or tag in {"html", "head", "body"}:
            return tag
        if element.getnext() is None and element.getprevious() is None:  # len(parent) would count them all
            return tag
        # The steps of all children are told at once: one by one, a list of n items would cost n².
        if parent not in self._steps:
            self._steps[parent] = _numbered(parent)
        return self._steps[parent][element]

    # --- data -----------------------------------------------------------------------------------------------------

    @cached_property
    def assignments(self) -> tuple[tuple[str, Any], ...]:
        """Every object or array that an inline script assigns, hands over or is, with its name, in order."""
        return tuple(pair for script in self.scripts if not script.is_linked_data for pair in _assigned(script))

    @cached_property
    def states(self) -> dict[str, Any]:
        """Script state by global name: what the browser handed on, else what inline scripts assign."""
        handed = {name: _read_text(text)[0][1] for name, text in self.page.states.items()}
        return {**dict(self.assignments), **{name: value for name, value in handed.items() if value is not None}}

    @cached_property
    def state_leaves(self) -> tuple[Leaf, ...]:
        """Every string in script state, with its place."""
        handed = self.page.states
        inline = ((name, value) for name, value in self.assignments if name not in handed)
        own = ((name, value) for name in handed if (value := self.states.get(name)) is not None)
        return tuple(leaf for name, value in (*own, *inline) for leaf in leaves(value, name))

    @cached_property
    def linked_data(self) -> tuple[Leaf, ...]:
        """Every string in JSON-LD, with its place."""
        found = (script for script in self.scripts if script.is_linked_data)
        return tuple(leaf for script in found for leaf in leaves(read_answer(script.text), f"{script.locator} $"))

    @cached_property
    def answers(self) -> tuple[tuple[int, str, Any], ...]:
        """Every response body: position, text, and value where it is JSON, JSONP or the like, else ``None``."""
        return tuple(
            (position, *read) for position, body in enumerate(self.page.bodies) for read in _read_content(body.content)
        )

    @cached_property
    def answer_leaves(self) -> tuple[Leaf, ...]:
        """Every string in response bodies, with its place: ``$.data``, or ``body 2 $.data`` where there are several."""
        return tuple(
            leaf
            for position, _text, value in self.answers
            if value is not None
            for leaf in leaves(value, "$" if len(self.page.bodies) == 1 else f"body {position} $")
        )

    @cached_property
    def literals(self) -> tuple[tuple[str, str], ...]:
        """String literals with Chinese or money signs in code: what a script would put on the clipboard, say."""
        held = frozenset(leaf.text for leaf in self.state_leaves)
        codes = (script for script in self.scripts if script.is_code and not script.is_template)
        found = ((script.locator, text) for script in codes for text in speaking_literals(script.text))
        return tuple((locator, text) for locator, text in found if text not in held)

    @cached_property
    def built(self) -> tuple[tuple[str, Address], ...]:
        """Every address that the page's scripts put together from pieces, with its place. No script is run."""
        found: dict[str, tuple[str, Address]] = {}
        for place, text in self._put_together.texts:
            for address in self.addresses(text.strip()):
                found.setdefault(address.url, (place, address))
        return tuple(found.values())

    @property
    def cut(self) -> tuple[str, ...]:
        """Literals of the page's scripts, one for each place where it stands only to become another address."""
        return self._put_together.cut

    @cached_property
    def _put_together(self) -> Built:
        return read_built([script.text for script in self.scripts if script.is_code], self.page.final_url)

    @cached_property
    def messages(self) -> tuple[Message, ...]:
        """Every WebSocket message."""
        return tuple(_message(frame) for frame in self.page.frames)

    @cached_property
    def all_leaves(self) -> tuple[Leaf, ...]:
        """Every string of JSON on the page, in state, linked data, answers and messages."""
        told = (leaf for message in self.messages for leaf in message.leaves)
        return (*self.state_leaves, *self.linked_data, *self.answer_leaves, *told)

    @cached_property
    def loose_texts(self) -> tuple[tuple[str, str], ...]:
        """Every text that is neither drawn nor JSON nor code: its locator and itself."""
        answers = ((f"body {position}", text) for position, text, value in self.answers if value is None)
        told = (
            (f"frame {message.position} text {number}", text)
            for message in self.messages
            for number, text in enumerate(message.texts)
        )
        return (*self.comments, *answers, *told)


def _addresses_in(text: str) -> tuple[Address, ...]:
    if not may_hold(text):
        return ()
    whole = read_address(text)
    return (whole,) if whole is not None else tuple(find_addresses(text))


def speaking_literals(code: str) -> Iterator[str]:
    """String literals of code with Chinese, money signs or what a password looks like."""
    if not code.isascii() and any(sign in code for sign in _SPEAKS):
        yield from (unescape(found[1]) for found in _LITERAL.finditer(code))
    yield from _escaped_literals(code)
    yield from _literals_of_signs(code)


def _escaped_literals(code: str) -> Iterator[str]:
    """Literals in which money signs or the words of a share text are escaped."""
    end = 0
    for word in _ESCAPED_WORD.finditer(code) if "\\u" in code else ():
        if word.start() < end:
            continue
        start = max(code.rfind(sign, max(end, word.start() - 400), word.start()) for sign in "\"'`")
        behind = _ESCAPED_HALF.match(code, word.start())
        read = read_literal(code[start : behind.end()]) if start >= 0 and behind else None
        if read and isinstance(read[0], str):
            end = behind.end() if behind else end
            yield read[0]


def _literals_of_signs(code: str) -> Iterator[str]:
    """Literals of plain characters that hold what a password looks like: ``7$P1ScbKlP0Lp$:// CZ3561``."""
    for core in _PLAIN_CORE.finditer(code):
        start = max(code.rfind(sign, max(0, core.start() - 400), core.start()) for sign in "\"'`\n")
        behind = _ESCAPED_HALF.match(code, core.start())
        literal = code[start + 1 : behind.end() - 1] if start >= 0 and behind else ""
        if literal.isascii():  # any other is read for its words
            yield literal


def _message(frame: Frame) -> Message:
    texts: list[str] = []
    found: list[Leaf] = []
    for wired in read_wire(frame.payload):
        for text, value in _read_text(wired):
            if value is None:
                texts.append(text)
            else:
                found += leaves(value, f"frame {frame.position} $")
    return Message(frame.position, tuple(found), tuple(texts))


def resolve(base: str, reference: str) -> str:
    """A reference made absolute; as it stands where it cannot be."""
    try:
        return urljoin(base, reference.strip())
    except ValueError:
        return reference


def read_bytes(content: bytes) -> tuple[str, Any]:
    """The text of a body, and its value where it is JSON, JSONP or nearly so, else ``None``.

    Several values behind each other (JSON lines) are a list of them.
    """
    return _read_text(decode(content).text)[0]


def _read_content(content: bytes) -> Iterator[tuple[str, Any]]:
    """Every text of a body and its value: of a packed or binary one there may be several."""
    for text in read_wire(content) if is_binary(content) else (decode(content).text,):
        yield from _read_text(text)


def _read_text(text: str) -> list[tuple[str, Any]]:
    """A text and its value; then the text behind the value, if an address or a password may be in it."""
    opened = unwrap(text.strip())
    value = _loads(opened)
    if value is not None:
        return [(opened, value)]
    values, rest = read_answers(opened)
    if not values:
        return [(opened, None)]
    whole = (opened, values[0] if len(values) == 1 else values)
    return [whole, (rest, None)] if may_hold(rest) or may_share(rest) else [whole]


def _loads(text: str) -> Any:  # noqa: ANN401 - what JSON can hold
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict | list) else None


def _assigned(script: Script) -> Iterator[tuple[str, Any]]:
    if script.is_data:
        value = _read_text(script.text)[0][1]
        yield from [(script.name or script.locator, value)] if value is not None else []
        return
    for name, value in find_assignments(script.text):
        yield name.removeprefix("window.") or script.locator, value


def _parse(html: str) -> Any:  # noqa: ANN401 - an lxml element
    root, is_cut = _parsed(html)
    return _parsed(_flattened(html))[0] if is_cut else root


def _parsed(html: str) -> tuple[Any, bool]:
    """The root, and whether the parser gave up before the end because elements are nested too deeply."""
    body = html.strip().encode("utf-8", "replace").replace(b"\x00", b"") or b"<html></html>"
    root, is_cut = _tree(body)
    if root is None and b"<!--" in body:  # The parser makes no root for a page that is all comments.
        root, is_cut = _tree(body + b"<html></html>")
    return etree.Element("html") if root is None else _with_strays(root), is_cut


def _tree(body: bytes) -> tuple[Any | None, bool]:
    parser = etree.HTMLParser(recover=True, encoding="utf-8", huge_tree=True, collect_ids=False)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError:
        root = None
    last = parser.error_log.last_error
    return root, last is not None and last.type_name == "ERR_RESOURCE_LIMIT"


def _with_strays(root: Any) -> Any:  # noqa: ANN401 - an lxml element
    """The root with what stands outside of it: comments on both sides, and all that follows ``</html>``.

    A browser puts what follows into the body; the parser makes roots of their own of it.
    """
    following = list(root.itersiblings())
    body = root.find("body") if following else None
    into = root if body is None else body
    for stray in following:
        if isinstance(stray.tag, str):
            _move(stray, into)
        else:
            into.append(stray)
    for stray in list(root.itersiblings(preceding=True)):
        root.insert(0, stray)
    return root


def _move(stray: Any, into: Any) -> None:  # noqa: ANN401 - lxml elements
    """Text and children of a second root, and of its head and body, to the end of the first one's body."""
    _add_text(into, stray.text)
    for child in list(stray):
        tail, child.tail = child.tail, None
        if child.tag in ("head", "body"):
            _move(child, into)
        else:
            into.append(child)
        _add_text(into, tail)


def _add_text(into: Any, text: str | None) -> None:  # noqa: ANN401 - an lxml element
    if not text:
        return
    if len(into):
        into[-1].tail = (into[-1].tail or "") + text
    else:
        into.text = (into.text or "") + text


def _flattened(html: str) -> str:
    """The page with every mere container made an empty element: attributes and text stay, nesting goes."""
    return _CONTAINER.sub(lambda tag: "" if tag[1] else "<br", html)


_CONTAINER = re.compile(
    r"<(/)?(?!(?:a|area|base|br|button|embed|form|frame|head|html|iframe|img|input|link|meta|script|source|style|textarea|"
    r"title|body)\b)[A-Za-z][A-Za-z0-9:-]*(?(1)[^>]{0,200}>)",
    re.IGNORECASE,
)
"""A tag that holds others; its closing tag whole, so that nothing of it is left."""


def _numbered(parent: Any) -> dict[Any, str]:  # noqa: ANN401 - an lxml element
    named: dict[str, list[Any]] = {}
    for child in parent.iterchildren("*"):
        named.setdefault(child.tag, []).append(child)
    steps: dict[Any, str] = {}
    for tag, children in named.items():
        if len(children) == 1:
            steps[children[0]] = tag
        else:
            steps |= {child: f"{tag}:nth-of-type({place})" for place, child in enumerate(children, 1)}
    return steps
