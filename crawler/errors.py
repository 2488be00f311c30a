"""The error tree: one class per thing that a person can repair.

    CartwatchError                exit code
    ├── UsageError                2   a command, target file or argument that cannot be understood
    ├── ConfigError               2   cartwatch.toml or a setting
    ├── PolicyError               2   a policy file; names line, key and cure
    ├── ShelfError                2   a plug-in that is not what its shelf holds
    ├── BrowserError              10  no usable browser
    ├── DiskLimitError            12  not enough room to go on
    └── DatabaseError             13  the database refused, is locked, or is not ours

Expected misfortune (a timeout, a login wall, a loop) is never an error here: it is an ``outcome``.
"""

from __future__ import annotations


class CartwatchError(Exception):
    """Whatever stops a command. ``str(error)`` is one line that names the file, the key and the cure."""

    exit_code = 2


class UsageError(CartwatchError):
    """A command, target file or argument that cannot be understood."""


class ConfigError(CartwatchError):
    """A configuration key that is missing, unknown or of the wrong kind."""


class PolicyError(CartwatchError):
    """A policy file that cannot be applied as it stands."""


class ShelfError(CartwatchError):
    """A plug-in that does not hold what its shelf asks for."""


class BrowserError(CartwatchError):
    """No usable browser."""

    exit_code = 10


class DiskLimitError(CartwatchError):
    """Not enough room on the disk to go on."""

    exit_code = 12


class DatabaseError(CartwatchError):
    """The database refused: locked by another process, not writable, or not of this schema."""

    exit_code = 13
