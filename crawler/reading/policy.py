"""A policy as read from its TOML file: frozen, checked, ready to be asked."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A policy: who may link where, on which surface, from which local day to which."""

    name: str
    version: str
