-- Which open violations has nobody decided on, the oldest first?
SELECT first_seen, last_seen, status, severity, rule, page_url, owner_name, link_url, store_type, shop_name, reason,
    decision, violation_id
FROM open_violations
WHERE decision IS NULL OR decision = 'needs_info'
ORDER BY first_seen_ms, violation_id;
