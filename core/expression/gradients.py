"""The gradients of a formula in all that it is made of, checked by torch's autograd and by a finite difference."""

from collections.abc import Mapping

import torch

from core.autograd import Value, topological_order
from core.expression import Expression, fold
from core.expression.tree import Name, Number
from core.gradient_check import Check, check_graph, graph_by_torch
from core.graphs.values import name_values

PLACES = 4096


def used_variables(expression: Expression) -> tuple[str, ...]:
    """Return the variables that occur in a formula, in the order in which they were offered."""

    def leaf(node: Number | Name) -> frozenset[str]:
        return frozenset([node.name]) if isinstance(node, Name) else frozenset()

    found = fold(expression.tree, leaf, lambda _, *names: frozenset().union(*names))
    return tuple(name for name in expression.variables if name in found)


def has_value_somewhere(expression: Expression) -> bool:
    """Return whether the formula is finite at any of 4,096 places, near 0 and far from it."""
    generator = torch.Generator().manual_seed(0)

    def spread() -> torch.Tensor:
        sign, size = torch.rand(2, PLACES, generator=generator, dtype=torch.float64)
        places: torch.Tensor = (2 * sign.round() - 1) * 10 ** (9 * size - 3)
        return places  # 0.001 to 1,000,000, of both signs

    return bool(expression.tensor({name: spread() for name in expression.variables}).isfinite().any())


def expression_graph(expression: Expression, point: Mapping[str, float]) -> Value:
    """Return the formula at a point as a graph of values; each variable is one leaf."""
    return expression.value({name: Value(number, name) for name, number in point.items()})


def check_values(root: Value) -> list[Check]:
    """Return the checks of ∂L/∂v for every variable and then every box below the result L, by the names in its graph.

    Mutates `grad` of every value below.
    """
    values = [value for value in topological_order(root) if value.requires_grad]
    for value in values:
        value.grad = 0.0
    root.backward()
    leaves = sorted((value for value in values if not value.parents), key=lambda leaf: leaf.name)
    boxes = [value for value in values if value.parents and value is not root]  # the result's own gradient is 1
    names = name_values(values) if values else {}
    named = {names[value]: value for value in [*leaves, *boxes]}
    return check_graph(root, named, graph_by_torch(root, named)) if named else []
