"""How lenient each rater is, and ratings corrected for it: subjective items only (§2.2)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
import pandas as pd

from salesperf_lib.errors import DataError, ParamError, Problem, fail_if_any
from salesperf_lib.stats.shared_ratees import shared_leniency

Method = Literal["none", "shared_ratees", "ratio", "standardise"]
Floats = np.ndarray
KEY = ("period", "person_id", "item", "rater_id")
POOLED = ""
"""What stands in `item` where a rater's leniency is one number for all items."""


@dataclass(frozen=True, slots=True, eq=False)
class Corrected:
    """Ratings before and after, and what was found of their raters.

    Parameters
    ----------
    ratings
        The rows given, in their order, with `corrected` (the sum of ratings after correction) and
        `calibrated` (whether the rater's leniency was known well enough to correct for it).
    raters
        One row per rater, or per rater and item, in order of their ids: rater_id, item (empty: all of
        them together), n (ratings given), shared (of people whom other raters rated too; NaN where the
        method does not ask), leniency and its se (points of the scale; 0 and NaN if uncalibrated),
        calibrated, mean_before, mean_after.
    """

    ratings: pd.DataFrame
    raters: pd.DataFrame


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """The ratings to correct, in an order of their own; codes number the sorted ids."""

    place: np.ndarray
    total: Floats
    weight: Floats
    cell: np.ndarray
    rater: np.ndarray
    item: np.ndarray
    raters: pd.Index
    items: pd.Index

    @property
    def value(self) -> Floats:
        return self.total / self.weight


@dataclass(frozen=True, slots=True, eq=False)
class _Fit:
    """What a method found: `group` numbers the rater (and item) of a row, `aim` is its new sum."""

    group: np.ndarray
    rater: np.ndarray
    item: np.ndarray | None
    shared: Floats
    leniency: Floats
    se: Floats
    calibrated: np.ndarray
    aim: Floats


def correct(
    ratings: pd.DataFrame,
    *,
    method: Method,
    min_ratings: int,
    limit: float,
    items: Collection[str],
    scale_max: float | None = None,
) -> Corrected:
    """Correct subjective ratings for the leniency of those who gave them.

    Parameters
    ----------
    ratings
        One row per period, person_id, item and rater_id, of all months the leniency is learnt from:
        numerator (sum of ratings), denominator (their number) and corrected. Other columns stay.
    method
        ``shared_ratees`` (see `salesperf_lib.stats.shared_ratees`), ``ratio``, ``standardise`` or ``none``.
    min_ratings
        Below so many ratings a rater is uncalibrated: the ratings stay as they are.
    limit
        Largest change of a rating, as a share of itself, 0 to 1.
    items
        The subjective items. They share one scale; items on another one are corrected by a call of
        their own. All other rows keep `corrected`, or get their numerator where it is absent.
    scale_max
        Highest rating there is; None where it is not known.

    Returns
    -------
    Corrected
        The same rows, and one row per rater.

    Raises
    ------
    DataError
        If a column is absent, or a rating is negative.
    ParamError
        If the method, the minimum or the limit is none.

    Notes
    -----
    ``ratio``: s · (mean of all / mean of the rater), the factor within [1 − limit, 1 + limit].
    ``standardise``: μ + σ(s − μ_d)/σ_d, where μ_d is the rater's mean drawn towards μ by
    n/(n + σ²/τ²). Both work item by item and take for leniency what may be a better team; only
    ``shared_ratees`` tells the two apart. A rater alone on an item, or in the company, stays
    uncalibrated. No correction pushes a rating out of 0 … `scale_max`. The order of rows changes no bit.
    METHODS §2.2; Scullen, Mount & Goff (2000) on the size of rater effects.
    """
    fail_if_any(_bad_rules(method, min_ratings, limit), ParamError)
    fail_if_any(_bad_ratings(ratings, items), DataError)
    rows = _take(ratings, items)
    fit = _METHODS[method](rows, min_ratings, limit)
    after = _within(rows, fit, limit, scale_max)
    return Corrected(_fill(ratings, rows, fit, after), _tell(rows, fit, after))


def _bad_rules(method: str, min_ratings: int, limit: float) -> list[Problem]:
    where, problems = "leniency correction", list[Problem]()
    if method not in _METHODS:
        problems.append(Problem(f"{where}, method", repr(method), f"one of {', '.join(_METHODS)}"))
    if min_ratings < 1:
        problems.append(Problem(f"{where}, min_ratings", f"{min_ratings}", "a whole number from 1"))
    if not 0 <= limit <= 1:
        problems.append(Problem(f"{where}, limit", f"{limit}", "a share from 0 to 1, as 0.10"))
    return problems


def _bad_ratings(ratings: pd.DataFrame, items: Collection[str]) -> list[Problem]:
    needed = [*KEY, "numerator", "denominator", "corrected"]
    if absent := [name for name in needed if name not in ratings.columns]:
        allowed = f"the columns {', '.join(needed)}"
        return [Problem("ratings", f"no {', '.join(absent)}", allowed, "take them from kpis.ratings")]
    count = int((ratings["item"].isin(list(items)) & (ratings["numerator"] < 0)).sum())
    below = Problem("ratings, numerator", f"{count} below 0", "ratings from 0 on", "mend the source")
    return [below] if count else []


def _take(ratings: pd.DataFrame, items: Collection[str]) -> _Rows:
    """Take the rows to correct and sort them by their key, so that their order cannot matter."""
    usable = ratings["item"].isin(list(items)) & ratings["numerator"].notna() & (ratings["denominator"] > 0)
    place = np.flatnonzero(usable.to_numpy(bool))
    taken = ratings.iloc[place]
    total, weight = (taken[name].to_numpy(float) for name in ("numerator", "denominator"))
    codes, names = zip(*(pd.factorize(taken[name], sort=True) for name in KEY), strict=True)
    cell = np.zeros(len(place), dtype=np.int64)
    for code, name in zip(codes[:3], names[:3], strict=True):
        cell = cell * max(len(name), 1) + code
    order = np.lexsort((weight, total, codes[3], cell))
    cell, rater, item = (part[order].astype(np.int64) for part in (cell, codes[3], codes[2]))
    number = np.cumsum(np.diff(cell, prepend=cell[:1]) != 0)
    return _Rows(
        place[order], total[order], weight[order], number, rater, item, pd.Index(names[3]), pd.Index(names[2])
    )


def _none(rows: _Rows, _min_ratings: int, _limit: float) -> _Fit:
    """Leave every rating as it is."""
    count = len(rows.raters)
    absent, never = np.full(count, np.nan), np.zeros(count, dtype=bool)
    return _Fit(
        rows.rater, np.arange(count), None, absent, np.zeros(count), absent.copy(), never, rows.total.copy()
    )


def _shared(rows: _Rows, min_ratings: int, _limit: float) -> _Fit:
    """Compare raters on the people whom they share."""
    found = shared_leniency(
        rows.value, rows.weight, rows.cell, rows.rater, raters=len(rows.raters), min_ratings=min_ratings
    )
    aim = rows.total - rows.weight * found.leniency[rows.rater]
    codes = np.arange(len(rows.raters))
    return _Fit(rows.rater, codes, None, found.shared, found.leniency, found.se, found.calibrated, aim)


@dataclass(frozen=True, slots=True, eq=False)
class _Means:
    """Mean and spread of each rater's ratings of an item, and those of all ratings of it."""

    group: np.ndarray
    rater: np.ndarray
    item: np.ndarray
    n: Floats
    mean: Floats
    variance: Floats
    all_mean: Floats
    all_variance: Floats
    alone: np.ndarray


def _means(rows: _Rows) -> _Means:
    items = max(len(rows.items), 1)
    keys, group = np.unique(rows.rater * items + rows.item, return_inverse=True)
    rater, item = keys // items, keys % items
    n, mean, variance = _moments(rows, group, len(keys))
    _, all_mean, all_variance = _moments(rows, rows.item, len(rows.items))
    alone = np.bincount(item, minlength=len(rows.items))[item] < 2
    return _Means(group, rater, item, n, mean, variance, all_mean[item], all_variance[item], alone)


def _moments(rows: _Rows, group: np.ndarray, count: int) -> tuple[Floats, Floats, Floats]:
    """Give number, mean and variance (divided by n) of the ratings in each group; none is empty."""
    n = np.bincount(group, rows.weight, count)
    mean = np.bincount(group, rows.total, count) / n
    spread = np.bincount(group, rows.weight * (rows.value - mean[group]) ** 2, count)
    return n, mean, spread / n


def _ratio(rows: _Rows, min_ratings: int, limit: float) -> _Fit:
    """Bring each rater's mean of an item to everybody's, within the limit."""
    held = _means(rows)
    calibrated = (held.n >= min_ratings) & ~held.alone & (held.mean > 0)
    factor = np.clip(held.all_mean / np.where(calibrated, held.mean, 1.0), 1 - limit, 1 + limit)
    return _by_mean(held, held.mean - held.all_mean, calibrated, rows.total * factor[held.group])


def _standardise(rows: _Rows, min_ratings: int, _limit: float) -> _Fit:
    """Bring mean and spread of each rater's ratings of an item to everybody's."""
    held = _means(rows)
    calibrated = (held.n >= min_ratings) & ~held.alone
    centre = held.all_mean + _own_share(held) * (held.mean - held.all_mean)
    # Who gives everybody the same tells nothing of a spread: only the level is moved.
    flat = (held.variance == 0) | (held.all_variance == 0)
    stretch = np.sqrt(np.where(flat, 1.0, held.all_variance) / np.where(flat, 1.0, held.variance))
    moved = held.all_mean[held.group] + stretch[held.group] * (rows.value - centre[held.group])
    return _by_mean(held, centre - held.all_mean, calibrated, rows.weight * moved)


def _own_share(held: _Means) -> Floats:
    """Give n/(n + σ²/τ²) of each rater on an item, the components by analysis of variance."""
    groups = np.bincount(held.item)
    size = np.bincount(held.item, held.n)
    inside = np.bincount(held.item, held.n * held.variance)
    between = np.bincount(held.item, held.n * (held.mean - held.all_mean) ** 2)
    noise = inside / np.maximum(size - groups, 1)
    room = size - np.bincount(held.item, held.n**2) / size
    spread = np.maximum(between - (groups - 1) * noise, 0) / np.where(room > 0, room, 1.0)
    signal = held.n * spread[held.item]
    return signal / np.where(signal > 0, signal + noise[held.item], 1.0)


def _by_mean(held: _Means, leniency: Floats, calibrated: np.ndarray, aim: Floats) -> _Fit:
    """Put together what a method that compares means found."""
    error = np.sqrt(held.variance / np.maximum(held.n - 1, 1))
    known = calibrated & (held.n > 1)
    return _Fit(
        held.group,
        held.rater,
        held.item,
        np.full(len(held.n), np.nan),
        np.where(calibrated, leniency, 0.0),
        np.where(known, error, np.nan),
        calibrated,
        aim,
    )


_METHODS: Mapping[str, Callable[[_Rows, int, float], _Fit]] = MappingProxyType(
    {"none": _none, "shared_ratees": _shared, "ratio": _ratio, "standardise": _standardise}
)


def _within(rows: _Rows, fit: _Fit, limit: float, scale_max: float | None) -> Floats:
    """Hold each new sum within the limit and on the scale; a rating off the scale is pushed no further."""
    total = rows.total
    top = np.inf if scale_max is None else scale_max * rows.weight
    after = np.clip(fit.aim, total - limit * total, total + limit * total)
    after = np.clip(after, 0.0, np.maximum(top, total))
    return np.where(fit.calibrated[fit.group], after, total)


def _fill(ratings: pd.DataFrame, rows: _Rows, fit: _Fit, after: Floats) -> pd.DataFrame:
    """Write the new sums beside the old ones."""
    corrected = (
        ratings["corrected"].astype(float).fillna(ratings["numerator"].astype(float)).to_numpy().copy()
    )
    known = np.zeros(len(ratings), dtype=bool)
    if "calibrated" in ratings.columns:
        known = ratings["calibrated"].to_numpy(bool).copy()
    corrected[rows.place] = after
    known[rows.place] = fit.calibrated[fit.group]
    return ratings.assign(corrected=corrected, calibrated=known)


def _tell(rows: _Rows, fit: _Fit, after: Floats) -> pd.DataFrame:
    """List the raters with what was found of them."""
    count = len(fit.rater)
    n = np.bincount(fit.group, rows.weight, count)
    items = POOLED if fit.item is None else rows.items[fit.item]
    return pd.DataFrame(
        {
            "rater_id": pd.Series(rows.raters[fit.rater], dtype="str"),
            "item": pd.Series(items, index=range(count), dtype="str"),
            "n": n,
            "shared": fit.shared,
            "leniency": fit.leniency,
            "se": fit.se,
            "calibrated": fit.calibrated,
            "mean_before": np.bincount(fit.group, rows.total, count) / n,
            "mean_after": np.bincount(fit.group, after, count) / n,
        }
    )
