"""Ten nights in the life of some violations, over a real database; then each step of that life by itself."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from crawler.errors import PolicyError
from crawler.evaluate import cases, evaluate, load_rules
from crawler.judging import judge_run
from crawler.life import next_status, next_status_of_void_night
from crawler.reading.policy import load_policy, read_policy
from storage.queries import load_queries
from storage.records import Destination, Interval, Link, Observation, Page, Resolution, Sighting, Step, Target, Visit
from storage.store import Store
from storage.verdicts import Verdicts
from storage.violations import KNOWN, Fault, Violations

ROOMS = {
    number: Target(f"https://live.kuaishou.com/u/room{number}", "live_room", owner_id=f"owner{number}")
    for number in "12"
}
FIRST = load_policy(Path("crawler/policies/kuaishou_2022.toml"))
KINDER = read_policy(
    FIRST.text.replace('stores = ["jd_self_operated"]\nsurf', 'stores = ["jd_self_operated", "jd_pop"]\nsurf')
)
POLICIES = {"first": FIRST, "kinder": KINDER}

SHOPS = {
    "tmall": Destination(platform="tmall", store_type="tmall", confidence="proved", shop_id="1"),
    "personal": Destination(platform="taobao", store_type="taobao_personal", confidence="proved", shop_id="2"),
    "pop": Destination(platform="jd", store_type="jd_pop", confidence="proved", shop_id="3"),
    "pop2": Destination(platform="jd", store_type="jd_pop", confidence="proved", shop_id="4"),
    "walled": None,
}
PICTURE = b"<html>the room as it was seen</html>"
RULES = {"a": "personal_store_link", "b": "personal_store_link", "c": "third_party_store_link"}

# A fault is a room and a link: `1a`. `1b!` is the fault that link b of room 1 leads to another shop than before.
# Rooms show links and where they lead, or why nothing was seen; `-`: nobody looked. What is decided is decided in the
# morning after. `open` is what a compliance team still has on its list then.
NIGHTS = """
night | room 1                | room 2     | policy | what became of it                     | decided           | open
1     | a:personal b:tmall    | c:pop      | first  | 1a,2c=new                             |                   | 1a 2c
2     | a:personal b:tmall    | login_wall | first  | 1a=ongoing 2c=not_observed            | 1a waived till 6  | 2c
3     | b:tmall               | c:pop      | first  | 1a=resolved 2c=ongoing                | 2c false_positive |
4     | a:personal b:personal | c:pop      | first  | 1a=reopened 1b,1b!=new 2c=ongoing     | 1b! confirmed     | 1b 1b!
5     | challenge             | c:pop      | first  | 1a,1b,1b!=not_observed 2c=ongoing     |                   | 1b 1b!
6     | a:personal b:personal | c:pop2     | first  | 1a,1b,1b!,2c=ongoing 2c!=new           |                   | 1a 1b 1b! 2c 2c!
7     | a:walled b:tmall      | partial    | first  | 1a=ongoing 1b,1b!=resolved 2c,2c!=not_observed |              | 1a 2c 2c!
8     | a:walled b:tmall      | c:pop2     | kinder | 1a,2c!=ongoing 1b,1b!,2c=resolved     |                   | 1a 2c!
9     | -                     | c:walled   | kinder | 1a=not_observed 2c=resolved 2c!=ongoing |                 | 1a 2c!
10    |                       | c:pop      | first  | 1a,2c!=resolved 2c=reopened           |                   | 2c
"""  # noqa: E501 - a table


def night_ms(night: int, hour: int = 4) -> int:
    """Night 1 is that of 2022-11-05; each is crawled at four in the morning, and decided upon at ten."""
    return int(datetime.fromisoformat(f"2022-11-{4 + night:02d}T{hour:02d}:00:00+08:00").timestamp() * 1000)


def table(text: str) -> list[dict[str, str]]:
    head, *rows = ([cell.strip() for cell in line.split("|")] for line in text.strip().splitlines())
    return [dict(zip(head, row, strict=True)) for row in rows]


def link_of(name: str) -> Link:
    return Link(
        url=f"https://s.click.taobao.com/{name}", platform="taobao_family", kind="short_link", scope="unresolved"
    )


def fault_of(name: str) -> Fault:
    rule = "destination_changed" if name.endswith("!") else RULES[name[1]]
    return Fault(rule, ROOMS[name[0]].page_id, link_of(name[1]).link_id)


def crawl(store: Store, night: int, rooms: dict[str, str]) -> str:
    looked_at = {number: shown for number, shown in rooms.items() if shown != "-"}
    targets = [ROOMS[number] for number in looked_at]
    run = store.ledger.begin_run("nightly", targets, now_ms=night_ms(night), config={}, code_version="test")
    for number, shown in looked_at.items():
        look_at(store, run, night, ROOMS[number], shown)
    return run


def look_at(store: Store, run: str, night: int, target: Target, shown: str) -> None:
    is_whole = not shown or ":" in shown
    shops = dict(pair.split(":") for pair in shown.split()) if is_whole else {}
    page = Page(
        requested_url=target.url,
        final_url=target.url,
        outcome="ok" if is_whole else shown,
        fetched_ms=night_ms(night),
    )
    published = Interval(night_ms(1) - 1000, night_ms(1) - 999, "stated")
    sightings = tuple(
        Sighting(raw=link_of(name).url, url=link_of(name).url, found_in="anchor", published=published) for name in shops
    )
    visit = Visit(target=target, page=page, product_area_seen=is_whole, sightings=sightings)
    links = [link_of(name) for name in shops]
    store.facts.save_visit(run, visit, links, now_ms=night_ms(night), snapshot=PICTURE if is_whole else None)
    for name, shop in shops.items():
        end = SHOPS[shop]
        outcome = "resolved" if end else "login_wall"
        store.facts.save_resolution(
            run,
            Resolution(
                link_url=link_of(name).url,
                outcome=outcome,
                final_url="https://example.com/",
                destination=end,
                resolved_ms=night_ms(night),
            ),
        )


def judge(store: Store, run: str, policy, night: int):
    verdicts = Verdicts(store.db)
    verdicts.save_policy(policy.digest, policy.name, policy.version, policy.text, now_ms=night_ms(night))
    found = evaluate(cases(verdicts.facts(run)), policy, load_rules())
    verdicts.save(run, policy.digest, found, now_ms=night_ms(night))
    return Violations(store.db).follow(run, policy.digest, next_status, now_ms=night_ms(night))


def decide(store: Store, night: int, words: str) -> None:
    if words:
        name, decision, *till = words.split()
        Violations(store.db).review(
            fault_of(name).violation_id,
            decision,
            reviewer="li",
            now_ms=night_ms(night, hour=10),
            until_ms=night_ms(int(till[1])) if till else None,
            note="the anniversary sale" if till else "",
        )


def expected(words: str) -> dict[str, str]:
    return {name: status for part in words.split() for names, status in [part.split("=")] for name in names.split(",")}


NAMES = {fault_of(name): name for name in ("1a", "1b", "1b!", "2c", "2c!")}
NAMES[Fault("third_party_store_link", ROOMS["1"].page_id, link_of("b").link_id)] = "1b, third party"


def statuses(store: Store) -> dict[str, str]:
    rows = store.db.query("SELECT rule, page_id, link_id, status FROM violations")
    return {NAMES[Fault(row["rule"], row["page_id"], row["link_id"])]: row["status"] for row in rows}


def open_faults(store: Store) -> set[str]:
    by_id = {fault.violation_id: name for fault, name in NAMES.items()}
    return {by_id[row["violation_id"]] for row in store.db.query("SELECT violation_id FROM open_violations")}


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "nights.db", now_ms=night_ms(1)) as opened:
        yield opened


def live_through(store: Store, nights: list[dict[str, str]]) -> dict[str, str]:
    """Live the nights, hold each against its row, and tell the runs by night."""
    runs = {}
    for row in nights:
        night = int(row["night"])
        runs[night] = crawl(store, night, {"1": row["room 1"], "2": row["room 2"]})
        judge(store, runs[night], POLICIES[row["policy"]], night)
        came = expected(row["what became of it"])
        assert {name: statuses(store)[name] for name in came} == came, f"night {night}"
        decide(store, night, row["decided"])
        assert open_faults(store) == set(row["open"].split()), f"night {night}"
    return runs


def test_ten_nights(store):
    live_through(store, table(NIGHTS))


STORY = """
event new: shop 2 is a Taobao personal store, on the shelf at 2022-11-05 04:00:00 (Asia/Shanghai)
event ongoing: shop 2 is a Taobao personal store, on the shelf at 2022-11-06 04:00:00 (Asia/Shanghai)
review waived: the anniversary sale
event resolved: the page was seen whole at 2022-11-07 04:00:00 (Asia/Shanghai), without the link
event reopened: back after it was resolved: shop 2 is a Taobao personal store, on the shelf at 2022-11-08 04:00:00 (Asia/Shanghai)
event not_observed: the page was not seen (challenge); the link was last seen there at 2022-11-08 04:00:00 (Asia/Shanghai)
event ongoing: shop 2 is a Taobao personal store, on the shelf at 2022-11-10 04:00:00 (Asia/Shanghai)
event not_observed: the page was not looked at; the link was last seen there at 2022-11-10 04:00:00 (Asia/Shanghai)
event resolved: the page was seen whole at 2022-11-14 04:00:00 (Asia/Shanghai), without the link
"""  # noqa: E501 - as a person reads it


def test_events_tell_the_whole_story_and_say_why(store):
    live_through(store, table(NIGHTS))
    history = Violations(store.db).history(fault_of("1a").violation_id)
    told = [f"{row['what']} {row['to_status'] or row['decision']}: {row['words']}" for row in history]
    assert "\n".join(told) == STORY.strip()


def test_a_false_positive_is_asked_about_again_once_its_shop_has_changed(store):
    live_through(store, table(NIGHTS)[:6])
    history = Violations(store.db).history(fault_of("2c").violation_id)
    assert [(row["decision"], row["reviewer"]) for row in history if row["what"] == "review"] == [
        ("false_positive", "li"),
        ("needs_info", "cartwatch"),
    ]


def test_judging_the_same_night_twice_changes_nothing(store):
    runs = live_through(store, table(NIGHTS)[:4])
    before = list(store.db.query("SELECT * FROM violation_events ORDER BY event_id")), statuses(store)
    assert not judge(store, runs[4], FIRST, 4)
    assert (list(store.db.query("SELECT * FROM violation_events ORDER BY event_id")), statuses(store)) == before


def test_judging_an_old_night_again_leaves_later_nights_their_say(store):
    runs = live_through(store, table(NIGHTS)[:4])
    before = statuses(store)
    assert not judge(store, runs[1], KINDER, 5)
    assert statuses(store) == before


def test_a_kinder_policy_on_the_same_night_withdraws_what_only_that_night_had_found(store):
    runs = live_through(store, table(NIGHTS)[:1])
    judge(store, runs[1], KINDER, 1)
    assert statuses(store) == {"1a": "new", "2c": "resolved"}
    judge(store, runs[1], FIRST, 1)
    assert statuses(store) == {"1a": "new", "2c": "new"}


def test_a_known_violation_finds_its_verdicts_through_its_page(store):
    """Through the verdicts of the whole run instead, a night with 10,000 known violations is never done."""
    plan = [row[3] for row in store.db.execute(f"EXPLAIN QUERY PLAN {KNOWN}", {"run": "r", "policy": "p"})]
    assert any(step.startswith("SEARCH verdicts USING") and "(sighting_id=?" in step for step in plan)
    assert not any("sightings_link" in step or "verdicts_run" in step for step in plan)


def test_events_and_reviews_can_only_be_added(store):
    live_through(store, table(NIGHTS)[:2])
    for statement in ("UPDATE violation_events SET reason = ''", "DELETE FROM reviews"):
        with pytest.raises(Exception, match="append-only"):
            store.db.execute(statement)


def test_repeat_offenders_and_the_time_to_fix_are_told_by_merchant(store):
    live_through(store, table(NIGHTS))
    sql = {query.name: query.sql for query in load_queries()}
    assert {row["owner_id"] for row in store.db.query(sql["repeat_offenders"])} == {"owner1", "owner2"}
    rows = {row["owner_id"]: row for row in store.db.query(sql["time_to_fix_by_merchant"])}
    assert {owner: (row["violations"], row["fixed"], row["came_back"]) for owner, row in rows.items()} == {
        "owner1": (3, 1, 1),
        "owner2": (2, 0, 1),
    }


@pytest.mark.parametrize(
    ("decision", "until_ms", "violation", "message"),
    [
        ("confirmed", night_ms(9), "1a", "only a waiver has an end"),
        ("waived", night_ms(1), "1a", "must end in the future; name a later day"),
        ("waived", None, "1a", "a waiver must have an end; name its last day"),
        ("confirmed", None, "2a", "there is none"),
    ],
)
def test_a_review_that_cannot_be_is_refused(store, decision, until_ms, violation, message):
    live_through(store, table(NIGHTS)[:1])
    with pytest.raises((ValueError, LookupError), match=message):
        Violations(store.db).review(
            fault_of(violation).violation_id, decision, reviewer="li", now_ms=night_ms(2), until_ms=until_ms
        )


def tied(store: Store, name: str) -> list[tuple[str, str]]:
    """What is kept as evidence of a fault: what it is, and the run that saw it."""
    return [(row["what"], row["run_id"]) for row in Violations(store.db).evidence(fault_of(name).violation_id)]


def test_each_look_that_showed_a_fault_is_tied_to_it_as_evidence(store):
    runs = live_through(store, table(NIGHTS)[:4])
    assert tied(store, "1a") == [("page", runs[1]), ("page", runs[2]), ("page", runs[4])]  # on night 3 it was gone
    assert tied(store, "1b") == [("page", runs[4])]
    assert tied(store, "2c") == [("page", runs[1]), ("page", runs[3]), ("page", runs[4])]  # a login on night 2
    kept = [store.evidence.verify(row["sha256"]) for row in Violations(store.db).evidence(fault_of("1a").violation_id)]
    assert kept == ["whole"] * 3
    before = store.db.execute("SELECT count(*) FROM evidence WHERE violation_id IS NOT NULL").fetchone()
    judge(store, runs[4], FIRST, 4)
    assert store.db.execute("SELECT count(*) FROM evidence WHERE violation_id IS NOT NULL").fetchone() == before
    # A page is weighed once, however many faults it shows.
    assert store.measures.of(runs[4])["live_room: bytes per page"] == len(PICTURE)


SEEN = {"page_outcome": "ok", "is_whole": True, "looked_ms": night_ms(2), "last_seen_ms": night_ms(1)}
STEPS = """
before       | the link was   | the page was | becomes
-            | violation      | whole        | new
-            | undetermined   | whole        | -
-            | allowed        | whole        | -
new          | violation      | whole        | ongoing
new          | violation      | partial      | ongoing
new          | undetermined   | whole        | ongoing
new          | allowed        | whole        | resolved
new          | not there      | whole        | resolved
new          | not there      | partial      | not_observed
new          | not there      | login_wall   | not_observed
new          | not there      | offline      | not_observed
new          | not there      | not looked at | not_observed
not_observed | violation      | whole        | ongoing
not_observed | not there      | whole        | resolved
not_observed | not there      | timeout      | not_observed
resolved     | violation      | whole        | reopened
resolved     | undetermined   | whole        | resolved
resolved     | not there      | timeout      | resolved
reopened     | violation      | whole        | ongoing
reopened     | not there      | whole        | resolved
"""


@pytest.mark.parametrize("row", table(STEPS), ids=lambda row: " / ".join(row.values()))
def test_step_of_a_life(row):
    page = row["the page was"]
    seen = SEEN | ({} if page == "whole" else {"page_outcome": page, "is_whole": False})
    if page == "not looked at":
        seen |= {"page_outcome": None, "looked_ms": None}
    status = None if row["before"] == "-" else row["before"]
    verdict = None if row["the link was"] == "not there" else row["the link was"]
    step = next_status(Observation(status=status, verdict=verdict, **seen))
    assert (step.status if step else "-") == row["becomes"]


def test_a_page_without_its_product_area_is_not_whole():
    seen = Observation(status="new", verdict=None, **(SEEN | {"is_whole": False}))
    last = "the link was last seen there at 2022-11-05 04:00:00 (Asia/Shanghai)"
    assert next_status(seen) == Step("not_observed", f"the product area of the page was not seen; {last}")


@pytest.mark.parametrize(
    ("status", "verdict", "is_whole", "becomes"),
    [
        (None, "violation", True, None),
        ("ongoing", "violation", True, "not_observed"),
        ("ongoing", "allowed", True, "not_observed"),
        ("ongoing", None, True, "not_observed"),
        ("ongoing", None, False, "not_observed"),
        ("resolved", "violation", True, "resolved"),
    ],
)
def test_a_void_night_opens_nothing_and_clears_nothing(status, verdict, is_whole, becomes):
    seen = Observation(status=status, verdict=verdict, is_whole=is_whole, page_outcome="ok", looked_ms=1)
    step = next_status_of_void_night(seen)
    assert (step and step.status) == becomes


@pytest.mark.parametrize(("worth", "becomes"), [("void", "not_observed"), ("complete", "resolved")])
def test_a_link_that_is_gone_is_resolved_unless_the_night_was_void(tmp_path, worth, becomes):
    with Store.open(tmp_path / "nights.db", now_ms=0) as store:
        first = crawl(store, 1, {"1": "a:personal"})
        store.ledger.finish_run(first, "complete", "", now_ms=night_ms(1), stats={})
        judge_run(store, first, FIRST)
        second = crawl(store, 2, {"1": ""})
        store.ledger.finish_run(second, worth, "", now_ms=night_ms(2), stats={})
        judge_run(store, second, FIRST)
        (row,) = store.violations.rows(everything=True)
    assert row["status"] == becomes


def test_a_void_night_leaves_a_fault_as_it_was_last_seen(tmp_path):
    with Store.open(tmp_path / "nights.db", now_ms=0) as store:
        for night, worth in ((1, "complete"), (2, "void")):
            run = crawl(store, night, {"1": "a:personal"})
            store.ledger.finish_run(run, worth, "", now_ms=night_ms(night), stats={})
            judge_run(store, run, FIRST)
        (row,) = store.violations.rows(everything=True)
        assert (row["status"], row["last_seen_ms"], row["last_run"]) == ("not_observed", night_ms(1), row["first_run"])
        assert tied(store, "1a") == [("page", row["first_run"])]


def test_a_shop_that_was_switched_is_at_fault_until_it_is_switched_back(tmp_path):
    shown = ["tmall", "walled", "pop", "pop", "walled", "pop2", "tmall"]
    became = [None, None, "new", "ongoing", "ongoing", "ongoing", "resolved"]
    with Store.open(tmp_path / "nights.db", now_ms=0) as store:
        for night, (shop, status) in enumerate(zip(shown, became, strict=True), 1):
            judge(store, crawl(store, night, {"1": f"b:{shop}"}), FIRST, night)
            assert statuses(store).get("1b!") == status, f"night {night}"


def test_where_a_link_led_in_a_void_night_is_held_against_nobody(tmp_path):
    with Store.open(tmp_path / "nights.db", now_ms=0) as store:
        void = crawl(store, 1, {"1": "b:personal"})
        store.ledger.finish_run(void, "void", "", now_ms=night_ms(1), stats={})
        for night in (2, 3):
            judge(store, crawl(store, night, {"1": "b:tmall"}), FIRST, night)
        assert "1b!" not in statuses(store)


def test_a_run_whose_judgement_was_cut_off_before_its_violations_were_written_counts_as_judged_by_nobody(
    store, monkeypatch
):
    run = crawl(store, 1, {"1": "a:personal b:tmall", "2": "c:pop"})
    with monkeypatch.context() as cut_off:
        cut_off.setattr(store.violations, "_ask_again", lambda _now_ms: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            judge_run(store, run, FIRST)
    assert not store.ledger.is_judged(run)
    assert open_faults(store) == set()
    assert judge_run(store, run, FIRST).violations == {"new": 2}
    assert store.ledger.is_judged(run)
    assert open_faults(store) == {"1a", "2c"}


def test_a_policy_that_is_about_no_page_of_a_run_judges_nothing_and_resolves_nothing(store, monkeypatch):
    run = crawl(store, 1, {"1": "a:personal", "2": "c:pop"})
    judge_run(store, run, FIRST)
    monkeypatch.setattr("crawler.judging.check_names", lambda _policy: None)
    elsewhere = read_policy(FIRST.text.replace('sites = ["kuaishou"]', 'sites = ["elsewhere"]'))
    with pytest.raises(PolicyError, match="this run has no page of elsewhere; nothing was judged"):
        judge_run(store, run, elsewhere)
    assert store.verdicts.judged_by(run) == FIRST.digest
    assert open_faults(store) == {"1a", "2c"}
