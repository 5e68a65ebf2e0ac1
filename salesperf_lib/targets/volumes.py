"""Volumes: goals become whole-number targets of every unit and month (§1.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from salesperf_lib.errors import DataError, Problem, fail_if_any
from salesperf_lib.params import Kpi, Policy
from salesperf_lib.targets.amending import Amended, amend
from salesperf_lib.targets.basis import UNASSIGNED, Basis, Codes, Floats, Parts, hierarchy, monthly
from salesperf_lib.targets.crew import People, person_weights
from salesperf_lib.targets.goals import labels_of, listed
from salesperf_lib.targets.rounding import largest_remainder
from salesperf_lib.targets.seasons import Seasons
from salesperf_lib.targets.split import (
    COMPANY,
    GIVEN,
    MONTHS,
    QUARTERS,
    SUMMED,
    YEAR,
    Node,
    Plan,
    Span,
    Split,
    Unit,
    split,
    within,
)
from salesperf_lib.targets.weighing import Rule, team_weights


@dataclass(frozen=True, slots=True)
class Volume:
    """One volume of a year, split.

    Parameters
    ----------
    plan
        What was split, and by what.
    base, amended
        The split of the goals, and as it stands after everything that moved it.
    codes
        Where each unit's size and months come from.
    seasons
        The daily model, if there is one.
    """

    plan: Plan
    base: Split
    amended: Amended
    codes: Mapping[Unit, Codes]
    seasons: Seasons | None

    @property
    def split(self) -> Split:
        """Give the split as it stands."""
        return self.amended.split


def split_volume(
    goals: pd.DataFrame, basis: Basis, kpi: Kpi, policy: Policy, seasons: Seasons | None = None
) -> Volume:
    """Split one volume's goals to every unit and period of the year.

    Parameters
    ----------
    goals
        The KPI's goals inside the year.
    basis
        The facts they are split by.
    kpi, policy
        The volume and the rules.
    seasons
        How it spreads over the days of the year.

    Returns
    -------
    Volume
        Its plan, its split, and what moved it afterwards.

    Raises
    ------
    DataError
        If goals contradict or cross each other, or name a unit that does not exist.
    """
    rule = _rule(goals, basis, kpi, policy)
    people = People({}, {}, {})
    if kpi.id in policy.targets.distributed_kpis:
        people = person_weights(basis, kpi.id, _scored_in_person(policy, kpi.id), rule)
    parts = people.parts | _pinned_people(goals, basis, people.parts)
    outside = monthly(basis, kpi.id, "team")
    with_rest = UNASSIGNED in outside.index and float(np.nansum(outside.loc[UNASSIGNED])) > 0
    tree = hierarchy(basis, parts, with_unassigned=with_rest)
    weights, codes = team_weights(basis, kpi.id, tree, rule, seasons)
    _weigh_people(tree, parts, people.rest, weights)
    for (team, person), code in people.codes.items():
        codes[Unit("person", person, team)] = Codes(code, codes[Unit("team", team, team)].months)
    labels = labels_of(basis.year)
    spans = {label: span for span, label in labels.items()}
    floors, caps = _limits(policy, kpi.id, tree, spans)
    step = policy.targets.rounding if kpi.unit == "money" else 1
    pins = _pins(goals, tree, weights)
    plan = Plan(kpi.id, tree, weights, pins, labels, _writer(kpi, policy), floors, caps, step)
    base = split(plan)
    return Volume(plan, base, amend(plan, base, policy.amendments, spans), codes, seasons)


def _rule(goals: pd.DataFrame, basis: Basis, kpi: Kpi, policy: Policy) -> Rule:
    """Say by what a volume is split, and how far the company's goal lies above its last year."""
    rules = policy.targets
    whole = goals[(goals["level"] == "company") & (goals["span"] == YEAR)]["target"]
    last = monthly(basis, kpi.id, "company").to_numpy(float)
    sold = float(np.nansum(last[:, -12:])) if last.size else 0.0
    stretch = float(whole.iloc[0]) / sold if len(whole) and sold > 0 else 1.0
    blend = rules.bases.get(kpi.id, {"history": Fraction(1)})
    return Rule(blend, rules.explicit_shares.get(kpi.id, {}), stretch)


def _limits(
    policy: Policy, kpi: str, tree: Mapping[Unit, tuple[Unit, ...]], spans: Mapping[str, Span]
) -> tuple[dict[Node, int], dict[Node, int]]:
    """Lay floors and caps on the nodes of the tree; a limit of another year binds nothing."""
    units = {(kid.level, kid.unit_id): kid for kids in tree.values() for kid in kids}
    units["company", "company"] = COMPANY
    floors: dict[Node, int] = {}
    caps: dict[Node, int] = {}
    problems: list[Problem] = []
    for row in policy.targets.limits:
        if row.kpi != kpi or row.period not in spans:
            continue
        unit = units.get((row.level, row.unit_id))
        if unit is None:
            where = f"params/targets.yaml limits: {kpi}, {row.level} {row.unit_id}"
            problems.append(Problem(where, "a unit that is not there", f"a {row.level} of the year"))
            continue
        for limit, into in ((row.floor, floors), (row.cap, caps)):
            if limit is not None:
                into[unit, spans[row.period]] = round(limit)
    fail_if_any(problems, DataError)
    return floors, caps


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


def frame_of(volume: Volume) -> pd.DataFrame:
    """List every target of a volume.

    Returns
    -------
    DataFrame
        One row per level, unit, team and span that has a target: `span`, `target` (a whole number of
        units, minor units for money) and `basis`, the code of where it comes from.
    """
    found = volume.split
    frames: list[pd.DataFrame] = []
    units = found.tree.units
    names = {
        name: np.array([getattr(unit, name) for unit in units]) for name in ("level", "unit_id", "team_id")
    }
    people = names["level"] == "person"
    for span in (YEAR, *QUARTERS, *MONTHS):
        inside = slice(*span)
        amounts = found.months[:, inside].sum(axis=1)
        rows = np.flatnonzero(found.known[:, inside].any(axis=1) & ~(people & (amounts == 0)))
        spans = np.empty(len(rows), object)
        spans[:] = [span] * len(rows)
        columns = {name: values[rows] for name, values in names.items()}
        codes = _codes(volume, span)[rows]
        frames.append(pd.DataFrame({**columns, "span": spans, "target": amounts[rows], "basis": codes}))
    return pd.concat(frames, ignore_index=True)


def _codes(volume: Volume, span: Span) -> NDArray[np.object_]:
    """Say where each unit's target of a span comes from: a goal, the sum of goals, or how it was split."""
    origin, tree = volume.base.origin[:, slice(*span)], volume.base.tree
    none = Codes("unassigned", "unassigned")
    found = np.array([volume.codes.get(unit, none).size for unit in tree.units], object)
    found[((origin == SUMMED) | (origin == GIVEN)).any(axis=1)] = "sum_of_goals"
    for unit, other in volume.base.decided:
        if within(span, other) and span != other:
            found[tree.row[unit]] = volume.codes.get(unit, none).months
    for unit, other in volume.plan.pins:
        if span == other:
            found[tree.row[unit]] = "goal"
    return found
