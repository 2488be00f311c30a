"""`cartwatch review`: record what a person decided about a violation."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from crawler import screen
from crawler.clock import now_ms
from crawler.console.database import existing_store
from crawler.console.options import DB, JSON, ZONE, Day
from crawler.errors import UsageError
from crawler.reading.policy.local_time import day_end
from storage.store import Store
from storage.violations import Decision

_SHORTEST_BEGINNING = 4
"""Characters of an identifier; by less, and by nothing at all, one is named by accident."""
_NAMED_AT_MOST = 5
"""Identifiers that begin as somebody wrote one."""


def the_one(store: Store, beginning: str, option: str = "") -> str:
    """The only violation whose identifier begins so."""
    if len(beginning) < _SHORTEST_BEGINNING:
        many = f"write at least {_SHORTEST_BEGINNING} characters of it"
        raise UsageError(f"{option}{beginning!r}: is too little to name a violation by; {many}")
    found = store.violations.named(beginning)
    if beginning in found or len(found) == 1:
        return beginning if beginning in found else found[0]
    if not found:
        raise UsageError(f"{option}{beginning}: there is no such violation; `cartwatch violations --all` lists all")
    some = ", ".join(found[:_NAMED_AT_MOST]) + (", ..." if len(found) > _NAMED_AT_MOST else "")
    raise UsageError(f"{option}{beginning}: {len(found)} violations begin so ({some}); write more of it")


@click.command(short_help="Record what a person decided about a violation.")
@click.argument("violation_id")
@click.argument("decision", type=click.Choice(["confirmed", "false_positive", "waived", "needs_info"]))
@click.option("--reviewer", metavar="NAME", required=True, help="Who decided.")
@click.option("--until", metavar="YYYY-MM-DD", type=Day(), help="Last day of a waiver (Asia/Shanghai).")
@click.option("--note", default="", help="Why.")
@DB
@JSON
def review(
    violation_id: str,
    decision: Decision,
    reviewer: str,
    until: datetime | None,
    note: str,
    db: Path,
    as_json: bool,
) -> None:
    """Record what a person decided about a violation. Nothing is overwritten; the latest decision counts.

    VIOLATION_ID may be its beginning, where no other begins so. A false positive stays quiet until its facts change; a
    waiver until the end of its last day, which it must have.
    """
    if not reviewer.strip():
        raise UsageError("--reviewer: is empty; say who decided")
    if decision == "waived" and until is None:
        raise UsageError("--until: a waiver must have an end; name its last day (--until 2022-12-31)")
    until_ms = day_end(until.date(), ZONE) if until else None
    with existing_store(db, write=True) as store:
        violation_id = the_one(store, violation_id)
        try:
            review_id = store.violations.review(
                violation_id, decision, reviewer=reviewer, now_ms=now_ms(), until_ms=until_ms, note=note
            )
        except ValueError as error:
            raise UsageError(f"--until: {error}") from error
    until_words = f"{until:%Y-%m-%d}" if until else None
    if as_json:
        said = {"review_id": review_id, "violation_id": violation_id, "decision": decision, "reviewer": reviewer}
        screen.print_json([said | {"until_ms": until_ms, "until": until_words, "note": note}])
        return
    ending = f", until the end of {until_words} ({ZONE.key})" if until else ""
    screen.console().print(f"{violation_id}: {decision} by {screen.safe(reviewer)}{ending}")
