"""The whole flow on the sample company, June 2026."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import numpy as np
import pandas as pd
import pytest

from salesperf_lib import appraisal, facts, grades, scores, targets
from salesperf_lib.periods import Period


def test_every_person_of_the_period_has_a_grade_or_a_reason(sample_appraisal):
    people = set(sample_appraisal.people["person_id"])
    found = sample_appraisal.grades
    assert set(found["person_id"]) == people
    assert (found["grade"].notna() == (found["reason"] == "")).all()


def test_the_lines_add_up_to_every_composite_exactly(sample_appraisal):
    totals = sample_appraisal.composites.dropna(subset=["score"])
    assert len(totals) > 50
    for row in totals.itertuples():
        lines = sample_appraisal.scores[sample_appraisal.scores["person_id"] == row.person_id]
        assert sum(lines["contribution"].tolist()) == row.score
        assert lines["weight"].sum() == pytest.approx(1.0)


def test_weights_of_the_dimensions_stay_what_was_decided(sample_appraisal, sample_policy):
    scored = sample_appraisal.scores[sample_appraisal.scores["reason"] == "scored"]
    held = scored.groupby(["person_id", "dimension"])["weight"].sum().reset_index()
    decided = held["dimension"].map({name: float(w) for name, w in sample_policy.dimension_weights.items()})
    assert np.allclose(held["weight"], decided)


def test_points_follow_from_value_target_and_curve(sample_appraisal, sample_policy):
    # net sales: 100 · actual/target, nothing under the floor, capped, worked out again from the frames
    rule = sample_policy.curves["net_sales"].parameters
    lines = sample_appraisal.scores.query("kpi == 'net_sales' and scored_at == 'person' and points == points")
    assert len(lines) > 20
    for row in lines.itertuples():
        attained = row.value / row.target
        expected = 0 if attained < rule["floor"] else 100 * min(attained, rule["cap"])
        assert row.points == pytest.approx(expected, abs=1e-6)


def test_targets_add_up_over_units_and_over_time(sample_appraisal, sample_policy):
    book = sample_appraisal.targets
    months = [month.label for month in Period.parse("2026").months()]
    for kpi in ("net_sales", "acquired_customers"):
        own = book[(book["kpi"] == kpi) & book["period"].str.startswith("2026")]
        sums = own.pivot_table(index="period", columns="level", values="target", aggfunc="sum")
        for level in ("group", "team", "person"):
            assert (sums["company"] == sums[level]).all()
        assert sums.loc[months, "company"].sum() == sums.loc["2026", "company"]
        goals = sample_appraisal.targets.query("kpi == @kpi and basis == 'goal' and period == '2026'")
        assert len(goals) >= 7


def test_rates_of_the_teams_make_the_companys(sample_appraisal):
    now = sample_appraisal.targets[sample_appraisal.targets["period"] == "2026-06"]
    # to the digits that a reader sees: 18.2 %, 4.50, and 5.00 % (a share under 10 % is written with two)
    for kpi, digits in (("inquiry_conversion_rate", 3), ("channel_roi", 2), ("refund_rate", 4)):
        rows = now[now["kpi"] == kpi]
        teams = rows[rows["level"] == "team"]
        company = rows.loc[rows["level"] == "company", "target"].item()
        assert round(np.average(teams["target"], weights=teams["weight"]), digits) == company


def test_potential_is_carried_from_the_quarter_that_ended(sample_appraisal):
    potential = sample_appraisal.scores.query("dimension == 'potential' and points == points")
    assert set(potential["status"]) == {"carried"}
    assert "2026-Q2" in set(potential["value_period"])


def test_grades_are_spread(sample_appraisal):
    counts = sample_appraisal.grades["grade"].value_counts()
    assert len(counts) >= 3
    assert counts.max() < 0.8 * counts.sum()


def test_an_appraisal_is_frozen_and_the_same_twice(sample_facts, sample_policy, sample_appraisal):
    with pytest.raises(FrozenInstanceError):
        sample_appraisal.scores = None
    shuffled = sample_appraisal.kpis.sample(frac=1, random_state=7)
    book = targets.book(sample_facts, sample_policy, "2026", shuffled)
    first = sample_appraisal.targets.query("version == @book.version[0]").reset_index(drop=True)
    pd.testing.assert_frame_equal(book, first[first["period"].isin(book["period"])], rtol=1e-9)
    again = scores.score(
        scores.Inputs(shuffled, sample_appraisal.targets), sample_appraisal.people, sample_policy
    )
    pd.testing.assert_frame_equal(again, sample_appraisal.scores, check_exact=True)
    totals = scores.composites(again, sample_appraisal.people)
    pd.testing.assert_frame_equal(
        grades.assign(totals, sample_policy), sample_appraisal.grades, check_exact=True
    )


def test_excluded_absence_is_counted_in_the_period_only(sample_policy):
    days = pd.to_datetime(["2026-05-20", "2026-06-20", "2026-06-01"])
    ends = pd.to_datetime(["2026-06-10", "2026-07-05", "2026-06-30"])
    given = facts.from_frames(
        "hand",
        {
            "roster": pd.DataFrame(
                {
                    "person_id": ["p1"],
                    "valid_from": [pd.Timestamp("2024-01-01")],
                    "team_id": ["t1"],
                    "role": ["service"],
                }
            ),
            "absences": pd.DataFrame(
                {"person_id": "p1", "from_on": days, "to_on": ends, "kind": ["statutory", "sick", "annual"]}
            ).iloc[:2],
        },
        last_day=pd.Timestamp("2026-07-10").date(),
    )
    rules = replace(sample_policy.assessable, excluded_absence=("statutory", "sick"))
    people = appraisal.read_people(given, replace(sample_policy, assessable=rules))
    # 10 days of June, then 11
    assert people["excluded_days"].tolist() == [21.0]
    assert people["stays"].tolist() == [True]


def test_facts_without_roster_and_goals_give_empty_frames(sample_policy):
    rows = pd.DataFrame({"date": pd.to_datetime(["2026-06-01", "2026-06-30"]), "gross_amount": [100, 200]})
    given = facts.from_frames("hand", {"daily_sales": rows}, last_day=pd.Timestamp("2026-07-10").date())
    rules = replace(sample_policy.targets, defaults={})
    found = appraisal.appraise(given, replace(sample_policy, targets=rules))
    assert found.targets.empty
    assert found.scores.empty
    assert found.grades.empty
    assert (
        found.kpis.query("kpi == 'net_sales' and period == '2026-06' and level == 'company'")["value"].item()
        == 300
    )


def test_the_history_window_ends_where_the_year_begins(sample_facts, sample_policy):
    window = targets.history_window(sample_facts, sample_policy, Period.parse("2026"))
    assert [window[0].label, window[-1].label, len(window)] == ["2025-01", "2025-12", 12]
    assert targets.history_window(sample_facts, sample_policy, Period.parse("2024")) == ()
