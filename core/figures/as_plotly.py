"""The way out: a figure of ours as one of Plotly's, for those who draw no other."""

from functools import lru_cache

import plotly.io
from plotly.basedatatypes import BaseFigure

from core.figures.figure import Figure, Settings


class ReadyMade(BaseFigure):  # type: ignore[misc]  # Plotly tells no types
    """A figure that Plotly need not check: Streamlit asks `to_dict`, and nothing else, of a figure of Plotly's."""

    def __init__(self, data: list[Settings], layout: Settings) -> None:
        self._spec = {"data": data, "layout": layout}

    def to_dict(self) -> Settings:
        """Return traces and layout, neither copied nor checked."""
        return self._spec


def as_plotly(figure: Figure) -> ReadyMade:
    """Return a figure, under the theme of the page, for `st.plotly_chart`."""
    return ReadyMade(figure.traces, figure.layout | {"template": _theme(plotly.io.templates.default)})


@lru_cache(maxsize=1)
def _theme(name: str) -> Settings:
    theme: Settings = plotly.io.templates[name].to_plotly_json()
    return theme
