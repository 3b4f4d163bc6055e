"""What a run looks like: progress with time left, curves, weights as images, digits with the guesses of the moment."""

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
import streamlit as st
import torch
from numpy.typing import NDArray

from core.data import load_mnist
from core.diagnosis import GUESSING, why_diverged, why_stuck
from core.figures.training import curves_figure
from core.model import MLP, build_model, predict
from core.runs import Progress, RunSpec, Status, UnknownRun, get_engine
from core.training import StepRecord, TrainConfig
from pages.ui.catalogue import lesson
from pages.ui.charts import show
from pages.ui.frame import page_of
from pages.ui.state import owner, session
from pages.ui.tiles import guess_tiles, show_tiles, weight_tiles

SHOWN_DIGITS = 24
SHOWN_NEURONS = 24
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
    show(curves_figure([], spec.training.epochs, "start"), "curves", alt="Loss and accuracy, not begun")
    _network(build_model(spec.model, torch.Generator().manual_seed(spec.training.seed)))


def show_run(progress: Progress, records: Sequence[StepRecord], chosen: RunSpec | None) -> None:
    """Show a run as it stands; `chosen` is what the controls say now."""
    spec = progress.spec
    st.progress(min(progress.step / progress.total_steps, 1.0), text=_headline(progress))
    tested = [record for record in records if record.test_accuracy is not None]
    last_test = tested[-1].test_accuracy if tested else None
    loss = records[-1].loss if records else None
    _metrics(last_test, loss, progress.examples_per_second, progress.seconds_left)
    _messages(progress, records, chosen)
    show(curves_figure(records, spec.training.epochs, progress.run_id), "curves", alt=_curves_alt(loss, last_test))
    _network(_model(progress))
    if progress.status is Status.FINISHED:
        st.page_link(page_of(lesson("draw")), label="Now draw a digit: this network reads it", icon=":material/draw:")


def _headline(progress: Progress) -> str:
    if progress.status is Status.QUEUED:
        wait = f", about {progress.wait_seconds:.0f} s" if progress.wait_seconds is not None else ""
        return f"{SAYS[progress.status]}: number {progress.position or 1} in the queue{wait}"
    training = progress.spec.training
    epoch = progress.step / progress.total_steps * training.epochs
    return f"{SAYS[progress.status]} · epoch {epoch:.2f} of {training.epochs} · step {progress.step:,}"


def _metrics(test: float | None, loss: float | None, speed: float | None, left: float | None) -> None:
    with st.container(horizontal=True):
        st.metric("Test accuracy", "–" if test is None else f"{test:.2%}")
        st.metric("Training loss", _loss_text(loss))
        st.metric("Examples a second", "–" if speed is None else f"{speed:,.0f}")
        st.metric("Time left", "–" if left is None else f"{left:.0f} s")


def _loss_text(loss: float | None) -> str:
    if loss is None:
        return "–"
    return f"{loss:.3f}" if math.isfinite(loss) else "overflow"


def _messages(progress: Progress, records: Sequence[StepRecord], chosen: RunSpec | None) -> None:
    if progress.status is Status.DIVERGED:
        st.error(_why_diverged(progress), icon=":material/trending_up:")
    elif progress.status is Status.FINISHED and records and records[-1].accuracy < GUESSING:
        st.error(_why_stuck(progress), icon=":material/heart_broken:")
    elif progress.message:
        st.info(progress.message, icon=":material/info:")
    if chosen is not None and chosen != progress.spec and not progress.status.live:
        st.caption("The picture shows the last run; the settings have changed since. Press Train to run them.")


def _why_diverged(progress: Progress) -> str:
    model, training = progress.spec.model, _trained_with(progress)
    return session(f"why:{progress.run_id}", lambda: why_diverged(model, training, progress.step, load_mnist()))


def _why_stuck(progress: Progress) -> str:
    return session(f"why:{progress.run_id}", lambda: why_stuck(_model(progress), _trained_with(progress), load_mnist()))


def _trained_with(progress: Progress) -> TrainConfig:
    """Return the settings of a run with the learning rate that it came to in the end."""
    return replace(progress.spec.training, learning_rate=progress.learning_rate)


def _model(progress: Progress) -> MLP:
    """Return the newest weights of a run, or those it started from."""
    try:
        snapshot = get_engine().snapshot(progress.run_id, owner())
    except UnknownRun:
        snapshot = None
    if snapshot is not None:
        return snapshot.model()
    spec = progress.spec
    return build_model(spec.model, torch.Generator().manual_seed(spec.training.seed))


def _network(model: MLP) -> None:
    images, labels = _shown_digits()
    probabilities = predict(model, images)
    right = int((probabilities.argmax(1) == labels).sum())
    st.caption(f"Test digits and what the network takes them for: {right} of {len(labels)} right")
    show_tiles(guess_tiles(images, labels, probabilities), "guesses", least=48)
    weights = model.weight_matrices[0].detach().numpy()[:SHOWN_NEURONS]
    st.caption("The first neurons' 784 weights as images: blue counts ink for, orange against")
    show_tiles(weight_tiles(weights), "weights", least=48)


@lru_cache
def _shown_digits() -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    digits = load_mnist()
    return digits.test_images[:SHOWN_DIGITS].astype(np.float32) / np.float32(255), digits.test_labels[:SHOWN_DIGITS]


def _curves_alt(loss: float | None, test: float | None) -> str:
    if loss is None:
        return "Loss and accuracy, not begun"
    return f"Training loss {_loss_text(loss)}" + ("" if test is None else f", test accuracy {test:.1%}")
