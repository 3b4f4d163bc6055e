"""The hand network: its numbers equal torch, and the tables a hand follows equal the network with that weight."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from core.experiments.hand_network import INPUTS, STAGES, HandNetwork, edges, values
from core.experiments.hand_samples import SAMPLES, STEP, tables
from core.experiments.linear_layer import ROWS, linear_cells, normal_weights
from core.experiments.small_reader import read_image, small_reader
from core.experiments.threshold import fire, first_layer_sums, own_threshold

weight = st.floats(-1, 1)
networks = st.builds(
    HandNetwork,
    st.tuples(*[weight] * 9),
    st.tuples(*[weight] * 3),
    st.tuples(*[weight] * 3),
    st.tuples(weight),
    st.sampled_from(["sigmoid", "tanh", "relu", "linear"]),
)


def torch_numbers(network, inputs):
    x = torch.tensor(inputs, dtype=torch.float64)
    hidden = torch.tensor(network.hidden, dtype=torch.float64).reshape(3, 3)
    sums = F.linear(x, hidden, torch.tensor(network.hidden_bias, dtype=torch.float64))
    functions = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu, "linear": torch.clone}
    outputs = functions[network.activation](sums)
    last = F.linear(outputs, *(torch.tensor(n, dtype=torch.float64) for n in ([network.output], network.output_bias)))
    named = {f"s:h{k + 1}": sums[k] for k in range(3)} | {f"a:h{k + 1}": outputs[k] for k in range(3)}
    return named | {"s:y": last[0], "a:y": torch.sigmoid(last[0]), "gap:y": 1 - torch.sigmoid(last[0])}


@settings(max_examples=40)
@given(networks, st.tuples(*[st.floats(0, 1)] * 3))
def test_every_sum_and_output_equals_torch(network, inputs):
    shown = values(network, inputs, "network")
    for name, number in torch_numbers(network, inputs).items():
        assert shown[name] == pytest.approx(float(number), rel=1e-6, abs=1e-12), name


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("activation", ["sigmoid", "relu", "step"])
def test_each_table_is_the_network_with_that_weight(stage, activation):
    network = HandNetwork(activation=activation)
    for edge, moving in tables(network, INPUTS, stage).items():
        for k in (0, 13, SAMPLES - 1):
            truth = values(network.with_weight(edge, round(-1 + k * STEP, 6)), INPUTS, stage)
            for name, samples in moving.items():
                straight = samples[0] + (samples[-1] - samples[0]) * k / (SAMPLES - 1)
                shown = samples[k] if len(samples) == SAMPLES else straight
                assert shown == pytest.approx(truth[name], abs=2e-6), (edge, name)
            still = set(truth) - set(moving) - {f"w:{edge}"}
            start = values(network, INPUTS, stage)
            assert {name: truth[name] for name in still} == {name: start[name] for name in still}


def test_a_network_grows_without_changing_what_was_there():
    small, large = (values(HandNetwork(), INPUTS, stage) for stage in ("neuron", "network"))
    assert {name: large[name] for name in small if name in large} == {
        name: number for name, number in small.items() if name in large
    }
    assert [len(list(edges(stage))) for stage in STAGES] == [4, 12, 16]


@pytest.mark.parametrize("bad", [(2.0, 0, 0), (0, 0), (math.nan, 0, 0), (True, 0, 0)])
def test_a_weight_out_of_range_is_refused(bad):
    with pytest.raises(ValueError, match="it must be"):
        HandNetwork(output=bad)


def test_an_unknown_edge_is_refused():
    with pytest.raises(ValueError, match="no edge"):
        HandNetwork().with_weight("x9-h1", 0.5)


def test_the_batch_equals_torch_and_each_row_alone():
    weights, bias = normal_weights(3)
    together = linear_cells(ROWS, weights, bias)
    truth = torch.addmm(bias, torch.tensor(ROWS, dtype=torch.float64), weights)
    shown = torch.tensor([[cell.value for cell in row] for row in together])
    torch.testing.assert_close(shown, truth, rtol=1e-6, atol=1e-12, check_dtype=False)
    assert [linear_cells([row], weights, bias)[0][1].value for row in ROWS] == [row[1].value for row in together]


def test_a_threshold_is_a_bias_below_zero():
    sums = torch.linspace(-15, 15, 31, dtype=torch.float64)
    assert fire(sums, 10.0, "step").sum() == 5  # 11, 12, 13, 14, 15
    torch.testing.assert_close(fire(sums, 10.0, "sigmoid"), torch.sigmoid(sums - 10))


def test_real_sums_are_those_of_the_network():
    image = torch.randint(0, 256, (28, 28), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)
    alone = first_layer_sums(small_reader(), image[None].numpy(), 4)
    reading = read_image(small_reader(), image.double() / 255)
    assert float(alone[0]) - own_threshold(small_reader(), 4) == pytest.approx(float(reading.sums[0][4]), rel=1e-12)
