"""Many learning rates at once: each walk equals the single one, the table of six rates, a real network's limit."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.descent import descend, learning_rate_limit
from core.experiments.network_loss import Subject
from core.experiments.rate_sweep import TABLE_RATES, rate_table, share_left, sweep
from core.experiments.stability import short_run, stability
from core.expression import parse
from core.landscapes import LANDSCAPES, from_expression
from core.optimizers import SCHEDULES


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("name", ["square", "shifted_square", "cosine"])
@settings(max_examples=10)
@given(momentum=st.floats(0, 0.99), rate=st.floats(0, 1.2))
def test_each_walk_is_the_single_walk(name, schedule, momentum, rate):
    landscape = LANDSCAPES[name]
    walks = sweep(landscape, landscape.start[0], [0.1, rate], 12, momentum, schedule)
    path = descend(landscape, landscape.start, rate, 12, momentum, schedule)
    count = len(path.losses)
    np.testing.assert_allclose(walks.weights[1, :count], path.weights[:, 0], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(walks.losses[1, :count], path.losses, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_a_walk_is_torchs_sgd(momentum):
    w = torch.tensor(10.0, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([w], 0.3, momentum)
    weights = [w.item()]
    for _ in range(15):
        optimizer.zero_grad()
        (w**2).backward()
        optimizer.step()
        weights.append(w.item())
    walked = sweep(LANDSCAPES["square"], 10.0, [0.3], 15, momentum).weights[0]
    assert walked == pytest.approx(weights, rel=1e-6, abs=1e-12)


@pytest.mark.parametrize("schedule", sorted(SCHEDULES))
def test_the_share_left_is_where_the_walk_ends(schedule):
    walked = sweep(LANDSCAPES["square"], 10.0, [0.3], 12, 0.0, schedule).weights[0, -1]
    assert share_left(0.3, 2.0, 12, schedule) * 10.0 == pytest.approx(walked, rel=1e-9)


def test_the_table_of_six_rates():
    """What the peers measured on w² from 10 in ten steps."""
    rows = rate_table(LANDSCAPES["square"], 10.0, 10)
    assert [row.rate for row in rows] == list(TABLE_RATES)
    assert [float(f"{row.weight:.3g}") if row.weight >= 1 else round(row.weight, 2) for row in rows] == [
        3.49,
        0.06,
        0,
        1.07,
        10,
        61.9,
    ]
    assert [row.kind for row in rows] == ["crawl", "monotone", "one_step", "bounce", "forever", "diverge"]


@pytest.mark.parametrize("formula", ["7", "0*w", "w"])
def test_the_walks_of_a_formula_without_a_bend_go_on_evenly(formula):
    walks = sweep(from_expression(parse(formula, ("w",)), 1, 0.1, -3, 3), 1.0, [0.1, 0.5], 4)
    assert walks.losses.shape == (2, 5)
    slope = 1.0 if formula == "w" else 0.0
    np.testing.assert_allclose(walks.weights, 1 - slope * np.outer([0.1, 0.5], range(5)))


def test_the_table_needs_a_quadratic():
    with pytest.raises(ValueError, match="not a quadratic"):
        rate_table(LANDSCAPES["cosine"], 1.0, 10)


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
def test_the_limit_parts_what_settles_from_what_diverges(momentum):
    limit = learning_rate_limit(2.0, momentum)
    below, above = sweep(LANDSCAPES["square"], 10.0, [0.97 * limit, 1.03 * limit], 600, momentum).weights[:, -1]
    assert abs(below) < 1
    assert not abs(above) < 10


@pytest.mark.parametrize("bad", [{"steps": 0}, {"momentum": 1.0}, {"schedule": "none"}])
def test_bad_settings_are_refused(bad):
    with pytest.raises(ValueError, match="must be"):
        sweep(LANDSCAPES["square"], 1.0, [0.1], **({"steps": 5} | bad))


def test_a_real_networks_limit_parts_its_runs():
    found = stability(Subject())
    assert found.limit == pytest.approx(2 / found.curvature)
    assert found is stability(Subject())
    below, above = (short_run(Subject(), share * found.limit, 40) for share in (0.9, 1.5))
    assert below.rises == 0
    assert above.rises > 5
    assert above.losses[-1] > above.losses[0] > below.losses[-1]
