-- Which violations changed in a run (empty for the last): new, gone, back, or no longer observed?
SELECT to_status, from_status, violations.rule, severity, pages.url AS page_url, owner_name, links.url AS link_url,
    violation_events.reason, strftime('%Y-%m-%d %H:%M:%S', at_ms / 1000, 'unixepoch', '+8 hours') AS at, violation_id
FROM violation_events JOIN violations USING (violation_id) JOIN pages USING (page_id) JOIN links USING (link_id)
WHERE run_id = coalesce(nullif(:run, ''), (SELECT run_id FROM last_run)) AND from_status IS NOT to_status
ORDER BY to_status, severity, page_url, link_url;
