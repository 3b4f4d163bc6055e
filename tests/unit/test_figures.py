"""Figures show the numbers they are given, and each of them is on a page."""

import ast
import json
import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from core.figures.as_plotly import as_plotly
from core.figures.digits import probabilities_figure
from core.figures.losses import pull_figure
from core.figures.palette import PALETTE
from core.figures.training import decimate, training_charts
from core.paths import ROOT
from core.softmax import softmax_cross_entropy_terms
from core.training.loop import StepRecord
from pages.ui.live_charts import charts_json
from tests.figures_support import as_sent, unpacked

FIGURES = [
    (path.stem, node.name)
    for path in sorted((ROOT / "core" / "figures").glob("*.py"))
    for node in ast.parse(path.read_text(encoding="utf-8")).body
    if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and node.name.endswith("_figure")
]


def called_by_pages():
    """Return the (module, function) of core.figures that a page imports and calls."""
    found = set()
    for path in sorted((ROOT / "pages").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        calls = {
            node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("core.figures."):
                module = node.module.removeprefix("core.figures.")
                found |= {(module, name.name) for name in node.names if (name.asname or name.name) in calls}
    return found


def test_there_are_figures_and_a_page_calls_each():
    assert len(FIGURES) > 20
    assert not set(FIGURES) - called_by_pages()


def traces(figure):
    return unpacked(as_sent(as_plotly(figure)))


def record(step, test_accuracy=None):
    test_loss = None if test_accuracy is None else 1 - test_accuracy
    return StepRecord(step, step / 100, 2.0 / step, 1 - 1 / step, 0.1, step / 1000, test_loss, test_accuracy)


def test_the_curves_are_the_records():
    records = [record(step, 0.9 + step / 10000 if step % 100 == 0 else None) for step in range(1, 201)]
    tested = [records[99], records[199]]
    loss, accuracy = training_charts(records)
    for points, shown, values in (
        (loss.train, records, [r.loss for r in records]),
        (accuracy.train, records, [r.accuracy for r in records]),
        (loss.test, tested, [r.test_loss for r in tested]),
        (accuracy.test, tested, [r.test_accuracy for r in tested]),
    ):
        assert points == ([r.epoch for r in shown], values)
    assert (loss.log, loss.low, loss.high) == (False, 0, pytest.approx(2.1))


def test_a_loss_that_breaks_out_is_seen_whole_and_what_is_no_number_is_left_out():
    records = [replace(record(step), loss=loss) for step, loss in enumerate((2.0, 5e30, math.inf, math.nan), 1)]
    loss, accuracy = training_charts(records)
    assert loss.train == ([0.01, 0.02], [2.0, 5e30])
    assert loss.log
    assert 30.6 < loss.high < 31
    assert len(accuracy.train[0]) == 4


@given(st.integers(0, 400), st.integers(1, 100))
def test_the_browser_gets_the_charts_numbers(count, epochs):
    records = [record(step, 0.9 if step % 100 == 0 else None) for step in range(1, count + 1)]
    told = json.loads(charts_json(records, epochs, "alt"))["charts"]
    for chart, seen in zip(training_charts(records), told, strict=True):
        for points, line in zip((chart.train, chart.test), seen["lines"], strict=True):
            assert (line["x"], line["y"]) == (pytest.approx(points[0], rel=1e-4), pytest.approx(points[1], rel=1e-4))
        assert seen["last"] > epochs


@given(st.integers(0, 2000), st.integers(2, 400))
def test_thinned_records_keep_both_ends_and_their_order(count, most):
    records = [record(step) for step in range(1, count + 1)]
    shown = decimate(records, most)
    assert len(shown) == min(count, most)
    steps = [r.step for r in shown]
    assert steps == sorted(set(steps))
    if count:
        assert (steps[0], steps[-1]) == (1, count)
        assert max(np.diff(steps), default=1) <= -(-(count - 1) // (most - 1)) + 1  # evenly


def test_the_probabilities_are_the_bars_and_the_best_stands_out():
    probabilities = np.random.default_rng(0).dirichlet(np.ones(10)).astype(np.float32)
    (bars,) = traces(probabilities_figure(probabilities))
    assert bars["x"].tolist() == probabilities.tolist()
    assert bars["y"] == list("0123456789")
    coloured = [digit for digit, colour in enumerate(bars["marker"]["color"]) if colour == PALETTE["forward"]]
    assert coloured == [probabilities.argmax()]
    (nothing,) = traces(probabilities_figure(np.zeros(10, np.float32)))
    assert not any(nothing["text"])


def test_the_pull_is_p_less_y():
    terms = softmax_cross_entropy_terms(torch.tensor([2.0, -1.0, 0.5]), 1)
    p, y, pull = (np.array(trace["y"]) for trace in traces(pull_figure(terms, ["a", "b", "c"])))
    np.testing.assert_allclose(p, torch.tensor([2.0, -1.0, 0.5]).softmax(0), rtol=1e-6)
    assert y.tolist() == [0, 1, 0]
    np.testing.assert_allclose(pull, p - y, atol=1e-7)
