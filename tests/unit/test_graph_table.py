"""The tables that the graph component draws: the numbers on them are torch's."""

import math
import re

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from core.autograd import Value, operate, topological_order
from core.expression import parse
from core.expression.gradients import check_values, expression_graph, used_variables
from core.gradient_check import torch_gradients
from core.graphs.chains import all_paths, count_paths, named_links
from core.graphs.examples import fork_by_torch, fork_graph, square_graph
from core.graphs.matrices import check_matrices, example_batch, matrix_table
from core.graphs.network import network_paths, network_table
from core.graphs.network_steps import BOX_DIGITS
from core.graphs.values import graph_table, name_values
from core.graphs.words import SLOPES, slope, terms
from core.operations import OPERATIONS
from core.value_network import SPECS, build_network, step_network
from core.words import number_text, on_the_line

RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"
FORMULAS = ("sigmoid(x*y + z) * x", "x*x*x", "(x + y)/(z*z + 1) - tanh(x)*exp(y)", "max(x, y)*min(y, z)", "x**y + 2**z")


def number(text: str) -> float:
    power = re.fullmatch(r"(.+) · 10([⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)", text)
    plain = text.replace("−", "-")
    if not power:
        return float(plain)
    exponent = power[2].translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-"))
    return float(power[1].replace("−", "-")) * 10 ** int(exponent)


def trained_on(spec):
    """A network after two steps, so that no weight is a round number any more."""
    network = build_network(spec)
    for _ in range(2):
        network.loss.backward()
        network = step_network(network, 0.5)
    network.loss.backward()
    return network


def last(table, owner, role, cell=0):
    return next(s.changes[-1][1] for s in table.slots if (s.owner, s.role, s.cell) == (owner, role, cell))


def texts(table):
    """All that the graph says: in its steps, on its edges, and in the chains below it."""
    chains = [line for chain in table.chains.values() for line in chain.lines]
    return [*(step.text for step in table.steps), *(text for slot in table.slots for _, text in slot.changes), *chains]


def worked(text):
    """What a text works out with plain numbers: each calculation, the sign behind it, and its result."""
    for left, sign, right in re.findall(r"(?<=[=≈] )([^=≈]+?) (?=([=≈]) ([^=≈]+))", text):
        result = re.match(rf"−?[\d.]+(e−?\d+)?(?: · 10[{RAISED}]+)?", right)
        if re.fullmatch(rf"[\d.() ·+−/{RAISED}]+", left) and result:
            powers = re.sub(f"[{RAISED}]+", lambda raised: f"**({on_the_line(raised[0])})", left)
            yield eval(powers.replace("·", "*").replace("−", "-")), sign, number(result[0].rstrip("."))


@pytest.mark.parametrize("x", [2.0, -0.3, 7.25, 0.0])
def test_b4_has_the_gradients_1_1_3_6x(x):
    table = graph_table(square_graph(x))
    assert [node.title for node in table.nodes] == ["x", "n = x²", "m = 3 · n", "L = m + 2"]
    gradients = [number(last(table, f"n{index}", "gradient")) for index in (3, 2, 1, 0)]
    assert gradients == pytest.approx([1, 1, 3, 6 * x], rel=1e-3)
    assert number(last(table, "n3", "value")) == pytest.approx(3 * x**2 + 2, rel=1e-3)
    assert (len(table.steps), table.turn) == (8, 3)


def test_the_gradient_comes_one_edge_a_step_and_never_before_the_turn():
    table = graph_table(fork_graph(3.0, 1.5))
    for slot in table.slots:
        for step, _ in slot.changes:
            assert (step > table.turn) == (slot.role == "gradient")
    shares = next(slot for slot in table.slots if (slot.owner, slot.role) == ("n0", "gradient")).changes
    assert shares[0][1] in ("1.5", "6")
    assert [text for _, text in shares[1:]] == ["7.5"]
    assert "add up" in table.steps[-1].text


@pytest.mark.parametrize("text", FORMULAS)
@given(x=st.floats(0.1, 3), y=st.floats(-2, 2), z=st.floats(-2, 2))
def test_paths_add_up_to_torchs_gradient(text, x, y, z):
    formula, point = parse(text, ("x", "y", "z")), {"x": x, "y": y, "z": z}
    leaves = {name: Value(at, name) for name, at in point.items()}
    root = formula.value(leaves)
    tensors = {name: torch.tensor(at, dtype=torch.float64, requires_grad=True) for name, at in point.items()}
    formula.tensor(tensors).backward()
    graph_table(root)
    values = [value for value in topological_order(root) if value.requires_grad]
    links = named_links(root, name_values(values))
    for name in used_variables(formula):
        paths = all_paths(leaves[name], links)
        assert len(paths) == count_paths(root, links)[leaves[name]]
        theirs = tensors[name].grad.item()
        assert math.isclose(leaves[name].grad, theirs, rel_tol=1e-6, abs_tol=1e-12)
        assert math.isclose(sum(path.product for path in paths), theirs, rel_tol=1e-6, abs_tol=1e-9)


@pytest.mark.parametrize("op", sorted(OPERATIONS))
def test_the_slope_in_words_is_the_slope(op):
    count = OPERATIONS[op].arity
    leaves = [Value(0.7, "a"), Value(1.9, "b")][:count]
    result = operate(op, *leaves)
    for position, found in enumerate(result.slopes):
        words = slope(op, position, ["a", "b"][:count], "y")
        if "[" in words:  # 1 where it holds, else 0
            left, sign, right = re.fullmatch(r"\[(\w+) ([<>]) (\w+)\]", words).groups()
            at = {"a": 0.7, "b": 1.9, "0": 0.0}
            assert found == float(at[left] > at[right] if sign == ">" else at[left] < at[right])
            continue
        words = words.replace("sign a", "a/abs(a)").replace("cos a", "cos(a)").replace("sin a", "sin(a)")
        plain = words.replace("·", "*").replace("−", "-").replace("²", "**2").replace("ln a", "log(a)")
        plain = plain.replace("^", "**").replace("2y", "2*y")
        spelt = parse(plain, ("a", "b", "y")).value({"a": Value(0.7), "b": Value(1.9), "y": Value(result.data)})
        assert spelt.data == pytest.approx(found, rel=1e-12), words


def test_every_operation_has_its_slopes_in_words():
    assert {op: len(words) for op, words in SLOPES.items()} == {
        op: operation.arity for op, operation in OPERATIONS.items()
    }
    assert (slope("**", 0, ["x", "2"], "n"), slope("**", 0, ["x", "3"], "n")) == ("2x", "3x²")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-0.0, "0"),
        (-1 / 3, "−0.3333"),
        (2e-7, "2 · 10⁻⁷"),
        (-3e9, "−3 · 10⁹"),
        (math.inf, "∞"),
        (math.nan, "undefined"),
    ],
)
def test_numbers_in_words(value, text):
    assert number_text(value) == text


def test_terms_carry_their_signs():
    assert terms([1, -2.5, 3]) == "1 − 2.5 + 3"


@pytest.mark.parametrize("text", FORMULAS)
def test_formula_checks_pass_both_witnesses(text):
    root = expression_graph(parse(text, ("x", "y", "z")), {"x": 1.3, "y": -0.6, "z": 0.4})
    checks = check_values(root)
    used = [name for name in "xyz" if name in text.replace("max", "").replace("exp", "")]
    boxes = [node.title.split(" = ")[0] for node in graph_table(root).nodes if node.kind == "operation"]
    assert [check.name for check in checks] == [*used, *boxes], "every box but the result is checked"
    for check in checks:
        assert check.autograd_error <= 1e-6
        assert check.difference_error <= 1e-4


@pytest.mark.parametrize("text", ["3", "x", "0*x", "log(-1 - x*x)", "1/(x - 2)", "-x"])
def test_odd_formulas_still_have_a_table(text):
    table = graph_table(expression_graph(parse(text), {"x": 2.0}))
    assert table.turn < len(table.steps)
    check_values(expression_graph(parse(text), {"x": 2.0}))


def test_a_fork_adds_and_equals_torch():
    root = fork_graph(3.0, 1.5)
    table = graph_table(root)
    assert number(last(table, "n0", "gradient")) == pytest.approx(fork_by_torch(3.0, 1.5))
    assert table.chains["n0"].lines[-1] == "∂L/∂x = 1.5 + 6 = 7.5"


def test_many_paths_are_gathered_instead_of_listed():
    formula = parse("(x+x)*(x+x)*(x+x)*(x+x)*(x+x)*(x+x)*(x+x)*(x+x)")
    lines = graph_table(expression_graph(formula, {"x": 1.0})).chains["n0"].lines
    assert len(lines) == 3
    assert lines[0].startswith("16 paths lead from x to L. Gathered by its 16 uses")


@pytest.mark.parametrize("shape", SPECS)
def test_network_table_has_torchs_gradients_and_all_paths(shape):
    network = build_network(SPECS[shape])
    network.loss.backward()
    table, known = network_table(network), network_paths(network)
    theirs = torch_gradients(network.spec, {name: value.data for name, value in network.weights.items()})
    on_lines = {edge.name: f"e{index}" for index, edge in enumerate(table.edges) if edge.name}
    assert set(on_lines) == {name for name in network.weights if name.startswith("w")}
    for name, value in network.weights.items():
        assert sum(path.product for path in known.of(value)) == pytest.approx(theirs[name], rel=1e-6)
        if name in on_lines:
            written = last(table, on_lines[name], "gradient")
            assert written == number_text(theirs[name], BOX_DIGITS)
        assert table.chains[on_lines.get(name, name)].lines
    first = network.weights["w¹₁₁"]
    assert len(known.of(first)) == math.prod(network.spec.sizes[2:])
    weights_crossed = sum("∂L/∂w" in step.text for step in table.steps[table.turn :])
    assert weights_crossed == len(on_lines), "backward crosses each weight once"


@pytest.mark.parametrize(("shape", "to_the_loss"), [("2-2-1", [-1.0]), ("3-4-3-2", [1.0, -1.0])])
def test_every_line_pulls_as_its_gradient_beside_the_steepest_of_its_kind(shape, to_the_loss):
    network = build_network(SPECS[shape])
    network.loss.backward()
    edges = network_table(network).edges
    theirs = torch_gradients(network.spec, {name: value.data for name, value in network.weights.items()})
    steepest = max(abs(theirs[name]) for name in network.weights)
    for edge in edges:
        if edge.name:
            assert edge.pull == pytest.approx(theirs[edge.name] / steepest, rel=1e-6)
    assert [edge.pull for edge in edges if not edge.name] == pytest.approx(to_the_loss)  # a − t < 0; p, and p − 1


@pytest.mark.parametrize("batch", [1, 4, 12])
def test_matrix_checks_and_shapes(batch):
    cache = example_batch(batch, 3)
    for check in check_matrices(cache):
        assert check.passed == (True, True)
        assert check.autograd_error <= 1e-6
        assert check.difference_error <= 1e-4
    table = matrix_table(cache)
    assert [last(table, f"n{index}", "value") for index in range(3)] == [f"{batch} × 4", "4 × 3", "3"]
    assert last(table, "n1", "gradient") == "dW: 4 × 3"
    assert torch.equal(example_batch(12, 3).x[:batch], cache.x)


ROUNDED = [
    *(graph_table(square_graph(x)) for x in (2.0, 0.123456, 1234.5678)),
    *(graph_table(expression_graph(parse(text, tuple("xyz")), {"x": 1 / 3, "y": 3.0, "z": -0.7})) for text in FORMULAS),
    *(network_table(trained_on(spec)) for spec in SPECS.values()),
]


@pytest.mark.parametrize("table", ROUNDED)
def test_what_is_called_equal_is_equal_with_the_numbers_on_the_page(table):
    found = [(value, sign, result) for text in texts(table) for value, sign, result in worked(text)]
    assert len(found) > 5
    for value, sign, result in found:
        assert result == pytest.approx(value, rel=1e-9 if sign == "=" else 0.05, abs=0 if sign == "=" else 1e-3)


def test_whole_numbers_are_called_equal_and_rounded_ones_are_not():
    assert not any("≈" in text for text in texts(graph_table(square_graph(2.0))))
    rounded = graph_table(square_graph(0.123456))
    assert rounded.chains["n0"].lines == ("∂L/∂x = ∂L/∂m · ∂m/∂n · ∂n/∂x ≈ 1 · 3 · 0.2469 ≈ 0.7407",)
    assert rounded.steps[1].text == "Forward: n = x² ≈ 0.1235² ≈ 0.01524."
    third = graph_table(3 * Value(1 / 3, "x"))
    assert third.steps[1].text.startswith("Forward: L = 3 · x ≈ 3 · 0.3333 ≈ 1.")
