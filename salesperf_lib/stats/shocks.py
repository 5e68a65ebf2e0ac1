"""Find the month in which an indicator's level shifted, and by how much (§3.1).

One step is looked for in the logarithm of a monthly series: the month with the largest t-statistic of
a step is the likelihood-ratio choice under normal errors. From thirteen months on each month of the
year has its own mean, estimated together with the step: with thirteen months that compares a month
with the same month of the year before, with more it compares with all of them.

Looking everywhere makes the largest t large by chance, so its distribution without any shift is
simulated for exactly this design: p-value and interval then pay for the search, at any length of
series. Quandt (1960) and Andrews (1993, Econometrica 61:821) for the statistic, Ploberger & Krämer
(1992, Econometrica 60:271) for the CUSUM of residuals, Hansen (2000, Econometrica 68:575) for the months
that cannot be ruled out [R].
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from salesperf_lib.errors import DataError, PeriodError, Problem, fail_if_any
from salesperf_lib.periods import Period

Floats = NDArray[np.float64]
Code = Literal["shift", "small", "unconfirmed", "drift", "none", "too_short"]

SEASONAL_FROM = 13  # months from which the same month of an earlier year can be compared
LEAST_DF = 3  # degrees of freedom of the residuals below which nothing is said
DRAWS = 9_999
SEED = 310  # of the simulated distribution: the same series always gets the same p-value
HANSEN_95 = 7.35  # −2 ln(1 − √.95): likelihood ratio beyond which a month is ruled out
TIE = 1e-9


@dataclass(frozen=True, slots=True)
class Shift:
    """Tell what was found when a shift of level was looked for.

    Parameters
    ----------
    code
        ``shift``: significant, and at least as large as asked for. ``small``: significant but smaller.
        ``unconfirmed``: significant, but on too few months: an event so far, not a level. ``drift``:
        significant, but a straight trend explains the series as well. ``none``: nothing beyond
        chance. ``too_short``: too few months to say anything; all figures are NaN.
    month
        First month of the new level, or of the best candidate; empty if too short.
    size
        Relative change of the level: .30 is +30 %.
    low, high
        Interval of the size that holds for all months searched at once, with the confidence
        1 − `level`; it leaves out 0 exactly where p < `level`.
    p
        Chance of a step as clear as this somewhere in a series without any.
    first, last
        Earliest and latest month of the shift that the series does not rule out (95 %).
    cusum_month, cusum_p
        A second witness: the month after the extreme of the cumulated residuals of a model without
        a shift, and its chance without any. It is weak for shifts near either end.
    n
        Months used.
    seasonal
        Whether the months of the year were told apart; without, a season may pass for a shift.
    """

    code: Code
    month: str
    size: float
    low: float
    high: float
    p: float
    first: str
    last: str
    cusum_month: str
    cusum_p: float
    n: int
    seasonal: bool


@dataclass(frozen=True, slots=True)
class _Scan:
    """The candidate steps of one design, and what chance does with them."""

    rest: Floats  # n × n: takes out what is no step
    steps: Floats  # candidates × n: what is left of each step, scaled to length 1
    lengths: Floats
    places: tuple[int, ...]  # index of the first month of the new level
    df: int  # of the residuals with a step
    sup_t: Floats  # sorted draws of the largest |t|
    cusum: Floats  # sorted draws of the largest |CUSUM|


def detect_shift(
    periods: Sequence[str],
    values: ArrayLike,
    *,
    level: float = 0.05,
    least_size: float = 0.0,
    least_months: int = 2,
) -> Shift:
    """Look for one shift of level in a monthly series.

    Parameters
    ----------
    periods
        Months as they are written, each once, in any order.
    values
        One value per month, above zero; NaN where there is none.
    level
        Chance of a false alarm that is accepted.
    least_size
        Size below which a shift is ``small``: ``policy.targets.calibration.least_shock``.
    least_months
        Months that must lie on either side of a confirmed shift.

    Returns
    -------
    Shift
        One finding for the whole series. Several series searched at once need a smaller `level`.

    Raises
    ------
    PeriodError
        If a period is no month, or stands twice.
    DataError
        If a value is zero, negative or infinite, or `level` or `least_months` is impossible.

    Notes
    -----
    log y_t = season(t) + δ·1[t ≥ b] + ε_t; b = argmax |t_b|; size = e^δ − 1 (§3.1). The interval is
    e^(δ ± c·se) − 1 with c the simulated quantile of max_b |t_b| under no shift. Errors are taken as
    independent: where months go together, p is too small.
    """
    months, logs = _series(periods, values)
    _fail_if_impossible(level, least_months)
    scan = _scan(tuple(_index(month) for month in months))
    if scan is None:
        return _nothing(len(months))
    t, delta, error, fit = _fits(scan, logs)
    best = int(np.argmax(np.abs(t) > np.abs(t).max() * (1 - TIE)))
    p = _tail(scan.sup_t, float(abs(t[best])))
    reach = float(np.quantile(scan.sup_t, 1 - level)) * error[best]
    near = np.flatnonzero(len(months) * np.log(fit / fit[best]) <= HANSEN_95)
    size = float(np.expm1(delta[best]))
    drifting = _trend_fit(scan, months, logs) <= fit[best] * (1 + TIE)
    place, extreme = _cusum(scan, logs)
    held = min(scan.places[best], len(months) - scan.places[best])
    return Shift(
        _code(p < level, drifting, abs(size) < least_size, held < least_months),
        months[scan.places[best]].label,
        size,
        float(np.expm1(delta[best] - reach)),
        float(np.expm1(delta[best] + reach)),
        p,
        months[scan.places[near[0]]].label,
        months[scan.places[near[-1]]].label,
        months[place].label,
        _tail(scan.cusum, extreme),
        len(months),
        len(months) >= SEASONAL_FROM,
    )


def shift_levels(periods: Sequence[str], values: ArrayLike, shift: Shift) -> pd.DataFrame:
    """Take the season out of a series and lay the levels before and after a shift beside it.

    Parameters
    ----------
    periods, values
        The series that was searched.
    shift
        What `detect_shift` found in it.

    Returns
    -------
    DataFrame
        One row per month with a value, in order: period, value, adjusted (value without the season)
        and level (its fitted mean, which moves once where the code is ``shift`` or ``small``).

    Raises
    ------
    PeriodError, DataError
        As `detect_shift`.
    """
    months, logs = _series(periods, values)
    index = np.array([_index(month) for month in months])
    season = _season(index) if shift.seasonal else np.zeros((len(months), 0))
    moved = shift.code in ("shift", "small")
    after = np.array([moved and month.label >= shift.month for month in months], dtype=np.float64)
    # Months' effects sum to zero over the months seen, so that the level is the level of the series.
    design = np.column_stack([np.ones(len(months)), after, season - season.mean(axis=0)])
    found = np.linalg.lstsq(design, logs, rcond=None)[0]
    seasonal = design[:, 2:] @ found[2:]
    level = np.exp(logs.mean() - seasonal.mean() + (after - after.mean()) * found[1])
    labels = [month.label for month in months]
    columns = {"value": np.exp(logs), "adjusted": np.exp(logs - seasonal), "level": level}
    return pd.DataFrame({"period": labels, **columns})


def _fits(scan: _Scan, logs: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Fit every candidate: its t, its step, the step's standard error, and what stays unexplained."""
    rest = scan.rest @ logs
    along = scan.steps @ rest
    fit = np.maximum(rest @ rest - along**2, np.finfo(float).tiny)
    spread = np.sqrt(fit / scan.df)
    return along / spread, along / scan.lengths, spread / scan.lengths, fit


def _trend_fit(scan: _Scan, months: Sequence[Period], logs: Floats) -> float:
    """Give what a straight trend leaves unexplained, in place of a step."""
    trend = scan.rest @ np.array([_index(month) for month in months], dtype=np.float64)
    rest = scan.rest @ logs
    length = float(trend @ trend)
    return float(rest @ rest) - (float(trend @ rest) ** 2 / length if length > TIE else 0.0)


def _cusum(scan: _Scan, logs: Floats) -> tuple[int, float]:
    """Find where the cumulated residuals turn, and how far out."""
    rest = scan.rest @ logs
    path = np.abs(np.cumsum(rest))[:-1] / np.sqrt(max(float(rest @ rest), np.finfo(float).tiny))
    place = int(np.argmax(path))
    return place + 1, float(path[place])


@lru_cache(maxsize=64)
def _scan(index: tuple[int, ...]) -> _Scan | None:
    """Make ready the search of a design; None if it leaves too little to judge by."""
    n = len(index)
    if n <= LEAST_DF:
        return None
    months = np.array(index)
    fixed = np.ones((n, 1))
    if n >= SEASONAL_FROM:
        fixed = np.column_stack([fixed, _season(months)])
    base, sizes, _ = np.linalg.svd(fixed, full_matrices=False)
    base = base[:, sizes > sizes[0] * TIE]
    rest = np.eye(n) - base @ base.T
    df = n - base.shape[1] - 1
    wanted = range(1, n)
    steps = np.array([rest @ (np.arange(n) >= place) for place in wanted]).reshape(-1, n)
    lengths = np.sqrt((steps**2).sum(axis=1))
    kept = lengths > 1e-6  # a step that the season swallows cannot be seen
    if df < LEAST_DF or not kept.any():
        return None
    steps, lengths = steps[kept] / lengths[kept, None], lengths[kept]
    places = tuple(place for place, keep in zip(wanted, kept, strict=True) if keep)
    noise = np.random.default_rng(np.random.SeedSequence([SEED, n])).standard_normal((DRAWS, n)) @ rest
    total = (noise**2).sum(axis=1)
    along = (noise @ steps.T) ** 2
    sup_t = np.sqrt((along * df / (total[:, None] - along)).max(axis=1))
    cusum = np.abs(np.cumsum(noise, axis=1))[:, :-1].max(axis=1) / np.sqrt(total)
    return _Scan(rest, steps, lengths, places, df, np.sort(sup_t), np.sort(cusum))


def _season(index: NDArray[np.int64]) -> Floats:
    """Give a column for each month of the year that occurs, but for the first."""
    of_year = index % 12
    return (of_year[:, None] == np.unique(of_year)[1:]).astype(np.float64)


def _tail(draws: Floats, found: float) -> float:
    """Give the share of the draws that reach a value, the value itself counted among them."""
    return float(1 + len(draws) - np.searchsorted(draws, found)) / (1 + len(draws))


def _code(significant: bool, drifting: bool, small: bool, young: bool) -> Code:
    if not significant:
        return "none"
    if young:
        return "unconfirmed"
    if drifting:
        return "drift"
    return "small" if small else "shift"


def _nothing(n: int) -> Shift:
    nan = float("nan")
    return Shift("too_short", "", nan, nan, nan, nan, "", "", "", nan, n, n >= SEASONAL_FROM)


def _series(periods: Sequence[str], values: ArrayLike) -> tuple[list[Period], Floats]:
    """Sort a series by month, leave out months without a value, and take logarithms."""
    months = [Period.parse(label) for label in periods]
    wrong = [month.label for month in months if month.kind != "month"]
    twice = sorted({month.label for month in months if months.count(month) > 1})
    allowed = "months, each once, such as 2026-03"
    fail_if_any([Problem("series", label, allowed) for label in [*wrong, *twice]], PeriodError)
    found = np.asarray(values, dtype=np.float64)
    if found.shape != (len(months),):
        raise DataError(Problem("series", f"{found.size} values", f"{len(months)}, one per month"))
    bad = np.flatnonzero(~np.isnan(found) & ~((found > 0) & np.isfinite(found)))
    above = "a finite value above zero, or none"
    fail_if_any([Problem(months[i].label, f"{found[i]:g}", above) for i in bad], DataError)
    order = [i for i in sorted(range(len(months)), key=lambda i: months[i].first) if not np.isnan(found[i])]
    return [months[i] for i in order], np.log(found[order])


def _index(month: Period) -> int:
    return month.first.year * 12 + month.first.month - 1


def _fail_if_impossible(level: float, least_months: int) -> None:
    problems: list[Problem] = []
    if not 0 < level < 1:
        problems.append(Problem("level", f"{level:g}", "a chance between 0 and 1", "write 0.05 for 5 %"))
    if least_months < 1:
        problems.append(Problem("least_months", str(least_months), "1 or more"))
    fail_if_any(problems, DataError)
