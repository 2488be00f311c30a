-- Which rules are broken how often, and what became of it?
SELECT rule, severity, count(*) AS violations, count(*) FILTER (WHERE status = 'new') AS new,
    count(*) FILTER (WHERE status = 'ongoing') AS ongoing, count(*) FILTER (WHERE status = 'reopened') AS reopened,
    count(*) FILTER (WHERE status = 'not_observed') AS not_observed,
    count(*) FILTER (WHERE status = 'resolved') AS resolved,
    count(*) FILTER (WHERE decision = 'false_positive') AS false_positives
FROM violations LEFT JOIN latest_reviews USING (violation_id)
GROUP BY rule, severity
ORDER BY violations DESC, rule;
