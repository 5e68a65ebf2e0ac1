"""Emphasis by phase: weight moves inside a dimension, never between dimensions."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesperf_lib import params, scores
from salesperf_lib.params import RoleKpi

RESERVE = {"acquired_customers": 1.5, "qualified_traffic_share": 1.5, "paid_precision_rate": 1.25}
SPRINT = {
    "product_page_conversion_rate": 1.25, "inquiry_conversion_rate": 1.25, "live_conversion_rate": 1.25, "aov": 1.25,
}  # fmt: skip


@pytest.fixture(scope="module")
def policy(root):
    """Give the sample's rules, with the factors of this file."""
    base = params.load_policy("2026-06", source="sample", root=root)
    emphasis = MappingProxyType({"reserve": RESERVE, "sprint": SPRINT, "regular": {}})
    return replace(
        base,
        targets=replace(base.targets, emphasis=emphasis),
        dimension_weights=MappingProxyType(
            {"result": Fraction(17, 30), "process": Fraction(8, 30), "potential": Fraction(5, 30)}
        ),
    )


def people(role):
    return pd.DataFrame(
        {
            "person_id": ["p1"],
            "team_id": "t1",
            "role": role,
            "team_days": 30,
            "status": "regular",
            "main": True,
        }
    )


def frames(policy, role, *phases, label="2026-06"):
    """Give values that are all on target, and their targets, in rows of these phases."""
    keys = []
    for row in policy.roles[role].kpis:
        unit = {"person": "p1", "company": "company"}.get(row.scored_at, "t1")
        level = row.scored_at if row.scored_at in ("person", "company") else "team"
        keys.append((label, level, unit, row.kpi, "" if level == "company" else "t1"))
    base = pd.DataFrame(keys, columns=["period", "level", "unit_id", "kpi", "team_id"])
    values = base.drop(columns="team_id").assign(
        channel="all", numerator=np.nan, denominator=np.nan, value=2.0, n=1000, reading=""
    )
    aims = base.assign(target=2.0)
    if phases:
        aims["phase"] = [phases[i % len(phases)] for i in range(len(aims))]
    return values, aims


def weights(policy, role, *phases):
    values, aims = frames(policy, role, *phases)
    return scores.score(scores.Inputs(values, aims), people(role), policy).set_index("kpi")


def test_a_media_buyer_in_a_reserve_month_answers_more_for_acquisition(policy):
    # result 35 : 25 : 20 · 1.25 : 20 · 1.5 = 35 : 25 : 25 : 30 of 115; the result dimension is 17/30
    found = weights(policy, "media_buyer", "reserve")["weight_base"]
    expected = {
        "channel_roi": 17 / 30 * 35 / 115, "cac": 17 / 30 * 25 / 115,
        "paid_precision_rate": 17 / 30 * 25 / 115, "acquired_customers": 17 / 30 * 30 / 115,
        "ad_violations": 8 / 30 * 0.35, "report_timeliness_rate": 8 / 30 * 0.35, "collaboration_score": 8 / 30 * 0.30,
        "idea_traffic_uplift": 5 / 30 * 0.5, "training_pass_rate": 5 / 30 * 0.5,
    }  # fmt: skip
    assert found.to_dict() == pytest.approx(expected, abs=1e-15)


def test_the_weights_inside_a_dimension_are_exact_fractions(policy):
    inside = scores.emphasised(policy.roles["media_buyer"], RESERVE)
    assert inside["channel_roi"] == Fraction(7, 23)
    assert inside["cac"] == inside["paid_precision_rate"] == Fraction(5, 23)
    assert inside["acquired_customers"] == Fraction(6, 23)
    assert inside["collaboration_score"] == Fraction(3, 10)


@pytest.mark.parametrize("factors", [RESERVE, SPRINT, {}])
def test_every_dimension_of_every_role_keeps_its_sum_exactly(policy, factors):
    for role in policy.roles.values():
        inside = scores.emphasised(role, factors)
        for dimension in {row.dimension for row in role.kpis}:
            rows = [row for row in role.kpis if row.dimension == dimension]
            assert sum(inside[row.kpi] for row in rows) == sum(row.weight for row in rows) == 1


def test_a_regular_month_and_one_without_a_phase_leave_every_weight_as_it_is(policy):
    plain = weights(policy, "service")["weight_base"]
    inside = {
        row.kpi: float(policy.dimension_weights[row.dimension] * row.weight)
        for row in policy.roles["service"].kpis
    }
    assert plain.to_dict() == inside
    assert weights(policy, "service", "regular")["weight_base"].equals(plain)
    assert not weights(policy, "service", "sprint")["weight_base"].equals(plain)


def test_factors_for_regular_months_hold_in_regular_months(policy):
    emphasis = MappingProxyType({"reserve": {}, "sprint": {}, "regular": RESERVE})
    moved = replace(policy, targets=replace(policy.targets, emphasis=emphasis))
    assert weights(moved, "media_buyer", "regular").loc["cac", "weight_base"] == pytest.approx(
        17 / 30 * 5 / 23
    )


def test_the_phase_that_most_rows_have_decides(policy):
    mixed = weights(policy, "media_buyer", "reserve", "reserve", "sprint")["weight_base"]
    assert mixed.equals(weights(policy, "media_buyer", "reserve")["weight_base"])


@pytest.mark.parametrize("label", ["2026-Q2", "2026"])
def test_quarters_and_years_have_no_emphasis(root, label):
    policy = params.load_policy(label, source="sample", root=root)
    values, aims = frames(policy, "media_buyer", "reserve", label=label)
    found = scores.score(
        scores.Inputs(values, aims), people("media_buyer").assign(team_days=366), policy
    ).set_index("kpi")
    inside = {
        row.kpi: float(policy.dimension_weights[row.dimension] * row.weight)
        for row in policy.roles["media_buyer"].kpis
    }
    assert found["weight_base"].to_dict() == inside


def test_the_phase_of_another_month_does_not_count(policy):
    values, aims = frames(policy, "media_buyer", "regular")
    earlier = aims.assign(period="2026-05", phase="reserve")
    found = scores.score(
        scores.Inputs(values, pd.concat([earlier, earlier, aims])), people("media_buyer"), policy
    )
    assert found.set_index("kpi").loc["cac", "weight_base"] == pytest.approx(17 / 30 * 0.25)


def test_the_lines_still_add_up_exactly_and_a_missing_kpi_hands_on_its_emphasised_weight(policy):
    values, aims = frames(policy, "media_buyer", "reserve")
    values = values[values["kpi"] != "cac"]
    found = scores.score(scores.Inputs(values, aims), people("media_buyer"), policy)
    lines = found.set_index("kpi")
    # without cac: 35 : 25 : 30 of 90
    assert lines.loc["acquired_customers", "weight"] == pytest.approx(17 / 30 * 30 / 90)
    assert lines["weight"].sum() == pytest.approx(1.0)
    parts = found["contribution"].to_numpy()
    total = scores.composites(found)["score"].item()
    for order in (parts, parts[::-1], np.sort(parts)):
        assert sum(order.tolist()) == total


@given(
    st.lists(
        st.tuples(st.sampled_from(["result", "process", "potential"]), st.integers(0, 100), st.floats(0.01, 100)),
        min_size=1, max_size=12,
    )
)  # fmt: skip
def test_sums_stay_and_what_is_emphasised_more_gains_on_its_neighbours(rows):
    kpis = tuple(RoleKpi(f"k{i}", name, Fraction(w, 100), "person") for i, (name, w, _) in enumerate(rows))
    role = params.Role("r", params.Name("岗", "role"), params.Name("岗", "role"), kpis)
    factors = {f"k{i}": factor for i, (*_, factor) in enumerate(rows)}
    inside = scores.emphasised(role, factors)
    for dimension in {row.dimension for row in kpis}:
        own = [row for row in kpis if row.dimension == dimension]
        assert sum(inside[row.kpi] for row in own) == sum(row.weight for row in own)
        for row in own:
            for other in own:
                if factors[row.kpi] >= factors[other.kpi]:
                    assert inside[row.kpi] * other.weight >= inside[other.kpi] * row.weight
