"""Forms that send the visitor elsewhere: ``<form action>`` and ``formaction``, and what submitting one adds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any, NamedTuple, TypeAlias
from urllib.parse import urlencode

from crawler.reading.carrier import jump_address, on_element
from crawler.reading.document import Document
from crawler.reading.text import Address, is_web, read_reference
from crawler.reading.walk import Attribute
from crawler.shapes import Extractor
from storage.records import Sighting

Element: TypeAlias = Any
"""An lxml element."""
Fields: TypeAlias = list[tuple[str, str]]


class _Owners(NamedTuple):
    """The first form of each id, and the controls that name one, wherever they stand, by that form."""

    forms: dict[str, Element]
    apart: dict[Element, list[Element]]


def _extract(document: Document) -> Iterator[Sighting]:
    owners: _Owners | None = None
    for attribute in document.attributes_of("form", "button", "input"):
        if attribute.name == ("action" if attribute.tag == "form" else "formaction"):
            address = read_reference(attribute.value) or jump_address(document, attribute.value)
            if address is not None and is_web(address.url):
                owners = owners or _owners(document)
                for sent in _submitted(owners, attribute, address):
                    yield on_element(document, "form", attribute, sent)


def _owners(document: Document) -> _Owners:
    forms: dict[str, Element] = {}
    for form in document.root.iter("form"):
        forms.setdefault(form.get("id") or "", form)
    apart: dict[Element, list[Element]] = {}
    for control in document.root.iter(*_CONTROLS):
        if control.get("form") in forms:
            apart.setdefault(forms[control.get("form")], []).append(control)
    return _Owners(forms, apart)


def _submitted(owners: _Owners, attribute: Attribute, address: Address) -> Iterator[Address]:
    """Where a form goes: unless it is posted, its fields stand in the address, in place of the query written there.

    Of several buttons that send a value each, the visitor presses one.
    """
    is_form = attribute.tag == "form"
    form = attribute.element if is_form else _form_of(owners, attribute.element)
    if form is None or _method(form, attribute.element) != "get":
        yield address
        return
    controls = list(islice(_controls(owners, form), _MAX_CONTROLS))
    fields = [field for control in controls for field in _filled(control)]
    buttons = filter(_is_button, controls) if is_form else [attribute.element]
    pressed = (_field(one, one.get("value")) for one in buttons if not is_form or one.get("formaction") is None)
    for own in dict.fromkeys(map(tuple, pressed)) or [()]:
        yield _with_query(address, list(_short([*fields, *own])))


def _form_of(owners: _Owners, button: Element) -> Element | None:
    """The form that a button names, or else stands in."""
    if button.get("form"):
        return owners.forms.get(button.get("form"))
    return next(button.iterancestors("form"), None)


def _method(form: Element, pressed: Element) -> str:
    method = (pressed.get("formmethod") or form.get("method") or "").strip().lower()
    return method if method in {"post", "dialog"} else "get"


def _controls(owners: _Owners, form: Element) -> Iterator[Element]:
    """What belongs to a form: all in it, and what names it; what it holds may name another."""
    inside = islice(form.iter(*_CONTROLS), _MAX_CONTROLS)
    return chain((one for one in inside if not one.get("form")), owners.apart.get(form, ()))


def _filled(control: Element) -> Fields:
    """What a control sends that the page itself has filled in. What a visitor would write is not known."""
    if control.tag == "textarea":
        return _field(control, control.text)
    if control.tag == "select":
        options = list(islice(control.iter("option"), _MAX_CONTROLS))
        chosen = next((one for one in options if one.get("selected") is not None), options[0] if options else None)
        return _field(control, chosen.get("value", chosen.text) if chosen is not None else "")
    kind = (control.get("type") or "text").strip().lower()
    if control.tag == "button" or kind in _PRESSED or (kind in _TICKED and control.get("checked") is None):
        return []
    return _field(control, control.get("value") or ("on" if kind in _TICKED else ""))


def _field(control: Element, value: str | None) -> Fields:
    name = control.get("name") or ""
    is_sent = name and value and control.get("disabled") is None and not _PASSING.search(name)
    return [(name, value)] if is_sent and value else []


def _is_button(control: Element) -> bool:
    kind = (control.get("type") or ("submit" if control.tag == "button" else "text")).strip().lower()
    return kind in {"submit", "image"}


def _short(fields: Fields) -> Iterator[tuple[str, str]]:
    """As many fields as an address may hold; one that is too long leaves its place to those behind it."""
    left = _MAX_QUERY
    for name, value in fields:
        if len(name) + len(value) <= left:
            left -= len(name) + len(value)
            yield name, value


def _with_query(address: Address, fields: Fields) -> Address:
    page = address.url.partition("#")[0].partition("?")[0]
    return address._replace(url=f"{page}?{urlencode(fields)}") if fields else address


_MAX_CONTROLS, _MAX_QUERY = 60, 4000
_CONTROLS = ("input", "button", "select", "textarea")
_PRESSED = frozenset({"submit", "image", "button", "reset", "file", "password"})
_TICKED = frozenset({"checkbox", "radio"})
_PASSING = re.compile(r"csrf|xsrf|_tb_token_|authenticity_token|^__(?:VIEWSTATE|EVENT)", re.IGNORECASE)
"""Fields with a new value for each visitor, by which a server knows its own form: no part of where it leads."""

EXTRACTOR = Extractor(summary="forms that send the visitor elsewhere", extract=_extract)
