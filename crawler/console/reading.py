"""Commands for one thing at a time: an address (`classify`), a saved page (`extract`, `inspect`)."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from crawler import screen
from crawler.classify import classify_url
from crawler.console.options import JSON
from crawler.errors import UsageError
from crawler.extract import extract as extract_links
from crawler.extract import load_extractors
from crawler.inspect import Inspection, blank
from crawler.inspect import inspect as inspect_page
from crawler.pipelines import outbound
from crawler.reading.document import Document
from crawler.reading.saved import read_saved, unreadable
from crawler.shelf import calm_collector
from storage.records import Page, Sighting

_UTF_16 = ("\udcff\udcfe", "\udcfe\udcff")
"""How a text in UTF-16 begins that was read as UTF-8 with whatever bytes."""


@click.command(short_help="What an address alone proves.")
@click.argument("urls", nargs=-1)
@click.option(
    "--file",
    "file",
    type=click.File(encoding="utf-8-sig", errors="surrogateescape"),
    help="Addresses, one a line; - reads standard input.",
)
@click.option("--explain", is_flag=True, help="Show the reasoning as a tree.")
@JSON
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


@click.command(short_help="Every outbound link in a saved page.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--url", metavar="URL", default="", help="Where the file was fetched from.")
@click.option("--all", "everything", is_flag=True, help="Also the platform's own pages and files of the page.")
@JSON
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


@click.command(short_help="Whose shop a saved page is.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--url", metavar="URL", default="", help="Where the file was fetched from.")
@JSON
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
