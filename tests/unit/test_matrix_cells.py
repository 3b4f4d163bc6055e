"""Each cell of a gradient at matrix size is written out with numbers that make it, and every gradient is torch's."""

import re

import pytest
import torch

from core.graphs.matrices import example_batch
from core.graphs.matrix_cells import GRADIENT_CELLS, PLACES
from core.matrix_graph import by_autograd

ROUNDING = 10.0**-PLACES


@pytest.fixture(params=[(1, 0), (4, 1), (12, 7)])
def cache(request):
    return example_batch(*request.param)


@pytest.mark.parametrize("name", GRADIENT_CELLS)
def test_the_last_matrix_is_the_gradient(name, cache):
    made, theirs = GRADIENT_CELLS[name](cache), getattr(by_autograd(cache), name)
    ours = made.factors[-1]
    assert ours.name == name
    torch.testing.assert_close(ours.values, theirs.reshape(ours.values.shape), rtol=1e-6, atol=1e-12)
    assert (len(made.texts), len(made.texts[0])) == ours.values.shape


@pytest.mark.parametrize(("name", "way"), [("dW", ("row", "column")), ("dx", ("row", "column")), ("db", ("column",))])
def test_what_a_cell_takes_makes_it(name, way, cache):
    made = GRADIENT_CELLS[name](cache)
    *factors, result = made.factors
    assert tuple(factor.takes for factor in factors) == way
    taken = [factor.values if factor.takes == "row" else factor.values.T for factor in factors]
    sums = torch.einsum("ik,jk->ij", *taken) if len(taken) == 2 else taken[0].sum(1)[None]
    torch.testing.assert_close(sums, result.values, rtol=1e-9, atol=1e-12)


def numbers(text):
    return [float(number.replace("−", "-")) for number in re.findall(r"(?<![\d)] )−?\d+(?:\.\d+)?(?:e-\d+)?", text)]


@pytest.mark.parametrize("name", ["dW", "dx", "db"])
def test_the_written_numbers_make_the_written_sum(name, cache):
    made = GRADIENT_CELLS[name](cache)
    for i, row in enumerate(made.texts):
        for j, text in enumerate(row):
            left, total = re.split(" [=≈] ", text)
            terms = [numbers(term) for term in left.split(" + ")]
            size = sum(1 + sum(map(abs, term)) for term in terms)
            written = sum(term[0] * term[1] if len(term) == 2 else term[0] for term in terms)
            assert written == pytest.approx(numbers(total)[0], abs=ROUNDING * size)
            assert numbers(total)[0] == pytest.approx(float(made.factors[-1].values[i, j]), abs=ROUNDING)


def test_an_error_is_written_as_probability_less_answer_over_the_batch():
    cache = example_batch(4, 1)
    text = GRADIENT_CELLS["dq"](cache).texts[0][int(cache.y[0])]
    p = float(cache.p[0, cache.y[0]])
    assert text == f"({p:.4f} − 1) / 4 ≈ −{abs((p - 1) / 4):.4f}"
