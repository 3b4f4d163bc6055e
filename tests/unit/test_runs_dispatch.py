"""The queue is fair and bounded, and its waiting times follow from what runs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.runs import QueueFull
from core.runs.dispatch import FairQueue, expected_wait


def test_an_owner_whose_run_ended_comes_after_those_who_waited():
    queue = FairQueue()
    queue.add("ann", "ann 2")  # ann 1 is running
    queue.add("bob", "bob 1")
    queue.add("cleo", "cleo 1")
    queue.release("ann")  # ann 1 ends
    assert queue.order() == ["bob 1", "cleo 1", "ann 2"]


def test_an_owner_with_a_running_run_is_passed_over():
    queue = FairQueue()
    queue.add("ann", "ann 2")
    queue.add("bob", "bob 1")
    assert queue.take({"ann"}) == "bob 1"
    assert queue.take({"ann"}) is None
    assert queue.take(set()) == "ann 2"


def test_a_second_waiting_run_is_refused_politely():
    queue = FairQueue()
    queue.add("ann", "ann 1")
    with pytest.raises(QueueFull, match="One of your runs is waiting already"):
        queue.add("ann", "ann 2")
    assert queue.order() == ["ann 1"]


def test_a_full_queue_says_so_and_takes_runs_again_when_it_is_not():
    queue = FairQueue(limit=2)
    queue.add("ann", "a")
    queue.add("bob", "b")
    with pytest.raises(QueueFull, match="2 runs are waiting"):
        queue.add("cleo", "c")
    queue.remove("a")
    queue.add("cleo", "c")
    assert queue.order() == ["b", "c"]


@given(st.integers(2, 6), st.integers(2, 5))
def test_owners_take_turns_however_eager_they_are(owners, rounds):
    queue = FairQueue()
    names = [f"owner {i}" for i in range(owners)]
    for name in names:
        queue.add(name, name)
    served = []
    for _ in range(owners * rounds):
        run = queue.take(set())
        served.append(run)
        queue.add(run, run)  # submits again while running
        queue.release(run)
    assert served == names * rounds


@given(st.lists(st.floats(0, 100), max_size=4), st.lists(st.floats(0, 100), max_size=6), st.integers(1, 4))
def test_expected_wait_is_when_a_worker_comes_free(left, ahead, workers):
    left = left[:workers]
    free = left + [0.0] * (workers - len(left))
    for seconds in ahead:
        first = free.index(min(free))
        free[first] += seconds
    assert expected_wait(left, ahead, workers) == pytest.approx(min(free))


def test_expected_wait_of_the_first_in_line_is_what_the_shortest_run_has_left():
    assert expected_wait([7.0, 3.0], [], 2) == 3.0
    assert expected_wait([7.0, 3.0], [10.0], 2) == 7.0
    assert expected_wait([], [], 1) == 0.0
