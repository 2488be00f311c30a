-- Which links came or went on pages that the two latest looks both saw whole?
WITH looks AS (
    SELECT visit_id, page_id, fetched_ms, row_number() OVER (PARTITION BY page_id ORDER BY fetched_ms DESC) AS place
    FROM visits WHERE outcome = 'ok' AND product_area_seen
),
now_there AS (SELECT DISTINCT page_id, link_id FROM looks JOIN sightings USING (visit_id) WHERE place = 1),
then_there AS (SELECT DISTINCT page_id, link_id FROM looks JOIN sightings USING (visit_id) WHERE place = 2),
changes AS (
    SELECT 'put up' AS change, * FROM (SELECT * FROM now_there EXCEPT SELECT * FROM then_there)
    UNION ALL SELECT 'taken down', * FROM (SELECT * FROM then_there EXCEPT SELECT * FROM now_there)
)
SELECT change, pages.surface, pages.url AS page_url, owner_name, links.platform, links.url AS link_url
FROM changes JOIN pages USING (page_id) JOIN links USING (link_id)
WHERE page_id IN (SELECT page_id FROM looks WHERE place = 2) AND site <> 'canary'
ORDER BY change, page_url, link_url;
