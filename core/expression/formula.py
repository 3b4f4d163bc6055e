"""A formula that a reader types, read as a tree of allowed pieces: nothing in it is ever run as Python."""

import ast
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import Tensor

from core.autograd import Value, operate
from core.expression.check import ExpressionError, check_text, example
from core.expression.latex import to_latex
from core.expression.tree import Apply, Name, Number, Tree
from core.operations import OPERATIONS

MAX_PARTS = 120
MAX_DEPTH = 60
MAX_EXPONENT = 100

FUNCTIONS = ("sin", "cos", "tanh", "exp", "log", "sqrt", "abs", "sigmoid", "relu", "max", "min")  # all in OPERATIONS
CONSTANTS = {"pi": math.pi, "e": math.e}
BINARY: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "−",
    ast.Mult: "×",
    ast.Div: "/",
    ast.Pow: "**",
}
T = TypeVar("T")


@dataclass(frozen=True)
class Expression:
    """A formula, read: it can be computed on graph values or on tensors, and written as LaTeX."""

    text: str
    variables: tuple[str, ...]
    tree: Tree

    def value(self, variables: Mapping[str, Value]) -> Value:
        """Return the formula as a graph of `Value`; every use of a variable is the same value, so it may fork."""

        def leaf(node: Number | Name) -> Value:
            if isinstance(node, Name):
                return variables[node.name]
            return Value(node.value, node.text, requires_grad=False)

        return fold(self.tree, leaf, operate)

    def tensor(self, variables: Mapping[str, Tensor]) -> Tensor:
        """Return the formula on tensors of one shape, entry by entry, in that shape; log(−1) is nan, 1/0 is inf."""
        like = next(iter(variables.values()))

        def leaf(node: Number | Name) -> Tensor:
            return variables[node.name] if isinstance(node, Name) else torch.tensor(node.value, dtype=like.dtype)

        return fold(self.tree, leaf, lambda op, *xs: OPERATIONS[op].tensor(*xs)).expand(like.shape)

    @property
    def latex(self) -> str:
        """The formula as LaTeX."""
        return to_latex(self.tree)


def fold(tree: Tree, leaf: Callable[[Number | Name], T], apply: Callable[..., T]) -> T:
    """Return the tree's value: `leaf` for numbers and names, `apply(op, *arguments)` above them."""
    if isinstance(tree, Apply):
        return apply(tree.op, *(fold(argument, leaf, apply) for argument in tree.arguments))
    return leaf(tree)


def parse(text: str, variables: Sequence[str] = ("x",)) -> Expression:
    """Return the formula in `text`, in these variables; raises `ExpressionError`, which points at the spot.

    Python's own parser makes the tree, `Reader` lets only the pieces through that are named here.
    """
    check_text(text, FUNCTIONS, (*variables, *CONSTANTS))
    shift = len(text) - len(text.lstrip())
    try:
        root = ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        message = "The formula cannot be read from here on. Is an operator doubled, or a value missing?"
        raise ExpressionError(message, text, shift + max((error.offset or 1) - 1, 0)) from None
    except (ValueError, MemoryError, RecursionError):
        raise ExpressionError("The formula is too deeply nested. Make it simpler.", text, 0) from None
    return Expression(text, tuple(variables), Reader(text, shift, variables[0]).read(root, 1))


class Reader:
    """Turns Python's tree into ours, piece by allowed piece, and counts."""

    def __init__(self, text: str, shift: int, variable: str) -> None:
        self.text = text
        self.shift = shift  # spaces before the formula
        self.variable = variable  # for examples
        self.parts = 0

    def fail(self, node: ast.expr, message: str) -> ExpressionError:
        """Return the error that points at `node`."""
        return ExpressionError(message, self.text, self.shift + node.col_offset)

    def read(self, node: ast.expr, depth: int) -> Tree:
        """Return our tree for a node; raises `ExpressionError` for anything that is not allowed."""
        while isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.UAdd):
            node = node.operand
        self.parts += 1
        if self.parts > MAX_PARTS or depth > MAX_DEPTH:
            raise self.fail(node, f"The formula has too many parts; at most {MAX_PARTS}, {MAX_DEPTH} deep, are read.")
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            return self.finite(node, Number(float(node.value), f"{float(node.value):g}"))
        if isinstance(node, ast.Name):
            return self.name(node)
        op, arguments = self.operation(node)
        tree = Apply(op, tuple(self.read(argument, depth + 1) for argument in arguments))
        if op == "**":
            self.check_exponent(arguments[1], tree.arguments[1])
        return self.finite(node, tree)

    def operation(self, node: ast.expr) -> tuple[str, list[ast.expr]]:
        """Return the name in `OPERATIONS` and the arguments of an operator or a function call."""
        if isinstance(node, ast.BinOp) and type(node.op) in BINARY:
            return BINARY[type(node.op)], [node.left, node.right]
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return "neg", [node.operand]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS:
            return self.call(node, node.func.id)
        raise self.fail(node, "Only + - * / **, brackets and the functions named here can be used.")

    def call(self, node: ast.Call, name: str) -> tuple[str, list[ast.expr]]:
        """Return the name and the arguments of a function call with the right number of arguments."""
        expected = OPERATIONS[name].arity
        if len(node.args) != expected or node.keywords:
            shown = example(name, self.variable)
            raise self.fail(node, f"{name} takes {expected} value{'s'[: expected - 1]}, as in {shown}.")
        return name, node.args

    def name(self, node: ast.Name) -> Tree:
        """Return a variable, or a constant as its number."""
        if node.id in FUNCTIONS:
            raise self.fail(node, f"{node.id} needs brackets after it, as in {example(node.id, self.variable)}.")
        return Number(CONSTANTS[node.id], node.id) if node.id in CONSTANTS else Name(node.id)

    def finite(self, node: ast.expr, tree: Tree) -> Tree:
        """Return the tree, unless it is a plain number that is not finite, such as 1/0."""
        number = constant(tree)
        if number is not None and not math.isfinite(number):
            raise self.fail(node, "This part has no finite value.")
        return tree

    def check_exponent(self, node: ast.expr, tree: Tree) -> None:
        """Refuse a plain number above 100 as an exponent, such as in 9**9**9."""
        number = constant(tree)
        if number is not None and abs(number) > MAX_EXPONENT:
            raise self.fail(
                node, f"The exponent is {number:g}; it must be a number from −{MAX_EXPONENT} to {MAX_EXPONENT}."
            )


def constant(tree: Tree) -> float | None:
    """Return the number that a tree without variables stands for, None when there is a variable in it."""

    def leaf(node: Number | Name) -> Value:
        return Value(node.value, requires_grad=False) if isinstance(node, Number) else Value(0.0)

    value = fold(tree, leaf, operate)
    return None if value.requires_grad else value.data
