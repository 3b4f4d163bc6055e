"""Softmax written out with its live numbers, as both lessons that need it show it."""

from collections.abc import Sequence

from core.softmax import SoftmaxTerms
from pages.ui.tex import signed_tex, tex


def exponentials_tex(terms: SoftmaxTerms, names: Sequence[str], temperature: float = 1.0) -> list[str]:
    """Return e^(z/T) of each class, and their sum."""
    shift = f" - {signed_tex(terms.shift)}" if terms.shift else ""
    divided = f" / {temperature:g}" if temperature != 1 else ""
    rows = zip(names, terms.logits.tolist(), terms.exponentials.tolist(), strict=True)
    lines = [rf"e_{name} &= e^{{{tex(z * temperature)}{divided}{shift}}} = {tex(e)}" for name, z, e in rows]
    return [*lines, rf"\textstyle\sum &= {tex(float(terms.total))}"]


def shares_tex(terms: SoftmaxTerms, names: Sequence[str]) -> list[str]:
    """Return each class's probability as its share of the sum."""
    total = tex(float(terms.total))
    rows = zip(names, terms.exponentials.tolist(), terms.probabilities.tolist(), strict=True)
    return [rf"p_{name} &= e_{name} / \textstyle\sum = {tex(e)} / {total} = {tex(p)}" for name, e, p in rows]
