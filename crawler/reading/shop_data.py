"""Reading a shop's page: the data that it holds or fetched, its title, and single fields of loosely typed records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from crawler.reading.document import Document, read_bytes
from crawler.reading.literal import Value, find_assignments, read_embedded

_RECORD_DEPTH = 6


def answers(document: Document) -> tuple[Value, ...]:
    """The page's data answers: what its requests fetched, or what it is itself where it is no HTML."""
    page, start = document.page, document.page.html.lstrip()[:5]
    if page.bodies or (start.startswith("<") and start != "<pre>"):
        return tuple(value for _, _, value in document.answers if value is not None)
    text, value = read_bytes(page.content)
    return (value,) if value is not None else tuple(value for _, value in find_assignments(text))


def assigned(document: Document, *needles: str) -> Iterator[tuple[str, Value]]:
    """What those inline scripts assign, or are, in which one of ``needles`` stands; the others are not read."""
    for script in document.scripts:
        if not any(needle in script.text for needle in needles):
            continue
        if script.is_data:
            yield script.name, read_embedded(script.text)
        else:
            yield from find_assignments(script.text)


def find_record(value: Value, *keys: str) -> dict[str, Any] | None:
    """The outermost object inside ``value`` that holds an object under each of ``keys``."""
    level = [value]
    for _ in range(_RECORD_DEPTH):
        for inner in level:
            if isinstance(inner, dict) and all(isinstance(inner.get(key), dict) for key in keys):
                return inner
        level = [child for inner in level if isinstance(inner, dict) for child in inner.values()]
    return None


def page_title(document: Document) -> str:
    """The text of ``<title>``, ``""`` where there is none."""
    return " ".join((document.root.findtext(".//title") or "").split())


def belongs(host: str, *domains: str) -> bool:
    """Whether a host is one of these domains or below one, label by label."""
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)


def host_of(address: Value) -> str:
    """The host of an address as shop data writes it: with a scheme, with ``//`` or with neither."""
    if not isinstance(address, str) or not address:
        return ""
    try:
        return urlsplit(address if "//" in address else f"//{address}").hostname or ""
    except ValueError:
        return ""


def is_true(value: Value) -> bool:
    """Whether a flag is set; answers write ``"true"``, pages ``true``."""
    return value is True or value == "true"


def text_of(value: Value) -> str:
    """A string or number as text; ``""`` for anything else."""
    return str(value) if isinstance(value, str | int | float) else ""
