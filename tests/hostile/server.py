"""A web server with one named page per misbehaviour, and a few that behave.

Every page is an entry of ``PAGES`` (plain HTML) or ``ODD`` (a coroutine that writes to the socket as it likes).
"""

from __future__ import annotations

import asyncio
import base64
import gzip
import hashlib
import json
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

GOOD = """<!doctype html><meta charset=utf-8><title>good</title><div class=cart><a class=item
href="https://item.taobao.com/item.htm?id=1">好货</a></div>"""

ROOM = """<!doctype html><meta charset=utf-8><title>room</title><button id=open>购物车</button><div id=room></div><script>
window.__INITIAL_STATE__ = {room: {id: 7, gone: undefined, link: 'https://detail.tmall.com/item.htm?id=5'}};
window.loop = {url: 'https://a.example/'}; window.loop.self = window.loop;
window.plain = {words: 'no address here'};
const lexical = ['https://item.jd.com/3.html'];
let page = 0;
const more = async () => {
  if (page >= 3) return;
  const answer = await fetch('/api/cart?page=' + page++);
  for (const item of (await answer.json()).items) {
    const row = document.createElement('div');
    row.className = 'item'; row.style.height = '120px';
    row.innerHTML = `<a href="${item.url}">${item.title}</a>`;
    document.querySelector('.cart').append(row);
  }
};
document.getElementById('open').onclick = event => {
  const cart = document.createElement('div');
  cart.className = 'cart'; cart.dataset.trusted = event.isTrusted;
  cart.style.cssText = 'height:300px;overflow-y:auto';
  cart.onscroll = () => { if (cart.scrollTop + cart.clientHeight > cart.scrollHeight - 5) more(); };
  document.getElementById('room').append(cart);
  more();
};
</script>"""

VIRTUAL = """<!doctype html><div class=cart style="height:300px;overflow-y:auto;position:relative">
<div style="height:6000px"></div></div><script>
const cart = document.querySelector('.cart');
const draw = () => {
  cart.querySelectorAll('.item').forEach(row => row.remove());
  const first = Math.floor(cart.scrollTop / 100);
  for (let i = first; i < Math.min(60, first + 5); i++) {
    const row = document.createElement('div');
    row.className = 'item'; row.style.cssText = `position:absolute;height:100px;top:${i * 100}px`;
    row.innerHTML = `<a href="https://item.taobao.com/item.htm?id=${1000 + i}">n</a>`;
    cart.append(row);
  }
};
cart.onscroll = draw; draw();
</script>"""

ENDLESS = """<div class=cart></div><script>
let n = 0;
const add = () => { for (let i = 0; i < 20; i++) {
  const row = document.createElement('div'); row.className = 'item'; row.style.height = '100px';
  row.innerHTML = `<a href="https://item.taobao.com/item.htm?id=${n++}">n</a>`; document.querySelector('.cart').append(row); } };
addEventListener('scroll', add); add();
</script>"""

KEEP = """<title>wait</title><script>
const keep = async () => {
  localStorage.secret = 1; sessionStorage.secret = 1; document.cookie = 'secret=1'; window.name = 'secret';
  await new Promise(done => { const ask = indexedDB.open('secret', 1); ask.onsuccess = ask.onerror = done; });
  await (await caches.open('secret')).put('/secret', new Response('secret'));
  try { await ServiceWorkerContainer.prototype.register.call(navigator.serviceWorker, '/worker.js'); } catch {}
  history.pushState({secret: 1}, '', '#secret');
  addEventListener('pagehide', () => { localStorage.late = 1; sessionStorage.late = 1; document.cookie = 'late=1'; });
  addEventListener('unload', () => { localStorage.later = 1; sessionStorage.later = 1; window.name = 'later'; });
  setInterval(() => { localStorage.timer = 1; fetch('/beat?from=timer'); }, 20);
  document.title = 'kept';
  document.body.innerHTML = '<p class=ready>kept</p>';
};
document.addEventListener('DOMContentLoaded', keep);
</script><body>"""

FIND = """<title>wait</title><body><script>
(async () => {
  const found = {
    local: Object.keys(localStorage), session: Object.keys(sessionStorage), cookie: document.cookie,
    name: window.name, history: history.length, state: history.state,
    databases: (await indexedDB.databases()).map(each => each.name), caches: await caches.keys(),
    workers: (await navigator.serviceWorker.getRegistrations()).length, controlled: !!navigator.serviceWorker.controller,
  };
  document.body.innerHTML = '<p class=ready></p>';
  document.querySelector('p').textContent = JSON.stringify(found);
  parent !== window && parent.postMessage(JSON.stringify(found), '*');
})();
</script>"""

WRAP = """<body><script>onmessage = event => {
  const shown = document.createElement('p'); shown.className = 'ready'; shown.textContent = event.data;
  document.body.append(shown);
};</script><iframe src="http://localhost:PORT/%s"></iframe>"""

OPENERS = """<script>
window.open('https://item.taobao.com/item.htm?id=11#detail');
const later = window.open('');
setTimeout(() => { later.location.href = 'https://item.taobao.com/item.htm?id=12'; }, 100);
const other = window.open('about:blank'); other.location = '/relative';
const link = document.createElement('a'); link.target = '_blank'; link.href = 'http://localhost:PORT/good#13'; link.click();
setTimeout(() => { location.href = 'tbopen://m.taobao.com/tbopen/index.html?h5Url=https%3A%2F%2Fa.example'; }, 50);
setTimeout(() => { location.href = 'intent://item.taobao.com/item.htm?id=14#Intent;scheme=taobao;end'; }, 150);
const frame = document.createElement('iframe'); frame.src = 'taobao://item.taobao.com/item.htm?id=15';
document.documentElement.append(frame);
</script>"""

DATA = """<script>
document.write('<p class=ready></p>');
fetch('/api/cart?page=0').then(r => r.json());
const ask = new XMLHttpRequest(); ask.open('GET', '/api/text'); ask.send();
fetch('/picture.png');
window.onGoods = () => {};
for (const src of ['/api/jsonp?callback=onGoods', '/library.js']) {
  const script = document.createElement('script'); script.src = src; document.documentElement.append(script); }
const socket = new WebSocket('ws://' + location.host + '/socket'); socket.onmessage = () => socket.send('mine');
</script>"""

PAGES: dict[str, str] = {
    "/good": GOOD,
    "/room": ROOM,
    "/virtual": VIRTUAL,
    "/endless-scroll": ENDLESS,
    "/keep": KEEP,
    "/find": FIND,
    "/keep-in-frame": WRAP % "keep-and-tell",
    "/keep-and-tell": KEEP.replace("document.title = 'kept';", "parent.postMessage('kept', '*');"),
    "/find-in-frame": WRAP % "find",
    "/openers": OPENERS,
    "/data": DATA,
    "/no-data": "<p class=ready></p><img src=/picture.png><script src=/library.js></script>",
    "/busy-loop-in-load": "<p>x</p><script>onload = () => { for (;;); };</script>",
    "/busy-loop-after-load": "<p>x</p><script>setTimeout(() => { for (;;); }, 100);</script>",
    "/alert-loop": "<p>x</p><script>for (;;) alert(1);</script>",
    "/one-alert": GOOD + "<script>alert(1)</script>",
    "/reload-loop": "<p>x</p><script>setTimeout(() => location.reload(), 20);</script>",
    "/push-state-flood": "<p>x</p><script>setInterval(() => { for (let i = 0; i < 500; i++) history.pushState({}, '', '?' + i); }, 0);</script>",
    "/popup-flood": "<script>for (let i = 0; i < 200; i++) window.open('http://localhost:PORT/good?' + i);</script>",
    "/anchor-flood": """<script>for (let i = 0; i < 20; i++) {
        const a = document.createElement('a'); a.target = '_blank'; a.href = 'http://localhost:PORT/good?' + i; a.click(); }</script>""",
    "/heap-growth": "<p>x</p><script>const all = []; setInterval(() => { for (let i = 0; i < 40; i++) all.push(new Array(1e6).fill({})); }, 0);</script>",
    "/before-unload": GOOD
    + """<script>addEventListener('beforeunload', event => { event.preventDefault(); event.returnValue = 'x'; });
        </script><button id=open style="width:90px;height:40px">x</button>""",
    "/huge-dom": "<body><script>let s = ''; for (let i = 0; i < 300000; i++) s += '<p class=\"a-rather-long-name-' + i + '\">' + i + '</p>'; document.body.innerHTML = s + s;</script>",
    "/many-frames": "<body><script>for (let i = 0; i < 300; i++) { const f = document.createElement('iframe'); f.src = '/good?' + i; document.body.append(f); }</script>",
    "/mutates-forever": "<div class=cart></div><script>setInterval(() => { document.querySelector('.cart').innerHTML = '<i>' + Math.random(); "
    "document.body.append(document.createElement('hr')); }, 10)</script>" + GOOD,
    "/hanging-fetch": GOOD + "<script>fetch('/silence');</script>",
    "/no-ready-mark": "<p>请登录</p>",
    "/to-app": "<p>x</p>",
    "/tampered": "<script>JSON.stringify = () => 'no'; document.querySelectorAll = () => []; Object.prototype.toJSON = () => 1; "
    "Element.prototype.getBoundingClientRect = () => { throw 1; }; MutationObserver = null; setTimeout = null; Promise.prototype.then = null;</script>"
    + GOOD,
    "/shadow": """<div id=host></div><script>
        const root = document.getElementById('host').attachShadow({mode: 'closed'});
        root.innerHTML = '<a href="https://item.taobao.com/item.htm?id=21">hidden</a>';</script>""",
    "/frames": """<iframe srcdoc='<a href="//item.taobao.com/item.htm?id=31">in</a>'></iframe>
        <iframe src="http://localhost:PORT/good"></iframe>""",
    "/pictures": """<div class=cart style="width:300px"><img src=/picture.png width=100 height=100>
        <img width=90 height=90 src="data:image/png;base64,PICTURE"><img src=/small.png width=20 height=20>
        <canvas width=80 height=80></canvas></div><script>
        document.querySelector('canvas').getContext('2d').fillRect(0, 0, 40, 40);</script>""",
    "/leaves": "<script>location.href = 'http://localhost:PORT/good#there';</script>",
    "/worker-free": "",
}

PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
)
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


async def _picture(writer: asyncio.StreamWriter, target: str, headers: dict[str, str]) -> None:
    writer.write(_answer("200 OK", PICTURE, "image/png"))


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
    for opcode, payload in ((1, "https://item.taobao.com/item.htm?id=41".encode()), (2, b"\x08\x01\xff")):
        writer.write(struct.pack("!BB", 0x80 | opcode, len(payload)) + payload)
    await writer.drain()
    await asyncio.sleep(30)


Odd = Callable[[asyncio.StreamWriter, str, dict[str, str]], Awaitable[None]]
ODD: dict[str, Odd] = {
    "/api/cart": _cart_page,
    "/api/jsonp": _jsonp,
    "/api/text": _text,
    "/library.js": _library,
    "/picture.png": _picture,
    "/small.png": _picture,
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
        if path in ODD:
            await ODD[path](writer, target, headers)
            return
        body = (
            PAGES.get(path, "<p>none")
            .replace("PORT", str(self.port))
            .replace("PICTURE", base64.b64encode(PICTURE).decode())
        )
        writer.write(_answer("200 OK", body.encode()))


PROXY_ANSWERS = {"private.example": _answer("403 Forbidden", b"", "text/plain", "X-Cartwatch-Refused: private address")}


@asynccontextmanager
async def serve() -> AsyncIterator[Site]:
    """Run the server on a free port of this machine while the block runs."""
    site = Site(0)
    server = await asyncio.start_server(lambda *streams: site.answer(*streams), "127.0.0.1", 0, limit=1 << 16)
    site.port = server.sockets[0].getsockname()[1]
    site.origin = f"http://127.0.0.1:{site.port}"
    try:
        yield site
    finally:
        server.close()
