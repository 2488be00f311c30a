"""The tables, indexes and views, as append-only migrations: a migration once released is never edited.

Times are integer UTC epoch milliseconds in columns ending ``_ms``; views add the same moment as Asia/Shanghai text
in a column without the ending. Lists that grow with plug-ins (platform, kind, outcome, store type) are open text;
lists that the program's own logic branches on are checked.
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from storage.connection import StoreRefusedError, transaction

APPLICATION_ID = 0x43415257
"""``CARW`` in the file's header: how a Cartwatch database is told from any other."""

migrations = Migrations("cartwatch")


def migrate(db: Database, name: str) -> None:
    """Bring the database to this schema, in one transaction. A new file becomes a Cartwatch database.

    Args:
        db: a connection that may write.
        name: how the file is called in messages.

    Raises:
        StoreRefusedError: the file is somebody else's, or of a newer Cartwatch.
    """
    refuse_foreign(db, name)
    if migrations.pending(db):
        with transaction(db):
            db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            migrations.apply(db)


def refuse_foreign(db: Database, name: str) -> None:
    """Raise ``StoreRefusedError`` unless the file is empty or a Cartwatch database of no newer schema."""
    if application_id(db) != APPLICATION_ID and db.table_names():
        raise StoreRefusedError(f"{name}: is not a Cartwatch database; name another file with --db")
    known = {migration.name for migration in migrations._migrations}  # noqa: SLF001 - there is no public list
    newer = sorted({migration.name for migration in migrations.applied(db)} - known)
    if newer:
        raise StoreRefusedError(f"{name}: was written by a newer Cartwatch ({newer[0]}); upgrade this one")


def refuse_pending(db: Database, name: str) -> None:
    """Raise ``StoreRefusedError`` where a reader would miss tables or views that only a writer may add."""
    refuse_foreign(db, name)
    if migrations.pending(db):
        cure = "any command that writes (crawl, evaluate) brings it up to date"
        raise StoreRefusedError(f"{name}: is empty or of an older Cartwatch; {cure}")


def application_id(db: Database) -> int:
    """The number in the file's header that says whose database it is."""
    return int(db.execute("PRAGMA application_id").fetchone()[0])


def local_time(column: str) -> str:
    """SQL for ``column`` (UTC milliseconds) as Asia/Shanghai text; the zone has kept +08:00 since 1992."""
    return f"strftime('%Y-%m-%d %H:%M:%S', {column} / 1000, 'unixepoch', '+8 hours')"


@migrations()
def m001_facts(db: Database) -> None:
    """What was looked at, what was seen there and where it led."""
    db.executescript("""
    CREATE TABLE runs (
        run_id TEXT PRIMARY KEY,
        kind TEXT NOT NULL CHECK (kind IN ('nightly', 'adhoc', 'demo', 'import')),
        started_ms INTEGER NOT NULL,
        finished_ms INTEGER,
        status TEXT NOT NULL CHECK (status IN ('running', 'complete', 'degraded', 'void', 'interrupted')),
        reason TEXT NOT NULL DEFAULT '',
        targets INTEGER NOT NULL,
        reached INTEGER,
        unseen INTEGER,
        policy_digest TEXT,
        code_version TEXT NOT NULL,
        config_json TEXT NOT NULL,
        stats_json TEXT NOT NULL DEFAULT '{}'
    ) STRICT;
    CREATE INDEX runs_started ON runs (started_ms);

    CREATE TABLE tasks (
        run_id TEXT NOT NULL REFERENCES runs,
        target_url TEXT NOT NULL,
        position INTEGER NOT NULL,
        surface TEXT NOT NULL,
        site TEXT NOT NULL,
        owner_id TEXT,
        state TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'leased', 'done')),
        attempt INTEGER NOT NULL DEFAULT 1 CHECK (attempt >= 1),
        interruptions INTEGER NOT NULL DEFAULT 0,
        lease_until_ms INTEGER,
        outcome TEXT,
        PRIMARY KEY (run_id, target_url),
        CHECK ((state = 'done') = (outcome IS NOT NULL)),
        CHECK ((state = 'leased') = (lease_until_ms IS NOT NULL))
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX tasks_queued ON tasks (run_id, position) WHERE state = 'queued';
    CREATE INDEX tasks_queued_by_surface ON tasks (run_id, surface, position) WHERE state = 'queued';
    CREATE INDEX tasks_leased ON tasks (run_id, lease_until_ms) WHERE state = 'leased';

    CREATE TABLE pages (
        page_id TEXT PRIMARY KEY,
        url TEXT NOT NULL,
        site TEXT NOT NULL,
        surface TEXT NOT NULL,
        owner_id TEXT,
        owner_name TEXT,
        first_seen_ms INTEGER,
        last_seen_ms INTEGER
    ) STRICT;
    CREATE INDEX pages_url ON pages (url);
    CREATE INDEX pages_owner ON pages (owner_id);

    CREATE TABLE visits (
        visit_id TEXT PRIMARY KEY,
        run_id TEXT NOT NULL,
        page_id TEXT NOT NULL REFERENCES pages,
        task_url TEXT NOT NULL,
        attempt INTEGER NOT NULL,
        requested_url TEXT NOT NULL,
        final_url TEXT NOT NULL,
        fetched_ms INTEGER NOT NULL,
        outcome TEXT NOT NULL,
        lane TEXT NOT NULL CHECK (lane IN ('http', 'browser', 'archive')),
        http_status INTEGER,
        ip TEXT,
        elapsed_ms INTEGER NOT NULL,
        snapshot_sha256 TEXT,
        product_area_seen INTEGER NOT NULL CHECK (product_area_seen IN (0, 1)),
        links_found INTEGER NOT NULL,
        anchors_json TEXT NOT NULL DEFAULT '{}',
        interaction_json TEXT NOT NULL DEFAULT '{}',
        detail TEXT NOT NULL DEFAULT '',
        UNIQUE (run_id, task_url, attempt),
        FOREIGN KEY (run_id, task_url) REFERENCES tasks (run_id, target_url)
    ) STRICT;
    CREATE INDEX visits_page ON visits (page_id, fetched_ms);

    CREATE TABLE links (
        link_id TEXT PRIMARY KEY,
        url TEXT NOT NULL,
        platform TEXT NOT NULL,
        kind TEXT NOT NULL,
        scope TEXT NOT NULL,
        seen_url TEXT,
        item_id TEXT,
        shop_id TEXT,
        first_seen_ms INTEGER NOT NULL,
        last_seen_ms INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX links_url ON links (url);

    CREATE TABLE sightings (
        sighting_id TEXT PRIMARY KEY,
        visit_id TEXT NOT NULL REFERENCES visits,
        link_id TEXT NOT NULL REFERENCES links,
        raw TEXT NOT NULL,
        token TEXT,
        depth INTEGER NOT NULL DEFAULT 0,
        found_in TEXT NOT NULL,
        locator TEXT NOT NULL,
        label TEXT NOT NULL,
        price_fen INTEGER,
        published_from_ms INTEGER,
        published_to_ms INTEGER,
        published_basis TEXT NOT NULL CHECK (published_basis IN ('stated', 'content', 'bounded', 'unknown'))
    ) STRICT;
    CREATE INDEX sightings_visit ON sightings (visit_id, link_id);
    CREATE INDEX sightings_link ON sightings (link_id);

    CREATE TABLE destinations (
        destination_id TEXT PRIMARY KEY,
        platform TEXT NOT NULL,
        store_type TEXT NOT NULL,
        confidence TEXT NOT NULL CHECK (confidence IN ('proved', 'likely', 'undetermined')),
        signals_json TEXT NOT NULL,
        shop_id TEXT,
        shop_name TEXT,
        item_id TEXT,
        title TEXT,
        state TEXT NOT NULL,
        checked_ms INTEGER NOT NULL,
        snapshot_sha256 TEXT
    ) STRICT;
    CREATE INDEX destinations_shop ON destinations (platform, shop_id);

    CREATE TABLE resolutions (
        resolution_id TEXT PRIMARY KEY,
        link_id TEXT NOT NULL REFERENCES links,
        run_id TEXT NOT NULL REFERENCES runs,
        resolved_ms INTEGER NOT NULL,
        outcome TEXT NOT NULL,
        final_url TEXT NOT NULL,
        destination_id TEXT REFERENCES destinations,
        snapshot_sha256 TEXT,
        detail TEXT NOT NULL DEFAULT '',
        UNIQUE (link_id, run_id)
    ) STRICT;
    CREATE INDEX resolutions_run ON resolutions (run_id);
    CREATE INDEX resolutions_destination ON resolutions (destination_id);

    CREATE TABLE hops (
        resolution_id TEXT NOT NULL REFERENCES resolutions,
        position INTEGER NOT NULL,
        url TEXT NOT NULL,
        status INTEGER,
        via TEXT NOT NULL CHECK (via IN ('http', 'meta', 'script', 'nested', 'app')),
        ip TEXT,
        elapsed_ms INTEGER NOT NULL,
        PRIMARY KEY (resolution_id, position)
    ) STRICT, WITHOUT ROWID;
    """)


@migrations()
def m002_verdicts(db: Database) -> None:
    """What policies say of the facts, what became of it, and the proof."""
    db.executescript("""
    CREATE TABLE policies (
        policy_digest TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        version TEXT NOT NULL,
        text TEXT NOT NULL,
        loaded_ms INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE verdicts (
        verdict_id TEXT PRIMARY KEY,
        run_id TEXT NOT NULL REFERENCES runs,
        policy_digest TEXT NOT NULL REFERENCES policies,
        rule TEXT NOT NULL,
        sighting_id TEXT NOT NULL REFERENCES sightings,
        verdict TEXT NOT NULL CHECK (verdict IN ('allowed', 'violation', 'undetermined')),
        reason TEXT NOT NULL,
        severity TEXT NOT NULL DEFAULT '',
        clause TEXT NOT NULL DEFAULT '',
        decided_ms INTEGER NOT NULL,
        UNIQUE (sighting_id, run_id, policy_digest, rule)
    ) STRICT;
    CREATE INDEX verdicts_run ON verdicts (run_id, decided_ms);

    CREATE TABLE violations (
        violation_id TEXT PRIMARY KEY,
        rule TEXT NOT NULL,
        severity TEXT NOT NULL,
        clause TEXT NOT NULL DEFAULT '',
        page_id TEXT NOT NULL REFERENCES pages,
        link_id TEXT NOT NULL REFERENCES links,
        status TEXT NOT NULL CHECK (status IN ('new', 'ongoing', 'resolved', 'reopened', 'not_observed')),
        first_run TEXT NOT NULL REFERENCES runs,
        last_run TEXT NOT NULL REFERENCES runs,
        first_seen_ms INTEGER NOT NULL,
        last_seen_ms INTEGER NOT NULL,
        resolved_ms INTEGER,
        reason TEXT NOT NULL,
        UNIQUE (page_id, link_id, rule)
    ) STRICT;
    CREATE INDEX violations_link ON violations (link_id);
    CREATE INDEX violations_status ON violations (status);

    CREATE TABLE violation_events (
        event_id TEXT PRIMARY KEY,
        violation_id TEXT NOT NULL REFERENCES violations,
        run_id TEXT NOT NULL REFERENCES runs,
        at_ms INTEGER NOT NULL,
        from_status TEXT,
        to_status TEXT NOT NULL,
        reason TEXT NOT NULL
    ) STRICT;
    CREATE INDEX violation_events_violation ON violation_events (violation_id, at_ms);

    CREATE TABLE reviews (
        review_id TEXT PRIMARY KEY,
        violation_id TEXT NOT NULL REFERENCES violations,
        at_ms INTEGER NOT NULL,
        reviewer TEXT NOT NULL,
        decision TEXT NOT NULL CHECK (decision IN ('confirmed', 'false_positive', 'waived', 'needs_info')),
        until_ms INTEGER,
        note TEXT NOT NULL DEFAULT ''
    ) STRICT;
    CREATE INDEX reviews_violation ON reviews (violation_id, at_ms);

    CREATE TABLE evidence (
        evidence_id TEXT PRIMARY KEY,
        violation_id TEXT REFERENCES violations,
        visit_id TEXT REFERENCES visits,
        kind TEXT NOT NULL,
        path TEXT NOT NULL,
        sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
        bytes INTEGER NOT NULL,
        captured_ms INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX evidence_visit ON evidence (visit_id);
    CREATE INDEX evidence_violation ON evidence (violation_id);
    """)
    for table in ("violation_events", "reviews"):
        _make_append_only(db, table)


def _make_append_only(db: Database, table: str) -> None:
    for action in ("UPDATE", "DELETE"):
        db.execute(f"""
        CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table}
        BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
        """)


@migrations()
def m003_views(db: Database) -> None:
    """The questions that are asked every day, with readable local times beside each ``_ms``."""
    db.executescript(f"""
    CREATE VIEW last_run AS
    SELECT run_id, kind, status, reason, targets, reached, unseen,
        round(1.0 * reached / nullif(targets, 0), 4) AS coverage,
        started_ms, {local_time("started_ms")} AS started, finished_ms,
        {local_time("finished_ms")} AS finished, policy_digest, code_version, stats_json
    FROM runs ORDER BY started_ms DESC, rowid DESC LIMIT 1;

    CREATE VIEW run_coverage AS
    SELECT tasks.run_id, surface, count(*) AS targets,
        count(*) FILTER (WHERE outcome IN ('ok', 'offline')) AS reached,
        count(*) FILTER (WHERE outcome NOT IN ('ok', 'offline')) AS unseen,
        count(*) FILTER (WHERE outcome IS NULL) AS pending,
        round(1.0 * count(*) FILTER (WHERE outcome IN ('ok', 'offline')) / count(*), 4) AS coverage,
        started_ms, {local_time("started_ms")} AS started
    FROM tasks JOIN runs USING (run_id) GROUP BY tasks.run_id, surface;

    -- The verdicts of the policy that judged each run last: a changed policy is applied to old nights too.
    CREATE VIEW current_verdicts AS
    SELECT verdicts.*, {local_time("decided_ms")} AS decided FROM verdicts
    WHERE policy_digest = (
        SELECT latest.policy_digest FROM verdicts AS latest
        WHERE latest.run_id = verdicts.run_id ORDER BY latest.decided_ms DESC, latest.rowid DESC LIMIT 1
    );

    -- What can be said of each target of each run. Clean needs proof: seen whole, its product area seen, judged.
    -- CROSS JOIN keeps the order: from a page to its verdicts, never through all verdicts of the run.
    CREATE VIEW page_states AS
    SELECT tasks.run_id, tasks.target_url AS page_url, tasks.surface, page_id, owner_name,
        coalesce(pages.owner_id, tasks.owner_id) AS owner_id, tasks.outcome, tasks.state AS task_state, visits.visit_id,
        CASE
            WHEN EXISTS (
                SELECT 1 FROM visits AS looks CROSS JOIN sightings USING (visit_id)
                CROSS JOIN current_verdicts USING (sighting_id)
                WHERE looks.run_id = tasks.run_id AND looks.task_url = tasks.target_url
                AND current_verdicts.run_id = tasks.run_id AND verdict = 'violation'
            ) THEN 'violating'
            WHEN tasks.outcome IS NULL OR tasks.outcome NOT IN ('ok', 'offline') THEN 'unseen'
            WHEN EXISTS (
                SELECT 1 FROM sightings CROSS JOIN current_verdicts USING (sighting_id)
                WHERE visit_id = visits.visit_id AND current_verdicts.run_id = tasks.run_id AND verdict = 'undetermined'
            ) THEN 'undetermined'
            WHEN tasks.outcome = 'offline' THEN 'offline'
            WHEN NOT product_area_seen THEN 'undetermined'
            WHEN links_found > 0 AND NOT EXISTS (SELECT 1 FROM verdicts WHERE verdicts.run_id = tasks.run_id)
                THEN 'undetermined'
            ELSE 'clean'
        END AS state
    FROM tasks
    LEFT JOIN visits ON visits.run_id = tasks.run_id AND visits.task_url = tasks.target_url
        AND visits.attempt = tasks.attempt
    LEFT JOIN pages USING (page_id);

    CREATE VIEW clean_share AS
    SELECT page_states.run_id, surface, count(*) AS targets,
        count(*) FILTER (WHERE state = 'clean') AS clean,
        count(*) FILTER (WHERE state = 'violating') AS violating,
        count(*) FILTER (WHERE state = 'undetermined') AS undetermined,
        count(*) FILTER (WHERE state = 'offline') AS offline,
        count(*) FILTER (WHERE state = 'unseen') AS unseen,
        round(1.0 * count(*) FILTER (WHERE state = 'clean') / count(*), 4) AS clean_share,
        started_ms, {local_time("started_ms")} AS started
    FROM page_states JOIN runs USING (run_id) GROUP BY page_states.run_id, surface;

    CREATE VIEW link_history AS
    SELECT links.link_id, links.url AS link_url, resolutions.run_id, resolved_ms,
        {local_time("resolved_ms")} AS resolved, resolutions.outcome, final_url,
        destinations.destination_id, destinations.platform, store_type, confidence, destinations.shop_id, shop_name,
        destinations.item_id, title, state,
        (SELECT count(*) FROM hops WHERE hops.resolution_id = resolutions.resolution_id) AS hops
    FROM resolutions JOIN links USING (link_id) LEFT JOIN destinations USING (destination_id);

    CREATE VIEW undetermined AS
    SELECT page_states.run_id, 'page' AS what, page_states.page_url, page_states.surface,
        NULL AS link_url, NULL AS rule,
        CASE
            WHEN page_states.outcome IS NULL THEN 'not visited: ' || task_state
            WHEN page_states.outcome = 'ok' THEN 'product area not seen'
            ELSE rtrim('not seen: ' || page_states.outcome || '; ' || coalesce(detail, ''), '; ')
        END AS reason, fetched_ms AS at_ms, {local_time("fetched_ms")} AS at
    FROM page_states LEFT JOIN visits USING (visit_id)
    WHERE page_states.outcome IS NULL OR page_states.outcome NOT IN ('ok', 'offline')
        OR (page_states.outcome = 'ok' AND NOT product_area_seen)
    UNION ALL
    SELECT run_id, 'destination', NULL, NULL, link_url, NULL,
        CASE WHEN outcome = 'resolved' THEN 'store type not proved: ' || coalesce(store_type, 'unknown')
            ELSE 'not followed to its end: ' || outcome END,
        resolved_ms, resolved
    FROM link_history
    WHERE outcome <> 'resolved' OR (confidence = 'undetermined' AND store_type <> 'not_applicable')
    UNION ALL
    SELECT current_verdicts.run_id, 'verdict', pages.url, pages.surface, links.url, rule, reason, decided_ms, decided
    FROM current_verdicts JOIN sightings USING (sighting_id) JOIN links USING (link_id)
        JOIN visits USING (visit_id) JOIN pages USING (page_id)
    WHERE verdict = 'undetermined';

    CREATE VIEW latest_reviews AS
    SELECT violation_id, decision, reviewer, note, at_ms, {local_time("at_ms")} AS at, until_ms,
        {local_time("until_ms")} AS until
    FROM reviews WHERE rowid = (
        SELECT later.rowid FROM reviews AS later WHERE later.violation_id = reviews.violation_id
        ORDER BY later.at_ms DESC, later.rowid DESC LIMIT 1
    );

    -- Open until proved gone, or until a person decides; a waiver holds for what was seen before it ends.
    CREATE VIEW open_violations AS
    SELECT violation_id, rule, severity, violations.status, violations.reason, pages.url AS page_url, pages.surface,
        pages.owner_id, owner_name, links.url AS link_url, links.platform, store_type, confidence, shop_name, title,
        first_run, violations.first_seen_ms, {local_time("violations.first_seen_ms")} AS first_seen,
        violations.last_run, violations.last_seen_ms, {local_time("violations.last_seen_ms")} AS last_seen,
        decision, reviewer, violations.page_id, violations.link_id
    FROM violations JOIN pages USING (page_id) JOIN links USING (link_id)
    LEFT JOIN latest_reviews USING (violation_id)
    LEFT JOIN resolutions ON resolutions.link_id = violations.link_id AND resolutions.run_id = violations.last_run
    LEFT JOIN destinations USING (destination_id)
    WHERE violations.status <> 'resolved'
        AND decision IS NOT 'false_positive'
        AND NOT (decision IS 'waived' AND (until_ms IS NULL OR until_ms > violations.last_seen_ms));
    """)  # noqa: S608 - what is put in are literals of this file


@migrations()
def m004_facts_of_a_review(db: Database) -> None:
    """What a violation rests on, as a digest: a false positive stays quiet only until that changes."""
    for table in ("violations", "reviews"):
        db.execute(f"ALTER TABLE {table} ADD COLUMN facts TEXT NOT NULL DEFAULT ''")


@migrations()
def m005_begun_and_not_ended(db: Database) -> None:
    """What was begun, so that the page or link which ends the process each time can be told from its neighbours."""
    db.executescript("""
    ALTER TABLE tasks ADD COLUMN begun_ms INTEGER;
    -- Until now each task that a dead process had taken was counted, begun or not.
    UPDATE tasks SET interruptions = 0 WHERE interruptions <> 0;

    CREATE TABLE link_starts (
        run_id TEXT NOT NULL REFERENCES runs,
        link_id TEXT NOT NULL,
        times INTEGER NOT NULL DEFAULT 1,
        PRIMARY KEY (run_id, link_id)
    ) STRICT, WITHOUT ROWID;
    """)


@migrations()
def m006_slim_verdicts(db: Database) -> None:
    """Verdicts that cost half as much to write; a run is judged when it says so itself, and not in the middle of it.

    A verdict is told by its sighting, policy and rule; a hash of them besides took an index of its own. That its run
    and policy are there is not asked anew a million times: the sighting is of the run, and both are one per judgement.
    """
    views = dict(db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'view' ORDER BY rowid").fetchall())
    for name in views:
        db.execute(f"DROP VIEW {name}")
    for statement in SLIM_VERDICTS:
        db.execute(statement)
    for sql in (views | {"current_verdicts": CURRENT_VERDICTS, "page_states": PAGE_STATES}).values():
        db.execute(sql)


@migrations()
def m007_canaries_apart(db: Database) -> None:
    """Canaries are asked whether a night can see; they are no pages of which it tells, least of all clean ones."""
    for view in ("run_coverage", "page_states"):
        db.execute(f"DROP VIEW {view}")
    db.execute(RUN_COVERAGE)
    db.execute(f"{PAGE_STATES} WHERE tasks.site <> 'canary'")


@migrations()
def m008_canaries_apart_in_the_last_run(db: Database) -> None:
    """As in the other views: looks at canaries are no targets of which a run tells."""
    db.execute("DROP VIEW last_run")
    db.execute(LAST_RUN)


SLIM_VERDICTS = (
    "ALTER TABLE verdicts RENAME TO verdicts_before",
    "DROP INDEX verdicts_run",
    """
    CREATE TABLE verdicts (
        verdict_id INTEGER PRIMARY KEY,
        run_id TEXT NOT NULL,
        policy_digest TEXT NOT NULL,
        rule TEXT NOT NULL,
        sighting_id TEXT NOT NULL REFERENCES sightings,
        verdict TEXT NOT NULL CHECK (verdict IN ('allowed', 'violation', 'undetermined')),
        reason TEXT NOT NULL,
        severity TEXT NOT NULL DEFAULT '',
        clause TEXT NOT NULL DEFAULT '',
        decided_ms INTEGER NOT NULL,
        -- With the run in it this index looks better to the planner than the next, which leads through the whole run.
        UNIQUE (sighting_id, run_id, policy_digest, rule)
    ) STRICT
    """,
    """
    INSERT INTO verdicts (run_id, policy_digest, rule, sighting_id, verdict, reason, severity, clause, decided_ms)
    SELECT run_id, policy_digest, rule, sighting_id, verdict, reason, severity, clause, decided_ms
    FROM verdicts_before ORDER BY rowid
    """,
    "DROP TABLE verdicts_before",
    "CREATE INDEX verdicts_run ON verdicts (run_id, policy_digest)",
)
CURRENT_VERDICTS = f"""
-- The verdicts of the policy that judged each run last, and whole: a changed policy is applied to old nights too.
CREATE VIEW current_verdicts AS
SELECT verdicts.*, {local_time("decided_ms")} AS decided FROM verdicts
WHERE policy_digest = (SELECT runs.policy_digest FROM runs WHERE runs.run_id = verdicts.run_id)
"""  # noqa: S608 - what is put in is a literal of this file
PAGE_STATES = """
-- What can be said of each target of each run. Clean needs proof: seen whole, its product area seen, judged whole.
-- CROSS JOIN keeps the order: from a page to its verdicts, never through all verdicts of the run.
CREATE VIEW page_states AS
SELECT tasks.run_id, tasks.target_url AS page_url, tasks.surface, page_id, owner_name,
    coalesce(pages.owner_id, tasks.owner_id) AS owner_id, tasks.outcome, tasks.state AS task_state, visits.visit_id,
    CASE
        WHEN EXISTS (
            SELECT 1 FROM visits AS looks CROSS JOIN sightings USING (visit_id)
            CROSS JOIN current_verdicts USING (sighting_id)
            WHERE looks.run_id = tasks.run_id AND looks.task_url = tasks.target_url
            AND current_verdicts.run_id = tasks.run_id AND verdict = 'violation'
        ) THEN 'violating'
        WHEN tasks.outcome IS NULL OR tasks.outcome NOT IN ('ok', 'offline') THEN 'unseen'
        WHEN EXISTS (
            SELECT 1 FROM sightings CROSS JOIN current_verdicts USING (sighting_id)
            WHERE visit_id = visits.visit_id AND current_verdicts.run_id = tasks.run_id AND verdict = 'undetermined'
        ) THEN 'undetermined'
        WHEN tasks.outcome = 'offline' THEN 'offline'
        WHEN NOT product_area_seen THEN 'undetermined'
        WHEN links_found > 0 AND (SELECT policy_digest FROM runs WHERE runs.run_id = tasks.run_id) IS NULL
            THEN 'undetermined'
        ELSE 'clean'
    END AS state
FROM tasks
LEFT JOIN visits ON visits.run_id = tasks.run_id AND visits.task_url = tasks.target_url
    AND visits.attempt = tasks.attempt
LEFT JOIN pages USING (page_id)
"""
RUN_COVERAGE = f"""
CREATE VIEW run_coverage AS
SELECT tasks.run_id, surface, count(*) AS targets,
    count(*) FILTER (WHERE outcome IN ('ok', 'offline')) AS reached,
    count(*) FILTER (WHERE outcome NOT IN ('ok', 'offline')) AS unseen,
    count(*) FILTER (WHERE outcome IS NULL) AS pending,
    round(1.0 * count(*) FILTER (WHERE outcome IN ('ok', 'offline')) / count(*), 4) AS coverage,
    started_ms, {local_time("started_ms")} AS started
FROM tasks JOIN runs USING (run_id) WHERE site <> 'canary' GROUP BY tasks.run_id, surface
"""  # noqa: S608 - what is put in is a literal of this file
LAST_RUN = f"""
-- What was reached and what not is told once the run has ended; runs.targets counts looks at canaries, too.
CREATE VIEW last_run AS
WITH latest AS (SELECT * FROM runs ORDER BY started_ms DESC, rowid DESC LIMIT 1),
asked AS (
    SELECT count(*) AS targets, count(*) FILTER (WHERE outcome IN ('ok', 'offline')) AS seen
    FROM tasks JOIN latest USING (run_id) WHERE site <> 'canary'
)
SELECT run_id, kind, status, reason, asked.targets, iif(latest.reached IS NULL, NULL, seen) AS reached,
    iif(latest.reached IS NULL, NULL, asked.targets - seen) AS unseen,
    iif(latest.reached IS NULL, NULL, round(1.0 * seen / nullif(asked.targets, 0), 4)) AS coverage,
    started_ms, {local_time("started_ms")} AS started, finished_ms,
    {local_time("finished_ms")} AS finished, policy_digest, code_version, stats_json
FROM latest CROSS JOIN asked
"""  # noqa: S608 - what is put in is a literal of this file
