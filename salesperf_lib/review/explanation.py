"""Every score line by line, and its sum: what anybody can check with a pocket calculator (§2.2, §2.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from salesperf_lib.appraisal import Appraisal

COMPOSITE = "composite"
COLUMNS = [
    "period", "person_id", "team_id", "role", "scored_in", "dimension", "kpi", "scored_at", "numerator",
    "denominator", "n", "value_raw", "adjustment", "value", "target", "baseline", "attainment", "points",
    "gated", "weight", "contribution", "status", "reason",
]  # fmt: skip


def explain(made: Appraisal) -> pd.DataFrame:
    """List the lines of every score in the order in which they are computed, each person's sum last.

    Parameters
    ----------
    made
        The appraisal.

    Returns
    -------
    DataFrame
        One row per line of the score frame, and one per person with `kpi` ``composite``: the sums of
        weights and contributions, which are 1 and the score. Money in minor units.
    """
    lines = made.scores[COLUMNS]
    sums = lines.groupby("person_id")[["weight", "contribution"]].sum(min_count=1)
    whole = made.composites.rename(columns={"status": "reason"}).drop(columns="score")
    totals = whole.merge(sums.reset_index(), on="person_id", how="left").assign(
        kpi=COMPOSITE, status="", scored_in=made.period.label, gated=False, adjustment=""
    )
    both = pd.concat([lines, totals.reindex(columns=COLUMNS).astype(lines.dtypes.to_dict())])
    place = np.r_[np.zeros(len(lines), int), np.ones(len(totals), int)]
    ordered = both.assign(place=place).sort_values(["person_id", "place"], kind="stable")
    return ordered[COLUMNS].reset_index(drop=True)
