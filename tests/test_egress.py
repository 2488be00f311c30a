"""The egress guard against every spelling of an inside address, names that change, and clients that misbehave."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import threading
from collections.abc import Sequence
from typing import Self

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.egress import EgressGuard, forbidden_reason, guard_in_thread, read_address

PUBLIC = "93.184.215.14"


class Network:
    """Names and machines: ``dialled`` is what the guard connected to, ``asked`` the names it looked up."""

    def __init__(self, names: dict[str, Sequence[Sequence[str]]] | None = None, port: int = 0) -> None:
        self.names = {name: list(answers) for name, answers in (names or {}).items()}
        self.port = port
        self.asked: list[str] = []
        self.dialled: list[tuple[str, int]] = []

    async def resolver(self, host: str) -> Sequence[str]:
        self.asked.append(host)
        answers = self.names.get(host)
        if not answers:
            raise socket.gaierror(host)
        return answers.pop(0) if len(answers) > 1 else answers[0]

    async def connect(self, address: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        self.dialled.append((address, port))
        if not self.port:
            raise ConnectionRefusedError(111, "Connection refused")
        return await asyncio.open_connection("127.0.0.1", self.port)

    def guard(self, **more: object) -> EgressGuard:
        return EgressGuard(**{"resolver": self.resolver, "connect": self.connect, **more})


async def talk(url: str, *pieces: bytes) -> bytes:
    host, _, port = url.removeprefix("http://").rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        return await asyncio.wait_for(reader.read(), 5)
    finally:
        writer.close()


def ask(network: Network, request: bytes, **more: object) -> bytes:
    async def run() -> bytes:
        async with network.guard(**more) as guard:
            return await talk(guard.url, request)

    return asyncio.run(run())


def connect_to(authority: str) -> bytes:
    return f"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n\r\n".encode("ascii")


INSIDE = [
    "127.0.0.1", "127.1", "127.0.1", "127.255.255.254", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1",
    "017700000001", "0", "0.0.0.0", "10.0.0.5", "10.255.255.255", "167772165", "172.16.0.1", "172.31.255.255",
    "192.168.1.1", "0xc0a80101", "0300.0250.1.1", "169.254.169.254", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376",
    "100.64.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.192", "192.0.2.7", "198.18.0.1", "198.51.100.1",
    "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "192.88.99.1", "127.0.0.1.",
    "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:a9fe:a9fe]", "[::ffff:10.0.0.1]", "[::127.0.0.1]",
    "[fe80::1]", "[fc00::1]", "[fd00:ec2::254]", "[fec0::1]", "[ff02::1]", "[64:ff9b::7f00:1]", "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b:1::1]", "[2002:7f00:1::]", "[2002:c0a8:101::1]", "[2001::1]", "[2001:db8::1]", "[100::1]", "[3fff::1]",
    "localhost", "LOCALHOST", "localhost.", "foo.localhost", "router.lan", "printer.local", "metadata.google.internal",
]  # fmt: skip


@pytest.mark.parametrize("host", INSIDE)
def test_no_spelling_of_an_inside_address_is_dialled(host):
    network = Network(port=9)
    answer = ask(network, connect_to(f"{host}:443"))
    head = answer.partition(b"\r\n\r\n")[0].decode("ascii").split("\r\n")
    reason = head[1].removeprefix("X-Cartwatch-Refused: ")
    assert reason != head[1]
    assert head[0] == f"HTTP/1.1 403 Forbidden ({reason})"
    assert (network.dialled, network.asked) == ([], [])


@pytest.mark.parametrize("host", [host for host in INSIDE if host[0] in "0123456789["])
def test_no_absolute_request_reaches_an_inside_address(host):
    network = Network(port=9)
    answer = ask(network, f"GET http://{host}/latest/meta-data/ HTTP/1.1\r\nHost: item.jd.com\r\n\r\n".encode())
    assert b"403 Forbidden" in answer
    assert network.dialled == []


@pytest.mark.parametrize("host", [host for host in INSIDE if host[0] in "0123456789["])
def test_no_name_that_means_an_inside_address_is_dialled(host):
    network = Network({"evil.example": [[host]]}, port=9)
    answer = ask(network, connect_to("evil.example:443"))
    assert b"403 Forbidden" in answer
    assert network.dialled == []


@pytest.mark.parametrize(
    "host", [PUBLIC, "1572394766", "[2606:2800:21f:cb07:6820:80da:af6b:8b2c]", "[64:ff9b::5db8:d70e]"]
)
def test_a_public_address_is_dialled_in_every_spelling(host):
    network = Network()
    assert b"502 Bad Gateway" in ask(network, connect_to(f"{host}:443"))
    [(dialled, port)] = network.dialled
    assert ipaddress.ip_address(dialled) == read_address(host)
    assert port == 443


@pytest.mark.parametrize("host", ["１２７.0.0.1", "①②⑦.⓪.⓪.①", "127。0。0。1", "fe80::1%eth0"])
def test_no_unicode_spelling_hides_an_address(host):
    address = read_address(host)
    assert address is not None
    assert forbidden_reason(address)


@pytest.mark.parametrize("host", ["3.cn", "1688.com", "360buy.com", "0x.example", "item.jd.com", "", "::g", "a" * 300])
def test_a_name_is_not_taken_for_an_address(host):
    assert read_address(host) is None


@given(st.text(max_size=40))
def test_any_host_is_an_address_or_none(host):
    address = read_address(host)
    assert address is None or isinstance(forbidden_reason(address), str | None)


@given(st.ip_addresses())
def test_whatever_python_calls_private_is_refused(address):
    if (
        address.is_private
        or address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_reserved
    ):
        mapped = getattr(address, "ipv4_mapped", None)
        nat64 = address in ipaddress.ip_network("64:ff9b::/96") if address.version == 6 else False
        assert mapped or nat64 or forbidden_reason(address)


def test_the_address_that_was_checked_is_the_one_that_is_dialled():
    """DNS rebinding: the name is public at the first look-up and private at every later one."""
    network = Network({"rebind.example": [[PUBLIC], ["127.0.0.1"]]})
    ask(network, connect_to("rebind.example:443"))
    assert network.asked == ["rebind.example"]
    assert network.dialled == [(PUBLIC, 443)]
    assert b"403" in ask(network, connect_to("rebind.example:443"))
    assert network.dialled == [(PUBLIC, 443)]


def test_of_several_addresses_a_public_one_is_taken():
    network = Network({"mixed.example": [["10.0.0.1", PUBLIC]]})
    ask(network, connect_to("mixed.example:443"))
    assert network.dialled == [(PUBLIC, 443)]


@pytest.mark.parametrize("port", [22, 25, 444, 6379, 8080])
def test_only_web_ports_are_dialled(port):
    network = Network(port=9)
    assert b"X-Cartwatch-Refused: port " in ask(network, connect_to(f"{PUBLIC}:{port}"))
    assert network.dialled == []


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"nonsense\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost: a.cn\r\n\r\n", b"400"),
        (b"GET https://a.cn/ HTTP/1.1\r\nHost: a.cn\r\n\r\n", b"400"),
        (b"GET ftp://a.cn/ HTTP/1.1\r\nHost: a.cn\r\n\r\n", b"400"),
        (b"GET http://[::1/ HTTP/1.1\r\nHost: a.cn\r\n\r\n", b"400"),
        (b"CONNECT a.cn:99999 HTTP/1.1\r\nHost: a.cn\r\n\r\n", b"400"),
        (b"CONNECT :443 HTTP/1.1\r\nHost: a.cn\r\n\r\n", b"403"),
        (b"CONNECT gone.example:443 HTTP/1.1\r\nHost: a.cn\r\n\r\n", b"502"),
        (b"", b""),
    ],
)
def test_a_request_that_cannot_be_served_is_answered_and_the_guard_goes_on(request_bytes, status):
    async def run() -> tuple[bytes, bytes]:
        async with network.guard(idle_s=0.3) as guard:
            return await talk(guard.url, request_bytes), await talk(guard.url, connect_to("127.0.0.1:443"))

    network = Network()
    first, second = asyncio.run(run())
    assert first[9:12] == status
    assert second[9:12] == b"403"


# --- bytes go through ----------------------------------------------------------------------------------------------


class Origin:
    """A server on the loopback that stands for a public one: echoes tunnels, and answers requests with what it got."""

    def __init__(self) -> None:
        self.received = b""

    async def __aenter__(self) -> Self:
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.server.close()
        await self.server.wait_closed()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1000):
            self.received += data
            if data == b"ping":
                writer.write(b"pong")
            elif b"bye" in data or b"GET" in self.received or self.received.endswith(b"end"):
                writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello")
                break
        writer.close()


def through(request: bytes, *more: bytes, **settings: object) -> tuple[bytes, bytes]:
    """What a client reads and what the origin received."""

    async def run() -> tuple[bytes, bytes]:
        async with Origin() as origin:
            network = Network({"item.jd.com": [[PUBLIC]]}, port=origin.port)
            async with network.guard(**settings) as guard:
                return await talk(guard.url, request, *more), origin.received

    return asyncio.run(run())


def test_a_tunnel_carries_bytes_both_ways_and_tells_its_address():
    read, received = through(connect_to("item.jd.com:443"), b"bye")
    head, _, body = read.partition(b"\r\n\r\n")
    assert head == f"HTTP/1.1 200 Connection established\r\nX-Cartwatch-Address: {PUBLIC}".encode()
    assert (received, body[-5:]) == (b"bye", b"hello")


def test_bytes_sent_along_with_the_connect_are_not_lost():
    assert through(connect_to("item.jd.com:443") + b"bye")[1] == b"bye"


def test_a_plain_request_is_asked_of_the_origin_in_its_own_form():
    request = (
        b"GET http://item.jd.com/1.html?a=1 HTTP/1.1\r\nHost: other.example\r\nProxy-Connection: keep-alive\r\n"
        b"Proxy-Authorization: Basic x\r\nCookie: a=b\r\n\r\n"
    )
    read, received = through(request)
    assert read.endswith(b"hello")
    assert received == b"GET /1.html?a=1 HTTP/1.1\r\nHost: item.jd.com\r\nCookie: a=b\r\nConnection: close\r\n\r\n"


def test_a_second_request_cannot_hide_behind_the_first():
    first = b"POST http://item.jd.com/ HTTP/1.1\r\nHost: item.jd.com\r\nContent-Length: 3\r\n\r\nend"
    _, received = through(first + b"GET http://127.0.0.1/secret HTTP/1.1\r\nHost: x\r\n\r\n")
    assert received.endswith(b"\r\n\r\nend")
    assert b"secret" not in received


def test_a_chunked_body_arrives():
    request = b"POST http://item.jd.com/ HTTP/1.1\r\nHost: item.jd.com\r\nTransfer-Encoding: chunked\r\n\r\n"
    _, received = through(request, b"3\r\nbye\r\n0\r\n\r\n")
    assert b"3\r\nbye\r\n" in received


def test_a_silent_tunnel_is_closed():
    read, received = through(connect_to("item.jd.com:443"), idle_s=0.2)
    assert read.startswith(b"HTTP/1.1 200")
    assert received == b""


def test_a_tunnel_stays_open_as_long_as_one_side_talks():
    async def run() -> bytes:
        async with Origin() as origin:
            network = Network(port=origin.port)
            async with network.guard(idle_s=0.4) as guard:
                reader, writer = await asyncio.open_connection("127.0.0.1", int(guard.url.rpartition(":")[2]))
                writer.write(connect_to(f"{PUBLIC}:443"))
                await reader.readuntil(b"\r\n\r\n")
                for _ in range(4):
                    await asyncio.sleep(0.2)
                    writer.write(b"ping")
                    answer = await reader.readexactly(4)
                writer.close()
                return answer

    assert asyncio.run(run()) == b"pong"


def test_more_connections_than_allowed_are_told_so():
    async def run() -> bytes:
        network = Network()
        async with network.guard(max_connections=1) as guard:
            _, writer = await asyncio.open_connection("127.0.0.1", int(guard.url.rpartition(":")[2]))
            await asyncio.sleep(0.05)
            try:
                return await talk(guard.url, connect_to(f"{PUBLIC}:443"))
            finally:
                writer.close()

    assert b"503 Service Unavailable" in asyncio.run(run())


def test_a_dial_that_takes_too_long_is_given_up():
    async def never(_address: str, _port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        await asyncio.sleep(60)
        raise AssertionError

    assert b"504 Gateway Timeout" in ask(Network(), connect_to(f"{PUBLIC}:443"), connect=never, connect_s=0.1)


def test_a_guard_in_a_thread_serves_and_goes():
    before = threading.active_count()
    with guard_in_thread() as guard:
        assert b"403" in asyncio.run(talk(guard.url, connect_to("127.0.0.1:443")))
    assert threading.active_count() == before


def test_a_guard_that_cannot_listen_says_so():
    with guard_in_thread() as guard:
        port = int(guard.url.rpartition(":")[2])
        with pytest.raises(OSError, match="address already in use"), guard_in_thread(EgressGuard(port=port)):
            pass
