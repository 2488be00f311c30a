"""`cartwatch nightly`: the full night."""

from __future__ import annotations

import contextlib
from dataclasses import asdict
from pathlib import Path

import click
from rich.text import Text

from crawler import canaries, screen
from crawler.console.database import about_database, existing_store, page_numbers
from crawler.console.judgement import print_judged, print_life, warn_of_another_policy
from crawler.console.options import EXIT_OF_STATUS, JSON, SHIPPED_POLICY
from crawler.console.run import print_crawl
from crawler.doctor import usable_browser
from crawler.health import coverage_words
from crawler.nightly import load_config, run_night
from crawler.pipelines import surface_counts
from crawler.reading.policy import Policy
from crawler.vocabulary import load_sound_policy
from storage.connection import refusing
from storage.store import Store, StoreRefusedError


@click.command(short_help="The full night: canaries, crawl, verdicts.")
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
@JSON
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
    with about_database(config.db), screen.crawl_progress(shown=not as_json) as show:
        report = run_night(config, policy, resume="last" if resume else None, watch=show)
    night = report.night
    with existing_store(config.db) as store:
        counts = surface_counts(store, report.crawl.run_id)
    if as_json:
        screen.print_json(
            [
                {
                    "run_id": report.crawl.run_id,
                    "status": night.status,
                    "reason": night.reason,
                    **page_numbers(counts),
                    "judged": asdict(report.judged),
                    "canaries": asdict(report.canaries),
                }
            ]
        )
    else:
        print_crawl(report.crawl, config.db, resume=["cartwatch", "nightly", "--resume", "--config", str(config_file)])
        print_judged(report.judged, coverage_words(counts))
        print_life(report.judged)
        screen.print_words(Text(f"The night is {night.status}: {night.reason}", style="bold"), screen.console())
    ctx.exit(EXIT_OF_STATUS[night.status])


def _warn_of_another_night(db: Path, policy: Policy) -> None:
    """Say before a night is spent on it that violations will follow another policy at its end."""
    if not db.exists():
        return
    # A database that refuses to be read, such as one of an older schema, is told of, or mended, by the night itself.
    with contextlib.suppress(StoreRefusedError), refusing(db), Store.read(db) as store:
        warn_of_another_policy(
            store, policy, "Stop now and name the former as `policy` in the configuration to keep it"
        )


def _print_canary_template(ctx: click.Context) -> None:
    click.echo(canaries.TEMPLATE.read_text("utf-8"), nl=False)
    ctx.exit()
