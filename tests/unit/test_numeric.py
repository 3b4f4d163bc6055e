"""Finite differences: right where they should be, and wrong in the two ways that the lesson shows."""

import math

import torch

from core.numeric import central_difference, forward_difference, numeric_gradient, relative_error, shrink_nudge


def test_differences_of_a_quadratic():
    assert math.isclose(forward_difference(lambda x: x * x, 3, 0.5), 6.5)  # 2x + h
    assert math.isclose(central_difference(lambda x: x * x, 3, 0.5), 6)  # exact for a quadratic, whatever h


def test_numeric_gradient_equals_torch():
    point = torch.tensor([[0.3, -1.2], [2.0, 0.5]], dtype=torch.float64, requires_grad=True)

    def function(x):
        return (x.sin() * x.T.exp()).sum()

    function(point).backward()
    assert torch.allclose(numeric_gradient(function, point), point.grad, rtol=1e-7, atol=1e-8)


def test_truncation_shrinks_and_then_rounding_wins():
    table = shrink_nudge(math.exp, 1.0, math.e)
    assert [row.h for row in table] == [10.0**-k for k in range(17)]
    forward, central = [row.forward_error for row in table], [row.central_error for row in table]
    assert 0.08 < forward[3] / forward[2] < 0.12  # falls like h
    assert 0.008 < central[3] / central[2] < 0.012  # falls like h²
    assert forward.index(min(forward)) in (7, 8, 9)  # near √ε = 1.5e−8
    assert central.index(min(central)) in (4, 5, 6)  # near ∛ε = 6e−6
    assert table[16].forward == 0  # 1 + 1e−16 is 1 in float64: nothing moved
    assert forward[16] == math.e


def test_relative_error():
    assert relative_error(0, 0) == 0
    assert relative_error(1, -1) == 2
    assert math.isclose(relative_error(1.01, 1), 0.01 / 1.01)
