"""Violations from night to night: the same fault under the same identifier, its changes and what people decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Literal, NamedTuple, TypeAlias

from sqlite_utils import Database

from storage.connection import transaction
from storage.records import Observation, Step, VerdictValue, identify

Row: TypeAlias = dict[str, Any]
Decision: TypeAlias = Literal["confirmed", "false_positive", "waived", "needs_info"]
AT_FAULT = frozenset({"new", "ongoing", "reopened"})
"""After a run that left a violation so, and found it, the violation was seen. A void night has seen nothing."""
OURSELVES = "cartwatch"
"""The reviewer of what nobody but this program says: that facts have changed since a person decided."""


NextStatus: TypeAlias = Callable[[Observation], Step | None]
WITHDRAWN = Step("resolved", "withdrawn: the policy now applied to this run does not hold it to be a violation")
"""For what an earlier judgement of the same run had found, and no night before."""


class Fault(NamedTuple):
    """A rule broken by a link on a page: what a violation is, every night."""

    rule: str
    page_id: str
    link_id: str

    @property
    def violation_id(self) -> str:
        """The identifier, the same every night."""
        return identify("violation", self.rule, self.page_id, self.link_id)


class Violations:
    """The tables ``violations``, ``violation_events`` and ``reviews``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def follow(self, run_id: str, policy_digest: str, next_status: NextStatus, *, now_ms: int) -> Counter[str]:
        """Carry every violation over a run that was judged: open new ones, go on with, resolve or lose sight of others.

        An earlier run judged again changes no violation: later nights have had their say. Following the same run
        twice changes nothing.

        Args:
            run_id: the run.
            policy_digest: the policy whose verdicts count.
            next_status: what a run makes of a violation.
            now_ms: the time of the events.

        Returns:
            How many violations came to have each status in this run.
        """
        came: Counter[str] = Counter()
        with transaction(self._db):
            if self.is_superseded(run_id):
                return came
            for fault, row, found, step in self._steps(run_id, policy_digest, next_status):
                if self._write(run_id, fault, row, found, step, now_ms=now_ms):
                    came[step.status] += 1
            self._ask_again(now_ms)
        return came

    def foresee(self, run_id: str, policy_digest: str, next_status: NextStatus) -> Counter[str]:
        """What ``follow`` would say, and nothing is written."""
        if self.is_superseded(run_id):
            return Counter()
        steps = self._steps(run_id, policy_digest, next_status)
        return Counter(step.status for _, row, _, step in steps if row is None or row["status"] != step.status)

    def _steps(
        self, run_id: str, policy_digest: str, next_status: NextStatus
    ) -> list[tuple[Fault, Row | None, Row | None, Step]]:
        """What a run makes of each violation: the fault, what was known of it, what was found, and its next step."""
        broken = self._broken(run_id, policy_digest)
        known = {_fault(row): row for row in self._known(run_id, policy_digest)}
        steps = []
        for fault in sorted({*broken, *known}):
            row, found = known.get(fault), broken.get(fault)
            step = next_status(_observe(row, found)) or (WITHDRAWN if row else None)
            if step is not None:
                steps.append((fault, row, found, step))
        return steps

    def review(
        self,
        violation_id: str,
        decision: Decision,
        *,
        reviewer: str,
        now_ms: int,
        until_ms: int | None = None,
        note: str = "",
    ) -> str:
        """Keep what a person decided; nothing is ever overwritten, the latest decision counts.

        Args:
            violation_id: which violation.
            decision: ``false_positive`` is quiet until the facts change, ``waived`` until ``until_ms``.
            reviewer: who decided.
            now_ms: when.
            until_ms: where a waiver ends, which every waiver does; ``None`` for all others.
            note: why.

        Returns:
            The review's identifier.

        Raises:
            LookupError: there is no such violation.
            ValueError: only a waiver has an end, which it must have and which lies in the future.
        """
        if until_ms is None and decision == "waived":
            raise ValueError("a waiver must have an end; name its last day")
        if until_ms is not None and decision != "waived":
            raise ValueError(f"only a waiver has an end; leave it out, or say waived instead of {decision}")
        if until_ms is not None and until_ms <= now_ms:
            raise ValueError("a waiver must end in the future; name a later day")
        query = "SELECT facts FROM violations WHERE violation_id = ?"
        row = self._db.execute(query, [violation_id]).fetchone()
        if row is None:
            raise LookupError(f"violation {violation_id}: there is none")
        review_id = identify("review", violation_id, now_ms, reviewer, decision, until_ms, note)
        with transaction(self._db) as db:
            values = [review_id, violation_id, now_ms, reviewer, decision, until_ms, note, row[0]]
            db.execute(REVIEW_INSERT, values)
        return review_id

    def rows(self, *, everything: bool = False) -> list[Row]:
        """Violations with page, link and shop, as plain rows; the gravest and newest first.

        ``quiet`` is the decision that keeps one quiet (``waived``, ``false_positive``), ``None`` where none does.

        Args:
            everything: resolved ones, and those that a review keeps quiet, too.
        """
        return list(self._db.query(ALL_ROWS if everything else OPEN_ROWS))

    def quiet_rows(self) -> list[Row]:
        """The violations that would be open but for a review that keeps them quiet, as rows of the same columns."""
        return list(self._db.query(QUIET_ROWS))

    def named(self, beginning: str) -> list[str]:
        """The identifiers of violations that begin so, in order."""
        query = "SELECT violation_id FROM violations WHERE substr(violation_id, 1, length(?1)) = ?1 ORDER BY 1"
        return [row[0] for row in self._db.execute(query, [beginning])]

    def history(self, violation_id: str) -> list[Row]:
        """Everything that happened to a violation, events and reviews, in order of time."""
        return list(self._db.query(HISTORY, {"violation": violation_id}))

    def evidence(self, violation_id: str) -> list[Row]:
        """What was kept of each look that showed a violation: ``page``, and ``shop`` for the link's end; oldest first.

        Rows have ``what``, ``run_id``, ``seen_ms``, ``url`` and ``sha256``, by which its folder finds the file.
        """
        return list(self._db.query(EVIDENCE_ROWS, {"violation": violation_id}))

    def is_superseded(self, run_id: str) -> bool:
        """Whether a later run has been judged, so that this one changes no violation any more."""
        return self._db.execute(LATER_RUN, [run_id]).fetchone() is not None

    def _broken(self, run_id: str, policy_digest: str) -> dict[Fault, Row]:
        rows = self._db.query(BROKEN, {"run": run_id, "policy": policy_digest})
        return {_fault(row): row for row in rows}

    def _known(self, run_id: str, policy_digest: str) -> Iterator[Row]:
        yield from self._db.query(KNOWN, {"run": run_id, "policy": policy_digest})

    def _write(
        self, run_id: str, fault: Fault, known: Row | None, found: Row | None, step: Step, *, now_ms: int
    ) -> bool:
        """Write a violation, and an event where its status is another than it was; tells whether it is."""
        status = known["status"] if known else None
        if found is not None and step.status in AT_FAULT:
            values = {**found, "id": fault.violation_id, "run": run_id, "status": step.status, "facts": _facts(found)}
            self._db.execute(VIOLATION_UPSERT, values)
            self._tie_evidence(fault.violation_id, found["visit_id"])
        if status == step.status:
            return False
        resolved_ms = now_ms if step.status == "resolved" else None
        self._db.execute(STATUS_UPDATE, [step.status, resolved_ms, fault.violation_id])
        key = identify("event", fault.violation_id, run_id, status, step.status, now_ms)
        event = [key, fault.violation_id, run_id, now_ms, status, step.status, step.reason]
        self._db.execute(EVENT_INSERT, event)
        return True

    def _tie_evidence(self, violation_id: str, visit_id: str) -> None:
        """Name what a look left behind as evidence of a violation, beside the row that names it as that of the look."""
        for kind, sha256 in self._db.execute(EVIDENCE_OF_LOOK, [visit_id]).fetchall():
            key = identify("evidence", violation_id, visit_id, kind, sha256)
            self._db.execute(EVIDENCE_TIE, [key, violation_id, visit_id, kind, sha256])

    def _ask_again(self, now_ms: int) -> None:
        """Ask a person anew where what a false positive rested on is no longer so."""
        for violation_id, facts in self._db.execute(CHANGED_SINCE).fetchall():
            note = "called a false positive, but where the link leads has changed since"
            review_id = identify("review", violation_id, now_ms, OURSELVES, facts)
            self._db.execute(
                REVIEW_INSERT, [review_id, violation_id, now_ms, OURSELVES, "needs_info", None, note, facts]
            )


def _fault(row: Row) -> Fault:
    return Fault(row["rule"], row["page_id"], row["link_id"])


def _observe(known: Row | None, found: Row | None) -> Observation:
    if known is None:
        return Observation(status=None, verdict="violation", reason=found["reason"] if found else "")
    return Observation(
        status=known["status_before"],
        verdict=_verdict(known, found),
        reason=found["reason"] if found else known["doubt"] or "",
        page_outcome=known["outcome"],
        is_whole=known["outcome"] == "ok" and bool(known["product_area_seen"]),
        looked_ms=known["fetched_ms"],
        last_seen_ms=known["last_seen_ms"],
        detail=known["detail"] or "",
    )


def _verdict(known: Row, found: Row | None) -> VerdictValue | None:
    if found is not None:
        return "violation"
    if known["doubt"] is not None:
        return "undetermined"
    return "allowed" if known["is_there"] else None


def _facts(found: Row) -> str:
    """What a person's decision rests on: where the link leads, and the clause that forbids it."""
    names = ("platform", "store_type", "shop_id", "clause")
    return identify("facts", *(found[name] for name in names))


LATER_RUN = """
SELECT 1 FROM runs WHERE started_ms > (SELECT started_ms FROM runs WHERE run_id = ?) AND (
    EXISTS (SELECT 1 FROM main.verdicts AS later WHERE later.run_id = runs.run_id)
    OR EXISTS (SELECT 1 FROM violation_events WHERE violation_events.run_id = runs.run_id)
) LIMIT 1
"""
BROKEN = """
SELECT rule, page_id, sightings.link_id, severity, clause, max(fetched_ms) AS seen_ms, visit_id, reason,
    destinations.platform, store_type, destinations.shop_id
FROM verdicts JOIN sightings USING (sighting_id) JOIN visits USING (visit_id)
LEFT JOIN resolutions ON resolutions.link_id = sightings.link_id AND resolutions.run_id = visits.run_id
LEFT JOIN destinations USING (destination_id)
WHERE verdicts.run_id = :run AND policy_digest = :policy AND verdict = 'violation'
GROUP BY rule, page_id, sightings.link_id
"""
KNOWN = """
WITH before AS (
    -- No event of this run: judged twice, it starts both times from what the nights before left.
    SELECT violation_id, to_status, max(started_ms * 1000000 + violation_events.rowid)
    FROM violation_events JOIN runs USING (run_id)
    WHERE run_id <> :run GROUP BY violation_id
), looks AS (
    -- The best look at each page: seen whole before seen, and of equals the last.
    SELECT page_id, outcome, product_area_seen, fetched_ms, detail, max(
        (outcome = 'ok' AND product_area_seen) * 4000000000000000 + fetched_ms)
    FROM visits WHERE run_id = :run GROUP BY page_id
)
SELECT violations.*, before.to_status AS status_before, outcome, product_area_seen,
    fetched_ms, detail,
    EXISTS (
        SELECT 1 FROM visits CROSS JOIN sightings USING (visit_id)
        WHERE visits.run_id = :run AND visits.page_id = violations.page_id AND sightings.link_id = violations.link_id
    ) AS is_there,
    (
        -- A rule that had nothing to say of a shop that nobody could know has not cleared it.
        -- CROSS JOIN keeps the order, here and above: from a page to its verdicts, never through all of the run's.
        SELECT verdicts.reason FROM visits CROSS JOIN sightings USING (visit_id) CROSS JOIN verdicts USING (sighting_id)
        LEFT JOIN resolutions ON resolutions.link_id = sightings.link_id AND resolutions.run_id = :run
        LEFT JOIN destinations USING (destination_id)
        WHERE visits.run_id = :run AND visits.page_id = violations.page_id AND sightings.link_id = violations.link_id
            AND verdicts.run_id = :run AND policy_digest = :policy AND verdict = 'undetermined'
            AND (verdicts.rule = violations.rule OR confidence IS NOT 'proved')
        LIMIT 1
    ) AS doubt
FROM violations LEFT JOIN before USING (violation_id) LEFT JOIN looks USING (page_id)
WHERE looks.page_id IS NOT NULL OR (SELECT kind FROM runs WHERE run_id = :run) = 'nightly'
"""
"""A nightly run answers for every page; an ad-hoc one only for those that it looked at."""
VIOLATION_UPSERT = """
INSERT INTO violations (violation_id, rule, severity, clause, page_id, link_id, status, first_run, last_run,
    first_seen_ms, last_seen_ms, resolved_ms, reason, facts)
VALUES (:id, :rule, :severity, :clause, :page_id, :link_id, :status, :run, :run,
    :seen_ms, :seen_ms, NULL, :reason, :facts)
ON CONFLICT (violation_id) DO UPDATE SET severity = excluded.severity, clause = excluded.clause,
    status = excluded.status, last_run = excluded.last_run,
    last_seen_ms = max(last_seen_ms, excluded.last_seen_ms), reason = excluded.reason, facts = excluded.facts
"""
EVIDENCE_OF_LOOK = "SELECT kind, sha256 FROM evidence WHERE visit_id = ? AND violation_id IS NULL"
EVIDENCE_TIE = """
INSERT INTO evidence (evidence_id, violation_id, visit_id, kind, path, sha256, bytes, captured_ms)
SELECT ?, ?, visit_id, kind, path, sha256, bytes, captured_ms FROM evidence
WHERE visit_id = ? AND kind = ? AND sha256 = ? AND violation_id IS NULL
ON CONFLICT (evidence_id) DO NOTHING
"""
EVIDENCE_ROWS = """
WITH looks AS (
    SELECT evidence.visit_id, evidence.sha256, visits.run_id, fetched_ms AS seen_ms, visits.final_url AS url,
        violations.link_id
    FROM evidence JOIN visits USING (visit_id) JOIN violations USING (violation_id)
    WHERE violation_id = :violation
)
SELECT 'page' AS what, run_id, seen_ms, url, sha256 FROM looks
UNION
SELECT 'shop', looks.run_id, resolved_ms, resolutions.final_url, resolutions.snapshot_sha256
FROM looks JOIN resolutions USING (run_id, link_id) WHERE resolutions.snapshot_sha256 IS NOT NULL
ORDER BY seen_ms, what
"""
STATUS_UPDATE = "UPDATE violations SET status = ?, resolved_ms = ? WHERE violation_id = ?"
EVENT_INSERT = """
INSERT INTO violation_events (event_id, violation_id, run_id, at_ms, from_status, to_status, reason)
VALUES (?, ?, ?, ?, ?, ?, ?)
"""
REVIEW_INSERT = """
INSERT INTO reviews (review_id, violation_id, at_ms, reviewer, decision, until_ms, note, facts)
VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
"""
CHANGED_SINCE = """
SELECT violation_id, violations.facts
FROM violations JOIN latest_reviews USING (violation_id) JOIN reviews USING (violation_id, at_ms, decision)
WHERE decision = 'false_positive' AND violations.status <> 'resolved' AND reviews.facts <> violations.facts
"""
HISTORY = """
SELECT at_ms, 'event' AS what, from_status, to_status, NULL AS decision, NULL AS reviewer, NULL AS until_ms,
    reason AS words, run_id
FROM violation_events WHERE violation_id = :violation
UNION ALL
SELECT at_ms, 'review', NULL, NULL, decision, reviewer, until_ms, note, NULL
FROM reviews WHERE violation_id = :violation
ORDER BY at_ms
"""
OPEN_ROWS = """
SELECT open_violations.*, violations.clause, NULL AS quiet, NULL AS until_ms
FROM open_violations JOIN violations USING (violation_id)
ORDER BY CASE open_violations.severity WHEN 'critical' THEN 0 WHEN 'major' THEN 1 ELSE 2 END, page_url, link_url
"""
_ROWS = """
SELECT violation_id, violations.rule, severity, violations.status, violations.reason, clause, pages.url AS page_url,
    pages.surface, pages.owner_id, owner_name, links.url AS link_url, links.platform, store_type, confidence, shop_name,
    title, first_run, violations.first_seen_ms, violations.last_run, violations.last_seen_ms, violations.resolved_ms,
    decision, reviewer, until_ms, CASE
        -- As the view open_violations leaves them out.
        WHEN violations.status = 'resolved' THEN NULL
        WHEN decision = 'false_positive' THEN decision
        WHEN decision = 'waived' AND (until_ms IS NULL OR until_ms > violations.last_seen_ms) THEN decision
    END AS quiet, violations.page_id, violations.link_id
FROM violations JOIN pages USING (page_id) JOIN links USING (link_id)
LEFT JOIN latest_reviews USING (violation_id)
LEFT JOIN resolutions ON resolutions.link_id = violations.link_id AND resolutions.run_id = violations.last_run
LEFT JOIN destinations USING (destination_id)
"""
ALL_ROWS = f"{_ROWS} ORDER BY violations.status, page_url, link_url"
QUIET_ROWS = f"{_ROWS} WHERE quiet IS NOT NULL ORDER BY page_url, link_url"
