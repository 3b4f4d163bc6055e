"""A text field for a formula, and what a reader is told when it cannot be read."""

import streamlit as st

from core.expression import FUNCTIONS, ExpressionError
from pages.ui.controls import Callback


def formula_field(label: str, first: str, names: str = "", on_change: Callback = None, placeholder: str = "") -> str:
    """Return the formula that the reader types, in the URL as `?f=`; `names` are the variables to list below it."""
    text = st.text_input(label, first, key="f", bind="query-params", on_change=on_change, placeholder=placeholder)
    st.caption(f"{names}`+ - * / **`, brackets, `pi`, `e`, {', '.join(f'`{name}`' for name in FUNCTIONS)}")
    return text


def point_at(error: ExpressionError, shown: str) -> None:
    """Say what is wrong with the formula and where, and which one is `shown` meanwhile."""
    st.error(f"{error} The picture still shows the last formula that could be used, `{shown}`.", icon=":material/edit:")
    st.code(error.pointer, language=None)
