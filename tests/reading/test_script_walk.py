"""Scripts are read in a time that their length bounds; what is no code is given up, what is code never."""

from __future__ import annotations

import pytest

from crawler.reading.navigation import builds_shop_address, find_navigations, read_built
from crawler.reading.script_library import UNKNOWN, Pattern, read_pattern
from crawler.reading.script_walk import parse_script

DENSE = {
    "statements": "a;" * 20_000,
    "empty statements": ";a" * 20_000,
    "empty lists": "x=[" + "[]," * 20_000 + "1]",
    "empty strings": 'x=["",' + '"",' * 5_000 + '""]',
    "strings": "x=[" + "'a','b'," * 5_000 + "'']",
    "quotes of the other kind": 'x=["\'",' + "'\"'," * 5_000 + "1]",
    "calls": "f(" * 400 + ")" * 400,
}
NO_CODE = {
    "commas and signs": ",-" * 20_000,
    "operators": "+*" * 20_000,
    "brackets and signs": "{-" * 20_000,
    "strings in a row": '"a" ' * 10_000,
}


@pytest.mark.parametrize("name", DENSE)
def test_the_densest_code_is_read(name: str) -> None:
    assert parse_script(DENSE[name]) is not None


@pytest.mark.parametrize("name", NO_CODE)
def test_what_is_no_code_is_given_up(name: str) -> None:
    assert parse_script(NO_CODE[name]) is None


@pytest.mark.parametrize("name", NO_CODE)
def test_a_script_that_is_no_code_hides_none_that_is(name: str) -> None:
    scripts = [NO_CODE[name], "location.href = 'https://item.jd.com/1.html'"]
    assert [found.url for found in find_navigations(scripts, "https://a.cn/")] == ["https://item.jd.com/1.html"]


def test_a_long_run_of_one_sign_hides_nothing_behind_it() -> None:
    script = ";" * 40_000 + "location.href = 'https://item.jd.com/1.html'"
    assert [found.url for found in find_navigations([script], "https://a.cn/")] == ["https://item.jd.com/1.html"]


def test_a_script_that_compares_its_location_goes_nowhere() -> None:
    compares = "var beacon = (location > 'https' ? '//g' : '//s') + '.example.com/a.js'; if (location == x) { y(); }"
    joins = "var request = 'https://api.example.com' + location.pathname + '?a=1';"
    assert read_built([compares, joins], "https://a.cn/").texts == ()


def test_a_script_that_sets_its_location_goes() -> None:
    scripts = ["location = ['https:', '', 'item.jd.com', '1.html'].join('/')"]
    assert [text for _place, text in read_built(scripts, "https://a.cn/").texts][:1] == ["https://item.jd.com/1.html"]


COUNTDOWN = "function tick() { show('in ' + rest + ' s'); setTimeout(tick, 100); } tick();"


def test_a_countdown_without_end_leaves_room_for_what_a_timer_does_later() -> None:
    scripts = [
        COUNTDOWN.replace("show", ";" * 200 + "show"),
        "setTimeout(function () { location = '//a.cn/'; }, 50000)",
    ]
    assert [(one.url, one.at_ms) for one in find_navigations(scripts, "https://b.cn/")] == [("//a.cn/", 50_001)]


def test_what_waits_for_a_change_sees_it() -> None:
    script = """
        var ready = false;
        function poll() { if (ready) { location.href = '//item.jd.com/1.html'; } else { setTimeout(poll, 100); } }
        poll();
        setTimeout(function () { ready = true; }, 3000);
    """
    found = find_navigations([script], "https://a.cn/")
    assert [(one.url, one.certain) for one in found] == [("//item.jd.com/1.html", True)]
    assert 3_000 < found[0].at_ms < 3_200
    never = script.replace("ready = true", "other = true")
    assert not any(one.certain for one in find_navigations([never], "https://a.cn/"))


def test_a_count_in_an_object_goes_on() -> None:
    tick = "function tick() { s.n = s.n - 1; if (s.n === 0) { location = '//a.cn/'; } setTimeout(tick, 9); }"
    found = find_navigations([f"var s = {{n: 5}}; {tick} tick();"], "https://b.cn/")
    assert [(one.url, one.certain) for one in found][:1] == [("//a.cn/", True)]


def test_a_list_of_shop_hosts_is_walked_only_if_something_is_added() -> None:
    holds = "var hosts = {item: '//item.taobao.com', at: +new Date()}; for (var i = 0; i < 2; i++) { show(hosts); }"
    shows = "list.innerHTML = '<a href=\"//item.taobao.com/\">' + name;"
    assert not builds_shop_address(holds)
    assert not builds_shop_address(shows)
    adds = "var host = '//item.taobao.com', path = '/item.htm?id=1'; var link = host + path;"
    assert builds_shop_address(adds)
    assert [text for _place, text in read_built([adds], "https://a.cn/").texts] == ["//item.taobao.com/item.htm?id=1"]


@pytest.mark.parametrize(
    ("pattern", "text", "new", "result"),
    [
        ("/#/", "a#b#", "", "ab#"),
        ("/#/g", "a#b#", "", "ab"),
        ("/[#@]+/g", "a#@b@", "/", "a/b/"),
        ("/X/gi", "axXb", "", "ab"),
        ("/(..)/g", "6869", "%$1", "%68%69"),
        (r"/\d{2}/g", "a12b", "$&$$", "a12$b"),
        (r"/(\w)(\w)/g", "abcd", "$2$1$3", "ba$3dc$3"),
    ],
)
def test_a_plain_pattern_replaces_as_in_a_browser(pattern: str, text: str, new: str, result: str) -> None:
    found = read_pattern(pattern)
    assert isinstance(found, Pattern)
    assert found.replace_in(text, new) == result


@pytest.mark.parametrize(
    "pattern", ["/(a+)+/", "/.+#/", "/a*b*/", "/(?=a)/", "/a|b/", "/(.)\\1/", "//", "/[]/", "/[^]/"]
)
def test_a_pattern_that_may_take_long_or_means_more_is_not_followed(pattern: str) -> None:
    assert read_pattern(pattern) is UNKNOWN


@pytest.mark.parametrize(
    "heavy",
    [
        "'ab'.repeat(40000).replace(/" + "[ab]{99}" * 20 + "c/g, '')",
        "'ab'.repeat(40000).match(/a/g)",
        "list.filter(Boolean)",
        "list.at(1)",
    ],
)
def test_calls_that_take_long_are_not_followed_again_and_again(heavy: str) -> None:
    begins = f"var list = 'ab'.repeat(40000).split(''); function f() {{ {heavy} }}\n"
    goes = "location.href = 'https://item.jXd.com/1.html'.replace(/X/, '')"
    found = find_navigations([begins + "f();\n" * 2000 + goes], "https://a.cn/")
    assert [one.url for one in found] == ["https://item.jd.com/1.html"]


def test_what_a_list_gives_off_in_doubt_leaves_nothing_of_it_known() -> None:
    taken = "var p = ['1.html', '2.html']; if (x) { p.pop() } location.href = 'https://item.jd.com/' + p.pop()"
    assert [one.url for one in find_navigations([taken], "https://a.cn/")] == [None]
    assert find_navigations([taken.replace("if (x)", "")], "https://a.cn/")[0].url == "https://item.jd.com/1.html"
