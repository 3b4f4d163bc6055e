"""The map of the seven steps: a ring whose nodes run a step when pressed."""

from collections.abc import Callable, Sequence
from typing import Any

from core.experiments.loop import STEPS, LoopState
from core.figures.pixels import png_uri, signed
from core.words import fixed_text, number_text
from pages.ui.components import mount, reported

KEY = "loop_map"


def loop_map(state: LoopState, ran: Sequence[str], tick: int, on_step: Callable[[str], None]) -> None:
    """Show the map at a state; `ran` lights up the steps of the last press, and `tick` says that it is a new one."""
    mount("loop", _data(state, ran, tick), KEY, on={"step": lambda: _pressed(on_step)})


def _pressed(on_step: Callable[[str], None]) -> None:
    name = reported(KEY, "step")
    if isinstance(name, str) and name in STEPS:
        on_step(name)


def next_step(state: LoopState) -> str:
    """Return the step that comes next on the map."""
    if not state.at:
        return "initialise"
    return "predict" if state.at in ("repeat", "stop") else STEPS[STEPS.index(state.at) + 1]


def _data(state: LoopState, ran: Sequence[str], tick: int) -> dict[str, Any]:
    picture = None if state.weights is None else png_uri(signed(state.weights.numpy().reshape(28, 28)))
    shown = state.loss if state.loss is not None else (state.history[-1] if state.history else None)
    return {
        "label": "The seven steps. Press one to run it.",
        "empty": "no weights yet",
        "steps": [_step(name, state) for name in STEPS],
        "picture": picture,
        "rounds": state.rounds,
        "counter": f"{state.rounds:,} round{'' if state.rounds == 1 else 's'}",
        "loss": below_map(state, shown),
        "ran": list(ran),
        "tick": tick,
    }


def below_map(state: LoopState, shown: float | None) -> str:
    """Return what stands below the picture: the loss on show, or after stop the accuracy."""
    if state.at == "stop" and state.accuracy is not None:
        return f"{state.accuracy:.1%} right"
    return "" if shown is None else f"loss {fixed_text(shown, 3) if shown >= 0.001 else number_text(shown, 3)}"


def _step(name: str, state: LoopState) -> dict[str, str]:
    notes = {"next": "comes next", "done": "done", "later": "not yet"}
    status = _status(name, state)
    return {"name": name, "title": name.capitalize(), "state": status, "note": notes[status]}


def _status(name: str, state: LoopState) -> str:
    if name == next_step(state):
        return "next"
    done = {
        "": (),
        "repeat": STEPS[:6],
        "stop": (*STEPS[: 6 if state.rounds else 1], "stop"),
    }.get(state.at, STEPS[: STEPS.index(state.at) + 1] if state.at else ())
    return "done" if name in done else "later"
