"""The command line: every command of ``cartwatch``. Steps are wired together here and in ``pipelines.py`` only."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import math
import shlex
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from click.core import ParameterSource
from rich.text import Text

from crawler import __version__, canaries, policies, screen
from crawler import crawl as crawling
from crawler.canaries import Answer, CanaryConfig
from crawler.classify import classify_url
from crawler.clock import now_ms
from crawler.crawl import CrawlOptions, CrawlReport
from crawler.doctor import examine, usable_browser
from crawler.errors import CartwatchError, DatabaseError, DiskLimitError, PolicyError, UsageError
from crawler.evaluate import applied_rules, load_rules, overall
from crawler.extract import extract as extract_links
from crawler.extract import load_extractors
from crawler.health import SurfaceCount, coverage_words, violation_words
from crawler.inspect import Inspection, blank
from crawler.inspect import inspect as inspect_page
from crawler.judging import Judged, judge_run
from crawler.nightly import LONGEST_DELAY_S, load_config, run_night
from crawler.pipelines import outbound, surface_counts
from crawler.reading.document import Document
from crawler.reading.policy import (
    Policy,
    check_policy,
    load_policy,
    moment_words,
    read_policy,
    sentences,
    timeline_rows,
    timeline_svg,
    timeline_text,
)
from crawler.reading.policy.local_time import day_end
from crawler.reading.saved import read_saved, unreadable
from crawler.reading.toml_file import suggest
from crawler.sample.canaries import as_toml, night_as_toml
from crawler.sample.compare import Comparison, compare
from crawler.sample.world import SampleWorld, serve_in_thread
from crawler.sample.world import serve as serve_world
from crawler.shelf import calm_collector
from crawler.targets import Address, load_surfaces, read_addresses
from crawler.targets import targets as find_targets
from crawler.vocabulary import load_sound_policy, vocabulary
from storage.connection import StoreFullError, refusing
from storage.ledger import RunNotFoundError
from storage.records import CANARY_SITE, SEEN_OUTCOMES, Page, RunKind, Sighting, Target
from storage.store import Store, StoreRefusedError
from storage.violations import Decision

EXIT_DEGRADED, EXIT_VOID, EXIT_INTERRUPTED = 3, 4, 11
EXIT_OF_STATUS = {"complete": 0, "degraded": EXIT_DEGRADED, "void": EXIT_VOID, "interrupted": EXIT_INTERRUPTED}
SHIPPED_POLICY = policies.shipped()[0]
ZONE = ZoneInfo("Asia/Shanghai")
_IN_SEASON = datetime(2022, 11, 20, tzinfo=ZONE)
"""A day on which both windows of the shipped policy were open."""
_SHOWN_IN_DEMO = 4
"""Violations of each rule."""
_UTF_16 = ("\udcff\udcfe", "\udcfe\udcff")
"""How a text in UTF-16 begins that was read as UTF-8 with whatever bytes."""
_SHORTEST_BEGINNING = 4
"""Characters of an identifier; by less, and by nothing at all, one is named by accident."""
_NAMED_AT_MOST = 5
"""Identifiers that begin as somebody wrote one."""

_DB = click.option(
    "--db",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("cartwatch.db"),
    show_default=True,
    envvar="CARTWATCH_DB",
    show_envvar=True,
    help="The database file.",
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON lines instead of tables.")
_BROWSER = click.option(
    "--browser",
    metavar="PATH",
    default="",
    envvar="CARTWATCH_BROWSER",
    show_envvar=True,
    help="Path of the browser; without it one is looked for.",
)
_POLICY = click.option(
    "--policy",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A policy file. Without it: the shipped kuaishou_2022.",
)


class _Day(click.ParamType):  # type: ignore[type-arg] # generic in new releases of click alone
    """A day, as 2022-12-31."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:  # noqa: ANN401
        """Read it; what is none is named with the cure."""
        try:
            return value if isinstance(value, datetime) else datetime.strptime(value, "%Y-%m-%d")  # noqa: DTZ007 - of no zone yet
        except ValueError:
            self.fail(f"{value!r} is no day; write one as 2022-12-31", param, ctx)


class _Seconds(click.FloatRange):
    """A number of seconds in a range, in which "nan" is not."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:  # noqa: ANN401
        """Read it."""
        seconds = float(super().convert(value, param, ctx))
        return self.fail(f"{value!r} is no number of seconds", param, ctx) if math.isnan(seconds) else seconds


class _Commands(click.Group):
    """The commands, with every repairable error as one line and its exit code."""

    def main(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - click's signature
        """Run as a program; what is printed is out, or told as lost, before the program ends."""
        screen.take_any_text()
        try:
            try:
                return super().main(*args, **kwargs)
            finally:
                sys.stdout.flush()
        except BrokenPipeError:  # whoever read it has seen enough
            screen.let_go_of_output()
            sys.exit(1)
        except OSError as error:
            if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
                raise
            screen.let_go_of_output()
            words = (
                f"{error.filename or 'output'}: no room on its disk ({error.strerror}); make some, or send it elsewhere"
            )
            sys.exit(print_error(DiskLimitError(words)))

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's signature
        """Run a command; swallow here what a person can repair, and nothing else."""
        try:
            return super().invoke(ctx)
        except (CartwatchError, StoreRefusedError) as error:
            ctx.exit(print_error(error))
        except KeyboardInterrupt:
            ctx.exit(EXIT_INTERRUPTED)


def print_error(error: CartwatchError | StoreRefusedError) -> int:
    """Tell what a person can repair, in one line; gives the exit code."""
    screen.note().print(Text(f"cartwatch: {error}", style="red"), soft_wrap=True)
    if isinstance(error, CartwatchError):
        return error.exit_code
    return DiskLimitError.exit_code if isinstance(error, StoreFullError) else DatabaseError.exit_code


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="cartwatch")
def main() -> None:
    """Find outbound shop links in live commerce, follow them to their end, and judge them by a policy.

    \b
    First steps:
      cartwatch demo                           the whole job on a sample world
      cartwatch crawl https://live.kuaishou.com/u/ID
      cartwatch evaluate                       judge what was found
      cartwatch violations                     what breaks the policy, and why
    """  # noqa: D301 - click's mark for lines that stay as they are is the character


# --- one thing at a time: an address, a saved page ------------------------------------------------------------------


@main.command(short_help="What an address alone proves.")
@click.argument("urls", nargs=-1)
@click.option(
    "--file",
    "file",
    type=click.File(encoding="utf-8-sig", errors="surrogateescape"),
    help="Addresses, one a line; - reads standard input.",
)
@click.option("--explain", is_flag=True, help="Show the reasoning as a tree.")
@_JSON
def classify(urls: tuple[str, ...], file: Any, explain: bool, as_json: bool) -> None:  # noqa: ANN401
    """Say what an address alone proves: platform, scope, kind, identifiers, what it carries inside.

    Nothing is fetched. What the address cannot prove is "unknown". A share text (口令) is told as one, with what it
    hands over; an address that no browser opens, with what it was meant for.

    \b
    Example:
      cartwatch classify --explain 'kwai://webview?url=https%3A%2F%2Fdetail.tmall.com%2Fitem.htm%3Fid%3D1'
    """  # noqa: D301 - click's mark for lines that stay as they are is the character
    lines = [line.rstrip("\r\n") for line in file] if file else []
    if lines and lines[0].startswith(_UTF_16):
        raise UsageError(f"--file {getattr(file, 'name', '-')}: is UTF-16; save it as UTF-8")
    given = [*urls, *(line for line in lines if line.strip())]
    if not given:
        raise UsageError("no address given; name one or more, or --file FILE (- is standard input)")
    facts = map(classify_url, given)
    if as_json:
        screen.print_json(facts)
    elif explain:
        for one in facts:
            screen.print_reasoning(one)
    else:
        fields = [(name, name) for name in ("scope", "platform", "kind", "item_id", "shop_id", "store_type")]
        screen.print_records("Addresses", [("url", "url")], fields, map(asdict, facts))


@main.command(short_help="Every outbound link in a saved page.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--url", metavar="URL", default="", help="Where the file was fetched from.")
@click.option("--all", "everything", is_flag=True, help="Also the platform's own pages and files of the page.")
@_JSON
def extract(file: Path, url: str, everything: bool, as_json: bool) -> None:
    """List every outbound link and password token (口令) in a saved page, however it is carried.

    FILE may be HTML, a JSON or JSONP answer, plain text, a binary message (protobuf, gzip) or a picture with QR codes.
    A file in which nothing can be read, or that is empty, is refused with exit code 2.
    """
    calm_collector()
    page = read_saved(file.read_bytes(), url, fetched_ms=_fetched_ms(file))
    held = extract_links(page, load_extractors())
    if not held:
        _require_readable(file, page)
    found = [s for s in held if everything or _leaves(s)]
    if as_json:
        screen.print_json(map(_sighting_row, found))
        return
    screen.print_records(
        f"Links in {file.name}",
        [("found_in", "carrier"), ("label", "label")],
        [("url", "address"), ("otherwise", "as written"), ("locator", "where")],
        ({**asdict(one), "otherwise": "" if one.raw == one.url else one.raw} for one in found),
        caption=f"{len(found)} sighting{'' if len(found) == 1 else 's'}",
    )


def _require_readable(file: Path, page: Page) -> None:
    """Tell a file in which nothing can be read from a page without links: of such a one nothing is known."""
    why = unreadable(page)
    if why:
        cure = "give a saved page, a JSON answer, plain text, a binary message or a picture"
        raise UsageError(f"{file}: is no page but {why}, so nothing is known of its links; {cure}")
    if not page.content.strip():
        raise UsageError(f"{file}: is no page but empty, so nothing is known of its links; save it anew")


def _fetched_ms(file: Path) -> int:
    """When a file was saved: "3 hours ago" on the page means before then."""
    return int(file.stat().st_mtime * 1000)


def _leaves(sighting: Sighting) -> bool:
    return sighting.url is None or outbound(sighting) is not None


def _sighting_row(sighting: Sighting) -> dict[str, Any]:
    row = asdict(sighting)
    published = row.pop("published")
    return row | {
        "published_from_ms": published["from_ms"],
        "published_to_ms": published["to_ms"],
        "published_basis": published["basis"],
    }


@main.command(short_help="Whose shop a saved page is.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--url", metavar="URL", default="", help="Where the file was fetched from.")
@_JSON
def inspect(file: Path, url: str, as_json: bool) -> None:
    """Say whose shop a saved page is: store type with its signals, the item's state, or what stands in the way.

    FILE may be HTML or the shop's own JSON answer, in any charset. One that is empty or no text is told as not seen,
    with exit code 2.
    """
    document = Document(read_saved(file.read_bytes(), url, fetched_ms=_fetched_ms(file)))
    found = inspect_page(document)
    if as_json:
        screen.print_json([{**asdict(found.destination), "outcome": found.outcome, "detail": found.detail}])
    else:
        _print_inspection(found, file, url)
    why = blank(document.page)
    if why:
        raise UsageError(f"{file}: is no page but {why}, so nothing is known of its shop; give HTML or a JSON answer")


def _print_inspection(found: Inspection, file: Path, url: str) -> None:
    end = found.destination
    if not url and not end.signals:
        screen.note().print("add --url: many a page tells whose it is by its address only", style="yellow")
    rows = [asdict(signal) for signal in end.signals]
    caption = f"{end.platform} · {end.store_type} ({end.confidence}) · {end.state} · page {found.outcome}"
    caption += f": {screen.safe(found.detail)}" if found.detail else ""
    columns = [("name", "signal"), ("value", "value"), ("says", "says")]
    nothing = "Nothing in this page tells whose shop it is."
    screen.print_table(screen.safe(end.title or file.name), columns, rows, caption=caption, nothing=nothing)


# --- a run ----------------------------------------------------------------------------------------------------------

_CRAWL_OPTIONS = (
    click.option(
        "--proxy",
        metavar="URL",
        default="",
        envvar="CARTWATCH_PROXY",
        show_envvar=True,
        help="Egress proxy, e.g. http://127.0.0.1:3128. Without it, a guard refuses private and local addresses.",
    ),
    click.option("--insecure-tls", is_flag=True, help="Accept any certificate (a sample world, a recording proxy)."),
    _BROWSER,
    click.option("--pages", default=4, show_default=True, type=click.IntRange(1, 32), help="Browser pages at once."),
    click.option(
        "--delay",
        type=_Seconds(0, LONGEST_DELAY_S),
        help="Seconds between requests to one host (default 0.2, more where it answers slowly; 0 for a sample world).",
    ),
)


def _crawl_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_CRAWL_OPTIONS):
        command = option(command)
    return command


def _options(db: Path, proxy: str, insecure_tls: bool, browser: str, pages: int, delay: float | None) -> CrawlOptions:
    usable_browser(browser, _browser_by())  # fail before anything is written, not at the first page
    return CrawlOptions(db=db, proxy=proxy, insecure_tls=insecure_tls, browser=browser, pages=pages, delay_s=delay)


def _browser_by() -> str:
    """How the user named the browser, for messages."""
    source = click.get_current_context().get_parameter_source("browser")
    return "CARTWATCH_BROWSER" if source is ParameterSource.ENVIRONMENT else "--browser"


@main.command(short_help="Visit pages and store their links with their shops.")
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
@_crawl_options
@_DB
@_JSON
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
    options = _options(db, proxy, insecure_tls, browser, pages, delay)
    policy = load_policy(SHIPPED_POLICY)
    report = _crawl(options, targets, policy, resume=(run_id or "last") if resume else None, quiet=as_json)
    way = [*(["--proxy", proxy] if proxy else []), *(["--insecure-tls"] if insecure_tls else [])]
    print_crawl(report, db, as_json=as_json, resume=["cartwatch", "crawl", "--resume", "--db", str(db), *way])
    ctx.exit(EXIT_OF_STATUS[report.status])


@main.command(short_help="The full night: canaries, crawl, verdicts.")
@click.option(
    "--config",
    "config_file",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("cartwatch.toml"),
    show_default=True,
    help="The configuration of the night.",
)
@click.option("--resume", is_flag=True, help="Go on with the latest night that did not finish.")
@click.option(
    "--canary-template",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=lambda ctx, _option, is_asked: _print_canary_template(ctx) if is_asked else None,
    help="Print a commented canary file to fill, and stop.",
)
@_JSON
@click.pass_context
def nightly(ctx: click.Context, config_file: Path, resume: bool, as_json: bool) -> None:
    """Run the full night: canaries, crawl, verdicts, canaries again, and what the night is worth.

    Canaries are pages of which the truth is known. If one of them does not show what it should, the night is void and
    says nothing of any page. Also told: surfaces and store types without a canary, pages not seen, measures that
    drifted, fields that are gone.

    \b
    cartwatch.toml:
      targets = ["rooms.csv"]
      db = "cartwatch.db"
      canary_files = ["canaries.toml"]
    """  # noqa: D301 - click's mark for lines that stay as they are is the character
    config = load_config(config_file)
    usable_browser(config.browser, f"{config_file}: browser:")
    policy = load_sound_policy(config.policy or SHIPPED_POLICY)
    _warn_of_another_night(config.db, policy)
    with _about(config.db), screen.crawl_progress(shown=not as_json) as show:
        report = run_night(config, policy, resume="last" if resume else None, watch=show)
    night = report.night
    with _existing(config.db) as store:
        counts = surface_counts(store, report.crawl.run_id)
    if as_json:
        screen.print_json(
            [
                {
                    "run_id": report.crawl.run_id,
                    "status": night.status,
                    "reason": night.reason,
                    **_page_numbers(counts),
                    "judged": asdict(report.judged),
                    "canaries": asdict(report.canaries),
                }
            ]
        )
    else:
        print_crawl(report.crawl, config.db, resume=["cartwatch", "nightly", "--resume", "--config", str(config_file)])
        _print_judged(report.judged, coverage_words(counts))
        _print_life(report.judged)
        screen.print_words(Text(f"The night is {night.status}: {night.reason}", style="bold"), screen.console())
    ctx.exit(EXIT_OF_STATUS[night.status])


def _warn_of_another_night(db: Path, policy: Policy) -> None:
    """Say before a night is spent on it that violations will follow another policy at its end."""
    if not db.exists():
        return
    # A database that refuses to be read, such as one of an older schema, is told of, or mended, by the night itself.
    with contextlib.suppress(StoreRefusedError), refusing(db), Store.read(db) as store:
        _warn_of_another_policy(
            store, policy, "Stop now and name the former as `policy` in the configuration to keep it"
        )


def _print_canary_template(ctx: click.Context) -> None:
    click.echo(canaries.TEMPLATE.read_text("utf-8"), nl=False)
    ctx.exit()


def _given_targets(urls: tuple[str, ...], files: tuple[Path, ...]) -> tuple[Target, ...]:
    addresses = [*map(Address, urls), *(address for file in files for address in read_addresses(file))]
    if not addresses:
        raise UsageError("nothing to visit: name addresses, --targets FILE, or --resume")
    return find_targets(addresses, load_surfaces())


def _crawl(
    options: CrawlOptions,
    targets: tuple[Target, ...],
    policy: Policy,
    *,
    kind: RunKind = "adhoc",
    resume: str | None = None,
    at_both_ends: int = 0,
    quiet: bool,
) -> CrawlReport:
    with _about(options.db), screen.crawl_progress(shown=not quiet) as show:
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


# --- judging --------------------------------------------------------------------------------------------------------


@main.command(short_help="Judge stored facts by a policy.")
@_POLICY
@click.option("--run", "run_id", metavar="RUN_ID", default="", help="The run to judge; without it the latest.")
@click.option("--dry-run", is_flag=True, help="Only tell what would change; writes nothing.")
@click.option(
    "--as-of",
    metavar="YYYY-MM-DD",
    type=_Day(),
    help="Tell what would have been said had all of it been seen at noon of that day (Asia/Shanghai); writes nothing.",
)
@click.option("--fail-on-violation", is_flag=True, help="Exit with 1 if there is a violation.")
@_DB
@_JSON
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
    with _existing(db, write=not dry_run) as store:
        run_id = store.ledger.latest(run_id or None)
        if not (dry_run or store.violations.is_superseded(run_id)):
            _warn_of_another_policy(store, wanted, "Evaluating by the former again undoes it")
        judged = judge_run(store, run_id, wanted, dry_run=dry_run, foresees=True, as_of_ms=_noon_ms(as_of))
        counts = surface_counts(store, judged.run_id)
        _warn_of_worth(store, judged.run_id)
    if as_json:
        told = {"written": not dry_run, "as_of": f"{as_of:%Y-%m-%d}" if as_of else None}
        screen.print_json([asdict(judged) | told | _page_numbers(counts)])
    else:
        supposed = f"; as if they had been seen on {as_of:%Y-%m-%d}" if as_of else ""
        _print_judged(judged, coverage_words(counts) + supposed, dry_run=dry_run)
        if as_of is None:
            _print_life(judged, dry_run=dry_run)
    if fail_on_violation and judged.sightings.get("violation"):
        ctx.exit(1)


def _warn_of_another_policy(store: Store, wanted: Policy, way_back: str) -> None:
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


def _noon_ms(day: datetime | None) -> int | None:
    return None if day is None else int(day.replace(hour=12, tzinfo=ZONE).timestamp() * 1000)


@contextlib.contextmanager
def _existing(db: Path, *, write: bool = False) -> Iterator[Store]:
    if not db.exists():
        raise UsageError(f"{db}: there is no such database; crawl first, or name another with --db")
    with _about(db), Store.open(db, now_ms=now_ms()) if write else Store.read(db) as store:
        yield store


@contextlib.contextmanager
def _about(db: Path) -> Iterator[None]:
    """Name the database in what is said against it, or against what it holds."""
    try:
        with refusing(db):
            yield
    except RunNotFoundError as error:
        raise UsageError(f"{db}: {error}") from error


def _print_judged(judged: Judged, denominator: str, *, dry_run: bool = False) -> None:
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


def _print_life(judged: Judged, *, dry_run: bool = False) -> None:
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


@main.command(short_help="What breaks the policy, and why.")
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
@_DB
@_JSON
def violations(everything: bool, owner: str, rule: str, violation_id: str, db: Path, as_json: bool) -> None:
    """List what breaks the policy: page, link, shop, reason and clause.

    The last line always says of how many pages this is told, how many could not be seen, how many violations stand from
    earlier runs and how many a review keeps quiet; as JSON it is an object of kind "summary". As JSON, each violation
    comes with its evidence: the pages as they were seen, as files named by their SHA-256.
    """
    if rule and rule not in (known := load_rules()):
        raise UsageError(f"--rule {rule}: there is no such rule; {suggest(rule, known)}")
    with _existing(db) as store:
        violation_id = _the_one(store, violation_id, "--id ") if violation_id else ""
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
        summary = _summary(store, standing, quiet, len(resolved), asked, listed=everything)
        if not summary["judged"]:
            words = Text(f"the latest run was not judged: cartwatch evaluate --db {db}", style="yellow")
            screen.note().print(words, soft_wrap=True)
        if as_json:
            screen.print_json(row | _kept_of(store, row["violation_id"], story=bool(violation_id)) for row in rows)
            screen.print_json([] if violation_id else [summary])
            return
        if violation_id:
            clause = _clause_words(rows[0]["clause"], _policy_of(store, rows[0]["last_run"]))
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


def _quiet_words(rows: list[dict[str, Any]], *, listed: bool) -> str:
    """How many violations a review keeps quiet, and why: ``; 2 more are kept quiet (1 waived until ..., ...)``."""
    if not rows:
        return ""
    days = sorted({_last_day(row["until_ms"]) for row in rows if row["quiet"] == "waived" and row["until_ms"]})
    waived, false = (sum(row["quiet"] == decision for row in rows) for decision in ("waived", "false_positive"))
    until = f" until {days[0]}{' at the earliest' if len(days) > 1 else ''}" if days else ""
    kinds = [f"{waived} waived{until}"] * bool(waived)
    kinds += [f"{false} false positive{'' if false == 1 else 's'}"] * bool(false)
    how = "" if listed else "; --all lists them"
    return f"; {len(rows)} more {'is' if len(rows) == 1 else 'are'} kept quiet ({', '.join(kinds)}){how}"


def _last_day(until_ms: int) -> str:
    """The last day of a waiver, which ends with it."""
    return moment_words(until_ms - 1, ZONE)[: len("2022-12-31")]


def _kept_of(store: Store, violation_id: str, *, story: bool) -> dict[str, Any]:
    """The evidence of a violation with its files, and, if asked, everything that happened to it."""
    files = [row | {"file": store.evidence.find(row["sha256"])} for row in store.violations.evidence(violation_id)]
    kept = {"evidence": [row | {"file": str(row["file"]) if row["file"] else None} for row in files]}
    return kept | ({"history": store.violations.history(violation_id)} if story else {})


def _the_one(store: Store, beginning: str, option: str = "") -> str:
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


def _clause_words(name: str, policy: Policy | None) -> str:
    """A clause with the sentence that it stands for, as the policy says it."""
    clause = policy.terms.clauses.get(name) if policy else None
    return f"{name}: {clause.text}" if clause else name


def _decided(row: Mapping[str, Any]) -> str:
    """What a person decided, with the last day of a waiver."""
    return f"{row['decision']} until {_last_day(row['until_ms'])}" if row["until_ms"] else row["decision"]


def _print_story(violation: dict[str, Any], kept: Mapping[str, Any]) -> None:
    """A violation, what happened to it, and what proves it."""
    heads = [("violation_id", "id"), ("status", "status"), ("severity", "severity"), ("rule", "rule")]
    fields = [("page_url", "page"), ("link_url", "link"), ("shop", "shop"), ("reason", "why"), ("clause", "clause")]
    seen = f"first {_second(violation['first_seen_ms'])}, last {_second(violation['last_seen_ms'])} ({ZONE.key})"
    told = _violation_row(violation) | {"seen": seen}
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


def _summary(
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
    found |= _page_numbers(counts)
    found |= {"surfaces": [count._asdict() for count in counts]}
    only = "".join(f"; of {name} {value} only" for name, value in asked.items() if value)
    if asked["rule"] and _not_applied(store, run_id, asked["rule"]):
        only += ", which the policy does not apply: nobody asked whether it is broken"
    found |= {"kept_quiet": dict(Counter(row["quiet"] for row in quiet))}
    closed = f"; {resolved} more {'is' if resolved == 1 else 'are'} resolved" if listed and resolved else ""
    return found | {"words": _told(found, standing, counts) + only + _quiet_words(quiet, listed=listed) + closed}


def _not_applied(store: Store, run_id: str, rule: str) -> bool:
    """Whether the policy that judged a run has no use for a rule, so that it says nothing of it."""
    policy = _policy_of(store, run_id)
    return policy is not None and rule not in {one.name for one in applied_rules(policy, load_rules())}


def _policy_of(store: Store, run_id: str) -> Policy | None:
    """The policy that judged a run last; ``None`` where there is none, or an earlier release took it for sound."""
    text = store.verdicts.policy_text(store.verdicts.judged_by(run_id) or "")
    with contextlib.suppress(PolicyError):
        return None if text is None else read_policy(text)
    return None


def _page_numbers(counts: Iterable[SurfaceCount]) -> dict[str, int]:
    """Of how many pages a number is told, canaries apart."""
    counts = list(counts)
    return {"pages": sum(one.targets for one in counts), "pages_seen_whole": sum(one.whole for one in counts)}


def _told(found: Mapping[str, Any], standing: list[dict[str, Any]], counts: list[SurfaceCount]) -> str:
    number, run_id = found["violations"], found["run_id"]
    if not found["judged"]:
        return f"{number} from earlier runs; the latest, {run_id}, was not judged and says nothing here"
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
    screen.print_records(title, heads, fields, map(_violation_row, rows), caption=told)


def _quiet_reason(row: Mapping[str, Any]) -> str:
    """What a person decided that keeps a violation quiet, ``""`` where nobody did."""
    match row["quiet"]:
        case "waived":
            until = f" until {_last_day(row['until_ms'])}" if row["until_ms"] else ""
            return f"waived{until} by {row['reviewer']}"
        case "false_positive":
            return f"a false positive, says {row['reviewer']}"
        case _:
            return ""


def _violation_row(row: Mapping[str, Any]) -> dict[str, Any]:
    shop = " · ".join(filter(None, [row["shop_name"], row["store_type"]]))
    return {
        **row,
        "place": screen.short_address(row["page_url"]),
        "link": screen.short_address(row["link_url"]),
        "shop": shop,
        "kept_quiet": _quiet_reason(row),
    }


def _page_count(rows: Iterable[Mapping[str, Any]]) -> int:
    """On how many pages violations are."""
    return len({row["page_id"] for row in rows})


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


@main.command(short_help="Record what a person decided about a violation.")
@click.argument("violation_id")
@click.argument("decision", type=click.Choice(["confirmed", "false_positive", "waived", "needs_info"]))
@click.option("--reviewer", metavar="NAME", required=True, help="Who decided.")
@click.option("--until", metavar="YYYY-MM-DD", type=_Day(), help="Last day of a waiver (Asia/Shanghai).")
@click.option("--note", default="", help="Why.")
@_DB
@_JSON
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
    with _existing(db, write=True) as store:
        violation_id = _the_one(store, violation_id)
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


@main.group(short_help="Check, tell or draw a policy file.")
def policy() -> None:
    """Check a policy file, tell it in sentences, or draw its windows."""


_POLICY_FILE = click.argument("file", type=click.Path(dir_okay=False, path_type=Path), default=None, required=False)


@policy.command()
@_POLICY_FILE
@_JSON
def check(file: Path | None, as_json: bool) -> None:
    """Check a policy file. Every fault is named with its line, its key and the cure. Without FILE: the shipped one."""
    path = file or SHIPPED_POLICY
    problems = check_policy(path, vocabulary())
    if as_json:
        screen.print_json([{"file": str(path), "in_order": not problems, "faults": problems}])
    for problem in () if as_json else problems:
        screen.note().print(Text(problem, style="red"), soft_wrap=True)
    if problems:
        many = "1 fault; correct it" if len(problems) == 1 else f"{len(problems)} faults; correct them"
        raise PolicyError(f"{path.name}: {many}")
    if not as_json:
        screen.console().print(f"{path.name}: in order")


@policy.command()
@_POLICY_FILE
@_JSON
def show(file: Path | None, as_json: bool) -> None:
    """Tell a policy as one sentence per rule, with its clauses. Without FILE: the shipped one."""
    wanted = load_sound_policy(file or SHIPPED_POLICY)
    applied = {rule.name for rule in applied_rules(wanted, load_rules())}
    told = [*sentences(wanted, applied), *_unsaid(wanted, applied)]
    if as_json:
        known = {"name": wanted.name, "version": wanted.version, "digest": wanted.digest}
        screen.print_json([known | {"sentences": told}])
        return
    for sentence in told:
        screen.console().print(Text(f"• {sentence}"))


def _unsaid(wanted: Policy, applied: Collection[str]) -> Iterator[str]:
    """What becomes of the rules that a policy does not mention: most are applied all the same."""
    silent = [name for name in load_rules() if name not in wanted.terms.rules]
    for names, what in (
        ([name for name in silent if name in applied], "applied as they are"),
        ([name for name in silent if name not in applied], "not applied, since a policy must ask for them"),
    ):
        if names:
            yield f"Not mentioned and {what}: {', '.join(names)}."


@policy.command(short_help="Draw when each kind of shop may be linked.")
@_POLICY_FILE
@click.option("--svg", type=click.Path(dir_okay=False, path_type=Path), help="Write the picture to this file.")
@_JSON
def timeline(file: Path | None, svg: Path | None, as_json: bool) -> None:
    """Draw when each kind of shop may be linked, here or as an SVG picture. Without FILE: by the shipped policy.

    As JSON: what holds from when to when.
    """
    wanted = load_sound_policy(file or SHIPPED_POLICY)
    if as_json:
        screen.print_json(timeline_rows(wanted))
    elif svg is None:
        screen.console().print(Text(timeline_text(wanted)), soft_wrap=True)
    if svg is None:
        return
    try:
        svg.write_text(timeline_svg(wanted), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{svg}: cannot be written ({error.strerror}); name a file in a folder of yours") from error
    if not as_json:
        screen.console().print(f"wrote {svg}")


# --- the sample world -----------------------------------------------------------------------------------------------


@main.group(short_help="The sample world alone.")
def sample() -> None:
    """The sample world: live rooms, shops and short links on this machine, under their true host names."""


@sample.command()
@click.option("--port", default=0, type=click.IntRange(0, 65535), help="On 127.0.0.1; 0 takes a free one.")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("sample-world"),
    show_default=True,
    help="Where targets.txt, truth.json, canaries.toml and cartwatch.toml are written.",
)
@_JSON
def serve(port: int, folder: Path, as_json: bool) -> None:
    """Serve the sample world until stopped. Prints its proxy address, and where its targets and truth are written.

    Beside them are written its canaries, and the configuration of a night (`cartwatch nightly`) with them.
    """

    def announce(world: SampleWorld) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        targets_file, truth_file = folder / "targets.txt", folder / "truth.json"
        canary_file, night_file = folder / "canaries.toml", folder / "cartwatch.toml"
        targets_file.write_text("\n".join(world.targets) + "\n", encoding="utf-8")
        truth_file.write_text(world.truth.as_json(), encoding="utf-8")
        canary_file.write_text(as_toml(world.canaries), encoding="utf-8")
        night_file.write_text(night_as_toml(world.proxy_url), encoding="utf-8")
        place = {"proxy": world.proxy_url, "targets": str(targets_file), "truth": str(truth_file)}
        place |= {"canaries": str(canary_file), "night": str(night_file)}
        if as_json:
            screen.print_json([place])
        else:
            _tell_world(place, len(world.targets), [link.is_required for link in world.truth.links])
        sys.stdout.flush()

    try:
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(serve_world(announce, port))
    except OSError as error:
        what = error.filename or f"port {port}"
        raise UsageError(f"{what}: {error.strerror}; name another --port or --folder") from error


def _tell_world(place: Mapping[str, str], pages: int, links: list[bool]) -> None:
    """Say what there is and how to visit it; ``links`` tells of each planted one whether it must be found."""
    screen.console().print(
        f"The sample world is open: {pages} pages, {len(links)} planted links ({sum(links)} of them must be found, "
        f"{len(links) - sum(links)} may be). Stop it with Ctrl-C.\n\n"
        f"  proxy    {place['proxy']}\n  targets  {place['targets']}\n  truth    {place['truth']}\n"
        f"  canaries {place['canaries']}\n\n"
        f"Visit it:\n  cartwatch crawl --proxy {place['proxy']} --insecure-tls --delay 0 --targets {place['targets']}\n"
        f"Or a whole night, with canaries:\n  cartwatch nightly --config {place['night']}",
        soft_wrap=True,
        highlight=False,
    )


@main.command(short_help="The whole job on the sample world.")
@click.option(
    "--db",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("demo.db"),
    show_default=True,
    help="The database file.",
)
@_BROWSER
@_JSON
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
        options = _options(db, world.proxy_url, insecure_tls=True, browser=browser, pages=4, delay=0)
        report = _crawl(options, targets, policy, kind="demo", at_both_ends=len(known), quiet=as_json)
    with _existing(db, write=True) as store:
        answer = canaries.ask(store, report.run_id, known, policy)
        judged = judge_run(store, report.run_id, policy)
        found = compare(world.truth, *observed(store, report.run_id))
        rows = store.violations.rows()
        told = _summary(store, rows, [], 0, {"owner": "", "rule": ""}, listed=True)["words"]
        counts = surface_counts(store, report.run_id)
        in_season = judge_run(store, report.run_id, policy, as_of_ms=_noon_ms(_IN_SEASON))
    if as_json:
        said = {"run_id": report.run_id, "status": report.status, **_page_numbers(counts)}
        screen.print_json([said | {"judged": asdict(judged), "ok": found.ok}])
        screen.print_json([{"canaries": asdict(answer)}])
        screen.print_json([{"comparison": found.summary(), "differences": found.differences()}])
    else:
        print_crawl(report, db)
        print_violations(_some_of_each_rule(rows), f"{told}; some of each rule: cartwatch violations --db {db}")
        print_rules(rows)
        seen = coverage_words(counts)
        _print_judged(judged, seen)
        _print_life(judged)
        _print_judged(
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


# --- this machine ---------------------------------------------------------------------------------------------------


@main.command(short_help="Whether this machine can crawl.")
@_DB
@_JSON
@_BROWSER
@click.pass_context
def doctor(ctx: click.Context, db: Path, as_json: bool, browser: str) -> None:
    """Say whether this machine can crawl: Python, browser, plug-ins, policy, disk and database, each with its cure."""
    findings = list(examine(db, browser, _browser_by()))
    if as_json:
        screen.print_json(findings)
    else:
        rows = [asdict(finding) | {"status": "ok" if finding.is_well else "AILING"} for finding in findings]
        screen.print_table("This machine", [("status", "status"), ("name", "what"), ("words", "found")], rows)
    ctx.exit(max((finding.exit_code for finding in findings), default=0))
