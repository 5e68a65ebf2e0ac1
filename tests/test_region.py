"""The admissible weights: corners, centre and refusal, against the published triangle and sampling."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from salesperf_lib.errors import ParamError
from salesperf_lib.region import centroid, contains, fail_if_infeasible, tighten, vertices

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
