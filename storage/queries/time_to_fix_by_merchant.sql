-- How long does each merchant leave violations up before they are gone, in days, and how many came back?
SELECT owner_id, owner_name, count(*) AS violations,
    count(*) FILTER (WHERE status = 'resolved') AS fixed,
    round(avg((resolved_ms - violations.first_seen_ms) / 86400000.0) FILTER (WHERE status = 'resolved'), 2) AS mean_days,
    round(max((resolved_ms - violations.first_seen_ms) / 86400000.0) FILTER (WHERE status = 'resolved'), 2) AS slowest,
    sum((SELECT count(*) FROM violation_events AS events
        WHERE events.violation_id = violations.violation_id AND to_status = 'reopened')) AS came_back
FROM violations JOIN pages USING (page_id)
GROUP BY owner_id, owner_name
ORDER BY came_back DESC, mean_days DESC, owner_id;
