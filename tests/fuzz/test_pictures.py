"""Any file may be uploaded: it is read as a picture, or refused with a sentence, before it costs anything."""

import io
import random
import struct
import tracemalloc
import zlib
from contextlib import suppress
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from core.canvas import STEPS, EmptyDrawing, prepare
from core.pictures import MAX_BYTES, PictureError, read_picture
from tests.fuzz.support import damaged


def png(width, height, pixels=b"", kind=2, depth=8, extra=b""):
    """A PNG with any claim about its size and any pixels behind it."""

    def chunk(name, content):
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def drawn(form, size=(120, 90), mode="RGB", **options):
    rng = np.random.default_rng(0)
    image = Image.fromarray(rng.integers(0, 256, (*size[::-1], 3), np.uint8)).convert(mode)
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def bombs():
    """Files that are small and claim or become something huge, and files of other kinds."""
    zeros = zlib.compress(bytes(50_000_000), 9)
    yield png(50_000, 50_000, zeros)
    yield png(2**31 - 1, 2**31 - 1)
    yield png(4000, 4001, zeros)
    yield png(0, 0)
    yield png(100, 100, zeros)  # far more pixels than it says
    yield png(100, 100, b"")
    yield png(20_000, 20, zeros)
    text = b"zTXt" + b"a\0\0" + zeros
    yield png(100, 100, zlib.compress(bytes(30_100)), extra=struct.pack(">I", len(text) - 4) + text + b"\0\0\0\0")
    yield b""
    yield b"\x89PNG\r\n\x1a\n"
    yield b"\xff\xd8\xff"
    yield b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>"
    yield b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\n"
    yield b"PK\x03\x04" + bytes(1000)
    yield b"\x80\x04\x95" + bytes(100)  # a pickle
    for form in ("GIF", "BMP", "TIFF", "WEBP", "PPM", "ICO"):
        yield drawn(form)


def seeds():
    return [
        drawn("PNG"),
        drawn("PNG", mode="P"),
        drawn("PNG", mode="LA"),
        drawn("PNG", mode="1"),
        drawn("PNG", mode="RGBA"),
        drawn("JPEG"),
        drawn("JPEG", mode="L", quality=10),
        drawn("JPEG", mode="CMYK", progressive=True),
        drawn("JPEG", exif=TURNED),
    ]


TURNED = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"
LARGEST = (
    ("PNG", "RGBA", (4000, 4000), {"exif": TURNED}),
    ("JPEG", "CMYK", (4000, 4000), {"progressive": True}),
    ("PNG", "I;16", (4000, 4000), {}),
    ("PNG", "RGBA", (17_800, 895), {}),
    ("PNG", "RGB", (4000, 4000), {}),
    ("PNG", "P", (4000, 4000), {}),
    ("PNG", "LA", (4000, 4000), {}),
    ("PNG", "1", (895, 17_800), {}),
    ("JPEG", "RGB", (4000, 4000), {"progressive": True, "quality": 95, "exif": TURNED}),
    ("JPEG", "L", (4000, 4000), {}),
)


def largest(form, mode, size, **options):
    """A digit on paper that is not quite clean, with as many pixels as are taken, in less than 5 MB."""
    width, height = size
    paper = np.full((height, width, 3), 245, np.uint8)
    paper[::7] -= np.random.default_rng(0).integers(0, 3, (1, width, 1), np.uint8)
    paper[height // 4 : 3 * height // 4, width * 9 // 20 : width * 11 // 20] = 20
    file = io.BytesIO()
    Image.fromarray(paper).convert(mode).save(file, form, **options)
    assert file.tell() < MAX_BYTES
    return file.getvalue()


def read(content, chance):
    """Do with a file what the page does with it; returns whether it was a picture."""
    try:
        rgba = read_picture(content)
    except PictureError as error:
        assert str(error).endswith(".")
        return False
    assert rgba.ndim == 3
    assert max(rgba.shape) <= 1000
    with suppress(EmptyDrawing):
        prepare(rgba, chance.sample(list(STEPS), chance.randrange(3)))
    return True


def test_bombs_and_other_files_are_refused_cheaply(tally):
    chance = random.Random(0)
    for content in bombs():
        tracemalloc.start()
        with tally.trying("uploads", content[:60]):
            read(content, chance)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 100 * 2**20, f"{peak / 2**20:.0f} MB for {content[:60]!r}"


@pytest.mark.filterwarnings("ignore")  # of Pillow about what is damaged
def test_damaged_pictures(tally, amount):
    chance, whole = random.Random("pictures"), seeds()
    number, pictures = amount(60, 1500), 0
    for _ in range(number):
        content = damaged(chance.choice(whole), chance)
        with tally.trying("uploads", content[:60]):
            pictures += read(content, chance)
    assert 0 < pictures < number


@pytest.mark.filterwarnings("ignore")
def test_the_largest_pictures_that_are_taken(tally, amount):
    chance = random.Random("largest")
    for form, mode, size, options in LARGEST[: amount(2, len(LARGEST))]:
        content = largest(form, mode, size, **options)
        with tally.trying("uploads", (form, mode, size)):
            assert read(content, chance)
        for _ in range(amount(1, 20)):
            with tally.trying("uploads", (form, mode, size, "damaged")):
                read(damaged(content, chance), chance)


def test_a_page_with_the_largest_picture_answers_in_time(open_page, tally, monkeypatch):
    file = SimpleNamespace(file_id="", content=b"", getvalue=lambda: file.content)
    monkeypatch.setattr("streamlit.file_uploader", lambda *_, **__: file if file.file_id else None)
    page = open_page("draw", source="file")
    for form, mode, size, options in LARGEST[:2]:
        file.file_id, file.content = mode, largest(form, mode, size, **options)
        for _ in range(2):
            with tally.trying("uploads", (form, mode, "on a page")):
                page.run()
            assert not page.exception, page.exception[0]
            assert any("It reads a" in text.value for text in page.markdown)
