"""Parts, gates, missing rules, small samples, ratings and layers: what moves a score beside its curves."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesperf_lib import params, scores
from salesperf_lib.params import Curve, Name, RoleKpi

NAME = Name("名", "name")
RATIO = Curve("volume", "ratio", NAME, MappingProxyType({"floor": 0.0, "cap": 1.2}))
KPIS = (
    ("net_sales", "result", "1/2", "person"),
    ("inquiry_conversion_rate", "result", "1/2", "person"),
    ("collaboration_score", "process", "1/2", "person"),
    ("csat", "process", "1/2", "person"),
    ("training_pass_rate", "potential", "1/1", "person"),
)
TARGET = {
    "net_sales": 100.0,
    "inquiry_conversion_rate": 0.2,
    "collaboration_score": 80.0,
    "csat": 4.0,
    "training_pass_rate": 0.9,
}
OUTER = {"result": Fraction(1, 2), "process": Fraction(1, 3), "potential": Fraction(1, 6)}


@pytest.fixture(scope="module")
def policy(root):
    base = params.load_policy("2026-06", source="sample", root=root)
    rows = tuple(RoleKpi(kpi, dimension, Fraction(weight), at) for kpi, dimension, weight, at in KPIS)
    role = replace(base.roles["service"], kpis=rows, without=())
    kpis = {name: replace(base.kpis[name], min_n=0, shrink=None) for name, *_ in KPIS}
    return replace(
        base,
        kpis=MappingProxyType(kpis),
        roles=MappingProxyType({"service": role, "host": replace(role, id="host")}),
        curves=MappingProxyType({kpi: RATIO for kpi, *_ in KPIS}),
        dimension_weights=MappingProxyType(OUTER),
    )


def with_kpi(policy, name, **changes):
    return replace(
        policy, kpis=MappingProxyType({**policy.kpis, name: replace(policy.kpis[name], **changes)})
    )


def with_curve(policy, name, **changes):
    return replace(
        policy, curves=MappingProxyType({**policy.curves, name: replace(policy.curves[name], **changes)})
    )


def with_gate(policy, kpi, mark):
    role = policy.roles["service"]
    rows = tuple(replace(row, gate=mark) if row.kpi == kpi else row for row in role.kpis)
    return replace(policy, roles=MappingProxyType({**policy.roles, "service": replace(role, kpis=rows)}))


def people(*parts):
    held = parts or (("p1", "t1", "service", 30, True),)
    frame = pd.DataFrame(held, columns=["person_id", "team_id", "role", "team_days", "main"])
    return frame.assign(status="regular")


def value_rows(period="2026-06", person="p1", **by_kpi):
    rows = []
    for kpi, found in (TARGET | by_kpi).items():
        if found is None:
            continue
        top, bottom, n = found if isinstance(found, tuple) else (found, np.nan, 100)
        value = top / bottom if bottom == bottom else top
        rows.append((period, "person", person, "all", kpi, top, bottom, value, n, ""))
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


def target_rows(person="p1", team="t1", period="2026-06", **by_kpi):
    rows = [
        (period, "person", person, team, kpi, aim)
        for kpi, aim in (TARGET | by_kpi).items()
        if aim is not None
    ]
    return pd.DataFrame(rows, columns=["period", "level", "unit_id", "team_id", "kpi", "target"])


def scored(policy, values, targets=None, crowd=None, **more):
    given = scores.Inputs(values, target_rows() if targets is None else targets, **more)
    return scores.score(given, people() if crowd is None else crowd, policy)


def line(frame, kpi, **where):
    found = frame[frame["kpi"] == kpi]
    for name, wanted in where.items():
        found = found[found[name] == wanted]
    return found.squeeze()


# --- parts ---


def in_two_teams(policy, first=120.0, second=60.0, days=(20, 10)):
    crowd = people(("p1", "t1", "service", days[0], True), ("p1", "t2", "service", days[1], False))
    parts = pd.DataFrame(
        [
            ("p1", "t1", "service", "net_sales", first, np.nan, first, 10),
            ("p1", "t2", "service", "net_sales", second, np.nan, second, 10),
        ],
        columns=scores.PART_VALUES,
    )
    targets = pd.concat([target_rows(team="t1"), target_rows(team="t2")])
    return scored(policy, value_rows(), targets, crowd, parts=parts)


def test_somebody_who_changed_teams_is_scored_on_each_part_by_its_days(policy):
    frame = in_two_teams(policy)
    one, two = (line(frame, "net_sales", team_id=team) for team in ("t1", "t2"))
    assert (one["points"], two["points"]) == (120.0, 60.0)
    assert (one["share"], two["share"]) == pytest.approx((2 / 3, 1 / 3))
    # All else on target: net sales weigh 1/4, so 1/4·(2/3·120 + 1/3·60) + 3/4·100
    total = scores.composites(frame)["score"].item()
    assert total == pytest.approx(0.25 * (80 + 20) + 75, abs=1e-7)
    assert frame["weight"].sum() == pytest.approx(1.0)


def test_what_cannot_be_told_by_days_counts_in_every_part(policy):
    frame = in_two_teams(policy)
    assert set(frame.loc[frame["kpi"] == "csat", "value"]) == {4.0}


def test_the_composite_stands_under_the_main_part(policy):
    crowd = people(("p1", "t1", "service", 10, False), ("p1", "t2", "service", 20, True))
    targets = pd.concat([target_rows(team="t1"), target_rows(team="t2")])
    frame = scored(policy, value_rows(), targets, crowd)
    assert scores.composites(frame, crowd)["team_id"].item() == "t2"


def test_a_part_that_cannot_be_scored_hands_its_time_to_the_other(policy):
    crowd = people(("p1", "t1", "service", 20, True), ("p1", "t2", "service", 10, False))
    frame = scored(policy, value_rows(net_sales=90.0), target_rows(team="t1"), crowd)
    # In t2 nothing has a target: the whole score is t1's, (90 + 100)/2 in result
    assert scores.composites(frame)["score"].item() == pytest.approx(95 / 2 + 100 / 2, abs=1e-7)
    assert frame.loc[frame["team_id"] == "t2", "weight"].eq(0).all()


def test_a_part_in_a_role_without_rules_is_left_out(policy):
    crowd = people(("p1", "t1", "service", 20, True), ("p1", "t2", "warehouse", 10, False))
    frame = scored(policy, value_rows(), crowd=crowd)
    assert set(frame["role"]) == {"service"}
    assert frame["share"].eq(1.0).all()


def test_days_that_are_no_duty_lower_a_persons_volume_target_in_proportion(policy):
    crowd = people().assign(excluded_days=6.0)
    frame = scored(policy, value_rows(net_sales=80.0), crowd=crowd)
    found = line(frame, "net_sales")
    # 100 · (30 − 6)/30 = 80: on target
    assert (found["target"], found["points"], found["duty"]) == (80.0, 100.0, 0.8)
    assert line(frame, "csat")["target"] == 4.0  # a rate is no volume


# --- gates ---


def test_a_gate_holds_all_others_at_one_hundred(policy):
    values = value_rows(net_sales=120.0, inquiry_conversion_rate=0.1, collaboration_score=40.0)
    shut = scored(with_gate(policy, "collaboration_score", 60.0), values)
    held = line(shut, "net_sales")
    assert (held["points"], held["gated"]) == (100.0, True)
    assert line(shut, "collaboration_score")["points"] == 50.0  # the gate itself counts as it is
    assert line(shut, "inquiry_conversion_rate")["points"] == 50.0  # and so does what is under 100
    assert not line(shut, "inquiry_conversion_rate")["gated"]


def test_a_gate_is_open_at_its_mark(policy):
    values = value_rows(net_sales=120.0, collaboration_score=48.0)  # 60 points
    frame = scored(with_gate(policy, "collaboration_score", 60.0), values)
    assert line(frame, "net_sales")["points"] == 120.0
    assert not frame["gated"].any()


def test_a_gate_without_a_value_is_open(policy):
    values = value_rows(net_sales=120.0, collaboration_score=None)
    assert not scored(with_gate(policy, "collaboration_score", 60.0), values)["gated"].any()


# --- what is missing ---


def test_a_required_indicator_without_a_value_leaves_the_person_unassessed(policy):
    strict = with_curve(policy, "csat", missing="not_assessable")
    frame = scored(strict, value_rows(csat=None))
    assert set(frame["reason"]) == {"no_required"}
    assert frame["contribution"].isna().all()
    assert set(scored(strict, value_rows())["reason"]) == {"scored"}


def test_an_indicator_that_carries_takes_its_last_assessed_quarter(policy):
    carrying = with_curve(policy, "csat", missing="carry")
    values = pd.concat(
        [value_rows(csat=None), value_rows("2026-Q1", csat=2.0), value_rows("2025-Q4", csat=4.0)]
    )
    found = line(scored(carrying, values), "csat")
    assert (found["status"], found["value_period"], found["points"]) == ("carried", "2026-Q1", 50.0)
    left = line(scored(policy, values), "csat")
    assert (left["status"], left["weight"]) == ("no_data", 0.0)


# --- small samples and ratings ---


def crowd_before(rates, n=200):
    rows = [
        value_rows("2026-05", f"q{i}", inquiry_conversion_rate=(rate * n, n, n))
        for i, rate in enumerate(rates)
    ]
    return pd.concat(rows)


def test_a_rate_of_few_observations_is_drawn_towards_last_periods_peers(policy):
    shrinking = with_kpi(policy, "inquiry_conversion_rate", shrink="estimated")
    before = crowd_before([0.1, 0.15, 0.2, 0.25, 0.3, 0.2])
    few = scored(shrinking, pd.concat([value_rows(inquiry_conversion_rate=(4.0, 10.0, 10)), before]))
    found = line(few, "inquiry_conversion_rate")
    assert found["value_raw"] == 0.4
    assert 0.2 < found["value"] < 0.4
    assert found["adjustment"] == "shrunk"
    many = scored(
        shrinking, pd.concat([value_rows(inquiry_conversion_rate=(4000.0, 10000.0, 10000)), before])
    )
    assert line(many, "inquiry_conversion_rate")["value"] == pytest.approx(0.4, abs=0.002)


def test_a_mean_is_drawn_by_so_many_observations(policy):
    drawn = with_kpi(policy, "csat", shrink=10)
    before = pd.concat([value_rows("2026-05", f"q{i}", csat=(400.0, 100.0, 100)) for i in range(5)])
    frame = scored(drawn, pd.concat([value_rows(csat=(50.0, 10.0, 10)), before]))
    # (50 + 10·4)/(10 + 10) = 4.5, of raw 5
    assert line(frame, "csat")["value"] == 4.5
    assert line(frame, "csat")["value_raw"] == 5.0


def test_without_enough_peers_nothing_is_drawn(policy):
    drawn = with_kpi(policy, "csat", shrink=10)
    before = pd.concat([value_rows("2026-05", f"q{i}", csat=(400.0, 100.0, 100)) for i in range(4)])
    found = line(scored(drawn, pd.concat([value_rows(csat=(50.0, 10.0, 10)), before])), "csat")
    assert (found["value"], found["adjustment"]) == (5.0, "")


def test_who_else_is_in_todays_table_changes_no_shrunk_score(policy):
    shrinking = with_kpi(policy, "inquiry_conversion_rate", shrink="estimated")
    before = crowd_before([0.1, 0.15, 0.2, 0.25, 0.3])
    alone = pd.concat([value_rows(inquiry_conversion_rate=(4.0, 10.0, 10)), before])
    other = value_rows(person="p2", inquiry_conversion_rate=(0.0, 10.0, 10), net_sales=1.0)
    both = people(("p1", "t1", "service", 30, True), ("p2", "t1", "service", 30, True))
    one = scored(shrinking, alone)
    two = scored(shrinking, pd.concat([alone, other]), pd.concat([target_rows(), target_rows("p2")]), both)
    again = two[two["person_id"] == "p1"].reset_index(drop=True)
    pd.testing.assert_frame_equal(one, again, check_exact=True)


def factors(*, calibrated=True, factor=0.95):
    rows = [("2026-06", "p1", "collaboration_score", factor, calibrated)]
    return pd.DataFrame(rows, columns=scores.FACTORS)


def test_a_rating_is_corrected_and_both_are_shown(policy):
    found = line(scored(policy, value_rows(), factors=factors()), "collaboration_score")
    assert (found["value_raw"], found["value"], found["adjustment"]) == (80.0, 76.0, "corrected")
    assert found["points"] == 95.0


def test_a_rating_below_the_minimum_is_left_alone_and_says_so(policy):
    found = line(
        scored(policy, value_rows(), factors=factors(calibrated=False, factor=1.0)), "collaboration_score"
    )
    assert (found["value"], found["adjustment"]) == (80.0, "uncalibrated")


def test_measured_values_are_never_corrected(policy):
    frame = scored(policy, value_rows(), factors=factors())
    assert frame.loc[frame["kpi"] != "collaboration_score", "adjustment"].eq("").all()


# --- layers ---


def of_period(policy, label, sales):
    return scored(
        replace(policy, period=params.load_policy(label, source="sample", root=policy.root).period),
        value_rows(label, net_sales=sales),
        target_rows(period=label),
        people(("p1", "t1", "service", 400, True)),
    )


def of_year(policy, earlier, sales=100.0, crowd=None, **by_kpi):
    annual = params.load_policy("2025", source="sample", root=policy.root)
    annual = replace(policy, period=annual.period, assessable=annual.assessable)
    values = value_rows("2025", net_sales=sales, **by_kpi)
    crowd = people(("p1", "t1", "service", 365, True)) if crowd is None else crowd
    return scores.score(scores.Inputs(values, target_rows(period="2025")), crowd, annual, earlier)


def test_a_year_is_made_of_its_layers(policy):
    months = [of_period(policy, "2025-01", 80.0), of_period(policy, "2025-02", 120.0)]
    quarter = [of_period(policy, "2025-Q1", 60.0)]
    frame = of_year(policy, [*months, *quarter], sales=110.0)
    # A person's score is 75 + sales/4: months 95 and 105, the quarter 90, the year's own 102.5
    expected = 0.25 * (95 + 105) / 2 + 0.35 * 90 + 0.40 * 102.5
    assert scores.composites(frame)["score"].item() == pytest.approx(expected, abs=1e-6)
    weights = frame.groupby("layer")["weight"].sum()
    assert weights.to_dict() == pytest.approx({"month": 0.25, "quarter": 0.35, "year": 0.40})


def test_a_layer_without_an_assessed_period_hands_its_weight_on(policy):
    frame = of_year(policy, [of_period(policy, "2025-01", 80.0)], sales=110.0)
    # Months 1/4 and the year's own 2/5 are left: 95 and 102.5
    assert scores.composites(frame)["score"].item() == pytest.approx(
        (0.25 * 95 + 0.40 * 102.5) / 0.65, abs=1e-6
    )


def test_a_year_whose_own_set_lacks_a_dimension_stands_on_its_months_and_quarters(policy):
    frame = of_year(policy, [of_period(policy, "2025-01", 80.0)], training_pass_rate=None)
    assert scores.composites(frame)["score"].item() == pytest.approx(95.0, abs=1e-6)


def test_few_days_in_the_year_leave_a_person_unassessed_whatever_the_months_say(policy):
    crowd = people(("p1", "t1", "service", 20, True))
    frame = of_year(policy, [of_period(policy, "2025-01", 80.0)], crowd=crowd)
    assert set(frame["reason"]) == {"few_days"}
    assert scores.composites(frame)["score"].isna().all()


# --- baselines ---


def test_a_target_below_the_baseline_earns_fewer_steps_up(policy):
    steps = {
        "base": 30.0,
        "step": 0.03,
        "up": 6.0,
        "down": 6.0,
        "ambition": ((0.2, 5.0), (0.5, 4.0), (1.0, 3.0)),
    }
    stepped = with_curve(policy, "net_sales", kind="steps", parameters=MappingProxyType(steps))
    values = [
        value_rows(net_sales=130.0),
        value_rows("2025-06", net_sales=120.0),
        value_rows("2024-06", net_sales=160.0),
    ]
    found = line(scored(stepped, pd.concat(values)), "net_sales")
    # min(120, (120 + 160)/2) = 120; the target of 100 is 1/6 short: at most five steps, 100·35/30
    assert found["baseline"] == 120.0
    assert found["points"] == pytest.approx(100 * 35 / 30)
    free = line(scored(stepped, values[0]), "net_sales")
    assert np.isnan(free["baseline"])
    assert free["points"] == 120.0  # 30 % over: six steps


# --- invariants ---


def test_raising_a_value_never_lowers_the_score(policy):
    gated = with_gate(policy, "collaboration_score", 60.0)

    @settings(deadline=None, max_examples=40)
    @given(st.integers(0, 4), st.floats(0.3, 1.3), st.floats(0.0, 0.5))
    def holds(place, start, more):
        kpi = KPIS[place][0]
        low = scored(gated, value_rows(**{kpi: TARGET[kpi] * start}))
        high = scored(gated, value_rows(**{kpi: TARGET[kpi] * (start + more)}))
        assert scores.composites(high)["score"].item() >= scores.composites(low)["score"].item()

    holds()


def test_weights_of_an_assessed_person_sum_to_one_and_the_lines_to_the_score(policy):
    @settings(deadline=None, max_examples=40)
    @given(st.lists(st.one_of(st.none(), st.floats(0.0, 2.0)), min_size=5, max_size=5))
    def holds(reached):
        aims = zip(KPIS, reached, strict=True)
        values = value_rows(**{kpi: None if part is None else TARGET[kpi] * part for (kpi, *_), part in aims})
        frame = scored(policy, values)
        if frame["reason"].iloc[0] == "scored":
            assert frame["weight"].sum() == pytest.approx(1.0)
            exact = sum(Fraction(part) for part in frame["contribution"])
            assert Fraction(scores.composites(frame)["score"].item()) == exact
        else:
            assert frame["contribution"].isna().all()

    holds()
