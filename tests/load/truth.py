"""A page whose every answer is known, for tests of the load client."""

import time

import streamlit as st

if st.query_params.get("fail"):
    raise RuntimeError("wanted by the test")

session = st.session_state
session.runs = session.get("runs", 0) + 1
number = st.slider("Number", 0, 10, 3)
stop = st.select_slider("Stop", ["low", "middle", "high"], "middle")
bound = st.selectbox("Bound", ["a", "b", "c"], key="bound", bind="query-params")
text = st.text_input("Text", "word")
name = st.segmented_control("Name", ["x", "y"], default="x", required=True)
on = st.toggle("On")
pressed = st.button("Press")
st.markdown(f"runs {session.runs}")
st.markdown(f"number {number}, stop {stop}, bound {bound}, text {text}, name {name}, on {on}, pressed {pressed}")
st.markdown("long " * 3000)  # long enough for Streamlit to send it by its name alone, which our settings forbid
if number == 9:
    st.error("Nine is too many.")
if number == 8:
    st.markdown("eight " + st.query_params["bound"])
if number == 7:
    raise ValueError("seven")


@st.fragment
def part() -> None:
    inside = st.slider("Inside", 0, 5, 1)
    for line in range(inside):
        st.markdown(f"line {line}")
    if inside == 5:
        st.rerun()


@st.fragment(run_every=0.2 if on else None)
def clock() -> None:
    session.ticks = session.get("ticks", 0) + 1
    st.markdown(f"ticks {session.ticks}")
    if name == "y":
        time.sleep(0.5)


part()
clock()
