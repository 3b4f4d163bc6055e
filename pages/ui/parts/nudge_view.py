"""A nudge against the derivative: a line through two points beside the tangent, the error as the nudge shrinks."""

from collections.abc import Sequence

import numpy as np
import streamlit as st
import torch

from core.descent import slope_at, slopes_along
from core.figures.gradient_descent import nudge_figure, secant_figure
from core.landscapes import Landscape
from core.numeric import Nudge, shrink_nudge
from pages.ui import curve
from pages.ui.charts import draw
from pages.ui.tex import aligned, both_signs, result_tex, sign_tex, tex


def nudges_at(landscape: Landscape, x: float) -> tuple[float, float, list[Nudge]]:
    """Return loss and derivative at x, and both differences for nudges from 1 to 1e−16."""

    def loss(at: float) -> float:
        return float(landscape.function(torch.tensor(at, dtype=torch.float64)))

    value, slope = slope_at(landscape, torch.tensor([x], dtype=torch.float64))
    return value, float(slope), shrink_nudge(loss, x, float(slope))


def show_nudges(landscape: Landscape, x: float, y: float, slope: float, table: Sequence[Nudge], row: int) -> None:
    """Show the straight line of one nudge beside the tangent, and the errors of all nudges."""
    left, right = st.columns(2, vertical_alignment="bottom")
    with left:
        w = curve.grid(landscape.low, landscape.high, (x,))
        figure = secant_figure(w, slopes_along(landscape, w)[0], x, y, slope, table[row])
        draw(figure, "secant", f"The loss near w = {x:g}: the line through w and w + h beside the tangent.")
    with right:
        alt = "Error against nudge for both differences: it falls with the nudge at first, then rounding raises it."
        draw(nudge_figure(table, row), "nudges", alt)


def show_difference(x: float, slope: float, nudge: Nudge) -> None:
    """Show one forward difference with its numbers, and how far it is from the derivative."""
    tangent = rf"f'({tex(x)}) {both_signs(sign_tex(x), sign_tex(slope, digits=8))} {tex(slope, 8)}"
    if not is_defined(nudge.forward):
        st.latex(tangent)
        st.info(f"The loss has no finite value at w + h = {x + nudge.h:.4g}, so there is no difference. Raise k.")
        return
    sign = both_signs(sign_tex(x, nudge.h), sign_tex(nudge.forward, digits=8))
    rise = rf"\frac{{f({tex(x)} + {tex(nudge.h)}) - f({tex(x)})}}{{{tex(nudge.h)}}}"
    st.latex(aligned([f"&{rise}", f"&{sign} {tex(nudge.forward, 8)}"]))  # narrow enough for the column
    st.latex(tangent)
    st.latex(rf"\text{{error}} {result_tex(nudge.forward_error, 3)}")


def show_table(table: Sequence[Nudge]) -> None:
    """Show every nudge with both differences and their errors."""
    columns = {
        "nudge h": [f"{row.h:.0e}" for row in table],
        "forward difference": [_told(row.forward, ".12g") for row in table],
        "its error": [_told(row.forward_error, ".2e") for row in table],
        "central difference": [_told(row.central, ".12g") for row in table],
        "error of that": [_told(row.central_error, ".2e") for row in table],
    }
    with st.expander("All seventeen nudges", icon=":material/table_rows:"):
        st.dataframe(columns, hide_index=True, height=38 + 35 * len(table))


def _told(value: float, form: str) -> str:
    return format(value, form) if is_defined(value) else "no value there"


def is_defined(*numbers: float) -> bool:
    """Return whether all are finite."""
    return bool(np.isfinite(numbers).all())
