"""What moves weight and bounds points: the phase of a month, KPIs without points, gates (§1.3, §2.2)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import numpy as np
import pandas as pd

from salesperf_lib.params import Policy, Role

GRID = 2.0**-30
"""Contributions are whole multiples of this (a billionth of a point): sums of them are exact in float64."""


ON_TARGET = 100.0
PART = ["person_id", "team_id", "role"]


def emphasised(role: Role, factors: Mapping[str, float]) -> dict[str, Fraction]:
    """Move weight inside each dimension of a role to the KPIs that a phase emphasises.

    Parameters
    ----------
    role
        The role, with the weights of its KPIs inside their dimensions.
    factors
        By KPI, what its weight is multiplied by; 1 for those it does not name.

    Returns
    -------
    dict
        By KPI its weight inside its dimension. Each dimension's weights sum to what they summed to
        before, exactly.

    Notes
    -----
    w′ = w · f · Σw / Σ(w · f) over the dimension, in fractions (§1.3, DATA §7): emphasis moves weight
    inside a dimension, never between dimensions. A dimension that is not left any weight keeps its own.
    """
    factor = {row.kpi: Fraction(str(factors.get(row.kpi, 1))) for row in role.kpis}
    before: dict[str, Fraction] = {}
    after: dict[str, Fraction] = {}
    for row in role.kpis:
        before[row.dimension] = before.get(row.dimension, Fraction(0)) + row.weight
        after[row.dimension] = after.get(row.dimension, Fraction(0)) + row.weight * factor[row.kpi]
    return {
        row.kpi: row.weight * factor[row.kpi] * before[row.dimension] / after[row.dimension]
        if after[row.dimension] > 0
        else row.weight
        for row in role.kpis
    }


def gate(lines: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """Hold all other lines of a person at 100 points where a gate indicator is under its mark (§2.2).

    Parameters
    ----------
    lines
        Rows with person_id, team_id, role, kpi and points.
    policy
        The gates of each role.

    Returns
    -------
    DataFrame
        The same rows with `points` after the gate and `gated`, whether it took any away. The gate
        indicators themselves count as they are, and so do lines at or under 100.
    """
    marks = {(role.id, row.kpi): row.gate for role in policy.roles.values() for row in role.kpis if row.gate}
    keys = list(zip(lines["role"], lines["kpi"], strict=True))
    mark = np.array([marks.get(key, np.nan) for key in keys], float)
    shut = pd.Series(lines["points"].to_numpy(float) < mark, index=lines.index)
    part = [lines[name] for name in PART]
    held = shut.groupby(part).transform("any").to_numpy(bool) & np.isnan(mark)
    gated = held & (lines["points"] > ON_TARGET).to_numpy()
    return lines.assign(points=lines["points"].where(~gated, ON_TARGET), gated=gated)


def redistribute(lines: pd.DataFrame) -> pd.DataFrame:
    """Move the weight of lines without points to the other lines of the same part and dimension.

    Parameters
    ----------
    lines
        One row per part of a person and KPI: person_id, team_id, role, dimension, points, weight_base.

    Returns
    -------
    DataFrame
        The same rows with `weight` (0 where there are no points) and `contribution`. A dimension's
        weights still sum to what they summed to; a part with a dimension without any points keeps none,
        and its time goes to the person's other parts; without such, the person is not assessable.

    Notes
    -----
    weight = weight_base · Σ weight_base / Σ weight_base of the lines with points. A missing KPI is
    never averaged in as zero: 5 stays 5, it does not become 3.33. Contributions are points · weight on
    a grid so fine that no reader sees it and so coarse that they add up exactly, in any order.
    """
    known = lines["points"].notna()
    keys = [lines[name] for name in (*PART, "dimension")]
    whole = lines["weight_base"].groupby(keys).transform("sum")
    held = lines["weight_base"].where(known, 0.0).groupby(keys).transform("sum")
    complete = known.groupby(keys).transform("all")
    factor = np.where(complete, 1.0, whole / held.where(held > 0)) * _time_of_parts(lines)
    weight = (lines["weight_base"] * factor).where(known, 0.0)
    return lines.assign(weight=weight, contribution=contribution(lines["points"], weight))


def contribution(points: pd.Series, weight: pd.Series) -> pd.Series:
    """Multiply points by weights, on the grid on which sums are exact; 0 where there are no points."""
    return pd.Series(np.round((points * weight).fillna(0.0) / GRID) * GRID, index=points.index)


def empty_parts(lines: pd.DataFrame) -> pd.Series:
    """Say for every line whether a whole dimension of its part of the person has no points."""
    dimension = [lines[name] for name in (*PART, "dimension")]
    nothing = ~lines["points"].notna().groupby(dimension).transform("any")
    return nothing.groupby([lines[name] for name in PART]).transform("any")


def _time_of_parts(lines: pd.DataFrame) -> np.ndarray:
    """Hand the time of parts that cannot be scored to those that can; where none can, leave it."""
    empty = empty_parts(lines)
    person = lines["person_id"]
    scored = lines["weight_base"].where(~empty, 0.0).groupby(person).transform("sum")
    whole = lines["weight_base"].groupby(person).transform("sum")
    some = empty.groupby(person).transform("any") & (scored > 0)
    return np.where(some, np.where(empty, 0.0, whole / scored.where(scored > 0)), 1.0)
