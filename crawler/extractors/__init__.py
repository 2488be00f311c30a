"""Extractors: one file per carrier of a link. Each holds ``EXTRACTOR``."""
