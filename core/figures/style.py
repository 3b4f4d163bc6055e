"""What all figures share: margins, fonts, axes, and no movement while data comes in."""

from typing import Any

from plotly import graph_objects as go


def styled(figure: go.Figure, height: int, revision: str = "fixed", **layout: Any) -> go.Figure:
    """Set the common layout on a figure (mutated and returned); `revision` keeps zoom and legend until it changes."""
    figure.update_layout(
        height=height,
        margin={"l": 48, "r": 12, "t": 34, "b": 40},
        uirevision=revision,
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        hovermode="closest",
        dragmode=False,
        **layout,
    )
    return figure


def bare(figure: go.Figure, height: int, revision: str = "fixed") -> go.Figure:
    """Set a layout without axes or margins, for pictures made of pixels (mutated and returned)."""
    styled(figure, height, revision, showlegend=False)
    figure.update_layout(margin={"l": 0, "r": 0, "t": 0, "b": 0})
    figure.update_xaxes(visible=False, constrain="domain")
    figure.update_yaxes(visible=False, constrain="domain")
    return figure
