"""The wall clock, for callers only: steps and plug-ins are told the time."""

from __future__ import annotations

import time


def now_ms() -> int:
    """Epoch milliseconds, UTC."""
    return time.time_ns() // 1_000_000
