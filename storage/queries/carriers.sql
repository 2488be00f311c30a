-- How do pages carry their outbound links in a run (empty for the last), and which carriers break the policy?
SELECT found_in, count(*) AS sightings, count(DISTINCT link_id) AS links, count(DISTINCT page_id) AS pages,
    count(DISTINCT link_id) FILTER (WHERE EXISTS (
        SELECT 1 FROM current_verdicts WHERE current_verdicts.sighting_id = sightings.sighting_id
        AND current_verdicts.run_id = visits.run_id AND verdict = 'violation'
    )) AS violating_links
FROM visits JOIN sightings USING (visit_id) JOIN pages USING (page_id)
WHERE run_id = coalesce(nullif(:run, ''), (SELECT run_id FROM last_run)) AND site <> 'canary'
GROUP BY found_in
ORDER BY sightings DESC, found_in;
