"""Which loss curve to walk down: one of ours, or a formula that the reader types."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.descent import slopes_along
from core.expression import ExpressionError, parse
from core.landscapes import LANDSCAPES, Landscape, from_expression
from pages.ui import controls
from pages.ui.state import forget_url, remember, session
from pages.ui.typed_formula import formula_field, point_at

TYPED = "formula"
FIRST_FORMULA = "(w**2 - 9)**2 / 20 + sin(3*w)"
ENDS = 1000
RATE = 0.05  # for a formula nobody has seen before
FORGOTTEN = ("w", "step", "x", "u", "v")  # settings that belong to one curve


@dataclass
class Typed:
    """The last formula of this session that could be used, to stand in for one that cannot."""

    text: str = FIRST_FORMULA


def landscape_control(dimensions: int = 1) -> Landscape:
    """Return the landscape the reader picked, in one weight or two; with one, a formula may be typed."""
    key, default = ("curve", "double_well") if dimensions == 1 else ("surface", "bowl")
    rate = "rate" if dimensions == 1 else "rate2"
    labels = {name: entry.label for name, entry in LANDSCAPES.items() if entry.dimensions == dimensions}
    if dimensions == 1:
        labels[TYPED] = "Your own formula"
    name = controls.choice("Loss", key, labels, default, on_change=_take_settings, args=(key, rate))
    return _typed() if name == TYPED else LANDSCAPES[name]


def _take_settings(key: str, rate: str) -> None:
    """Leave the settings that made sense on another curve, and take the learning rate that suits this one."""
    forget_url(*FORGOTTEN)
    for name in FORGOTTEN:
        st.session_state.pop(name, None)
    landscape = LANDSCAPES.get(st.session_state[key])
    st.session_state[rate] = f"{landscape.learning_rate if landscape else RATE:g}"


def _start_over() -> None:
    forget_url("step")


def _typed() -> Landscape:
    used = session("typed_formula", Typed)
    text = formula_field("Loss of the weight w", FIRST_FORMULA, on_change=_start_over)
    left, right = st.columns(2)
    with left:
        low = controls.number("From", "from", -ENDS, ENDS, -5, on_change=_start_over)
    with right:
        high = controls.number("To", "to", -ENDS, ENDS, 5, on_change=_start_over)
    try:
        landscape = _read(text, low, high)
    except ExpressionError as error:
        point_at(error, used.text)
        return _read(used.text, -5, 5)
    except ValueError as error:
        st.error(f"This range cannot be drawn: {error}.", icon=":material/straighten:")
        return _read(used.text, -5, 5)
    remember("typed_formula", Typed(text))
    return landscape


def _read(text: str, low: int, high: int) -> Landscape:
    """Return the landscape of a formula; raises `ExpressionError` when it has no finite value from low to high."""
    expression = parse(text, ("w",))
    start = low + 0.8 * (high - low)
    landscape = from_expression(expression, start, RATE, low, high)
    w = np.linspace(low, high, 201)
    finite = np.isfinite(slopes_along(landscape, w)).all(0)
    if not finite.any():
        raise ExpressionError(f"The formula has no finite value from {low} to {high}.", text, 0)
    start = float(min(w[finite], key=lambda at: abs(at - start)))
    return from_expression(expression, start, RATE, low, high)
