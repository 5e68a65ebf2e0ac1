"""Cuts, centres and covariances of flat regions, against closed forms and dense sampling."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.spatial import Delaunay

from salesperf_lib.region import centre_of, centroid, clip, covariance, share_of_region, spread, vertices

METHODOLOGY = [(0.5, 0.6), (0.2, 0.3), (0.1, 0.2)]
TRIANGLE = np.array([[0.6, 0.2, 0.2], [0.5, 0.3, 0.2], [0.6, 0.3, 0.1]])
HEXAGON = [(0.2, 0.5), (0.2, 0.4), (0.2, 0.45)]
SEGMENT = np.array([[0.3, 0.5, 0.2], [0.3, 0.3, 0.4]])
POINT = np.array([[0.5, 0.3, 0.2]])


def area(corners):
    """Shoelace over (w₁, w₂) of the corners in the order in which clip gives them."""
    if len(corners) < 3:
        return 0.0
    ring = [*corners.tolist(), corners[0].tolist()]
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))) / 2


def dense(bounds, step=400):
    """All points of a fine grid in the ranges, off their edges."""
    low, high = np.array(bounds).T
    ticks = (np.arange(step) + 0.5) / step
    first, second = np.meshgrid(*(low[k] + ticks * (high[k] - low[k]) for k in (0, 1)))
    points = np.column_stack([first.ravel(), second.ravel(), 1 - first.ravel() - second.ravel()])
    return points[(points[:, 2] > low[2]) & (points[:, 2] < high[2])]


# -- centre and covariance ---------------------------------------------------------------------------


def test_the_published_triangle_has_the_published_moments():
    np.testing.assert_allclose(centre_of(TRIANGLE) * 30, [17, 8, 5], rtol=1e-12)
    wanted = np.where(np.eye(3), 1 / 1800, -1 / 3600)
    np.testing.assert_allclose(covariance(TRIANGLE), wanted, rtol=1e-12)


@pytest.mark.parametrize("bounds", [HEXAGON, [(0.0, 0.7), (0.1, 0.6), (0.1, 0.5)], METHODOLOGY])
def test_a_polygon_s_moments_are_those_of_a_dense_grid(bounds):
    corners = vertices(bounds)
    points = dense(bounds)
    np.testing.assert_allclose(centre_of(corners), points.mean(axis=0), atol=2e-4)
    np.testing.assert_allclose(covariance(corners), np.cov(points.T), rtol=2e-2, atol=1e-6)
    np.testing.assert_allclose(centre_of(corners), centroid(bounds), atol=1e-12)
    np.testing.assert_allclose(covariance(corners[::-1]), covariance(corners), atol=1e-15)


def test_a_square_has_its_middle_and_a_twelfth_of_its_squared_side():
    square = np.array([[0, 0, 1], [1, 1, -1], [1, 0, 0], [0, 1, 0]], dtype=float)  # z = 1 − x − y
    np.testing.assert_allclose(centre_of(square), [1 / 2, 1 / 2, 0], atol=1e-12)
    wanted = np.array([[1, 0, -1], [0, 1, -1], [-1, -1, 2]]) / 12
    np.testing.assert_allclose(covariance(square), wanted, atol=1e-12)


def test_the_centre_of_an_uneven_polygon_is_not_the_mean_of_its_corners():
    cut = np.array([[1, 0, 0], [0, 1, 0], [0, 0.5, 0.5], [0.5, 0, 0.5]], dtype=float)  # simplex without a tip
    wanted = (np.full(3, 1 / 3) - 0.25 * np.array([1 / 6, 1 / 6, 2 / 3])) / 0.75
    np.testing.assert_allclose(centre_of(cut), wanted, atol=1e-12)


def test_a_segment_and_a_point_have_moments_too():
    np.testing.assert_allclose(centre_of(SEGMENT), [0.3, 0.4, 0.3])
    np.testing.assert_allclose(covariance(SEGMENT) * 12, 0.04 * np.array([[0, 0, 0], [0, 1, -1], [0, -1, 1]]))
    assert centre_of(POINT).tolist() == [0.5, 0.3, 0.2]
    assert not covariance(POINT).any()
    with pytest.raises(ValueError, match="region of 0 dimensions"):
        covariance(np.empty((0, 3)))
    with pytest.raises(ValueError, match="region of 3 dimensions"):
        centre_of(np.eye(4))


# -- cuts --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("corners", "normal", "least", "left"),
    [
        (TRIANGLE, [1, 0, 0], 0.55, [[0.6, 0.2, 0.2], [0.6, 0.3, 0.1], [0.55, 0.3, 0.15], [0.55, 0.25, 0.2]]),
        (TRIANGLE, [1, 0, 0], 0.6, [[0.6, 0.2, 0.2], [0.6, 0.3, 0.1]]),  # an edge is left
        (TRIANGLE, [-1, 0, 0], -0.5, [[0.5, 0.3, 0.2]]),  # a corner is left
        (TRIANGLE, [1, 0, 0], 0.6 + 1e-10, [[0.6, 0.2, 0.2], [0.6, 0.3, 0.1]]),  # touches within the tolerance
        (TRIANGLE, [1, 0, 0], 0.61, []),
        (TRIANGLE, [1, 1, 1], 1, TRIANGLE.tolist()),  # the same for all
        (TRIANGLE, [1, 1, 1], 1.01, []),
        (TRIANGLE, [0, 0, 0], 0, TRIANGLE.tolist()),
        (SEGMENT, [0, 1, -1], 0, [[0.3, 0.5, 0.2], [0.3, 0.35, 0.35]]),
        (SEGMENT, [0, 1, 0], 0.5, [[0.3, 0.5, 0.2]]),
        (SEGMENT, [0, 1, 0], 0.51, []),
        (POINT, [1, 0, 0], 0.5, [[0.5, 0.3, 0.2]]),
        (POINT, [1, 0, 0], 0.51, []),
        (np.empty((0, 3)), [1, 0, 0], 0.5, []),
    ],
)  # fmt: skip
def test_what_a_cut_leaves(corners, normal, least, left):
    found = clip(corners, np.array(normal, float), least)
    assert found.shape == (len(left), 3)
    key = [np.lexsort(np.round(x, 9).reshape(-1, 3).T) for x in (found, np.array(left, float))]
    np.testing.assert_allclose(found[key[0]], np.array(left, float).reshape(-1, 3)[key[1]], atol=1e-9)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("bounds", [HEXAGON, METHODOLOGY])
def test_a_cut_keeps_the_points_of_a_dense_grid_that_meet_it(bounds, seed):
    rng = np.random.default_rng(seed)
    corners = rng.permutation(vertices(bounds))
    normal = rng.normal(size=3)
    points = dense(bounds, 150)
    least = float(np.quantile(points @ normal, rng.uniform(0.05, 0.95)))
    found = clip(corners, normal, least)
    inside = Delaunay(found[:, :2]).find_simplex(points[:, :2]) >= 0
    values = points @ normal - least
    clear = np.abs(values) > 1e-9
    np.testing.assert_array_equal(inside[clear], values[clear] >= 0)


def test_a_cut_along_an_edge_or_a_corner_adds_no_corner():
    assert len(clip(TRIANGLE, np.array([0, 0, 1.0]), 0.1)) == 3
    assert len(clip(TRIANGLE, np.array([0, 0, 1.0]), 0.1 + 1e-12)) == 3
    across = clip(TRIANGLE, np.array([1.0, 0, 0]) - 0.6, 0)  # w₁ ≥ .6 on Σw = 1, by other coefficients
    assert len(across) == 2


def test_a_sliver_becomes_a_segment_that_all_else_can_work_with():
    sliver = clip(TRIANGLE, np.array([1.0, 0, 0]), 0.6 - 1e-11)
    assert len(sliver) == 2
    assert share_of_region(sliver, sliver @ [0, 1, -1.5]) == pytest.approx(0.6, abs=1e-8)
    doubled = np.vstack([POINT, POINT + 1e-12, SEGMENT, POINT])
    assert len(clip(doubled, np.zeros(3), 0.0)) == 3


def test_numbers_that_are_none_and_more_than_a_plane_are_refused():
    with pytest.raises(ValueError, match="finite"):
        clip(TRIANGLE, np.array([np.nan, 0, 0]), 0.0)
    with pytest.raises(ValueError, match="finite"):
        clip(TRIANGLE, np.ones(3), float("inf"))
    with pytest.raises(ValueError, match="region of 3 dimensions"):
        clip(np.eye(4), np.ones(4), 0.5)


HALF_PLANES = st.tuples(st.tuples(*[st.integers(-20, 20)] * 3), st.integers(-20, 20))
BOUNDS = st.tuples(*[st.tuples(st.integers(0, 20), st.integers(0, 20)).map(sorted)] * 3)


@given(ends=BOUNDS, cut=HALF_PLANES, also=HALF_PLANES)
def test_the_area_that_a_cut_leaves_is_the_share_of_the_region(ends, cut, also):
    bounds = [(low / 20, high / 20) for low, high in ends]
    corners = vertices(bounds)
    assume(len(corners) >= 3)
    (normal, least), (other, bound) = [(np.array(n, float), c / 20) for n, c in (cut, also)]
    left = clip(corners, normal, least)
    whole = area(clip(corners, np.zeros(3), 0.0))
    share = share_of_region(corners, corners @ normal - least)
    if np.ptp(corners @ normal) > 1e-9:  # the same everywhere is a tie, which counts
        assert area(left) / whole == pytest.approx(float(share), abs=1e-9)
    first, second = clip(left, other, bound), clip(clip(corners, other, bound), normal, least)
    assert area(first) == pytest.approx(area(second), abs=1e-12)  # the order of cuts does not matter
    if len(left) >= 3 and np.ptp(left @ other) > 1e-9:
        within = float(share_of_region(left, left @ other - bound))
        assert within * area(left) == pytest.approx(area(first), abs=1e-9)


@given(ends=BOUNDS, cut=HALF_PLANES)
def test_what_a_cut_leaves_and_takes_are_the_whole(ends, cut):
    bounds = [(low / 20, high / 20) for low, high in ends]
    corners = vertices(bounds)
    assume(len(corners) >= 3)
    normal, least = np.array(cut[0], float), cut[1] / 20
    assume(np.ptp(corners @ normal) > 1e-9)
    kept, taken = clip(corners, normal, least), clip(corners, -normal, -least)
    assert area(kept) + area(taken) == pytest.approx(area(clip(corners, np.zeros(3), 0.0)), abs=1e-12)
    parts = [(area(part), centre_of(part)) for part in (kept, taken) if area(part)]
    mean = sum(size * centre for size, centre in parts) / sum(size for size, _ in parts)
    np.testing.assert_allclose(mean, centroid(bounds), atol=1e-9)


def test_points_spread_over_a_cut_region_lie_in_it():
    left = clip(vertices(METHODOLOGY), np.array([1.0, -2.0, 0.0]), 0.0)  # result ≥ 2 · process
    found = spread(left, 512)
    assert (found[:, 0] >= 2 * found[:, 1] - 1e-12).all()
    np.testing.assert_allclose(found.mean(axis=0), centre_of(left), atol=1e-3)
    np.testing.assert_allclose(np.cov(found.T), covariance(left), rtol=3e-2, atol=1e-7)
