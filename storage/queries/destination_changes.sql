-- Which links lead somewhere else than on the run before?
WITH walks AS (
    SELECT link_url, resolved, resolved_ms, platform, store_type, shop_id, shop_name,
        lag(resolved) OVER link AS resolved_before, lag(platform) OVER link AS platform_before,
        lag(store_type) OVER link AS store_type_before, lag(shop_id) OVER link AS shop_id_before,
        lag(shop_name) OVER link AS shop_name_before
    FROM link_history WHERE confidence IN ('proved', 'likely')
    WINDOW link AS (PARTITION BY link_id ORDER BY resolved_ms)
)
SELECT resolved, link_url, platform_before, platform, store_type_before, store_type, shop_name_before, shop_name,
    resolved_before
FROM walks
WHERE resolved_before IS NOT NULL
    AND (platform, store_type, coalesce(shop_id, '')) <> (platform_before, store_type_before, coalesce(shop_id_before, ''))
ORDER BY resolved_ms DESC, link_url;
