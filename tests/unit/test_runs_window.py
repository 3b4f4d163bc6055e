"""Many steps become few records, and none of what matters is lost."""

import math

import pytest

from core.runs.window import INTERVAL, Window
from core.training import StepRecord


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def record(step, loss=1.0, **changes):
    return StepRecord(step, step / 100, loss, 0.5, 0.1, step * 0.01, **changes)


def test_steps_of_a_tenth_of_a_second_become_their_mean():
    clock = Clock()
    window = Window(clock)
    assert [r.step for r in window.add(record(1))] == [1]  # the first is shown at once
    sent = []
    for step in range(2, 202):
        clock.now += 0.01
        sent += window.add(record(step, loss=float(step)))
    assert len(sent) == pytest.approx(2.0 / INTERVAL, abs=1)
    assert [r.step for r in sent] == sorted(r.step for r in sent)
    first = sent[0]
    assert first.loss == pytest.approx((2 + first.step) / 2)  # the mean of 2 … step
    assert first.seconds == record(first.step).seconds


def test_the_end_of_an_epoch_is_never_lost():
    window = Window(Clock())
    window.add(record(1))
    window.add(record(2))
    (sent,) = window.add(record(3, test_loss=0.3, test_accuracy=0.9))
    assert (sent.step, sent.test_loss, sent.test_accuracy) == (3, 0.3, 0.9)


def test_single_steps_are_reported_one_by_one():
    window = Window(Clock())
    assert [r.step for step in range(1, 6) for r in window.add(record(step), single=True)] == [1, 2, 3, 4, 5]


def test_a_diverged_step_stands_alone():
    window = Window(Clock())
    window.add(record(1))
    window.add(record(2, loss=5.0))
    before, diverged = window.add(record(3, loss=math.inf, diverged=True))
    assert (before.step, before.loss, before.diverged) == (2, 5.0, False)
    assert (diverged.step, diverged.loss, diverged.diverged) == (3, math.inf, True)


def test_flush_returns_what_is_left_once():
    window = Window(Clock())
    window.add(record(1))
    window.add(record(2))
    assert [r.step for r in window.flush()] == [2]
    assert window.flush() == ()
