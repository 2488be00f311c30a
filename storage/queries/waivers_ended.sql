-- Which waivers have ended although the link is still there?
SELECT until, last_seen, rule, severity, page_url, owner_name, link_url, open_violations.reviewer, note, violation_id
FROM open_violations JOIN latest_reviews USING (violation_id)
WHERE open_violations.decision = 'waived'
ORDER BY until_ms, violation_id;
