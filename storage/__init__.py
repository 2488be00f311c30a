"""Where facts are kept: records, schema, store and evidence. Imports nothing of the crawler."""
