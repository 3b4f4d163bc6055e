"""A run on the page: buttons that command it, and a live picture that polls it while it lives."""

import streamlit as st

from core.database import StoreUnavailable
from core.runs import (
    Command,
    Pause,
    Progress,
    QueueFull,
    Resume,
    RunSpec,
    SetLearningRate,
    Status,
    StepN,
    Stop,
    UnknownRun,
)
from core.runs import get_engine as engine
from core.telemetry.runs import run_refused, run_resumed, run_submitted
from pages.ui.live_picture import show_run, show_start
from pages.ui.pace import TooFast, keep_pace
from pages.ui.state import owner
from pages.ui.watch import Watch, watched

POLL_SECONDS = 0.5
STEPS = (1, 10, 100)
Standing = tuple[str | None, bool, str, Status | None, bool]  # run, warnings, status, whether it can be taken up again


def live_run(spec: RunSpec | None) -> None:
    """Show buttons and picture of the watched run, twice a second while it lives; `spec` is what Train would run.

    The buttons are a fragment of their own, which no poll touches: when the run's standing changes, the page runs.
    """
    watch = watched()
    standing = _standing(watch, watch.poll())
    watch.fresh = True
    st.fragment(_buttons)(spec, standing)
    st.fragment(_picture, run_every=POLL_SECONDS if _ticks(watch) else None)(spec, standing)


def set_learning_rate(rate: float) -> None:
    """Change the learning rate of the watched run if it lives; nothing otherwise."""
    watch = watched()
    progress = watch.poll()
    if progress is not None and progress.status.live:
        _command(watch, SetLearningRate(rate))


def _picture(spec: RunSpec | None, standing: Standing) -> None:
    watch = watched()
    progress = watch.glance()
    if _standing(watch, progress) != standing:
        st.rerun()
    if watch.away:
        st.warning(watch.away, icon=":material/database_off:")
    if watch.error:
        st.warning(watch.error, icon=":material/hourglass_top:")
    if progress is not None:
        show_run(progress, watch.records, spec)
    elif spec is not None:
        show_start(spec)


def _standing(watch: Watch, progress: Progress | None) -> Standing:
    """Return all that buttons, warnings and the beat of polling depend on."""
    run = (progress.status, progress.resumable) if progress is not None else (None, False)
    return watch.run_id, bool(watch.away), watch.error, *run


def _ticks(watch: Watch) -> bool:
    """Whether to look again soon: the run lives, or the database does not answer yet."""
    return bool(watch.away) or (watch.progress is not None and watch.progress.status.live)


def _buttons(spec: RunSpec | None, standing: Standing) -> None:
    watch = watched()
    progress = watch.progress if watch.fresh else watch.poll()  # a press has just changed it, perhaps
    if _standing(watch, progress) != standing:
        st.rerun()
    live = progress is not None and progress.status.live
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.button(
            "Train",
            type="primary",
            icon=":material/play_arrow:",
            disabled=live or spec is None,
            on_click=_submit,
            args=(watch, spec),
        )
        _pause_button(watch, progress)
        st.button("Stop", icon=":material/stop:", disabled=not live, on_click=_command, args=(watch, Stop()))
        st.button("Reset", icon=":material/replay:", help="Back to the same start", on_click=_reset, args=(watch, live))
        steps = st.segmented_control("Steps", STEPS, default=STEPS[0], required=True, label_visibility="collapsed")
        st.button(
            "Step",
            icon=":material/skip_next:",
            disabled=spec is None,
            help="Take this many steps, then pause",
            on_click=_step,
            args=(watch, spec, live, steps or STEPS[0]),
        )


def _pause_button(watch: Watch, progress: Progress | None) -> None:
    """Show the one of Pause, Resume and Continue that makes sense now."""
    live = progress is not None and progress.status.live
    if progress is not None and progress.status is Status.PAUSED:
        st.button("Resume", icon=":material/resume:", on_click=_command, args=(watch, Resume()))
    elif progress is not None and progress.resumable and not live:
        st.button("Continue", icon=":material/resume:", on_click=_continue, args=(watch,))
    else:
        st.button("Pause", icon=":material/pause:", disabled=not live, on_click=_command, args=(watch, Pause()))


def _submit(watch: Watch, spec: RunSpec, steps: int | None = None) -> None:
    try:
        keep_pace("submit")
        watch.follow(engine().submit(spec, owner(), steps))
        run_submitted(watch.run_id or "", owner(), spec.model.parameters, spec.training.epochs)
    except (TooFast, StoreUnavailable) as error:
        watch.error = str(error)
    except QueueFull as error:
        watch.error = str(error)
        run_refused(owner(), watch.error)


def _step(watch: Watch, spec: RunSpec, live: bool, steps: int) -> None:
    if live:
        _command(watch, StepN(steps))
    else:
        _submit(watch, spec, steps)


def _reset(watch: Watch, live: bool) -> None:
    if live:
        _command(watch, Stop())
    watch.follow(None)


def _continue(watch: Watch) -> None:
    try:
        keep_pace("submit")
        engine().resume(watch.run_id or "", owner())
        run_resumed(watch.run_id or "", owner())
    except (TooFast, QueueFull, StoreUnavailable, UnknownRun, ValueError) as error:
        watch.error = str(error)


def _command(watch: Watch, command: Command) -> None:
    if watch.run_id is not None:
        try:
            engine().control(watch.run_id, owner(), command)
        except UnknownRun:
            watch.follow(None)
        except (QueueFull, StoreUnavailable) as error:
            watch.error = str(error)
