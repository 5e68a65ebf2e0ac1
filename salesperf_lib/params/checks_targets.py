"""What the rules of targets must be: shares that sum, limits that leave room, periods that can be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from salesperf_lib.errors import PeriodError, Problem
from salesperf_lib.params.book import Rule, Rules
from salesperf_lib.periods import FORMS, Period


def problems_of_targets(name: str, rule: Rule) -> Iterator[Problem]:
    """Find what is wrong inside one value of params/targets.yaml."""
    if name == "distributed":
        yield from _blends(rule)
    elif name == "explicit_shares":
        yield from _shares(rule)
    elif name == "limits":
        yield from _limits(rule)
    elif name == "season" and rule.value.min_months > rule.value.history_months:
        found = f"min_months {rule.value.min_months} above history_months {rule.value.history_months}"
        yield rule.problem(
            ("value",), found, "min_months up to history_months", "no unit would have a season"
        )
    elif name == "difficulty" and rule.value.hard >= rule.value.easy:
        found = f"hard {rule.value.hard:g} not below easy {rule.value.easy:g}"
        yield rule.problem(("value",), found, "hard below easy", "correct one of them")


def kpis_named(rules: Rules) -> Iterator[tuple[str, Sequence[str], list[str]]]:
    """List the indicators that the rules of targets name: parameter, keys inside it, names."""
    for key, parts in {
        "targets.explicit_shares": lambda value: {(): list(value)},
        "targets.limits": lambda value: {(): [row.kpi for row in value]},
        "targets.phase_profile": lambda value: {("kpis",): value.kpis},
        "targets.emphasis": lambda value: {(phase,): list(names) for phase, names in value},
        "targets.calibration": _calibrated,
    }.items():
        if key in rules:
            for keys, names in parts(rules[key].value).items():
                yield key, ("value", *keys), names


def _calibrated(value: Any) -> Mapping[tuple[str, ...], list[str]]:
    single = {(name,): [getattr(value, name)] for name in ("shocked", "order_value")}
    return {**single, ("volumes",): value.volumes, ("rates",): value.rates}


def _blends(rule: Rule) -> Iterator[Problem]:
    for kpi, basis in rule.value.items():
        if isinstance(basis, str):
            continue
        total = sum(basis.values(), Fraction(0))
        if total != 1:
            found = f"weights that sum to {float(total):.6g}"
            yield rule.problem(("value", kpi), found, "exactly 1", "correct the weights of the blend")


def _shares(rule: Rule) -> Iterator[Problem]:
    for kpi, shares in rule.value.items():
        total = sum(shares.values(), Fraction(0))
        if total > 1:
            found = f"shares that sum to {float(total):.6g}"
            yield rule.problem(("value", kpi), found, "at most 1", "correct the shares of the units")


def _limits(rule: Rule) -> Iterator[Problem]:
    for index, row in enumerate(rule.value):
        keys = ("value", index)
        if row.floor is None and row.cap is None:
            yield rule.problem(keys, "neither floor nor cap", "one of them, or both", "give a limit")
        elif row.floor is not None and row.cap is not None and row.floor > row.cap:
            found = f"floor {row.floor:g} above cap {row.cap:g}"
            yield rule.problem(keys, found, "floor up to cap", "correct one of them")
        try:
            period = Period.parse(row.period)
        except PeriodError:
            yield rule.problem((*keys, "period"), repr(row.period), FORMS)
        else:
            if period.kind not in ("year", "quarter", "month"):
                allowed = "a year, a quarter or a month"
                yield rule.problem((*keys, "period"), f"{row.period}, a {period.kind}", allowed)
