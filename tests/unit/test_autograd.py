"""The readable engine: equals torch in float64 and finite differences, on fixed and on random graphs."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.autograd import Value, backward_steps, operate, topological_order
from core.graphs.chains import all_paths, count_paths, named_links
from core.numeric import central_difference, relative_error
from core.operations import OPERATIONS

POINTS = (-1.7, -0.4, 0.6, 2.3)


def arity(op):
    return OPERATIONS[op].arity


def both(op, numbers):
    """One operation in our engine and in torch: value and gradients of each."""
    ours = [Value(x) for x in numbers]
    result = operate(op, *ours)
    result.backward()
    theirs = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in numbers]
    reference = OPERATIONS[op].tensor(*theirs)
    reference.backward()
    return [result.data, *(v.grad for v in ours)], [reference.item(), *(t.grad.item() for t in theirs)]


def close(a, b, tolerance):
    return a == b or (math.isnan(a) and math.isnan(b)) or relative_error(a, b) <= tolerance


@pytest.mark.parametrize("op", OPERATIONS)
@pytest.mark.parametrize("a", POINTS)
def test_every_operation_equals_torch(op, a):
    for b in POINTS if arity(op) == 2 else (0,):
        ours, theirs = both(op, (a, b)[: arity(op)])
        assert all(close(x, y, 1e-12) for x, y in zip(ours, theirs, strict=True)), (ours, theirs)


@pytest.mark.parametrize(
    ("op", "numbers"),
    [("/", (1.0, 0.0)), ("log", (0.0,)), ("log", (-1.0,)), ("sqrt", (0.0,)), ("exp", (1000.0,)), ("**", (0.0, 0.0)),
     ("**", (-8.0, 0.5)), ("**", (0.0, -1.0)), ("max", (1.0, 1.0)), ("min", (1.0, 1.0)), ("abs", (0.0,)),
     ("relu", (0.0,)), ("sigmoid", (-1000.0,))],
)  # fmt: skip
def test_at_the_edge_of_the_domain_we_do_as_torch_does(op, numbers):
    ours, theirs = both(op, numbers)
    assert all(close(x, y, 1e-12) for x, y in zip(ours, theirs, strict=True)), (ours, theirs)


@pytest.mark.parametrize("op", OPERATIONS)
def test_every_slope_equals_a_finite_difference(op):
    numbers = (0.7, 1.9)[: arity(op)]
    for i, slope in enumerate(operate(op, *(Value(x) for x in numbers)).slopes):

        def along(x, i=i):
            return operate(op, *(x if j == i else n for j, n in enumerate(numbers))).data

        assert abs(slope - central_difference(along, numbers[i])) <= 1e-4 * max(1, abs(slope))


# A random graph: each step applies an operation to values that exist, so values are shared and forks are common.
PLANS = st.lists(
    st.tuples(st.sampled_from(sorted(OPERATIONS)), st.integers(0, 99), st.integers(0, 99)), min_size=1, max_size=25
)
LEAVES = st.lists(st.floats(-3, 3).map(lambda x: round(x, 3)), min_size=1, max_size=4)


def tame(op, arguments, apply):
    """Keep the arguments where the operation is smooth and finite, by the same operations in both engines."""
    first, *rest = arguments
    if op in ("log", "sqrt", "**"):
        first = apply("+", apply("×", first, first), 0.5)
    if op == "/":
        rest = [apply("+", apply("×", rest[0], rest[0]), 0.5)]
    if op in ("exp", "**"):
        first = apply("tanh", first) if op == "exp" else first
        rest = [apply("tanh", r) for r in rest]
    return apply(op, first, *rest)


def build(plan, leaves, apply):
    pool = list(leaves)
    for op, i, j in plan:
        arguments = [pool[-1 - i % len(pool)], pool[-1 - j % len(pool)]][: arity(op)]
        pool.append(apply("tanh", tame(op, arguments, apply)))
    total = pool[0]
    for value in pool[1:]:
        total = apply("+", total, value)
    return total


def torch_apply(op, *arguments):
    return OPERATIONS[op].tensor(
        *(a if isinstance(a, torch.Tensor) else torch.tensor(a, dtype=torch.float64) for a in arguments)
    )


@settings(max_examples=300)
@given(PLANS, LEAVES)
def test_random_graphs_equal_torch(plan, numbers):
    leaves = [Value(x) for x in numbers]
    root = build(plan, leaves, operate)
    root.backward()
    tensors = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in numbers]
    reference = build(plan, tensors, torch_apply)
    reference.backward()
    assert relative_error(root.data, reference.item()) <= 1e-9
    for leaf, tensor in zip(leaves, tensors, strict=True):
        assert abs(leaf.grad - tensor.grad.item()) <= 1e-6 * max(1e-6, abs(tensor.grad.item()))


@settings(max_examples=60)
@given(
    PLANS.map(lambda plan: [(op if op not in ("abs", "relu", "max", "min") else "sin", i, j) for op, i, j in plan]),
    LEAVES,
)
def test_random_smooth_graphs_equal_finite_differences(plan, numbers):
    leaves = [Value(x) for x in numbers]
    build(plan, leaves, operate).backward()
    for i, leaf in enumerate(leaves):

        def along(x, i=i):
            return build(plan, [Value(x if j == i else n) for j, n in enumerate(numbers)], operate).data

        assert abs(leaf.grad - central_difference(along, numbers[i])) <= 1e-4 * max(1, abs(leaf.grad))


def test_gradients_add_up_at_a_fork():
    x = Value(3)
    y = x * x + 2 * x
    y.backward()
    assert (y.data, x.grad) == (15, 8)


def test_the_article_graph():
    x = Value(3.0, "x")
    n = x**2
    m = 3 * n
    loss = m + 2
    loss.backward()
    assert (loss.data, loss.grad, m.grad, n.grad, x.grad) == (29, 1, 1, 3, 18)


def test_a_second_backward_adds_to_the_leaves_only():
    x = Value(3.0)
    y = (x * x) * 2
    y.backward()
    y.backward()
    assert x.grad == 24  # twice 12, and not more, as in torch
    x.grad = 0.0
    y.backward()
    assert x.grad == 12


def test_backward_steps_are_edges_in_order_and_add_up():
    x = Value(3.0, "x")
    n = x * x
    loss = n + x
    steps = list(backward_steps(loss))
    assert [(s.child, s.parent, s.position) for s in steps] == [(loss, n, 0), (loss, x, 1), (n, x, 0), (n, x, 1)]
    assert [s.contribution for s in steps] == [1, 1, 3, 3]
    assert [s.total for s in steps if s.parent is x] == [1, 4, 7]
    assert all(s.contribution == s.upstream * s.slope for s in steps)


def test_constants_receive_no_gradient():
    x = Value(-2.0)
    y = x**2
    y.backward()
    exponent = y.parents[1]
    assert (exponent.requires_grad, exponent.grad, x.grad) == (False, 0, -4)


def test_topological_order_has_parents_first_even_in_deep_graphs():
    x = Value(1.0)
    y = x
    for _ in range(5000):
        y = y + x
    order = {value: i for i, value in enumerate(topological_order(y))}
    assert all(order[parent] < order[value] for value in order for parent in value.parents)
    y.backward()
    assert x.grad == 5001


@settings(max_examples=60)
@given(PLANS.filter(lambda plan: len(plan) <= 6), LEAVES)
def test_the_paths_sum_to_the_gradient(plan, numbers):
    leaves = [Value(x) for x in numbers]
    root = build(plan, leaves, operate)
    root.backward()
    links = named_links(root, dict.fromkeys(topological_order(root), "v"))
    for leaf in leaves:
        paths = all_paths(leaf, links) if leaf in links else []
        assert all(path.values[0] is leaf and path.values[-1] is root for path in paths)
        assert math.isclose(sum(path.product for path in paths), leaf.grad, rel_tol=1e-9, abs_tol=1e-9)


def test_paths_are_counted_without_being_listed():
    x = Value(1.0)
    y = x
    for _ in range(60):
        y = y + y
    links = named_links(y, dict.fromkeys(topological_order(y), "v"))
    assert count_paths(y, links)[x] == 2**60
