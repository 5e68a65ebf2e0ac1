"""Back-test of the season: the shares of a known year beside those of the mean monthly index (§1.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from salesperf_lib.errors import DataError, Problem
from salesperf_lib.periods import Period, Promotion
from salesperf_lib.stats.season import fit_season, month_shares


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Errors of the months' shares, as parts of the actual share.

    Parameters
    ----------
    mean
        Mean absolute error.
    worst
        Largest absolute error.
    month
        Where it is, as months are written.
    """

    mean: float
    worst: float
    month: str


def backtest(
    days: pd.Series, promotions: Sequence[Promotion], fitted: Period, tested: Period, harmonics: int
) -> pd.DataFrame:
    """Predict the shares of known months by the model and by the mean monthly index.

    Parameters
    ----------
    days
        Sales by day of one unit, over both periods; days that are not there are 0.
    promotions
        Dated windows of both periods.
    fitted
        What the model sees.
    tested
        Whole months of at most one year, whose shares add up to 1.
    harmonics
        Pairs of sine and cosine of the model.

    Returns
    -------
    pandas.DataFrame
        One row per month, in order: `period`, `actual_share`, `model_share`, `index_share`, and
        `model_error`, `index_error` = share / actual share − 1.

    Raises
    ------
    DataError
        If `fitted` is less than twelve months, or a month of `tested` has no sales.

    Notes
    -----
    The index, which planners use in spreadsheets, is the mean over the fitted years of each month's share
    of its year. Years are counted back from the end of `fitted`; months left over count for nothing.
    """
    dated = days.set_axis(pd.DatetimeIndex(pd.to_datetime(days.index)))
    actual = _by_month(dated, tested)
    if (actual <= 0).any():
        month = actual.index[(actual <= 0).to_numpy()][0]
        raise DataError(
            Problem(f"back-test of {month}", "no sales", "months with sales", "test other months")
        )
    history = dated[(dated.index >= pd.Timestamp(fitted.first)) & (dated.index <= pd.Timestamp(fitted.last))]
    season = fit_season(history, promotions, harmonics)
    model = month_shares(season, tested, promotions).iloc[:, 0].to_numpy()
    index = _index(dated, fitted, tested)
    share = (actual / actual.sum()).to_numpy()
    return pd.DataFrame(
        {
            "period": actual.index.to_numpy(),
            "actual_share": share,
            "model_share": model,
            "index_share": index,
            "model_error": model / share - 1,
            "index_error": index / share - 1,
        }
    )


def accuracy(tested: pd.DataFrame) -> dict[str, Accuracy]:
    """Sum up a back-test.

    Parameters
    ----------
    tested
        What `backtest` gives.

    Returns
    -------
    dict
        ``model`` and ``index`` to their errors.
    """
    found: dict[str, Accuracy] = {}
    for method in ("model", "index"):
        error = tested[f"{method}_error"].abs()
        worst = int(error.to_numpy().argmax())
        found[method] = Accuracy(
            float(error.mean()), float(error.iloc[worst]), str(tested["period"].iloc[worst])
        )
    return found


def _index(days: pd.Series, fitted: Period, tested: Period) -> np.ndarray:
    """Give the mean share of each tested month in the fitted years, of the tested months' sum."""
    months = fitted.months()
    years = len(months) // 12
    if not years:
        found = f"{len(months)} months, {fitted.label}"
        raise DataError(Problem("back-test", found, "twelve months or more", "fit a longer history"))
    history = Period("range", months[-12 * years].first, months[-1].last, fitted.label)
    sums = _by_month(days, history).to_numpy().reshape(years, 12)
    mean = (sums / sums.sum(axis=1, keepdims=True)).mean(axis=0)
    number = np.array([month.first.month for month in months[-12:]])
    wanted = np.array([mean[number == month.first.month][0] for month in tested.months()])
    return wanted / wanted.sum()


def _by_month(days: pd.Series, period: Period) -> pd.Series:
    """Add up sales by month of a period, months without any included."""
    labels = [month.label for month in period.months()]
    sums = days.astype(float).groupby(pd.DatetimeIndex(days.index).strftime("%Y-%m")).sum()
    return sums.reindex(labels).fillna(0.0)
