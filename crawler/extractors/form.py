"""Forms that send the visitor elsewhere: ``<form action>`` and ``formaction``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from urllib.parse import urlencode

from crawler.reading.carrier import jump_address, on_element
from crawler.reading.document import Document
from crawler.reading.text import Address, is_web, read_reference
from crawler.reading.walk import Attribute
from crawler.shapes import Extractor
from storage.records import Sighting


def _extract(document: Document) -> Iterator[Sighting]:
    for attribute in document.attributes_of("form", "button", "input"):
        if attribute.name == ("action" if attribute.tag == "form" else "formaction"):
            address = read_reference(attribute.value) or jump_address(document, attribute.value)
            if address is not None and is_web(address.url):
                yield on_element(document, "form", attribute, _submitted(attribute, address))


def _submitted(attribute: Attribute, address: Address) -> Address:
    """Where a form goes whose hidden fields name the item: in the address, in place of the query written there."""
    form = attribute.element
    if attribute.tag != "form" or (form.get("method") or "get").strip().lower() != "get":
        return address
    hidden = (field for field in form.iter("input") if (field.get("type") or "").lower() == "hidden")
    fields = [(field.get("name") or "", field.get("value") or "") for field in islice(hidden, _MAX_FIELDS)]
    if not any(value and _NAMES_ITEM.fullmatch(name) for name, value in fields):
        return address
    return replace(address, url=f"{address.url.partition('?')[0]}?{urlencode(fields)}")


_MAX_FIELDS = 100
_NAMES_ITEM = re.compile(
    r"id|(?:num_?i|i|item_?|goods_?|product_?|ware_?|sku_?|shop_?|seller_?|user_?|kdt_?)id|sku|alias|ps", re.IGNORECASE
)
"""Fields that make an address of a shop one of an item or of a seller."""

EXTRACTOR = Extractor(summary="forms that send the visitor elsewhere", extract=_extract)
