"""Ask the egress proxy why it did not open a tunnel: a browser does not tell its answer."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from urllib.parse import urlsplit

ASK_TIMEOUT_S = 3.0
HEAD_LIMIT = 16 * 1024
HTTPS_PORT = 443


async def is_refused(proxy: str, url: str) -> bool:
    """Whether the proxy answers ``403`` with ``X-Cartwatch-Refused`` for the host of this address."""
    if not proxy:
        return False
    with suppress(OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
        head = await asyncio.wait_for(_ask(proxy, url), ASK_TIMEOUT_S)
        status, _, headers = head.partition(b"\r\n")
        return b" 403" in status and b"x-cartwatch-refused:" in headers.lower()
    return False


async def _ask(proxy: str, url: str) -> bytes:
    gate, wanted = urlsplit(proxy), urlsplit(url)
    host = wanted.hostname or ""
    authority = f"[{host}]" if ":" in host else host
    target = f"{authority}:{wanted.port or HTTPS_PORT}"
    reader, writer = await asyncio.open_connection(gate.hostname, gate.port or 80, limit=HEAD_LIMIT)
    try:
        writer.write(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode("ascii"))
        await writer.drain()
        return await reader.readuntil(b"\r\n\r\n")
    finally:
        writer.close()
