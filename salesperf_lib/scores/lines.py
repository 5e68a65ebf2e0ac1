"""The lines of a score: value, target, attainment and points of every part of a person and KPI (§2.2)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from salesperf_lib.errors import ParamError, Problem, fail_if_any
from salesperf_lib.params import DIMENSIONS, Policy
from salesperf_lib.periods import Period
from salesperf_lib.scores.curves import attainment, points
from salesperf_lib.scores.fairness import adjust
from salesperf_lib.scores.inputs import Inputs, parsed
from salesperf_lib.scores.parts import parts_of
from salesperf_lib.scores.weighting import emphasised

REGULAR = "regular"
PHASES = ("sprint", "reserve", REGULAR)

CARRY_QUARTERS = 4
"""How many quarters back a dimension's last assessment may lie."""
BASELINE_YEARS = 3
"""Years before over which the mean of a baseline is taken."""

PART = ["person_id", "team_id", "role"]
BASE = [
    "period", *PART, "kpi", "dimension", "scored_at", "unit_id", "share", "duty", "weight_base",
]  # fmt: skip


def base_lines(people: pd.DataFrame, policy: Policy, phase: str = REGULAR) -> pd.DataFrame:
    """List what everybody is scored on: the KPIs of each role held in the period, weighted by time.

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
        One row per part of a person (team and role) and KPI of the role, in the order of dimensions and of
        the role's KPIs; `weight_base` = share of the part · dimension weight · weight inside the dimension,
        emphasis included. Parts whose role has no rules have no row.
    """
    fail_if_any(_without_curve(policy), ParamError)
    order = {name: place for place, name in enumerate(DIMENSIONS)}
    factors = policy.targets.emphasis.get(phase, {})
    inside = {role_id: emphasised(role, factors) for role_id, role in policy.roles.items()}
    rows: list[tuple[object, ...]] = []
    for person, team, role_id, share, duty in parts_of(people, policy).to_numpy(object).tolist():
        outer = policy.weights_of(role_id)
        units = {"person": person, "team": team, "company": "company"}
        head = (policy.period.label, person, team, role_id)
        for item in sorted(policy.roles[role_id].kpis, key=lambda row: order[row.dimension]):
            weight = float(outer.get(item.dimension, 0) * inside[role_id][item.kpi])
            at = item.scored_at if item.scored_at in units else "team"
            own = (item.kpi, item.dimension, at, units[at], share, duty, weight * share)
            rows.append((*head, *own))
    return pd.DataFrame(rows, columns=BASE).astype({"weight_base": float, "share": float, "duty": float})


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


def measure(lines: pd.DataFrame, given: Inputs, policy: Policy, label: str) -> pd.DataFrame:
    """Put value, target, attainment and points into lines, from the values of one period.

    Parameters
    ----------
    lines
        Rows of `base_lines`.
    given
        KPI values, targets, parts and ratings.
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
    found = adjust(_with_values(lines, given, label), given, policy, label)
    found["target"] = _targets_of(found, given.targets, policy, label)
    found["baseline"] = _baselines(found, given.kpis, policy, label)
    found = with_points(found, policy)
    found["status"] = _line_status(found, policy)
    found["points"] = found["points"].where(found["status"] == "scored")
    return found.assign(value_period=label)


def with_points(lines: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """Work attainment and points out of value, target and baseline, before any gate.

    Parameters
    ----------
    lines
        Rows with kpi, value, target and baseline.
    policy
        The rules: direction and curve of each KPI.

    Returns
    -------
    DataFrame
        The same rows with `attainment` and `points`.
    """
    reached, worth = np.full(len(lines), np.nan), np.full(len(lines), np.nan)
    columns = [lines[name].to_numpy(float) for name in ("value", "target", "baseline")]
    for name, rows in lines.groupby("kpi").indices.items():
        value, target, baseline = (column[rows] for column in columns)
        lower = policy.kpis[str(name)].direction == "lower"
        reached[rows] = attainment(value, target, lower_is_better=lower)
        curve = policy.curves[str(name)]
        worth[rows] = points(curve, reached[rows], value, target, baseline, lower_is_better=lower)
    return lines.assign(attainment=reached, points=worth)


def carry(lines: pd.DataFrame, given: Inputs, policy: Policy) -> pd.DataFrame:
    """Carry the last assessed quarter into what has no points in the period (DATA §4).

    That is a dimension without any points, and an indicator whose curve says so.

    Returns
    -------
    DataFrame
        The same rows; carried ones have status ``carried`` and their quarter in `value_period`.
        Rates are held against the target in force now, volumes against that quarter's.
    """
    by_rule = lines["kpi"].map({kpi: curve.missing == "carry" for kpi, curve in policy.curves.items()})
    for quarter in _earlier_quarters(given.kpis, policy.period):
        empty = ~has_points(lines) | (by_rule.astype(bool) & lines["points"].isna())
        if not empty.any():
            break
        again = measure(lines.loc[empty, BASE], given, policy, quarter)
        again = again.set_index(lines.index[empty])
        again = again[again["points"].notna() | (has_points(again) & ~by_rule[again.index])]
        again["status"] = again["status"].where(again["points"].isna(), "carried")
        kept = lines.drop(index=again.index)
        lines = pd.concat([part for part in (kept, again) if len(part)]).sort_index() if len(again) else lines
    return lines


def has_points(lines: pd.DataFrame) -> pd.Series:
    """Say for every line whether its part of a person has any points in its dimension."""
    keys = [lines[name] for name in (*PART, "dimension")]
    return lines["points"].notna().groupby(keys).transform("any")


def _with_values(lines: pd.DataFrame, given: Inputs, label: str) -> pd.DataFrame:
    """Look values up: a person's of a part where the person had several, else those of the period."""
    keys = {"scored_at": "level", "unit_id": "unit_id", "kpi": "kpi"}
    measured = ["numerator", "denominator", "value", "n"]
    values = given.kpis[(given.kpis["period"] == label) & (given.kpis["channel"] == "all")]
    values = values.rename(columns={name: key for key, name in keys.items()})
    found = lines.merge(values[[*keys, *measured]], on=list(keys), how="left")
    found = found.astype({**dict.fromkeys(measured[:3], float), "n": "Int64"})
    if len(given.parts):
        own = lines.merge(given.parts.assign(period=label), on=["period", *PART, "kpi"], how="left")
        told = own["value"].notna() & (lines["scored_at"] == "person").to_numpy()
        for name in measured:
            found[name] = found[name].where(~told, own[name].astype(found[name].dtype))
    return found.assign(value_raw=found["value"].astype(float))


def _earlier_quarters(kpi_values: pd.DataFrame, period: Period) -> list[str]:
    """List the quarters with values that ended by the period's end, the latest first."""
    quarters = [
        each
        for each in (parsed(str(label), period) for label in kpi_values["period"].unique())
        if each is not None and each.kind == "quarter" and each.last <= period.last
    ]
    ordered = sorted(quarters, key=lambda quarter: quarter.last, reverse=True)
    return [quarter.label for quarter in ordered if quarter.label != period.label][:CARRY_QUARTERS]


def _targets_of(lines: pd.DataFrame, targets: pd.DataFrame, policy: Policy, label: str) -> np.ndarray:
    """Look targets up: those of the part's team; a person's volumes by the days on duty in the part."""
    volumes = {name for name, kpi in policy.kpis.items() if kpi.kind == "volume"}
    period = np.where(targets["kpi"].isin(volumes), label, policy.period.label)
    now = targets[targets["period"].to_numpy() == period]
    unit = ["level", "unit_id", "kpi"]
    by_team = now.groupby([*unit, "team_id"])["target"].sum(min_count=1)
    whole = now[now["kpi"].isin(volumes)].groupby(unit)["target"].sum(min_count=1)
    own_team = lines["team_id"].where(lines["scored_at"] != "company", "")
    keys = [lines["scored_at"], lines["unit_id"], lines["kpi"]]
    of_team = by_team.reindex(pd.MultiIndex.from_arrays([*keys, own_team])).to_numpy(float)
    of_all = whole.reindex(pd.MultiIndex.from_arrays(keys)).to_numpy(float)
    is_volume, own = lines["kpi"].isin(volumes).to_numpy(), (lines["scored_at"] == "person").to_numpy()
    in_parts = own & (lines["share"] < 1).to_numpy()
    found = np.where(is_volume & ~in_parts, of_all, of_team)
    return np.where(is_volume & own, found * lines["duty"].to_numpy(float), found)


def _baselines(lines: pd.DataFrame, kpi_values: pd.DataFrame, policy: Policy, label: str) -> np.ndarray:
    """Give the ambition rule's baseline: the lower of last year's value and the mean of three years.

    For a KPI of which less is better, the higher of the two.
    """
    wanted = [name for name, curve in policy.curves.items() if curve.kind == "steps"]
    now = parsed(label, policy.period)
    asked = lines["kpi"].isin(wanted)
    if now is None or not asked.any():
        return np.full(len(lines), np.nan)
    before = [now := now.year_before() for _ in range(BASELINE_YEARS)]
    table = kpi_values[(kpi_values["channel"] == "all") & kpi_values["kpi"].isin(wanted)]
    by_key = table.set_index(["period", "level", "unit_id", "kpi"])["value"].astype(float)
    keys = lines[["scored_at", "unit_id", "kpi"]]
    years = [
        by_key.reindex(pd.MultiIndex.from_frame(keys.assign(period=year.label)[["period", *keys]])).to_numpy()
        for year in before
    ]
    known = np.vstack(years)
    count = np.isfinite(known).sum(axis=0)
    mean = np.divide(np.nansum(known, axis=0), count, out=np.full(len(lines), np.nan), where=count > 0)
    lower = lines["kpi"].map({name: kpi.direction == "lower" for name, kpi in policy.kpis.items()})
    easier = np.where(lower, np.fmax(known[0], mean), np.fmin(known[0], mean))
    return np.where(asked, easier, np.nan)


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
