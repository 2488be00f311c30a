"""JavaScript literals as values: page state, JSONP answers, dumps that are nearly JSON. No code is ever run.

JSON is tried first; a tolerant scanner reads what is not JSON. What is not a literal (a function, a call, a sum)
becomes ``None`` and the rest of the object survives. Time is linear in the text and depth is bounded.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, TypeAlias
from urllib.parse import unquote

Value: TypeAlias = Any
"""What JSON can hold: dict, list, str, int, float, bool, None."""

MAX_DEPTH = 100
"""Brackets nested deeper than this are passed over as ``None``; real page state stays under forty."""

_BUDGET = 12
"""How often each character of a script may be read on average before the search for assignments gives up."""

_SPACE = re.compile(r"(?:[\s\ufeff]++|//[^\n]*+|/\*.*?(?:\*/|\Z))*+", re.DOTALL)
_STRING = re.compile(
    r'"((?:[^"\\\n]++|\\.)*+)"' r"|'((?:[^'\\\n]++|\\.)*+)'" r"|`((?:[^`\\]++|\\.)*+)`",
    re.DOTALL,
)
_TEMPLATE = 3
"""The group of ``_STRING`` that holds a template string."""
_NUMBER = re.compile(
    r"[+-]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)n?(?![\w$])"
)
_INTEGER = re.compile(r"[+-]?(?:0[xXbBoO][0-9a-fA-F]{1,300}|0|[1-9]\d{0,300})")
_WORD = re.compile(
    r"(?:(?P<true>true|True|!0)|(?P<false>false|False|!1)"
    r"|null|None|undefined|NaN|-?Infinity|void\s*\(?0\)?)(?![\w$])",
)
_KEY = re.compile(r"[^\W\d][\w$]*|\$[\w$]*|\d+(?:\.\d+)?")
_PREFIX = re.compile(r"[uUbBrR]{1,2}(?=[\"'])")
_PARSE = re.compile(r"(?:window\.)?JSON\.parse\(\s*(?P<decode>decodeURIComponent\(\s*|unescape\(\s*)?(?=[\"'`])")
_PARSE_END = re.compile(r"[\s)]{0,20}")
_REGEX_LITERAL = r"\s*+/(?![/*])(?:[^/\\\n\[]++|\\.|\[(?:[^\]\\\n]|\\.){0,1000}+\])++/"
_REGEX = re.compile(rf"(?<=[(,=:\[!&|?{{}};]){_REGEX_LITERAL}", re.DOTALL)
_PASSED_OVER = (
    r"""(?<=")(?:[^"\\\n]++|\\.)*+"|(?<=')(?:[^'\\\n]++|\\.)*+'|(?<=`)(?:[^`\\]++|\\.)*+(?:`|\Z)"""
    r"|(?<=/)(?:/[^\n]*+|\*.*?(?:\*/|\Z))"
)
_OPENS, _CLOSES, _COMMA, _SEMICOLON = 1, 2, 3, 4
"""The groups of the two below that tell a bracket or a separator; a sign takes the regular expression behind it along.

Each begins with a plain set of characters, so that Python passes over the rest at once.
"""
_INNER_TOKEN = re.compile(
    rf"""["'`/(,=:\[!&|?{{}};\])](?:{_PASSED_OVER}|(?<=[{{\[(])()(?:{_REGEX_LITERAL})?|(?<=[}}\])])()"""
    rf"(?:(?<=}}){_REGEX_LITERAL})?|(?<=[,=:!&|?;]){_REGEX_LITERAL})",
    re.DOTALL,
)
_TOKEN = re.compile(
    rf"""["'`/(,=:\[!&|?{{}};\])](?:{_PASSED_OVER}|(?<=[{{\[(])()(?:{_REGEX_LITERAL})?|(?<=[}}\])])()"""
    rf"|(?<=,)()|(?<=;)()|(?<=[=:!&|?]){_REGEX_LITERAL})",
    re.DOTALL,
)
_ESCAPE = re.compile(
    r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([0-3][0-7]{0,2}|[4-7][0-7]?)|(\r\n|.))",
    re.DOTALL,
)
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "\n": "", "\r\n": "", "\r": ""}
_PLACE = re.compile(
    r"(?:=(?!=)\s{0,40}+(?:[\w$.]{1,80}+\s{0,9}+\|\|\s{0,40}+)?(?:\(\s{0,40}+)?|\(\s{0,40}+)(?=[\[{]|(?:window\.)?JSON\.parse\()"
)
_GLOBAL = re.compile(r"^(?:window|self|globalThis)\.")
_NAME_BACKWARDS = re.compile(r"\s*+([\w$.\[\]\"']*[\w$])")
_JSONP = re.compile(
    r"[\s;]*+(?:/\*.{0,200}?\*/[\s;]*+)?(?:[\w$.]{1,100}+\s{0,9}&&\s{0,9})?(?:(?:var|let|const)\s{1,9})?"
    r"[\w$.\[\]\"']{1,100}+\s{0,9}[(=]\s{0,99}",
    re.DOTALL,
)
_WORDS = re.compile(r"[^\x00-\x7f]|//|:/|[0-9A-Za-z]{8}")
"""A sign of words, of an address or of a password."""
_HOLDS = re.compile(r"[^\x00-\x7f]|//|:\\{0,3}/")
"""A sign that what is passed over as code may be words or hold an address."""
_BETWEEN = re.compile(r"[\s;,)\x1e]*+")
"""What stands between the values of an answer that holds several, and behind the last."""
_PLUS = re.compile(r"\s{0,40}\+\s{0,40}(?=[\"'`])")
_PLAIN_VALUE = (
    r"""(?:"([^"\\\n]*+)"|'([^'\\\n]*+)'|(-?(?:0|[1-9][0-9]{0,17}))(?![\w$.])|(true|false|null)(?![\w$]))\s*+"""
)
_PLAIN_MEMBER = re.compile(
    rf"""\s*+(?:"([^"\\\n]*+)"|'([^'\\\n]*+)'|([^\W\d][\w$]*+|\$[\w$]*+))\s*+:\s*+{_PLAIN_VALUE}(?:,|(?=\}}))"""
)
_PLAIN_ITEM = re.compile(rf"\s*+{_PLAIN_VALUE}(?:,|(?=\]))")
"""Members as nearly all are, read at one go; any other is read piece by piece, with the same answer."""
_MANY_BRACKETS = 512
_GLANCE, _LONGEST_WORD = 200, 12
"""Characters of what begins like JSON that are read first, and more than a word or an escape in it has."""
_COMMAS = re.compile(r",[,\s]*+")
_CONSTANTS = {"true": True, "false": False, "null": None}
_SURROGATE = re.compile("[\ud800-\udfff]")
_JSON_START = re.compile(r'\{\s{0,99}["}]|\[\s{0,99}(?:["\[\]\d-]|\{\s{0,99}["}]|true|false|null)')
_GUARD = re.compile(r"\s*(?:\)\]\}'?,?|for\s*\(;;\);|while\s*\(1\);|throw [^;]{0,40};)")


class _MalformedError(ValueError):
    """The text at hand is no literal; ``position`` tells how far it was read."""

    def __init__(self, position: int) -> None:
        super().__init__(f"no literal at character {position}")
        self.position = position


def _nothing(_word: str) -> None:
    """What NaN and Infinity become: they are no facts about a shop."""


_JSON = json.JSONDecoder(parse_constant=_nothing, strict=False)


def read_literal(text: str, start: int = 0) -> tuple[Value, int] | None:
    """Read the literal that begins at ``start`` (white space and comments before it are passed over).

    Returns:
        The value, and the position just after it; ``None`` where there is no literal.
    """
    try:
        return _Scanner(text).read(start)
    except _MalformedError:
        return None


def read_answer(text: str) -> Value | None:
    """The value of a whole answer: JSON, JSONP (``cb({...})``), ``var x = {...}``, a Python dump, or ``None``.

    Text that is not an object or array (an HTML page, prose) gives ``None``.
    """
    return next(iter(read_answers(text)[0]), None)


def read_answers(text: str) -> tuple[list[Value], str]:
    """Every value of an answer that may hold several behind each other (a line each, say), and the text of no value.

    The first may be wrapped as ``read_answer`` says. The text is what was passed over within the values, being no
    literal (``[UIApplication open:@"..."]``), a line each, and what stands behind them.
    """
    values, passed, after = _read_values(text)
    return values, "\n".join((*passed, after))


def read_embedded(value: Value) -> Value | None:
    """The object or array that a string holds as JSON text (JSON within JSON), or ``None``. Several values are a list.

    Words behind objects, and an address in code within them, are texts at the end of that list. They make an array
    words altogether: ``[face] look "here" https://...`` holds none, nor does ``[open:@"https://..."]``.
    """
    if not isinstance(value, str) or value.lstrip()[:1] not in tuple("{["):
        return None
    values, passed, after = _read_values(value)
    texts = [text.strip() for text in passed if _HOLDS.search(text)]
    texts += [after.strip()] if _WORDS.search(after) else []
    if not values or (texts and not all(map(_has_members, values))):
        return None
    return [*values, *texts] if texts or len(values) > 1 else values[0]


def _has_members(value: Value) -> bool:
    """Whether it is an object with something in it, or an array of nothing but objects."""
    return bool(value) and (isinstance(value, dict) or all(isinstance(one, dict) for one in value))


def _read_values(text: str) -> tuple[list[Value], list[str], str]:
    """Every value of an answer, what was passed over within them, and what stands behind the last."""
    guard = _GUARD.match(text)
    start = _SPACE.match(text, guard.end() if guard else 0).end()  # type: ignore[union-attr]  # matches the empty string
    if text[start : start + 1] not in tuple("{["):
        wrapper = _JSONP.match(text, start)
        start = wrapper.end() if wrapper else len(text)
    values: list[Value] = []
    passed: list[str] = []
    scanner = _Scanner(text)
    while text[start : start + 1] in tuple("{["):
        try:
            value, end = scanner.read(start)
        except _MalformedError:
            break
        values.append(value)
        passed.extend(text[begin:stop] for begin, stop in scanner.passed)
        start = _BETWEEN.match(text, end).end()  # type: ignore[union-attr]  # matches the empty string
    return values, passed, text[start:] if values else text


def find_assignments(script: str) -> Iterator[tuple[str, Value]]:
    """Every object or array that a script assigns (``window.X = {...}``) or hands over (``TShop.Setup({...})``).

    Yields:
        The dotted name without ``window.``, ``""`` where there is none, and the value; in order of appearance.
    """
    place = _PLACE.search(script)
    budget = _BUDGET * len(script)
    scanner = _Scanner(script)
    while place and budget > 0:
        start = place.end()
        try:
            value, end = scanner.read(start)
        except _MalformedError as stop:
            budget -= stop.position - start
            end = start
        else:
            budget -= end - start
            yield _name_before(script, place.start()), value
        # Python names the line of a JSON error, which costs a pass over all that stands before it.
        budget -= start // 128 if scanner.met_no_json else 0
        # Code inside the literal was passed over, and may assign state of its own.
        place = _PLACE.search(script, start if scanner.passed else max(start, end))


def find_strings(script: str) -> Iterator[re.Match[str]]:
    """Every string literal of a script, comments and regular expressions apart."""
    return (token for token in _TOKEN.finditer(script) if token[0][0] in "\"'`")


def dig(value: Value, *keys: str | int) -> Value | None:
    """The value at a path of keys and list positions, or ``None`` where the path breaks off."""
    for key in keys:
        if isinstance(value, dict):
            value = value.get(key)
        elif isinstance(value, list) and isinstance(key, int) and -len(value) <= key < len(value):
            value = value[key]
        else:
            return None
    return value


def walk(value: Value) -> Iterator[tuple[tuple[str | int, ...], Value]]:
    """Every value inside ``value`` with its path, outermost first."""
    pending: list[tuple[tuple[str | int, ...], Value]] = [((), value)]
    while pending:
        path, inner = pending.pop()
        yield path, inner
        if isinstance(inner, dict):
            pending.extend(((*path, key), child) for key, child in reversed(inner.items()))
        elif isinstance(inner, list):
            pending.extend(((*path, i), inner[i]) for i in range(len(inner) - 1, -1, -1))


def _name_before(script: str, end: int) -> str:
    """The dotted name that ends at ``end``: ``window["a"].b`` is ``a.b``."""
    found = _NAME_BACKWARDS.match(script[max(0, end - 120) : end][::-1])
    if not found:
        return ""
    name = found[1][::-1]
    if "[" in name:
        name = re.sub(r"""\[["']?([^\]"']*)["']?\]""", r".\1", name)
    return _GLOBAL.sub("", name) if "." in name else name


def _unescape(text: str) -> str:
    if "\\" not in text:
        return text
    plain = _ESCAPE.sub(_escaped, text)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if _SURROGATE.search(plain) else plain


def _escaped(found: re.Match[str]) -> str:
    hexadecimal = found[1] or found[2] or found[3]
    if hexadecimal:
        return chr(min(int(hexadecimal, 16), 0x10FFFF))
    if found[4]:
        return chr(int(found[4], 8))
    return _SIMPLE.get(found[5], found[5])


def _number(text: str) -> int | float | None:
    try:
        digits = text.rstrip("n")
        return int(digits, 0) if _INTEGER.fullmatch(digits) else float(digits)
    except ValueError:
        return None


def _plain_value(found: re.Match[str]) -> Value:
    """The value that ends a plain member: what it is tells the group, counted from the last."""
    kind, written = found.re.groups - (found.lastindex or 0), found[found.lastindex or 0]
    return _CONSTANTS[written] if kind == 0 else int(written) if kind == 1 else written


class _Scanner:
    """Reads literals of one script.

    Of the last one: ``passed``: where something was passed over that is no literal. ``met_no_json``: what began like
    JSON was none.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.passed: list[tuple[int, int]] = []
        self.met_no_json = False
        self._closed: dict[int, int] = {}
        """For the end of each opening bracket the end of the one that closes it; 0 where none does."""

    def read(self, start: int) -> tuple[Value, int]:
        """The literal at ``start`` and its end."""
        self.passed, self.met_no_json = [], False
        start = self._space(start)
        if self.text[start : start + 1] not in ("{", "["):
            return self._atom(start)
        found = self._json(start) if _JSON_START.match(self.text, start) else None
        return found or self._container(start, 0)

    def _json(self, start: int) -> tuple[Value, int] | None:
        """The JSON at ``start`` and its end. Its first characters tell of most that begins like JSON and is none."""
        try:
            value, length = _JSON.raw_decode(self.text[start : start + _GLANCE])
        except json.JSONDecodeError as error:
            if error.pos < _GLANCE - _LONGEST_WORD and not error.msg.startswith("Unterminated"):
                return None  # far from where it is cut
        except RecursionError:
            pass
        else:
            return value, start + length
        try:
            return _JSON.raw_decode(self.text, start)
        except (ValueError, RecursionError):
            self.met_no_json = True
            return None

    def _space(self, at: int) -> int:
        if "/" < self.text[at : at + 1] <= "~":  # most often there is none
            return at
        found = _SPACE.match(self.text, at)
        return found.end() if found else at

    def _container(self, at: int, depth: int) -> tuple[Value, int]:
        if depth >= MAX_DEPTH:
            return None, self._pass_over(at)
        return self._object(at + 1, depth) if self.text[at] == "{" else self._array(at + 1, depth)

    def _object(self, at: int, depth: int) -> tuple[dict[str, Value], int]:
        members: dict[str, Value] = {}
        while True:
            while plain := _PLAIN_MEMBER.match(self.text, at):
                members[plain[1] or plain[2] or plain[3] or ""] = _plain_value(plain)
                at = plain.end()
            at = self._space(at)
            sign = self.text[at : at + 1]
            if sign == "}":
                return members, at + 1
            if sign == ",":
                at = _COMMAS.match(self.text, at).end()  # type: ignore[union-attr]  # it stands at one
                continue
            key, at = self._key(at)
            at = self._space(at)
            if key is not None and self.text[at : at + 1] == ":":
                members[key], at = self._value(at + 1, depth)
            else:
                at = self._pass_over(at)
            self._expect(at, ",}")

    def _array(self, at: int, depth: int) -> tuple[list[Value], int]:
        members: list[Value] = []
        while True:
            while plain := _PLAIN_ITEM.match(self.text, at):
                members.append(_plain_value(plain))
                at = plain.end()
            at = self._space(at)
            sign = self.text[at : at + 1]
            if sign == "]":
                return members, at + 1
            if sign == ",":
                at = _COMMAS.match(self.text, at).end()  # type: ignore[union-attr]  # it stands at one
                continue
            member, at = self._value(at, depth)
            members.append(member)
            self._expect(at, ",]")

    def _expect(self, at: int, signs: str) -> None:
        if self.text[at : at + 1] not in tuple(signs):
            raise _MalformedError(at)

    def _key(self, at: int) -> tuple[str | None, int]:
        prefix = _PREFIX.match(self.text, at)
        quoted = _STRING.match(self.text, prefix.end() if prefix else at)
        if quoted:
            return _unescape(quoted[quoted.lastindex or 0]), quoted.end()
        plain = _KEY.match(self.text, at)
        return (plain[0], plain.end()) if plain else (None, at)

    def _value(self, at: int, depth: int) -> tuple[Value, int]:
        """The value of a member, up to the comma or bracket that ends it."""
        begin, at = at, self._space(at)
        if self.text[at : at + 1] in ("{", "["):
            value, end = self._container(at, depth + 1)
        else:
            value, end = self._member_atom(at, begin)
        end = self._space(end)
        if self.text[end : end + 1] in (",", "}", "]"):
            return value, end
        return None, self._pass_over(end, begin)

    def _member_atom(self, at: int, begin: int) -> tuple[Value, int]:
        try:
            return self._atom(at)
        except _MalformedError:
            # From before the white space: the colon tells a regular expression from a division.
            return None, self._pass_over(begin)

    def _atom(self, at: int) -> tuple[Value, int]:
        """A string, number, word or ``JSON.parse('...')``."""
        prefix = _PREFIX.match(self.text, at)
        at = prefix.end() if prefix else at
        quoted = _STRING.match(self.text, at)
        if quoted:
            return self._joined(quoted)
        word = _WORD.match(self.text, at)
        if word:
            return (True if word["true"] else False if word["false"] else None), word.end()
        number = _NUMBER.match(self.text, at)
        if number:
            return _number(number[0]), number.end()
        return self._parsed(at)

    def _joined(self, quoted: re.Match[str]) -> tuple[str, int]:
        """A string, or a chain of strings joined by ``+``; a template with a substitution is no literal."""
        parts = [quoted[quoted.lastindex or 0]]
        end = quoted.end()
        if parts[0] and quoted.lastindex == _TEMPLATE and "${" in parts[0]:
            raise _MalformedError(end)
        plus = _PLUS.match(self.text, end)
        while plus:
            more = _STRING.match(self.text, plus.end())
            if not more:
                break
            parts.append(more[more.lastindex or 0])
            end = more.end()
            plus = _PLUS.match(self.text, end)
        return "".join(map(_unescape, parts)), end

    def _parsed(self, at: int) -> tuple[Value, int]:
        call = _PARSE.match(self.text, at)
        quoted = _STRING.match(self.text, call.end()) if call else None
        if not call or not quoted:
            raise _MalformedError(at)
        inner, end = self._joined(quoted)
        value = read_embedded(unquote(inner) if call["decode"] else inner)
        tail = _PARSE_END.match(self.text, end)
        return value, tail.end() if tail else end

    def _pass_over(self, at: int, begin: int | None = None) -> int:
        """The position of the comma or closing bracket that ends the expression at ``at``, which began at ``begin``."""
        begin = at if begin is None else begin
        while self.passed and self.passed[-1][0] >= begin:
            self.passed.pop()
        self.passed.append((begin, end := self._end(at)))
        return end

    def _end(self, at: int) -> int:
        found = _REGEX.match(self.text, at)
        token = _TOKEN.search(self.text, found.end() if found else at)
        while token:
            if token.lastindex in {_CLOSES, _COMMA}:
                return token.start()
            if token.lastindex == _SEMICOLON:
                raise _MalformedError(token.start())
            after = self._after_bracket(token.end()) if token.lastindex == _OPENS else token.end()
            token = _TOKEN.search(self.text, after)
        raise _MalformedError(len(self.text))

    def _after_bracket(self, at: int) -> int:
        """The position after the bracket that closes the one opened before ``at``; what is between is not looked at."""
        if at not in self._closed:
            self._match_brackets(at)
        if not self._closed[at]:
            raise _MalformedError(len(self.text))
        return self._closed[at]

    def _match_brackets(self, at: int) -> None:
        """Note where the bracket before ``at`` is closed and all brackets within: code in code is passed over again."""
        opened, many = [at], _MANY_BRACKETS
        for token in _INNER_TOKEN.finditer(self.text, at):
            kind = token.lastindex
            if kind == _CLOSES:
                self._closed[opened.pop()] = token.end()
                if not opened:
                    return
            elif kind:
                opened.append(token.end())
                if len(opened) == many:
                    # Code never nests so deep; where too few are left that may close, the rest need not be looked at.
                    if sum(self.text.count(sign, token.end()) for sign in ")]}") < many:
                        break
                    many *= 2
        self._closed |= dict.fromkeys(opened, 0)
