"""Pictures of the backpropagation lesson: losses after steps, shares of a gradient."""

from collections.abc import Sequence

from core.figures.figure import Figure
from core.figures.palette import PALETTE
from core.figures.style import styled


def losses_figure(losses: Sequence[float]) -> Figure:
    """Show the loss at the start and after each step taken."""
    figure = Figure()
    figure.add_trace("scatter", y=list(losses), mode="lines+markers", line={"color": PALETTE["train"]}, name="loss")
    styled(figure, 240, showlegend=False)
    figure.x_axes(title="steps taken", rangemode="tozero", dtick=max(1, len(losses) // 8))
    figure.y_axes(title="loss", rangemode="tozero")
    return figure


def shares_figure(names: Sequence[str], shares: Sequence[float], total: str) -> Figure:
    """Show shares of a gradient as a waterfall that ends at their sum."""
    figure = Figure()
    figure.add_trace(
        "waterfall",
        x=[*names, total],
        y=[*shares, 0.0],
        measure=[*("relative" for _ in shares), "total"],
        increasing={"marker": {"color": PALETTE["positive"]}},
        decreasing={"marker": {"color": PALETTE["negative"]}},
        totals={"marker": {"color": PALETTE["backward"]}},
        connector={"line": {"color": PALETTE["neutral"], "width": 1}},
    )
    styled(figure, 300, showlegend=False)
    figure.y_axes(title="gradient", zeroline=True)
    return figure


def sizes_figure(names: Sequence[str], sizes: Sequence[int]) -> Figure:
    """Show how many kilobytes each tensor takes, the first on top."""
    figure = Figure()
    kilobytes = [size / 1000 for size in sizes]
    figure.add_trace("bar", y=list(names), x=kilobytes, orientation="h", marker={"color": PALETTE["forward"]})
    styled(figure, 110 + 30 * len(names), showlegend=False)
    figure.x_axes(title="kept for the way back, in kB")
    figure.y_axes(autorange="reversed", automargin=True)
    return figure
