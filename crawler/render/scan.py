"""Reading the QR codes of a picture beside the event loop, in which other pages shall go on."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from crawler.reading.qr_code import Scan, is_heavy, read_qr_codes

_heavy = ThreadPoolExecutor(max_workers=1, thread_name_prefix="large-picture")
"""The one thread that reads large pictures: those of many pages take the memory of one, and hold up no small one."""


async def scan(content: bytes) -> Scan:
    """The codes of a picture file, as :func:`crawler.reading.qr_code.read_qr_codes` reads them."""
    if not content:
        return Scan()
    light = await asyncio.to_thread(_read_light, content)
    if light is not None:
        return light
    return await asyncio.get_running_loop().run_in_executor(_heavy, read_qr_codes, content)


def _read_light(content: bytes) -> Scan | None:
    return None if is_heavy(content) else read_qr_codes(content)
