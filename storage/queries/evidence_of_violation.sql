-- What proves a violation (by its id): every look at the page that showed the link, and the files kept of it?
SELECT DISTINCT strftime('%Y-%m-%d %H:%M:%S', fetched_ms / 1000, 'unixepoch', '+8 hours') AS seen, visits.run_id, final_url,
    found_in, locator, raw, label, evidence.kind, evidence.path, evidence.sha256, evidence.bytes
FROM violations JOIN visits USING (page_id)
JOIN sightings ON sightings.visit_id = visits.visit_id AND sightings.link_id = violations.link_id
LEFT JOIN evidence ON evidence.visit_id = visits.visit_id
    AND (evidence.violation_id IS NULL OR evidence.violation_id = violations.violation_id)
WHERE violations.violation_id = :violation
ORDER BY fetched_ms, found_in, locator;
