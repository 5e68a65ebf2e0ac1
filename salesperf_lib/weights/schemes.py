"""Schemes of weights: presets, those saved as scenarios, and the one that is adopted (§4, DESIGN §3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd

from salesperf_lib import params
from salesperf_lib.errors import ParamError, Problem, SalesPerfError, fail_if_any
from salesperf_lib.params import DIMENSIONS, Grades, Name
from salesperf_lib.params.freeze import cadence_of
from salesperf_lib.region import centre_of
from salesperf_lib.weights.exploration import Exploration, compare_draws
from salesperf_lib.weights.panel import FloatArray, KpiSet
from salesperf_lib.weights.scheme import CENTRE, CORNER, SAVED, Scheme, exact_weights
from salesperf_lib.weights.space import Draws

CADENCES = ("month", "quarter", "year")
NEAR = 1e-9


def schemes(exploration: Exploration) -> tuple[Scheme, ...]:
    """List what a comparison can start from.

    Returns
    -------
    tuple of Scheme
        The scheme in force, the centre of the admissible region, its corners, and every scenario of
        params/scenarios that changes nothing but weights.
    """
    policy, space = exploration.policy, exploration.space
    found = [exploration.in_force]
    found.append(Scheme(CENTRE, exact_weights(centre_of(space.corners)), kind=CENTRE))
    corners = enumerate(space.corners, 1)
    found += [Scheme(f"corner_{turn}", exact_weights(corner), kind=CORNER) for turn, corner in corners]
    saved = (_saved(exploration, name) for name in params.list_scenarios(policy.root))
    return (*found, *(each for each in saved if each is not None))


def compare(exploration: Exploration, scheme: Scheme, rules: Grades | None = None) -> pd.DataFrame:
    """Appraise everybody under a scheme, beside what is in force: `exploration.compare_draws`.

    Raises
    ------
    ParamError
        If the scheme was saved under an older set of indicators.
    """
    return compare_draws(exploration, draws_of(exploration, scheme), rules)


def draws_of(exploration: Exploration, scheme: Scheme) -> Draws:
    """Give a scheme as a weighting of the panel.

    Raises
    ------
    ParamError
        If its indicators are not those of the roles in force: it was saved under an older set.
    """
    fail_if_any(_set_problems(exploration, scheme), ParamError)
    layer = cadence_of(exploration.policy.period)
    inside: list[FloatArray] = []
    for item in exploration.space.sets:
        given = scheme.sub_weights.get((item.role, item.dimension)) if item.layer == layer else None
        own = item.base if given is None else np.array([float(given[kpi]) for kpi in item.kpis])
        inside.append(own[None, :])
    return Draws(scheme.dimensions[None, :], tuple(inside))


def fail_if_outside(exploration: Exploration, scheme: Scheme) -> None:
    """Refuse a scheme that the policy does not admit.

    Raises
    ------
    ParamError
        If weights do not sum to 1, leave their range, break a constraint, or belong to an older set.
    """
    policy, problems = exploration.policy, _set_problems(exploration, scheme)
    where = f"scheme {scheme.name}"
    total = sum(scheme.dimension_weights.values(), Fraction(0))
    if total != 1:
        problems.append(Problem(where, f"dimension weights that sum to {float(total):g}", "exactly 1"))
    weights = {name: float(share) for name, share in scheme.dimension_weights.items()}
    for (role, dimension), given in scheme.sub_weights.items():
        inner = sum(given.values(), Fraction(0))
        if inner != 1:
            found = f"weights that sum to {float(inner):g}"
            problems.append(Problem(f"{where}, {role}, {dimension}", found, "exactly 1"))
    for name, (low, high) in policy.dimension_bounds.items():
        if not low - NEAR <= weights[name] <= high + NEAR:
            found, remedy = f"{weights[name]:g}", "keep inside, or give a waiver in params/weights.yaml"
            problems.append(Problem(f"{where}, {name}", found, f"{low:g} to {high:g}", remedy))
    for each in policy.constraints:
        for values in _values_for(exploration, scheme, weights, each.names):
            if sum(factor * values[name] for name, factor in each.coefficients) < each.least - NEAR:
                problems.append(Problem(where, f"weights that break {each.text!r}", "weights that keep it"))
    fail_if_any(problems, ParamError)


def save_scheme(
    exploration: Exploration, scheme: Scheme, key: str, name: Name, purpose: Name, root: Path | None = None
) -> Path:
    """Write a scheme as a scenario: a file of params/scenarios that holds its changes and their purpose.

    Parameters
    ----------
    exploration, scheme
        The period from whose first month the scenario changes the weights, and the weights.
    key
        Name of the file: small letters, digits and underscores.
    name, purpose
        What people call it, and which question it answers, in both languages.
    root
        The project; that of the policy if not given.

    Returns
    -------
    Path
        The file. An appraisal under it gives what `compare` shows.

    Raises
    ------
    ParamError
        If the scheme is not admissible, changes nothing, or the name is taken or no name.
    """
    fail_if_outside(exploration, scheme)
    home = root or exploration.policy.root
    changes = _changes(exploration, scheme)
    if not changes:
        raise ParamError(
            Problem(f"scheme {scheme.name}", "the weights in force", "other weights", "move one")
        )
    return params.create_scenario(key, name, purpose, exploration.policy.period.first, changes, home)


def adopt_scheme(
    exploration: Exploration,
    scheme: Scheme,
    since: date,
    decided: str,
    *,
    note: str = "",
    recorded: date | None = None,
    root: Path | None = None,
) -> tuple[Path, ...]:
    """Write a scheme into params/ as the rule from a month on: all of it or nothing.

    Parameters
    ----------
    exploration, scheme
        The period it was chosen for, whose cadence it changes, and the weights.
    since
        First day of the month from which it holds: after the period looked at, which keeps its rules.
    decided, note
        Who decided it, and why.
    recorded
        The day on which it became known; `since` if not given.
    root
        The project; that of the policy if not given.

    Returns
    -------
    tuple of Path
        The files written.

    Raises
    ------
    ParamError
        If the scheme is not admissible, changes nothing, the date is not after the period or taken, or
        nobody decided it.
    """
    fail_if_outside(exploration, scheme)
    period, problems = exploration.policy.period, list[Problem]()
    if since <= period.last or since.day != 1:
        allowed = f"the first day of a month after {period.last}"
        problems.append(Problem("since", str(since), allowed, "closed periods keep the rules they had"))
    if not decided.strip():
        problems.append(Problem("decided", "nothing", "who decided it", "name the meeting or the person"))
    changes = _changes(exploration, scheme)
    if not changes:
        problems.append(Problem(f"scheme {scheme.name}", "the weights in force", "other weights", "move one"))
    fail_if_any(problems, ParamError)
    home = root or exploration.policy.root
    values = [(each.file, each.name, each.value, each.waiver) for each in changes]
    return params.append_values(values, since, decided, note=note, recorded=recorded, root=home)


def _changes(exploration: Exploration, scheme: Scheme) -> list[params.Addition]:
    """List what a scheme changes in params/."""
    policy = exploration.policy
    cadence = cadence_of(policy.period)
    found: list[params.Addition] = []
    if dict(scheme.dimension_weights) != dict(policy.dimension_weights):
        # A year is made of its months and quarters: explored together, changed together.
        changed = CADENCES if cadence == "year" else (cadence,)
        weights = dict(scheme.dimension_weights)
        found += [params.Addition("weights", f"dimension_weights_{each}", weights) for each in changed]
    for role in sorted({role for role, _ in scheme.sub_weights}):
        inside = {dimension: own for (name, dimension), own in scheme.sub_weights.items() if name == role}
        now = {row.kpi: row.weight for row in policy.roles[role].kpis}
        if any(now[kpi] != weight for own in inside.values() for kpi, weight in own.items()):
            found.append(params.role_addition(policy, role, cadence, inside))
    return found


def _set_problems(exploration: Exploration, scheme: Scheme) -> list[Problem]:
    """Find sub-weights of roles, dimensions or indicators that are not those in force."""
    roles, problems = exploration.policy.roles, list[Problem]()
    for (role, dimension), given in scheme.sub_weights.items():
        own = [row.kpi for row in roles[role].kpis if row.dimension == dimension] if role in roles else []
        if set(own) != set(given):
            allowed = ", ".join(own) or f"a role and dimension of {', '.join(roles)}"
            remedy = "it was saved under another set of indicators: choose its weights again"
            where = f"scheme {scheme.name}, {role}, {dimension}"
            problems.append(Problem(where, ", ".join(given) or "nothing", allowed, remedy))
    return problems


def _values_for(
    exploration: Exploration, scheme: Scheme, outer: Mapping[str, float], names: tuple[str, ...]
) -> list[Mapping[str, float]]:
    """Give the weights that a constraint is about: of the dimensions, or of each set with its indicators."""
    if set(names) <= set(DIMENSIONS):
        return [outer]
    sets = [item for item in exploration.space.sets if set(names) <= set(item.kpis)]
    return [_inner(scheme, item) for item in sets]


def _inner(scheme: Scheme, item: KpiSet) -> Mapping[str, float]:
    given = scheme.sub_weights.get((item.role, item.dimension))
    if given is None:
        return dict(zip(item.kpis, item.base.tolist(), strict=True))
    return {kpi: float(weight) for kpi, weight in given.items()}


def _saved(exploration: Exploration, name: str) -> Scheme | None:
    """Read a scenario as a scheme; None if it changes more than weights, or nothing in this period."""
    policy = exploration.policy
    try:
        touched = params.scenario_changes(name, policy.root)
        if not all(key.startswith(("weights.dimension_weights_", "roles.")) for key in touched):
            return None
        other = params.load_policy(
            policy.period, policy.source, name, policy.as_of, policy.root, allow_expired=policy.allow_expired
        )
    except SalesPerfError:  # a broken scenario: `salesperf check` says what is wrong with it
        return None
    inside: dict[tuple[str, str], Mapping[str, Fraction]] = {}
    for role, now in policy.roles.items():
        then = other.roles.get(role)
        if then is None or {(row.kpi, row.scored_at, row.gate) for row in now.kpis} != {
            (row.kpi, row.scored_at, row.gate) for row in then.kpis
        }:
            return None
        for dimension in DIMENSIONS:
            own, new = (
                {row.kpi: row.weight for row in each.kpis if row.dimension == dimension}
                for each in (now, then)
            )
            if own != new:
                inside[role, dimension] = new
    weights = dict(other.dimension_weights)
    if weights == dict(policy.dimension_weights) and not inside:
        return None
    return Scheme(name, weights, inside, SAVED, other.scenario_name)
