"""Gradient descent as a reader meets it, without a browser: its numbers are torch's, its controls change them."""

import random
import re

import pytest
import torch
from streamlit.testing.v1 import AppTest

from core.descent import descend, slope_at
from core.landscapes import LANDSCAPES
from tests.app.shown import component


def formulas(app: AppTest) -> str:
    return " ".join(latex.value for latex in app.latex)


def test_default_update_is_torchs(open_page):
    app = open_page("gradient_descent")
    assert not app.exception
    w = torch.tensor(3.2, dtype=torch.float64, requires_grad=True)
    loss = (w**2 - 4) ** 2 / 8 + w / 2
    loss.backward()
    after = w.item() - 0.05 * w.grad.item()
    shown = re.findall(r"underbrace\{([^{}]+)\}", formulas(app))
    assert [float(value) for value in shown] == pytest.approx([after, 3.2, 0.05, w.grad.item()], rel=1e-3)


@pytest.mark.parametrize("name", [name for name, entry in LANDSCAPES.items() if entry.dimensions == 1])
def test_every_curve_renders_and_shows_its_first_step(name, open_page):
    app = open_page("gradient_descent")
    app.selectbox(key="curve").set_value(name).run()
    assert not app.exception
    landscape = LANDSCAPES[name]
    after = descend(landscape, landscape.start, landscape.learning_rate, 1).weights[1, 0]
    shown = float(re.findall(r"underbrace\{([^{}]+)\}", formulas(app))[0])
    assert shown == pytest.approx(after, rel=1e-3)


def test_the_step_in_the_url_shows_the_numbers_of_that_step(open_page):
    path = descend(LANDSCAPES["double_well"], (1.0,), 0.05, 8)
    shown = formulas(open_page("gradient_descent", w="1", step="7"))
    assert f"{path.weights[7, 0]:.4g}" in shown
    assert f"{path.weights[8, 0]:.4g}" in shown


@pytest.mark.parametrize("ball", [1, 2, 3])
def test_the_numbers_of_one_of_several_balls_say_whose_they_are(ball, open_page):
    app = open_page("gradient_descent", balls="3", w="-3,0.5,2", ball=str(ball))
    path = descend(LANDSCAPES["double_well"], ((-3.0, 0.5, 2.0)[ball - 1],), 0.05, 1)
    assert any(f"**ball {ball}** of 3" in words.value for words in app.markdown)
    assert f"{path.weights[1, 0]:.4g}" in formulas(app)


def test_a_bad_formula_is_pointed_at_and_nothing_is_lost(open_page):
    app = open_page("gradient_descent")
    app.selectbox(key="curve").set_value("formula").run()
    app.text_input(key="f").set_value("w**2 + 3*w").run()
    assert "w^{2}" in formulas(app)
    app.text_input(key="f").set_value("w**2 + import os").run()
    assert not app.exception
    assert app.error
    assert any("^" in code.value for code in app.code)
    assert app.text_input(key="f").value == "w**2 + import os"
    assert "w^{2}" in formulas(app)


def test_a_formula_that_is_too_long_is_kept_and_its_length_is_told(open_page):
    text = " + ".join(["w"] * 80)
    app = open_page("gradient_descent", curve="Your own formula", f=text)
    assert not app.exception
    assert app.text_input(key="f").value == text
    assert f"The formula has {len(text)} characters; at most 200 are read" in app.error[0].value


@pytest.mark.parametrize("text", ["log(w)", "1/w", "exp(exp(w))", "7", "abs(w)**0.5", "sqrt(w - 100)", "w**-100"])
def test_formulas_with_holes_cliffs_or_nothing_at_all_do_not_break_the_page(text, open_page):
    app = open_page("gradient_descent")
    app.selectbox(key="curve").set_value("formula").run()
    app.text_input(key="f").set_value(text).run()
    assert not app.exception
    app.segmented_control(key="part").set_value("nudge").run()
    assert not app.exception


@pytest.mark.parametrize(
    ("text", "start", "rate", "why"),
    [
        ("log(w)", "0.1", "1", "lead to w = −9.9, and the loss has no value there"),
        ("sqrt(w)", "0.5", "1", "lead to w = −0.2071, and the loss has no value there"),
        ("-exp(exp(w))", "1", "0.5", "lead to w = 21.6, and the loss is infinite there, or too large for a number"),
        ("w**2", "4", "20", None),
    ],
)
def test_a_step_into_a_gap_of_the_loss_is_told_in_words(text, start, rate, why, open_page):
    app = open_page("gradient_descent", curve="Your own formula", f=text, w=start, step="1")
    app.select_slider(key="rate").set_value(rate).run()
    assert not app.exception
    told = " ".join(caption.value for caption in app.caption)
    assert (f"Step 1 would {why}" in told) if why else ("would" not in told)
    assert "undefined" not in formulas(app)
    assert r"\infty" not in formulas(app)


def test_a_ball_that_cannot_start_where_it_was_put_is_at_the_start_and_that_is_said(open_page):
    app = open_page("gradient_descent", curve="Your own formula", f="log(w)", balls="2", w="-1,2", step="0")
    assert any("no finite value and slope at w = −1." in info.value for info in app.info)
    app = open_page("gradient_descent", curve="Your own formula", f="log(w)", balls="2", w="1,2")
    assert not app.info


def test_the_nudged_weight_has_one_name(open_page):
    app = open_page("gradient_descent", part="Nudge or derivative")
    figure = component(app, "figure")
    assert app.slider(key="x").label == "Weight w"
    assert figure["layout"]["xaxis"]["title"]["text"] == "weight w"
    assert figure["traces"][-1]["name"] == "w and w + h"
    assert "near w = " in figure["alt"]


@pytest.mark.parametrize(("text", "x"), [("1/w", "-1"), ("log(abs(w))", "-1"), ("1/w**2", "1"), ("log(w)", "0.05")])
@pytest.mark.parametrize("k", [0, 16])
def test_a_nudge_into_a_gap_of_the_loss_is_told_in_words(text, x, k, open_page):
    app = open_page("gradient_descent", part="Nudge or derivative", curve="Your own formula", f=text, x=x, k=str(k))
    assert not app.exception
    shown = [cell for column in app.dataframe[0].value.to_dict("list").values() for cell in column]
    assert "no value there" in shown
    assert not {"nan", "inf"} & set(shown)
    is_gap = k == 0 and text in ("1/w", "log(abs(w))") and x == "-1"
    assert any("no finite value at w + h = 0" in info.value for info in app.info) == is_gap
    assert "undefined" not in formulas(app)


@pytest.mark.parametrize("part", ["One weight", "Two weights"])
def test_after_the_last_step_the_walk_goes_on_from_where_it_is(part, open_page):
    app = open_page("gradient_descent", part=part, step="39")
    assert not [button for button in app.button if "more steps" in button.label]
    app = open_page("gradient_descent", part=part, step="40")
    next(button for button in app.button if "more steps" in button.label).click().run()
    name, key, rate = ("double_well", "w", 0.05) if part == "One weight" else ("bowl", "u", 0.1)
    end = descend(LANDSCAPES[name], LANDSCAPES[name].start, rate, 40).weights[-1, 0]
    assert float(app.query_params[key]) == pytest.approx(end, rel=1e-5)
    assert "step" not in app.query_params
    assert not app.exception


def test_divergence_is_explained(open_page):
    app = open_page("gradient_descent")
    app.selectbox(key="curve").set_value("square").run()
    app.select_slider(key="rate").set_value("20").run()
    app.query_params["step"] = "40"
    app.run()
    assert not app.exception
    assert any("Lower the learning rate" in caption.value for caption in app.caption)


def test_the_nudge_is_compared_with_the_derivative(open_page):
    app = open_page("gradient_descent")
    app.segmented_control(key="part").set_value("nudge").run()
    app.number_input(key="k").set_value(3).run()
    assert not app.exception
    landscape = LANDSCAPES["double_well"]
    near, here = (slope_at(landscape, torch.tensor([w], dtype=torch.float64)) for w in (1.44 + 1e-3, 1.44))
    forward, derivative = (near[0] - here[0]) / 1e-3, float(here[1])
    shown = formulas(app)
    assert f"{forward:.8g}" in shown
    assert f"{derivative:.8g}" in shown


def test_a_range_that_shrinks_takes_the_weight_along(open_page):
    app = open_page("gradient_descent", part="Nudge or derivative", curve="Your own formula", x="2.1")
    app.number_input(key="to").set_value(1).run()
    app.number_input(key="from").set_value(-3).run()
    assert not app.exception
    assert app.session_state["x"] == 1.0


def test_autograd_finds_six_and_sixteen(open_page):
    app = open_page("gradient_descent")
    app.segmented_control(key="part").set_value("autograd").run()
    shown = formulas(app)
    assert r"x &= 3 \qquad x^2 = 9 \\[4pt] \text{slope} &= 6" in shown
    assert r"x &= 8 \qquad x^2 = 64 \\[4pt] \text{slope} &= 16" in shown
    assert any("backward()" in code.value for code in app.code)


def test_two_weights_take_the_step_that_torch_takes(open_page):
    app = open_page("gradient_descent")
    app.segmented_control(key="part").set_value("surface").run()
    assert not app.exception
    assert r"-4 \\ -1.2" in formulas(app)


@pytest.mark.parametrize(("question", "truth"), [("well", 1), ("kink", 1), ("saddle", 1), ("mirror", 1)])
def test_predictions_are_graded_by_the_run(question, truth, open_page):
    part = {"saddle": "Two weights", "mirror": "Ask autograd"}.get(question, "One weight")
    app = open_page("gradient_descent", part=part)
    app.radio(key=f"quiz:gradient_descent:{question}").set_value(truth).run()
    app.button(key=f"quiz:gradient_descent:{question}:run").click().run()
    assert any("You were right" in message.value for message in app.success)


def test_absurd_links_open(open_page):
    """A few of the absurd links; the walk of the catalogue tries hundreds."""
    draw = random.Random(4)
    values = ["NaN", "inf", "1e999", "-1", "💥", "0,0", "[]", "", "9" * 400, "w**2", "formula", "None", "3"]
    for _ in range(12):
        query = {key: draw.choice(values) for key in ("w", "step", "rate", "balls", "curve", "part", "x", "f", "at")}
        app = open_page("gradient_descent", **query)
        assert not app.exception, query
