"""The state of the loop on its page: settings, rounds and last step stand in the URL, the numbers in the session."""

from dataclasses import dataclass
from typing import TypeVar

from core.data import load_mnist
from core.experiments.loop import (
    ACTS,
    MAX_ROUNDS,
    STEPS,
    LoopConfig,
    LoopState,
    Refused,
    repeat,
    replay,
    run_rounds,
    too_many,
)
from core.experiments.pairs import Pairs, threes_and_sevens
from pages.ui.state import change_url, session, url_choice, url_integer

ROUND = STEPS[1:5]  # what one round consists of

T = TypeVar("T")


@dataclass
class Loop:
    """What this session knows: the state on show, the one before the last press, and what that press did."""

    state: LoopState
    before: LoopState
    ran: tuple[str, ...] = ()
    tick: int = 0  # presses so far
    refusal: str = ""


def pairs() -> Pairs:
    """Return the 3s and 7s."""
    return threes_and_sevens(load_mnist())


def made(number: T | None) -> T:
    """Return what the step on show has made."""
    if number is None:
        raise RuntimeError("no step has made it yet")
    return number


def current(config: LoopConfig) -> Loop:
    """Return this session's loop at the place the URL names, replayed from the seed where it is not there already.

    More rounds than there may be of such batches stay in the URL, for other batches.
    """
    asked = url_integer("rounds", 0, 0, MAX_ROUNDS)
    rounds = min(asked, config.most_rounds)
    at = url_choice("at", "", STEPS)
    loop = session("loop", lambda: Loop(LoopState(config), LoopState(config)))
    if (loop.state.config, loop.state.rounds, loop.state.at) != (config, rounds, at):
        loop.state = loop.before = replay(config, pairs(), rounds, at)
        loop.ran, loop.refusal = (), "" if rounds == asked else too_many(config)
        if rounds == asked:
            write(loop.state)
    return loop


def press(loop: Loop, name: str, rounds: int = 1) -> None:
    """Run one step (mutates `loop`), `repeat` for so many rounds; one that makes no sense yet is refused in words."""
    try:
        new = repeat(loop.state, pairs(), rounds) if name == "repeat" else ACTS[name](loop.state, pairs())
    except Refused as refusal:
        loop.refusal, loop.ran = str(refusal), ()
        return
    _advance(loop, new, (*ROUND, "repeat") if name == "repeat" else (name,))


def run(loop: Loop, rounds: int) -> None:
    """Run whole rounds (mutates `loop`), with weights drawn first where there are none."""
    first = ("initialise",) if loop.state.weights is None else ()
    try:
        new = run_rounds(loop.state, pairs(), rounds)
    except Refused as refusal:
        loop.refusal, loop.ran = str(refusal), ()
        return
    _advance(loop, new, (*first, *ROUND, "repeat"))


def start_over(loop: Loop) -> None:
    """Forget all numbers (mutates `loop`); the settings stay."""
    _advance(loop, LoopState(loop.state.config), ())


def write(state: LoopState) -> None:
    """Write rounds and last step into the URL."""
    change_url({"rounds": state.rounds or None, "at": state.at or None})


def _advance(loop: Loop, new: LoopState, ran: tuple[str, ...]) -> None:
    loop.before, loop.state = loop.state, new
    loop.ran, loop.refusal, loop.tick = ran, "", loop.tick + 1
    write(new)
