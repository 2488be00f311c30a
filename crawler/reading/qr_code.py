"""QR codes in the bytes of a picture file, with the box of each."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count
from typing import cast

import zxingcpp
from PIL import Image as Picture
from PIL import ImageOps
from PIL.IcoImagePlugin import IcoFile

FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "AVIF", "BMP", "ICO", "TIFF")
"""What browsers show, and what screens are saved as. Other decoders of Pillow are less proven; one starts programs."""
MAX_PIXELS = 40_000_000
"""Pixels of the largest picture that is read, and of all frames of one together."""
_LEAST_FRAME = 10_000
"""Pixels that a further frame counts at least: a file of a million tiny ones takes its time too."""
_HEAVY = 4_000_000
"""Pixels of a picture that should be read alone: it takes up to eight bytes of memory for each."""
_STRIPE = 1_000_000
"""Pixels whose colours are taken away at once."""
_FAINT = 64
"""Shades between the lightest and the darkest of a picture that the decoder takes for blank."""
_LEAST_SIDE = 11
"""Pixels of the shortest side of the smallest code there is: a Micro QR code of one pixel for each module."""
_OPAQUE = 255
_ICON = b"\0\0\1\0"
"""How an icon begins."""
_KINDS = ("QRCode", "MicroQRCode", "RMQRCode")
"""What phones open. Looking for every other kind of barcode too costs twenty times as much on a photograph."""


@dataclass(frozen=True, slots=True)
class QRCode:
    """The text of a code, and its box in pixels of its picture."""

    text: str
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Scan:
    """What a picture was found to hold.

    Attributes:
        codes: those that have a text, in the order of the decoder.
        pixels: how many were read.
        is_picture: whether the bytes are a picture that could be read; where not, nothing is known of its codes.
    """

    codes: tuple[QRCode, ...] = ()
    pixels: int = 0
    is_picture: bool = False


def read_qr_codes(content: bytes, most: int = MAX_PIXELS) -> Scan:
    """Read the codes in a picture file of a kind in :data:`FORMATS`. Never raises.

    Args:
        content: the bytes of the file.
        most: a picture of more pixels than that is not read, and of one that moves only so many frames.
    """
    codes: dict[QRCode, None] = {}
    pixels = 0
    is_picture = False
    # Decoders raise whatever they like at broken files. What was read until then counts.
    with suppress(Exception), _open(content) as picture:
        for size in _frames(picture, most):
            codes |= dict.fromkeys(_codes(picture, content))
            pixels += size
            is_picture = True
    return Scan(tuple(codes), pixels, is_picture)


def is_heavy(content: bytes) -> bool:
    """Whether reading a picture takes so much memory that several should not be read at once. Never raises."""
    with suppress(Exception), _open(content) as picture:
        return picture.width * picture.height > _HEAVY or bool(getattr(picture, "is_animated", False))
    return False


def _open(content: bytes) -> Picture.Image:
    file = io.BytesIO(content)
    if content.startswith(_ICON):  # Pillow decodes one as it opens it, and it may be larger than the icon says.
        return IcoFile(file).frame(0)
    return Picture.open(file, formats=FORMATS)


def _frames(picture: Picture.Image, most: int) -> Iterator[int]:
    """Turn a picture to one frame after the other, and give the pixels of each, up to that many pixels in all."""
    left = most
    for frame in count():
        if frame:
            try:
                picture.seek(frame)
            except EOFError:
                return
        pixels = max(picture.width * picture.height, _LEAST_FRAME if frame else 0)
        if pixels > left:
            return
        left -= pixels
        yield pixels


def _codes(picture: Picture.Image, content: bytes) -> list[QRCode]:
    """The codes of a frame: on white, and where that shows none, what is transparent in it, on black."""
    if min(picture.size) < _LEAST_SIDE:
        return []
    picture.draft("L", picture.size)  # A JPEG is decoded without its colours.
    if _shows_background(picture):
        return _decoded(_grey(picture, "white")) or _decoded(_grey(picture, "black"))
    grey = _grey(picture)
    found = _decoded(grey)
    is_costly = picture.width * picture.height > _HEAVY or getattr(picture, "is_animated", False)
    if found or is_costly or not _is_drawn(grey):
        return found
    return _decoded_again(grey) or _decoded_in_colour(picture, content)


# --- a second look at what was drawn: most pictures are photographs and need none ----------------------------------


def _is_drawn(grey: Picture.Image) -> bool:
    """Whether a few shades make up a picture, as in a code and its surroundings, and in no photograph."""
    shades = sorted(grey.histogram())
    return sum(shades[-_FEW_SHADES:]) > sum(shades) * _MOST_OF_ALL


_FEW_SHADES, _MOST_OF_ALL = 24, 0.8


def _decoded_again(grey: Picture.Image) -> list[QRCode]:
    """A code without the border that it needs, on its own colour; or one of two near shades, beside others."""
    bounds = _inside(grey)
    return (_bordered(grey, bounds) if bounds else []) or _decoded(grey, zxingcpp.Binarizer.GlobalHistogram)


def _inside(grey: Picture.Image) -> tuple[int, int, int, int] | None:
    """The box of what stands on a plain ground, where the ground reaches all four corners."""
    right, bottom = grey.width - 1, grey.height - 1
    corners = [cast("int", grey.getpixel(place)) for place in ((0, 0), (right, 0), (0, bottom), (right, bottom))]
    if max(corners) - min(corners) > _SAME_SHADE:
        return None
    ground = corners[0]
    return grey.point([255 if abs(shade - ground) > _FAINT else 0 for shade in range(256)]).getbbox()


def _bordered(grey: Picture.Image, bounds: tuple[int, int, int, int]) -> list[QRCode]:
    """What is read in a part of a picture once it has a border of the other colour than the ground has."""
    ground = cast("int", grey.getpixel((0, 0)))
    border = max(_LEAST_SIDE, (bounds[2] - bounds[0]) // 4)
    part = ImageOps.expand(grey.crop(bounds), border, 255 if ground < 128 else 0)  # noqa: PLR2004 - half way to white
    left, top = bounds[0] - border, bounds[1] - border
    return [replace(code, x=code.x + left, y=code.y + top) for code in _decoded(part)]


def _decoded_in_colour(picture: Picture.Image, content: bytes) -> list[QRCode]:
    """A code in two colours that are equally bright: one of red and blue tells them apart."""
    with _colours(picture, content) as colours:
        if colours.mode in {"1", "L", "LA", "I", "F"} or colours.mode.startswith("I;"):
            return []
        bands = colours.convert("RGB").split()
    return _decoded(ImageOps.autocontrast(bands[0])) or _decoded(ImageOps.autocontrast(bands[2]))


def _colours(picture: Picture.Image, content: bytes) -> Picture.Image:
    return _open(content) if picture.format == "JPEG" else picture.copy()


_SAME_SHADE = 24


def _shows_background(picture: Picture.Image) -> bool:
    if not picture.has_transparency_data:
        return False
    return picture.mode not in ("LA", "RGBA") or picture.getchannel("A").getextrema()[0] != _OPAQUE


def _decoded(grey: Picture.Image, binarizer: zxingcpp.Binarizer = zxingcpp.Binarizer.LocalAverage) -> list[QRCode]:
    darkest, lightest = cast("tuple[int, int]", grey.getextrema())
    if darkest == lightest:
        return []
    shown = ImageOps.autocontrast(grey) if lightest - darkest < _FAINT else grey
    # Made anew each time: one that is still there when the process ends is reported as a leak.
    formats = zxingcpp.BarcodeFormats([getattr(zxingcpp.BarcodeFormat, kind) for kind in _KINDS])
    return [_placed(code) for code in zxingcpp.read_barcodes(shown, formats=formats, binarizer=binarizer) if code.text]


def _grey(picture: Picture.Image, background: str = "") -> Picture.Image:
    """The picture without colours, made in stripes; what is transparent in it shows the background, where one is given.

    Pictures of 40 million pixels are met, and Pillow takes four bytes for each even for two channels.
    """
    if picture.mode == "L" and not background:
        return picture
    grey = Picture.new("L", picture.size)
    darkest, lightest = _shades(picture)
    rows = max(_STRIPE // picture.width, 1)
    for top in range(0, picture.height, rows):
        box = (0, top, picture.width, min(top + rows, picture.height))
        stripe = picture.crop(box)
        if stripe.mode[0] in "IF":
            stripe = _in_bytes(stripe, darkest, lightest)
        grey.paste(_on(stripe, background) if background else stripe.convert("L"), box)
    return grey


def _shades(picture: Picture.Image) -> tuple[float, float]:
    """What is black and what is white in a picture: known for 16 bits a pixel, else as the picture has it."""
    return cast("tuple[float, float]", picture.getextrema()) if picture.mode in ("I", "F") else (0, 0xFF00)


def _in_bytes(stripe: Picture.Image, darkest: float, lightest: float) -> Picture.Image:
    """Shades of more than eight bits as such of eight: Pillow itself cuts off all above 255."""
    scale = 255 / ((lightest - darkest) or 1)
    return stripe.convert("F").point(lambda shade: shade * scale - darkest * scale).convert("L")


def _on(stripe: Picture.Image, background: str) -> Picture.Image:
    shades, opacity = stripe.convert("LA").split()
    return Picture.composite(shades, Picture.new("L", stripe.size, background), opacity)


def _placed(code: zxingcpp.Barcode) -> QRCode:
    place = code.position
    corners = (place.top_left, place.top_right, place.bottom_left, place.bottom_right)
    x, y = min(corner.x for corner in corners), min(corner.y for corner in corners)
    return QRCode(code.text, x, y, max(corner.x for corner in corners) - x, max(corner.y for corner in corners) - y)
