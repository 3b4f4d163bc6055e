import json

import pytest
from plotly import graph_objects as go
from plotly.subplots import make_subplots

from core.figures.layout import lay_out, x_axes, y_axes

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


def panels() -> go.Figure:
    return make_subplots(2, 2, subplot_titles=("a", "b", "c", "d"))


def test_settings_are_laid_over_what_is_there_as_by_plotly():
    ours, theirs = panels(), panels()
    for layout in LAYOUTS:
        assert lay_out(ours, **layout) is ours
        theirs.update_layout(**layout)
        assert json.loads(ours.to_json()) == json.loads(theirs.to_json())


@pytest.mark.parametrize("place", [{}, {"row": 2}, {"col": 1}, {"row": 1, "col": 2}])
def test_axes_are_set_where_asked_for_as_by_plotly(place):
    ours, theirs = panels(), panels()
    for settings in AXES:
        y_axes(x_axes(ours, **place, **settings), **place, **settings)
        theirs.update_xaxes(**place, **settings).update_yaxes(**place, **settings)
        assert json.loads(ours.to_json()) == json.loads(theirs.to_json())


def test_a_setting_that_plotly_does_not_know_is_refused():
    with pytest.raises(ValueError, match="no_such"):
        lay_out(go.Figure(), no_such=1)
