"""Options, parameters and exit codes that several commands share."""

from __future__ import annotations

import math
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from click.core import ParameterSource

from crawler import policies

EXIT_DEGRADED, EXIT_VOID, EXIT_INTERRUPTED = 3, 4, 11
EXIT_OF_STATUS = {"complete": 0, "degraded": EXIT_DEGRADED, "void": EXIT_VOID, "interrupted": EXIT_INTERRUPTED}
SHIPPED_POLICY = policies.shipped()[0]
ZONE = ZoneInfo("Asia/Shanghai")
_YEARS = range(2000, 9999)
"""Years of a day that somebody means: no page was seen before, and the last of the calendar has no end."""
DB = click.option(
    "--db",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("cartwatch.db"),
    show_default=True,
    envvar="CARTWATCH_DB",
    show_envvar=True,
    help="The database file.",
)
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON lines instead of tables.")
BROWSER = click.option(
    "--browser",
    metavar="PATH",
    default="",
    envvar="CARTWATCH_BROWSER",
    show_envvar=True,
    help="Path of the browser; without it one is looked for.",
)
POLICY = click.option(
    "--policy",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A policy file. Without it: the shipped kuaishou_2022.",
)


class Day(click.ParamType):  # type: ignore[type-arg] # generic in new releases of click alone
    """A day, as 2022-12-31."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:  # noqa: ANN401
        """Read it; what is none is named with the cure."""
        try:
            day = value if isinstance(value, datetime) else datetime.strptime(value, "%Y-%m-%d")  # noqa: DTZ007 - of no zone yet
        except ValueError:
            self.fail(f"{value!r} is no day; write one as 2022-12-31", param, ctx)
        if day.year not in _YEARS:
            self.fail(f"{value!r}: the year must lie between {_YEARS[0]} and {_YEARS[-1]}", param, ctx)
        return day


class Seconds(click.FloatRange):
    """A number of seconds in a range, in which "nan" is not."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:  # noqa: ANN401
        """Read it."""
        seconds = float(super().convert(value, param, ctx))
        return self.fail(f"{value!r} is no number of seconds", param, ctx) if math.isnan(seconds) else seconds


def browser_by() -> str:
    """How the user named the browser, for messages."""
    source = click.get_current_context().get_parameter_source("browser")
    return "CARTWATCH_BROWSER" if source is ParameterSource.ENVIRONMENT else "--browser"


def noon_ms(day: datetime | None) -> int | None:
    """Noon of a day, in milliseconds; ``None`` of none."""
    return None if day is None else int(day.replace(hour=12, tzinfo=ZONE).timestamp() * 1000)
