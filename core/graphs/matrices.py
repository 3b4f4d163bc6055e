"""The table of cross-entropy(softmax(x W + b)) at matrix size: shapes on the boxes, rules of the way back between."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from core.gradient_check import Errors
from core.graphs.layout import layered
from core.graphs.table import Chain, Edge, GraphTable, Node, Script
from core.matrix_graph import Cache, Gradients, backward, by_autograd, forward
from core.numeric import numeric_gradient
from core.randomness import SMALL_SEED
from core.validation import require_integer
from core.words import equals_text, number_text

MAX_BATCH = 12
FEATURES, CLASSES = 4, 3
BOXES = {  # in the order in which forward computes them: what stands over each
    "x": "x",
    "W": "W",
    "b": "b",
    "xW": "xW = x · W",
    "q": "q = xW + b",
    "p": "p = softmax(q)",
    "L": "L = mean −ln p",
}
LINKS = {  # from, to: the local derivative on the edge, and the gradient of its start
    ("x", "xW"): ("· Wᵀ", "dx = dq · Wᵀ"),
    ("W", "xW"): ("xᵀ ·", "dW = xᵀ · dq"),
    ("xW", "q"): ("1", "d(xW) = dq"),
    ("b", "q"): ("Σ rows", "db = the sum of the rows of dq"),
    ("q", "p"): ("p − y", "dq = (p − y) / N"),
    ("p", "L"): ("÷ N", ""),
}
BACKWARD = (("q", "p"), ("b", "q"), ("xW", "q"), ("W", "xW"), ("x", "xW"))


def example_batch(batch: int, seed: int) -> Cache:
    """Return forward on `batch` random examples: x (N, 4), W (4, 3), b (3,) from N(0, 1), and a class for each.

    Rounded to two decimals. Raises `ValueError` when a number is out of range.
    """
    require_integer("batch", batch, 1, MAX_BATCH)
    require_integer("seed", seed, 0, SMALL_SEED)
    generator = torch.Generator().manual_seed(seed)

    def normal(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator, dtype=torch.float64).round(decimals=2)

    W, b, x = normal(FEATURES, CLASSES), normal(CLASSES), normal(MAX_BATCH, FEATURES)
    y = torch.randint(CLASSES, (MAX_BATCH,), generator=generator)
    return forward(x[:batch], W, b, y[:batch])  # a larger batch begins with the same examples


def values_of(cache: Cache) -> dict[str, Tensor]:
    """Return the value in each box."""
    return {"x": cache.x, "W": cache.W, "b": cache.b, "xW": cache.xW, "q": cache.q, "p": cache.p, "L": cache.loss}


def gradients_of(gradients: Gradients) -> dict[str, Tensor]:
    """Return the gradient of each box; xW has that of q, for b is only added. That of p is never needed alone."""
    return {"x": gradients.dx, "W": gradients.dW, "b": gradients.db, "xW": gradients.dq, "q": gradients.dq}


def shape_text(tensor: Tensor) -> str:
    """Return a shape in words: 4 × 3, or a plain number for a scalar."""
    return " × ".join(map(str, tensor.shape)) if tensor.ndim else number_text(tensor.item())


def product_text(left: Tensor, right: Tensor, result: Tensor) -> str:
    """Return the shapes of a product: (4 × 2) · (2 × 3) → (4 × 3)."""
    return f"({shape_text(left)}) · ({shape_text(right)}) → ({shape_text(result)})"


def matrix_table(cache: Cache) -> GraphTable:
    """Return the table: shapes forward, shapes back, with the rule of each step."""
    names = list(BOXES)
    links = [(names.index(start), names.index(end)) for start, end in LINKS]
    layout = layered(len(names), links)
    script = Script()
    turn = _forward(script, cache, names)
    _backward(script, cache, names)
    kinds = ["input"] * 3 + ["operation"] * 3 + ["result"]
    nodes = zip(BOXES.values(), kinds, layout.points, strict=True)
    return GraphTable(
        tuple(Node(title, ("",), kind, place) for title, kind, place in nodes),
        tuple(Edge(*link, route) for link, route in zip(links, layout.routes, strict=True)),
        *script.written(),
        turn,
        _chains(cache, names),
        layout.size,
    )


def _forward(script: Script, cache: Cache, names: list[str]) -> int:
    values = values_of(cache)
    texts = {
        "xW": f"xW = x · W has the shape {product_text(cache.x, cache.W, cache.xW)}",
        "q": "q = xW + b: the row b is added to each row of xW",
        "p": "p = softmax(q), row by row: each row of p adds up to 1",
        "L": f"L is the mean of −ln p at the right class of each row {equals_text(cache.loss.item())}",
    }
    script.step("The batch x, the weights W and the biases b are set. Step on to multiply them.")
    for number, name in enumerate(names):
        if name in texts:
            lit = [f"e{edge}" for edge, (_, end) in enumerate(LINKS) if end == name]
            script.step(f"Forward: {texts[name]}.", f"n{number}", *lit)
            for edge, (rule, _) in enumerate(LINKS.values()):
                if f"e{edge}" in lit:
                    script.write(f"e{edge}", "slope", rule)
        script.write(f"n{number}", "value", shape_text(values[name]))
    return script.turn()


def _backward(script: Script, cache: Cache, names: list[str]) -> None:
    gradients = backward(cache)
    found, dq = gradients_of(gradients), gradients.dq
    texts = {
        "q": f"dq = (p − y) / N, where y is 1 at the right class: {shape_text(dq)}, as q",
        "b": f"db is the sum of the rows of dq, for b went to every row: {shape_text(gradients.db)}",
        "xW": "a sum passes the gradient on as it is: d(xW) = dq",
        "W": f"dW = xᵀ · dq: {product_text(cache.x.T, dq, gradients.dW)}, as W",
        "x": f"dx = dq · Wᵀ: {product_text(dq, cache.W.T, gradients.dx)}, as x",
    }
    script.step("Backward starts at the loss: ∂L/∂L = 1.", f"n{names.index('L')}")
    script.write(f"n{names.index('L')}", "gradient", "1")
    for link in BACKWARD:
        start, edge = link[0], list(LINKS).index(link)
        script.step(f"Backward: {texts[start]}.", f"e{edge}", f"n{names.index(start)}")
        script.write(f"n{names.index(start)}", "gradient", f"d{start}: {shape_text(found[start])}")


def _chains(cache: Cache, names: list[str]) -> dict[str, Chain]:
    """Return what leads from each box to the loss, and the matrix product of its gradient."""
    rules = {start: rule for (start, _), (_, rule) in LINKS.items()}
    found = {}
    for number, name in enumerate(names):
        way = [name]
        while way[-1] != "L":
            way.append(next(end for start, end in LINKS if start == way[-1]))
        edges = [f"e{edge}" for edge, link in enumerate(LINKS) if link[0] in way]
        lines = ["∂L/∂L = 1"] if name == "L" else [rule for step in reversed(way[:-1]) if (rule := rules[step])]
        if name == "p":
            lines = ["∂L/∂p is never written down: softmax and logarithm together give dq = (p − y) / N at once"]
        found[f"n{number}"] = Chain((*(f"n{names.index(step)}" for step in way), *edges), tuple(lines))
    return found


@dataclass(frozen=True)
class MatrixCheck(Errors):
    """The worst errors over the entries of a gradient, each relative to the largest entry; and its shape."""

    shape: str


def check_matrices(cache: Cache) -> list[MatrixCheck]:
    """Return the check of dq, dW, db and dx, against torch's autograd and against finite differences."""
    ours, theirs = backward(cache), by_autograd(cache)

    def loss_of_logits(q: Tensor) -> Tensor:
        return (q.logsumexp(1) - q[torch.arange(len(cache.y)), cache.y]).mean()

    functions: dict[str, tuple[Tensor, Callable[[Tensor], Tensor]]] = {
        "dq": (cache.q, loss_of_logits),
        "dW": (cache.W, lambda W: forward(cache.x, W, cache.b, cache.y).loss),
        "db": (cache.b, lambda b: forward(cache.x, cache.W, b, cache.y).loss),
        "dx": (cache.x, lambda x: forward(x, cache.W, cache.b, cache.y).loss),
    }
    checks = []
    for name, (point, function) in functions.items():
        gradient, nudged = getattr(ours, name), numeric_gradient(function, point)
        errors = _worst(gradient, getattr(theirs, name)), _worst(gradient, nudged)
        checks.append(MatrixCheck(name, *errors, shape_text(gradient)))
    return checks


def _worst(gradient: Tensor, reference: Tensor) -> float:
    size = torch.maximum(gradient.abs().max(), reference.abs().max()).item()
    return (gradient - reference).abs().max().item() / size if size else 0.0
