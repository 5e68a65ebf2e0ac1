"""The smallest change of weights: projections by hand, and never beaten by a dense grid."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesperf_lib.errors import DataError
from salesperf_lib.weights.linear import at_base, chords, dimension_points_at_base
from salesperf_lib.weights.rescoring import score_once
from salesperf_lib.weights.smallest import MOVES, flip, lift, lowest_moves
from tests.grade_world import forced
from tests.weights_line_world import (
    CENTRE,
    NOISE,
    PLAIN,
    REGIONS,
    RULES,
    TRIANGLE,
    bent_panel,
    grades_by_hand,
    grid,
    named_people,
    panel_of_rows,
    points,
    regions,
    rules,
    space_of,
    two_part_panel,
)


def as_read(panel, weights):
    """Round half away from zero, by decimals."""
    return np.floor(np.round(score_once(panel, at_base(panel, weights)) * 100, 6) + 0.5) / 100


def test_points_on_dimensions_are_weighted_means_of_the_indicators():
    found = dimension_points_at_base(two_part_panel())
    assert found[0].tolist() == [0.25 * 40 + 0.75 * 80, 60, 50]
    # half the time (10, 20 → 17.5; 30; 40), half (50, 60 → 57.5; 70; 80)
    assert found[1].tolist() == [37.5, 50, 60]


def test_who_lacks_a_dimension_has_no_line():
    found = dimension_points_at_base(bent_panel([[1, 2, 3], [4, 5, 6]]))
    assert found[0].tolist() == [1, 2, 3]
    assert np.isnan(found[1]).all()


def test_points_times_weights_are_the_published_scores(sample_appraisal, sample_policy):
    from salesperf_lib.params import DIMENSIONS
    from salesperf_lib.weights.panel import panel_of

    grades = sample_appraisal.grades
    panel = panel_of(
        sample_appraisal.scores, sample_policy, grades.loc[grades["vetoed"], "person_id"].tolist()
    )
    own = dimension_points_at_base(panel)
    weights = np.array([float(sample_policy.dimension_weights[name]) for name in DIMENSIONS])
    straight = ~np.isnan(own).any(axis=1)
    assert straight.sum() > 40
    np.testing.assert_allclose((own @ weights)[straight], panel.people["score"][straight], atol=1e-7)


@pytest.mark.parametrize(
    ("normal", "ends"),
    [
        ([1, -1, 0], [[0.5, 0.5, 0], [0, 0, 1]]),  # from the middle of an edge to a corner
        ([1, 0, 0], [[0, 1, 0], [0, 0, 1]]),  # an edge itself
        ([1, 1, 0], [[0, 0, 1], [0, 0, 1]]),  # touches a corner
        ([1, 1, 1], None),  # misses
    ],
)
def test_a_chord_joins_the_places_where_a_line_meets_the_edges(normal, ends):
    found = np.concatenate(chords(np.eye(3), np.array([normal], float)))
    if ends is None:
        assert np.isnan(found).all()
    else:
        assert sorted(found.round(12).tolist()) == sorted(np.array(ends, float).tolist())


def test_a_flip_is_the_projection_on_the_line_where_both_are_equal():
    panel = panel_of_rows([[70, 90, 80], [80, 72, 80]])
    # d = (−10, 18, 0), d·centre = −26/30; in the plane Σ = 1: d − 8/3, squared length 100 + 324 − 64/3.
    found = flip(panel, space_of(panel, "simplex"), 0, 1)
    d = np.array([-10, 18, 0]) - 8 / 3
    assert d @ d == pytest.approx(424 - 64 / 3)
    np.testing.assert_allclose(found.weights, CENTRE + (26 / 30) / (d @ d) * d, atol=1e-12)
    assert found.distance == pytest.approx((26 / 30) / np.sqrt(d @ d))
    assert found.moved == pytest.approx(np.abs((26 / 30) / (d @ d) * d).sum() / 2)
    assert found.reason == ""
    assert sum(Decimal(str(weight)) for weight in found.shown) == 1
    assert all(len(str(weight)) <= len("0.1234") for weight in found.shown)
    read = as_read(panel, found.shown)
    assert read[0] >= read[1]


def test_a_flip_outside_the_ranges_is_impossible_and_one_done_needs_no_change():
    panel = panel_of_rows([[70, 90, 80], [90, 72, 80]])  # equal where 10·w₁ = 9·w₂: outside
    space = space_of(panel)
    never, done = flip(panel, space, 0, 1), flip(panel, space, 1, 0)
    assert (never.reason, never.weights, never.shown) == ("impossible", None, None)
    assert np.isnan([never.distance, never.moved]).all()
    assert (done.reason, done.distance, done.moved) == ("already", 0.0, 0.0)
    assert done.weights.tolist() == CENTRE.tolist()


def test_scores_equal_as_read_are_equal():
    panel = panel_of_rows([[80, 80, 80], [80.004, 80.004, 80.004]])
    assert flip(panel, space_of(panel), 0, 1).reason == "already"


@given(points.filter(lambda rows: len(rows) > 1), regions)
@settings(max_examples=60)
def test_no_weights_of_a_grid_flip_a_pair_with_less(rows, region):
    panel = panel_of_rows(rows)
    found = flip(panel, space_of(panel, region), 0, 1)
    at = grid(region)
    apart = at @ (np.array(rows[0]) - np.array(rows[1]))
    away = np.linalg.norm(at - CENTRE, axis=1)
    least = np.inf if found.weights is None else found.distance
    assert (apart[away < least - 1e-7] < NOISE).all()
    if found.weights is not None:
        for weights in (found.weights, found.shown):
            read = as_read(panel, weights)
            assert read[0] >= read[1]


def test_a_lift_by_thresholds_stops_where_the_cut_is_read():
    panel = panel_of_rows([[80, 100, 90]])  # 17·80 + 8·100 + 5·90 = 2610: 87.00, B
    found = lift(panel, space_of(panel, "simplex"), 0, 0, PLAIN)
    x = np.array([80, 100, 90]) - 90.0
    np.testing.assert_allclose(found.weights, CENTRE + 2.995 / (x @ x) * x, atol=1e-9)
    assert as_read(panel, found.shown)[0] >= 90
    assert lift(panel, space_of(panel), 0, 1, PLAIN).reason == "already"


def test_a_place_is_won_where_the_line_of_the_last_one_is_reached():
    rows = [[90, 60, 60], [60, 90, 60], [60, 60, 90], [50, 50, 50], [50, 50, 50]]
    panel = panel_of_rows(rows)  # 20 % of five: one A, the first
    found = lift(panel, space_of(panel, "simplex"), 1, 0, forced())
    # w₁ = w₂ is closest at the foot: 4.5/30 from one to the other.
    np.testing.assert_allclose(found.weights, [12.5 / 30, 12.5 / 30, 5 / 30], atol=1e-12)
    assert lift(panel, space_of(panel), 1, 0, forced()).reason == "impossible"


def test_a_place_can_be_closest_where_two_lines_cross():
    rows = [[90, 60, 60], [60, 90, 60], [60, 60, 90], [50, 50, 50], [50, 50, 50]]
    panel = panel_of_rows(rows)
    found = lift(panel, space_of(panel, "simplex", [0.45, 0.45, 0.1]), 2, 0, forced())
    np.testing.assert_allclose(found.weights, [1 / 3, 1 / 3, 1 / 3], atol=1e-12)


@given(points, regions, rules, st.integers(0, 3))
@settings(max_examples=150)
def test_no_weights_of_a_grid_lift_a_person_with_less(rows, region, rule, grade):
    panel = panel_of_rows(rows)
    chosen = RULES[rule] if len(rows) > 1 else PLAIN  # one person alone is graded by the thresholds
    found = lift(panel, space_of(panel, region), 0, grade, RULES[rule])
    at = grid(region, 40)
    reached = grades_by_hand(rows, at, chosen)[:, 0] <= grade
    away = np.linalg.norm(at - CENTRE, axis=1)
    least = np.inf if found.weights is None else found.distance
    assert not reached[away < least - 1e-7].any()
    if found.reason == "":
        assert grades_by_hand(rows, found.weights, chosen)[0, 0] <= grade
        assert found.distance == pytest.approx(np.linalg.norm(found.weights - CENTRE))


@pytest.mark.parametrize("rule", sorted(RULES))
@pytest.mark.parametrize("region", sorted(REGIONS))
def test_people_all_alike_are_all_in_the_best_grade_or_cannot_leave_theirs(region, rule):
    panel = panel_of_rows([[70, 70, 70]] * 6)
    found = lift(panel, space_of(panel, region), 3, 0, RULES[rule])
    assert found.reason == ("already" if rule == "forced" else "impossible")


def test_fewer_people_than_grades_share_what_places_there_are():
    panel = panel_of_rows([[90, 60, 60], [60, 90, 60]])
    space = space_of(panel, "simplex")
    # .4, 1, .4 and .2 places: one B, and the place left over is an A.
    assert lift(panel, space, 1, 0, forced()).distance == pytest.approx(np.sqrt(2) * 4.5 / 30)
    # .2, 1.4, .2 and .2 places: two B.
    shares = (("A", Fraction(1, 10)), ("B", Fraction(7, 10)), ("C", Fraction(1, 10)), ("D", Fraction(1, 10)))
    none = forced(quotas=shares)
    assert [lift(panel, space, row, 0, none).reason for row in (0, 1)] == ["impossible"] * 2
    assert [lift(panel, space, row, 1, none).reason for row in (0, 1)] == ["already"] * 2


def test_small_cohorts_use_thresholds_while_large_ones_have_places():
    rows = [[90, 60, 60], [60, 90, 60], [60, 60, 60], [70, 70, 70], [80, 100, 90]]
    people = named_people(5, role=["a", "a", "a", "a", "b"])
    panel = panel_of_rows(rows, people)
    found = lift(panel, space_of(panel, "simplex"), 4, 0, forced(cohort="role"))
    x = np.array([80, 100, 90]) - 90.0
    np.testing.assert_allclose(found.weights, CENTRE + 2.995 / (x @ x) * x, atol=1e-9)


def test_places_that_scale_with_teams_follow_no_line():
    panel = panel_of_rows([[90, 60, 60], [60, 90, 60]] * 3, named_people(6, team_id=list("aaabbb")))
    scaled = forced(cohort="team", team_scale=((0.8, 0.8), (1.2, 1.2)))
    assert lift(panel, space_of(panel), 1, 0, scaled).reason == "not_linear"


def test_who_lacks_a_dimension_is_not_linear_but_counts_in_the_rank_of_others():
    rows = [[70, 100, 70], [90, 60, 60], [50, 50, 50], [50, 50, 50], [84, 84, 0]]
    panel = bent_panel(rows)  # the last scores 84 under any weights; the first 70 + 30·w₂
    space = space_of(panel, 0.1 + 0.7 * np.eye(3))
    assert flip(panel, space, 0, 4).reason == "not_linear"
    assert lift(panel, space, 4, 0, forced()).reason == "not_linear"
    found = lift(panel, space, 0, 0, forced())
    assert found.reason == ""
    # w₂ ≥ 14/30 is enough, and w₃ stops at .1: the closest are (13, 14, 3)/30, 4, 6 and 2 away.
    assert 0 <= found.distance - np.sqrt(4**2 + 6**2 + 2**2) / 30 < 0.01
    assert as_read(panel, found.shown)[0] >= 84
    assert (
        lift(panel, space_of(panel), 0, 0, forced()).reason == "not_linear"
    )  # 79 at most; no proof by lines


def test_weights_in_force_outside_the_region_are_led_into_it():
    panel = panel_of_rows([[80, 80, 80], [60, 90, 60]])
    found = flip(panel, space_of(panel, centre=[0.0, 1.0, 0.0]), 0, 1)
    best = min(np.linalg.norm(at - [0, 1, 0]) for at in grid("triangle", 200))
    assert found.distance == pytest.approx(best, abs=1e-4)
    lifted = lift(panel, space_of(panel, centre=[0.0, 1.0, 0.0]), 0, 0, forced())
    np.testing.assert_allclose(lifted.weights, found.weights, atol=1e-12)
    np.testing.assert_allclose(found.weights, TRIANGLE[2], atol=1e-9)


@pytest.mark.parametrize("rule", sorted(RULES))
def test_everybody_who_is_not_top_has_a_row_like_the_lift_to_the_next_grade(rule):
    rows = np.random.default_rng(5).integers(55, 100, (12, 3))
    panel = panel_of_rows(rows)
    space, codes = space_of(panel, "simplex"), grades_by_hand(rows, CENTRE, RULES[rule])[0]
    found = lowest_moves(panel, space, RULES[rule], codes)
    assert list(found.columns) == MOVES
    assert found["person_id"].tolist() == panel.people["person_id"][codes > 0].tolist()
    assert (found["wanted"] == found["grade"] - 1).all()
    for person, row in zip(np.flatnonzero(codes > 0), found.itertuples(), strict=True):
        alone = lift(panel, space, int(person), int(codes[person]) - 1, RULES[rule])
        assert row.reason == alone.reason
        np.testing.assert_array_equal([row.distance, row.moved], [alone.distance, alone.moved])


def test_nobody_left_gives_an_empty_frame():
    panel = panel_of_rows([[95, 95, 95]])
    assert lowest_moves(panel, space_of(panel), PLAIN, np.array([0])).columns.tolist() == MOVES


def test_a_thousand_people_are_looked_at_too():
    rows = np.random.default_rng(7).normal(78, 9, (1000, 3)).clip(0, 130)
    panel = panel_of_rows(rows)
    space = space_of(panel, "simplex")
    last = int(np.argsort(rows @ CENTRE)[500])
    found = lift(panel, space, last, 0, forced())
    if found.weights is not None:
        assert grades_by_hand(rows, found.weights, forced())[0, last] == 0


@pytest.mark.parametrize(
    "call",
    [
        lambda panel, space: flip(panel, space, 0, 2),
        lambda panel, space: flip(panel, space, -1, 0),
        lambda panel, space: lift(panel, space, 5, 0, PLAIN),
        lambda panel, space: lift(panel, space, 0, 4, PLAIN),
        lambda panel, space: lowest_moves(panel, space, PLAIN, np.zeros(3, int)),
    ],
)
def test_rows_and_grades_that_do_not_exist_are_refused(call):
    panel = panel_of_rows([[70, 90, 80], [80, 72, 80]])
    with pytest.raises(DataError, match="allowed"):
        call(panel, space_of(panel))
