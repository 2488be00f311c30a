"""What a reviewer does on the command line: look a violation up with its proof, decide about it, read the policy."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from crawler.cli import main
from crawler.policies import shipped
from storage.store import Store
from tests import storage_night


def run(*arguments):
    return CliRunner(env={"COLUMNS": None}).invoke(
        main, [str(argument) for argument in arguments], catch_exceptions=False
    )


def rows(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def judged(tmp_path):
    """A night with links to a personal store, judged."""
    with Store.open(tmp_path / "night.db", now_ms=1) as store:
        storage_night.play(store)
    assert run("evaluate", "--db", tmp_path / "night.db").exit_code == 0
    return tmp_path / "night.db"


@pytest.fixture
def violation(judged):
    found = rows(run("violations", "--db", judged, "--json"))
    return next(row for row in found if row["evidence"])


def test_each_violation_comes_with_the_page_that_shows_it(violation):
    (page, *_) = violation["evidence"]
    assert (page["what"], page["run_id"]) == ("page", violation["last_run"])
    kept = Path(page["file"]).read_bytes()
    assert kept in storage_night.SNAPSHOT.values()
    assert hashlib.sha256(kept).hexdigest() == page["sha256"]


def test_one_violation_is_told_with_all_that_happened_to_it(judged, violation):
    name = violation["violation_id"]
    assert run("review", name, "needs_info", "--reviewer", "li", "--note", "ask them", "--db", judged).exit_code == 0
    (told,) = rows(run("violations", "--id", name, "--db", judged, "--json"))
    assert [row["to_status"] or row["decision"] for row in told["history"]] == ["new", "needs_info"]
    words = run("violations", "--id", name, "--db", judged).stdout
    for word in (name, "What happened", "needs_info", "ask them", "Evidence", violation["evidence"][0]["sha256"][:8]):
        assert word in words.replace("\n", "")


def test_a_violation_that_a_review_keeps_quiet_can_still_be_looked_up(judged, violation):
    name = violation["violation_id"]
    assert run("review", name, "false_positive", "--reviewer", "li", "--db", judged).exit_code == 0
    assert name not in run("violations", "--db", judged, "--json").stdout
    assert rows(run("violations", "--id", name, "--db", judged, "--json"))[0]["violation_id"] == name


def decide(judged, *decisions):
    """Review as many violations, the first first; gives the identifiers of all."""
    names = [row["violation_id"] for row in rows(run("violations", "--db", judged, "--json"))[:-1]]
    for name, decision in zip(names, decisions, strict=False):
        assert run("review", name, *decision, "--reviewer", "li", "--db", judged).exit_code == 0
    return names


WAIVED, FALSE = ("waived", "--until", "2999-12-31"), ("false_positive",)


@pytest.mark.parametrize(
    ("decisions", "told"),
    [
        ([], ""),
        ([("confirmed",)], ""),
        ([FALSE], "; 1 more is kept quiet (1 false positive); --all lists them"),
        ([WAIVED, FALSE], "; 2 more are kept quiet (1 waived until 2999-12-31, 1 false positive); --all lists them"),
        (
            [WAIVED, ("waived", "--until", "2999-06-30"), FALSE, FALSE],
            "; 4 more are kept quiet (2 waived until 2999-06-30 at the earliest, 2 false positives); --all lists them",
        ),
    ],
)
def test_a_list_says_how_many_more_are_kept_quiet_and_why(judged, decisions, told):
    names = decide(judged, *decisions)
    words = " ".join(run("violations", "--db", judged).stdout.split())
    assert told in words
    assert ("kept quiet" in words) == bool(told)
    *listed, summary = rows(run("violations", "--db", judged, "--json"))
    assert summary["words"].endswith(told)
    quiet = sum(summary["kept_quiet"].values())
    assert quiet == sum(decision != ("confirmed",) for decision in decisions)
    assert (summary["violations"], len(listed)) == (len(names) - quiet, len(names) - quiet)
    assert {row["quiet"] for row in listed} == {None}


def test_all_sets_apart_what_is_kept_quiet_and_what_is_resolved(judged):
    waived, false, gone, *rest = decide(judged, WAIVED, FALSE)
    with Store.open(judged, now_ms=1) as store:
        store.db.execute("UPDATE violations SET status = 'resolved' WHERE violation_id = ?", [gone])
    words = run("violations", "--all", "--db", judged).stdout
    quiet, words = words.removeprefix("Kept quiet by a review\n").split("Resolved\n")
    resolved, open_ones = words.split("Violations\n")
    for part, names in ((quiet, {waived, false}), (resolved, {gone}), (open_ones, set(rest))):
        assert {name for name in (waived, false, gone, *rest) if name in part} == names
    flat = " ".join(quiet.replace("│", " ").split())
    assert "li" in flat
    assert "a false" in flat
    assert "--all lists them" not in words
    *listed, summary = rows(run("violations", "--all", "--db", judged, "--json"))
    assert {row["violation_id"]: row["quiet"] for row in listed if row["quiet"]} == {
        waived: "waived",
        false: "false_positive",
    }
    assert summary["violations"] == len(rest)
    assert summary["words"].endswith("(1 waived until 2999-12-31, 1 false positive); 1 more is resolved")
    assert summary["resolved"] == 1
    assert "resolved" not in rows(run("violations", "--db", judged, "--json"))[-1]


def test_what_is_kept_quiet_is_told_of_the_owner_and_rule_asked_for_alone(judged):
    decide(judged, FALSE)
    assert rows(run("violations", "--owner", "ann", "--db", judged, "--json"))[-1]["kept_quiet"] == {
        "false_positive": 1
    }
    for asked in (("--owner", "bob"), ("--rule", "label_mismatch")):
        assert rows(run("violations", *asked, "--db", judged, "--json"))[-1]["kept_quiet"] == {}


def test_one_violation_says_who_keeps_it_quiet(judged):
    waived, loud, *_ = decide(judged, WAIVED)
    told = [" ".join(run("violations", "--id", name, "--db", judged).stdout.split()) for name in (waived, loud)]
    assert told[0].count("kept quiet waived until 2999-12-31 by li") == told[0].count("kept quiet") == 1
    assert "kept quiet" not in told[1]
    assert "waived until 2999-12-31 by li" in told[0].partition("What happened")[2]


def test_one_violation_is_told_with_the_sentence_of_its_clause(judged, violation):
    words = " ".join(run("violations", "--id", violation["violation_id"], "--db", judged).stdout.split())
    assert "clause personal: Taobao personal stores (淘宝个人店铺) may not be put on the shelf. seen" in words
    with Store.open(judged, now_ms=1) as store:
        store.db.execute("UPDATE runs SET policy_digest = NULL")
    words = " ".join(run("violations", "--id", violation["violation_id"], "--db", judged).stdout.split())
    assert "clause personal seen" in words


@pytest.mark.parametrize("columns", ["60", "80", "200"])
def test_one_violation_is_told_in_lines_that_can_be_read_and_copied_however_narrow(judged, violation, columns):
    asked = ["violations", "--id", violation["violation_id"], "--db", str(judged)]
    words = CliRunner(env={"COLUMNS": columns}).invoke(main, asked).stdout
    assert not set("┃│") & set(words)
    files = [line.split(maxsplit=1)[1] for line in words.splitlines() if line.lstrip().startswith("file")]
    assert files == [kept["file"] for kept in violation["evidence"]]
    for line in words.splitlines():
        assert len(line) <= int(columns) or line.lstrip().startswith("file")


def test_evidence_whose_file_is_gone_is_told_by_its_digest(judged, violation):
    (page, *_) = violation["evidence"]
    Path(page["file"]).unlink()
    words = run("violations", "--id", violation["violation_id"], "--db", judged).stdout
    assert f"file     gone from the folder of evidence; its SHA-256 was {page['sha256']}" in words


def test_a_violation_may_be_named_by_how_it_alone_begins(judged):
    names = sorted(row["violation_id"] for row in rows(run("violations", "--db", judged, "--json"))[:-1])
    short = next(names[0][:length] for length in range(4, 17) if names[1][:length] != names[0][:length])
    assert rows(run("violations", "--id", short, "--db", judged, "--json"))[0]["violation_id"] == names[0]
    reviewed = run("review", short, "confirmed", "--reviewer", "li", "--db", judged)
    assert reviewed.stdout.startswith(f"{names[0]}: confirmed")
    with Store.open(judged, now_ms=1) as store:
        store.db.execute("PRAGMA foreign_keys = OFF")
        store.db.execute("UPDATE violations SET violation_id = ? WHERE violation_id = ?", [f"{names[0]}0", names[1]])
    assert rows(run("violations", "--id", names[0], "--db", judged, "--json"))[0]["violation_id"] == names[0]
    for command in (["violations", "--id", names[0][:12]], ["review", names[0][:12], "confirmed", "--reviewer", "li"]):
        refused = run(*command, "--db", judged)
        assert refused.exit_code == 2
        assert f"{names[0][:12]}: 2 violations begin so ({names[0]}, {names[0]}0); write more of it" in refused.stderr


@pytest.mark.parametrize("beginning", ["", "a", "abc"])
def test_a_violation_is_not_named_by_accident(judged, beginning):
    with Store.open(judged, now_ms=1) as store:
        store.db.execute("PRAGMA foreign_keys = OFF")
        store.db.execute("DELETE FROM violations WHERE rowid > 1")
        store.db.execute("UPDATE violations SET violation_id = 'abcd000000000000'")
    refused = run("review", beginning, "confirmed", "--reviewer", "li", "--db", judged)
    assert refused.exit_code == 2
    assert f"{beginning!r}: is too little to name a violation by; write at least 4 characters" in refused.stderr
    assert run("review", "abcd", "confirmed", "--reviewer", "li", "--db", judged).exit_code == 0


def test_a_violation_that_other_filters_leave_out_is_not_called_none(judged, violation):
    result = run("violations", "--id", violation["violation_id"], "--rule", "label_mismatch", "--db", judged)
    assert result.exit_code == 2
    assert "is not one of this --owner or --rule; leave them out" in result.stderr


def test_a_violation_that_there_is_not_is_named(judged):
    result = run("violations", "--id", "0123", "--db", judged)
    assert result.exit_code == 2
    assert "--id 0123: there is no such violation" in result.stderr


def test_a_waiver_without_an_end_is_refused_and_one_with_an_end_tells_it(judged, violation):
    waive = ("review", violation["violation_id"], "waived", "--reviewer", "li", "--db", judged)
    refused = run(*waive)
    assert refused.exit_code == 2
    assert "--until: a waiver must have an end; name its last day" in refused.stderr
    assert "until the end of 2999-12-31 (Asia/Shanghai)" in run(*waive, "--until", "2999-12-31").stdout


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        (["waived", "--until", "2022-01-01"], "--until: a waiver must end in the future; name a later day"),
        (["confirmed", "--until", "2999-01-01"], "--until: only a waiver has an end; leave it out, or say waived"),
    ],
)
def test_an_end_that_cannot_be_is_told_of_its_option(judged, violation, decision, said):
    refused = run("review", violation["violation_id"], *decision, "--reviewer", "li", "--db", judged)
    assert refused.exit_code == 2
    assert f"cartwatch: {said}" in refused.stderr


def test_a_review_of_no_violation_says_where_they_are_listed(judged):
    refused = run("review", "0123", "confirmed", "--reviewer", "li", "--db", judged)
    assert refused.exit_code == 2
    assert refused.stderr == "cartwatch: 0123: there is no such violation; `cartwatch violations --all` lists all\n"


def test_a_review_is_told_as_json(judged, violation):
    name = violation["violation_id"]
    waive = ("review", name, "waived", "--reviewer", "li", "--until", "2999-12-31", "--note", "why", "--db", judged)
    (told,) = rows(run(*waive, "--json"))
    kept = {"violation_id": name, "decision": "waived", "reviewer": "li", "until": "2999-12-31", "note": "why"}
    assert {key: told[key] for key in kept} == kept
    assert told["until_ms"] == 32503651200000  # 3000-01-01 00:00 +08:00
    with Store.read(judged) as store:
        assert store.db.execute("SELECT review_id FROM reviews").fetchall() == [(told["review_id"],)]


def test_a_policy_is_told_with_the_rules_that_it_does_not_mention(tmp_path):
    path = tmp_path / "brief.toml"
    path.write_text(
        'name = "p"\nversion = "1"\ntitle = "t"\ntime_zone = "Asia/Shanghai"\nbegins = 2022-03-01\n[clauses.a]\n'
        'text = "x"\n[rules.label_mismatch]\nenabled = false\n'
    )
    *_, applied, left_out = rows(run("policy", "show", path, "--json"))[0]["sentences"]
    assert "disguised_link" in applied.removeprefix("Not mentioned and applied as they are: ").split(", ")
    assert "label_mismatch" not in applied
    assert left_out == "Not mentioned and not applied, since a policy must ask for them: not_through_alliance."
    assert "Not mentioned" not in run("policy", "show").stdout
    for written, said in (("severity = 'minor'", "not applied."), ("enabled = true", "applied.")):
        path.write_text(path.read_text().partition("[rules")[0] + f"[rules.not_through_alliance]\n{written}\n")
        assert f"not_through_alliance: {said}" in run("policy", "show", path).stdout


def test_the_policy_commands_speak_json(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(
        shipped()[0].read_text(encoding="utf-8").replace('platforms = ["meituan"]', 'platforms = ["meitun"]'),
        encoding="utf-8",
    )
    assert rows(run("policy", "check", "--json")) == [{"file": str(shipped()[0]), "in_order": True, "faults": []}]
    faulty = run("policy", "check", path, "--json")
    assert faulty.exit_code == 2
    (told,) = rows(faulty)
    assert told["in_order"] is False
    assert told["faults"] == [
        f"{path}:88: windows 'meituan_mini_programs', platforms: there is no platform 'meitun'; did you mean 'meituan'?"
    ]
    (shown,) = rows(run("policy", "show", "--json"))
    assert shown["name"] == "kuaishou_2022"
    assert len(shown["sentences"]) > 10
    assert {row["state"] for row in rows(run("policy", "timeline", "--json"))} >= {
        "open",
        "closed",
        "disputed",
        "banned",
    }
