"""Walks equal torch's optimiser, end where the formula says, and are named for what they do."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.descent import (
    VERDICTS,
    descend,
    judge,
    learning_rate_limit,
    slope_at,
    slopes_over,
    square_by_autograd,
    verdict,
)
from core.experiments.one_weight import digit_loss, likeness_to_three
from core.expression import parse
from core.landscapes import LANDSCAPES, from_expression
from core.numeric import numeric_gradient
from core.optimizers import SCHEDULES

SQUARE = LANDSCAPES["square"]


def torch_path(landscape, start, rate, steps, momentum, schedule):
    w = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([w], rate, momentum)
    visited = [w.detach().clone()]
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = rate * SCHEDULES[schedule].factor(step / steps)
        optimizer.zero_grad()
        landscape.function(*w).backward()
        optimizer.step()
        visited.append(w.detach().clone())
    return torch.stack(visited).numpy()


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("momentum", [0.0, 0.5])
@pytest.mark.parametrize("name", LANDSCAPES)
def test_every_walk_equals_torch(name, momentum, schedule):
    landscape = LANDSCAPES[name]
    path = descend(landscape, landscape.start, landscape.learning_rate, 15, momentum, schedule)
    assert path.diverged_at is None
    reference = torch_path(landscape, landscape.start, landscape.learning_rate, 15, momentum, schedule)
    np.testing.assert_allclose(path.weights, reference, rtol=1e-6, atol=1e-9)
    assert path.weights.shape == path.slopes.shape == (16, landscape.dimensions)
    assert path.updates.shape == (15, landscape.dimensions)
    assert path.losses.shape == (16,)


@pytest.mark.parametrize("name", LANDSCAPES)
def test_slopes_equal_finite_differences(name):
    landscape = LANDSCAPES[name]
    point = torch.tensor(landscape.start, dtype=torch.float64)
    numeric = numeric_gradient(lambda w: landscape.function(*w), point)
    torch.testing.assert_close(slope_at(landscape, point)[1], numeric, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("name", [name for name, entry in LANDSCAPES.items() if entry.dimensions == 2])
def test_slopes_over_a_plane_are_the_slopes_at_each_of_its_points(name):
    first, second = np.meshgrid(np.linspace(-1.5, 2, 4), np.linspace(-1, 1.8, 3))
    losses, *slopes = slopes_over(LANDSCAPES[name], first, second)
    assert losses.shape == slopes[0].shape == (3, 4)
    for place in np.ndindex(3, 4):
        loss, slope = slope_at(LANDSCAPES[name], torch.tensor([first[place], second[place]]))
        assert losses[place] == pytest.approx(loss, rel=1e-12)
        assert [part[place] for part in slopes] == pytest.approx(slope.tolist(), rel=1e-12)


@pytest.mark.parametrize("name", LANDSCAPES)
def test_every_default_visibly_descends(name):
    landscape = LANDSCAPES[name]
    path = descend(landscape, landscape.start, landscape.learning_rate, 40)
    lowest = float(landscape.function(*torch.linspace(landscape.low, landscape.high, 401).double().expand(
        landscape.dimensions, -1)).min())  # fmt: skip
    assert path.losses[-1] < path.losses[0] - 0.05 * abs(path.losses[0] - lowest)


@pytest.mark.parametrize("name", LANDSCAPES)
def test_landscapes_work_entry_by_entry(name):
    landscape = LANDSCAPES[name]
    grid = torch.linspace(landscape.low, landscape.high, 5, dtype=torch.float64)
    axes = torch.meshgrid(*[grid] * landscape.dimensions, indexing="ij")
    surface = landscape.function(*axes)
    assert surface.shape == axes[0].shape
    one = landscape.function(*(axis.flatten()[3] for axis in axes))
    torch.testing.assert_close(one, surface.flatten()[3])


@pytest.mark.parametrize("name", [name for name, landscape in LANDSCAPES.items() if landscape.dimensions == 2])
def test_what_is_drawn_is_what_is_walked(name):
    landscape = LANDSCAPES[name]
    axis, loss = landscape.surface(7)
    assert (axis[0], axis[-1]) == (landscape.low, landscape.high)
    assert loss[1, 5].item() == slope_at(landscape, axis[[5, 1]])[0]


@pytest.mark.parametrize("name", [name for name, landscape in LANDSCAPES.items() if landscape.curvatures])
def test_curvatures_are_the_hessian(name):
    landscape = LANDSCAPES[name]
    start = torch.tensor(landscape.start, dtype=torch.float64)
    hessian = torch.autograd.functional.hessian(lambda w: landscape.function(*w), start)
    torch.testing.assert_close(hessian, torch.diag(torch.tensor(landscape.curvatures, dtype=torch.float64)))


# shared by textbooks: f = w², w₀ = 10, |w| after 10 steps
TABLE = {
    0.05: ("3.49", "crawl"),
    0.2: ("0.06", "monotone"),
    0.5: ("0", "one_step"),
    0.9: ("1.07", "bounce"),
    1.0: ("10", "forever"),
    1.1: ("61.9", "diverge"),
}


@pytest.mark.parametrize("rate", TABLE)
def test_the_table_of_learning_rates(rate):
    shown, kind = TABLE[rate]
    path = descend(SQUARE, (10.0,), rate, 10)
    end = path.weights[-1, 0]
    decimals = len(shown.partition(".")[2])
    assert f"{abs(end):.{decimals}f}" == shown
    assert math.isclose(end, 10 * (1 - 2 * rate) ** 10, abs_tol=1e-9)
    assert verdict(rate, 2.0).kind == kind == judge(path)


@settings(max_examples=60)
@given(st.floats(0.01, 1.6), st.sampled_from([0.0, 0.3, 0.9]), st.floats(0.5, 4))
def test_the_limit_separates_what_stays_from_what_leaves(share, momentum, curvature):
    share = share if abs(share - 1) > 0.02 else 1.1
    limit = learning_rate_limit(curvature, momentum)
    said = verdict(share * limit, curvature, momentum)
    quadratic = from_expression(parse(f"{curvature / 2:.17g}*x**2"), 1.0, 0.1, -2, 2)
    path = descend(quadratic, (1.0,), share * limit, 400, momentum)
    left = path.diverged_at is not None or abs(path.weights[-1, 0]) > 1
    assert left == (share > 1) == (said.kind == "diverge")
    assert (abs(said.factor) > 1) == left
    assert math.isclose(said.limit, 2 * (1 + momentum) / curvature)


def test_momentum_doubles_the_limit_almost():
    assert learning_rate_limit(2) == 1
    assert learning_rate_limit(2, 0.9) == 1.9
    assert verdict(1.5, 2, 0.9).kind == "bounce"
    assert verdict(1.5, 2).kind == "diverge"


def test_verdict_names_and_numbers():
    said = verdict(0.2, 2)
    assert (said.kind, said.product, said.limit) == ("monotone", 0.4, 1)
    assert math.isclose(said.factor, 0.6)
    assert verdict(0.9, 2).factor == pytest.approx(-0.8)
    assert verdict(0, 2).kind == "still"
    assert {kind for _, kind in TABLE.values()} | {"still"} == set(VERDICTS)


def test_divergence_is_a_result_and_not_an_exception():
    path = descend(SQUARE, (10.0,), 50, 100)
    assert path.diverged_at is not None
    assert np.isfinite(path.weights).all()
    assert len(path.weights) == path.diverged_at  # the step that left is not in the arrays
    logarithm = from_expression(parse("x - log(x)"), 0.5, 1, 0, 3)
    assert descend(logarithm, (3.0,), 6, 10).diverged_at == 1  # steps below 0, where there is no logarithm


def test_judge_on_a_constant_and_bad_settings():
    flat = from_expression(parse("2 + 1"), 0.5, 1, 0, 3)
    assert judge(descend(flat, (1.0,), 1, 5)) == "still"
    with pytest.raises(ValueError, match="no finite value"):
        descend(from_expression(parse("log(x)"), 1, 1, -3, 3), (-1.0,), 1, 5)
    with pytest.raises(ValueError, match="learning rate"):
        descend(SQUARE, (1.0,), math.nan, 5)
    with pytest.raises(ValueError, match="2 weights"):
        descend(LANDSCAPES["bowl"], (1.0,), 0.1, 5)
    with pytest.raises(ValueError, match="less than the right end"):
        from_expression(parse("x"), 0, 1, 3, -3)


def test_the_digit_model_is_real():
    x, sign = likeness_to_three()
    assert x.shape == sign.shape == (2000,)
    w = torch.tensor(2.5, dtype=torch.float64)
    reference = torch.nn.functional.binary_cross_entropy_with_logits(w * x, (sign + 1) / 2)
    torch.testing.assert_close(digit_loss(w), reference)
    assert ((x > 0) == (sign > 0)).double().mean() > 0.95  # one weight reads 3 against 7 well


def test_square_by_autograd():
    assert (square_by_autograd(3.0), square_by_autograd(8.0)) == ((9, 6), (64, 16))
