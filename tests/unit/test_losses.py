"""Losses equal torch, value and gradient, and each complaint is true."""

import math

import pytest
import torch
from torch.nn import functional as F

from core.loss_ladder import LADDER
from core.losses import LOSSES, cost
from core.numeric import numeric_gradient
from core.softmax import softmax_cross_entropy_terms

FLOAT = torch.float64
REFERENCES = {  # torch's own, one loss for each example
    "difference": lambda p, y: p - y,
    "absolute": lambda p, y: F.l1_loss(p, y, reduction="none"),
    "squared": lambda p, y: F.mse_loss(p, y, reduction="none"),
    "huber": lambda p, y: F.huber_loss(p, y, reduction="none"),
    "hinge": lambda p, y: F.multi_margin_loss(torch.stack([-p / 2, p / 2], 1), (y > 0).long(), reduction="none") * 2,
    "log_loss": lambda p, y: F.binary_cross_entropy(p, y, reduction="none"),
    "cross_entropy": lambda p, y: F.cross_entropy(p, y, reduction="none"),
}


def examples(kind, n=64):
    generator = torch.Generator().manual_seed(3)
    numbers = torch.randn(n, generator=generator, dtype=FLOAT) * 3
    if kind == "number":
        return numbers, torch.randn(n, generator=generator, dtype=FLOAT) * 3
    if kind == "sign":
        return numbers, torch.randint(0, 2, (n,), generator=generator).to(FLOAT) * 2 - 1
    if kind == "binary":
        return numbers.sigmoid(), torch.randint(0, 2, (n,), generator=generator).to(FLOAT)
    logits = torch.randn(n, 5, generator=generator, dtype=FLOAT) * 4
    return logits, torch.randint(0, 5, (n,), generator=generator)


def test_every_loss_has_a_reference():
    assert set(REFERENCES) == set(LOSSES)


@pytest.mark.parametrize("name", LOSSES)
def test_value_and_slope_equal_torch(name):
    loss = LOSSES[name]
    p, y = examples(loss.target)
    leaf = p.clone().requires_grad_()
    reference = REFERENCES[name](leaf, y)
    reference.sum().backward()
    torch.testing.assert_close(loss.function(p, y), reference.detach(), rtol=1e-9, atol=1e-12)
    torch.testing.assert_close(loss.derivative(p, y).to(FLOAT), leaf.grad, rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize("name", LOSSES)
def test_slope_equals_finite_difference(name):
    loss = LOSSES[name]
    p, y = examples(loss.target, 8)
    numeric = numeric_gradient(lambda moved: loss.function(moved, y).sum(), p)
    torch.testing.assert_close(loss.derivative(p, y).to(FLOAT), numeric, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(("name", "reference"), [("absolute", F.l1_loss), ("squared", F.mse_loss)])
def test_a_cost_is_the_mean_of_the_losses(name, reference):
    p, y = examples("number")
    torch.testing.assert_close(cost(LOSSES[name], p, y), reference(p, y))


def test_certain_and_wrong_costs_a_lot_but_stays_finite():
    p, y = torch.tensor([0.0, 1.0], dtype=FLOAT), torch.tensor([1.0, 0.0], dtype=FLOAT)
    assert LOSSES["log_loss"].function(p, y).tolist() == [100, 100]
    assert LOSSES["log_loss"].derivative(p, y).isfinite().all()


def test_the_ladder_repairs_one_complaint_at_a_time():
    p, y = torch.tensor([100.0, -100.0], dtype=FLOAT), torch.zeros(2, dtype=FLOAT)
    assert LADDER["difference"].compute(p, y).sum() == 0  # +100 and −100 cancel
    assert LADDER["absolute"].compute(p, y).sum() == 200
    small, large = torch.tensor([0.01], dtype=FLOAT), torch.tensor([100.0], dtype=FLOAT)
    zero = torch.zeros(1, dtype=FLOAT)
    assert math.isclose(LADDER["squared"].compute(small, zero).item(), 0.0001)
    assert LADDER["squared"].compute(large, zero).item() == 10_000
    assert LADDER["summed"].compute(p.repeat(2), y.repeat(2)) == 2 * LADDER["summed"].compute(p, y)
    assert LADDER["averaged"].compute(p.repeat(2), y.repeat(2)) == LADDER["averaged"].compute(p, y) == 10_000
    assert list(LADDER) == ["difference", "absolute", "squared", "summed", "averaged"]


def test_every_loss_has_a_kind_of_target_and_a_complaint():
    assert {loss.target for loss in LOSSES.values()} == {"number", "sign", "binary", "class"}
    assert all(loss.complaint.endswith(".") for loss in LOSSES.values())


@pytest.mark.parametrize("temperature", [1.0, 0.5, 4.0])
@pytest.mark.parametrize("logits", [[1.0, 2.0, 0.1], [800.0, -3.0, 801.0], [-900.0, -901.0, -902.0]])
def test_softmax_terms_equal_torch(logits, temperature):
    leaf = torch.tensor(logits, dtype=FLOAT, requires_grad=True)
    reference = F.cross_entropy(leaf / temperature, torch.tensor(2))
    reference.backward()
    terms = softmax_cross_entropy_terms(torch.tensor(logits), 2, temperature)
    torch.testing.assert_close(terms.loss, reference.detach(), rtol=1e-6, atol=1e-12)
    torch.testing.assert_close(terms.gradient, leaf.grad, rtol=1e-6, atol=1e-12)
    torch.testing.assert_close(terms.probabilities, (leaf.detach() / temperature).softmax(0), rtol=1e-6, atol=1e-12)
    torch.testing.assert_close(terms.exponentials.sum(), terms.total)


def test_softmax_terms_of_the_usual_example_are_not_shifted():
    terms = softmax_cross_entropy_terms(torch.tensor([1.0, 2.0]), 0)
    assert terms.shift == 0
    assert math.isclose(terms.exponentials[1], math.e**2)
    assert math.isclose(terms.loss, math.log(1 + math.e))


def test_a_probability_far_below_the_others_is_not_lost_with_its_exponential():
    terms = softmax_cross_entropy_terms(torch.tensor([-760.0, -100.0], dtype=FLOAT), 0)
    assert math.isclose(terms.probabilities[0], math.exp(-660))
    assert math.isclose(terms.log, -660)


def test_what_a_sure_class_lacks_to_one_is_not_rounded_away():
    terms = softmax_cross_entropy_terms(torch.tensor([50.0, 0.0], dtype=FLOAT), 0)
    assert terms.probabilities[0] == 1
    for small in (terms.lacking, terms.loss, -terms.gradient[0]):
        assert math.isclose(small, math.exp(-50), rel_tol=1e-12)


@pytest.mark.parametrize("label", [-1, 2])
def test_softmax_terms_refuse_a_label_that_is_no_class(label):
    with pytest.raises(ValueError, match="label"):
        softmax_cross_entropy_terms(torch.zeros(2), label)


@pytest.mark.parametrize("temperature", [0.0, -1.0, math.nan, math.inf])
def test_softmax_terms_refuse_a_temperature_that_is_none(temperature):
    with pytest.raises(ValueError, match=r"^temperature is"):
        softmax_cross_entropy_terms(torch.zeros(2), 0, temperature)
