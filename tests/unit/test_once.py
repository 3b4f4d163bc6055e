import threading
import weakref

import pytest

from core.once import made_once


def test_a_result_is_made_once_for_all_who_ask_at_the_same_time():
    gate, made, got = threading.Barrier(8), [], []

    @made_once(maxsize=4)
    def square(x: int) -> int:
        made.append(x)
        threading.Event().wait(0.05)  # long enough for the others to ask meanwhile
        return x * x

    def ask():
        gate.wait(10)
        got.append(square(3))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (made, got) == ([3], [9] * 8)


def test_only_the_newest_are_kept_by_their_arguments():
    made = []

    @made_once(maxsize=2)
    def pair(x: int, y: int = 0) -> tuple[int, int]:
        made.append((x, y))
        return x, y

    assert [pair(1), pair(2, y=5), pair(1), pair(3), pair(1), pair(2, y=5)] == [
        (1, 0),
        (2, 5),
        (1, 0),
        (3, 0),
        (1, 0),
        (2, 5),
    ]
    assert made == [(1, 0), (2, 5), (3, 0), (2, 5)]
    assert pair.__name__ == "pair"


def test_what_fails_is_raised_and_tried_again():
    tries = []

    @made_once(maxsize=2)
    def fails(x: int) -> int:
        tries.append(x)
        if len(tries) == 1:
            raise ValueError("not yet")
        return x

    with pytest.raises(ValueError, match="not yet"):
        fails(1)
    assert fails(1) == 1
    assert tries == [1, 1]


def test_large_arguments_are_not_kept_where_a_key_stands_for_them():
    class Large:
        pass

    @made_once(maxsize=4, key=lambda large: large.name)
    def named(large: Large) -> str:
        return large.name.upper()

    large = Large()
    large.name = "a"
    gone = weakref.ref(large)
    assert named(large) == "A"
    del large
    assert gone() is None
    other = Large()
    other.name = "a"
    assert named(other) == "A"
