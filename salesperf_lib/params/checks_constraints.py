"""What further constraints on weights must fulfil: readable, of known names, not against each other (§4)."""

from __future__ import annotations

from collections.abc import Iterator

from salesperf_lib.errors import ParamError, Problem
from salesperf_lib.params.book import Rule, Rules, opened_only
from salesperf_lib.params.policy import DIMENSIONS
from salesperf_lib.region import Constraint, corners_of, parse_constraint

CADENCES = ("month", "quarter", "year")
_NEAR = 1e-9


def unreadable_constraints(rule: Rule) -> Iterator[Problem]:
    """Find constraints that are no linear inequality."""
    for place, text in enumerate(rule.value):
        try:
            parse_constraint(text)
        except ParamError as error:
            for problem in error.problems:
                yield rule.problem(("value", place), problem.found, problem.allowed, problem.remedy)


def problems_of_constraints(rules: Rules) -> Iterator[Problem]:
    """Find names that do not exist or do not go together, contradictions, and weights that break them."""
    rule = rules.get("weights.constraints")
    if rule is None or any(unreadable_constraints(rule)):
        return
    read = [(place, parse_constraint(text)) for place, text in enumerate(rule.value)]
    outer: list[Constraint] = []
    for place, each in read:
        if set(each.names) <= set(DIMENSIONS):
            outer.append(each)
        else:
            yield from _inside(rules, rule, place, each)
    if outer:
        yield from _against_weights(rules, rule, outer)


def _inside(rules: Rules, rule: Rule, place: int, each: Constraint) -> Iterator[Problem]:
    """Hold a constraint on indicators to the roles: together in a dimension, and kept by what is decided."""
    met = False
    for key, role in opened_only(rules, "roles").items():
        for cadence in CADENCES:
            chosen = getattr(role.value, cadence)
            for dimension in DIMENSIONS if chosen is not None else ():
                items = getattr(chosen, dimension)
                if not set(each.names) <= set(items):
                    continue
                met = True
                value = sum(factor * float(items[name].weight) for name, factor in each.coefficients)
                if value < each.least - _NEAR:
                    found = (
                        f"weights that break {each.text!r}: {value:g} where at least {each.least:g} is asked"
                    )
                    remedy = "correct the weights, or take the constraint from params/weights.yaml"
                    yield role.problem(
                        ("value", cadence, dimension), found, f"{key}: weights that keep it", remedy
                    )
    if not met:
        found = f"{each.text!r}, whose names no role has together in a dimension"
        allowed = "dimensions only, or indicators that a role has in one dimension"
        yield rule.problem(("value", place), found, allowed, "correct the names, or remove it")


def _against_weights(rules: Rules, rule: Rule, outer: list[Constraint]) -> Iterator[Problem]:
    for cadence in CADENCES:
        weights = rules.get(f"weights.dimension_weights_{cadence}")
        if weights is None or any(name not in weights.parameter.entry.bounds for name in DIMENSIONS):
            continue
        bounds = {name: weights.parameter.entry.bounds[name] for name in DIMENSIONS}
        try:
            corners_of(bounds, outer)
        except ParamError as error:
            for problem in error.problems:
                yield rule.problem(("value",), f"{cadence}: {problem.found}", problem.allowed, problem.remedy)
            continue
        for each in () if weights.dated.waiver else outer:
            value = sum(factor * float(getattr(weights.value, name)) for name, factor in each.coefficients)
            if value < each.least - _NEAR:
                found = f"weights that break {each.text!r}: {value:g} where at least {each.least:g} is asked"
                yield weights.problem(
                    ("value",), found, "weights that keep it", "correct them, or give a waiver"
                )
