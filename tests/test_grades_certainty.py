"""How certain a grade is: measurement noise, pairs that cannot be told apart, and the choice of weights."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from salesperf_lib import grades
from salesperf_lib.params import Curve, Grades, Name
from salesperf_lib.params.policy import Certainty
from tests.grade_world import (
    BOUNDS,
    KPIS,
    THRESHOLDS,
    Rule,
    composites,
    forced,
    frame,
    line,
    policy_of,
    rate,
    totals,
)

CV = 0.8
CERTAIN = Certainty(draws=4000, amount_cv=CV)
RULES = Grades(THRESHOLDS, certainty=CERTAIN)
POLICY = policy_of(RULES)
CHANCES = ["p_a", "p_b", "p_c", "p_d"]


def assign(lines, policy=POLICY, **more):
    return grades.assign(totals(lines), policy, lines, **more).set_index("person_id")


def money(person, kpi, value, n, *, denominator=np.nan, target=100.0, **more):
    numerator = value if np.isnan(denominator) else value * denominator
    measured = {"numerator": numerator, "denominator": denominator, "n": n, "value": value, "target": target}
    return line(person, kpi, **({"points": 100 * value / target} | measured | more))


# -- noise of a value --------------------------------------------------------------------------------


def law(*rows, policy=POLICY):
    return grades.noise_of(frame(*rows), policy).iloc[0]


def test_a_rate_of_counts_has_the_posterior_of_jeffreys():
    found = law(rate("p", 30, 200, 0.2))
    assert (found["noise"], found["first"], found["second"]) == ("beta", 30.5, 170.5)
    assert found["sd"] == pytest.approx(stats.beta(30.5, 170.5).std(), rel=1e-12)


def test_a_shrunk_rate_is_redrawn_around_the_shrunk_value():
    found = law(rate("p", 30, 200, 0.2, value=0.18))
    assert (found["first"], found["second"]) == (pytest.approx(36.5), pytest.approx(164.5))


@pytest.mark.parametrize("good", [0, 20])
def test_nobody_or_everybody_is_not_certain(good):
    assert 0.01 < law(rate("p", good, 20, 0.5))["sd"] < 0.1


def test_a_share_of_amounts_stands_on_its_orders_not_on_its_fen():
    row = {"numerator": 131_400.0, "denominator": 1_314_000.0, "n": 164, "value": 0.1, "target": 0.05}
    found = law(line("p", "refund_rate", points=0.0, **row))
    assert found["noise"] == "beta"
    assert found["first"] + found["second"] == pytest.approx(164 / 1.64 + 1)


def test_a_sum_of_money_is_as_sure_as_its_orders():
    found = law(money("p", "net_sales", 50_000.0, 164))
    assert found["sd"] == pytest.approx(50_000 * np.sqrt(1.64 / 164), rel=1e-12)  # a tenth


def test_money_per_order_has_the_error_of_a_mean():
    assert law(money("p", "aov", 200.0, 64, denominator=64.0))["sd"] == pytest.approx(200 * 0.8 / 8)


def test_cost_per_customer_has_the_error_of_a_count():
    assert law(money("p", "cac", 50.0, 25, denominator=25.0))["sd"] == pytest.approx(50 / 5)


def test_a_return_on_spend_is_as_sure_as_the_orders_in_it():
    found = law(money("p", "channel_roi", 3.0, 164, denominator=1e6))
    assert found["sd"] == pytest.approx(0.3, rel=1e-12)


def test_a_count_is_poisson():
    row = {"numerator": 48.0, "value": 48.0, "n": 48, "target": 50.0}
    assert law(line("p", "acquired_customers", points=96.0, **row))["sd"] == pytest.approx(np.sqrt(48.5))


def test_a_count_per_day_has_its_count_s_noise():
    row = {"numerator": 900.0, "denominator": 30.0, "value": 30.0, "n": 30, "target": 30.0}
    assert law(line("p", "daily_interactions", points=100.0, **row))["sd"] == pytest.approx(
        np.sqrt(900.5) / 30
    )


def test_a_time_per_case_is_exponential():
    found = law(money("p", "first_response_seconds", 20.0, 400, denominator=400.0))
    assert found["sd"] == pytest.approx(1.0)


def test_ratings_have_noise_only_where_their_spread_is_known():
    row = {"numerator": 240.0, "denominator": 3.0, "value": 80.0, "n": 3, "target": 80.0, "points": 100.0}
    assert law(line("p", "report_quality", **row))["noise"] == "none"
    known = law(line("p", "report_quality", spread=6.0, **row))
    assert (known["noise"], known["sd"]) == ("normal", pytest.approx(6 / np.sqrt(3)))


@pytest.mark.parametrize(
    "row",
    [
        rate("p", 30, 200, 0.2, n=pd.NA),
        rate("p", 30, 200, 0.2, n=0),
        rate("p", 1.2, 10, 0.2),  # a mean of ten shares
        rate("p", 30, 200, 0.2, numerator=np.nan),
        rate("p", 30, 20, 0.2),  # an uplift above one
        money("p", "net_sales", 100.0, pd.NA),
        money("p", "net_sales", 0.0, 5),
        line("p", "acquired_customers", numerator=4.0, value=4.0),
        line("p", "kpi_result", numerator=4.0, denominator=8.0, value=0.5, n=8),
    ],
)
def test_without_a_base_there_is_no_noise(row):
    assert law(row).tolist() == ["none", 0.0, 0.0, 0.0]


def test_amounts_that_are_all_the_same_leave_a_mean_exact():
    exact = policy_of(Grades(THRESHOLDS, certainty=Certainty(amount_cv=0.0)))
    assert law(money("p", "aov", 200.0, 64, denominator=64.0), policy=exact)["noise"] == "none"
    assert law(money("p", "net_sales", 200.0, 64), policy=exact)["sd"] == pytest.approx(200 / 8)


def test_a_negative_sum_keeps_its_sign():
    found = law(money("p", "net_sales", -1000.0, 164))
    assert found["first"] * found["second"] == pytest.approx(-1000)  # the mean of the draws
    assert found["second"] < 0
    assert found["sd"] == pytest.approx(100)


# -- P(grade) ----------------------------------------------------------------------------------------


def exactly(cut, good, of, target):
    """P(100 · rate / target reads as the cut or more), from the beta distribution itself."""
    return float(stats.beta(good + 0.5, of - good + 0.5).sf((cut - 0.005) / 100 * target))


@pytest.mark.parametrize(("good", "of"), [(90, 200), (45, 100), (900, 2000), (60, 200)])
def test_the_chance_of_a_grade_is_the_tail_of_the_posterior(good, of):
    found = assign(frame(rate("p", good, of, 0.5)))[CHANCES].iloc[0].to_numpy(float)
    reach = [0.0, *(exactly(cut, good, of, 0.5) for cut in (90, 75, 60)), 1.0]
    wanted = np.diff(reach)
    assert np.abs(found - wanted).max() < 4.5 * 0.5 / np.sqrt(CERTAIN.draws)


def test_more_observations_make_the_same_grade_more_certain():
    found = assign(frame(*(rate(f"p{k}", 48 * 4**k, 100 * 4**k, 0.5) for k in range(4))))
    assert (found["grade"] == "A").all()
    assert found["p_a"].is_monotonic_increasing
    assert found["p_a"].iloc[-1] > 0.99 > 0.8 > found["p_a"].iloc[0]


def test_chances_sum_to_one():
    lines = company(20)
    for rules in (RULES, forced(cohort="team"), forced()):
        found = assign(lines, policy_of(rules))
        np.testing.assert_allclose(found[CHANCES].sum(axis=1), 1.0, atol=1e-12)


def test_without_noise_the_grade_is_certain():
    found = assign(frame(line("p0", "kpi_result", points=95.0), line("p1", "kpi_result", points=60.0)))
    assert found[CHANCES].to_numpy().tolist() == [[1, 0, 0, 0], [0, 0, 1, 0]]


def test_places_that_others_take_make_an_exact_score_uncertain():
    rules = forced()
    exact = [line(f"p{i}", "kpi_result", points=80.0 - i) for i in range(9)]
    found = assign(frame(*exact, rate("p9", 395, 1000, 0.5)), policy_of(rules))  # about 79, second of ten
    assert 0.2 < found.loc["p1", "p_a"] < 0.8
    assert found.loc["p0", "p_a"] == 1.0
    assert found.loc["p1", "p_a"] + found.loc["p9", "p_a"] == pytest.approx(1.0, abs=0.02)


def test_grades_that_a_scheme_does_not_have_have_no_chance():
    rules = replace(RULES, thresholds=(("A", 90.0), ("C", 0.0)))
    found = assign(frame(rate("p", 45, 100, 0.5)), policy_of(rules))
    assert found[["p_b", "p_d"]].eq(0).all(axis=None)
    assert found["p_a"].item() + found["p_c"].item() == pytest.approx(1)


def company(n, seed=5):
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(n):
        team = f"t{i % 3}"
        rows.append(rate(f"p{i:03}", int(rng.integers(25, 60)), 100, 0.5, weight=0.5, team_id=team))
        own = {"weight": 0.3, "team_id": team, "dimension": "process"}
        rows.append(
            money(f"p{i:03}", "net_sales", float(rng.integers(60, 120)), int(rng.integers(10, 90)), **own)
        )
        shared = {"scored_at": "team", "weight": 0.2, "team_id": team, "dimension": "potential"}
        rows.append(money(f"p{i:03}", "channel_roi", 80.0 + i % 3, 40, denominator=1e4, **shared))
    return frame(*rows)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=8, deadline=None)
def test_the_order_of_lines_and_people_changes_no_chance(seed):
    lines = company(12)
    mixed = lines.sample(frac=1, random_state=seed)
    for rules in (RULES, forced(cohort="team", team_scale=((0.8, 0.5), (1.2, 1.5)))):
        quick = policy_of(replace(rules, certainty=Certainty(draws=300)))
        people = totals(lines)
        there = grades.assign(people, quick, lines)
        back = grades.assign(people.sample(frac=1, random_state=seed), quick, mixed)
        back = back.sort_values("person_id", ignore_index=True)
        pd.testing.assert_frame_equal(back, there, check_exact=True)


def test_by_thresholds_who_else_is_there_changes_no_chance():
    lines = company(12)
    alone = assign(lines[lines["person_id"] == "p004"])
    pd.testing.assert_frame_equal(assign(lines).loc[["p004"], CHANCES], alone[CHANCES], check_exact=True)


def test_the_seed_is_the_rules():
    lines = frame(rate("p", 45, 100, 0.5))
    other = policy_of(replace(RULES, certainty=replace(CERTAIN, seed=619)))
    assert assign(lines)["p_a"].item() != assign(lines, other)["p_a"].item()


def shared(person, scored_at="team", **more):
    return money(person, "channel_roi", 90.0, 50, denominator=1e4, scored_at=scored_at, **more)


def test_teammates_share_the_luck_of_their_team():
    lines = frame(shared("p0"), shared("p1"), shared("p2", team_id="t2"), shared("p3", "person"))
    drawn = grades.redraw(totals(lines), lines, POLICY)
    assert (drawn[0] == drawn[1]).all()
    assert abs(np.corrcoef(drawn[0], drawn[2])[0, 1]) < 0.06
    assert abs(np.corrcoef(drawn[0], drawn[3])[0, 1]) < 0.06
    company_wide = frame(shared("p0", "company"), shared("p1", "company", team_id="t2"))
    drawn = grades.redraw(totals(company_wide), company_wide, POLICY)
    assert (drawn[0] == drawn[1]).all()


def test_another_period_s_value_has_its_own_luck():
    lines = frame(rate("p0", 40, 100, 0.5, weight=0.5), rate("p1", 40, 100, 0.5, value_period="2026-Q1"))
    drawn = grades.redraw(totals(lines), lines, POLICY)
    assert abs(np.corrcoef(drawn)[0, 1]) < 0.06


def test_two_parts_with_their_own_numbers_have_their_own_luck_and_with_the_same_share_it():
    own = frame(rate("p", 40, 100, 0.5, weight=0.5), rate("p", 90, 200, 0.5, weight=0.5, team_id="t2"))
    same = frame(rate("p", 40, 100, 0.5, weight=0.5), rate("p", 40, 100, 0.5, weight=0.5, team_id="t2"))
    one = composites(85.0).assign(person_id="p")
    apart, together = grades.redraw(one, own, POLICY).std(), grades.redraw(one, same, POLICY).std()
    first, second = stats.beta(40.5, 60.5).std() * 200, stats.beta(90.5, 110.5).std() * 200
    assert apart == pytest.approx(np.hypot(first, second) / 2, rel=0.05)
    assert together == pytest.approx(first, rel=0.05)


def test_lines_without_weight_or_points_do_not_count():
    whole = frame(rate("p", 45, 100, 0.5))
    more = frame(
        rate("p", 45, 100, 0.5),
        line("p", "net_sales", weight=0.0, contribution=0.0),
        money("p", "aov", 90.0, 4, denominator=4.0, weight=np.nan),
    )
    one = composites(90).assign(person_id="p")
    assert (grades.redraw(one, whole, POLICY) == grades.redraw(one, more, POLICY)).all()


def test_a_draw_is_pointed_by_the_kpi_s_own_curve():
    capped = Curve("capped", "ratio", Name("封顶", "capped"), MappingProxyType({"floor": 0.5, "cap": 1.0}))
    policy = policy_of(RULES)
    policy.curves = policy.curves | {"inquiry_conversion_rate": capped}
    lines = frame(rate("p", 50, 100, 0.5))
    drawn = grades.redraw(totals(lines), lines, policy)
    assert drawn.max() == 100.0
    assert (drawn == 100.0).mean() == pytest.approx(0.5, abs=0.05)


def test_less_is_better_is_drawn_the_right_way_round():
    policy = policy_of(RULES)
    lower = MappingProxyType({"floor": 0.0, "cap": 5.0})
    policy.curves = policy.curves | {"cac": Curve("lower", "lower", Name("低", "lower"), lower)}
    lines = frame(money("p", "cac", 120.0, 100, denominator=100.0, points=80.0))
    drawn = grades.redraw(totals(lines), lines, policy)
    assert drawn.mean() == pytest.approx(80, abs=1)
    assert drawn.std() == pytest.approx(12, rel=0.05)  # 120/√100 of 100 points for a target of 100


def test_a_gate_shuts_and_opens_with_the_draw():
    """Under the mark of the gate everything else counts 100 at most."""
    gated = policy_of(RULES, gates={"inquiry_conversion_rate": 60.0})
    lines = frame(
        rate("p", 30, 100, 0.5, weight=0.5),  # 60 points: the gate is shut in about half of the draws
        line("p", "aov", weight=0.5, value=150.0, target=100.0, points=150.0),
    )
    drawn = grades.redraw(totals(lines), lines, gated)[0]
    gate = grades.redraw(totals(lines), lines, POLICY)[0] - 75.0  # half of the gate's own points
    wanted = gate + np.where(2 * gate < 60 - 1e-9, 50.0, 75.0)
    np.testing.assert_allclose(drawn, wanted, atol=1e-9)
    assert 0.3 < (2 * gate < 60).mean() < 0.7


def test_a_gate_indicator_is_not_held_by_another_gate():
    gated = policy_of(RULES, gates={"inquiry_conversion_rate": 60.0, "aov": 60.0})
    lines = frame(
        rate("p", 1, 100, 0.5, weight=0.5),
        line("p", "aov", weight=0.5, value=150.0, target=100.0, points=150.0),
    )
    drawn = grades.redraw(totals(lines), lines, gated)
    assert drawn.min() >= 75.0


def test_a_gate_holds_only_its_own_part():
    gated = policy_of(RULES, gates={"inquiry_conversion_rate": 60.0})
    lines = frame(
        rate("p", 1, 100, 0.5, weight=0.5, points=2.0),
        line("p", "aov", weight=0.5, value=150.0, target=100.0, points=150.0, team_id="t2"),
    )
    one = composites(76.0).assign(person_id="p")
    assert grades.redraw(one, lines, gated).mean() == pytest.approx(75 + 1.5, abs=0.3)  # (1.5/101)·200/2


# -- who cannot be told apart ------------------------------------------------------------------------


def pairs_of(lines, policy=POLICY, **more):
    found = grades.indistinguishable(lines, policy, **more)
    return found, set(zip(found["person_id_a"], found["person_id_b"], strict=True))


def test_pairs_are_told_apart_by_enough_observations():
    few = frame(rate("p0", 50, 100, 0.5), rate("p1", 45, 100, 0.5))
    many = frame(rate("p0", 5000, 10_000, 0.5), rate("p1", 4500, 10_000, 0.5))
    assert pairs_of(few)[1] == {("p0", "p1")}
    assert pairs_of(many)[1] == set()


def test_the_interval_of_a_difference_is_the_normal_one_where_counts_are_large():
    lines = frame(rate("p0", 5000, 10_000, 0.5), rate("p1", 4950, 10_000, 0.5))
    found = pairs_of(lines)[0].iloc[0]
    error = 200 * np.sqrt(2 * 0.25 / 10_000)
    assert found["difference"] == pytest.approx(1.0)
    assert found["low"] == pytest.approx(1 - 1.645 * error, abs=0.1)
    assert found["high"] == pytest.approx(1 + 1.645 * error, abs=0.1)


def test_what_two_people_share_does_not_set_them_apart_nor_blur_them():
    own = {"kpi": "kpi_process", "weight": 0.5, "dimension": "process"}
    lines = frame(
        shared("p0", weight=0.5), line("p0", points=90.0, **own),
        shared("p1", weight=0.5), line("p1", points=89.0, **own),
    )  # fmt: skip
    assert grades.redraw(totals(lines), lines, POLICY).std(axis=1).min() > 3
    assert pairs_of(lines)[1] == set()


def test_neighbours_in_the_company_are_compared_across_teams():
    lines = frame(*(rate(f"p{i}", 50 - i, 100, 0.5, team_id=f"t{i}") for i in range(3)))
    found, pairs = pairs_of(lines)
    assert pairs == {("p0", "p1"), ("p1", "p2")}  # not p0 and p2: neither of a team nor neighbours
    assert set(found["team_id"]) == {""}
    assert found["adjacent"].all()


def test_all_of_a_team_are_compared():
    lines = frame(*(rate(f"p{i}", 50 - i, 100, 0.5) for i in range(4)))
    found, pairs = pairs_of(lines)
    assert len(pairs) == 6
    assert found["adjacent"].sum() == 3


def test_equal_scores_without_noise_are_a_pair():
    lines = frame(line("p1", "kpi_result", points=80.0), line("p0", "kpi_result", points=80.0))
    assert pairs_of(lines)[1] == {("p0", "p1")}


def test_who_is_vetoed_or_not_assessed_is_in_no_pair():
    lines = frame(
        *(rate(f"p{i}", 50 - i, 100, 0.5) for i in range(3)), rate("p3", 50, 100, 0.5, reason="few_days")
    )
    assert pairs_of(lines, vetoed={"p1"})[1] == {("p0", "p2")}
    assert grades.rank_intervals(lines, POLICY, {"p1"})["person_id"].tolist() == ["p0", "p2"]


@pytest.mark.parametrize("rows", [[], [rate("p0", 50, 100, 0.5)]])
def test_nobody_and_one_person_make_no_pair(rows):
    lines = frame(*rows) if rows else frame(rate("p0", 5, 10, 0.5)).iloc[:0]
    assert pairs_of(lines)[1] == set()
    ranks = grades.rank_intervals(lines, POLICY)
    assert ranks[["rank", "best", "worst", "alike"]].to_numpy().tolist() == [[1, 1, 1, 0]] * len(rows)


def test_rank_intervals_widen_with_noise():
    sure = frame(*(rate(f"p{i}", 5000 - 500 * i, 10_000, 0.5) for i in range(4)))
    found = grades.rank_intervals(sure, POLICY)
    assert found[["rank", "best", "worst", "alike"]].to_numpy().tolist() == [
        [i, i, i, 0] for i in (1, 2, 3, 4)
    ]
    unsure = frame(*(rate(f"p{i}", 50 - i, 100, 0.5) for i in range(4)))
    found = grades.rank_intervals(unsure, POLICY)
    assert found["best"].tolist() == [1] * 4
    assert found["worst"].tolist() == [4] * 4
    assert found["alike"].tolist() == [3] * 4


def test_ranks_of_draws_are_competition_ranks():
    from salesperf_lib.grades.ranking import ranks_of

    scores = np.random.default_rng(9).integers(0, 8, (50, 12)).astype(float)
    wanted = [[1 + sum(other > one for other in row) for one in row] for row in scores]
    assert ranks_of(scores).tolist() == wanted


# -- contested by weights ----------------------------------------------------------------------------

EXACT = {name: Rule("text", "higher") for name in KPIS}
BY_DIMENSION = dict(zip(("result", "process", "potential"), (17 / 30, 8 / 30, 5 / 30), strict=True))


def scored(person, *points, weights=BY_DIMENSION, share=1.0, **more):
    return [
        line(person, f"kpi_{name}", points=worth, weight=weight * share, dimension=name, share=share, **more)
        for (name, weight), worth in zip(weights.items(), points, strict=True)
    ]


def drawn_weights(n, seed=77):
    """Fold the unit square onto the triangle (METHODS §4)."""
    u, v = np.random.default_rng(seed).random((2, n))
    below = u + v < 1
    u, v = np.where(below, 1 - u, u), np.where(below, 1 - v, v)
    return np.column_stack([0.5 + 0.1 * u, 0.2 + 0.1 * v, 0.3 - 0.1 * (u + v)])


def shares_of(lines, policy=POLICY):
    people = totals(lines)
    people = people.groupby("person_id", as_index=False).agg(
        period=("period", "first"),
        team_id=("team_id", "first"),
        role=("role", "first"),
        score=("score", "sum"),
    )
    return grades.contested_shares(people, lines, policy, grades.cohorts_of(people, policy.grades))


def test_the_closed_form_agrees_with_400_000_weightings():
    rng = np.random.default_rng(12)
    points = rng.uniform(40, 130, (90, 3)) + rng.uniform(-20, 20, (90, 1))
    lines = frame(*(row for i, worth in enumerate(points) for row in scored(f"p{i:02}", *worth)))
    scores = np.floor(np.round(drawn_weights(400_000) @ points.T * 100, 6) + 0.5) / 100
    wanted = np.stack([((scores >= low) & (scores < high)).mean(axis=0)
                       for high, low in ((1e9, 90), (90, 75), (75, 60), (60, -1))], axis=1)  # fmt: skip
    found = shares_of(lines)
    assert np.abs(found - wanted).max() < 3e-3
    assert ((found > 0.01) & (found < 0.99)).any(axis=1).sum() > 5
    np.testing.assert_allclose(found.sum(axis=1), 1.0)


def test_a_role_without_a_dimension_shares_its_weight_out_under_every_weighting():
    weights = {"result": 17 / 25, "process": 8 / 25}
    lines = frame(*scored("p", 100, 58, weights=weights))
    drawn = drawn_weights(400_000)[:, :2]
    scores = (drawn @ [100, 58]) / drawn.sum(axis=1)
    share = float((scores >= 89.995).mean())
    assert shares_of(lines)[0, 0] == pytest.approx(share, abs=3e-3)
    assert shares_of(lines)[0].sum() == pytest.approx(1)


def test_parts_on_different_dimensions_are_graded_on_spread_weightings():
    two = {"result": 17 / 25, "process": 8 / 25}
    lines = frame(
        *scored("p", 110, 70, weights=two, share=0.5), *scored("p", 92, 58, 96, share=0.5, team_id="t2")
    )
    drawn = drawn_weights(400_000)
    first = drawn[:, :2] @ [110, 70] / drawn[:, :2].sum(axis=1)
    share = float(((first + drawn @ [92, 58, 96]) / 2 >= 89.995).mean())
    assert 0.05 < share < 0.95
    assert shares_of(lines)[0, 0] == pytest.approx(share, abs=5e-3)


def test_two_parts_on_the_same_dimensions_are_exact():
    lines = frame(*scored("p", 110, 60, 80, share=0.25), *scored("p", 90, 88, 70, share=0.75, team_id="t2"))
    mean = np.array([110, 60, 80]) * 0.25 + np.array([90, 88, 70]) * 0.75
    share = float((drawn_weights(400_000) @ mean >= 89.995).mean())
    assert shares_of(lines)[0, 0] == pytest.approx(share, abs=3e-3)


def test_a_scheme_outside_the_ranges_is_contested_where_the_ranges_say_otherwise():
    """By waiver result alone: an A that hardly any admissible weighting gives."""
    lines = frame(*scored("p", 95, 60, 60, weights={"result": 0.9, "process": 0.05, "potential": 0.05}))
    found = assign(lines, policy_of(RULES)).iloc[0]
    assert found["grade"] == "A"
    assert bool(found["contested"])


def test_a_region_of_one_weighting_contests_nothing():
    fixed = {"result": (0.5, 0.5), "process": (0.3, 0.3), "potential": (0.2, 0.2)}
    weights = {"result": 0.5, "process": 0.3, "potential": 0.2}
    lines = frame(*scored("p", 90.02, 90, 89.98, weights=weights))
    assert not assign(lines, policy_of(RULES, bounds=fixed))["contested"].item()


def test_places_are_given_anew_under_every_weighting():
    """Two people cross inside the region: each is the one A for a part of the weightings."""
    rules = replace(forced(), distribution=replace(forced().distribution, min_cohort=5))
    rows = [scored("p0", 100, 70, 70), scored("p1", 82, 95, 90)]
    rows += [scored(f"p{i}", 50, 50 - i, 50) for i in range(2, 5)]
    lines = frame(*(row for person in rows for row in person))
    found = shares_of(lines, policy_of(rules))
    drawn = drawn_weights(400_000)
    ahead = float((drawn @ [18, -25, -20] > 0).mean())
    assert 0.05 < ahead < 0.95
    assert found[0, 0] == pytest.approx(ahead, abs=5e-3)
    assert found[1, 0] == pytest.approx(1 - ahead, abs=5e-3)
    assert assign(lines, policy_of(rules))["contested"].tolist() == [True, True, False, False, False]


def test_people_without_lines_keep_their_grade_for_certain():
    lines = frame(*scored("p0", 100, 90, 60))
    people = composites(90.67, 76.0)
    found = grades.assign(people, POLICY, lines)
    assert found.loc[1, CHANCES].tolist() == [0, 1, 0, 0]
    assert found["contested"].tolist() == [True, False]


def test_bounds_are_those_of_the_methodology():
    assert list(BOUNDS.values()) == [(0.5, 0.6), (0.2, 0.3), (0.1, 0.2)]
