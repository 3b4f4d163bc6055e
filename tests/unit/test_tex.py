"""Numbers as LaTeX keep their value and their sign."""

import math

import pytest
import torch

from pages.ui.tex import aligned, both_signs, result_tex, sign_tex, signed_tex, tex, tex_matrix


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.5, "0.5"),
        (-1 / 3, "-0.3333"),
        (10_000, "10000"),
        (-123_456.7, "-123457"),
        (1e7, r"1 \cdot 10^{7}"),
        (1.23456e-8, r"1.235 \cdot 10^{-8}"),
        (math.inf, r"\infty"),
        (-math.inf, r"-\infty"),
        (math.nan, r"\text{undefined}"),
    ],
)
def test_numbers(value, text):
    assert tex(value) == text


def test_negative_numbers_stand_in_brackets():
    assert signed_tex(-2) == "(-2)"
    assert signed_tex(2) == "2"


def test_only_a_rounded_result_is_an_approximation():
    assert result_tex(0.125) == "= 0.125"
    assert result_tex(1 - 0.9) == "= 0.1"  # the last bits of a float are no rounding
    assert result_tex(0.6**20 * 10) == r"\approx 0.0003656"
    assert sign_tex(1 / 3, 1) == r"\approx"
    assert both_signs("=", sign_tex(3.724048, digits=7)) == "="
    assert both_signs("=", sign_tex(3.724048)) == r"\approx"


def test_matrices_and_lines():
    matrix = torch.tensor([[1.0, -0.5], [0.25, 2.0]])
    assert tex_matrix(matrix) == r"\begin{pmatrix} 1 & -0.5 \\ 0.25 & 2 \end{pmatrix}"
    assert tex_matrix(matrix[0]) == r"\begin{pmatrix} 1 & -0.5 \end{pmatrix}"
    assert aligned(["a &= 1", "b &= 2"]) == r"\begin{aligned}a &= 1 \\[4pt] b &= 2\end{aligned}"
