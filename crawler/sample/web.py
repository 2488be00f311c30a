"""The outside world as a table: a request in, an answer out. No sockets here."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, urlsplit

IDENTIFYING: frozenset[str] = frozenset(
    {
        *(
            "alias",
            "backurl",
            "callback",
            "d",
            "e",
            "et",
            "ext",
            "goods_id",
            "h5Url",
            "id",
            "itemID",
            "itemId",
            "itemid",
        ),
        *("p", "pcursor", "photoId", "principalId", "room", "sellerId", "shopId", "sku", "to", "tu", "url", "wareId"),
    }
)
"""Query parameters that tell one page from another; all others (tracking) change nothing, as on the real sites."""

Headers = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asked for. Header names are lower case."""

    method: str
    scheme: str
    host: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The line of the table that answers this request."""
        return page_key(self.host, self.path, self.query)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, ready to be sent after ``delay_s``: status, all headers (``Content-Length`` included) and the body."""

    status: int
    headers: Headers
    body: bytes = b""
    delay_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Message:
    """A WebSocket message that the world sends as soon as somebody connects."""

    payload: bytes
    is_text: bool = True


Handler = Callable[[Request], Reply]


def page_key(host: str, path: str, query: str) -> str:
    """The name of a page: host, path, and those parameters that identify it, in alphabetical order."""
    pairs = sorted(pair for pair in parse_qsl(query, keep_blank_values=True) if pair[0] in IDENTIFYING)
    return f"{host}{path}?" + "&".join(f"{name}={value}" for name, value in pairs)


def url_key(url: str) -> str:
    """``page_key`` of a whole address."""
    parts = urlsplit(url)
    return page_key(parts.hostname or "", parts.path or "/", parts.query)


def reply(body: bytes, content_type: str, status: int = 200, extra: Headers = ()) -> Reply:
    """An answer with a body."""
    length = str(len(body)).encode()
    return Reply(status, ((b"Content-Type", content_type.encode()), (b"Content-Length", length), *extra), body)


def html(text: str, *, encoding: str = "utf-8", status: int = 200, extra: Headers = ()) -> Reply:
    """An HTML page, in the charset that its shop uses on the wire."""
    return reply(text.encode(encoding, "xmlcharrefreplace"), f"text/html; charset={encoding}", status, extra)


def json_reply(data: object, status: int = 200, delay_s: float = 0.0) -> Reply:
    """A JSON answer, open to every origin."""
    body = json.dumps(data, ensure_ascii=False).encode()
    ready = reply(body, "application/json; charset=utf-8", status, ((b"Access-Control-Allow-Origin", b"*"),))
    return replace(ready, delay_s=delay_s)


def script(text: str) -> Reply:
    """A JavaScript file, cached by browsers."""
    return reply(text.encode(), "application/javascript; charset=utf-8", 200, ((b"Cache-Control", b"max-age=3600"),))


def redirect(location: str | bytes, status: int = 302, extra: Headers = ()) -> Reply:
    """A redirect. ``location`` as bytes is sent as it is, whatever its charset."""
    target = location.encode() if isinstance(location, str) else location
    return reply(b"", "text/html", status, ((b"Location", target), *extra))


class Web:
    """Every host, page and socket of the world."""

    def __init__(self) -> None:
        self.hosts: set[str] = set()
        self._pages: dict[str, Reply] = {}
        self._handlers: dict[str, Handler] = {}
        self._sockets: dict[str, tuple[Message, ...]] = {}

    def put(self, url: str, answer: Reply) -> None:
        """Publish a page under its true address.

        Raises:
            ValueError: another page stands there already.
        """
        key = self._new_key(url, self._pages)
        self._pages[key] = answer

    def put_picture(self, url: str, picture: bytes) -> None:
        """Publish a picture (JPEG where the address says so, else PNG), which any number of pages may show."""
        mime = "image/jpeg" if url.endswith(".jpg") else "image/png"
        self._pages.setdefault(url_key(url), reply(picture, mime))
        self.hosts.add(urlsplit(url).hostname or "")

    def put_handler(self, url: str, handler: Handler) -> None:
        """Publish a page that depends on how it is asked for (Referer, Cookie)."""
        key = self._new_key(url, self._handlers)
        self._handlers[key] = handler

    def put_socket(self, url: str, messages: tuple[Message, ...]) -> None:
        """Publish a WebSocket that says ``messages`` to whoever connects."""
        key = self._new_key(url, self._sockets)
        self._sockets[key] = messages

    def rename(self, words: Mapping[str, str], hosts: Collection[str]) -> None:
        """Let hosts (and all below them) write other words in markup, script and data: a redesign overnight."""
        for key, answer in self._pages.items():
            host = key.partition("/")[0]
            if any(host == parent or host.endswith(f".{parent}") for parent in hosts):
                self._pages[key] = _reworded(answer, words)

    def answer(self, request: Request) -> Reply:
        """The answer to a request; 404 where nothing was published, robots.txt everywhere."""
        key = request.key
        if key in self._handlers:
            return self._handlers[key](request)
        return self._pages.get(key) or (ROBOTS if request.path == "/robots.txt" else NOT_FOUND)

    def messages(self, request: Request) -> tuple[Message, ...] | None:
        """What a WebSocket says, or ``None`` where there is none."""
        return self._sockets.get(request.key)

    def _new_key(self, url: str, taken: Mapping[str, object]) -> str:
        key = url_key(url)
        if key in taken:
            message = f"{url}: published twice; each planted link needs a page of its own"
            raise ValueError(message)
        self.hosts.add(urlsplit(url).hostname or "")
        return key


def _reworded(answer: Reply, words: Mapping[str, str]) -> Reply:
    body = answer.body
    for old, new in words.items():
        body = body.replace(old.encode(), new.encode())
    length = (b"Content-Length", str(len(body)).encode())
    headers = tuple(length if name == b"Content-Length" else (name, value) for name, value in answer.headers)
    return replace(answer, body=body, headers=headers)


ROBOTS = reply(b"User-agent: *\nAllow: /\n", "text/plain")
NOT_FOUND = html("<!DOCTYPE html><html><head><title>404</title></head><body>404 Not Found</body></html>", status=404)
