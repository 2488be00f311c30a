"""`cartwatch violations`: what breaks the policy, or one violation with its history and evidence."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from crawler import screen
from crawler.console.database import existing_store
from crawler.console.options import DB, JSON, ZONE
from crawler.console.review import the_one
from crawler.console.standing import last_day, policy_of, print_violations, summary_of, violation_row
from crawler.errors import UsageError
from crawler.evaluate import load_rules
from crawler.reading.policy import Policy, moment_words
from crawler.reading.toml_file import suggest
from storage.store import Store


@click.command(short_help="What breaks the policy, and why.")
@click.option(
    "--all", "everything", is_flag=True, help="Also resolved ones and those that a review keeps quiet, each apart."
)
@click.option("--owner", metavar="NAME", default="", help="Only those on pages of this host or merchant.")
@click.option("--rule", metavar="RULE", default="", help="Only those of this rule.")
@click.option(
    "--id",
    "violation_id",
    metavar="ID",
    default="",
    help="Only this one (or the only one that begins so), with all that happened to it and its evidence.",
)
@DB
@JSON
def violations(everything: bool, owner: str, rule: str, violation_id: str, db: Path, as_json: bool) -> None:
    """List what breaks the policy: page, link, shop, reason and clause.

    The last line always says of how many pages this is told, how many could not be seen, how many violations stand from
    earlier runs and how many a review keeps quiet; as JSON it is an object of kind "summary". As JSON, each violation
    comes with its evidence: the pages as they were seen, as files named by their SHA-256.
    """
    if rule and rule not in (known := load_rules()):
        raise UsageError(f"--rule {rule}: there is no such rule; {suggest(rule, known)}")
    with existing_store(db) as store:
        violation_id = the_one(store, violation_id, "--id ") if violation_id else ""
        if owner and not store.measures.knows_owner(owner):
            cure = "name one by the owner_id or owner_name of the table pages"
            raise UsageError(f"--owner {owner}: no run has a page of such an owner, so nothing is known; {cure}")
        _warn_of_other_owners(store, owner)
        asked = {"owner": owner, "rule": rule}
        named = store.measures.pages_named(owner) if owner else set()
        rows = [
            row
            for row in _fitting(store.violations.rows(everything=everything or bool(violation_id)), asked, named)
            if violation_id in {"", row["violation_id"]}
        ]
        if violation_id and not rows:
            raise UsageError(f"--id {violation_id}: is not one of this --owner or --rule; leave them out")
        standing, resolved = _set_apart(rows)
        quiet = _fitting(store.violations.quiet_rows(), asked, named)
        summary = summary_of(store, standing, quiet, len(resolved), asked, listed=everything)
        if not summary["judged"]:
            words = Text(f"the latest run was not judged: cartwatch evaluate --db {db}", style="yellow")
            screen.note().print(words, soft_wrap=True)
        if as_json:
            screen.print_json(row | _kept_of(store, row["violation_id"], story=bool(violation_id)) for row in rows)
            screen.print_json([] if violation_id else [summary])
            return
        if violation_id:
            clause = _clause_words(rows[0]["clause"], policy_of(store, rows[0]["last_run"]))
            _print_story(rows[0] | {"clause": clause}, _kept_of(store, violation_id, story=True))
            return
    if everything and quiet:
        print_violations(quiet, f"{len(quiet)} kept quiet", "Kept quiet by a review")
    if resolved:
        print_violations(resolved, f"{len(resolved)} resolved", "Resolved")
    print_violations(standing, summary["words"])


def _warn_of_other_owners(store: Store, owner: str) -> None:
    """Say in a line where targets name another owner than the pages themselves: either finds such a page."""
    pairs = store.measures.other_owners(owner) if owner else []
    if pairs:
        named = ", ".join(f"{screen.safe(by_target)} (its page says {screen.safe(own)})" for by_target, own in pairs)
        words = f"--owner {owner}: targets name another owner than their pages do: {named}; told of these pages, too"
        screen.note().print(Text(words, style="yellow"), soft_wrap=True)


def _fitting(rows: Iterable[dict[str, Any]], asked: Mapping[str, str], named: Collection[str]) -> list[dict[str, Any]]:
    """Those of an owner, by the page's word or on pages that a target named so, and of a rule, where asked for."""
    return [
        row
        for row in rows
        if (asked["owner"] in {"", row["owner_id"], row["owner_name"]} or row["page_id"] in named)
        and asked["rule"] in {"", row["rule"]}
    ]


def _set_apart(rows: Iterable[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The violations that stand open and nobody keeps quiet, and those that are resolved."""
    loud = [row for row in rows if not row["quiet"]]
    return [row for row in loud if row["status"] != "resolved"], [row for row in loud if row["status"] == "resolved"]


def _kept_of(store: Store, violation_id: str, *, story: bool) -> dict[str, Any]:
    """The evidence of a violation with its files, and, if asked, everything that happened to it."""
    files = [row | {"file": store.evidence.find(row["sha256"])} for row in store.violations.evidence(violation_id)]
    kept = {"evidence": [row | {"file": str(row["file"]) if row["file"] else None} for row in files]}
    return kept | ({"history": store.violations.history(violation_id)} if story else {})


def _clause_words(name: str, policy: Policy | None) -> str:
    """A clause with the sentence that it stands for, as the policy says it."""
    clause = policy.terms.clauses.get(name) if policy else None
    return f"{name}: {clause.text}" if clause else name


def _decided(row: Mapping[str, Any]) -> str:
    """What a person decided, with the last day of a waiver."""
    return f"{row['decision']} until {last_day(row['until_ms'])}" if row["until_ms"] else row["decision"]


def _print_story(violation: dict[str, Any], kept: Mapping[str, Any]) -> None:
    """A violation, what happened to it, and what proves it."""
    heads = [("violation_id", "id"), ("status", "status"), ("severity", "severity"), ("rule", "rule")]
    fields = [("page_url", "page"), ("link_url", "link"), ("shop", "shop"), ("reason", "why"), ("clause", "clause")]
    seen = f"first {_second(violation['first_seen_ms'])}, last {_second(violation['last_seen_ms'])} ({ZONE.key})"
    told = violation_row(violation) | {"seen": seen}
    screen.print_list("Violation", heads, [*fields, ("seen", "seen"), ("kept_quiet", "kept quiet")], [told])
    events = [
        {
            "at": _second(row["at_ms"]),
            "what": row["to_status"] or _decided(row),
            "by": row["reviewer"] or row["run_id"],
            "words": row["words"],
        }
        for row in kept["history"]
    ]
    screen.print_list(
        f"What happened ({ZONE.key})", [("at", "at"), ("what", "what")], [("by", "by"), ("words", "why")], events
    )
    looks = [row | {"at": _second(row["seen_ms"]), "file": row["file"] or _gone(row)} for row in kept["evidence"]]
    screen.print_list(
        f"Evidence ({ZONE.key})",
        [("at", "at"), ("what", "what")],
        [("url", "address"), ("file", "file")],
        looks,
        uncut={"file"},
        nothing="none was kept",
    )


def _gone(row: Mapping[str, Any]) -> str:
    return f"gone from the folder of evidence; its SHA-256 was {row['sha256']}"


def _second(ms: int) -> str:
    """A moment to the second."""
    return moment_words(ms - ms % 1000, ZONE)
