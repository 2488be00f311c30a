-- Which reasons leave most undetermined in a run (empty for the last)?
SELECT what, reason, count(*) AS times, count(DISTINCT page_url) AS pages, count(DISTINCT link_url) AS links
FROM undetermined
WHERE run_id = coalesce(nullif(:run, ''), (SELECT run_id FROM last_run))
GROUP BY what, reason
ORDER BY times DESC, what, reason;
