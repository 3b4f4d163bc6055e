"""What a run looks like: progress with time left, curves, weights as images, digits with the guesses of the moment."""

import math
from collections.abc import Sequence
from dataclasses import replace

import streamlit as st
import torch

from core.data import load_mnist
from core.database import StoreUnavailable
from core.diagnosis import GUESSING, why_diverged, why_stuck
from core.model import MLP, build_model
from core.runs import Progress, RunSpec, Snapshot, Status, UnknownRun, get_engine
from core.training import StepRecord, TrainConfig
from pages.ui.catalogue import lesson
from pages.ui.frame import page_of
from pages.ui.live_charts import show_charts
from pages.ui.network_picture import picture_of, picture_of_start, show_picture
from pages.ui.state import owner, session

NOT_BEGUN = "Not begun."
STUCK_EPOCHS = 0.5  # after so many a network that only guesses is stuck
SAYS = {
    Status.QUEUED: "Waiting for a place",
    Status.RUNNING: "Training",
    Status.PAUSED: "Paused",
    Status.FINISHED: "Finished",
    Status.STOPPED: "Stopped",
    Status.DIVERGED: "Diverged",
    Status.INTERRUPTED: "Interrupted",
    Status.FAILED: "Failed",
}


def show_start(spec: RunSpec) -> None:
    """Show the network before its first step: empty axes, random weights, guesses by chance."""
    st.progress(0.0, text=f"Ready: {spec.model.parameters:,} random weights and biases, seed {spec.training.seed}")
    _metrics(None, None, None, None)
    show_charts((), spec.training.epochs, NOT_BEGUN)
    show_picture(picture_of_start(spec.model, spec.training.seed))


def show_run(progress: Progress, records: Sequence[StepRecord], chosen: RunSpec | None) -> None:
    """Show a run as it stands; `chosen` is what the controls say now."""
    spec = progress.spec
    st.progress(min(progress.step / progress.total_steps, 1.0), text=_headline(progress))
    tested = [record for record in records if record.test_accuracy is not None]
    last_test = tested[-1].test_accuracy if tested else None
    loss = records[-1].loss if records else None
    _metrics(last_test, loss, progress.examples_per_second, progress.seconds_left)
    try:
        _messages(progress, records, chosen)
        show_charts(records, spec.training.epochs, _alt(loss, last_test))
        snapshot = _snapshot(progress)
        started = progress.spec.model, progress.spec.training.seed
        show_picture(picture_of_start(*started) if snapshot is None else picture_of(snapshot))
    except StoreUnavailable:
        st.caption("Its weights cannot be read just now.")
    if progress.status is Status.FINISHED:
        st.page_link(page_of(lesson("draw")), label="Now draw a digit: this network reads it", icon=":material/draw:")


def _headline(progress: Progress) -> str:
    if progress.status is Status.QUEUED:
        if not progress.wait_seconds:
            return "Starting …"
        return f"{SAYS[progress.status]}: number {progress.position or 1} in the queue, {_about(progress.wait_seconds)}"
    training = progress.spec.training
    epoch = progress.step / progress.total_steps * training.epochs
    return f"{SAYS[progress.status]} · epoch {epoch:.2f} of {training.epochs} · step {progress.step:,}"


def _about(seconds: float) -> str:
    return f"about {seconds:.0f} s" if seconds < 90 else f"about {seconds / 60:.0f} min"


def _metrics(test: float | None, loss: float | None, speed: float | None, left: float | None) -> None:
    with st.container(horizontal=True):
        st.metric("Test accuracy", "–" if test is None else f"{test:.2%}")
        st.metric("Training loss", _loss_text(loss), help="The mean over the batches of the last moments.")
        st.metric("Examples a second", "–" if speed is None else f"{speed:,.0f}")
        st.metric("Time left", "–" if left is None else f"{left:.0f} s")


def _loss_text(loss: float | None) -> str:
    if loss is None:
        return "–"
    return f"{loss:.3f}" if math.isfinite(loss) else "overflow"


def _messages(progress: Progress, records: Sequence[StepRecord], chosen: RunSpec | None) -> None:
    stuck = bool(records) and records[-1].epoch > STUCK_EPOCHS and records[-1].accuracy < GUESSING
    if progress.status is Status.DIVERGED:
        st.error(_why_diverged(progress), icon=":material/trending_up:")
    elif stuck and progress.status in (Status.FINISHED, Status.STOPPED):
        st.error(_why_stuck(progress), icon=":material/heart_broken:")
    elif stuck and progress.status is Status.RUNNING:
        st.warning("It is still only guessing. Press Stop to find out why.", icon=":material/help:")
    elif progress.message:
        st.info(progress.message, icon=":material/info:")
    if chosen is not None and not _same_but_rate(chosen, progress.spec):
        trained = "-".join(map(str, progress.spec.model.widths))
        st.caption(
            f"The picture shows {trained}, seed {progress.spec.training.seed}. Your changes count from the next Train."
        )


def _same_but_rate(chosen: RunSpec, running: RunSpec) -> bool:
    """Return whether two runs differ in nothing but the learning rate, which may change on the way."""
    same_rate = replace(chosen.training, learning_rate=running.training.learning_rate)
    return (chosen.model, same_rate) == (running.model, running.training)


def _why_diverged(progress: Progress) -> str:
    model, training = progress.spec.model, _trained_with(progress)
    return session(f"why:{progress.run_id}", lambda: why_diverged(model, training, progress.step, load_mnist()))


def _why_stuck(progress: Progress) -> str:
    return session(f"why:{progress.run_id}", lambda: why_stuck(_model(progress), _trained_with(progress), load_mnist()))


def _trained_with(progress: Progress) -> TrainConfig:
    """Return the settings of a run with the learning rate that it came to in the end."""
    return replace(progress.spec.training, learning_rate=progress.learning_rate)


def _snapshot(progress: Progress) -> Snapshot | None:
    """Return the newest weights of a run, if it has any."""
    try:
        return get_engine().snapshot(progress.run_id, owner())
    except UnknownRun:
        return None


def _model(progress: Progress) -> MLP:
    """Return the network of a run, with its newest weights or those it started from."""
    snapshot, spec = _snapshot(progress), progress.spec
    start = torch.Generator().manual_seed(spec.training.seed)
    return build_model(spec.model, start) if snapshot is None else snapshot.model()


def _alt(loss: float | None, test: float | None) -> str:
    if loss is None:
        return NOT_BEGUN
    return f"Training loss {_loss_text(loss)}" + ("" if test is None else f", test accuracy {test:.1%}")
