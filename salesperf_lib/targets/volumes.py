"""Volumes: goals become whole-number targets of every unit and month (§1.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from salesperf_lib.errors import DataError, Problem, fail_if_any
from salesperf_lib.params import Kpi, Policy
from salesperf_lib.targets.basis import (
    UNASSIGNED,
    Basis,
    Codes,
    Floats,
    Parts,
    hierarchy,
    monthly,
    person_weights,
    team_weights,
)
from salesperf_lib.targets.goals import labels_of, listed
from salesperf_lib.targets.rounding import largest_remainder
from salesperf_lib.targets.split import COMPANY, QUARTERS, YEAR, Node, Plan, Span, Unit, split


def split_volume(goals: pd.DataFrame, basis: Basis, kpi: Kpi, policy: Policy) -> pd.DataFrame:
    """Split one volume's goals to every unit and period of the year.

    Parameters
    ----------
    goals
        The KPI's goals inside the year.
    basis
        The facts they are split by.
    kpi, policy
        The volume and the rules.

    Returns
    -------
    DataFrame
        One row per level, unit, team and period that has a target: `span`, `target` (a whole
        number of units, minor units for money) and `basis`, the code of where it comes from.

    Raises
    ------
    DataError
        If goals contradict or cross each other, or name a unit that does not exist.
    """
    equal = policy.targets.bases.get(kpi.id, "history") == "equal"
    parts: Parts = {}
    rest: Parts = {}
    person_codes: dict[tuple[str, str], str] = {}
    if kpi.id in policy.targets.distributed_kpis:
        parts, rest, person_codes = person_weights(
            basis, kpi.id, _scored_in_person(policy, kpi.id), equal=equal
        )
    parts |= _pinned_people(goals, basis, parts)
    outside = monthly(basis, kpi.id, "team")
    with_rest = UNASSIGNED in outside.index and float(np.nansum(outside.loc[UNASSIGNED])) > 0
    tree = hierarchy(basis, parts, with_unassigned=with_rest)
    weights, codes = team_weights(basis, kpi.id, tree, equal=equal)
    _weigh_people(tree, parts, rest, weights)
    for (team, person), code in person_codes.items():
        codes[Unit("person", person, team)] = Codes(code, codes[Unit("team", team, team)].months)
    show = _writer(kpi, policy)
    pins = _pins(goals, tree, weights)
    cells = split(Plan(kpi.id, tree, weights, pins, labels_of(basis.year), show))
    return _roll_up(cells, tree, pins, codes)


def _scored_in_person(policy: Policy, kpi: str) -> Callable[[str], bool]:
    roles = {role.id for role in policy.roles.values() if role.scored_at(kpi) == "person"}
    return roles.__contains__


def _writer(kpi: Kpi, policy: Policy) -> Callable[[int], str]:
    if kpi.unit != "money":
        return lambda value: f"{value:,}"
    scale, currency = policy.company.money_scale, policy.company.currency
    return lambda value: f"{currency} {value / scale:,.2f}"


def _pinned_people(goals: pd.DataFrame, basis: Basis, known: Parts) -> Parts:
    """Find a place for people who have a goal but no weight: by days, or evenly without a roster."""
    wanted = set(goals.loc[goals["level"] == "person", "unit_id"]) - {person for _, person in known}
    if basis.days.empty:
        return {(UNASSIGNED, str(person)): np.ones(12) for person in wanted}
    days = basis.days
    found = {
        (team, person): row for (team, person), row in zip(days.index, days.to_numpy(float), strict=True)
    }
    missing = sorted(wanted - {person for _, person in found})
    fail_if_any(
        [_unknown("person", person, "a person on the roster in the year") for person in missing], DataError
    )
    return {key: row for key, row in found.items() if key[1] in wanted}


def _weigh_people(
    tree: Mapping[Unit, tuple[Unit, ...]], parts: Parts, rest: Parts, weights: dict[Unit, Floats]
) -> None:
    """Give people the months of their team, so that their years can be shared out too."""
    for unit, kids in tree.items():
        if unit.level != "team":
            continue
        months = np.maximum(weights[unit], 1e-12)
        months = 12 * months / months.sum()
        for kid in kids[:-1]:
            weights[kid] = parts[unit.unit_id, kid.unit_id] * months
        own = rest.get((unit.unit_id, UNASSIGNED), np.zeros(12)) * months
        alone = np.sum([weights[kid] for kid in kids[:-1]], axis=0) + own == 0
        weights[kids[-1]] = np.where(alone, months, own)


def _pins(
    goals: pd.DataFrame, tree: Mapping[Unit, tuple[Unit, ...]], weights: Mapping[Unit, Floats]
) -> dict[Node, int]:
    """Turn goals into pins; the goal of a person who changes teams goes to each part by its weight."""
    units: dict[tuple[str, str], list[Unit]] = {("company", "company"): [COMPANY]}
    for kid in (kid for kids in tree.values() for kid in kids):
        units.setdefault((kid.level, kid.unit_id), []).append(kid)
    pins: dict[Node, int] = {}
    problems: list[Problem] = []
    for row in listed(goals):
        if row.level == "channel":
            continue
        at = units.get((row.level, row.unit_id), [])
        if not at:
            problems.append(_unknown(row.level, row.unit_id, f"a {row.level} of the company"))
            continue
        shares = [weights[unit][slice(*row.span)].sum() for unit in at]
        if not any(share > 0 for share in shares):
            shares = [1] * len(at)
        amounts = largest_remainder(round(row.target), shares)
        pins |= {(unit, row.span): amount for unit, amount in zip(at, amounts, strict=True) if amount}
    fail_if_any(problems, DataError)
    return pins


def _unknown(level: str, unit_id: str, allowed: str) -> Problem:
    return Problem(
        f"goals: {level} {unit_id}", "a goal for a unit that is not there", allowed, "correct its id"
    )


def _roll_up(
    cells: Mapping[Node, int],
    tree: Mapping[Unit, tuple[Unit, ...]],
    pins: Mapping[Node, int],
    codes: Mapping[Unit, Codes],
) -> pd.DataFrame:
    """Sum the leaves' months to every unit and span above them, in whole numbers."""
    parent = {kid: unit for unit, kids in tree.items() for kid in kids}
    sums: dict[Node, int] = {}
    for (leaf, (month, _)), amount in cells.items():
        if leaf.level == "person" and amount == 0:
            continue
        spans = ((month, month + 1), QUARTERS[month // 3], YEAR)
        unit: Unit | None = leaf
        while unit is not None:
            for span in spans:
                sums[unit, span] = sums.get((unit, span), 0) + amount
            unit = parent.get(unit)
    pinned: dict[Unit, list[Span]] = {}
    for unit, span in pins:
        pinned.setdefault(unit, []).append(span)
    rows = [
        (unit.level, unit.unit_id, unit.team_id, span, amount, _code((unit, span), parent, pinned, codes))
        for (unit, span), amount in sums.items()
    ]
    return pd.DataFrame(rows, columns=["level", "unit_id", "team_id", "span", "target", "basis"])


def _code(
    node: Node, parent: Mapping[Unit, Unit], pinned: Mapping[Unit, list[Span]], codes: Mapping[Unit, Codes]
) -> str:
    """Say where a target comes from: a goal, the sum of goals below, or the way it was split."""
    unit, span = node
    if span in pinned.get(unit, ()):
        return "goal"
    above: Unit | None = unit
    while above is not None:
        if any(first <= span[0] and span[1] <= stop for first, stop in pinned.get(above, ())):
            found = codes.get(unit, Codes("unassigned", "unassigned"))
            return found.months if above == unit else found.size
        above = parent.get(above)
    return "sum_of_goals"
