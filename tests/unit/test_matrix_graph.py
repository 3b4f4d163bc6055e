"""Backpropagation at matrix size equals torch and finite differences, and gradients add up over the batch."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.matrix_graph import backward, by_autograd, forward, gradient_step
from core.numeric import numeric_gradient


def example(n=4, d=4, k=2, seed=0):
    generator = torch.Generator().manual_seed(seed)
    x, W, b = (torch.randn(*shape, generator=generator, dtype=torch.float64) for shape in ((n, d), (d, k), (k,)))
    return x, W, b, torch.randint(0, k, (n,), generator=generator)


@settings(max_examples=60)
@given(st.integers(1, 6), st.integers(1, 5), st.integers(2, 5), st.integers(0, 99))
def test_every_gradient_equals_torch(n, d, k, seed):
    cache = forward(*example(n, d, k, seed))
    ours, theirs = backward(cache), by_autograd(cache)
    for name in ("dq", "dW", "db", "dx"):
        torch.testing.assert_close(getattr(ours, name), getattr(theirs, name), rtol=1e-6, atol=1e-12)


def test_the_cache_equals_torch_and_backward_leaves_it_alone():
    x, W, b, y = example()
    cache = forward(x, W, b, y)
    before = cache.p.clone()
    backward(cache)
    assert torch.equal(cache.p, before)  # a gradient written into the cached softmax is the classic mistake
    torch.testing.assert_close(cache.p, (x @ W + b).softmax(1))
    torch.testing.assert_close(cache.loss, torch.nn.functional.cross_entropy(x @ W + b, y))
    torch.testing.assert_close(cache.losses.mean(), cache.loss)


def test_gradients_equal_finite_differences():
    x, W, b, y = example(seed=4)
    gradients = backward(forward(x, W, b, y))
    for ours, numeric in [
        (gradients.dW, numeric_gradient(lambda moved: forward(x, moved, b, y).loss, W)),
        (gradients.db, numeric_gradient(lambda moved: forward(x, W, moved, y).loss, b)),
        (gradients.dx, numeric_gradient(lambda moved: forward(moved, W, b, y).loss, x)),
    ]:
        torch.testing.assert_close(ours, numeric, rtol=1e-4, atol=1e-8)


def test_gradients_add_up_over_the_batch():
    x, W, b, y = example(n=3, d=4, k=3, seed=2)
    cache = forward(x, W, b, y)
    alone = [backward(forward(x[i : i + 1], W, b, y[i : i + 1])).dW for i in range(3)]
    torch.testing.assert_close(torch.stack(alone).mean(0), backward(cache).dW)  # a mean of losses, a mean of gradients


def test_a_small_step_lowers_the_loss():
    cache = forward(*example(seed=1))
    assert gradient_step(cache, 0.1).loss < cache.loss


def test_large_logits_do_not_overflow():
    x, W, b, y = example()
    cache = forward(1000 * x, W, b, y)
    assert cache.loss.isfinite()
    assert all(gradient.isfinite().all() for gradient in vars(backward(cache)).values())


def test_bad_shapes_and_classes_are_refused():
    x, W, b, y = example()
    with pytest.raises(ValueError, match=r"W is \(3, 2\)"):
        forward(x, W[:3], b, y)
    with pytest.raises(ValueError, match="whole number from 0 to 1"):
        forward(x, W, b, y + 5)
    with pytest.raises(ValueError, match=r"y is \(4, 1\)"):
        forward(x, W, b, y[:, None])  # labels of shape (N, 1) would broadcast into nonsense
