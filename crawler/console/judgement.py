"""`cartwatch evaluate`: judge stored facts by a policy, and say what changed."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click
from rich.text import Text

from crawler import screen
from crawler.console.database import existing_store, page_numbers
from crawler.console.options import DB, JSON, POLICY, SHIPPED_POLICY, Day, noon_ms
from crawler.health import coverage_words
from crawler.judging import Judged, judge_run
from crawler.pipelines import surface_counts
from crawler.reading.policy import Policy
from crawler.shelf import calm_collector
from crawler.vocabulary import load_sound_policy
from storage.store import Store


@click.command(short_help="Judge stored facts by a policy.")
@POLICY
@click.option("--run", "run_id", metavar="RUN_ID", default="", help="The run to judge; without it the latest.")
@click.option("--dry-run", is_flag=True, help="Only tell what would change; writes nothing.")
@click.option(
    "--as-of",
    metavar="YYYY-MM-DD",
    type=Day(),
    help="Tell what would have been said had all of it been seen at noon of that day (Asia/Shanghai); writes nothing.",
)
@click.option("--fail-on-violation", is_flag=True, help="Exit with 1 if there is a violation.")
@DB
@JSON
@click.pass_context
def evaluate(
    ctx: click.Context,
    policy: Path | None,
    run_id: str,
    dry_run: bool,
    as_of: datetime | None,
    fail_on_violation: bool,
    db: Path,
    as_json: bool,
) -> None:
    """Judge stored facts by a policy. Nothing is fetched, and facts stay as they are: old nights can be judged again.

    Prints how many sightings are violations, undetermined and allowed, what changed since the run was judged last, and
    what becomes of violations. These follow one policy at a time, that of the last judgement; with --dry-run another
    can be tried.
    """
    calm_collector()
    wanted = load_sound_policy(policy or SHIPPED_POLICY)
    dry_run = dry_run or as_of is not None
    with existing_store(db, write=not dry_run) as store:
        run_id = store.ledger.latest(run_id or None)
        if not (dry_run or store.violations.is_superseded(run_id)):
            warn_of_another_policy(store, wanted, "Evaluating by the former again undoes it")
        judged = judge_run(store, run_id, wanted, dry_run=dry_run, foresees=True, as_of_ms=noon_ms(as_of))
        counts = surface_counts(store, judged.run_id)
        _warn_of_worth(store, judged.run_id)
    if as_json:
        told = {"written": not dry_run, "as_of": f"{as_of:%Y-%m-%d}" if as_of else None}
        screen.print_json([asdict(judged) | told | page_numbers(counts)])
    else:
        supposed = f"; as if they had been seen on {as_of:%Y-%m-%d}" if as_of else ""
        print_judged(judged, coverage_words(counts) + supposed, dry_run=dry_run)
        if as_of is None:
            print_life(judged, dry_run=dry_run)
    if fail_on_violation and judged.sightings.get("violation"):
        ctx.exit(1)


def warn_of_another_policy(store: Store, wanted: Policy, way_back: str) -> None:
    """Say before it happens that violations, which follow one policy at a time, will follow another."""
    before = store.verdicts.in_force()
    if before in {None, wanted.digest}:
        return
    name, new = store.verdicts.policy_name(str(before)), f"{wanted.name} {wanted.version}"
    which = "an earlier text of it" if name == new else name
    screen.print_words(
        Text(
            f"violations followed {which} and will follow {new} from now on: what only the former forbids is resolved "
            f"as withdrawn, what only the latter forbids is new. Every change is kept as an event. {way_back}. "
            "To compare without writing: cartwatch evaluate --dry-run --policy FILE",
            style="yellow",
        ),
        screen.note(),
    )


_WORTH_WORDS = {
    "void": "It says nothing of any page: it opens no violation and resolves none",
    "degraded": "It says nothing of pages that it did not see: violations there stay open, as not observed",
    "interrupted": "Nothing is known of pages that it has not visited: violations there are not resolved. "
    "Finish it with --resume, then evaluate again",
}


def _warn_of_worth(store: Store, run_id: str) -> None:
    """Say in a line what it means for violations that a run is less than complete."""
    status = store.ledger.status(run_id)
    words = _WORTH_WORDS.get("interrupted" if status == "running" else status)
    if words:
        why = store.ledger.reason(run_id)
        told = f"the run is {status}{': ' if why else ''}{screen.safe(why)}. {words}"
        screen.print_words(Text(told, style="yellow"), screen.note())


def print_judged(judged: Judged, denominator: str, *, dry_run: bool = False) -> None:
    """How many sightings of a run are what, of how many pages, and what changed."""
    rows = [
        {"verdict": name, "count": judged.sightings.get(name, 0)} for name in ("violation", "undetermined", "allowed")
    ]
    title = f"Run {judged.run_id} by policy {judged.policy}" + (" (nothing written)" if dry_run else "")
    screen.print_table(
        title,
        [("verdict", "verdict"), ("count", "sightings")],
        rows,
        caption=f"{denominator}; {_change_words(judged)}",
    )


def _change_words(judged: Judged) -> str:
    if judged.compared_with is None:
        return "the first judgement of this run"
    changes = f"newly flagged {judged.newly_flagged}, newly cleared {judged.newly_cleared}"
    return f"{changes}, unchanged {judged.unchanged}, compared with the last judgement (by {judged.compared_with})"


def print_life(judged: Judged, *, dry_run: bool = False) -> None:
    """What became of violations, or would."""
    steps = [f"{count} {status.replace('_', ' ')}" for status, count in sorted(judged.violations.items())]
    if judged.is_superseded:
        words = "stay as they are: a later run has been judged, which has the last say"
    elif dry_run:
        words = f"would change: {', '.join(steps)}" if steps else "would stay as they are"
    else:
        words = f"changed: {', '.join(steps)}" if steps else "stay as they are"
    screen.print_words(Text(f"Violations {words}"), screen.console())
    screen.console().print()
