"""Gradient descent on one curve: the balls, their steps to play, and the update with its live numbers."""

import math
from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st
import torch
from numpy.typing import NDArray

from core.descent import FARTHEST, Path, descend, slope_at, slopes_along
from core.figures.palette import PALETTE
from core.landscapes import LANDSCAPES, Landscape
from pages.ui import controls, curve
from pages.ui.state import change_url, forget_url, url_numbers
from pages.ui.tables import y_range_of
from pages.ui.tex import result_tex, sign_tex, signed_tex, tex

STEPS = 40
RATES = (0.0, 0.001, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1.0, 1.1, 1.5, 2.0, 4.0, 8.0, 20.0)
COLOURS = ("accent", "first", "second", "third", "neutral")
WORDS = ("slope negative: raise w", "flat: w stays", "slope positive: lower w")
VALLEY_WORDS = ("left of the minimum: raise w", "at the minimum: w stays", "right of the minimum: lower w")
LONGEST_PICTURE = 50.0  # a formula that climbs this many times above its own middle is cut off at the top


def wanted_starts(landscape: Landscape, balls: int) -> tuple[float, ...]:
    """Return where the balls are put: from the URL, else one at the landscape's start or several spread evenly."""
    low, high = landscape.low, landscape.high
    spread = np.linspace(low, high, balls + 2)[1:-1].round(2)
    default = landscape.start if balls == 1 else tuple(float(w) for w in spread)
    return url_numbers("w", default, low, high)


def starts(landscape: Landscape, wanted: tuple[float, ...]) -> tuple[float, ...]:
    """Return where the balls are; one put where the loss has no finite value and slope is at the landscape's start."""
    losses, slopes = slopes_along(landscape, np.array(wanted))
    is_defined = np.isfinite(losses) & np.isfinite(slopes)
    return tuple(w if good else landscape.start[0] for w, good in zip(wanted, is_defined, strict=True))


def tell_gaps(wanted: tuple[float, ...], start: tuple[float, ...]) -> None:
    """Say which balls are not where they were put, because the loss has no value there."""
    moved = sorted({pair for pair in zip(wanted, start, strict=True) if pair[0] != pair[1]})
    if moved:
        gaps = ", ".join(f"{w:.4g}" for w, _ in moved)
        text = f"The loss has no finite value and slope at w = {gaps}. A ball put there is at w = {moved[0][1]:.4g}."
        st.info(text.replace("-", "−"), icon=":material/swipe:")


def walk(landscape: Landscape, start: tuple[float, ...], rate: float) -> tuple[Path, ...]:
    """Return the walk of each ball."""
    return tuple(descend(landscape, (w,), rate, STEPS) for w in start)


def show_balls(
    landscape: Landscape, start: tuple[float, ...], rate: float, step: int, walks: tuple[Path, ...], ball: int
) -> None:
    """Show the curve with its balls, which the hand moves and the buttons let go; `ball` is the one read."""
    w = curve.grid(landscape.low, landscape.high, start)
    losses, slopes = slopes_along(landscape, w)
    picture = curve.Picture(
        w,
        (curve.Line("loss", losses, "forward", slopes=slopes),),
        "weight w",
        "loss",
        f"The loss {landscape.label} against the weight w, with {len(start)} movable balls and the slope at each.",
        y_range=_range(losses),
    )
    points = tuple(curve.Point(at, f"Weight of ball {i + 1}", colour=COLOURS[i]) for i, at in enumerate(start))
    paths = [curve.Path(walked.weights[:, 0], walked.losses, walked.slopes[:, 0]) for walked in walks]
    words = VALLEY_WORDS if landscape.curvatures else WORDS
    curve.show_curve(picture, points, "balls_picture", "w", walk=curve.Walk("slope", words, rate, paths, step, ball))


def show_parabola(x: float) -> None:
    """Show x² with a point that the hand moves, and the slope that autograd finds there."""
    xs = curve.grid(-10, 10, (x, 3.0, 8.0))
    ys, slopes = slopes_along(LANDSCAPES["square"], xs)
    marks = (curve.Mark(3.0, 9.0, "x = 3"), curve.Mark(8.0, 64.0, "x = 8"))
    line = curve.Line("x²", ys, "forward", slopes=slopes)
    picture = curve.Picture(xs, (line,), "x", "x²", "The parabola x² with a movable point and its slope.", marks=marks)
    curve.show_curve(picture, (curve.Point(x, "x"),), "parabola", "at", (3.0,), curve.Walk("slope"))


def tell_whose(ball: int, balls: int) -> None:
    """Say which of several balls the numbers below are of, by its colour too."""
    dot = rf"$\textcolor{{{PALETTE[COLOURS[ball]]}}}{{\bullet}}$"
    st.markdown(f"{dot} The numbers of **ball {ball + 1}** of {balls}. Touch another ball for its numbers.")


def show_update(landscape: Landscape, path: Path, rate: float, step: int) -> None:
    """Show the update w ← w − η · slope with the numbers of one step, and what it does to the loss."""
    step = min(step, len(path.losses) - 1)
    w, slope, last = path.weights[step, 0], path.slopes[step, 0], step == len(path.rates)
    if last and path.diverged_at is None:
        st.latex(rf"w_{{{step}}} {result_tex(w)} \qquad \text{{loss}} {result_tex(path.losses[-1])}")
        st.caption(f"All {step} steps are played, and the walk ends here.")
        return
    after = w - rate * slope
    sign = sign_tex(after, w, rate, slope)
    st.latex(
        rf"\underbrace{{{tex(after)}}}_{{w_{{{step + 1}}}}} {sign} \underbrace{{{tex(w)}}}_{{w_{{{step}}}}}"
        rf" - \underbrace{{{tex(rate)}}}_{{\eta}} \cdot \underbrace{{{signed_tex(slope)}}}_{{\text{{slope}}}}"
    )
    if last:
        st.caption(f"{_loss_of_way(landscape, after, step + 1)} Lower the learning rate, or start somewhere else.")
    else:
        st.latex(rf"\text{{loss}}\quad {{{tex(path.losses[step])}}} \;\to\; {tex(path.losses[step + 1])}")


def go_on(landscape: Landscape, walks: Sequence[Path], step: int, move: Callable[[tuple[float, ...]], None]) -> None:
    """Once all steps are played, offer to play as many more: `move` begins the walks where they have come to."""
    ends = tuple(float(w) for walked in walks for w in walked.weights[-1])
    inside = all(landscape.low <= w <= landscape.high for w in ends)
    if step == STEPS and inside and all(walked.diverged_at is None for walked in walks):
        st.button(f"{STEPS} more steps from here", icon=":material/resume:", on_click=move, args=(ends,))


def begin_at(weights: tuple[float, ...]) -> None:
    """Write where the balls start into the URL; their walks begin there."""
    change_url({"w": weights, "step": None})


def rate_control(landscape: Landscape, name: str = "rate") -> float:
    """Return the learning rate; with another one the walk begins at step 0."""
    default = landscape.learning_rate
    return controls.stops("Learning rate η", name, RATES, default, on_change=forget_url, args=("step",))


def _loss_of_way(landscape: Landscape, w: float, step: int) -> str:
    """Return in words why a walk could not take the step to `w`."""
    if abs(w) > FARTHEST:
        return f"Step {step} would leave everything that can be drawn: the steps have grown too long."
    loss = slope_at(landscape, torch.tensor([w], dtype=torch.float64))[0]
    what = "has no value there" if math.isnan(loss) else "has no slope there"
    if math.isinf(loss):
        what = "is infinite there, or too large for a number"
    return f"Step {step} would lead to w = {w:.4g}, and the loss {what}: the walk ends.".replace("= -", "= −")


def _range(losses: NDArray[np.float64]) -> tuple[float, float]:
    """Return the losses' range, without the peaks of a formula that climbs to the sky."""
    finite = losses[np.isfinite(losses)]
    low, middle, high = np.quantile(finite, [0.02, 0.5, 0.98])
    if np.ptp(finite) > LONGEST_PICTURE * max(high - low, 1e-9) or high - middle > LONGEST_PICTURE * (middle - low):
        finite = finite[(finite >= low) & (finite <= high)]
    return y_range_of(finite)
