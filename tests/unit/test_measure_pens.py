"""Strokes drawn with round pens: as wide as asked, on the canvas, and read by the shipped model."""

import gzip
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from core.model import load_model
from scripts.measure_pens import CANVAS, Drawing, enlarged, read_digits, read_drawings, render
from scripts.pens import draw_lines

ONE = [[(0.5, 0.2), (0.5, 0.8)]]
SEVEN = [[(0.3, 0.25), (0.7, 0.25), (0.45, 0.8)]]
shares = st.floats(0.2, 0.8)
strokes = st.lists(st.lists(st.tuples(shares, shares), min_size=1, max_size=5), min_size=1, max_size=3)


@pytest.mark.parametrize("pen", [12, 20, 30])
@pytest.mark.parametrize("end", [(0.2, 0.8), (0.8, 0.2), (0.8, 0.8), (0.5, 0.3)])
def test_a_line_is_as_wide_as_its_pen_and_round_at_its_ends(pen, end):
    ink = render([[(0.2, 0.2), end]], pen)[..., 0] / 255
    length = np.hypot(end[0] - 0.2, end[1] - 0.2) * CANVAS
    ends = np.pi * pen**2 / 4  # two half circles
    assert (ink.sum() - ends) / length == pytest.approx(pen, abs=1)


def test_the_cross_section_of_an_upright_line():
    ink = render(ONE, 20)[..., 0] / 255
    assert ink[140].sum() == pytest.approx(20, abs=1)
    rows, columns = np.flatnonzero(ink.max(1)), np.flatnonzero(ink.max(0))
    assert (rows[0], rows[-1]) == pytest.approx((0.2 * 280 - 10, 0.8 * 280 + 10), abs=1.5)
    assert (columns[0], columns[-1]) == pytest.approx((130, 150), abs=1.5)


@given(strokes, st.sampled_from([12, 20, 30]))
def test_ink_stays_where_the_pen_was(lines, pen):
    canvas = render(lines, pen)
    assert (canvas.shape, canvas.dtype) == ((CANVAS, CANVAS, 4), np.uint8)
    assert (canvas[..., 3] == 255).all()
    assert (canvas[..., 0] == canvas[..., 1]).all()
    assert (canvas[..., 0] == canvas[..., 2]).all()
    inked = np.argwhere(canvas[..., 0])[:, ::-1]  # x, y
    points = np.array([point for line in lines for point in line]) * CANVAS
    assert (inked.min(0) >= points.min(0) - pen / 2 - 2).all()
    assert (inked.max(0) <= points.max(0) + pen / 2 + 2).all()
    for x, y in points.round().astype(int):
        assert canvas[y, x, 0] == 255


@given(strokes, st.sampled_from([0.6, 0.8]))
def test_enlarged_strokes_fill_the_share_asked_for_in_the_middle(lines, fill):
    before, after = (np.array([point for line in some for point in line]) for some in (lines, enlarged(lines, fill)))
    if np.ptp(before, axis=0).max() > 1e-3:
        assert np.ptp(after, axis=0).max() == pytest.approx(fill)
    assert (after.min(0) + after.max(0)) / 2 == pytest.approx([0.5, 0.5])


def test_a_wider_pen_adds_ink_and_a_point_is_a_dot():
    thin, thick = Image.new("L", (60, 60)), Image.new("L", (60, 60))
    draw_lines(thin, [[(30.0, 30.0)]], 10)
    draw_lines(thick, [[(30.0, 30.0)]], 20)
    areas = [np.asarray(picture).astype(bool).sum() for picture in (thin, thick)]
    assert areas == pytest.approx([np.pi * 5.5**2, np.pi * 10.5**2], rel=0.03)  # Pillow counts the pixels at both ends


def test_drawings_are_read_from_a_file_and_by_the_model(tmp_path):
    written = [{"digit": 1, "strokes": ONE}, {"digit": 7, "strokes": SEVEN}, {"digit": 0, "strokes": [[(0.5, 0.5)]]}]
    with gzip.open(tmp_path / "strokes.json.gz", "wt", encoding="utf-8") as file:
        json.dump(written, file)
    drawings = read_drawings(tmp_path / "strokes.json.gz")
    assert [drawing.digit for drawing in drawings] == [1, 7, 0]
    assert isinstance(drawings[0], Drawing)
    assert read_digits(load_model(), drawings, 20, None).tolist() == [1, 7, -1]  # a dot is no digit
