"""What is done to a value before it is scored: small samples shrunk, ratings corrected (§2.2).

Peers are those of the period before, so that nobody's score depends on who else is in today's table.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from salesperf_lib import stats
from salesperf_lib.params import Kpi, Policy
from salesperf_lib.scores.inputs import Inputs, parsed
from salesperf_lib.stats.shrinkage import MIN_PEERS

SHRUNK, CORRECTED, UNCALIBRATED = "shrunk", "corrected", "uncalibrated"


def adjust(lines: pd.DataFrame, given: Inputs, policy: Policy, label: str) -> pd.DataFrame:
    """Turn measured values into the values that are scored.

    Parameters
    ----------
    lines
        Rows with numerator, denominator and value of the period `label`.
    given
        The period before's values, and the correction of ratings.
    policy
        Which KPIs are shrunk, and how.
    label
        The period whose values they are.

    Returns
    -------
    DataFrame
        The same rows with `value` adjusted and `adjustment` saying how: ``shrunk``, ``corrected`` (for
        leniency), ``uncalibrated`` (left alone, for want of ratings), or empty.
    """
    found = lines.assign(adjustment="")
    return _corrected(_shrunk(found, given, policy, label), given, label)


def _shrunk(lines: pd.DataFrame, given: Inputs, policy: Policy, label: str) -> pd.DataFrame:
    peers = _peers(given, policy, label)
    value, mark = lines["value"].to_numpy(float).copy(), lines["adjustment"].to_numpy(object).copy()
    own = (lines["scored_at"] == "person").to_numpy()
    for name, places in lines.groupby("kpi").indices.items():
        kpi = policy.kpis[str(name)]
        rows = np.asarray(places)[own[places]]
        before = peers[peers["kpi"] == name]
        if kpi.shrink is None or len(before) < MIN_PEERS or not len(rows):
            continue
        drawn = _drawn(kpi, lines.iloc[rows], before)
        told = np.isfinite(value[rows]) & np.isfinite(drawn)
        value[rows] = np.where(told, drawn, value[rows])
        mark[rows] = np.where(told, SHRUNK, mark[rows])
    return lines.assign(value=value, adjustment=mark)


def _peers(given: Inputs, policy: Policy, label: str) -> pd.DataFrame:
    """Give everybody's values in the period before the labelled one."""
    now = parsed(label, policy.period) or policy.period
    values = given.kpis
    before = (values["period"] == now.shift(-1).label) & (values["level"] == "person")
    return values[before & (values["channel"] == "all") & (values["denominator"] > 0)]


def _drawn(kpi: Kpi, rows: pd.DataFrame, peers: pd.DataFrame) -> np.ndarray:
    """Draw values towards their peers: a rate of counts by its beta prior, a mean by so many observations."""
    top, bottom = rows["numerator"].to_numpy(float), rows["denominator"].to_numpy(float)
    before = peers.sort_values("unit_id")
    successes, trials = before["numerator"].to_numpy(float), before["denominator"].to_numpy(float)
    if kpi.shrink == "estimated":
        prior = stats.beta_prior(successes, trials)
        return np.full(len(rows), np.nan) if prior is None else stats.shrink_rate(top, bottom, prior)
    mean = float(successes.sum() / trials.sum())
    return stats.shrink_mean(top, bottom, mean, float(kpi.shrink or 0))


def _corrected(lines: pd.DataFrame, given: Inputs, label: str) -> pd.DataFrame:
    """Multiply rated values by what the correction of their ratings comes to."""
    factors = given.factors[given.factors["period"] == label]
    if factors.empty:
        return lines
    held = factors.set_index(["person_id", "kpi"])
    rows = pd.MultiIndex.from_frame(lines[["person_id", "kpi"]])
    own = (lines["scored_at"] == "person").to_numpy()
    factor = held["factor"].astype(float).reindex(rows).to_numpy()
    sure = held["calibrated"].reindex(rows).fillna(value=True).to_numpy(bool)
    rated = own & np.isfinite(factor) & lines["value"].notna().to_numpy()
    # A rater who is not calibrated is not corrected: the factor holds what the person's others came to.
    value = np.where(rated, lines["value"].to_numpy(float) * factor, lines["value"].to_numpy(float))
    mark = np.where(rated, np.where(sure, CORRECTED, UNCALIBRATED), lines["adjustment"].to_numpy(object))
    return lines.assign(value=value, adjustment=mark)
