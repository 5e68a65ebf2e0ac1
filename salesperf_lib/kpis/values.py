"""From sums to values: absent or zero, and one division per unit (DATA §4)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from salesperf_lib.kpis.definitions import KPIS, KpiDef
from salesperf_lib.kpis.duty import posts
from salesperf_lib.kpis.levels import ALL, COMPANY, KEY, UNASSIGNED
from salesperf_lib.kpis.scope import Scope

COVERED_BY: Mapping[str, str] = {"acquired": "orders", "acquired_paid": "orders"}
"""Measures of rare rows: their table has rows for a period wherever this other measure has."""
NEED_HISTORY = frozenset(
    ("acquired", "acquired_paid", "net_new", "net_returning", "net_private_repeat", "customers_before",
     "private_before", "cohort_customers", "projected_customers")
)  # fmt: skip
"""Measures that tell new customers from old ones."""
UNIT = ["period", "level", "unit_id"]


@dataclass(frozen=True, slots=True)
class Sums:
    """Measures by period, level, unit and channel.

    Parameters
    ----------
    owned
        By owner.
    credited
        The same, but a person's measures of orders follow the credit of the role (DATA §4).
    """

    owned: pd.DataFrame
    credited: pd.DataFrame


def owners_of(scope: Scope, levels: Collection[str]) -> pd.DataFrame:
    """List which units answer for which KPI: on duty in the period, in a role that has it.

    Returns
    -------
    pandas.DataFrame
        One row per period, level (person, team), unit_id and kpi.
    """
    columns = [*UNIT, "kpi"]
    if not scope.facts.has("roster") or not {"person", "team"} & set(levels):
        return pd.DataFrame(columns=columns, dtype="str")
    held = scope.facts.con.to_pandas(posts(scope).select("period", "person_id", "team_id", "role").distinct())
    of_role = [(role.id, row.kpi) for role in scope.policy.roles.values() for row in role.kpis]
    held = held.merge(pd.DataFrame(of_role, columns=["role", "kpi"], dtype="str"), on="role")
    units = [
        held[["period", column, "kpi"]].rename(columns={column: "unit_id"}).assign(level=level)
        for level, column in (("person", "person_id"), ("team", "team_id"))
        if level in levels
    ]
    return pd.concat(units, ignore_index=True)[columns].drop_duplicates()


def values_of(
    scope: Scope, sums: Sums, owners: pd.DataFrame, kpi: str, numerator: str, denominator: str, n: str
) -> pd.DataFrame:
    """Make the rows of one KPI.

    Returns
    -------
    pandas.DataFrame
        One row per period, level, unit_id and channel: numerator, denominator, value, n.
    """
    row = KPIS[kpi]
    table = _at_levels(sums.owned if row.is_sum else sums.credited, row)
    owning = pd.MultiIndex.from_frame(owners.loc[owners["kpi"] == kpi, UNIT])
    covered = _covered(sums.owned, numerator)
    if row.is_sum:
        values = _with_zeros(table[numerator].dropna(), owning, covered, row)
    else:
        values = _divide(table[numerator], table[denominator], owning, covered)
    seen = table[n].reindex(values.index).fillna(0.0) if n else np.nan
    values = values.assign(n=pd.Series(seen, index=values.index).round())
    if {numerator, denominator} & NEED_HISTORY:
        values = values[values.index.get_level_values("period").isin(_after_burn_in(scope))]
    return values.reset_index()


def _at_levels(table: pd.DataFrame, row: KpiDef) -> pd.DataFrame:
    """Keep the units at which an indicator exists; rates have no `unassigned` rest."""
    level, channel = table.index.get_level_values("level"), table.index.get_level_values("channel")
    kept = level.isin(row.level_names)
    if "H" not in row.levels:
        kept &= channel == ALL
    if not row.is_sum:
        unit = table.index.get_level_values("unit_id").astype("str")
        kept &= ~unit.str.startswith(UNASSIGNED) & (channel != UNASSIGNED)
    return table[kept]


def _covered(table: pd.DataFrame, measure: str) -> set[str]:
    """List the periods for which a measure's table has rows."""
    column = table[COVERED_BY.get(measure, measure)].dropna()
    rows = column.index
    company = (rows.get_level_values("unit_id") == COMPANY) & (rows.get_level_values("channel") == ALL)
    return set(rows.get_level_values("period")[company])


def _with_zeros(
    found: pd.Series, owning: pd.MultiIndex, covered: Collection[str], row: KpiDef
) -> pd.DataFrame:
    """Add 0, where a sum's table has rows, for the company and units that answer for it and have nothing."""
    units = [(*unit, ALL) for unit in owning if unit[0] in covered and unit[1] in row.level_names]
    if "C" in row.levels:
        units += [(period, COMPANY, COMPANY, ALL) for period in covered]
    due = pd.MultiIndex.from_tuples(units, names=KEY) if units else found.index[:0]
    values = found.reindex(found.index.union(due)).fillna(0.0)
    return pd.DataFrame({"numerator": values, "denominator": np.nan, "value": values})


def _divide(
    numerator: pd.Series, denominator: pd.Series, owning: pd.MultiIndex, covered: Collection[str]
) -> pd.DataFrame:
    """Divide where there is something to divide by.

    A numerator without a denominator is shown, without a value, for a person who answers for the rate
    and where the denominator is known to be 0: spend that acquired nobody is not nothing.
    """
    rows = pd.DataFrame({"numerator": numerator, "denominator": denominator})
    rows = rows[rows.index.get_level_values("period").isin(list(covered))]
    rows["numerator"] = rows["numerator"].fillna(0.0)
    answers = rows.index.droplevel("channel").isin(owning) & (
        rows.index.get_level_values("level") == "person"
    )
    in_vain = (rows["numerator"] != 0) & ~(rows["denominator"] > 0) & (rows["denominator"].notna() | answers)
    rows = rows[(rows["denominator"] > 0) | in_vain].fillna({"denominator": 0.0})
    return rows.assign(value=rows["numerator"] / rows["denominator"].where(rows["denominator"] > 0))


def _after_burn_in(scope: Scope) -> set[str]:
    """List the periods in which new customers can be told from old ones."""
    first_day = scope.history_from()
    return {period.label for period in scope.periods if first_day is None or period.first >= first_day}
