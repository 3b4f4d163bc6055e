"""The runs that grade the reader's predictions in the lesson on activations."""

import math

import torch

from core.activations import ACTIVATIONS
from core.experiments.collapse import StackConfig, train_stack
from core.experiments.dead_units import ShockConfig, revived, shock
from core.experiments.vanishing import DeepConfig, gradient_sizes
from core.losses import softmax_cross_entropy_terms
from pages.ui.quiz import Outcome


def steepest_sigmoid() -> Outcome:
    """Look for the greatest slope of the sigmoid on a fine grid."""
    x = torch.linspace(-10, 10, 20_001, dtype=torch.float64)
    slopes = ACTIVATIONS["sigmoid"].derivative(x)
    best = float(slopes.max())
    choice = min(range(3), key=lambda index: abs((1.0, 0.5, 0.25)[index] - best))
    return Outcome(choice, f"The greatest of 20,001 slopes is {best:.4f}, at x = {abs(float(x[slopes.argmax()])):.3g}.")


def linear_stacks_on_rings() -> Outcome:
    """Train four-layer stacks without a bend on disc and ring, from five seeds."""
    scores = [train_stack(StackConfig("linear", 3, 6, "rings", seed)).accuracy for seed in range(5)]
    best = max(scores)
    shown = ", ".join(f"{score:.0%}" for score in scores)
    return Outcome(0 if best < 0.7 else 1 if best < 0.97 else 2, f"Five seeds reached {shown}.")


def sigmoid_through_twenty() -> Outcome:
    """Send a real gradient back through twenty layers of sigmoids."""
    sizes = gradient_sizes(DeepConfig("sigmoid", 20))
    ratio = sizes[-1] / sizes[0]
    exponent = math.floor(math.log10(ratio))
    choice = 0 if ratio < 200 else 1 if ratio < 1e6 else 2
    return Outcome(
        choice, f"{sizes[-1]:.2g} at the last layer, {sizes[0]:.2g} at the first: about 10^{exponent} times less."
    )


def dead_units_in_calm_water() -> Outcome:
    """Kill units with violent steps, then train on calmly with ReLU."""
    history = shock(ShockConfig(steps=600))
    dead, back = int(history.silent[history.config.violent]), revived(history)
    share = back / max(dead, 1)
    sentence = f"{dead} units were dead when the calm steps began, {back} of them were on again after 590 more."
    return Outcome(0 if share == 0 else 1 if share < 0.8 else 2, sentence)


def softmax_shifted() -> Outcome:
    """Add 100 to every number and compare the probabilities."""
    z = torch.tensor([2.0, 1.0, 0.1, -1.0], dtype=torch.float64)
    before, after = (softmax_cross_entropy_terms(z + shift, 0).probabilities for shift in (0, 100))
    change = float((after - before).abs().max())
    first = f"{float(before[0]):.4f} before, {float(after[0]):.4f} after"
    choice = 0 if change < 1e-9 else 1 if after[0] > before[0] else 2
    return Outcome(choice, f"The first probability was {first}; no probability changed by more than {change:.0e}.")
