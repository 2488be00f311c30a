"""What the network did, in plain words for a person, with the technical words behind them in brackets."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

_BY_TYPE: Final = {
    "DownloadConnectionRefusedError": "{far} refused the connection",
    "DownloadTimeoutError": "no answer in time",
    "DownloadCancelledError": "the download was cancelled",
    "DownloadFailedError": "the connection broke off",
    "TunnelError": "the proxy {proxy} opened no connection",
    "UnsupportedURLSchemeError": "only http and https addresses are fetched",
}
_UNTRUSTED: Final = (
    "the certificate is not trusted (where a proxy of yours signs certificates itself, --insecure-tls accepts them)"
)
_BY_CODE: Final = (
    ("TIMED_OUT", "no answer in time"),
    ("ERR_NAME_NOT_RESOLVED", "the name cannot be resolved (DNS)"),
    ("ERR_PROXY_CONNECTION_FAILED", "the proxy cannot be reached"),
    ("ERR_TUNNEL_CONNECTION_FAILED", "the proxy opened no connection to this address"),
    ("ERR_CONNECTION_REFUSED", "the connection was refused"),
    ("ERR_CERT_", _UNTRUSTED),
    ("ERR_SSL_", "the secure connection (TLS) failed"),
    ("ERR_TOO_MANY_REDIRECTS", "the address redirects without end"),
    ("ERR_EMPTY_RESPONSE", "the connection was closed without an answer"),
    ("ERR_CONNECTION_", "the connection broke off"),
    ("ERR_INTERNET_DISCONNECTED", "this machine is not connected to a network"),
    ("ERR_", "the address could not be opened"),
)
_PROXY_STATUS: Final = {
    403: "the proxy {proxy} refuses this address",
    407: "the proxy {proxy} asks for a user name and password",
}
_TUNNEL_STATUS = re.compile(r"'status': (\d+)")
_TUNNEL_REASON = re.compile(r"'reason': b[\"'][\w ]*\((.*?)\)[\"']}")
_RESOLVES = re.compile(r"cannot resolve (\S+?)\)?$")
_LOOKUP_FAILED = re.compile(r"DNS lookup failed: (\S+?)\.?$")


def told(error: BaseException, proxy: str = "") -> str:
    """What an exception of the wire means, such as ``the name a.example cannot be resolved (DNS) [...]``.

    Args:
        error: what Scrapy's downloader raised.
        proxy: the proxy that the request went to, if any: it, and not the site, is whom the wire speaks of.
    """
    name, words = type(error).__name__, str(error)
    host = urlsplit(proxy).netloc.rpartition("@")[2]  # without its password, which nobody should read here
    return f"{_meaning(name, words, host)} [{name}: {words}]"


def told_code(detail: str) -> str:
    """A detail that is nothing but an error code of the browser, such as ``ERR_NAME_NOT_RESOLVED``, in plain words.

    Any other detail is given back as it is.
    """
    if not re.fullmatch(r"ERR_\w+", detail):
        return detail
    return f"{next(words for mark, words in _BY_CODE if mark in detail)} [{detail}]"


def _meaning(name: str, words: str, proxy: str) -> str:
    looked_up = _LOOKUP_FAILED.search(words)
    if looked_up:
        whose = " of the proxy" if looked_up[1] == proxy.partition(":")[0] else ""
        return f"the name{whose} {looked_up[1]} cannot be resolved (DNS)"
    if "certificate verify failed" in words:
        return _UNTRUSTED
    if "SSL" in words:
        return "the secure connection (TLS) failed"
    if name == "TunnelError":
        return _tunnel(words, proxy)
    far = f"the proxy {proxy}" if proxy else "the site"
    return _BY_TYPE.get(name, "the page could not be fetched").format(far=far, proxy=proxy)


def _tunnel(words: str, proxy: str) -> str:
    """Our own guard gives its reason behind the phrase of its answer; other proxies give a status."""
    reason, status = _TUNNEL_REASON.search(words), _TUNNEL_STATUS.search(words)
    resolved = _RESOLVES.search(reason[1]) if reason else None
    if resolved:
        return f"the name {resolved[1]} cannot be resolved (DNS)"
    if reason:
        return f"this address is refused: {reason[1]}" if status and status[1] == "403" else reason[1]
    number = int(status[1]) if status else 0
    known = _PROXY_STATUS.get(number, _BY_TYPE["TunnelError"])
    return known.format(proxy=proxy)
