"""What history says about a split: each unit's size, its months, and everybody's days (§1.2, §1.3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesperf_lib.periods import Period
from salesperf_lib.targets.split import COMPANY, Unit

Floats = NDArray[np.float64]
Parts = dict[tuple[str, str], Floats]
UNASSIGNED = "unassigned"
HISTORY = ("period", "level", "unit_id", "channel", "kpi", "numerator", "denominator", "value", "n")


@dataclass(frozen=True, slots=True)
class Codes:
    """Where a unit's size beside its siblings comes from, and where its months come from."""

    size: str
    months: str


@dataclass(frozen=True, slots=True)
class Basis:
    """The facts a year's targets stand on.

    Parameters
    ----------
    year
        The year that is planned.
    window
        The months of history, oldest first; none if the data begin with the year.
    history
        By KPI, its values in those months (DATA §6), channel ``all``.
    days, role_days
        Days by FTE per team × person (× role) in the twelve months of the year.
    past_days
        Days by FTE per team × person × role in the window.
    teams
        team_id, parent_id.
    """

    year: Period
    window: tuple[Period, ...]
    history: Mapping[str, pd.DataFrame]
    days: pd.DataFrame
    role_days: pd.DataFrame
    past_days: pd.Series
    teams: pd.DataFrame

    def of(self, kpi: str, level: str) -> pd.DataFrame:
        """Give the history of one KPI at one level."""
        rows = self.history[kpi] if kpi in self.history else no_history()
        return rows[rows["level"] == level]


def no_history() -> pd.DataFrame:
    """Give the KPI values of a year that nothing came before."""
    return pd.DataFrame({name: pd.Series(dtype=float if name in HISTORY[5:] else str) for name in HISTORY})


def read_basis(
    year: Period,
    window: tuple[Period, ...],
    history: pd.DataFrame,
    roster: pd.DataFrame,
    teams: pd.DataFrame,
) -> Basis:
    """Arrange the facts of a year's targets.

    Parameters
    ----------
    year, window, teams
        As in `Basis`.
    history
        KPI values; months outside the window and single channels are left out.
    roster
        One row per person × team × role × span, both ends included, the last span open.
    """
    labels = {month.label for month in window}
    rows = history[history["period"].isin(labels) & (history["channel"] == "all")]
    return Basis(
        year,
        window,
        {str(name): part for name, part in rows.groupby("kpi")},
        count_days(roster, year.months()),
        count_days(roster, year.months(), by_role=True),
        count_days(roster, window, by_role=True).sum(axis=1),
        teams,
    )


def hierarchy(basis: Basis, parts: Parts, *, with_unassigned: bool) -> dict[Unit, tuple[Unit, ...]]:
    """Build the tree: company, groups, teams, and in each team its people and its unassigned row.

    Parameters
    ----------
    basis
        The facts.
    parts
        Keyed by team and person: who may have a personal target. Empty: the teams are the leaves.
    with_unassigned
        Whether what belongs to no team is a unit beside the teams.

    Returns
    -------
    dict
        Children per unit, sorted by key; what is unassigned comes last.
    """
    parent_of = dict(zip(basis.teams["team_id"], basis.teams["parent_id"], strict=True))
    groups = {parent for parent in parent_of.values() if isinstance(parent, str) and parent}
    teams = sorted(team for team in parent_of if team not in groups and team != UNASSIGNED)
    tree: dict[Unit, list[Unit]] = {COMPANY: []}
    for team in teams:
        unit = Unit("team", team, team)
        group = _top_group(team, parent_of)
        tree.setdefault(Unit("group", group) if group else COMPANY, []).append(unit)
    tree[COMPANY] = sorted([*tree[COMPANY], *(unit for unit in tree if unit != COMPANY)])
    if with_unassigned or any(team == UNASSIGNED for team, _ in parts):
        tree[COMPANY].append(Unit("team", UNASSIGNED, UNASSIGNED))
    if parts:
        for team in [unit for units in list(tree.values()) for unit in units if unit.level == "team"]:
            people = sorted(person for home, person in parts if home == team.unit_id)
            own = f"{UNASSIGNED}:{team.unit_id}" if team.unit_id != UNASSIGNED else UNASSIGNED
            tree[team] = [Unit("person", person, team.unit_id) for person in (*people, own)]
    return {unit: tuple(kids) for unit, kids in tree.items()}


def _top_group(team: str, parent_of: Mapping[str, object]) -> str:
    """Climb to the highest group above a team: deeper levels are shown under it."""
    group, seen = "", {team}
    above = parent_of.get(team)
    while isinstance(above, str) and above and above not in seen:
        group, above = above, parent_of.get(above)
        seen.add(group)
    return group


def count_days(roster: pd.DataFrame, months: tuple[Period, ...], *, by_role: bool = False) -> pd.DataFrame:
    """Count everybody's days in a team, weighted by FTE, in each of some months.

    Returns
    -------
    DataFrame
        One row per team × person (× role), one column per month, counted from 0.
    """
    keys = ["team_id", "person_id", *(["role"] if by_role else [])]
    if not months or roster.empty:
        return pd.DataFrame(
            index=pd.MultiIndex.from_arrays([[]] * len(keys), names=keys), columns=range(len(months))
        )
    first = roster["valid_from"].to_numpy("datetime64[D]")[:, None]
    last = roster["valid_to"].to_numpy("datetime64[D]")[:, None]
    starts = np.array([month.first for month in months], "datetime64[D]")
    ends = np.array([month.last for month in months], "datetime64[D]")
    days = (np.minimum(last, ends) - np.maximum(first, starts)).astype(int) + 1
    held = np.clip(days, 0, None) * roster["fte"].fillna(1.0).to_numpy(float)[:, None]
    frame = pd.DataFrame(held, index=pd.MultiIndex.from_frame(roster[keys]))
    frame = frame.groupby(level=keys).sum()
    return frame[frame.sum(axis=1) > 0]


def monthly(basis: Basis, kpi: str, level: str) -> pd.DataFrame:
    """Give a volume's history: one row per unit, one column per month of the window; NaN where absent."""
    rows = basis.of(kpi, level)
    labels = [month.label for month in basis.window]
    return (
        rows.pivot_table(index="unit_id", columns="period", values="value")
        .reindex(columns=labels)
        .astype(float)
    )


def profile(series: Floats, parent: Floats | None) -> tuple[Floats, str]:
    """Give a unit's shares of the twelve months and where they come from.

    Parameters
    ----------
    series
        The unit's months of the window, oldest first; the window ends with a full year.
    parent
        The shares of the unit above it.

    Returns
    -------
    tuple
        Twelve shares that sum to 1, and ``history``; ``parent_profile`` where the unit has less
        than a full year of history; ``equal`` where nothing above it has more.
    """
    years = len(series) // 12
    if years:
        months = series[-12 * years :].reshape(years, 12)
        complete = months[~np.isnan(months).any(axis=1)]
        sums = np.clip(complete.sum(axis=0), 0, None) if len(complete) else np.zeros(12)
        if sums.sum() > 0:
            return sums / sums.sum(), "history"
    if parent is not None:
        return parent, "parent_profile"
    return np.full(12, 1 / 12), "equal"


def team_weights(
    basis: Basis, kpi: str, tree: Mapping[Unit, tuple[Unit, ...]], *, equal: bool
) -> tuple[dict[Unit, Floats], dict[Unit, Codes]]:
    """Weigh company, groups and teams in every month of the year.

    Returns
    -------
    tuple
        Per unit its twelve weights, and where they come from. Its size: ``history``,
        ``sibling_mean`` (a unit without any history counts as the mean of the others beside it) or
        ``equal``; its months: ``history``, ``parent_profile`` or ``equal``.
    """
    series = {level: monthly(basis, kpi, level) for level in ("company", "group", "team")}
    top = _series_of(series, COMPANY, tree, len(basis.window))
    shares, basis_code = profile(top, None)
    size = float(np.nansum(np.clip(top, 0, None)))
    weights, codes = {COMPANY: shares * (size or 1.0)}, {COMPANY: Codes(basis_code, basis_code)}
    queue = [(COMPANY, shares)]
    for unit, above in queue:
        kids = [kid for kid in tree.get(unit, ()) if kid.level != "person"]
        rows = [_series_of(series, kid, tree, len(basis.window)) for kid in kids]
        sizes, how = _sizes(kids, rows, equal=equal)
        for kid, row, kid_size, kid_how in zip(kids, rows, sizes, how, strict=True):
            kid_shares, kid_code = profile(row, above)
            weights[kid] = kid_shares * kid_size
            codes[kid] = Codes(kid_how, kid_code)
            queue.append((kid, kid_shares))
    return weights, codes


def _series_of(
    series: Mapping[str, pd.DataFrame], unit: Unit, tree: Mapping[Unit, tuple[Unit, ...]], months: int
) -> Floats:
    """Give a unit's months; of a group or company without figures of its own, the sum of its parts."""
    rows = series[unit.level]
    if unit.unit_id in rows.index:
        return rows.loc[unit.unit_id].to_numpy(float)
    parts = [_series_of(series, kid, tree, months) for kid in tree.get(unit, ()) if kid.level != "person"]
    empty = np.full(months, np.nan)
    return pd.DataFrame(parts).sum(min_count=1).to_numpy(float) if parts and months else empty


def _sizes(units: list[Unit], rows: list[Floats], *, equal: bool) -> tuple[list[float], list[str]]:
    """Size units by their history; units that have none count as the mean of those that do."""
    sizes = [float(np.nansum(np.clip(row, 0, None))) for row in rows]
    real = [size for unit, size in zip(units, sizes, strict=True) if unit.unit_id != UNASSIGNED and size > 0]
    mean = float(np.mean(real)) if real and not equal else 1.0
    found, how = [], []
    for unit, size in zip(units, sizes, strict=True):
        own = size > 0 and not equal
        if unit.unit_id == UNASSIGNED:
            found.append(size if not equal else 0.0)
            how.append("history")
        else:
            found.append(size if own else mean)
            how.append("history" if own else "sibling_mean" if real and not equal else "equal")
    return found, how


def person_weights(
    basis: Basis, kpi: str, scored: Callable[[str], bool], *, equal: bool
) -> tuple[Parts, Parts, dict[tuple[str, str], str]]:
    """Weigh people inside their teams: their own daily rate times their days on the roster.

    Parameters
    ----------
    basis
        The facts.
    kpi
        The volume.
    scored
        Whether a role answers for it in person.
    equal
        Whether every day counts the same for everybody.

    Returns
    -------
    tuple
        Weights per team and person in the twelve months of the year; the same for each team's
        unassigned row, keyed by team and ``unassigned``; and per team and person the code
        ``history``, ``role_mean`` (a new hire: the team's or else the company's mean per day in
        the role) or ``equal``.

    Notes
    -----
    Days count by FTE and without absences, which are not known when a target is set. The
    unassigned row weighs what nobody owned, and what was sold by roles that have no personal
    target; what a leaver sold falls to those who stay.
    """
    now, then = basis.role_days, basis.past_days
    history = monthly(basis, kpi, "person").clip(lower=0).sum(axis=1)
    rates = _daily_rates(then, history)
    parts: Parts = {}
    codes: dict[tuple[str, str], str] = {}
    for (team, person, role), days in zip(now.index, now.to_numpy(float), strict=True):
        if not scored(role):
            continue
        rate, code = (1.0, "equal") if equal else _rate_of(rates, team, person, role)
        parts[team, person] = parts.get((team, person), np.zeros(12)) + rate * days
        codes[team, person] = code
    rest = {} if equal else _unowned(basis, then, history, scored)
    lengths = np.array([month.days for month in basis.year.months()], float)
    days_before = sum(month.days for month in basis.window) or 1
    return parts, {(team, UNASSIGNED): value / days_before * lengths for team, value in rest.items()}, codes


@dataclass(frozen=True, slots=True)
class _Rates:
    """Daily rates: a person's own, and the means to fall back on."""

    person: Mapping[str, float]
    team_role: Mapping[tuple[str, str], float]
    role: Mapping[str, float]
    mean: float


def _daily_rates(days: pd.Series, history: pd.Series) -> _Rates:
    """Divide what people did in the window by their days in it."""
    frame = days.rename("days").reset_index()
    total = frame.groupby("person_id")["days"].sum()
    own = (history.reindex(total.index) / total).dropna()
    own = own[own > 0]
    known = frame[frame["person_id"].isin(own.index)].copy()
    known["value"] = known["person_id"].map(own).astype(float) * known["days"]
    by_team = known.groupby(["team_id", "role"])[["value", "days"]].sum()
    by_role = known.groupby("role")[["value", "days"]].sum()
    mean = float(known["value"].sum() / known["days"].sum()) if len(known) else 1.0
    return _Rates(
        _keyed(own),
        _keyed(by_team["value"] / by_team["days"]),
        _keyed(by_role["value"] / by_role["days"]),
        mean,
    )


def _keyed(series: pd.Series) -> dict[Any, float]:
    return {key: float(value) for key, value in series.items()}


def _rate_of(rates: _Rates, team: str, person: str, role: str) -> tuple[float, str]:
    if person in rates.person:
        return rates.person[person], "history"
    if (team, role) in rates.team_role:
        return rates.team_role[team, role], "role_mean"
    return rates.role.get(role, rates.mean), "role_mean" if rates.person else "equal"


def _unowned(
    basis: Basis, days: pd.Series, history: pd.Series, scored: Callable[[str], bool]
) -> dict[str, float]:
    """Sum per team what nobody owned and what roles without a personal target sold."""
    frame = days.rename("days").reset_index()
    shares = frame["days"] / frame.groupby("person_id")["days"].transform("sum")
    frame["value"] = frame["person_id"].map(history).astype(float).fillna(0.0) * shares
    others = frame[~frame["role"].map(scored).astype(bool)]
    found: dict[str, float] = _keyed(others.groupby("team_id")["value"].sum())
    for unit_id, value in history.items():
        name = str(unit_id)
        if name == UNASSIGNED or name.startswith(f"{UNASSIGNED}:"):
            team = name.partition(":")[2] or UNASSIGNED
            found[team] = found.get(team, 0.0) + float(value)
    return found
