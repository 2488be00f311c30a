-- Which share of the pages is clean, violating, undetermined, offline or unseen, run by run?
SELECT started, run_id, surface, targets, clean, violating, undetermined, offline, unseen, clean_share
FROM clean_share
ORDER BY started_ms DESC, surface;
