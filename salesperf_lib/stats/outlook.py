"""What history says about every unit's next year: mean, growth and spread of volumes and rates (§1.2)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]


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
