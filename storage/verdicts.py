"""Verdicts: what policies said of the sightings of a run, read and written in batches so that memory stays flat."""

from __future__ import annotations

import json
from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from operator import attrgetter
from typing import Any

from sqlite_utils import Database

from storage.connection import transaction
from storage.records import Destination, LinkFacts, SightingFacts, Signal, Verdict, VerdictValue

VISITS_AT_ONCE = 50
"""Each read is this short, so that the write-ahead log can be taken in between, and the processor's cache holds it."""
LINKS_REMEMBERED = 100_000
VERDICTS_AT_ONCE = 50_000
CACHE_KIB = 65_536
"""Sightings are named by hashes, so that each verdict touches pages all over their index; this keeps those at hand."""
LOG_PAGES = 16_384
"""So long (64 MiB) may the write-ahead log get in between: a page that changes again soon is taken over once."""


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
        self._db.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        visits = array("q", (row[0] for row in self._db.execute(VISIT_ROWIDS, {"run": run_id, "visit": visit_id})))
        links = _Links(self._db, run_id)
        for start in range(0, len(visits), VISITS_AT_ONCE):
            chunk = visits[start : start + VISITS_AT_ONCE]
            asked = [chunk[0], chunk[-1], run_id]
            looks = {row[0]: row[1:] for row in self._db.execute(LOOKS, asked)}
            rows = self._db.execute(SIGHTINGS, asked).fetchall()
            known = links.of([row[1] for row in rows])
            for row, facts in zip(rows, known, strict=True):
                yield SightingFacts._make(row[:2] + looks[row[-1]] + row[2:-1] + (facts,))

    def has_facts(self, run_id: str) -> bool:
        """Whether a run has any sighting to judge, those on canaries apart."""
        return self._db.execute(ANY_SIGHTING, [run_id]).fetchone() is not None

    def save(
        self,
        run_id: str,
        policy_digest: str,
        verdicts: Iterable[Verdict],
        *,
        now_ms: int,
        conclude: Callable[[], None] = lambda: None,
    ) -> Counter[VerdictValue]:
        """Keep the verdicts of a policy on a run, in place of what it said of this run before.

        Other policies' verdicts stay, and so do the rows of what it says again. At the end the run notes by which
        policy it was judged last. A run of up to ``VERDICTS_AT_ONCE`` verdicts is one transaction; a larger one counts
        as judged by this policy only once it has been judged whole, and judging it again mends what a crash cut off.

        Args:
            run_id: the run.
            policy_digest: the policy.
            verdicts: all that it says of the run.
            now_ms: when.
            conclude: what belongs to the judgement, too: a run counts as judged only together with it.

        Returns:
            How many verdicts of each value there were.
        """
        self._db.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        self._db.execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES}")
        counts: Counter[VerdictValue] = Counter()
        stream = iter(verdicts)
        page = _Page(self._db, run_id, policy_digest, now_ms)
        more = True
        while more:
            with transaction(self._db) as db:
                batch = list(islice(stream, VERDICTS_AT_ONCE))
                counts.update(map(attrgetter("verdict"), batch))
                has_changed = page.write(batch)
                more = len(batch) == VERDICTS_AT_ONCE
                if not more:
                    page.strike_the_rest()
                    db.execute(JUDGED, [policy_digest, run_id])
                    conclude()
                elif has_changed:
                    db.execute(IN_JUDGEMENT, [run_id, policy_digest])
        return counts

    @contextmanager
    def supposed(self, run_id: str, policy_digest: str, verdicts: Iterable[Verdict]) -> Iterator[None]:
        """Verdicts as if they were kept: until the end, whoever asks this connection for verdicts sees these alone.

        They are held in a temporary table, which hides the real one; the database itself may be open to read only.
        Those that allow are left out: no violation comes of them.
        """
        (was_read_only,) = self._db.execute("PRAGMA query_only").fetchone()
        self._db.execute("PRAGMA query_only = 0")  # it would forbid temporary tables, too
        try:
            self._db.conn.executescript(SUPPOSED)
            telling = (verdict for verdict in verdicts if verdict.verdict != "allowed")
            while batch := list(islice(telling, VERDICTS_AT_ONCE)):
                self._db.execute("BEGIN")
                rows = ((*verdict, run_id, policy_digest, 0) for verdict in batch)
                self._db.conn.executemany(VERDICT_SUPPOSE, rows)
                self._db.execute("COMMIT")
            yield
        finally:
            self._db.execute("DROP TABLE IF EXISTS temp.verdicts")
            self._db.execute(f"PRAGMA query_only = {was_read_only}")

    def policy_name(self, policy_digest: str) -> str:
        """The name and version of a policy that judged a run of this database."""
        row = self._db.execute(POLICY_NAME, [policy_digest]).fetchone()
        return policy_digest if row is None else str(row[0])

    def policy_text(self, policy_digest: str) -> str | None:
        """The whole file of a policy that judged a run of this database; ``None`` where it is not kept."""
        row = self._db.execute("SELECT text FROM policies WHERE policy_digest = ?", [policy_digest]).fetchone()
        return None if row is None else str(row[0])

    def in_force(self) -> str | None:
        """The policy that violations follow, by its digest: of the run judged last; ``None`` where there are none."""
        row = self._db.execute(IN_FORCE).fetchone()
        return None if row is None else row[0]

    def judged_by(self, run_id: str) -> str | None:
        """The policy that judged a run last, by its digest; ``None`` where none has yet judged it whole."""
        row = self._db.execute("SELECT policy_digest FROM runs WHERE run_id = ?", [run_id]).fetchone()
        return None if row is None else row[0]

    def flagged(self, run_id: str, policy_digest: str, sightings: Collection[str]) -> set[str]:
        """Which of some sightings of a run a policy called violations."""
        rows = self._db.execute(FLAGGED, [json.dumps(list(sightings)), run_id, policy_digest])
        return {sighting_id for (sighting_id,) in rows}


class _Page:
    """What a policy says of a run, being written: over what it said before, where it said anything."""

    def __init__(self, db: Database, run_id: str, policy_digest: str, now_ms: int) -> None:
        self._db = db
        self._about = (run_id, policy_digest)
        self._now_ms = now_ms
        self._last_before: int | None = None
        if db.execute(ANY_VERDICT, self._about).fetchone() is not None:
            (self._last_before,) = db.execute("SELECT max(verdict_id) FROM verdicts").fetchone()
            db.conn.executescript(SAID_AGAIN)

    def write(self, batch: list[Verdict]) -> bool:
        """Write verdicts; those that stand there already in the same words stay. Tells whether anything changed."""
        if self._last_before is None:
            return self._insert(batch)
        before = {row[1:3]: row for row in self._db.execute(SAID, [_json_of_sightings(batch), *self._about])}
        self._db.conn.executemany(
            "INSERT OR IGNORE INTO temp.said_again VALUES (?)",
            [(before[verdict[:2]][0],) for verdict in batch if verdict[:2] in before],
        )
        changed = [verdict for verdict in batch if verdict[:2] in before and before[verdict[:2]][1:] != verdict]
        rows = [(*verdict[2:], self._now_ms, before[verdict[:2]][0]) for verdict in changed]
        self._db.conn.executemany(VERDICT_UPDATE, rows)
        return self._insert([verdict for verdict in batch if verdict[:2] not in before]) or bool(changed)

    def _insert(self, batch: list[Verdict]) -> bool:
        about = (*self._about, self._now_ms)
        self._db.conn.executemany(VERDICT_INSERT, ((*verdict, *about) for verdict in batch))
        return bool(batch)

    def strike_the_rest(self) -> None:
        """Remove what the policy said before and has not said again."""
        if self._last_before is not None:
            self._db.execute(STRIKE, [*self._about, self._last_before])


def _json_of_sightings(verdicts: Iterable[Verdict]) -> str:
    return json.dumps(sorted({verdict.sighting_id for verdict in verdicts}))


class _Links:
    """What a run knows of its links, looked up once for many sightings."""

    def __init__(self, db: Database, run_id: str) -> None:
        self._execute = db.conn.execute
        self._run_id = run_id
        self._known: dict[str, LinkFacts] = {}
        row = self._execute("SELECT started_ms FROM runs WHERE run_id = ?", [run_id]).fetchone()
        self._started_ms = row[0] if row else 0
        self._is_first = self._execute(EARLIER_RUN, [self._started_ms]).fetchone() is None

    def of(self, link_ids: Sequence[str]) -> list[LinkFacts]:
        """The facts of these links, in their order; the same object for the same link, as long as it is remembered."""
        known = [self._known.get(link_id) for link_id in link_ids]
        if None in known:
            if len(self._known) > LINKS_REMEMBERED:
                self._known.clear()
            missing = {link_id for link_id, facts in zip(link_ids, known, strict=True) if facts is None}
            self._known.update(self._read(json.dumps(sorted(missing))))
        return [facts or self._known[link_id] for link_id, facts in zip(link_ids, known, strict=True)]

    def _read(self, asked: str) -> Iterator[tuple[str, LinkFacts]]:
        earlier = {} if self._is_first else self._earlier(asked)
        for row in self._execute(LINKS, [self._run_id, asked]):
            link_id, hops, outcome = row[:3]
            hop_urls = tuple(json.loads(hops)) if hops != "[]" else ()
            now = _destination(row[8:]) if row[8] is not None else None
            known = (outcome or "unresolvable", hop_urls, now, earlier.get(link_id))
            yield link_id, LinkFacts._make(row[3:8] + known)

    def _earlier(self, asked: str) -> dict[str, Destination]:
        """The rows come latest first and vague ones before firm ones: the first that was firm has the last word."""
        return {row[0]: _destination(row[1:]) for row in self._execute(EARLIER, [asked, self._started_ms])}


def _destination(row: Sequence[Any]) -> Destination:
    """A row of ``DESTINATION``'s columns, which are the record's fields in their order, ``signals`` as JSON."""
    platform, store_type, confidence, signals_json, shop_id, shop_name, item_id, title, state, checked_ms = row
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


POLICY_INSERT = """
INSERT INTO policies (policy_digest, name, version, text, loaded_ms) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
"""
POLICY_NAME = "SELECT name || ' ' || version FROM policies WHERE policy_digest = ?"
IN_FORCE = """
SELECT policy_digest FROM runs WHERE policy_digest IS NOT NULL AND EXISTS (SELECT 1 FROM violations)
ORDER BY started_ms DESC, rowid DESC LIMIT 1
"""
VISIT_ROWIDS = "SELECT rowid FROM visits WHERE run_id = :run AND visit_id = ifnull(:visit, visit_id) ORDER BY rowid"
LOOKS = """
SELECT visits.rowid, page_id, site, surface, owner_id, fetched_ms FROM visits JOIN pages USING (page_id)
WHERE visits.rowid BETWEEN ? AND ? AND +run_id = ?  -- by the number; the plus forbids to search all of the run
"""
SIGHTINGS = """
SELECT sighting_id, link_id, raw, found_in, label, published_from_ms, published_to_ms, published_basis, visits.rowid
FROM visits CROSS JOIN sightings USING (visit_id)
WHERE visits.rowid BETWEEN ? AND ? AND +visits.run_id = ?
ORDER BY visits.rowid
"""
DESTINATION = """destinations.platform, store_type, confidence, signals_json, destinations.shop_id, shop_name,
    destinations.item_id, title, state, checked_ms"""
LINKS = f"""
SELECT links.link_id,
    (SELECT json_group_array(hops.url) FROM hops WHERE hops.resolution_id = resolutions.resolution_id),
    outcome, url, links.platform, kind, scope, links.item_id, {DESTINATION}
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
ANY_SIGHTING = """
SELECT 1 FROM visits JOIN pages USING (page_id) JOIN sightings USING (visit_id)
WHERE run_id = ? AND site <> 'canary' LIMIT 1
"""
FLAGGED = """
SELECT sighting_id FROM json_each(?) CROSS JOIN main.verdicts ON sighting_id = value
WHERE run_id = ? AND policy_digest = ? AND verdict = 'violation'
"""
ANY_VERDICT = "SELECT 1 FROM verdicts WHERE run_id = ? AND policy_digest = ? LIMIT 1"
SAID = """
SELECT verdict_id, sighting_id, rule, verdict, reason, severity, clause
FROM json_each(?) CROSS JOIN verdicts ON sighting_id = value
WHERE run_id = ? AND policy_digest = ?
"""
VERDICT_INSERT = """
INSERT INTO verdicts (sighting_id, rule, verdict, reason, severity, clause, run_id, policy_digest, decided_ms)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
VERDICT_SUPPOSE = VERDICT_INSERT.replace("verdicts", "temp.verdicts")
SUPPOSED = """
DROP TABLE IF EXISTS temp.verdicts;
CREATE TEMP TABLE verdicts (sighting_id, rule, verdict, reason, severity, clause, run_id, policy_digest, decided_ms);
CREATE INDEX temp.supposed_of ON verdicts (sighting_id);
"""
VERDICT_UPDATE = """
UPDATE verdicts SET verdict = ?, reason = ?, severity = ?, clause = ?, decided_ms = ? WHERE verdict_id = ?
"""
SAID_AGAIN = """
CREATE TEMP TABLE IF NOT EXISTS said_again (verdict_id INTEGER PRIMARY KEY);
DELETE FROM temp.said_again;
"""
STRIKE = """
DELETE FROM verdicts WHERE run_id = ? AND policy_digest = ? AND verdict_id <= ?
AND verdict_id NOT IN (SELECT verdict_id FROM temp.said_again)
"""
JUDGED = "UPDATE runs SET policy_digest = ?1 WHERE run_id = ?2 AND policy_digest IS NOT ?1"
IN_JUDGEMENT = "UPDATE runs SET policy_digest = NULL WHERE run_id = ? AND policy_digest = ?"
"""Verdicts are being changed under the eyes of readers: until all are, they are nobody's."""
