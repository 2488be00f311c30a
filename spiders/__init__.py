"""Spiders: one file per surface. Each holds ``SURFACE`` and the spider of its name."""
