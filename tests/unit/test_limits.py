"""Rate limits: a clock of our own, a learner in a hurry, a class of 200, and memory that does not grow."""

import random
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.limits import HERE, PACES, Buckets, Limiter, Pace, Rate, network


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.mark.parametrize("action", list(PACES))
def test_a_learner_in_a_hurry_is_told_how_long_and_waiting_so_long_is_enough(action, clock):
    limiter = Limiter(clock=clock)
    burst = int(PACES[action].owner.burst)
    assert [limiter.ask(action, "ann", "1.2.3.4") for _ in range(burst)] == [0.0] * burst
    wait = limiter.ask(action, "ann", "1.2.3.4")
    assert wait == pytest.approx(1 / PACES[action].owner.per_second)
    assert limiter.ask(action, "ann", "5.6.7.8") == wait  # another address does not help
    assert limiter.ask(action, "bob", "1.2.3.4") == 0.0  # nobody else waits
    clock.now += wait / 2
    assert limiter.ask(action, "ann", "1.2.3.4") == pytest.approx(wait / 2)  # asking again made it no longer
    clock.now += wait / 2 + 1e-6
    assert limiter.ask(action, "ann", "1.2.3.4") == 0.0


@pytest.mark.parametrize(("action", "every"), [("submit", 20.0), ("upload", 20.0), ("draw", 2.0)])
def test_a_class_of_200_behind_one_address_never_waits_for_an_hour(action, every, clock):
    limiter = Limiter(clock=clock)
    for _ in range(int(3600 / every)):  # all of them at the same moment, again and again
        assert not any(limiter.ask(action, f"learner {n}", "192.0.2.1") for n in range(200))
        clock.now += every


@pytest.mark.parametrize("action", list(PACES))
def test_new_cookies_for_every_request_do_not_help(action, clock):
    limiter = Limiter(clock=clock)
    pace, seconds, taken = PACES[action].address, 20, 0
    for _ in range(seconds * 20):
        taken += sum(limiter.ask(action, f"{random.random()}", "192.0.2.1") == 0.0 for _ in range(50))
        clock.now += 0.05
    assert taken <= pace.burst + pace.per_second * seconds + 1


def test_memory_stays_bounded_and_whoever_is_busy_is_remembered(clock):
    buckets = Buckets(Rate(3, 1), clock, most=100)
    for n in range(10_000):
        buckets.take("busy")
        buckets.take(f"{n}")
        clock.now += 0.01
    assert len(buckets) == 100
    assert buckets.wait("busy") > 0


@given(st.lists(st.tuples(st.floats(0, 3), st.integers(1, 5)), max_size=60))
def test_no_more_than_burst_and_rate_in_any_window(steps):
    clock = Clock()
    limiter = Limiter({"x": Pace(Rate(4, 0.5), Rate(1e9, 1e9))}, clock)
    taken = []
    for pause, tries in steps:
        clock.now += pause
        taken += [clock.now for _ in range(tries) if limiter.ask("x", "ann", None) == 0.0]
    for i, start in enumerate(taken):
        for j, end in enumerate(taken[i:], 1):
            assert j <= 4 + 0.5 * (end - start) + 1e-6


def test_threads_get_no_more_than_there_is(clock):
    limiter, got = Limiter({"x": Pace(Rate(50, 1), Rate(80, 1))}, clock), []

    def hurry(owner):
        got.extend(owner for _ in range(200) if limiter.ask("x", owner, None) == 0.0)

    threads = [threading.Thread(target=hurry, args=(name,)) for name in ("ann", "bob", "eve")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 80
    assert max(got.count(name) for name in ("ann", "bob", "eve")) <= 50


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        (None, HERE),
        ("", HERE),
        ("unix:", HERE),
        ("x" * 10_000, HERE),
    ],
)
def test_an_address_stands_for_its_household(address, place):
    assert network(address) == place
