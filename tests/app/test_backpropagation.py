"""Backpropagation without a browser: what stands on the page is torch's, and any URL is a page."""

import json
import math
import random
import re
from dataclasses import replace

import pytest
import torch

from core.expression import parse
from core.gradient_check import torch_gradients
from core.value_network import SPECS, build_network, step_network, trained
from core.words import number_text
from pages.ui.parts.backprop_network import latex
from pages.ui.parts.gradient_checks import EVERY_CHECK

PARTS = ("3x² + 2", "Your formula", "Matrices", "A network", "Why it adds up")
SUMS = ("Over a batch", "At a fork", "What forward keeps")


@pytest.fixture
def lesson(open_page):
    def visit(**query):
        page = open_page("backpropagation", **query)
        assert not page.exception, page.exception[0]
        return page

    return visit


def graph(page):
    """What the graph component was given to draw."""
    found = page.get("bidi_component") or page.get("component_instance")
    return json.loads(found[0].proto.json)


def gradient(drawing, owner):
    slots = [slot for slot in drawing["slots"] if (slot["owner"], slot["role"]) == (owner, "gradient")]
    return slots[0]["at"][-1][1]


def cells(page, table=0):
    return page.table[table].value


def number(text):
    text = text.removeprefix("≈ ")
    power = re.fullmatch(r"(.+) · 10([⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)", text)
    exponent = power[2].translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")) if power else "0"
    return float((power[1] if power else text).replace("−", "-")) * 10 ** int(exponent)


@pytest.mark.parametrize("x", [2.0, -1.25, 40.0, 1e4, -1e6, 1e6, 1e-7])
def test_the_square_shows_torchs_gradient(lesson, x):
    page = lesson(x=f"{x:g}")
    leaf = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    (3 * leaf**2 + 2).backward()
    row = cells(page).iloc[0]
    for column in ("our engine", "torch autograd", "nudge to both sides"):
        assert number(row[column]) == pytest.approx(leaf.grad.item(), rel=1e-5)
    assert row["off by"].startswith("✓")
    assert row["off by "].startswith("✓")
    assert " ".join(latex.value for latex in page.latex).count(r"\texttt{x.grad} &= 6\end") == 1  # x² at 3
    assert " ".join(latex.value for latex in page.latex).count(r"\texttt{x.grad} &= 16\end") == 1  # x² at 8


def test_slider_and_field_share_x(lesson):
    page = lesson()
    page.number_input(key="x:type").set_value(7.5).run()
    assert page.query_params["x"] == "7.5"
    assert page.slider(key="x:slide").value == 5.0  # as far as it goes
    assert number(cells(page).iloc[0]["our engine"]) == 45
    page.slider(key="x:slide").set_value(-2.0).run()
    assert page.number_input(key="x:type").value == -2.0
    assert number(cells(page).iloc[0]["our engine"]) == -12


@pytest.mark.parametrize("text", ["x*y + sin(z)", "tanh(x)/(y*y + 1)", "x*x*x"])
def test_a_typed_formula_shows_torchs_gradients(lesson, text):
    page = lesson(part="Your formula", f=text)
    point = {"x": 2.0, "y": -1.0, "z": 0.5}
    leaves = {name: torch.tensor(at, dtype=torch.float64, requires_grad=True) for name, at in point.items()}
    parse(text, tuple(point)).tensor(leaves).backward()
    for _, row in cells(page).iterrows():
        name = row["gradient"][-1]
        assert number(row["our engine"]) == pytest.approx(leaves[name].grad.item(), rel=1e-5)
        assert row["off by"].startswith("✓")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", "L = 1"),
        ("e", r"L = e \approx 2.718"),
        ("0.123456", r"L = 0.123456 \approx 0.1235"),
        ("1 + 2", "L = 1 + 2 = 3"),
    ],
)
def test_a_formula_without_a_variable_has_one_sentence(lesson, text, value):
    page = lesson(part="Your formula", f=text)
    (step,) = graph(page)["steps"]
    assert step["text"] == (
        "The formula drawn here has no variable: nothing can change its value, so there is no gradient."
    )
    assert not page.info
    assert page.latex[0].value.strip("$\n") == value
    assert not page.table


def test_a_variable_alone_has_no_operation(lesson):
    steps = [step["text"] for step in graph(lesson(part="Your formula", f="x"))["steps"]]
    assert steps[0].startswith("The result is x itself, so there is no operation to compute. Now step on")
    assert steps[1] == "Backward starts at the result: ∂x/∂x = 1."


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x/0", "The formula is undefined or too large at every x that was tried"),
        ("log(-x*x - 1) + y", "The formula is undefined or too large at every x and y that was tried"),
        ("1/(x - 2)", "The formula is undefined or too large at x = 2,"),
        ("log(y)*z", "The formula is undefined or too large at y = −1, z = 0.5,"),
    ],
)
def test_a_formula_without_a_value_says_where_and_has_no_gradient(lesson, text, says):
    page = lesson(part="Your formula", f=text)
    assert page.warning[0].value.startswith(says)
    assert "infty" not in page.latex[0].value
    drawing = graph(page)
    assert drawing["steps"][-1]["text"].endswith("The result is no finite number, so no gradient comes back.")
    assert drawing["turn"] == len(drawing["steps"]) - 1
    assert not page.table
    assert not any("Move a little away" in caption.value for caption in page.caption)


def test_what_is_rounded_in_a_formula_has_its_sign(lesson):
    page = lesson(part="A network")
    assert page.latex[0].value.count(r"\approx") == 2  # the factor that arrives is rounded, so the product is
    page = lesson(x="0.123456")
    assert r"3x^2 + 2 \approx 2.046" in page.latex[0].value
    assert r"\approx 6 \cdot 0.1235 \\[4pt] &\approx 0.7407" in page.latex[1].value
    page = lesson(part="Your formula", f="x/3")
    assert page.latex[0].value.strip("$\n") == r"L = \frac{x}{3} \approx 0.6667"
    page = lesson(part="Why it adds up", sum="At a fork", fx="1.5", fa="2")
    assert page.latex[0].value.strip("$\n").endswith("= a + 2x = 2 + 3 = 5")


def test_a_gradient_that_only_rounding_makes_whole_has_its_sign(lesson):
    page = lesson(part="Your formula", f="log(1 + exp(-z))", z="-20")
    row = cells(page).iloc[0]
    assert row["our engine"] == row["torch autograd"] == "≈ −1"
    assert gradient(graph(page), "n0") == "≈ −1"
    row = cells(lesson(part="Your formula", f="1 - z", z="-20")).iloc[0]
    assert row["our engine"] == row["torch autograd"] == "−1"


@pytest.mark.parametrize(("text", "column"), [("3x + 1", 1), ("x +* y", 3), ("q*x", 0), ("x.real", 1), ("(x", 0)])
def test_a_wrong_formula_points_at_the_spot_and_keeps_the_text(lesson, text, column):
    page = lesson(part="Your formula")
    page.text_input(key="f").set_value(text).run()
    assert not page.exception
    assert page.text_input(key="f").value == text
    assert len(page.error) == 1
    shown, caret = page.code[0].value.split("\n")
    assert (shown, caret.index("^")) == (text, column)
    page.text_input(key="f").set_value("x*y").run()
    assert not page.error


@pytest.mark.parametrize(("last", "warnings"), [("3", 0), ("x/0", 1)])
def test_while_a_formula_is_refused_the_error_names_the_one_that_is_drawn(lesson, last, warnings):
    page = lesson(part="Your formula", f=last)
    assert len(page.warning) == warnings
    page.text_input(key="f").set_value("x*").run()
    assert page.error[0].value.endswith(f"The picture still shows the last formula that could be used, `{last}`.")
    assert not page.warning
    assert not page.info


def test_matrices_pass_their_checks_and_the_step_lowers_the_loss(lesson):
    page = lesson(part="Matrices", n="5")
    assert list(cells(page)["gradient"]) == ["dq", "dW", "db", "dx"]
    assert list(cells(page)["shape"]) == ["5 × 3", "4 × 3", "3", "5 × 4"]
    for column in cells(page).columns[2:]:
        assert all(text.startswith("✓") for text in cells(page)[column])
    assert page.metric[0].delta.startswith("−")
    for rule in ("dq", "db", "dx"):
        page.get("button_group")[1].set_value(rule).run()
        assert not page.exception
        assert f"{rule} =" in page.latex[-1].value


@pytest.mark.parametrize("shape", SPECS)
def test_every_gradient_of_the_network_is_torchs(lesson, shape):
    page = lesson(part="A network", net=shape)
    network = build_network(SPECS[shape])
    theirs = torch_gradients(network.spec, {name: value.data for name, value in network.weights.items()})
    assert len(page.table) == 1  # the chosen weight's: all of them are sent once the reader unfolds them
    page.session_state[EVERY_CHECK] = True
    page.run()
    rows = cells(page, 1)
    assert len(rows) == len(theirs)
    for _, row in rows.iterrows():
        expected = theirs[row["gradient"].removeprefix("∂L/∂")]
        assert number(row["our engine"]) == pytest.approx(expected, rel=1e-5)
        assert row["off by"].startswith("✓")
        assert row["off by "].startswith("✓")


def test_steps_are_taken_counted_and_undone(lesson):
    page = lesson(part="A network")
    network = build_network(SPECS["2-2-1"])
    losses = [network.loss.data]
    for _ in range(2):
        network.loss.backward()
        network = step_network(network, 0.5)
        losses.append(network.loss.data)
    shown = lambda: [metric.value for metric in page.metric]  # noqa: E731
    assert shown() == [number_text(losses[0]), number_text(losses[1])]
    page.button(key="take").click().run()
    assert page.query_params["taken"] == "1"
    assert shown() == [number_text(losses[1]), number_text(losses[2])]
    page.button(key="reset").click().run()
    assert "taken" not in page.query_params
    assert shown() == [number_text(losses[0]), number_text(losses[1])]


def test_any_weight_can_be_picked(lesson):
    page = lesson(part="A network", net="3-4-3-2", weight="b2-3")
    drawing = graph(page)
    assert drawing["picked"] == "b²₃"
    assert len(drawing["chains"]["b²₃"]["lines"]) == 3  # two outputs: two paths, and their sum
    page.selectbox(key="weight:choose").set_value("w1-43").run()
    assert page.query_params["weight"] == "w1-43"
    assert cells(page).iloc[0]["gradient"] == "∂L/∂w¹₄₃"
    assert len(graph(page)["chains"][graph(page)["picked"]]["lines"]) == 7


def test_names_in_latex():
    assert [latex(name) for name in ("L", "w¹₂₃", "z²₁")] == ["L", "w^{(1)}_{23}", "z^{(2)}_{1}"]


def test_a_learning_rate_far_too_large_ends_in_numbers(lesson):
    page = lesson(part="A network", net="3-4-3-2", act="ReLU", rate="30", taken="100")
    stops = trained(replace(SPECS["3-4-3-2"], activation="relu", seed=0), 30.0, 100)
    assert all(math.isfinite(number) for stop in stops for number in (stop.loss, *dict(stop.weights).values()))
    assert max(abs(number) for number in dict(stops[1].weights).values()) > 10, "the first step does leap"
    assert [metric.value for metric in page.metric[:2]] == [number_text(stops[-1].loss)] * 2  # nothing moves any more
    assert any(f"Steps taken with η = 30: {len(stops) - 1}. Another" in caption.value for caption in page.caption)
    assert not re.search("nan|undefined|∞", " ".join(metric.value for metric in page.metric))


@pytest.mark.parametrize("sum_", SUMS)
def test_sums_have_their_witnesses(lesson, sum_):
    page = lesson(part="Why it adds up", sum=sum_)
    if sum_ != "What forward keeps":
        assert all(text.startswith("✓") for text in cells(page)["off by"][1:])
    else:
        kept = dict(zip(cells(page)["tensor"], cells(page)["kB"], strict=True))
        assert kept["x"] == "401.4"  # 128 · 784 numbers of 4 bytes


def test_editing_an_example_moves_the_sum(lesson):
    page = lesson(part="Why it adds up")
    before = cells(page)["gradient"].iloc[0]
    page.number_input(key="x1").set_value(4.0).run()
    assert cells(page)["gradient"].iloc[0] != before
    # 2(0.5·4 − 2)·4 + 2(0.5·2 − 1)·2 + 2(0.5·(−1) − 0.5)·(−1)
    assert number(cells(page)["gradient"].iloc[0]) == 2


@pytest.mark.parametrize(
    ("part", "name", "choice"),
    [
        ("3x² + 2", "longer", 2),
        ("Your formula", "larger", 1),
        ("Matrices", "rows", 2),
        ("A network", "zeros", 1),
        ("Why it adds up", "twice", 1),
    ],
)
def test_predictions_are_graded_by_the_run(lesson, part, name, choice):
    page = lesson(part=part)
    page.radio(key=f"quiz:backpropagation:{name}").set_value(choice).run()
    page.button(key=f"quiz:backpropagation:{name}:run").click().run()
    assert not page.exception
    assert "You were right" in page.success[0].value


GARBAGE = (
    "nan",
    "1e999",
    "-1",
    "٣",
    "0x10",
    "a\x00b",
    "[]",
    "9" * 300,
    "x**",
    "exp(exp(exp(x)))",
    "1/0",
    "",
    "-0",
    "3.5",
    "log(x-9)",
)
KEYS = (
    "x",
    "y",
    "z",
    "step",
    "part",
    "f",
    "n",
    "mseed",
    "mrate",
    "net",
    "act",
    "seed",
    "rate",
    "taken",
    "weight",
    "sum",
)
KEYS += ("w", "x1", "t3", "fx", "fa", "images", "gradient")


@pytest.mark.parametrize("seed", range(10))
def test_garbage_is_a_page(lesson, seed):
    chance = random.Random(seed)
    query = {key: chance.choice(GARBAGE) for key in KEYS}
    query["part"] = PARTS[seed % len(PARTS)]
    lesson(**query)
