"""QR codes that a page draws itself, as pictures: SVG of squares, circles or straight lines, tables of coloured cells.

Only what codes are drawn with is drawn here: no curve, no text, no turned shape. A page of icons is passed over.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Any, NamedTuple

from lxml import etree
from PIL import Image, ImageDraw

_LEAST_SHAPES = 40
"""Shapes of the simplest code; an icon has fewer."""
_LEAST_CELLS = 21 * 21
"""Modules of the smallest QR code."""
_MOST_SHAPES = 40_000
_MODULE_PX = 4
_FAR = 1e6
"""Beyond this nothing is drawn."""
_QUIET_PX = 16
_MOST_PX = 1600
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_NUMBERS = re.compile(_NUMBER)
_STEP = re.compile(rf"([MmLlHhVvZz])|({_NUMBER})")
_LINE = re.compile("[HhLl]")
_CURVE = re.compile(r"[CcSsQqTtAa]")
_TRANSFORM = re.compile(r"(translate|scale)\s*\(([^)]*)\)")
_FILL = re.compile(r"(?:^|;)\s*(?:fill|background(?:-color)?)\s*:\s*([^;]+)", re.IGNORECASE)
_STROKE = re.compile(r"(?:^|;)\s*stroke\s*:\s*([^;]+)", re.IGNORECASE)
_HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)
_RGB = re.compile(r"rgba?\(\s*(\d+)\D+(\d+)\D+(\d+)")
_BRIGHT = 140
_NONE = frozenset({"none", "transparent"})
_LIGHT_NAMES = frozenset({"white", "snow", "ivory", "ghostwhite", "whitesmoke", "floralwhite"})


class _Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float
    is_dark: bool
    is_round: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    """How far a group is moved and stretched."""

    scale: float = 1.0
    x: float = 0.0
    y: float = 0.0

    def box(self, left: float, top: float, right: float, bottom: float, *, dark: bool, is_round: bool = False) -> _Box:
        """A box of the group, placed."""
        scale = self.scale
        return _Box(
            self.x + left * scale, self.y + top * scale, self.x + right * scale, self.y + bottom * scale, dark, is_round
        )


def drawn_in_svg(svg: Any) -> bytes:  # noqa: ANN401 - an lxml element
    """What an ``<svg>`` draws, as a PNG; nothing where it is too simple for a code or made of curves."""
    if not _may_be_code(svg):
        return b""
    boxes = list(islice(_boxes(svg, _Place(), "black"), _MOST_SHAPES))
    return _painted(boxes) if len(boxes) >= _LEAST_SHAPES else b""


def drawn_in_svg_text(text: bytes) -> bytes:
    """The same of an SVG file."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(text, parser)
    except etree.XMLSyntaxError:
        return b""
    return drawn_in_svg(root) if root is not None else b""


def drawn_in_table(table: Any) -> bytes:  # noqa: ANN401 - an lxml element
    """A table of cells that have a colour and no text, as a PNG; nothing where it is any other."""
    parts = (table, *table.iterchildren("tbody", "thead", "tfoot"))
    rows = [list(row.iterchildren("td", "th")) for part in parts for row in part.iterchildren("tr")]
    if sum(map(len, rows)) < _LEAST_CELLS or any((cell.text or "").strip() for row in rows[:3] for cell in row):
        return b""
    place = _Place()
    return _painted(
        place.box(x, y, x + 1, y + 1, dark=_is_dark(_colour(cell, "bgcolor", _FILL) or _colour(cell, "class", _FILL)))
        for y, row in enumerate(rows)
        for x, cell in enumerate(row)
    )


def _may_be_code(svg: Any) -> bool:  # noqa: ANN401 - an lxml element
    shapes = 0
    for element in svg.iter():
        name = _name(element)
        if name in {"rect", "circle"}:
            shapes += 1
        elif name == "path":
            line = element.get("d") or ""
            shapes += 0 if _CURVE.search(line) else len(_LINE.findall(line))
        if shapes >= _LEAST_SHAPES:
            return True
    return False


def _name(element: Any) -> str:  # noqa: ANN401 - an lxml element
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def _boxes(element: Any, place: _Place, colour: str) -> Iterator[_Box]:  # noqa: ANN401 - an lxml element
    waiting = [(element, place, colour)]
    while waiting:
        one, outer, inherited = waiting.pop()
        name = _name(one)
        if name in {"defs", "clippath", "mask", ""}:
            continue
        here = _placed(outer, one.get("transform") or "")
        own = _colour(one, "fill", _FILL) or inherited
        yield from _shape(one, name, here, own)
        waiting.extend((child, here, own) for child in reversed(one))


def _placed(outer: _Place, transform: str) -> _Place:
    for kind, text in _TRANSFORM.findall(transform):
        numbers = [float(number) for number in _NUMBERS.findall(text)] or [0.0]
        if kind == "scale":
            outer = _Place(outer.scale * numbers[0], outer.x, outer.y)
        else:
            across, down = numbers[0], numbers[1] if len(numbers) > 1 else 0.0
            outer = _Place(outer.scale, outer.x + across * outer.scale, outer.y + down * outer.scale)
    return outer


def _shape(element: Any, name: str, place: _Place, fill: str) -> Iterator[_Box]:  # noqa: ANN401 - an lxml element
    if name == "rect" and fill not in _NONE:
        x, y, width, height = (_length(element.get(key)) for key in ("x", "y", "width", "height"))
        yield place.box(x, y, x + width, y + height, dark=_is_dark(fill))
    elif name == "circle" and fill not in _NONE:
        x, y, radius = (_length(element.get(key)) for key in ("cx", "cy", "r"))
        yield place.box(x - radius, y - radius, x + radius, y + radius, dark=_is_dark(fill), is_round=True)
    elif name == "path":
        line = element.get("d") or ""
        stroke = _colour(element, "stroke", _STROKE)
        if stroke and stroke not in _NONE:
            yield from _stroked(line, place, _length(element.get("stroke-width")) or 1.0, dark=_is_dark(stroke))
        elif fill not in _NONE and not _CURVE.search(line):
            yield from _filled(line, place, dark=_is_dark(fill))


def _length(text: str | None) -> float:
    found = _NUMBERS.match((text or "").strip())
    return float(found[0]) if found else 0.0


def _stroked(line: str, place: _Place, width: float, *, dark: bool) -> Iterator[_Box]:
    for points in _walk(line):
        for (x, y), (to_x, to_y) in pairwise(points):
            half = width / 2
            if y == to_y:
                yield place.box(min(x, to_x), y - half, max(x, to_x), y + half, dark=dark)


def _filled(line: str, place: _Place, *, dark: bool) -> Iterator[_Box]:
    """The box of each closed line; one inside the one before it is a hole."""
    outer: _Box | None = None
    for points in _walk(line):
        across, down = [x for x, _y in points], [y for _x, y in points]
        box = place.box(min(across), min(down), max(across), max(down), dark=dark)
        is_hole = outer is not None and outer.left < box.left and box.right < outer.right and outer.top < box.top
        yield box._replace(is_dark=not dark) if is_hole and outer and box.bottom < outer.bottom else box
        outer = box


def _walk(line: str) -> Iterator[list[tuple[float, float]]]:
    """The points of each stretch of a path of straight lines."""
    x = y = 0.0
    points: list[tuple[float, float]] = []
    command = ""
    numbers: list[float] = []
    for sign, number in _STEP.findall(line):
        if sign:
            command, numbers = sign, []
            if sign in "Zz" and points:
                x, y = points[0]
            continue
        numbers.append(float(number))
        if len(numbers) < (1 if command in "HhVv" else 2):
            continue
        x, y = _moved(command, x, y, numbers)
        numbers = []
        if command in "Mm":
            if len(points) > 1:
                yield points
            points, command = [], "L" if command == "M" else "l"
        points.append((x, y))
    if len(points) > 1:
        yield points


def _moved(command: str, x: float, y: float, numbers: list[float]) -> tuple[float, float]:
    match command:
        case "H":
            return numbers[0], y
        case "h":
            return x + numbers[0], y
        case "V":
            return x, numbers[0]
        case "v":
            return x, y + numbers[0]
        case "M" | "L":
            return numbers[0], numbers[1]
        case _:
            return x + numbers[0], y + numbers[-1]


def _colour(element: Any, attribute: str, style: re.Pattern[str]) -> str:  # noqa: ANN401 - an lxml element
    found = style.search(element.get("style") or "")
    return (found[1] if found else element.get(attribute) or "").strip().lower()


def _is_dark(colour: str) -> bool:
    if colour in _LIGHT_NAMES or colour in _NONE or not colour:
        return False
    found = _HEX.match(colour)
    if found:
        digits = found[1] if len(found[1]) == len("rrggbb") else "".join(digit * 2 for digit in found[1])
        shades = [int(digits[i : i + 2], 16) for i in (0, 2, 4)]
    elif rgb := _RGB.match(colour):
        shades = [int(rgb[i]) for i in (1, 2, 3)]
    else:
        return True
    return sum(shades) / 3 < _BRIGHT


def _painted(shapes: Iterable[_Box]) -> bytes:
    """Boxes on white as a PNG, about ``_MODULE_PX`` for the narrowest."""
    boxes = [box for box in shapes if -_FAR < box.left < box.right < _FAR and -_FAR < box.top < box.bottom < _FAR]
    if not boxes:
        return b""
    left, top = min(box.left for box in boxes), min(box.top for box in boxes)
    extent = max(max(box.right for box in boxes) - left, max(box.bottom for box in boxes) - top)
    narrowest = min(box.right - box.left for box in boxes)
    scale = min(_MODULE_PX / narrowest, _MOST_PX / extent)
    side = int(extent * scale) + 2 * _QUIET_PX
    picture = Image.new("L", (side, side), 255)
    draw = ImageDraw.Draw(picture)
    for box in boxes:
        corners = [_QUIET_PX + (value - least) * scale for value, least in zip(box[:4], (left, top) * 2, strict=True)]
        area = (round(corners[0]), round(corners[1]), round(corners[2]) - 1, round(corners[3]) - 1)
        if area[2] >= area[0] and area[3] >= area[1]:
            (draw.ellipse if box.is_round else draw.rectangle)(area, fill=0 if box.is_dark else 255)
    content = io.BytesIO()
    picture.save(content, "PNG", compress_level=1)
    return content.getvalue()
