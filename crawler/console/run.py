"""`cartwatch crawl`: visit pages, and say how the run ended."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource
from rich.text import Text

from crawler import crawl as crawling
from crawler import screen
from crawler.console.database import about_database
from crawler.console.options import BROWSER, DB, EXIT_OF_STATUS, JSON, SHIPPED_POLICY, Seconds, browser_by
from crawler.crawl import CrawlOptions, CrawlReport
from crawler.doctor import usable_browser
from crawler.errors import UsageError
from crawler.nightly import LONGEST_DELAY_S
from crawler.reading.policy import Policy, load_policy
from crawler.targets import Address, load_surfaces, read_addresses
from crawler.targets import targets as find_targets
from storage.records import CANARY_SITE, SEEN_OUTCOMES, RunKind, Target
from storage.store import Store


def options_for(
    db: Path, proxy: str, insecure_tls: bool, browser: str, pages: int, delay: float | None
) -> CrawlOptions:
    """What a crawl needs to know, once a browser has been found: fail before anything is written."""
    usable_browser(browser, browser_by())
    return CrawlOptions(db=db, proxy=proxy, insecure_tls=insecure_tls, browser=browser, pages=pages, delay_s=delay)


@click.command(short_help="Visit pages and store their links with their shops.")
@click.argument("urls", nargs=-1)
@click.option(
    "--targets",
    "files",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A text file (one address a line) or CSV file (column url).",
)
@click.option("--resume", is_flag=True, help="Go on with the latest run that did not finish.")
@click.option("--run", "run_id", metavar="RUN_ID", default="", help="With --resume: that run instead of the latest.")
@click.option(
    "--proxy",
    metavar="URL",
    default="",
    envvar="CARTWATCH_PROXY",
    show_envvar=True,
    help="Egress proxy, e.g. http://127.0.0.1:3128. Without it, a guard refuses private and local addresses.",
)
@click.option("--insecure-tls", is_flag=True, help="Accept any certificate (a sample world, a recording proxy).")
@BROWSER
@click.option("--pages", default=4, show_default=True, type=click.IntRange(1, 32), help="Browser pages at once.")
@click.option(
    "--delay",
    type=Seconds(0, LONGEST_DELAY_S),
    help="Seconds between requests to one host (default 0.2, more where it answers slowly; 0 for a sample world).",
)
@DB
@JSON
@click.pass_context
def crawl(
    ctx: click.Context,
    urls: tuple[str, ...],
    files: tuple[Path, ...],
    resume: bool,
    run_id: str,
    proxy: str,
    insecure_tls: bool,
    browser: str,
    pages: int,
    delay: float | None,
    db: Path,
    as_json: bool,
) -> None:
    """Visit live rooms, short videos, merchant and product pages, and store every outbound link with its shop.

    URLS are addresses of pages, as a person would paste them (share links too). The exit code is 0 if every page was
    seen, 3 if some were not, 4 if none was, 11 if the run was stopped: go on with --resume.

    \b
    Examples:
      cartwatch crawl https://live.kuaishou.com/u/ID
      cartwatch crawl --targets rooms.csv --db night.db
      cartwatch crawl --resume --db night.db
    """  # noqa: D301 - click's mark for lines that stay as they are is the character
    if resume and (urls or files):
        raise UsageError("--resume goes on with the targets of its run; leave the addresses and --targets out")
    if run_id and not resume:
        raise UsageError("--run names a run to go on with; add --resume")
    if resume and not db.exists():
        raise UsageError(f"{db}: there is no such database, so no run to go on with; name another with --db")
    targets = () if resume else _given_targets(urls, files)
    options = options_for(db, proxy, insecure_tls, browser, pages, delay)
    policy = load_policy(SHIPPED_POLICY)
    report = run_crawl(options, targets, policy, resume=(run_id or "last") if resume else None, quiet=as_json)
    way_on = ["cartwatch", "crawl", "--resume", "--db", str(db), *_written(ctx)]
    print_crawl(report, db, as_json=as_json, resume=way_on)
    ctx.exit(EXIT_OF_STATUS[report.status])


_OF_THE_WAY = frozenset({"run_id", "proxy", "insecure_tls", "browser", "pages", "delay"})
"""Options of which run is gone on with, and how."""


def _written(ctx: click.Context) -> list[str]:
    """The options of the way as they were written; what the environment says it says again, passwords among it."""
    words = []
    for option in ctx.command.params:
        name, value = str(option.name), ctx.params.get(str(option.name))
        if name in _OF_THE_WAY and ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            words += [option.opts[0]] if value is True else [option.opts[0], str(value)]
    return words


def _given_targets(urls: tuple[str, ...], files: tuple[Path, ...]) -> tuple[Target, ...]:
    addresses = [*map(Address, urls), *(address for file in files for address in read_addresses(file))]
    if not addresses:
        raise UsageError("nothing to visit: name addresses, --targets FILE, or --resume")
    return find_targets(addresses, load_surfaces())


def run_crawl(
    options: CrawlOptions,
    targets: tuple[Target, ...],
    policy: Policy,
    *,
    kind: RunKind = "adhoc",
    resume: str | None = None,
    at_both_ends: int = 0,
    quiet: bool,
) -> CrawlReport:
    """Crawl with progress on the terminal, unless it is to be ``quiet``."""
    with about_database(options.db), screen.crawl_progress(shown=not quiet) as show:
        return crawling.crawl(
            options, targets, kind=kind, resume=resume, policy=policy, canaries=at_both_ends, watch=show
        )


def print_crawl(report: CrawlReport, db: Path, *, as_json: bool = False, resume: Sequence[str] = ()) -> None:
    """How a run ended: pages that were not seen, what was found, where it is kept, and what to do next.

    Args:
        report: the run.
        db: where it is kept.
        as_json: as one line for machines.
        resume: the command that would go on with it; empty where none can.
    """
    with Store.read(db) as store:
        last_looks = {row["task_url"]: row for row in store.facts.visit_rows(report.run_id)}
        sightings, links = store.measures.found(report.run_id)
        seen = store.measures.coverage(report.run_id)
    targets, reached = sum(row[1] for row in seen), sum(row[2] for row in seen)
    looks = report.counts.targets - targets
    visits = [row for row in last_looks.values() if row["outcome"] not in SEEN_OUTCOMES]
    if as_json:
        summary = {"run_id": report.run_id, "status": report.status, "targets": report.counts.targets}
        summary |= {
            "reached": report.counts.reached,
            "unseen": report.counts.unseen,
            "outcomes": report.counts.outcomes,
        }
        summary |= {"sightings": sightings, "links": links}
        screen.print_json([summary | {"not_seen": [_unseen_row(row) for row in visits]}])
        return
    if visits:
        heads, fields = [("outcome", "outcome"), ("surface", "surface")], [("task_url", "page"), ("detail", "why")]
        screen.print_records("Pages that were not seen (nothing is known of their links)", heads, fields, visits)
    counted = Counter(row["outcome"] for row in last_looks.values() if row["site"] != CANARY_SITE)
    outcomes = ", ".join(f"{outcome} {count}" for outcome, count in sorted(counted.items()))
    screen.print_words(
        Text.assemble(
            "Run ",
            (report.run_id, "bold"),
            f" is {report.status}: {reached} of {targets} pages seen",
            f" ({outcomes})" if outcomes else "",
            f", {sightings} sightings of {links} different links",
            f"; besides, {looks} looks at canaries" if looks else "",
            f". Kept in {db}.",
        ),
        screen.console(),
    )
    if report.status == "interrupted" and resume:
        screen.note().print(Text(f"go on with it: {shlex.join(resume)}"), soft_wrap=True)
    elif report.kind == "adhoc" and report.status != "void":
        screen.note().print(Text(f"judge it: cartwatch evaluate --db {db}"), soft_wrap=True)


def _unseen_row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"url": row["task_url"]} | {key: row[key] for key in ("surface", "outcome", "detail")}
