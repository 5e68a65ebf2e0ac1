"""Rates: the company's goal becomes everybody's, by equal stretch from their own baseline (§1.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from salesperf_lib.errors import DataError, Problem
from salesperf_lib.params import Kpi, Policy
from salesperf_lib.periods import Period
from salesperf_lib.targets.basis import UNASSIGNED, Basis, Floats
from salesperf_lib.targets.goals import listed, spans_of
from salesperf_lib.targets.rates import equal_stretch, round_parts, shrink, to_step
from salesperf_lib.targets.split import MONTHS, QUARTERS, YEAR, Span

PRIOR_N = 30
"""Observations that a parent's rate counts for where the KPI names no minimum of its own."""

PER_MONTH = ("sales_per_head",)
"""A flow over a stock: its value grows with the length of the period, its default is that of a month."""

COLUMNS = ["level", "unit_id", "team_id", "span", "target", "weight", "basis"]
SPANS: tuple[Span, ...] = (YEAR, *QUARTERS, *MONTHS)
TOP = ("company", "company")

Key = tuple[str, str]
Given = Mapping[Key, float]
Row = tuple[str, str, str, float, float, str]


@dataclass(frozen=True, slots=True)
class _Family:
    """The people of one role in one team, and what the team has beside them: together the team's rate.

    `keys` and `base` hold the rest of the team last, if it has any, whose weight is `rest`; the
    members are `rows` of the people. `base` is None where nothing is stretched.
    """

    keys: tuple[Key, ...]
    rows: slice
    base: Floats | None
    rest: float | None


@dataclass(frozen=True, slots=True)
class _Units:
    """The units of one rate.

    `company` has one row and `teams` one per team, with `value`, `weight`, `n` over the history
    window; `base` holds the teams' baselines, None where nothing is stretched. `yearly` is the
    denominator that each of the people would have in a whole year in their role, `held` the share of
    a span's days that they are in it.
    """

    kpi: Kpi
    scale: int
    company: pd.DataFrame
    teams: pd.DataFrame
    base: Floats | None
    families: Mapping[str, tuple[_Family, ...]]
    yearly: Floats
    held: Mapping[Span, Floats]


Solved = dict[tuple[object, ...], list[Row]]


def split_rate(goals: pd.DataFrame, basis: Basis, kpi: Kpi, policy: Policy) -> pd.DataFrame:
    """Give every unit its target of one rate, in every period of the year.

    Parameters
    ----------
    goals
        The KPI's goals inside the year, at any level.
    basis
        The facts with the units' baselines.
    kpi, policy
        The rate and the rules; what its amendments decided comes before any goal.

    Returns
    -------
    DataFrame
        One row per level, unit, team and period: `target`, `weight` (the denominator it counts
        with, of a whole year) and `basis`. A shorter period has the target of the longer one unless it
        has its own.

    Raises
    ------
    DataError
        If given goals leave no possible target for the other units.

    Notes
    -----
    Company → teams → people of a role. The people of a role and the rest of their team together
    make the team's rate, so a role stretches as much as its team; the rest is the team's unassigned
    row. Denominators are those of the history window, for people per day on the roster times their
    days in the period, scaled to a year. Where the company has no such rate, or none in the window, or
    rates that cannot be stretched (growth may be negative), everybody has the same target.

    What is solved is rounded to the step in which a reader sees it, so that in every period the weighted
    mean of the parts still reads as the whole (`round_parts`); what was given stays as it is.
    """
    units = _units(basis, kpi, policy)
    default = policy.targets.defaults.get(kpi.id)
    rows: list[tuple[object, ...]] = []
    solved: Solved = {}
    for span, effective in _goals_by_span(goals, basis.year, kpi, policy).items():
        own = default
        if own is not None and kpi.id in PER_MONTH:
            own *= span[1] - span[0]
        rows += [(*row[:3], span, *row[3:]) for row in _solve(units, effective, own, span, solved)]
    return pd.DataFrame(rows, columns=COLUMNS)


def _goals_by_span(
    goals: pd.DataFrame, year: Period, kpi: Kpi, policy: Policy
) -> dict[Span, dict[Key, float]]:
    """Give each unit's goal in each span: given from outside, or decided since by an amendment.

    A decision for a span holds in the spans inside it from the first month on that its record moves. A
    longer span follows once all its months were decided: with the rate of its first month (DESIGN §3).
    """
    flow, scale = kpi.id in PER_MONTH, policy.company.money_scale
    given = {(row.level, row.unit_id, row.span): row.target for row in listed(goals)}
    found = {span: _effective(given, span, kpi, scale) for span in SPANS}
    decided: dict[Key, set[Span]] = {}
    for key, span, start, value in _amended(policy, kpi, year):
        for other in SPANS:
            if other == span or (_within(other, span) and other[0] >= start):
                found[other][key] = _part(value, other, span, kpi, scale)
                decided.setdefault(key, set()).add(other)
    for key, spans in decided.items():
        for longer in (*QUARTERS, YEAR):
            months = [(month, month + 1) for month in range(*longer)]
            if longer not in spans and spans.issuperset(months):
                values = [found[month][key] for month in months]
                found[longer][key] = sum(values) if flow else values[0]
    return found


def _effective(
    given: Mapping[tuple[str, str, Span], float], span: Span, kpi: Kpi, scale: int
) -> dict[Key, float]:
    """Give each unit's goal for a span: its own, else that of the shortest span around it."""
    found: dict[Key, float] = {}
    for (level, unit, other), target in sorted(given.items(), key=lambda item: item[0][2][0] - item[0][2][1]):
        if _within(span, other):
            found[level, unit] = _part(target, span, other, kpi, scale)
    return found


def _part(target: float, span: Span, whole: Span, kpi: Kpi, scale: int) -> float:
    """Give the part of a goal that falls on a shorter span: a flow's share of it, any other rate itself."""
    if kpi.id not in PER_MONTH or span == whole:
        return target
    return to_step(target * (span[1] - span[0]) / (whole[1] - whole[0]), kpi.unit, scale)


def _amended(policy: Policy, kpi: Kpi, year: Period) -> Iterator[tuple[Key, Span, int, float]]:
    """List what amendments decided of a rate in a year, the record that was written last at the end.

    Yields the unit, the span, the first month of the year that the record moves, and the value.
    """
    spans, months = spans_of(year), year.months()
    for record in sorted(policy.amendments, key=lambda each: (each.recorded_on, each.id)):
        start = sum(month.last < record.valid_from for month in months)
        for change in record.changes:
            if change.kpi == kpi.id:
                period = Period.parse(change.period, year.fiscal_start)
                span = spans.get((period.first, period.last))
                if span is not None:
                    yield (change.level, change.unit_id), span, start, change.after


def _within(span: Span, other: Span) -> bool:
    return other[0] <= span[0] and span[1] <= other[1]


def _units(basis: Basis, kpi: Kpi, policy: Policy) -> _Units:
    company, teams = (_totals(basis, kpi.id, level) for level in ("company", "team"))
    named = sorted(set(basis.teams["team_id"]) - set(basis.teams["parent_id"].dropna()))
    teams = teams.reindex(sorted({*teams.index, *named}))
    top = float(company["value"].iloc[0]) if len(company) else np.nan
    stretched = "company" in kpi.levels and top > 0
    base = shrink(teams["value"], teams["n"], top, _prior(kpi)) if stretched else None
    roles = {role.id for role in policy.roles.values() if role.scored_at(kpi.id) == "person"}
    people = _people(basis, kpi, roles)
    lengths = np.array([month.days for month in basis.year.months()], float)
    return _Units(
        kpi,
        policy.company.money_scale,
        company,
        teams,
        base,
        _families(people, teams, base, kpi),
        people["daily"].to_numpy(float) * lengths.sum(),
        _held(people, lengths),
    )


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
    """List who is scored in person, with their baseline and the denominator expected of a day.

    Counts a day (interactions) of which somebody did none in the whole window are not their work:
    they have no target, and their weight goes elsewhere. The months' days are the columns 0 to 11.
    """
    now = basis.role_days.reset_index()
    now = now[now["role"].isin(roles)].reset_index(drop=True)
    before = basis.past_days.groupby(level="person_id").sum()
    found = now.merge(_totals(basis, kpi.id, "person"), left_on="person_id", right_index=True, how="left")
    daily = found["weight"] / found["person_id"].map(before).astype(float)
    typical = daily.groupby([found["team_id"], found["role"]]).transform("mean")
    typical = typical.fillna(daily.groupby(found["role"]).transform("mean")).fillna(1.0)
    found["past"] = found["weight"].fillna(0.0)
    found["daily"] = daily.fillna(typical)
    if kpi.unit == "count":
        found = found[~((found["value"] == 0) & (found["past"] > 0))]
    return found.sort_values(["team_id", "role", "person_id"], ignore_index=True)


def _held(people: pd.DataFrame, lengths: Floats) -> dict[Span, Floats]:
    """Give the share of each span's days that people are there; in a team they count in one role only.

    That is the role in which they spend most of the span: a person has one target in a team.
    """
    days = people[list(range(12))].to_numpy(float)
    several = people.duplicated(["team_id", "person_id"], keep=False).any()
    found: dict[Span, Floats] = {}
    for span in SPANS:
        here = days[:, slice(*span)].sum(axis=1)
        share = here / lengths[slice(*span)].sum()
        found[span] = np.where(_second(people, here), 0.0, share) if several else share
    return found


def _second(people: pd.DataFrame, here: Floats) -> np.ndarray:
    """Say which rows of people are a second role in the same team, in which they spend less of a span."""
    keys = people[["team_id", "person_id"]].assign(here=here)
    main = keys.sort_values("here", ascending=False, kind="stable")
    return people.index.isin(main.index[main.duplicated(["team_id", "person_id"])])


def _families(
    people: pd.DataFrame, teams: pd.DataFrame, base: Floats | None, kpi: Kpi
) -> dict[str, tuple[_Family, ...]]:
    """Sort people into teams and roles, with their baselines; rows of a family lie together."""
    starts = dict.fromkeys(teams.index, np.nan) if base is None else dict(zip(teams.index, base, strict=True))
    roles = people.groupby("team_id")["role"].nunique()
    found: dict[str, list[_Family]] = {}
    for (name, role), members in people.groupby(["team_id", "role"], sort=True):
        team = str(name)
        rows = slice(int(members.index[0]), int(members.index[-1]) + 1)
        keys = [("person", str(person)) for person in members["person_id"]]
        rest, own = None, None
        if base is not None and team in starts:
            own = shrink(members["value"], members["n"], _pooled(members, float(starts[team])), _prior(kpi))
            rest = _rest(teams.loc[[team]].iloc[0], members)
        if rest is not None and own is not None:
            alone = int(roles[team]) == 1
            keys.append(("person", f"{UNASSIGNED}:{team}" if alone else f"{UNASSIGNED}:{team}:{role}"))
            own = np.append(own, rest[0])
        family = _Family(tuple(keys), rows, own, None if rest is None else rest[1])
        found.setdefault(team, []).append(family)
    return {team: tuple(families) for team, families in found.items()}


def _solve(units: _Units, goals: Given, default: float | None, span: Span, solved: Solved) -> list[Row]:
    """Solve the goals of one span: company, teams, people."""
    company = goals.get(TOP, default)
    rows: list[Row] = []
    if company is not None and "company" in units.kpi.levels:
        code = "goal" if TOP in goals else "default"
        rows.append((*TOP, "", company, _first_weight(units.company), code))
    keys = [("team", str(team)) for team in units.teams.index]
    weights = units.teams["weight"].to_numpy(float)
    targets = _spread(units, company, keys, units.base, np.nan_to_num(weights), goals=goals)
    for key, target, weight in zip(keys, targets, weights, strict=True):
        if target is not None and "team" in units.kpi.levels:
            code = _code(goals, key, stretched=units.base is not None)
            rows.append(("team", key[1], key[1], target, float(weight), code))
        for place, family in enumerate(units.families.get(key[1], ())):
            there = units.held[span][family.rows]
            asked = target if target is not None else company
            own = tuple(goals.get(each) for each in family.keys)
            case = (key[1], place, asked, own, there.tobytes())
            if case not in solved:
                solved[case] = _solve_people(units, key[1], family, there, asked, goals)
            rows += solved[case]
    return rows


def _solve_people(
    units: _Units, team: str, family: _Family, there: Floats, target: float | None, goals: Given
) -> list[Row]:
    """Solve the people of one role in one team, those who are there."""
    weight, present = units.yearly[family.rows] * there, there > 0
    if family.rest is not None:
        weight, present = np.append(weight, family.rest), np.append(present, True)
    keys = [key for key, is_there in zip(family.keys, present, strict=True) if is_there]
    base = None if family.base is None else family.base[present]
    rows: list[Row] = []
    targets = _spread(units, target, keys, base, weight[present], goals=goals)
    for key, own, part in zip(keys, targets, weight[present], strict=True):
        if own is not None:
            code = _code(goals, key, stretched=base is not None)
            rows.append(
                ("person", key[1], team, own, np.nan if code == "same_for_all" else float(part), code)
            )
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
    whole = float(team["value"]) * float(team["weight"])
    own = float((members["value"] * members["past"]).sum())
    return max(whole - own, 0.0) / weight, weight


def _spread(
    units: _Units, target: float | None, keys: list[Key], base: Floats | None, weight: Floats, *, goals: Given
) -> list[float | None]:
    """Spread a parent's target over its parts, around the parts that have goals of their own."""
    own = [goals.get(key) for key in keys]
    kpi = units.kpi
    if target is None or base is None or not keys:
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
    parts = np.array([np.nan if goal is None else goal for goal in own])
    parts[free] = equal_stretch(wanted, base[free], weight[free], share=share)[0]
    rounded = round_parts(target, parts, weight, unit=kpi.unit, scale=units.scale, pinned=~free)
    return [float(part) for part in rounded]


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
