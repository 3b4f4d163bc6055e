"""Loss functions as a reader meets them, without a browser: the numbers are torch's, edits change them."""

import math

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from core.experiments.outlier import outlier_table
from core.loss_ladder import LADDER
from core.losses import LOSSES
from pages.ui.parts.loss_complaints import own_numbers
from pages.ui.parts.loss_curves import CURVES
from pages.ui.parts.loss_list import EXAMPLES, Examples, clean, repair_tex
from pages.ui.parts.loss_runs import gradient_adds_up, heavier_by_squaring, outlier_from_10_to_40, surer_and_wrong
from pages.ui.tex import result_tex, tex


def formulas(page) -> str:
    return " ".join(latex.value for latex in page.latex)


def metrics(page) -> list[float]:
    return [float(metric.value.replace("−", "-")) for metric in page.metric]


def test_the_list_in_the_url_is_measured_as_torch_does(open_page):
    predictions, targets = [2.5, -1.25, 0.125], [1.0, 2.0, 0.0]
    page = open_page("loss_functions", p="2.5,-1.25,0.125", y="1,2,0")
    p, y = (torch.tensor(values, dtype=torch.float64) for values in (predictions, targets))
    expected = [float((p - y).sum()), float(F.l1_loss(p, y)), float(F.mse_loss(p, y))]
    assert metrics(page) == pytest.approx(expected, rel=1e-5)


def test_every_repair_answers_the_complaint_before_it(open_page):
    page = open_page("loss_functions", p="100,-100", y="0,0")
    assert metrics(page) == [0, 100, 10_000]
    assert "= 0" in page.latex[0].value
    seen = set()
    for rung in LADDER:
        page.button_group(key="rung").set_value(rung).run()
        assert not page.exception
        assert page.info[0].value.startswith(f"{LADDER[rung].complaint} ")
        assert f"&= {LADDER[rung].formula}" in page.latex[0].value
        seen.add(page.latex[0].value)
    assert len(seen) == len(LADDER)
    assert r"\frac{10000 + 10000}{2} = 10000" in page.latex[0].value  # the cost is the mean of the losses


def test_the_complaints_are_told_with_the_readers_numbers():
    p, y = torch.tensor([0.3, 0.2]).double(), torch.tensor([1.0, 0.0]).double()
    told = {rung: own_numbers(rung, p, y) for rung in LADDER}
    assert told["difference"] == "Yours add up to −0.5, and their sizes to 0.9: some of them cancel."
    assert told["squared"] == "Yours are 2: 0.49, 0.04."
    assert "gives 0.53; the same list twice would give 1.06" in told["summed"]
    assert "92% comes from the largest error, 0.7" in told["averaged"]
    assert all(own_numbers(rung, y, y) for rung in LADDER)


def own(rung: str, preset: str) -> str:
    columns = EXAMPLES[preset].predictions, EXAMPLES[preset].targets
    return own_numbers(rung, *(torch.tensor(column).double() for column in columns))


@pytest.mark.parametrize(
    ("rung", "shown", "unseen"),
    [
        ("difference", "+100 and −100", "0.01 and 100"),
        ("squared", "Three", "0.3 for a 1"),
        ("averaged", "0.01 and 100", "+100 and −100"),
        ("averaged", "0.01 and 100", "The three, twice"),
        ("averaged", "0.01 and 100", "0.3 for a 1"),
    ],
)
def test_a_complaint_that_does_not_show_says_where_it_does(rung, shown, unseen):
    assert own(rung, unseen).startswith("It does not show on these numbers")
    assert own(rung, unseen).endswith(f"“{shown}”.")
    assert "does not show" not in own(rung, shown)


def test_what_is_rounded_is_not_called_equal(open_page):
    page = open_page("loss_functions", p="0.01,100", y="0,0", rung="Averaged")
    assert r"\frac{0.0001 + 10000}{2} \approx 5000" in page.latex[0].value
    assert "more than 99.99% comes from the largest error, 100." in page.info[0].value
    assert r"(0.01 - 0)^2 = 0.0001" in page.latex[0].value
    zero = torch.zeros(2).double()
    assert "more than 99.99%" in own_numbers("averaged", torch.tensor([1e-9, 100]).double(), zero)
    assert "all comes from the only error" in own_numbers("averaged", torch.tensor([0, 100]).double(), zero)


def test_a_preset_fills_the_list(open_page):
    page = open_page("loss_functions")
    page.button(key="preset:0.01 and 100").click().run()
    assert metrics(page) == pytest.approx([100.01, 50.005, 5000.00005], rel=1e-5)
    page.button(key="preset:0.3 for a 1").click().run()
    assert metrics(page) == pytest.approx([-0.7, 0.7, 0.49])


def test_twice_the_examples_double_the_sum_and_not_the_cost():
    once, twice = (
        [torch.tensor(values, dtype=torch.float64) for values in (EXAMPLES[name].predictions, EXAMPLES[name].targets)]
        for name in ("Three", "The three, twice")
    )
    assert float(LADDER["summed"].compute(*twice)) == pytest.approx(2 * float(LADDER["summed"].compute(*once)))
    assert float(LADDER["averaged"].compute(*twice)) == pytest.approx(float(LADDER["averaged"].compute(*once)))
    assert rf"\text{{sum}} &= 0.49 + 0.01 + 0.04 = {tex(0.54)}" in repair_tex("summed", *once)


def test_incomplete_rows_of_the_table_are_left_out():
    columns = {"prediction": [1.0, None, 3.0, math.inf], "target": [0.5, 2.0, None, 0.0]}
    assert clean(columns) == Examples((1.0,), (0.5,))
    assert clean({"prediction": [None], "target": [None]}) is None
    assert len(clean({"prediction": [1.0] * 40, "target": [0.0] * 40}).predictions) == 12


@pytest.mark.parametrize("name", CURVES)
def test_the_example_on_the_curve_is_torchs(name, open_page):
    at = {"number": ("at_p", -1.7), "sign": ("at_s", -1.7), "binary": ("at_q", 0.2), "class": ("at_z", -4.0)}
    key, x = at[LOSSES[name].target]
    page = open_page("loss_functions", part="Curves", loss=CURVES[name], **{key: str(x)})
    assert not page.exception
    leaf = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    one = torch.tensor(1.0, dtype=torch.float64)
    losses = {
        "squared": lambda: F.mse_loss(leaf, one),
        "absolute": lambda: F.l1_loss(leaf, one),
        "huber": lambda: F.huber_loss(leaf, one),
        "hinge": lambda: F.relu(1 - leaf),
        "log_loss": lambda: F.binary_cross_entropy(leaf, one),
        "cross_entropy": lambda: F.cross_entropy(torch.stack([leaf, one, 0.1 * one]), torch.tensor(0)),
    }
    loss = losses[name]()
    loss.backward()
    assert rf"L({tex(x)}) &{result_tex(loss.item())}" in formulas(page)
    symbol = "z_y" if LOSSES[name].target == "class" else "p"
    assert rf"\tfrac{{\partial L}}{{\partial {symbol}}} &{result_tex(leaf.grad.item())}" in formulas(page)
    assert rf"{{L({symbol} + h) - L({symbol} - h)}}{{2h}} &\approx {tex(leaf.grad.item())}" in formulas(page)
    assert LOSSES[name].complaint in [info.value for info in page.info]


def test_confident_and_wrong_pulls_with_almost_one(open_page):
    page = open_page("loss_functions", part="Curves", loss=CURVES["cross_entropy"], at_z="-10")
    gradient = formulas(page).split(r"{\partial z_y} &\approx ")[1].split()[0]
    assert -1 <= float(gradient) < -0.9999


@pytest.mark.parametrize("height", [-15.0, 12.0, 45.0])
def test_the_best_lines_are_the_ones_shown(height, open_page):
    page = open_page("loss_functions", part="Outlier", out=str(height))
    table = outlier_table()
    y = table.y.clone()
    y[7] = height
    slope, intercept = np.polyfit(table.x.numpy(), y.numpy(), 1)
    cost = float(((slope * table.x + intercept - y) ** 2).mean())
    mae = table.mae[table.index(height)]
    assert metrics(page) == pytest.approx([slope, cost, mae.slope, mae.cost], rel=1e-3)


def test_terms_and_gradient_are_torchs(open_page):
    page = open_page("loss_functions", part="Cross-entropy", za="3", zb="0.5", zc="-2", right="C")
    leaf = torch.tensor([3, 0.5, -2], dtype=torch.float64, requires_grad=True)
    loss = F.cross_entropy(leaf, torch.tensor(2))
    loss.backward()
    shown = formulas(page)
    for number in (*leaf.detach().exp().tolist(), *leaf.detach().softmax(0).tolist(), loss.item()):
        assert tex(number) in shown
    log = leaf.detach().log_softmax(0)[2].item()
    assert rf"\ln p_C &\approx \ln {tex(leaf.detach().softmax(0)[2].item())} \approx {tex(log)}" in shown
    for name, gradient in zip("ABC", leaf.grad.tolist(), strict=True):
        assert shown.count(rf"\approx {tex(gradient)}") >= 2, f"p − y of {name} and its nudge"


def test_a_probability_too_small_for_a_float64_is_no_logarithm_of_0(open_page):
    page = open_page("loss_functions", part="Cross-entropy", za="-1000", zb="0", zc="0")
    shown = formulas(page)
    assert r"e_A &= e^{-1000} \approx 0" in shown
    assert r"p_A &= e_A / \textstyle\sum \approx 0" in shown
    assert r"\ln p_A &= z_A - \ln \textstyle\sum \approx -1000 - 0.693147 \approx -1000.69" in shown
    assert r"L &= -\ln p_A \approx 1000.69" in shown
    assert "log-sum-exp" in page.caption[-1].value
    shifted = formulas(open_page("loss_functions", part="Cross-entropy", za="-1000", zb="-300", zc="999.25"))
    assert r"z_A - 999.25 - \ln \textstyle\sum = -1000 - 999.25 - 0 = -1999.25" in shifted


@pytest.mark.parametrize("gap", [12.0, 60.0])
def test_a_probability_that_rounds_to_1_is_written_as_what_it_lacks(gap, open_page):
    shown = formulas(open_page("loss_functions", part="Cross-entropy", za=str(gap), zb="0", zc="0"))
    lacking = tex(2 * math.exp(-gap) / (1 + 2 * math.exp(-gap)))
    assert rf"\ln p_A &\approx \ln (1 - {lacking}) \approx -{tex(math.log1p(2 * math.exp(-gap)))}" in shown
    assert rf"p_A - y_A &\approx (1 - {lacking}) - 1 \approx -{lacking}" in shown


@pytest.mark.parametrize(
    ("run", "truth"),
    [(heavier_by_squaring, 2), (surer_and_wrong, 1), (outlier_from_10_to_40, 0), (gradient_adds_up, 0)],
)
def test_the_real_runs_grade_the_predictions(run, truth):
    assert run().choice == truth


@pytest.mark.parametrize("bad", ["nan,inf", "1e999", "🤖", "1," * 500])
@pytest.mark.parametrize("part", ["Repair", "Curves", "Outlier", "Cross-entropy"])
def test_any_url_is_a_page(part, bad, open_page):
    keys = (
        "p",
        "y",
        "rung",
        "loss",
        "at_p",
        "at_s",
        "at_q",
        "at_z",
        "target",
        "side",
        "truth",
        "ob",
        "out",
        "za",
        "right",
    )
    page = open_page("loss_functions", part=part, **dict.fromkeys(keys, bad))
    assert not page.exception
    assert page.title


def test_lists_of_different_lengths_are_not_half_taken(open_page):
    plain = metrics(open_page("loss_functions"))
    assert metrics(open_page("loss_functions", p="1,2", y="1")) == plain
    assert metrics(open_page("loss_functions", p="1,2", y="1,1")) != plain
