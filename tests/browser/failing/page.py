"""A page that fails where its reader says: in itself, a callback, a fragment or a component's script."""

import streamlit as st

from core.data import DataError


def fail(where: str) -> None:
    """Raise what nobody catches."""
    raise RuntimeError(f"a secret of {where} in {__file__}")


@st.fragment
def part() -> None:
    """Show a fragment that fails when it is asked to."""
    if st.button("Fragment"):
        fail("a fragment")


st.title("Failures")
part()
st.button("Callback", on_click=fail, args=("a callback",))
if st.button("Page"):
    fail("the page")
if st.button("Data"):
    raise DataError("The digits are missing. Run make data.")
if st.button("Component"):
    st.components.v2.component(
        "failing", html="<p>here</p>", js="export default function () { throw new Error('a secret of a component'); }"
    )(key="failing")
