"""Policies: data, not code. One TOML file each."""

from __future__ import annotations

from pathlib import Path

_FOLDER = Path(__file__).parent


def shipped() -> list[Path]:
    """The policy files that come with Cartwatch, the template left out."""
    return sorted(path for path in _FOLDER.glob("*.toml") if path.stem != "template")
