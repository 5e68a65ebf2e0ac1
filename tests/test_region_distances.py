"""The nearest admissible weights, against a fine grid, closed forms and linear programming."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.optimize import linprog

from salesperf_lib.region import nearest, nearest_l1, vertices

METHODOLOGY = [(0.5, 0.6), (0.2, 0.3), (0.1, 0.2)]
TRIANGLE = vertices(METHODOLOGY)
HEXAGON = vertices([(0.2, 0.5), (0.2, 0.4), (0.2, 0.45)])
SIMPLEX = np.eye(3)
CENTRE = np.array([17, 8, 5]) / 30


def grid(corners, step):
    """Points of Σw = 1 on a grid of the given width in the box around the corners."""
    low, high = corners.min(axis=0) - step, corners.max(axis=0) + step
    first, second = np.meshgrid(*(np.arange(low[k], high[k], step) for k in (0, 1)))
    return np.column_stack([first.ravel(), second.ravel(), 1 - first.ravel() - second.ravel()])


def l1_by_programming(bounds, point, normals, least):
    """Minimise Σt with −t ≤ w − p ≤ t: the smallest distance, or None if no weights are left."""
    eye = np.eye(3)
    rows = np.block([[eye, -eye], [-eye, -eye], [-normals, np.zeros_like(normals)]])
    right = np.concatenate([point, -point, -least])
    found = linprog(
        [0, 0, 0, 1, 1, 1], A_ub=rows, b_ub=right, A_eq=[[1, 1, 1, 0, 0, 0]], b_eq=[1],
        bounds=[*bounds, (0, None), (0, None), (0, None)],
    )  # fmt: skip
    return found.fun if found.status == 0 else None


@pytest.mark.parametrize("find", [nearest, nearest_l1])
def test_admissible_weights_are_their_own_nearest(find):
    for point in (CENTRE, TRIANGLE[0], TRIANGLE.mean(axis=0)):
        np.testing.assert_array_equal(find(TRIANGLE, point), point)
        np.testing.assert_array_equal(find(TRIANGLE, point, np.array([1.0, -1.0, 0.0]), 0.0), point)


@pytest.mark.parametrize(
    ("corners", "point", "normal", "least", "wanted"),
    [
        # w₁ ≥ .58 from the centre: project on it, the other two give up the same.
        (TRIANGLE, CENTRE, [1, 0, 0], 0.58, [0.58, 8 / 30 - 1 / 150, 5 / 30 - 1 / 150]),
        # d = (1, −1, 0) ≥ .4: the foot of the perpendicular leaves the ranges at w₁ = .6, w₂ = .2.
        (TRIANGLE, CENTRE, [1, -1, 0], 0.4, [0.6, 0.2, 0.2]),
        # beyond a corner and beyond an edge of the simplex
        (SIMPLEX, [1.4, -0.2, -0.2], None, None, [1, 0, 0]),
        (SIMPLEX, [0.7, 0.5, -0.2], None, None, [0.6, 0.4, 0]),
        # off the plane Σw = 1: straight down on it
        (SIMPLEX, [0.5, 0.5, 0.3], None, None, [0.4, 0.4, 0.2]),
        # a segment, a point
        ([[0.3, 0.5, 0.2], [0.3, 0.3, 0.4]], [0.2, 0.5, 0.3], None, None, [0.3, 0.45, 0.25]),
        ([[0.3, 0.5, 0.2], [0.3, 0.3, 0.4]], [0, 0, 1], None, None, [0.3, 0.3, 0.4]),
        ([[0.5, 0.3, 0.2]], CENTRE, [1, 0, 0], 0.5, [0.5, 0.3, 0.2]),
    ],
)  # fmt: skip
def test_the_nearest_by_hand(corners, point, normal, least, wanted):
    found = nearest(np.array(corners, float), np.array(point), normal and np.array(normal, float), least)
    np.testing.assert_allclose(found, wanted, atol=1e-12)


@pytest.mark.parametrize("find", [nearest, nearest_l1])
def test_nothing_is_nearest_where_nothing_is_left(find):
    assert find(TRIANGLE, CENTRE, np.array([1.0, 0.0, 0.0]), 0.7) is None
    assert find(TRIANGLE, CENTRE, np.eye(3), np.array([0.59, 0.29, 0.15])) is None  # their sum: 1.03
    assert find(np.empty((0, 3)), CENTRE) is None


@pytest.mark.parametrize("find", [nearest, nearest_l1])
def test_bounds_that_do_not_go_with_the_normals_are_refused(find):
    with pytest.raises(ValueError, match="zip"):
        find(TRIANGLE, CENTRE, np.eye(3), np.zeros(2))
    np.testing.assert_array_equal(find(TRIANGLE, CENTRE, np.eye(3)), CENTRE)  # bounds of 0


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("corners", [TRIANGLE, HEXAGON])
def test_no_point_of_a_fine_grid_is_nearer(corners, seed):
    rng = np.random.default_rng(seed)
    centre = corners.mean(axis=0)
    point = centre + rng.normal(0, 0.1, 3)
    point += (1 - point.sum()) / 3
    normals = rng.normal(size=(2, 3))
    least = normals @ centre - rng.uniform(0, 0.02, 2)
    points = grid(corners, 1e-3)
    low, high = corners.min(axis=0) - 1e-12, corners.max(axis=0) + 1e-12
    fits = (
        (points >= low).all(axis=1) & (points <= high).all(axis=1) & (points @ normals.T >= least).all(axis=1)
    )
    for find, order in ((nearest, 2), (nearest_l1, 1)):
        found = find(corners, point, normals, least)
        assert (found >= low).all()
        assert (found <= high).all()
        assert (normals @ found >= least - 1e-12).all()
        distance = np.linalg.norm(found - point, ord=order)
        best = np.linalg.norm(points[fits] - point, ord=order, axis=1).min()
        assert best - 5e-3 <= distance <= best + 1e-9


HALF_PLANES = st.lists(st.tuples(st.tuples(*[st.integers(-20, 20)] * 3), st.integers(-10, 10)), max_size=3)


@given(
    ends=st.tuples(*[st.tuples(st.integers(0, 20), st.integers(0, 20)).map(sorted)] * 3),
    place=st.tuples(st.integers(0, 20), st.integers(0, 20)),
    cuts=HALF_PLANES,
)
def test_the_smallest_move_of_weight_is_that_of_linear_programming(ends, place, cuts):
    bounds = [(low / 20, high / 20) for low, high in ends]
    corners = vertices(bounds)
    assume(len(corners))
    point = np.array([place[0], place[1], 20 - sum(place)]) / 20
    normals = np.array([normal for normal, _ in cuts], float).reshape(-1, 3)
    least = np.array([bound for _, bound in cuts], float) / 20
    wanted = l1_by_programming(bounds, point, normals, least)
    found, near = nearest_l1(corners, point, normals, least), nearest(corners, point, normals, least)
    assert (found is None) == (near is None) == (wanted is None)
    if found is not None:
        moved = np.abs(found - point).sum()
        assert moved == pytest.approx(wanted, abs=1e-7)
        assert np.abs(near - point).sum() >= moved - 1e-9
        assert np.linalg.norm(near - point) <= np.linalg.norm(found - point) + 1e-9


@given(place=st.tuples(*[st.integers(-30, 30)] * 2), towards=st.tuples(*[st.integers(0, 30)] * 3))
def test_from_the_nearest_every_way_into_the_region_leads_away(place, towards):
    """Projection on a convex set: (p − q)·(v − q) ≤ 0 for every v of it."""
    point = CENTRE + np.array([*place, -sum(place)]) / 100
    assume(sum(towards))
    for corners in (TRIANGLE, HEXAGON):
        found = nearest(corners, point)
        assert ((corners - found) @ (point - found) <= 1e-12).all()


def test_of_equally_small_moves_the_evenest_is_taken():
    """0.1 more for w₁ costs 0.2 in all, whoever gives it: half from each is also closest as the crow flies."""
    point = np.array([0.4, 0.3, 0.3])
    found = nearest_l1(SIMPLEX, point, np.array([1.0, 0, 0]), 0.5)
    assert np.abs(found - point).sum() == pytest.approx(0.2)
    assert found[0] == pytest.approx(0.5)
