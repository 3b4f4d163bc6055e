"""Automatic differentiation: a number that remembers how it was made, and sends the gradient back along that way."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from core.operations import OPERATIONS

Method = Callable[["Value", "Value | float"], "Value"]


def both_ways(op: str) -> tuple[Method, Method]:
    """Return what `a + b` and `b + a` call on a: the operation with a first, and with a second."""
    return lambda self, other: operate(op, self, other), lambda self, other: operate(op, other, self)


class Value:
    """A number, how it was made, and its gradient: by how much the final result changes per change of this number.

    `parents` are the values it was made from, and `slopes` stand on the edges to them: slopes[i] = ∂self/∂parents[i].
    """

    def __init__(self, data: float, name: str = "", *, requires_grad: bool = True) -> None:
        self.data = float(data)
        self.name = name
        self.grad = 0.0
        self.requires_grad = requires_grad  # False for a constant: no gradient is sent there
        self.op = ""  # empty for a leaf: an input, a weight or a constant
        self.parents: tuple[Value, ...] = ()
        self.slopes: tuple[float, ...] = ()

    __add__, __radd__ = both_ways("+")
    __sub__, __rsub__ = both_ways("−")
    __mul__, __rmul__ = both_ways("×")
    __truediv__, __rtruediv__ = both_ways("/")
    __pow__, __rpow__ = both_ways("**")

    def __neg__(self) -> "Value":
        return operate("neg", self)

    def __repr__(self) -> str:
        return f"Value({self.name or self.op or 'leaf'}, data={self.data:.6g}, grad={self.grad:.6g})"

    def backward(self) -> None:
        """Add ∂self/∂leaf to the `grad` of every leaf (mutates all values below self)."""
        for _ in backward_steps(self):
            pass


@np.errstate(all="ignore")  # as in torch: 1/0 is inf and log(−1) is nan, never an exception
def operate(op: str, *arguments: Value | float) -> Value:
    """Return the value of an operation of `OPERATIONS`, with its slopes kept for the way back."""
    parents = tuple(a if isinstance(a, Value) else Value(a, f"{a:g}", requires_grad=False) for a in arguments)
    numbers = [parent.data for parent in parents]
    y = OPERATIONS[op].value(*numbers)
    result = Value(y, requires_grad=any(parent.requires_grad for parent in parents))
    result.op, result.parents = op, parents
    result.slopes = tuple(float(slope) for slope in OPERATIONS[op].slopes(y, *numbers))
    return result


def topological_order(root: Value) -> list[Value]:
    """Return every value that `root` was made from, each after its parents, `root` last."""
    order: dict[Value, None] = {}
    stack = [root]
    while stack:
        waiting = [parent for parent in stack[-1].parents if parent not in order]
        if waiting:
            stack.append(waiting[0])
        else:
            order[stack.pop()] = None
    return list(order)


class BackwardStep(NamedTuple):
    """The gradient crossing one edge: contribution = upstream · slope, added to what the parent already has."""

    child: Value
    parent: Value
    position: int  # which of the child's arguments the parent is
    slope: float  # ∂child/∂parent along this edge
    upstream: float  # the child's gradient, complete by now
    contribution: float
    total: float  # the parent's gradient after this step


def backward_steps(root: Value) -> Iterator[BackwardStep]:
    """Send the gradient back from `root`, one edge a step (mutates `grad`): the chain rule, and a sum at each fork.

    As in torch, leaves keep adding up over several calls until their `grad` is set to 0.
    """
    order = topological_order(root)
    for value in order:
        if value.parents:
            value.grad = 0.0
    root.grad += 1.0  # ∂root/∂root
    for child in reversed(order):  # every value that uses `child` has come before it, so child.grad is complete
        for position, (parent, slope) in enumerate(zip(child.parents, child.slopes, strict=True)):
            if parent.requires_grad:
                contribution = child.grad * slope
                parent.grad += contribution
                yield BackwardStep(child, parent, position, slope, child.grad, contribution, parent.grad)
