"""The learning rate of a real network: its limit by power iteration, and short real runs below and above it."""

import streamlit as st

from core.descent import verdict
from core.experiments.network_loss import FullBatchRun, Subject
from core.experiments.stability import Stability, short_run
from core.figures.learning_rate import power_figure, runs_figure
from pages.ui.charts import draw
from pages.ui.parts.rate_view import zones_of
from pages.ui.rate import BEYOND, Limit, RateSlider, rate_stops, read_rate, show_rate
from pages.ui.tex import result_tex

STEPS = 25
UNSEEN = (
    "Above the mark the steepest direction overshoots more each time, as long as λmax is what it was at the start. "
    "Nothing is seen of it here: the overshoot began too small for so few steps, or λmax fell on the way."
)
SHARES = (0.25, 0.9, 1.25)  # of the limit, run beside the reader's own; the question asks about another
DEFAULT_SHARE = 0.5
REACH = 2.0  # the slider ends at so many times the limit


def network_rate(found: Stability) -> float:
    """Return the reader's learning rate for the real network."""
    return read_rate("nrate", _default(found), _slider_limit(found))


def _default(found: Stability) -> float:
    return float(f"{DEFAULT_SHARE * found.limit:.2g}")


def _slider_limit(found: Stability) -> float:
    return REACH * found.limit / BEYOND  # `rate_stops` goes beyond what it is told


def show_network_slider(found: Stability, rate: float) -> None:
    """Show the slider with 1/λmax and 2/λmax of the real network."""
    limit, slider_limit = found.limit, _slider_limit(found)
    marks = [Limit(limit / 2, "1/λmax"), Limit(limit, "2/λmax")]
    stops = rate_stops(slider_limit, marks, rate)
    zones = zones_of(stops, [verdict(float(stop), found.curvature) for stop in stops])
    words = [[f"{stop / limit:.2f} of the limit", _side(stop / limit)] for stop in stops]
    alt = "The learning rate of the real network, with 1/λmax and 2/λmax marked."
    show_rate(RateSlider(stops, rate, _default(found), marks, zones, words, alt), "network", "nrate")


def runs_around(subject: Subject, found: Stability, rate: float) -> list[FullBatchRun]:
    """Return the runs with the reader's rate and three others, the smallest rate first; kept once run."""
    return [short_run(subject, float(used), STEPS) for used in sorted({rate, *(s * found.limit for s in SHARES)})]


def show_runs(subject: Subject, found: Stability, rate: float) -> FullBatchRun:
    """Run the network with the reader's rate and three others, show their losses, and return the reader's run."""
    runs = runs_around(subject, found, rate)
    alt = "Loss of the real network against steps, for learning rates below and above 2/λmax."
    draw(runs_figure(runs, found.limit, rate), "runs", alt)
    if beyond := beyond_the_limit(runs, found):
        st.caption(beyond)
    return next(run for run in runs if run.learning_rate == rate)


def show_limit(found: Stability) -> None:
    """Show λmax and 2/λmax with their numbers, and how power iteration closed in on them."""
    st.latex(rf"\lambda_{{\max}} {result_tex(found.curvature, 7)}")
    st.latex(rf"2/\lambda_{{\max}} {result_tex(found.limit)}")
    alt = "The curvature that power iteration finds, rising towards λmax, and Lanczos's, which arrives."
    draw(power_figure(found.estimates, found.power_steps), "power", alt)
    st.caption(
        "The Hessian holds how fast each slope changes with each weight. Power iteration multiplies one vector by it "
        "again and again, which turns the vector to the steepest direction; Lanczos's method then reads λmax off all "
        f"the products together: {len(found.estimates)} of them, over {found.parameters:,} weights and biases. "
        "The Hessian itself is never built."
    )


def explain(run: FullBatchRun, found: Stability) -> str:
    """Return in words what a run did, from its numbers."""
    share = run.learning_rate / found.limit
    first, last, worst = run.losses[0], run.losses[-1], max(run.losses)
    told = f"η = {run.learning_rate:.3g} is {share:.2f} of 2/λmax."
    if run.diverged_at is not None:
        return f"{told} At step {run.diverged_at} the loss had grown beyond what a number can hold. Lower the rate."
    if run.learning_rate == 0:
        return f"{told} Nothing moves: the loss stays {first:.3f}."
    if run.rises == 0:
        told += f" The loss fell in every one of {STEPS} steps, from {first:.3f} to {last:.3f}."
        return told if run.learning_rate <= found.limit else f"{told} {UNSEEN}"
    told += (
        f" The loss rose in {run.rises} of {STEPS} steps, up to {worst:.3f} from {first:.3f}, and ended at {last:.3f}."
    )
    if last > first:
        return (
            f"{told} Along the steepest direction the walk diverges at first: its steps land farther away each time, "
            f"until the ground is less steep. After {STEPS} steps it has not come back. "
            "Well below the mark nothing throws it out."
        )
    if run.learning_rate <= found.limit:
        return f"{told} The mark holds where the walk began: on the way the loss bends more, and the limit is lower."
    return f"{told} It overshot the steepest direction, and found flatter ground farther on."


def beyond_the_limit(runs: list[FullBatchRun], found: Stability) -> str:
    """Return why a run above the limit may end low all the same, or nothing when none did."""
    thrown = [run for run in runs if run.learning_rate > found.limit and run.rises and run.losses[-1] < run.losses[0]]
    if not thrown or thrown[0].diverged_at is not None:
        return ""
    run = thrown[0]
    share, worst = run.learning_rate / found.limit, max(run.losses)
    return (
        f"The limit is that of the start. With {share:.2f} of it the loss rose in {run.rises} of {STEPS} steps, up to "
        f"{worst:.3f}, and then fell to {run.losses[-1]:.3f}: thrown out of its narrow valley, it landed in a wider "
        "one, where λmax is smaller. On a quadratic, whose λ is the same everywhere, nothing would have caught it. "
        "Lewkowycz et al., 2020, call this the catapult."
    )


def _side(share: float) -> str:
    if share == 0:
        return "nothing moves"
    if share > 1:
        return "at first the steepest direction overshoots more each time"
    return "the steepest direction swings, nearer each time" if share > 0.5 else "every direction shrinks"
