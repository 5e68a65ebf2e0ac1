"""The months of a year's targets: seasons of company, groups and teams, and the phases on top (§1.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesperf_lib.errors import SalesPerfError
from salesperf_lib.params import Policy
from salesperf_lib.periods import Period, phase_of, phase_of_day
from salesperf_lib.targets.basis import months_before

if TYPE_CHECKING:
    from salesperf_lib.facts import Facts

Floats = NDArray[np.float64]
LEVELS = ("company", "group", "team")
COMPANY = "company\tcompany"
FULL_YEAR = 12
OWN = 0.999
"""From this weight of its own season on a unit is said to have one."""


@dataclass(frozen=True, slots=True)
class Seasons:
    """How one volume spreads over the days and months of a year.

    Parameters
    ----------
    days
        One row per day, one column per unit (level, unit_id): shares of its year with the lean of
        the phases, each summing to 1.
    plain
        The same without the lean of the phases.
    baseline
        The part of `plain` that would be there without any promotion.
    own
        By unit, the weight of its own season; the rest is borrowed from the unit above.
    """

    days: pd.DataFrame
    plain: pd.DataFrame
    baseline: pd.DataFrame
    own: Mapping[tuple[str, str], float]

    def months(self, unit: tuple[str, str], kind: str = "days") -> Floats | None:
        """Give a unit's twelve shares: of ``days``, ``plain`` or ``baseline``; None if unknown."""
        table: pd.DataFrame = getattr(self, kind)
        if unit not in table.columns:
            return None
        shares = table[unit]
        dates = pd.DatetimeIndex(shares.index)
        return shares.groupby([dates.year, dates.month]).sum().to_numpy(float)

    def code(self, unit: tuple[str, str]) -> str:
        """Say where a unit's months come from: ``season``, ``part_season`` or ``parent_profile``."""
        weight = self.own.get(unit, 0.0)
        return "season" if weight >= OWN else "part_season" if weight > 0 else "parent_profile"


def read_seasons(
    facts: Facts, policy: Policy, year: Period, names: Sequence[str], parents: Mapping[tuple[str, str], str]
) -> dict[str, Seasons]:
    """Fit the seasons of volumes on the days before a year.

    Parameters
    ----------
    facts, policy
        What happened, and the rules of the model.
    year
        The year that is planned.
    names
        The volumes.
    parents
        (level, unit_id) of every group and team to the unit above it: ``company`` or a group.

    Returns
    -------
    dict
        KPI to its seasons; a KPI without days to fit on has none, and follows the months of its
        history.
    """
    window = months_before(facts, year, policy.targets.season.history_months)
    if len(window) < FULL_YEAR or not names:  # less than a year has no season of its own
        return {}
    values = _by_day(facts, policy, window, names)
    found: dict[str, Seasons] = {}
    for name in names:
        rows = values[values["kpi"] == name]
        made = None if rows.empty else _fitted(rows, policy, year, name, parents)
        if made is not None:
            found[name] = made
    return found


def phases_of(seasons: Mapping[str, Seasons], policy: Policy, periods: Sequence[Period]) -> dict[str, str]:
    """Give the phase of each period: the one that holds most of its target (DATA §7).

    Days weigh as net sales do, or the first volume that has a season; all the same without any.
    """
    first = seasons.get("net_sales") or next(iter(seasons.values()), None)
    company = None if first is None else first.plain[("company", "company")]
    found: dict[str, str] = {}
    for period in periods:
        shares = None if company is None else company.loc[str(period.first) : str(period.last)].tolist()
        found[period.label] = phase_of(period, policy.promotions, shares)
    return found


def lean(days: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """Lean days' shares toward the phases that ask for more; every column still sums to 1."""
    factors = policy.targets.phase_profile.factors
    dates = pd.DatetimeIndex(days.index)
    by_day = np.array([factors[phase_of_day(day.date(), policy.promotions)] for day in dates])
    leaning = days.mul(by_day, axis=0)
    return leaning / leaning.sum()


def _by_day(facts: Facts, policy: Policy, window: Sequence[Period], names: Sequence[str]) -> pd.DataFrame:
    from salesperf_lib import kpis

    days = [day for month in window for day in month.children("day")]
    values = kpis.compute(facts, policy, days, LEVELS, list(names))
    return values[values["channel"] == "all"]


def _fitted(
    rows: pd.DataFrame, policy: Policy, year: Period, name: str, parents: Mapping[tuple[str, str], str]
) -> Seasons | None:
    from salesperf_lib import stats

    table = rows.pivot_table(index="period", columns=["level", "unit_id"], values="value", aggfunc="sum")
    table.index = pd.to_datetime(table.index)
    flat = table.astype(float).set_axis(["\t".join(column) for column in table.columns], axis=1)
    if COMPANY not in flat.columns:
        return None
    rules = policy.targets.season
    try:
        season = stats.fit_season(flat, policy.promotions, rules.harmonics)
        shares = {
            kind: stats.day_shares(season, year, policy.promotions, baseline=kind == "baseline")
            for kind in ("plain", "baseline")
        }
    except SalesPerfError:  # no day with sales, or a year whose promotions are not dated: by months instead
        return None
    weights = stats.own_weights(season, rules.min_months)
    if not weights[COMPANY] > 0:  # nobody to borrow from
        return None
    made = {kind: _borrowed(part, weights, parents) for kind, part in shares.items()}
    days = lean(made["plain"], policy) if name in policy.targets.phase_profile.kpis else made["plain"]
    own = {_unit(column): float(weight) for column, weight in weights.items()}
    return Seasons(days, made["plain"], made["baseline"], own | {("company", "company"): 1.0})


def _borrowed(
    shares: pd.DataFrame, weights: pd.Series, parents: Mapping[tuple[str, str], str]
) -> pd.DataFrame:
    """Blend each unit's season with that of the unit above it, from the top down."""
    from salesperf_lib import stats

    found = shares[[COMPANY]]
    for level in ("group", "team"):
        above = {
            "\t".join(unit): COMPANY if parent == "company" else f"group\t{parent}"
            for unit, parent in parents.items()
            if unit[0] == level
        }
        own = shares[[column for column in shares.columns if column in above]]
        found = pd.concat([found, stats.borrow(own, weights, found, above)], axis=1)
    columns = pd.MultiIndex.from_tuples(
        [_unit(column) for column in found.columns], names=["level", "unit_id"]
    )
    return found.set_axis(columns, axis=1)


def _unit(column: object) -> tuple[str, str]:
    level, _, unit = str(column).partition("\t")
    return level, unit
