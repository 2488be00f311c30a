-- Which rules are broken how often, and what became of it?
-- Of those resolved, fixed are those that a page no longer showed when it was seen whole.
SELECT rule, severity, count(*) AS violations, count(*) FILTER (WHERE status = 'new') AS new,
    count(*) FILTER (WHERE status = 'ongoing') AS ongoing, count(*) FILTER (WHERE status = 'reopened') AS reopened,
    count(*) FILTER (WHERE status = 'not_observed') AS not_observed,
    count(*) FILTER (WHERE status = 'resolved') AS resolved,
    count(*) FILTER (WHERE status = 'resolved' AND EXISTS (
        SELECT 1 FROM violation_events AS events
        WHERE events.violation_id = violations.violation_id AND to_status = 'resolved' AND at_ms = resolved_ms
            AND events.reason LIKE 'the page was seen whole %, without the link'
    )) AS fixed,
    count(*) FILTER (WHERE decision = 'false_positive') AS false_positives
FROM violations LEFT JOIN latest_reviews USING (violation_id)
GROUP BY rule, severity
ORDER BY violations DESC, rule;
