"""The egress guard: a forward proxy that lets nothing out to private, local or metadata addresses.

Both lanes go out through one proxy. This one resolves every name itself, checks the address and dials that very
address, so that a name cannot mean one machine when it is checked and another when it is dialled. It answers
``403`` with ``X-Cartwatch-Refused: reason`` for what it refuses, and tells the address that it dialled in
``X-Cartwatch-Address``.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
import threading
import unicodedata
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, Self, TypeAlias
from urllib.parse import urlsplit

import h11

REFUSED_HEADER: Final = "X-Cartwatch-Refused"
ADDRESS_HEADER: Final = "X-Cartwatch-Address"

IPAddress: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Streams: TypeAlias = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Resolve: TypeAlias = Callable[[str], Awaitable[Sequence[str]]]
"""The addresses of a name, as text. Raises ``OSError`` where it has none."""
Connect: TypeAlias = Callable[[str, int], Awaitable[Streams]]
"""Streams to an address and port. Raises ``OSError``."""

_CHUNK = 64 * 1024
_FORBIDDEN: Final = {
    "0.0.0.0/8": "this network",
    "10.0.0.0/8": "private",
    "100.64.0.0/10": "shared (carrier-grade NAT, Alibaba metadata)",
    "127.0.0.0/8": "loopback",
    "168.63.129.16/32": "metadata",  # Azure's, a public address to any library
    "169.254.0.0/16": "link-local (metadata)",
    "172.16.0.0/12": "private",
    "192.0.0.0/24": "reserved (Oracle metadata)",
    "192.0.2.0/24": "documentation",
    "192.88.99.0/24": "6to4 relay",
    "192.168.0.0/16": "private",
    "198.18.0.0/15": "benchmarking",
    "198.51.100.0/24": "documentation",
    "203.0.113.0/24": "documentation",
    "224.0.0.0/4": "multicast",
    "240.0.0.0/4": "reserved",
    "::/96": "IPv4-compatible",
    "64:ff9b:1::/48": "local NAT64",
    "100::/64": "discard",
    "2001::/23": "special (Teredo, ORCHID)",
    "2001:db8::/32": "documentation",
    "2002::/16": "6to4",
    "3fff::/20": "documentation",
    "5f00::/16": "segment routing",
    "fc00::/7": "private",
    "fe80::/10": "link-local",
    "fec0::/10": "site-local",
    "ff00::/8": "multicast",
}
_NETWORKS: Final = tuple((ipaddress.ip_network(text), reason) for text, reason in _FORBIDDEN.items())
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_LOCAL_NAMES = ("localhost", "local", "localdomain", "internal", "intranet", "lan", "home.arpa")
_HOP_BY_HOP = frozenset(
    b"connection host keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer upgrade".split()
)
_ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n%b: %b\r\n\r\n"
_MAX_HEAD = 64 * 1024
_FORBIDDEN_STATUS = 403


# --- which addresses -----------------------------------------------------------------------------------------------


def forbidden_reason(address: IPAddress) -> str | None:
    """Why an address must not be dialled, or ``None`` for one of the public internet.

    An IPv4 address inside an IPv6 one (mapped, NAT64) is judged by what it is.
    """
    inner = _embedded(address)
    if inner is not None:
        return forbidden_reason(inner)
    for network, reason in _NETWORKS:
        if address.version == network.version and address in network:
            return f"{reason} address {address}"
    is_unicast = isinstance(address, ipaddress.IPv4Address) or address in _GLOBAL_UNICAST
    is_public = is_unicast and address.is_global and not address.is_reserved
    return None if is_public else f"not a public address {address}"


def _embedded(address: IPAddress) -> ipaddress.IPv4Address | None:
    if not isinstance(address, ipaddress.IPv6Address):
        return None
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped


def read_address(host: str) -> IPAddress | None:
    """The address that a host is, in any spelling that some resolver takes for one; ``None`` for a name.

    Decimal (``2130706433``), octal (``0177.0.0.1``), hexadecimal (``0x7f.1``), short (``127.1``), full-width digits,
    IPv6 with zone: what a C library would dial, this must see.
    """
    text = unicodedata.normalize("NFKC", host).replace("。", ".").strip("[]").partition("%")[0].rstrip(".")
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(text)) if text[:1].isdecimal() else None
    except (OSError, UnicodeError):
        return None


def _name_reason(host: str) -> str | None:
    name = host.lower().rstrip(".")
    if any(name == local or name.endswith(f".{local}") for local in _LOCAL_NAMES):
        return f"local name {_printable(name)}"
    return None if name else "no host"


def _printable(text: str) -> str:
    return text.encode("unicode_escape").decode("ascii")[:200]


async def system_resolver(host: str) -> Sequence[str]:
    """Ask the system for the addresses of a name."""
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


async def direct_connection(address: str, port: int) -> Streams:
    """Dial an address."""
    return await asyncio.open_connection(address, port)


# --- the proxy -----------------------------------------------------------------------------------------------------


class GuardAnswer(Exception):  # noqa: N818 - an answer to the client, as its name says
    """An answer of the guard's own instead of a connection."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where a request wants to go. ``target`` and ``authority`` are for the origin; a tunnel has no target."""

    host: str
    port: int
    target: str | None = None
    authority: str = ""


class EgressGuard:
    """The guard as a running proxy: ``async with EgressGuard() as guard: ... guard.url``.

    Args:
        host, port: where it listens; port 0 takes a free one.
        ports: the ports that may be dialled.
        max_connections: connections at once; more are answered ``503``.
        idle_s: a connection without a byte for so long is closed.
        connect_s: bound on resolving and dialling.
        resolver, connect: the ways to the network.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        ports: Sequence[int] = (80, 443),
        max_connections: int = 256,
        idle_s: float = 60.0,
        connect_s: float = 10.0,
        resolver: Resolve = system_resolver,
        connect: Connect = direct_connection,
    ) -> None:
        self._listen = (host, port)
        self._ports = frozenset(ports)
        self._max_connections = max_connections
        self._idle_s = idle_s
        self._connect_s = connect_s
        self._resolver = resolver
        self._connect = connect
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """The proxy address for a client, ``http://127.0.0.1:PORT``."""
        assert self._server is not None, "the guard is not running: use `async with`"
        host, port = self._server.sockets[0].getsockname()[:2]
        return f"http://{host}:{port}"

    async def __aenter__(self) -> Self:
        host, port = self._listen
        self._server = await asyncio.start_server(self._serve, host, port, limit=_CHUNK)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        await self._server.wait_closed()

    async def admit(self, wanted: Wanted) -> str:
        """The address to dial for what is wanted.

        Raises:
            GuardAnswer: it is refused, or has no address.
        """
        if wanted.port not in self._ports:
            raise GuardAnswer(_FORBIDDEN_STATUS, f"port {wanted.port}")
        address = read_address(wanted.host)
        reason = forbidden_reason(address) if address else _name_reason(wanted.host)
        if reason:
            raise GuardAnswer(_FORBIDDEN_STATUS, reason)
        return str(address) if address else await self._resolve(wanted.host)

    async def _resolve(self, host: str) -> str:
        try:
            async with asyncio.timeout(self._connect_s):
                found = await self._resolver(host)
        except (OSError, TimeoutError, UnicodeError) as error:
            raise GuardAnswer(502, f"cannot resolve {_printable(host)}") from error
        return _first_public(host, found)

    async def dial(self, address: str, port: int) -> Streams:
        """Streams to an address that was admitted.

        Raises:
            GuardAnswer: nothing answers there.
        """
        try:
            async with asyncio.timeout(self._connect_s):
                return await self._connect(address, port)
        except TimeoutError as error:
            raise GuardAnswer(504, f"no connection to {address} in {self._connect_s:g} s") from error
        except OSError as error:
            raise GuardAnswer(502, f"no connection to {address}: {error.strerror or error}") from error

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        is_full = len(self._open) > self._max_connections
        try:
            await _Exchange(self, reader, writer, self._idle_s).run(is_full=is_full)
        except (OSError, TimeoutError, h11.ProtocolError, asyncio.CancelledError):
            pass  # the other side went away, was silent for too long, or the guard closes
        finally:
            self._open.discard(task)
            writer.close()


class _Exchange:
    """One client connection: one request or one tunnel."""

    def __init__(
        self, guard: EgressGuard, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, idle_s: float
    ) -> None:
        self._guard = guard
        self._reader = reader
        self._writer = writer
        self._idle_s = idle_s
        self._client = h11.Connection(h11.SERVER, max_incomplete_event_size=_MAX_HEAD)
        self._loop = asyncio.get_running_loop()
        self._touched_s = self._loop.time()

    async def run(self, *, is_full: bool) -> None:
        """Answer the client; returns when both sides have said all."""
        try:
            request = await self._request()
            if is_full:
                await self._write_answer(503, "too many connections")
                return
            wanted = _wanted(request)
            address = await self._guard.admit(wanted)
            upstream = await self._guard.dial(address, wanted.port)
        except GuardAnswer as answer:
            await self._write_answer(answer.status, answer.reason)
            return
        try:
            await self._forward(request, wanted, address, upstream)
        finally:
            upstream[1].close()

    async def _request(self) -> h11.Request:
        try:
            event = await self._next_event()
        except h11.RemoteProtocolError as error:
            raise GuardAnswer(400, f"not a proxy request: {error}") from error
        if not isinstance(event, h11.Request):
            raise ConnectionResetError
        return event

    async def _next_event(self) -> object:
        while (event := self._client.next_event()) is h11.NEED_DATA:
            self._client.receive_data(await self._read(self._reader))
        return event

    async def _read(self, reader: asyncio.StreamReader) -> bytes:
        """Some bytes, ``b""`` at the end. A side may be silent as long as the other one talks."""
        while True:
            try:
                async with asyncio.timeout(self._idle_s):
                    data = await reader.read(_CHUNK)
            except TimeoutError:
                if self._loop.time() - self._touched_s >= self._idle_s:
                    raise
            else:
                self._touched_s = self._loop.time()
                return data

    async def _write_answer(self, status: int, reason: str) -> None:
        reason = _printable(reason)
        header = REFUSED_HEADER if status == _FORBIDDEN_STATUS else "X-Cartwatch-Failed"
        # Few clients show the headers of a failed CONNECT, most show its phrase.
        phrase = f"{HTTPStatus(status).phrase} ({reason})"
        head = f"HTTP/1.1 {status} {phrase}\r\n{header}: {reason}\r\nContent-Type: text/plain\r\n"
        self._writer.write(f"{head}Content-Length: {len(reason)}\r\nConnection: close\r\n\r\n{reason}".encode("ascii"))
        await self._writer.drain()

    # --- bytes --------------------------------------------------------------------------------------------------

    async def _forward(self, request: h11.Request, wanted: Wanted, address: str, upstream: Streams) -> None:
        source, sink = upstream
        if wanted.target is None:
            self._writer.write(_ESTABLISHED % (ADDRESS_HEADER.encode(), address.encode("ascii")))
            sink.write(self._client.trailing_data[0])
            await self._splice(self._pump(self._reader, sink), self._pump(source, self._writer))
        else:
            await self._splice(self._send(request, wanted, sink), self._pump(source, self._writer))

    @staticmethod
    async def _splice(outward: Coroutine[None, None, None], homeward: Awaitable[None]) -> None:
        """Move bytes both ways until the origin has said all."""
        sending = asyncio.create_task(outward)
        try:
            await homeward
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while data := await self._read(source):
            sink.write(data)
            await sink.drain()
        if sink.can_write_eof():
            sink.write_eof()

    async def _send(self, request: h11.Request, wanted: Wanted, sink: asyncio.StreamWriter) -> None:
        """Send one request to the origin, framed anew, so that no second request can hide behind it."""
        origin = h11.Connection(h11.CLIENT)
        headers = [(name, value) for name, value in request.headers.raw_items() if name.lower() not in _HOP_BY_HOP]
        headers += [(b"Host", wanted.authority.encode("ascii")), (b"Connection", b"close")]
        event: object = h11.Request(method=request.method, target=wanted.target or "/", headers=headers)
        while isinstance(event, h11.Request | h11.Data | h11.EndOfMessage):
            sink.write(origin.send(event) or b"")
            await sink.drain()
            if isinstance(event, h11.EndOfMessage):
                return
            event = await self._next_event()


def _first_public(host: str, found: Sequence[str]) -> str:
    """The first address that may be dialled; refuses where there is none, whatever the name pretends."""
    reasons: list[str] = []
    for text in found:
        address = read_address(text)
        reason = forbidden_reason(address) if address else f"no address {_printable(text)}"
        if reason is None:
            return str(address)
        reasons.append(reason)
    raise GuardAnswer(
        _FORBIDDEN_STATUS if reasons else 502, reasons[0] if reasons else f"cannot resolve {_printable(host)}"
    )


def _wanted(request: h11.Request) -> Wanted:
    target = request.target.decode("ascii")
    try:
        if request.method == b"CONNECT":
            authority = urlsplit(f"//{target}")
            return Wanted(authority.hostname or "", authority.port or 443)
        url = urlsplit(target)
        host, port = url.hostname or "", url.port or 80
    except ValueError as error:
        raise GuardAnswer(400, f"cannot read {_printable(target)}") from error
    if url.scheme != "http" or not host:
        raise GuardAnswer(400, "an absolute http:// address is asked for here")
    path = f"{url.path or '/'}{'?' + url.query if url.query else ''}"
    return Wanted(host, port, path, url.netloc.rpartition("@")[2])


# --- in a thread ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RunningGuard:
    """A guard that runs elsewhere."""

    url: str


@contextlib.contextmanager
def guard_in_thread(guard: EgressGuard | None = None) -> Iterator[RunningGuard]:
    """Run a guard in a thread with an event loop of its own, for programs whose loop is busy or is none."""
    started: Future[str] = Future()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()
    thread = threading.Thread(target=_run, args=(loop, guard or EgressGuard(), started, stop), daemon=True)
    thread.start()
    try:
        yield RunningGuard(started.result())
    finally:
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(stop.set)
        thread.join()


def _run(loop: asyncio.AbstractEventLoop, guard: EgressGuard, started: Future[str], stop: asyncio.Event) -> None:
    async def serve() -> None:
        async with guard:
            started.set_result(guard.url)
            await stop.wait()

    try:
        loop.run_until_complete(serve())
    except OSError as error:
        started.set_exception(error)
    finally:
        loop.close()
