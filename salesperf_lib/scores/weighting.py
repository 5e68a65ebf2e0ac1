"""What moves weight inside a dimension: the phase of a month, and KPIs without points (§1.3, §2.2)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import numpy as np
import pandas as pd

from salesperf_lib.params import Role

GRID = 2.0**-30
"""Contributions are whole multiples of this (a billionth of a point): sums of them are exact in float64."""


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


def redistribute(lines: pd.DataFrame) -> pd.DataFrame:
    """Move the weight of lines without points to the other lines of the same person and dimension.

    Parameters
    ----------
    lines
        One row per person and KPI: person_id, dimension, points, weight_base.

    Returns
    -------
    DataFrame
        The same rows with `weight` (0 where there are no points) and `contribution`. A dimension's
        weights still sum to what they summed to; a dimension without any points keeps none, and
        its person is not assessable.

    Notes
    -----
    weight = weight_base · Σ weight_base / Σ weight_base of the lines with points. A missing KPI is
    never averaged in as zero: 5 stays 5, it does not become 3.33. Contributions are points · weight on
    a grid so fine that no reader sees it and so coarse that they add up exactly, in any order.
    """
    known = lines["points"].notna()
    keys = [lines["person_id"], lines["dimension"]]
    whole = lines["weight_base"].groupby(keys).transform("sum")
    held = lines["weight_base"].where(known, 0.0).groupby(keys).transform("sum")
    complete = known.groupby(keys).transform("all")
    factor = np.where(complete, 1.0, whole / held.where(held > 0))
    weight = (lines["weight_base"] * factor).where(known, 0.0)
    exact = (lines["points"] * weight).where(known, 0.0)
    return lines.assign(weight=weight, contribution=np.round(exact / GRID) * GRID)
