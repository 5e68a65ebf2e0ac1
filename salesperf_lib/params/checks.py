"""What values must be to each other: sums, ranges, order, and names that exist (§2.1, DESIGN §3)."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

from salesperf_lib.errors import ParamError, Problem
from salesperf_lib.params.book import Rule, Rules, opened_only
from salesperf_lib.params.checks_appraisal import problems_between, problems_of_appraisal
from salesperf_lib.params.checks_constraints import problems_of_constraints, unreadable_constraints
from salesperf_lib.params.checks_targets import kpis_named, problems_of_targets
from salesperf_lib.params.policy import DIMENSIONS
from salesperf_lib.params.schema import WeightsRule
from salesperf_lib.region import fail_if_infeasible

PHASE_ORDER = ("preheat", "presale", "burst", "after")
CADENCES = ("month", "quarter", "year")
NO_CURVES = ("kpi_curves", "leniency")
"""What params/scoring.yaml holds beside the curves."""


def problems_in(rules: Rules, broken: Collection[str] = ()) -> Iterator[Problem]:
    """Find everything wrong inside single values, then between them.

    Parameters
    ----------
    rules
        Values in force.
    broken
        Parameters that failed their model: they exist, so that naming them is no second mistake.
    """
    for key, rule in rules.items():
        yield from problems_of(key, rule)
    yield from _kpi_names(rules, broken)
    yield from _role_kpis(rules, broken)
    yield from _unscored(rules, broken)
    yield from _curve_names(rules, broken)
    yield from _campaign_names(rules)
    yield from problems_of_constraints(rules)
    yield from problems_between(rules, _named(rules, broken, "kpis"), _named(rules, broken, "roles"))


def _named(rules: Rules, broken: Collection[str], subject: str) -> set[str]:
    """Give the names that a file defines, well or badly."""
    return {key.split(".", 1)[1] for key in (*rules, *broken) if key.startswith(f"{subject}.")}


def problems_of(key: str, rule: Rule) -> Iterator[Problem]:
    """Find what is wrong inside one value."""
    subject, name = key.split(".", 1)
    yield from _out_of_bounds(rule)
    if key == "weights.layer_weights":
        yield from _sum_of_layers(rule)
    elif key == "weights.constraints":
        yield from unreadable_constraints(rule)
    elif key == "weights.exploration":
        return
    elif subject == "weights":
        yield from _weights(rule)
    elif subject == "roles":
        yield from _role_weights(rule)
    elif subject == "calendar" and name != "campaigns":
        yield from _windows(rule, int(name.removeprefix("promotions_")))
    elif subject in ("grades", "scoring"):
        yield from problems_of_appraisal(name, rule)
    elif subject == "kpis":
        yield from _reading(rule)
    elif subject == "targets":
        yield from problems_of_targets(name, rule)


def _out_of_bounds(rule: Rule) -> Iterator[Problem]:
    bounds = getattr(rule.parameter.entry, "bounds", None)
    if bounds is None or rule.dated.waiver:
        return
    value = dict(rule.value) if hasattr(rule.value, "model_dump") else rule.value
    parts: Iterable[tuple[Sequence[str], Any]] = (
        [(("value", str(name)), part) for name, part in value.items()]
        if isinstance(value, Mapping)
        else [(("value",), value)]
    )
    for keys, number in parts:
        limits = bounds.get(keys[-1]) if isinstance(bounds, dict) else bounds
        if limits is None or not isinstance(number, (int, float, Fraction)):
            continue
        # A bound written 0.1 means one tenth, not the binary number next to it.
        low, high = (Fraction(str(limit)) for limit in limits)
        if not low <= Fraction(str(number)) <= high:
            remedy = "keep inside, or give a waiver with the reason"
            yield rule.problem(keys, _shown(number), f"{limits[0]:g} to {limits[1]:g}", remedy)


def _weights(rule: Rule) -> Iterator[Problem]:
    value: WeightsRule = rule.value
    total = sum((getattr(value, name) for name in DIMENSIONS), Fraction(0))
    if total != 1:
        yield rule.problem(
            ("value",), f"weights that sum to {_shown(total)}", "exactly 1", "correct the weights"
        )
    bounds = rule.parameter.entry.bounds
    missing = [name for name in DIMENSIONS if name not in bounds]
    if missing:
        yield rule.parameter.problem(
            ("bounds",), f"no range for {', '.join(missing)}", "a range for each dimension"
        )
        return
    try:
        fail_if_infeasible({name: bounds[name] for name in DIMENSIONS})
    except ParamError as error:
        for problem in error.problems:
            yield rule.parameter.problem(("bounds",), problem.found, problem.allowed, problem.remedy)


def _sum_of_layers(rule: Rule) -> Iterator[Problem]:
    total = rule.value.month + rule.value.quarter + rule.value.year
    if total != 1:
        yield rule.problem(("value",), f"weights that sum to {_shown(total)}", "exactly 1", "correct them")


def _role_weights(rule: Rule) -> Iterator[Problem]:
    without = rule.value.without
    if without and not rule.dated.waiver:
        remedy = "give a waiver with the reason, or give the role indicators there"
        yield rule.problem(
            ("value", "without"), ", ".join(without), "nothing, unless there is a waiver", remedy
        )
    if set(without) == set(DIMENSIONS):
        yield rule.problem(("value", "without"), "all dimensions", "at least one dimension to appraise")
    for cadence in CADENCES:
        chosen = getattr(rule.value, cadence)
        if chosen is None:
            continue
        for dimension in DIMENSIONS:
            keys, items = ("value", cadence, dimension), getattr(chosen, dimension)
            total = sum((item.weight for item in items.values()), Fraction(0))
            if items and total != 1:
                yield rule.problem(
                    keys, f"weights that sum to {_shown(total)}", "exactly 1", "correct the weights"
                )
            if bool(items) == (dimension in without):
                found = f"indicators in a dimension under without: {dimension}" if items else "no indicators"
                yield rule.problem(keys, found, "either indicators or a place in without, with a waiver")
        twice = _repeated(kpi for dimension in DIMENSIONS for kpi in getattr(chosen, dimension))
        for kpi in twice:
            yield rule.problem(
                ("value", cadence), f"{kpi} in two dimensions", "each indicator once", "remove one of them"
            )


def _windows(rule: Rule, year: int) -> Iterator[Problem]:
    for index, row in enumerate(rule.value):
        keys = ("value", index)
        if row.last < row.first:
            yield rule.problem(
                keys,
                f"{row.id} {row.phase} that ends {row.last}, before it starts {row.first}",
                "first ≤ last",
            )
        if row.first.year != year or row.last.year != year:
            found = f"{row.id} {row.phase} {row.first}..{row.last}"
            yield rule.problem(keys, found, f"days of {year}", f"move the row to promotions_{row.first.year}")
    by_campaign: dict[str, list[tuple[int, Any]]] = {}
    for index, row in enumerate(rule.value):
        by_campaign.setdefault(row.id, []).append((index, row))
    for rows in by_campaign.values():
        for (_, before), (index, row) in pairwise(sorted(rows, key=lambda pair: pair[1].first)):
            if row.first <= before.last:
                found = (
                    f"{row.id} {row.phase} from {row.first}, while {before.phase} lasts until {before.last}"
                )
                yield rule.problem(
                    ("value", index), found, "windows of a promotion that do not overlap", "correct the days"
                )
            elif PHASE_ORDER.index(row.phase) <= PHASE_ORDER.index(before.phase):
                found = f"{row.id} {row.phase} after {before.phase}"
                yield rule.problem(
                    ("value", index),
                    found,
                    "the order " + ", ".join(PHASE_ORDER),
                    "correct the phase or the days",
                )


def _reading(rule: Rule) -> Iterator[Problem]:
    allowed, reading = rule.parameter.entry.readings, rule.value.reading
    if reading != "" and reading not in allowed:
        yield rule.problem(("value", "reading"), reading, ", ".join(allowed) or "none: it has one definition")
    if reading == "" and allowed:
        found = "no reading"
        yield rule.problem(("value",), found, ", ".join(allowed), "say which definition holds")


def _kpi_names(rules: Rules, broken: Collection[str]) -> Iterator[Problem]:
    defined, known = opened_only(rules, "kpis"), _named(rules, broken, "kpis")
    for key in ("scoring.kpi_curves", "targets.distributed", "targets.rate_defaults"):
        if key in rules:
            yield from _unknown(rules[key], ("value",), rules[key].value, known)
    if "targets.money_defaults" in rules:
        rule = rules["targets.money_defaults"]
        yield from _unknown(rule, ("value", "targets"), rule.value.targets, known)
        for kpi in rule.value.targets:
            if kpi in defined and defined[kpi].parameter.entry.unit != "money":
                yield rule.problem(
                    ("value", "targets", kpi),
                    f"a target in money for {kpi}",
                    "indicators in money",
                    "move it to rate_defaults",
                )
    for key, keys, names in kpis_named(rules):
        yield from _unknown(rules[key], keys, names, known)
    if "targets.distributed" in rules:
        for kpi in rules["targets.distributed"].value:
            if kpi in defined and defined[kpi].parameter.entry.kind != "volume":
                found = f"{kpi}, which is a rate"
                yield rules["targets.distributed"].problem(
                    ("value", kpi), found, "volumes: parts of a rate do not add up"
                )


def _unknown(
    rule: Rule, keys: Sequence[str], names: Iterable[str], known: Collection[str]
) -> Iterator[Problem]:
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, list(known), n=3)
            allowed = "an indicator of params/kpis.yaml" + (f", such as {', '.join(near)}" if near else "")
            yield rule.problem(
                (*keys, name), f"an unknown indicator {name}", allowed, "correct the name or define it"
            )


def _role_kpis(rules: Rules, broken: Collection[str]) -> Iterator[Problem]:
    defined, known = opened_only(rules, "kpis"), _named(rules, broken, "kpis")
    curves = rules["scoring.kpi_curves"].value if "scoring.kpi_curves" in rules else known
    for rule in opened_only(rules, "roles").values():
        for keys, kpi, item in _scored(rule):
            if kpi not in known:
                yield from _unknown(rule, keys[:-1], [kpi], known)
            if kpi not in defined:
                continue
            entry = defined[kpi].parameter.entry
            if item.scored_at not in entry.levels:
                allowed = ", ".join(level for level in entry.levels if level != "group")
                yield rule.problem(
                    (*keys, "scored_at"), item.scored_at, f"a level at which {kpi} exists: {allowed}"
                )
            if entry.dimension != keys[2]:
                remedy = "move it, or change its dimension in params/kpis.yaml"
                yield rule.problem(
                    keys, f"{kpi} under {keys[2]}", f"its dimension, {entry.dimension}", remedy
                )
            if kpi not in curves:
                remedy = "add it to kpi_curves in params/scoring.yaml"
                yield rule.problem(keys, f"{kpi}, scored without a curve", "indicators with a curve", remedy)


def _scored(rule: Rule) -> Iterator[tuple[tuple[str, ...], str, Any]]:
    for cadence in CADENCES:
        chosen = getattr(rule.value, cadence)
        if chosen is not None:
            for dimension in DIMENSIONS:
                for kpi, item in getattr(chosen, dimension).items():
                    yield ("value", cadence, dimension, kpi), kpi, item


def _unscored(rules: Rules, broken: Collection[str]) -> Iterator[Problem]:
    if any(key.startswith("roles.") for key in broken):
        return
    used = {kpi for rule in opened_only(rules, "roles").values() for _, kpi, _ in _scored(rule)}
    for kpi, rule in opened_only(rules, "kpis").items():
        if rule.parameter.entry.dimension != "driver" and kpi not in used:
            found = f"{rule.parameter.entry.dimension}, but no role is scored on {kpi}"
            remedy = "call it driver, or give it to a role in params/roles.yaml"
            yield rule.parameter.problem(("dimension",), found, "indicators of a role", remedy)


def _curve_names(rules: Rules, broken: Collection[str]) -> Iterator[Problem]:
    if "scoring.kpi_curves" not in rules:
        return
    rule = rules["scoring.kpi_curves"]
    known = _named(rules, broken, "scoring") - set(NO_CURVES)
    for kpi, curve in rule.value.items():
        if curve not in known:
            yield rule.problem(
                ("value", kpi),
                f"an unknown curve {curve}",
                ", ".join(sorted(known)),
                "correct the name or define it",
            )
    for curve in sorted(set(opened_only(rules, "scoring")) - set(NO_CURVES) - set(rule.value.values())):
        found = f"a curve no indicator uses: {curve}"
        yield rules[f"scoring.{curve}"].parameter.problem(
            (), found, "curves in kpi_curves", "use it or remove it"
        )


def _campaign_names(rules: Rules) -> Iterator[Problem]:
    if "calendar.campaigns" not in rules:
        return
    known = rules["calendar.campaigns"].value
    for name, rule in opened_only(rules, "calendar").items():
        if name == "campaigns":
            continue
        for index, row in enumerate(rule.value):
            if row.id not in known:
                remedy = "correct the name or add it to campaigns"
                yield rule.problem(
                    ("value", index, "id"), f"an unknown promotion {row.id}", ", ".join(known), remedy
                )


def _repeated(names: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    return [name for name in names if name in seen or seen.add(name)]


def _shown(number: float | Fraction) -> str:
    return (
        f"{number} = {float(number):.6g}"
        if isinstance(number, Fraction) and number.denominator > 1
        else f"{number}"
    )
