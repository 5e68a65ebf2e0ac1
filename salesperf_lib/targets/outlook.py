"""Forecast every unit of a year's book from the history it was split by (§1.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from salesperf_lib.params import Policy
from salesperf_lib.targets.difficulty import forecast, forecast_rate
from salesperf_lib.targets.split import Unit

if TYPE_CHECKING:
    from salesperf_lib.targets.book import YearPlan

LEVELS = ("company", "group", "team", "person")
PER_MONTH = ("sales_per_head",)


def forecasts(made: YearPlan, policy: Policy) -> pd.DataFrame:
    """Forecast all KPIs of a plan.

    Returns
    -------
    DataFrame
        Period, level, unit_id, kpi, mean, cv, shape: see `difficulty.forecast`. A KPI without a
        full year of history has no rows.
    """
    frames: list[pd.DataFrame] = []
    for name in made.wanted:
        for level in LEVELS:
            rows = (
                _volume(made, policy, name, level)
                if name in made.volumes
                else _rate(made, policy, name, level)
            )
            if rows is not None and len(rows):
                frames.append(rows)
    columns = ["period", "level", "unit_id", "kpi", "mean", "cv", "shape"]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)


def _tables(made: YearPlan, name: str, level: str, *columns: str) -> tuple[pd.DataFrame, ...]:
    """Arrange columns of the history, each as unit × month of the window."""
    rows = made.basis.past(name, level)
    months = [month.label for month in made.basis.outlook]
    units, unit = np.unique(rows["unit_id"].to_numpy(str), return_inverse=True)
    place = pd.Index(months).get_indexer(pd.Index(rows["period"]))
    known, index = place >= 0, pd.Index(units, name="unit_id")
    found: list[pd.DataFrame] = []
    for column in columns:
        table = np.full((len(units), len(months)), np.nan)
        table[unit[known], place[known]] = rows[column].to_numpy(float, na_value=np.nan)[known]
        found.append(pd.DataFrame(table, index=index, columns=months))
    return tuple(found)


def _volume(made: YearPlan, policy: Policy, name: str, level: str) -> pd.DataFrame | None:
    """Forecast a volume: months by the unit's own season, people by the days that they are there."""
    (history,) = _tables(made, name, level, "value")
    if history.shape[1] < 12 or history.empty:
        return None
    volume = made.volumes[name]
    units = [unit for unit in volume.split.tree.units if unit.level == level]
    if not units:
        return None
    months = [month.label for month in made.year.months()]
    shares = {unit.unit_id: _profile(volume.plan.weights[_profile_unit(unit)]) for unit in units}
    season = pd.DataFrame.from_dict(shares, orient="index", columns=months)
    sd = policy.targets.recalibration.prior_sd
    if level != "person":
        return forecast(history, season, year=made.year, level=level, kpi=name, level_sd=sd)
    there, roles = _presence(made, units, months), _roles(made, season)
    return forecast(
        history,
        season,
        year=made.year,
        level=level,
        kpi=name,
        presence=there,
        pools=roles,
        level_sd=sd,
    )


def _presence(made: YearPlan, units: list[Unit], months: list[str]) -> pd.DataFrame:
    """Give the part of each month that everybody works, over all their teams; the unassigned are there."""
    days = made.basis.days
    lengths = np.array([month.days for month in made.year.months()], float)
    there = dict(zip(days.index.tolist(), days.to_numpy(float) / lengths, strict=True))
    found: dict[str, np.ndarray] = {}
    for unit in units:
        part = there.get((unit.team_id, unit.unit_id), np.ones(12))
        found[unit.unit_id] = found.get(unit.unit_id, np.zeros(12)) + part
    return pd.DataFrame.from_dict(found, orient="index", columns=months).clip(upper=1.0)


def _profile_unit(unit: Unit) -> Unit:
    return Unit("team", unit.team_id, unit.team_id) if unit.level == "person" else unit


def _profile(weights: np.ndarray) -> np.ndarray:
    return weights / weights.sum() if weights.sum() > 0 else np.full(12, 1 / 12)


def _roles(made: YearPlan, shares: pd.DataFrame) -> pd.Series:
    """Say with whom each person is compared: those of the same role, the unassigned among themselves."""
    roles = made.basis.role_days.reset_index().drop_duplicates("person_id").set_index("person_id")["role"]
    return roles.reindex(shares.index).fillna("unassigned")


def _rate(made: YearPlan, policy: Policy, name: str, level: str) -> pd.DataFrame | None:
    if name in PER_MONTH:
        return None
    numerators, denominators, seen = _tables(made, name, level, "numerator", "denominator", "n")
    if numerators.shape[1] < 12 or numerators.empty or denominators.isna().all(axis=None):
        return None
    share = policy.kpis[name].unit == "share"
    return forecast_rate(numerators, denominators, seen, year=made.year, level=level, kpi=name, share=share)
