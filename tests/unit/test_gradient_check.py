"""The finite difference as a witness: good wherever a field lets x be, and honest where rounding swallows it."""

import math

import numpy as np
import pytest
from hypothesis import example, given, reject, settings
from hypothesis import strategies as st

from core.autograd import Value
from core.expression import ExpressionError, parse
from core.expression.gradients import check_values, expression_graph
from core.gradient_check import check_graph, nudge_each
from core.graphs.examples import square_graph
from core.numeric import relative_error

FURTHEST = 1e6
ANYWHERE = st.one_of(
    st.floats(-FURTHEST, FURTHEST),
    st.tuples(st.sampled_from((-1, 1)), st.floats(-9, 6)).map(lambda pair: pair[0] * 10.0 ** pair[1]),
)
VARIABLES = ("x", "y", "z")
PLACE = st.fixed_dictionaries(dict.fromkeys(VARIABLES, ANYWHERE))
# Nearer to 0, y + y/y has a slope of which backward itself keeps no digit: 1 + 1/y − 1/y. Farther out, sin(x*x) waves
# so fast that no nudge both sees one wave and is seen beside x*x.
ORDINARY = st.fixed_dictionaries(
    dict.fromkeys(VARIABLES, st.floats(-100, 100).map(lambda x: x if abs(x) >= 1e-3 else 0.0))
)
TREES = st.recursive(
    st.sampled_from([*VARIABLES, "2", "0.5", "pi"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map("({0[0]}{0[1]}{0[2]})".format),
        st.tuples(st.sampled_from(["sin", "tanh", "sigmoid", "log", "sqrt", "exp", "cos"]), inner).map(
            "{0[0]}({0[1]})".format
        ),
    ),
    max_leaves=8,
)


def check_honest(check):
    """What is beside "off by" is what it says, and a mark stands only within the tolerance."""
    if np.isfinite([check.gradient, check.autograd, check.difference]).all():
        for witness, error in ((check.autograd, check.autograd_error), (check.difference, check.difference_error)):
            assert error == relative_error(check.gradient, witness)
    assert check.passed == (check.autograd_error <= 1e-6, check.difference_error <= 1e-4)
    assert not any(passed and lost for passed, lost in zip(check.passed, check.lost, strict=True))


@settings(max_examples=400)
@given(ANYWHERE)
@example(1e6)
@example(-1e6)
@example(1e4)
@example(0.0)
def test_the_square_is_confirmed_at_every_x_of_its_field(x):
    for check in check_values(square_graph(x)):
        check_honest(check)
        assert check.passed[0], check
        swallowed = check.name == "x" and 0 < abs(x) < 1e-3  # 6x·h beside the 2 of 3x² + 2
        assert check.passed[1] or (swallowed and check.lost[1]), check


@settings(max_examples=200)
@given(
    st.sampled_from(["x*y + z", "x*x + y*y*z", "x*x*x + y", "log(x*x + 1)*y", "sqrt(x*x + y*y + 1)", "x/(y*y + 1)"]),
    PLACE,
)
def test_a_polynomial_or_a_root_is_confirmed_or_said_to_be_lost(text, point):
    for check in check_values(expression_graph(parse(text, VARIABLES), point)):
        check_honest(check)
        assert check.passed[1] or check.lost[1], check


@settings(max_examples=500)
@given(TREES, ORDINARY)
@example("(x/(x+y))", {"x": 0.0, "y": 1.175494351e-38, "z": 0.0})  # ±1 at every nudge, and 0 between them
@example("(y+(x/y))", {"x": 1.0, "y": 7.507493635654188e-113, "z": 0.0})  # to a large nudge it is y
def test_a_smooth_formula_is_never_denied_where_it_is_finite(text, point):
    try:
        root = expression_graph(parse(text, VARIABLES), point)
    except ExpressionError:  # such as 2/(2 − 2)
        reject()
    for check in check_values(root):
        check_honest(check)
        finite = np.isfinite([root.data, check.gradient, check.difference]).all()
        assert not finite or check.passed[1] or check.lost[1], (text, point, check)


@pytest.mark.parametrize("text", ["x*x*x + y", "x*x + y*z", "exp(0.000001*x)*x*x + y"])
def test_a_variable_beside_a_huge_result_is_still_confirmed(text):
    checks = check_values(expression_graph(parse(text, VARIABLES), {"x": 1e6, "y": 0.25, "z": 3.0}))
    assert all(check.passed == (True, True) for check in checks), checks


def test_what_rounding_swallows_is_no_check_mark():
    checks = check_values(expression_graph(parse("x*x*x + sin(y)", VARIABLES), {"x": 1e6, "y": 0.25, "z": 0.0}))
    found = {check.name: check for check in checks}
    assert found["x"].passed[1]
    assert not found["y"].passed[1]
    assert found["y"].lost[1]


def test_a_corner_is_denied_not_lost():
    (check,) = check_values(expression_graph(parse("relu(x)", VARIABLES), {"x": 0.0, "y": 0.0, "z": 0.0}))
    assert not check.passed[1]
    assert not check.lost[1]


@settings(max_examples=200)
@given(ANYWHERE.filter(lambda x: abs(x) > 1e-2), st.floats(2e-4, 10))
def test_a_wrong_gradient_is_found_out(x, wrong):
    root = square_graph(x)
    root.backward()
    leaf = root.parents[0].parents[1].parents[0]
    right = {"x": leaf.grad}
    leaf.grad *= 1 + wrong
    (check,) = check_graph(root, {"x": leaf}, right)
    assert check.passed == (False, False)
    assert check.lost == (False, False)


def test_a_difference_sees_the_value_that_is_nudged_alone():
    x = Value(3.0, "x")
    n = x * x
    slopes = [difference.slope for difference in nudge_each(n + x, [x, n])]
    assert slopes == pytest.approx([7, 1], rel=1e-9)


def test_two_gradients_that_are_both_infinite_are_equal():
    expression = parse("sqrt(x - 2)", ("x",))
    check = check_values(expression_graph(expression, {"x": 2.0}))[0]
    assert (check.gradient, check.autograd, check.autograd_error) == (math.inf, math.inf, 0)
    assert check.passed == (True, False)


def test_a_result_that_is_even_is_known_to_have_no_slope_in_the_middle():
    check = check_values(expression_graph(parse("x*x", ("x",)), {"x": 0.0}))[0]
    assert (check.gradient, check.difference, check.lost) == (0, 0, (False, False))
    assert np.isfinite(check.doubt)
