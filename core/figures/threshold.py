"""Figure of a real neuron's weighted sums, and of a threshold that some of them pass."""

import numpy as np
from numpy.typing import ArrayLike

from core.figures.figure import Figure
from core.figures.palette import PALETTE
from core.figures.style import styled

BINS = 60


def sums_figure(sums: ArrayLike, threshold: float, own: float) -> Figure:
    """Return a histogram of weighted sums (n,): in colour above the threshold, grey below; `own` is marked."""
    values = np.asarray(sums, np.float64)
    counts, ends = np.histogram(values, BINS)
    centres = (ends[:-1] + ends[1:]) / 2
    colours = [PALETTE["forward"] if centre > threshold else PALETTE["neutral"] for centre in centres]
    figure = Figure()
    figure.add_trace(
        "bar",
        x=centres,
        y=counts,
        width=np.diff(ends),
        marker={"color": colours, "line": {"width": 0}},
        hovertemplate="sum about %{x:.1f}: %{y} digits<extra></extra>",
    )
    figure.add_vline(threshold, {"color": PALETTE["accent"], "width": 3})
    figure.add_vline(own, {"color": PALETTE["neutral"], "width": 2, "dash": "dash"})
    figure.add_annotation(x=own, y=1, yref="paper", text="learned", showarrow=False, yanchor="bottom")
    styled(figure, 260, showlegend=False, bargap=0)
    figure.x_axes(title="weighted sum Σ wx of the neuron")
    figure.y_axes(title="test digits")
    return figure
