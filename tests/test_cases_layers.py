"""Worked examples of parts, leave, gates and layers that HR can read and add to: tests/cases/layers.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType

import pandas as pd
import pytest

from salesperf_lib import params, scores
from salesperf_lib.params import Curve, Name, RoleKpi

CASES = params.read_yaml(Path(__file__).parent / "cases" / "layers.yaml")
KPIS = {
    "sales": ("net_sales", "result", Fraction(1)),
    "csat": ("csat", "process", Fraction(1, 2)),
    "collaboration": ("collaboration_score", "process", Fraction(1, 2)),
    "training": ("training_pass_rate", "potential", Fraction(1)),
}
WEIGHTS = {"result": Fraction(1, 2), "process": Fraction(1, 3), "potential": Fraction(1, 6)}
POINTS = Curve("plain", "ratio", Name("比例", "ratio"), MappingProxyType({"floor": 0.0, "cap": 1.2}))
VALUES = ["period", "level", "unit_id", "channel", "kpi", "numerator", "denominator", "value", "n", "reading"]
TARGETS = ["period", "level", "unit_id", "team_id", "kpi", "target"]
PEOPLE = ["person_id", "team_id", "role", "team_days", "main", "status", "excluded_days", "stays"]


def by_name(part):
    return [pytest.param(case, id=case["name"]) for case in CASES[part]]


def policy_of(case, root, period="2026-06"):
    """Give the rules in force, with the four indicators and what the case says of them."""
    base = params.load_policy(period, root=root)
    gates, missing = case.get("gate", {}), case.get("missing", {})
    rows = tuple(
        RoleKpi(kpi, dimension, weight, "person", gate=gates.get(name))
        for name, (kpi, dimension, weight) in KPIS.items()
    )
    curves = {
        kpi: replace(POINTS, missing=missing.get(name, "redistribute")) for name, (kpi, *_) in KPIS.items()
    }
    return replace(
        base,
        kpis=MappingProxyType(
            {kpi: replace(base.kpis[kpi], min_n=0, shrink=None) for kpi, *_ in KPIS.values()}
        ),
        roles=MappingProxyType({"service": replace(base.roles["service"], kpis=rows, without=())}),
        curves=MappingProxyType(curves),
        dimension_weights=MappingProxyType(WEIGHTS),
    )


def measured(said: Mapping[str, float | None]) -> dict[str, float]:
    """Give the value of each indicator, whose target is 100; what is null is left out."""
    found = {kpi: said.get(name, 100) for name, (kpi, *_) in KPIS.items()}
    return {kpi: float(value) for kpi, value in found.items() if value is not None}


def rows_of(said, period):
    nothing = float("nan")
    rows = [
        (period, "person", "p", "all", kpi, value, nothing, value, 100, "")
        for kpi, value in measured(said).items()
    ]
    return pd.DataFrame(rows, columns=VALUES)


def inputs(said, period, teams=("t1",), earlier=None, parts=()):
    quarters = [rows_of(dict.fromkeys(KPIS) | quarter, label) for label, quarter in (earlier or {}).items()]
    aims = [(period, "person", "p", team, kpi, 100.0) for team in teams for kpi, *_ in KPIS.values()]
    own = [
        ("p", part["team"], "service", kpi, value, float("nan"), value, 100)
        for part in parts
        for kpi, value in measured(part).items()
    ]
    frames = [frame for frame in (rows_of(said, period), *quarters) if len(frame)]
    values = pd.concat(frames) if frames else rows_of({}, period).iloc[:0]
    return scores.Inputs(
        values, pd.DataFrame(aims, columns=TARGETS), pd.DataFrame(own, columns=scores.PART_VALUES)
    )


def crowd(*parts, probation=False, left=False, leave=0):
    status = "probation" if probation else "regular"
    rows = [
        ("p", team, "service", days, place == 0, status, float(leave), not left)
        for place, (team, days) in enumerate(sorted(parts, key=lambda part: -part[1]))
    ]
    return pd.DataFrame(rows, columns=PEOPLE)


def check(case, frame, people):
    found = scores.composites(frame, people)
    if "reason" in case:
        assert found["score"].isna().all()
        assert found["status"].tolist() == [case["reason"]]
        return
    assert found["status"].tolist() == ["scored"]
    assert found["score"].item() == pytest.approx(case["score"], abs=1e-6)
    assert frame["weight"].sum() == pytest.approx(1.0)
    assert sum(Fraction(part) for part in frame["contribution"]) == Fraction(found["score"].item())


@pytest.mark.parametrize("case", by_name("parts"))
def test_parts(case, root):
    parts = case["parts"]
    people = crowd(*((part["team"], part["days"]) for part in parts))
    nothing = dict.fromkeys(KPIS)  # everything is measured in the parts
    given = inputs(nothing, "2026-06", [part["team"] for part in parts], parts=parts)
    check(case, scores.score(given, people, policy_of(case, root)), people)


@pytest.mark.parametrize("case", [*by_name("leave"), *by_name("missing"), *by_name("gates")])
def test_period(case, root):
    people = crowd(
        ("t1", case.get("days", 30)),
        probation=case.get("probation", False),
        left=case.get("left", False),
        leave=case.get("leave", 0),
    )
    given = inputs(case, "2026-06", earlier=case.get("before"))
    check(case, scores.score(given, people, policy_of(case, root)), people)


def of_period(case, root, label, score):
    """Score a month or quarter in which every indicator has so many points."""
    said = dict.fromkeys(KPIS, score)
    people = crowd(("t1", 400))
    return scores.score(inputs(said, label), people, policy_of(case, root, label))


@pytest.mark.parametrize("case", by_name("years"))
def test_year(case, root):
    labels = [
        *zip([f"2025-{month:02}" for month in range(1, 13)], case["months"], strict=False),
        *zip([f"2025-Q{quarter}" for quarter in range(1, 5)], case["quarters"], strict=False),
    ]
    earlier = [of_period(case, root, label, score) for label, score in labels]
    people = crowd(("t1", case.get("days", 365)))
    own = inputs(dict.fromkeys(KPIS, case["own"]), "2025")
    check(case, scores.score(own, people, policy_of(case, root, "2025"), earlier), people)


def test_there_are_enough_examples_and_no_name_twice():
    names = [case["name"] for part in CASES.values() for case in part]
    assert len(names) == len(set(names)) >= 30
    assert all(("score" in case) != ("reason" in case) for part in CASES.values() for case in part)
