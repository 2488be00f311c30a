-- How much of each surface was seen, run by run?
SELECT started, run_id, status, run_coverage.surface, run_coverage.targets, run_coverage.reached, run_coverage.unseen,
    pending, coverage
FROM run_coverage JOIN runs USING (run_id)
ORDER BY run_coverage.started_ms DESC, surface;
