"""What scoring reads beside the rules: frames of the stages above it."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from salesperf_lib.errors import PeriodError
from salesperf_lib.periods import Period

PART_VALUES = ["person_id", "team_id", "role", "kpi", "numerator", "denominator", "value", "n"]
FACTORS = ["period", "person_id", "kpi", "factor", "calibrated"]


def _empty(columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame(columns=columns)


@dataclass(frozen=True, slots=True)
class Inputs:
    """What is scored.

    Parameters
    ----------
    kpis
        KPI values (DATA §6) of the period, of the one before it (the peers that small samples are drawn
        towards), of earlier years (baselines), and of quarters that may be carried over.
    targets
        Target frame of the year.
    parts
        Values of people who changed team or role, one row per part and KPI: `PART_VALUES`.
    factors
        What leniency correction multiplies a rated value by, one row per period, person and KPI: `FACTORS`.
    """

    kpis: pd.DataFrame
    targets: pd.DataFrame
    parts: pd.DataFrame = field(default_factory=lambda: _empty(PART_VALUES))
    factors: pd.DataFrame = field(default_factory=lambda: _empty(FACTORS))


def parsed(label: str, like: Period) -> Period | None:
    """Read a period's label in the fiscal year of another; None if it is none."""
    try:
        return Period.parse(label, like.fiscal_start)
    except PeriodError:
        return None
