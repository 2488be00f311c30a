"""The ledger of a run: its targets are written down before the crawl, and each gets exactly one outcome.

The ledger, not the crawler's own queue, is the truth: what a killed process had taken goes back to the queue.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlite_utils import Database

from storage.connection import INT64_MAX, storable, transaction
from storage.records import SEEN_OUTCOMES, RunKind, RunStatus, Target, identify


class RunNotFoundError(LookupError):
    """There is no such run, or none that could be taken up again."""


class AccountingError(AssertionError):
    """The targets of a run are not the sum of its outcomes: something was lost, and nobody may call it complete."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A target that is the caller's to visit, once.

    Attributes:
        attempt: counts from 1; hand it on in ``Visit.attempt``.
        interruptions: how often a visit of this target was begun and never came to an end, because the process died.
    """

    target: Target
    attempt: int
    interruptions: int = 0


@dataclass(frozen=True, slots=True)
class Counts:
    """Where the targets of a run stand. ``outcomes``: how many targets ended in each."""

    targets: int
    queued: int
    leased: int
    outcomes: Mapping[str, int]

    @property
    def done(self) -> int:
        """Targets that have an outcome."""
        return sum(self.outcomes.values())

    @property
    def reached(self) -> int:
        """Targets that were seen whole and sane, so that "nothing there" says something about them."""
        return sum(count for outcome, count in self.outcomes.items() if outcome in SEEN_OUTCOMES)

    @property
    def unseen(self) -> int:
        """Targets that were not seen whole and sane, for whatever reason, or not yet."""
        return self.targets - self.reached

    @property
    def unexplained(self) -> int:
        """Targets that are neither waiting, nor taken, nor ended: always 0, unless something was lost."""
        return self.targets - self.queued - self.leased - self.done


class Ledger:
    """Runs and their tasks."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def begin_run(
        self,
        kind: RunKind,
        targets: Sequence[Target],
        *,
        now_ms: int,
        config: Mapping[str, object],
        code_version: str,
        policy_digest: str | None = None,
    ) -> str:
        """Write down a run and all its targets, in one transaction. A target named twice is one target.

        Returns:
            The run's identifier, such as ``2022-11-05T213000Z-adhoc-3f2a``: sortable by time.

        Raises:
            ValueError: one address is claimed by two surfaces.
        """
        distinct = _distinct(targets)
        with transaction(self._db) as db:
            run_id = self._free_run_id(kind, now_ms, distinct)
            db.execute(
                "UPDATE runs SET status = 'interrupted', reason = 'its process ended without a word' "
                "WHERE status = 'running'"  # only one process writes, and it begins anew: nobody runs that any more
            )
            db.execute(
                "INSERT INTO runs (run_id, kind, started_ms, status, targets, policy_digest, code_version, config_json)"
                " VALUES (?, ?, ?, 'running', 0, ?, ?, ?)",
                [run_id, kind, now_ms, policy_digest, code_version, _json(config)],
            )
            self.add_targets(run_id, distinct)
        return run_id

    def add_targets(self, run_id: str, targets: Sequence[Target]) -> int:
        """Add to a run what was found on its way. Known targets are left as they are; gives how many were new."""
        with transaction(self._db) as db:
            before = self._count_tasks(run_id)
            db.conn.executemany(
                "INSERT INTO tasks (run_id, target_url, position, surface, site, owner_id) VALUES (?, ?, ?, ?, ?, ?) "
                "ON CONFLICT (run_id, target_url) DO NOTHING",
                [
                    (run_id, storable(target.url), before + place, target.surface, target.site, target.owner_id)
                    for place, target in enumerate(_distinct(targets))
                ],
            )
            added = self._count_tasks(run_id) - before
            db.execute("UPDATE runs SET targets = targets + ? WHERE run_id = ?", [added, run_id])
        return added

    def resume(self, run_id: str | None, now_ms: int, *, kind: RunKind | None = None) -> str:
        """Take up an unfinished run: the one named, or the latest. What was leased goes back to the queue.

        It counts as judged by nobody until it is judged anew: no verdict is of the pages that are still to come, and
        without verdicts they would pass for clean.

        Args:
            run_id: which; ``None`` for the latest.
            now_ms: when.
            kind: of the latest run; ``None`` for any. A run that is named may be of any kind.

        Raises:
            RunNotFoundError: no such run, or it is finished.
        """
        with transaction(self._db) as db:
            found = self.unfinished(run_id, kind)
            self._requeue("run_id = ? AND state = 'leased'", [found])
            stats = {"resumed_ms": [*self._resumed(found), now_ms]}
            db.execute(
                "UPDATE runs SET status = 'running', finished_ms = NULL, reason = '', reached = NULL, unseen = NULL, "
                "policy_digest = NULL, stats_json = json_patch(stats_json, ?) WHERE run_id = ?",
                [_json(stats), found],
            )
        return found

    def unfinished(self, run_id: str | None, kind: RunKind | None = None) -> str:
        """The run that ``resume`` would take up, told by the same arguments; nothing is changed.

        Raises:
            RunNotFoundError: no such run, or it is finished.
        """
        rows = self._db.execute(
            "SELECT run_id, status FROM runs WHERE run_id = coalesce(:run, run_id) AND (:run IS NOT NULL "
            "OR (status IN ('running', 'interrupted') AND kind = coalesce(:kind, kind))) "
            "ORDER BY started_ms DESC, rowid DESC LIMIT 1",
            {"run": run_id, "kind": kind},
        ).fetchall()
        if not rows:
            raise RunNotFoundError(self._no_run(run_id) if run_id else self._none_unfinished(kind))
        found, status = rows[0]
        if status not in {"running", "interrupted"}:
            raise RunNotFoundError(f"run {found} is {status}: there is nothing left to resume")
        return str(found)

    def config(self, run_id: str) -> dict[str, Any]:
        """How a run was begun, as ``begin_run`` was told."""
        (text,) = self._db.execute("SELECT config_json FROM runs WHERE run_id = ?", [run_id]).fetchone()
        return dict(json.loads(text))

    def lease(
        self,
        run_id: str,
        surface: str | None = None,
        *,
        now_ms: int,
        lease_ms: int,
        limit: int = 1,
        positions: tuple[int, int] | None = None,
        suspect: bool = False,
    ) -> list[Lease]:
        """Take up to ``limit`` queued targets, in the order in which they were given, for ``lease_ms``.

        A lease that ran out is taken back first: whoever held it has lost it. With ``surface`` given, only targets
        of that surface are taken; with ``positions``, those from the first of these places to before the second.
        Targets whose visit was begun and never ended are taken only with ``suspect``, and then no others, those that
        were interrupted least often first: one of them may have ended the process, and is found out by visiting
        each of them alone.
        """
        of_surface = "" if surface is None else " AND surface = :surface"
        order = "interruptions, position" if suspect else "position"  # the latter stands in the index
        low, high = positions or (0, INT64_MAX)
        values = {
            "run": run_id,
            "surface": surface,
            "limit": limit,
            "low": low,
            "high": high,
            "suspect": suspect,
        }
        with transaction(self._db) as db:
            self._requeue("run_id = ? AND state = 'leased' AND lease_until_ms <= ?", [run_id, now_ms])
            rows = db.execute(
                "SELECT target_url, surface, site, owner_id, attempt, interruptions FROM tasks "  # noqa: S608 - literals
                f"WHERE run_id = :run AND state = 'queued'{of_surface} AND position >= :low AND position < :high "
                f"AND (interruptions > 0) = :suspect ORDER BY {order} LIMIT :limit",
                values,
            ).fetchall()
            return [self._lease(run_id, row, now_ms + lease_ms) for row in rows]

    def lease_again(self, run_id: str, url: str, *, now_ms: int, lease_ms: int) -> Lease | None:
        """Take one queued target, whatever befell it before: its next attempt. ``None`` where it is not queued."""
        with transaction(self._db) as db:
            row = db.execute(
                "SELECT target_url, surface, site, owner_id, attempt, interruptions FROM tasks "
                "WHERE run_id = ? AND target_url = ? AND state = 'queued'",
                [run_id, storable(url)],
            ).fetchone()
            return None if row is None else self._lease(run_id, row, now_ms + lease_ms)

    def start(self, run_id: str, url: str, *, now_ms: int) -> None:
        """Note that the visit of a leased target begins. The second time, or without a lease, nothing changes."""
        with transaction(self._db) as db:
            db.execute(
                "UPDATE tasks SET begun_ms = ? "
                "WHERE run_id = ? AND target_url = ? AND state = 'leased' AND begun_ms IS NULL",
                [now_ms, run_id, storable(url)],
            )

    def start_link(self, run_id: str, link_id: str) -> None:
        """Note that a run begins to follow a link that it has not followed to its end yet."""
        with transaction(self._db) as db:
            db.execute(LINK_START, {"run": run_id, "link": link_id})

    def suspect_links(self, run_id: str) -> dict[str, int]:
        """By identifier, how often following a link was begun, of those that never came to an end, rarest first."""
        return dict(self._db.execute(SUSPECT_LINKS, {"run": run_id}).fetchall())

    def counts(self, run_id: str) -> Counts:
        """Where the targets of a run stand.

        Raises:
            RunNotFoundError: no such run.
        """
        states = self._tally("state", run_id)
        outcomes = self._tally("outcome", run_id)
        outcomes.pop(None, None)
        named = {str(outcome): count for outcome, count in outcomes.items()}
        return Counts(self._targets(run_id), states.get("queued", 0), states.get("leased", 0), named)

    def latest(self, run_id: str | None = None) -> str:
        """The latest run, or the one named if there is such a run.

        Raises:
            RunNotFoundError: there is none.
        """
        named = "" if run_id is None else "WHERE run_id = ?"
        query = f"SELECT run_id FROM runs {named} ORDER BY started_ms DESC, rowid DESC LIMIT 1"  # noqa: S608 - literals
        row = self._db.execute(query, [] if run_id is None else [run_id]).fetchone()
        if row is None:
            raise RunNotFoundError(self._no_run(run_id))
        return str(row[0])

    def _no_run(self, run_id: str | None) -> str:
        row = self._db.execute("SELECT run_id FROM runs ORDER BY started_ms DESC, rowid DESC LIMIT 1").fetchone()
        if row is None:
            return "there is no run yet; crawl first"
        return f"run {run_id}: there is none; the latest is {row[0]}"

    def _none_unfinished(self, kind: RunKind | None) -> str:
        """That there is nothing to go on with; a night that was stopped at its very end has only to be judged."""
        latest = self._db.execute(
            "SELECT run_id, policy_digest FROM runs WHERE kind = coalesce(?, kind) "
            "ORDER BY started_ms DESC, rowid DESC LIMIT 1",
            [kind],
        ).fetchone()
        of_kind = f" of kind {kind}" if kind else ""
        if latest is None or latest[1] is not None:
            return f"no unfinished run{of_kind}; begin one anew"
        judge_it = f"cartwatch evaluate --run {latest[0]}"
        return f"no unfinished run{of_kind}; {latest[0]} has ended and was not judged: {judge_it}"

    def status(self, run_id: str) -> RunStatus:
        """What the run is worth, as far as it is known.

        Raises:
            RunNotFoundError: no such run.
        """
        row = self._db.execute("SELECT status FROM runs WHERE run_id = ?", [run_id]).fetchone()
        if row is None:
            raise RunNotFoundError(f"no run {run_id}")
        status: RunStatus = row[0]
        return status

    def reason(self, run_id: str) -> str:
        """Why a run is worth what it is, in words; ``""`` where nobody said."""
        row = self._db.execute("SELECT reason FROM runs WHERE run_id = ?", [run_id]).fetchone()
        return str(row[0]) if row else ""

    def is_judged(self, run_id: str) -> bool:
        """Whether any policy judged the run, also if there was nothing in it to judge."""
        query = "SELECT 1 FROM runs WHERE run_id = ? AND policy_digest IS NOT NULL"
        return self._db.execute(query, [run_id]).fetchone() is not None

    def surfaces(self, run_id: str) -> list[str]:
        """The surfaces that a run has targets of, in alphabetical order."""
        rows = self._db.execute("SELECT DISTINCT surface FROM tasks WHERE run_id = ? ORDER BY surface", [run_id])
        return [row[0] for row in rows]

    def finish_run(
        self, run_id: str, status: RunStatus, reason: str, *, now_ms: int, stats: Mapping[str, object]
    ) -> Counts:
        """Close a run, after showing that each of its targets is accounted for.

        Any status but ``running`` will do; only an ``interrupted`` run may leave targets without an outcome.
        ``stats`` are kept beside what the ledger itself keeps.

        Raises:
            AccountingError: a target is in no state, or has no outcome although the run is said to be over.
            RunNotFoundError: no such run.
        """
        if status == "running":
            raise ValueError(f"{run_id}: cannot finish as running; resume() takes a run up again")
        with transaction(self._db) as db:
            counts = self.counts(run_id)
            _require_accounted(run_id, status, counts)
            db.execute(
                "UPDATE runs SET status = ?, reason = ?, finished_ms = ?, reached = ?, unseen = ?, "
                "stats_json = json_patch(stats_json, ?) WHERE run_id = ?",
                [status, storable(reason), now_ms, counts.reached, counts.unseen, _json(stats), run_id],
            )
            if status != "interrupted":
                db.execute("DELETE FROM link_starts WHERE run_id = ?", [run_id])
        return counts

    def _free_run_id(self, kind: RunKind, now_ms: int, targets: Sequence[Target]) -> str:
        moment = datetime.fromtimestamp(now_ms / 1000, UTC).strftime("%Y-%m-%dT%H%M%SZ")
        contents = identify(now_ms, *(target.url for target in targets))
        taken = 0
        while True:
            run_id = f"{moment}-{kind}-{identify(contents, taken)[:4]}"
            if not self._db.execute("SELECT 1 FROM runs WHERE run_id = ?", [run_id]).fetchone():
                return run_id
            taken += 1

    def _lease(self, run_id: str, row: Sequence[Any], until_ms: int) -> Lease:
        self._db.execute(
            "UPDATE tasks SET state = 'leased', lease_until_ms = ?, begun_ms = NULL "
            "WHERE run_id = ? AND target_url = ?",
            [until_ms, run_id, row[0]],
        )
        return Lease(Target(*row[:4]), row[4], row[5])

    def _requeue(self, where: str, values: Sequence[object]) -> None:
        self._db.execute(
            "UPDATE tasks SET state = 'queued', lease_until_ms = NULL, "  # noqa: S608 - literals of this file
            "interruptions = interruptions + (begun_ms IS NOT NULL) "
            f"WHERE {where}",
            values,
        )

    def _resumed(self, run_id: str) -> list[int]:
        (text,) = self._db.execute("SELECT stats_json FROM runs WHERE run_id = ?", [run_id]).fetchone()
        return list(json.loads(text).get("resumed_ms", []))

    def _count_tasks(self, run_id: str) -> int:
        return int(self._db.execute("SELECT count(*) FROM tasks WHERE run_id = ?", [run_id]).fetchone()[0])

    def _targets(self, run_id: str) -> int:
        row = self._db.execute("SELECT targets FROM runs WHERE run_id = ?", [run_id]).fetchone()
        if row is None:
            raise RunNotFoundError(f"no run {run_id}")
        return int(row[0])

    def _tally(self, column: str, run_id: str) -> dict[str | None, int]:
        rows = self._db.execute(
            f"SELECT {column}, count(*) FROM tasks WHERE run_id = ? GROUP BY {column}",  # noqa: S608 - literals
            [run_id],
        )
        return dict(rows.fetchall())


def _distinct(targets: Sequence[Target]) -> list[Target]:
    by_url: dict[str, Target] = {}
    for target in targets:
        known = by_url.setdefault(target.url, target)
        if known.surface != target.surface:
            raise ValueError(f"{target.url}: is claimed by two surfaces, {known.surface} and {target.surface}")
    return list(by_url.values())


def _require_accounted(run_id: str, status: RunStatus, counts: Counts) -> None:
    if counts.unexplained:
        raise AccountingError(f"run {run_id}: {counts.unexplained} of {counts.targets} targets are in no state")
    waiting = counts.queued + counts.leased
    if waiting and status != "interrupted":
        raise AccountingError(f"run {run_id}: {waiting} of {counts.targets} targets have no outcome; not {status}")


def _json(value: Mapping[str, object]) -> str:
    return json.dumps(value, ensure_ascii=True, sort_keys=True, default=str)


LINK_START = """
INSERT INTO link_starts (run_id, link_id) VALUES (:run, :link)
ON CONFLICT (run_id, link_id) DO UPDATE SET times = times + 1
"""
SUSPECT_LINKS = """
SELECT link_id, times FROM link_starts
WHERE run_id = :run AND link_id NOT IN (SELECT link_id FROM resolutions WHERE run_id = :run)
ORDER BY times, link_id
"""
