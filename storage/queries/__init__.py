"""The questions that a compliance team asks, one ``.sql`` file each; the first line is the question in words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Query:
    """One question.

    Attributes:
        name: the file's stem, its name everywhere.
        title: the question in words.
        sql: one ``SELECT``.
        parameters: what it asks for, such as ``run``; all are text, and ``''`` asks for the last run, or for all.
    """

    name: str
    title: str
    sql: str
    parameters: tuple[str, ...]


def load_queries() -> list[Query]:
    """All questions, by name."""
    texts = {
        entry.name: entry.read_text("utf-8") for entry in files(__package__).iterdir() if entry.name.endswith(".sql")
    }
    return [_read(name.removesuffix(".sql"), text) for name, text in sorted(texts.items())]


def _read(name: str, text: str) -> Query:
    title = text.partition("\n")[0].removeprefix("-- ")
    code = re.sub(r"--.*|'[^']*'", "", text)
    return Query(name, title, text, tuple(dict.fromkeys(re.findall(r":(\w+)", code))))
