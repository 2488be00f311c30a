"""A page opened for reading: parsed once, shared by every extractor, surface and platform."""

from __future__ import annotations

from functools import cached_property

from parsel import Selector

from storage.records import Page


class Document:
    """A page with what can be read from it, each thing computed when first asked for."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @cached_property
    def selector(self) -> Selector:
        """The DOM."""
        return Selector(text=self.page.html or "<html></html>", type="html", huge_tree=False)
