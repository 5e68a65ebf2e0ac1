"""Worked examples of why a score changed that HR can read and add to: tests/cases/changes.yaml."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType, SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from salesperf_lib import params, scores
from salesperf_lib.params import Curve, Name, Role
from salesperf_lib.review.change import EFFECTS, change, change_by_kpi

CASES = params.read_yaml(Path(__file__).parent / "cases" / "changes.yaml")
NAME = Name("名", "name")


def curve_of(name):
    rule = dict(CASES["curves"][name])
    kind = rule.pop("kind")
    if "ambition" in rule:
        rule["ambition"] = tuple((float(a), float(b)) for a, b in rule["ambition"])
    return Curve(name, kind, NAME, MappingProxyType(rule))


def appraisal(period, lines, *, veto):
    rows = tuple(SimpleNamespace(kpi=line["kpi"], gate=line.get("gate")) for line in lines)
    policy = SimpleNamespace(
        period=SimpleNamespace(label=period),
        kpis={line["kpi"]: SimpleNamespace(direction="higher") for line in lines},
        curves={line["kpi"]: curve_of(line.get("curve", "ratio")) for line in lines},
        roles={"host": Role("host", NAME, NAME, rows)},
    )
    table = pd.DataFrame(
        {
            "person_id": "p", "team_id": line.get("team", "t1"), "role": "host", "layer": "month",
            "period": period, "scored_in": period, "kpi": line["kpi"], "scored_at": "person",
            "dimension": "result", "share": 1.0, "weight_base": float(line["weight"]),
            "value": line.get("value"), "value_raw": line.get("raw", line.get("value")),
            "target": line.get("target"), "baseline": line.get("baseline"), "few": line.get("n") == "few",
        }
        for line in lines
    )  # fmt: skip
    numbers = ["value", "value_raw", "target", "baseline"]
    table = scores.with_points(table.astype(dict.fromkeys(numbers, float)), policy)
    unmeasured = [table["value"].isna(), table["few"], table["points"].isna()]
    table["status"] = np.select(unmeasured, ["no_data", "low_n", "no_target"], "scored")
    table["points"] = table["points"].where(table["status"] == "scored")
    table = scores.redistribute(scores.gate(table, policy)).assign(reason="scored")
    grade = pd.DataFrame({"person_id": ["p"], "vetoed": [veto]})
    return SimpleNamespace(scores=table, composites=scores.composites(table), grades=grade, policy=policy)


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in CASES["cases"]])
def test_change(case):
    veto = case.get("veto", [])
    now, before = (
        appraisal(p, case[k], veto=k in veto) for p, k in (("2026-06", "now"), ("2026-05", "before"))
    )
    row = change(now, before).iloc[0]
    for name in ("change", *EFFECTS):
        expected = float(case["effects"].get(name, 0))
        assert row[name] == (pytest.approx(expected, abs=1e-6) if expected else 0.0), name
    assert row["residual"] == 0.0
    by_kpi = change_by_kpi(now, before)
    assert by_kpi["actuals"].sum() == row["actuals"]


def test_there_are_enough_examples_and_no_name_twice():
    names = [case["name"] for case in CASES["cases"]]
    assert len(names) >= 20
    assert len(names) == len(set(names))
