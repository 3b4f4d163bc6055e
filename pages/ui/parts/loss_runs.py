"""The runs that grade the reader's predictions in the lesson on loss functions."""

import torch

from core.experiments.outlier import outlier_table
from core.loss_ladder import LADDER
from core.losses import LOSSES
from core.softmax import softmax_cross_entropy_terms
from core.words import fixed_text, in_brackets
from pages.ui.quiz import Outcome


def heavier_by_squaring() -> Outcome:
    """Square errors of 0.01 and 100 and compare."""
    zero = torch.zeros(2, dtype=torch.float64)
    small, large = LADDER["squared"].compute(torch.tensor([0.01, 100.0], dtype=torch.float64), zero).tolist()
    ratio = large / small
    choice = 0 if ratio < 1e5 else 1 if ratio < 1e7 else 2
    return Outcome(choice, f"0.01² = {small:g} and 100² = {large:,.0f}: the second is {ratio:,.0f} times as heavy.")


def surer_and_wrong() -> Outcome:
    """Compare the log loss of two wrong answers, one ten times as sure."""
    p = torch.tensor([0.1, 0.01], dtype=torch.float64)
    wrong, surer = LOSSES["log_loss"].function(p, torch.ones(2, dtype=torch.float64)).tolist()
    ratio = surer / wrong
    return Outcome(
        min(range(3), key=lambda index: abs((1.1, 2, 10)[index] - ratio)), f"{wrong:.4f} becomes {surer:.4f}."
    )


def outlier_from_10_to_40() -> Outcome:
    """Pull the outlier from 10 to 40 and see how far each line turned."""
    table = outlier_table()
    near, far = table.index(10), table.index(40)
    mse, mae = (abs(lines[far].slope - lines[near].slope) for lines in (table.mse, table.mae))
    choice = 0 if mae < 1e-9 else 1 if mae < 0.8 * mse else 2
    return Outcome(choice, f"The MSE line's slope changed by {mse:.3f}, the MAE line's by {mae:.3f}.")


def gradient_adds_up() -> Outcome:
    """Add up the gradient of cross-entropy over the three logits."""
    terms = softmax_cross_entropy_terms(torch.tensor([2.0, 1.0, 0.1]), 2)
    total, loss = float(terms.gradient.sum()), float(terms.loss)
    choice = min(range(3), key=lambda index: abs((0.0, 1.0, loss)[index] - total))
    parts = " + ".join(in_brackets(fixed_text(value, 4)) for value in terms.gradient.tolist())
    return Outcome(choice, f"{parts} = {abs(total):.4f}: what one class gains in probability, the others lose.")
