"""Gradients add up, and forward keeps what backward needs: both as torch does it."""

import gc
import weakref

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.experiments.accumulation import batch_gradient, kept_by_forward, layers_on_batch, repeated_backward

numbers = st.floats(-50, 50)


@given(numbers, st.lists(st.tuples(numbers, numbers), min_size=1, max_size=5))
def test_examples_add_up_to_the_batch(w, pairs):
    found = batch_gradient(w, *zip(*pairs, strict=True))
    total = sum(example.gradient for example in found.examples)
    assert total == pytest.approx(found.batch, rel=1e-6, abs=1e-8)
    assert found.one_by_one == pytest.approx(found.batch, rel=1e-6, abs=1e-8)


def test_a_second_backward_adds():
    assert [repeated_backward(3.0, times) for times in (1, 2, 3)] == [6, 12, 18]


def test_what_is_kept_grows_with_the_batch_but_the_weights_do_not():
    small, large = ({k.name: k for k in kept_by_forward(lambda b=b: layers_on_batch(b))} for b in (8, 16))
    assert {"x", "a1", "W2", "log p", "y"} <= set(large)
    assert large["W2"].size == small["W2"].size == 128 * 10 * 4
    for name in ("x", "a1", "log p", "y"):
        assert large[name].size == 2 * small[name].size
    assert large["x"].size == 16 * 784 * 4


def test_what_forward_kept_is_let_go_when_it_has_been_looked_at():
    """A graph that holds its own results would live for ever: nobody sees the circle, for it runs through C++."""
    made = []

    def compute():
        tensors = layers_on_batch(4)
        made.extend(weakref.ref(tensor) for tensor in tensors.values())
        return tensors

    kept_by_forward(compute)
    gc.collect()
    assert made
    assert all(tensor() is None for tensor in made)
