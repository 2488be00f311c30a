"""A web server with one named page per misbehaviour, and a few that behave.

Every page is a file of ``pages/`` or an entry of ``ODD`` (a coroutine that writes to the socket as it likes).
``PORT`` in a file stands for the server's port. ``/code/NAME.png`` is a picture of a QR code, ``/code/NAME.json`` its
modules; its text is ``code_text(NAME)``.
"""

from __future__ import annotations

import asyncio
import base64
import gzip
import hashlib
import io
import json
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import segno

PAGES = {f"/{path.stem}": path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("pages/*.html")}
CART_PAGE_SIZE = 10


def _answer(status: str, body: bytes, mime: str = "text/html; charset=utf-8", *extra: str) -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Type: {mime}", f"Content-Length: {len(body)}", "Connection: close", *extra]
    return "\r\n".join([*head, "", ""]).encode() + body


def _cart(target: str) -> bytes:
    page = int(target.rpartition("=")[2])
    items = [
        {"title": f"货{page}-{i}", "url": f"https://item.taobao.com/item.htm?id={page * CART_PAGE_SIZE + i}"}
        for i in range(CART_PAGE_SIZE)
    ]
    return _answer("200 OK", json.dumps({"items": items}).encode(), "application/json")


async def _cart_page(writer: asyncio.StreamWriter, target: str, headers: dict[str, str]) -> None:
    writer.write(_cart(target))


async def _jsonp(writer: asyncio.StreamWriter, target: str, headers: dict[str, str]) -> None:
    writer.write(_answer("200 OK", b'/**/onGoods({"url": "https://item.jd.com/9.html"});', "text/javascript"))


async def _text(writer: asyncio.StreamWriter, target: str, headers: dict[str, str]) -> None:
    writer.write(_answer("200 OK", "￥abc￥".encode(), "text/plain"))


async def _library(writer: asyncio.StreamWriter, target: str, headers: dict[str, str]) -> None:
    writer.write(
        _answer("200 OK", b"(function(){ window.lib = 1; })(); define({a: function () {}});", "text/javascript")
    )


def code_text(name: str) -> str:
    """What the QR code of this name says."""
    return f"https://item.taobao.com/item.htm?id=5{len(name)}&name={name}"


def _picture(text: str) -> bytes:
    drawn = io.BytesIO()
    segno.make_qr(text).save(drawn, kind="png", scale=4, border=4)
    return drawn.getvalue()


async def _drawing(writer: asyncio.StreamWriter, target: str, headers: dict[str, str]) -> None:
    square = b'<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100"><path d="M0 0h50v50" /></svg>'
    writer.write(_answer("200 OK", square, "image/svg+xml"))


async def _plain(writer: asyncio.StreamWriter, target: str, headers: dict[str, str]) -> None:
    drawn = io.BytesIO()
    segno.make_qr("a picture without a code").save(drawn, kind="png", scale=4, dark="white")
    writer.write(_answer("200 OK", drawn.getvalue(), "image/png"))


async def _code(writer: asyncio.StreamWriter, target: str, headers: dict[str, str]) -> None:
    name, kind = target.removeprefix("/code/").split(".")
    text = code_text(name)
    await asyncio.sleep(2 if name.startswith("slow") else 0)
    if name == "gone":
        writer.write(_answer("404 Not Found", b"<p>gone"))
    elif (name == "guarded" and "referer" not in headers) or (name.endswith("cookie") and "cookie" not in headers):
        writer.write(_answer("403 Forbidden", b"<p>no"))
    elif kind == "json":
        rows = [list(map(int, row)) for row in segno.make_qr(text).matrix_iter(border=4)]
        writer.write(_answer("200 OK", json.dumps(rows).encode(), "application/json"))
    else:
        writer.write(_answer("200 OK", _picture(text), "image/png"))


async def _worker(writer: asyncio.StreamWriter, target: str, headers: dict[str, str]) -> None:
    code = b"onfetch = event => event.respondWith(new Response('from the worker'));"
    writer.write(_answer("200 OK", code, "text/javascript"))


async def _silence(writer: asyncio.StreamWriter, target: str, headers: dict[str, str]) -> None:
    await asyncio.sleep(60)


async def _no_content(writer: asyncio.StreamWriter, target: str, headers: dict[str, str]) -> None:
    writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")


async def _download(writer: asyncio.StreamWriter, target: str, headers: dict[str, str]) -> None:
    writer.write(
        _answer(
            "200 OK", b"x" * 1000, "application/octet-stream", 'Content-Disposition: attachment; filename="../../evil"'
        )
    )


async def _endless_body(writer: asyncio.StreamWriter, target: str, headers: dict[str, str]) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n")
    for number in range(6000):
        writer.write(f"<p>{number}</p>\n".encode())
        await writer.drain()
        await asyncio.sleep(0.01)


async def _slow_drip(writer: asyncio.StreamWriter, target: str, headers: dict[str, str]) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<p>first")
    for letter in "x" * 600:
        writer.write(letter.encode())
        await writer.drain()
        await asyncio.sleep(0.1)


async def _bomb(writer: asyncio.StreamWriter, target: str, headers: dict[str, str]) -> None:
    packer = gzip.compress(b"<p>" + b"a" * (60 * 1024 * 1024))
    writer.write(_answer("200 OK", packer, "text/html", "Content-Encoding: gzip"))


async def _reset(writer: asyncio.StreamWriter, target: str, headers: dict[str, str]) -> None:
    writer.transport.abort()


async def _redirect_loop(writer: asyncio.StreamWriter, target: str, headers: dict[str, str]) -> None:
    writer.write(_answer("302 Found", b"", "text/html", "Location: /redirect-loop"))


async def _to_app(writer: asyncio.StreamWriter, target: str, headers: dict[str, str]) -> None:
    writer.write(_answer("302 Found", b"", "text/html", "Location: tbopen://m.taobao.com/?id=4"))


async def _not_found(writer: asyncio.StreamWriter, target: str, headers: dict[str, str]) -> None:
    writer.write(_answer("404 Not Found", b"<p class=ready>gone"))


async def _unavailable(writer: asyncio.StreamWriter, target: str, headers: dict[str, str]) -> None:
    writer.write(_answer("503 Service Unavailable", b"<p class=ready>later"))


async def _bad_gateway(writer: asyncio.StreamWriter, target: str, headers: dict[str, str]) -> None:
    writer.write(_answer("502 Bad Gateway", b"no such host"))


async def _refused(writer: asyncio.StreamWriter, target: str, headers: dict[str, str]) -> None:
    writer.write(_answer("403 Forbidden", b"no", "text/plain", "X-Cartwatch-Refused: private address"))


async def _forbidden(writer: asyncio.StreamWriter, target: str, headers: dict[str, str]) -> None:
    writer.write(_answer("403 Forbidden", b"<p class=ready>no"))


async def _socket(writer: asyncio.StreamWriter, target: str, headers: dict[str, str]) -> None:
    digest = hashlib.sha1((headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
    accept = base64.b64encode(digest).decode()
    writer.write(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Accept: {accept}\r\n\r\n".encode(),
    )
    for opcode, payload in ((1, b"https://item.taobao.com/item.htm?id=41"), (2, b"\x08\x01\xff")):
        writer.write(struct.pack("!BB", 0x80 | opcode, len(payload)) + payload)
    await writer.drain()
    await asyncio.sleep(30)


Odd = Callable[[asyncio.StreamWriter, str, dict[str, str]], Awaitable[None]]
ODD: dict[str, Odd] = {
    "/api/cart": _cart_page,
    "/api/jsonp": _jsonp,
    "/api/text": _text,
    "/library.js": _library,
    "/picture.png": _plain,
    "/plain.png": _plain,
    "/drawing.svg": _drawing,
    "/worker.js": _worker,
    "/silence": _silence,
    "/no-headers": _silence,
    "/no-content": _no_content,
    "/download": _download,
    "/endless-body": _endless_body,
    "/slow-drip": _slow_drip,
    "/gzip-bomb": _bomb,
    "/reset": _reset,
    "/redirect-loop": _redirect_loop,
    "/redirect-to-app": _to_app,
    "/not-found": _not_found,
    "/unavailable": _unavailable,
    "/bad-gateway": _bad_gateway,
    "/refused": _refused,
    "/forbidden": _forbidden,
    "/socket": _socket,
}


class Site:
    """A running server: ``origin`` is its address, ``asked`` every request target that reached it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.origin = f"http://127.0.0.1:{port}"
        self.asked: list[str] = []

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request, one answer. Reads a proxy's absolute targets and CONNECT as well."""
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, target = head[0].split(" ")[:2]
            self.asked.append(f"{method} {target}")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
            await self._write(writer, method, target, headers)
            await writer.drain()
        writer.close()

    async def _write(self, writer: asyncio.StreamWriter, method: str, target: str, headers: dict[str, str]) -> None:
        if method == "CONNECT":
            name = target.partition(":")[0]
            writer.write(
                _answer("403 Forbidden", b"")
                if name == "plain.example"
                else PROXY_ANSWERS.get(name, _answer("502 Bad Gateway", b""))
            )
            return
        if target.startswith("http://"):
            target = "/" + target.split("/", 3)[3]
        path = target.partition("?")[0]
        odd = _code if path.startswith("/code/") else ODD.get(path)
        if odd:
            await odd(writer, target, headers)
            return
        body = PAGES.get(path, "<p>none").replace("PORT", str(self.port))
        writer.write(_answer("200 OK", body.encode()))


PROXY_ANSWERS = {"private.example": _answer("403 Forbidden", b"", "text/plain", "X-Cartwatch-Refused: private address")}


@asynccontextmanager
async def serve() -> AsyncIterator[Site]:
    """Run the server on a free port of this machine while the block runs."""
    site = Site(0)
    server = await asyncio.start_server(site.answer, "127.0.0.1", 0, limit=1 << 16)
    site.port = server.sockets[0].getsockname()[1]
    site.origin = f"http://127.0.0.1:{site.port}"
    try:
        yield site
    finally:
        server.close()
