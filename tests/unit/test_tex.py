"""Numbers as LaTeX keep their value and their sign."""

import math

import pytest
import torch

from pages.ui.tex import aligned, signed_tex, tex, tex_matrix


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


def test_matrices_and_lines():
    matrix = torch.tensor([[1.0, -0.5], [0.25, 2.0]])
    assert tex_matrix(matrix) == r"\begin{pmatrix} 1 & -0.5 \\ 0.25 & 2 \end{pmatrix}"
    assert tex_matrix(matrix[0]) == r"\begin{pmatrix} 1 & -0.5 \end{pmatrix}"
    assert aligned(["a &= 1", "b &= 2"]) == r"\begin{aligned}a &= 1 \\[4pt] b &= 2\end{aligned}"
