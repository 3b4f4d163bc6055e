"""The learning rate on a quadratic: a slider with its limits and the walk it makes, panels side by side, the table."""

from collections.abc import Sequence
from itertools import groupby

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.descent import VERDICTS, Verdict, slopes_along, verdict
from core.experiments.rate_sweep import TABLE_RATES, Sweep, rate_table, share_left, sweep
from core.figures.learning_rate import panel_figure
from core.landscapes import Landscape
from core.words import number_text
from pages.ui.charts import show
from pages.ui.rate import Limit, RateSlider, WalkPicture, Zone, rate_stops, show_rate
from pages.ui.tex import aligned, signed_tex, tex

STEPS = 20
TABLE_STEPS = 10
SIDE_BY_SIDE = {0.05: "0.05 crawls", 0.2: "0.2 walks", 0.5: "0.5 arrives", 0.9: "0.9 bounces", 1.1: "1.1 diverges"}
ZONES = {
    "still": "neutral",
    "crawl": "neutral",
    "monotone": "stable",
    "one_step": "stable",
    "bounce": "swinging",
    "forever": "unstable",
    "diverge": "unstable",
}
SWINGS = VERDICTS | {
    "bounce": "It swings across the minimum, and comes nearer in the long run.",
    "forever": "It swings for ever: the learning rate is exactly at the limit.",
    "diverge": "It swings farther and farther out in the long run.",
}


def curvatures(landscape: Landscape) -> tuple[float, ...]:
    """Return λ along each weight of a quadratic."""
    return landscape.curvatures or (1.0,)


def marks_of(curvature: float, momentum: float) -> list[Limit]:
    """Return 1/λ and 2/λ, and with momentum the limit it moves to."""
    marks = [Limit(1 / curvature, "1/λ"), Limit(2 / curvature, "2/λ")]
    return [*marks, Limit(2 * (1 + momentum) / curvature, "2(1+β)/λ")] if momentum else marks


def zones_of(stops: NDArray[np.float64], verdicts: Sequence[Verdict]) -> list[Zone]:
    """Return the slider's stretches: neighbouring stops with one colour are one stretch."""
    zones, first = [], 0
    for colour, group in groupby(ZONES[said.kind] for said in verdicts):
        last = first + len(list(group))
        zones.append(Zone(stops[first], stops[min(last, len(stops) - 1)], colour))
        first = last
    return zones


def show_sweep(landscape: Landscape, rate: float, default: float, momentum: float, schedule: str) -> Sweep:
    """Show the slider and the walk of the stop under the hand; return the walks of all stops."""
    curvature = curvatures(landscape)[0]
    marks = marks_of(curvature, momentum)
    stops = rate_stops(marks[-1].x, marks, rate)
    walks = sweep(landscape, landscape.start[0], stops, STEPS, momentum, schedule)
    verdicts = [verdict(float(stop), curvature, momentum) for stop in stops]
    told = SWINGS if momentum else VERDICTS
    constant = schedule == "constant"
    words = [
        [told[said.kind], _arrival(weights[-1])] if constant else [_arrival(weights[-1])]
        for said, weights in zip(verdicts, walks.weights, strict=True)
    ]
    reach = 1.15 * abs(landscape.start[0])
    w = np.linspace(-reach, reach, 201)
    picture = WalkPicture(w, slopes_along(landscape, w)[0], walks)
    alt = f"{STEPS} steps on {landscape.label} with the chosen learning rate; 1/λ and 2/λ are marked on its slider."
    slider = RateSlider(stops, rate, default, marks, zones_of(stops, verdicts), words, alt)
    show_rate(slider, "sweep", "rate", picture)
    return walks


def show_closed_form(landscape: Landscape, rate: float, momentum: float, schedule: str) -> None:
    """Show where the walk leads as a formula with its numbers."""
    st.caption("1/λ and 2/λ are often written 1/L and 2/L: L, the Lipschitz constant of the slope, is λ here.")
    curvature, start = curvatures(landscape)[0], landscape.start[0]
    said = verdict(rate, curvature, momentum)
    st.latex(rf"\lambda = f''(w) = {tex(curvature)} \qquad \eta\lambda = {tex(said.product)}")
    if momentum:
        st.latex(rf"\text{{limit of a constant rate}} = \frac{{2(1+\beta)}}{{\lambda}} = {tex(said.limit)}")
        st.latex(rf"\text{{left after a step, in the long run: }} {tex(said.factor)}")
        return
    left = share_left(rate, curvature, STEPS, schedule)
    if schedule == "constant":
        symbols, numbers = rf"(1 - \eta\lambda)^{{{STEPS}}}", rf"{signed_tex(said.factor)}^{{{STEPS}}}"
    else:
        symbols, numbers = r"\prod_t (1 - \eta_t\lambda)", signed_tex(left)
    end = rf"&= {numbers} \cdot {tex(start)} = {tex(left * start)}"
    st.latex(aligned([rf"w_{{{STEPS}}} &= {symbols}\, w_0", end]))  # two lines fit a phone


def show_side_by_side(landscape: Landscape) -> None:
    """Show the same start with five learning rates."""
    curvature, start = curvatures(landscape)[0], landscape.start[0]
    st.latex(rf"\text{{loss}} = {landscape.formula} \qquad w_0 = {tex(start)} \qquad \lambda = {tex(curvature)}")
    st.latex(rf"w_{{{TABLE_STEPS}}} = (1 - \eta\lambda)^{{{TABLE_STEPS}}}\, w_0")
    w = np.linspace(-12, 12, 161)
    curve, _ = slopes_along(landscape, w)
    rates = list(SIDE_BY_SIDE)
    walks = sweep(landscape, landscape.start[0], rates, TABLE_STEPS)
    for row, place in enumerate(st.columns(len(rates))):
        title = f"η = {SIDE_BY_SIDE[rates[row]]}"
        with place:
            alt = f"Ten steps on w² from 10 with a learning rate of {rates[row]:g}: {VERDICTS[_kind(rates[row])]}"
            show(panel_figure(w, curve, walks.weights[row], walks.losses[row], title), f"panel{row}", alt)


def show_rate_table(landscape: Landscape) -> None:
    """Show where six learning rates lead in ten steps."""
    rows = rate_table(landscape, landscape.start[0], TABLE_STEPS, TABLE_RATES)
    lines = [f"| η | 1 − ηλ | w after {TABLE_STEPS} steps | what happens |", "|---:|---:|---:|---|"]
    for row in rows:
        lines.append(f"| {row.rate:g} | {number_text(row.factor)} | {_three(row.weight)} | {VERDICTS[row.kind]} |")
    st.markdown("\n".join(lines))


def _kind(rate: float) -> str:
    return verdict(rate, 2.0).kind


def _three(value: float) -> str:
    """Return a number to three digits, below 1 to two decimals: 3.49, 0.06, 61.9."""
    return number_text(value, 3) if abs(value) >= 1 else number_text(value, places=2)


def _arrival(last: float) -> str:
    if not np.isfinite(last):
        return f"within {STEPS} steps w has left all numbers"
    return f"after {STEPS} steps w = {number_text(last, 3)}"
