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

DAMPING = 0.7
"""Share of the last year's growth that is expected to go on."""
GROWTH_SD = 0.10
"""How much the yearly growth (log) of units truly differs inside a pool."""
MOST_GROWTH = 0.7
"""Largest yearly growth (log) of a single unit that is believed: beyond it the unit was not the same."""
BETWEEN = 0.50
"""Spread (log) of levels inside a pool of fewer than `FEW` units."""
FEW = 5
LEAST_BETWEEN = 0.10
POOLED_CV = 0.30
"""CV of a month where nobody's months tell it."""
LEAST_CV = 0.05
"""No month is known better: a profile fitted on few months leaves too small a residual."""
LEAST_RATIO = 0.05
"""A month of nothing counts as this share of what was fitted: its logarithm must exist."""
PAIRS = 6
"""Pairs of months a year apart from which their differences tell the spread."""
PRIOR_MONTHS = 6.0
"""Months that the pool's spread counts for beside a unit's own."""
PRIOR_N = 30.0
"""Observations that the pool's rate counts for beside a unit's own."""


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


@dataclass(frozen=True, slots=True)
class Outlook:
    """What history says about every unit's next year.

    Parameters
    ----------
    mean
        A volume's whole year, or a rate; NaN where nothing tells it.
    months
        Variance of a single month on the scale of its errors: logarithms, or log-odds of a share.
    level
        Variance that few months leave in the level, on the same scale.
    """

    mean: Floats
    months: Floats
    level: Floats


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


def volume_outlook(actual: Floats, shares: Floats, pools: Codes, ahead: float = 1.0) -> Outlook:
    """Read level, growth and spread of volumes from the last 24 months, or fewer.

    Parameters
    ----------
    actual
        Unit × month, oldest first; NaN where a unit was not there.
    shares
        The part that each of these months had of its unit's year.
    pools
        Unit → number of the pool that it is compared with, from 0.
    ahead
        Years from the middle of the last 12 months to the middle of the year that is forecast.

    Returns
    -------
    Outlook
        One value per unit.

    Notes
    -----
    * Level: Σ actual / Σ share over the last 12 months; months without the unit do not count.
    * Growth: the last 12 months against the 12 before, of months known in both. The unit's own is
      drawn toward its pool's by their variances; `DAMPING` of it goes on.
    * Spread: of log(actual / fitted); with `PAIRS` or more pairs of months a year apart, that of
      their differences / √2, which no profile fitted on the same months can make small. Drawn
      toward the pool's: (n s² + k s²_pool)/(n + k), k = `PRIOR_MONTHS` (METHODS §2.2).
    * Level of few months: drawn toward the pool's mean by B²/(B² + s²/n), B the spread of levels in
      the pool; the variance left is B²·(s²/n)/(B² + s²/n), for a new unit B².
    """
    known = np.isfinite(actual) & (shares > 0)
    value, part = np.where(known, actual, 0.0), np.where(known, shares, 0.0)
    n = known[:, -12:].sum(axis=1).astype(float)
    size = _over(np.clip(value[:, -12:].sum(axis=1), 0.0, None), part[:, -12:].sum(axis=1))
    fitted = np.where(known, size[:, None] * part, np.nan)
    logs = _log(_over(np.maximum(value, LEAST_RATIO * fitted), part))
    spread = np.maximum(_month_spread(logs, pools), np.log1p(LEAST_CV**2))
    growth = _growth(value, part, known, spread, pools)
    mean, left = _level(size, n, spread, pools)
    return Outlook(mean * np.exp(DAMPING * growth * ahead), spread, left)


def rate_outlook(num: Floats, den: Floats, n: Floats, pools: Codes, *, share: bool) -> Outlook:
    """Read level and spread of rates from their months.

    Parameters
    ----------
    num, den, n
        Numerators, denominators and observations, unit × month; NaN where there are none.
    pools
        As in `volume_outlook`.
    share
        Whether the rate lies between 0 and 1: errors are then those of its log-odds.

    Returns
    -------
    Outlook
        One value per unit; the mean is NaN for a unit with a negative month, which has no logarithm.

    Notes
    -----
    Mean: Σ num / Σ den, drawn toward the pool's by `PRIOR_N` observations (METHODS §2.2). Spread:
    that of the months, drawn toward the pool's as in `volume_outlook`. A share's has two parts: what
    drawing n observations at random gives, 1/(n p (1 − p)), is the unit's own and is never undercut;
    only what lies beyond it is shared in the pool.
    """
    known = np.isfinite(num) & (den > 0)
    num, den = np.where(known, num, 0.0), np.where(known, den, 0.0)
    n = np.where(known, np.where(np.isfinite(n), np.clip(n, 1.0, None), PRIOR_N), 0.0)
    all_n, months = n.sum(axis=1), known.sum(axis=1).astype(float)
    own = _over(num.sum(axis=1), den.sum(axis=1))
    common = _pooled(num.sum(axis=1), den.sum(axis=1), pools)
    mean = (all_n * np.nan_to_num(own) + PRIOR_N * common) / (all_n + PRIOR_N)
    mean = np.where((num < 0).any(axis=1), np.nan, mean)
    typical = _over(all_n, months)
    typical = np.where(np.isnan(typical), _pooled(all_n, months, pools), typical)
    values = _over(num, den)
    if not share:
        logs = _log(values)
        return Outlook(mean, _shrunk(*_variance(logs), pools, 0.0), np.zeros(len(mean)))
    seen = np.clip(values, 0.0, 1.0) * n
    odds = np.where(known, np.log((seen + 0.5) / (n - seen + 0.5)), np.nan)
    inside = np.clip(mean, 1e-6, 1 - 1e-6)
    drawn = 1.0 / (typical * inside * (1.0 - inside))
    return Outlook(mean, np.maximum(_shrunk(*_variance(odds), pools, drawn), drawn), np.zeros(len(mean)))


def _over(top: Floats, bottom: Floats) -> Floats:
    """Divide; NaN where there is nothing to divide by."""
    return np.divide(top, bottom, where=bottom > 0, out=np.full(np.shape(top), np.nan))


def _log(values: Floats) -> Floats:
    """Take logarithms; NaN of what is not above 0."""
    return np.log(values, where=values > 0, out=np.full(np.shape(values), np.nan))


def _pooled(top: Floats, bottom: Floats, pools: Codes) -> Floats:
    """Divide sums over each unit's pool; over everybody where the pool has none."""
    count = int(pools.max(initial=0)) + 1
    above, below = (np.asarray(np.bincount(pools, x, count), float) for x in (top, bottom))
    sums = _over(above, below)
    everybody = top.sum() / bottom.sum() if bottom.sum() > 0 else np.nan
    return np.where(np.isnan(sums), everybody, sums)[pools]


def _variance(values: Floats) -> tuple[Floats, Floats]:
    """Give each row's variance and its degrees of freedom; 0 and 0 where it has fewer than two values."""
    known = np.isfinite(values)
    n = known.sum(axis=1).astype(float)
    filled = np.where(known, values, 0.0)
    centre = filled.sum(axis=1) / np.maximum(n, 1.0)
    squares = (np.where(known, values - centre[:, None], 0.0) ** 2).sum(axis=1)
    freedom = np.maximum(n - 1.0, 0.0)
    return squares / np.maximum(freedom, 1.0), freedom


def _shrunk(variance: Floats, freedom: Floats, pools: Codes, own_part: Floats | float) -> Floats:
    """Draw variances toward their pool's, beyond the part of each that is the unit's own."""
    beyond = np.clip(_pooled(freedom * (variance - own_part), freedom, pools), 0.0, None)
    prior = own_part + np.where(np.isnan(beyond), np.log1p(POOLED_CV**2), beyond)
    return (freedom * variance + PRIOR_MONTHS * prior) / (freedom + PRIOR_MONTHS)


def _month_spread(logs: Floats, pools: Codes) -> Floats:
    """Give the variance of a month around its fitted value, drawn toward the pool's."""
    variance, freedom = _variance(logs[:, -12:])
    width = max(logs.shape[1] - 12, 0)
    if width:
        twice, pairs = _variance(logs[:, -width:] - logs[:, :width])
        enough = pairs >= PAIRS - 1
        variance, freedom = np.where(enough, twice / 2, variance), np.where(enough, pairs, freedom)
    return _shrunk(variance, freedom, pools, 0.0)


def _growth(value: Floats, part: Floats, known: NDArray[np.bool_], spread: Floats, pools: Codes) -> Floats:
    """Give the yearly growth (log) of every unit, its own drawn toward its pool's."""
    width = max(value.shape[1] - 12, 0)
    both = known[:, -width:] & known[:, :width] if width else np.zeros((len(value), 0), bool)
    if not both.any():
        return np.zeros(len(value))
    now, before = value[:, -width:], value[:, :width]
    sums = [np.where(both, x, 0.0).sum(axis=1) for x in (now, before, part[:, -width:], part[:, :width])]
    own = _log(_over(_over(sums[0], sums[2]), _over(sums[1], sums[3])))
    shared = _log(_over(_pooled(sums[0], sums[2], pools), _pooled(sums[1], sums[3], pools)))
    shared, can = np.nan_to_num(shared), np.isfinite(own)
    own = np.clip(np.nan_to_num(own), -MOST_GROWTH, MOST_GROWTH)
    months = both.sum(axis=1)
    weight = np.where(can, GROWTH_SD**2 * months / (GROWTH_SD**2 * months + 2 * spread), 0.0)
    return weight * own + (1.0 - weight) * shared


def _level(size: Floats, n: Floats, spread: Floats, pools: Codes) -> tuple[Floats, Floats]:
    """Draw levels toward their pool's mean; give them with the variance that is left in them."""
    common = _pooled(np.nan_to_num(size) * n, n, pools)
    between = _between(size, n, spread, pools)
    trust = between * n / (between * n + spread)
    mean = np.where(n > 0, trust * np.nan_to_num(size), 0.0) + (1.0 - trust) * common
    return mean, (1.0 - trust) * between


def _between(size: Floats, n: Floats, spread: Floats, pools: Codes) -> Floats:
    """Give the variance of true levels (log) inside each pool; `BETWEEN` where it has too few units."""
    count = int(pools.max(initial=0)) + 1
    told = (n >= 3) & (np.nan_to_num(size) > 0)  # fewer months are noise
    logs = np.where(told, np.nan_to_num(_log(size)), 0.0)
    units = np.bincount(pools, told, count)
    share = np.maximum(units, 1.0)
    centre = np.bincount(pools, logs, count) / share
    squares = np.bincount(pools, np.where(told, (logs - centre[pools]) ** 2, 0.0), count)
    noise = np.bincount(pools, np.where(told, spread / np.maximum(n, 1), 0.0), count) / share
    variance = np.maximum(squares / np.maximum(units - 1.0, 1.0) - noise, LEAST_BETWEEN**2)
    return np.where(units >= FEW, variance, BETWEEN**2)[pools]


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
