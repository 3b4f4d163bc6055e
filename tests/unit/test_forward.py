"""The forward pass written out equals torch, product by product."""

import math
from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.activations import ACTIVATIONS
from core.forward import Layer, Term, matmul_cells, sum_text, work_out
from core.words import mark_text, number_text


def random_layers(sizes, activation, seed):
    generator = torch.Generator().manual_seed(seed)
    layers = []
    for fan_in, fan_out in pairwise(sizes):
        weights = torch.randn(fan_out, fan_in, generator=generator, dtype=torch.float64)
        bias = torch.randn(fan_out, generator=generator, dtype=torch.float64)
        layers.append(Layer(tuple(map(tuple, weights.tolist())), tuple(bias.tolist()), activation))
    return layers


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("sizes", [(3, 1), (3, 2, 1), (4, 2), (2, 5, 4, 3)])
def test_every_neuron_equals_torch(sizes, activation):
    layers = random_layers(sizes, activation, 5)
    inputs = [0.6, 0.4, 0.2, -0.7][: sizes[0]]
    x = torch.tensor(inputs, dtype=torch.float64)
    for layer, neurons in zip(layers, work_out(inputs, layers), strict=True):
        z = torch.tensor(layer.weights, dtype=torch.float64) @ x + torch.tensor(layer.biases, dtype=torch.float64)
        x = ACTIVATIONS[activation].function(z)
        assert [n.z for n in neurons] == pytest.approx(z.tolist(), rel=1e-9)
        assert [n.output for n in neurons] == pytest.approx(x.tolist(), rel=1e-9)
        for neuron in neurons:
            assert all(term.product == term.input * term.weight for term in neuron.terms)
            assert math.isclose(neuron.z, sum(t.product for t in neuron.terms) + neuron.bias)


def test_the_article_example_written_out():
    ((neuron,),) = work_out([0.6, 0.4, 0.2], [Layer(((0.5, -0.2, 1),), (-0.25,), "linear")])
    assert neuron.text == "0.6·0.5 + 0.4·(−0.2) + 0.2·1 − 0.25 = 0.17"
    assert math.isclose(neuron.weighted_sum, 0.42)
    assert math.isclose(neuron.output, 0.17)


def test_a_bias_is_a_threshold():
    fires = [work_out([total], [Layer(((1.0,),), (-10.0,), "step")])[0][0].output for total in (9.9, 10.1)]
    assert fires == [0, 1]


@settings(max_examples=50)
@given(st.integers(1, 5), st.integers(1, 5), st.integers(1, 4), st.integers(0, 99))
def test_every_cell_of_a_matrix_product_equals_torch(n, k, m, seed):
    generator = torch.Generator().manual_seed(seed)
    x, w, b = (torch.randn(*shape, generator=generator, dtype=torch.float64) for shape in ((n, k), (k, m), (m,)))
    cells = matmul_cells(x, w, b)
    values = torch.tensor([[cell.value for cell in row] for row in cells], dtype=torch.float64)
    torch.testing.assert_close(values, x @ w + b)
    for i, row in enumerate(cells):
        for j, cell in enumerate(row):
            assert [term.input for term in cell.terms] == x[i].tolist()
            assert [term.weight for term in cell.terms] == w[:, j].tolist()


def test_a_cell_written_out():
    ((cell,),) = matmul_cells(torch.tensor([[1.0, 0.0]]), torch.tensor([[2.0], [-3.0]]), torch.tensor([0.5]))
    assert cell.text == "1·2 + 0·(−3) + 0.5 = 2.5"


def test_a_sum_of_rounded_numbers_is_an_approximation():
    assert sum_text([Term(0.5, 0.25, 0.125)], 0, 0.125) == "0.5·0.25 + 0 = 0.125"
    assert sum_text([Term(0.5, 0.2501, 0.12505)], 0, 0.12505) == "0.5·0.25 + 0 ≈ 0.125"
    assert sum_text([Term(0.0001, 1, 0.0001)], 0.9999, 1) == "0·1 + 1 ≈ 1"


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="columns of x"):
        matmul_cells(torch.ones(1, 4), torch.ones(3, 2), torch.ones(2))
    with pytest.raises(ValueError, match="3 weights a neuron"):
        work_out([1.0], [Layer(((1, 2, 3),), (0,))])
    with pytest.raises(ValueError, match="same length"):
        Layer(((1, 2), (1,)), (0, 0))
    with pytest.raises(ValueError, match="at most 16"):
        Layer(((1.0,) * 17,), (0,))
    with pytest.raises(ValueError, match="same length"):
        Layer((), ())


@pytest.mark.parametrize(
    ("number", "text"), [(-0.0001, "0"), (-1.5, "−1.5"), (2.0, "2"), (0.12345, "0.123"), (1e9, "1 · 10⁹")]
)
def test_numbers_as_text(number, text):
    assert number_text(number, places=3) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.6381, "0.638"),
        (1.10517, "1.11"),
        (0.9999, "≈ 1"),
        (-0.99996, "≈ −1"),
        (162754.79, "≈ 162755"),
        (1.0004e20, "≈ 1 · 10²⁰"),
        (2.69e43, "2.69 · 10⁴³"),
        (1.0, "1"),
        (0.0, "0"),
        (-0.5, "−0.5"),
        (100.0, "100"),
        (float("inf"), "∞"),
    ],
)
def test_a_number_at_a_mark_says_when_only_rounding_makes_it_whole(number, text):
    assert mark_text(number, 3) == text


@pytest.mark.parametrize(("number", "text"), [(0.09543, "0.095"), (-0.0000235, "≈ 0"), (0.0, "0"), (0.9999, "≈ 1")])
def test_a_number_at_a_mark_may_have_so_many_decimals(number, text):
    assert mark_text(number, places=3) == text
