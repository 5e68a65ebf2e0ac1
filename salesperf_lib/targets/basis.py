"""What history says about a split: each unit's size, its months, and everybody's days (§1.2, §1.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesperf_lib.periods import Period
from salesperf_lib.targets.split import COMPANY, Unit

if TYPE_CHECKING:
    from salesperf_lib.facts import Facts

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
    capacity
        Full working days per team × person × role in the months of the year; None where no volume
        is split by capacity.
    outlook
        The months before the year that a forecast reads, the window among them.
    """

    year: Period
    window: tuple[Period, ...]
    history: Mapping[str, pd.DataFrame]
    days: pd.DataFrame
    role_days: pd.DataFrame
    past_days: pd.Series
    teams: pd.DataFrame
    capacity: pd.DataFrame | None
    outlook: tuple[Period, ...]

    def of(self, kpi: str, level: str) -> pd.DataFrame:
        """Give the history of one KPI at one level, in the months that a split stands on."""
        rows = self.past(kpi, level)
        return rows[rows["period"].isin([month.label for month in self.window])]

    def past(self, kpi: str, level: str) -> pd.DataFrame:
        """Give the history of one KPI at one level, in the months that a forecast stands on."""
        rows = self.history[kpi] if kpi in self.history else no_history()
        return rows[rows["level"] == level]


def no_history() -> pd.DataFrame:
    """Give the KPI values of a year that nothing came before."""
    return pd.DataFrame({name: pd.Series(dtype=float if name in HISTORY[5:] else str) for name in HISTORY})


def months_before(facts: Facts, year: Period, count: int) -> tuple[Period, ...]:
    """List the months before a year, up to `count` of them, that the facts cover whole; oldest first."""
    months = [year.months()[0].shift(-i) for i in range(count, 0, -1)]
    return tuple(month for month in months if facts.first_day <= month.first and month.last <= facts.last_day)


def read_basis(
    year: Period,
    window: tuple[Period, ...],
    history: pd.DataFrame,
    roster: pd.DataFrame,
    teams: pd.DataFrame,
    capacity: pd.DataFrame | None = None,
    outlook: tuple[Period, ...] = (),
) -> Basis:
    """Arrange the facts of a year's targets.

    Parameters
    ----------
    year, window, teams, capacity, outlook
        As in `Basis`.
    history
        KPI values; months outside the window and single channels are left out.
    roster
        One row per person × team × role × span, both ends included, the last span open.
    """
    labels = {month.label for month in (*outlook, *window)}
    rows = history[history["period"].isin(labels) & (history["channel"] == "all")]
    return Basis(
        year,
        window,
        {str(name): part for name, part in rows.groupby("kpi")},
        count_days(roster, year.months()),
        count_days(roster, year.months(), by_role=True),
        count_days(roster, window, by_role=True).sum(axis=1),
        teams,
        capacity,
        outlook or window,
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
