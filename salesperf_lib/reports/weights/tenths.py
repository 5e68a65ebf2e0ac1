"""Weights as a person would set them: in tenths of a percent, as few of them moved as it takes (§4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from salesperf_lib.language import ABSENT
from salesperf_lib.params import DIMENSIONS
from salesperf_lib.region import TOLERANCE
from salesperf_lib.reports.certainty import adding_to
from salesperf_lib.reports.weights.study import Study
from salesperf_lib.weights.panel import FloatArray

_TENTHS = 1000
_AROUND = 10
_BLOCK = 64
_NOISE = 1e-6

MOST_POINTS = 20_000
MOST_GRADES = 50_000_000
"""Weightings in tenths of a percent, and grades of everybody under them, that are all looked at."""

Holds = Callable[[FloatArray], NDArray[np.bool_]]


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """Weights that do something, and how much of them moves.

    Parameters
    ----------
    weights
        Shape (3,).
    moved
        Share of weight that moves: Σ|change| / 2.
    """

    weights: FloatArray
    moved: float


@lru_cache(maxsize=4)
def lattice(study: Study) -> FloatArray | None:
    """List all admissible weights in tenths of a percent, those that move least first.

    Returns
    -------
    array of shape (m, 3), or None
        By the share of weight that moves; of equal shares by the distance. None where `MOST_POINTS` or
        `MOST_GRADES` are exceeded.
    """
    space = study.exploration.space
    low = np.ceil(space.corners.min(axis=0) * _TENTHS - _NOISE)
    high = np.floor(space.corners.max(axis=0) * _TENTHS + _NOISE)
    axes = [np.arange(low[place], high[place] + 1) for place in (0, 1)]
    first, second = (mesh.ravel() for mesh in np.meshgrid(*axes))
    points = np.stack([first, second, _TENTHS - first - second], axis=1) / _TENTHS
    points = points[_inside(study, points)]
    if len(points) > MOST_POINTS or len(points) * len(study.exploration.panel) > MOST_GRADES:
        return None
    moved = np.abs(points - space.centre).sum(axis=1)
    away = np.linalg.norm(points - space.centre, axis=1)
    # Sums of the same tenths differ in their last digits.
    return points[np.lexsort((away.round(9), moved.round(9)))]


def step_of(study: Study, weights: FloatArray) -> Step:
    """Measure how much of the weight in force moves to other weights, shape (3,)."""
    return Step(weights, float(np.abs(weights - study.exploration.space.centre).sum() / 2))


def step_to(study: Study, near: FloatArray, holds: Holds) -> Step:
    """Find the weights in tenths of a percent that do something and are closest to those in force.

    For where `lattice` is too large: the distance stands for the weight that moves.

    Parameters
    ----------
    study
        The study.
    near
        Where the smallest change leads, shape (3,): looked at are the tenths around it that are no closer to
        the weights in force, one after the other.
    holds
        Says of weights, shape (m, 3), which of them do it.

    Returns
    -------
    Step
        `near` itself where no tenths do: in a region that is narrower.
    """
    centre = study.exploration.space.centre
    steps = np.arange(-_AROUND, _AROUND + 1)
    first, second = (mesh.ravel() for mesh in np.meshgrid(*(np.round(near[:2] * _TENTHS)[:, None] + steps)))
    points = np.stack([first, second, _TENTHS - first - second], axis=1) / _TENTHS
    away = np.linalg.norm(points - centre, axis=1)
    # As they are read, scores may do it a little earlier than unrounded ones.
    kept = _inside(study, points) & (away >= np.linalg.norm(near - centre) - 1 / _TENTHS)
    points = points[kept][np.argsort(away[kept], kind="stable")]
    blocks = (points[start : start + _BLOCK] for start in range(0, len(points), _BLOCK))
    found = next((good[0] for block in blocks if len(good := block[holds(block)])), near)
    return step_of(study, found)


def written(study: Study, weights: FloatArray) -> list[str]:
    """Write weights to a tenth of a percent, so that they add up to 100.0 %."""
    tenths = adding_to((weights * _TENTHS).tolist(), _TENTHS)
    return [study.locale.percent(tenth / _TENTHS) for tenth in tenths]


def written_in_words(study: Study, weights: FloatArray) -> str:
    """Write weights as a sentence does, so that they add up to 100.0 %."""
    parts = zip(DIMENSIONS, written(study, weights), strict=True)
    return study.locale.listing([f"{study.dimension_name(name)} {share}" for name, share in parts])


def moved_points(study: Study, moved: float) -> str:
    """Write how much weight moves, in percentage points; what is little is not nothing."""
    if np.isnan(moved):
        return ABSENT
    return study.locale.number(max(100 * moved, 0.1), 1)


def _inside(study: Study, points: FloatArray) -> NDArray[np.bool_]:
    """Say which weights the ranges and constraints of the dimensions admit."""
    policy = study.policy
    ends = np.array([policy.dimension_bounds[name] for name in DIMENSIONS])
    good = ((points >= ends[:, 0] - TOLERANCE) & (points <= ends[:, 1] + TOLERANCE)).all(axis=1)
    for each in policy.constraints:
        if set(each.names) <= set(DIMENSIONS):
            good = good & (points @ each.normal(DIMENSIONS) >= each.least - TOLERANCE)
    return np.asarray(good, np.bool_)
