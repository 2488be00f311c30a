"""What can be set about rendering, with defaults: read from Scrapy's settings, shown by the documentation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scrapy.settings import BaseSettings
from scrapy.settings import default_settings as scrapy_defaults


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting: its default value and, in a sentence, what it does."""

    default: str | int | bool
    summary: str


SETTINGS: Mapping[str, Setting] = {
    "CARTWATCH_PROXY": Setting("", "Address of the egress proxy that both lanes use; empty connects directly."),
    "CARTWATCH_INSECURE_TLS": Setting(default=False, summary="Accept any certificate, for the sample world only."),
    "CARTWATCH_BROWSER": Setting("", "Path of the browser; empty looks for one."),
    "CARTWATCH_PAGES": Setting(4, "Pages open at once; more than two a core gain nothing."),
    "CARTWATCH_PAGE_LIMIT": Setting(50, "Addresses after which a browser context is replaced by a fresh one."),
    "CARTWATCH_BROWSER_LIMIT": Setting(500, "Addresses after which the browser is replaced by a fresh one."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How this process renders. Two crawlers with equal options share one pool of pages."""

    proxy: str = ""
    is_insecure: bool = False
    browser: str = ""
    pages: int = 4
    page_limit: int = 50
    browser_limit: int = 500
    user_agent: str = ""


def read_options(settings: BaseSettings) -> Options:
    """Options from Scrapy's settings. A user agent that nobody set stays the browser's own."""
    agent = settings.get("USER_AGENT") or ""
    return Options(
        proxy=_get(settings, "CARTWATCH_PROXY") or "",
        is_insecure=settings.getbool("CARTWATCH_INSECURE_TLS", bool(SETTINGS["CARTWATCH_INSECURE_TLS"].default)),
        browser=_get(settings, "CARTWATCH_BROWSER") or "",
        pages=max(1, int(_get(settings, "CARTWATCH_PAGES"))),
        page_limit=max(1, int(_get(settings, "CARTWATCH_PAGE_LIMIT"))),
        browser_limit=max(1, int(_get(settings, "CARTWATCH_BROWSER_LIMIT"))),
        user_agent="" if agent == scrapy_defaults.USER_AGENT else agent,
    )


def _get(settings: BaseSettings, name: str) -> str:
    return str(settings.get(name, SETTINGS[name].default))
