"""Live numbers inside LaTeX formulas."""

import math
from collections.abc import Iterable


def tex(value: float, digits: int = 4) -> str:
    """Return a number as LaTeX in `digits` significant digits: −0.25, 1.2 · 10⁻⁷, ∞."""
    if not math.isfinite(value):
        return r"\text{undefined}" if math.isnan(value) else (r"\infty" if value > 0 else r"-\infty")
    mantissa, _, exponent = f"{value:.{digits}g}".partition("e")
    number = mantissa if mantissa != "-0" else "0"
    return rf"{number} \cdot 10^{{{int(exponent)}}}" if exponent else number


def factor(value: float, digits: int = 4) -> str:
    """Return a number as LaTeX as it stands in a product or after a minus: negative ones and powers in brackets."""
    number = tex(value, digits)
    return rf"\left({number}\right)" if number.startswith("-") else number


def column(values: Iterable[float], digits: int = 4) -> str:
    """Return numbers as a LaTeX column vector."""
    return r"\begin{pmatrix}" + r"\\".join(tex(value, digits) for value in values) + r"\end{pmatrix}"
