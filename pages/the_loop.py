"""The loop: what makes a program a learner, as a map of seven steps that run when pressed; 3 against 7 by hand."""

import streamlit as st

from core.experiments.baseline import compare, ideals
from core.experiments.loop import LoopConfig, gradient, initialise, loss, predict, repeat, step, stop
from pages.ui import controls
from pages.ui.catalogue import lesson as entry
from pages.ui.frame import open_lesson, page_of
from pages.ui.loop_map import loop_map
from pages.ui.parts.baseline_view import by_hand, who_wins
from pages.ui.parts.loop_state import Loop, current, press, run, start_over
from pages.ui.parts.loop_view import changes, pictures

RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10)
BATCHES = (1, 4, 16, 64, 256, 1024)
REPEATS = {"1": "1 round", "10": "10 rounds", "100": "100 rounds"}

PANEL = 420  # pixels: what a step changed fits, so that nothing below it jumps

lesson = open_lesson("the_loop")


def ways_on() -> None:
    """Show the two doors that a reader in a hurry wants."""
    doors = {"train": "Train on all 60,000 digits", "draw": "Draw a digit of your own"}
    with st.container(horizontal=True, horizontal_alignment="center", gap="small"):
        for name, label in doors.items():
            icon = f":material/{entry(name).icon}:"
            st.page_link(page_of(entry(name)), label=f"**{label}**", icon=icon, width="content")


def settings() -> LoopConfig:
    """Return the settings that stand in the URL."""
    rate_column, batch_column, seed_column = st.columns(3, gap="medium")
    with rate_column:
        rate = controls.stops("Learning rate", "rate", RATES, 0.3)
    with batch_column:
        batch = controls.stops("Batch size", "batch", BATCHES, 64)
    with seed_column:
        seed = controls.number("Seed", "seed", 0, 9999, 1)
    return LoopConfig(seed, rate, int(batch))


def buttons(loop: Loop, rounds: int) -> None:
    """Show what runs whole rounds."""
    many = f"Run {REPEATS[str(rounds)]}" if rounds > 1 else "Once more"
    with st.container(horizontal=True, horizontal_alignment="center", gap="small"):
        st.button("Run one round", type="primary", icon=":material/play_arrow:", on_click=run, args=(loop, 1))
        st.button(many, icon=":material/fast_forward:", on_click=run, args=(loop, rounds), key="many")
        st.button("Start over", on_click=start_over, args=(loop,))


@st.fragment
def the_map() -> None:
    """Show the map with its buttons and settings, and the numbers beside it."""
    map_column, number_column = st.columns([5, 6], gap="large")
    with map_column:
        place = st.container()
        config = settings()
        rounds = int(controls.pick("Step 6 repeats", "by", REPEATS, "10"))
    loop = current(config)
    with place:
        loop_map(loop.state, loop.ran, loop.tick, lambda name: press(loop, name, rounds))
        buttons(loop, rounds)
        ways_on()
    with number_column:
        pictures(loop.state)
        with st.container(border=True, height=PANEL):
            changes(loop)


the_map()
st.subheader("What makes it a learner", anchor=False)
lesson.section("What makes it a learner")
st.subheader("3 against 7: by hand, or learned?", anchor=False)
lesson.section("By hand")
lesson.predict("contest", run=who_wins)
by_hand()
lesson.close(code=[initialise, predict, loss, gradient, step, repeat, stop, ideals, compare])
