"""Grades over all admissible weightings: counts against plain numpy, closed forms, and invariants."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesperf_lib import grades, weights
from salesperf_lib.grades import Cohort, codes_of, cohorts_of, hundredths, round_half_up
from salesperf_lib.params import Grades
from salesperf_lib.params.policy import Distribution
from salesperf_lib.region import vertices
from salesperf_lib.weights import simulation
from salesperf_lib.weights.counting import count_grades
from salesperf_lib.weights.sampling import limits_of

BOUNDS = [(0.5, 0.6), (0.2, 0.3), (0.1, 0.2)]
THRESHOLDS = (("A", 100.0), ("B", 85.0), ("C", 70.0), ("D", 0.0))
QUOTAS = tuple(
    (name, Fraction(share)) for name, share in zip("ABCD", ("1/5", "1/2", "1/4", "1/20"), strict=True)
)
BY_THRESHOLDS = Grades(THRESHOLDS)
FORCED = Grades(THRESHOLDS, Distribution("forced", "company", QUOTAS, min_cohort=2))
TEAMS = Grades(THRESHOLDS, Distribution("forced", "team", QUOTAS, min_cohort=2))
SCALED = Grades(
    THRESHOLDS, Distribution("forced", "team", QUOTAS, min_cohort=2, team_scale=((0.95, 0.5), (1.05, 1.5)))
)
RULES = [BY_THRESHOLDS, FORCED, TEAMS, SCALED]


def world(n=30, seed=0, reach=0.0, spread=15.0):
    """Make people with six KPIs, two of each dimension, and the document's triangle."""
    rng = np.random.default_rng(seed)
    points = np.clip(rng.normal(90, spread, (n, 6)), 0, 150)
    people = pd.DataFrame({"person_id": [f"p{i:03}" for i in range(n)],
                           "team_id": [f"t{i % 3}" for i in range(n)], "role": "r"})  # fmt: skip
    base = np.array([0.6, 0.4, 0.5, 0.5, 0.7, 0.3])
    panel = weights.panel_from_points(points, [0, 0, 1, 1, 2, 2], base, people)
    limits = tuple(limits_of(item.base, reach) for item in panel.sets)
    space = weights.WeightSpace(
        vertices(BOUNDS), np.array([17, 8, 5]) / 30, panel.sets, limits, (None,) * len(panel.sets)
    )
    return points, panel, space


def plain_counts(points, drawn, rules, panel):
    """Grade every draw by itself, from points and weights alone."""
    total = np.zeros((len(panel), len(THRESHOLDS)), int)
    cohorts = cohorts_of(panel.people, rules)
    for b in range(len(drawn)):
        inner = np.concatenate([own[min(b, len(own) - 1)] for own in drawn.inside])
        whole = np.repeat(drawn.dimensions[b], 2) * inner
        score = round_half_up(points @ whole)
        code = codes_of(score[None, :], cohorts, rules)[0]
        total[np.arange(len(panel)), code] += 1
    return total


@pytest.mark.parametrize("reach", [0.0, 0.2])
@pytest.mark.parametrize("rules", RULES, ids=["thresholds", "company", "team", "scaled"])
def test_counts_are_those_of_grading_every_draw_by_itself(rules, reach):
    points, panel, space = world(reach=reach)
    found = weights.simulate(panel, space, rules, 300)
    np.testing.assert_array_equal(
        found.counts, plain_counts(points, weights.draw(space, 0, 300), rules, panel)
    )


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.integers(1, 40), st.sampled_from([0.0, 0.3]), st.sampled_from(RULES),
       st.sampled_from([0.5, 5.0, 15.0]))  # fmt: skip
def test_screening_changes_no_figure(seed, n, reach, rules, spread):
    _, panel, space = world(n, seed, reach, spread)
    with_, without = (
        weights.simulate(panel, space, rules, 200, screened=screened) for screened in (True, False)
    )
    np.testing.assert_array_equal(with_.counts, without.counts)
    np.testing.assert_allclose(with_.sums, without.sums, rtol=1e-12, atol=1e-9)
    assert (with_.counts.sum(axis=1) == 200).all()
    settled = with_.screen.settled
    assert (with_.counts[settled].max(axis=1) == 200).all()


@pytest.mark.parametrize("rules", RULES[:2], ids=["thresholds", "company"])
def test_workers_and_blocks_change_no_figure(rules, monkeypatch):
    _, panel, space = world(reach=0.2)
    alone = weights.simulate(panel, space, rules, 3000)
    with ThreadPoolExecutor(3) as executor:
        shared = weights.simulate(panel, space, rules, 3000, executor=executor)
    np.testing.assert_array_equal(alone.counts, shared.counts)
    np.testing.assert_array_equal(alone.sums, shared.sums)
    monkeypatch.setattr(simulation, "CELLS", 1000)
    blocks = weights.simulate(panel, space, rules, 3000)
    np.testing.assert_array_equal(alone.counts, blocks.counts)


def test_every_draw_fills_the_quota_and_grades_of_a_person_sum_to_one():
    _, panel, space = world(40)
    found = weights.simulate(panel, space, FORCED, 500)
    reached = found.counts.sum(axis=0).cumsum() / 500
    wanted = np.array([8, 28, 38, 40])
    assert (reached >= wanted).all()  # a tie at a cut is promoted whole: rarely one more
    assert (reached <= wanted + 0.05).all()
    np.testing.assert_allclose(found.shares.sum(axis=1), 1)
    order = np.random.default_rng(1).permutation(40)
    points = panel.groups[0].points
    shuffled = weights.panel_from_points(
        points[order], [0, 0, 1, 1, 2, 2], np.concatenate([s.base for s in panel.sets]),
        panel.people.iloc[order].reset_index(drop=True),
    )  # fmt: skip
    again = weights.simulate(shuffled, space, FORCED, 500)
    np.testing.assert_array_equal(again.counts, found.counts[order])


def test_an_affine_change_of_all_points_moves_no_place():
    points, panel, space = world(25)
    twice = weights.panel_from_points(points * 2 + 7, [0, 0, 1, 1, 2, 2],
                                      np.concatenate([s.base for s in panel.sets]), panel.people)  # fmt: skip
    found, other = (weights.simulate(each, space, FORCED, 400) for each in (panel, twice))
    np.testing.assert_allclose(found.shares, other.shares, atol=0.006)  # hundredths are finer on one side


def test_shares_agree_with_the_closed_form_of_the_published_contested_mark(sample_appraisal):
    explored = weights.explore(sample_appraisal)
    policy, panel = explored.policy, explored.panel
    fixed = weights.space_of(policy, panel.sets, reach=0.0)
    found = weights.simulate(panel, fixed, policy.grades, 8192)
    people = sample_appraisal.composites.set_index("person_id").loc[panel.people["person_id"]].reset_index()
    cohorts = cohorts_of(panel.people, policy.grades)
    exact = grades.contested_shares(people, sample_appraisal.scores, policy, cohorts)
    assert np.abs(found.shares - exact).max() < 0.002
    settled = found.screen.settled
    assert (exact[settled].max(axis=1) == 1).all()


def test_central_weights_are_the_mean_of_the_draws_that_give_the_grade():
    # One KPI a dimension, x = (100, 85, 85): B is 85 or more always, A never; y = (90, 80, 80) is
    # 80 + 10 w₁ ≥ 85.5 iff w₁ ≥ .55 under a cut of 85.5.
    points = np.array([[100.0, 85.0, 85.0], [90.0, 80.0, 80.0]])
    panel = weights.panel_from_points(points, [0, 1, 2], np.ones(3))
    _, _, like = world()
    space = replace(like, sets=panel.sets, limits=(np.array([[1.0, 1.0]]),) * 3, cuts=(None,) * 3)
    rules = Grades((("A", 100.0), ("B", 85.5), ("C", 0.0)))
    found = weights.simulate(panel, space, rules, 4096)
    drawn = weights.draw(space, 0, 4096).dimensions
    hit = np.floor(np.round((80 + 10 * drawn[:, 0]) * 100, 6) + 0.5) >= 8550
    assert found.counts[1].tolist() == [0, hit.sum(), 4096 - hit.sum()]
    assert hit.mean() == pytest.approx(0.75, abs=0.005)  # 1 − (½)² of the triangle
    np.testing.assert_allclose(found.central[1, 1], drawn[hit].mean(axis=0), atol=1e-12)
    assert np.isnan(found.central[1, 0]).all()  # never
    few = weights.simulate(panel, space, rules, 99)
    assert np.isnan(few.central).all()  # under 100 draws nothing is told
    assert found.error == pytest.approx(np.sqrt(hit.mean() * (1 - hit.mean()) / 4096))


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("rules", RULES[:3], ids=["thresholds", "company", "team"])
def test_fewer_people_than_grades_and_a_point_as_region(n, rules):
    points, panel, space = world(n)
    point = replace(space, corners=np.array([[0.55, 0.25, 0.20]]))
    found = weights.simulate(panel, point, rules, 64)
    np.testing.assert_array_equal(
        found.counts, plain_counts(points, weights.draw(point, 0, 64), rules, panel)
    )
    assert (found.counts.max(axis=1) == 64).all()
    assert found.screen.settled.all()


def test_identical_people_share_every_grade():
    points, panel, space = world(20)
    points[5:9] = points[5]
    panel = weights.panel_from_points(points, [0, 0, 1, 1, 2, 2],
                                      np.concatenate([s.base for s in panel.sets]), panel.people)  # fmt: skip
    found = weights.simulate(panel, space, FORCED, 400)
    assert (found.counts[5:9] == found.counts[5]).all()


def test_nobody_and_no_draw():
    _, panel, space = world(4)
    with pytest.raises(ValueError, match="0 draws"):
        weights.simulate(panel, space, FORCED, 0)
    empty = weights.simulate(panel.take(np.array([], int)), space, FORCED, 10)
    assert empty.counts.shape == (0, 4)


@given(st.lists(st.one_of(st.floats(0, 150), st.integers(0, 30_000).map(lambda i: i / 200)), min_size=1))
def test_hundredths_are_the_scores_as_they_are_read(values):
    score = np.array(values)
    read = np.round(round_half_up(score) * 100).astype(int)
    assert hundredths(score).tolist() == read.tolist()
    assert hundredths(score).dtype == np.int16


def test_hundredths_of_large_and_of_broken_scores():
    assert hundredths(np.array([400.0])).dtype == np.int32
    assert hundredths(np.array([-3.0, 400.005])).tolist() == [-300, 40001]
    for wrong in (np.nan, np.inf, 3e7):
        with pytest.raises(ValueError, match="allowed: within ±20 million"):
            hundredths(np.array([1.0, wrong]))


@given(st.integers(0, 1000), st.sampled_from(RULES), st.sampled_from([1.0, 0.05]))
def test_whole_numbers_are_graded_as_points_are(seed, rules, spread):
    rng = np.random.default_rng(seed)
    people = pd.DataFrame({"team_id": rng.choice(["a", "b"], 12), "role": "r"})
    scores = rng.normal(85, 15 * spread, (20, 12))
    cohorts = cohorts_of(people, rules)
    want = codes_of(round_half_up(scores), cohorts, rules)
    np.testing.assert_array_equal(codes_of(hundredths(scores), cohorts, rules), want)
    counts = np.stack([(want == code).sum(axis=0) for code in range(4)], axis=1)
    np.testing.assert_array_equal(count_grades(scores, cohorts, rules), counts)


def test_a_tie_break_by_points_is_the_same_in_whole_numbers():
    scores = np.array([[90.0, 90.001, 90.0, 80.0], [90.0, 70.0, 60.0, 90.0]])
    points = np.array([[1.0, 3.0, np.nan, 2.0]])
    rules = Grades(
        (("A", 90.0), ("B", 0.0)),
        Distribution("forced", "company", (("A", Fraction(1, 4)), ("B", Fraction(3, 4))), 2, "kpi"),
    )
    cohort = (Cohort("company", np.arange(4)),)
    want = codes_of(round_half_up(scores), cohort, rules, points)
    # first draw: three at 90.00, of whom one has no points: all are promoted; second: 2 points before 1
    assert want.tolist() == [[0, 0, 0, 1], [1, 1, 1, 0]]
    np.testing.assert_array_equal(codes_of(hundredths(scores), cohort, rules, points), want)
