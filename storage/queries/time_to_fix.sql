-- How long do violations stay up before they are gone, by rule, in days?
-- Gone is what a page no longer showed when it was seen whole; what a change of policy, shop or exception ended is not.
WITH fixed AS (
    SELECT rule, severity, (resolved_ms - first_seen_ms) / 86400000.0 AS days,
        row_number() OVER (PARTITION BY rule, severity ORDER BY resolved_ms - first_seen_ms) AS place,
        count(*) OVER (PARTITION BY rule, severity) AS fixed
    FROM violations WHERE status = 'resolved' AND EXISTS (
        SELECT 1 FROM violation_events AS events
        WHERE events.violation_id = violations.violation_id AND to_status = 'resolved' AND at_ms = resolved_ms
            AND events.reason LIKE 'the page was seen whole %, without the link'
    )
)
SELECT rule, severity, fixed, round(min(days), 2) AS fastest,
    round(avg(days) FILTER (WHERE place IN ((fixed + 1) / 2, (fixed + 2) / 2)), 2) AS median,
    round(max(days), 2) AS slowest
FROM fixed
GROUP BY rule, severity
ORDER BY median DESC, rule;
