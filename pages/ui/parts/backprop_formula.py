"""Backpropagation through single numbers: L = 3x² + 2, and a formula that the reader types."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from core.autograd import backward_steps, operate
from core.descent import square_by_autograd
from core.expression import Expression, ExpressionError, fold, parse
from core.expression.gradients import check_values, expression_graph, has_value_somewhere, used_variables
from core.gradient_check import check_graph, graph_by_torch, nudge_each
from core.graphs.examples import square_graph
from core.graphs.values import graph_table
from core.words import number_text
from pages.ui.frame import Code, show_code
from pages.ui.graph import forget_step, show_graph
from pages.ui.parts.gradient_checks import show_all_checks, show_checks
from pages.ui.state import remember, session
from pages.ui.synced import slide_or_type
from pages.ui.tex import aligned, result_tex, sign_tex, signed_tex, tex
from pages.ui.typed_formula import formula_field, point_at

VARIABLES = {"x": 2.0, "y": -1.0, "z": 0.5}
FURTHEST = 1e6
FIRST_FORMULA = "sigmoid(x*y + z) * x"


@dataclass(frozen=True)
class Typed:
    """The last formula of this session that could be read, to stand in for one that cannot."""

    expression: Expression


def show_square() -> float:
    """L = 3x² + 2 through n = x², 3n, + 2; returns the reader's x."""
    picture, control = st.columns([7, 3], gap="medium")
    with control:
        x = slide_or_type("x", "x", -5.0, 5.0, VARIABLES["x"], 0.1, FURTHEST)
        root = square_graph(x)
        checks = check_values(root)
        slope = checks[0].gradient
        st.latex(rf"L = 3x^2 + 2 {result_tex(root.data)}")
        start = r"\frac{\partial L}{\partial x} &= 1 \cdot 3 \cdot 2x"
        st.latex(aligned([start, rf"&{sign_tex(x)} 6 \cdot {signed_tex(x)}", f"&{sign_tex(x, slope)} {tex(slope)}"]))
    with picture:
        there = number_text(slope)
        alt = f"L = 3x² + 2 at x = {number_text(x)} as a graph of three operations; its gradient there is {there}."
        show_graph(graph_table(root), "square", alt)
    show_checks(checks)
    return x


def show_autograd(x: float) -> None:
    """The slope of x² alone by torch: the call that ran, and what it answered."""
    left, right = st.columns([3, 2], gap="medium")
    with left:
        show_code(square_by_autograd)
    with right:
        for at in dict.fromkeys((x, 3.0, 8.0)):
            y, slope = square_by_autograd(at)
            numbers = {"x": at, "x^2": y, r"\texttt{x.grad}": slope}
            lines = [f"{name} &{sign_tex(at, value)} {tex(value)}" for name, value in numbers.items()]
            st.latex(aligned(lines))  # narrow enough beside the code


def show_typed() -> Code:
    """A formula of the reader's own, in x, y and z."""
    expression, is_refused = typed_formula()
    picture = st.container()
    used = used_variables(expression)
    point = dict(VARIABLES)
    for column, name in zip(st.columns(len(VARIABLES), gap="medium"), used, strict=False):
        with column:
            point[name] = slide_or_type(name, name, -5.0, 5.0, VARIABLES[name], 0.1, FURTHEST)
    root = expression_graph(expression, point)
    with picture:
        told = math.isfinite(root.data) and tex(root.data) != expression.latex
        st.latex(f"L = {expression.latex}" + (f" {result_tex(root.data)}" if told else ""))
        if not math.isfinite(root.data) and not is_refused:
            st.warning(without_value(expression, point), icon=":material/swipe:")
        show_graph(
            graph_table(root),
            "typed",
            f"The formula {expression.text} as a graph; its value is {number_text(root.data)}.",
        )
    if used and math.isfinite(root.data):
        show_all_checks(check_values(root), len(used))
    return parse, fold, operate, backward_steps, check_graph, nudge_each, graph_by_torch


def without_value(expression: Expression, point: Mapping[str, float]) -> str:
    """Return in a sentence where the formula has no finite value: at this point, or at every one that was tried."""
    used = used_variables(expression)
    if not has_value_somewhere(expression):
        where = f"at every {' and '.join(used)} that was tried"
        return f"The formula is undefined or too large {where}, so it has no gradient. Change the formula."
    here = ", ".join(f"{name} = {number_text(point[name])}" for name in used)
    return f"The formula is undefined or too large at {here}, so it has no gradient there. Move away, or change it."


def typed_formula() -> tuple[Expression, bool]:
    """Return the typed formula, or the last one that could be read, and whether the typed one is refused."""
    text = formula_field("L = ", FIRST_FORMULA, "x, y, z, ", forget_step, placeholder="x*y + z")
    try:
        return remember("backpropagation:formula", Typed(parse(text, tuple(VARIABLES)))).expression, False
    except ExpressionError as error:
        last = session("backpropagation:formula", lambda: Typed(parse(FIRST_FORMULA, tuple(VARIABLES)))).expression
        point_at(error, last.text)
        return last, True
