"""Platforms: one file per commerce platform. Each holds ``PLATFORM``."""
