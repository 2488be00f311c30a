"""`cartwatch doctor`: whether this machine can crawl."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from crawler import screen
from crawler.console.options import BROWSER, DB, JSON, browser_by
from crawler.doctor import examine


@click.command(short_help="Whether this machine can crawl.")
@DB
@JSON
@BROWSER
@click.pass_context
def doctor(ctx: click.Context, db: Path, as_json: bool, browser: str) -> None:
    """Say whether this machine can crawl: Python, browser, plug-ins, policy, disk and database, each with its cure."""
    findings = list(examine(db, browser, browser_by()))
    if as_json:
        screen.print_json(findings)
    else:
        rows = [asdict(finding) | {"status": "ok" if finding.is_well else "AILING"} for finding in findings]
        screen.print_table("This machine", [("status", "status"), ("name", "what"), ("words", "found")], rows)
    ctx.exit(max((finding.exit_code for finding in findings), default=0))
