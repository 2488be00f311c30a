"""QR codes in the bytes of a picture file, with the box of each."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import zxingcpp
from PIL import Image as Picture
from PIL import ImageOps, UnidentifiedImageError

MAX_PIXELS = 40_000_000
"""Pixels of the largest picture that is read."""
_MOST_FRAMES = 8
"""Frames of a moving picture that are read."""
_FAINT = 64
"""Shades between the lightest and the darkest of a picture that the decoder takes for blank."""
_LEAST_SIDE = 11
"""Pixels of the shortest side of the smallest code there is: a Micro QR code of one pixel for each module."""
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
    """Read the codes in a picture file of any kind that Pillow knows. Never raises.

    Args:
        content: the bytes of the file.
        most: a picture of more pixels than that is not read.
    """
    try:
        with Picture.open(io.BytesIO(content)) as picture:
            pixels = picture.width * picture.height
            if pixels > most:
                return Scan()
            if min(picture.size) < _LEAST_SIDE:
                return Scan(is_picture=True)
            picture.draft("L", picture.size)  # A JPEG is decoded without its colours.
            # Made anew each time: one that is still there when the process ends is reported as a leak.
            formats = zxingcpp.BarcodeFormats([getattr(zxingcpp.BarcodeFormat, kind) for kind in _KINDS])
            codes = [code for shown in _shown(picture) for code in zxingcpp.read_barcodes(shown, formats=formats)]
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Picture.DecompressionBombError):
        return Scan()
    return Scan(tuple(_placed(code) for code in codes if code.text), pixels, is_picture=True)


def _shown(picture: Picture.Image) -> Iterator[Picture.Image]:
    """The picture in shades of grey: its first frames, if it moves; on black, if on white there is nothing to see."""
    for frame in range(min(getattr(picture, "n_frames", 1), _MOST_FRAMES)):
        if frame:
            picture.seek(frame)
        shown = _grey(picture, "white")
        if _contrast(shown) == 0 and picture.has_transparency_data:
            shown = _grey(picture, "black")
        contrast = _contrast(shown)
        if contrast:
            yield ImageOps.autocontrast(shown) if contrast < _FAINT else shown


def _contrast(grey: Picture.Image) -> int:
    """How many shades lie between the darkest and the lightest of a picture in shades of grey."""
    darkest, lightest = cast("tuple[int, int]", grey.getextrema())
    return lightest - darkest


def _grey(picture: Picture.Image, background: str) -> Picture.Image:
    """The picture without colours; what is transparent in it shows the background."""
    if not picture.has_transparency_data:
        return picture.convert("L")
    colours = picture.convert("RGBA")
    page = Picture.new("RGBA", colours.size, background)
    return Picture.alpha_composite(page, colours).convert("L")


def _placed(code: zxingcpp.Barcode) -> QRCode:
    place = code.position
    corners = (place.top_left, place.top_right, place.bottom_left, place.bottom_right)
    x, y = min(corner.x for corner in corners), min(corner.y for corner in corners)
    return QRCode(code.text, x, y, max(corner.x for corner in corners) - x, max(corner.y for corner in corners) - y)
