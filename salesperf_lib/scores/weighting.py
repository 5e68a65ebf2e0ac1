"""What happens to the weight of a KPI that cannot be scored (§2.2, DATA §4)."""

from __future__ import annotations

import numpy as np
import pandas as pd

GRID = 2.0**-30
"""Contributions are whole multiples of this (a billionth of a point): sums of them are exact in float64."""


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
