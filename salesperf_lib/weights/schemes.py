"""Schemes of weights: presets, those saved as scenarios, and the one that is adopted (§4, DESIGN §3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd

from salesperf_lib import params
from salesperf_lib.errors import ParamError, Problem, SalesPerfError, fail_if_any
from salesperf_lib.params import DIMENSIONS, Grades, Name, Policy
from salesperf_lib.params.book import Rules
from salesperf_lib.params.freeze import cadence_of, kpi_set
from salesperf_lib.params.policy import Layer
from salesperf_lib.periods import Period, last_closed_month
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
        If the scheme is not admissible, changes nothing, was chosen inside a scenario, or the name is taken
        or no name.
    """
    fail_if_outside(exploration, scheme)
    policy = exploration.policy
    fail_if_any(_scenario_problems(policy), ParamError)
    home = root or policy.root
    changes = _changes(exploration, scheme, params.rules_of(policy))
    if not changes:
        raise ParamError(
            Problem(f"scheme {scheme.name}", "the weights in force", "other weights", "move one")
        )
    return params.create_scenario(
        key, name, purpose, (policy.period.first, policy.period.last), changes, home
    )


def adopt_scheme(
    exploration: Exploration,
    scheme: Scheme,
    since: date,
    decided: str,
    recorded: date,
    *,
    note: str = "",
    root: Path | None = None,
) -> tuple[Path, ...]:
    """Write a scheme into params/ as the rule from a month on: all of it or nothing.

    Parameters
    ----------
    exploration, scheme
        The period it was chosen for, whose cadence it changes, and the weights.
    since
        First day of the month from which it holds: after the period looked at, and after every month that
        is closed on the day of `recorded`. Closed months keep the rules they had.
    decided, note
        Who decided it, and why.
    recorded
        The day on which it is written down: views as of an earlier day do not see it.
    root
        The project; that of the policy if not given.

    Returns
    -------
    tuple of Path
        The files written.

    Raises
    ------
    ParamError
        If the scheme is not admissible, changes nothing, was chosen inside a scenario, the date is not
        after the closed months or taken, nobody decided it, or the source has rules of its own there.
    """
    fail_if_outside(exploration, scheme)
    policy = exploration.policy
    problems = _scenario_problems(policy)
    closed = max(policy.period.last, last_closed_month(recorded, policy.company.close_day).last)
    if since <= closed or since.day != 1:
        allowed = f"the first day of a month after {closed}"
        problems.append(Problem("since", str(since), allowed, "closed periods keep the rules they had"))
    if not decided.strip():
        problems.append(Problem("decided", "nothing", "who decided it", "name the meeting or the person"))
    fail_if_any(problems, ParamError)
    home = root or policy.root
    changes = _changes(exploration, scheme, params.rules_at(since, home))
    if not changes:
        problems.append(Problem(f"scheme {scheme.name}", "the weights in force", "other weights", "move one"))
    fail_if_any([*problems, *_overlaid(policy, changes, home)], ParamError)
    values = [(each.file, each.name, each.value, each.waiver) for each in changes]
    return params.append_values(values, since, decided, note=note, recorded=recorded, root=home)


def _changes(exploration: Exploration, scheme: Scheme, rules: Rules) -> list[params.Addition]:
    """List what a scheme changes in params/, beside everything else that the rules there say."""
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
            fail_if_any(_changed_set(rules, role, cadence, inside), ParamError)
            found.append(params.role_addition(rules, role, cadence, inside))
    return found


def _changed_set(
    rules: Rules, role: str, cadence: Layer, inside: Mapping[str, Mapping[str, Fraction]]
) -> list[Problem]:
    """Refuse weights for indicators that the role will not have where they would begin."""
    chosen = kpi_set(rules[f"roles.{role}"].value, cadence)[1]
    problems: list[Problem] = []
    for dimension, given in inside.items():
        own = set(getattr(chosen, dimension))
        if own != set(given):
            where = f"role {role}, {dimension}"
            remedy = "the role's indicators change by then: choose the weights in a period that has them"
            problems.append(Problem(where, ", ".join(given), ", ".join(sorted(own)) or "nothing", remedy))
    return problems


def _scenario_problems(policy: Policy) -> list[Problem]:
    """Refuse to write down what was chosen inside a scenario: its other changes are no decided rules."""
    if policy.scenario == "base":
        return []
    remedy = "open the period under the base rules, and choose the weights there"
    return [Problem("scenario", policy.scenario, "base", remedy)]


def _overlaid(policy: Policy, changes: Sequence[params.Addition], root: Path) -> list[Problem]:
    """Refuse what the source's own rules would hide."""
    own = (params.read_yaml(params.source_file(policy.source, root)).get("policy") or {}).get("changes") or {}
    named = [f"{each.file}.{each.name}" for each in changes]
    where, remedy = f"params/sources/{policy.source}.yaml", "change it there"
    return [Problem(where, f"rules of its own for {name}", "none", remedy) for name in named if name in own]


def _set_problems(exploration: Exploration, scheme: Scheme) -> list[Problem]:
    """Find sub-weights of roles, dimensions or indicators that are not those in force."""
    roles, problems = exploration.policy.roles, list[Problem]()
    if scheme.stale:
        found, remedy = "a scheme saved under rules of a role that were decided anew since", "save it again"
        problems.append(Problem(f"scheme {scheme.name}", found, "one of the rules in force", remedy))
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
        other = _under(policy, policy.period, name)
        roles = [key.removeprefix("roles.") for key in touched if key.startswith("roles.")]
        if not all(_weights_only(policy, name, role) for role in roles):
            return None
    except SalesPerfError:  # a broken scenario: `salesperf check` says what is wrong with it
        return None
    kept = [role for role in roles if _indicators(policy, role) == _indicators(other, role)]
    moved = {role: _moved(policy, other, role) for role in kept}
    stale = policy.period.first >= _begins(policy, name) and any(not moved.get(role) for role in roles)
    inside = {(role, dimension): own for role, sets in moved.items() for dimension, own in sets.items()}
    weights = dict(other.dimension_weights)
    if weights == dict(policy.dimension_weights) and not inside and not stale:
        return None
    return Scheme(name, weights, inside, SAVED, other.scenario_name, stale)


def _under(policy: Policy, period: Period, scenario: str) -> Policy:
    return params.load_policy(
        period, policy.source, scenario, policy.as_of, policy.root, allow_expired=policy.allow_expired
    )


def _begins(policy: Policy, name: str) -> date:
    """Give the first day on which a scenario changes anything."""
    changes = params.read_yaml(params.scenario_file(name, policy.root))["changes"]
    dates = [day for change in changes.values() for day in change.get("values") or {}]
    return min(dates, default=date.min)


def _weights_only(policy: Policy, name: str, role: str) -> bool:
    """Say whether a scenario leaves a role's indicators as the rules of its own day have them."""
    start = max(_begins(policy, name), date(1900, 1, 1))
    day = Period.parse(f"{start:%Y-%m}", policy.period.fiscal_start)
    kind = policy.period.kind
    then = day if kind not in ("quarter", "year") else day.parent(kind, policy.period.fiscal_start)
    before, after = (_under(policy, then, scenario) for scenario in ("base", name))
    return _indicators(before, role) == _indicators(after, role)


def _indicators(policy: Policy, role: str) -> set[tuple[str, str, float | None]]:
    own = policy.roles.get(role)
    return {(row.kpi, row.scored_at, row.gate) for row in own.kpis} if own else set()


def _moved(policy: Policy, other: Policy, role: str) -> dict[str, Mapping[str, Fraction]]:
    """Give the sets of a role whose weights a scenario changes, by dimension."""
    found: dict[str, Mapping[str, Fraction]] = {}
    for dimension in DIMENSIONS:
        own, new = (
            {row.kpi: row.weight for row in each.roles[role].kpis if row.dimension == dimension}
            for each in (policy, other)
        )
        if own != new:
            found[dimension] = new
    return found
