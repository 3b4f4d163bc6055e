import pytest
from plotly import graph_objects as go
from plotly.subplots import make_subplots

from core.figures.layout import lay_out, panels, x_axes, y_axes

SHAPES = [
    (1, 3, {"subplot_titles": ("p", "y", "p − y"), "shared_yaxes": True}),
    (2, 3, {"subplot_titles": list("abcdef"), "horizontal_spacing": 0.04, "vertical_spacing": 0.11}),
    (2, 1, {"shared_xaxes": True, "row_heights": [0.42, 0.58], "vertical_spacing": 0.12}),
    (3, 2, {"subplot_titles": list("abcde"), "shared_xaxes": "all"}),
]


def filled(figure, rows, columns):
    for row in range(1, rows + 1):
        for column in range(1, columns + 1):
            figure.add_scatter(x=[1, 2], y=[row, column], row=row, col=column)
    lay_out(figure, height=300, legend={"x": 0, "orientation": "h"}, margin={"l": 1})
    x_axes(figure, title="weight w", range=[0, 1], fixedrange=True)
    y_axes(figure, row=1, visible=False)
    figure.update_annotations(font_size=13)
    return figure


@pytest.mark.parametrize(("rows", "columns", "settings"), SHAPES)
def test_panels_are_plotlys_also_the_second_time(rows, columns, settings):
    theirs = filled(make_subplots(rows, columns, **settings), rows, columns)
    for _ in range(2):
        assert filled(panels(rows, columns, **settings), rows, columns) == theirs


def test_a_wrong_setting_of_a_panel_is_still_an_error():
    figure = panels(1, 2)
    with pytest.raises(ValueError, match="dragmode"):
        lay_out(figure, dragmode="sideways")
    with pytest.raises(ValueError, match="fixedrange"):
        x_axes(figure, fixedrange="perhaps")
    with pytest.raises(ValueError, match="mode"):
        figure.add_scatter(x=[1], mode="dots", row=1, col=2)
    assert panels(1, 2) == go.Figure(make_subplots(1, 2).to_dict())
