"""How far a measured value may lie from what it measures: from its own counts (§2.3)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from salesperf_lib.grades.ranking import FloatArray
from salesperf_lib.params import Policy

BETA, GAMMA, NORMAL, NONE = "beta", "gamma", "normal", "none"

_SAME = 0.5 + 1e-9
"""n counts the denominator where they agree to the whole number: hours come as 110.18 and as 110."""

_MANY = 30
"""From so many on, a count with parts in it (an order credited to two people) is still a count."""

COLUMNS = ["noise", "first", "second", "sd"]


def noise_of(lines: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """Give the measurement noise of each line's value, from its own numerator, denominator and n.

    Parameters
    ----------
    lines
        The score frame. Where it has a column `spread`, the standard deviation of single marks behind
        a mean of marks, ratings have noise too.
    policy
        Units and directions of the KPIs; `grades.certainty.amount_cv`, the coefficient of variation of
        single order amounts.

    Returns
    -------
    DataFrame
        One row per line, in its order: `noise` (``beta``, ``gamma``, ``normal`` or ``none``), its
        parameters `first` and `second`, and `sd`, the standard error in the unit of the value;
        0 with ``none``.

    Notes
    -----
    With value v, numerator x, denominator m, n observations, amount_cv c:

    - share of counts (n counts m): Beta(v·m + ½, (1 − v)·m + ½), Jeffreys' posterior
    - share of amounts (n counts orders): the same with n / (1 + c²) for m
    - sum of money, and money or a ratio whose numerator is made of n orders: relative standard error
      √((1 + c²)/n): the number of orders is random, and so are their amounts
    - money per counted unit, more is better: c/√n; less is better (cost per head): 1/√n
    - count: Gamma(x + ½), Jeffreys' posterior of a Poisson mean, over the denominator if it has one
    - time per case: 1/√n, as exponential times have it
    - mean of marks: spread/√n where the spread is known

    All others have none: n or the spread is missing, or the value is a plain statement. That is no
    claim that they are exact: nothing is known of how far they are off.
    """
    rows = _Rows(lines, policy)
    kind = np.full(len(lines), NONE, dtype=object)
    first, second = np.zeros(len(lines)), np.zeros(len(lines))
    for name, here, a, b in (*_shares(rows), *_amounts(rows), *_counts(rows), *_marks(rows)):
        usable = here & np.isfinite(a) & np.isfinite(b) & (kind == NONE)
        kind[usable], first[usable], second[usable] = name, a[usable], b[usable]
    return pd.DataFrame(
        {"noise": kind, "first": first, "second": second, "sd": _sd(kind, first, second)}, index=lines.index
    )


class _Rows:
    """The columns that noise is made of."""

    def __init__(self, lines: pd.DataFrame, policy: Policy) -> None:
        units = {name: kpi.unit for name, kpi in policy.kpis.items()}
        lower = {name: kpi.direction == "lower" for name, kpi in policy.kpis.items()}
        self.unit = lines["kpi"].map(units).to_numpy(object)
        self.lower = lines["kpi"].map(lower).eq(True).to_numpy(bool)  # noqa: FBT003
        self.value = _floats(lines, "value")
        self.top, self.bottom = _floats(lines, "numerator"), _floats(lines, "denominator")
        self.n, self.spread = _floats(lines, "n"), _floats(lines, "spread")
        self.over = np.isfinite(self.bottom) & (self.bottom > 0)
        self.counted = self.n > 0
        self.per_n = self.over & (np.abs(self.bottom - self.n) <= _SAME)
        self.cv = policy.grades.certainty.amount_cv


_Law = tuple[str, np.ndarray, FloatArray, FloatArray]


def _shares(rows: _Rows) -> list[_Law]:
    whole = (rows.top == np.round(rows.top)) & (rows.bottom == np.round(rows.bottom))
    inside = (rows.top >= 0) & (rows.top <= rows.bottom) & (rows.value >= 0) & (rows.value <= 1)
    share = (rows.unit == "share") & rows.over & rows.counted & inside
    counts = share & rows.per_n & (whole | (rows.bottom >= _MANY))
    amounts = share & ~rows.per_n
    size = np.where(counts, rows.bottom, rows.n / (1 + rows.cv**2))
    law = (rows.value * size + 0.5, (1 - rows.value) * size + 0.5)
    return [(BETA, counts | amounts, *law)]


def _amounts(rows: _Rows) -> list[_Law]:
    money = np.isin(rows.unit, ["money", "ratio"])
    mean = money & rows.per_n & ~rows.lower
    cost = money & rows.per_n & rows.lower
    variance = np.where(mean, rows.cv**2, np.where(cost | (rows.unit == "seconds"), 1.0, 1 + rows.cv**2))
    shape = np.divide(rows.n, variance, out=np.full_like(rows.n, np.inf), where=variance > 0)
    timed = (rows.unit == "seconds") & rows.per_n
    here = (money | timed) & rows.counted & (rows.value != 0)
    scale = np.divide(rows.value, shape, out=np.full_like(shape, np.nan), where=shape > 0)
    return [(GAMMA, here, shape, scale)]


def _counts(rows: _Rows) -> list[_Law]:
    # A count says itself how many it is; a rate of counts needs its denominator.
    here = (rows.unit == "count") & (rows.top >= 0) & (rows.over | np.isnan(rows.bottom))
    here &= np.isfinite(rows.n)
    return [(GAMMA, here, rows.top + 0.5, 1 / np.where(rows.over, rows.bottom, 1.0))]


def _marks(rows: _Rows) -> list[_Law]:
    here = (rows.unit == "points") & rows.counted & (rows.spread > 0)
    error = np.divide(rows.spread, np.sqrt(rows.n), out=np.full_like(rows.n, np.nan), where=rows.counted)
    return [(NORMAL, here, rows.value, error)]


def _sd(kind: np.ndarray, first: FloatArray, second: FloatArray) -> FloatArray:
    total = np.where(kind == BETA, first + second, 1.0)
    beta = np.sqrt(np.abs(first * second) / (total**2 * (total + 1)))
    gamma = np.sqrt(np.abs(first)) * np.abs(second)
    return np.select([kind == BETA, kind == GAMMA, kind == NORMAL], [beta, gamma, second], 0.0)


def _floats(lines: pd.DataFrame, name: str) -> FloatArray:
    if name not in lines:
        return np.full(len(lines), np.nan)
    return np.asarray(lines[name].astype("Float64").to_numpy(na_value=np.nan), np.float64)
