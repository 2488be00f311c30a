"""The group that holds every command: what a person can repair is one line and an exit code."""

from __future__ import annotations

import errno
import sys
from typing import Any

import click
from rich.text import Text

from crawler import screen
from crawler.console.options import EXIT_INTERRUPTED
from crawler.errors import CartwatchError, DatabaseError, DiskLimitError
from storage.connection import StoreFullError
from storage.store import StoreRefusedError


class Commands(click.Group):
    """The commands, with every repairable error as one line and its exit code."""

    def main(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - click's signature
        """Run as a program; what is printed is out, or told as lost, before the program ends."""
        screen.take_any_text()
        try:
            try:
                return super().main(*args, **kwargs)
            finally:
                sys.stdout.flush()
        except BrokenPipeError:  # whoever read it has seen enough
            screen.let_go_of_output()
            sys.exit(1)
        except OSError as error:
            if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
                raise
            screen.let_go_of_output()
            words = (
                f"{error.filename or 'output'}: no room on its disk ({error.strerror}); make some, or send it elsewhere"
            )
            sys.exit(print_error(DiskLimitError(words)))

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's signature
        """Run a command; swallow here what a person can repair, and nothing else."""
        try:
            return super().invoke(ctx)
        except (CartwatchError, StoreRefusedError) as error:
            ctx.exit(print_error(error))
        except KeyboardInterrupt:
            ctx.exit(EXIT_INTERRUPTED)


def print_error(error: CartwatchError | StoreRefusedError) -> int:
    """Tell what a person can repair, in one line; gives the exit code."""
    screen.note().print(Text(f"cartwatch: {error}", style="red"), soft_wrap=True)
    if isinstance(error, CartwatchError):
        return error.exit_code
    return DiskLimitError.exit_code if isinstance(error, StoreFullError) else DatabaseError.exit_code
