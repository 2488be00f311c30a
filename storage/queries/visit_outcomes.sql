-- What came of the visits of a run (empty for the last), by surface and outcome?
SELECT surface, outcome, lane, count(*) AS visits, sum(links_found) AS links_found,
    round(avg(elapsed_ms)) AS average_ms, max(elapsed_ms) AS slowest_ms, max(detail) AS example
FROM visits JOIN pages USING (page_id)
WHERE run_id = coalesce(nullif(:run, ''), (SELECT run_id FROM last_run)) AND site <> 'canary'
GROUP BY surface, outcome, lane
ORDER BY surface, visits DESC, outcome;
