"""Facts: what was seen on a page and where links led. Each visit and each resolution is one transaction.

Identifiers come from content and a stored fact is never changed, so saving a thing twice is saving it once.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from sqlite_utils import Database

from storage.connection import INT64_MAX, storable, transaction
from storage.evidence import EvidenceFolder
from storage.records import SEEN_OUTCOMES, Destination, Interval, Link, Resolution, Sighting, Visit, identify

Row: TypeAlias = dict[str, Any]

BASES_BEST_LAST = ("unknown", "bounded", "content", "stated")


class Facts:
    """Pages, visits, links, sightings, resolutions, hops and destinations."""

    def __init__(self, db: Database, evidence: EvidenceFolder) -> None:
        self._db = db
        self._evidence = evidence

    def save_visit(
        self,
        run_id: str,
        visit: Visit,
        links: Sequence[Link],
        *,
        now_ms: int,
        snapshot: bytes | None = None,
        snapshot_kind: str = "html",
        retry: bool = False,
    ) -> str:
        """Keep one look at one page and close its task, in one transaction; the second time changes nothing.

        Args:
            run_id: the run that the visit is part of.
            visit: the page as read, and the attempt that its lease names.
            links: the link of each of ``visit.sightings``, in the same order.
            now_ms: stands in for the fetch time where the page does not know it.
            snapshot: the page as evidence; it is on the disk before any row names it.
            snapshot_kind: ``html`` or ``png``, the ending of the evidence file.
            retry: the task goes back to the queue for its next attempt instead.

        Returns:
            The visit's identifier.

        Raises:
            LookupError: the run has no task for this target.
            ValueError: ``links`` and ``visit.sightings`` differ in length.
        """
        visit_id = identify("visit", run_id, visit.ledger_url, visit.attempt)
        seen_ms = visit.page.fetched_ms or now_ms
        sha256 = None if snapshot is None else self._evidence.put(snapshot, snapshot_kind)
        pairs = list(zip(visit.sightings, links, strict=True))
        with transaction(self._db) as db:
            self._require_task(run_id, visit.ledger_url)
            if self._has("visits", "visit_id", visit_id):
                return visit_id
            _insert(db, PAGE_UPSERT, [_page_row(visit, seen_ms)])
            published = self._bound(visit.target.page_id, pairs, seen_ms)
            rows = [_sighting_row(visit_id, *pair, interval) for pair, interval in zip(pairs, published, strict=True)]
            distinct = {row["sighting_id"]: row for row in rows}
            known = {"fetched_ms": seen_ms, "snapshot_sha256": sha256, "links_found": len(distinct)}
            _insert(db, VISIT_INSERT, [_visit_row(visit_id, run_id, visit, **known)])
            _insert(db, LINK_UPSERT, _link_rows(links, seen_ms))
            _insert(db, SIGHTING_INSERT, distinct.values())
            if snapshot is not None and sha256 is not None:
                _insert(db, EVIDENCE_INSERT, [self._evidence_row(visit_id, sha256, snapshot_kind, snapshot, seen_ms)])
            self._close_task(run_id, visit, retry=retry)
        return visit_id

    def unresolved_links(self, run_id: str) -> list[Link]:
        """The links sighted in a run that it has not followed yet, each once, in the order of their addresses."""
        rows = self._db.execute(UNRESOLVED_LINKS, {"run": run_id})
        return [
            Link(
                url=url, platform=platform, kind=kind, scope=scope, item_id=item_id, shop_id=shop_id, seen_url=seen_url
            )
            for url, platform, kind, scope, item_id, shop_id, seen_url in rows
        ]

    def unfinished_visits(self, run_id: str) -> set[str]:
        """The visits of a run with links that it has not followed yet."""
        return {row[0] for row in self._db.execute(UNFINISHED_VISITS, {"run": run_id})}

    def link_ids(self, run_id: str) -> set[str]:
        """Every link sighted in a run, by its identifier."""
        return {row[0] for row in self._db.execute(LINK_IDS, [run_id])}

    def count_resolutions(self, run_id: str) -> int:
        """How many links a run has followed."""
        return int(self._db.execute("SELECT count(*) FROM resolutions WHERE run_id = ?", [run_id]).fetchone()[0])

    def has_resolution(self, run_id: str, link_id: str) -> bool:
        """Whether the run has followed a link already."""
        return self._has("resolutions", "resolution_id", identify("resolution", run_id, link_id))

    def save_resolution(self, run_id: str, resolution: Resolution, *, snapshot: bytes | None = None) -> str:
        """Keep how a link was followed and where it led, in one transaction; the second time changes nothing.

        Args:
            run_id: the run that followed the link.
            resolution: what came of it.
            snapshot: the last page as evidence, where ``destination.snapshot_sha256`` does not name it already.

        Returns:
            The resolution's identifier.

        Raises:
            LookupError: the link was never sighted.
        """
        link_id = link_id_of(resolution.link_url)
        resolution_id = identify("resolution", run_id, link_id)
        destination = resolution.destination
        if snapshot is not None and destination is not None:
            destination = dataclasses.replace(destination, snapshot_sha256=self._evidence.put(snapshot, "html"))
        with transaction(self._db) as db:
            if not self._has("links", "link_id", link_id):
                raise LookupError(f"{resolution.link_url}: was never sighted; save the visit before the resolution")
            if self._has("resolutions", "resolution_id", resolution_id):
                return resolution_id
            _insert(db, DESTINATION_UPSERT, [_destination_row(destination)] if destination else [])
            _insert(db, RESOLUTION_INSERT, [_resolution_row(resolution_id, run_id, link_id, resolution, destination)])
            _insert(db, HOP_INSERT, _hop_rows(resolution_id, resolution))
        return resolution_id

    def visit_rows(self, run_id: str) -> Iterator[Row]:
        """Every visit of a run with its page, as plain rows, in the order in which the targets were given."""
        for row in self._db.query(VISIT_ROWS, {"run": run_id}):
            yield _decode(row, "anchors", "interaction")

    def sighting_rows(self, run_id: str) -> Iterator[Row]:
        """Every sighting of a run with page, visit, link, resolution, destination, hops and verdicts.

        ``hops`` is a list of addresses; ``verdicts`` a list of ``{rule, verdict, reason, severity, clause}`` of the
        policy that judged the run last. Columns of what is not known are ``None``.
        """
        for row in self._db.query(SIGHTING_ROWS, {"run": run_id}):
            yield _decode(row, "signals", "hops", "verdicts")

    def named_evidence(self) -> frozenset[str]:
        """Every SHA-256 that a row names."""
        return frozenset(row[0] for row in self._db.execute(NAMED_EVIDENCE))

    def _require_task(self, run_id: str, url: str) -> None:
        sql = "SELECT 1 FROM tasks WHERE run_id = ? AND target_url = ?"
        if self._db.execute(sql, [run_id, storable(url)]).fetchone() is None:
            raise LookupError(f"run {run_id} has no task for {url}; add it with add_targets()")

    def _has(self, table: str, key: str, value: str) -> bool:
        found = self._db.execute(f"SELECT 1 FROM {table} WHERE {key} = ?", [value]).fetchone()  # noqa: S608 - literals
        return found is not None

    def _close_task(self, run_id: str, visit: Visit, *, retry: bool) -> None:
        """Late news of an earlier attempt, or of a task that is done, changes no task."""
        if retry:
            change = "state = 'queued', lease_until_ms = NULL, attempt = :attempt + 1"
        else:
            change = "state = 'done', lease_until_ms = NULL, attempt = :attempt, outcome = :outcome"
        self._db.execute(
            f"UPDATE tasks SET {change} WHERE run_id = :run AND target_url = :url "  # noqa: S608 - literals
            "AND state <> 'done' AND attempt <= :attempt",
            {"run": run_id, "url": storable(visit.ledger_url), "attempt": visit.attempt, "outcome": visit.page.outcome},
        )

    def _evidence_row(self, visit_id: str, sha256: str, kind: str, content: bytes, at_ms: int) -> Row:
        path = self._evidence.find(sha256)
        if path is None:
            raise FileNotFoundError(f"{self._evidence.path}: lost {sha256} before its row was written")
        return {
            "evidence_id": identify("evidence", visit_id, kind, sha256),
            "visit_id": visit_id,
            "kind": kind,
            "path": path.relative_to(self._evidence.path).as_posix(),
            "sha256": sha256,
            "bytes": len(content),
            "captured_ms": at_ms,
        }

    def _bound(self, page_id: str, pairs: Sequence[tuple[Sighting, Link]], seen_ms: int) -> list[Interval]:
        """When each link was published on this page, as far as the page itself and earlier visits can tell.

        What the page says of a link in one place holds in all its places: a card is often drawn without the time that
        its cart's data states. A page that was seen whole without a link, and now has it, got it in between. A link
        that has stood there since the last such look keeps what was known of it then.
        """
        if all(sighting.published.basis != "unknown" for sighting, _ in pairs):
            return [sighting.published for sighting, _ in pairs]
        absent_ms = self._last_sane_look(page_id, seen_ms)
        known = self._standing_since(page_id, absent_ms, seen_ms) | _said_elsewhere(pairs)
        arrived = Interval(absent_ms, seen_ms + 1, "bounded")
        return [
            sighting.published if sighting.published.basis != "unknown" else known.get(link_id_of(link.url), arrived)
            for sighting, link in pairs
        ]

    def _last_sane_look(self, page_id: str, before_ms: int) -> int | None:
        row = self._db.execute(
            "SELECT max(fetched_ms) FROM visits "
            "WHERE page_id = ? AND fetched_ms < ? AND outcome = 'ok' AND product_area_seen",
            [page_id, before_ms],
        ).fetchone()
        return None if row[0] is None else int(row[0])

    def _standing_since(self, page_id: str, since_ms: int | None, before_ms: int) -> dict[str, Interval]:
        """Of each link on the page in ``[since_ms, before_ms)``, the best that its latest sightings say."""
        rows = self._db.execute(
            "SELECT link_id, published_from_ms, published_to_ms, published_basis FROM visits JOIN sightings "
            "USING (visit_id) WHERE page_id = ? AND fetched_ms >= ? AND fetched_ms < ? "
            "ORDER BY fetched_ms, sighting_id",
            [page_id, -INT64_MAX if since_ms is None else since_ms, before_ms],
        ).fetchall()
        rows.sort(key=lambda row: BASES_BEST_LAST.index(row[3]))
        return {link_id: Interval(from_ms, to_ms, basis) for link_id, from_ms, to_ms, basis in rows}


def _said_elsewhere(pairs: Sequence[tuple[Sighting, Link]]) -> dict[str, Interval]:
    """What a page says of each link, from the earliest to the latest moment where its places say different things."""
    said: dict[str, list[Interval]] = {}
    for sighting, link in pairs:
        if sighting.published.basis != "unknown":
            said.setdefault(link_id_of(link.url), []).append(sighting.published)
    return {link_id: _hull(intervals) for link_id, intervals in said.items()}


def _hull(intervals: Sequence[Interval]) -> Interval:
    starts, ends = [one.from_ms for one in intervals], [one.to_ms for one in intervals]
    return Interval(
        None if None in starts else min(start for start in starts if start is not None),
        None if None in ends else max(end for end in ends if end is not None),
        min((one.basis for one in intervals), key=BASES_BEST_LAST.index),
    )


def link_id_of(url: str) -> str:
    """``Link.link_id`` of the address as it is stored, so that a link read back is the link that was saved."""
    return identify("link", storable(url))


def destination_id(destination: Destination) -> str:
    """The identifier of what stands at the end of a link: the same shop in the same state with the same evidence."""
    row = _destination_facts(destination)
    return identify("destination", *row.values())


def _insert(db: Database, sql: str, rows: Iterable[Mapping[str, object]]) -> None:
    db.conn.executemany(sql, [{key: storable(value) for key, value in row.items()} for row in rows])


def _decode(row: Row, *names: str) -> Row:
    for name in names:
        row[name] = json.loads(row.pop(f"{name}_json") or "[]")
    return row


def _page_row(visit: Visit, seen_ms: int) -> Row:
    target = visit.target
    was_seen = visit.page.outcome in SEEN_OUTCOMES
    return {
        "page_id": target.page_id,
        "url": target.url,
        "site": target.site,
        "surface": target.surface,
        "owner_id": visit.owner_id or target.owner_id,
        "owner_name": visit.owner_name,
        "seen_ms": seen_ms if was_seen else None,
    }


def _visit_row(visit_id: str, run_id: str, visit: Visit, **known: object) -> Row:
    page = visit.page
    return {
        "visit_id": visit_id,
        "run_id": run_id,
        "task_url": visit.ledger_url,
        "page_id": visit.target.page_id,
        "attempt": visit.attempt,
        "requested_url": page.requested_url,
        "final_url": page.final_url,
        "outcome": page.outcome,
        "lane": page.lane,
        "http_status": page.http_status,
        "ip": page.ip,
        "elapsed_ms": page.elapsed_ms,
        "product_area_seen": visit.product_area_seen,
        "anchors_json": _json(visit.anchors),
        "interaction_json": _json(page.interaction),
        "detail": page.detail,
        **known,
    }


def _link_rows(links: Sequence[Link], seen_ms: int) -> list[Row]:
    return [
        {
            "link_id": link_id,
            "url": link.url,
            "platform": link.platform,
            "kind": link.kind,
            "scope": link.scope,
            "seen_url": link.followed_url,
            "item_id": link.item_id,
            "shop_id": link.shop_id,
            "seen_ms": seen_ms,
        }
        for link_id, link in {link_id_of(link.url): link for link in links}.items()
    ]


def _sighting_row(visit_id: str, sighting: Sighting, link: Link, published: Interval) -> Row:
    link_id = link_id_of(link.url)
    place = (sighting.raw, sighting.found_in, sighting.locator, sighting.depth)
    return {
        "sighting_id": identify("sighting", visit_id, link_id, *place),
        "visit_id": visit_id,
        "link_id": link_id,
        "raw": sighting.raw,
        "token": sighting.token,
        "depth": sighting.depth,
        "found_in": sighting.found_in,
        "locator": sighting.locator,
        "label": sighting.label,
        "price_fen": sighting.price_fen,
        "published_from_ms": published.from_ms,
        "published_to_ms": published.to_ms,
        "published_basis": published.basis,
    }


def _destination_facts(destination: Destination) -> Row:
    signals = [[signal.name, signal.value, signal.says] for signal in destination.signals]
    return {
        "platform": destination.platform,
        "store_type": destination.store_type,
        "confidence": destination.confidence,
        "signals_json": json.dumps([dict(zip(("name", "value", "says"), row, strict=True)) for row in signals]),
        "shop_id": destination.shop_id,
        "shop_name": destination.shop_name,
        "item_id": destination.item_id,
        "title": destination.title,
        "state": destination.state,
    }


def _destination_row(destination: Destination) -> Row:
    return {
        "destination_id": destination_id(destination),
        **_destination_facts(destination),
        "checked_ms": destination.checked_ms,
        "snapshot_sha256": destination.snapshot_sha256,
    }


def _resolution_row(
    resolution_id: str, run_id: str, link_id: str, resolution: Resolution, destination: Destination | None
) -> Row:
    return {
        "resolution_id": resolution_id,
        "link_id": link_id,
        "run_id": run_id,
        "resolved_ms": resolution.resolved_ms,
        "outcome": resolution.outcome,
        "final_url": resolution.final_url,
        "destination_id": destination_id(destination) if destination else None,
        "snapshot_sha256": destination.snapshot_sha256 if destination else None,
        "detail": resolution.detail,
    }


def _hop_rows(resolution_id: str, resolution: Resolution) -> list[Row]:
    return [
        {"resolution_id": resolution_id, "position": position, **dataclasses.asdict(hop)}
        for position, hop in enumerate(resolution.hops)
    ]


def _json(value: Mapping[str, int]) -> str:
    return json.dumps(dict(value), sort_keys=True)


PAGE_UPSERT = """
INSERT INTO pages (page_id, url, site, surface, owner_id, owner_name, first_seen_ms, last_seen_ms)
VALUES (:page_id, :url, :site, :surface, :owner_id, :owner_name, :seen_ms, :seen_ms)
ON CONFLICT (page_id) DO UPDATE SET
    owner_id = coalesce(excluded.owner_id, owner_id),
    owner_name = coalesce(excluded.owner_name, owner_name),
    -- Two-valued min() and max() give NULL where either is: a page not seen yet, or not seen this time.
    first_seen_ms = coalesce(min(first_seen_ms, excluded.first_seen_ms), first_seen_ms, excluded.first_seen_ms),
    last_seen_ms = coalesce(max(last_seen_ms, excluded.last_seen_ms), last_seen_ms, excluded.last_seen_ms)
"""
VISIT_INSERT = """
INSERT INTO visits (visit_id, run_id, page_id, task_url, attempt, requested_url, final_url, fetched_ms, outcome,
    lane, http_status, ip, elapsed_ms, snapshot_sha256, product_area_seen, links_found, anchors_json,
    interaction_json, detail)
VALUES (:visit_id, :run_id, :page_id, :task_url, :attempt, :requested_url, :final_url, :fetched_ms, :outcome,
    :lane, :http_status, :ip, :elapsed_ms, :snapshot_sha256, :product_area_seen, :links_found, :anchors_json,
    :interaction_json, :detail)
"""
LINK_UPSERT = """
INSERT INTO links (link_id, url, platform, kind, scope, seen_url, item_id, shop_id, first_seen_ms, last_seen_ms)
VALUES (:link_id, :url, :platform, :kind, :scope, :seen_url, :item_id, :shop_id, :seen_ms, :seen_ms)
ON CONFLICT (link_id) DO UPDATE SET
    platform = excluded.platform, kind = excluded.kind, scope = excluded.scope,
    item_id = excluded.item_id, shop_id = excluded.shop_id,
    first_seen_ms = min(first_seen_ms, excluded.first_seen_ms),
    last_seen_ms = max(last_seen_ms, excluded.last_seen_ms)
"""
SIGHTING_INSERT = """
INSERT INTO sightings (sighting_id, visit_id, link_id, raw, token, depth, found_in, locator, label, price_fen,
    published_from_ms, published_to_ms, published_basis)
VALUES (:sighting_id, :visit_id, :link_id, :raw, :token, :depth, :found_in, :locator, :label, :price_fen,
    :published_from_ms, :published_to_ms, :published_basis)
"""
EVIDENCE_INSERT = """
INSERT INTO evidence (evidence_id, visit_id, kind, path, sha256, bytes, captured_ms)
VALUES (:evidence_id, :visit_id, :kind, :path, :sha256, :bytes, :captured_ms)
"""
DESTINATION_UPSERT = """
INSERT INTO destinations (destination_id, platform, store_type, confidence, signals_json, shop_id, shop_name, item_id,
    title, state, checked_ms, snapshot_sha256)
VALUES (:destination_id, :platform, :store_type, :confidence, :signals_json, :shop_id, :shop_name, :item_id,
    :title, :state, :checked_ms, :snapshot_sha256)
ON CONFLICT (destination_id) DO UPDATE SET
    snapshot_sha256 = CASE WHEN excluded.checked_ms >= checked_ms
        THEN coalesce(excluded.snapshot_sha256, snapshot_sha256) ELSE snapshot_sha256 END,
    checked_ms = max(checked_ms, excluded.checked_ms)
"""
RESOLUTION_INSERT = """
INSERT INTO resolutions (resolution_id, link_id, run_id, resolved_ms, outcome, final_url, destination_id,
    snapshot_sha256, detail)
VALUES (:resolution_id, :link_id, :run_id, :resolved_ms, :outcome, :final_url, :destination_id, :snapshot_sha256,
    :detail)
"""
HOP_INSERT = """
INSERT INTO hops (resolution_id, position, url, status, via, ip, elapsed_ms)
VALUES (:resolution_id, :position, :url, :status, :via, :ip, :elapsed_ms)
"""
LINK_IDS = "SELECT DISTINCT link_id FROM visits JOIN sightings USING (visit_id) WHERE run_id = ?"
UNRESOLVED_LINKS = """
SELECT url, platform, kind, scope, item_id, shop_id, seen_url FROM links
WHERE link_id IN (SELECT link_id FROM visits JOIN sightings USING (visit_id) WHERE run_id = :run)
AND link_id NOT IN (SELECT link_id FROM resolutions WHERE run_id = :run)
ORDER BY url
"""
UNFINISHED_VISITS = """
SELECT DISTINCT visit_id FROM visits JOIN sightings USING (visit_id)
WHERE run_id = :run AND link_id NOT IN (SELECT link_id FROM resolutions WHERE run_id = :run)
"""
VISIT_ROWS = """
SELECT visits.visit_id, visits.run_id, visits.page_id, pages.url AS page_url, pages.site, pages.surface,
    pages.owner_id, pages.owner_name, task_url, visits.attempt, requested_url, final_url, fetched_ms, visits.outcome,
    lane, http_status, ip, elapsed_ms, snapshot_sha256, product_area_seen, links_found, anchors_json, interaction_json,
    detail
FROM visits JOIN pages USING (page_id) JOIN tasks ON tasks.run_id = visits.run_id AND tasks.target_url = visits.task_url
WHERE visits.run_id = :run
ORDER BY tasks.position, visits.attempt
"""
SIGHTING_ROWS = """
SELECT sightings.sighting_id, visits.visit_id, visits.run_id, visits.page_id, pages.url AS page_url, pages.site,
    pages.surface, pages.owner_id, pages.owner_name, visits.attempt, visits.fetched_ms,
    visits.outcome AS visit_outcome, visits.product_area_seen, sightings.link_id, links.url AS link_url,
    links.platform, links.kind, links.scope, links.item_id, links.shop_id, raw, token, depth, found_in, locator, label,
    price_fen, published_from_ms, published_to_ms, published_basis, resolutions.resolution_id, resolved_ms,
    resolutions.outcome AS resolution_outcome, resolutions.final_url AS resolved_url,
    destinations.destination_id, destinations.platform AS destination_platform, store_type, confidence, signals_json,
    destinations.shop_id AS destination_shop_id, shop_name, destinations.item_id AS destination_item_id, title, state,
    (SELECT json_group_array(hops.url) FROM hops WHERE hops.resolution_id = resolutions.resolution_id) AS hops_json,
    (SELECT json_group_array(json_object('rule', rule, 'verdict', verdict, 'reason', reason, 'severity', severity,
        'clause', clause)) FROM current_verdicts WHERE current_verdicts.sighting_id = sightings.sighting_id
        AND current_verdicts.run_id = visits.run_id) AS verdicts_json
FROM visits JOIN pages USING (page_id) JOIN sightings USING (visit_id) JOIN links USING (link_id)
LEFT JOIN resolutions ON resolutions.link_id = links.link_id AND resolutions.run_id = visits.run_id
LEFT JOIN destinations USING (destination_id)
WHERE visits.run_id = :run
ORDER BY pages.url, visits.attempt, sightings.rowid
"""
NAMED_EVIDENCE = """
SELECT snapshot_sha256 FROM visits WHERE snapshot_sha256 IS NOT NULL
UNION SELECT snapshot_sha256 FROM resolutions WHERE snapshot_sha256 IS NOT NULL
UNION SELECT snapshot_sha256 FROM destinations WHERE snapshot_sha256 IS NOT NULL
UNION SELECT sha256 FROM evidence
"""
