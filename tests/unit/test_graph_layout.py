"""The layered layout: edges run to the right, boxes never overlap, crossings are undone."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.graphs.layout import LabelSpot, assign_layers, crossings, label_spots, layered, order_layers, spread


@st.composite
def graphs(draw):
    count = draw(st.integers(1, 14))
    pairs = list(itertools.combinations(range(count), 2))
    return count, draw(st.lists(st.sampled_from(pairs), max_size=25)) if pairs else []


@given(graphs())
def test_edges_run_right_and_boxes_stand_apart(graph):
    count, edges = graph
    layout = layered(count, edges)
    assert layout == layered(count, edges)
    for (start, end), route in zip(edges, layout.routes, strict=True):
        assert route[0] == layout.points[start]
        assert route[-1] == layout.points[end]
        assert [x for x, _ in route] == list(range(int(route[0][0]), int(route[-1][0]) + 1))
    for (x1, y1), (x2, y2) in itertools.combinations(layout.points, 2):
        assert x1 != x2 or abs(y1 - y2) > 0.99
    width, height = layout.size
    assert all(0 <= x < width and 0 <= y < height for x, y in layout.points)


def test_a_chain_stands_in_a_line_and_a_fork_around_it():
    assert layered(4, [(0, 1), (1, 2), (2, 3)]).points == ((0, 0), (1, 0), (2, 0), (3, 0))
    (x, u, v, L) = layered(4, [(0, 1), (0, 2), (1, 3), (2, 3)]).points
    assert (x[1], L[1]) == (0.5, 0.5)
    assert {u[1], v[1]} == {0, 1}


def test_an_input_stands_just_left_of_its_first_use():
    assert assign_layers(5, [(0, 1), (1, 2), (3, 4), (2, 4)]) == [0, 1, 2, 2, 3]


def test_crossings_are_counted_and_undone():
    links = [(0, 3), (1, 2)]
    assert crossings([[0, 1], [2, 3]], links) == 1
    assert crossings(order_layers([0, 0, 1, 1], links), links) == 0


def test_labels_of_crossing_edges_stand_before_the_crossing_and_the_others_outside():
    top, bottom = (0.0, 0.0), (0.0, 1.0)
    ends = [(top, (1.0, 0.0)), (top, (1.0, 1.0)), (bottom, (1.0, 0.0)), (bottom, (1.0, 1.0)), ((1.0, 0.0), (2.0, 0.5))]
    upper, *crossing, lower, alone = label_spots(ends)
    assert (upper, lower, alone) == (LabelSpot(side=-1), LabelSpot(side=1), LabelSpot())
    assert all(spot.share < 0.5 and spot.side == 0 for spot in crossing)


@given(st.lists(st.floats(-50, 50), max_size=12))
def test_spread_keeps_order_and_distance_and_moves_nothing_that_may_stay(wishes):
    rows = spread(wishes)
    assert all(b - a > 1 - 1e-9 for a, b in itertools.pairwise(rows))
    if all(b - a >= 1 for a, b in itertools.pairwise(wishes)):
        assert rows == pytest.approx(wishes)
    assert sum(rows) == pytest.approx(sum(wishes), abs=1e-6)


@pytest.mark.parametrize("edge", [(1, 0), (0, 0), (0, 2), (-1, 1)])
def test_an_edge_that_does_not_lead_on_is_refused(edge):
    with pytest.raises(ValueError, match="lead from a lower to a higher"):
        layered(2, [edge])
