"""Numbers and matrices as LaTeX, so that a formula carries the live values."""

import math
from collections.abc import Iterable

from torch import Tensor

from core.words import equals_sign


def tex(value: float, digits: int = 4) -> str:
    """Return a number with so many significant digits, whole up to ten million, beyond that as a power of ten."""
    if not math.isfinite(value):
        return r"\text{undefined}" if math.isnan(value) else (r"\infty" if value > 0 else r"-\infty")
    if 10**digits <= abs(value) < 1e7:
        return f"{value:.0f}"
    value += 0.0  # no minus before a zero
    mantissa, _, exponent = f"{value:.{digits}g}".partition("e")
    return mantissa + (rf" \cdot 10^{{{int(exponent)}}}" if exponent else "")


def sign_tex(*values: float, digits: int = 4) -> str:
    """Return the sign before a calculation with these numbers: =, or ≈ where one of them is rounded."""
    return "=" if equals_sign(*values, digits=digits) == "=" else r"\approx"


def both_signs(*signs: str) -> str:
    """Return the sign of a calculation whose parts have these: =, or ≈ where one of them is."""
    return "=" if set(signs) == {"="} else r"\approx"


def result_tex(value: float, digits: int = 4) -> str:
    """Return a result with the sign before it: = 0.5, or ≈ 0.3333 where it is rounded."""
    return f"{sign_tex(value, digits=digits)} {tex(value, digits)}"


def signed_tex(value: float, digits: int = 4) -> str:
    """Return a number for the inside of a formula: in brackets when it is negative."""
    text = tex(value, digits)
    return f"({text})" if text.startswith("-") else text


def tex_matrix(matrix: Tensor, digits: int = 3) -> str:
    """Return a matrix (m, n), or a vector (n,) as one row."""
    rows = matrix if matrix.ndim == 2 else matrix[None]
    return _pmatrix(" & ".join(tex(value, digits) for value in row) for row in rows.tolist())


def tex_column(values: Iterable[float], digits: int = 4) -> str:
    """Return numbers as a column vector."""
    return _pmatrix(tex(value, digits) for value in values)


def _pmatrix(rows: Iterable[str]) -> str:
    return r"\begin{pmatrix} " + r" \\ ".join(rows) + r" \end{pmatrix}"


def aligned(lines: Iterable[str]) -> str:
    """Return formulas under each other, aligned at their `&`."""
    return r"\begin{aligned}" + r" \\[4pt] ".join(lines) + r"\end{aligned}"
