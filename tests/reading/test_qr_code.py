"""QR codes in picture files of every kind: which are found, what a file may cost, and that none raises."""

import io
import struct
import subprocess
import sys
import warnings

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Picture

from crawler.reading.qr_code import FORMATS, MAX_PIXELS, Scan, is_heavy, read_qr_codes
from crawler.sample.carriers import cover

TEXT = "https://item.taobao.com/item.htm?id=520813"
SIDE = 6320
"""Pixels of a side of a picture of nearly as many as are read."""


def code(scale=4, text=TEXT):
    out = io.BytesIO()
    segno.make(text, micro=False).save(out, kind="png", scale=scale)
    return Picture.open(out).convert("L")


def saved(picture, kind="PNG", **options):
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def texts(content):
    return [found.text for found in read_qr_codes(content).codes]


def noise(number, size):
    return [Picture.effect_noise(size, 20 + grain) for grain in range(number)]


# --- which are found --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", FORMATS)
def test_a_code_is_found_in_a_picture_of_each_format_and_none_in_noise(kind):
    picture = code().convert("RGB").resize((128, 128))
    assert texts(saved(picture, kind)) == [TEXT]
    without = read_qr_codes(saved(noise(1, picture.size)[0].convert("RGB"), kind))
    assert without == Scan((), 128 * 128, is_picture=True)


def test_a_format_that_no_browser_shows_is_no_picture():
    assert read_qr_codes(saved(code().convert("RGB"), "PPM")) == Scan()
    assert read_qr_codes(saved(code(), "EPS")) == Scan()


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF", "AVIF"])
def test_a_code_is_found_in_the_last_of_twenty_frames(kind):
    last = code().convert("RGB")
    frames = [frame.convert("RGB") for frame in noise(19, last.size)]
    assert texts(saved(frames[0], kind, save_all=True, append_images=[*frames[1:], last])) == [TEXT]
    assert texts(saved(frames[0], kind, save_all=True, append_images=frames[1:])) == []


def test_a_code_that_stays_for_many_frames_is_told_once():
    frames = [code() for _ in range(5)]
    for number, frame in enumerate(frames):
        frame.putpixel((0, 0), number)
    content = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert Picture.open(io.BytesIO(content)).n_frames == 5
    assert texts(content) == [TEXT]


def test_frames_before_one_that_is_broken_count():
    frames = noise(3, (200, 200))
    content = saved(code().resize((200, 200)), "GIF", save_all=True, append_images=frames)
    scan = read_qr_codes(content[: len(content) - 20_000])
    assert ([found.text for found in scan.codes], scan.is_picture) == ([TEXT], True)


def test_frames_are_read_up_to_the_pixels_that_are_left():
    last = code()
    frames = noise(9, last.size)
    content = saved(frames[0], "GIF", save_all=True, append_images=[*frames[1:], last])
    area = last.width * last.height
    assert read_qr_codes(content, 9 * area) == Scan((), 9 * area, is_picture=True)
    assert [found.text for found in read_qr_codes(content, 10 * area).codes] == [TEXT]
    assert read_qr_codes(content, area - 1) == Scan()


@pytest.mark.parametrize(("ink", "paper"), [(0, None), (255, None), (None, 255), (None, 0)])
@pytest.mark.parametrize("logo", [None, (200, 0, 0, 255), (255, 255, 255, 255), (0, 0, 0, 255)])
def test_a_code_on_transparent_ground_is_found_whatever_else_is_visible(ink, paper, logo):
    shades = code()
    picture = Picture.new("RGBA", (shades.width + 60, shades.height + 8), (0, 0, 0, 0))
    for point in ((x, y) for x in range(shades.width) for y in range(shades.height)):
        shade = paper if shades.getpixel(point) else ink
        if shade is not None:
            picture.putpixel((point[0] + 4, point[1] + 4), (shade, shade, shade, 255))
    if logo:
        picture.paste(logo, (shades.width + 12, 10, shades.width + 52, 50))
    assert texts(saved(picture)) == [TEXT]
    assert texts(saved(picture, "WEBP", lossless=True)) == [TEXT]


def test_transparent_is_read_as_such_in_each_way_that_a_png_can_say_it():
    grey = code()
    palette = Picture.new("P", grey.size)
    palette.putpalette([255, 255, 255, 255, 255, 255])
    palette.putdata([1 if shade else 0 for shade in grey.get_flattened_data()])
    assert texts(saved(palette)) == []
    assert texts(saved(palette, transparency=0)) == [TEXT]
    assert texts(saved(palette, transparency=b"\x00\xff")) == [TEXT]
    white = grey.point(lambda shade: 255 if shade else 254)
    for mode, clear in (("L", 254), ("RGB", (254, 254, 254))):
        assert texts(saved(white.convert(mode))) == [TEXT]
        assert texts(saved(white.convert(mode), transparency=clear)) == [TEXT]


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
@pytest.mark.parametrize(("black", "white"), [(0, 65535), (1000, 52000), (300, 4000), (60000, 65535)])
def test_a_code_of_sixteen_bits_a_pixel_is_found(kind, black, white):
    shades = code()
    deep = Picture.new("I;16", shades.size)
    deep.putdata([white if shade else black for shade in shades.get_flattened_data()])
    assert texts(saved(deep, kind)) == [TEXT]


@pytest.mark.parametrize(("mode", "black", "white"), [("I", -5, 2_000_000), ("F", 0.0, 1.0), ("F", float("nan"), 1.0)])
def test_a_code_of_thirty_two_bits_a_pixel_is_found_where_it_has_shades(mode, black, white):
    shades = code()
    deep = Picture.new(mode, shades.size)
    deep.putdata([white if shade else black for shade in shades.get_flattened_data()])
    assert texts(saved(deep, "TIFF")) == ([TEXT] if black == black else [])  # noqa: PLR0124  # NaN is not itself


def test_small_codes_on_a_long_screenshot_are_found_with_their_places():
    shot = Picture.new("RGB", (1280, 4000), "white")
    for number, frame in enumerate(noise(8, (300, 300))):
        shot.paste(frame, (900, 400 * number))
    for scale in (1, 2, 3):
        shot.paste(code(scale, f"{TEXT}{scale}"), (40 * scale, 1000 * scale))
    found = sorted((one.text, one.x // 40, one.y // 1000) for one in read_qr_codes(saved(shot)).codes)
    assert found == [(f"{TEXT}{scale}", scale, scale) for scale in (1, 2, 3)]


# --- codes that are found at the second look ---------------------------------------------------------------------


def coloured(dark, light, border=4):
    out = io.BytesIO()
    segno.make(TEXT, micro=False).save(out, kind="png", scale=5, border=border, dark=dark, light=light)
    return Picture.open(out).convert("RGB")


@pytest.mark.parametrize("inks", [("#ff0000", "#008200"), ("#0000ff", "#1d1d1d")])
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_code_in_two_colours_that_are_equally_bright_is_found(inks, kind):
    picture = coloured(*inks)
    shades = picture.convert("L").getextrema()
    assert shades[1] - shades[0] < 10
    assert texts(saved(picture, kind)) == [TEXT]
    assert texts(saved(picture.convert("L"), kind)) == []


@pytest.mark.parametrize(
    ("dark", "light", "ground"),
    [
        ("#000000", "#ffffff", "#000000"),
        ("#000000", "#ffffff", "#282828"),
        ("#000000", "#888888", "#222222"),
        ("#ffffff", "#000000", "#ffffff"),
        ("#000000", "#ffffff", "#808080"),
        ("#000000", "#ffffff", "#ffffff"),
    ],
)
def test_a_code_that_stands_on_its_ground_without_a_border_is_found_in_its_place(dark, light, ground):
    part = coloured(dark, light, border=0)
    picture = Picture.new("RGB", (part.width + 100, part.height + 60), ground)
    picture.paste(part, (70, 20))
    (found,) = read_qr_codes(saved(picture)).codes
    assert found.text == TEXT
    assert (abs(found.x - 70) < 4, abs(found.y - 20) < 4, abs(found.width - part.width) < 8) == (True, True, True)


def test_a_code_of_near_shades_on_white_is_found():
    picture = Picture.new("RGB", (300, 300), "white")
    picture.paste(coloured("#777777", "#8f8f8f"), (40, 40))
    assert texts(saved(picture)) == [TEXT]


def test_a_drawing_without_a_code_holds_none():
    picture = Picture.new("RGB", (300, 300), "#202020")
    for step in range(0, 200, 25):
        picture.paste(("#ff0000", "#008200")[step // 25 % 2], (50 + step, 50, 70 + step, 250))
    assert read_qr_codes(saved(picture)) == Scan((), 90_000, is_picture=True)
    assert read_qr_codes(saved(Picture.new("RGB", (300, 300), "#ff0000"))) == Scan((), 90_000, is_picture=True)


def test_an_icon_is_as_large_as_the_picture_in_it():
    inner = saved(code(8).convert("RGBA"))
    head = struct.pack("<3H4B2H2I", 0, 1, 1, 16, 16, 0, 0, 1, 32, len(inner), 22)
    assert texts(head + inner) == [TEXT]
    assert read_qr_codes(head + inner, 80_000) == Scan()


# --- what a file may cost ---------------------------------------------------------------------------------------

MEASURE = """
import asyncio, sys
from crawler.reading.qr_code import read_qr_codes
from crawler.render.scan import scan

def peak():
    with open("/proc/self/status", encoding="ascii") as status:  # getrusage would tell that of the parent, if larger.
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))

async def read(content, times):
    return await asyncio.gather(*[scan(content) for _ in range(times)])

content = sys.stdin.buffer.read()
read_qr_codes(content[:50])
before = peak()
scans = asyncio.run(read(content, int(sys.argv[1])))
print((peak() - before) // 1024, scans[0].pixels)
"""


def cost(content, times=1):
    """Megabytes of memory that reading a file so often at once takes in a process of its own, and its pixels."""
    command = [sys.executable, "-W", "ignore", "-c", MEASURE, str(times)]
    ran = subprocess.run(command, input=content, capture_output=True, check=True)
    return [int(number) for number in ran.stdout.split()]


@pytest.mark.parametrize("times", [1, 3])
def test_large_pictures_at_once_take_the_memory_of_one(times):
    picture = Picture.new("P", (SIDE, SIDE))
    picture.putpalette([255, 255, 255, 200, 0, 0])
    picture.paste(1, (0, 0, 50, 50))
    megabytes, pixels = cost(saved(picture, transparency=0), times)
    assert pixels == SIDE * SIDE
    assert megabytes < 330


def test_large_and_moving_pictures_are_heavy_and_others_are_not():
    still = code()
    assert is_heavy(saved(Picture.new("1", (2100, 2000))))
    assert is_heavy(saved(still, "GIF", save_all=True, append_images=noise(1, still.size)))
    assert not is_heavy(saved(Picture.new("1", (1900, 2000))))
    assert not is_heavy(cover(1))
    assert not is_heavy(b"GIF89a")


def test_all_frames_of_a_moving_picture_count():
    frames = [Picture.new("P", (SIDE, SIDE), number) for number in range(3)]
    for frame in frames:
        frame.putpalette([0, 0, 0, 90, 90, 90, 255, 255, 255])
    megabytes, pixels = cost(saved(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert pixels == SIDE * SIDE
    assert megabytes < 330


def test_a_million_tiny_frames_are_not_all_read():
    head, *frames = gif_parts(12)
    content = head + frames[0] * 1_000_000
    assert read_qr_codes(content).pixels <= MAX_PIXELS
    assert read_qr_codes(content, 144 + 10_000).pixels == 144 + 10_000


def gif_parts(side):
    """What stands before the frames of a GIF, and a frame of one pixel."""
    head = b"GIF89a" + struct.pack("<2H3B", side, side, 0x80, 0, 0) + bytes(3) + b"\xff" * 3
    return head, b"," + struct.pack("<4HB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"


def test_a_picture_of_too_many_pixels_is_not_known():
    assert read_qr_codes(saved(Picture.new("1", (SIDE, SIDE + 20)))) == Scan()


# --- anything goes through --------------------------------------------------------------------------------------


def whole_files():
    """A picture in each format, and one that moves in each that can."""
    still = code(2).convert("RGB").resize((64, 64))
    for kind in FORMATS:
        yield saved(still, kind)
    moving = {"save_all": True, "append_images": [frame.convert("RGB") for frame in noise(3, still.size)]}
    for kind in ("GIF", "WEBP", "PNG", "TIFF", "AVIF"):
        yield saved(still, kind, **moving)
    yield saved(still.convert("P"), "GIF", transparency=0)
    yield saved(still.convert("RGBA"))
    yield saved(still.convert("I;16"))
    yield cover(1)


WHOLE = tuple(whole_files())
CHANGES = st.lists(st.tuples(st.integers(0, 1 << 16), st.binary(min_size=1, max_size=4)), max_size=6)


@settings(deadline=None, max_examples=1500)
@given(st.sampled_from(WHOLE), CHANGES, st.integers(0, 300), st.booleans())
def test_no_broken_file_raises(whole, changes, cut, is_head_hit):
    broken = bytearray(whole)
    for place, new in changes:
        at = place % (200 if is_head_hit else len(whole))
        broken[at : at + len(new)] = new
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scan = read_qr_codes(bytes(broken[: len(broken) - cut]))
    assert scan.is_picture or scan == Scan()


@given(st.binary(max_size=300))
def test_no_bytes_raise(content):
    assert read_qr_codes(content) == Scan()
