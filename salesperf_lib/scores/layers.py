"""A year's composite: the scores of its months, of its quarters, and of its own indicators (§2.5)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from salesperf_lib.params import Policy
from salesperf_lib.params.policy import Layer
from salesperf_lib.scores.assessable import ASSESSED
from salesperf_lib.scores.weighting import contribution

CADENCES: tuple[Layer, ...] = ("month", "quarter", "year")
NOTHING = "no_dimension"


def layer_of(policy: Policy) -> Layer:
    """Give the layer whose indicators score a period: its own for quarter and year, else the month's."""
    kind = policy.period.kind
    return kind if kind in ("quarter", "year") else "month"


def add_layers(own: pd.DataFrame, earlier: Sequence[pd.DataFrame], policy: Policy) -> pd.DataFrame:
    """Add the lines of a year's months and quarters, every layer with its weight.

    Parameters
    ----------
    own
        The year's own lines, weighted to 1, with `layer`, `scored_in` and `reason`.
    earlier
        Score frames of months and quarters of the year.
    policy
        The weights of the layers.

    Returns
    -------
    DataFrame
        All lines, weights scaled so that they sum to 1 for every person who is assessed.

    Notes
    -----
    composite = Σ_l w_l · mean of the layer's period scores, over the periods in which the person was
    assessed (§2.5); each period of a layer counts alike. A layer without any hands its weight to the
    others, in proportion.
    Whether the year assesses a person is decided by the year; only a year's own set that lacks a whole
    dimension is made up for by months and quarters.
    """
    parts = [frame[frame["reason"] == ASSESSED] for frame in earlier]
    lines = pd.concat([own, *(part for part in parts if len(part))], ignore_index=True)
    reason = own.groupby("person_id")["reason"].first()
    lines = lines[lines["person_id"].isin(reason.index)].assign(period=policy.period.label)
    year = lines["person_id"].map(reason)
    scorable = lines["reason"].eq(ASSESSED) & year.isin([ASSESSED, NOTHING])
    scale = _scale(lines, scorable, policy)
    weight = (lines["weight"] * scale).where(scorable)
    rescued = scorable.groupby(lines["person_id"]).transform("any")
    return lines.assign(
        weight_base=lines["weight_base"] * scale,
        weight=np.where(rescued, weight.fillna(0.0), lines["weight"]),
        contribution=np.where(rescued, contribution(lines["points"], weight.fillna(0.0)), np.nan),
        reason=np.where(rescued, ASSESSED, year),
    )


def _scale(lines: pd.DataFrame, scorable: pd.Series, policy: Policy) -> np.ndarray:
    """Give what every line's weight is multiplied by: its layer's weight over the layer's periods."""
    told = lines[scorable]
    if told.empty:
        return np.zeros(len(lines))
    layers = told.drop_duplicates(["person_id", "layer"])
    weights = layers["layer"].map({name: float(weight) for name, weight in policy.layer_weights.items()})
    layers = layers.assign(given=weights)
    whole = layers.groupby("person_id")["given"].transform("sum")
    layers = layers.assign(given=layers["given"] / whole.where(whole > 0))
    periods = told.groupby(["person_id", "layer"])["scored_in"].nunique()
    each = layers.set_index(["person_id", "layer"])["given"] / periods
    rows = pd.MultiIndex.from_frame(lines[["person_id", "layer"]])
    return each.reindex(rows).fillna(0.0).to_numpy(float)
