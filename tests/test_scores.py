"""Scores: every line explained, and the lines are the score."""

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
from salesperf_lib.errors import ParamError
from salesperf_lib.params import Curve, Name, RoleKpi

NAME = Name("名", "name")
RATIO = Curve("volume", "ratio", NAME, MappingProxyType({"floor": 0.5, "cap": 1.2}))
STEPS = Curve(
    "rate", "piecewise", NAME, MappingProxyType({"points_at": ((0.7, 50.0), (1.0, 100.0), (1.15, 120.0))})
)
LOWER = Curve("lower", "lower", NAME, MappingProxyType({"floor": 0.0, "cap": 1.2}))
LOSS = Curve(
    "deduction", "deduction", NAME, MappingProxyType({"start": 100.0, "per_unit": 5.0, "floor": 0.0})
)
KPIS = (
    ("net_sales", "result", "1/2", "person", RATIO),
    ("aov", "result", "1/2", "team", STEPS),
    ("csat", "process", "1/2", "person", RATIO),
    ("script_violations", "process", "1/2", "person", LOSS),
    ("training_pass_rate", "potential", "1/1", "person", STEPS),
)
FULL = {"net_sales": 100.0, "aov": 100.0, "csat": 4.0, "script_violations": 0.0, "training_pass_rate": 0.9}
TARGET = {"net_sales": 100.0, "aov": 100.0, "csat": 4.0, "training_pass_rate": 0.9}


@pytest.fixture(scope="module")
def policy(root):
    """Give the sample's rules with one role of five KPIs and weights 1/2, 1/3, 1/6."""
    base = params.load_policy("2026-06", source="sample", root=root)
    kpis = {name: replace(base.kpis[name], min_n=0) for name, *_ in KPIS}
    rows = tuple(RoleKpi(kpi, dimension, Fraction(weight), at) for kpi, dimension, weight, at, _ in KPIS)
    return replace(
        base,
        kpis=MappingProxyType(kpis),
        roles=MappingProxyType({"service": replace(base.roles["service"], kpis=rows, without=())}),
        curves=MappingProxyType({kpi: curve for kpi, *_, curve in KPIS}),
        dimension_weights=MappingProxyType(
            {"result": Fraction(1, 2), "process": Fraction(1, 3), "potential": Fraction(1, 6)}
        ),
        assessable=replace(
            base.assessable, min_days_on_duty=15, probation_assessed=False, leavers_assessed=False
        ),
    )


def people(*ids, **columns):
    ids = ids or ("p1",)
    frame = pd.DataFrame(
        {"person_id": ids, "team_id": "t1", "role": "service", "team_days": 30, "status": "regular"}
    )
    return frame.assign(main=True, **columns)


def values(period="2026-06", n=100, **by_kpi):
    rows = []
    for kpi, found in (FULL | by_kpi).items():
        if found is None:
            continue
        level, unit = ("team", "t1") if kpi == "aov" else ("person", "p1")
        rows.append((period, level, unit, "all", kpi, float(found), np.nan, float(found), n, ""))
    columns = [
        "period",
        "level",
        "unit_id",
        "channel",
        "kpi",
        "numerator",
        "denominator",
        "value",
        "n",
        "reading",
    ]
    return pd.DataFrame(rows, columns=columns)


def targets(period="2026-06", **by_kpi):
    rows = []
    for kpi, aim in (TARGET | by_kpi).items():
        if aim is None:
            continue
        level, unit = ("team", "t1") if kpi == "aov" else ("person", "p1")
        rows.append((period, level, unit, "t1", kpi, float(aim)))
    return pd.DataFrame(rows, columns=["period", "level", "unit_id", "team_id", "kpi", "target"])


def line(frame, kpi):
    return frame.set_index("kpi").loc[kpi]


def composite(frame):
    return scores.composites(frame).iloc[0]


def test_everybody_on_target_scores_one_hundred(policy):
    frame = scores.score(scores.Inputs(values(), targets()), people(), policy)
    assert composite(frame)["score"] == pytest.approx(100.0, abs=1e-8)
    assert frame["weight"].sum() == pytest.approx(1.0)
    assert set(frame["status"]) == {"scored"}


def test_the_lines_add_up_to_the_composite_exactly_in_any_order(policy):
    frame = scores.score(
        scores.Inputs(
            values(net_sales=87.3, csat=3.77, script_violations=3, training_pass_rate=0.71), targets()
        ),
        people(),
        policy,
    )
    total = composite(frame)["score"]
    # net_sales 87.3·1/4 + aov 100·1/4 + csat 94.25·1/6 + 85·1/6 + training (50 + (.78888…−.7)/.3·50)·1/6
    assert total == pytest.approx(
        87.3 / 4 + 25 + 94.25 / 6 + 85 / 6 + (50 + (0.71 / 0.9 - 0.7) / 0.3 * 50) / 6, abs=1e-7
    )
    parts = frame["contribution"].to_numpy()
    for order in (parts, parts[::-1], np.sort(parts)):
        assert sum(order.tolist()) == total
        assert float(np.sum(order)) == total
    assert frame["contribution"].sum() == total


def test_a_missing_kpi_moves_its_weight_inside_its_dimension(policy):
    frame = scores.score(scores.Inputs(values(csat=None, script_violations=4), targets()), people(), policy)
    assert line(frame, "csat")["status"] == "no_data"
    assert line(frame, "csat")["weight"] == 0
    assert line(frame, "script_violations")["status"] == "redistributed"
    assert line(frame, "script_violations")["weight"] == pytest.approx(1 / 3)
    assert composite(frame)["score"] == pytest.approx(50 + 80 / 3 + 100 / 6, abs=1e-8)


def test_a_kpi_without_target_is_told_apart_from_one_without_data(policy):
    frame = scores.score(scores.Inputs(values(), targets(net_sales=None)), people(), policy)
    assert line(frame, "net_sales")["status"] == "no_target"
    assert line(frame, "net_sales")["value"] == 100
    assert composite(frame)["status"] == "scored"


@pytest.mark.parametrize("aim", [0.0, -3.0])
def test_a_target_of_zero_or_less_never_divides(policy, aim):
    frame = scores.score(scores.Inputs(values(), targets(net_sales=aim)), people(), policy)
    assert line(frame, "net_sales")["status"] == "no_target"
    assert np.isnan(line(frame, "net_sales")["attainment"])


def test_too_few_observations_are_shown_but_not_scored(policy):
    kpis = dict(policy.kpis) | {"csat": replace(policy.kpis["csat"], min_n=30)}
    strict = replace(policy, kpis=MappingProxyType(kpis))
    few = scores.score(scores.Inputs(values(n=29), targets()), people(), strict)
    enough = scores.score(scores.Inputs(values(n=30), targets()), people(), strict)
    assert line(few, "csat")["status"] == "low_n"
    assert line(few, "csat")["value"] == 4.0
    assert np.isnan(line(few, "csat")["points"])
    assert line(enough, "csat")["status"] == "scored"


def test_a_whole_missing_dimension_carries_its_last_quarter(policy):
    earlier = pd.concat(
        [values("2026-Q1", training_pass_rate=0.63), values("2025-Q4", training_pass_rate=0.9)]
    )
    known = pd.concat([values(training_pass_rate=None), earlier])
    frame = scores.score(scores.Inputs(known, targets()), people(), policy)
    row = line(frame, "training_pass_rate")
    assert (row["status"], row["value_period"], row["points"]) == ("carried", "2026-Q1", pytest.approx(50.0))
    assert composite(frame)["status"] == "scored"


def test_a_quarter_that_ends_after_the_period_is_not_carried(policy):
    known = pd.concat([values(training_pass_rate=None), values("2026-Q3")])
    assert (
        composite(scores.score(scores.Inputs(known, targets()), people(), policy))["status"] == "no_dimension"
    )


def test_the_quarter_that_ends_with_the_period_is_carried(policy):
    known = pd.concat([values(training_pass_rate=None), values("2026-Q2")])
    assert (
        line(scores.score(scores.Inputs(known, targets()), people(), policy), "training_pass_rate")[
            "value_period"
        ]
        == "2026-Q2"
    )


def test_without_an_earlier_quarter_the_person_is_not_assessable(policy):
    frame = scores.score(scores.Inputs(values(training_pass_rate=None), targets()), people(), policy)
    assert frame["contribution"].isna().all()
    assert frame["weight"].isna().all()
    assert line(frame, "net_sales")["points"] == 100
    total = composite(frame)
    assert np.isnan(total["score"])
    assert total["status"] == "no_dimension"


@pytest.mark.parametrize(
    ("columns", "status"),
    [
        ({"team_days": 14}, "few_days"),
        ({"team_days": 15}, "scored"),
        ({"excluded_days": 16.0}, "few_days"),
        ({"excluded_days": 15.0}, "scored"),
        ({"status": "probation"}, "probation"),
        ({"stays": False}, "left"),
    ],
)
def test_who_is_not_assessed_is_told_why(policy, columns, status):
    frame = scores.score(scores.Inputs(values(), targets()), people().assign(**columns), policy)
    assert composite(frame)["status"] == status
    assert frame["contribution"].isna().all() == (status != "scored")


def test_days_in_two_teams_count_together(policy):
    rows = people("p1", "p1").assign(team_id=["t1", "t2"], team_days=[10, 9], main=[True, False])
    assert composite(scores.score(scores.Inputs(values(), targets()), rows, policy))["status"] == "scored"


def test_somebody_whose_role_has_no_rules_is_not_forgotten(policy):
    crowd = pd.concat([people(), people("p9").assign(role="driver")])
    frame = scores.score(scores.Inputs(values(), targets()), crowd, policy)
    totals = scores.composites(frame, crowd).set_index("person_id")
    assert totals.loc["p9", "status"] == "no_rules"
    assert np.isnan(totals.loc["p9", "score"])


def test_a_transferred_persons_volume_target_is_the_sum_of_both_parts(policy):
    both = pd.concat(
        [
            targets(net_sales=60),
            targets(net_sales=40, aov=None, csat=None, training_pass_rate=None).assign(team_id="t2"),
        ]
    )
    assert line(scores.score(scores.Inputs(values(), both), people(), policy), "net_sales")["target"] == 100


def test_a_kpi_of_the_team_is_the_same_number_for_all_its_people(policy):
    crowd = people("p1", "p2")
    frame = scores.score(scores.Inputs(values(aov=85), targets()), crowd, policy)
    assert frame.loc[frame["kpi"] == "aov", "value"].tolist() == [85, 85]
    assert frame.loc[frame["kpi"] == "aov", "points"].tolist() == [pytest.approx(75.0)] * 2


def test_adding_somebody_leaves_the_others_scores_bit_identical(policy):
    alone = scores.score(scores.Inputs(values(net_sales=91.7), targets()), people(), policy)
    crowd = scores.score(scores.Inputs(values(net_sales=91.7), targets()), people("p0", "p1", "p2"), policy)
    kept = crowd[crowd["person_id"] == "p1"].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, kept, check_exact=True)


def test_the_order_of_rows_does_not_matter(policy):
    known, aims = values(net_sales=91.7), targets()
    one = scores.score(scores.Inputs(known, aims), people(), policy)
    two = scores.score(scores.Inputs(known.iloc[::-1], aims.iloc[::-1]), people(), policy)
    pd.testing.assert_frame_equal(one, two, check_exact=True)


def test_a_scored_kpi_without_curve_is_refused_by_name(policy):
    without = replace(
        policy, curves=MappingProxyType({k: v for k, v in policy.curves.items() if k != "csat"})
    )
    with pytest.raises(ParamError, match="no curve for csat"):
        scores.score(scores.Inputs(values(), targets()), people(), without)


def test_nobody_on_the_roster_gives_an_empty_frame(policy):
    frame = scores.score(scores.Inputs(values(), targets()), people().iloc[:0], policy)
    assert frame.empty
    assert scores.composites(frame).empty


@given(low=st.floats(0, 300), gain=st.floats(0, 100))
def test_raising_an_attainment_never_lowers_the_points(low, gain):
    for curve in (RATIO, STEPS, LOWER):
        first, second = scores.points(curve, [low / 100, (low + gain) / 100], [0, 0])
        assert second >= first


@given(value=st.floats(0, 1e6), target=st.floats(0.01, 1e6))
def test_points_stay_between_zero_and_the_cap(value, target):
    for curve, lower in ((RATIO, False), (STEPS, False), (LOWER, True)):
        found = scores.points(curve, scores.attainment([value], [target], lower_is_better=lower), [value])
        assert 0 <= found[0] <= 120
