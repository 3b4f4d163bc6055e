"""The part of the lesson on losses about softmax and cross-entropy: every term, and the gradient p − y."""

import streamlit as st
import torch

from core.figures.losses import pull_figure
from core.losses import LOSSES
from core.numeric import numeric_gradient
from core.softmax import SoftmaxTerms, softmax_cross_entropy_terms
from pages.ui import controls
from pages.ui.charts import show
from pages.ui.frame import Code
from pages.ui.parts.softmax_tex import exponentials_tex, is_too_small, shares_tex
from pages.ui.tex import aligned, result_tex, sign_tex, signed_tex, tex

CLASSES = ("A", "B", "C")
LOGITS = (2.0, 1.0, 0.1)


def terms_part() -> Code:
    """Show softmax and cross-entropy of one example term by term, and the gradient p − y."""
    picture_column, control_column = st.columns([7, 3])
    with control_column:
        logits = [
            controls.decimal(f"Logit of {name}", f"z{name.lower()}", -1000.0, 1000.0, logit, 0.5)
            for name, logit in zip(CLASSES, LOGITS, strict=True)
        ]
        right = controls.pick("Right class", "right", {name: name for name in CLASSES}, "A")
    label = CLASSES.index(right)
    terms = softmax_cross_entropy_terms(torch.tensor(logits, dtype=torch.float64), label)
    with picture_column:
        alt = f"Probabilities, right answer and gradient of three classes; the loss is {float(terms.loss):.4g}."
        show(pull_figure(terms, CLASSES), "pull", alt=alt)
    for row in (
        (exponentials_tex(terms, CLASSES), [*shares_tex(terms, CLASSES), *loss_tex(terms, label)]),
        (gradient_tex(terms), nudged_tex(terms, label)),
    ):
        for column, lines in zip(st.columns(2), row, strict=True):
            column.latex(aligned(lines))
    if is_too_small(float(terms.probabilities[label])):
        st.caption(
            f"p of {right} is above 0, but too small for a float64 to hold its digits: it is written as 0. "
            "So ln p is computed from the logits and the logarithm of the sum (log-sum-exp), not from p."
        )
    return softmax_cross_entropy_terms, LOSSES["cross_entropy"].function, numeric_gradient


def loss_tex(terms: SoftmaxTerms, label: int) -> list[str]:
    """Return the logarithm of the right class's probability, and the loss, which is that with its sign turned."""
    name, p = CLASSES[label], float(terms.probabilities[label])
    digits = 6 if is_too_small(p) else 4
    log, loss = tex(float(terms.log), digits), tex(float(terms.loss), digits)
    if is_too_small(p):  # the logarithm of a float64 of 0 would be −∞
        shift = f" - {signed_tex(terms.shift, 6)}" if terms.shift else ""
        numbers = [float(terms.logits[label]), terms.shift, float(terms.total.log())]
        steps = rf"= z_{name}{shift} - \ln \textstyle\sum {sign_tex(*numbers, digits=6)}"
        steps += rf" {tex(numbers[0], 6)}{shift} - {tex(numbers[2], 6)}"
    else:
        numbers = [shown_number(terms, label)]
        steps = rf"{sign_tex(*numbers)} \ln {in_bracket(probability_tex(terms, label))}"
    sign, whole = sign_tex(*numbers, float(terms.log), digits=digits), sign_tex(float(terms.loss), digits=digits)
    return [rf"\ln p_{name} &{steps} {sign} {log}", rf"L &= -\ln p_{name} {whole} {loss}"]


def in_bracket(text: str) -> str:
    """Return a difference in brackets, a number as it is."""
    return f"({text})" if " - " in text else text


def probability_tex(terms: SoftmaxTerms, index: int) -> str:
    """Return a probability; the right class's as 1 − the rest, where four digits would round it to 1."""
    number = tex(shown_number(terms, index))
    return f"1 - {number}" if _by_the_rest(terms, index) else number


def shown_number(terms: SoftmaxTerms, index: int) -> float:
    """Return the number that stands for a probability: its own, or the rest that lacks to 1."""
    return float(terms.lacking if _by_the_rest(terms, index) else terms.probabilities[index])


def _by_the_rest(terms: SoftmaxTerms, index: int) -> bool:
    is_right, is_one = terms.one_hot[index] != 0, tex(float(terms.probabilities[index])) == "1"
    return bool(is_right) and is_one and not is_too_small(float(terms.lacking))


def gradient_tex(terms: SoftmaxTerms) -> list[str]:
    """Return p − y for each logit with the live numbers."""
    probabilities = [in_bracket(probability_tex(terms, index)) for index in range(len(CLASSES))]
    rows = zip(CLASSES, probabilities, terms.one_hot.tolist(), terms.gradient.tolist(), strict=True)
    lines = []
    for index, (name, p, y, g) in enumerate(rows):
        number = shown_number(terms, index)
        lines.append(rf"p_{name} - y_{name} &{sign_tex(number)} {p} - {y:.0f} {sign_tex(number, g)} {tex(g)}")
    return lines


def nudged_tex(terms: SoftmaxTerms, label: int) -> list[str]:
    """Return the slope of the loss in each logit by central differences, to hold against p − y."""
    nudged = numeric_gradient(lambda z: LOSSES["cross_entropy"].function(z, torch.tensor(label)), terms.logits)
    rows = zip(CLASSES, nudged.tolist(), strict=True)
    return [r"&\text{nudged}", *(rf"\Delta L / \Delta z_{name} &{result_tex(n)}" for name, n in rows)]
