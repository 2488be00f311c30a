"""Judge a stored run by a policy: verdicts beside the old ones, what changed, and the life of each violation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from crawler.clock import now_ms
from crawler.errors import PolicyError
from crawler.evaluate import evaluate_many, load_rules, overall
from crawler.life import next_status, next_status_of_void_night
from crawler.reading.policy import Policy
from crawler.vocabulary import check_names
from storage.records import CANARY_SITE, RunStatus, Verdict, VerdictValue
from storage.store import Store
from storage.violations import NextStatus

_COMPARED_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What judging a run came to.

    Attributes:
        run_status: what the run is worth, as far as it is known.
        sightings: how many were judged, by the worst verdict on each.
        compared_with: the policy that judged the run before; ``None`` where this is its first judgement.
        newly_flagged, newly_cleared: sightings that became, and ceased to be, violations since then; ``None`` where
            there was nothing before.
        unchanged: all others.
        violations: how many violations took each step of their life (``new``, ``ongoing``, ...), or would take it, in
            a dry run that looks so far.
        is_superseded: a later run has been judged, so that this one has no say in the life of violations any more.
    """

    run_id: str
    policy: str
    run_status: str
    sightings: Mapping[str, int]
    compared_with: str | None
    newly_flagged: int | None
    newly_cleared: int | None
    unchanged: int | None
    violations: Mapping[str, int] = field(default_factory=dict)
    is_superseded: bool = False


def judge_run(
    store: Store,
    run_id: str,
    policy: Policy,
    *,
    dry_run: bool = False,
    foresees: bool = False,
    as_of_ms: int | None = None,
) -> Judged:
    """Judge every sighting of a run, in memory that does not grow with it.

    A void run gets its verdicts, but they neither open a violation nor resolve one.

    Args:
        store: open to write, unless in a dry run.
        run_id: the run.
        policy: what is allowed.
        dry_run: count only; nothing is written.
        foresees: in a dry run, tell also what would become of the violations.
        as_of_ms: judge as if everything had been seen at that moment. What was not seen then is no verdict, so
            this is for a dry run only, and it foresees nothing.

    Raises:
        PolicyError: the policy uses a name that nothing bears, or is about none of the run's sites.
    """
    check_names(policy)
    before, status = store.verdicts.judged_by(run_id), store.ledger.status(run_id)
    change = _Change(store, run_id, before)
    seen = (facts for facts in store.verdicts.facts(run_id) if facts.site != CANARY_SITE)
    shown = seen if as_of_ms is None else (facts._replace(seen_ms=as_of_ms) for facts in seen)
    verdicts = change.watch(evaluate_many(shown, policy, load_rules()))
    compared_with = before and store.verdicts.policy_name(before)
    if as_of_ms is None and not dry_run:
        steps = _write(store, change, policy, verdicts, status)
    elif as_of_ms is None and foresees:
        with store.verdicts.supposed(run_id, policy.digest, verdicts):
            steps = store.violations.foresee(run_id, policy.digest, _following(status))
    else:
        steps = Counter()
        for _ in verdicts:
            pass
    change.require_pages(policy)
    return Judged(
        run_id=run_id,
        policy=f"{policy.name} {policy.version}",
        run_status=status,
        sightings=dict(change.counts),
        compared_with=compared_with,
        newly_flagged=change.flagged if before else None,
        newly_cleared=change.cleared if before else None,
        unchanged=sum(change.counts.values()) - change.flagged - change.cleared if before else None,
        violations=dict(steps),
        is_superseded=store.violations.is_superseded(run_id),
    )


def _write(
    store: Store, change: _Change, policy: Policy, verdicts: Iterable[Verdict], status: RunStatus
) -> Counter[str]:
    """Keep verdicts and carry violations over them, both or neither; gives how many came to have each status."""
    run_id, moment = change.run_id, now_ms()
    steps: Counter[str] = Counter()

    def follow() -> None:
        change.require_pages(policy)
        steps.update(store.violations.follow(run_id, policy.digest, _following(status), now_ms=moment))

    store.verdicts.save_policy(policy.digest, policy.name, policy.version, policy.text, now_ms=moment)
    store.verdicts.save(run_id, policy.digest, verdicts, now_ms=moment, conclude=follow)
    return steps


def _following(status: RunStatus) -> NextStatus:
    return next_status_of_void_night if status == "void" else next_status


class _Change:
    """Counts verdicts as they pass, against what was said of the same sightings before."""

    def __init__(self, store: Store, run_id: str, before: str | None) -> None:
        self.run_id = run_id
        self._store, self._before = store, before
        self.counts: Counter[str] = Counter()
        self.flagged = 0
        self.cleared = 0

    def require_pages(self, policy: Policy) -> None:
        """Raise ``PolicyError`` where there was something to judge, and the policy is about none of it."""
        if not self.counts and self._store.verdicts.has_facts(self.run_id):
            sites = ", ".join(policy.terms.sites)
            raise PolicyError(f"policy {policy.name}: sites: this run has no page of {sites}; nothing was judged")

    def watch(self, judged: Iterable[Sequence[Verdict]]) -> Iterator[Verdict]:
        """Let verdicts through. Each sighting is counted once, by the worst of its verdicts."""
        return self._watch_first(judged) if self._before is None else self._watch_again(judged)

    def _watch_first(self, judged: Iterable[Sequence[Verdict]]) -> Iterator[Verdict]:
        """Nothing was said before, so there is nothing to compare with."""
        counts: dict[VerdictValue, int] = {"violation": 0, "undetermined": 0, "allowed": 0}
        for verdicts in judged:
            if len(verdicts) == 1:
                counts[verdicts[0].verdict] += 1
            elif verdicts:
                counts[overall(verdict.verdict for verdict in verdicts)] += 1
            yield from verdicts
        self.counts.update({value: count for value, count in counts.items() if count})

    def _watch_again(self, judged: Iterable[Sequence[Verdict]]) -> Iterator[Verdict]:
        """A batch is compared before any of it goes on: saving replaces what the same policy said before."""
        held: list[Verdict] = []
        batch: dict[str, VerdictValue] = {}
        for verdicts in filter(None, judged):
            first = verdicts[0]
            worst = first.verdict if len(verdicts) == 1 else overall(verdict.verdict for verdict in verdicts)
            batch[first.sighting_id] = worst
            held += verdicts
            if len(batch) >= _COMPARED_AT_ONCE:
                self._compare(batch)
                yield from held
                held, batch = [], {}
        self._compare(batch)
        yield from held

    def _compare(self, batch: Mapping[str, VerdictValue]) -> None:
        self.counts.update(batch.values())
        now = {sighting for sighting, verdict in batch.items() if verdict == "violation"}
        then = self._store.verdicts.flagged(self.run_id, self._before, batch) if self._before else set()
        self.flagged += len(now - then)
        self.cleared += len(then - now)
