"""Learning rate: crawl, walk, bounce, diverge; the limit 2/λmax, first of a parabola, then of a real network."""

import streamlit as st

from core.curvature import hessian_vector_product, lanczos, power_iteration
from core.descent import descend, learning_rate_limit, verdict
from core.experiments.network_loss import NetworkLoss, Subject, full_batch_descent
from core.experiments.rate_sweep import rate_table, sweep
from core.experiments.stability import short_run, stability
from core.figures.learning_rate import schedule_figure
from core.landscapes import LANDSCAPES
from core.optimizers import SCHEDULES
from core.words import number_text
from pages.ui import controls
from pages.ui.charts import show
from pages.ui.frame import Code, Part, open_lesson
from pages.ui.parts import network_rate_view, rate_view
from pages.ui.parts.bowl_view import show_bowl
from pages.ui.quiz import Outcome
from pages.ui.rate import read_rate
from pages.ui.state import forget_url, remember, session

lesson = open_lesson("learning_rate")
QUADRATICS = {name: entry.label for name, entry in LANDSCAPES.items() if entry.curvatures and entry.dimensions == 1}
BOWLS = {name: entry.label for name, entry in LANDSCAPES.items() if entry.curvatures and entry.dimensions == 2}


def momentum_control() -> float:
    """Return β, the share of the last step that is kept."""
    return controls.slider("Momentum β", "momentum", 0.0, 0.95, 0.0, 0.05)


def one_weight() -> Code:
    """A slider whose every stop is a walk; momentum and schedules move the limit."""
    picture, control = st.columns([7, 3], gap="large")
    with control:
        landscape = LANDSCAPES[controls.choice("Loss", "curve", QUADRATICS, "square", on_change=forget_rate)]
        momentum = momentum_control()
        schedule = controls.choice("Schedule", "schedule", controls.labels(SCHEDULES), "constant")
    default = landscape.learning_rate
    rate = read_rate("rate", default, learning_rate_limit(rate_view.curvatures(landscape)[0], momentum))
    with picture:
        rate_view.show_sweep(landscape, rate, default, momentum, schedule)
        rate_view.show_closed_form(landscape, rate, momentum, schedule)
    if schedule != "constant":
        with control:
            alt = "The learning rate that each step uses."
            show(schedule_figure(rate, schedule, rate_view.STEPS), "schedule_picture", alt)
    return sweep, SCHEDULES[schedule].factor, verdict, landscape.function


def side_by_side() -> Code:
    """The same start with five learning rates, and the table of six."""
    start = rate_view.show_side_by_side(LANDSCAPES["square"])
    rate_view.show_rate_table(LANDSCAPES["square"], start)
    return sweep, rate_table, verdict, LANDSCAPES["square"].function


def bowl() -> Code:
    """Two weights of different curvature: the steeper one sets the limit, the flatter one the time."""
    picture, control = st.columns([7, 3], gap="large")
    with control:
        landscape = LANDSCAPES[controls.choice("Loss", "bowl", BOWLS, "bowl", on_change=forget_rate)]
        momentum = momentum_control()
        facts = st.container()
    with picture:
        show_bowl(landscape, momentum, facts)
    return descend, verdict, landscape.function


def network() -> Code:
    """A real network on real digits: its limit measured, and short real runs around it."""
    picture, control = st.columns([7, 3], gap="large")
    with control:
        seed = controls.number("Seed", "seed", 0, 99, 0)
    subject = Subject(seed=seed)
    is_new = session("learning_rate:measured", lambda: None) != subject
    shown, facts = (column.empty() if is_new else column.container() for column in (picture, control))
    if is_new:  # nothing of another network stands there while this one is measured
        facts.empty()
        with shown, st.spinner("Measuring the curvature of a real network, training below and above its limit …"):
            network_rate_view.runs_around(
                subject, stability(subject), network_rate_view.network_rate(stability(subject))
            )
        shown, facts = shown.container(), facts.container()
        remember("learning_rate:measured", subject)
    found = stability(subject)
    rate = network_rate_view.network_rate(found)
    with shown:
        network_rate_view.show_network_slider(found, rate)
        run = network_rate_view.show_runs(subject, found, rate)
        st.markdown(network_rate_view.explain(run, found))
    with facts:
        network_rate_view.show_limit(found)
    return stability, hessian_vector_product, power_iteration, lanczos, full_batch_descent, NetworkLoss


def forget_rate() -> None:
    """Leave a learning rate that belongs to another curve."""
    forget_url("rate", "brate")


def bounce() -> Outcome:
    """Ten steps on w² from 10 with a learning rate of 0.9."""
    weights = descend(LANDSCAPES["square"], (10.0,), 0.9, 10).weights[:, 0]
    choice = 0 if abs(weights[-1]) > 9 else 1 if abs(weights[-1]) < 5 else 2
    return Outcome(choice, "It went " + " → ".join(number_text(w, 3) for w in weights) + ".")


def with_momentum() -> Outcome:
    """Walk on w² with a rate of 1.5, without momentum and with 0.9 of it."""
    alone, helped = (descend(LANDSCAPES["square"], (10.0,), 1.5, 300, momentum) for momentum in (0.0, 0.9))
    left = abs(float(helped.weights[-1, 0]))
    lost = f"|w| passed 10¹² at step {alone.diverged_at}" if alone.diverged_at else "|w| stayed below 10¹²"
    sentence = f"After 300 steps with momentum, |w| = {number_text(left, 2)}. Without it, {lost}."
    return Outcome(1 if left < 0.1 and helped.diverged_at is None else 0 if helped.diverged_at else 2, sentence)


def where_both_end() -> Outcome:
    """Ten steps on w² from 10 with rates of 0.3 and 0.7."""
    near, far = (float(descend(LANDSCAPES["square"], (10.0,), rate, 10).weights[-1, 0]) for rate in (0.3, 0.7))
    choice = 2 if abs(abs(near) - abs(far)) < 1e-9 else 0 if abs(near) < abs(far) else 1
    return Outcome(choice, f"0.3 ended at w = {near:.6f}, 0.7 at w = {far:.6f}.".replace("-", "−"))


def through_the_valley() -> Outcome:
    """Twenty steps down the long valley, a little below its limit of 0.5, from a start on neither weight's own axis."""
    path = descend(LANDSCAPES["valley"], (5.0, 5.0), 0.45, 20)
    first, second = (float(share) for share in abs(path.weights[-1] / path.weights[0]))
    choice = 2 if max(first, second) < 0.01 else 0 if first < second else 1
    return Outcome(choice, f"After 20 steps, {first:.1%} of the way is left in w₁ and {second:.1%} in w₂.")


def above_the_limit() -> Outcome:
    """Twenty-five real steps of the network at 1.5 times its limit."""
    found = stability(Subject())
    run = short_run(Subject(), 1.5 * found.limit, network_rate_view.STEPS)
    choice = 2 if run.diverged_at is not None else 1 if run.losses[-1] > run.losses[0] else 0
    return Outcome(choice, network_rate_view.explain(run, found))


PARTS = {
    "one": Part("One weight", one_weight, {"bounce": bounce, "momentum": with_momentum}),
    "side": Part("Side by side", side_by_side, {"side": where_both_end}),
    "bowl": Part("Two weights", bowl, {"bowl": through_the_valley}),
    "network": Part("A real network", network, {"network": above_the_limit}),
}

lesson.parts(PARTS)
lesson.close()
