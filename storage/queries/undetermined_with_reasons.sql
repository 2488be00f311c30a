-- What could not be known in a run (empty for the last), and why?
SELECT what, reason, page_url, surface, link_url, rule, at
FROM undetermined
WHERE run_id = coalesce(nullif(:run, ''), (SELECT run_id FROM last_run))
ORDER BY what, reason, page_url, link_url;
