"""What a database says, apart from when and in which run: two crawls of one world must say the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeAlias

from storage.store import Store

LogicalDump: TypeAlias = dict[str, list[tuple[Any, ...]]]

_LAST_LOOK = "visits.run_id = tasks.run_id AND visits.task_url = tasks.target_url AND visits.attempt = tasks.attempt"
_SIGHTED = f"""
tasks JOIN visits ON {_LAST_LOOK} JOIN pages USING (page_id) JOIN sightings USING (visit_id)
JOIN links ON links.link_id = sightings.link_id
"""
_STATED = "published_basis = 'stated'"
QUERIES = {
    "tasks": "SELECT target_url, surface, site, state, outcome FROM tasks WHERE run_id = ifnull(:run, run_id)",
    "visits": f"""
        SELECT target_url, pages.url, pages.surface, pages.owner_id, owner_name, final_url, visits.outcome, lane,
            http_status, product_area_seen, links_found, anchors_json, detail
        FROM tasks JOIN visits ON {_LAST_LOOK} JOIN pages USING (page_id)
        WHERE tasks.run_id = ifnull(:run, tasks.run_id)""",  # noqa: S608 - literals of this file
    "sightings": f"""
        SELECT pages.url, links.url, platform, kind, scope, item_id, shop_id, raw, token, depth, found_in, locator,
            label, price_fen, published_basis,
            iif({_STATED}, published_from_ms, NULL), iif({_STATED}, published_to_ms, NULL)
        FROM {_SIGHTED} WHERE tasks.run_id = ifnull(:run, tasks.run_id)""",  # noqa: S608 - literals of this file
    "resolutions": """
        SELECT links.url, resolutions.outcome, final_url, destinations.platform, store_type, confidence, signals_json,
            destinations.shop_id, shop_name, destinations.item_id, title, destinations.state, resolutions.detail
        FROM resolutions JOIN links USING (link_id) LEFT JOIN destinations USING (destination_id)
        WHERE run_id = ifnull(:run, run_id)""",
    "hops": """
        SELECT links.url, position, hops.url, status, via
        FROM hops JOIN resolutions USING (resolution_id) JOIN links USING (link_id)
        WHERE run_id = ifnull(:run, run_id)""",
    "verdicts": f"""
        SELECT pages.url, links.url, found_in, locator, rule, verdict, severity, clause
        FROM {_SIGHTED} JOIN verdicts USING (sighting_id)
        WHERE verdicts.run_id = ifnull(:run, verdicts.run_id)""",  # noqa: S608 - literals of this file
    "violations": """
        SELECT rule, severity, status, pages.url, links.url
        FROM violations JOIN pages USING (page_id) JOIN links USING (link_id)
        WHERE last_run = ifnull(:run, last_run)""",
}
"""Of each task the last look counts: how often a page had to be tried is between the crawl and the weather."""


def logical_dump(path: str | Path, run_id: str | None = None) -> LogicalDump:
    """Everything that a run (or, without ``run_id``, every run) found out, without times, run ids and attempts.

    A crawl that was killed and resumed must give the same dump as one that was not, on the same pages.

    Raises:
        StoreRefusedError: no such database, or not ours.
    """
    with Store.read(path) as store:
        return {name: sorted(store.db.execute(sql, {"run": run_id}), key=repr) for name, sql in QUERIES.items()}
