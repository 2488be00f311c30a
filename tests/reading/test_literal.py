"""Script literals: what is JSON, what is nearly JSON, what is code."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reading.literal import (
    MAX_DEPTH,
    dig,
    find_assignments,
    read_answer,
    read_answers,
    read_embedded,
    read_literal,
    walk,
)

LITERALS = [
    ('{"a": [1, 2.5, true, null]}', {"a": [1, 2.5, True, None]}),
    ("{a: undefined, b: void 0, c: NaN, d: -Infinity}", {"a": None, "b": None, "c": None, "d": None}),
    ("{'a': 'it\\'s', \"b\": 'say \"x\"'}", {"a": "it's", "b": 'say "x"'}),
    ("{a_1: 1, $b: 2, 3: 'c', 中: 4}", {"a_1": 1, "$b": 2, "3": "c", "中": 4}),
    ("[1, 2, ]", [1, 2]),
    ("{a: 1,}", {"a": 1}),
    ("{ // why\n a: /* b: 2, */ 3 }", {"a": 3}),
    (r"{a: '\x41\u002F\u{1F600}\101\n\/'}", {"a": "A/\U0001f600A\n/"}),
    (r"['\ud83d\ude00']", ["\U0001f600"]),
    (r"['\57100', '\101', '\400']", ["/100", "A", " 0"]),
    ("[!0, !1, 0x1F, .5, -1e3, 12n, +7]", [True, False, 31, 0.5, -1000.0, 12, 7]),
    ("[`plain`, `with ${x}`]", ["plain", None]),
    ("['//item.' + \"taobao\" + '.com']", ["//item.taobao.com"]),
    ("{a: function () { return {b: 1, c: [2]}; }, d: 4}", {"a": None, "d": 4}),
    ("{a: (x) => x + 1, b: new Date(), c: f({d: 1})[0], e: 5}", {"a": None, "b": None, "c": None, "e": 5}),
    ("{go() { return 1 }, get x() { return 2 }, [k]: 3, ...rest, short, e: 5}", {"e": 5}),
    ('{re: /[/}]"/g, e: 5}', {"re": None, "e": 5}),
    ("{a: {b: 1}.b, c: [2][0], d: 'x'.length, e: 5}", {"a": None, "c": None, "d": None, "e": 5}),
    (
        '{a: JSON.parse(\'{"b": [1]}\'), c: JSON.parse(decodeURIComponent("%7B%22d%22%3A2%7D"))}',
        {"a": {"b": [1]}, "c": {"d": 2}},
    ),
    ("{u'a': None, 'b': True, 'c': False, 'd': u'\\u4e2d'}", {"a": None, "b": True, "c": False, "d": "中"}),
    ("{a: 1, a: 2}", {"a": 2}),
    ("{a: 1, u'b': 'c', d: -7, e: 0x10, f: true, '': 2, g: 'h' + 'i', j: null}", {
        "a": 1, "b": "c", "d": -7, "e": 16, "f": True, "": 2, "g": "hi", "j": None,
    }),
    ("{a: true1, b: 12px, c: 'd' [0], e: 5}", {"a": None, "b": None, "c": None, "e": 5}),
    ("['a', 1,,, f(2), true, '']", ["a", 1, None, True, ""]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), LITERALS)
def test_a_literal_is_read_as_a_browser_would_read_it(text, value):
    assert read_literal(text) == (value, len(text))


@pytest.mark.parametrize("text", ["", "function f() {}", "{a: 1", "[1, 2", "{a: 1; b: 2}", "<html></html>", "'open"])
def test_what_is_no_literal_gives_nothing(text):
    assert read_literal(text) is None


def test_reading_starts_where_it_is_told_and_says_where_it_ended():
    assert read_literal("x = {a: 1}; y", 4) == ({"a": 1}, 10)


ASSIGNMENTS = [
    ('window.__INITIAL_STATE__={"a":1};(function(){var s;})()', [("__INITIAL_STATE__", {"a": 1})]),
    ("var g_config = {itemId: '1'}, b = [2]", [("g_config", {"itemId": "1"}), ("b", [2])]),
    ("window['a'].b = {c: 1}", [("a.b", {"c": 1})]),
    ("TShop.Setup(\n {itemDO: {isOnline: true}}\n)", [("TShop.Setup", {"itemDO": {"isOnline": True}})]),
    ("var pageConfig = pageConfig || {skuid: 1}", [("pageConfig", {"skuid": 1})]),
    ('window._itemOnly = ({"a": 1,});', [("_itemOnly", {"a": 1})]),
    ("window.S = JSON.parse('{\"a\":1}');", [("S", {"a": 1})]),
    ("a = {b: function () { window.c = {d: 1}; }}", [("a", {"b": None}), ("c", {"d": 1})]),
    ("if (a == {b: 1}) { c <= [1] }", []),
    ("x = {broken: ; y = {fine: 1}", [("y", {"fine": 1})]),
    ("f(1, 2); g('x');", []),
]


@pytest.mark.parametrize(("script", "found"), ASSIGNMENTS)
def test_assignments_of_a_script_are_found_by_name(script, found):
    assert [pair for pair in find_assignments(script) if pair[0]] == found


ANSWERS = [
    ('{"a":1}', {"a": 1}),
    ('\ufeff  mtopjsonp1({"a":1})', {"a": 1}),
    ("/**/ cb && cb({a:1});", {"a": 1}),
    ("var _DATA = {a:1};", {"a": 1}),
    ("window.x=[1]", [1]),
    (")]}',\n[1]", [1]),
    ("{'a': None}", {"a": None}),
    ("<html><script>a = {b: 1}</script></html>", None),
    ("prose (with brackets)", None),
    ("42", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "value"), ANSWERS)
def test_a_whole_answer_is_unwrapped(text, value):
    assert read_answer(text) == value


def test_json_within_json_is_opened_on_demand():
    assert read_embedded('{"a": "b"}') == {"a": "b"}
    assert read_embedded("plain") is None
    assert read_embedded(7) is None


CODE_WITHIN = [
    ('cb({a: 1, url: encodeURI("https://a.test/1")})', [{"a": 1, "url": None}], 'encodeURI("https://a.test/1")'),
    ("{'id': ObjectId('5f'), 'b': 'x'} tail", [{"id": None, "b": "x"}], "ObjectId('5f')\ntail"),
    ('[[App shared] open:[URL with:@"t://a.test/1"]];', [[None]], '[App shared] open:[URL with:@"t://a.test/1"]'),
    (
        '[CQ:json,data={"u":"https://a.test/1"&#44;"b":1}]',
        [[None, None]],
        'CQ:json\ndata={"u":"https://a.test/1"&#44;"b":1}',
    ),
    ('{"a": "https://a.test/1", "b": [1]}', [{"a": "https://a.test/1", "b": [1]}], ""),
    ("{a: 1}\n{b: 2}", [{"a": 1}, {"b": 2}], ""),
]


@pytest.mark.parametrize(("text", "values", "rest"), CODE_WITHIN)
def test_what_is_passed_over_as_code_is_given_back_as_text(text, values, rest):
    found, left = read_answers(text)
    assert (found, " ".join(left.split())) == (values, " ".join(rest.split()))


def test_a_string_with_an_address_in_code_is_words_and_one_with_other_code_is_json():
    assert read_embedded('["a", f("https://a.test/1")]') is None
    assert read_embedded('[看这里, "https://a.test/1"]') is None
    assert read_embedded("{'at': datetime(2025, 1, 2), 'name': 'x'}") == {"at": None, "name": "x"}
    assert read_embedded('{"a": "https://a.test/1"}') == {"a": "https://a.test/1"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"u": "x"} 看看这里', [{"u": "x"}, "看看这里"]),
        ('[{"u": 1}]; go("//a.test")', [[{"u": 1}], 'go("//a.test")']),
        ('{"u": "x", "b": f("//a.test/1")}', [{"u": "x", "b": None}, 'f("//a.test/1")']),
        ("{表情} 看这里", None),
        ("[1] see https://a.test/1", None),
    ],
)
def test_words_behind_objects_hide_neither_the_objects_nor_themselves(text, value):
    assert read_embedded(text) == value


def test_dig_stops_where_the_path_breaks_off():
    assert dig({"a": [{"b": 1}]}, "a", 0, "b") == 1
    assert dig({"a": [{"b": 1}]}, "a", 1, "b") is None
    assert dig({"a": "text"}, "a", "b") is None


def test_walk_meets_every_value_in_order():
    assert list(walk({"a": [1]})) == [((), {"a": [1]}), (("a",), [1]), (("a", 0), 1)]


def test_brackets_below_the_depth_limit_are_passed_over_and_the_rest_survives():
    deep = "[" * (MAX_DEPTH * 5) + "]" * (MAX_DEPTH * 5)
    value, _ = read_literal("{a: " + deep + ", b: 1}")
    assert value["b"] == 1


@given(st.text(alphabet="{}[]()'\"`/\\=,:;.a1 \n!+-*$u0", max_size=60))
def test_any_text_goes_through(text):
    read_literal(text)
    read_answer(text)
    list(find_assignments(text))


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(JSON)
def test_json_survives_the_tolerant_scanner(value):
    text = json.dumps(value, ensure_ascii=False)
    assert read_literal("{undefined: undefined, v: " + text + "}")[0]["v"] == value
