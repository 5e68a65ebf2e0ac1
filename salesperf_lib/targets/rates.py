"""Rates do not add up: units stretch equally until their weighted mean is the parent's target (§1.2)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

EDGE = 1e-9
"""How near 0 or 1 a baseline share may lie: at the edge itself no stretch would move it."""
REACH = 60.0
"""Largest shift in log-odds that is tried; it takes a share from one edge to the other."""


def shrink(value: ArrayLike, n: ArrayLike, parent: float, prior_n: float) -> Floats:
    """Draw the baselines of small units toward their parent's.

    Parameters
    ----------
    value
        Each unit's own rate; NaN where it has none.
    n
        The observations behind it.
    parent
        The parent's rate.
    prior_n
        Observations that the parent's rate counts for.

    Returns
    -------
    array
        One baseline per unit: (n·value + prior_n·parent) / (n + prior_n); the parent's own where
        the unit has no value (METHODS §2.2).
    """
    own, size = np.asarray(value, float), np.nan_to_num(np.asarray(n, float))
    size = np.where(np.isnan(own), 0.0, size)
    weight = np.where(size + prior_n > 0, size / np.where(size + prior_n > 0, size + prior_n, 1.0), 0.0)
    return weight * np.nan_to_num(own) + (1.0 - weight) * parent


def equal_stretch(target: float, base: ArrayLike, weight: ArrayLike, *, share: bool) -> tuple[Floats, float]:
    """Stretch every unit equally so that the weighted mean of the parts is the whole.

    Parameters
    ----------
    target
        The parent's target.
    base
        The units' baselines; shares 0–1, other rates above zero.
    weight
        The units' denominators under the target; not negative.
    share
        Whether the rate is a share: shifted in log-odds, and so never outside 0–1. Other rates are
        multiplied by the same factor.

    Returns
    -------
    tuple
        The units' targets in their order, and the stretch: δ of the log-odds, or g of (1 + g).

    Raises
    ------
    ValueError
        If a share's target does not lie above 0 and up to 1, another rate's not above 0.

    Notes
    -----
    p_i = expit(logit p⁰_i + δ) or x⁰_i·(1 + g), with Σ w·p / Σ w = target: one root each
    (METHODS §1.2). Weights that are all zero count as all equal.
    """
    start, weights = np.asarray(base, float), _some(np.asarray(weight, float))
    if not share:
        if not target > 0:
            raise ValueError(f"a rate's target must be above 0, not {target}")
        mean = float(start @ weights / weights.sum())
        if mean <= 0:
            return np.full(start.shape, target), np.nan
        return start * (target / mean), target / mean - 1.0
    if not 0 < target <= 1:
        raise ValueError(f"a share's target must lie above 0 and up to 1, not {target}")
    if target == 1:
        return np.ones(start.shape), np.inf
    odds = np.log(_inside(start)) - np.log1p(-_inside(start))
    shift = _root(target, odds, weights / weights.sum())
    return _expit(odds + shift), shift


def _root(target: float, odds: Floats, weights: Floats) -> float:
    """Find the shift by bisection: the mean rises strictly with it, so there is exactly one."""
    low, high = -REACH, REACH
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if float(_expit(odds + middle) @ weights) < target:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _expit(odds: Floats) -> Floats:
    return 1.0 / (1.0 + np.exp(-odds))


def _inside(share: Floats) -> Floats:
    return np.clip(share, EDGE, 1.0 - EDGE)


def _some(weights: Floats) -> Floats:
    return weights if weights.sum() > 0 else np.ones_like(weights)
