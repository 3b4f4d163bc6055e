"""The laboratory gives what the function itself gives, and whatever happens to it, nobody goes without a result."""

import importlib
import inspect
import logging
import os
import pkgutil
import signal
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from torch import Tensor

import core
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
def until_there(path: str, patience: float = 60.0) -> int:
    """Wait for a file."""
    end = time.monotonic() + patience
    while not Path(path).exists() and time.monotonic() < end:
        time.sleep(0.01)
    return os.getpid()


@pytest.fixture
def laboratory():
    with open_laboratory():
        assert elsewhere._open is not None
        yield elsewhere._open


def equal(one, other) -> bool:
    if isinstance(one, Tensor):
        return one.dtype == other.dtype and one.is_inference() == other.is_inference() and torch.equal(one, other)
    if hasattr(one, "__dataclass_fields__"):
        return type(one) is type(other) and all(equal(getattr(one, n), getattr(other, n)) for n in vars(one))
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(equal, one, other))
    return type(one) is type(other) and one == other


def test_every_experiment_gives_in_the_laboratory_what_it_gives_here(laboratory):
    for module in pkgutil.walk_packages(core.__path__, "core."):
        if not module.name.startswith("core.runs.ray_engine") and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    ours = {name: function for name, function in EXPERIMENTS.items() if name.startswith("core.")}
    assert set(ours.values()) == {kept.__wrapped__.__wrapped__ for kept in ASKED}
    for function, arguments in ((kept.__wrapped__.__wrapped__, ASKED[kept]) for kept in ASKED):
        bound = inspect.signature(function).bind(*arguments)
        assert equal(elsewhere._ask(laboratory, function, bound), function(*arguments)), function.__name__


def test_the_work_is_done_in_another_process_while_the_laboratory_is_open():
    assert where(1.5).process == os.getpid()
    with open_laboratory():
        there = where(factor=3)  # an int where a float belongs
        assert there.process != os.getpid()
        assert there.given.tolist() == [3, 3]
        assert where(factor=3) is there
        there.given.add_(1)  # it can be written to, as any tensor
    assert where(4.5).process == os.getpid()


def test_a_wrong_setting_is_told_as_it_is_without_a_laboratory(laboratory, monkeypatch):
    monkeypatch.setattr(elsewhere, "_here", None)  # nothing is done here
    with pytest.raises(ValueError, match="factor is 0; it must be another number"):
        where(fails=True)


def test_a_laboratory_that_dies_costs_nobody_a_result_and_opens_again(monkeypatch, caplog, tmp_path):
    monkeypatch.setattr(logging.getLogger(NAME), "propagate", True)
    monkeypatch.setattr(room, "REST", 3)
    with open_laboratory():
        first, got = where(5.0).process, []
        assert first != os.getpid()
        waiters = [threading.Thread(target=lambda n=n: got.append(until_there(f"{tmp_path}/{n}"))) for n in range(3)]
        for waiter in waiters:
            waiter.start()
        until(lambda: len(elsewhere._open._waiting) == 3)
        os.kill(first, signal.SIGKILL)
        until(lambda: elsewhere._open._process is None)
        for n in range(3):  # done here meanwhile, one after the other
            (tmp_path / str(n)).touch()
        for waiter in waiters:
            waiter.join(60)
        assert got == [os.getpid()] * 3
        until(lambda: elsewhere._open._process is not None)
        assert where(7.0).process not in (first, os.getpid())
        assert "laboratory died" in caplog.text


def test_a_laboratory_rests_before_it_opens_again(laboratory):
    os.kill(where(44.0).process, signal.SIGKILL)
    until(lambda: laboratory._process is None)
    assert where(46.0).process == os.getpid()


def test_a_process_that_gives_no_result_is_ended(monkeypatch, laboratory):
    process = where(50.0).process
    assert process != os.getpid()
    monkeypatch.setattr(room, "PATIENCE", 0.3)
    os.kill(process, signal.SIGSTOP)
    assert where(51.0).process == os.getpid()
    until(lambda: laboratory._process is None)


def test_a_process_that_talks_nonsense_is_ended(monkeypatch, laboratory):
    where(47.0)
    process = laboratory._process

    def nonsense(content, kind):
        raise ValueError("no MessagePack")

    monkeypatch.setattr(room, "decode", nonsense)
    where(48.0)  # heard by who listens already
    assert where(49.0).process == os.getpid()
    until(lambda: laboratory._process is None)
    process.join(30)
    assert not process.is_alive()


def test_who_waits_long_because_many_wait_ends_nothing(monkeypatch, laboratory, tmp_path):
    process, got = where(55.0).process, []
    monkeypatch.setattr(room, "PATIENCE", 0.05)
    monkeypatch.setattr(laboratory, "_heard_at", float("inf"))  # results come all the time
    waiter = threading.Thread(target=lambda: got.append(until_there(str(tmp_path / "go"))))
    waiter.start()
    time.sleep(0.5)  # ten times its patience
    (tmp_path / "go").touch()
    waiter.join(60)
    assert got == [process]


def test_a_laboratory_that_cannot_be_opened_leaves_all_work_here(monkeypatch, caplog):
    def refused(*_):
        raise OSError("no more processes")

    monkeypatch.setattr(logging.getLogger(NAME), "propagate", True)
    monkeypatch.setattr(room, "start_process", refused)
    with open_laboratory():
        assert where(80.0).process == os.getpid()
    assert "laboratory cannot be opened" in caplog.text


def test_a_short_experiment_does_not_wait_for_a_long_one(laboratory, tmp_path):
    done = []
    long = threading.Thread(target=lambda: done.append(until_there(str(tmp_path / "go"))))
    long.start()
    until(lambda: laboratory._waiting)
    assert where(60.0).process != os.getpid()
    assert not done
    (tmp_path / "go").touch()
    long.join(60)
    assert done


def test_who_waits_for_the_laboratory_leaves_its_turn_to_others(monkeypatch, laboratory, tmp_path):
    turns, order, both = Turns(at_once=1, long=60), [], threading.Semaphore(0)
    monkeypatch.setattr(waiting, "_step_aside", turns.step_aside)

    def experiments():
        until_there(str(tmp_path / "go"))
        order.append("experiment")
        both.release()

    def slides():
        order.append("slider")
        (tmp_path / "go").touch()
        both.release()

    turns.add(experiments)
    turns.add(slides)
    assert all(both.acquire(timeout=60) for _ in range(2))
    assert order == ["slider", "experiment"]


def test_the_laboratory_ends_with_its_server(laboratory):
    process = laboratory._process
    os.kill(process.pid, signal.SIGSTOP)  # even one that does not listen
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


SENT = encode((StackConfig(),))


@given(st.one_of(st.binary(max_size=200), st.integers(0, len(SENT) - 1).map(lambda end: SENT[:end])))
def test_other_bytes_are_refused(content):
    with pytest.raises(ValueError, match=r".+"):
        decode(content, tuple[StackConfig])


@given(st.integers(0, len(SENT) - 1), st.integers(1, 255))
def test_a_byte_gone_wrong_gives_a_possible_setting_or_none(place, change):
    content = bytes(byte ^ change if at == place else byte for at, byte in enumerate(SENT))
    try:
        (config,) = decode(content, tuple[StackConfig])
    except ValueError:
        return
    assert StackConfig(**asdict(config)) == config  # every range is checked again


def test_a_setting_out_of_range_is_refused():
    with pytest.raises(ValueError, match="neurons in a hidden layer"):
        decode(encode(({"activation": "relu", "width": 10**6},)), tuple[StackConfig])


def test_what_is_no_number_text_or_tensor_does_not_travel():
    with pytest.raises(TypeError, match="does not travel"):
        encode((object(),))
