"""Showing a figure: one place that decides how Plotly behaves on our pages."""

import streamlit as st

from core.figures.as_plotly import as_plotly
from core.figures.figure import Figure

CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": "reset", "responsive": True}


def ink() -> str:
    """Return the colour of the page's text, for numbers that stand on coloured cells."""
    return "white" if st.context.theme.type == "dark" else "black"


def show(figure: Figure, key: str, alt: str) -> None:
    """Show a figure under a stable key, with a sentence for readers who cannot see it."""
    st.plotly_chart(as_plotly(figure), key=key, alt=alt, config=CONFIG, theme="streamlit")
