"""What decides who gets the best grade: dimension weights, sub-weights, noise, or the rule of grades (§4)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from salesperf_lib.grades import cohorts_of
from salesperf_lib.params import Grades
from salesperf_lib.weights.counting import grade_codes
from salesperf_lib.weights.exploration import Exploration, breaks_of
from salesperf_lib.weights.noise import Noise
from salesperf_lib.weights.panel import FloatArray, IntArray
from salesperf_lib.weights.rescoring import scores_of
from salesperf_lib.weights.sampling import draw
from salesperf_lib.weights.sensitivity import Driver, Indices, sobol_indices
from salesperf_lib.weights.space import Draws

POOL = 4096
"""Sub-weights that are drawn beforehand; a driver chooses one of them."""

DIMENSION_WEIGHTS, SUB_WEIGHTS, NOISE, RULE = "dimension_weights", "sub_weights", "noise", "rule"


def best_grade_indices(
    exploration: Exploration, noise: Noise, draws: int = 1024, others: Sequence[Grades] = ()
) -> Indices:
    """Split the variance of who gets the best grade among what could be otherwise.

    Parameters
    ----------
    exploration, noise
        The period, and the measurement noise of its indicators.
    draws
        A power of two: of each of (drivers + 2) sets of draws.
    others
        Other rules of grades that are thought of, each as likely as the one in force.

    Returns
    -------
    Indices
        Drivers `dimension_weights`, `sub_weights` (where they may move), `noise`, and `rule` (where there
        are others); outputs are the people of the panel: 1 where one has the best grade.

    Notes
    -----
    The three dimension weights sum to 1 and are one driver together; so are all sub-weights. The drivers
    are independent of each other, which Sobol indices ask for. Noise is that of the sub-weights in force.
    """
    space, seed = exploration.space, exploration.space.seed
    pool = draw(space, 0, POOL)
    drivers = [
        Driver(DIMENSION_WEIGHTS, 1, partial(_chosen, count=POOL)),
        Driver(NOISE, 1, partial(_chosen, count=len(noise))),
    ]
    if not space.fixed:
        drivers.append(Driver(SUB_WEIGHTS, 1, partial(_chosen, count=POOL)))
    rules = (exploration.rules, *others)
    if others:
        drivers.append(Driver(RULE, 1, partial(_chosen, count=len(rules))))
    names = [driver.name for driver in drivers]

    def evaluate(values: Sequence[IntArray]) -> FloatArray:
        at = dict(zip(names, values, strict=True))
        outer = pool.dimensions[at[DIMENSION_WEIGHTS]]
        inner = at.get(SUB_WEIGHTS, at[DIMENSION_WEIGHTS])
        inside = tuple(own if len(own) == 1 else own[inner] for own in pool.inside)
        scores = noise.added(scores_of(exploration.panel, Draws(outer, inside)), outer, at[NOISE])
        return _best(exploration, scores, rules, at.get(RULE, np.zeros(len(outer), np.int64)))

    return sobol_indices(evaluate, drivers, draws, seed)


def _chosen(uniform: FloatArray, count: int) -> IntArray:
    """Choose one of so many, all alike likely."""
    return np.minimum((uniform[:, 0] * count).astype(np.int64), count - 1)


def _best(
    exploration: Exploration, scores: FloatArray, rules: Sequence[Grades], which: IntArray
) -> FloatArray:
    """Say who has the best grade, every row by its own rule."""
    found, people = np.zeros(scores.shape), exploration.panel.people
    for number, rule in enumerate(rules):
        rows = which == number
        if rows.any():
            cohorts = cohorts_of(people, rule)
            found[rows] = grade_codes(scores[rows], cohorts, rule, breaks_of(exploration, rule)) == 0
    return found
