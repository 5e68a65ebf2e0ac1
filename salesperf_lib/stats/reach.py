"""How likely a target is reached, quotas that are equally hard, and what the first months say (§1.2, §3.1).

A forecast is told by its mean and its coefficient of variation (CV = standard deviation / mean).
Volumes are lognormal: never negative, and errors multiply.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from salesperf_lib.errors import DataError, Problem, fail_if_any

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]
Direction = Literal["higher", "lower"]

STEPS = 100
"""Newton steps at most; five to eight are usual."""
CLOSE = 1e-14
"""Relative error of a sum at which the search for its z ends."""


@dataclass(frozen=True, slots=True)
class Level:
    """What the first months of a year say about its level, for one unit or many.

    Parameters
    ----------
    theta
        Estimated level: actual over expected, drawn toward 1.
    forecast
        Expected total of the year: reached so far + theta × expected rest.
    sd
        Standard deviation of that total.
    p_hit
        Chance that the year's total reaches the target; NaN where none was given.
    """

    theta: Floats
    forecast: Floats
    sd: Floats
    p_hit: Floats


def lognormal(mean: ArrayLike, cv: ArrayLike) -> tuple[Floats, Floats]:
    """Turn means and CVs into the parameters of lognormal distributions.

    Parameters
    ----------
    mean
        Expected values, not negative; 0 gives μ = −∞.
    cv
        Coefficients of variation, not negative.

    Returns
    -------
    tuple
        μ and σ of the logarithm, broadcast to one shape.

    Notes
    -----
    σ² = ln(1 + CV²), μ = ln m − σ²/2 (METHODS §1.2).
    """
    centre, spread = np.broadcast_arrays(np.asarray(mean, float), np.asarray(cv, float))
    variance = np.log1p(spread**2)
    with np.errstate(divide="ignore"):
        mu = np.log(centre) - variance / 2
    return mu, np.sqrt(variance)


def p_reach(target: ArrayLike, mean: ArrayLike, cv: ArrayLike, direction: Direction = "higher") -> Floats:
    """Give the chance that a volume reaches its target.

    Parameters
    ----------
    target, mean, cv
        Targets and forecasts, broadcast against each other; mean and CV not negative.
    direction
        ``higher``: reached means actual ≥ target; ``lower``: actual ≤ target.

    Returns
    -------
    array
        Chances from 0 to 1; NaN where an input is NaN.

    Notes
    -----
    1 − Φ((ln T − μ)/σ), or Φ of the same where lower is better. Without spread, or with a mean of
    0, the forecast is certain: 1 or 0. A target of 0 or less is always reached from above.
    """
    aim, centre, spread = _together(target, mean, cv)
    mu, sigma = lognormal(centre, spread)
    with np.errstate(divide="ignore", invalid="ignore"):
        distance = (mu - np.log(np.clip(aim, 0.0, None))) / sigma
    certain = (centre <= 0) | (sigma == 0) | (aim <= 0)
    return _chance(distance, centre - aim, certain, direction)


def p_reach_share(
    target: ArrayLike, mean: ArrayLike, cv: ArrayLike, direction: Direction = "higher"
) -> Floats:
    """Give the chance that a share between 0 and 1 reaches its target.

    Parameters
    ----------
    target, mean, cv
        As in `p_reach`; targets and means are shares.
    direction
        As in `p_reach`.

    Returns
    -------
    array
        Chances from 0 to 1; NaN where an input is NaN.

    Notes
    -----
    Normal in log-odds: the spread there is CV / (1 − mean), by the delta method. A target or a mean
    at 0 or 1 is compared as it is: a target of 1 is reached only by a mean of 1.
    """
    aim, centre, spread = _together(target, mean, cv)
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = np.log(centre) - np.log1p(-centre) - np.log(aim) + np.log1p(-aim)
        distance = odds * (1.0 - centre) / spread
    certain = (centre <= 0) | (centre >= 1) | (spread == 0) | (aim <= 0) | (aim >= 1)
    return _chance(distance, centre - aim, certain, direction)


def equal_difficulty(mean: ArrayLike, cv: ArrayLike, total: float) -> tuple[Floats, float, float]:
    """Share a total so that everybody reaches their quota with the same chance.

    Parameters
    ----------
    mean, cv
        Every unit's forecast, one-dimensional; a unit whose mean is 0 gets 0, one whose CV is 0
        gets its mean.
    total
        What the quotas sum to.

    Returns
    -------
    tuple
        The quotas in the order of the units, z, and the common chance p = 1 − Φ(z).

    Raises
    ------
    DataError
        If the forecasts or the total are not finite or negative, or nothing can give way: every
        forecast is certain, or the certain ones alone make the total.

    Notes
    -----
    q_i = exp(μ_i + z σ_i), one z from Σ q = total (METHODS §1.2). Where z > 0 a volatile unit gets
    the larger quota per expected unit: show q / mean beside it. The logarithm of the sum is convex
    and rises in z, so Newton's method finds the one root from any start.
    """
    centre, spread = np.broadcast_arrays(np.asarray(mean, float), np.asarray(cv, float))
    fail_if_any(_cannot_share(centre, spread, total), DataError)
    mu, sigma = lognormal(centre, spread)
    fixed = float(centre[sigma == 0].sum())
    free = (sigma > 0) & (centre > 0)
    if not free.any() or total <= fixed:
        found = f"a total of {total:g}, of which forecasts without any spread make {fixed:g}"
        allowed = "a total above that, and at least one forecast with a spread"
        raise DataError(Problem("equal difficulty", found, allowed, "give the forecasts their CV"))
    z = _solve(mu[free], sigma[free], total - fixed)
    quotas = np.where(sigma == 0, centre, 0.0)
    quotas[free] = np.exp(mu[free] + z * sigma[free])
    quotas[free] *= (total - fixed) / quotas[free].sum()
    return quotas, z, float(_phi(np.array(-z)))


def normal_chance(distance: ArrayLike) -> Floats:
    """Give the chance to reach a target that lies so many standard deviations below the forecast."""
    return _phi(np.asarray(distance, float))


def update_level(
    reached: ArrayLike,
    expected: ArrayLike,
    expected_rest: ArrayLike,
    *,
    prior_sd: ArrayLike,
    noise_sd: ArrayLike,
    noise_sd_rest: ArrayLike = 0.0,
    target: ArrayLike = np.nan,
) -> Level:
    """Update the level of a year by what was reached so far.

    Parameters
    ----------
    reached, expected
        Sum of the closed months: actual Y_t, and expected before the year E_t.
    expected_rest
        Sum of the remaining months as expected before the year, E_rest.
    prior_sd
        Standard deviation τ of the level around 1 before anything was known; above 0.
    noise_sd, noise_sd_rest
        Standard deviations of the sums of the closed months (above 0) and of the remaining ones
        around level × expected, in the volume's unit.
    target
        The year's target.

    Returns
    -------
    Level
        Everything broadcast to one shape.

    Notes
    -----
    θ ~ N(1, τ²), Y_t | θ ~ N(θ E_t, σ²): θ̂ = (1/τ² + Y_t E_t/σ²)/(1/τ² + E_t²/σ²), forecast
    Y_t + θ̂ E_rest with variance σ²_rest + E_rest²/(1/τ² + E_t²/σ²) (METHODS §3.1).
    """
    done, due, rest, aim = (np.asarray(x, float) for x in (reached, expected, expected_rest, target))
    prior, noise = 1 / np.asarray(prior_sd, float) ** 2, np.asarray(noise_sd, float) ** 2
    certainty = prior + due**2 / noise
    theta = (prior + done * due / noise) / certainty
    forecast = done + theta * rest
    sd = np.sqrt(np.asarray(noise_sd_rest, float) ** 2 + rest**2 / certainty)
    with np.errstate(divide="ignore", invalid="ignore"):
        distance = (forecast - aim) / sd
    chance = _chance(distance, forecast - aim, sd == 0, "higher")
    return Level(*np.broadcast_arrays(theta, forecast, sd, chance))


def _together(*values: ArrayLike) -> tuple[Floats, Floats, Floats]:
    first, second, third = np.broadcast_arrays(*(np.asarray(value, float) for value in values))
    return first, second, third


def _chance(distance: Floats, lead: Floats, certain: NDArray[np.bool_], direction: Direction) -> Floats:
    """Turn distances above the target, in standard deviations, into chances; what is certain is 0 or 1."""
    side = 1.0 if direction == "higher" else -1.0
    chances = np.where(certain, np.where(side * lead >= 0, 1.0, 0.0), _phi(side * distance))
    return np.where(np.isnan(lead) | np.isnan(distance) & ~certain, np.nan, chances)


def _phi(z: Floats) -> Floats:
    from scipy.special import ndtr

    return np.asarray(ndtr(z), float)


def _cannot_share(mean: Floats, cv: Floats, total: float) -> Iterator[Problem]:
    for name, values in (("means", mean), ("CVs", cv)):
        wrong = ~(np.isfinite(values) & (values >= 0))
        if values.ndim != 1 or not values.size:
            yield Problem(f"equal difficulty, {name}", f"shape {values.shape}", "one value per unit")
        elif wrong.any():
            at = int(np.flatnonzero(wrong)[0])
            yield Problem(f"equal difficulty, {name}[{at}]", f"{values[at]}", "finite, not negative")
    if not (np.isfinite(total) and total > 0):
        yield Problem("equal difficulty, total", f"{total}", "finite, above 0")


def _solve(mu: Floats, sigma: Floats, total: float) -> float:
    """Find z with Σ exp(μ + zσ) = total; scaled by the largest term, so that nothing overflows."""
    goal, z = float(np.log(total)), 0.0
    for _ in range(STEPS):
        powers = mu + z * sigma
        top = float(powers.max())
        terms = np.exp(powers - top)
        miss = float(np.log(terms.sum())) + top - goal
        if abs(miss) < CLOSE:
            break
        z -= miss * float(terms.sum()) / float(terms @ sigma)
    return z
