"""Rules by their data, verdicts in three values, and what must hold for any case at all."""

from __future__ import annotations

import ast
import tomllib
from datetime import datetime
from operator import attrgetter
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler import rules as shelf_of_rules
from crawler.errors import PolicyError
from crawler.evaluate import (
    WHERE_FACTS_HAVE_IT,
    cases,
    check_rules,
    evaluate,
    evaluate_many,
    facts_of,
    load_rules,
    overall,
    quote,
    shop_words,
)
from crawler.reading.policy import load_policy, read_policy
from crawler.shapes import Case, Judgement, Rule
from storage.records import Destination, Interval

SHANGHAI = ZoneInfo("Asia/Shanghai")
SHIPPED = load_policy(Path("crawler/policies/kuaishou_2022.toml"))
RULES = load_rules()
DATA = Path("tests/data/rules")


def ms(text: str) -> int:
    moment = datetime.fromisoformat(text)
    return round((moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)).timestamp() * 1000)


def interval(written: str | list[str]) -> Interval:
    """A moment, ``unknown``, or the two ends of an interval."""
    if written == "unknown":
        return Interval()
    if isinstance(written, str):
        return Interval(ms(written), ms(written) + 1, "stated")
    return Interval(*(None if end == "unknown" else ms(end) for end in written), "bounded")


def shop(fields: dict) -> Destination | None:
    if fields["store_type"] == "unknown" and "reached" not in fields:
        return None
    return Destination(
        platform=fields.get("reached", fields["platform"]),
        store_type=fields["store_type"],
        confidence="undetermined" if fields["store_type"] == "unknown" else fields["confidence"],
        shop_id=fields["shop_id"] or None,
        shop_name=fields["shop_name"],
    )


QUIET = {
    "link_url": "https://s.click.taobao.com/abc1234",
    "platform": "taobao_family",
    "kind": "item_page",
    "scope": "outbound_commerce",
    "surface": "live_room",
    "found_in": "script_state",
    "raw": "https://s.click.taobao.com/abc1234",
    "label": "秋冬新款毛衣",
    "store_type": "tmall",
    "confidence": "proved",
    "shop_id": "12",
    "shop_name": "晓晓的店",
    "outcome": "resolved",
    "published": "2022-11-05 12:00",
    "seen": "2022-11-06 04:00",
    "hops": [],
}
"""A case that breaks nothing; data say only what differs from it."""

OF_THE_TEST = {"name", "says", "reason"}
OF_THE_POLICY = {"grace_days", "listed", "unresolvable"}
OF_THE_CASE = {*QUIET, "reached", "earlier"}


def case_of(given_fields: dict) -> Case:
    unknown = set(given_fields) - OF_THE_TEST - OF_THE_POLICY - OF_THE_CASE
    assert not unknown, f"no such field: {unknown}"
    fields = QUIET | given_fields
    earlier = fields.get("earlier")
    return Case(
        sighting_id="sighting",
        link_id="link",
        page_id="page",
        link_url=fields["link_url"],
        platform=fields["platform"],
        kind=fields["kind"],
        scope=fields["scope"],
        raw=given_fields.get("raw", fields["link_url"]),
        found_in=fields["found_in"],
        label=fields["label"],
        surface=fields["surface"],
        owner_id="owner",
        seen_ms=0 if fields["seen"] == "unknown" else ms(fields["seen"]),
        published=interval(fields["published"]),
        resolution_outcome=fields["outcome"],
        hop_urls=tuple(fields["hops"]),
        destination=shop(fields),
        earlier=Destination(**({"platform": fields["platform"], "confidence": "proved"} | earlier))
        if earlier
        else None,
    )


def policy_of(fields: dict):
    text = SHIPPED.text
    for key in OF_THE_POLICY & set(fields):
        value = fields[key] if isinstance(fields[key], int) else f'"{fields[key]}"'
        old = {"grace_days": "grace_days = 0", "listed": 'listed = "violation"'}.get(key, f'{key} = "undetermined"')
        text = text.replace(old, f"{key} = {value}")
    return read_policy(text)


def data_of(rule: str) -> list[dict]:
    return tomllib.loads((DATA / f"{rule}.toml").read_text())["case"]


def says(judgement: Judgement | None) -> str:
    broken = judgement.broken if judgement else False
    return {True: "violation", None: "undetermined", False: "quiet"}[broken]


CASES = [pytest.param(rule, case, id=f"{rule}: {case['name']}") for rule in RULES for case in data_of(rule)]


def test_every_rule_has_its_data_and_every_datum_its_rule():
    assert {path.stem for path in DATA.glob("*.toml")} == set(RULES)


@pytest.mark.parametrize("rule", RULES)
def test_data_show_a_rule_broken_kept_and_undecided(rule):
    assert {case["says"] for case in data_of(rule)} == {"violation", "quiet", "undetermined"}


@pytest.mark.parametrize(("rule", "fields"), CASES)
def test_a_rule_says_what_its_data_say(rule, fields):
    judgement = RULES[rule].judge(case_of(fields), policy_of(fields))
    assert says(judgement) == fields["says"]


@pytest.mark.parametrize(("rule", "fields"), [case for case in CASES if "reason" in case.values[1]])
def test_a_verdict_gives_its_reason_in_words(rule, fields):
    text = policy_of(fields).text.replace("enabled = false", "enabled = true")
    verdicts = {verdict.rule: verdict for verdict in evaluate([case_of(fields)], read_policy(text), RULES)}
    assert (verdicts[rule].verdict, verdicts[rule].reason) == (fields["says"], fields["reason"])


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_opens_with_the_sentence_of_the_policy(rule):
    first = ast.get_docstring(ast.parse(Path(shelf_of_rules.__path__[0], f"{rule}.py").read_text())).splitlines()[0]
    assert first.endswith(".")
    assert "may" in first or "must" in first


WHAT_MEMORY_TELLS_APART = {
    "platform",
    "kind",
    "scope",
    "site",
    "surface",
    "found_in",
    "resolution_outcome",
    "seen_ms",
    "published",
}


class Watched:
    """A case that notes which of its fields are read, of a destination only what memory does not tell apart."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.read: set[str] = set()

    def __getattr__(self, name):
        if name in {"stores", "windowed_store"}:
            return getattr(self.case, name)
        if name in set(Case._fields) - WHAT_MEMORY_TELLS_APART:
            self.read.add(name)
        return getattr(self.case, name)


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_reads_no_more_of_a_case_than_it_declares(rule):
    read = set()
    for fields in data_of(rule):
        watched = Watched(case_of(fields))
        RULES[rule].judge(watched, policy_of(fields))
        read |= watched.read
    if not RULES[rule].reads:
        assert read - {"destination"} == set()
    else:
        assert read <= {*RULES[rule].reads, "destination"}


@pytest.mark.parametrize(("rule", "fields"), CASES)
def test_a_rule_says_nothing_of_what_it_says_does_not_concern_it(rule, fields):
    case, concerns = case_of(fields), RULES[rule].concerns
    if concerns is not None and not concerns(*(getattr(case, name) for name in RULES[rule].reads)):
        assert RULES[rule].judge(case, policy_of(fields)) is None


@pytest.mark.parametrize("rule", [rule for rule in RULES if RULES[rule].concerns])
def test_a_rule_that_is_choosy_is_asked_where_it_has_something_to_say(rule):
    names, concerns = RULES[rule].reads, RULES[rule].concerns
    answers = {concerns(*(getattr(case_of(fields), name) for name in names)) for fields in data_of(rule)}
    assert answers == {True, False}


def verdicts_of(policy=SHIPPED, rules=RULES, **fields):
    return [(verdict.rule, verdict.verdict) for verdict in evaluate([case_of(fields)], policy, rules)]


def test_a_case_that_breaks_nothing_has_one_verdict_that_says_why():
    (verdict,) = evaluate([case_of({})], SHIPPED, RULES)
    assert (verdict.rule, verdict.verdict, verdict.severity) == ("permitted", "allowed", "")
    assert (
        verdict.reason
        == "tmall, published in the window tmall_reopened (from 2022-10-28 to 2022-12-31) (Asia/Shanghai)"
    )


def test_a_case_has_a_verdict_for_each_rule_that_is_broken_or_cannot_tell():
    found = verdicts_of(store_type="taobao_unspecified", label="天猫同款", found_in="qr_code")
    assert sorted(found) == [
        ("label_mismatch", "undetermined"),
        ("personal_store_link", "undetermined"),
        ("share_text_evasion", "violation"),
        ("third_party_store_link", "violation"),
    ]


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        (("allowed",), "allowed"),
        (("undetermined", "undetermined"), "undetermined"),
        (("undetermined", "violation"), "violation"),
        ((), "allowed"),
    ],
)
def test_one_broken_rule_makes_a_violation_and_one_doubt_a_doubt(values, verdict):
    assert overall(values) == verdict


def test_another_site_is_none_of_the_policys_business():
    case = case_of({"store_type": "taobao_personal"})._replace(site="elsewhere")
    assert list(evaluate([case], SHIPPED, RULES)) == []


def test_an_opt_in_rule_is_applied_only_where_the_policy_says_so():
    case = {"link_url": "https://detail.tmall.com/item.htm?id=1", "raw": ""}
    assert verdicts_of(**case) == [("permitted", "allowed")]
    asking = read_policy(SHIPPED.text.replace("enabled = false", "enabled = true"))
    assert verdicts_of(asking, **case) == [("not_through_alliance", "violation")]


def test_a_rule_that_no_policy_has_heard_of_is_applied():
    stern = Rule(summary="everything is wrong", judge=lambda case, policy: Judgement.breaks("no"))
    assert verdicts_of(rules=RULES | {"stern": stern}) == [("stern", "violation")]


def test_a_rule_may_be_bound_to_surfaces():
    text = SHIPPED.text.replace("[rules.personal_store_link]", '[rules.personal_store_link]\nsurfaces = ["live_room"]')
    policy = read_policy(text)
    assert verdicts_of(policy, store_type="taobao_personal") == [("personal_store_link", "violation")]
    assert verdicts_of(policy, store_type="taobao_personal", surface="merchant") == [("permitted", "allowed")]


def test_severity_and_clause_come_with_the_verdict():
    (verdict,) = evaluate([case_of({"store_type": "taobao_personal"})], SHIPPED, RULES)
    assert (verdict.severity, verdict.clause) == ("critical", "personal")


def test_a_policy_may_believe_what_is_only_likely():
    bold = read_policy(SHIPPED.text.replace('accuse_on = "proved"', 'accuse_on = "likely"'))
    likely = {"store_type": "taobao_personal", "confidence": "likely"}
    assert verdicts_of(bold, **likely) == [("personal_store_link", "violation")]
    assert verdicts_of(SHIPPED, **likely) == [("personal_store_link", "undetermined")]
    assert verdicts_of(bold, confidence="likely") == [("permitted", "allowed")]
    assert verdicts_of(SHIPPED, confidence="likely") == [("unresolvable_link", "undetermined")]


DISGUISED = {
    "link_url": "https://item.jd.com@example.org/1.html",
    "scope": "hostile",
    "platform": "none",
    "store_type": "unknown",
    "outcome": "refused",
}
CUT_OFF = {"platform": "youzan", "kind": "shop_page", "store_type": "other_store", "reached": "youzan"}
PERHAPS_PERSONAL = {"platform": "taobao", "store_type": "unknown", "reached": "taobao"}
OLDER_BAN = SHIPPED.text.replace('id = "taobao_personal"', 'id = "taobao_personal"\nfrom = 2021-11-01')
MONTH_ALONE = SHIPPED.text.replace("begins = 2022-03-01", 'begins = "2022-03"')


@pytest.mark.parametrize(
    ("text", "fields", "seen", "value"),
    [
        (SHIPPED.text, DISGUISED, "2022-02-28 23:59:59.999", "allowed"),
        (SHIPPED.text, DISGUISED, "2022-03-01 00:00", "violation"),
        (SHIPPED.text, DISGUISED, "unknown", "violation"),
        (MONTH_ALONE, DISGUISED, "2022-02-28 23:59:59.999", "allowed"),
        (MONTH_ALONE, DISGUISED, "2022-03-31 23:59:59.999", "undetermined"),
        (MONTH_ALONE, DISGUISED, "2022-04-01 00:00", "violation"),
        (SHIPPED.text, CUT_OFF, "2022-02-28 12:00", "violation"),  # by a ban that is older than its policy
        (SHIPPED.text, CUT_OFF, "2021-10-31 12:00", "allowed"),
        (SHIPPED.text, PERHAPS_PERSONAL, "2022-02-28 12:00", "allowed"),
        (OLDER_BAN, PERHAPS_PERSONAL, "2022-02-28 12:00", "undetermined"),
        (OLDER_BAN, PERHAPS_PERSONAL, "2021-10-31 12:00", "allowed"),
    ],
)
def test_before_a_policy_begins_nothing_was_broken_but_bans_that_name_their_own_day(text, fields, seen, value):
    policy, case = read_policy(text), case_of(fields | {"seen": seen, "published": "unknown"})
    for found in (list(evaluate([case], policy, RULES)), *evaluate_many([facts_of(case)], policy, RULES)):
        assert overall(verdict.verdict for verdict in found) == value
        if text is MONTH_ALONE and value == "undetermined":
            assert found[0].reason.endswith("; whether this policy had begun then is not certain")
        if value == "allowed" and fields is DISGUISED:
            assert found[0].reason.startswith("no rule of this policy was against it before it began (2022-03")


WAIVER = """
[[exceptions]]
rules = ["personal_store_link"]
shop_id = "12"
from = 2022-11-05
until = 2022-11-06
approved_by = "Li"
reason = "a charity sale"
"""


@pytest.mark.parametrize(
    ("seen", "verdict"),
    [
        ("2022-11-04 23:59:59.999", "violation"),
        ("2022-11-05 00:00", "allowed"),
        ("2022-11-06 23:59:59.999", "allowed"),
        ("2022-11-07 00:00", "violation"),
        ("unknown", "violation"),
    ],
)
def test_an_exception_holds_from_its_first_local_day_to_its_last(seen, verdict):
    found = verdicts_of(read_policy(SHIPPED.text + WAIVER), store_type="taobao_personal", seen=seen)
    assert [value for _, value in found] == [verdict]


@pytest.mark.parametrize("changed", [{"shop_id": "13"}, {"store_type": "taobao_enterprise"}])
def test_an_exception_is_for_what_it_names_only(changed):
    fields = {"store_type": "taobao_personal"} | changed
    assert [value for _, value in verdicts_of(read_policy(SHIPPED.text + WAIVER), **fields)] == ["violation"]


def test_a_policy_that_names_a_rule_that_nobody_wrote_is_refused():
    policy = read_policy(SHIPPED.text.replace("[rules.personal_store_link]", "[rules.personal_shop_link]"))
    with pytest.raises(
        PolicyError, match=r"rules\.personal_shop_link: there is no such rule; did you mean 'personal_store_link'"
    ):
        check_rules(policy, RULES)


def test_text_of_a_page_is_quoted_in_one_line_without_controls():
    assert quote("a\nb\x1b[31m\u202ec" + "d" * 200) == "a b [31m c" + "d" * 69 + "…"
    assert shop_words(None) == "the shop"


def test_placeholders_within_the_text_of_a_page_stay_as_they_are():
    (verdict,) = evaluate([case_of({"store_type": "taobao_personal", "shop_name": "{link} {0}"})], SHIPPED, RULES)
    assert verdict.reason.startswith("“{link} {0}” (shop 12) is a Taobao personal store")


# --- what must hold for any case ---------------------------------------------------------------------------------

DAY = 86_400_000
START, END = ms("2021-10-01"), ms("2023-03-01")
moments = st.integers(START, END) | st.sampled_from([int(m) + d for m in SHIPPED.moments() for d in (-1, 0, 1)])


@st.composite
def any_case(draw) -> Case:
    seen = draw(moments)
    low = draw(st.none() | moments.filter(lambda moment: moment <= seen))
    high = draw(st.none() | st.integers((START if low is None else low) + 1, END + DAY))
    store_type, platform = draw(
        st.sampled_from(
            [
                ("tmall", "tmall"),
                ("tmall_global", "tmall"),
                ("taobao_personal", "taobao"),
                ("taobao_unspecified", "taobao"),
                ("jd_self_operated", "jd"),
                ("jd_pop", "jd"),
                ("other_store", "youzan"),
                ("other_store", "meituan"),
                ("unknown", "taobao_family"),
                ("unknown", "shortener"),
                ("kuaishou_own", "kuaishou"),
            ]
        )
    )
    case = case_of(
        {
            "store_type": store_type,
            "platform": platform,
            "confidence": draw(st.sampled_from(["proved", "likely"])),
            "surface": draw(st.sampled_from(["live_room", "short_video", "merchant", "product"])),
            "kind": draw(st.sampled_from(["item_page", "mini_program", "password_token"])),
        }
    )
    return case._replace(seen_ms=seen, published=Interval(low, high, "bounded"))


def value_of(case: Case, policy=SHIPPED) -> str:
    return overall(verdict.verdict for verdict in evaluate([case], policy, RULES))


@settings(deadline=None)
@given(any_case(), st.integers(0, 400 * DAY), st.integers(0, 400 * DAY), st.booleans(), st.booleans())
def test_widening_a_publish_interval_never_turns_a_verdict_into_its_opposite(case, earlier, later, unbound, open_end):
    low, high = case.published.from_ms, case.published.to_ms
    wide = Interval(
        None if unbound or low is None else low - earlier, None if open_end or high is None else high + later, "bounded"
    )
    before, after = value_of(case), value_of(case._replace(published=wide))
    assert after in {before, "undetermined"}


@settings(deadline=None)
@given(any_case(), st.sampled_from(["shop_id", "owner_id"]), st.booleans())
def test_another_exception_never_adds_a_violation(case, key, for_all_rules):
    rules = "" if for_all_rules else 'rules = ["personal_store_link", "published_after_window"]\n'
    value = {"shop_id": "12", "owner_id": "owner"}[key]
    waiver = f'[[exceptions]]\n{rules}{key} = "{value}"\nuntil = 2022-12-15\napproved_by = "Li"\nreason = "-"\n'
    waived = read_policy(f"{SHIPPED.text}\n{waiver}")
    before = {verdict.rule for verdict in evaluate([case], SHIPPED, RULES) if verdict.verdict == "violation"}
    after = {verdict.rule for verdict in evaluate([case], waived, RULES) if verdict.verdict == "violation"}
    assert after <= before


ALL_ASKED = SHIPPED.text.replace("enabled = false", "enabled = true")
texts = st.sampled_from(["", "天猫同款", "京东自营", "https://item。taobao.com/x", "秋冬新款毛衣"])


@settings(deadline=None)
@given(st.lists(st.tuples(any_case(), texts, texts), max_size=8), st.sampled_from(["", WAIVER]))
def test_what_is_remembered_of_cases_alike_changes_no_verdict(given_cases, waiver):
    policy = read_policy(ALL_ASKED + waiver)
    facts = [facts_of(case._replace(raw=raw, label=label)) for case, raw, label in given_cases]
    alone = [list(evaluate(cases([fact]), policy, RULES)) for fact in facts]
    assert list(evaluate_many([*facts, *facts], policy, RULES)) == [*alone, *alone]


@given(any_case())
def test_a_case_and_its_facts_are_one_and_the_same(case):
    assert list(cases([facts_of(case)])) == [case]


def test_every_field_of_a_case_is_known_to_the_facts():
    facts = facts_of(case_of({}))
    assert all(attrgetter(WHERE_FACTS_HAVE_IT.get(name, name))(facts) is not ... for name in Case._fields)


@settings(deadline=None)
@given(any_case(), st.text(max_size=60), st.text(max_size=60))
def test_no_text_of_a_page_stops_a_rule(case, raw, label):
    asking = read_policy(SHIPPED.text.replace("enabled = false", "enabled = true"))
    assert list(evaluate([case._replace(raw=raw, link_url=raw, label=label)], asking, RULES))
