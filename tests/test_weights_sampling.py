"""Random weightings: published moments, plain rejection in numpy, and the same draws for everybody."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesperf_lib.errors import ParamError
from salesperf_lib.params import DIMENSIONS
from salesperf_lib.region import centroid, vertices
from salesperf_lib.weights.gibbs import inner_of, walk
from salesperf_lib.weights.limits import body_of
from salesperf_lib.weights.panel import KpiSet
from salesperf_lib.weights.sampling import (
    BLOCK,
    draw,
    fail_if_contradictory,
    limits_of,
    ranges_in,
)
from salesperf_lib.weights.space import Cuts, WeightSpace

METHODOLOGY = [(0.5, 0.6), (0.2, 0.3), (0.1, 0.2)]
WIDE = [(0.3, 0.6), (0.2, 0.5), (0.1, 0.4)]
BASE = (0.4, 0.3, 0.2, 0.1)
FIVE = (0.3, 0.25, 0.2, 0.15, 0.1)


def kpi_set(base, role="sales", dimension=0):
    kpis = tuple(f"k{at}" for at in range(len(base)))
    return KpiSet(role, "month", DIMENSIONS[dimension], kpis, np.array(base, float))


def a_space(*sets, ranges=METHODOLOGY, reach=0.2, limits=None, cuts=None, **more):
    held = tuple(limits_of(item.base, reach) for item in sets) if limits is None else limits
    cuts = (None,) * len(sets) if cuts is None else cuts
    return WeightSpace(vertices(ranges), centroid(ranges), sets, held, cuts, **more)


def open_limits(k):
    return np.tile([0.0, 1.0], (k, 1))


def order(k):
    """Give the constraints v₁ ≥ v₂ ≥ … ≥ v_k."""
    return Cuts(np.eye(k)[:-1] - np.eye(k)[1:], np.zeros(k - 1))


def inside_of(base, limits, cuts=None, n=16384, **more):
    space = a_space(kpi_set(base), limits=(np.array(limits, float),), cuts=(cuts,), **more)
    return draw(space, 0, n).inside[0]


def brute(limits, cuts=None, alpha=None, n=2_000_000):
    """Draw from a Dirichlet on the whole simplex and keep what is admissible."""
    low, high = np.array(limits, float).T
    drawn = np.random.default_rng(99).dirichlet(np.ones(len(low)) if alpha is None else alpha, n)
    kept = (drawn >= low).all(axis=1) & (drawn <= high).all(axis=1)
    if cuts is not None:
        kept &= (drawn @ cuts.normals.T >= cuts.least).all(axis=1)
    return drawn[kept]


def assert_alike(found, expected):
    """Compare means, covariances and quantiles of two independent samples, to 5 standard errors."""
    sd = expected.std(axis=0)
    error = sd * np.sqrt(1 / len(found) + 1 / len(expected))
    assert (np.abs(found.mean(axis=0) - expected.mean(axis=0)) <= 5 * error + 1e-12).all()
    pair = np.outer(sd, sd) * np.sqrt(1 / len(found) + 1 / len(expected))
    apart = np.abs(np.cov(found.T) - np.cov(expected.T))
    assert (apart <= 8 * pair + 1e-12).all()
    for share in (0.1, 0.5, 0.9):
        below = (found <= np.quantile(expected, share, axis=0)).mean(axis=0)
        assert (np.abs(below - share)[sd > 0] <= 5 * error[sd > 0] / sd[sd > 0]).all()


# --- dimension weights -----------------------------------------------------------------------------------


def test_the_triangle_has_its_published_moments():
    found = draw(a_space(), 0, 4096).dimensions
    np.testing.assert_allclose(found.mean(axis=0), np.array([17, 8, 5]) / 30, atol=1e-4)
    expected = np.full((3, 3), -1 / 3600) + np.eye(3) * (1 / 1800 + 1 / 3600)
    np.testing.assert_allclose(np.cov(found.T), expected, atol=5e-6)


def test_draw_in_range_then_normalise_would_be_another_distribution():
    low, high = np.array(METHODOLOGY).T
    naive = np.random.default_rng(1).uniform(low, high, (400_000, 3))
    naive /= naive.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(naive.mean(axis=0), [0.5796, 0.2630, 0.1574], atol=2e-4)
    found = draw(a_space(), 0, 4096).dimensions.mean(axis=0)
    assert (np.abs(found - naive.mean(axis=0)) > 3e-3).all()


@pytest.mark.parametrize("ranges", [WIDE, [(0.2, 0.7), (0.1, 0.5), (0.1, 0.45)]])
def test_a_polygon_is_covered_evenly(ranges):
    assert len(vertices(ranges)) > 3
    assert_alike(draw(a_space(ranges=ranges), 0, 16384).dimensions, brute(ranges))


def test_a_segment_is_covered_evenly_and_a_point_stays():
    along = draw(a_space(ranges=[(0.5, 0.6), (0.2, 0.2), (0.2, 0.3)]), 0, 4096).dimensions
    grid = np.sort(along[:, 0])
    np.testing.assert_allclose(grid, 0.5 + 0.1 * (np.arange(4096) + 0.5) / 4096, atol=1e-4)
    np.testing.assert_allclose(along[:, 1], 0.2, atol=1e-12)
    still = draw(a_space(ranges=[(0.5, 0.5), (0.3, 0.3), (0.2, 0.2)]), 3, 10).dimensions
    np.testing.assert_allclose(still, np.tile([0.5, 0.3, 0.2], (7, 1)), atol=1e-12)


def test_corners_on_one_line_are_a_segment():
    corners = np.array([[0.5, 0.3, 0.2], [0.55, 0.25, 0.2], [0.6, 0.2, 0.2]])
    space = dataclasses.replace(a_space(), corners=corners)
    found = draw(space, 0, 1024).dimensions
    np.testing.assert_allclose(found.mean(axis=0), [0.55, 0.25, 0.2], atol=1e-4)


# --- sub-weights -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "limits",
    [
        [(0.24, 0.36), (0.24, 0.36), (0.32, 0.48)],
        [(0.0, 0.5), (0.0, 0.5), (0.0, 0.5)],
        [(0.1, 0.6), (0.0, 0.35), (0.05, 0.5), (0.1, 0.4)],
        [(0.0, 0.3), (0.0, 0.3), (0.0, 0.3), (0.0, 0.3)],  # touches its highs: mirrored
    ],
)
def test_sub_weights_are_even_on_their_limits(limits):
    assert_alike(inside_of(np.full(len(limits), 1 / len(limits)), limits), brute(limits))


def test_an_order_on_the_whole_simplex_is_a_sorted_dirichlet():
    found = inside_of(np.full(3, 1 / 3), open_limits(3), order(3))
    assert (np.diff(found, axis=1) <= 0).all()
    error = found.std(axis=0) / 128
    assert (np.abs(found.mean(axis=0) - np.array([11, 5, 2]) / 18) <= 5 * error).all()


@pytest.mark.parametrize("k", [5, 7])
def test_what_rejection_hardly_hits_is_walked(k):
    """1 in 120 and 1 in 5,040: E v_i = (1/k) Σ_{j ≥ i} 1/j."""
    found = inside_of(np.full(k, 1 / k), open_limits(k), order(k), n=8192)
    expected = -np.sort(-np.random.default_rng(3).dirichlet(np.ones(k), 400_000), axis=1)
    assert_alike(found, expected)
    exact = np.array([sum(1 / j for j in range(i, k + 1)) / k for i in range(1, k + 1)])
    assert (np.abs(found.mean(axis=0) - exact) <= 5 * found.std(axis=0) / np.sqrt(8192)).all()
    assert np.diff(found, axis=1).max() <= 1e-12


@pytest.mark.parametrize(
    ("limits", "cuts"),
    [
        ([(0.1, 0.6), (0.0, 0.35), (0.05, 0.5), (0.1, 0.4)], None),
        ([(0.0, 1.0)] * 4, Cuts(np.array([[1, -2, 0, 0], [0, 1, 1, -1.0]]), np.array([0.0, 0.1]))),
    ],
)
def test_a_walk_agrees_with_rejection_where_both_are_possible(limits, cuts):
    inner = inner_of(body_of(np.array(limits), cuts))
    assert inner is not None
    rng = np.random.default_rng(5)
    found = np.concatenate([walk(inner, BLOCK, rng) for _ in range(12)], axis=1).T
    assert_alike(found, brute(limits, cuts))


def test_two_sub_weights_tied_to_each_other_are_crossed_lengthwise():
    """Where v₁ ≈ v₂ the rest is a flat triangle of (v₁ + v₂, v₃, v₄): means ⅓, variance 1/18 each."""
    tied = Cuts(np.array([[1, -1, 0, 0], [-1, 1, 0, 0.0]]), np.array([-1e-4, -1e-4]))
    found = inside_of(np.full(4, 0.25), open_limits(4), tied, n=8192)
    parts = np.column_stack([found[:, 0] + found[:, 1], found[:, 2], found[:, 3]])
    np.testing.assert_allclose(parts.mean(axis=0), 1 / 3, atol=5 * np.sqrt(1 / 18 / 8192) + 1e-4)
    np.testing.assert_allclose(parts.var(axis=0), 1 / 18, rtol=0.06)
    gap = found[:, 0] - found[:, 1]
    assert np.abs(gap).max() <= 1e-4 + 1e-12
    np.testing.assert_allclose(gap.var(), 1e-8 / 3, rtol=0.06)


def test_an_equation_leaves_a_flat_body():
    """With v₁ = v₂, v₃ = 1 − 2v₁ is uniform from 0 to 1."""
    equal = Cuts(np.array([[1, -1, 0], [-1, 1, 0.0]]), np.zeros(2))
    found = inside_of(np.full(3, 1 / 3), open_limits(3), equal, n=4096)
    np.testing.assert_allclose(found[:, 0], found[:, 1], atol=1e-9)
    for share in (0.1, 0.5, 0.9):
        assert abs((found[:, 2] <= share).mean() - share) <= 5 * 0.5 / 64
    two = Cuts(np.array([[1, -1, 0], [-1, 1, 0], [1, 0, -2], [-1, 0, 2.0]]), np.zeros(4))
    np.testing.assert_allclose(inside_of([0.4, 0.4, 0.2], open_limits(3), two), [[0.4, 0.4, 0.2]], atol=1e-9)


def test_a_zero_stays_zero_and_the_rest_is_even():
    base = np.array([0.5, 0.3, 0.2, 0.0])
    found = inside_of(base, limits_of(base, 0.2))
    assert (found[:, 3] == 0).all()
    assert_alike(found[:, :3], brute(limits_of(base[:3], 0.2)))


@pytest.mark.parametrize(("base", "reach"), [((1.0,), 0.2), (BASE, 0.0), ((1.0, 0.0), 0.5)])
def test_what_cannot_move_has_one_row(base, reach):
    found = draw(a_space(kpi_set(base), reach=reach), 5, 3000)
    assert len(found) == 2995
    assert found.inside[0].tolist() == [list(base)]


# --- other priors ----------------------------------------------------------------------------------------


def test_the_polytope_prior_is_even_on_all_weights_together():
    """One set of two KPIs: plain rejection from the simplex of (ω₁₁, ω₁₂, ω₂, ω₃)."""
    limits = np.array([(0.2, 0.9), (0.1, 0.8)])
    space = a_space(kpi_set((0.5, 0.5)), ranges=WIDE, limits=(limits,), prior="polytope")
    drawn = np.random.default_rng(8).dirichlet(np.ones(4), 2_000_000)
    whole = np.column_stack([drawn[:, 0] + drawn[:, 1], drawn[:, 2], drawn[:, 3]])
    low, high = np.array(WIDE).T
    first = drawn[:, 0] / whole[:, 0]
    kept = ((whole >= low) & (whole <= high)).all(axis=1) & (first >= 0.2) & (first <= 0.9)
    found = draw(space, 0, 16384)
    assert_alike(found.dimensions, whole[kept])
    assert_alike(found.inside[0][:, :1] * found.dimensions[:, :1], drawn[kept, :1])


@pytest.mark.parametrize("many", [1, 20])
def test_the_polytope_s_dimension_weights_have_the_density_of_the_volume(many):
    """`many` sets of two KPIs in the first dimension and one of three in the second: w₁^many · w₂²."""
    sets = [kpi_set((0.6, 0.4), f"r{at}") for at in range(many)]
    sets += [kpi_set((0.5, 0.3, 0.2), dimension=1), kpi_set((1.0,), dimension=2)]
    found = draw(a_space(*sets, ranges=WIDE, prior="polytope"), 0, 16384).dimensions
    step = (np.arange(1200) + 0.5) / 1200
    one, two = np.meshgrid(0.3 + 0.3 * step, 0.2 + 0.3 * step)
    three = 1 - one - two
    mass = np.where((three >= 0.1) & (three <= 0.4), one**many * two**2, 0.0)
    mass /= mass.sum()
    for column, weight in enumerate((one, two, three)):
        mean = (mass * weight).sum()
        sd = np.sqrt((mass * (weight - mean) ** 2).sum())
        assert abs(found[:, column].mean() - mean) <= 5 * sd / 128
        assert abs(found[:, column].std() / sd - 1) <= 0.04
        assert abs((found[:, column] <= mean).mean() - mass[weight <= mean].sum()) <= 5 * 0.5 / 128


def test_the_dirichlet_prior_is_a_dirichlet_cut_to_what_is_admissible():
    space = a_space(kpi_set(BASE), ranges=WIDE, prior="dirichlet", concentration=60.0)
    found = draw(space, 0, 8192)
    assert_alike(found.dimensions, brute(WIDE, alpha=60 * centroid(WIDE), n=400_000))
    assert_alike(found.inside[0], brute(limits_of(np.array(BASE), 0.2), alpha=60 * np.array(BASE), n=400_000))


def test_a_flat_dirichlet_is_the_even_prior():
    """With concentration 3 on a centre of thirds every exponent is 0."""
    ranges = [(0.2, 0.5)] * 3
    found = draw(a_space(ranges=ranges, prior="dirichlet", concentration=3.0), 0, 8192).dimensions
    assert_alike(found, brute(ranges))


def test_a_dirichlet_below_its_middle_is_exact_too():
    """Exponents −½: large where a weight is small."""
    ranges = [(0.1, 0.8)] * 3
    found = draw(a_space(ranges=ranges, prior="dirichlet", concentration=1.5), 0, 16384).dimensions
    assert_alike(found, brute(ranges, alpha=np.full(3, 0.5)))


# --- the same for everybody ------------------------------------------------------------------------------


def everything(prior):
    sets = (kpi_set(BASE, "a"), kpi_set(FIVE, "b", 1), kpi_set((1.0,), "c", 2))
    cuts = (None, order(5), None)
    limits = (limits_of(sets[0].base, 0.2), open_limits(5), limits_of(sets[2].base, 0.2))
    if prior == "dirichlet":
        cuts = (None, None, None)
    return a_space(*sets, limits=limits, cuts=cuts, prior=prior)


@pytest.mark.parametrize("prior", ["nested", "polytope", "dirichlet"])
def test_pieces_give_the_same_bits(prior):
    space = everything(prior)
    whole = draw(space, 0, 5000)
    ends = [0, 1000, 1001, 1024, 2049, 4096, 5000]
    parts = [draw(space, *pair) for pair in itertools.pairwise(ends)]
    assert np.concatenate([part.dimensions for part in parts]).tobytes() == whole.dimensions.tobytes()
    for number in (0, 1):
        joined = np.concatenate([part.inside[number] for part in parts])
        assert joined.tobytes() == whole.inside[number].tobytes()
    assert len(draw(space, 7, 7)) == 0


@pytest.mark.parametrize("prior", ["nested", "polytope", "dirichlet"])
def test_the_order_of_the_sets_does_not_matter(prior):
    space = everything(prior)
    turned = WeightSpace(
        space.corners, space.centre, space.sets[::-1], space.limits[::-1], space.cuts[::-1], prior
    )
    one, other = draw(space, 100, 1200), draw(turned, 100, 1200)
    assert one.dimensions.tobytes() == other.dimensions.tobytes()
    assert [part.tobytes() for part in one.inside] == [part.tobytes() for part in other.inside[::-1]]


def test_sets_and_seeds_have_chance_of_their_own():
    sets = (kpi_set(BASE, "a"), kpi_set(BASE, "b"), kpi_set(BASE, "a", 1))
    found = draw(a_space(*sets), 0, 8192).inside
    for one, other in itertools.combinations(found, 2):
        assert abs(np.corrcoef(one[:, 0], other[:, 0])[0, 1]) <= 5 / np.sqrt(8192)
    assert (draw(a_space(*sets, seed=1), 0, 8).inside[0] != found[0][:8]).all()


@st.composite
def set_and_limits(data):
    k = data(st.integers(1, 6))
    raw = np.array(data(st.lists(st.integers(0, 10), min_size=k, max_size=k)), float)
    raw[0] += 1
    base = raw / raw.sum()
    return base, limits_of(base, data(st.sampled_from([0.0, 1e-6, 0.1, 0.3, 1.0])))


@settings(max_examples=40)
@given(set_and_limits(), st.integers(0, 5000), st.integers(1, 40))
def test_rows_sum_to_one_inside_their_limits(pair, start, many):
    base, limits = pair
    found = draw(a_space(kpi_set(base), limits=(limits,)), start, start + many)
    inside = found.inside[0]
    assert found.dimensions.shape == (many, 3)
    assert inside.shape in {(many, len(base)), (1, len(base))}
    np.testing.assert_allclose(inside.sum(axis=1), 1, atol=1e-9)
    np.testing.assert_allclose(found.dimensions.sum(axis=1), 1, atol=1e-12)
    assert (inside >= limits[:, 0] - 1e-12).all()
    assert (inside <= limits[:, 1] + 1e-12).all()


# --- limits ----------------------------------------------------------------------------------------------


def test_limits_are_shares_of_the_base_cut_to_what_can_be_reached():
    np.testing.assert_allclose(
        limits_of(np.array([0.5, 0.3, 0.2]), 0.2), [[0.4, 0.6], [0.24, 0.36], [0.16, 0.24]]
    )
    # .9 can fall only by what .1 can gain.
    np.testing.assert_allclose(limits_of(np.array([0.9, 0.1]), 0.2), [[0.88, 0.92], [0.08, 0.12]])
    same = np.array([0.7, 0.2, 0.1])
    assert limits_of(same, 0.0).tolist() == [[x, x] for x in same.tolist()]
    assert limits_of(np.array([0.6, 0.4, 0.0]), 0.5)[2].tolist() == [0.0, 0.0]


def test_ranges_under_an_order_reach_from_the_equal_to_the_first():
    expected = [[1 / 3, 1], [0, 1 / 2], [0, 1 / 3]]
    np.testing.assert_allclose(ranges_in(open_limits(3), order(3)), expected, atol=1e-9)


def test_ranges_without_constraints_are_the_tightened_limits():
    limits = np.array([(0.1, 0.9), (0.2, 0.9), (0.3, 0.4)])
    expected = [[0.1, 0.5], [0.2, 0.6], [0.3, 0.4]]
    np.testing.assert_allclose(ranges_in(limits, None), expected, atol=1e-12)
    nothing = Cuts(np.zeros((1, 3)), np.zeros(1))  # through the linear programs
    np.testing.assert_allclose(ranges_in(limits, nothing), expected, atol=1e-9)


def test_contradictory_constraints_are_named_and_the_others_are_not():
    limits = limits_of(np.array(BASE), 0.5)
    cuts = Cuts(np.array([[1, -1, 0, 0], [-1, 1, 0, 0], [0, 0, 1, -1.0]]), np.array([0.05, 0.05, 0.0]))
    texts = ["a ≥ b + .05", "b ≥ a + .05", "c ≥ d"]
    with pytest.raises(ParamError) as caught:
        fail_if_contradictory(kpi_set(BASE), limits, cuts, texts)
    said = str(caught.value)
    assert all(
        word in said for word in ["sales", "month", DIMENSIONS[0], texts[0], texts[1], "drop or loosen"]
    )
    assert texts[2] not in said
    with pytest.raises(ParamError, match="one rule"):
        fail_if_contradictory(kpi_set(BASE), limits, cuts, ["one rule"])
    fail_if_contradictory(kpi_set(BASE), limits, Cuts(cuts.normals[[0, 2]], cuts.least[[0, 2]]), texts[::2])
    with pytest.raises(ParamError, match="no weighting"):
        inside_of(BASE, limits, cuts)
    with pytest.raises(ParamError, match="no weighting"):
        ranges_in(limits, cuts)


def test_constraints_that_no_fixed_weights_meet_are_refused():
    fixed = limits_of(np.array(BASE), 0.0)
    bad = Cuts(np.array([[0, 0, -1, 1.0]]), np.array([0.0]))
    with pytest.raises(ParamError, match="no weighting"):
        inside_of(BASE, fixed, bad)
    assert inside_of(BASE, fixed, order(4)).tolist() == [list(BASE)]


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ([(np.nan, 0.5), (0.2, 0.8)], "0 ≤ low ≤ high ≤ 1"),
        ([(0.6, 0.5), (0.2, 0.8)], "0 ≤ low ≤ high ≤ 1"),
        ([(0.6, 0.9), (0.6, 0.8)], "no weighting"),
        ([(0.1, 0.3), (0.1, 0.3)], "no weighting"),
        ([(0.0, 1.0)] * 3, "3 limits"),
        ([0.0, 1.0], "limits of shape"),
    ],
)
def test_wrong_limits_are_refused(limits, said):
    with pytest.raises(ParamError, match=said):
        inside_of((0.5, 0.5), limits)


@pytest.mark.parametrize(
    "cuts", [Cuts(np.array([[1.0, np.nan]]), np.zeros(1)), Cuts(np.ones((1, 3)), np.zeros(1))]
)
def test_wrong_constraints_are_refused(cuts):
    with pytest.raises(ParamError, match="numbers, one a row for each of 2 KPIs"):
        inside_of((0.5, 0.5), open_limits(2), cuts)


@pytest.mark.parametrize(
    ("base", "reach"),
    [((0.5, 0.4), 0.2), ((np.nan, 1.0), 0.2), ((1.2, -0.2), 0.2), ((0.5, 0.5), 1.5), ((0.5, 0.5), np.nan)],
)
def test_a_base_or_a_reach_that_is_none_is_refused(base, reach):
    with pytest.raises(ParamError):
        limits_of(np.array(base), reach)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"prior": "flat"}, "nested, polytope, dirichlet"),
        ({"concentration": 0.0}, "above 0"),
        ({"seed": -1}, "whole number"),
        ({"centre": np.array([0.5, np.nan, 0.2])}, "for each dimension"),
        ({"limits": ()}, "one for each set"),
        ({"corners": np.array([[0.5, np.nan, 0.2]])}, "sum to 1"),
        ({"corners": np.empty((0, 3))}, "sum to 1"),
    ],
)
def test_a_space_that_is_wrong_is_refused(changed, said):
    with pytest.raises(ParamError, match=said):
        draw(dataclasses.replace(a_space(kpi_set(BASE)), **changed), 0, 10)


@pytest.mark.parametrize(("start", "stop"), [(-1, 3), (5, 4), (0, 2**30 + 1)])
def test_numbers_that_are_no_stretch_are_refused(start, stop):
    with pytest.raises(ParamError, match="0 ≤ start ≤ stop"):
        draw(a_space(kpi_set(BASE)), start, stop)


def test_a_dirichlet_that_hardly_meets_the_limits_says_what_to_do():
    space = a_space(kpi_set(FIVE), reach=0.02, prior="dirichlet", concentration=5.0)
    with pytest.raises(ParamError, match="raise the concentration"):
        draw(space, 0, 10)


def test_a_dirichlet_that_is_infinite_at_an_edge_says_what_to_do():
    space = a_space(ranges=[(0.0, 1.0)] * 3, prior="dirichlet", concentration=1.0)
    with pytest.raises(ParamError, match="raise the concentration"):
        draw(space, 0, 10)
