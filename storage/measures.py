"""What a night was like in numbers, and what nights before it were like: for coverage, drift and lost fields."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlite_utils import Database


class Measures:
    """Numbers of runs. Canaries are left out: of them the truth is known."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def coverage(self, run_id: str, owner: str = "") -> list[tuple[str, int, int, int]]:
        """Per surface: its name, targets, those seen or off the air, and those seen whole (product area and all).

        Args:
            run_id: the run.
            owner: only pages of this owner, by identifier or name, be it the page or a target that names it; ``""``
                for all.
        """
        return [tuple(row) for row in self._db.execute(COVERAGE, {"run": run_id, "owner": owner})]

    def knows_owner(self, owner: str) -> bool:
        """Whether any run ever had a page of this owner, by identifier or name, seen or not."""
        return self._db.execute(OWNER, {"owner": owner}).fetchone() is not None

    def pages_named(self, owner: str) -> set[str]:
        """The pages that a target of any run names as this owner's, whosever they say they are."""
        return {page_id for (page_id,) in self._db.execute(NAMED, {"owner": owner})}

    def other_owners(self, owner: str) -> list[tuple[str, str]]:
        """Whom targets and whom pages name, where they differ and either names this owner: (by target, by page)."""
        return [(named, own) for named, own in self._db.execute(OTHER_OWNERS, {"owner": owner})]

    def found(self, run_id: str) -> tuple[int, int]:
        """How many sightings of how many links the run has, by all processes that worked on it."""
        sightings, links = self._db.execute(FOUND, {"run": run_id}).fetchone()
        return sightings, links

    def of(self, run_id: str) -> dict[str, float]:
        """The measures of a run, by name: shares are of 1, sizes in bytes. What cannot be told is left out."""
        rows = list(self._db.execute(PER_SURFACE, {"run": run_id}))
        found = {
            f"{surface}: {name}": float(value)
            for surface, *values in rows
            for name, value in zip(("share of walls", "links per page", "bytes per page"), values, strict=True)
            if value is not None
        }
        (unknown,) = self._db.execute(UNKNOWN_SHARE, {"run": run_id}).fetchone()
        return found if unknown is None else {**found, "share of links that led to no known shop": float(unknown)}

    def anchors(self, run_id: str) -> dict[str, float]:
        """On what share of the pages that stood open each field was found that a surface depends on.

        Keys are ``SURFACE.FIELD``. Surfaces with no open page are left out.
        """
        return {
            f"{surface}.{field}": float(share) for surface, field, share in self._db.execute(ANCHORS, {"run": run_id})
        }

    def before(self, run_id: str) -> list[Mapping[str, Any]]:
        """The kept numbers (``stats_json``) of earlier runs that were neither void nor interrupted, oldest first."""
        return [json.loads(row[0]) for row in self._db.execute(BEFORE, {"run": run_id})]


NAMED = """
SELECT DISTINCT page_id FROM tasks JOIN visits ON visits.run_id = tasks.run_id AND task_url = target_url
WHERE tasks.owner_id = :owner
"""
OTHER_OWNERS = """
SELECT DISTINCT tasks.owner_id, pages.owner_id
FROM tasks JOIN visits ON visits.run_id = tasks.run_id AND task_url = target_url JOIN pages USING (page_id)
WHERE tasks.owner_id <> pages.owner_id AND :owner IN (tasks.owner_id, pages.owner_id, owner_name)
ORDER BY tasks.owner_id, pages.owner_id
"""
COVERAGE = f"""
SELECT tasks.surface, count(*),
    count(*) FILTER (WHERE tasks.outcome IN ('ok', 'offline')),
    count(*) FILTER (WHERE tasks.outcome = 'offline' OR (tasks.outcome = 'ok' AND product_area_seen))
FROM tasks LEFT JOIN visits ON visits.run_id = tasks.run_id AND visits.task_url = tasks.target_url
    AND visits.attempt = tasks.attempt
LEFT JOIN pages USING (page_id)
WHERE tasks.run_id = :run AND tasks.site <> 'canary'
    AND (:owner = '' OR :owner IN (tasks.owner_id, pages.owner_id, owner_name) OR page_id IN ({NAMED}))
GROUP BY tasks.surface ORDER BY tasks.surface
"""  # noqa: S608 - what is put in is a literal of this file
OWNER = """
SELECT 1 FROM pages WHERE :owner IN (owner_id, owner_name) UNION ALL SELECT 1 FROM tasks WHERE owner_id = :owner LIMIT 1
"""
FOUND = """
SELECT count(*), count(DISTINCT link_id) FROM visits JOIN sightings USING (visit_id) JOIN pages USING (page_id)
WHERE run_id = :run AND site <> 'canary'
"""
PER_SURFACE = """
SELECT surface, avg(visits.outcome IN ('login_wall', 'challenge', 'rate_limited')),
    avg(CASE WHEN visits.outcome = 'ok' THEN links_found END), avg(CASE WHEN visits.outcome = 'ok' THEN bytes END)
FROM visits JOIN pages USING (page_id) LEFT JOIN evidence ON evidence.visit_id = visits.visit_id AND kind = 'html'
    AND violation_id IS NULL
WHERE run_id = :run AND site <> 'canary' GROUP BY surface ORDER BY surface
"""
UNKNOWN_SHARE = """
SELECT avg(store_type IS NULL OR store_type = 'unknown')
FROM resolutions LEFT JOIN destinations USING (destination_id) WHERE run_id = :run
"""
ANCHORS = """
SELECT surface, key, avg(value > 0) FROM visits JOIN pages USING (page_id), json_each(anchors_json)
WHERE run_id = :run AND site <> 'canary' AND outcome IN ('ok', 'partial') GROUP BY surface, key
"""
BEFORE = """
SELECT stats_json FROM runs
WHERE status IN ('complete', 'degraded') AND run_id <> :run
    AND kind = (SELECT kind FROM runs WHERE run_id = :run)
    AND started_ms <= (SELECT started_ms FROM runs WHERE run_id = :run)
ORDER BY started_ms, rowid
"""
