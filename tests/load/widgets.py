"""Values of widgets as Streamlit's page keeps and sends them."""

import random
from collections.abc import Sequence
from typing import Any

from streamlit.proto.Slider_pb2 import Slider
from streamlit.proto.WidgetStates_pb2 import WidgetState

Value = bool | float | str | Sequence[str] | None
BUTTONS = ("button",)
WITH_VALUE = ("slider", "button_group", "selectbox", "radio", "number_input", "text_input", "text_area", "checkbox")


def shown_value(kind: str, widget: Any) -> Value:
    """Return the value a widget has when it appears: the server's when it sets one, its default otherwise."""
    match kind:
        case "slider":
            return _of_slider(widget)
        case "button_group":
            chosen = [widget.options[index].content for index in widget.default]
            return list(widget.raw_values) if widget.set_value else chosen
        case "selectbox" | "radio":
            default = widget.options[widget.default] if widget.HasField("default") and widget.options else None
            return (widget.raw_value or None) if widget.set_value else default
        case "number_input" | "text_input" | "text_area":
            default = widget.default if widget.HasField("default") else None
            return widget.value if widget.set_value else default
        case "checkbox":
            return bool(widget.value if widget.set_value else widget.default)
    raise ValueError(f"a {kind} has no value that this client knows")


def _of_slider(widget: Slider) -> Value:
    if widget.type == Slider.SELECT_SLIDER:
        return list(widget.raw_value) if widget.set_value else [widget.options[int(index)] for index in widget.default]
    return tuple(widget.value if widget.set_value else widget.default)


def state_of(kind: str, widget: Any, value: Value) -> WidgetState:
    """Return the message that says a widget's value."""
    state = WidgetState(id=widget.id)
    match kind:
        case "slider" if widget.type != Slider.SELECT_SLIDER:
            state.double_array_value.data.extend([float(v) for v in many(value)])
        case "slider" | "button_group":
            state.string_array_value.data.extend([str(v) for v in many(value)])
        case "number_input":
            if value is not None:
                state.double_value = float(value)
        case "checkbox":
            state.bool_value = bool(value)
        case "button":
            state.trigger_value = True
        case _:
            if value is not None:
                state.string_value = str(value)
    return state


def many(value: Value) -> Sequence[Any]:
    """Return a value as a sequence."""
    if value is None:
        return ()
    return value if isinstance(value, list | tuple) else (value,)


def in_url(value: Value) -> list[str]:
    """Return a value as the page's address says it."""
    return [
        str(v).lower() if isinstance(v, bool) else f"{v:.12g}" if isinstance(v, float | int) else v for v in many(value)
    ]


def current(state: WidgetState) -> Value:
    """Return the value that a state says."""
    kind = state.WhichOneof("value")
    value = getattr(state, kind) if kind else None
    return list(value.data) if hasattr(value, "data") else value


def moved(kind: str, widget: Any, value: Value, rng: random.Random) -> Value:
    """Return another value as a hand chooses it: a neighbouring stop, another name, a number some steps away."""
    match kind:
        case "checkbox":
            return not value
        case "button_group":
            return _other([[option.content] for option in widget.options], value, rng)
        case "selectbox" | "radio":
            return _other(list(widget.options), value, rng)
        case "slider" if widget.type == Slider.SELECT_SLIDER:
            place = list(widget.options).index(many(value)[0])
            return [widget.options[_neighbour(place, len(widget.options), rng)]]
        case "slider" | "number_input":
            steps = rng.choice([-3, -2, -1, 1, 2, 3]) * (widget.step or 1)
            number = min(max(many(value)[0] + steps, widget.min), widget.max)
            return [number] if kind == "slider" else number
    return value


def _other(values: Sequence[Value], value: Value, rng: random.Random) -> Value:
    return rng.choice([other for other in values if other != value] or [value])


def _neighbour(place: int, count: int, rng: random.Random) -> int:
    return min(max(place + rng.choice((-1, 1)), 0), count - 1)
