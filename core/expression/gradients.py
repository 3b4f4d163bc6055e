"""The gradients of a formula in each of its variables, with two witnesses: torch's autograd and a finite difference."""

from collections.abc import Mapping

import torch

from core.autograd import Value
from core.expression import Expression, fold
from core.expression.tree import Name, Number
from core.gradient_check import Check, compare
from core.numeric import central_difference
from core.slopes import slopes_of


def used_variables(expression: Expression) -> tuple[str, ...]:
    """Return the variables that occur in a formula, in the order in which they were offered."""

    def leaf(node: Number | Name) -> frozenset[str]:
        return frozenset([node.name]) if isinstance(node, Name) else frozenset()

    found = fold(expression.tree, leaf, lambda _, *names: frozenset().union(*names))
    return tuple(name for name in expression.variables if name in found)


def expression_graph(expression: Expression, point: Mapping[str, float]) -> Value:
    """Return the formula at a point as a graph of values; each variable is one leaf."""
    return expression.value({name: Value(number, name) for name, number in point.items()})


def check_expression(expression: Expression, point: Mapping[str, float]) -> list[Check]:
    """Return ∂L/∂variable for every variable used, from our engine, from torch and from a central difference."""
    leaves = {name: Value(point[name], name) for name in expression.variables}
    root = expression.value(leaves)
    root.backward()
    theirs = _torch_gradients(expression, point)
    checks = []
    for name in used_variables(expression):

        def moved(number: float, name: str = name) -> float:
            return _value(expression, {**point, name: number})

        difference = central_difference(moved, point[name])
        checks.append(compare(name, leaves[name].grad, theirs[name], difference, root.data))
    return checks


def _value(expression: Expression, point: Mapping[str, float]) -> float:
    tensors = {name: torch.tensor(number, dtype=torch.float64) for name, number in point.items()}
    return expression.tensor(tensors).item()


def _torch_gradients(expression: Expression, point: Mapping[str, float]) -> dict[str, float]:
    leaves = {name: torch.tensor(number, dtype=torch.float64).requires_grad_() for name, number in point.items()}
    slopes = slopes_of(expression.tensor(leaves), *leaves.values())
    return {name: slope.item() for name, slope in zip(leaves, slopes, strict=True)}
