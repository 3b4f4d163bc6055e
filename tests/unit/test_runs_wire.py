"""What crosses a pipe comes out as it went in; what is no message is refused, and nothing is ever unpickled."""

import json
import multiprocessing.connection
import pickle
import struct
from contextlib import suppress
from dataclasses import fields
from multiprocessing import Pipe
from pathlib import Path
from typing import get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.runs import Pause, Resume, SetLearningRate, Status, StepN
from core.runs.live import LiveRun
from core.runs.messages import Changed, Ended, Job, Look, Report, Started, Weights
from core.runs.pool import WorkerProcess
from core.runs.ray_engine.hand import Hand
from core.runs.ray_engine.messages import Order
from core.runs.wire import HEAD, MESSAGES, WireError, decode, encode, hear, hear_answer, tell
from core.training.config import MAX_LEARNING_RATE
from core.training.loop import StepRecord
from tests.runs_support import LONG, SHORT, engine_in, same_weights, undisturbed, until_poll

NUMBERS = st.floats() | st.integers(-(2**53), 2**53)
OF_TYPE = {
    str: st.text(),
    int: st.integers(),
    float: NUMBERS,
    bool: st.booleans(),
    int | None: st.none() | st.integers(),
    float | None: st.none() | NUMBERS,
    bytes: st.binary(),
    bytes | None: st.none() | st.binary(),
    Path: st.text("abc/. é", min_size=1).map(Path),
    Status: st.sampled_from(Status),
}


def built(kind):
    hints = get_type_hints(kind)
    return st.builds(kind, *(OF_TYPE[hints[field.name]] for field in fields(kind)))


OF_TYPE[tuple[StepRecord, ...]] = st.lists(built(StepRecord), min_size=1, max_size=5).map(tuple)
CHECKED = {
    StepN: st.builds(StepN, st.integers(1, 10_000)),
    SetLearningRate: st.builds(SetLearningRate, st.floats(0, MAX_LEARNING_RATE)),
}
ANY_MESSAGE = st.one_of([CHECKED[kind] if kind in CHECKED else built(kind) for kind in MESSAGES])


@given(ANY_MESSAGE)
def test_a_message_comes_out_as_it_went_in(message):
    read = decode(encode(message))
    assert type(read) is type(message)
    assert repr(read) == repr(message)  # nan is equal to nan here, and 1 is not 1.0


@given(
    st.binary(max_size=300) | st.builds(lambda n, text: HEAD.pack(n, len(text)) + text, st.integers(0, 15), st.binary())
)
def test_other_bytes_are_a_message_or_refused(content):
    with suppress(WireError):
        assert type(decode(content)) in MESSAGES


def sealed(kind, values, weights=b""):
    text = json.dumps(values).encode()
    return HEAD.pack(MESSAGES.index(kind), len(text)) + text + weights


RECORD = [1, 0.5, 2.0, 0.1, 0.01, 0.2, None, None, False]


@pytest.mark.parametrize(
    ("kind", "values", "weights"),
    [
        (Started, ["1", ""], b""),
        (Started, [True, ""], b""),
        (Started, [1], b""),
        (Started, [1, "", 2], b""),
        (Started, {"step": 1, "note": ""}, b""),
        (Started, [1, ""], b"weights"),
        (Report, [[]], b""),
        (Report, [[RECORD[:-1]]], b""),
        (Report, [[[*RECORD[:-1], 0]]], b""),
        (Report, [[["1", *RECORD[1:]]]], b""),
        (Report, ["record"], b""),
        (Weights, [1, None], b"weights"),
        (Weights, [1, 1], b"weights"),
        (StepN, [10**9], b""),
        (SetLearningRate, [-1.0], b""),
        (Job, ["run", "{}", 3, 0.1, None, 0], b""),
    ],
)
def test_a_field_of_another_kind_is_refused(kind, values, weights):
    with pytest.raises(WireError):
        decode(sealed(kind, values, weights))


def test_a_server_does_not_take_a_command_for_an_answer():
    ours, theirs = Pipe()
    with ours, theirs:
        tell(theirs, Pause())
        assert hear(ours) == Pause()
        tell(theirs, Pause())
        with pytest.raises(WireError, match="Pause is no answer of a worker"):
            hear_answer(ours)


class Trap:
    """Leaves a mark when somebody unpickles it."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return Path.touch, (self.mark,)


def test_a_pickle_is_refused_unread_and_its_sender_killed(tmp_path):
    worker = WorkerProcess()
    real, (worker.pipe, theirs) = worker.pipe, Pipe()
    theirs.send_bytes(pickle.dumps(Trap(tmp_path / "mark")))
    with pytest.raises(EOFError):
        worker.receive()
    assert not (tmp_path / "mark").exists()
    assert worker.killed
    theirs.close()
    real.close()
    worker.close()


def test_a_message_that_is_too_large_is_not_read():
    ours, theirs = Pipe()
    with ours, theirs:
        ours._send(struct.pack("!i", -1) + struct.pack("!Q", 2**40))  # the length of what is said to follow
        with pytest.raises(OSError, match="bad message length"):
            hear(theirs)


@pytest.mark.embedded("its pipes; Ray itself pickles")
def test_a_run_is_trained_without_a_pickle(tmp_path, monkeypatch):
    class Forbidden:
        @staticmethod
        def dumps(value):
            raise AssertionError(f"pickled {value!r:.80}")

        loads = dumps

    monkeypatch.setattr(multiprocessing.connection, "_ForkingPickler", Forbidden)
    with engine_in(tmp_path) as engine:
        paused = engine.submit(LONG, "bob", steps=3)
        run = engine.submit(SHORT, "ann")
        until_poll(engine, paused, "bob", lambda p: p.status == Status.PAUSED)
        engine.control(paused, "bob", SetLearningRate(0.01))
        engine.control(paused, "bob", StepN(2))
        until_poll(engine, paused, "bob", lambda p: p.status == Status.PAUSED and p.step == 5)
        until_poll(engine, run, "ann", lambda p: p.status == Status.FINISHED)
        assert same_weights(engine.snapshot(run, "ann").weights, undisturbed(SHORT))


def test_a_training_in_a_thread_speaks_the_same_language(tmp_path):
    rate = SHORT.training.learning_rate
    hand = Hand(LiveRun("run", "ann", SHORT, 0.0, rate, rate), Order("run", "ann", "", 0.0, rate, 2, ""))
    hand.train(Job("run", SHORT.to_json(), tmp_path, rate, budget=2))
    said = []
    while not isinstance(said[-1] if said else None, Ended):
        said.append(hand.receive())
        if said[-1] == Changed(Status.PAUSED, rate):
            hand.send(Look())
            hand.send(Resume())
    assert same_weights(said[-1].weights, undisturbed(SHORT))
    hand.drop()
    with pytest.raises(OSError, match="closed"):
        hand.receive()
    hand.send(Pause())  # too late, and no fault
