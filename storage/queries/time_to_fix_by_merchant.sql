-- How long does each merchant leave violations up before they are gone, in days, and how many came back?
-- Gone is what a page no longer showed when it was seen whole; what a change of policy, shop or exception ended is not.
WITH lives AS (
    SELECT violation_id, page_id, first_seen_ms, resolved_ms, status = 'resolved' AND EXISTS (
        SELECT 1 FROM violation_events AS events
        WHERE events.violation_id = violations.violation_id AND to_status = 'resolved' AND at_ms = resolved_ms
            AND events.reason LIKE 'the page was seen whole %, without the link'
    ) AS is_fixed
    FROM violations
)
SELECT owner_id, owner_name, count(*) AS violations,
    count(*) FILTER (WHERE is_fixed) AS fixed,
    round(avg((resolved_ms - lives.first_seen_ms) / 86400000.0) FILTER (WHERE is_fixed), 2) AS mean_days,
    round(max((resolved_ms - lives.first_seen_ms) / 86400000.0) FILTER (WHERE is_fixed), 2) AS slowest,
    sum((SELECT count(*) FROM violation_events AS events
        WHERE events.violation_id = lives.violation_id AND to_status = 'reopened')) AS came_back
FROM lives JOIN pages USING (page_id)
GROUP BY owner_id, owner_name
ORDER BY came_back DESC, mean_days DESC, owner_id;
