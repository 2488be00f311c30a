"""A walk over JavaScript that follows plain values and branches, and runs nothing: the syntax half of reading scripts.

Every value that is not plainly written is ``UNKNOWN``. Code under an unknown condition is walked "in doubt", each
branch from the same start; a variable keeps its value only if all branches leave it with the same one.
What the names of a browser mean is the business of :mod:`crawler.reading.navigation`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Final, TypeAlias

import tree_sitter_javascript
from tree_sitter import Language, Node, Parser, Tree

from crawler.reading.literal import find_strings, read_literal
from crawler.reading.script_library import (
    SUMS,
    UNKNOWN,
    Unknown,
    Value,
    add,
    calculate,
    compare,
    is_true,
    read_pattern,
    read_property,
    text_of,
)

MAX_SCRIPT = 200_000
"""Characters of one script that are read; a longer one is a library or page data."""
_MAX_NODES = 30_000
_MAX_DEPTH = 120
_MAX_CALLS = 12


@dataclass(slots=True)
class Scope:
    """The variables of one function call, or the global ones. ``run``: how many timers had run when it was made."""

    values: dict[str, Value] = field(default_factory=dict)
    parent: Scope | None = None
    run: int = 0

    def holder(self, name: str) -> Scope | None:
        """The innermost scope in which a name is declared."""
        scope: Scope | None = self
        while scope is not None and name not in scope.values:
            scope = scope.parent
        return scope

    @property
    def root(self) -> Scope:
        """The global scope."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope


@dataclass(slots=True, eq=False)
class Function:
    """A function of the page, with the scope it was written in."""

    node: Node
    scope: Scope
    called: bool = False


@dataclass(slots=True)
class Found:
    """A navigation as it was met. ``level``: how many unknown conditions stand over it; 0 is certain."""

    url: str | None
    at_ms: int
    level: float


Reader: TypeAlias = Callable[[Node], Value]
Written: TypeAlias = dict[tuple[int, str], tuple[Scope, Value]]
"""What a branch wrote: by scope and name, the scope itself and the value."""

_ABSENT: Final = object()


class Spent(Exception):  # noqa: N818 - not an error: the budget for one page is used up
    """The scripts are longer than anybody waits for."""


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_javascript.language()))


def parse_script(script: str) -> Tree | None:
    """The syntax of a script; ``None`` where its errors are so many that to make sense of it would take too long.

    To recover from an error the parser tries again and again, in text that is no code over and over at each place. It
    takes about one of its steps for sixty characters of code, never more than one for fourteen: what needs more
    cannot run, for a browser runs nothing of a script with an error in it.
    """
    if _STRINGS.search(script) and _has_strings_side_by_side(script):
        return None
    if _may_have_long_run(script):
        script = _LONG_RUN.sub(lambda run: run[0][:_MAX_RUN], script)
    code = script.encode("utf-8", "replace")
    sketch = _sketch(code)
    # A tree that was read piece by piece has no text of its own. Read again, nearly all of it is taken over.
    return _parser().parse(code, sketch) if sketch is not None else None


def _may_have_long_run(script: str) -> bool:
    """Whether one sign stands often in a row, told at a few places: a run that is too long covers half of itself."""
    half = _MAX_RUN // 2
    return any(
        script[at] == script[at + half - 1] and script[at : at + half] == script[at] * half
        for at in range(0, len(script) - half + 1, half)
    )


def _sketch(code: bytes) -> Tree | None:
    """The syntax; ``None`` where reading takes more steps than code does, or than code with an error here and there."""
    left = _STEPS + len(code) // _LEAST_STRETCH
    enough = left - _STEPS - len(code) // _USUAL_STRETCH

    def is_spent(_offset: int, _has_error: bool) -> bool:
        nonlocal left
        left -= 1
        return left < 0

    try:
        sketch = _parser().parse(lambda offset, _point: code[offset:], progress_callback=is_spent)
    except ValueError:  # how the parser says that it was stopped
        _parser().reset()
        return None
    return None if left < enough and sketch.root_node.has_error else sketch


_STEPS, _LEAST_STRETCH, _USUAL_STRETCH = 100, 12, 40
_MAX_RUN = 200
"""Times that one sign may stand in a row; more are no code, nor part of an address."""
_LONG_RUN = re.compile(rf"([^\w\s])\1{{{_MAX_RUN},}}+")
_SIDE_BY_SIDE = 20
"""So many literals in a row with nothing between are no code; each would cost as much as a hundred that are."""
_ONE_STRING = r"""(?:"[^"\\\n]{0,99}+"|'[^'\\\n]{0,99}+')\s*+"""
_STRINGS = re.compile(
    rf"""["'](?:(?<=")[^"\\\n]{{0,99}}+"|(?<=')[^'\\\n]{{0,99}}+')\s*+(?:{_ONE_STRING}){{{_SIDE_BY_SIDE - 1}}}"""
)


def _has_strings_side_by_side(script: str) -> bool:
    """Whether so many string literals really stand in a row: ``["", "", ""]`` only looks so from within."""
    in_row, end = 0, -1
    for found in find_strings(script):
        in_row = in_row + 1 if end >= 0 and not script[end : found.start()].strip() else 1
        end = found.end()
        if in_row >= _SIDE_BY_SIDE:
            return True
    return False


class ScriptWalk:
    """One reading of all scripts of a page.

    Attributes:
        names: what global names mean before any script has run.
        found: the navigations met so far.
    """

    names: Mapping[str, Value] = {}

    def __init__(self) -> None:
        self.found: list[Found] = []
        self._scope = Scope()
        self._readers: dict[str, Reader] = {}
        self._functions: list[Function] = []
        self._journals: list[Written] = []
        self._doubt = 0
        self._left = False
        """The function at hand may have been left already."""
        self._stop = ""
        self._result: Value = None
        self._now_ms = 0
        self._runs = 0
        """How many callbacks of timers were walked."""
        self._changes = 0
        """How often one of them changed what others can see."""
        self._nodes = self._depth = self._calls = 0

    def _run(self, script: str) -> None:
        tree = parse_script(script) if len(script) <= MAX_SCRIPT and self._nodes <= _MAX_NODES else None
        if tree is not None:
            self._visit(tree.root_node)

    def _navigate(self, target: Value, *, doubtful: bool = False) -> None:
        level = math.inf if self._left or doubtful else self._doubt
        self._changes += 1
        self.found.append(Found(text_of(target), self._now_ms, level))

    # --- what names and calls mean ------------------------------------------------------------------------------

    def _assign_name(self, name: str, value: Value) -> None:
        self._write(self._scope.holder(name) or self._scope.root, name, value)

    def _assign_property(self, owner: Value, name: str | int | None, value: Value) -> None:
        if isinstance(owner, dict) and name is not None:
            new = UNKNOWN if self._doubt else value
            self._changes += not _is_same(owner.get(str(name), _ABSENT), new)
            owner[str(name)] = new

    def _read(self, owner: Value, name: str | int) -> Value:
        return read_property(owner, name)

    def _call_named(self, _name: str, callee: Value, arguments: list[Value]) -> Value:
        return self._call(callee, arguments)

    def _call_method(self, _target: Node, owner: Value, name: str, arguments: list[Value]) -> Value:
        return self._call(self._read(owner, name), arguments)

    def _make(self, _constructor: str, _arguments: list[Value]) -> Value:
        return UNKNOWN

    # --- the walk -----------------------------------------------------------------------------------------------

    def _visit(self, node: Node | None) -> Value:
        """The value of an expression; ``None`` after a statement."""
        if node is None or self._depth >= _MAX_DEPTH:
            return UNKNOWN
        self._nodes += 1
        if self._nodes > _MAX_NODES:
            raise Spent
        kind = node.type
        read = self._readers.get(kind) or self._reader(kind)
        self._depth += 1
        value = read(node)
        self._depth -= 1
        return value

    def _reader(self, kind: str) -> Reader:
        """What reads nodes of a kind. It is looked up once: a page has thousands of nodes and a few dozen kinds."""
        reader: Reader = getattr(self, f"_on_{kind}", self._on_other)
        return self._readers.setdefault(kind, reader)

    def _on_other(self, node: Node) -> Value:
        for child in node.named_children:
            self._visit(child)
        return UNKNOWN

    def _on_program(self, node: Node) -> Value:
        for child in node.named_children:
            if child.type == "function_declaration":
                self._declare(text_at(child.child_by_field_name("name")), self._function(child))
        for child in node.named_children:
            if self._stop:
                break
            if child.type != "function_declaration":
                self._visit(child)
        return None

    _on_statement_block = _on_program

    def _on_comment(self, _node: Node) -> Value:
        return None

    def _on_return_statement(self, node: Node) -> Value:
        self._result = self._visit(node.named_children[0]) if node.named_children else None
        self._stop = "function"
        return None

    _on_throw_statement = _on_return_statement

    def _on_break_statement(self, _node: Node) -> Value:
        self._stop = self._stop or "loop"
        return None

    _on_continue_statement = _on_break_statement

    def _on_await_expression(self, node: Node) -> Value:
        self._on_other(node)
        self._left = True
        return UNKNOWN

    _on_yield_expression = _on_await_expression

    # --- branches -----------------------------------------------------------------------------------------------

    @contextmanager
    def _doubting(self) -> Iterator[Written]:
        """Code that may or may not run. Afterwards the variables are as before; gives what it wrote in them."""
        written: Written = {}
        self._journals.append(written)
        self._doubt += 1
        try:
            yield written
        finally:
            self._doubt -= 1
            self._journals.pop()
            for key, (scope, before) in written.items():
                written[key] = (scope, scope.values.get(key[1], _ABSENT))
                self._restore(scope, key[1], before)
            self._left = self._left or self._stop == "function"
            self._stop = ""

    @staticmethod
    def _restore(scope: Scope, name: str, value: Value) -> None:
        if value is _ABSENT:
            scope.values.pop(name, None)
        else:
            scope.values[name] = value

    def _choose(self, *branches: Node | None) -> Value:
        """Walk branches of which just one runs (``None``: nothing at all); what all of them give and do is certain."""
        writes: list[Written] = []
        targets: list[set[str]] = []
        values: list[Value] = []
        left = self._left
        for branch in branches:
            start = len(self.found)
            self._left, was_left = left, self._left
            with self._doubting() as written:
                values.append(self._visit(branch))
            self._left = self._left or was_left
            writes.append(written)
            targets.append({one.url for one in self.found[start:] if one.url and one.level == self._doubt + 1})
        self._merge(writes)
        for url in sorted(set.intersection(*targets)):
            self._navigate(url, doubtful=left)
        return values[0] if isinstance(values[0], str) and values.count(values[0]) == len(values) else UNKNOWN

    def _merge(self, writes: list[Written]) -> None:
        for key, (scope, _) in {key: pair for written in writes for key, pair in written.items()}.items():
            before = (scope, scope.values.get(key[1], _ABSENT))
            values = [written.get(key, before)[1] for written in writes]
            same = all(value is values[0] or value == values[0] for value in values)
            self._write(scope, key[1], values[0] if same and values[0] is not _ABSENT else UNKNOWN)

    def _on_if_statement(self, node: Node) -> Value:
        self._branch(node, node.child_by_field_name("consequence"), node.child_by_field_name("alternative"))
        return None

    def _on_ternary_expression(self, node: Node) -> Value:
        return self._branch(node, node.child_by_field_name("consequence"), node.child_by_field_name("alternative"))

    def _branch(self, node: Node, then: Node | None, otherwise: Node | None) -> Value:
        holds = is_true(self._visit(node.child_by_field_name("condition")))
        if holds is None:
            return self._choose(then, otherwise)
        chosen = then if holds else otherwise
        return self._visit(chosen) if chosen is not None else None

    def _on_else_clause(self, node: Node) -> Value:
        return self._visit(node.named_children[0]) if node.named_children else None

    def _on_parenthesized_expression(self, node: Node) -> Value:
        return self._last(node)

    _on_sequence_expression = _on_parenthesized_expression

    def _last(self, node: Node) -> Value:
        value: Value = UNKNOWN
        for child in node.named_children:
            if child.type != "comment":
                value = self._visit(child)
        return value

    def _on_try_statement(self, node: Node) -> Value:
        self._visit(node.child_by_field_name("body"))
        self._maybe(node.child_by_field_name("handler"))
        self._visit(node.child_by_field_name("finalizer"))
        return None

    def _maybe(self, node: Node | None) -> None:
        self._choose(node, None)

    def _on_for_statement(self, node: Node) -> Value:
        self._visit(node.child_by_field_name("initializer"))
        self._maybe(node.child_by_field_name("body"))
        return None

    def _on_while_statement(self, node: Node) -> Value:
        self._visit(node.child_by_field_name("condition"))
        self._maybe(node.child_by_field_name("body"))
        return None

    _on_for_in_statement = _on_do_statement = _on_while_statement

    def _on_switch_statement(self, node: Node) -> Value:
        self._visit(node.child_by_field_name("value"))
        body = node.child_by_field_name("body")
        for case in body.named_children if body else ():
            self._maybe(case)
        return None

    # --- names --------------------------------------------------------------------------------------------------

    def _write(self, scope: Scope, name: str, value: Value) -> None:
        before = scope.values.get(name, _ABSENT)
        if self._journals:
            self._journals[-1].setdefault((id(scope), name), (scope, before))
        elif scope.run < self._runs:
            self._changes += not _is_same(before, value)
        scope.values[name] = value

    def _declare(self, name: str, value: Value) -> None:
        self._write(self._scope, name, value)

    def _bind(self, pattern: Node | None, value: Value) -> None:
        """Declare a name, or the names of a pattern."""
        if pattern is None:
            return
        if pattern.type == "identifier":
            self._declare(text_at(pattern), value)
            return
        if pattern.type == "shorthand_property_identifier_pattern":
            self._declare(text_at(pattern), read_property(value, text_at(pattern)))
        for child, held in self._parts(pattern, value):
            self._bind(child, held)

    @staticmethod
    def _parts(pattern: Node, value: Value) -> Iterator[tuple[Node | None, Value]]:
        """The patterns inside one, each with what it takes of the value."""
        if pattern.type == "pair_pattern":
            key = text_at(pattern.child_by_field_name("key")).strip("\"'")
            yield pattern.child_by_field_name("value"), read_property(value, key)
        elif pattern.type == "array_pattern":
            place = 0
            for child in pattern.children:
                place += child.type == ","
                if child.is_named:
                    yield child, read_property(value, place) if isinstance(value, list) else UNKNOWN
        else:
            inside = value if pattern.type == "object_pattern" else UNKNOWN
            yield from ((child, inside) for child in pattern.named_children)

    def _on_variable_declarator(self, node: Node) -> Value:
        written = node.child_by_field_name("value")
        name = node.child_by_field_name("name")
        if written is not None:
            self._bind(name, self._visit(written))
        elif self._scope.holder(text_at(name)) is None:
            self._bind(name, None)
        return None

    def _on_identifier(self, node: Node) -> Value:
        name = text_at(node)
        holder = self._scope.holder(name)
        return holder.values[name] if holder else self.names.get(name, UNKNOWN)

    _on_shorthand_property_identifier = _on_identifier

    def _on_assignment_expression(self, node: Node) -> Value:
        value = self._visit(node.child_by_field_name("right"))
        self._assign(node.child_by_field_name("left"), value)
        return value

    def _on_augmented_assignment_expression(self, node: Node) -> Value:
        left = node.child_by_field_name("left")
        before, more = self._visit(left), self._visit(node.child_by_field_name("right"))
        value = add(before, more) if _sign(node) == "+=" else UNKNOWN
        self._assign(left, value)
        return value

    def _on_update_expression(self, node: Node) -> Value:
        self._assign(node.child_by_field_name("argument"), UNKNOWN)
        return UNKNOWN

    def _assign(self, target: Node | None, value: Value) -> None:
        if target is None:
            return
        if target.type == "identifier":
            self._assign_name(text_at(target), value)
        elif target.type in {"member_expression", "subscript_expression"}:
            owner = self._visit(target.child_by_field_name("object"))
            self._assign_property(owner, self._property(target), value)

    def _property(self, node: Node) -> str | int | None:
        """The name after the dot or in the brackets, where it can be told."""
        if node.type == "member_expression":
            return text_at(node.child_by_field_name("property"))
        index = self._visit(node.child_by_field_name("index"))
        return index if isinstance(index, str | int) else None

    def _on_member_expression(self, node: Node) -> Value:
        owner = self._visit(node.child_by_field_name("object"))
        name = self._property(node)
        return UNKNOWN if name is None else self._read(owner, name)

    _on_subscript_expression = _on_member_expression

    # --- values -------------------------------------------------------------------------------------------------

    def _on_string(self, node: Node) -> Value:
        text = text_at(node)
        return text[1:-1] if "\\" not in text and text[:1] == text[-1:] else self._on_number(node)

    def _on_number(self, node: Node) -> Value:
        found = read_literal(text_at(node))
        return found[0] if found else UNKNOWN

    def _on_template_string(self, node: Node) -> Value:
        value: Value = ""
        for child in node.named_children:
            value = add(value, self._template_part(child))
        return value

    def _template_part(self, node: Node) -> Value:
        if node.type == "template_substitution":
            return self._last(node)
        if node.type == "escape_sequence":
            found = read_literal(f'"{text_at(node)}"')
            return found[0] if found else UNKNOWN
        return text_at(node)

    def _on_true(self, _node: Node) -> Value:
        return True

    def _on_false(self, _node: Node) -> Value:
        return False

    def _on_null(self, _node: Node) -> Value:
        return None

    _on_undefined = _on_null

    def _on_regex(self, node: Node) -> Value:
        return read_pattern(text_at(node))

    def _on_array(self, node: Node) -> Value:
        return self._members(node)

    def _members(self, node: Node) -> list[Value]:
        """The values of a list or of arguments, those of ``...list`` and the characters of ``...text`` one by one."""
        members: list[Value] = []
        for child in node.named_children:
            if child.type == "spread_element":
                spread = self._last(child)
                members += spread if isinstance(spread, list | str) else [UNKNOWN]
            elif child.type != "comment":
                members.append(self._visit(child))
        return members

    def _on_object(self, node: Node) -> Value:
        members: dict[str, Value] = {}
        for pair in node.named_children:
            key = pair.child_by_field_name("key") or pair.child_by_field_name("name") or pair
            members[text_at(key).strip("\"'")] = self._visit(pair.child_by_field_name("value") or pair)
        return members

    def _on_binary_expression(self, node: Node) -> Value:
        sign = _sign(node)
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if sign in {"&&", "||", "??"}:
            return self._short_circuit(sign, self._visit(left), right)
        first, second = self._visit(left), self._visit(right)
        if sign == "+":
            return add(first, second)
        return calculate(sign, first, second) if sign in SUMS else compare(sign, first, second)

    def _short_circuit(self, sign: str, left: Value, right: Node | None) -> Value:
        holds = None if sign == "??" and isinstance(left, Unknown) else is_true(left)
        if holds is None:
            self._maybe(right)
            return UNKNOWN
        goes_on = left is None if sign == "??" else holds == (sign == "&&")
        return self._visit(right) if goes_on else left

    def _on_unary_expression(self, node: Node) -> Value:
        value = self._visit(node.child_by_field_name("argument"))
        sign = _sign(node)
        holds = is_true(value)
        if sign == "!" and holds is not None:
            return not holds
        if sign in {"-", "+"} and isinstance(value, int | float):
            return -value if sign == "-" else value
        return None if sign == "void" else UNKNOWN

    # --- functions ----------------------------------------------------------------------------------------------

    def _function(self, node: Node) -> Function:
        function = Function(node, self._scope)
        self._functions.append(function)
        return function

    _on_function_expression = _on_arrow_function = _on_method_definition = _function
    _on_generator_function = _on_generator_function_declaration = _function

    def _on_function_declaration(self, node: Node) -> Value:
        self._declare(text_at(node.child_by_field_name("name")), self._function(node))

    def _call(self, callee: Value, arguments: list[Value]) -> Value:
        if isinstance(callee, str):
            self._run(callee)
            return UNKNOWN
        if not isinstance(callee, Function) or self._calls >= _MAX_CALLS:
            return UNKNOWN
        callee.called = True
        kept = (self._scope, self._left, self._stop, self._depth)
        self._scope, self._left, self._stop, self._result = (
            Scope(parent=callee.scope, run=self._runs),
            self._left,
            "",
            None,
        )
        self._calls += 1
        try:
            return self._body(callee.node, arguments)
        finally:
            self._calls -= 1
            self._scope, self._left, self._stop, self._depth = kept

    def _body(self, node: Node, arguments: list[Value]) -> Value:
        self._take(node, arguments)
        body = node.child_by_field_name("body")
        was_left = self._left
        value = self._visit(body)
        if body is not None and body.type != "statement_block":
            return value
        return UNKNOWN if self._left and not was_left else self._result

    def _take(self, node: Node, arguments: list[Value]) -> None:
        """Bind the arguments of a call to the function's parameters."""
        single = node.child_by_field_name("parameter")
        group = node.child_by_field_name("parameters")
        parameters = [single] if single is not None else group.named_children if group is not None else []
        for place, parameter in enumerate(parameters):
            self._bind(parameter, arguments[place] if place < len(arguments) else UNKNOWN)

    def _on_call_expression(self, node: Node) -> Value:
        target = unwrap(node.child_by_field_name("function"))
        arguments = self._arguments(node)
        if target is None:
            return UNKNOWN
        if target.type not in {"member_expression", "subscript_expression"}:
            called = text_at(target) if target.type == "identifier" else ""
            return self._call_named(called, self._visit(target), arguments)
        owner = self._visit(target.child_by_field_name("object"))
        name = self._property(target)
        return self._call_method(target, owner, str(name), arguments)

    def _on_new_expression(self, node: Node) -> Value:
        return self._make(text_at(node.child_by_field_name("constructor")), self._arguments(node))

    def _arguments(self, node: Node) -> list[Value]:
        group = node.child_by_field_name("arguments")
        return self._members(group) if group else []


def _is_same(before: Value, after: Value) -> bool:
    """Whether a variable that is given a value has it already; of lists and objects only the very same one is."""
    return before is after or (isinstance(after, str | int | float) and type(before) is type(after) and before == after)


def unwrap(node: Node | None) -> Node | None:
    """The expression inside brackets."""
    while node is not None and node.type == "parenthesized_expression" and node.named_child_count == 1:
        node = node.named_children[0]
    return node


def _sign(node: Node) -> str:
    """The operator of an expression: a sign is a kind of node of its own, which is told faster than its text."""
    found = node.child_by_field_name("operator")
    return found.type if found is not None else ""


def text_at(node: Node | None) -> str:
    """The source text of a node, ``""`` of none."""
    return (node.text or b"").decode("utf-8", "replace") if node is not None else ""
