"""Who beats whom: triangles worked by hand, plain draws, and what must change nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from salesperf_lib.errors import DataError, ParamError
from salesperf_lib.weights import pairwise
from salesperf_lib.weights.linear import dimension_points
from salesperf_lib.weights.pairwise import MOST, expected_ranks, winning
from salesperf_lib.weights.panel import Group, KpiSet, Panel, Slice, panel_from_points
from salesperf_lib.weights.space import Draws, WeightSpace

SIMPLEX = np.eye(3)
TRIANGLE = np.array([[0.6, 0.3, 0.1], [0.6, 0.2, 0.2], [0.5, 0.3, 0.2]])
NAMES = ("result", "process", "growth")


def space_of(panel, corners=TRIANGLE, width=0.0, **rest):
    """Make a space in which sub-weights may move by a share of themselves, within 0 and 1."""
    limits = []
    for item in panel.sets:
        free = width if len(item.base) > 1 else 0.0
        limits.append(np.column_stack([item.base * (1 - free), item.base * (1 + free)]))
    nothing = (None,) * len(limits)
    return WeightSpace(corners, corners.mean(axis=0), panel.sets, tuple(limits), nothing, **rest)


def one_each(points):
    """Make a panel with one indicator in each dimension."""
    return panel_from_points(np.asarray(points, float), [0, 1, 2], np.ones(3))


def folded(draws, seed):
    """Draw from the methodology's triangle by folding the unit square."""
    u, v = np.random.default_rng(seed).random((2, draws))
    low = u + v < 1
    u, v = np.where(low, 1 - u, u), np.where(low, 1 - v, v)
    return np.column_stack([0.5 + 0.1 * u, 0.2 + 0.1 * v, 0.3 - 0.1 * (u + v)])


def counted(scores):
    """Compare the scores (draws, people) pair by pair."""
    rows = scores.T
    return np.array([
        [((own > other).mean() + (own >= other).mean()) / 2 for other in rows] for own in rows
    ])  # fmt: skip


@pytest.mark.parametrize(
    ("apart", "corners", "expected"),
    [
        ((2, -1, -1), SIMPLEX, 4 / 9),  # a²/((a−b)(a−c)) = 4/(3·3)
        ((1, 1, -2), SIMPLEX, 5 / 9),  # 1 − c²/((c−a)(c−b)) = 1 − 4/(3·3)
        ((3, 0, -1), SIMPLEX, 3 / 4),  # 9/(3·4)
        ((1, 0, 0), SIMPLEX, 1.0),
        ((0, 0, -1), SIMPLEX, 0.0),
        ((0, 0, 0), SIMPLEX, 0.5),
        ((10, -20, 0), TRIANGLE, 2 / 3),  # at the corners 0, 2 and −1: 2²/(2·3)
        ((1, -3, 0), TRIANGLE[:1], 0.0),  # .6 − .9
        ((1, -2, 0), TRIANGLE[:1], 0.5),  # .6 − .6: equal under the one scheme there is
        ((1, -1, 0), TRIANGLE[:1], 1.0),
        ((1, -2.4, 0), TRIANGLE[:2], 2 / 4),  # .6 − .72 = −.12 to .6 − .48 = .12
        ((1, -2.7, 0), TRIANGLE[:2], 2 / 9),  # −.21 to .06: .06/.27
    ],
)
def test_pairs_worked_by_hand(apart, corners, expected):
    panel = one_each([np.add(50, apart), (50, 50, 50)])
    found = winning(panel, space_of(panel, corners))
    np.testing.assert_allclose(found, [[0.5, expected], [1 - expected, 0.5]], atol=1e-12)
    np.testing.assert_allclose(expected_ranks(found), [2 - expected, 1 + expected], atol=1e-12)


def test_a_triangle_against_400_000_draws():
    points = np.random.default_rng(4).normal(90, 12, (14, 3)).round(2)
    points[5] = points[9]
    panel = one_each(points)
    expected = counted(folded(400_000, 5) @ points.T)
    np.testing.assert_allclose(winning(panel, space_of(panel)), expected, atol=3e-3)


def test_a_polygon_against_draws_that_are_refused():
    """.4–.6, .2–.4, .1–.3 is a hexagon: draws from the box that sum to 1."""
    corners = np.array([
        [0.6, 0.3, 0.1], [0.6, 0.2, 0.2], [0.5, 0.4, 0.1], [0.5, 0.2, 0.3], [0.4, 0.4, 0.2], [0.4, 0.3, 0.3],
    ])  # fmt: skip
    points = np.random.default_rng(6).normal(90, 12, (10, 3))
    first, second = np.random.default_rng(7).uniform([0.4, 0.2], [0.6, 0.4], (400_000, 2)).T
    third = 1 - first - second
    weights = np.column_stack([first, second, third])[(third >= 0.1) & (third <= 0.3)]
    panel = one_each(points)
    np.testing.assert_allclose(
        winning(panel, space_of(panel, corners)), counted(weights @ points.T), atol=4e-3
    )


def two_each(n, seed):
    points = np.random.default_rng(seed).normal(90, 15, (n, 5))
    return panel_from_points(points, [0, 0, 1, 1, 2], np.array([0.5, 0.5, 0.4, 0.6, 1.0])), points


def test_sub_weights_that_move_against_400_000_draws():
    """Two indicators of base .5, .5 and .4, .6 within ± 20 %: .4–.6 and, as .6 has to give, .32–.48."""
    panel, points = two_each(12, 8)
    space = space_of(panel, width=0.2)
    space.limits[1][1] = [0.52, 0.68]
    first, second = np.random.default_rng(9).uniform([0.4, 0.32], [0.6, 0.48], (400_000, 2)).T
    weights = folded(400_000, 10)[:, [0, 0, 1, 1, 2]]
    weights[:, :4] *= np.column_stack([first, 1 - first, second, 1 - second])
    expected = counted(weights @ points.T)
    np.testing.assert_allclose(winning(panel, space, 2**17), expected, atol=3e-3)
    error = np.abs(winning(panel, space) - expected)
    assert error.max() < 4 * 0.5 / 64  # four standard errors of 4096 draws at p = ½


POINTS = st.integers(1, 9).flatmap(
    lambda n: arrays(float, (n, 3), elements=st.integers(0, 1500).map(lambda value: value / 10))
)


@given(POINTS, st.sampled_from([TRIANGLE, TRIANGLE[:2], TRIANGLE[1:2], SIMPLEX]))
def test_pairs_share_1_and_ranks_sum_to_those_of_all(points, corners):
    panel = one_each(points)
    found = winning(panel, space_of(panel, corners))
    n = len(points)
    np.testing.assert_allclose(found + found.T, 1, rtol=0, atol=1e-15)
    assert ((found >= 0) & (found <= 1)).all()
    assert expected_ranks(found).sum() == pytest.approx(n * (n + 1) / 2)


@given(POINTS, st.randoms(use_true_random=False))
def test_order_and_the_scale_of_all_points_change_nothing(points, chance):
    order = list(range(len(points)))
    chance.shuffle(order)
    first, second = one_each(points), one_each(2 * points[order] + 8)
    found = winning(first, space_of(first))
    np.testing.assert_allclose(winning(second, space_of(second)), found[np.ix_(order, order)], atol=1e-9)


def test_neither_blocks_nor_screening_change_anything(monkeypatch):
    panel, points = two_each(40, 11)
    drawn, fixed = space_of(panel, width=0.1), space_of(panel)
    drawn.limits[1][1] = [0.56, 0.64]
    whole = [winning(panel, drawn, 3000), winning(panel, fixed)]
    for name, size in {"_CELLS": 97, "_DRAWS": 1024 // 3, "_ROWS": 7}.items():
        monkeypatch.setattr(pairwise, name, size)
    assert np.array_equal(winning(panel, drawn, 3000), whole[0])
    assert np.array_equal(winning(panel, fixed), whole[1])
    values = points @ (np.array([0.5, 0.5, 0.4, 0.6, 1])[:, None] * TRIANGLE.T[[0, 0, 1, 1, 2]])
    assert np.array_equal(whole[1] == 1, (values[:, None] >= values).all(axis=2) & ~np.eye(40, dtype=bool))


def patchy(gap_in_process=True):
    """Make three people: one whole, one of two parts, half each, and one who may lack process."""
    sets = tuple(KpiSet("role", "month", name, ("k",), np.ones(1)) for name in NAMES)
    full = tuple(Slice(at, at, np.arange(1), np.ones(1)) for at in range(3))
    people = pd.DataFrame({"person_id": ["P0", "P1", "P2"], "team_id": "t", "role": "role", "score": np.nan})
    points = np.array([[100.0, 80, 60], [120, 40, 60], [70, 130, 60]])
    groups = [Group(full, np.array([0, 1, 2]), points)]
    gap = Group((full[0], full[2]), np.array([3]), np.array([[96.0, 60]]))
    groups.append(gap if gap_in_process else Group(full, np.array([3]), np.array([[91.0, 91, 60]])))
    return Panel(people, np.array([0, 1, 1, 2]), np.array([1.0, 0.5, 0.5, 1.0]), sets, tuple(groups))


def test_several_parts_stay_exact_and_a_missing_dimension_is_drawn():
    """P0 − P1 = (5, −5, 0) on the triangle: corners 1.5, 2, 1 → 1. P2 has w₁ and w₃ alone."""
    panel = patchy()
    assert not panel.whole
    found = winning(panel, space_of(panel), 2**15)
    w1, w2, w3 = folded(400_000, 12).T
    scores = np.column_stack([
        100 * w1 + 80 * w2 + 60 * w3, 95 * w1 + 85 * w2 + 60 * w3, (96 * w1 + 60 * w3) / (w1 + w3)
    ])  # fmt: skip
    assert found[0, 1] == 1
    np.testing.assert_allclose(found, counted(scores), atol=3e-3)
    assert 0.05 < found[0, 2] < 0.95
    assert np.array_equal(found + found.T, np.ones((3, 3)))


def test_points_of_dimensions_are_means_by_time():
    whole = dimension_points(patchy(gap_in_process=False), [np.ones((1, 1))] * 3)
    assert whole.tolist() == [[[100, 80, 60], [95, 85, 60], [91, 91, 60]]]


def test_points_of_dimensions_follow_the_sub_weights():
    panel = panel_from_points(
        np.array([[100.0, 60, 80, 70], [0, 10, 20, 30]]), [0, 0, 1, 2], np.array([0.5, 0.5, 1, 1])
    )
    inside = [np.array([[0.5, 0.5], [0.25, 0.75]]), np.ones((1, 1)), np.ones((2, 1))]
    expected = [[[80, 80, 70], [5, 20, 30]], [[70, 80, 70], [7.5, 20, 30]]]
    assert dimension_points(panel, inside).tolist() == expected


def test_an_uneven_prior_is_drawn(monkeypatch):
    """P0 wins under one of every four weightings and draws level under another: (1 + ½)/4."""
    four = np.array([[0.6, 0.2, 0.2], [0.5, 0.3, 0.2], [0.5, 0.25, 0.25], [0.4, 0.4, 0.2]])

    def in_turn(space, start, stop):
        return Draws(four[np.arange(start, stop) % 4], (np.ones((1, 1)),) * 3)

    monkeypatch.setattr(pairwise, "draw", in_turn)
    panel = one_each([(100, 80, 70), (90, 100, 70)])  # 10·w₁ − 20·w₂ = 2, −1, 0, −4
    found = winning(panel, space_of(panel, prior="dirichlet"), 40)
    np.testing.assert_allclose(found, [[0.5, 0.375], [0.625, 0.5]], atol=1e-12)


def test_fixed_sub_weights_leave_an_even_prior_even():
    panel, _ = two_each(6, 13)
    even, other = (winning(panel, space_of(panel, prior=prior)) for prior in ("nested", "polytope"))
    assert np.array_equal(even, other)


def test_one_person_alone_and_nobody():
    alone = one_each([(1, 2, 3)])
    assert winning(alone, space_of(alone)).tolist() == [[0.5]]
    assert expected_ranks(np.array([[0.5]])).tolist() == [1]
    nobody = alone.take(np.zeros(0, np.int64))
    assert winning(nobody, space_of(nobody)).shape == (0, 0)


def test_what_cannot_be_compared_is_refused():
    panel = one_each(np.ones((MOST + 1, 3)))
    with pytest.raises(DataError, match="5001 people; allowed: at most 5000; choose a cohort"):
        winning(panel, space_of(panel))
    small, other = one_each(np.ones((2, 3))), two_each(2, 1)[0]
    with pytest.raises(DataError, match="that are not the panel's"):
        winning(small, space_of(other))
    with pytest.raises(ParamError, match="found 0"):
        winning(small, space_of(small), 0)


def test_who_lacks_a_dimension_has_no_points_to_weigh():
    found = dimension_points(patchy(), [np.ones((1, 1))] * 3)[0]
    assert np.isnan(found).any(axis=1).tolist() == [False, False, True]
