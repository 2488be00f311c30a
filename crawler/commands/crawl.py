"""``scrapy crawl SPIDER -a url=...``: refuses what it cannot visit, ends with what was seen and our exit codes."""

from __future__ import annotations

import argparse
from pathlib import Path

from scrapy.commands import crawl
from scrapy.exceptions import UsageError

from crawler import pipelines
from crawler.clock import now_ms
from crawler.console.group import print_error
from crawler.console.options import EXIT_OF_STATUS
from crawler.console.run import print_crawl
from crawler.crawl import CrawlReport, check_proxy, fail, quiet
from crawler.doctor import usable_browser
from crawler.errors import CartwatchError
from crawler.pipelines import Night, require_room
from crawler.targets import load_surfaces, recognise
from storage.connection import refusing
from storage.store import Store, StoreRefusedError


class Command(crawl.Command):
    """Scrapy's command, with an end that tells."""

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Run one spider over the addresses given as ``-a url=...``.

        Raises:
            UsageError: no such spider, no address, or one that is no page of the spider's surface.
        """
        check_addresses(args, opts.spargs.get("url", "").split())
        if opts.loglevel is None:
            quiet()
        try:
            self.exitcode = self._crawl(args, opts)
        except (CartwatchError, StoreRefusedError) as error:
            self.exitcode = print_error(error)

    def _crawl(self, args: list[str], opts: argparse.Namespace) -> int:
        assert self.settings is not None
        db = Path(self.settings["CARTWATCH_DB"])
        usable_browser(self.settings["CARTWATCH_BROWSER"], "CARTWATCH_BROWSER")
        check_proxy(self.settings["CARTWATCH_PROXY"])
        reserve = self.settings.getint("CARTWATCH_DISK_RESERVE")
        require_room(db.resolve().parent, reserve)
        with refusing(db), Store.open(db, now_ms=now_ms()) as store:
            night = Night(store, reserve=reserve)
            pipelines.open_night(night, db)
            try:
                super().run(args, opts)
            finally:
                pipelines.close_night(db)
            if night.failure is not None:
                fail(night, db)
            if not night.run_id:
                return self.exitcode or 1  # Scrapy has told why.
            status = pipelines.finish(night)
            counts = store.ledger.counts(night.run_id)
        report = CrawlReport(run_id=night.run_id, status=status, counts=counts, tally=night.tally)
        print_crawl(report, db, resume=["cartwatch", "crawl", "--resume", "--db", str(db)])
        return EXIT_OF_STATUS[status]


def check_addresses(spiders: list[str], urls: list[str]) -> None:
    """Refuse what cannot be visited before anything is fetched or written.

    Args:
        spiders: the positional arguments of the command: one spider.
        urls: the addresses that it shall visit.

    Raises:
        UsageError: says what to write instead.
    """
    surfaces = load_surfaces()
    if len(spiders) != 1 or spiders[0] not in surfaces:
        raise UsageError(f"spider: name one of {', '.join(surfaces)}", print_help=False)
    if not urls:
        raise UsageError(f"-a url=...: name a page to visit ({surfaces[spiders[0]].summary})", print_help=False)
    for url in urls:
        target = recognise(url, surfaces)
        if target is None:
            known = "; ".join(f"{stem}: {surface.summary}" for stem, surface in surfaces.items())
            raise UsageError(f"-a url={url}: no surface knows this page; known are {known}", print_help=False)
        if target.surface != spiders[0]:
            message = f"-a url={url}: is a page of another surface: scrapy crawl {target.surface}"
            raise UsageError(message, print_help=False)
