"""Which network answers: one the learner has trained, or the shipped one; the page says which."""

from functools import lru_cache

import streamlit as st
from torch import nn

from core.database import StoreUnavailable
from core.model import load_model
from core.runs import RunSummary, UnknownRun, get_engine
from pages.ui.state import owner

SHIPPED = "shipped"
AWAY = "Your own networks cannot be reached just now, so the shipped one answers. They are kept."


def choose_model() -> nn.Module:
    """Show which network answers and return it; the learner's newest run comes first, the shipped model last."""
    runs = _trained()
    names = [*runs, SHIPPED]
    chosen = st.selectbox("Who answers", names, format_func=lambda name: _label(name, runs), key="answers")
    if chosen in runs:
        try:
            snapshot = get_engine().snapshot(chosen, owner())
        except UnknownRun:
            snapshot = None
        except StoreUnavailable:
            st.caption(AWAY)
            return shipped_model()
        if snapshot is not None:
            return snapshot.model()
        st.caption("That run has no weights yet, so the shipped network answers.")
    return shipped_model()


def _trained() -> dict[str, RunSummary]:
    """Return the learner's runs that have taken a step, newest first; none while the database does not answer."""
    try:
        return {run.run_id: run for run in get_engine().runs(owner()) if run.step > 0}
    except StoreUnavailable:
        st.caption(AWAY)
        return {}


def _label(name: str, runs: dict[str, RunSummary]) -> str:
    if name == SHIPPED:
        return "The shipped network"
    run = runs[name]
    tested = "not tested yet" if run.test_accuracy is None else f"{run.test_accuracy:.1%}"
    newest = "Your newest" if run is next(iter(runs.values())) else "Yours"
    return f"{newest}: {tested}, {'-'.join(map(str, run.spec.model.widths))}"


@lru_cache(maxsize=1)
def shipped_model() -> nn.Module:
    """Return the network that comes with the project; raises `ModelError`."""
    return load_model()
