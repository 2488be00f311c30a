-- Which pages has no visit ever seen whole with their products, so that none can be called clean?
SELECT surface, url AS page_url, owner_id, owner_name, count(*) AS visits, group_concat(DISTINCT outcome) AS outcomes,
    strftime('%Y-%m-%d %H:%M:%S', max(fetched_ms) / 1000, 'unixepoch', '+8 hours') AS last_tried
FROM pages JOIN visits USING (page_id)
WHERE site <> 'canary'
GROUP BY page_id
HAVING max(outcome = 'ok' AND product_area_seen) = 0
ORDER BY visits DESC, page_url;
