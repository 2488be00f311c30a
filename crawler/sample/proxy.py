"""The door of the sample world: a forward proxy on loopback that plays every host of the world and no other."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable
from contextlib import suppress
from email.utils import formatdate
from urllib.parse import urlsplit

import h11
import trustme

from crawler.sample.web import Reply, Request, Web, html
from crawler.sample.websocket import accept_key, encode

_NO_SUCH_HOST = html("502 no such host in the sample world", status=502)
_MISFORTUNES = (ConnectionError, ssl.SSLError, h11.ProtocolError, asyncio.IncompleteReadError, TimeoutError)


class Certificates:
    """A throw-away certificate for each host, made when first asked for and kept."""

    def __init__(self) -> None:
        self._authority = trustme.CA()
        self._contexts: dict[str, ssl.SSLContext] = {}

    def context(self, host: str) -> ssl.SSLContext:
        """The TLS context that plays ``host``."""
        if host not in self._contexts:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._authority.issue_cert(host).configure_cert(context)
            self._contexts[host] = context
        return self._contexts[host]

    @property
    def authority_pem(self) -> bytes:
        """The certificate of the authority, for a client that wants to check."""
        return self._authority.cert_pem.bytes()


class Proxy:
    """Serves a ``Web`` on 127.0.0.1.

    Attributes:
        requests: every request answered, as (host, path with query), in order.
        refused: every host that was asked for and is not in the world.
        url: the address of the proxy, after ``start``.
    """

    def __init__(self, web: Web) -> None:
        self.web = web
        self.certificates = Certificates()
        self.requests: list[tuple[str, str]] = []
        self.refused: list[str] = []
        self.url = ""
        self._server: asyncio.Server | None = None
        self._talks: set[asyncio.Task[None]] = set()

    async def start(self, port: int = 0) -> None:
        """Listen; port 0 takes a free one."""
        self._server = await asyncio.start_server(self._welcome, "127.0.0.1", port)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        """Close the door and every conversation."""
        if self._server is None:
            return
        self._server.close()
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)
        await self._server.wait_closed()

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.current_task()
        assert talk is not None
        self._talks.add(talk)
        try:
            with suppress(*_MISFORTUNES, asyncio.CancelledError):
                await _Conversation(self, reader, writer).run()
        finally:
            self._talks.discard(talk)
            writer.transport.abort() if self._server and not self._server.is_serving() else writer.close()


class _Conversation:
    """One client connection: plain requests in absolute form, or one tunnel with requests inside."""

    def __init__(self, proxy: Proxy, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._proxy = proxy
        self._reader = reader
        self._writer = writer
        self._http = h11.Connection(h11.SERVER)
        self._scheme = "http"
        self._tunnel_host = ""

    async def run(self) -> None:
        while (event := await self._next_request()) is not None:
            if event.method == b"CONNECT":
                await self._open_tunnel(event.target.decode())
                continue
            request = self._read(event)
            if request.headers.get("upgrade", "").lower() == "websocket":
                await self._speak(request)
                return
            answer = self._answer(request)
            await asyncio.sleep(answer.delay_s)
            await self._send(answer, with_body=request.method != "HEAD")
            if self._http.our_state is not h11.DONE or self._http.their_state is not h11.DONE:
                return
            self._http.start_next_cycle()

    async def _next_request(self) -> h11.Request | None:
        """The next request, its body read to the end and dropped."""
        found = None
        while True:
            event = self._http.next_event()
            if event is h11.NEED_DATA:
                self._http.receive_data(await self._reader.read(65536))
            elif isinstance(event, h11.Request):
                found = event
            elif isinstance(event, h11.EndOfMessage) or (event is h11.PAUSED and found is not None):
                return found
            elif isinstance(event, h11.ConnectionClosed) or event is h11.PAUSED:
                return None

    def _read(self, event: h11.Request) -> Request:
        target = urlsplit(event.target.decode("latin-1"))
        host = self._tunnel_host or (target.hostname or "")
        headers = {name.decode(): value.decode("latin-1") for name, value in event.headers}
        return Request(event.method.decode(), self._scheme, host, target.path or "/", target.query, headers)

    def _answer(self, request: Request) -> Reply:
        if request.host not in self._proxy.web.hosts:
            self._proxy.refused.append(request.host)
            return _NO_SUCH_HOST
        self._proxy.requests.append((request.host, request.path + (f"?{request.query}" if request.query else "")))
        return self._proxy.web.answer(request)

    async def _open_tunnel(self, authority: str) -> None:
        host, _, port = authority.lower().rpartition(":")
        if host not in self._proxy.web.hosts:
            self._proxy.refused.append(host)
            await self._send(_NO_SUCH_HOST)
            raise ConnectionAbortedError(host)
        self._writer.write(self._bytes(h11.Response(status_code=200, headers=[])))
        await self._writer.drain()
        if port == "443":
            await self._writer.start_tls(self._proxy.certificates.context(host))
            self._scheme = "https"
        self._tunnel_host = host
        self._http = h11.Connection(h11.SERVER)

    async def _send(self, answer: Reply, *, with_body: bool = True) -> None:
        parts = [self._bytes(h11.Response(status_code=answer.status, headers=[(b"Date", _now()), *answer.headers]))]
        if with_body:
            parts.append(self._bytes(h11.Data(data=answer.body)))
        parts.append(self._bytes(h11.EndOfMessage()))
        self._writer.write(b"".join(parts))
        await self._writer.drain()

    def _bytes(self, event: h11.Event) -> bytes:
        return self._http.send(event) or b""

    async def _speak(self, request: Request) -> None:
        """Open a WebSocket, say what it has to say, then listen until the client leaves."""
        messages = self._proxy.web.messages(request) if request.host in self._proxy.web.hosts else None
        if messages is None:
            await self._send(self._answer(request))
            return
        self._proxy.requests.append((request.host, request.path))
        accept = accept_key(request.headers.get("sec-websocket-key", ""))
        headers = [("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", accept)]
        self._writer.write(self._bytes(h11.InformationalResponse(status_code=101, headers=headers)))
        self._writer.write(_frames(encode(message) for message in messages))
        await self._writer.drain()
        while await self._reader.read(65536):
            pass


def _now() -> bytes:
    return formatdate(usegmt=True).encode()


def _frames(frames: Iterable[bytes]) -> bytes:
    return b"".join(frames)
