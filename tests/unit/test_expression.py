"""The reader's formula: read right, refused kindly, never run."""

import ast
import inspect
import math
import re
import time
from pathlib import Path

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.autograd import Value
from core.expression import CONSTANTS, FUNCTIONS, ExpressionError, check, formula, parse
from core.numeric import central_difference
from core.operations import OPERATIONS

FORMULAS = {
    "3*x**2 + 2": lambda x: 3 * x**2 + 2,
    "x*cos(0.15*pi*x)": lambda x: x * math.cos(0.15 * math.pi * x),
    "-x**2": lambda x: -(x**2),
    "2**-x": lambda x: 2**-x,
    "+x - -x": lambda x: 2 * x,
    " max(x, 1.5) / (1 + abs(x))": lambda x: max(x, 1.5) / (1 + abs(x)),
    "min(sin(x), exp(-x)) + e": lambda x: min(math.sin(x), math.exp(-x)) + math.e,
    "sigmoid(x) + relu(x - 1) + tanh(x)*sqrt(x) - log(x)": lambda x: (
        1 / (1 + math.exp(-x)) + max(0, x - 1) + math.tanh(x) * math.sqrt(x) - math.log(x)
    ),
    "x**3**2": lambda x: x**9,
    "x - 1 - 2": lambda x: x - 3,
    "8/x/2": lambda x: 4 / x,
    "1e-3*x + .5": lambda x: 0.001 * x + 0.5,
}


@pytest.mark.parametrize("text", FORMULAS)
@pytest.mark.parametrize("x", [0.3, 0.9, 1.9])
def test_value_gradient_and_curve_are_right(text, x):
    formula = parse(text)
    leaf = Value(x)
    result = formula.value({"x": leaf})
    result.backward()
    assert math.isclose(result.data, FORMULAS[text](x), rel_tol=1e-12)
    assert math.isclose(leaf.grad, central_difference(FORMULAS[text], x), rel_tol=1e-4, abs_tol=1e-7)
    xs = torch.tensor([x, 1.0], dtype=torch.float64, requires_grad=True)
    ys = formula.tensor({"x": xs})
    assert (ys.shape, ys.dtype) == ((2,), torch.float64)
    assert math.isclose(ys[0].item(), result.data, rel_tol=1e-6)
    assert math.isclose(torch.autograd.grad(ys.sum(), xs)[0][0], leaf.grad, rel_tol=1e-6)


def test_every_function_is_an_operation_and_parses():
    assert set(FUNCTIONS) <= set(OPERATIONS)
    for name in FUNCTIONS:
        arguments = ", ".join(["x"] * OPERATIONS[name].arity)
        parse(f"{name}({arguments})").value({"x": Value(0.5)})
    assert parse("pi + e").tensor({"x": torch.zeros(3).double()}).tolist() == [sum(CONSTANTS.values())] * 3


def test_a_variable_used_twice_is_one_value():
    x, y = Value(3.0, "x"), Value(4.0, "y")
    parse("x*x + y", ("x", "y")).value({"x": x, "y": y}).backward()
    assert (x.grad, y.grad) == (6, 1)


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("3*x**2 + 2", "3 x^{2} + 2"),
        ("2*3", r"2 \cdot 3"),
        ("(x + 1)*(x - 1)", r"\left(x + 1\right) \left(x - 1\right)"),
        ("x - (1 - x)", r"x - \left(1 - x\right)"),
        ("(-x)**2", r"\left(-x\right)^{2}"),
        ("-x**2", "-x^{2}"),
        ("x/(1 + exp(-x))", r"\frac{x}{1 + e^{-x}}"),
        ("(x/2)**2", r"\left(\frac{x}{2}\right)^{2}"),
        ("x*cos(0.15*pi*x)", r"x \cos\left(0.15 \pi x\right)"),
        ("1e-7*abs(x)", r"1 \cdot 10^{-7} \left|x\right|"),
        ("x + -x", r"x + \left(-x\right)"),
        ("sqrt(log(x))", r"\sqrt{\ln\left(x\right)}"),
    ],
)
def test_latex(text, latex):
    assert parse(text).latex == latex


REFUSALS = [
    ("x^2", 1, r"Write \*\* instead"),
    ("2x", 1, r"write 2\*x"),
    ("x + 2 x", 6, r"write 2\*x"),
    ("(x+1)(x-1)", 5, r"write \)\*\("),
    ("x(2)", 1, r"write x\*\("),
    ("sin x", 4, r"write sin\(x\)"),
    ("2*sin 3", 6, r"write sin\(3\)"),
    ("3,5x", 1, r"write 3\.5"),
    ("(x, 2)", 2, "Leave it out"),
    ("x==2", 1, "compares nothing"),
    ("sin", 0, r"sin\(x\)"),
    ("sin(x, 2)", 0, "takes 1 value, "),
    ("max(x)", 0, "takes 2 values, "),
    ("max(x, x=2)", 8, "“=” cannot"),
    ("3 + y", 4, "“y” is not known"),
    ("ln(x)", 0, "Did you mean log"),
    ("sine(x)", 0, "Did you mean sin"),
    ("x + ", 3, r"missing after \+"),
    ("(x + 1", 0, "never closed"),
    ("x + 1)", 5, "never opened"),
    ("", 0, "no formula yet"),
    ("x***2", 3, "cannot be read"),
    ("x//2", 0, "Only"),
    ("x, 1", 1, "Leave it out"),
    ("()", 0, "Only"),
    ("9**9**9", 3, "exponent is 3.8"),
    ("x**1e300", 3, "exponent"),
    ("x + 1/0", 4, "no finite value"),
    ("1e999", 0, "no finite value"),
    ("x" + "+x" * 100, 200, "201 characters"),
    ("-" * 150 + "x", 60, "too many parts"),
    ("+".join("x" * 90), 0, "too many parts"),
    ("__import__('os')", 11, "“'” cannot"),
    ("x.real", 1, "“.” cannot"),
    ("lambda", 0, "not known"),
    ("x\n+1\x00", 4, "cannot"),
    ("٣*x", 0, "cannot"),
    ("max x", 4, r"write max\(x, 0\)"),
    ("max", 0, r"as in max\(x, 0\)"),
]


@pytest.mark.parametrize(("text", "column", "says"), REFUSALS)
def test_refusals_point_at_the_spot(text, column, says):
    with pytest.raises(ExpressionError, match=says) as caught:
        parse(text)
    assert caught.value.column == column
    shown, caret = caught.value.pointer.split("\n")
    assert shown.rstrip() == "".join(c if c.isprintable() else " " for c in text[:200]).rstrip()
    assert caret == " " * column + "^"


PIECES = st.sampled_from(
    [*FUNCTIONS, *CONSTANTS, *"x+-*/(),.0123456789eE_^ ", "**", "1e9", "9**9", "if", "not", "0x", "1j"]
)


@settings(max_examples=1500)
@given(st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=60).map("".join), st.lists(PIECES).map(" ".join)))
@example("9**9**9")
@example("(" * 199)
@example("-" * 199 + "x")
@example("9**" * 66 + "9")
@example("1if x else 2")
def test_any_text_is_read_or_refused_in_bounded_time(text):
    started = time.process_time()
    formula = error = None
    try:
        formula = parse(text)
    except ExpressionError as refusal:
        error = refusal
    if formula:
        x = Value(1.5)
        formula.value({"x": x}).backward()
        assert formula.tensor({"x": torch.linspace(-2, 2, 101)}).shape == (101,)
        assert formula.latex
    else:
        assert str(error).endswith((".", "?"))
        assert 0 <= error.column <= max(len(text), 1)
        assert error.pointer.count("\n") == 1
    assert time.process_time() - started < 1


def test_a_deep_formula_is_written_once_not_two_to_the_depth():
    for text in ("-" * 58 + "x", "x+(" * 40 + "x" + ")" * 40, "x**(" * 39 + "x" + ")" * 39):
        start = time.process_time()
        assert "x" in parse(text, ("x",)).latex
        assert time.process_time() - start < 1


ALONE = re.compile(r"(?<![A-Za-z_])x(?![A-Za-z_])")  # the variable, also in 2x


def raised(text, name):
    """The refusal of a formula in this variable, and where in our code it was raised: file and line."""
    with pytest.raises(ExpressionError) as caught:
        parse(text, (name,))
    frame = caught.traceback[-1]
    return str(caught.value), Path(frame.path).name, frame.lineno + 1


@pytest.mark.parametrize("name", ["x", "w"])
def test_the_examples_of_all_messages_can_be_typed_on_the_page(name):
    told, places = [], set()
    for text, _, _ in REFUSALS:
        message, *place = raised(ALONE.sub(name, text), name)
        told.append(message)
        places.add(tuple(place))
    examples = [found[1] for message in told if (found := re.search(r"(?:such as|as in|write) (.*?)\.?$", message))]
    assert len(examples) > 10
    for shown in examples:
        if not shown.endswith("("):  # a piece that goes on
            parse(shown, (name,))
    assert not [message for message in told if name == "w" and ALONE.search(message)]
    for module in (check, formula):
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if isinstance(node, ast.Raise) and "too deeply" not in ast.unparse(node):  # 200 characters are not enough
                lines = {(Path(module.__file__).name, line) for line in range(node.lineno, node.end_lineno + 1)}
                assert lines & places, f"no refusal here raises: {ast.unparse(node)}"
