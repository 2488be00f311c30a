-- In which rooms does a shop (by id or name; empty for every shop) appear, and since when?
SELECT destinations.platform, destinations.shop_id, shop_name, store_type, pages.surface, pages.url AS page_url,
    pages.owner_id, owner_name, count(DISTINCT sightings.link_id) AS links,
    strftime('%Y-%m-%d %H:%M:%S', min(fetched_ms) / 1000, 'unixepoch', '+8 hours') AS first_seen,
    strftime('%Y-%m-%d %H:%M:%S', max(fetched_ms) / 1000, 'unixepoch', '+8 hours') AS last_seen
FROM destinations JOIN resolutions USING (destination_id)
JOIN visits USING (run_id) JOIN sightings USING (visit_id, link_id) JOIN pages USING (page_id)
WHERE site <> 'canary' AND coalesce(destinations.shop_id, shop_name) IS NOT NULL
    AND (:shop = '' OR destinations.shop_id = :shop OR shop_name = :shop)
GROUP BY destinations.platform, destinations.shop_id, shop_name, store_type, pages.page_id
ORDER BY destinations.platform, destinations.shop_id, shop_name, last_seen DESC, page_url;
