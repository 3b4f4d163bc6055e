"""A drawing gives the same digit wherever, however large and in whatever colours it is drawn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image, ImageDraw

from core.canvas import STEPS, EmptyDrawing, prepare
from core.canvas.ink import find_ink
from core.canvas.strokes import pen_radius
from core.data import load_mnist
from core.model import load_model, predict

FIVE = [(0.72, 0.1), (0.3, 0.12), (0.27, 0.45), (0.6, 0.43), (0.75, 0.65), (0.6, 0.88), (0.25, 0.85)]
SEVEN = [(0.25, 0.15), (0.75, 0.15), (0.45, 0.88)]
BAR = [(0.35, 0.52), (0.72, 0.5)]


def ink_image(lines, side=280, height=200, pen=20, at=(40, 40), canvas=None):
    """Return grey uint8, 255 where a round pen has been."""
    width, high = canvas or (side, side)
    fine = 4
    picture = Image.new("L", (width * fine, high * fine))
    draw = ImageDraw.Draw(picture)
    r = pen * fine / 2
    for line in lines:
        points = [((at[0] + x * height) * fine, (at[1] + y * height) * fine) for x, y in line]
        draw.line(points, 255, pen * fine)
        for x, y in points:
            draw.ellipse((x - r, y - r, x + r, y + r), 255)
    return np.asarray(picture.reduce(fine))


def white_on_black(ink):
    return np.dstack([ink, ink, ink, np.full_like(ink, 255)])


def dark_on_light(ink):
    return np.dstack([255 - ink] * 3 + [np.full_like(ink, 255)])


def on_glass(ink, color):
    return np.dstack([*(np.full_like(ink, c) for c in color), ink])


def distance(a, b):
    """Return how far two images are apart, as a share of the ink in them."""
    return np.abs(a - b).sum() / max(a.sum(), b.sum())


def test_an_image_is_what_mnist_promises():
    preparation = prepare(white_on_black(ink_image([FIVE])))
    image = preparation.image
    assert image.shape == (28, 28)
    assert image.dtype == np.float32
    assert image.min() >= 0
    assert image.max() <= 1
    assert image.max() > 0.95
    rows, columns = np.flatnonzero(image.max(1) > 0.1), np.flatnonzero(image.max(0) > 0.1)
    assert 19 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= 21
    middle = [(image.sum(1 - axis) * np.arange(28)).sum() / image.sum() for axis in (0, 1)]
    assert np.abs(np.array(middle) - 14).max() <= 0.02  # as in MNIST itself


def test_the_middle_is_where_mnist_has_it():
    images = load_mnist().train_images[:2000].astype(np.float64)
    for axis in (1, 2):
        middles = (images.sum(3 - axis) * np.arange(28)).sum(1) / images.sum((1, 2))
        assert np.abs(middles - 14).max() <= 0.52


@pytest.mark.parametrize("lines", [[FIVE], [SEVEN, BAR]])
def test_colors_do_not_matter_at_all(lines):
    ink = ink_image(lines)
    image = prepare(white_on_black(ink)).image
    for other in (dark_on_light(ink), on_glass(ink, (0, 0, 0)), on_glass(ink, (255, 255, 255))):
        np.testing.assert_array_equal(prepare(other).image, image)
    blue = np.dstack([255 - ink, 255 - ink, np.full_like(ink, 255), np.full_like(ink, 255)])
    np.testing.assert_array_equal(prepare(blue).image, image)


def test_grey_paper_and_pale_ink_give_the_same_digit():
    ink = ink_image([FIVE]).astype(float) / 255
    grey = (180 - 100 * ink).round().astype(np.uint8)
    assert distance(prepare(white_on_black(grey)).image, prepare(white_on_black(ink_image([FIVE]))).image) < 0.02


@given(st.integers(12, 75), st.integers(12, 75))
@settings(max_examples=20)
def test_place_does_not_matter_at_all(x, y):
    here = prepare(white_on_black(ink_image([FIVE], at=(40, 40)))).image
    there = prepare(white_on_black(ink_image([FIVE], at=(x, y)))).image
    np.testing.assert_array_equal(there, here)


@pytest.mark.parametrize(("side", "height", "pen"), [(140, 100, 10), (560, 400, 40), (1120, 800, 80), (280, 100, 10)])
def test_size_does_not_matter_much(side, height, pen):
    here = prepare(white_on_black(ink_image([FIVE]))).image
    there = prepare(white_on_black(ink_image([FIVE], side, height, pen, at=(side // 8, side // 8)))).image
    assert distance(here, there) < 0.15


@pytest.mark.parametrize("pen", [6, 12, 30, 40])
def test_the_pen_does_not_matter_much(pen):
    here = prepare(white_on_black(ink_image([SEVEN], pen=20))).image
    there = prepare(white_on_black(ink_image([SEVEN], pen=pen))).image
    assert distance(here, there) < 0.2
    skipped = [prepare(white_on_black(ink_image([SEVEN], pen=p)), {"width"}).image for p in (20, pen)]
    assert distance(here, there) < distance(*skipped) / 1.5


@pytest.mark.parametrize("canvas", [(400, 280), (280, 500), (281, 283), (1203, 777)])
def test_the_canvas_does_not_matter_much(canvas):
    here = prepare(white_on_black(ink_image([FIVE]))).image
    there = prepare(white_on_black(ink_image([FIVE], canvas=canvas))).image
    assert distance(here, there) < 0.15


@pytest.mark.parametrize("pen", [12, 20, 30, 44])
def test_the_pen_is_measured(pen):
    from scipy import ndimage

    ink = find_ink(white_on_black(ink_image([FIVE], pen=pen)))
    radius = pen_radius(ndimage.distance_transform_edt(ink >= 0.5), 50)
    assert radius == pytest.approx(pen / 2, abs=0.08 * pen + 0.5)


def test_dust_does_not_matter():
    clean = ink_image([FIVE])
    dusty = clean.copy()
    rng = np.random.default_rng(0)
    for y, x in rng.integers(0, 276, (30, 2)):
        dusty[y : y + 3, x : x + 3] = 255
    assert distance(prepare(white_on_black(clean)).image, prepare(white_on_black(dusty)).image) < 0.06


def test_a_bar_apart_from_its_digit_is_kept():
    apart = prepare(white_on_black(ink_image([SEVEN, [(0.05, 0.5), (0.25, 0.5)]])))
    assert distance(apart.image, prepare(white_on_black(ink_image([SEVEN]))).image) > 0.2


def test_digits_of_mnist_are_read_as_well_after_the_preparation():
    digits, model = load_mnist(), load_model()
    images = np.stack([prepare(white_on_black(image)).image for image in digits.test_images[:300]])
    assert (predict(model, images).argmax(1) == digits.test_labels[:300]).mean() >= 0.98


def spots(size):
    ink = np.zeros((280, 280), np.uint8)
    ink[100 : 100 + size, 50 : 50 + size] = 255
    return ink


def test_no_digit_no_image():
    black = np.zeros((280, 280), np.uint8)
    one_click = ink_image([[(0.5, 0.5), (0.5, 0.5)]], pen=30)
    faint = black.copy()
    faint[50:200, 100:120] = 12
    for ink in (black, one_click, faint, spots(1), spots(4), spots(20)):
        for rgba in (white_on_black(ink), dark_on_light(ink), on_glass(ink, (0, 0, 0))):
            with pytest.raises(EmptyDrawing, match="Draw a digit"):
                prepare(rgba)
    with pytest.raises(EmptyDrawing):
        prepare(np.full((50, 70, 4), 255, np.uint8))


def test_stages_tell_the_way():
    preparation = prepare(white_on_black(ink_image([FIVE])))
    assert [stage.name for stage in preparation.stages] == ["Ink", *(step.label for step in STEPS.values())]
    assert preparation.stages[-1].image is preparation.image
    assert preparation.stages[0].image.shape == (280, 280)
    for stage in preparation.stages:
        assert stage.image.dtype == np.float32
        assert 0 <= stage.image.min() <= stage.image.max() <= 1
        assert stage.caption.endswith(".")


@pytest.mark.parametrize("name", STEPS)
def test_every_step_can_be_left_out_and_does_something(name):
    rgba = white_on_black(ink_image([SEVEN], height=90, pen=20, at=(20, 30)))
    with_it, without = prepare(rgba), prepare(rgba, {name})
    assert without.image.shape == (28, 28)
    assert len(without.stages) == len(with_it.stages) - 1
    assert distance(with_it.image, without.image) > 0.05


def test_without_any_step_the_canvas_is_squashed():
    ink = ink_image([FIVE], height=100, at=(10, 150))
    image = prepare(white_on_black(ink), STEPS).image
    assert image[:13].sum() < 0.1
    assert image[:, 14:].sum() < 0.1


@pytest.mark.parametrize(
    "bad",
    [
        np.zeros((280, 280, 4), np.float32),
        np.zeros((280, 280, 3), np.uint8),
        np.zeros((280, 280), np.uint8),
        np.zeros((0, 10, 4), np.uint8),
        np.zeros((4, 280, 4), np.uint8),
        np.zeros((8, 5000, 4), np.uint8),
        [[0, 0, 0, 0]],
        None,
    ],
    ids=["float", "three channels", "grey", "no rows", "too small", "too large", "list", "None"],
)
def test_what_is_no_canvas_is_refused(bad):
    with pytest.raises(ValueError, match="a drawing"):
        prepare(bad)


def test_an_unknown_step_is_refused():
    with pytest.raises(ValueError, match="skipped step"):
        prepare(white_on_black(ink_image([FIVE])), {"polish"})


@given(hnp.arrays(np.uint8, st.tuples(st.integers(8, 40), st.integers(8, 40), st.just(4))))
@settings(max_examples=60)
def test_any_pixels_give_an_image_or_a_request(rgba):
    before = rgba.copy()
    try:
        image = prepare(rgba).image
    except EmptyDrawing:
        return
    finally:
        np.testing.assert_array_equal(rgba, before)
    assert image.shape == (28, 28)
    assert np.isfinite(image).all()
    assert 0 <= image.min() <= image.max() <= 1


@pytest.mark.parametrize("dark", [60, 95, 180])
def test_a_photo_in_uneven_light_is_read(dark):
    light = np.linspace(dark, 250, 300)[None].repeat(300, 0)
    for paper in (light, light.T, 250 - (250 - dark) * light_falls_off(300)):
        photo = Image.fromarray(np.stack([paper] * 3, -1).astype(np.uint8))
        ImageDraw.Draw(photo).line([(90, 80), (210, 80), (130, 230)], fill=(20, 20, 30), width=18, joint="curve")
        rgba = np.asarray(photo.convert("RGBA"))
        assert predict(load_model(), prepare(rgba).image[None])[0].argmax() == 7


def light_falls_off(n):
    """0 in the middle, 0.5 in the corners, as through a lens."""
    side = np.linspace(-1, 1, n) ** 2 / 4
    return side[:, None] + side[None]
