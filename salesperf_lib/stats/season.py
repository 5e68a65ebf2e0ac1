"""Seasonality and promotions: how a year's sales spread over its days (§1.3).

    log y_d = level [+ trend] + weekday + Fourier(year, K) + promotion windows + Spring Festival + noise

Promotions are dated rows, so that the shares of a year move with its calendar. Every window of a
promotion has an effect; every day inside it may depart from that effect, as 11 November does inside a
burst of eleven days, as far as the departures stand above the noise. Shares are taken from the fitted
values of all days of the period: they sum to 1, and to months, quarters and years.

Many series are fitted at once: all columns of a frame share one design.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesperf_lib.errors import DataError, ParamError, Problem, fail_if_any
from salesperf_lib.periods import Period, Promotion
from salesperf_lib.stats.windows import (
    FESTIVAL,
    OUTSIDE,
    Cell,
    Design,
    Floats,
    Ints,
    Window,
    design_of,
    marks_of,
    with_festival,
)

DAYS_A_MONTH = 365.25 / 12
MONTHS_OF_HARMONICS = 12  # what has not been seen for a year has no yearly shape of its own
MONTHS_OF_TREND = 15  # growth shows where at least a quarter of the year has been seen twice
FLOOR = 0.1  # of a median day with sales: a day without sales counts as this in the logarithm

# Ridges, in days without any effect that are added to the data.
TINY, SMOOTH, ONCE, NEVER = 1e-6, 0.3, 0.1, 1e9


@dataclass(frozen=True, slots=True)
class Season:
    """Hold a fitted season of one or several units.

    Parameters
    ----------
    units
        Whose sales: the columns of everything below.
    first, last
        First and last day of the history.
    harmonics
        Pairs of sine and cosine that draw the year.
    windows
        Promotion and phase of each window effect.
    cells
        Promotion, phase and place of each day with an effect of its own: days from the window's last
        day (0, −1 …), in phase ``after`` from its first (0, 1 …).
    plain
        Coefficients of level, trend (log per year), six weekdays from Monday against Sunday's negative
        sum, and cosine and sine by harmonic.
    lifts
        Log effect of each window.
    days
        Log departure of each cell from its window.
    smears
        Factor from exp(mean log) to the mean, on ordinary days and on days of a window.
    noise
        Standard deviation of the log residual on ordinary days.
    months
        Months from the unit's first to its last day with sales, rounded.
    selling
        Share of those days that have sales.
    """

    units: tuple[str, ...]
    first: date
    last: date
    harmonics: int
    windows: tuple[Window, ...]
    cells: tuple[Cell, ...]
    plain: Floats = field(repr=False)
    lifts: Floats = field(repr=False)
    days: Floats = field(repr=False)
    smears: Floats = field(repr=False)
    noise: Floats = field(repr=False)
    months: Ints = field(repr=False)
    selling: Floats = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Fit:
    """The effects of some units that share their days."""

    plain: Floats
    lifts: Floats
    days: Floats
    smears: Floats
    noise: Floats


def fit_season(days: pd.Series | pd.DataFrame, promotions: Sequence[Promotion], harmonics: int) -> Season:
    """Fit the season of one or many units.

    Parameters
    ----------
    days
        Sales by day: a Series, or a frame with a column per unit; the index holds dates, each once. Days
        that are not there are 0 inside a unit's history, which runs from its first to its last day with
        sales.
    promotions
        Dated windows of all years of the history. A year without rows of ``spring_festival`` gets the
        windows −21..−6, −5..+7 and +8..+14 around the day of `holidays`; where there are rows, they
        alone count.
    harmonics
        Pairs of sine and cosine, 0 to 12.

    Returns
    -------
    Season
        The units' effects.

    Raises
    ------
    DataError
        If there is no day with sales, dates repeat, or values are infinite.
    ParamError
        If `harmonics` is out of range.

    Notes
    -----
    Ordinary least squares on logarithms (METHODS §1.3; Bell & Hillmer 1983) with small ridges, counted in
    added days without effect: 0.3 k⁴ on harmonic k, 0.1 on each window, so that a window seen once keeps
    10/11 of its effect a day. The departure of a day inside a window is its mean residual m over n years,
    shrunk to m n/(n + σ²/τ²), τ² by moments over all such days (empirical Bayes): the steady company gets
    its 11 November, the noise of one person no promotion days of its own.

    A day without sales, or with more refunds than sales, counts as a tenth of the unit's median day with
    sales in the logarithm, and as it is (never below 0 in sum) in the factors that bring exp(fit) back to
    the mean: Σy/Σexp(fit), apart for ordinary days and days of a window (Duan 1983).

    A trend needs 15 months: with one year, growth and season are one. Units of less than 12 months get no
    harmonics.
    """
    table = _table(days)
    _fail_if_unfit(table, harmonics)
    dates = pd.DatetimeIndex(table.index)
    rows = with_festival(promotions, dates[0].date(), dates[-1].date())
    marks = marks_of(dates, rows)
    cells = tuple(
        (*key, int(at)) for key, place in marks.items() for at in np.unique(place[place != OUTSIDE])
    )
    design = design_of(dates, marks, tuple(marks), cells, harmonics, dates[0])
    sales = table.to_numpy(float)
    spans = _spans(sales)
    parts = _fit_all(design, sales, spans, harmonics)
    lengths = spans[:, 1] - spans[:, 0]
    return Season(
        units=tuple(str(name) for name in table.columns),
        first=dates[0].date(),
        last=dates[-1].date(),
        harmonics=harmonics,
        windows=tuple(marks),
        cells=cells,
        plain=parts.plain,
        lifts=parts.lifts,
        days=parts.days,
        smears=parts.smears,
        noise=parts.noise,
        months=np.rint(lengths / DAYS_A_MONTH).astype(np.int64),
        selling=(sales > 0).sum(axis=0) / np.maximum(lengths, 1),
    )


def day_shares(
    season: Season, period: Period, promotions: Sequence[Promotion], *, baseline: bool = False
) -> pd.DataFrame:
    """Share out a period over its days.

    Parameters
    ----------
    season
        The units' season.
    period
        Usually a year, calendar or fiscal; any other span of days will do.
    promotions
        Dated windows, those of the period among them.
    baseline
        Give only the part of each share that would be there without any window: share − baseline is
        the uplift of promotions, and the dip of the Spring Festival.

    Returns
    -------
    pandas.DataFrame
        One row per day (index `date`), one column per unit; each column sums to 1, with `baseline` to
        what is left of 1.

    Raises
    ------
    ParamError
        If promotions shaped the history, and a whole calendar year of the period has none.
    """
    _fail_if_uncalendared(season, period, promotions)
    dates = pd.date_range(period.first, period.last, name="date")
    marks = marks_of(dates, with_festival(promotions, period.first, period.last))
    origin = pd.Timestamp(season.first)
    design = design_of(dates, marks, season.windows, season.cells, season.harmonics, origin)
    level = design.plain @ season.plain
    level -= level.max(axis=0)  # a trend far ahead would overflow
    ordinary = np.exp(level) * season.smears[0]
    lifted = np.exp(level + design.windows @ season.lifts + design.cells @ season.days)
    sales = lifted * np.where(design.in_window[:, None], season.smears[1], season.smears[0])
    shares = (ordinary if baseline else sales) / sales.sum(axis=0)
    return pd.DataFrame(shares, index=dates, columns=pd.Index(season.units, name="unit_id"))


def month_shares(season: Season, period: Period, promotions: Sequence[Promotion]) -> pd.DataFrame:
    """Share out a period over its months.

    Parameters
    ----------
    season, period, promotions
        As for `day_shares`.

    Returns
    -------
    pandas.DataFrame
        One row per month (index `period`, as months are written), one column per unit: sums of the
        shares of days; each column sums to 1.
    """
    return by_month(day_shares(season, period, promotions))


def by_month(shares: pd.DataFrame) -> pd.DataFrame:
    """Add up shares of days (index `date`) to months (index `period`, in order)."""
    months = pd.DatetimeIndex(shares.index).strftime("%Y-%m")
    return shares.groupby(pd.Index(months, name="period")).sum()


def _table(days: pd.Series | pd.DataFrame) -> pd.DataFrame:
    """Give one column per unit and one row per day, without gaps."""
    table = days.to_frame(days.name or "all") if isinstance(days, pd.Series) else days
    table = table.set_axis(pd.DatetimeIndex(pd.to_datetime(table.index)).normalize().as_unit("us"))
    if table.empty or table.index.has_duplicates:
        return table
    full = pd.date_range(table.index.min(), table.index.max(), unit="us")
    return table.astype(float).reindex(full).fillna(0.0)


def _fail_if_unfit(table: pd.DataFrame, harmonics: int) -> None:
    if not 0 <= harmonics <= 12:
        raise ParamError(Problem("harmonics of the season", str(harmonics), "0 to 12"))
    problems: list[Problem] = []
    if table.index.has_duplicates:
        twice = table.index[table.index.duplicated()][0]
        problems.append(Problem("sales by day", f"{twice:%Y-%m-%d} twice", "one row per day", "add them up"))
    elif not np.isfinite(table.to_numpy(float)).all():
        problems.append(Problem("sales by day", "an infinite value", "amounts"))
    elif not (table.to_numpy(float) > 0).any():
        remedy = "take a longer history, or another basis"
        problems.append(Problem("sales by day", "no day with sales", "a history", remedy))
    fail_if_any(problems, DataError)


def _fail_if_uncalendared(season: Season, period: Period, promotions: Sequence[Promotion]) -> None:
    """Refuse a year whose promotions nobody has dated: its shares would look like an ordinary year's."""
    if all(name == FESTIVAL for name, _ in season.windows):
        return
    dated = {row.first.year for row in promotions if row.id != FESTIVAL}
    whole = [
        year
        for year in range(period.first.year, period.last.year + 1)
        if period.first <= date(year, 1, 1) and date(year, 12, 31) <= period.last
    ]
    remedy = "write calendar.promotions_{} before sharing out the year"
    fail_if_any(
        [
            Problem(
                f"calendar of {year}", "no promotions", "dated rows, as in the history", remedy.format(year)
            )
            for year in whole
            if year not in dated
        ],
        ParamError,
    )


def _spans(sales: Floats) -> Ints:
    """Find where each column's history begins, and the row after its end: (units, 2)."""
    sold = sales > 0
    begin = sold.argmax(axis=0)
    end = len(sales) - sold[::-1].argmax(axis=0)
    return np.column_stack([begin, np.where(sold.any(axis=0), end, begin)]).astype(np.int64)


def _fit_all(design: Design, sales: Floats, spans: Ints, harmonics: int) -> _Fit:
    """Fit the units by the days they share; a unit without sales gets a level year."""
    sizes = [design.plain.shape[1], design.windows.shape[1], design.cells.shape[1], 2]
    plain, lifts, days, smears = (np.zeros((size, sales.shape[1])) for size in sizes)
    smears += 1.0
    noise = np.zeros(sales.shape[1])
    blocks, block_of = np.unique(spans, axis=0, return_inverse=True)
    for number, (begin, end) in enumerate(blocks.tolist()):
        if begin == end:
            continue
        those = np.flatnonzero(block_of.ravel() == number)
        span = slice(begin, end)
        part = _fit(design.rows(span), sales[span][:, those], harmonics)
        plain[:, those], lifts[:, those], days[:, those] = part.plain, part.lifts, part.days
        smears[:, those], noise[those] = part.smears, part.noise
    return _Fit(plain, lifts, days, smears, noise)


def _fit(design: Design, sales: Floats, harmonics: int) -> _Fit:
    """Fit units that share their days: (days, units)."""
    positive = np.where(sales > 0, sales, np.nan)
    logs = np.log(np.maximum(sales, FLOOR * np.nanmedian(positive, axis=0)))
    columns = np.hstack([design.plain, design.windows])
    ridge = _ridge(len(sales), harmonics, design.windows.shape[1])
    gram = columns.T @ columns
    gram[np.diag_indices_from(gram)] += ridge
    effects: Floats = np.linalg.solve(gram, columns.T @ logs).astype(np.float64)
    residual = logs - columns @ effects
    noise = _noise(residual, ordinary=~design.in_window, free=int((ridge < NEVER).sum()))
    days = _departures(design.cells, residual, noise)
    fitted = np.exp(logs - residual + design.cells @ days)
    width = design.plain.shape[1]
    smears = _smears(sales, fitted, design.in_window)
    return _Fit(effects[:width], effects[width:], days, smears, noise)


def _ridge(n_days: int, harmonics: int, windows: int) -> Floats:
    """Give each column's ridge; `NEVER` keeps it out."""
    months = round(n_days / DAYS_A_MONTH)
    trend = TINY if months >= MONTHS_OF_TREND else NEVER
    order = np.repeat(np.arange(1, harmonics + 1), 2)
    smooth = SMOOTH * order**4.0 if months >= MONTHS_OF_HARMONICS else np.full(2 * harmonics, NEVER)
    return np.concatenate([[TINY, trend], np.full(6, TINY), smooth, np.full(windows, ONCE)])


def _noise(residual: Floats, ordinary: NDArray[np.bool_], free: int) -> Floats:
    """Estimate the sd on ordinary days (on all, where a short history has too few), by unit."""
    rows = residual[ordinary] if ordinary.sum() > 2 * free else residual
    return np.sqrt((rows**2).sum(axis=0) / max(len(rows) - free, 1))


def _departures(cells: Floats, residual: Floats, noise: Floats) -> Floats:
    """Shrink the mean residual of each day of a window by empirical Bayes: (cells, units)."""
    count = cells.sum(axis=0)[:, None]
    if not count.any():
        return np.zeros((cells.shape[1], residual.shape[1]))
    mean = (cells.T @ residual) / np.maximum(count, TINY)
    seen = (count > 0).sum()
    between = np.maximum(((count * mean**2).sum(axis=0) - seen * noise**2) / count.sum(), 0.0)
    precision = count * between
    return mean * precision / np.maximum(precision + noise**2, np.finfo(float).tiny)


def _smears(sales: Floats, fitted: Floats, in_window: NDArray[np.bool_]) -> Floats:
    """Bring exp(mean log) back to the mean, for ordinary days and days of a window: (2, units)."""
    parts: list[Floats] = []
    for rows in (~in_window, in_window):
        rows_or_all = rows if rows.any() else np.ones(len(rows), bool)
        parts.append(sales[rows_or_all].sum(axis=0) / fitted[rows_or_all].sum(axis=0))
    return np.maximum(np.vstack(parts), TINY)
