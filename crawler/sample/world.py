"""The sample world, running: its server and the truth about it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from crawler.sample.canaries import CANARIES, expected
from crawler.sample.declaration import PAGES
from crawler.sample.drafts import PageSpec
from crawler.sample.planting import grow
from crawler.sample.proxy import Proxy

_START_S = 30.0
KUAISHOU = ("kuaishou.com", "kwaixiaodian.com", "gifshow.com", "chenzhongtech.com", "yximgs.com")


class SampleWorld:
    """A world on loopback: ``async with SampleWorld() as world``.

    Attributes:
        truth: what is planted and what a careful person would say of it.
        targets: the addresses of the pages, as a person would paste them.
        canaries: pages beside them of which is said what must be found there.

    ``renamed`` are words that Kuaishou writes otherwise: class names, fields, globals.
    """

    def __init__(
        self,
        pages: tuple[PageSpec, ...] = PAGES,
        *,
        port: int = 0,
        renamed: Mapping[str, str] | None = None,
        canaries: tuple[PageSpec, ...] = CANARIES,
    ) -> None:
        web, whole = grow((*pages, *canaries))
        known = whole.targets[len(pages) :]
        self.truth = whole.without(known)
        self.canaries = expected([target.canonical_url for target in known], whole.links)
        web.rename(renamed or {}, KUAISHOU)
        self.targets: list[str] = [target.url for target in self.truth.targets]
        self._proxy = Proxy(web)
        self._port = port

    @property
    def proxy_url(self) -> str:
        """Where the world is reached, as an HTTP proxy."""
        return self._proxy.url

    @property
    def requests(self) -> list[tuple[str, str]]:
        """Every request so far: host, and path with query."""
        return self._proxy.requests

    @property
    def refused(self) -> list[str]:
        """Hosts that somebody asked for and that are not in the world."""
        return self._proxy.refused

    @property
    def authority_pem(self) -> bytes:
        """The certificate that signs all hosts of the world."""
        return self._proxy.certificates.authority_pem

    async def __aenter__(self) -> Self:
        await self._proxy.start(self._port)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._proxy.stop()


@contextmanager
def serve_in_thread(
    pages: tuple[PageSpec, ...] = PAGES,
    *,
    port: int = 0,
    renamed: Mapping[str, str] | None = None,
    canaries: tuple[PageSpec, ...] = CANARIES,
) -> Iterator[SampleWorld]:
    """A world in a thread of its own, for callers without an event loop."""
    world = SampleWorld(pages, port=port, renamed=renamed, canaries=canaries)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="sample-world", daemon=True)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(world.__aenter__(), loop).result(_START_S)
        yield world
    finally:
        asyncio.run_coroutine_threadsafe(world.__aexit__(None, None, None), loop).result(_START_S)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(_START_S)
        loop.close()


async def serve(announce: Callable[[SampleWorld], None], port: int = 0) -> None:
    """Serve the world until cancelled.

    Args:
        announce: called once the world is open, to say where it is and what is true of it.
        port: on 127.0.0.1; 0 takes a free one.
    """
    async with SampleWorld(port=port) as world:
        announce(world)
        await asyncio.Event().wait()
