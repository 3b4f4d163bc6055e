"""Figure of a real neuron's weighted sums, and of a threshold that some of them pass."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.figures.figure import Figure
from core.figures.palette import PALETTE
from core.figures.style import styled

BINS = 60


def sums_figure(sums: ArrayLike, threshold: float, own: float) -> Figure:
    """Return a histogram of weighted sums (n,): in colour above the threshold, grey below; `own` is marked."""
    counts, ends = np.histogram(np.asarray(sums, np.float64), BINS)
    below = int((ends[:-1] + ends[1:] <= 2 * threshold).sum())  # bins whose middle does not pass the threshold
    figure = Figure()
    _add_bins(figure, counts[:below], ends[: below + 1], PALETTE["neutral"])
    _add_bins(figure, counts[below:], ends[below:], PALETTE["forward"])
    figure.add_vline(threshold, {"color": PALETTE["accent"], "width": 3})
    figure.add_vline(own, {"color": PALETTE["neutral"], "width": 2, "dash": "dash"})
    figure.add_annotation(x=own, y=1, xref="x", yref="paper", text="learned", showarrow=False, yanchor="bottom")
    styled(figure, 260, showlegend=False)
    figure.x_axes(title="weighted sum Σ wx of the neuron", range=[min(ends[0], threshold), max(ends[-1], threshold)])
    figure.y_axes(title="test digits", rangemode="tozero")
    return figure


def _add_bins(figure: Figure, counts: NDArray[np.int64], ends: NDArray[np.float64], colour: str) -> None:
    """Add bins (n,) between their ends (n + 1,) as stairs over an area, a point in the middle of each."""
    if not counts.size:
        return
    middles = (ends[:-1] + ends[1:]) / 2
    figure.add_trace(
        "scatter",
        x=np.concatenate([ends[:1], middles, ends[-1:]]),
        y=np.pad(counts, 1, "edge"),
        customdata=np.pad(middles, 1, "edge"),
        mode="lines",
        line={"color": colour, "width": 2, "shape": "hvh"},
        fill="tozeroy",
        hovertemplate="sum about %{customdata:.3g}: %{y} digits<extra></extra>",
    )
