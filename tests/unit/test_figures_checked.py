"""Plotly finds nothing to refuse or to change in any figure: in the app nobody checks them."""

import numpy as np
import pytest
import torch

from core.activations import ACTIVATIONS
from core.experiments.dead_units import ShockConfig, shock
from core.experiments.network_loss import FullBatchRun
from core.figures.activations import activations_figure, softmax_figure, temperature_figure
from core.figures.backpropagation import losses_figure, shares_figure, sizes_figure
from core.figures.baseline import ideals_figure, scores_figure
from core.figures.depth import LINES, gradients_figure, units_figure
from core.figures.digits import image_figure, probabilities_figure
from core.figures.gradient_descent import nudge_figure, secant_figure
from core.figures.learning_rate import panel_figure, power_figure, runs_figure, schedule_figure, walk_losses_figure
from core.figures.loop import batch_figure, history_figure, update_figure
from core.figures.losses import examples_figure, pull_figure
from core.figures.threshold import sums_figure
from core.numeric import shrink_nudge
from core.optimizers import SCHEDULES
from core.softmax import softmax_cross_entropy_terms
from tests.figures_support import checked
from tests.unit.test_figures import FIGURES

RNG = np.random.default_rng(0)
W = np.linspace(-3, 3, 41)
WALK = 2.5 * (-0.8) ** np.arange(12)
IMAGES = RNG.random((5, 784))
Z = torch.tensor([2.0, 1.0, 0.1], dtype=torch.float64)
TERMS = softmax_cross_entropy_terms(Z, 1)
P, Y = torch.tensor([0.3, 0.9, 0.2]), torch.tensor([1.0, 1.0, 0.0])
NUDGES = shrink_nudge(lambda x: x**3, 1.0, 3.0)
RUNS = [FullBatchRun(rate, tuple(np.exp(-rate * np.arange(9)).tolist()), None) for rate in (0.1, 0.2, 0.3, 0.9)]
SEVENS = RNG.random(5) > 0.5

CASES = [
    (activations_figure, [*ACTIVATIONS.values()], 1.5),
    (activations_figure, [ACTIVATIONS["relu"]], 0.0),
    (softmax_figure, TERMS, "ABC"),
    (temperature_figure, Z, "ABC", 0.7, (0.05, 100.0)),
    (losses_figure, [0.7, 0.5, 0.4]),
    (shares_figure, ["first", "second"], [-3.0, 2.0], "the batch"),
    (sizes_figure, ["x", "a1"], [401408, 65536]),
    (ideals_figure, *IMAGES),
    (scores_figure, {"by hand": 0.95, "learned": 0.98}, "learned"),
    (gradients_figure, dict.fromkeys(LINES, (0.1, 0.0, 3e-09))),
    (gradients_figure, {"step": (0.0, 0.0)}),
    (units_figure, {leak: shock(ShockConfig(steps=51, leak=float(leak))) for leak in ("0", "0.1")}),
    (image_figure, IMAGES[0].reshape(28, 28).astype(np.float32)),
    (probabilities_figure, RNG.dirichlet(np.ones(10)).astype(np.float32)),
    (nudge_figure, NUDGES, 3),
    (secant_figure, W, W**3, 1.0, 1.0, 3.0, NUDGES[1]),
    (panel_figure, W, W**2, WALK, WALK**2, "η = 0.9"),
    (panel_figure, W, W**2, WALK[:0], WALK[:0], "outside"),
    (walk_losses_figure, WALK**2),
    (runs_figure, RUNS, 0.5, 0.2),
    (power_figure, (0.1, 2.8, 3.5, 3.9, 4.0), 3),
    (power_figure, (0.1, 2.8), 3),
    *((schedule_figure, 0.2, schedule, 20) for schedule in SCHEDULES),
    (update_figure, IMAGES[0], IMAGES[1] - 0.5, IMAGES[2], 0.3),
    (update_figure, None, None, None, 0.3),
    (batch_figure, IMAGES, SEVENS, RNG.random(5), 3),
    (batch_figure, IMAGES, SEVENS, None, 3),
    (history_figure, (0.7, 0.6), 0.5),
    (history_figure, ()),
    (history_figure, RNG.random(500).tolist()),
    (examples_figure, P, Y, (P - Y) ** 2, None, 0.18),
    (examples_figure, P, Y, P - Y, ("sum", -0.6), None),
    (pull_figure, TERMS, "ABC"),
    (sums_figure, torch.tensor(RNG.normal(size=300)), 4.0, -0.06),
]


@pytest.mark.parametrize(("draw", "arguments"), [(draw, arguments) for draw, *arguments in CASES])
def test_plotly_would_draw_the_same(draw, arguments):
    checked(draw(*arguments))


def test_every_figure_is_checked():
    assert {(draw.__module__.rpartition(".")[2], draw.__name__) for draw, *_ in CASES} == set(FIGURES)
