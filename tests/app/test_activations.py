"""Activations as a reader meets them, without a browser: the numbers are torch's, the controls change the model."""

import re

import pytest
import torch
from torch.nn import functional as F

from core.activations import ACTIVATIONS
from core.experiments.collapse import StackConfig, collapse, planar_points, train_stack
from core.experiments.dead_units import ShockConfig, revived, shock
from core.experiments.vanishing import chain
from core.numeric import numeric_gradient, relative_error
from pages.ui.parts.activation_depth import chain_tex
from pages.ui.parts.activation_runs import (
    a_third_of_the_violence,
    larger_linear_stacks,
    sigmoid_through_twenty,
    softmax_shifted,
    steepest_sigmoid,
)
from pages.ui.tex import result_tex, signed_tex, tex
from tests.app.shown import drawn

TORCH = {
    "step": lambda x: torch.heaviside(x, torch.zeros_like(x)),
    "linear": lambda x: x * 1,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": F.relu,
    "leaky_relu": F.leaky_relu,
    "prelu": lambda x: F.prelu(x, torch.tensor(0.25, dtype=x.dtype)),
    "arctan": torch.arctan,
    "gelu": F.gelu,
}


def formulas(page) -> str:
    return " ".join(latex.value for latex in page.latex)


def numbers(text: str) -> list[float]:
    plain = re.sub(r" \\cdot 10\^\{(-?\d+)\}", r"e\1", text)
    return [float(number) for number in re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", plain)]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_value_and_derivative_are_torchs(name, open_page):
    x = torch.linspace(-5, 5, 40, dtype=torch.float64, requires_grad=True)
    expected = TORCH[name](x)
    torch.testing.assert_close(ACTIVATIONS[name].function(x.detach()), expected.detach(), rtol=1e-6, atol=1e-12)
    slopes = ACTIVATIONS[name].derivative(x.detach())
    if expected.requires_grad and name != "step":
        expected.sum().backward()
        torch.testing.assert_close(slopes, x.grad, rtol=1e-6, atol=1e-12)
    nudged = numeric_gradient(lambda at: ACTIVATIONS[name].function(at).sum(), x)
    torch.testing.assert_close(slopes, nudged, rtol=1e-4, atol=1e-8)
    page = open_page("activations", f=ACTIVATIONS[name].label, x="-1.3")
    assert not page.exception
    here = torch.tensor(-1.3, dtype=torch.float64)
    value, slope = (float(function(here)) for function in (ACTIVATIONS[name].function, ACTIVATIONS[name].derivative))
    assert rf"f(-1.3) &{result_tex(value)}" in formulas(page)
    assert rf"f'(-1.3) &{result_tex(slope)}" in formulas(page)


def test_the_choice_of_function_changes_the_numbers(open_page):
    page = open_page("activations", x="2")
    before = formulas(page)
    page.selectbox(key="f").set_value("tanh").run()
    assert formulas(page) != before
    assert f"{float(torch.tanh(torch.tensor(2.0))):.4g}" in formulas(page)


def test_the_slope_of_parametric_relu_is_the_readers(open_page):
    page = open_page("activations", f="Parametric ReLU", x="-2")
    assert "f(-2) &= -0.5" in formulas(page)
    page.slider(key="a").set_value(0.6).run()
    expected = float(F.prelu(torch.tensor(-2.0, dtype=torch.float64), torch.tensor(0.6, dtype=torch.float64)))
    assert f"f(-2) &= {expected:.4g}" in formulas(page)
    assert "f'(-2) &= 0.6" in formulas(page)


def test_side_by_side_draws_parametric_relu_with_the_readers_slope(open_page):
    page = open_page("activations", f="Parametric ReLU", x="-2", a="0.6")
    page.button_group(key="with").set_value(["prelu", "leaky_relu"]).run()
    texts = [trace["text"] for trace in drawn(page, 0) if trace["mode"] == "markers+text"]
    assert texts == [["−0.02"], ["0.01"], ["−1.2"], ["0.6"]]


@pytest.mark.parametrize("part", ["One function", "Deep"])
def test_the_last_activation_stays_on(part, open_page):
    page = open_page("activations", part=part)
    page.button_group(key="with").set_value(["tanh"]).run()
    page.button_group(key="with").set_value([]).run()
    assert page.button_group(key="with").value == ["tanh"]
    assert not page.exception


@pytest.mark.parametrize("part", ["One function", "Deep"])
def test_an_empty_list_in_the_url_is_the_usual_one_and_lit(part, open_page):
    page = open_page("activations", part=part, **{"with": ""})
    assert page.button_group(key="with").value == ["sigmoid", "tanh", "relu"]


def test_the_table_shows_that_one_matrix_is_enough_for_the_linear_stack(open_page):
    page = open_page("activations", part="A stack", x1="0.4", x2="-1.1")
    table = next(markdown.value for markdown in page.markdown if "layer by layer" in markdown.value)
    linear, bent = ([cell.strip().replace("−", "-") for cell in row.split("|")] for row in table.splitlines()[2:])
    point = torch.tensor([[0.4, -1.1]], dtype=torch.float64)
    for name, row in (("linear", linear), ("relu", bent)):
        expected = float(train_stack(StackConfig(name)).layers(point)[-1])
        assert float(row[2]) == pytest.approx(expected, abs=5e-7)
    assert linear[4] == "0.000000"
    weight, bias = collapse(train_stack(StackConfig("linear")).weights, train_stack(StackConfig("linear")).biases)
    assert rf"+ {signed_tex(float(bias), 3)}" in formulas(page)
    assert rf"&\approx {tex(float(point @ weight + bias))}" in formulas(page)
    assert float(bent[4]) > 0.1
    assert linear[2] == linear[3]


def test_more_layers_train_another_stack(open_page):
    page = open_page("activations", part="A stack")
    assert "W_1W_2W_3" in formulas(page)
    page.number_input(key="hidden").set_value(3).run()
    assert not page.exception
    assert "W_1W_2W_3W_4" in formulas(page)


def test_the_chain_is_the_product_of_its_slopes(open_page):
    page = open_page("activations", part="Deep", depth="4", f="Tanh", cx="0.5", w="1.5")
    a = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
    out = a
    for _ in range(4):
        out = torch.tanh(1.5 * out)
    out.backward()
    shown = next(latex.value for latex in page.latex if "underbrace" in latex.value)
    assert numbers(shown.rsplit(r"&\approx", 1)[1])[0] == pytest.approx(float(a.grad), rel=1e-3)
    links = chain("tanh", 0.5, 1.5, 4)
    assert chain_tex(links, 1.5) in shown
    assert relative_error(links[-1].product, float(a.grad)) <= 1e-6


def test_units_that_died_and_came_back_are_counted(open_page):
    page = open_page("activations", part="Dead units")
    relu, leaky = shock(ShockConfig()), shock(ShockConfig(leak=0.01))
    assert page.metric[0].value == f"{int(relu.silent[10])} of 12"
    table = next(markdown.value for markdown in page.markdown if "on again" in markdown.value)
    assert f"| of them on again | 0 | {revived(leaky)} |" in table
    assert "| gradient exactly 0 | 12 | 0 |" in table
    assert f"| loss | {relu.losses[-1]:.3f} | {leaky.losses[-1]:.3f} |" in table
    page.select_slider(key="rate").set_value("1").run()
    assert page.metric[0].value == "0 of 12"


@pytest.mark.parametrize("unit", [1, 12])
def test_a_dead_unit_is_written_out(unit, open_page):
    page = open_page("activations", part="Dead units", unit=str(unit))
    relu, leaky = shock(ShockConfig()), shock(ShockConfig(leak=0.01))
    highest = float(relu.highest[10, unit - 1])
    assert highest < 0
    assert rf"\approx {tex(highest, 3)} " in formulas(page)
    assert "1 \\text{ at 0 of 200 points" in formulas(page)
    assert rf"&= 0 \text{{, with a leak }} {tex(float(leaky.gradient[10, unit - 1]), 3)}" in formulas(page)


def test_softmax_numbers_are_torchs(open_page):
    page = open_page("activations", part="Softmax", za="3", zb="-1.5", t="2")
    expected = (torch.tensor([3, -1.5, 0.1, -1.0], dtype=torch.float64) / 2).softmax(0).tolist()
    for share in expected:
        assert rf"\approx {share:.4g}" in formulas(page)
    page.number_input(key="za").set_value(900.0).run()
    assert not page.exception
    assert "= 1" in formulas(page)


@pytest.mark.parametrize(
    ("run", "truth"),
    [
        (steepest_sigmoid, 2),
        (larger_linear_stacks, 0),
        (sigmoid_through_twenty, 2),
        (a_third_of_the_violence, 0),
        (softmax_shifted, 0),
    ],
)
def test_the_real_runs_grade_the_predictions(run, truth):
    assert run().choice == truth
    assert len(run().sentence) > 20


def test_the_planar_points_are_the_ones_the_stack_learned():
    x, y = planar_points("rings", 0)
    stack = train_stack(StackConfig("relu"))
    right = ((stack.layers(x)[-1].squeeze(1) > 0) == (y > 0)).double().mean()
    assert float(right) == stack.accuracy


@pytest.mark.parametrize("bad", ["nan", "1e999", "🤖", ""])
@pytest.mark.parametrize("part", ["One function", "A stack", "Deep", "Dead units", "Softmax"])
def test_any_url_is_a_page(part, bad, open_page):
    keys = ("x", "f", "with", "data", "bend", "hidden", "width", "seed", "x1", "depth", "own", "gain", "cx", "w")
    keys += ("rate", "violent", "leak", "steps", "unit", "a", "za", "t")
    page = open_page("activations", part=part, **dict.fromkeys(keys, bad))
    assert not page.exception
    assert page.title


def test_the_activations_to_begin_with_have_a_colour_each_and_all_of_them_a_look(open_page):
    page = open_page("activations", part="Deep")
    lines = [trace["line"] for trace in drawn(page, 0)]
    assert len({line["color"] for line in lines}) == len(lines) == 3
    page.get("button_group")[1].set_value(list(ACTIVATIONS)).run()
    lines = [trace["line"] for trace in drawn(page, 0)]
    assert len({(line["color"], line["dash"]) for line in lines}) == len(lines) == len(ACTIVATIONS)
    assert {line["dash"] for line in lines} == {"solid", "dash", "dot"}  # all that the picture can draw
