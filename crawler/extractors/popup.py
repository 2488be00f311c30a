"""Addresses that the page tried to open elsewhere: windows, downloads, navigations, app schemes."""

from __future__ import annotations

from collections.abc import Iterator

from crawler.reading.document import Document
from crawler.reading.text import clean, is_app, is_web
from crawler.shapes import Extractor
from storage.records import Sighting


def _extract(document: Document) -> Iterator[Sighting]:
    for position, popup in enumerate(document.page.popups):
        url = clean(popup.url)
        if is_web(url) or is_app(url):
            yield Sighting(raw=popup.url, url=url, found_in="popup", locator=f"{popup.via} {position}")


EXTRACTOR = Extractor(summary="windows, downloads and apps that the page tried to open", extract=_extract)
