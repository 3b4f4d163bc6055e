"""Rows and columns of axes under titles of their own, where Plotly places them."""

from collections.abc import Hashable
from functools import lru_cache

from plotly.subplots import make_subplots

from core.figures.figure import Figure, Settings


def panels(rows: int, columns: int, **settings: Hashable) -> Figure:
    """Return an empty figure of rows and columns of axes; the settings are those of Plotly's `make_subplots`."""
    return Figure(dict(_layout(rows, columns, **settings)), rows, columns)


@lru_cache(maxsize=64)
def _layout(rows: int, columns: int, **settings: Hashable) -> Settings:
    layout: Settings = make_subplots(rows, columns, **settings).to_dict()["layout"]
    return {name: value for name, value in layout.items() if name != "template"}
