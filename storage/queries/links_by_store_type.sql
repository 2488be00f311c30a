-- Whose shops do the links of a run (empty for the last) lead to?
SELECT coalesce(destinations.platform, links.platform) AS platform, coalesce(store_type, 'unknown') AS store_type,
    coalesce(confidence, 'undetermined') AS confidence, count(DISTINCT links.link_id) AS links,
    count(DISTINCT visits.page_id) AS pages, count(*) AS sightings
FROM visits JOIN sightings USING (visit_id) JOIN links USING (link_id) JOIN pages USING (page_id)
LEFT JOIN resolutions ON resolutions.link_id = links.link_id AND resolutions.run_id = visits.run_id
LEFT JOIN destinations USING (destination_id)
WHERE visits.run_id = coalesce(nullif(:run, ''), (SELECT run_id FROM last_run)) AND site <> 'canary'
GROUP BY 1, 2, 3
ORDER BY links DESC, platform, store_type;
