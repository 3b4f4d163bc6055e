"""Gradient descent: read the slope, step against it, repeat; with one weight, then with two."""

import numpy as np
import streamlit as st

from core.descent import VERDICTS, descend, judge, slope_at, slopes_along, square_by_autograd
from core.landscapes import LANDSCAPES
from core.numeric import central_difference, forward_difference, shrink_nudge
from core.words import number_text
from pages.ui import controls
from pages.ui.frame import Code, Part, open_lesson, show_code
from pages.ui.parts.descent_view import (
    STEPS,
    begin_at,
    go_on,
    rate_control,
    show_balls,
    show_parabola,
    show_update,
    starts,
    tell_gaps,
    tell_whose,
    walk,
    wanted_starts,
)
from pages.ui.parts.landscape_choice import landscape_control
from pages.ui.parts.nudge_view import is_defined, nudges_at, show_difference, show_nudges, show_table
from pages.ui.parts.surface_view import show_step, show_surface, show_walk, start_plane
from pages.ui.plane import type_point
from pages.ui.quiz import Outcome
from pages.ui.state import forget_url, url_integer, url_numbers
from pages.ui.tex import aligned, result_tex, sign_tex, tex

lesson = open_lesson("gradient_descent")
AFTER = f"The loss before the first step, and after {STEPS} of them."


def one_weight() -> Code:
    """A ball on a curve, or several: drag, step, play."""
    picture, control = st.columns([7, 3], gap="large")
    with control:
        landscape = landscape_control()
        rate = rate_control(landscape)
        balls = controls.number("Balls", "balls", 1, 5, 1, on_change=forget_url, args=("step",))
    wanted = wanted_starts(landscape, balls)
    start = starts(landscape, wanted)
    walks = walk(landscape, start, rate)
    step = min(url_integer("step", 0, 0, STEPS), max(len(path.rates) for path in walks))
    ball = url_integer("ball", 1, 1, balls) - 1
    with picture:
        show_balls(landscape, start, rate, step, walks, ball)
        tell_gaps(wanted, start)
        st.latex(rf"\text{{loss}}(w) = {landscape.formula}")
        if balls > 1:
            tell_whose(ball, balls)
        show_update(landscape, walks[ball], rate, step)
        go_on(landscape, walks, step, begin_at)
    return descend, slope_at, landscape.function


def nudge() -> Code:
    """Finite difference against derivative as the nudge shrinks, down to where rounding wins."""
    picture, control = st.columns([7, 3], gap="large")
    with control:
        landscape = landscape_control()
        low, high = float(landscape.low), float(landscape.high)
        middle_right = round(low + 0.7 * (high - low), 2)  # where w + 1 is on the picture too
        x = controls.slider("Weight w", "x", low, high, middle_right, (high - low) / 200)
        row = controls.number("Nudge h = 10⁻ᵏ, k =", "k", 0, 16, 0)
    y, slope, table = nudges_at(landscape, x)
    if not is_defined(y, slope):
        picture.info(f"The loss has no finite value and slope at w = {x:g}. Move w.", icon=":material/swipe:")
        return slopes_along, landscape.function
    with picture:
        show_nudges(landscape, x, y, slope, table, row)
    with control:
        show_difference(x, slope, table[row])
    show_table(table)
    return shrink_nudge, forward_difference, central_difference, slopes_along, landscape.function


def two_weights() -> Code:
    """A walk over a surface and its contours."""
    picture, control = st.columns([7, 3], gap="large")
    with control:
        landscape = landscape_control(2)
        rate = rate_control(landscape, "rate2")
        plane = start_plane(landscape)
        type_point(plane, "Start ")
    path = descend(landscape, plane.point(), rate, STEPS)
    with picture:
        show_walk(landscape, plane, path, "contours", rate)
        go_on(landscape, [path], url_integer("step", 0, 0, STEPS), plane.move)
    with control:
        st.latex(rf"\text{{loss}} = {landscape.formula}")
        show_step(path, rate)
        st.caption(f"{VERDICTS['diverge']} Lower the learning rate." if judge(path) == "diverge" else AFTER)
    show_surface(landscape, path)
    return descend, slope_at, landscape.function


def autograd() -> Code:
    """A real `backward()` at 3, at 8, and wherever the reader's hand goes."""
    picture, answers = st.columns(2, gap="large")
    (x,) = url_numbers("at", (3.0,), -10, 10)
    with picture:
        show_parabola(x)
    with answers:
        for at in dict.fromkeys((x, 3.0, 8.0)):
            y, slope = square_by_autograd(at)
            first = rf"x &{result_tex(at)} \qquad x^2 {sign_tex(at, y)} {tex(y)}"
            st.latex(
                aligned([first, rf"\text{{slope}} &{sign_tex(at, slope)} {tex(slope)}"])
            )  # fits beside the picture
        show_code(square_by_autograd)
    lesson.section("Autograd")
    return (square_by_autograd,)


def well() -> Outcome:
    """Let a ball go at 0.4, just right of the hilltop between the valleys."""
    path = descend(LANDSCAPES["double_well"], (0.4,), 0.05, 300)
    end = path.weights[-1, 0]
    sentence = f"From w = 0.4 it went to w = {end:.3f}, loss {path.losses[-1]:.3f}; the other valley lies lower."
    return Outcome(0 if end < -1 else 1 if end > 1 else 2, sentence)


def kink() -> Outcome:
    """Walk down |w| with a fixed rate of 1 from 7.3."""
    path = descend(LANDSCAPES["absolute"], (7.3,), 1.0, 200)
    before, last = path.weights[-2:, 0]
    settled = abs(last) < 0.01
    swing = f"from {number_text(before, 1)} to {number_text(last, 1)}"
    sentence = f"After 200 steps it still goes {swing}: the slope is 1 or −1, however near."
    return Outcome(0 if settled else 1 if judge(path) != "diverge" else 2, sentence)


def saddle() -> Outcome:
    """Walk along the saddle exactly on its ridge, w₂ = 0, and then a hundredth beside it."""
    on, beside = (descend(LANDSCAPES["saddle"], (2.5, second), 0.1, 200).weights[-1] for second in (0.0, 0.01))
    stuck, slid = bool(np.abs(on).max() < 1e-3), bool(abs(beside[1]) > 1)
    sentence = f"From w₂ = 0 it ended at w₂ = {on[1]:.3f}, from w₂ = 0.01 at w₂ = {beside[1]:.3f}."
    return Outcome(1 if stuck and slid else 0 if stuck else 2, sentence.replace("-", "−"))


def smallest() -> Outcome:
    """Find the nudge with the least error at 2 on w·cos(0.15πw)."""
    table = nudges_at(LANDSCAPES["cosine"], 2.0)[2]
    asked = [row for row in table if row.h in (1.0, 1e-8, 1e-16)]
    best = min(asked, key=lambda row: row.forward_error)
    errors = ", ".join(f"{number_text(row.forward_error, 1)} at {number_text(row.h, 1)}" for row in asked)
    return Outcome((1.0, 1e-8, 1e-16).index(best.h), f"The errors were {errors}.")


def mirror() -> Outcome:
    """Ask autograd for the slope of x² at 3 and at −3."""
    right, left = (square_by_autograd(x)[1] for x in (3.0, -3.0))
    sentence = f"x.grad is {left:g} at −3 and {right:g} at 3: its sign says on which side the minimum lies."
    return Outcome(0 if left == right else 1 if left == -right else 2, sentence.replace("-", "−"))


PARTS = {
    "ball": Part("One weight", one_weight, {"well": well, "kink": kink}),
    "nudge": Part("Nudge or derivative", nudge, {"smallest": smallest}),
    "surface": Part("Two weights", two_weights, {"saddle": saddle}),
    "autograd": Part("Ask autograd", autograd, {"mirror": mirror}),
}

lesson.parts(PARTS)
lesson.close()
