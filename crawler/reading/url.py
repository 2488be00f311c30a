"""An address as a browser reads it: parsed by the rules of the URL standard, its host split into labels."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class WebURL:
    """An address, parsed.

    Attributes:
        raw: as it stood.
        scheme: lower case, without ``:``.
        host: ASCII (IDNA), lower case, no trailing dot; ``""`` where there is none.
        port: where it is not the scheme's own.
        path, query, fragment: as written (percent-encoding kept), without ``?`` and ``#``.
        userinfo: what stood before ``@``.
        flaws: names of what is odd: ``userinfo``, ``backslash``, ``control``, ``odd_port``, ``ip_host``, ``private_address``,
            ``non_ascii_host``, ``no_host``, ``no_scheme``, ``bad_scheme`` ...
    """

    raw: str
    scheme: str
    host: str
    path: str = "/"
    query: str = ""
    fragment: str = ""
    port: int | None = None
    userinfo: str = ""
    flaws: tuple[str, ...] = ()


def parse_url(raw: str) -> WebURL:
    """Read an address. Any text goes through; what is wrong with it stands in ``flaws``."""
    raise NotImplementedError
