"""A small night that can be broken off anywhere and taken up again: five pages, one retry, four links."""

from __future__ import annotations

from storage.ledger import RunNotFoundError
from storage.records import Destination, Hop, Interval, Link, Page, Resolution, Sighting, Signal, Target, Visit
from storage.store import Store

NOW = 1_667_000_000_000
ROOM = "https://live.kuaishou.com/u/"
TARGETS = [Target(f"{ROOM}{name}", "live_room", owner_id=name) for name in ("ann", "bob", "cat", "dan", "eve")]
OUTCOMES = {"ann": "ok", "bob": "ok", "cat": "offline", "dan": "login_wall", "eve": "ok"}
ITEMS = {"ann": ("1", "2", "3"), "bob": ("2", "4"), "eve": ("4",)}
SNAPSHOT = {"ann": b"<html>ann</html>", "bob": b"<html>bob</html>"}


def item(number: str) -> Link:
    return Link(
        url=f"https://item.taobao.com/item.htm?id={number}",
        platform="taobao",
        kind="item_page",
        scope="outbound_commerce",
        item_id=number,
    )


def sighting(link: Link, place: int = 0, **changes) -> Sighting:
    return Sighting(
        **{
            "raw": link.url,
            "url": link.url,
            "found_in": "anchor",
            "locator": f"a:nth-child({place})",
            "label": "秋冬新款",
        }
        | changes
    )


def look(target: Target, links=(), *, at_ms: int = NOW, outcome="ok", attempt: int = 1, **changes) -> Visit:
    page = Page(requested_url=target.url, final_url=target.url, outcome=outcome, fetched_ms=at_ms)
    sightings = tuple(sighting(link, place) for place, link in enumerate(links))
    return Visit(
        **{
            "target": target,
            "page": page,
            "product_area_seen": outcome == "ok",
            "sightings": sightings,
            "attempt": attempt,
        }
        | changes
    )


def begin(store: Store, targets=TARGETS, *, at_ms: int = NOW) -> str:
    return store.ledger.begin_run("nightly", targets, now_ms=at_ms, config={}, code_version="test")


def take(store: Store, run: str, *, at_ms: int = NOW, limit: int = 2, suspect: bool = False):
    return store.ledger.lease(run, "live_room", now_ms=at_ms, lease_ms=60_000, limit=limit, suspect=suspect)


def name_of(target: Target) -> str:
    return target.url.removeprefix(ROOM)


def resolution(link: Link) -> Resolution:
    shop = Destination(
        platform="taobao",
        store_type="taobao_personal",
        confidence="proved",
        signals=(Signal("shop_type", "C", "taobao_personal"),),
        shop_id="77",
        shop_name="小王的店",
        checked_ms=NOW,
    )
    return Resolution(
        link_url=link.url,
        outcome="resolved",
        final_url=link.url,
        hops=(Hop(url="https://s.click.taobao.com/x", status=302), Hop(url=link.url, status=200)),
        destination=shop,
        resolved_ms=NOW,
    )


def play(store: Store) -> str:
    """Bring the night to its end from wherever it stands; a night that is over is left alone."""
    done = store.db.execute("SELECT run_id FROM runs WHERE status = 'degraded'").fetchone()
    if done:
        return done[0]
    try:
        run = store.ledger.resume(None, NOW)
    except RunNotFoundError:
        run = begin(store)
    while leases := take(store, run) or take(store, run, limit=1, suspect=True):
        for lease in leases:
            store.ledger.start(run, lease.target.url, now_ms=NOW)
            _visit(store, run, lease)
    for link in store.facts.unresolved_links(run):
        store.ledger.start_link(run, link.link_id)
        store.facts.save_resolution(run, resolution(link), snapshot=b"<html>shop</html>")
    store.ledger.finish_run(run, "degraded", "a login wall", now_ms=NOW, stats={"pages": 5})
    return run


def _visit(store: Store, run: str, lease) -> None:
    name = name_of(lease.target)
    links = [item(number) for number in ITEMS.get(name, ())]
    at_first = name == "bob" and lease.attempt == 1
    outcome = "timeout" if at_first else OUTCOMES[name]
    visit = look(lease.target, () if at_first else links, outcome=outcome, attempt=lease.attempt)
    store.facts.save_visit(
        run, visit, () if at_first else links, now_ms=NOW, snapshot=SNAPSHOT.get(name), retry=at_first
    )


STATED = Interval(NOW - 5000, NOW - 4999, "stated")
