"""Network errors are told in plain words, with the technical ones behind them."""

import pytest
from scrapy.core.downloader.handlers.http11 import TunnelError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
)

from crawler.wire_words import told, told_code

PROXY = "http://10.0.0.1:3128"


def tunnel(status, phrase):
    return TunnelError(
        f"Could not open CONNECT tunnel with proxy 10.0.0.1:3128 [{{'status': {status}, 'reason': {phrase!r}}}]"
    )


@pytest.mark.parametrize(
    ("error", "proxy", "plain"),
    [
        (CannotResolveHostError("DNS lookup failed: a.example."), "", "the name a.example cannot be resolved (DNS)"),
        (
            CannotResolveHostError("DNS lookup failed: gate.example."),
            "http://gate.example:3128",
            "the name of the proxy gate.example cannot be resolved (DNS)",
        ),
        (tunnel(502, b"Bad Gateway (cannot resolve a.example)"), PROXY, "the name a.example cannot be resolved (DNS)"),
        (
            tunnel(502, b"Bad Gateway (no connection to 1.2.3.4: Connection refused)"),
            PROXY,
            "no connection to 1.2.3.4: Connection refused",
        ),
        (
            tunnel(403, b"Forbidden (shared (carrier-grade NAT, Alibaba metadata) address 100.64.0.1)"),
            PROXY,
            "this address is refused: shared (carrier-grade NAT, Alibaba metadata) address 100.64.0.1",
        ),
        (tunnel(403, b"Forbidden"), PROXY, "the proxy 10.0.0.1:3128 refuses this address"),
        (tunnel(407, b"Auth"), PROXY, "the proxy 10.0.0.1:3128 asks for a user name and password"),
        (tunnel(500, b"Oh"), PROXY, "the proxy 10.0.0.1:3128 opened no connection"),
        (DownloadConnectionRefusedError("111"), PROXY, "the proxy 10.0.0.1:3128 refused the connection"),
        (DownloadConnectionRefusedError("111"), "http://me:secret@gate:8", "the proxy gate:8 refused the connection"),
        (DownloadConnectionRefusedError("111"), "", "the site refused the connection"),
        (DownloadTimeoutError("took longer than 30 s"), "", "no answer in time"),
        (
            DownloadFailedError("[('SSL routines', '', 'certificate verify failed')]"),
            "",
            "the certificate is not trusted",
        ),
        (DownloadFailedError("OpenSSL.SSL.Error: wrong version"), "", "the secure connection (TLS) failed"),
        (DownloadFailedError("ConnectionLost"), "", "the connection broke off"),
        (ValueError("what is this"), "", "the page could not be fetched"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_an_error_is_told_in_plain_words_and_keeps_its_own(error, proxy, plain):
    words = told(error, proxy)
    assert words.startswith(plain)
    assert words.endswith(f"[{type(error).__name__}: {error}]")


@pytest.mark.parametrize(
    ("code", "plain"),
    [
        ("ERR_NAME_NOT_RESOLVED", "the name cannot be resolved (DNS)"),
        ("ERR_PROXY_CONNECTION_FAILED", "the proxy cannot be reached"),
        ("ERR_CERT_AUTHORITY_INVALID", "the certificate is not trusted"),
        ("ERR_CONNECTION_TIMED_OUT", "no answer in time"),
        ("ERR_CONNECTION_RESET", "the connection broke off"),
        ("ERR_SOMETHING_NEW", "the address could not be opened"),
    ],
)
def test_a_code_of_the_browser_is_told_in_plain_words_and_keeps_its_own(code, plain):
    assert told_code(code).startswith(plain)
    assert told_code(code).endswith(f"[{code}]")


@pytest.mark.parametrize("detail", ["", "the address is a download", "HTTP 502 from a gateway"])
def test_what_is_in_words_already_stays_as_it_is(detail):
    assert told_code(detail) == detail
