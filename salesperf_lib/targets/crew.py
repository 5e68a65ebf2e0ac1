"""What people weigh inside their teams: their own daily rate times their days, or another basis (§1.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from salesperf_lib.targets.basis import UNASSIGNED, Basis, Floats, Parts, monthly
from salesperf_lib.targets.weighing import Rule, Scored, keyed, yearly_cv


@dataclass(frozen=True, slots=True)
class People:
    """The people of a volume.

    Parameters
    ----------
    parts
        Weights per team and person in the twelve months of the year; only the proportions within a
        team's month count.
    rest
        The same for each team's unassigned row, keyed by team and ``unassigned``.
    codes
        Per team and person a basis, ``blend``, or ``role_mean`` for a new hire.
    """

    parts: Parts
    rest: Parts
    codes: Mapping[tuple[str, str], str]


def person_weights(basis: Basis, kpi: str, scored: Scored, rule: Rule) -> People:
    """Weigh people inside their teams.

    Parameters
    ----------
    basis
        The facts.
    kpi
        The volume.
    scored
        Whether a role answers for it in person.
    rule
        By what it is split.

    Returns
    -------
    People
        Weights of everybody who has a personal target, and of each team's unassigned row.

    Notes
    -----
    ``history``: own daily rate × days on the roster; a new hire has the mean rate of the role in the
    team, or else in the company. ``capacity``: the role's mean rate × working days, ramp and leave.
    ``equal``: days. ``explicit``: the decided share of those listed, the others by history.
    ``equal_difficulty``: history, each stretched so that all are as likely to succeed. Days count by
    FTE and without absences, which are not known when a target is set; planned leave counts in
    ``capacity``. The unassigned row weighs what nobody owned, and what was sold by roles that have no
    personal target; what a leaver sold falls to those who stay. A blend adds the shares of each basis
    in the team's month.
    """
    found = {name: _by_basis(basis, kpi, scored, rule, name) for name in rule.blend}
    if rule.single:
        return found[rule.single]
    parts, rest = _blend(found, rule)
    return People(parts, rest, dict.fromkeys(parts, "blend"))


def _by_basis(basis: Basis, kpi: str, scored: Scored, rule: Rule, name: str) -> People:
    if name == "equal":
        return People(*_equal(basis, scored))
    historic = _historic(basis, kpi, scored)
    if name == "capacity":
        return _by_capacity(basis, kpi, scored, historic)
    if name == "explicit":
        return _explicit(historic, rule)
    if name == "equal_difficulty":
        return _as_hard(basis, kpi, historic, rule)
    return historic


def _equal(basis: Basis, scored: Scored) -> tuple[Parts, Parts, dict[tuple[str, str], str]]:
    parts: Parts = {}
    for (team, person, role), days in zip(
        basis.role_days.index, basis.role_days.to_numpy(float), strict=True
    ):
        if scored(role):
            parts[team, person] = parts.get((team, person), np.zeros(12)) + days
    return parts, {}, dict.fromkeys(parts, "equal")


def _historic(basis: Basis, kpi: str, scored: Scored) -> People:
    now, then = basis.role_days, basis.past_days
    history = monthly(basis, kpi, "person").clip(lower=0).sum(axis=1)
    rates = _daily_rates(then, history)
    parts: Parts = {}
    codes: dict[tuple[str, str], str] = {}
    for (team, person, role), days in zip(now.index, now.to_numpy(float), strict=True):
        if scored(role):
            rate, code = _rate_of(rates, team, person, role)
            parts[team, person] = parts.get((team, person), np.zeros(12)) + rate * days
            codes[team, person] = code
    rest = _unowned(basis, then, history, scored)
    lengths = np.array([month.days for month in basis.year.months()], float)
    days_before = sum(month.days for month in basis.window) or 1
    return People(
        parts, {(team, UNASSIGNED): value / days_before * lengths for team, value in rest.items()}, codes
    )


def _by_capacity(basis: Basis, kpi: str, scored: Scored, historic: People) -> People:
    """Weigh working days by what the role sells in one: the team's unassigned row stays as history has it."""
    if basis.capacity is None:
        return historic
    history = monthly(basis, kpi, "person").clip(lower=0).sum(axis=1)
    rates = _daily_rates(basis.past_days, history)
    parts: Parts = {}
    for (team, person, role), days in zip(basis.capacity.index, basis.capacity.to_numpy(float), strict=True):
        if scored(role):
            rate = rates.role.get(role, rates.mean)
            parts[team, person] = parts.get((team, person), np.zeros(12)) + rate * days
    calendar = sum(row.sum() for row in basis.days.to_numpy(float))
    scale = float(basis.capacity.to_numpy(float).sum()) / calendar if calendar else 1.0
    rest = {key: row * scale for key, row in historic.rest.items()}
    return People(parts, rest, dict.fromkeys(parts, "capacity"))


def _explicit(historic: People, rule: Rule) -> People:
    """Give people who are listed their share of every team-month they are there for."""
    listed = {key: float(rule.shares[key[1]]) for key in historic.parts if key[1] in rule.shares}
    if not listed:
        return historic
    parts: Parts = dict(historic.parts)
    rest: Parts = dict(historic.rest)
    for team in {team for team, _ in listed}:
        own = {key: share for key, share in listed.items() if key[0] == team}
        there = {key: parts[key] > 0 for key in own}
        taken = np.sum([share * there[key] for key, share in own.items()], axis=0)
        others = [key for key in parts if key[0] == team and key not in own]
        loose = rest.get((team, UNASSIGNED), np.zeros(12))
        whole = np.sum([parts[key] for key in others], axis=0) + loose
        scale = np.clip(1 - taken, 0, None) / np.where(whole > 0, whole, 1.0)
        parts.update({key: np.asarray(parts[key] * scale, float) for key in others})
        rest[team, UNASSIGNED] = loose * scale
        parts.update({key: np.asarray(share * there[key], float) for key, share in own.items()})
    codes = {key: "explicit" if key in listed else code for key, code in historic.codes.items()}
    return People(parts, rest, codes)


def _as_hard(basis: Basis, kpi: str, historic: People, rule: Rule) -> People:
    """Stretch everybody's history so that all people of a team are as likely to reach it."""
    from salesperf_lib import stats

    table = monthly(basis, kpi, "person")
    parts = dict(historic.parts)
    for team in sorted({team for team, _ in parts}):
        keys = [key for key in parts if key[0] == team and parts[key].sum() > 0]
        if len(keys) < 2:
            continue
        months = np.array(
            [table.loc[p].to_numpy(float)[-12:] if p in table.index else np.full(12, np.nan) for _, p in keys]
        )
        if months.shape[1] < 12:
            continue
        mean = np.array([parts[key].sum() for key in keys])
        quotas = stats.equal_difficulty(mean, yearly_cv(months), rule.stretch * float(mean.sum()))[0]
        parts |= {key: parts[key] * quota / own for key, quota, own in zip(keys, quotas, mean, strict=True)}
    return People(parts, historic.rest, dict.fromkeys(parts, "equal_difficulty"))


def _blend(found: Mapping[str, People], rule: Rule) -> tuple[Parts, Parts]:
    """Add the shares that each basis gives in a team's month, by the weights of the bases."""
    parts: Parts = {}
    rest: Parts = {}
    for name, people in found.items():
        whole: dict[str, Floats] = {}
        for (team, _), row in (*people.parts.items(), *people.rest.items()):
            whole[team] = whole.get(team, np.zeros(12)) + row
        weight = float(rule.blend[name])
        for source, into in ((people.parts, parts), (people.rest, rest)):
            for key, row in source.items():
                share = row / np.where(whole[key[0]] > 0, whole[key[0]], 1.0)
                into[key] = into.get(key, np.zeros(12)) + weight * share
    return parts, rest


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
        keyed(own),
        keyed(by_team["value"] / by_team["days"]),
        keyed(by_role["value"] / by_role["days"]),
        mean,
    )


def _rate_of(rates: _Rates, team: str, person: str, role: str) -> tuple[float, str]:
    if person in rates.person:
        return rates.person[person], "history"
    if (team, role) in rates.team_role:
        return rates.team_role[team, role], "role_mean"
    return rates.role.get(role, rates.mean), "role_mean" if rates.person else "equal"


def _unowned(basis: Basis, days: pd.Series, history: pd.Series, scored: Scored) -> dict[str, float]:
    """Sum per team what nobody owned and what roles without a personal target sold."""
    frame = days.rename("days").reset_index()
    shares = frame["days"] / frame.groupby("person_id")["days"].transform("sum")
    frame["value"] = frame["person_id"].map(history).astype(float).fillna(0.0) * shares
    others = frame[~frame["role"].map(scored).astype(bool)]
    found: dict[str, float] = keyed(others.groupby("team_id")["value"].sum())
    for unit_id, value in history.items():
        name = str(unit_id)
        if name == UNASSIGNED or name.startswith(f"{UNASSIGNED}:"):
            team = name.partition(":")[2] or UNASSIGNED
            found[team] = found.get(team, 0.0) + float(value)
    return found
