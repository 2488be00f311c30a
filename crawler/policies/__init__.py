"""Policies: data, not code. One TOML file each."""
