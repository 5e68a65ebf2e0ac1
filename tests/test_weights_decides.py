"""What decides who gets the best grade: one driver alone, a mixture worked by hand, and what changes nothing."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from salesperf_lib.params import Grades
from salesperf_lib.weights import explore
from salesperf_lib.weights.decides import best_grade_indices
from salesperf_lib.weights.noise import Noise
from salesperf_lib.weights.panel import panel_from_points
from tests.grade_world import THRESHOLDS, forced
from tests.weights_line_world import PLAIN, panel_of_rows, space_of

STRICT = Grades((("A", 95.0), *THRESHOLDS[1:]))
HALF_WAY = (80, 120, 80)
"""80 + 40 · process: 90 from a process weight of .25 on."""


def open_(rows, region="triangle", rules=PLAIN, noise=None):
    panel = panel_of_rows(rows)
    exploration = SimpleNamespace(
        panel=panel, space=space_of(panel, region), rules=rules, appraisal=SimpleNamespace(scores=None)
    )
    return exploration, Noise(np.zeros((2, len(panel), 3)) if noise is None else np.asarray(noise, float))


def shifts(*points):
    """Shift one person by the same points in every dimension, one draw each."""
    return np.repeat(np.array(points, float), 3).reshape(-1, 1, 3)


def only(name, exploration, noise, others=()):
    """Check that everything is explained by one driver, alone."""
    found = best_grade_indices(exploration, noise, 2048, others)
    for at, driver in enumerate(found.names):
        expected = 1.0 if driver == name else 0.0
        assert found.first_share[at] == pytest.approx(expected, abs=0.03)
        assert found.total_share[at] == pytest.approx(expected, abs=0.03)
    return found


# -- one driver alone


def test_weights_alone():
    found = only("dimension_weights", *open_([HALF_WAY]))
    assert found.variance[0] == pytest.approx(0.75 * 0.25, abs=0.01)  # process ≥ .25 in 3/4 of the triangle


def test_noise_alone():
    exploration, noise = open_([(88, 88, 88)], "point", noise=shifts(0, 0, 0, 5))
    found = only("noise", exploration, noise)
    assert found.variance[0] == pytest.approx(0.25 * 0.75, abs=0.01)


def test_sub_weights_alone():
    """Points 100 and 80 in the result: with half and half the score is 90 · 17/30 + 90 · 13/30 = 90."""
    panel = panel_from_points(np.array([[100.0, 80, 90, 90]]), [0, 0, 1, 2], np.array([0.5, 0.5, 1, 1]))
    space = space_of(panel, "point")
    free = (np.array([[0.4, 0.6], [0.4, 0.6]]), *space.limits[1:])
    exploration = SimpleNamespace(
        panel=panel,
        space=replace(space, limits=free),
        rules=PLAIN,
        appraisal=SimpleNamespace(scores=None),
    )
    found = only("sub_weights", exploration, Noise(np.zeros((2, 1, 3))))
    assert found.variance[0] == pytest.approx(0.25, abs=0.01)


def test_the_rule_of_grades_alone():
    found = only("rule", *open_([(92, 92, 92)], "point"), others=[STRICT])
    assert found.variance[0] == pytest.approx(0.25, abs=0.01)


# -- several


def test_a_mixture_worked_by_hand():
    """A by noise (half of the draws, whatever the weights) or else by weights (z, 3/4 of them).

    f = n + (1 − n) z: mean 7/8, variance 7/64. E[f|n] is 1 or 3/4: variance 1/64. E[f|z] is 1 or 1/2:
    variance 3/64. E Var(f|z) = ¼ · ¼ = 4/64, E Var(f|n) = ½ · 3/16 = 6/64.
    """
    exploration, noise = open_([HALF_WAY], noise=shifts(0, 30))
    found = best_grade_indices(exploration, noise, 4096)
    assert found.variance[0] == pytest.approx(7 / 64, abs=0.003)
    told = dict(zip(found.names, zip(found.first_share, found.total_share, strict=True), strict=True))
    np.testing.assert_allclose(told["noise"], (1 / 7, 4 / 7), atol=0.03)
    np.testing.assert_allclose(told["dimension_weights"], (3 / 7, 6 / 7), atol=0.03)


def test_nobody_whose_best_grade_is_open():
    found = best_grade_indices(*open_([(60, 60, 60), (99, 99, 99)]), 256)
    assert not found.variance.any()
    assert np.isnan(found.first_share).all()


def test_people_in_another_order_have_the_same_indices():
    rows = [HALF_WAY, (89, 91, 90), (95, 80, 88), (70, 99, 120)]
    noise = np.random.default_rng(618).normal(0, 3, (64, 4, 3))
    names = ("first", "total", "variance")
    for rules, others in ((PLAIN, [STRICT]), (forced(), [])):
        one = best_grade_indices(*open_(rows, rules=rules, noise=noise), 512, others)
        two = best_grade_indices(*open_(rows[::-1], rules=rules, noise=noise[:, ::-1]), 512, others)
        for name in names:
            np.testing.assert_allclose(getattr(one, name), getattr(two, name)[..., ::-1], atol=1e-12)
        np.testing.assert_allclose(one.total_share, two.total_share, atol=1e-12)


# -- names


@pytest.mark.parametrize(
    ("others", "reach", "names"),
    [
        ((), None, {"dimension_weights", "noise", "sub_weights"}),
        ((), 0.0, {"dimension_weights", "noise"}),
        ((STRICT,), None, {"dimension_weights", "noise", "sub_weights", "rule"}),
        ((STRICT,), 0.0, {"dimension_weights", "noise", "rule"}),
    ],
)
def test_drivers_are_what_can_vary(sample_appraisal, others, reach, names):
    explored = explore(sample_appraisal)
    if reach is not None:
        base = tuple(np.stack([item.base, item.base], axis=1) for item in explored.space.sets)
        explored = replace(explored, space=replace(explored.space, limits=base))
    noise = Noise(np.random.default_rng(1).normal(0, 5, (32, len(explored.panel), 3)))
    found = best_grade_indices(explored, noise, 128, others)
    assert set(found.names) == names
    assert len(found.names) == len(names)
    assert found.total.shape == (len(names), len(explored.panel))
