-- Which merchants have open violations, how many, and how bad?
SELECT owner_id, owner_name, count(*) AS open_violations, count(DISTINCT page_url) AS pages,
    count(DISTINCT link_url) AS links, group_concat(DISTINCT severity) AS severities,
    group_concat(DISTINCT rule) AS rules, min(first_seen) AS open_since, max(last_seen) AS last_seen
FROM open_violations
GROUP BY owner_id, owner_name
ORDER BY open_violations DESC, owner_id;
