-- Who breaks the policy again: merchants with several violations, or with one that came back?
SELECT owner_id, owner_name, count(*) AS violations, count(DISTINCT page_id) AS pages,
    count(DISTINCT first_run) AS runs_with_new_ones,
    sum((SELECT count(*) FROM violation_events WHERE violation_events.violation_id = violations.violation_id
        AND to_status = 'reopened')) AS reopened,
    strftime('%Y-%m-%d %H:%M:%S', max(violations.last_seen_ms) / 1000, 'unixepoch', '+8 hours') AS last_seen
FROM violations JOIN pages USING (page_id)
LEFT JOIN latest_reviews USING (violation_id)
WHERE decision IS NOT 'false_positive'
GROUP BY owner_id, owner_name
HAVING runs_with_new_ones > 1 OR reopened > 0
ORDER BY reopened DESC, violations DESC, owner_id;
