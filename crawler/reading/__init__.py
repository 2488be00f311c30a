"""Reading: pure functions from raw material (addresses, bytes, script, text) to structure."""
