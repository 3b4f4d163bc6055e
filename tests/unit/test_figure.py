"""Our figures are what Plotly makes of the same settings."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from plotly import graph_objects as go
from plotly.subplots import make_subplots

from core.figures.figure import Figure
from core.figures.panels import panels
from tests.figures_support import as_sent, checked

SHAPES = [
    (1, 3, {"subplot_titles": ("p", "y", "p − y"), "shared_yaxes": True}),
    (2, 3, {"subplot_titles": tuple("abcdef"), "horizontal_spacing": 0.04, "vertical_spacing": 0.11}),
    (2, 1, {"subplot_titles": ("a", "b"), "shared_xaxes": True, "row_heights": (0.42, 0.58)}),
    (3, 2, {"subplot_titles": tuple("abcde"), "shared_xaxes": "all"}),
]
LAYOUTS = [
    {"height": 200, "dragmode": False, "title": {"text": "t", "x": 0.1}},
    {"margin": {"l": 1, "t": 2}, "legend": {"y": 0.3}},
    {"title": {"x": 0.5}, "margin": {"l": 9}, "showlegend": True},
]
AXES = [
    {"title": "first", "range": [0, 2], "fixedrange": True},
    {"title": {"text": "second", "standoff": 4}, "type": "log"},
    {"title": {"standoff": 2}, "tickvals": [1, 2], "ticktext": ["a", "b"]},
]
LINE = {"color": "red", "width": 2}


def pair(rows=2, columns=2, **settings):
    settings = settings or {"subplot_titles": ("a", "b", "c", "d")}
    return panels(rows, columns, **settings), make_subplots(rows, columns, **settings)


def fill(ours, theirs, rows, columns):
    for row in range(1, rows + 1):
        for col in range(1, columns + 1):
            trace = {"x": [1, 2], "y": np.array([row, col]), "row": row, "col": col}
            ours.add_trace("scatter", **trace)
            theirs.add_scatter(**trace)


@pytest.mark.parametrize(("rows", "columns", "settings"), SHAPES)
def test_panels_are_plotlys_also_the_second_time(rows, columns, settings):
    for _ in range(2):
        ours, theirs = pair(rows, columns, **settings)
        assert as_sent(checked(ours)) == as_sent(theirs)
        fill(ours, theirs, rows, columns)
        ours.all_annotations(font={"size": 13})
        theirs.update_annotations(font_size=13)
        assert as_sent(checked(ours)) == as_sent(theirs)


def test_settings_are_laid_over_what_is_there_as_by_plotly():
    ours, theirs = pair()
    for layout in LAYOUTS:
        ours.lay_out(**layout)
        theirs.update_layout(**layout)
        assert as_sent(checked(ours)) == as_sent(theirs)


@pytest.mark.parametrize("place", [{}, {"row": 2}, {"col": 1}, {"row": 1, "col": 2}])
def test_axes_are_set_where_asked_for_as_by_plotly(place):
    ours, theirs = pair()
    for settings in AXES:
        ours.x_axes(**place, **settings)
        ours.y_axes(**place, **settings)
        theirs.update_xaxes(**place, **settings).update_yaxes(**place, **settings)
        assert as_sent(checked(ours)) == as_sent(theirs)


def test_lines_squares_and_texts_are_plotlys():
    ours, theirs = pair()
    fill(ours, theirs, 2, 2)  # Plotly draws lines through axes that are in use
    ours.add_vline(0.5, LINE)
    theirs.add_vline(0.5, line=LINE)
    ours.add_hline(3.0, LINE, row=2)
    theirs.add_hline(3.0, line=LINE, row=2)
    ours.add_squares(-1, 7, LINE)
    theirs.add_shape(type="rect", x0=-1, x1=7, y0=-1, y1=7, row="all", col="all", line=LINE)
    text = {"x": 0.3, "y": 0.5, "xref": "paper", "yref": "paper", "text": "=", "showarrow": False}
    ours.add_annotation(**text)
    theirs.add_annotation(**text)
    assert as_sent(checked(ours)) == as_sent(theirs)


def test_square_axes_follow_their_own_x_axis():
    ours, theirs = pair(1, 2)
    ours.keep_square()
    theirs.update_yaxes(scaleanchor="x", col=1).update_yaxes(scaleanchor="x2", col=2)
    assert as_sent(checked(ours)) == as_sent(theirs)


def test_a_figure_changes_neither_what_it_is_given_nor_the_next_one():
    margin, line = {"l": 1}, dict(LINE)
    first = panels(1, 2, subplot_titles=("a", "b"))
    first.lay_out(margin=margin)
    first.lay_out(margin={"l": 2})
    first.add_vline(0, line)
    first.x_axes(title="w", range=[0, 1])
    first.all_annotations(yshift=2)
    assert (margin, line) == ({"l": 1}, LINE)
    assert as_sent(checked(panels(1, 2, subplot_titles=("a", "b")))) == as_sent(
        make_subplots(1, 2, subplot_titles=("a", "b"))
    )


def assert_packed_as_by_plotly(numbers):
    figure = Figure()
    figure.add_trace("scatter", customdata=numbers)
    assert as_sent(checked(figure)) == as_sent(go.Figure(go.Scatter(customdata=numbers)))


@given(
    st.sampled_from(["i1", "u1", "i2", "i4", "i8", "u4", "f4", "f8", "?"]).flatmap(
        lambda kind: arrays(np.dtype(kind), array_shapes(max_dims=2, min_side=0))
    )
)
def test_arrays_are_packed_as_by_plotly(numbers):
    assert_packed_as_by_plotly(numbers)
    assert_packed_as_by_plotly(numbers.T)


@pytest.mark.parametrize("bits", [8, 16, 32])
def test_whole_numbers_take_as_few_bytes_as_with_plotly(bits):
    low, high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    for ends in ((low, high), (low - 1, 0), (0, high + 1)):
        assert_packed_as_by_plotly(np.array(ends))


def test_the_check_refuses_what_plotly_does_not_know_and_what_it_would_change():
    for wrong in ({"no_such": 1}, {"dragmode": "sideways"}, {"margin": {"left": 1}}):
        with pytest.raises(ValueError, match=r"no_such|dragmode|left"):
            checked(Figure(wrong))
    with pytest.raises(AssertionError):
        checked(Figure({"title": "only a text"}))
