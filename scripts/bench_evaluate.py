"""How fast sightings are judged, and in how much memory: pure, from a database, and with verdicts written.

``python scripts/bench_evaluate.py`` judges 1,000,000 sightings and puts 200,000 through a database; ``--ten`` judges
10,000,000 as well, to show that memory stays flat. Four in ten sightings break something, far more than on any shelf.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from crawler.evaluate import cases, evaluate, load_rules
from crawler.reading.policy import Policy, load_policy
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
    VerdictValue,
    Visit,
)
from storage.store import Store
from storage.verdicts import Verdicts

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


def main(argv: list[str] | None = None) -> int:
    """Run the benchmark and print a line for each measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ten", action="store_true", help="judge ten million as well")
    parser.add_argument("--sightings", type=int, default=1_000_000)
    parser.add_argument("--stored", type=int, default=200_000, help="how many to put through a database")
    options = parser.parse_args(argv)
    policy = load_policy(POLICY)
    judge(policy, options.sightings)
    if options.ten:
        judge(policy, 10 * options.sightings)
    through_database(policy, options.stored)
    return 0


def judge(policy: Policy, count: int) -> None:
    """Judge sightings that nobody stores. What it costs to make them up is taken off."""
    facts = [link_facts(number) for number in range(LINKS)]
    began = time.process_time()
    made_up = sum(1 for _ in synthetic(count, facts))
    cost = time.process_time() - began
    values, seconds = timed(policy, synthetic(count, facts))
    report(f"judge {count:,}", made_up, seconds - cost, values)


def timed(policy: Policy, facts: Iterable[SightingFacts]) -> tuple[Counter[VerdictValue], float]:
    """Verdicts by value, and CPU seconds."""
    began = time.process_time()
    values = Counter(verdict.verdict for verdict in evaluate(cases(facts), policy, load_rules()))
    return values, time.process_time() - began


def through_database(policy: Policy, count: int) -> None:
    """Fill a database, then judge from it (a dry run), then judge and write."""
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder) / "bench.db", now_ms=START_MS) as store:
        run_id = fill(store, count)
        verdicts = Verdicts(store.db)
        values, seconds = timed(policy, verdicts.facts(run_id))
        report(f"read and judge {count:,}", count, seconds, values)
        began = time.process_time()
        verdicts.save_policy(policy.digest, policy.name, policy.version, policy.text, now_ms=START_MS)
        judged = evaluate(cases(verdicts.facts(run_id)), policy, load_rules())
        kept = verdicts.save(run_id, policy.digest, judged, now_ms=START_MS)
        report(f"read, judge and write {count:,}", count, time.process_time() - began, kept)


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
            raw="https://detail.tmall.com/item.htm?id=1",
            found_in="script_state",
            label="夏季连衣裙 2022 新款",
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


def report(what: str, count: int, seconds: float, values: Counter[VerdictValue] | None = None) -> None:
    """One measurement: CPU seconds of this process on one core, and its peak memory so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rate = count / seconds
    said = f"  {dict(sorted(values.items()))}" if values else ""
    print(f"{what}: {seconds:.1f} CPU s, {rate:,.0f} sightings/s, peak RSS {peak:.0f} MiB{said}")


if __name__ == "__main__":
    sys.exit(main())
