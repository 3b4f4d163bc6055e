"""Controls that share one setting with each other or with a component: one moves, the others follow."""

from collections.abc import Callable, Mapping
from typing import cast

import streamlit as st

from pages.ui.state import set_url, url_choice, url_number


def slide_or_type(
    label: str, name: str, low: float, high: float, default: float, step: float, furthest: float
) -> float:
    """Return a number that the reader slides from low to high, or types, up to ±furthest; in the URL under `name`."""
    value = url_number(name, default, -furthest, furthest)
    slider, field = f"{name}:slide", f"{name}:type"
    st.session_state[slider] = min(max(value, low), high)
    st.session_state[field] = value
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    left.slider(label, low, high, step=step, key=slider, on_change=_follow(slider, name, default))
    right.number_input(
        f"{label}, typed",
        -furthest,
        furthest,
        step=step,
        format="%g",
        key=field,
        label_visibility="collapsed",
        on_change=_follow(field, name, default),
    )
    return value


def shared_choice(label: str, name: str, labels: Mapping[str, str], default: str) -> str:
    """Return a name from a select box; something else on the page may write the same setting of the URL."""
    chosen = url_choice(name, default, tuple(labels))
    key = f"{name}:choose"
    st.session_state[key] = chosen
    st.selectbox(label, list(labels), format_func=labels.__getitem__, key=key, on_change=_follow(key, name, default))
    return chosen


def typed(
    label: str, key: str, value: float, low: float, high: float, step: float, apply: Callable[[float], None]
) -> None:
    """Show `value`, two decimals, for typing; `apply` writes what the reader types to where `value` comes from."""
    st.session_state[key] = float(value)

    def changed() -> None:
        apply(round(float(st.session_state[key]), 2))

    st.number_input(label, float(low), float(high), step=float(step), format="%.2f", key=key, on_change=changed)


def typed_integer(label: str, key: str, value: int, low: int, high: int, apply: Callable[[int], None]) -> None:
    """Show the whole number `value` for typing; `apply` writes it to where it comes from."""
    st.session_state[key] = int(value)
    st.number_input(label, low, high, step=1, key=key, on_change=lambda: apply(int(st.session_state[key])))


def _follow(key: str, name: str, default: object) -> Callable[[], None]:
    return lambda: set_url(name, cast(float | str, st.session_state[key]), default)
