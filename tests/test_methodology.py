"""The sample company keeps what METHODOLOGY §2.1 promises: every indicator scored, every weight in its range."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from salesperf_lib import appraisal, params
from salesperf_lib.language import texts
from salesperf_lib.params import DIMENSIONS

RANGES = {"result": (0.50, 0.60), "process": (0.20, 0.30), "potential": (0.10, 0.20)}
PERIODS = ("2026-06", "2026-Q2")
LAYERS = (*PERIODS, "2026")

# The words of §2.1, the dimension they stand under, and the indicators that say the same here.
INDICATORS = {
    "net sales": ("result", ["net_sales"]),
    "collection rate": ("result", ["collection_rate"]),
    "sales per head": ("result", ["sales_per_head"]),
    "service cost per customer": ("result", ["service_cost_per_customer"]),
    "touch frequency": ("process", ["daily_interactions"]),
    "report timeliness and quality": ("process", ["report_timeliness_rate", "report_quality"]),
    "cross-team collaboration score": ("process", ["collaboration_score"]),
    "script compliance": ("process", ["script_violations"]),
    "ad compliance": ("process", ["ad_violations"]),
    "traffic growth from an adopted acquisition idea": ("potential", ["idea_traffic_uplift"]),
    "conversion uplift from an improved path": ("potential", ["path_conversion_uplift"]),
    "training pass rate": ("potential", ["training_pass_rate"]),
    "sales uplift of mentored newcomers": ("potential", ["mentee_sales_uplift"]),
}
SPLIT = ["new_customer_sales", "returning_customer_sales"]

FORBIDDEN = ("不胜任", "不称职", "不合格员工", "无能", "incompetent", "not competent", "unfit", "unsuitable")


@pytest.fixture(scope="module")
def made(sample_facts, sample_policy, sample_appraisal):
    """Give June and the second quarter; the quarter as it is stored beside the snapshot."""
    quarter = appraisal.load(sample_facts, sample_policy.at("2026-Q2"))
    return {"2026-06": sample_appraisal, "2026-Q2": quarter}


def _with_points(made, kpi) -> pd.DataFrame:
    lines = pd.concat([each.scores for each in made.values()])
    scored = lines[(lines["kpi"] == kpi) & (lines["reason"] == "scored")]
    return scored[scored["points"].notna() & (scored["weight"] > 0)]


@pytest.mark.parametrize("words", INDICATORS)
def test_every_indicator_of_the_methodology_is_scored_in_its_dimension(words, made):
    dimension, names = INDICATORS[words]
    for kpi in names:
        lines = _with_points(made, kpi)
        assert len(lines), kpi
        assert set(lines["dimension"]) == {dimension}, kpi
        assert np.isfinite(lines["value"]).all(), kpi


def test_the_words_name_every_dimension_and_no_indicator_twice():
    names = [kpi for _, group in INDICATORS.values() for kpi in group]
    assert len(names) == len(set(names))
    assert {dimension for dimension, _ in INDICATORS.values()} == set(DIMENSIONS)


@pytest.mark.parametrize("period", PERIODS)
def test_target_attainment_is_said_of_month_and_quarter(period, made):
    lines = made[period].scores.query("dimension == 'result' and status == 'scored'")
    assert len(lines) > 100
    assert lines["attainment"].notna().all()
    higher = lines[lines["kpi"].isin(["net_sales", "channel_roi", "aov"])]
    ratio = (higher["value"] / higher["target"]).to_numpy(float)
    assert higher["attainment"].to_numpy(float) == pytest.approx(ratio, abs=1e-9)


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("level", ["company", "team", "person"])
def test_net_sales_are_those_of_new_and_of_returning_customers(period, level, made):
    values = made[period].kpis
    own = values[(values["period"] == period) & (values["level"] == level) & (values["channel"] == "all")]
    table = own.pivot_table(index="unit_id", columns="kpi", values="value")
    assert len(table)
    assert table["net_sales"].fillna(0.0).tolist() == table[SPLIT].sum(axis=1).tolist()


@pytest.mark.parametrize("kpi", SPLIT)
def test_both_parts_of_net_sales_are_scored(kpi, made):
    assert len(_with_points(made, kpi))


@pytest.mark.parametrize("layer", LAYERS)
def test_the_ranges_of_the_rules_are_those_of_the_methodology(layer, sample_policy):
    assert dict(sample_policy.at(layer).dimension_bounds) == RANGES


@pytest.mark.parametrize("period", PERIODS)
def test_every_scored_person_is_weighed_inside_the_ranges(period, made):
    lines = made[period].scores
    scored = lines[lines["reason"] == "scored"]
    held = scored.pivot_table(index="person_id", columns="dimension", values="weight", aggfunc="sum")
    assert len(held) > 50
    for dimension, (low, high) in RANGES.items():
        weights = held[dimension].fillna(0.0)
        assert weights.between(low - 1e-9, high + 1e-9).all(), dimension
    assert held.sum(axis=1).to_numpy() == pytest.approx(1.0)


def test_every_role_of_the_sample_is_appraised_on_all_three_dimensions(made):
    for period in PERIODS:
        held = made[period].scores.groupby("role")["dimension"].agg(set)
        assert set(held.index) == {"operations", "service", "host", "media_buyer"}
        assert all(dimensions == set(DIMENSIONS) for dimensions in held)


@pytest.mark.parametrize("layer", LAYERS)
def test_every_scored_indicator_has_a_curve_and_a_next_step(layer, sample_policy):
    policy = sample_policy.at(layer)
    steps = {(step.kpi, step.role) for step in policy.feedback.steps}
    for role in policy.roles.values():
        for row in role.kpis:
            assert row.kpi in policy.curves, row.kpi
            assert {(row.kpi, role.id), (row.kpi, "")} & steps, (role.id, row.kpi)


def test_each_layer_looks_further_than_the_one_before(sample_policy):
    # §2.5: month conversion and acquisition; quarter ROI and retention; year LTV and development of people
    sets = {
        layer: {row.kpi for role in sample_policy.at(layer).roles.values() for row in role.kpis}
        for layer in LAYERS
    }
    assert {"inquiry_conversion_rate", "acquired_customers", "report_timeliness_rate"} <= sets["2026-06"]
    assert {"channel_roi", "retention_d90", "private_domain_repurchase_rate"} <= sets["2026-Q2"]
    assert {"ltv", "mentee_sales_uplift"} <= sets["2026"]
    assert "ltv" not in sets["2026-06"] | sets["2026-Q2"]


# -- words -------------------------------------------------------------------------------------------


def _said_by_the_rules(value: object) -> Iterator[str]:
    """Give every text of params/, in whatever depth."""
    if isinstance(value, dict):
        for part in value.values():
            yield from _said_by_the_rules(part)
    elif isinstance(value, list):
        for part in value:
            yield from _said_by_the_rules(part)
    elif isinstance(value, str):
        yield value


def test_no_text_calls_anybody_incompetent(root):
    # A rank says where a score lies among others. Whether somebody can do the job it never says.
    said = [one for pair in texts.entries().values() for one in pair]
    for path in sorted((root / "params").rglob("*.yaml")):
        said += _said_by_the_rules(params.read_yaml(path))
    assert len(said) > 1000
    for word in FORBIDDEN:
        assert [one for one in said if word in one.lower()] == [], word
