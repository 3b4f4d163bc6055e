"""A number that the reader types while something else, such as a dragged edge, may change it too."""

from collections.abc import Callable

import streamlit as st


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
