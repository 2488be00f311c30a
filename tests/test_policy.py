"""Policy files: what they may say, how they are refused, and the millisecond at which each window opens and closes."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from datetime import date, datetime
from pathlib import Path
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from crawler.classify import classify_url
from crawler.errors import PolicyError
from crawler.reading.policy import (
    EVER,
    Place,
    check_policy,
    file,
    load_policy,
    moment_words,
    read_policy,
    sentences,
    timeline_rows,
    timeline_svg,
    timeline_text,
)
from crawler.reading.policy.compiled import window_pieces
from crawler.reading.policy.contradiction import contradictions
from crawler.reading.policy.local_time import Days, span_words
from crawler.reading.policy.names import unknown_names
from crawler.reading.policy.timeline import Piece, draw
from crawler.reading.toml_file import problems_of
from crawler.sample.world import SampleWorld
from crawler.targets import load_surfaces, recognise
from crawler.vocabulary import check_names, misnamed, vocabulary

FOLDER = Path("crawler/policies")
SHIPPED = load_policy(FOLDER / "kuaishou_2022.toml")
SHANGHAI = ZoneInfo("Asia/Shanghai")
CART = Place("taobao_family", "item_page", "kuaishou", "live_room")
JD_CART = CART._replace(platform="jd")
SMALL = """
name = "small"
version = "1"
title = "A small policy"
time_zone = "Asia/Shanghai"
begins = 2022-01-01

[clauses.sale]
text = "A sale."

[[windows]]
id = "sale"
stores = ["tmall"]
from = 2022-03-01
to = 2022-03-31
clause = "sale"
"""


def ms(text: str) -> int:
    moment = datetime.fromisoformat(text)
    return round((moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)).timestamp() * 1000)


# --- borders, to the millisecond -----------------------------------------------------------------------------------

BORDERS = [
    ("tmall", CART, "2022-02-28 23:59:59.999", "open"),
    ("tmall", CART, "2022-03-01 00:00", "closed"),
    ("tmall", CART, "2022-10-27 23:59:59.999", "closed"),
    ("tmall", CART, "2022-10-28 00:00", "open"),
    ("tmall", CART, "2022-12-31 23:59:59.999", "open"),
    ("tmall", CART, "2023-01-01 00:00", "closed"),
    ("tmall", CART, "2022-10-27T15:59:59.999+00:00", "closed"),
    ("tmall", CART, "2022-10-27T16:00:00+00:00", "open"),
    ("tmall", CART, "2022-12-31T15:59:59.999+00:00", "open"),
    ("tmall", CART, "2022-12-31T16:00:00+00:00", "closed"),
    ("tmall", CART, "2022-12-31T16:30:00+00:00", "closed"),
    ("tmall_global", CART, "2022-10-28 00:00", "open"),
    ("jd_self_operated", JD_CART, "2022-10-28 23:59:59.999", "closed"),
    ("jd_self_operated", JD_CART, "2022-10-29 00:00", "disputed"),
    ("jd_self_operated", JD_CART, "2022-10-29 23:59:59.999", "disputed"),
    ("jd_self_operated", JD_CART, "2022-10-30 00:00", "open"),
    ("jd_self_operated", JD_CART, "2022-11-30 23:59:59.999", "open"),
    ("jd_self_operated", JD_CART, "2022-12-01 00:00", "closed"),
    ("jd_self_operated", JD_CART, "2022-11-30T16:00:00+00:00", "closed"),
    ("jd_self_operated", JD_CART._replace(surface="short_video"), "2022-11-05 12:00", "disputed"),
    ("other_store", Place("meituan", "mini_program", "kuaishou", "live_room"), "2022-10-30 12:00", "open"),
]


@pytest.mark.parametrize(("store", "place", "moment", "state"), BORDERS)
def test_a_window_opens_and_closes_at_local_midnight(store, place, moment, state):
    assert SHIPPED.publishing(store, place).at(ms(moment)).state == state


MONTH = SMALL.replace("from = 2022-03-01\nto = 2022-03-31", 'from = "2022-03"\nto = "2022-05"')


@pytest.mark.parametrize(
    ("moment", "state"),
    [
        ("2022-02-28 23:59:59.999", "closed"),
        ("2022-03-01 00:00", "disputed"),
        ("2022-03-31 23:59:59.999", "disputed"),
        ("2022-04-01 00:00", "open"),
        ("2022-04-30 23:59:59.999", "open"),
        ("2022-05-01 00:00", "disputed"),
        ("2022-05-31 23:59:59.999", "disputed"),
        ("2022-06-01 00:00", "closed"),
    ],
)
def test_a_date_known_only_to_the_month_leaves_its_first_day_to_its_last_undetermined(moment, state):
    assert read_policy(MONTH).publishing("tmall", CART).at(ms(moment)).state == state


@pytest.mark.parametrize(
    ("moment", "banned"),
    [
        ("2021-10-31 23:59:59.999", False),
        ("2021-11-01 00:00", None),
        ("2021-11-30 23:59:59.999", None),
        ("2021-12-01 00:00", True),
    ],
)
def test_a_ban_known_only_to_the_month_is_undetermined_in_that_month(moment, banned):
    place = CART._replace(platform="youzan")
    stands = (ms(moment), ms(moment) + 1)
    assert SHIPPED.banned(frozenset({"other_store"}), place, stands)[0] is banned


def test_a_disputed_day_inside_a_window_is_undetermined_and_its_neighbours_are_open():
    policy = read_policy(SMALL + "disputed = [2022-03-10]\n")
    line = policy.publishing("tmall", CART)
    days = ["2022-03-09 23:59:59.999", "2022-03-10 00:00", "2022-03-10 23:59:59.999", "2022-03-11 00:00"]
    assert [line.at(ms(day)).state for day in days] == ["open", "disputed", "disputed", "open"]


def states(policy, *days):
    line = policy.publishing("tmall", CART)
    return [line.at(ms(day)).state for day in days]


def test_disputed_days_that_adjoin_a_window_are_undetermined_and_those_beyond_them_are_closed():
    policy = read_policy(SMALL + "disputed = [2022-04-02, 2022-02-28, 2022-04-01, 2022-02-27]\n")
    before = ("2022-02-26 12:00", "2022-02-27 00:00", "2022-02-28 23:59:59.999", "2022-03-01 00:00")
    after = ("2022-03-31 23:59:59.999", "2022-04-01 00:00", "2022-04-02 23:59:59.999", "2022-04-03 00:00")
    assert states(policy, *before) == ["closed", "disputed", "disputed", "open"]
    assert states(policy, *after) == ["open", "disputed", "disputed", "closed"]


def test_a_disputed_month_that_holds_a_disputed_day_is_disputed_to_its_end():
    policy = read_policy(SMALL + 'disputed = ["2022-03", 2022-03-10]\n')
    days = ("2022-02-28 12:00", "2022-03-01 00:00", "2022-03-20 12:00", "2022-03-31 12:00", "2022-04-01 00:00")
    assert states(policy, *days) == ["closed", "disputed", "disputed", "disputed", "closed"]


@pytest.mark.parametrize(
    ("day", "pieces"),
    [
        (date(2025, 1, 1), [("open", "2022-03-01", "2022-04-01"), ("disputed", "2025-01-01", "2025-01-02")]),
        (date(2021, 1, 1), [("open", "2022-03-01", "2022-04-01"), ("disputed", "2021-01-01", "2021-01-02")]),
        (
            date(2022, 3, 10),
            [
                ("open", "2022-03-01", "2022-03-10"),
                ("open", "2022-03-11", "2022-04-01"),
                ("disputed", "2022-03-10", "2022-03-11"),
            ],
        ),
    ],
    ids=["after", "before", "within"],
)
def test_a_disputed_day_never_opens_a_day_outside_its_window(day, pieces):
    """Such a file is refused; were it not, the window would still be no longer."""
    window = read_policy(SMALL).terms.windows[0].model_copy(update={"disputed": [Days(day, day)]})
    laid = window_pieces(window, SHANGHAI)
    assert [(piece.state, piece.start, piece.end) for piece in laid] == [(s, ms(a), ms(b)) for s, a, b in pieces]


def test_a_day_without_midnight_begins_when_its_clocks_do():
    text = (
        SMALL.replace("Asia/Shanghai", "America/Sao_Paulo")
        .replace("2022-03-01", "2018-11-04")
        .replace("begins = 2022", "begins = 2018")
    )
    line = read_policy(text).publishing("tmall", CART)
    assert line.at(ms("2018-11-04T02:59:59.999+00:00")).state == "closed"
    assert line.at(ms("2018-11-04T03:00:00+00:00")).state == "open"


def test_a_window_is_only_for_the_surfaces_it_names():
    policy = read_policy(SMALL + 'surfaces = ["live_room"]\n')
    assert policy.has_window("tmall", CART)
    assert not policy.has_window("tmall", CART._replace(surface="merchant"))


def test_where_two_windows_overlap_the_open_one_is_stronger():
    second = (
        SMALL[SMALL.index("[[windows]]") :].replace('"sale"\nst', '"later"\nst').replace("2022-03-01", "2022-03-20")
    )
    policy = read_policy(SMALL + "disputed = [2022-03-25]\n" + second)
    assert policy.publishing("tmall", CART).at(ms("2022-03-25 12:00")).state == "open"


def test_a_later_window_gives_the_shelf_back():
    later = SMALL[SMALL.index("[[windows]]") :].replace('"sale"\nst', '"later"\nst').replace("2022-03", "2022-06")
    line = read_policy(SMALL + later.replace("06-31", "06-30")).shelf("tmall", CART)
    days = ["2022-03-15", "2022-05-15", "2022-06-15", "2022-07-15"]
    assert [line.at(ms(day)).state for day in days] == ["free", "banned", "free", "banned"]


def test_grace_after_the_last_window_is_not_eaten_up_by_an_earlier_one():
    later = SMALL[SMALL.index("[[windows]]") :].replace('"sale"\nst', '"later"\nst').replace("2022-03", "2022-06")
    line = read_policy(SMALL + later.replace("06-31", "06-30") + "grace_days = 5\n").shelf("tmall", CART)
    assert [line.at(ms(day)).state for day in ("2022-07-05 23:59:59.999", "2022-07-06 00:00")] == ["free", "banned"]


TAOBAO = {"tmall", "tmall_global", "taobao_personal", "taobao_enterprise"}


# --- what may be a shop ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("store_type", "confidence", "platform", "scope", "stores"),
    [
        ("tmall", "proved", "taobao", "outbound_commerce", {"tmall"}),
        (
            "tmall",
            "likely",
            "taobao",
            "outbound_commerce",
            {"tmall", "tmall_global", "taobao_personal", "taobao_enterprise"},
        ),
        ("taobao_unspecified", "proved", "taobao", "outbound_commerce", {"taobao_personal", "taobao_enterprise"}),
        ("unknown", "undetermined", "jd", "outbound_commerce", {"jd_self_operated", "jd_pop"}),
        ("unknown", "undetermined", "pinduoduo", "outbound_commerce", {"other_store"}),
        ("unknown", "undetermined", "pinduoduo", "non_commerce", set()),
        ("kuaishou_own", "proved", "kuaishou", "internal", set()),
    ],
)
def test_what_is_not_believed_leaves_open_what_the_platform_can_hold(store_type, confidence, platform, scope, stores):
    assert SHIPPED.possible_stores(store_type, confidence, platform, scope) == stores


def test_a_short_link_may_lead_to_any_shop():
    assert len(SHIPPED.possible_stores("unknown", "undetermined", "shortener", "unresolved")) == 7


def test_a_ban_on_everybody_else_spares_whoever_may_have_a_window():
    stands = (ms("2022-11-05"), ms("2022-11-05") + 1)
    assert SHIPPED.banned(frozenset({"jd_pop"}), JD_CART, stands) == (True, "everybody_else")
    assert SHIPPED.banned(frozenset({"jd_self_operated"}), JD_CART, stands) == (False, "")
    assert SHIPPED.banned(frozenset({"jd_self_operated", "jd_pop"}), JD_CART, stands) == (None, "everybody_else")


# --- files that are refused -----------------------------------------------------------------------------------------

EXCEPTION = """[[exceptions]]
shop_id = "1"
approved_by = "li"
reason = "s"
from = 2022-03-01
until = {until}
[clauses.sale]"""

REFUSED = [
    ('name = "small"', "name = small", "policy:2: name = small: not TOML"),
    (
        'title = "A small policy"',
        'title = "A"\ntitle = "B"',
        'policy:5: title = "B": not TOML: Cannot overwrite a value (at line 5, column 12); it stands there twice',
    ),
    ('text = "A sale."', 'text = "A sale."\n[clauses.sale]', "policy:10: [clauses.sale]: not TOML: Cannot declare"),
    ('title = "A small policy"\n', "", "policy:1: title: is missing; add `title = ...`"),
    ('[clauses.sale]\ntext = "A sale."\n', "", "policy:1: clauses: is missing; add [clauses.NAME] for each"),
    (
        'stores = ["tmall"]',
        'store = ["tmall"]',
        "policy:13: windows 'sale', store: is not a key here; did you mean 'stores'?",
    ),
    (
        'stores = ["tmall"]',
        'stores = ["tmal"]',
        "policy:13: windows 'sale', stores #1: 'tmal' is not known here; did you mean 'tmall'?",
    ),
    (
        'stores = ["tmall"]',
        'stores = ["taobao_unspecified"]',
        "policy:13: windows 'sale', stores #1: 'taobao_unspecified' is not known here; known are: jd_pop, ",
    ),
    ("from = 2022-03-01", "from = 2022-03-01T00:00:00", "policy:14: windows 'sale', from: name a local day"),
    ("from = 2022-03-01", 'from = "March"', "policy:14: windows 'sale', from: write a day as 2022-10-28, or a month"),
    ("from = 2022-03-01", 'from = "2022-13"', "policy:14: windows 'sale', from: no calendar holds 2022-13; correct it"),
    (
        "from = 2022-03-01",
        "from = 0022-03-01",
        "policy:14: windows 'sale', from: the year must lie between 2000 and 2100",
    ),
    (
        "to = 2022-03-31",
        "to = 2022-02-28",
        "policy:11: windows 'sale': `to` (2022-02-28) lies before `from` (2022-03-01)",
    ),
    (
        'stores = ["tmall"]\n',
        "",
        "policy:11: windows 'sale': a window opens for somebody: name `stores` or `platforms`",
    ),
    (
        'clause = "sale"',
        'clause = "sail"',
        "policy:16: windows 'sale', clause: there is no clause 'sail' in this file; did you mean 'sale'?",
    ),
    ('time_zone = "Asia/Shanghai"', 'time_zone = "Shanghai"', "policy:5: time_zone: write the name of a time zone"),
    ("begins = 2022-01-01", "begins = 2022", "policy:6: begins: must be a day, as 2022-10-28, or a month of which"),
    (
        "from = 2022-03-01",
        'from = "2022-03-00"',
        "policy:14: windows 'sale', from: no calendar holds 2022-03-00; correct",
    ),
    ("from = 2022-03-01", 'from = "0000-13"', "policy:14: windows 'sale', from: the year must lie between 2000 and"),
    (
        'id = "sale"',
        'id = "Sale!"',
        "policy:12: windows #1, id: 'Sale!' is no name; write small letters, digits and _ alone, such as 'sale'",
    ),
    (
        "[clauses.sale]",
        "[rules.label_mismatch]\nseverity = 'grave'\n[clauses.sale]",
        "policy:9: rules.label_mismatch.severity: 'grave' is not known here; known are: critical, info, major, minor",
    ),
    (
        "[clauses.sale]",
        "[[exceptions]]\nuntil = 2022-03-01\nitem_id = '1'\n[clauses.sale]",
        "policy:8: exceptions #1, approved_by: is missing",
    ),
    (
        "[clauses.sale]",
        EXCEPTION.format(until="2022-03-01").replace("shop_id", "rules = ['label_mismatch'] #"),
        "policy:8: exceptions #1: name the `shop_id`, `item_id` or `owner_id` that is excepted",
    ),
    (
        "[clauses.sale]",
        "[[bans]]\nid = 'x'\nclause = 'sale'\n[clauses.sale]",
        "policy:8: bans 'x': a ban is on somebody: name `stores` or `platforms`, or else",
    ),
    (
        "[clauses.sale]",
        "[[bans]]\nid = 'x'\nothers = true\nstores = ['jd_pop']\nclause = 'sale'\n[clauses.sale]",
        "policy:8: bans 'x': `others = true` bans everybody for whom no window was written, and `stores` names some",
    ),
    (
        "[clauses.sale]",
        "[[bans]]\nid = 'sale'\nothers = true\nclause = 'sale'\n[clauses.sale]",
        "policy:9: bans 'sale', id: 'sale' is the id of another one above",
    ),
    (
        'clause = "sale"',
        'clause = "sale"\ndisputed = [2022-03-10, 2025-01-01]',
        "policy:17: windows 'sale', disputed #2: 2025-01-01 lies apart from the days from 2022-03-01 to 2022-03-31",
    ),
    (
        'clause = "sale"',
        'clause = "sale"\ndisputed = [2022-02-27]',
        "policy:17: windows 'sale', disputed #1: 2022-02-27 lies",
    ),
    (
        'clause = "sale"',
        'clause = "sale"\ndisputed = [2022-04-02]',
        "policy:17: windows 'sale', disputed #1: 2022-04-02 lies",
    ),
    (
        'clause = "sale"',
        'clause = "sale"\ndisputed = ["2022-05"]',
        "policy:17: windows 'sale', disputed #1: 2022-05 lies",
    ),
    (
        "to = 2022-03-31",
        "disputed = [2022-02-27, 2021-03-01]",
        "policy:15: windows 'sale', disputed #1: 2022-02-27 lies apart from the days from 2022-03-01; name one of",
    ),
    (
        "[clauses.sale]",
        "[[bans]]\nid = 'x'\nothers = true\nclause = 'sale'\ndisputed = [2021-12-30]\n[clauses.sale]",
        "policy:12: bans 'x', disputed #1: 2021-12-30 lies apart from the days from 2022-01-01; name one of",
    ),
    (
        "[clauses.sale]",
        EXCEPTION.format(until="2022-02-28"),
        "policy:8: exceptions #1: `until` (2022-02-28) lies before `from` (2022-03-01); swap or correct them",
    ),
]

ENTRIES = """
title = "A small policy" -> title = 1
    4: title: must be text in quotes, not 1
title = "A small policy" -> title = ""
    4: title: is empty; write what it is
stores = ["tmall"] -> stores = "tmall"
    13: windows 'sale', stores: must be a list, in square brackets, not 'tmall'
stores = ["tmall"] -> stores = {tmall = true}
    13: windows 'sale', stores: must be a list, in square brackets, not a table
title = "A small policy" -> title = "x"|"" = 1
    5: '': is not a key here; known are: accuse_on,
title = "A small policy" -> title = "x"|exceptions = [[]]
    5: exceptions #1: must be a table, not a list
stores = ["tmall"] -> stores = ["tmall", 3]
    13: windows 'sale', stores #2: 3 is not known here; known are: jd_pop,
stores = ["tmall"] -> platforms = ["jd", "taobao", 3, true]
    13: windows 'sale', platforms #3: must be text in quotes, not 3
stores = ["tmall"] -> platforms = [["jd"]]
    13: windows 'sale', platforms #1: must be text in quotes, not a list
clause = "sale" -> clause = "sale"|grace_days = "3"
    17: windows 'sale', grace_days: must be a whole number without quotes, not '3'
clause = "sale" -> clause = "sale"|grace_days = -1
    17: windows 'sale', grace_days: must be 0 or more, not -1
clause = "sale" -> clause = "sale"|grace_days = 9999
    17: windows 'sale', grace_days: must be 3660 or less, not 9999
clause = "sale" -> clause = "sale"|disputed = [2022-03-05, 7]
    17: windows 'sale', disputed #2: must be a day, as 2022-10-28, or a month of which the day is not known, as "2022-10", not 7
[[windows]] -> [windows]
    11: windows: is one table and must be a list of them; write [[windows]] above each
[clauses.sale] -> [[clauses.sale]]
    8: clauses.sale: is a list of tables and must be one; write [clauses.sale] above it
[clauses.sale] -> [clauses."Big Sale"]|text = "x"|[clauses.sale]
    8: clauses.Big Sale: 'Big Sale' is no name; write small letters, digits and _ alone, such as 'big_sale'
[clauses.sale] -> [rules.label_mismatch]|enabled = "yes"|[clauses.sale]
    9: rules.label_mismatch.enabled: must be true or false without quotes, not 'yes'
[clauses.sale] -> [[bans]]|others = true|clause = "sale"|id = "a"|[[bans]]|others = 1|clause = "sale"|id = "b"|[clauses.sale]
    13: bans 'b', others: must be true or false without quotes, not 1
[clauses.sale] -> [[exceptions]]|until = 2022-03-01|approved_by = "l"|reason = "s"|item_id = "1"|shop_id = ""|[clauses.sale]
    13: exceptions #1, shop_id: is empty; write what it is
[clauses.sale] -> [alliances.taobao]|stores = ["tmall"]|hosts = []|pid_prefixes = ["mm_", ""]|[clauses.sale]
    11: alliances.taobao.pid_prefixes #2: is empty, and so fits every address; write how a promoter's number begins
[clauses.sale] -> [alliances.taobao]|stores = ["tmall"]|hosts = []|pid_prefixes = ["mm-"]|[clauses.sale]
    11: alliances.taobao.pid_prefixes #1: no number begins with 'mm-'; write letters, digits and _ alone
[clauses.sale] -> [alliances.taobao]|stores = ["tmall"]|hosts = [""]|[clauses.sale]
    10: alliances.taobao.hosts #1: '' is no host; write the host alone: such as 's.click.taobao.com'
[clauses.sale] -> [alliances.taobao]|stores = ["tmall"]|hosts = []|[clauses.sale]
    8: alliances.taobao: no link could go through this alliance; name its `hosts` or `pid_prefixes`
"""  # noqa: E501 - what is replaced by what, then what is said of it
_ENTRY_LINES = ENTRIES.strip().splitlines()
REFUSED += [
    (*change.replace("|", "\n").split(" -> "), f"policy:{message.strip()}")
    for change, message in zip(_ENTRY_LINES[::2], _ENTRY_LINES[1::2], strict=True)
]

ALLIANCE = """[alliances.taobao]
stores = ["tmall"]
hosts = ["uland.taobao.com", {host}]
[clauses.sale]"""
HOST_FAULT = "policy:10: alliances.taobao.hosts #2: {host!r} is no host; write the host alone: {cure!r}"
REFUSED += [
    ("[clauses.sale]", ALLIANCE.format(host=f"'{host}'"), HOST_FAULT.format(host=host, cure="s.click.taobao.com"))
    for host in (
        "https://s.click.taobao.com/",
        "s.click.taobao.com/t",
        "s.click.taobao.com:443",
        "S.click.Taobao.com",
        "*.s.click.taobao.com",
        "s.click.taobao.com.",
    )
]
REFUSED += [
    (
        "[clauses.sale]",
        ALLIANCE.format(host="'taobao'"),
        "policy:10: alliances.taobao.hosts #2: 'taobao' is no host; write the host alone: such as 's.click.taobao.com'",
    ),
]

SOUND = [
    ("[clauses.sale]", ALLIANCE.format(host="'s.click.taobao.com'")),
    ("[clauses.sale]", ALLIANCE.format(host="'xn--fiq228c.x-y.1688.com'")),
    ("[clauses.sale]", ALLIANCE.format(host="'a.cn'").replace("[clauses", "pid_prefixes = ['mm_', '100']\n[clauses")),
    (
        "[clauses.sale]",
        "[alliances.taobao]\nstores = ['tmall']\nhosts = []\npid_prefixes = ['mm_']\n[clauses.sale]",
    ),
    ('clause = "sale"', 'clause = "sale"\ndisputed = [2022-03-01, 2022-03-31]'),
    ('clause = "sale"', 'clause = "sale"\ndisputed = [2022-02-27, 2022-02-28, 2022-04-02, 2022-04-01]'),
    ('clause = "sale"', 'clause = "sale"\ndisputed = ["2022-02", "2022-04", 2022-05-01]'),
    ("to = 2022-03-31", "disputed = [2025-01-01]"),
    ("from = 2022-03-01", "disputed = [2021-01-01]"),
    (
        "[clauses.sale]",
        "[[bans]]\nid = 'x'\nothers = true\nclause = 'sale'\ndisputed = [2021-12-31]\n[clauses.sale]",
    ),
    ("[clauses.sale]", EXCEPTION.format(until="2022-03-01")),
]


@pytest.mark.parametrize(("old", "new"), SOUND, ids=lambda value: value[:60])
def test_days_that_hang_together_are_not_refused(old, new, tmp_path):
    path = tmp_path / "sound.toml"
    path.write_text(SMALL.replace(old, new))
    assert old in SMALL
    assert check_policy(path) == []


@pytest.mark.parametrize(("old", "new", "message"), REFUSED, ids=lambda value: value[:40])
def test_a_faulty_file_is_refused_with_line_key_and_cure(old, new, message):
    assert old in SMALL
    with pytest.raises(PolicyError) as caught:
        read_policy(SMALL.replace(old, new))
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_the_small_policy_is_sound():
    assert read_policy(SMALL).name == "small"


def test_check_names_every_problem_of_a_file(tmp_path):
    path = tmp_path / "faulty.toml"
    path.write_text(SMALL.replace("version", "versoin").replace("grace", "g") + "listed = 'never'\n")
    assert check_policy(path) == [
        f"{path}:1: version: is missing; add `version = ...`",
        f"{path}:3: versoin: is not a key here; did you mean 'version'?",
        f"{path}:17: windows 'sale', listed: 'never' is not known here; known are: allowed, undetermined, violation",
    ]


EVERY_KIND = """name = "many"
version = 1
title = "Faults of every kind"
time_zone = "Asia/Shanghai"
begins = 2022-01-01
sites = ["kuaishuo"]
[clauses.sale]
text = "A sale."
[[windows]]
id = "a"
clause = "sail"
stores = ["tmall"]
grace = 3
from = 2022-03-01
to = 2022-02-01
disputed = [2022-03-05]
[[bans]]
id = "a"
clause = "sale"
platforms = ["pinduodo"]
from = 2022-13
[[windows]]
id = "b"
clause = "sale"
store = ["jd_pop"]
surfaces = ["liveroom"]
[rules.label_mismach]
severity = "grave"
"""


def test_check_names_faults_of_every_kind_at_once_in_the_order_of_the_file(tmp_path):
    path = tmp_path / "many.toml"
    path.write_text(EVERY_KIND.replace("2022-13", '"2022-13"'))
    assert [line.removeprefix(f"{path}:").split(";")[0] for line in check_policy(path, vocabulary())] == [
        "2: version: must be text in quotes, not 1",
        "6: sites: there is no site 'kuaishuo'",
        "9: windows 'a': `to` (2022-02-01) lies before `from` (2022-03-01)",
        "11: windows 'a', clause: there is no clause 'sail' in this file",
        "13: windows 'a', grace: is not a key here",
        "16: windows 'a', disputed #1: 2022-03-05 lies apart from the days from 2022-03-01 to 2022-02-01",
        "18: bans 'a', id: 'a' is the id of another one above",
        "20: bans 'a', platforms: there is no platform 'pinduodo'",
        "21: bans 'a', from: no calendar holds 2022-13",
        "25: windows 'b', store: is not a key here",
        "26: windows 'b', surfaces: there is no surface 'liveroom'",
        "27: rules.label_mismach: there is no rule 'label_mismach'",
        "28: rules.label_mismach.severity: 'grave' is not known here",
    ]


@settings(deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.dates(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["windows", "bans", "exceptions", "clauses", "rules", "stores", "from", "to", "disputed"]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    ).filter(lambda value: isinstance(value, dict))
)
def test_values_of_any_kind_are_passed_over_by_what_looks_for_contradictions(raw):
    for place, cure in (*contradictions(raw), *unknown_names(raw, vocabulary())):
        assert place[0] in raw
        assert cure


ANY_VALUE = st.recursive(
    st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.dates() | st.times() | st.datetimes(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["id", "text", "sale"]), inner),
    max_leaves=4,
)
PLACES = [
    *file.PolicyFile.model_fields,
    *(
        (name, key)
        for name in ("windows", "bans", "exceptions")
        for key in ("id", "stores", "from", "grace_days", "rules")
    ),
    *((name, "x", key) for name in ("clauses", "rules", "alliances") for key in ("text", "enabled", "pid_prefixes")),
]


def laid(place, value):
    """A file that holds a value at a place, and else what the small policy holds."""
    name, *inner = (place,) if isinstance(place, str) else place
    for key in reversed(inner):
        value = {key: value}
    return tomllib.loads(SMALL) | {name: [value] if name in {"windows", "bans", "exceptions"} and inner else value}


@settings(deadline=None)
@given(st.sampled_from(PLACES), ANY_VALUE)
def test_whatever_stands_anywhere_is_refused_in_our_words(place, value):
    try:
        file.PolicyFile.model_validate(laid(place, value))
    except ValidationError as error:
        cures = [cure for _, cure in problems_of(error, file.PolicyFile)]
        assert not [cure for cure in cures if re.match("Input|String|List|Value|Dictionary", cure)]


def test_what_follows_from_a_misspelt_key_is_no_fault_of_its_own():
    window = {"id": "a", "clause": "sale", "store": ["tmall"]}
    raw = {"clauses": {"sale": {}}, "windows": [window]}
    assert list(contradictions(raw)) == []
    del window["store"]
    assert [place for place, _ in contradictions(raw)] == [("windows", 0)]


def test_a_file_that_is_not_there_or_not_utf8_is_refused_by_name(tmp_path):
    path = tmp_path / "policy.toml"
    assert check_policy(path) == [f"{path}: cannot be read (No such file or directory); give the path of a policy file"]
    path.write_bytes(b'name = "\xff"')
    with pytest.raises(PolicyError, match="byte 8 is not UTF-8"):
        load_policy(path)


def test_a_mark_that_an_editor_wrote_at_the_start_is_none_of_the_policy(tmp_path):
    path = tmp_path / "policy.toml"
    path.write_bytes(SHIPPED.text.encode("utf-8-sig"))
    assert load_policy(path).digest == SHIPPED.digest


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_a_policy_or_refused_in_one_line(text):
    with pytest.raises(PolicyError, match=r"\Apolicy:"):
        read_policy(text)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_a_shipped_policy_is_sound_and_names_rules_that_exist(path):
    assert check_policy(path) == []
    assert misnamed(load_policy(path)) == []
    assert load_policy(path).name == path.stem


MISNAMED = """
stores = ["tmall"] -> platforms = ["tabao"]
    13: windows 'sale', platforms: there is no platform 'tabao'; did you mean 'taobao'?
from = -> kinds = ["miniprogram"]|from =
    14: windows 'sale', kinds: there is no kind of link 'miniprogram'; did you mean 'mini_program'?
from = -> sites = ["kuaishuo"]|from =
    14: windows 'sale', sites: there is no site 'kuaishuo'; did you mean 'kuaishou'?
from = -> surfaces = ["live_room", "liveroom"]|from =
    14: windows 'sale', surfaces: there is no surface 'liveroom'; did you mean 'live_room'?
from = -> except_surfaces = ["shelf"]|from =
    14: windows 'sale', except_surfaces: there is no surface 'shelf'; known are: live_room, merchant,
begins = -> sites = ["douyin"]|begins =
    6: sites: there is no site 'douyin'; known are: kuaishou
[clauses.sale] -> [rules.label_mismach]|enabled = false|[clauses.sale]
    8: rules.label_mismach: there is no rule 'label_mismach'; did you mean 'label_mismatch'?
[clauses.sale] -> [rules.label_mismatch]|surfaces = ["product", "merchnt"]|[clauses.sale]
    9: rules.label_mismatch.surfaces: there is no surface 'merchnt'; did you mean 'merchant'?
[clauses.sale] -> [[bans]]|id = 'x'|clause = 'sale'|platforms = ['pinduodo']|[clauses.sale]
    11: bans 'x', platforms: there is no platform 'pinduodo'; did you mean 'pinduoduo'?
[clauses.sale] -> [[bans]]|id = 'x'|clause = 'sale'|platforms = ['alibaba_1688']|[clauses.sale]
    11: bans 'x', platforms: there is no platform 'alibaba_1688'; known are: 1688, aliexpress,
[clauses.sale] -> [[exceptions]]|until = 2022-03-01|approved_by = 'li'|reason = 's'|shop_id = '1'|rules = ['x']|[clauses.sale]
    13: exceptions #1, rules: there is no rule 'x'; known are:
"""  # noqa: E501 - what is replaced by what, then what is said of it


def misnamings():
    lines = MISNAMED.strip().splitlines()
    for change, message in zip(lines[::2], lines[1::2], strict=True):
        old, new = change.split(" -> ")
        yield old, new.replace("|", "\n"), message.strip()


@pytest.mark.parametrize(("old", "new", "message"), list(misnamings()), ids=lambda value: value[:40])
def test_a_name_that_nothing_bears_is_refused_with_line_key_and_cure(old, new, message):
    policy = read_policy(SMALL.replace(old, new, 1), "small.toml")
    (told,) = misnamed(policy)
    assert told.startswith(f"small.toml:{message}")
    with pytest.raises(PolicyError, match=re.escape(message)):
        check_names(policy)


def test_every_misnamed_thing_is_told_in_the_order_of_the_file():
    text = SMALL.replace('stores = ["tmall"]', 'platforms = ["tabao", "taobao", "jdd"]').replace(
        "[clauses.sale]", "[rules.nothing]\n[clauses.sale]"
    )
    policy = read_policy(text)
    assert [line.split(";")[0] for line in misnamed(policy)] == [
        "policy:8: rules.nothing: there is no rule 'nothing'",
        "policy:14: windows 'sale', platforms: there is no platform 'jdd'",
        "policy:14: windows 'sale', platforms: there is no platform 'tabao'",
    ]
    with pytest.raises(PolicyError, match=r"there is no rule 'nothing'.*\(and 2 more: cartwatch policy check"):
        check_names(policy)


@pytest.mark.parametrize("path", sorted(Path("tests/data/platforms").glob("*.jsonl")), ids=lambda path: path.stem)
def test_a_policy_may_use_every_name_that_an_address_is_given(path):
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    facts = [classify_url(row["url"]) for row in rows]
    assert {fact.platform for fact in facts} - vocabulary().platforms == set()
    assert {fact.kind for fact in facts} - vocabulary().kinds == set()


def test_a_surface_gives_targets_of_its_site():
    for address in SampleWorld().targets:
        target = recognise(address, load_surfaces())
        assert target is None or target.site == load_surfaces()[target.surface].site


def test_a_policy_is_known_by_the_digest_of_its_text():
    assert SHIPPED.digest == hashlib.sha256((FOLDER / "kuaishou_2022.toml").read_bytes()).hexdigest()
    assert read_policy(SHIPPED.text) == SHIPPED
    assert read_policy(SHIPPED.text + "\n").digest != SHIPPED.digest


def test_the_template_shows_every_key():
    text = (FOLDER / "template.toml").read_text()
    models = (file.PolicyFile, file.Clause, file.Window, file.Ban, file.Waiver, file.RuleSetting, file.Alliance)
    keys = {info.alias or name for model in models for name, info in model.model_fields.items()}
    assert [key for key in sorted(keys) if not re.search(rf"\b{key}\b", text)] == []


# --- words and pictures -----------------------------------------------------------------------------------------------


TEMPLATE_SAYS = """
What this policy is, in one line (template 1), from 2030-01-01 on, in local days of Asia/Shanghai.
tmall_in_spring: tmall, tmall_global may be linked on live_room from 2030-03-01 to 2030-03-31; disputed: 2030-02-28. A link still listed 3 days after it closed: violation. [spring_sale: In March 2030 Tmall products may be linked in live rooms.]
everybody_else: everybody for whom no window was written may not be linked on any surface from 2030-01-01. [only: Nothing else may be linked.]
shop 123456 is excepted from third_party_store_link until 2030-03-15, by name of a person: why
personal_store_link: applied, critical.
label_mismatch: not applied.
share_text_evasion: applied, on live_room only.
not_through_alliance: applied.
A store type that is only likely accuses nobody and clears nobody.
"""  # noqa: E501 - one sentence a line


def test_each_window_ban_exception_and_rule_has_its_sentence():
    told = sentences(load_policy(FOLDER / "template.toml"))
    assert "\n".join(told) == TEMPLATE_SAYS.strip()


@pytest.mark.parametrize(
    ("days", "said"),
    [(0, "still listed after it closed:"), (1, "still listed a day after it"), (2, "still listed 2 days after it")],
)
def test_the_grace_of_a_window_is_told_as_a_person_says_it(days, said):
    told = sentences(read_policy(f"{SMALL}grace_days = {days}\n"))
    assert sum(said in sentence for sentence in told) == 1
    assert not any("0 days" in sentence for sentence in told)


def test_a_policy_without_windows_and_bans_has_no_timeline():
    bare = read_policy(SMALL.partition("[[windows]]")[0])
    assert timeline_text(bare) == "This policy names no window and no ban: there is nothing to draw."


def test_the_timeline_is_drawn_in_half_months():
    assert timeline_text(SHIPPED) == (
        "                       |21-10|22-01|22-04|22-07|22-10|23-01\n"
        "tmall_reopened         ·························█████··\n"
        "jd_reopened            ·························▒██····\n"
        "jd_elsewhere           ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒\n"
        "meituan_mini_programs  ····▒▒██████████████████████████\n"
        "youzan_mockuai         ··▒▒✕✕✕✕✕✕✕✕✕✕✕✕✕✕✕✕✕✕✕✕✕✕✕✕✕✕✕✕\n"
        "taobao_personal        ··········✕✕✕✕✕✕✕✕✕✕✕✕✕✕✕✕✕✕✕✕✕✕\n"
        "everybody_else         ··········✕✕✕✕✕✕✕✕✕✕✕✕✕✕✕✕✕✕✕✕✕✕\n"
        "\n"
        "█ may be linked  ▒ not certain  · closed, or nothing said  ✕ may not be linked\n"
        "(Asia/Shanghai)"
    )


@pytest.mark.parametrize(
    ("day", "cells"),
    [("2022-10-31", "▒██"), ("2022-11-01", "▒█"), ("2022-11-30", "█▒"), ("2022-12-01", "██▒")],
)
def test_a_disputed_day_is_drawn_wherever_in_its_month_it_lies(day, cells):
    terms = f"from = 2022-11-01\nto = 2022-11-30\ndisputed = [{day}]\nlisted = 'violation'\nclause = 'sale'"
    policy = read_policy(f'{SMALL}\n[[windows]]\nid = "one"\nstores = ["tmall"]\n{terms}\n')
    line = next(line for line in timeline_text(policy).splitlines() if line.startswith("one"))
    assert line.split()[1].strip("·") == cells
    (disputed,) = (bar for bar in ET.fromstring(timeline_svg(policy)).iter(f"{SVG}rect") if is_disputed_bar(bar))
    assert float(disputed.get("width")) >= 4


def is_disputed_bar(bar):
    return any(title.text == "not certain" for title in bar)


def test_both_edges_of_the_picture_are_named():
    texts = [text.text for text in ET.fromstring(timeline_svg(SHIPPED)).iter(f"{SVG}text")]
    named = [text for text in texts if re.fullmatch(r"\d{4}-\d\d", text)]
    assert (named[0], named[-1]) == ("2021-10", "2023-02")


def test_the_timeline_as_data_has_every_border_of_every_window_and_ban():
    rows = timeline_rows(SHIPPED)
    assert [row for row in rows if row["id"] == "jd_reopened"] == [
        {"id": "jd_reopened", "state": "closed", "from_ms": None, "to_ms": ms("2022-10-29")},
        {"id": "jd_reopened", "state": "disputed", "from_ms": ms("2022-10-29"), "to_ms": ms("2022-10-30")},
        {"id": "jd_reopened", "state": "open", "from_ms": ms("2022-10-30"), "to_ms": ms("2022-12-01")},
        {"id": "jd_reopened", "state": "closed", "from_ms": ms("2022-12-01"), "to_ms": None},
    ]
    named = {scope.id for scope in (*SHIPPED.terms.windows, *SHIPPED.terms.bans)}
    assert {row["id"] for row in rows} == named


SVG = "{http://www.w3.org/2000/svg}"
LONG_NAMES = SHIPPED.text.replace('id = "jd_reopened"', f'id = "{"jd_reopened_" * 8}"').replace(
    'title = "Kuaishou', f'title = "{"直播间的第三方店铺链接" * 12}'
)


def of_many_months(last):
    """The shipped policy with a window that ends on another day, with names too long for the picture."""
    return read_policy(LONG_NAMES.replace("to = 2022-12-31", f"to = {last}"))


@pytest.mark.parametrize("last", ["2022-12-31", "2023-01-31", "2024-01-31", "2025-08-15", "2031-06-30"])
def test_every_word_of_the_picture_stands_within_it_and_beside_the_next(last):
    root = ET.fromstring(timeline_svg(of_many_months(last)))
    ends: dict[str, float] = {}
    for text in root.iter(f"{SVG}text"):
        wide = sum(16 if ord(sign) > 0x2E80 else 8 for sign in text.text)
        left = float(text.get("x"))
        assert ends.get(text.get("y"), 0) < left
        ends[text.get("y")] = left + float(text.get("textLength", wide))
        assert ends[text.get("y")] <= float(root.get("width"))
    bars = [float(bar.get("x")) for bar in root.iter(f"{SVG}rect")]
    names = [text for text in root.iter(f"{SVG}text") if text.text.startswith(("jd_reopened_", "tmall_"))]
    assert [name.get("textLength") for name in names] == [None, "204"]
    assert all(bar >= 8 + 204 for bar in bars)


def test_a_picture_that_leaves_months_out_says_so():
    short, long = of_many_months("2025-08-15"), of_many_months("2025-09-01")
    for draw_it in (timeline_svg, timeline_text):
        assert "months" not in draw_it(short)
        assert "(Asia/Shanghai; the first 48 of 49 months)" in draw_it(long)


def test_the_timeline_is_a_sound_svg_whatever_the_title_says():
    policy = read_policy(SHIPPED.text.replace('title = "Kuaishou', 'title = "<b>&'))
    root = ET.fromstring(timeline_svg(policy))
    words = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert words[0].startswith("<b>&: third-party")
    assert {"tmall_reopened", "everybody_else"} <= set(words)


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (None, None, "at an unknown time"),
        (None, "2022-10-28", "before 2022-10-28 00:00:00"),
        ("2022-10-28", None, "at or after 2022-10-28 00:00:00"),
        ("2022-10-28", "2022-10-29", "at or after 2022-10-28 00:00:00 but before 2022-10-29 00:00:00"),
    ],
)
def test_an_interval_is_told_in_local_words_that_leave_its_end_out(low, high, words):
    assert span_words(low and ms(low), high and ms(high), SHANGHAI) == words


@settings(deadline=None)
@given(st.integers())
def test_any_moment_can_be_told(moment):
    assert moment_words(moment, SHANGHAI)


# --- the line of time ----------------------------------------------------------------------------------------------

edges = st.integers(0, 20)
pieces = st.builds(
    lambda low, length, state: Piece(low, low + length, state, "x"),
    edges,
    st.integers(1, 8),
    st.sampled_from(["open", "disputed"]),
)


@settings(deadline=None)
@given(st.lists(pieces, max_size=6), st.floats(-2, 30))
def test_at_each_moment_the_strongest_piece_holds(laid, moment):
    line = draw(laid, ("open", "disputed", "closed"), "closed")
    over = {piece.state for piece in laid if piece.start <= moment < piece.end}
    assert line.at(moment).state == ("open" if "open" in over else "disputed" if over else "closed")


@settings(deadline=None)
@given(st.lists(pieces, max_size=6), edges, st.integers(1, 8))
def test_an_interval_touches_what_holds_at_any_of_its_moments(laid, low, length):
    line = draw(laid, ("open", "disputed", "closed"), "closed")
    expected = {line.at(tenth / 10).state for tenth in range(low * 10, (low + length) * 10)}
    assert {segment.state for segment in line.touched(low, low + length)} == expected


def test_a_line_without_pieces_is_closed_for_ever():
    line = draw([], ("open", "disputed", "closed"), "closed")
    assert [segment.state for segment in line.touched(-EVER, EVER)] == ["closed"]


def test_moments_of_a_policy_hold_every_border():
    borders = {ms(day) for day in ("2022-03-01", "2022-10-28", "2023-01-01", "2022-10-29", "2022-10-30", "2022-12-01")}
    assert borders | {ms("2021-11-01"), ms("2021-12-01"), ms("2022-01-01")} == set(SHIPPED.moments())
