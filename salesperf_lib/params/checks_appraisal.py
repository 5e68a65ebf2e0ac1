"""What the rules of appraisal must be to themselves and to each other (§2.2, §2.3, §2.6)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from salesperf_lib.errors import Problem
from salesperf_lib.params.book import Rule, Rules, opened_only
from salesperf_lib.params.schema_appraisal import (
    DeductionCurve,
    DistributionRule,
    LevelsCurve,
    PiecewiseCurve,
    StepsCurve,
)


def problems_of_appraisal(name: str, rule: Rule) -> Iterator[Problem]:
    """Find what is wrong inside one value of params/scoring.yaml or params/grades.yaml.

    Parameters
    ----------
    name
        The parameter.
    rule
        Its value.
    """
    value = rule.value
    if name == "thresholds":
        yield from _thresholds(rule)
    elif isinstance(value, DistributionRule):
        yield from _distribution(rule)
    elif isinstance(value, PiecewiseCurve):
        yield from _knots(rule, "points_at", value.points_at)
    elif isinstance(value, LevelsCurve):
        yield from _knots(rule, "rows", value.rows)
    elif isinstance(value, StepsCurve):
        yield from _ambition(rule)
    elif isinstance(value, DeductionCurve) and value.floor > value.start:
        yield rule.problem(("value", "floor"), f"{value.floor:g}", f"at most start, {value.start:g}")


def problems_between(rules: Rules, kpis: Collection[str], roles: Collection[str]) -> Iterator[Problem]:
    """Find what does not fit between grades, indicators, roles and the catalogue of next steps."""
    yield from _veto_grade(rules)
    yield from _tie(rules, kpis)
    yield from _shrinkage(rules)
    yield from _next_steps(rules, kpis, roles)


def _thresholds(rule: Rule) -> Iterator[Problem]:
    thresholds = list(rule.value.items())
    for (better, high), (worse, low) in pairwise(thresholds):
        if low >= high:
            found = f"{worse} from {low:g} after {better} from {high:g}"
            yield rule.problem(("value", worse), found, "thresholds that descend from best to worst")
    if thresholds and thresholds[-1][1] != 0:
        grade, lowest = thresholds[-1]
        yield rule.problem(
            ("value", grade), f"{lowest:g}", "0 for the last grade", "so that every score has a grade"
        )
    if [grade for grade, _ in thresholds] != sorted(grade for grade, _ in thresholds):
        yield rule.problem(
            ("value",), ", ".join(grade for grade, _ in thresholds), "grades in the order A, B, C, D"
        )


def _distribution(rule: Rule) -> Iterator[Problem]:
    value: DistributionRule = rule.value
    if value.kind == "forced":
        total = sum(value.quotas.values(), Fraction(0))
        if total != 1:
            found = f"quotas that sum to {total}" if value.quotas else "no quotas"
            yield rule.problem(("value", "quotas"), found, "shares of all grades that sum to exactly 1")
        if list(value.quotas) != sorted(value.quotas):
            yield rule.problem(("value", "quotas"), ", ".join(value.quotas), "grades in the order A, B, C, D")
    if value.team_scale and value.cohort != "team":
        found = f"team_scale with cohort {value.cohort}"
        yield rule.problem(
            ("value", "team_scale"), found, "a scale of teams only where each team has its own places"
        )
    for index, knot in enumerate(value.team_scale):
        if knot[1] < 0:
            yield rule.problem(("value", "team_scale", index), f"a factor of {knot[1]:g}", "0 or more")
    for index, (left, right) in enumerate(pairwise(value.team_scale), start=1):
        if right[0] <= left[0] or right[1] < left[1]:
            allowed = "results that rise and factors that never fall"
            yield rule.problem(("value", "team_scale", index), f"{right} after {left}", allowed)


def _knots(rule: Rule, name: str, rows: Sequence[Sequence[float]]) -> Iterator[Problem]:
    for index, row in enumerate(rows):
        if row[1] < 0:
            yield rule.problem(("value", name, index), f"{row[1]:g} points", "0 or more", "correct the knot")
    for index, (left, right) in enumerate(pairwise(rows), start=1):
        if right[0] <= left[0] or right[1] < left[1]:
            allowed = "attainment that rises and points that never fall"
            if isinstance(rule.value, LevelsCurve) and rule.value.of == "value":
                allowed = "values that rise and points that never fall"
            yield rule.problem(("value", name, index), f"{right} after {left}", allowed, "correct the knot")


def _ambition(rule: Rule) -> Iterator[Problem]:
    value: StepsCurve = rule.value
    for name in ("up", "down"):
        if getattr(value, name) > value.base:
            found = f"{name} {getattr(value, name):g} with base {value.base:g}"
            yield rule.problem(("value", name), found, f"at most the base, {value.base:g}")
    for index, row in enumerate(value.ambition):
        if min(row) < 0:
            yield rule.problem(("value", "ambition", index), f"{row}", "a shortfall and steps of 0 or more")
        if row[1] > value.up:
            yield rule.problem(("value", "ambition", index), f"{row[1]:g} steps", f"at most up, {value.up:g}")
    for index, (left, right) in enumerate(pairwise(value.ambition), start=1):
        if right[0] <= left[0] or right[1] > left[1]:
            allowed = "shortfalls that rise and steps that never rise"
            yield rule.problem(("value", "ambition", index), f"{right} after {left}", allowed)


def _veto_grade(rules: Rules) -> Iterator[Problem]:
    if "grades.veto" not in rules or "grades.thresholds" not in rules:
        return
    lowest = list(rules["grades.thresholds"].value)[-1]
    found = rules["grades.veto"].value.grade
    if found != lowest:
        yield rules["grades.veto"].problem(("value", "grade"), found, f"the lowest grade, {lowest}")
    quotas = rules["grades.distribution"].value.quotas if "grades.distribution" in rules else {}
    unknown = set(quotas) - set(rules["grades.thresholds"].value)
    for grade in sorted(unknown):
        allowed = f"a grade of thresholds: {', '.join(rules['grades.thresholds'].value)}"
        yield rules["grades.distribution"].problem(("value", "quotas", grade), grade, allowed)


def _tie(rules: Rules, kpis: Collection[str]) -> Iterator[Problem]:
    if "grades.distribution" in rules:
        tie = rules["grades.distribution"].value.tie
        if tie != "promote" and tie not in kpis:
            yield rules["grades.distribution"].problem(("value", "tie"), tie, "promote, or an indicator")
        elif tie in kpis and _is_driver(rules, tie):
            allowed = "promote, or an indicator that is scored"
            yield rules["grades.distribution"].problem(("value", "tie"), tie, allowed)


def _is_driver(rules: Rules, kpi: str) -> bool:
    rule = rules.get(f"kpis.{kpi}")
    return rule is not None and rule.parameter.entry.dimension == "driver"


def _shrinkage(rules: Rules) -> Iterator[Problem]:
    for rule in opened_only(rules, "kpis").values():
        entry, shrink = rule.parameter.entry, rule.value.shrink
        if shrink is None:
            continue
        if entry.kind != "rate":
            yield rule.problem(("value", "shrink"), f"{shrink} for a volume", "rates: a volume has no mean")
        elif shrink == "estimated" and entry.unit != "share":
            allowed = "estimated only for shares of counts; else a number of pseudo-observations"
            yield rule.problem(("value", "shrink"), f"estimated for a value in {entry.unit}", allowed)


def _next_steps(rules: Rules, kpis: Collection[str], roles: Collection[str]) -> Iterator[Problem]:
    if "feedback.next_steps" not in rules:
        return
    rule = rules["feedback.next_steps"]
    seen: set[tuple[str, str]] = set()
    for index, row in enumerate(rule.value):
        keys = ("value", index)
        if row.kpi not in kpis:
            yield rule.problem((*keys, "kpi"), row.kpi, "an indicator of params/kpis.yaml")
        if row.role is not None and row.role not in roles:
            yield rule.problem((*keys, "role"), row.role, "a role of params/roles.yaml")
        key = (row.kpi, row.role or "")
        if key in seen:
            yield rule.problem(keys, f"a second step for {row.kpi}, {row.role or 'any role'}", "one each")
        seen.add(key)
