"""The parts of the lesson on losses with something to drag: the curves and the outlier."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import streamlit as st
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.experiments.line_fit import fit_line_mae, fit_line_mse
from core.experiments.outlier import HIGH, LOW, OUTLIER, OutlierTable, moved, outlier_table
from core.losses import LOSSES
from core.numeric import central_difference
from core.words import number_text
from pages.ui import controls
from pages.ui.components import mount, reported
from pages.ui.curve import Line, Picture, Point, Walk, grid, show_curve
from pages.ui.frame import Code
from pages.ui.parts.loss_terms import CLASSES, LOGITS
from pages.ui.state import set_url, url_number, url_numbers
from pages.ui.tex import aligned, result_tex, sign_tex, tex

CURVES = {
    "squared": "MSE: squared error",
    "absolute": "MAE: absolute error",
    "huber": "Huber",
    "hinge": "Hinge",
    "log_loss": "Log loss",
    "cross_entropy": "Cross-entropy on logits",
}
START_HEIGHT = 20.0


@dataclass(frozen=True)
class Axis:
    """Where a loss is looked at: the prediction's name and symbol, range, where the point starts, name in the URL."""

    name: str
    symbol: str  # LaTeX
    low: float
    high: float
    start: float
    url: str


AXES = {
    "number": Axis("prediction p", "p", -5.0, 5.0, 0.3, "p"),
    "sign": Axis("prediction p", "p", -3.0, 3.0, 0.3, "s"),
    "binary": Axis("probability p", "p", 0.001, 0.999, 0.3, "q"),
    "class": Axis("logit of the right class, z", "z_y", -10.0, 10.0, 2.0, "z"),
}


def curves_part() -> Code:
    """Show one loss and its gradient against the prediction, with the example on it to drag."""
    picture_column, control_column = st.columns([7, 3])
    with control_column:
        name = controls.choice("Loss", "loss", CURVES, "squared")
        axis = AXES[LOSSES[name].target]
        value, slope = _sliced(name)
    url = f"at_{axis.url}"
    (x,) = url_numbers(url, (axis.start,), axis.low, axis.high)
    xs = grid(axis.low, axis.high, (x,))
    with control_column:
        st.latex(rf"L = {LOSSES[name].formula}")
        st.latex(aligned(_live_numbers(value, slope, x, axis.symbol)))
    losses, slopes = value(xs), slope(xs)
    top = 1.06 * min(float(losses.max()), 12.0)
    lines = (Line("loss", losses, "forward", slopes=slopes), Line("gradient", slopes, "backward", dash=True))
    alt = f"{CURVES[name]} and its gradient against the {axis.name}, with the example at {x:.4g}."
    bottom = max(1.1 * float(slopes.min()), -8.0)
    picture = Picture(xs, lines, axis.name, "loss and gradient", alt, y_range=(min(-1.2, bottom), max(1.4, top)))
    with picture_column:
        words = ("raise it", "stay", "lower it")
        point = Point(x, axis.name, None)
        show_curve(picture, (point,), f"loss_{axis.url}", url, (axis.start,), Walk("tangent", words))
        st.info(LOSSES[name].complaint, icon=":material/feedback:")
    return LOSSES[name].function, LOSSES[name].derivative, central_difference


Sampled = Callable[[NDArray[np.float64]], NDArray[np.float64]]


def _sliced(name: str) -> tuple[Sampled, Sampled]:
    """Return loss and gradient as functions of one number, the reader's target fixed."""
    loss = LOSSES[name]
    if loss.target == "class":
        others = [controls.decimal(f"Logit of another class, {c}", f"o{c.lower()}", -10.0, 10.0, z, 0.5)
                  for c, z in zip(CLASSES[1:], LOGITS[1:], strict=True)]  # fmt: skip
        return _class_slice(others)
    target = _target(loss.target)

    def against(function: Callable[[Tensor, Tensor], Tensor]) -> Sampled:
        def sampled(xs: NDArray[np.float64]) -> NDArray[np.float64]:
            p = torch.from_numpy(np.atleast_1d(xs))
            return function(p, torch.full_like(p, target)).numpy()

        return sampled

    return against(loss.function), against(loss.derivative)


def _target(kind: str) -> float:
    if kind == "sign":
        return 1.0 if controls.pick("Target", "side", {"plus": "+1", "minus": "−1"}, "plus") == "plus" else -1.0
    if kind == "binary":
        return 1.0 if controls.pick("Target", "truth", {"yes": "1, yes", "no": "0, no"}, "yes") == "yes" else 0.0
    return controls.slider("Target y", "target", -4.0, 4.0, 1.0, 0.1)


def _class_slice(others: list[float]) -> tuple[Sampled, Sampled]:
    def rows(xs: NDArray[np.float64]) -> tuple[Tensor, Tensor]:
        z = torch.from_numpy(np.atleast_1d(xs))
        rest = torch.tensor(others, dtype=torch.float64).expand(len(z), -1)
        return torch.cat([z[:, None], rest], 1), torch.zeros(len(z), dtype=torch.int64)  # the first class is right

    loss = LOSSES["cross_entropy"]
    return lambda xs: loss.function(*rows(xs)).numpy(), lambda xs: loss.derivative(*rows(xs))[:, 0].numpy()


def _live_numbers(value: Sampled, slope: Sampled, x: float, symbol: str) -> list[str]:
    nudged = central_difference(lambda at: float(value(np.array([at]))[0]), x)
    loss, gradient = (float(function(np.array([x]))[0]) for function in (value, slope))
    return [
        rf"L({tex(x)}) &{sign_tex(x, loss)} {tex(loss)}",
        rf"\tfrac{{\partial L}}{{\partial {symbol}}} &{result_tex(gradient)}",
        rf"\tfrac{{L({symbol} + h) - L({symbol} - h)}}{{2h}} &{result_tex(nudged)}",
    ]


def outlier_part() -> Code:
    """Show the best lines by MSE and MAE with one point to pull away."""
    table = outlier_table()
    height = url_number("out", START_HEIGHT, LOW, HIGH)
    index = table.index(height)
    data = _outlier_data(table, float(table.heights[index]))
    mount("outlier", data, "outlier", {"height": _pulled})
    mse, mae = table.mse[index], table.mae[index]
    columns = st.columns(4)
    for column, label, value in zip(
        columns,
        ("MSE line: slope", "its cost, MSE", "MAE line: slope", "its cost, MAE"),
        (mse.slope, mse.cost, mae.slope, mae.cost),
        strict=True,
    ):
        column.metric(label, number_text(value))
    return fit_line_mse, fit_line_mae, moved, outlier_table


def _outlier_data(table: OutlierTable, height: float) -> dict[str, object]:
    fits = (("MSE line", "first", False, table.mse), ("MAE line", "second", True, table.mae))
    return {
        "x": table.x.tolist(),
        "y": table.y.tolist(),
        "ends": [float(table.x.min()) - 1, float(table.x.max()) + 1],
        "outlier": OUTLIER,
        "heights": table.heights.tolist(),
        "height": height,
        "lines": [
            {
                "name": name,
                "colour": colour,
                "dash": dash,
                "slope": [line.slope for line in lines],
                "intercept": [line.intercept for line in lines],
            }
            for name, colour, dash, lines in fits
        ],
        "label": "outlier's y",
        "alt": "Nine points with the best line by squared and by absolute error; the eighth point can be pulled.",
    }


def _pulled() -> None:
    height = reported("outlier", "height")
    if isinstance(height, (int, float)) and LOW <= height <= HIGH:
        set_url("out", float(height), START_HEIGHT)
