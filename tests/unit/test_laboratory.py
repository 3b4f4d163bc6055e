"""The laboratory gives what the function itself gives, and whatever happens to it, nobody goes without a result."""

import logging
import os
import signal
import threading
import time
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from torch import Tensor

from core import waiting
from core.experiments.collapse import StackConfig, train_stack
from core.experiments.dead_units import ShockConfig, shock
from core.experiments.network_loss import Subject
from core.experiments.stability import short_run, stability
from core.experiments.vanishing import DeepConfig, gradient_sizes
from core.laboratory import elsewhere, experiment, open_laboratory
from core.laboratory import laboratory as room
from core.laboratory.bench import EXPERIMENTS
from core.laboratory.wire import decode, encode
from core.telemetry.logs import NAME
from pages.ui.turns import Turns
from tests.runs_support import until

SMALL = Subject(digits=50, warm_up=2)
ASKED = {
    train_stack: (StackConfig("tanh", 1, 3, "rings", 5),),
    shock: (ShockConfig(rate=4.0, steps=60),),
    gradient_sizes: (DeepConfig("tanh", 3),),
    stability: (SMALL,),
    short_run: (SMALL, 0.5, 3),
}


@dataclass(frozen=True, eq=False)
class Made:
    """Where an experiment was done, and what it was given."""

    process: int
    given: Tensor


@experiment(maxsize=64)
def where(factor: float = 2.0, fails: bool = False) -> Made:
    """Say where."""
    if fails:
        raise ValueError("factor is 0; it must be another number")
    return Made(os.getpid(), factor * torch.ones(2))


@experiment(maxsize=64)
def asleep(seconds: float) -> int:
    """Take long."""
    time.sleep(seconds)
    return os.getpid()


@pytest.fixture
def laboratory():
    with open_laboratory():
        assert elsewhere._open is not None
        yield elsewhere._open


def equal(one, other) -> bool:
    if isinstance(one, Tensor):
        return one.dtype == other.dtype and torch.equal(one, other)
    if hasattr(one, "__dataclass_fields__"):
        return type(one) is type(other) and all(equal(getattr(one, n), getattr(other, n)) for n in vars(one))
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(equal, one, other))
    return type(one) is type(other) and one == other


def test_every_experiment_gives_in_the_laboratory_what_it_gives_here(laboratory):
    assert set(ASKED) == {kept for name, kept in EXPERIMENTS.items() if name.startswith("core.")}
    for name, kept in EXPERIMENTS.items():
        if kept in ASKED:
            function = kept.__wrapped__.__wrapped__
            bound = elsewhere.inspect.signature(function).bind(*ASKED[kept])
            assert equal(elsewhere._ask(laboratory, function, bound), function(*ASKED[kept])), name


def test_the_work_is_done_in_another_process_while_the_laboratory_is_open():
    assert where(1.5).process == os.getpid()
    with open_laboratory():
        there = where(factor=3)  # an int where a float belongs
        assert there.process != os.getpid()
        assert there.given.tolist() == [3, 3]
        assert where(factor=3) is there
        there.given.add_(1)  # it can be written to, as any tensor
    assert where(4.5).process == os.getpid()


def test_a_wrong_setting_is_told_as_it_is_without_a_laboratory(laboratory, caplog):
    with pytest.raises(ValueError, match="factor is 0; it must be another number"):
        where(fails=True)
    assert not caplog.records


def test_a_laboratory_that_dies_costs_nobody_a_result_and_opens_again(monkeypatch, caplog):
    monkeypatch.setattr(logging.getLogger(NAME), "propagate", True)
    monkeypatch.setattr(room, "REST", 1000)
    with open_laboratory():
        first = where(5.0).process
        assert first != os.getpid()
        got = []
        waiter = threading.Thread(target=lambda: got.append(asleep(0.9)))
        waiter.start()
        until(lambda: elsewhere._open._waiting)
        os.kill(first, signal.SIGKILL)
        waiter.join(30)
        assert got == [os.getpid()]
        assert where(6.0).process == os.getpid()  # it rests
        monkeypatch.setattr(room, "REST", 0)
        made = []
        until(lambda: made.append(where(7.0 + len(made)).process) or made[-1] != os.getpid())
        assert made[-1] != first
        assert "laboratory died" in caplog.text


def test_an_experiment_that_never_ends_is_ended(monkeypatch, laboratory):
    process = where(50.0).process
    assert process != os.getpid()
    monkeypatch.setattr(room, "PATIENCE", 0.3)
    os.kill(process, signal.SIGSTOP)
    assert where(51.0).process == os.getpid()
    until(lambda: laboratory._process is None)


def test_who_waits_long_because_many_wait_kills_nothing(monkeypatch, laboratory):
    where(55.0)
    monkeypatch.setattr(room, "PATIENCE", 1.5)
    process, got = laboratory._process, []
    waiter = threading.Thread(target=lambda: got.append(asleep(3.6)))
    waiter.start()
    until(lambda: laboratory._waiting)
    while waiter.is_alive():  # others are served meanwhile
        where(56 + time.monotonic())
        time.sleep(0.1)
    assert got == [process.pid]


def test_a_laboratory_that_cannot_be_opened_leaves_all_work_here(monkeypatch, caplog):
    def refused(*_):
        raise OSError("no more processes")

    monkeypatch.setattr(logging.getLogger(NAME), "propagate", True)
    monkeypatch.setattr(room, "start_process", refused)
    with open_laboratory():
        assert where(80.0).process == os.getpid()
    assert "laboratory cannot be opened" in caplog.text


def test_a_short_experiment_does_not_wait_for_a_long_one(laboratory):
    done = []
    long = threading.Thread(target=lambda: done.append(asleep(1.5)))
    long.start()
    until(lambda: laboratory._waiting)
    where(60.0)
    assert not done
    long.join(30)
    assert done


def test_who_waits_for_the_laboratory_leaves_its_turn_to_others(monkeypatch, laboratory):
    turns, order, both = Turns(at_once=1, long=60), [], threading.Semaphore(0)
    monkeypatch.setattr(waiting, "_step_aside", turns.step_aside)

    def task(name, seconds):
        def do():
            if seconds:
                asleep(seconds)
            order.append(name)
            both.release()

        return do

    turns.add(task("experiment", 1.2))
    turns.add(task("slider", 0))
    assert all(both.acquire(timeout=30) for _ in range(2))
    assert order == ["slider", "experiment"]


def test_the_laboratory_ends_with_its_server(laboratory):
    process = laboratory._process
    laboratory.close()
    assert not process.is_alive()
    assert where(70.0).process == os.getpid()


@given(
    st.one_of(
        arrays.arrays(dtype, arrays.array_shapes(min_dims=0, min_side=0))
        for dtype in (np.float64, np.float32, np.int64, np.bool_, np.uint8)
    )
)
def test_tensors_travel_to_the_bit(array):
    sent = torch.from_numpy(np.array(array))
    got = decode(encode((sent, None)), tuple[Tensor, Tensor | None])[0]
    assert (got.dtype, got.shape) == (sent.dtype, sent.shape)
    assert got.numpy().tobytes() == sent.numpy().tobytes()


@given(st.binary(max_size=200))
def test_other_bytes_are_refused(content):
    with pytest.raises(ValueError, match="MessagePack"):
        decode(b"\xc1" + content, tuple[StackConfig])  # a byte that MessagePack never uses
    with pytest.raises(ValueError, match="neurons in a hidden layer"):
        decode(encode(({"activation": "relu", "width": 10**6},)), tuple[StackConfig])  # a setting out of range


def test_what_is_no_number_text_or_tensor_does_not_travel():
    with pytest.raises(TypeError, match="does not travel"):
        encode((object(),))
