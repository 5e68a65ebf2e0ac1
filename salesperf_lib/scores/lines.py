"""The lines of a score: value, target, attainment and points of every person and KPI (§2.2)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from salesperf_lib.errors import ParamError, PeriodError, Problem, fail_if_any
from salesperf_lib.params import DIMENSIONS, Policy
from salesperf_lib.periods import Period
from salesperf_lib.scores.curves import attainment, points
from salesperf_lib.scores.weighting import emphasised

REGULAR = "regular"
PHASES = ("sprint", "reserve", REGULAR)

CARRY_QUARTERS = 4
"""How many quarters back a dimension's last assessment may lie."""

BASE = ["period", "person_id", "team_id", "role", "kpi", "dimension", "scored_at", "unit_id", "weight_base"]
MEASURED = ["numerator", "denominator", "n", "value_raw", "value", "target", "attainment", "points", "status"]


def base_lines(people: pd.DataFrame, policy: Policy, phase: str = REGULAR) -> pd.DataFrame:
    """List what everybody is scored on: the KPIs of the role in which they spent most of the period.

    Parameters
    ----------
    people
        `facts.people` of the period.
    policy
        The rules.
    phase
        The period's phase, as `phase_of_targets` gives it: its emphasis moves weight inside the dimensions.

    Returns
    -------
    DataFrame
        One row per person and KPI of the role, in the order of dimensions and of the role's KPIs;
        `weight_base` = dimension weight · weight inside the dimension, emphasis included. People
        whose role has no rules have no row.
    """
    fail_if_any(_without_curve(policy), ParamError)
    main = people[people["main"].astype(bool)].sort_values("person_id")
    order = {name: place for place, name in enumerate(DIMENSIONS)}
    factors = policy.targets.emphasis.get(phase, {})
    inside = {role_id: emphasised(role, factors) for role_id, role in policy.roles.items()}
    rows: list[tuple[object, ...]] = []
    for person, team, role_id in zip(main["person_id"], main["team_id"], main["role"], strict=True):
        role = policy.roles.get(role_id)
        if role is None:
            continue
        outer = policy.weights_of(role_id)
        units = {"person": person, "team": team, "company": "company"}
        for item in sorted(role.kpis, key=lambda row: order[row.dimension]):
            weight = float(outer.get(item.dimension, 0) * inside[role_id][item.kpi])
            at = item.scored_at if item.scored_at in units else "team"
            rows.append(
                (policy.period.label, person, team, role_id, item.kpi, item.dimension, at, units[at], weight)
            )
    return pd.DataFrame(rows, columns=BASE).astype({"weight_base": float})


def phase_of_targets(targets: pd.DataFrame, policy: Policy) -> str:
    """Give the phase whose emphasis holds: that of the month in the target frame.

    Returns
    -------
    str
        ``regular`` for quarters and years, and where the frame says nothing of the month; where its
        rows differ, the phase that most of them have, sprint before reserve before regular.
    """
    if policy.period.kind != "month" or "phase" not in targets:
        return REGULAR
    counts = targets.loc[targets["period"] == policy.period.label, "phase"].value_counts()
    return max(PHASES, key=lambda phase: int(counts.get(phase, 0))) if len(counts) else REGULAR


def measure(
    lines: pd.DataFrame, kpi_values: pd.DataFrame, targets: pd.DataFrame, policy: Policy, label: str
) -> pd.DataFrame:
    """Put value, target, attainment and points into lines, from the values of one period.

    Parameters
    ----------
    lines
        Rows of `base_lines`.
    kpi_values, targets
        The frames of DATA §6.
    policy
        The rules.
    label
        The period whose values count: the scored one, or an earlier quarter.

    Returns
    -------
    DataFrame
        The same rows; `status` is ``scored``, ``low_n`` (fewer observations than the KPI needs),
        ``no_data`` or ``no_target``.
    """
    keys = {"scored_at": "level", "unit_id": "unit_id", "kpi": "kpi"}
    values = kpi_values[(kpi_values["period"] == label) & (kpi_values["channel"] == "all")]
    found = lines.merge(
        values[["level", "unit_id", "kpi", "numerator", "denominator", "value", "n"]].rename(
            columns={name: key for key, name in keys.items()}
        ),
        on=list(keys),
        how="left",
    )
    found["value_raw"] = found["value"].astype(float)
    found["value"] = found["value_raw"]
    found["n"] = found["n"].astype("Int64")
    found["target"] = _targets_of(found, targets, policy, label)
    found["attainment"] = np.nan
    found["points"] = np.nan
    for name, rows in found.groupby("kpi").groups.items():
        kpi, curve = policy.kpis[str(name)], policy.curves[str(name)]
        value = found.loc[rows, "value"].to_numpy(float)
        target = found.loc[rows, "target"].to_numpy(float)
        reached = attainment(value, target, lower_is_better=kpi.direction == "lower")
        found.loc[rows, "attainment"] = reached
        found.loc[rows, "points"] = points(curve, reached, value)
    found["status"] = _line_status(found, policy)
    found["points"] = found["points"].where(found["status"] == "scored")
    found["value_period"] = label
    return found


def carry(
    lines: pd.DataFrame, kpi_values: pd.DataFrame, targets: pd.DataFrame, policy: Policy
) -> pd.DataFrame:
    """Carry the last assessed quarter into dimensions that have no points in the period (DATA §4).

    Returns
    -------
    DataFrame
        The same rows; carried ones have status ``carried`` and their quarter in `value_period`.
        Rates are held against the target in force now, volumes against that quarter's.
    """
    for quarter in _earlier_quarters(kpi_values, policy.period):
        empty = ~_has_points(lines)
        if not empty.any():
            break
        again = measure(lines.loc[empty, BASE], kpi_values, targets, policy, quarter)
        again = again.set_index(lines.index[empty])
        again = again[_has_points(again)]
        again["status"] = again["status"].where(again["points"].isna(), "carried")
        kept = lines.drop(index=again.index)
        lines = pd.concat([part for part in (kept, again) if len(part)]).sort_index() if len(again) else lines
    return lines


def _has_points(lines: pd.DataFrame) -> pd.Series:
    """Say for every line whether its person has any points in its dimension."""
    return lines["points"].notna().groupby([lines["person_id"], lines["dimension"]]).transform("any")


def _earlier_quarters(kpi_values: pd.DataFrame, period: Period) -> list[str]:
    """List the quarters with values that ended by the period's end, the latest first."""
    quarters: list[Period] = []
    for label in kpi_values["period"].unique():
        try:
            parsed = Period.parse(str(label), period.fiscal_start)
        except PeriodError:
            continue
        if parsed.kind == "quarter" and parsed.last <= period.last and parsed.label != period.label:
            quarters.append(parsed)
    return [quarter.label for quarter in sorted(quarters, key=lambda q: q.last, reverse=True)][
        :CARRY_QUARTERS
    ]


def _targets_of(lines: pd.DataFrame, targets: pd.DataFrame, policy: Policy, label: str) -> np.ndarray:
    """Look targets up; a person who changed teams has the sum of both parts of a volume."""
    volumes = {name for name, kpi in policy.kpis.items() if kpi.kind == "volume"}
    is_volume = targets["kpi"].isin(volumes)
    period = np.where(is_volume, label, policy.period.label)
    now = targets[targets["period"].to_numpy() == period]
    sums = now[now["kpi"].isin(volumes)].groupby(["level", "unit_id", "kpi"])["target"].sum()
    rates = now[~now["kpi"].isin(volumes)].set_index(["level", "unit_id", "kpi", "team_id"])["target"]
    own_team = lines["team_id"].where(lines["scored_at"] != "company", "")
    by_unit = pd.MultiIndex.from_frame(lines[["scored_at", "unit_id", "kpi"]])
    by_team = pd.MultiIndex.from_arrays([lines["scored_at"], lines["unit_id"], lines["kpi"], own_team])
    summed = sums.reindex(by_unit).to_numpy(float)
    return np.where(lines["kpi"].isin(volumes), summed, rates.reindex(by_team).to_numpy(float))


def _line_status(lines: pd.DataFrame, policy: Policy) -> np.ndarray:
    least = lines["kpi"].map({name: kpi.min_n for name, kpi in policy.kpis.items()})
    few = (least > 0) & (lines["n"].fillna(0).astype(float) < least)
    choices = [lines["value"].isna(), few, lines["points"].isna()]
    return np.select(
        [choice.to_numpy(bool) for choice in choices], ["no_data", "low_n", "no_target"], "scored"
    )


def _without_curve(policy: Policy) -> list[Problem]:
    scored = {item.kpi for role in policy.roles.values() for item in role.kpis}
    return [
        Problem("params/scoring.yaml", f"no curve for {name}", "a curve for every KPI of a role", "add one")
        for name in sorted(scored - set(policy.curves))
    ]
