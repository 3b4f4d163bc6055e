"""Figure of a real neuron's weighted sums, and of a threshold that some of them pass."""

import numpy as np
from numpy.typing import ArrayLike
from plotly import graph_objects as go

from core.figures.layout import x_axes, y_axes
from core.figures.palette import PALETTE
from core.figures.style import styled

BINS = 60


def sums_figure(sums: ArrayLike, threshold: float, own: float) -> go.Figure:
    """Return a histogram of weighted sums (n,): in colour above the threshold, grey below; `own` is marked."""
    values = np.asarray(sums, np.float64)
    counts, ends = np.histogram(values, BINS)
    centres = (ends[:-1] + ends[1:]) / 2
    colours = [PALETTE["forward"] if centre > threshold else PALETTE["neutral"] for centre in centres]
    figure = go.Figure(
        go.Bar(
            x=centres,
            y=counts,
            width=np.diff(ends),
            marker={"color": colours, "line": {"width": 0}},
            hovertemplate="sum about %{x:.1f}: %{y} digits<extra></extra>",
        )
    )
    figure.add_vline(x=threshold, line={"color": PALETTE["accent"], "width": 3})
    figure.add_vline(x=own, line={"color": PALETTE["neutral"], "width": 2, "dash": "dash"})
    figure.add_annotation(x=own, y=1, yref="paper", text="learned", showarrow=False, yanchor="bottom")
    styled(figure, 260, showlegend=False, bargap=0)
    x_axes(figure, title="weighted sum Σ wx of the neuron")
    y_axes(figure, title="test digits")
    return figure
