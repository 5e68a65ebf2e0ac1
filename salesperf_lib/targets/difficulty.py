"""How hard every target is: forecasts from own history, chances of being reached, padding apart (§1.2).

The order of calls: `history_of` → `forecast` or `forecast_rate` for each KPI and level, the frames
put together → `with_chances` → `flags`, `levels`, `expected_share_reaching`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesperf_lib.errors import DataError, Problem, fail_if_any
from salesperf_lib.params import Policy
from salesperf_lib.periods import Period
from salesperf_lib.stats.outlook import Outlook, rate_outlook, volume_outlook
from salesperf_lib.stats.reach import Direction, Floats, p_reach, p_reach_share
from salesperf_lib.targets.basis import UNASSIGNED

MEANS = ["period", "level", "unit_id", "kpi", "mean", "cv", "shape"]

LEVEL_SD = 0.15
"""How far a year's level may drift from its forecast: what `recalibration.prior_sd` says too."""
RATE_DRIFT = 0.5
"""How far a rate's level drifts within a year, in standard deviations of its months."""
CLOSE = 1e-6
"""How far a season's sum may lie from 1."""
SHOWN = 5
"""How many wrong values of a kind are named."""


def history_of(values: pd.DataFrame, kpi: str, level: str, column: str = "value") -> pd.DataFrame:
    """Arrange KPI values as one row per unit and one column per month.

    Parameters
    ----------
    values
        KPI values of single months (DATA §6); single channels are left out.
    kpi, level
        Which of them.
    column
        ``value``, ``numerator``, ``denominator`` or ``n``.

    Returns
    -------
    DataFrame
        One row per unit, in the order of their names; one column per month of `values`, oldest
        first; NaN where a unit has no row.
    """
    months = sorted(values["period"].unique())
    wanted = (values["kpi"] == kpi) & (values["level"] == level) & (values["channel"] == "all")
    rows = values.loc[wanted, ["unit_id", "period", column]].astype({column: float})
    table = rows.pivot_table(index="unit_id", columns="period", values=column, sort=False)
    return table.sort_index().reindex(columns=months)


def forecast(
    history: pd.DataFrame,
    shares: pd.DataFrame,
    *,
    year: Period,
    level: str,
    kpi: str,
    presence: pd.DataFrame | None = None,
    past_shares: pd.DataFrame | None = None,
    pools: pd.Series | None = None,
    level_sd: float = LEVEL_SD,
) -> pd.DataFrame:
    """Forecast a volume of every unit for the months, quarters and the year that are planned.

    Parameters
    ----------
    history
        Unit × month, columns like ``2025-03`` without gaps, oldest first; NaN where a unit was not
        there. Up to 24 months are read.
    shares
        Unit × month of the year: the season, every row sums to 1. Its rows are the units forecast;
        units without history are new.
    year
        The year that is planned.
    level, kpi
        Carried into the result.
    presence
        Unit × month of the year: the part of the month that the unit is there, 0 to 1; by default 1.
    past_shares
        Unit × month of history: the share that each past month had of its own year, where promotions
        or the Spring Festival have moved; times the part of the month that the unit was there. By
        default the planned share of the same calendar month.
    pools
        Unit → who it is compared with (role, or team and role); everybody in one pool by default.
    level_sd
        Standard deviation of the year's level around its forecast, as a share.

    Returns
    -------
    DataFrame
        One row per unit and period of the year: period, level, unit_id, kpi, mean, cv, shape
        (``log``). `mean` is NaN where neither the unit nor any other has history.

    Raises
    ------
    DataError
        If months are missing or out of order, a unit stands twice, or shares are negative, not finite
        or do not sum to 1.

    Notes
    -----
    Level, growth and the spread of the months are those of `volume_outlook`: the last 12 months
    without their season; 0.7 of the last year's growth (0 with less than 24 months: pass 24 where
    they exist); months, and the level of those who have few, drawn toward their pool's. A new hire
    has the pool's mean, and its spread as error.

    Errors are one common error of the level (`level_sd`, and what few months leave open) and
    independent months: Var(period) = Σ (cv·mean_m)² + (level error · Σ mean_m)².
    """
    tables = {"history": history, "shares": shares, "presence": presence, "past_shares": past_shares}
    fail_if_any(_wrong_values(tables), DataError)
    fail_if_any(_wrong_months(history, shares, year), DataError)
    actual = history.reindex(shares.index).iloc[:, -24:]
    past = _of_past_months(shares, actual.columns, past_shares)
    outlook = volume_outlook(actual.to_numpy(float), past, _codes(shares.index, pools), _ahead(actual, year))
    there = 1.0 if presence is None else presence.reindex_like(shares).fillna(0.0).to_numpy(float)
    months = outlook.mean[:, None] * shares.to_numpy(float) * there
    return _volume_rows(months, outlook, level_sd, shares.index, year, level, kpi)


def forecast_rate(
    numerators: pd.DataFrame,
    denominators: pd.DataFrame,
    observations: pd.DataFrame,
    *,
    year: Period,
    level: str,
    kpi: str,
    share: bool,
    pools: pd.Series | None = None,
) -> pd.DataFrame:
    """Forecast a rate of every unit for the months, quarters and the year that are planned.

    Parameters
    ----------
    numerators, denominators, observations
        Unit × month of history, the same rows and columns (`history_of`); the last 12 are read.
        Observations may be NaN where they are not counted.
    year, level, kpi, pools
        As in `forecast`.
    share
        Whether the rate lies between 0 and 1: errors are then normal in log-odds, else in logarithms.

    Returns
    -------
    DataFrame
        As `forecast` gives it; shape ``odds`` or ``log``.

    Notes
    -----
    Mean and month spread are those of `rate_outlook`: no growth, no season. A period of k months has
    variance s²/k + (`RATE_DRIFT`·s)² on the scale of the errors. Values that grow with the length of
    the period (`sales_per_head`) are volumes: use `forecast`.
    """
    units = numerators.index
    tables = (numerators, denominators, observations)
    num, den, seen = (t.reindex_like(numerators).to_numpy(float)[:, -12:] for t in tables)
    outlook = rate_outlook(num, den, seen, _codes(units, pools), share=share)
    means: list[Floats] = []
    spreads: list[Floats] = []
    for period in _periods(year):
        spread = np.sqrt(outlook.months * (1 / len(period.months()) + RATE_DRIFT**2))
        means.append(outlook.mean)
        spreads.append(spread * (1.0 - outlook.mean) if share else np.sqrt(np.expm1(spread**2)))
    return _rows(year, level, units, kpi, means, spreads, "odds" if share else "log")


def with_chances(book: pd.DataFrame, means: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """Fill in the chance that each target is reached.

    Parameters
    ----------
    book
        Target frame (DATA §6).
    means
        Forecasts: period, level, unit_id, kpi, mean, cv, shape.
    policy
        Whether more or less of a KPI is better.

    Returns
    -------
    DataFrame
        The same rows with `p_hit`; NaN where a unit has no forecast in the period.

    Raises
    ------
    DataError
        If a unit has two forecasts of a KPI in a period.

    Notes
    -----
    A person in several teams is forecast as one: the chance is that of the sum of their volume
    targets, and of each rate's own target.
    """
    return book.assign(p_hit=_chances(book, means, policy, "target"))


def levels(book: pd.DataFrame, means: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """Give base, target and stretch with the chance of reaching each.

    Returns
    -------
    DataFrame
        One row per row of `book`: its key, base, target, stretch, p_base, p_hit, p_stretch.
    """
    names = {"p_base": "base", "p_hit": "target", "p_stretch": "stretch"}
    chances = {name: _chances(book, means, policy, column) for name, column in names.items()}
    return book[[*_KEY, "base", "target", "stretch"]].assign(**chances)


def flags(book: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """Flag targets that are hard or easy by the rules.

    Returns
    -------
    DataFrame
        One row per target that has a chance: period, level, unit_id, team_id, kpi, p_hit, flag
        (``hard`` below `targets.hard_below`, ``easy`` above `targets.easy_above`, else empty).
    """
    rows = book.loc[book["p_hit"].notna(), [*_KEY, "p_hit"]].reset_index(drop=True)
    p, rules = rows["p_hit"].to_numpy(float), policy.targets
    return rows.assign(flag=np.select([p < rules.hard_below, p > rules.easy_above], ["hard", "easy"], ""))


def expected_share_reaching(book: pd.DataFrame, kpi: str, period: str) -> float:
    """Give the share of people who are expected to reach their target of a KPI in a period.

    Returns
    -------
    float
        Mean of the chances over people; NaN where nobody has one.

    Notes
    -----
    50–70 % is called healthy, reported medians are 43–47 %: norms, not facts (METHODS §1.2).
    """
    mine = (book["kpi"] == kpi) & (book["period"] == period) & (book["level"] == "person")
    people = book[mine & ~book["unit_id"].str.startswith(UNASSIGNED)]
    return float(people.groupby("unit_id")["p_hit"].mean().mean())


def padded(book: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """Show what each level's hedge would add to the volume targets; the targets stay as they are.

    Returns
    -------
    DataFrame
        One row per row of `book`: its key, target, padding_group, padding_team, padding_person (the
        amount that each level adds on the way down), padding (their sum) and padded = target + padding.

    Notes
    -----
    Hedges multiply: five levels of 5 % make 1.05⁵ = +27.6 % (METHODS §1.2). A level hedges what was
    handed down to it, hedges above it included; a company without groups has no hedge of groups.
    Rates, and volumes of which less is better, are not padded. Padded parts exceed their whole.
    """
    volume = {name: row.kind == "volume" and row.direction != "lower" for name, row in policy.kpis.items()}
    padding, depth = policy.targets.padding, book["level"].map(_DEPTH).fillna(0).to_numpy(int)
    grouped = book["kpi"].isin(book.loc[book["level"] == "group", "kpi"]).to_numpy()
    can = book["kpi"].map(volume).fillna(value=False).to_numpy(bool)
    handed = target = book["target"].to_numpy(float)
    added: dict[str, Floats] = {}
    for place, name in enumerate(("group", "team", "person"), start=1):
        applies = can & (depth >= place) & (grouped if name == "group" else True)
        after = np.where(applies, np.round(handed * (1.0 + getattr(padding, name))), handed)
        added[f"padding_{name}"] = after - handed
        handed = after
    return book[[*_KEY, "target"]].assign(**added, padding=handed - target, padded=handed)


def total_hedge(shares: Iterable[float]) -> float:
    """Give what hedges of several levels come to: five of 5 % are 27.6 %."""
    return float(np.prod([1.0 + share for share in shares])) - 1.0


_KEY = ["period", "level", "unit_id", "team_id", "kpi"]
_UNIT = ["period", "level", "unit_id", "kpi"]
_DEPTH = {"company": 0, "group": 1, "team": 2, "person": 3}


def _wrong_values(tables: Mapping[str, pd.DataFrame | None]) -> Iterator[Problem]:
    """Name units that stand twice, and values that are no figures or no shares."""
    for name, table in tables.items():
        if table is None:
            continue
        if not table.index.is_unique:
            yield Problem(f"forecast, {name}", "a unit twice", "one row per unit")
        values = table.to_numpy(float)
        wrong = np.isinf(values) if name == "history" else ~(np.isfinite(values) & (values >= 0))
        for row, column in np.argwhere(wrong)[:SHOWN]:
            where = f"forecast, {name}, {table.index[row]}, {table.columns[column]}"
            yield Problem(where, f"{values[row, column]}", "a finite value; shares not negative")


def _wrong_months(history: pd.DataFrame, shares: pd.DataFrame, year: Period) -> Iterator[Problem]:
    """Name months out of order or missing, and seasons that are not one whole year."""
    planned = [month.label for month in year.months()]
    if list(shares.columns) != planned:
        yield Problem("forecast, shares", f"columns {list(shares.columns)}", f"the months of {year}")
    sums = shares.sum(axis=1)
    for unit, total in sums[(sums - 1).abs() > CLOSE].iloc[:SHOWN].items():
        yield Problem(f"forecast, shares, {unit}", f"a sum of {total:.4g}", "1: the season of a whole year")
    if history.shape[1]:
        first = Period.parse(str(history.columns[0]))
        due = [first.shift(i).label for i in range(history.shape[1])]
        if list(history.columns) != due or due[-1] >= planned[0]:
            found, allowed = f"columns {list(history.columns)}", f"months without gaps, before {planned[0]}"
            yield Problem("forecast, history", found, allowed)


def _of_past_months(shares: pd.DataFrame, months: pd.Index, past: pd.DataFrame | None) -> Floats:
    """Give the share that each past month had of its year: as stated, else the same month's planned one."""
    if past is not None:
        return past.reindex(index=shares.index, columns=months).to_numpy(float)
    place = {str(label)[-2:]: i for i, label in enumerate(shares.columns)}
    return shares.to_numpy(float)[:, [place[str(label)[-2:]] for label in months]]


def _codes(units: pd.Index, pools: pd.Series | None) -> NDArray[np.intp]:
    if pools is None:
        return np.zeros(len(units), np.intp)
    return np.asarray(pd.factorize(pools.reindex(units).fillna(""))[0], np.intp)


def _ahead(history: pd.DataFrame, year: Period) -> float:
    """Give the years from the middle of the last 12 months to the middle of the year that is planned."""
    if not history.shape[1]:
        return 1.0
    last, first = Period.parse(str(history.columns[-1])).first, year.first
    return (12 + (first.year - last.year) * 12 + first.month - last.month - 1) / 12


def _periods(year: Period) -> list[Period]:
    return [*year.months(), *year.children("quarter"), year]


def _volume_rows(
    months: Floats, outlook: Outlook, level_sd: float, units: pd.Index, year: Period, level: str, kpi: str
) -> pd.DataFrame:
    """Add the months up: their own errors are independent, the level's error is common to all."""
    noise = np.expm1(outlook.months)[:, None] * months**2
    common = outlook.level + level_sd**2
    means: list[Floats] = []
    spreads: list[Floats] = []
    labels = [month.label for month in year.months()]
    for period in _periods(year):
        inside = [labels.index(month.label) for month in period.months()]
        mean = months[:, inside].sum(axis=1)
        relative = noise[:, inside].sum(axis=1) / np.where(mean > 0, mean, 1.0) ** 2
        means.append(mean)
        spreads.append(np.sqrt(relative + common))
    return _rows(year, level, units, kpi, means, spreads, "log")


def _rows(
    year: Period, level: str, units: pd.Index, kpi: str, means: list[Floats], cvs: list[Floats], shape: str
) -> pd.DataFrame:
    """List the forecasts of all periods of the year, one period after the other."""
    labels = [period.label for period in _periods(year)]
    columns = {
        "period": np.repeat(labels, len(units)),
        "level": level,
        "unit_id": np.tile(units.to_numpy(), len(labels)),
        "kpi": kpi,
        "mean": np.concatenate(means),
        "cv": np.concatenate(cvs),
        "shape": shape,
    }
    return pd.DataFrame(columns)[MEANS]


def _chances(book: pd.DataFrame, means: pd.DataFrame, policy: Policy, column: str) -> Floats:
    """Compare one column of targets with the forecasts of the same period, unit and KPI."""
    twice = means[means.duplicated(_UNIT)]
    if len(twice):
        found = f"two rows of {', '.join(str(x) for x in twice[_UNIT].iloc[0])}"
        raise DataError(Problem("forecasts", found, "one row per period, unit and KPI"))
    rows = book[[*_UNIT, column]].merge(means, on=_UNIT, how="left", validate="m:1")
    volume = rows["kpi"].map({name: row.kind == "volume" for name, row in policy.kpis.items()})
    sums = rows.groupby(_UNIT, sort=False)[column].transform("sum")
    aim = rows[column].mask(volume.fillna(value=False).astype(bool), sums).to_numpy(float)
    mean, cv = rows["mean"].to_numpy(float), rows["cv"].to_numpy(float)
    lower = rows["kpi"].map({name: row.direction == "lower" for name, row in policy.kpis.items()})
    found = np.full(len(rows), np.nan)
    sides: tuple[Direction, Direction] = ("higher", "lower")
    for side in sides:
        for shape, reach in (("log", p_reach), ("odds", p_reach_share)):
            at = ((lower == (side == "lower")) & (rows["shape"] == shape)).to_numpy()
            found[at] = reach(aim[at], mean[at], cv[at], side)
    return found
