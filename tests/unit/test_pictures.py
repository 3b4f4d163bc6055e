"""Pictures from outside: what is read, and what is refused before it can do harm."""

import contextlib
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from core.pictures import MAX_BYTES, PictureError, read_picture


def encoded(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P", "1", "LA"])
def test_every_png_becomes_rgba(mode):
    image = Image.new("L", (30, 20), 255).convert(mode)
    rgba = read_picture(encoded(image, "PNG"))
    assert rgba.shape == (20, 30, 4)
    assert rgba.dtype == np.uint8
    assert (rgba[..., :3] == 255).all()


def test_a_photo_is_turned_the_way_the_camera_was_held():
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: turned by 90 degrees
    assert read_picture(encoded(Image.new("RGB", (80, 20)), "JPEG", exif=exif)).shape == (80, 20, 4)


def test_a_bomb_is_refused_before_it_is_decoded():
    for side in (4_001, 20_000):
        with pytest.raises(PictureError, match="more than 16 million pixels"):
            read_picture(encoded(Image.new("1", (side, side)), "PNG"))


def test_a_camera_s_picture_is_shrunk_and_one_without_room_for_a_digit_refused():
    assert read_picture(encoded(Image.new("L", (4500, 3000), 255), "PNG")).shape == (667, 1000, 4)
    for size in ((3, 3), (15, 400), (3000, 20)):
        with pytest.raises(PictureError, match=f"{size[0]} × {size[1]} pixels"):
            read_picture(encoded(Image.new("L", size), "PNG"))


def test_a_large_file_is_refused():
    with pytest.raises(PictureError, match="MB"):
        read_picture(b"\x89PNG" + bytes(MAX_BYTES))


def test_other_kinds_of_pictures_are_refused():
    with pytest.raises(PictureError, match="not a PNG or JPEG"):
        read_picture(encoded(Image.new("RGB", (8, 8)), "GIF"))


@given(st.binary(max_size=300), st.integers(0, 80), st.booleans())
def test_damaged_files_raise_nothing_else(noise, cut, is_png):
    whole = encoded(Image.new("RGB", (12, 9), "red"), "PNG" if is_png else "JPEG")
    for content in (noise, whole[:cut] + noise, whole[: len(whole) - 1 - cut]):
        with contextlib.suppress(PictureError):
            assert read_picture(content).shape[2] == 4
