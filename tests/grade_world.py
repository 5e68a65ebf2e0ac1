"""Small score frames and rules for tests of grades: every number is given, none is computed."""

from __future__ import annotations

from collections import namedtuple
from fractions import Fraction
from types import MappingProxyType, SimpleNamespace

import numpy as np
import pandas as pd

from salesperf_lib.params import Curve, Grades, Name, RoleKpi
from salesperf_lib.params.policy import Distribution
from salesperf_lib.region import vertices

PERIOD = "2026-06"
THRESHOLDS = (("A", 90.0), ("B", 75.0), ("C", 60.0), ("D", 0.0))
QUOTAS = (("A", Fraction(1, 5)), ("B", Fraction(1, 2)), ("C", Fraction(1, 5)), ("D", Fraction(1, 10)))
BOUNDS = {"result": (0.5, 0.6), "process": (0.2, 0.3), "potential": (0.1, 0.2)}
PROPORTIONAL = Curve("plain", "ratio", Name("比例", "ratio"), MappingProxyType({"floor": 0.0, "cap": 10.0}))
Rule = namedtuple("Rule", "unit direction")
KPIS = {
    "net_sales": Rule("money", "higher"),
    "aov": Rule("money", "higher"),
    "cac": Rule("money", "lower"),
    "channel_roi": Rule("ratio", "higher"),
    "inquiry_conversion_rate": Rule("share", "higher"),
    "refund_rate": Rule("share", "lower"),
    "acquired_customers": Rule("count", "higher"),
    "daily_interactions": Rule("count", "higher"),
    "first_response_seconds": Rule("seconds", "lower"),
    "report_quality": Rule("points", "higher"),
    "kpi_result": Rule("text", "higher"),
    "kpi_process": Rule("text", "higher"),
    "kpi_potential": Rule("text", "higher"),
}


def policy_of(rules: Grades, gates: dict[str, float] | None = None, bounds=None, kpis=None):
    """Give just what grading reads of a policy; every KPI counts in proportion to its attainment."""
    rows = tuple(
        RoleKpi(kpi, "result", Fraction(1), "person", gate=mark) for kpi, mark in (gates or {}).items()
    )
    known = kpis or KPIS
    return SimpleNamespace(
        grades=rules,
        kpis=known,
        curves=dict.fromkeys(known, PROPORTIONAL),
        roles={"service": SimpleNamespace(id="service", kpis=rows)},
        dimension_bounds=bounds or BOUNDS,
        corners=vertices(list((bounds or BOUNDS).values())),
    )


def forced(**rule) -> Grades:
    """Give rules that force 20/50/20/10, of cohorts of any size."""
    return Grades(THRESHOLDS, Distribution(**{"kind": "forced", "quotas": QUOTAS, "min_cohort": 2, **rule}))


def composites(*scores, teams=None, roles=None) -> pd.DataFrame:
    """Give people p0, p1, … with scores; NaN is not assessed."""
    return pd.DataFrame({
        "period": PERIOD,
        "person_id": [f"p{i}" for i in range(len(scores))],
        "team_id": teams or ["t1"] * len(scores),
        "role": roles or ["service"] * len(scores),
        "score": [float(score) for score in scores],
        "status": ["scored" if score == score else "few_days" for score in scores],
    })  # fmt: skip


def line(person, kpi, *, points=np.nan, weight=1.0, **more):
    """Give one line of the score frame; its unit is the person unless `scored_at` says otherwise."""
    row = {
        "period": PERIOD, "person_id": person, "team_id": "t1", "role": "service", "scored_in": PERIOD,
        "layer": "month", "kpi": kpi, "scored_at": "person", "value_period": PERIOD, "numerator": np.nan,
        "denominator": np.nan, "n": pd.NA, "value": np.nan, "target": np.nan, "baseline": np.nan,
        "points": points, "gated": False, "dimension": "result", "weight": weight, "reason": "scored",
    } | more  # fmt: skip
    return row | {"contribution": row["points"] * row["weight"]}


def rate(person, good, of, target, **more):
    """Give the line of a rate of counts."""
    value = good / of
    measured = {"numerator": float(good), "denominator": float(of), "n": of, "value": value, "target": target}
    return line(person, "inquiry_conversion_rate", **({"points": 100 * value / target} | measured | more))


def frame(*rows) -> pd.DataFrame:
    """Put lines into a score frame."""
    return pd.DataFrame(list(rows)).astype({"n": "Int64"})


def totals(lines) -> pd.DataFrame:
    """Add lines up to composites."""
    keys = ["period", "person_id", "team_id", "role"]
    return lines.groupby(keys, as_index=False).agg(score=("contribution", "sum"), status=("reason", "first"))
