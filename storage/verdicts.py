"""Verdicts: what policies said of the sightings of a run, read and written in batches so that memory stays flat."""

from __future__ import annotations

import json
from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlite_utils import Database

from storage.connection import transaction
from storage.records import Destination, LinkFacts, SightingFacts, Signal, Verdict, VerdictValue, identify

VISITS_AT_ONCE = 200
"""Each read is this short, so that the write-ahead log can be taken in between."""
LINKS_REMEMBERED = 100_000
VERDICTS_AT_ONCE = 50_000
CACHE_KIB = 65_536
"""Identifiers are hashes, so that each verdict touches pages all over the indexes; this halves what writing costs."""


class Verdicts:
    """The tables ``policies`` and ``verdicts``, and the facts that verdicts are made of."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def save_policy(self, digest: str, name: str, version: str, text: str, *, now_ms: int) -> None:
        """Keep the text of a policy; the second time changes nothing."""
        with transaction(self._db) as db:
            db.execute(POLICY_INSERT, [digest, name, version, text, now_ms])

    def facts(self, run_id: str, visit_id: str | None = None) -> Iterator[SightingFacts]:
        """Every sighting of a run (or of one of its visits) with what is known of it, in the order of the visits.

        Reads a few visits at a time; it may be written to in between. Memory does not grow with the run, apart
        from eight bytes a visit.
        """
        visits = array("q", (row[0] for row in self._db.execute(VISIT_ROWIDS, {"run": run_id, "visit": visit_id})))
        links = _Links(self._db, run_id)
        for start in range(0, len(visits), VISITS_AT_ONCE):
            chunk = visits[start : start + VISITS_AT_ONCE]
            rows = self._db.execute(SIGHTINGS, [chunk[0], chunk[-1], run_id]).fetchall()
            known = links.of([row[1] for row in rows])
            yield from (SightingFacts._make((*row, known[row[1]])) for row in rows)

    def has_facts(self, run_id: str) -> bool:
        """Whether a run has any sighting to judge, those on canaries apart."""
        return self._db.execute(ANY_SIGHTING, [run_id]).fetchone() is not None

    def save(
        self, run_id: str, policy_digest: str, verdicts: Iterable[Verdict], *, now_ms: int
    ) -> Counter[VerdictValue]:
        """Keep the verdicts of a policy on a run, in place of what it said of this run before.

        Other policies' verdicts stay, and the run notes by which it was judged last. A run of up to
        ``VERDICTS_AT_ONCE`` verdicts is one transaction; of a larger one, whatever a crash cut off is judged again by
        judging it again.

        Returns:
            How many verdicts of each value there were.
        """
        self._db.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        counts: Counter[VerdictValue] = Counter()
        stream = iter(verdicts)
        more = True
        while more:
            with transaction(self._db) as db:
                batch = list(islice(stream, VERDICTS_AT_ONCE))
                counts.update(verdict.verdict for verdict in batch)
                db.conn.executemany(VERDICT_UPSERT, _rows(run_id, policy_digest, batch, now_ms))
                more = len(batch) == VERDICTS_AT_ONCE
                if not more:
                    db.execute(STALE_DELETE, [run_id, policy_digest, now_ms])
                    db.execute("UPDATE runs SET policy_digest = ? WHERE run_id = ?", [policy_digest, run_id])
        return counts

    def judged_by(self, run_id: str, *, other_than: str = "") -> str | None:
        """The policy that judged a run last, by its digest; ``other_than`` leaves one policy out."""
        row = self._db.execute(LAST_POLICY, [run_id, other_than]).fetchone()
        return None if row is None else str(row[0])

    def flagged(self, run_id: str, policy_digest: str, sightings: Collection[str]) -> set[str]:
        """Which of some sightings of a run a policy called violations."""
        rows = self._db.execute(FLAGGED, [json.dumps(list(sightings)), run_id, policy_digest])
        return {sighting_id for (sighting_id,) in rows}


class _Links:
    """What a run knows of its links, looked up once for many sightings."""

    def __init__(self, db: Database, run_id: str) -> None:
        self._execute = db.conn.execute
        self._run_id = run_id
        self._known: dict[str, LinkFacts] = {}
        row = self._execute("SELECT started_ms FROM runs WHERE run_id = ?", [run_id]).fetchone()
        self._started_ms = row[0] if row else 0
        self._is_first = self._execute(EARLIER_RUN, [self._started_ms]).fetchone() is None

    def of(self, link_ids: Collection[str]) -> Mapping[str, LinkFacts]:
        """The facts of these links, and of some that were asked for before."""
        missing = {link_id for link_id in link_ids if link_id not in self._known}
        if len(self._known) > LINKS_REMEMBERED:
            self._known, missing = {}, set(link_ids)
        if missing:
            self._known.update(self._read(json.dumps(sorted(missing))))
        return self._known

    def _read(self, asked: str) -> Iterator[tuple[str, LinkFacts]]:
        hops = dict(self._execute(HOPS, [self._run_id, asked]))
        earlier = {} if self._is_first else self._earlier(asked)
        for link_id, url, platform, kind, scope, item_id, outcome, *now in self._execute(LINKS, [self._run_id, asked]):
            yield (
                link_id,
                LinkFacts(
                    url=url,
                    platform=platform,
                    kind=kind,
                    scope=scope,
                    item_id=item_id,
                    outcome=outcome or "unresolvable",
                    hop_urls=tuple(json.loads(hops.get(link_id, "[]"))),
                    destination=_destination(now) if now[0] is not None else None,
                    earlier=earlier.get(link_id),
                ),
            )

    def _earlier(self, asked: str) -> dict[str, Destination]:
        """The rows come latest first and vague ones before firm ones: the first that was firm has the last word."""
        return {row[0]: _destination(row[1:]) for row in self._execute(EARLIER, [asked, self._started_ms])}


def _destination(row: Sequence[Any]) -> Destination:
    """A row of ``DESTINATION``'s columns, which are the record's fields in their order, ``signals`` as JSON."""
    platform, store_type, confidence, signals_json, *rest = row
    shop_id, shop_name, item_id, title, state, checked_ms = rest
    return Destination(
        platform=platform,
        store_type=store_type,
        confidence=confidence,
        signals=tuple(Signal(**signal) for signal in json.loads(signals_json)) if signals_json != "[]" else (),
        shop_id=shop_id,
        shop_name=shop_name,
        item_id=item_id,
        title=title,
        state=state,
        checked_ms=checked_ms,
    )


def _rows(run_id: str, policy_digest: str, batch: Iterable[Verdict], now_ms: int) -> Iterator[tuple[object, ...]]:
    for verdict in batch:
        key = identify("verdict", run_id, policy_digest, verdict.sighting_id, verdict.rule)
        says = (verdict.rule, verdict.sighting_id, verdict.verdict, verdict.reason, verdict.severity, verdict.clause)
        yield (key, run_id, policy_digest, *says, now_ms)


POLICY_INSERT = """
INSERT INTO policies (policy_digest, name, version, text, loaded_ms) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
"""
VISIT_ROWIDS = "SELECT rowid FROM visits WHERE run_id = :run AND visit_id = ifnull(:visit, visit_id) ORDER BY rowid"
SIGHTINGS = """
SELECT sighting_id, link_id, page_id, site, surface, owner_id, fetched_ms, raw, found_in, label,
    published_from_ms, published_to_ms, published_basis
FROM visits CROSS JOIN pages USING (page_id) CROSS JOIN sightings USING (visit_id)
WHERE visits.rowid BETWEEN ? AND ? AND visits.run_id = ?
ORDER BY visits.rowid
"""
DESTINATION = """destinations.platform, store_type, confidence, signals_json, destinations.shop_id, shop_name,
    destinations.item_id, title, state, checked_ms"""
LINKS = f"""
SELECT links.link_id, url, links.platform, kind, scope, links.item_id, outcome, {DESTINATION}
FROM links LEFT JOIN resolutions ON resolutions.link_id = links.link_id AND resolutions.run_id = ?
LEFT JOIN destinations USING (destination_id)
WHERE links.link_id IN (SELECT value FROM json_each(?))
"""  # noqa: S608 - what is put in is a literal of this file
EARLIER = f"""
SELECT link_id, {DESTINATION}
FROM resolutions JOIN runs USING (run_id) JOIN destinations USING (destination_id)
WHERE link_id IN (SELECT value FROM json_each(?)) AND confidence <> 'undetermined' AND started_ms < ?
    AND status <> 'void'
ORDER BY destinations.shop_id IS NOT NULL OR confidence = 'proved', started_ms DESC, resolved_ms DESC
"""  # noqa: S608 - what is put in is a literal of this file
EARLIER_RUN = "SELECT 1 FROM runs WHERE started_ms < ? LIMIT 1"
HOPS = """
SELECT link_id, json_group_array(url) FROM (
    SELECT resolutions.link_id, hops.url FROM resolutions JOIN hops USING (resolution_id)
    WHERE run_id = ? AND link_id IN (SELECT value FROM json_each(?)) ORDER BY link_id, position
) GROUP BY link_id
"""
ANY_SIGHTING = """
SELECT 1 FROM visits JOIN pages USING (page_id) JOIN sightings USING (visit_id)
WHERE run_id = ? AND site <> 'canary' LIMIT 1
"""
FLAGGED = """
SELECT sighting_id FROM verdicts
WHERE sighting_id IN (SELECT value FROM json_each(?)) AND run_id = ? AND policy_digest = ? AND verdict = 'violation'
"""
VERDICT_UPSERT = """
INSERT INTO verdicts (verdict_id, run_id, policy_digest, rule, sighting_id, verdict, reason, severity, clause,
    decided_ms)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (verdict_id) DO UPDATE SET verdict = excluded.verdict, reason = excluded.reason,
    severity = excluded.severity, clause = excluded.clause, decided_ms = excluded.decided_ms
"""
STALE_DELETE = "DELETE FROM verdicts WHERE run_id = ? AND policy_digest = ? AND decided_ms <> ?"
LAST_POLICY = """
SELECT policy_digest FROM verdicts WHERE run_id = ? AND policy_digest <> ? ORDER BY decided_ms DESC, rowid DESC LIMIT 1
"""
