"""The learning rate on a quadratic: a slider with its limits and the walk it makes, panels side by side, the table."""

from collections.abc import Sequence
from itertools import groupby

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.descent import VERDICTS, Verdict, learning_rate_limit, slopes_along, verdict
from core.experiments.rate_sweep import TABLE_RATES, Row, Sweep, rate_table, share_left, sweep
from core.figures.learning_rate import panel_figure
from core.figures.palette import WALKS
from core.landscapes import Landscape
from core.words import equals_text, number_text
from pages.ui import controls
from pages.ui.charts import show
from pages.ui.rate import Limit, RateSlider, WalkPicture, Zone, rate_stops, show_rate
from pages.ui.tex import aligned, result_tex, sign_tex, signed_tex, tex

STEPS = 20
TABLE_STEPS = 10
SIDE_BY_SIDE = (0.05, 0.2, 0.5, 0.9, 1.1)  # to begin with
FARTHEST = 10.0  # a start
MOST = 1.25  # the largest learning rate side by side
VERBS = {
    "still": "stays",
    "crawl": "crawls",
    "monotone": "walks",
    "one_step": "arrives",
    "bounce": "bounces",
    "forever": "swings",
    "diverge": "diverges",
}
SWINGS = VERDICTS | {
    "bounce": "It swings across the minimum, and comes nearer in the long run.",
    "forever": "It swings for ever: the learning rate is exactly at the limit.",
    "diverge": "It swings farther and farther out in the long run.",
}


def curvatures(landscape: Landscape) -> tuple[float, ...]:
    """Return λ along each weight of a quadratic; raises `ValueError` when the landscape is none."""
    if landscape.curvatures is None:
        raise ValueError(f"{landscape.label} is not a quadratic: it bends differently from place to place")
    return landscape.curvatures


def marks_of(curvature: float, momentum: float) -> list[Limit]:
    """Return 1/L and 2/L, where L, the most that the slope changes, is λ; and with momentum the limit it moves to."""
    marks = [Limit(1 / curvature, "1/L"), Limit(2 / curvature, "2/L")]
    return [*marks, Limit(learning_rate_limit(curvature, momentum), "2(1+β)/L")] if momentum else marks


def zones_of(stops: NDArray[np.float64], verdicts: Sequence[Verdict]) -> list[Zone]:
    """Return the slider's stretches: neighbouring stops with one colour are one stretch."""
    zones, first = [], 0
    for colour, group in groupby(WALKS[said.kind] for said in verdicts):
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
    alt = f"{STEPS} steps on {landscape.label} with the chosen learning rate; 1/L and 2/L are marked on its slider."
    slider = RateSlider(stops, rate, default, marks, zones_of(stops, verdicts), words, alt)
    show_rate(slider, "sweep", "rate", picture)
    return walks


def show_closed_form(landscape: Landscape, rate: float, momentum: float, schedule: str) -> None:
    """Show where the walk leads as a formula with its numbers."""
    st.caption("L says how fast the slope can change: at most L times as fast as w. On a parabola, it is λ.")
    curvature, start = curvatures(landscape)[0], landscape.start[0]
    said = verdict(rate, curvature, momentum)
    st.latex(rf"L = \lambda = f''(w) {result_tex(curvature)} \qquad \eta\lambda {result_tex(said.product)}")
    if momentum:
        st.latex(rf"\text{{limit of a constant rate}} = \frac{{2(1+\beta)}}{{\lambda}} {result_tex(said.limit)}")
        st.latex(rf"\text{{left after a step, in the long run: }} {tex(said.factor)}")
        return
    left = share_left(rate, curvature, STEPS, schedule)
    if schedule == "constant":
        symbols, share = rf"(1 - \eta\lambda)^{{{STEPS}}}", said.factor
        numbers = rf"{signed_tex(share)}^{{{STEPS}}}"
    else:
        symbols, share = r"\prod_t (1 - \eta_t\lambda)", left
        numbers = signed_tex(share)
    end = rf"&{sign_tex(share, start)} {numbers} \cdot {tex(start)} {sign_tex(share, left * start)} {tex(left * start)}"
    st.latex(aligned([rf"w_{{{STEPS}}} &= {symbols}\, w_0", end]))  # two lines fit a phone


def show_side_by_side(landscape: Landscape) -> float:
    """Show five learning rates from one start, all of them the reader's to set; returns the start."""
    curvature = curvatures(landscape)[0]
    rule, control = st.columns([7, 3], gap="large")
    with control:
        start = controls.slider("Start w₀", "start", -FARTHEST, FARTHEST, landscape.start[0], 0.5)
    rule.latex(rf"\text{{loss}} = {landscape.formula} \qquad \lambda = {tex(curvature)}")
    rule.latex(rf"w_{{{TABLE_STEPS}}} = (1 - \eta\lambda)^{{{TABLE_STEPS}}} \cdot {signed_tex(start)}")
    places = st.container(key="small_pictures").columns(len(SIDE_BY_SIDE))
    rates = []
    for number, (place, default) in enumerate(zip(places, SIDE_BY_SIDE, strict=True), 1):
        with place:
            rates.append(controls.decimal(f"Learning rate {number}", f"rate{number}", 0.0, MOST, default, 0.05))
    walks = sweep(landscape, start, rates, TABLE_STEPS)
    for index, (place, row) in enumerate(zip(places, rate_table(landscape, start, TABLE_STEPS, rates), strict=True)):
        with place:
            _panel(landscape, walks, index, row)
    return start


def _panel(landscape: Landscape, walks: Sweep, index: int, row: Row) -> None:
    """Show one of several walks, and the factor that each of its steps leaves of the way."""
    start, rate = float(walks.weights[index, 0]), row.rate
    w = np.linspace(-1.2 * FARTHEST, 1.2 * FARTHEST, 161)
    title = f"η = {rate:g} {VERBS[row.kind]}"
    figure = panel_figure(w, slopes_along(landscape, w)[0], walks.weights[index], walks.losses[index], title)
    alt = f"Ten steps on {landscape.label} from {start:g} with a learning rate of {rate:g}: {VERDICTS[row.kind]}"
    show(figure, f"panel{index}", alt)
    factor = rf"1 - {tex(rate)} \cdot {tex(curvatures(landscape)[0])} &{result_tex(row.factor)}"
    st.latex(aligned([factor, rf"w_{{{TABLE_STEPS}}} &{result_tex(row.weight)}"]))  # narrow enough for five


def show_rate_table(landscape: Landscape, start: float) -> None:
    """Show where six learning rates lead in ten steps from a start."""
    st.caption(
        f"The same start with the {len(TABLE_RATES)} rates that show every behaviour, the limit itself among them:"
    )
    rows = rate_table(landscape, start, TABLE_STEPS, TABLE_RATES)
    lines = [f"| η | 1 − ηλ | w after {TABLE_STEPS} steps | what happens |", "|---:|---:|---:|---|"]
    for row in rows:
        lines.append(f"| {row.rate:g} | {number_text(row.factor)} | {_three(row.weight)} | {VERDICTS[row.kind]} |")
    st.markdown("\n".join(lines))


def _three(value: float) -> str:
    """Return a number to three digits, below 1 to two decimals: 3.49, 0.06, 61.9."""
    return number_text(value, 3) if abs(value) >= 1 else number_text(value, places=2)


def _arrival(last: float) -> str:
    if not np.isfinite(last):
        return f"within {STEPS} steps w has left all numbers"
    return f"after {STEPS} steps w {equals_text(last, 3)}"
