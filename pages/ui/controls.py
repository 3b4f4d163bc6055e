"""Controls whose value stands in the URL under their key, so that a link reproduces what the reader sees."""

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import streamlit as st

from pages.ui.state import forget_url, session

Callback = Callable[[], None] | None


def slider(label: str, key: str, low: float, high: float, default: float, step: float, **options: Any) -> float:
    """Return the value of a slider from `low` to `high`."""
    _stay_within(key, low, high)
    return st.slider(label, low, high, default, step, key=key, bind="query-params", **options)


def number(label: str, key: str, low: int, high: int, default: int, step: int = 1, **options: Any) -> int:
    """Return a whole number from `low` to `high` that the reader types or steps."""
    _stay_within(key, low, high)
    _refuse_infinite(key)
    try:
        value = st.number_input(label, low, high, default, step, key=key, bind="query-params", **options)
    except OverflowError:  # on the way back to it, when it belongs to the widget
        value = st.number_input(label, low, high, default, step, key=f"{key}:unbound", **options)
    return int(value)


def decimal(label: str, key: str, low: float, high: float, default: float, step: float, **options: Any) -> float:
    """Return a number from `low` to `high` that the reader types or steps."""
    _stay_within(key, low, high)
    return float(st.number_input(label, low, high, default, step, key=key, bind="query-params", **options))


def stops(label: str, key: str, values: Sequence[float], default: float, **options: Any) -> float:
    """Return one of a few numbers on a slider; the default is added when it is not among them."""
    steps = sorted({*values, default})
    texts = [f"{value:g}" for value in steps]
    chosen = st.select_slider(label, texts, f"{default:g}", key=key, bind="query-params", **options)
    return float(chosen)


def choice(label: str, key: str, labels: Mapping[str, str], default: str, **options: Any) -> str:
    """Return a name from a select box that shows each name's label."""
    _label_in_url(key, labels)
    names = list(labels)
    show = labels.__getitem__
    return st.selectbox(label, names, names.index(default), show, key=key, bind="query-params", **options) or default


def pick(label: str, key: str, labels: Mapping[str, str], default: str, **options: Any) -> str:
    """Return a name from a few buttons side by side that show each name's label."""
    _label_in_url(key, labels)
    picked = st.segmented_control(
        label,
        list(labels),
        default=default,
        format_func=labels.__getitem__,
        key=key,
        bind="query-params",
        required=True,
        **options,
    )
    return picked or default


def _stay_within(key: str, low: float, high: float) -> None:
    """Move a value to the end of a range that has become narrower, which Streamlit takes for a fault."""
    value = st.session_state.get(key)
    if isinstance(value, int | float) and not low <= value <= high:
        st.session_state[key] = type(low)(max(low, min(value, high)))  # of no number the low end


def _refuse_infinite(key: str) -> None:
    """Begin again without an infinite number in the URL, of which Streamlit would make an integer."""
    with suppress(ValueError):
        if math.isinf(float(st.query_params.get(key, 0))):
            forget_url(key)
            if key not in st.query_params:
                st.rerun()


def _label_in_url(key: str, labels: Mapping[str, str]) -> None:
    """Let a link say a choice by its name too, though Streamlit's widgets know only the labels they show.

    A name is set as the widget's value. Streamlit takes it out of the URL as unknown, and writes the label there when
    the value is set once more after the widget is there: in the next run, when the reader first touches the page.
    """
    if st.session_state.get(key) not in (None, *labels):  # another lesson's, which has a setting of the same name
        del st.session_state[key]
    named = session("said by name", set[str])
    name = st.query_params.get(key)
    if key in named and key in st.session_state:
        named.remove(key)
        st.session_state[key] = st.session_state[key]
    elif name in labels and name not in labels.values() and key not in st.session_state:
        st.session_state[key] = name
        named.add(key)


def several(label: str, key: str, labels: Mapping[str, str], default: Sequence[str], **options: Any) -> list[str]:
    """Return names from buttons that show each name's label, in the order of `labels`; with a default one stays on."""
    last = f"{key}:last on"
    if default and not st.session_state.get(key, default):
        st.session_state[key] = list(default)
    picked = st.pills(
        label,
        list(labels),
        selection_mode="multi",
        default=list(default),
        format_func=labels.__getitem__,
        key=key,
        bind="query-params",
        wrap=True,
        on_change=_keep_one if default else "rerun",
        args=(key, last) if default else None,
        **options,
    )
    if default and not picked:  # an empty list in the URL, which Streamlit takes before a value can be set
        st.rerun()
    st.session_state[last] = picked
    return [name for name in labels if name in picked]


def _keep_one(key: str, last: str) -> None:
    """Put the buttons back as they were when the reader has switched off the last that was on."""
    if not st.session_state.get(key):
        st.session_state[key] = st.session_state[last]


def switch(label: str, key: str, default: bool = False, **options: Any) -> bool:
    """Return whether a switch is on."""
    return st.toggle(label, default, key=key, bind="query-params", **options)


def labels(registry: Mapping[str, Any]) -> dict[str, str]:
    """Return name → label of a registry whose entries have a `label`."""
    return {name: entry.label for name, entry in registry.items()}
