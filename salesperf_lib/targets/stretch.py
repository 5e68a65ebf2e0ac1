"""Rates: the company's goal becomes everybody's, by equal stretch from their own baseline (§1.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from salesperf_lib.errors import DataError, Problem
from salesperf_lib.params import Kpi, Policy
from salesperf_lib.targets.basis import UNASSIGNED, Basis, Floats
from salesperf_lib.targets.goals import listed
from salesperf_lib.targets.rates import equal_stretch, shrink
from salesperf_lib.targets.split import MONTHS, QUARTERS, YEAR, Span

PRIOR_N = 30
"""Observations that a parent's rate counts for where the KPI names no minimum of its own."""

PER_MONTH = ("sales_per_head",)
"""A flow over a stock: its value grows with the length of the period, its default is that of a month."""

COLUMNS = ["level", "unit_id", "team_id", "span", "target", "weight", "basis"]

Given = Mapping[tuple[str, str], float]
Row = tuple[str, str, str, float, float, str]


@dataclass(frozen=True, slots=True)
class _Units:
    """The units of one rate: `value`, `weight` and `n` of each over the history window.

    `company` has one row, `teams` one per team, `people` one per team, role and person who is
    scored in person; `days` holds everybody's days per team and month of the year.
    """

    kpi: Kpi
    company: pd.DataFrame
    teams: pd.DataFrame
    people: pd.DataFrame
    days: Mapping[tuple[str, str], Floats]


def split_rate(goals: pd.DataFrame, basis: Basis, kpi: Kpi, policy: Policy) -> pd.DataFrame:
    """Give every unit its target of one rate, in every period of the year.

    Parameters
    ----------
    goals
        The KPI's goals inside the year, at any level.
    basis
        The facts with the units' baselines.
    kpi, policy
        The rate and the rules.

    Returns
    -------
    DataFrame
        One row per level, unit, team and period: `target`, `weight` (the denominator it counts
        with) and `basis`. A shorter period has the target of the longer one unless it has its own.

    Raises
    ------
    DataError
        If given goals leave no possible target for the other units.

    Notes
    -----
    Company → teams → people of a role. The people of a role and the rest of their team together
    make the team's rate, so a role stretches as much as its team; the rest is the team's unassigned
    row. Denominators are those of the history window, for people per day on the roster times their
    days in the year. Where the company has no such rate, or none in the window, or rates that
    cannot be stretched (growth may be negative), everybody has the same target.
    """
    given = {(row.level, row.unit_id, row.span): row.target for row in listed(goals)}
    units = _units(basis, kpi, policy)
    rows: list[tuple[object, ...]] = []
    solved: dict[tuple[object, ...], list[Row]] = {}
    for span in (YEAR, *QUARTERS, *MONTHS):
        flow = kpi.id in PER_MONTH
        effective = _effective(given, span, flow=flow)
        default = policy.targets.defaults.get(kpi.id)
        if default is not None and flow:
            default *= span[1] - span[0]
        key = (default, *sorted(effective.items()))
        if key not in solved:
            solved[key] = _solve(units, effective, default)
        rows += [(*row[:3], span, *row[3:]) for row in solved[key] if _is_there(units, row, span)]
    return pd.DataFrame(rows, columns=COLUMNS)


def _effective(
    given: Mapping[tuple[str, str, Span], float], span: Span, *, flow: bool
) -> dict[tuple[str, str], float]:
    """Give each unit's goal for a span: its own, else that of the shortest span around it.

    A `flow` has its share of the longer span's goal.
    """
    found: dict[tuple[str, str], float] = {}
    for (level, unit, other), target in sorted(given.items(), key=lambda item: item[0][2][0] - item[0][2][1]):
        if other[0] <= span[0] and span[1] <= other[1]:
            part = (span[1] - span[0]) / (other[1] - other[0]) if flow else 1.0
            found[level, unit] = target * part
    return found


def _is_there(units: _Units, row: Row, span: Span) -> bool:
    """Keep people out of periods in which they are not on the roster."""
    level, unit, team = row[:3]
    if level != "person" or (team, unit) not in units.days:
        return True
    return bool(units.days[team, unit][slice(*span)].sum() > 0)


def _units(basis: Basis, kpi: Kpi, policy: Policy) -> _Units:
    roster = basis.days
    days = {
        (str(team), str(person)): row
        for (team, person), row in zip(roster.index, roster.to_numpy(float), strict=True)
    }
    company, teams = (_totals(basis, kpi.id, level) for level in ("company", "team"))
    named = sorted(set(basis.teams["team_id"]) - set(basis.teams["parent_id"].dropna()))
    teams = teams.reindex(sorted({*teams.index, *named}))
    roles = {role.id for role in policy.roles.values() if role.scored_at(kpi.id) == "person"}
    return _Units(kpi, company, teams, _people(basis, kpi, roles), days)


def _totals(basis: Basis, kpi: str, level: str) -> pd.DataFrame:
    """Sum a rate over the window: one row per unit with `value`, `weight` and `n`."""
    rows = basis.of(kpi, level)
    rows = rows[rows["value"].notna()].astype({"n": float})
    if rows["denominator"].isna().any():
        means = rows.groupby("unit_id").agg(value=("value", "mean"), weight=("n", "sum"), n=("n", "sum"))
        return means.sort_index()
    sums = rows.groupby("unit_id")[["numerator", "denominator", "n"]].sum().sort_index()
    value = sums["numerator"] / sums["denominator"].where(sums["denominator"] != 0)
    return pd.DataFrame({"value": value, "weight": sums["denominator"], "n": sums["n"]})


def _people(basis: Basis, kpi: Kpi, roles: set[str]) -> pd.DataFrame:
    """List who is scored in person, with their baseline and the denominator expected of their days.

    Counts a day (interactions) of which somebody did none in the whole window are not their work:
    they have no target, and their weight goes elsewhere.
    """
    now = basis.role_days.sum(axis=1).rename("days").reset_index()
    now = now[now["role"].isin(roles)].reset_index(drop=True)
    before = basis.past_days.groupby(level="person_id").sum()
    found = now.merge(_totals(basis, kpi.id, "person"), left_on="person_id", right_index=True, how="left")
    daily = found["weight"] / found["person_id"].map(before).astype(float)
    typical = daily.groupby([found["team_id"], found["role"]]).transform("mean")
    typical = typical.fillna(daily.groupby(found["role"]).transform("mean")).fillna(1.0)
    found["past"] = found["weight"].fillna(0.0)
    found["weight"] = daily.fillna(typical) * found["days"]
    if kpi.unit == "count":
        found = found[~((found["value"] == 0) & (found["past"] > 0))]
    return found.sort_values(["team_id", "role", "person_id"], ignore_index=True)


def _solve(units: _Units, goals: Given, default: float | None) -> list[Row]:
    """Solve one set of goals: company, teams, people."""
    company = goals.get(("company", "company"), default)
    top = float(units.company["value"].iloc[0]) if len(units.company) else np.nan
    stretched = "company" in units.kpi.levels and top > 0
    rows: list[Row] = []
    if company is not None and "company" in units.kpi.levels:
        code = "goal" if ("company", "company") in goals else "default"
        rows.append(("company", "company", "", company, _first_weight(units.company), code))
    teams = units.teams
    base = shrink(teams["value"], teams["n"], top, _prior(units.kpi)) if stretched else None
    keys = [("team", str(team)) for team in teams.index]
    targets = _spread(
        units.kpi, company, keys, base, teams["weight"].fillna(0.0).to_numpy(float), goals=goals
    )
    for (_, team), target, weight, start in zip(
        keys, targets, teams["weight"], base if base is not None else targets, strict=True
    ):
        if target is None:
            target_of_people, code = company, ""
        else:
            target_of_people, code = target, _code(goals, ("team", team), stretched=stretched)
            if "team" in units.kpi.levels:
                rows.append(("team", team, team, target, float(weight), code))
        rows += _solve_people(
            units, team, target_of_people, float(start or 0.0) if stretched else None, goals
        )
    return rows


def _solve_people(
    units: _Units, team: str, target: float | None, start: float | None, goals: Given
) -> list[Row]:
    """Solve one team's people, role by role."""
    rows: list[Row] = []
    people = units.people[units.people["team_id"] == team]
    roles = list(people.groupby("role", sort=True))
    for role, members in roles:
        keys = [("person", str(person)) for person in members["person_id"]]
        weight = members["weight"].to_numpy(float)
        base = None
        if start is not None:
            rest = _rest(units.teams.loc[[team]].iloc[0], members)
            pooled = _pooled(members, start)
            base = shrink(members["value"], members["n"], pooled, _prior(units.kpi))
            if rest is not None:
                name = f"{UNASSIGNED}:{team}" if len(roles) == 1 else f"{UNASSIGNED}:{team}:{role}"
                keys.append(("person", name))
                base, weight = np.append(base, rest[0]), np.append(weight, rest[1])
        targets = _spread(units.kpi, target, keys, base, weight, goals=goals)
        for key, person_target, person_weight in zip(keys, targets, weight, strict=True):
            if person_target is not None:
                code = _code(goals, key, stretched=start is not None)
                held = np.nan if code == "same_for_all" else float(person_weight)
                rows.append(("person", key[1], team, person_target, held, code))
    return rows


def _pooled(members: pd.DataFrame, start: float) -> float:
    """Give the rate of a role in a team: what its small samples are drawn toward."""
    known = members[members["value"].notna() & (members["past"] > 0)]
    if known.empty:
        return start
    return float((known["value"] * known["past"]).sum() / known["past"].sum())


def _rest(team: pd.Series, members: pd.DataFrame) -> tuple[float, float] | None:
    """Give the rate and denominator of what the team had beside its members; None if nothing."""
    past = float(members["past"].sum())
    weight = float(team["weight"]) - past
    if not weight > 1e-6 * float(team["weight"]):
        return None
    whole, own = (
        float(team["value"]) * float(team["weight"]),
        float((members["value"] * members["past"]).sum()),
    )
    return max(whole - own, 0.0) / weight, weight


def _spread(
    kpi: Kpi,
    target: float | None,
    keys: list[tuple[str, str]],
    base: Floats | None,
    weight: Floats,
    *,
    goals: Given,
) -> list[float | None]:
    """Spread a parent's target over its parts, around the parts that have goals of their own."""
    own = [goals.get(key) for key in keys]
    if target is None or base is None:
        return [target if goal is None else goal for goal in own]
    free = np.array([goal is None for goal in own])
    if not free.any():
        return own
    wanted = target
    if not free.all() and weight[free].sum() > 0:
        taken = sum(goal * part for goal, part in zip(own, weight, strict=True) if goal is not None)
        wanted = (target * weight.sum() - taken) / weight[free].sum()
    share = kpi.unit == "share" and bool(((base >= 0) & (base <= 1)).all())
    if not share and (bool((base < 0).any()) or not float(base @ weight) > 0):
        return [target if goal is None else goal for goal in own]
    if not wanted > 0 or (share and wanted > 1):
        raise DataError(_impossible(kpi, target, wanted, keys, own))
    solved = iter(equal_stretch(wanted, base[free], weight[free], share=share)[0])
    return [float(next(solved)) if goal is None else goal for goal in own]


def _impossible(
    kpi: Kpi, target: float, wanted: float, keys: list[tuple[str, str]], own: list[float | None]
) -> Problem:
    pins = ", ".join(
        f"{unit} {goal:g}" for (_, unit), goal in zip(keys, own, strict=True) if goal is not None
    )
    return Problem(
        f"goals: {kpi.id}",
        f"{pins}, which leave the others {wanted:.4g} for a whole of {target:g}",
        "goals that leave the others a possible target",
        "move these goals nearer to the whole, or change the goal above them",
    )


def _code(goals: Given, key: tuple[str, str], *, stretched: bool) -> str:
    if key in goals:
        return "goal"
    return "equal_stretch" if stretched else "same_for_all"


def _prior(kpi: Kpi) -> float:
    return float(kpi.min_n or PRIOR_N)


def _first_weight(company: pd.DataFrame) -> float:
    return float(company["weight"].iloc[0]) if len(company) else np.nan
