"""Violations as a table, and the sentence that tells them with their denominator."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from crawler import screen
from crawler.console.database import page_numbers
from crawler.console.options import ZONE
from crawler.errors import PolicyError
from crawler.evaluate import applied_rules, load_rules
from crawler.health import SurfaceCount, violation_words
from crawler.pipelines import surface_counts
from crawler.reading.policy import Policy, moment_words, read_policy
from storage.store import Store


def print_violations(rows: list[dict[str, Any]], told: str, title: str = "Violations") -> None:
    """The table of violations, the gravest first.

    Args:
        rows: as the store gives them.
        told: of how many pages this is told.
        title: what they are.
    """
    heads = [("violation_id", "id"), ("status", "status"), ("severity", "severity"), ("rule", "rule")]
    fields = [("place", "page"), ("link", "link"), ("shop", "shop"), ("reason", "why")]
    if any(row["quiet"] for row in rows):
        fields.append(("kept_quiet", "kept quiet"))
    screen.print_records(title, heads, fields, map(violation_row, rows), caption=told)


def print_rules(rows: list[dict[str, Any]]) -> None:
    """How often each rule is broken, and by how many pages."""
    rules: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        rules.setdefault(row["rule"], []).append(row)
    counted = [
        {
            "rule": rule,
            "severity": mine[0]["severity"],
            "count": len(mine),
            "pages": _page_count(mine),
        }
        for rule, mine in sorted(rules.items(), key=lambda pair: -len(pair[1]))
    ]
    columns = [("rule", "rule"), ("severity", "severity"), ("count", "violations"), ("pages", "on pages")]
    screen.print_table("Violations by rule", columns, counted)


def violation_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """A violation with the words that a table shows of it."""
    shop = " · ".join(filter(None, [row["shop_name"], row["store_type"]]))
    return {
        **row,
        "place": screen.short_address(row["page_url"]),
        "link": screen.short_address(row["link_url"]),
        "shop": shop,
        "kept_quiet": _quiet_reason(row),
    }


def _quiet_reason(row: Mapping[str, Any]) -> str:
    """What a person decided that keeps a violation quiet, ``""`` where nobody did."""
    match row["quiet"]:
        case "waived":
            until = f" until {last_day(row['until_ms'])}" if row["until_ms"] else ""
            return f"waived{until} by {row['reviewer']}"
        case "false_positive":
            return f"a false positive, says {row['reviewer']}"
        case _:
            return ""


def last_day(until_ms: int) -> str:
    """The last day of a waiver, which ends with it."""
    return moment_words(until_ms - 1, ZONE)[: len("2022-12-31")]


def summary_of(
    store: Store,
    standing: list[dict[str, Any]],
    quiet: list[dict[str, Any]],
    resolved: int,
    asked: Mapping[str, str],
    *,
    listed: bool,
) -> dict[str, Any]:
    """A number of violations with its denominator: of the latest run, or of an owner's pages in it.

    Args:
        store: the database.
        standing: those that are open.
        quiet: those that a review keeps quiet.
        resolved: how many of those listed are resolved.
        asked: the filters by name; ``""`` for those that were not set.
        listed: those kept quiet, and resolved ones, are listed, too.
    """
    run_id = store.ledger.latest()
    counts = surface_counts(store, run_id, asked["owner"])
    found: dict[str, Any] = {"kind": "summary", "violations": len(standing), **asked, "run_id": run_id}
    found |= {"pages_with_violations": _page_count(standing)}
    found |= {"of_earlier_runs": sum(row["last_run"] != run_id for row in standing)}
    found |= {"resolved": resolved} if listed else {}
    found |= {"run_status": store.ledger.status(run_id), "judged": store.ledger.is_judged(run_id)}
    found |= page_numbers(counts)
    found |= {"surfaces": [count._asdict() for count in counts]}
    only = "".join(f"; of {name} {value} only" for name, value in asked.items() if value)
    if asked["rule"] and _not_applied(store, run_id, asked["rule"]):
        only += ", which the policy does not apply: nobody asked whether it is broken"
    found |= {"kept_quiet": dict(Counter(row["quiet"] for row in quiet))}
    closed = f"; {resolved} more {'is' if resolved == 1 else 'are'} resolved" if listed and resolved else ""
    return found | {"words": _told(found, standing, counts) + only + _quiet_words(quiet, listed=listed) + closed}


def _told(found: Mapping[str, Any], standing: list[dict[str, Any]], counts: list[SurfaceCount]) -> str:
    number, run_id = found["violations"], found["run_id"]
    if not found["judged"]:
        # of those of a run that was gone on with, some were found when it was judged half way
        whence = "runs" if found["of_earlier_runs"] == number else "judgements"
        return f"{number} from earlier {whence}; the latest, {run_id}, was not judged and says nothing here"
    if found["run_status"] == "void":
        return f"{number} from earlier runs; the latest, {run_id}, is void and says nothing of any page"
    if not counts:
        return f"{number} from earlier runs; the latest, {run_id}, had no such page and says nothing here"
    seen = [row for row in standing if row["last_run"] == run_id]
    earlier = [row for row in standing if row["last_run"] != run_id]
    pages = _page_count(earlier)
    more = (
        f"; {len(earlier)} more on {pages} page{'' if pages == 1 else 's'} stand from earlier runs" if earlier else ""
    )
    return f"{violation_words(len(seen), _page_count(seen), counts)} by the latest run{more}"


def _quiet_words(rows: list[dict[str, Any]], *, listed: bool) -> str:
    """How many violations a review keeps quiet, and why: ``; 2 more are kept quiet (1 waived until ..., ...)``."""
    if not rows:
        return ""
    days = sorted({last_day(row["until_ms"]) for row in rows if row["quiet"] == "waived" and row["until_ms"]})
    waived, false = (sum(row["quiet"] == decision for row in rows) for decision in ("waived", "false_positive"))
    until = f" until {days[0]}{' at the earliest' if len(days) > 1 else ''}" if days else ""
    kinds = [f"{waived} waived{until}"] * bool(waived)
    kinds += [f"{false} false positive{'' if false == 1 else 's'}"] * bool(false)
    how = "" if listed else "; --all lists them"
    return f"; {len(rows)} more {'is' if len(rows) == 1 else 'are'} kept quiet ({', '.join(kinds)}){how}"


def _not_applied(store: Store, run_id: str, rule: str) -> bool:
    """Whether the policy that judged a run has no use for a rule, so that it says nothing of it."""
    policy = policy_of(store, run_id)
    return policy is not None and rule not in {one.name for one in applied_rules(policy, load_rules())}


def policy_of(store: Store, run_id: str) -> Policy | None:
    """The policy that judged a run last; ``None`` where there is none, or an earlier release took it for sound."""
    text = store.verdicts.policy_text(store.verdicts.judged_by(run_id) or "")
    with contextlib.suppress(PolicyError):
        return None if text is None else read_policy(text)
    return None


def _page_count(rows: Iterable[Mapping[str, Any]]) -> int:
    """On how many pages violations are."""
    return len({row["page_id"] for row in rows})
