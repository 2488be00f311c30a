"""A page opened for reading: parsed once, shared by every extractor, surface and platform."""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any

from parsel import Selector

from crawler.reading.literal import find_assignments
from crawler.reading.url import WebURL, parse_url
from storage.records import Page


class Document:
    """A page with what can be read from it, each thing computed when first asked for."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @cached_property
    def selector(self) -> Selector:
        """The DOM."""
        return Selector(text=self.page.html or "<html></html>", type="html", huge_tree=False)

    @cached_property
    def requested_url(self) -> WebURL:
        """The address that was asked for."""
        return parse_url(self.page.requested_url)

    @cached_property
    def final_url(self) -> WebURL:
        """The address where the page ended."""
        return parse_url(self.page.final_url)

    @cached_property
    def states(self) -> dict[str, Any]:
        """Script state by global name: what the browser handed on, else what inline scripts assign."""
        inline = {
            name.removeprefix("window."): value
            for script in self.selector.css("script:not([src])::text").getall()
            for name, value in find_assignments(script)
        }
        return {**inline, **{name: json.loads(text) for name, text in self.page.states.items()}}
