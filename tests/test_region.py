"""The admissible weights: corners, centre and refusal, against the published triangle and sampling."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from salesperf_lib.errors import ParamError
from salesperf_lib.region import (
    centroid,
    contains,
    fail_if_infeasible,
    share_above,
    share_of_region,
    spread,
    tighten,
    vertices,
)

METHODOLOGY = [(0.5, 0.6), (0.2, 0.3), (0.1, 0.2)]


def named(bounds):
    return {f"w{number}": pair for number, pair in enumerate(bounds)}


def test_the_methodology_s_ranges_leave_the_published_triangle():
    assert vertices(METHODOLOGY).tolist() == [[0.6, 0.3, 0.1], [0.6, 0.2, 0.2], [0.5, 0.3, 0.2]]


def test_its_centre_is_17_8_5_thirtieths():
    np.testing.assert_allclose(centroid(METHODOLOGY) * 30, [17, 8, 5], rtol=1e-12)


def test_the_mid_points_and_the_ends_are_no_schemes():
    assert not contains(METHODOLOGY, (0.55, 0.25, 0.15))
    assert not contains(METHODOLOGY, (0.5, 0.2, 0.1))
    assert not contains(METHODOLOGY, (0.6, 0.3, 0.2))


def test_corners_centre_and_their_mixtures_are_schemes():
    corners = vertices(METHODOLOGY)
    assert all(contains(METHODOLOGY, corner) for corner in corners)
    assert contains(METHODOLOGY, centroid(METHODOLOGY))
    for mix in np.random.default_rng(1).dirichlet(np.ones(3), 50):
        assert contains(METHODOLOGY, mix @ corners)


def test_just_outside_an_edge_is_outside():
    assert contains(METHODOLOGY, (0.6, 0.2, 0.2))
    assert not contains(METHODOLOGY, (0.6 + 1e-6, 0.2 - 1e-6, 0.2))
    assert not contains(METHODOLOGY, (0.6, 0.2, 0.2 - 1e-6))  # sum below 1


def test_ranges_that_others_make_unreachable_are_cut():
    assert tighten(METHODOLOGY).tolist() == [list(pair) for pair in METHODOLOGY]  # nothing to cut
    np.testing.assert_allclose(
        tighten([(0.2, 0.9), (0.3, 0.4), (0.2, 0.3)]), [[0.3, 0.5], [0.3, 0.4], [0.2, 0.3]]
    )
    np.testing.assert_allclose(tighten([(0.0, 1.0), (0.0, 0.5)]), [[0.5, 1.0], [0.0, 0.5]])


@pytest.mark.parametrize(
    ("bounds", "wanted"),
    [
        ([(0.5, 0.6), (0.4, 0.5), (0.2, 0.3)], "lows that sum to 1.1; allowed: at most 1"),
        ([(0.1, 0.3), (0.2, 0.3), (0.1, 0.2)], "highs that sum to 0.8; allowed: at least 1"),
        (
            [(0.6, 0.5), (0.2, 0.3), (0.1, 0.2)],
            "bounds.w0: found \\[0.6, 0.5\\]; allowed: 0 ≤ low ≤ high ≤ 1",
        ),
        ([(-0.1, 1.1)], "bounds.w0: found \\[-0.1, 1.1\\]"),
    ],
)
def test_ranges_without_any_scheme_are_refused(bounds, wanted):
    with pytest.raises(ParamError, match=wanted):
        fail_if_infeasible(named(bounds))


def test_ranges_with_exactly_one_scheme_pass():
    fail_if_infeasible(named([(0.5, 0.5), (0.3, 0.3), (0.2, 0.2)]))
    assert vertices([(0.5, 0.5), (0.3, 0.3), (0.2, 0.2)]).tolist() == [[0.5, 0.3, 0.2]]
    assert centroid([(0.5, 0.5), (0.3, 0.3), (0.2, 0.2)]).tolist() == pytest.approx([0.5, 0.3, 0.2])


def test_the_centre_of_no_scheme_is_refused():
    assert vertices([(0.6, 0.7), (0.6, 0.7)]).shape == (0, 2)
    with pytest.raises(ParamError, match="lows"):
        centroid([(0.6, 0.7), (0.6, 0.7)])


def test_the_whole_simplex_has_its_unit_corners_and_an_even_centre():
    for size in (2, 3, 5):
        assert vertices([(0, 1)] * size).tolist() == np.eye(size).tolist()
        np.testing.assert_allclose(centroid([(0, 1)] * size), np.full(size, 1 / size))


def test_a_fixed_weight_leaves_a_segment_and_its_middle():
    np.testing.assert_allclose(
        vertices([(0.3, 0.3), (0.2, 0.5), (0.1, 0.4)]), [[0.3, 0.5, 0.2], [0.3, 0.3, 0.4]]
    )
    np.testing.assert_allclose(centroid([(0.3, 0.3), (0.2, 0.5), (0.1, 0.4)]), [0.3, 0.4, 0.3])


@pytest.mark.parametrize(
    "bounds",
    [
        [(0.1, 0.5), (0.1, 0.4), (0.05, 0.4), (0.0, 0.45)],
        [(0.0, 0.7), (0.1, 0.6), (0.1, 0.5)],
        [(0.1, 0.35), (0.1, 0.3), (0.05, 0.4), (0.0, 0.45), (0.0, 0.2)],
    ],
)
def test_the_centre_is_the_mean_of_uniform_draws(bounds):
    draws = np.random.default_rng(618).dirichlet(np.ones(len(bounds)), 400_000)
    low, high = np.array(bounds).T
    inside = draws[((draws >= low) & (draws <= high)).all(axis=1)]
    spread = inside.std(axis=0) / np.sqrt(len(inside))
    assert (np.abs(inside.mean(axis=0) - centroid(bounds)) < 5 * spread).all()


@given(data=st.data(), size=st.integers(2, 5))
@settings(max_examples=80, deadline=None)
def test_the_centre_is_always_inside_and_moves_with_the_order_of_the_weights(data, size):
    ends = [sorted(data.draw(st.tuples(st.integers(0, 20), st.integers(0, 20)))) for _ in range(size)]
    bounds = [(low / 20, high / 20) for low, high in ends]
    assume(sum(low for low, _ in ends) <= 20 <= sum(high for _, high in ends))
    centre = centroid(bounds)
    assert contains(bounds, centre)
    np.testing.assert_allclose(centroid(bounds[::-1]), centre[::-1], atol=1e-9)
    reach = tighten(bounds)
    corners = vertices(bounds)
    np.testing.assert_allclose(corners.min(axis=0), reach[:, 0], atol=1e-9)
    np.testing.assert_allclose(corners.max(axis=0), reach[:, 1], atol=1e-9)


# -- shares of the region ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "share"),
    [
        ((1, 2, 3), 1), ((0, 0, 0), 1), ((0, 0, 1), 1), ((-1, -2, -3), 0), ((0, -1, -2), 0),
        ((1, -1, -1), 1 / 4), ((-1, 1, 1), 3 / 4), ((1, 0, -1), 1 / 2), ((3, -1, -3), 9 / 24),
        ((-1, 1, 3), 1 - 1 / 8),
    ],
)  # fmt: skip
def test_the_share_of_a_triangle_above_zero(values, share):
    for order in ((0, 1, 2), (2, 1, 0), (1, 2, 0)):
        assert share_above(np.array(values, float)[list(order)]) == pytest.approx(share, abs=1e-12)


def test_the_closed_form_of_winning_agrees_with_400_000_draws():
    """METHODS §4: pairwise winning over the triangle; 4·10⁵ draws agree to .0007."""
    rng = np.random.default_rng(2024)
    u, v = rng.random((2, 400_000))
    u, v = np.where(u + v < 1, 1 - u, u), np.where(u + v < 1, 1 - v, v)
    draws = np.column_stack([0.5 + 0.1 * u, 0.2 + 0.1 * v, 0.3 - 0.1 * (u + v)])
    apart = rng.normal(0, 10, (60, 3))
    apart -= (apart @ [17, 8, 5])[:, None] / 30 * rng.uniform(0.8, 1.2, (60, 1))
    exact = share_above(apart @ vertices(METHODOLOGY).T)
    assert ((exact > 0.05) & (exact < 0.95)).sum() > 20
    np.testing.assert_allclose((draws @ apart.T >= 0).mean(axis=0), exact, atol=3e-3)


@given(values=st.tuples(*[st.integers(-1000, 1000)] * 3))
def test_winning_and_losing_are_the_whole_triangle(values):
    assume(any(values))
    up, down = share_above(np.array(values, float)), share_above(-np.array(values, float))
    border = 1.0 if sorted(values)[1] == 0 and 0 in (sorted(values)[0], sorted(values)[2]) else 0.0
    assert 0 <= up <= 1
    assert up + down == pytest.approx(1, abs=1e-9) or border


POLYGONS = [
    [(0.2, 0.5), (0.2, 0.4), (0.2, 0.4)],
    [(0.0, 0.7), (0.1, 0.6), (0.1, 0.5)],
    [(0.3, 0.6), (0.2, 0.5), (0.1, 0.35)],
    METHODOLOGY,
]


@pytest.mark.parametrize("bounds", POLYGONS)
def test_the_share_of_a_polygon_is_that_of_draws_in_it(bounds):
    corners = vertices(bounds)
    low, high = np.array(bounds).T
    box = low[:2] + np.random.default_rng(5).random((600_000, 2)) * (high - low)[:2]
    draws = np.column_stack([box, 1 - box.sum(axis=1)])
    draws = draws[(draws[:, 2] >= low[2]) & (draws[:, 2] <= high[2])]
    normals = np.random.default_rng(6).normal(size=(12, 3))
    normals -= (normals @ centroid(bounds))[:, None] * np.linspace(0.7, 1.3, 12)[:, None]
    exact = share_of_region(corners, normals @ corners.T)
    np.testing.assert_allclose((draws @ normals.T >= 0).mean(axis=0), exact, atol=5e-3)


@pytest.mark.parametrize("bounds", [*POLYGONS, [(0.3, 0.3), (0.2, 0.5), (0.1, 0.4)]])
def test_spread_points_are_admissible_even_and_always_the_same(bounds):
    corners = vertices(bounds)
    found = spread(corners, 1024)
    assert all(contains(bounds, point) for point in found[::37])
    np.testing.assert_allclose(found.mean(axis=0), centroid(bounds), atol=1e-3)
    np.testing.assert_array_equal(found, spread(corners, 1024))
    normal = np.array([1.0, -0.7, 0.2]) - centroid(bounds) @ [1.0, -0.7, 0.2]
    exact = share_of_region(corners, corners @ normal)
    assert 0.2 < exact < 0.8
    assert (found @ normal >= 0).mean() == pytest.approx(exact, abs=5e-3)


def test_a_segment_and_a_point_have_shares_too():
    segment = vertices([(0.3, 0.3), (0.2, 0.5), (0.1, 0.4)])
    values = np.array([[3.0, -1.0], [-1.0, 3.0], [0.0, -1.0], [0.0, 0.0], [-1.0, -2.0], [1.0, 0.0]])
    assert share_of_region(segment, values).tolist() == [0.75, 0.75, 0, 1, 0, 1]
    point = vertices([(0.5, 0.5), (0.3, 0.3), (0.2, 0.2)])
    assert share_of_region(point, np.array([[0.0], [-1e-9], [2.0]])).tolist() == [1, 0, 1]
    assert spread(point, 3).tolist() == [[0.5, 0.3, 0.2]] * 3


def test_regions_of_more_than_a_plane_or_of_nothing_are_refused():
    with pytest.raises(ValueError, match="region of 3 dimensions"):
        share_of_region(vertices([(0, 1)] * 4), np.zeros(4))
    with pytest.raises(ValueError, match="region of 0 dimensions"):
        spread(np.empty((0, 3)), 8)
