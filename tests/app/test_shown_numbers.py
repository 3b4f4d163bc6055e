"""Right numbers: what the pictures of two lessons are sent equals torch in float64, to a relative error of 1e-6."""

import math

import numpy as np
import pytest
import torch

from core.landscapes import LANDSCAPES
from core.optimizers import SCHEDULES
from tests.app.shown import component, drawn, packed, traces

STEPS, TOUGH = 40, {"rel": 1e-6, "abs": 1e-12}
CURVES = {
    "square": lambda w: w.square(),
    "shifted_square": lambda w: 3 * w.square() + 2,
    "double_well": lambda w: (w.square() - 4).square() / 8 + w / 2,
    "cosine": lambda w: w * torch.cos(0.15 * math.pi * w),
    "absolute": torch.abs,
    "plateau": lambda w: -torch.expm1(-w.square() / 2),
    "noisy": LANDSCAPES["noisy"].function,  # its waves are random numbers
    "digits": LANDSCAPES["digits"].function,
}
SURFACES = {
    "bowl": lambda a, b: a.square() + 2 * b.square(),
    "valley": lambda a, b: 0.1 * a.square() + 2 * b.square(),
    "saddle": lambda a, b: a.square() - b.square() + b.pow(4) / 8,
    "banana": lambda a, b: (1 - a).square() + 10 * (b - a.square()).square(),
}


def autograd(function, *weights):
    """Losses and slopes, entry by entry, as numpy arrays."""
    at = [torch.tensor(np.asarray(weight), dtype=torch.float64, requires_grad=True) for weight in weights]
    losses = function(*at)
    return [losses.detach().numpy(), *(slope.numpy() for slope in torch.autograd.grad(losses.sum(), at))]


def walked(function, start, rate, steps, momentum=0.0, schedule="constant"):
    """The weights (steps + 1, d) on the way of torch's own optimiser."""
    w = [torch.tensor(at, dtype=torch.float64, requires_grad=True) for at in start]
    optimizer = torch.optim.SGD(w, rate, momentum=momentum)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: SCHEDULES[schedule].factor(step / steps))
    stops = [[at.item() for at in w]]
    for _ in range(steps):
        optimizer.zero_grad()
        function(*w).backward()
        optimizer.step()
        scheduler.step()
        stops.append([at.item() for at in w])
    return np.array(stops)


@pytest.mark.parametrize("name", CURVES)
def test_the_curve_its_slopes_and_every_step_of_a_ball_are_torchs(name, open_page):
    function, landscape = CURVES[name], LANDSCAPES[name]
    shown = component(open_page("gradient_descent", curve=landscape.label), "curve")
    x = shown["x"]["values"]
    losses, slopes = autograd(function, x)
    assert len(x) > 300
    assert shown["curves"][0]["y"] == pytest.approx(losses, **TOUGH)
    assert shown["curves"][0]["slope"] == pytest.approx(slopes, **TOUGH)
    path, stops = shown["paths"][0], walked(function, landscape.start, landscape.learning_rate, STEPS)[:, 0]
    losses, slopes = autograd(function, stops)
    for numbers, truth in ((path["x"], stops), (path["y"], losses), (path["slope"], slopes)):
        assert numbers == pytest.approx(truth, **TOUGH)


@pytest.mark.parametrize("name", SURFACES)
def test_every_number_over_two_weights_is_torchs(name, open_page):
    function, landscape = SURFACES[name], LANDSCAPES[name]
    shown = component(open_page("gradient_descent", part="Two weights", surface=landscape.label), "plane")
    x, y = shown["x"]["values"], shown["y"]["values"]
    for table, truth in zip(shown["tables"], autograd(function, *np.meshgrid(x, y)), strict=True):
        assert packed(table["values"], len(y)) == pytest.approx(truth, rel=1e-6, abs=1e-6)
    stops = walked(function, landscape.start, landscape.learning_rate, STEPS)
    path, truth = shown["path"], autograd(function, *stops.T)
    for numbers, expected in zip([path["x"], path["y"], *path["reads"]], [*stops.T, *truth], strict=True):
        assert numbers == pytest.approx(expected, **TOUGH)


def test_the_errors_of_the_nudges_are_those_of_torch(open_page):
    page = open_page("gradient_descent", part="Nudge or derivative", x="1.44")
    function, x = CURVES["double_well"], torch.tensor(1.44, dtype=torch.float64)
    slope = float(autograd(function, 1.44)[1])
    forward, central = (trace["customdata"] for trace in drawn(page, 1))
    for k in range(5):
        h = 10.0**-k
        error = abs(float((function(x + h) - function(x)) / h) - slope)
        assert forward[k] == pytest.approx(error, rel=1e-6), f"h = {h}"
        if k <= 2:  # below, rounding is a part of the error of this one
            error = abs(float((function(x + h) - function(x - h)) / (2 * h)) - slope)
            assert central[k] == pytest.approx(error, rel=1e-6), f"h = {h}"
    assert len(forward) == len(central) == 17


@pytest.mark.parametrize("curve", ["square", "shifted_square"])
@pytest.mark.parametrize(
    ("momentum", "schedule"), [(0, "constant"), (0.9, "constant"), (0, "one_cycle"), (0.5, "cosine")]
)
def test_the_walk_of_a_stop_of_the_slider_is_that_of_torchs_optimiser(curve, momentum, schedule, open_page):
    landscape, labels = LANDSCAPES[curve], {"curve": LANDSCAPES[curve].label, "schedule": SCHEDULES[schedule].label}
    shown = component(open_page("learning_rate", momentum=str(momentum), **labels), "rate")
    rates, walks = shown["rates"], shown["picture"]["walks"]
    assert len(walks["weights"]) == len(rates) > 80
    for row in range(0, len(rates), 9):
        stops = walked(CURVES[curve], landscape.start, rates[row], 20, momentum, schedule)[:, 0]
        assert walks["weights"][row] == pytest.approx(stops, **TOUGH), f"η = {rates[row]}"
        assert walks["losses"][row] == pytest.approx(autograd(CURVES[curve], stops)[0], **TOUGH), f"η = {rates[row]}"


@pytest.mark.parametrize("name", ["bowl", "valley"])
@pytest.mark.parametrize("momentum", [0, 0.9])
def test_the_walk_down_a_bowl_and_its_losses_are_torchs(name, momentum, open_page):
    landscape, function = LANDSCAPES[name], SURFACES[name]
    page = open_page("learning_rate", part="Two weights", bowl=landscape.label, brate="0.3", momentum=str(momentum))
    stops = walked(function, landscape.start, 0.3, 20, momentum)
    path, losses = component(page, "plane")["path"], autograd(function, *stops.T)[0]
    assert path["x"] == pytest.approx(stops[:, 0], **TOUGH)
    assert path["y"] == pytest.approx(stops[:, 1], **TOUGH)
    assert traces(page, 0)[0]["y"] == pytest.approx(losses, rel=1e-6, abs=1e-16)
