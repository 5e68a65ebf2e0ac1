"""Worked examples of grades that HR can read and add to: tests/cases/grades.yaml."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from salesperf_lib import grades, params
from salesperf_lib.params.policy import Distribution, Grades
from tests.grade_world import QUOTAS, THRESHOLDS, composites, line, policy_of

CASES = params.read_yaml(Path(__file__).parent / "cases" / "grades.yaml")


def by_name(section):
    return [pytest.param(case, id=case["name"]) for case in CASES[section]]


def people(case):
    scores = [np.nan if score is None else score for score in case["scores"]]
    return composites(*scores, teams=case.get("teams"), roles=case.get("roles"))


def vetoed(case):
    return {f"p{index}" for index in case.get("vetoed", ())}


def given(found):
    return " ".join(found["grade"].fillna("-"))


@pytest.mark.parametrize("case", by_name("quotas"))
def test_quotas(case):
    shares = {name: Fraction(str(share)) for name, share in case["shares"].items()}
    found = grades.quotas(case["n"], shares)
    assert list(found) == list(shares)
    assert list(found.values()) == case["places"]


@pytest.mark.parametrize("case", by_name("forced"))
def test_forced_distribution(case):
    rule = {"min_cohort": 10, **case.get("rule", {})}
    rule["team_scale"] = tuple(map(tuple, rule.get("team_scale", ())))
    rules = Grades(THRESHOLDS, Distribution(kind="forced", quotas=QUOTAS, **rule))
    lines = None
    if "tie_points" in case:
        points = [np.nan if worth is None else worth for worth in case["tie_points"]]
        lines = pd.DataFrame([line(f"p{i}", "net_sales", points=worth) for i, worth in enumerate(points)])
    found = grades.assign(people(case), policy_of(rules), lines, vetoed(case))
    assert given(found) == case["grades"]
    if "cohorts" in case:
        wanted = case["cohorts"].split()
        assert found["cohort"].tolist() == (wanted if len(wanted) > 1 else wanted * len(found))


@pytest.mark.parametrize("case", by_name("weights"))
def test_contested_by_weights(case):
    centre = np.array([17, 8, 5]) / 30
    worth = np.array([np.nan if points is None else points for points in case["points"]], float)
    weight = np.where(np.isnan(worth), 0, centre)
    weight /= weight.sum()
    lines = pd.DataFrame([
        line("p0", f"kpi_{name}", dimension=name, points=points, weight=share)
        for name, points, share in zip(params.DIMENSIONS, worth, weight, strict=True)
        if not np.isnan(points)
    ])  # fmt: skip
    rules = policy_of(Grades(THRESHOLDS))
    one = composites(np.nansum(weight * np.nan_to_num(worth)))
    shares = grades.contested_shares(one, lines, rules, grades.cohorts_of(one, rules.grades))
    assert shares[0] == pytest.approx(case["shares"], abs=1e-6)
    assert bool(grades.assign(one, rules, lines)["contested"].item()) is case["contested"]


@pytest.mark.parametrize("case", by_name("vetoes"))
def test_veto(case):
    found = grades.assign(people(case), policy_of(Grades(THRESHOLDS)), vetoed=vetoed(case))
    assert given(found) == case["grades"]
    assert [None if place is pd.NA else int(place) for place in found["rank"]] == case["ranks"]
    assert found["vetoed"].tolist() == [f"p{i}" in vetoed(case) for i in range(len(found))]


def test_there_are_enough_examples_and_no_name_twice():
    names = [case["name"] for section in CASES.values() for case in section]
    assert len(names) >= 25
    assert len(names) == len(set(names))
