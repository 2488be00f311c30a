"""`cartwatch sample`: the sample world alone."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from crawler import screen
from crawler.console.options import JSON
from crawler.errors import UsageError
from crawler.sample.canaries import as_toml, night_as_toml
from crawler.sample.world import SampleWorld
from crawler.sample.world import serve as serve_world


@click.group(short_help="The sample world alone.")
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
@JSON
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
