"""How fast sightings are judged, and in how much memory: pure, from a database, and with verdicts written.

    python scripts/bench_evaluate.py [--sightings 1000000] [--stored 200000] [--ten]

Judges 1,000,000 sightings that nobody stores (with ``--ten`` 10,000,000 as well, to show that memory stays flat), and
puts 200,000 through a database: judged only, judged by a first policy, and as an old night by another policy, twice.
Each is measured in CPU seconds of this process, writing and waiting for nobody included; each link has its own address
and label, and three in four sightings break something or leave a doubt, far more than on any shelf.
Exit code 1: fewer than 100,000 sightings a second are judged, the ten million take more memory than the one, or judging
twice changed anything. (A row of ``verdicts`` with its indexes takes SQLite longer than judging takes us, and how many
are written depends on what changed, so that no bound is set on what goes through a database; it is shown.)
"""

from __future__ import annotations

import argparse
import hashlib
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))

from crawler.evaluate import evaluate_many, load_rules
from crawler.judging import judge_run
from crawler.life import next_status
from crawler.reading.policy import Policy, load_policy, read_policy
from crawler.shelf import calm_collector
from storage.records import (
    Destination,
    Interval,
    Link,
    LinkFacts,
    Page,
    Resolution,
    ResolutionOutcome,
    Sighting,
    SightingFacts,
    StoreType,
    Target,
    Visit,
)
from storage.store import Store

POLICY = Path(__file__).parent.parent / "crawler/policies/kuaishou_2022.toml"
DAY_MS = 86_400_000
START_MS = 1_666_800_000_000
"""2022-10-27 00:00 Asia/Shanghai: sightings spread over the 80 days from here, across every border."""
LINKS = 50_000
SIGHTINGS_A_PAGE = 20
STORES: tuple[tuple[StoreType, str], ...] = (
    ("tmall", "taobao_family"),
    ("tmall", "taobao_family"),
    ("jd_self_operated", "jd"),
    ("tmall_global", "taobao_family"),
    ("taobao_personal", "taobao_family"),
    ("jd_pop", "jd"),
    ("other_store", "pinduoduo"),
    ("unknown", "taobao_family"),
)
SURFACES = ("live_room", "short_video", "merchant", "product")


WANTED_RATE = 100_000
MOST_GROWTH = 1.2
"""So many times the memory of one million may ten million take: none of it is theirs, allocators are no clockwork."""


class Measured(NamedTuple):
    """Sightings and the CPU seconds that they took."""

    what: str
    sightings: int
    seconds: float

    @property
    def rate(self) -> float:
        """Sightings a second."""
        return self.sightings / self.seconds


def main(argv: list[str] | None = None) -> int:
    """Run the benchmark and print a line for each measurement.

    Returns:
        0; or 1 where it was too slow, grew, or did not come to the same twice.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ten", action="store_true", help="judge ten million as well")
    parser.add_argument("--sightings", type=int, default=1_000_000)
    parser.add_argument("--stored", type=int, default=200_000, help="how many to put through a database")
    options = parser.parse_args(argv)
    calm_collector()  # as the program does at its start
    policy = load_policy(POLICY)
    if judge(policy, options.sightings).rate < WANTED_RATE:
        return failed(f"fewer than {WANTED_RATE:,} sightings a second")
    if options.ten:
        before = peak_mib()
        judge(policy, 10 * options.sightings)
        if peak_mib() > MOST_GROWTH * before:
            return failed("ten million sightings take more memory than one")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.db"
        with Store.open(path, now_ms=START_MS) as store:
            run_id = fill(store, options.stored)
        with Store.open(path, now_ms=START_MS) as store:
            judge_run(store, fill(store, SIGHTINGS_A_PAGE), policy, dry_run=True)  # Loads what is loaded once.
            return through_database(store, run_id, policy, options.stored)


def failed(why: str) -> int:
    """Say why, and give the exit code."""
    print(f"FAILED: {why}")
    return 1


def judge(policy: Policy, count: int) -> Measured:
    """Judge sightings that nobody stores. What it costs to make them up is taken off."""
    facts = [link_facts(number) for number in range(LINKS)]
    began = time.process_time()
    for _ in synthetic(count, facts):
        pass
    cost = time.process_time() - began
    began = time.process_time()
    for _ in evaluate_many(synthetic(count, facts), policy, load_rules()):
        pass
    return report(f"judge {count:,}", count, time.process_time() - began - cost)


def through_database(store: Store, run_id: str, policy: Policy, count: int) -> int:
    """Judge from a database, and write: a first time, and as an old night by another policy, twice."""
    read_and_judge(store, run_id, policy, count)
    write_first(store, run_id, policy, count)
    follow(store, run_id, policy)
    a_later_night(store, policy)
    other = read_policy(policy.text.replace("to = 2022-12-31", "to = 2022-11-15"))
    again = [
        judge_again(store, run_id, other, f"{what} {count:,}", count) for what in ("re-judge an old night", "again")
    ]
    if again[1] != again[0]:
        return failed("judging twice did not come to the same")
    return 0


def read_and_judge(store: Store, run_id: str, policy: Policy, count: int) -> None:
    """Judge from the database, and keep nothing."""
    began = time.process_time()
    judge_run(store, run_id, policy, dry_run=True)
    report(f"read and judge {count:,}", count, time.process_time() - began)


def write_first(store: Store, run_id: str, policy: Policy, count: int) -> None:
    """Judge from the database and write verdicts, of which there are none yet."""
    began = time.process_time()
    store.verdicts.save_policy(policy.digest, policy.name, policy.version, policy.text, now_ms=START_MS)
    judged = evaluate_many(store.verdicts.facts(run_id), policy, load_rules())
    verdicts = (verdict for verdicts in judged for verdict in verdicts)
    store.verdicts.save(run_id, policy.digest, verdicts, now_ms=START_MS)
    report(f"read, judge and write {count:,}", count, time.process_time() - began)


def follow(store: Store, run_id: str, policy: Policy) -> None:
    """Carry violations over the night, all of them new: what the latest night takes beyond its verdicts."""
    began = time.process_time()
    came = store.violations.follow(run_id, policy.digest, next_status, now_ms=START_MS)
    seconds = time.process_time() - began
    print(f"open {sum(came.values()):,} violations: {seconds:.1f} CPU s")


def a_later_night(store: Store, policy: Policy) -> None:
    """A small night after the large one, which is an old one from then on: later nights have had their say."""
    target = Target("https://live.kuaishou.com/u/later", "live_room")
    run_id = store.ledger.begin_run("adhoc", [target], now_ms=START_MS + DAY_MS, config={}, code_version="bench")
    seen = list(synthetic(1, [link_facts(0)]))
    store.facts.save_visit(run_id, visit(target, seen), [link(row.link) for row in seen], now_ms=START_MS + DAY_MS)
    judge_run(store, run_id, policy)


def judge_again(store: Store, run_id: str, policy: Policy, what: str, count: int) -> str:
    """All of ``cartwatch evaluate`` on an old night: read, judge, compare with what was said before, and write.

    Returns:
        A digest of the verdicts in the order of their keys.
    """
    began = time.process_time()
    judged = judge_run(store, run_id, policy)
    seconds = time.process_time() - began
    report(what, count, seconds)
    print(f"  newly flagged {judged.newly_flagged:,}, newly cleared {judged.newly_cleared:,}")
    query = "SELECT * FROM verdicts WHERE policy_digest = ? ORDER BY verdict_id"
    said = hashlib.sha256()
    for row in store.db.execute(query, [policy.digest]):
        said.update(repr(row).encode())
    return said.hexdigest()


def synthetic(count: int, facts: list[LinkFacts]) -> Iterator[SightingFacts]:
    """Sightings over every store type, surface and border, each with an identifier and time of its own."""
    for number in range(count):
        seen_ms = START_MS + number % 80 * DAY_MS + number % 86_399_999
        published = seen_ms - number * 7919 % (20 * DAY_MS)
        yield SightingFacts(
            sighting_id=f"{number:016x}",
            link_id=f"{number % LINKS:016x}",
            page_id=f"{number // SIGHTINGS_A_PAGE:016x}",
            site="kuaishou",
            surface=SURFACES[number // 3 % 4],
            owner_id="owner",
            seen_ms=seen_ms,
            raw=f"https://detail.tmall.com/item.htm?id={number % LINKS}",
            found_in="script_state",
            label=f"夏季连衣裙 2022 新款 {number % LINKS}",
            published_from_ms=published,
            published_to_ms=published + 1,
            published_basis="stated",
            link=facts[number % LINKS],
        )


def link_facts(number: int) -> LinkFacts:
    """One of the links, with the shop that it leads to."""
    return LinkFacts(
        url=f"https://s.click.taobao.com/{number:07x}",
        platform=STORES[number % len(STORES)][1],
        kind="affiliate_click",
        scope="outbound_commerce",
        outcome="login_wall" if destination(number) is None else "resolved",
        destination=destination(number),
    )


def destination(number: int) -> Destination | None:
    """The shop at the end of a link."""
    store_type, platform = STORES[number % len(STORES)]
    if store_type == "unknown":
        return None
    return Destination(
        platform=platform, store_type=store_type, confidence="proved", shop_id=f"{number}", shop_name="店"
    )


def fill(store: Store, count: int) -> str:
    """A run of as many sightings in the database; returns its identifier."""
    pages = count // SIGHTINGS_A_PAGE
    facts = [link_facts(number) for number in range(LINKS)]
    targets = [Target(f"https://live.kuaishou.com/u/{number}", SURFACES[number % 4]) for number in range(pages)]
    run_id = store.ledger.begin_run("adhoc", targets, now_ms=START_MS, config={}, code_version="bench")
    rows = synthetic(count, facts)
    with store.transaction():
        for target in targets:
            seen = [next(rows) for _ in range(SIGHTINGS_A_PAGE)]
            store.facts.save_visit(run_id, visit(target, seen), [link(row.link) for row in seen], now_ms=START_MS)
        for known in facts[: min(count, LINKS)]:
            store.facts.save_resolution(run_id, resolution(known))
    return run_id


def visit(target: Target, seen: list[SightingFacts]) -> Visit:
    """A look at a page with these sightings."""
    page = Page(requested_url=target.url, final_url=target.url, fetched_ms=seen[0].seen_ms)
    sightings = tuple(
        Sighting(
            raw=row.raw,
            url=row.link.url,
            found_in=row.found_in,
            locator=row.sighting_id,
            label=row.label,
            published=Interval(row.published_from_ms, row.published_to_ms, row.published_basis),
        )
        for row in seen
    )
    return Visit(target=target, page=page, product_area_seen=True, sightings=sightings)


def link(facts: LinkFacts) -> Link:
    """The link of these facts."""
    return Link(url=facts.url, platform=facts.platform, kind=facts.kind, scope=facts.scope)


def resolution(facts: LinkFacts) -> Resolution:
    """How the link was followed."""
    outcome: ResolutionOutcome = "resolved" if facts.destination else "login_wall"
    return Resolution(link_url=facts.url, outcome=outcome, final_url=facts.url, destination=facts.destination)


def report(what: str, count: int, seconds: float) -> Measured:
    """One measurement: CPU seconds of this process on one core, and its peak memory so far."""
    measured = Measured(what, count, seconds)
    print(f"{what}: {seconds:.1f} CPU s, {measured.rate:,.0f} sightings/s, peak RSS {peak_mib():.0f} MiB", flush=True)
    return measured


def peak_mib() -> float:
    """The most memory that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
