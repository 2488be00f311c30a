"""Find a browser that can be driven, and the flags with which it shows pages cheaply and leaks nothing."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from crawler.errors import BrowserError

logger = logging.getLogger(__name__)

SYSTEM_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PLAYWRIGHT_GLOBS = (
    "chromium_headless_shell-*/*/headless_shell*",
    "chromium_headless_shell-*/*/chrome-headless-shell*",
    "chromium-*/*/chrome",
    "chromium-*/*/Chromium.app/Contents/MacOS/Chromium",
    "chromium-*/*/chrome.exe",
)
ADDED_FLAGS = (
    "--disable-remote-fonts",
    "--autoplay-policy=user-gesture-required",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-background-networking",
    "--disable-domain-reliability",
    "--disable-client-side-phishing-detection",
    "--no-pings",
    "--dns-prefetch-disable",
    "--renderer-process-limit=4",
    "--js-flags=--max-old-space-size=512",
)
UNWANTED_FLAGS = ("--disable-ipc-flooding-protection",)
"""Flags of Playwright's own that would take a brake off hostile pages."""
UNWANTED_FEATURES = (
    "RenderDocument",  # A fresh host for each document costs a fifth of a page, and tabs are used again and again here.
    "HttpsUpgrades",  # These as Playwright has them: a later list replaces its own.
    "HttpsFirstBalancedModeAutoEnable",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "MediaRouter",
    "PaintHolding",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
)
POINTER = "primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4"
"""A mouse, as Playwright has it: a later list replaces its own here too."""
BLINK = f"{POINTER},downloadableBinaryFontsEnabled=false"


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser on this machine, what it is, and whether its sandbox will be on."""

    path: str
    version: str
    is_sandboxed: bool

    def describe(self) -> str:
        """One line for a person."""
        sandbox = "sandbox on" if self.is_sandboxed else "sandbox OFF, because this process runs as root"
        return f"{self.path} ({self.version or 'version unknown'}; {sandbox})"


def find_browser(explicit: str = "") -> Browser:
    """The browser to use: the one that was named, else Playwright's own, else one of the system.

    Args:
        explicit: path or command name; empty looks for one.

    Raises:
        BrowserError: there is none; says what to do.
    """
    if explicit:
        found = shutil.which(explicit)
        if found is None:
            raise BrowserError(f"CARTWATCH_BROWSER: {explicit} is no program; name a Chromium, or leave it empty")
        return _browser(found)
    for path in (*_playwright_paths(), *filter(None, map(shutil.which, SYSTEM_NAMES))):
        return _browser(path)
    raise BrowserError(
        "no Chromium was found: run `playwright install --only-shell chromium`, install the system's chromium, "
        "or set CARTWATCH_BROWSER to its path",
    )


def launch_flags(*, proxy: str = "", has_images: bool = False) -> list[str]:
    """The command line flags of one browser.

    Args:
        proxy: address of the egress proxy; with one, no name is ever resolved by the browser itself.
        has_images: load images; a page then costs several times as much.
    """
    blink = BLINK if has_images else f"{BLINK},imagesEnabled=false"
    features = ",".join(UNWANTED_FEATURES)
    flags = [*ADDED_FLAGS, f"--blink-settings={blink}", f"--disable-features={features}"]
    if proxy:
        host = urlsplit(proxy).hostname or ""
        flags.append(f"--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE {host}")
    return flags


def _browser(path: str) -> Browser:
    browser = Browser(path=path, version=_version(path), is_sandboxed=_is_sandboxed())
    if not browser.is_sandboxed:
        _warn_unsandboxed()
    return browser


def _is_sandboxed() -> bool:
    return not hasattr(os, "geteuid") or os.geteuid() != 0


@cache
def _warn_unsandboxed() -> None:
    logger.warning("the browser runs without its sandbox because this process is root: use an ordinary user")


@cache
def _version(path: str) -> str:
    try:
        done = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=20, check=False)  # noqa: S603  # the browser we are about to start anyway
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()


def _playwright_paths() -> list[str]:
    root = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    found = [path for pattern in PLAYWRIGHT_GLOBS for path in sorted(root.glob(pattern), reverse=True)]
    return [str(path) for path in found if path.is_file() and os.access(path, os.X_OK)]
