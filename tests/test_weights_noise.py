"""Noise under any weights: the published chances, draws by hand, gates, and weights that miss their grade."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesperf_lib.grades import redraw
from salesperf_lib.params import DIMENSIONS, Grades
from salesperf_lib.params.policy import Certainty, Distribution
from salesperf_lib.weights import Simulation, acceptability, explore
from salesperf_lib.weights.noise import Noise, confidence_factors, noise_of_dimensions, noise_shares
from tests import grade_world as world
from tests.weights_line_world import CENTRE, panel_of_rows, space_of

THIRDS = tuple((name, Fraction(1, 3)) for name in "ABC")
PLACES = Grades(
    (("A", 90.0), ("B", 75.0), ("C", 0.0)), Distribution(kind="forced", quotas=THIRDS, min_cohort=2)
)
STEADY, RISING, FALLING = (80, 80, 80), (126.5, 26.5, 26.5), (36.5, 136.5, 136.5)
"""At a result weight r: 80, 26.5 + 100 r and 136.5 − 100 r. At r = .55 both others have 81.5."""


@pytest.fixture(scope="module")
def explored(sample_appraisal):
    return explore(sample_appraisal)


@pytest.fixture(scope="module")
def noise(explored):
    return noise_of_dimensions(explored)


@pytest.fixture(scope="module")
def worth(explored):
    """Give everybody's points in each dimension by the published lines, in plain pandas: (people, 3)."""
    lines = explored.appraisal.scores
    own = lines[lines["person_id"].isin(explored.panel.people["person_id"])]
    sums = own.pivot_table("contribution", "person_id", "dimension", aggfunc="sum")[list(DIMENSIONS)]
    now = [float(explored.policy.dimension_weights[name]) for name in DIMENSIONS]
    return sums.to_numpy() / now


def read_as(scores, thresholds):
    """Grade scores as they are read: hundredths, halves up."""
    read = np.floor(np.asarray(scores) * 100 + 0.5 + 1e-6)
    return sum((read < 100 * lowest).astype(int) for _, lowest in thresholds[:-1])


# -- deviations


def test_the_weights_in_force_give_the_published_chances_exactly(explored, noise):
    given = explored.appraisal.grades
    graded = given[given["score"].notna() & ~given["vetoed"].astype(bool)].sort_values("person_id")
    assert graded["person_id"].astype(str).to_list() == explored.panel.people["person_id"].to_list()
    published = graded[["p_a", "p_b", "p_c", "p_d"]].to_numpy(float)
    np.testing.assert_array_equal(noise_shares(explored, noise), published)
    assert len(noise) == explored.rules.certainty.draws


@pytest.mark.parametrize("weights", [(0.6, 0.2, 0.2), (0.5, 0.3, 0.2), (0.2, 0.2, 0.6)])
def test_other_weights_move_deviations_as_a_redraw_under_them(explored, noise, weights):
    lines, policy = explored.appraisal.scores, explored.policy
    factor = {
        name: weight / float(policy.dimension_weights[name])
        for name, weight in zip(DIMENSIONS, weights, strict=True)
    }
    moved = lines.assign(weight=lines["weight"] * lines["dimension"].map(factor))
    nothing = explored.panel.people[["person_id"]].assign(score=0.0)
    drawn = redraw(nothing, moved, policy)
    np.testing.assert_allclose(noise.deviations @ np.array(weights), drawn.T, atol=1e-9)


def gated_world(mark):
    """Give one person whose result counts at most 100 while the rate behind the process is under a mark."""
    rows = world.frame(
        world.line("p", "acquired_customers", points=110.0, weight=CENTRE[0], numerator=110.0, value=110.0,
                   target=100.0, n=110),
        world.rate("p", 30, 150, 0.2, weight=CENTRE[1], dimension="process"),
        world.line("p", "report_quality", points=70.0, weight=CENTRE[2], value=70.0, target=100.0,
                   dimension="potential"),
    )  # fmt: skip
    rules = Grades(world.THRESHOLDS, certainty=Certainty(draws=500))
    policy = world.policy_of(rules, {} if mark is None else {"inquiry_conversion_rate": mark})
    people = pd.DataFrame({"person_id": ["p"]})
    return SimpleNamespace(
        panel=SimpleNamespace(people=people),
        policy=policy,
        appraisal=SimpleNamespace(scores=rows),
        space=SimpleNamespace(centre=CENTRE),
    )


def test_a_gate_of_one_dimension_holds_the_points_of_another():
    free = noise_of_dimensions(gated_world(None)).deviations[:, 0]
    shut = noise_of_dimensions(gated_world(90.0)).deviations[:, 0]
    result, process = 110 + free[:, 0], 100 + free[:, 1]
    under = process < 90
    assert 0.1 < under.mean() < 0.9
    expected = np.where(under, np.minimum(result, 100), result) - 110
    np.testing.assert_allclose(shut[:, 0], expected, atol=1e-9)
    np.testing.assert_allclose(shut[:, 1], free[:, 1], atol=1e-9)
    np.testing.assert_allclose([shut[:, 2], free[:, 2]], 0, atol=1e-9)


@given(st.integers(1, 5), st.integers(1, 4), st.integers(1, 6))
def test_noise_is_added_row_by_row(draws, people, rows):
    rng = np.random.default_rng(draws + 10 * people + 100 * rows)
    noise = Noise(rng.normal(size=(draws, people, 3)))
    scores, weights = rng.normal(size=(rows, people)), rng.dirichlet(np.ones(3), rows)
    which = rng.integers(0, draws, rows)
    expected = [
        [scores[b, n] + sum(noise.deviations[which[b], n, d] * weights[b, d] for d in range(3))
         for n in range(people)]
        for b in range(rows)
    ]  # fmt: skip
    np.testing.assert_allclose(noise.added(scores, weights, which), expected, atol=1e-12)


# -- confidence factors


def still(explored):
    return Noise(np.zeros((7, len(explored.panel), 3)))


@pytest.mark.parametrize("code", range(4))
def test_without_noise_a_grade_is_certain_or_impossible(explored, worth, code):
    found = acceptability(explored)
    codes = np.full(len(explored.panel), code)
    rows = confidence_factors(explored, found, still(explored), codes)
    told = rows["draws"] >= 100
    assert rows.loc[~told, [*DIMENSIONS, "confidence"]].isna().all(axis=None)
    assert rows.loc[~told, "inside"].isna().all()
    for at in np.flatnonzero(told):
        weights = rows.loc[at, list(DIMENSIONS)].to_numpy(float)
        assert weights.sum() == pytest.approx(1)
        gives = read_as(worth[at] @ weights, explored.rules.thresholds) == code
        assert rows.loc[at, "inside"] == gives
        assert rows.loc[at, "confidence"] == float(gives)


def test_noise_makes_the_grade_in_force_as_certain_as_published_at_the_weights_in_force(explored, noise):
    """A simulation whose central weights are those in force: the confidence factor is the published p."""
    shape = (len(explored.panel), 4)
    sums = np.broadcast_to(explored.space.centre, (*shape, 3)) * 100.0
    at_centre = Simulation(np.full(shape, 100), sums, 400, "nested", None)
    given = explored.appraisal.grades.set_index("person_id")
    for code, column in enumerate(("p_a", "p_b", "p_c", "p_d")):
        rows = confidence_factors(explored, at_centre, noise, np.full(len(explored.panel), code))
        expected = given.loc[rows["person_id"], column].to_numpy(float)
        np.testing.assert_allclose(rows["confidence"].to_numpy(float), expected, atol=1 / len(noise))


def three_people(counts):
    """Simulate by hand: the steady person is second at r = .5 and at r = .6, as often: r = .55 on average."""
    panel = panel_of_rows([STEADY, RISING, FALLING])
    exploration = SimpleNamespace(
        panel=panel, space=space_of(panel), rules=PLACES, appraisal=SimpleNamespace(scores=None)
    )
    middle = np.array([0.55, 0.25, 0.2])
    sums = np.zeros((3, 3, 3))
    sums[0, 1] = counts * middle
    given = np.zeros((3, 3), np.int64)
    given[0, 1] = counts
    return exploration, Simulation(given, sums, 200, "nested", None)


def second(exploration, found, deviations):
    rows = confidence_factors(exploration, found, Noise(deviations), np.array([1, 1, 1]))
    return rows.iloc[0]


def test_central_weights_can_lie_outside_the_weights_that_give_the_grade():
    for r, place in ((0.5, 2), (0.55, 3), (0.6, 2)):
        scores = [80, 26.5 + 100 * r, 136.5 - 100 * r]
        assert 1 + sum(score > 80 for score in scores) == place
    exploration, found = three_people(200)
    row = second(exploration, found, np.zeros((10, 3, 3)))
    np.testing.assert_allclose(row[list(DIMENSIONS)].to_numpy(float), [0.55, 0.25, 0.2])
    assert row["draws"] == 200
    assert row["inside"] is False
    assert row["confidence"] == 0


def test_noise_can_give_the_grade_that_central_weights_do_not():
    """In 3 of 10 draws the rising one loses 5 points: 76.5, and the steady one is second."""
    deviations = np.zeros((10, 3, 3))
    deviations[:3, 1] = -5
    exploration, found = three_people(200)
    row = second(exploration, found, deviations)
    assert row["inside"] is False
    assert row["confidence"] == pytest.approx(0.3)


@pytest.mark.parametrize(("counts", "told"), [(99, False), (100, True)])
def test_central_weights_of_fewer_than_100_draws_stay_blank(counts, told):
    exploration, found = three_people(counts)
    row = second(exploration, found, np.zeros((2, 3, 3)))
    assert row["draws"] == counts
    assert row[list(DIMENSIONS)].notna().all() == told
    assert pd.notna(row["confidence"]) == told
    assert (row["inside"] is None) == (not told)
