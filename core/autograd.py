"""Automatic differentiation: a number that remembers how it was made, and sends the gradient back along that way."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Operation:
    """One operation: y from its arguments, and the slopes ∂y/∂a (and ∂y/∂b) there."""

    value: Callable[..., float]  # a, b → y
    slopes: Callable[..., tuple[float, ...]]  # y, a, b → (∂y/∂a, ∂y/∂b)
    arity: int = 1  # the number of arguments


OPERATIONS: dict[str, Operation] = {
    "+": Operation(np.add, lambda y, a, b: (1, 1), 2),
    "−": Operation(np.subtract, lambda y, a, b: (1, -1), 2),
    "×": Operation(np.multiply, lambda y, a, b: (b, a), 2),
    "/": Operation(np.divide, lambda y, a, b: (np.divide(1, b), np.divide(-y, b)), 2),
    "**": Operation(
        np.power,
        lambda y, a, b: (b * np.power(a, b - 1) if b else 0, y * np.log(a) if a or b < 0 else 0),
        2,
    ),
    "max": Operation(np.maximum, lambda y, a, b: (_share(a, b), _share(b, a)), 2),
    "min": Operation(np.minimum, lambda y, a, b: (_share(b, a), _share(a, b)), 2),
    "neg": Operation(np.negative, lambda y, a: (-1,)),
    "exp": Operation(np.exp, lambda y, a: (y,)),
    "log": Operation(np.log, lambda y, a: (np.divide(1, a),)),
    "sin": Operation(np.sin, lambda y, a: (np.cos(a),)),
    "cos": Operation(np.cos, lambda y, a: (-np.sin(a),)),
    "tanh": Operation(np.tanh, lambda y, a: (1 - y * y,)),
    "sqrt": Operation(np.sqrt, lambda y, a: (np.divide(0.5, y),)),
    "abs": Operation(np.abs, lambda y, a: (np.sign(a),)),
    "relu": Operation(lambda a: np.maximum(a, 0), lambda y, a: (float(a > 0),)),
    "sigmoid": Operation(lambda a: 1 / (1 + np.exp(-a)), lambda y, a: (y * (1 - y),)),
}


def _share(a: float, b: float) -> float:
    """Return the slope of max(a, b) in a: 1 for the winner, 0 for the loser, a half each at a tie, as torch does."""
    return 0.5 if a == b else float(a > b)


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

    def __repr__(self) -> str:
        return f"Value({self.name or self.op or 'leaf'}, data={self.data:.6g}, grad={self.grad:.6g})"

    def __add__(self, other: "Value | float") -> "Value":
        return operate("+", self, other)

    def __radd__(self, other: float) -> "Value":
        return operate("+", other, self)

    def __sub__(self, other: "Value | float") -> "Value":
        return operate("−", self, other)

    def __rsub__(self, other: float) -> "Value":
        return operate("−", other, self)

    def __mul__(self, other: "Value | float") -> "Value":
        return operate("×", self, other)

    def __rmul__(self, other: float) -> "Value":
        return operate("×", other, self)

    def __truediv__(self, other: "Value | float") -> "Value":
        return operate("/", self, other)

    def __rtruediv__(self, other: float) -> "Value":
        return operate("/", other, self)

    def __pow__(self, other: "Value | float") -> "Value":
        return operate("**", self, other)

    def __rpow__(self, other: float) -> "Value":
        return operate("**", other, self)

    def __neg__(self) -> "Value":
        return operate("neg", self)

    def backward(self) -> None:
        """Add ∂self/∂leaf to the `grad` of every leaf (mutates all values below self)."""
        for _ in backward_steps(self):
            pass


@np.errstate(all="ignore")  # as in torch: 1/0 is inf and log(−1) is nan, never an exception
def operate(op: str, *arguments: Value | float) -> Value:
    """Return the value of an operation of `OPERATIONS`, with its slopes kept for the way back."""
    parents = tuple(a if isinstance(a, Value) else Value(a, f"{a:g}", requires_grad=False) for a in arguments)
    numbers = [parent.data for parent in parents]
    operation = OPERATIONS[op]
    y = operation.value(*numbers)
    result = Value(y, requires_grad=any(parent.requires_grad for parent in parents))
    result.op, result.parents = op, parents
    result.slopes = tuple(float(slope) for slope in operation.slopes(y, *numbers))
    return result


def topological_order(root: Value) -> list[Value]:
    """Return every value that `root` was made from, each after its parents, `root` last."""
    order: list[Value] = []
    seen: set[Value] = set()
    stack = [(root, False)]
    while stack:
        value, parents_done = stack.pop()
        if parents_done:
            order.append(value)
        elif value not in seen:
            seen.add(value)
            stack.append((value, True))
            stack.extend((parent, False) for parent in reversed(value.parents))
    return order


@dataclass(frozen=True, eq=False)
class BackwardStep:
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
