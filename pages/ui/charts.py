"""Showing a figure: by Plotly with all that it can, or by our own component, which is far quicker to redraw."""

import math
from typing import Any

import streamlit as st

from core.figures.as_plotly import as_plotly
from core.figures.figure import Figure
from pages.ui.components import mount

CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": "reset", "responsive": True}


def show(figure: Figure, key: str, alt: str) -> None:
    """Show a figure under a stable key, with a sentence for readers who cannot see it."""
    st.plotly_chart(as_plotly(figure), key=key, alt=alt, config=CONFIG, theme="streamlit")


def draw(figure: Figure, key: str, alt: str) -> None:
    """Show a figure that a control redraws: lines, areas below them, dots, upright bars of named things and maps.

    Axes may be linear, logarithmic or of names; there may be several pairs of them, titles of panels, texts above
    the picture, upright lines across it, a legend.
    """
    mount("figure", {"traces": plain(figure.traces), "layout": plain(figure.layout), "alt": alt}, key, {})


def plain(value: Any) -> Any:
    """Return nested lists and dictionaries as JSON takes them: `None` for a number that is not finite."""
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
