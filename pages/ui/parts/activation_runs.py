"""The runs that grade the reader's predictions in the lesson on activations."""

import math

import torch

from core.activations import ACTIVATIONS
from core.experiments.collapse import StackConfig, train_stack
from core.experiments.dead_units import UNITS, ShockConfig, shock
from core.experiments.vanishing import DeepConfig, gradient_sizes
from core.softmax import softmax_cross_entropy_terms
from core.words import number_text, superscript
from pages.ui.quiz import Outcome


def steepest_sigmoid() -> Outcome:
    """Look for the greatest slope of the sigmoid on a fine grid."""
    x = torch.linspace(-10, 10, 20_001, dtype=torch.float64)
    slopes = ACTIVATIONS["sigmoid"].derivative(x)
    best = float(slopes.max())
    choice = min(range(3), key=lambda index: abs((1.0, 0.5, 0.25)[index] - best))
    at = round(float(x[slopes.argmax()]), 9) + 0.0  # the grid's middle is a rounding away from 0
    return Outcome(choice, f"The greatest of 20,001 slopes is {best:.4f}, at x = {at:.3g}.")


def larger_linear_stacks() -> Outcome:
    """Train small and large stacks without a bend on disc and ring, from five seeds."""
    small, large = (
        [train_stack(StackConfig("linear", hidden, width, "rings", seed)).accuracy for seed in range(5)]
        for hidden, width in ((1, 2), (3, 6))
    )
    gain = sum(large) / 5 - sum(small) / 5
    shown = [", ".join(f"{score:.0%}" for score in scores) for scores in (small, large)]
    sentence = f"Five seeds got {shown[0]} right with the small stack, {shown[1]} with the large one."
    return Outcome(0 if gain < 0.02 else 1 if gain < 0.4 else 2, sentence)


def sigmoid_through_twenty() -> Outcome:
    """Send a real gradient back through twenty layers of sigmoids."""
    sizes = gradient_sizes(DeepConfig("sigmoid", 20))
    ratio = sizes[-1] / sizes[0]
    exponent = round(math.log10(ratio))
    choice = 0 if ratio < 200 else 1 if ratio < 1e6 else 2
    return Outcome(
        choice,
        f"{number_text(sizes[-1], 2)} at the last layer, {number_text(sizes[0], 2)} at the first: "
        f"about 10{superscript(str(exponent))} times less.",
    )


def a_third_of_the_violence() -> Outcome:
    """Take the violent steps with a learning rate of 4, from five seeds, and count the units that die."""
    dead = [int(shock(ShockConfig(rate=4, seed=seed)).silent[10]) for seed in range(5)]
    share = sum(dead) / (5 * UNITS)
    sentence = f"Of {UNITS} units {', '.join(map(str, dead))} died, from five seeds."
    return Outcome(0 if share < 0.1 else 1 if share < 0.7 else 2, sentence)


def softmax_shifted() -> Outcome:
    """Add 100 to every number and compare the probabilities."""
    z = torch.tensor([2.0, 1.0, 0.1, -1.0], dtype=torch.float64)
    before, after = (softmax_cross_entropy_terms(z + shift, 0).probabilities for shift in (0, 100))
    change = float((after - before).abs().max())
    first = f"{float(before[0]):.4f} before, {float(after[0]):.4f} after"
    choice = 0 if change < 1e-9 else 1 if after[0] > before[0] else 2
    return Outcome(
        choice, f"The first probability was {first}; no probability changed by more than {number_text(change, 1)}."
    )
