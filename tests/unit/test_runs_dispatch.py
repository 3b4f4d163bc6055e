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


def seconds(run_id):
    return float(run_id[-1])


def queue_of(*entries):
    queue = FairQueue()
    for owner, run_id in entries:
        queue.add_last(owner, run_id)
    return queue


def test_a_place_counts_only_those_who_start_before():
    queue = queue_of(("ann", "a 2"), ("bob", "b 3"), ("cleo", "c 4"))
    busy = {"ann": 10.0}  # her second run waits for her first, and then for everybody
    assert queue.place("b 3", busy, seconds, 1) == (1, 10.0)
    assert queue.place("c 4", busy, seconds, 1) == (2, 13.0)
    assert queue.place("a 2", busy, seconds, 1) == (3, 17.0)
    assert queue.place("d 5", busy, seconds, 1) == (None, None)


def test_who_is_busy_waits_for_the_own_run_even_when_a_worker_is_free():
    queue = queue_of(("ann", "a 2"), ("bob", "b 3"))
    assert queue.place("a 2", {"ann": 10.0}, seconds, 3) == (2, 10.0)
    assert queue.place("b 3", {"ann": 10.0}, seconds, 3) == (1, 0.0)


def test_of_two_busy_owners_the_one_who_is_done_first_comes_first():
    queue = queue_of(("ann", "a 2"), ("bob", "b 3"))
    busy = {"ann": 10.0, "bob": 5.0}
    assert queue.place("b 3", busy, seconds, 2) == (1, 5.0)
    assert queue.place("a 2", busy, seconds, 2)[0] == 2


@given(st.permutations(range(5)))
def test_runs_start_in_the_order_of_their_places(order):
    names = [f"owner {index}" for index in range(5)]
    queue = queue_of(*((names[index], f"{names[index]}: 1") for index in order))
    busy = {names[0]: 100.0}  # the only worker
    places = {name: queue.place(f"{name}: 1", busy, seconds, 1)[0] for name in names}
    started, working = [], names[0]
    while len(queue):
        queue.release(working)
        working = queue.take(set()).split(":")[0]
        started.append(working)
    assert sorted(names, key=places.get) == started


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
