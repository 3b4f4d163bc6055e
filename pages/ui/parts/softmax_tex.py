"""Softmax written out with its live numbers, as both lessons that need it show it."""

import sys
from collections.abc import Sequence

from core.softmax import SoftmaxTerms
from pages.ui.tex import result_tex, sign_tex, signed_tex, tex


def is_too_small(value: float) -> bool:
    """Return whether a positive number is too small for a float64 to hold all its digits, or any."""
    return value < sys.float_info.min


def equals_tex(value: float, *numbers: float) -> str:
    """Return a positive number after its sign: =, or ≈ where it or one of `numbers` before it is rounded, ≈ 0."""
    return r"\approx 0" if is_too_small(value) else f"{sign_tex(value, *numbers)} {tex(value)}"


def exponentials_tex(terms: SoftmaxTerms, names: Sequence[str], temperature: float = 1.0) -> list[str]:
    """Return e^(z/T) of each class, and their sum."""
    shift = f" - {signed_tex(terms.shift, 6)}" if terms.shift else ""
    divided = f" / {temperature:g}" if temperature != 1 else ""
    rows = zip(names, terms.logits.tolist(), terms.exponentials.tolist(), strict=True)
    lines = [rf"e_{name} &= e^{{{tex(z * temperature, 6)}{divided}{shift}}} {equals_tex(e)}" for name, z, e in rows]
    return [*lines, rf"\textstyle\sum &{result_tex(float(terms.total))}"]


def shares_tex(terms: SoftmaxTerms, names: Sequence[str]) -> list[str]:
    """Return each class's probability as its share of the sum."""
    total = float(terms.total)
    lines = []
    for name, e, p in zip(names, terms.exponentials.tolist(), terms.probabilities.tolist(), strict=True):
        division = "" if is_too_small(e) else f"{sign_tex(e, total)} {tex(e)} / {tex(total)} "
        lines.append(rf"p_{name} &= e_{name} / \textstyle\sum {division}{equals_tex(p, e, total)}")
    return lines
