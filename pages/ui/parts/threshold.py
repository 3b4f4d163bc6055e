"""The bias as a threshold: on the activation's curve, and on the sums of a real neuron."""

from functools import lru_cache

import numpy as np
import streamlit as st
from torch import Tensor, from_numpy

from core.data import load_mnist
from core.experiments.small_reader import small_reader
from core.experiments.threshold import fire, first_layer_sums, own_threshold
from core.figures.threshold import sums_figure
from core.words import number_text
from pages.ui.charts import draw
from pages.ui.curve import Line, Picture, Point, Vertical, grid, show_curve
from pages.ui.state import url_numbers
from pages.ui.tables import y_range_of
from pages.ui.tex import result_tex, sign_tex, tex

FARTHEST = 15.0  # the largest weighted sum on the picture
START = 6.0


def threshold_curve(threshold: float, activation: str) -> None:
    """Show the activation over the weighted sum, moved by the threshold; the sum is dragged along it."""
    (total,) = url_numbers("sum", (START,), -FARTHEST, FARTHEST)
    sums = grid(-FARTHEST, FARTHEST, (total,))
    outputs = fire(from_numpy(sums), threshold, activation).numpy()
    output = float(outputs[np.searchsorted(sums, total)])
    line = Vertical(threshold, f"threshold {number_text(threshold, places=3)}", "accent")
    alt = f"Output against weighted sum: at {total:g}, with a threshold of {threshold:g}, it is {output:.3f}"
    picture = Picture(
        sums,
        (Line("output", outputs, "forward"),),
        "weighted sum Σ wx",
        "output",
        alt,
        y_range_of(outputs, fire(from_numpy(sums), 0, activation)),  # the axis stays as the threshold moves the curve
        (line,),
        height=300,
    )
    show_curve(picture, (Point(total, "weighted sum"),), "threshold_curve", "sum", (START,))
    shifted = total - threshold
    sum_sign, sign = sign_tex(total, shifted, digits=3), sign_tex(total, shifted, output, digits=3)
    st.latex(
        rf"b {result_tex(-threshold)} \qquad "
        rf"f({tex(total, 3)} + b) {sum_sign} f({tex(shifted, 3)}) {sign} {tex(output, 3)}"
    )


def real_sums(threshold: float, neuron: int) -> None:
    """Show for how many test digits a first-layer neuron of the small reader passes the threshold."""
    model = small_reader()
    sums = _sums(neuron)
    fires = int((sums > threshold).sum())
    own = own_threshold(model, neuron)
    st.markdown(
        f"**Hidden neuron {neuron + 1} of a network that reads digits.** Its weighted sum passes the threshold for "
        f"{fires:,} of 10,000 test digits. Training chose a threshold of {number_text(own, places=3)}."
    )
    draw(sums_figure(sums, threshold, own), "real_sums", alt=f"Weighted sums of 10,000 digits; {fires} pass")


@lru_cache(maxsize=16)
def _sums(neuron: int) -> Tensor:
    return first_layer_sums(small_reader(), load_mnist().test_images, neuron)
