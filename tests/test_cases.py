"""Worked examples that HR can read and add to: tests/cases/*.yaml."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import get_args

import numpy as np
import pandas as pd
import pytest

from salesperf_lib import grades, params, scores, targets
from salesperf_lib.params import Curve, Grades, Name
from salesperf_lib.params.policy import CurveKind

CASES = Path(__file__).parent / "cases"
CURVES = params.read_yaml(CASES / "curves.yaml")
COMPOSITES = params.read_yaml(CASES / "composites.yaml")
TARGETS = params.read_yaml(CASES / "targets.yaml")
DIMENSION_WEIGHTS = {"result": Fraction(1, 2), "process": Fraction(1, 3), "potential": Fraction(1, 6)}


def by_name(cases):
    return [pytest.param(case, id=case["name"]) for case in cases]


def number(value):
    return np.nan if value is None else float(value)


def same(found, expected):
    return np.isnan(found) if expected is None else found == pytest.approx(float(expected), abs=1e-6)


def curve_of(name):
    rule = dict(CURVES["curves"][name])
    kind = rule.pop("kind")
    for key, table in rule.items():
        if isinstance(table, list):
            rule[key] = tuple((float(a), float(b)) for a, b in table)
    return Curve(name, kind, Name(name, name), MappingProxyType(rule))


@pytest.mark.parametrize("case", by_name(CURVES["cases"]))
def test_curve(case):
    value, aim, before = (number(case.get(key)) for key in ("value", "target", "baseline"))
    lower = case.get("lower_is_better", False)
    reached = scores.attainment([value], [aim], lower_is_better=lower)
    found = scores.points(curve_of(case["curve"]), reached, [value], [aim], [before], lower_is_better=lower)
    assert same(found[0], case["points"])


def test_every_kind_of_curve_has_examples():
    used = [CURVES["curves"][case["curve"]]["kind"] for case in CURVES["cases"]]
    assert set(used) == set(get_args(CurveKind))
    assert len(used) >= 60


@pytest.mark.parametrize("case", by_name(COMPOSITES["cases"]))
def test_composite(case):
    lines = pd.DataFrame(case["lines"], columns=["dimension", "inside", "points"])
    outer = lines["dimension"].map({name: float(weight) for name, weight in DIMENSION_WEIGHTS.items()})
    lines = lines.assign(
        person_id="p",
        team_id="t",
        role="r",
        kpi="k",
        points=lines["points"].astype(float),
        weight_base=outer * lines["inside"],
    )
    found = scores.redistribute(lines)
    if case["score"] is None:
        reason = scores.reasons(lines, pd.Series({"p": "scored"}))
        assert set(reason) == {"no_dimension"}
    else:
        assert same(found["contribution"].sum(), case["score"])
        assert found["weight"].sum() == pytest.approx(1.0)


@pytest.mark.parametrize("case", by_name(TARGETS["splits"]))
def test_split(case):
    assert targets.largest_remainder(case["total"], case["weights"]) == case["parts"]


@pytest.mark.parametrize("case", by_name(TARGETS["grades"]))
def test_grade(case):
    policy = SimpleNamespace(grades=Grades((("A", 90.0), ("B", 75.0), ("C", 60.0), ("D", 0.0))))
    person = {"period": "2026-06", "person_id": "p", "team_id": "t", "role": "service", "status": "scored"}
    found = grades.assign(pd.DataFrame([person | {"score": float(case["score"])}]), policy)
    assert found["grade"].item() == case["grade"]


@pytest.mark.parametrize("case", by_name(TARGETS["rates"]))
def test_rate(case):
    found, _ = targets.equal_stretch(case["target"], case["base"], case["weights"], share=case["share"])
    assert found == pytest.approx(case["parts"], abs=1e-9)


def test_there_are_enough_examples_and_no_name_twice():
    names = [
        case["name"]
        for file in (CURVES, COMPOSITES, TARGETS)
        for part in file.values()
        if isinstance(part, list)
        for case in part
    ]
    assert len(names) >= 40
    assert len(names) == len(set(names))
