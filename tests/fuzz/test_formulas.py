"""Any text may stand in a formula's field: it is read, or refused with a sentence that points at the spot."""

from itertools import product

import pytest
import torch
from hypothesis import strategies as st

from core.expression import CONSTANTS, FUNCTIONS, ExpressionError, parse
from core.expression.check import MAX_LENGTH
from core.expression.gradients import check_values, expression_graph, used_variables
from core.graphs.values import graph_table
from tests.fuzz.support import each, lines_of

POINT = {"x": 2.0, "y": -1.0, "z": 0.5}
PIECES = (*FUNCTIONS, *CONSTANTS, *POINT, *"+-*/(),.0123456789 ", "**", "1e", "e-", "max(", "w", "^", "=", "²", "x0")


def read(text):
    """Do with a formula what the pages do with it."""
    try:
        expression = parse(text, tuple(POINT))
    except ExpressionError as error:
        assert len(str(error)) < 300
        assert len(error.pointer.split("\n")) == 2
        return
    assert expression.latex
    expression.tensor({name: torch.linspace(-5, 5, 401, dtype=torch.float64) for name in POINT})
    used_variables(expression)
    check_values(expression_graph(expression, POINT))
    graph_table(expression_graph(expression, POINT))


def test_formulas_made_by_hand(tally):
    for text in lines_of("formulas.txt"):
        with tally.trying("formulas", text):
            read(text)


def test_the_longest_formulas_of_every_piece(tally):
    for opening, middle in product(("(", "-", "+", "sin(", "max(x,", "x**", "x*(", "1/(", "relu(-", "exp(x)*"), "x1"):
        closing = ")" * opening.count("(")
        number = (MAX_LENGTH - 1) // len(opening + closing)
        for text in (opening * number + middle + closing * number, opening * number + middle):
            with tally.trying("formulas", text):
                read(text)


@pytest.mark.parametrize(
    ("strategy", "few", "many"),
    [
        (st.text(max_size=400), 40, 500),
        (st.lists(st.sampled_from(PIECES), max_size=80).map("".join), 60, 1000),
        (
            st.recursive(
                st.sampled_from(["x", "y", "z", "2", "0", "1e9", "pi"]),
                lambda inner: st.one_of(
                    st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "**"]), inner).map(
                        "({0[0]}{0[1]}{0[2]})".format
                    ),
                    st.tuples(st.sampled_from(FUNCTIONS[:9]), inner).map("{0[0]}({0[1]})".format),
                ),
                max_leaves=40,
            ),
            60,
            700,
        ),
    ],
    ids=["any text", "pieces", "trees"],
)
def test_formulas_made_by_chance(tally, amount, strategy, few, many):
    def check(text):
        with tally.trying("formulas", text):
            read(text)

    each(strategy, amount(few, many), check)
