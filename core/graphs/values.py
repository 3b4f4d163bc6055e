"""The table of any graph of `Value`: one step an operation forward, one step an edge back."""

from collections.abc import Mapping, Sequence
from math import isfinite

from core.autograd import BackwardStep, Value, backward_steps, topological_order
from core.graphs.chains import above, count_paths, named_links, written_out
from core.graphs.layout import Layout, layered
from core.graphs.table import Chain, Edge, GraphTable, Node, Script
from core.graphs.words import factors, formula, partial, slope, terms, worked_out
from core.words import equals_sign, equals_text, mark_text, number_text

NO_GRADIENT = "The result is no finite number, so no gradient comes back."


def graph_table(root: Value, result: str = "L") -> GraphTable:
    """Return the table of the graph below `root`, one step an operation, then one step an edge back.

    Numbers that need no gradient are part of a box's heading. Mutates `grad` of every value below.
    """
    values = [value for value in topological_order(root) if value.requires_grad] or [root]
    for value in values:
        value.grad = 0.0
    names = name_values(values, result)
    index = {value: number for number, value in enumerate(values)}
    uses = [(child, spot, parent) for child in values for spot, parent in enumerate(child.parents) if parent in index]
    edge_of = {(child, spot): number for number, (child, spot, _) in enumerate(uses)}
    ends = [(index[parent], index[child]) for child, _, parent in uses]
    layout = layered(len(values), ends)
    script = Script()
    turn = _forward(script, values, names, edge_of)
    if root.requires_grad and isfinite(root.data):
        _backward(script, root, names, index, edge_of)
    nodes = _nodes(values, names, layout)
    edges = tuple(Edge(*pair, route) for pair, route in zip(ends, layout.routes, strict=True))
    chains = _chains(root, names, index, edge_of)
    return GraphTable(nodes, edges, *script.written(), turn, chains, layout.size)


def name_values(values: Sequence[Value], result: str = "L") -> dict[Value, str]:
    """Return a name for each value: its own, v1, v2, … for what has none, and `result` for the last."""
    taken = {value.name for value in values}
    fresh = (name for name in (f"v{number}" for number in range(1, len(values) + 1)) if name not in taken)
    names = {value: value.name or next(fresh) for value in values[:-1]}
    return names | {values[-1]: values[-1].name or result}


def _argument(value: Value, names: Mapping[Value, str]) -> str:
    return names.get(value) or (value.name if not value.parents else "").replace("-", "−") or number_text(value.data)


def heading(value: Value, names: Mapping[Value, str]) -> str:
    """Return what stands over a value's box: n = x²."""
    if not value.parents:
        return names[value]
    return f"{names[value]} = {formula(value.op, [_argument(parent, names) for parent in value.parents])}"


def _nodes(values: Sequence[Value], names: Mapping[Value, str], layout: Layout) -> tuple[Node, ...]:
    def kind(value: Value) -> str:
        return "result" if value is values[-1] else "operation" if value.parents else "input"

    places = zip(values, layout.points, strict=True)
    return tuple(Node(heading(value, names), ("",), kind(value), place) for value, place in places)


def _forward(
    script: Script, values: Sequence[Value], names: Mapping[Value, str], edge_of: Mapping[tuple[Value, int], int]
) -> int:
    """Write the forward steps: one operation each, with the slopes on its edges; return the last one's number."""
    root = values[-1]
    if not root.requires_grad:
        script.step("The formula drawn here has no variable: nothing can change its value, so there is no gradient.")
        script.write("n0", "value", mark_text(root.data))
        return script.turn("")
    if root.parents:
        script.step("The inputs are set. Step on to compute the first operation.")
    else:
        script.step(f"The result is {names[root]} itself, so there is no operation to compute.")
    for number, value in enumerate(values):
        if value.parents:
            lit = [f"e{edge_of[value, spot]}" for spot in range(len(value.parents)) if (value, spot) in edge_of]
            numbers = [parent.data for parent in value.parents]
            calculation = formula(value.op, [number_text(parent) for parent in numbers])
            done = worked_out(calculation, numbers, value.data)
            script.step(f"Forward: {heading(value, names)} {done}.", f"n{number}", *lit)
            _write_slopes(script, value, names, edge_of)
        script.write(f"n{number}", "value", mark_text(value.data))
    if not isfinite(root.data):
        return script.turn(NO_GRADIENT)
    return script.turn()


def _write_slopes(
    script: Script, value: Value, names: Mapping[Value, str], edge_of: Mapping[tuple[Value, int], int]
) -> None:
    arguments = [_argument(parent, names) for parent in value.parents]
    for spot, number in enumerate(value.slopes):
        if (value, spot) in edge_of:
            words = slope(value.op, spot, arguments, names[value])
            text = words if words == number_text(number) else f"{words} {equals_text(number)}"
            script.write(f"e{edge_of[value, spot]}", "slope", text)


def _backward(
    script: Script,
    root: Value,
    names: Mapping[Value, str],
    index: Mapping[Value, int],
    edge_of: Mapping[tuple[Value, int], int],
) -> None:
    """Write the backward steps: the 1 at the result, then one edge each, adding up where a value is used again."""
    result = names[root]
    script.step(f"Backward starts at the result: {partial(result, result)} = 1.", f"n{index[root]}")
    script.write(f"n{index[root]}", "gradient", "1")
    arrived: dict[Value, list[float]] = {}
    for step in backward_steps(root):
        shares = arrived.setdefault(step.parent, [])
        shares.append(step.contribution)
        edge = f"e{edge_of[step.child, step.position]}"
        script.step(_sentence(step, shares, names, result), edge, f"n{index[step.parent]}")
        script.write(edge, "gradient", mark_text(step.contribution))
        script.write(f"n{index[step.parent]}", "gradient", mark_text(step.total))


def _sentence(step: BackwardStep, shares: Sequence[float], names: Mapping[Value, str], result: str) -> str:
    parent, child = names[step.parent], names[step.child]
    numbers = [step.upstream, step.slope]
    product = worked_out(factors(numbers), numbers, step.contribution)
    text = f"Backward: {partial(result, child)} · {partial(child, parent)} {product} for {parent}."
    if len(shares) > 1:
        total = f"{equals_sign(*shares, step.total)} {number_text(step.total)}"
        text += f" {parent} is used again, so its shares add up: {terms(shares)} {total}."
    return text


def _chains(
    root: Value, names: Mapping[Value, str], index: Mapping[Value, int], edge_of: Mapping[tuple[Value, int], int]
) -> dict[str, Chain]:
    """Return every value's chain: all that lies between it and the root, and its gradient as products."""
    links = named_links(root, names)
    counts = count_paths(root, links)
    found = {}
    for leaf, number in index.items():
        ahead = above(leaf, links)
        edges = [f"e{edge_of[c, spot]}" for c in ahead for spot, parent in enumerate(c.parents) if parent in ahead]
        lit = (*(f"n{index[value]}" for value in ahead), *edges)
        lines = written_out(root, leaf, names, links, counts[leaf]) if isfinite(root.data) else (NO_GRADIENT,)
        found[f"n{number}"] = Chain(lit, lines)
    return found
