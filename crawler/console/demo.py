"""`cartwatch demo`: the whole job on the sample world, and the comparison with what was planted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from crawler import canaries, screen
from crawler.canaries import Answer, CanaryConfig
from crawler.console.database import existing_store, page_numbers
from crawler.console.judgement import print_judged, print_life
from crawler.console.options import BROWSER, EXIT_INTERRUPTED, JSON, SHIPPED_POLICY, ZONE, noon_ms
from crawler.console.run import options_for, print_crawl, run_crawl
from crawler.console.standing import print_rules, print_violations, summary_of
from crawler.evaluate import overall
from crawler.health import coverage_words
from crawler.judging import judge_run
from crawler.pipelines import surface_counts
from crawler.reading.policy import load_policy
from crawler.sample.compare import Comparison, compare
from crawler.sample.world import serve_in_thread
from crawler.targets import Address, load_surfaces
from crawler.targets import targets as find_targets
from storage.records import CANARY_SITE
from storage.store import Store

_IN_SEASON = datetime(2022, 11, 20, tzinfo=ZONE)
"""A day on which both windows of the shipped policy were open."""
_SHOWN_IN_DEMO = 4
"""Violations of each rule."""


@click.command(short_help="The whole job on the sample world.")
@click.option(
    "--db",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("demo.db"),
    show_default=True,
    help="The database file.",
)
@BROWSER
@JSON
@click.pass_context
def demo(ctx: click.Context, db: Path, browser: str, as_json: bool) -> None:
    """Run the whole job on the sample world: crawl, judge, list violations, and compare with what was planted.

    Some pages of the sample world stand behind walls, and are told as unseen. Canaries are visited first and last, as
    in a night. Exits with 0 if the comparison with the truth holds and every canary showed what it should, else with 1.
    """
    policy = load_policy(SHIPPED_POLICY)
    with serve_in_thread() as world:
        known = [CanaryConfig(**asdict(canary)) for canary in world.canaries]
        targets = canaries.around(known, find_targets(map(Address, world.targets), load_surfaces()))
        options = options_for(db, world.proxy_url, insecure_tls=True, browser=browser, pages=4, delay=0)
        report = run_crawl(options, targets, policy, kind="demo", at_both_ends=len(known), quiet=as_json)
    with existing_store(db, write=True) as store:
        answer = canaries.ask(store, report.run_id, known, policy)
        judged = judge_run(store, report.run_id, policy)
        found = compare(world.truth, *observed(store, report.run_id))
        rows = store.violations.rows()
        told = summary_of(store, rows, [], 0, {"owner": "", "rule": ""}, listed=True)["words"]
        counts = surface_counts(store, report.run_id)
        in_season = judge_run(store, report.run_id, policy, as_of_ms=noon_ms(_IN_SEASON))
    if as_json:
        said = {"run_id": report.run_id, "status": report.status, **page_numbers(counts)}
        screen.print_json([said | {"judged": asdict(judged), "ok": found.ok}])
        screen.print_json([{"canaries": asdict(answer)}])
        screen.print_json([{"comparison": found.summary(), "differences": found.differences()}])
    else:
        print_crawl(report, db)
        print_violations(_some_of_each_rule(rows), f"{told}; some of each rule: cartwatch violations --db {db}")
        print_rules(rows)
        seen = coverage_words(counts)
        print_judged(judged, seen)
        print_life(judged)
        print_judged(
            in_season, f"{seen}; had they been seen on {_IN_SEASON:%Y-%m-%d}, with both windows open", dry_run=True
        )
        _print_canaries(answer)
        _print_comparison(found)
    is_stopped = report.status == "interrupted"
    ctx.exit(EXIT_INTERRUPTED if is_stopped else 0 if found.ok and not answer.missed else 1)


def _print_canaries(answer: Answer) -> None:
    words = [*answer.missed, *answer.blind_spots]
    told = "; ".join(words) or f"{answer.asked} looks at canaries, all as they should be"
    screen.print_words(Text(screen.safe(told), style="bold red" if answer.missed else ""), screen.console())


def _some_of_each_rule(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    kept: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        kept.setdefault(row["rule"], []).append(row)
    return [row for mine in kept.values() for row in mine[:_SHOWN_IN_DEMO]]


def observed(store: Store, run_id: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What a run observed, as the truth file's comparison wants it: its sightings and its visits, canaries apart."""
    sightings = (row for row in store.facts.sighting_rows(run_id) if row["site"] != CANARY_SITE)
    visits = (row for row in store.facts.visit_rows(run_id) if row["site"] != CANARY_SITE)
    return (
        [_observed_row(row) for row in sightings],
        [{"page_url": row["task_url"], "outcome": row["outcome"]} for row in visits],
    )


def _observed_row(row: Mapping[str, Any]) -> dict[str, Any]:
    verdicts = row["verdicts"]
    return {
        "page_url": row["page_url"],
        "raw": row["raw"],
        "url": row["link_url"],
        "found_in": row["found_in"],
        "store_type": row["store_type"] or "unknown",
        "confidence": row["confidence"] or "undetermined",
        "resolution_outcome": row["resolution_outcome"],
        "verdict": overall(verdict["verdict"] for verdict in verdicts),
        "rules": [verdict["rule"] for verdict in verdicts if verdict["verdict"] == "violation"],
        "reason": "; ".join(verdict["reason"] for verdict in verdicts),
    }


def _print_comparison(found: Comparison) -> None:
    console = screen.console()
    for line in found.differences():
        screen.print_words(Text(screen.safe(line), style="yellow"), console)
    style = "bold green" if found.ok else "bold red"
    verdict = "The comparison with the truth holds" if found.ok else "The comparison with the truth FAILS"
    screen.print_words(Text(f"{verdict}: {found.summary()}", style=style), console)
