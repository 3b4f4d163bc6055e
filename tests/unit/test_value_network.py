"""The network of named numbers: every gradient checked against torch and a finite difference, for any setting."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.autograd import backward_steps, topological_order
from core.gradient_check import ROUNDING, TOLERANCES, check_gradients
from core.value_network import (
    HIDDEN,
    SPECS,
    NetworkSpec,
    bias_name,
    build_network,
    starting_weights,
    step_network,
    trained,
    weight_name,
)


def checked(spec, weights=None):
    network = build_network(spec, weights)
    network.loss.backward()
    return network, check_gradients(network)


@pytest.mark.parametrize("activation", HIDDEN)
@pytest.mark.parametrize("name", SPECS)
def test_both_check_marks_for_every_gradient(name, activation):
    spec = NetworkSpec(SPECS[name].sizes, activation, SPECS[name].inputs, SPECS[name].target, 3)
    network, checks = checked(spec)
    known = {value for value in topological_order(network.loss) if value.name and value.requires_grad}
    assert {network.named[check.name] for check in checks} == known - {network.loss}, "inputs, sums and outputs, too"
    assert all(check.passed == (True, True) for check in checks), checks
    assert any(abs(check.gradient) > 1e-3 for check in checks)


@settings(max_examples=60)
@given(
    st.lists(st.integers(1, 4), min_size=2, max_size=4),
    st.sampled_from(HIDDEN),
    st.lists(st.floats(-10, 10), min_size=4, max_size=4),
    st.integers(0, 3),
    st.integers(0, 1000),
)
def test_any_network_passes_its_checks(sizes, activation, inputs, target, seed):
    spec = NetworkSpec(tuple(sizes), activation, tuple(inputs[: sizes[0]]), target % sizes[-1], seed)
    network, checks = checked(spec)
    assert math.isfinite(network.loss.data)
    assert all(check.passed[0] or check.lost[0] for check in checks), checks
    if not network.on_corner:
        # A nudge cannot always tell a gradient to 1e-4: next to a corner, or where a saturated neuron leaves next to
        # nothing of it. The page then says "lost in rounding"; it must never deny a right gradient, nor be far from it.
        tiny = ROUNDING ** (2 / 3) / TOLERANCES[1] * max(1, network.loss.data)
        for check in checks:
            assert check.passed[1] or check.lost[1], check
            near = "relu" in activation or abs(check.gradient) < 10 * tiny  # a corner, or nothing left of it
            assert near or check.difference_error < 0.1, check


def test_large_relu_logits_do_not_overflow():
    spec = NetworkSpec((2, 3, 2), "relu", (10.0, 10.0), 0)
    weights = dict.fromkeys(starting_weights(spec.sizes, spec.seed), 10.0) | {weight_name(2, 1, 1): -10.0}
    network, checks = checked(spec, weights)
    assert network.loss.data > 1000
    assert all(check.passed == (True, True) for check in checks), checks


def test_the_logits_get_p_minus_y():
    network = build_network(SPECS["3-4-3-2"])
    network.loss.backward()
    p = network.predictions
    assert [z.grad for z in network.layers[-1]] == pytest.approx([p[0], p[1] - 1])
    assert math.isclose(network.loss.data, -math.log(p[1]))


@pytest.mark.parametrize("name", SPECS)
def test_a_step_lowers_the_loss_by_about_eta_times_the_squared_gradient(name):
    network = build_network(SPECS[name])
    network.loss.backward()
    after = step_network(network, 1e-4)
    expected = 1e-4 * sum(value.grad**2 for value in network.weights.values())
    assert math.isclose(network.loss.data - after.loss.data, expected, rel_tol=0.01)
    assert step_network(network, 0.5).loss.data < network.loss.data


def test_names():
    assert (weight_name(1, 2, 3), bias_name(2, 1)) == ("w¹₂₃", "b²₁")
    network = build_network(SPECS["2-2-1"])
    assert [len(layer) for layer in network.layers] == [2, 2, 1]
    assert network.layers[1][0].name == "a¹₁"
    assert network.sums[0][0].name == "z¹₁"


def test_stepping_gives_the_same_gradients():
    once, stepped = build_network(SPECS["2-2-1"]), build_network(SPECS["2-2-1"])
    once.loss.backward()
    assert len(list(backward_steps(stepped.loss))) > 20
    assert [v.grad for v in once.weights.values()] == [v.grad for v in stepped.weights.values()]


@pytest.mark.parametrize(
    "bad",
    [
        {"sizes": (2,)},
        {"sizes": (2, 9, 1)},
        {"activation": "getattr"},
        {"inputs": (1.0,)},
        {"inputs": (math.nan, 1.0)},
        {"sizes": (2, 2), "target": 2},
        {"sizes": (2, 2), "target": 0.5},
    ],
)
def test_bad_settings_are_refused(bad):
    with pytest.raises(ValueError, match="must be"):
        NetworkSpec(**bad)


def test_a_kept_walk_is_the_walk_step_by_step():
    spec = SPECS["3-4-3-2"]
    network, losses = build_network(spec), []
    for _ in range(6):
        losses.append(network.loss.data)
        network.loss.backward()
        network = step_network(network, 0.5)
    assert [stop.loss for stop in trained(spec, 0.5, 5)] == losses
    assert trained(spec, 0.5, 6)[-1].weights == tuple((name, value.data) for name, value in network.weights.items())
