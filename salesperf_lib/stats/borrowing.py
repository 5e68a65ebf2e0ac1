"""Seasons borrowed: units with little history follow their parent, by a stated rule (§1.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from salesperf_lib.errors import DataError, Problem, fail_if_any
from salesperf_lib.periods import Promotion
from salesperf_lib.stats.season import MONTHS_OF_HARMONICS, Season
from salesperf_lib.stats.windows import with_festival

SELLING = 0.9  # a unit that sells on fewer of its days borrows: its days are mostly noise


def own_weights(season: Season, min_months: int) -> pd.Series:
    """Tell how far each unit stands on its own season.

    Parameters
    ----------
    season
        The units' season.
    min_months
        Months of history from which a unit needs nobody else's.

    Returns
    -------
    pandas.Series
        One row per unit (index `unit_id`): 1 = its own season, 0 = its parent's.

    Notes
    -----
    0 with less than 12 months, or sales on fewer than 90 % of its days; else months / `min_months`, at
    most 1 (§1.3: little history borrows from its parent).
    """
    enough = (season.months >= min(MONTHS_OF_HARMONICS, min_months)) & (season.selling >= SELLING)
    weights = np.where(enough, np.minimum(season.months / min_months, 1.0), 0.0)
    return pd.Series(weights, index=pd.Index(season.units, name="unit_id"), name="own_weight")


def borrow(
    shares: pd.DataFrame, weights: pd.Series, parent: pd.DataFrame, parent_of: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Blend units' shares with those of their parents.

    Parameters
    ----------
    shares
        The units' own shares, by day or month; a column per unit.
    weights
        By unit: 1 = its own shares, 0 = its parent's.
    parent
        The parents' shares over the same days or months; these may be blends themselves.
    parent_of
        Unit to its column of `parent`; None where all have the one parent there is. A unit without a
        season of its own (new this year) may stand here alone: it takes its parent's.

    Returns
    -------
    pandas.DataFrame
        Shares like `shares`, a column for every unit of either; each column still sums to 1.

    Raises
    ------
    DataError
        If a unit has no parent here, or the two cover other days.
    """
    if not shares.index.equals(parent.index):
        raise DataError(
            Problem("seasons to blend", "other days than the parent's", "the same days or months")
        )
    parent_of = parent_of if parent_of is not None else dict.fromkeys(shares.columns, parent.columns[0])
    units = [*shares.columns, *(unit for unit in parent_of if unit not in shares.columns)]
    fail_if_any(
        [
            Problem(f"season of {unit}", "no parent", "a unit above it with a season", "give its parent")
            for unit in units
            if parent_of.get(unit) not in parent.columns
        ],
        DataError,
    )
    own = shares.reindex(columns=units).fillna(0.0).to_numpy()
    above = parent[[parent_of[unit] for unit in units]].to_numpy()
    weight = weights.reindex(shares.columns).reindex(units).fillna(0.0).to_numpy()
    columns = pd.Index(units, name="unit_id")
    return pd.DataFrame(weight * own + (1 - weight) * above, index=shares.index, columns=columns)


def profile(
    shares: pd.Series,
    baseline: pd.Series,
    promotions: Sequence[Promotion],
    lang: str,
    borrowed: float = 0.0,
    lender: str = "",
) -> pd.DataFrame:
    """Set out one unit's season for a chart.

    Parameters
    ----------
    shares, baseline
        One unit's columns of `day_shares`, or of a blend; of `baseline` in the same way.
    promotions
        Dated windows, to name the days.
    lang
        ``zh`` or ``en``, for the names.
    borrowed
        Part of the season that is the parent's: 1 − its weight.
    lender
        What the parent is called.

    Returns
    -------
    pandas.DataFrame
        One row per day, in order: `date`, `share`, `baseline`, `promotion` (its name, empty on ordinary
        days; of windows that overlap the one that began last), `phase`, `borrowed`, `lender`.
    """
    dates = pd.DatetimeIndex(shares.index)
    names = np.full(len(dates), "", dtype=object)
    phases = names.copy()
    rows = with_festival(promotions, dates[0].date(), dates[-1].date())
    for row in sorted(rows, key=lambda row: row.first):
        inside = np.asarray((dates >= pd.Timestamp(row.first)) & (dates <= pd.Timestamp(row.last)))
        names[inside], phases[inside] = getattr(row, lang), row.phase
    return pd.DataFrame(
        {
            "date": dates,
            "share": shares.to_numpy(float),
            "baseline": baseline.to_numpy(float),
            "promotion": names,
            "phase": phases,
            "borrowed": float(borrowed),
            "lender": lender,
        }
    )
