"""The learning rate with two weights: one slider for both, the walk on lines of equal loss, the loss step by step."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.descent import VERDICTS, Path, descend, judge, learning_rate_limit, verdict
from core.figures.learning_rate import walk_losses_figure
from core.landscapes import Landscape
from pages.ui.charts import show
from pages.ui.parts.rate_view import curvatures, zones_of
from pages.ui.parts.surface_view import show_walk, start_plane
from pages.ui.rate import Limit, RateSlider, rate_stops, read_rate, show_rate
from pages.ui.tex import result_tex

STEPS = 20
DOES = {
    "still": "stays",
    "crawl": "crawls",
    "monotone": "walks straight down",
    "one_step": "arrives in one step",
    "bounce": "crosses the minimum, nearer each time",
    "forever": "swings for ever",
    "diverge": "diverges",
}
BENDS = "Neither weight overshoots. Each goes a share of its own in every step, so the path bends."


def show_bowl(landscape: Landscape, momentum: float, facts: DeltaGenerator) -> None:
    """Show the slider, the walk of its rate and the losses; formula, curvatures and the ending go into `facts`."""
    flat, steep = sorted(curvatures(landscape))
    limit = learning_rate_limit(steep, momentum)
    rate = read_rate("brate", landscape.learning_rate, limit)
    path = descend(landscape, landscape.start, rate, STEPS, momentum)
    _slider(landscape, rate, momentum, limit)
    left, right = st.columns(2)
    with left:
        show_walk(landscape, start_plane(landscape), path, "bowl_path", None if momentum else rate, movable=False)
    with right:
        show(walk_losses_figure(path.losses), "bowl_losses", "The loss after each step.")
    with facts:
        st.latex(rf"\text{{loss}} = {landscape.formula}")
        st.latex(rf"\lambda_{{\max}} {result_tex(steep)} \qquad \lambda_{{\min}} {result_tex(flat)}")
        st.caption(_ending(path, verdict(rate, steep, momentum).kind))


def _slider(landscape: Landscape, rate: float, momentum: float, limit: float) -> None:
    """The slider of a bowl, with the limit of its steepest direction, and what each direction does."""
    steep = max(curvatures(landscape))
    marks = [Limit(1 / steep, "1/λmax"), Limit(2 / steep, "2/λmax")]
    if momentum:
        marks.append(Limit(limit, "2(1+β)/λmax"))
    stops = rate_stops(limit, marks, rate)
    said = [[verdict(float(stop), curvature, momentum) for curvature in curvatures(landscape)] for stop in stops]
    words = [[f"w₁ {DOES[first.kind]}", f"w₂ {DOES[second.kind]}"] for first, second in said]
    steepest = [max(pair, key=lambda one: one.product) for pair in said]  # the first of both to overshoot
    zones = zones_of(stops, steepest)
    alt = f"The learning rate on {landscape.label}, with the limit 2/λmax marked."
    show_rate(RateSlider(stops, rate, landscape.learning_rate, marks, zones, words, alt), "bowl_rate", "brate")


def _ending(path: Path, steepest: str) -> str:
    """Return in words what a walk did; `steepest` is what its steepest direction does."""
    if path.diverged_at is not None:
        return f"{VERDICTS['diverge']} At step {path.diverged_at} it left what can be drawn. Lower the learning rate."
    kind = "forever" if steepest == "forever" else judge(path)
    told = BENDS if kind == "monotone" else VERDICTS[kind]
    return f"{told} Loss {path.losses[0]:.4g} → {path.losses[-1]:.4g} in {len(path.rates)} steps."
