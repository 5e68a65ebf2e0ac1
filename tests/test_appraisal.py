"""The whole flow on the sample company in June 2026, and what cases and appeals change in a small one."""

from __future__ import annotations

import shutil
from dataclasses import FrozenInstanceError, replace
from datetime import date
from fractions import Fraction
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest

from salesperf_lib import appraisal, audit, facts, grades, params, scores, targets
from salesperf_lib.params import RoleKpi
from salesperf_lib.periods import Period


def test_every_person_of_the_period_has_a_grade_or_a_reason(sample_appraisal):
    people = set(sample_appraisal.people["person_id"])
    found = sample_appraisal.grades
    assert set(found["person_id"]) == people
    assert (found["grade"].notna() == found["reason"].isin(["", "veto"])).all()
    assert (found["vetoed"] == (found["reason"] == "veto")).all()
    assert found["score"].notna().equals(found["grade"].notna())


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
    made = sample_appraisal
    given = scores.Inputs(shuffled, made.targets, made.parts, made.factors.sample(frac=1, random_state=7))
    again = scores.score(given, made.people, sample_policy)
    pd.testing.assert_frame_equal(again, made.scores, check_exact=True)
    totals = scores.composites(again, made.people)
    vetoed = audit.vetoed(made.cases, made.period)
    graded = grades.assign(totals, sample_policy, again.sample(frac=1, random_state=7), vetoed)
    pd.testing.assert_frame_equal(graded, made.grades, check_exact=True)


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


def test_ratings_are_corrected_and_both_values_are_kept(sample_appraisal):
    lines = sample_appraisal.scores
    rated = lines[lines["kpi"].isin(["report_quality", "collaboration_score"]) & lines["value"].notna()]
    assert len(rated) > 80
    factor = sample_appraisal.factors.set_index(["period", "person_id", "kpi"])["factor"]
    own = factor.reindex(pd.MultiIndex.from_frame(rated[["period", "person_id", "kpi"]])).to_numpy(float)
    assert rated["value"].to_numpy(float) == pytest.approx(rated["value_raw"].to_numpy(float) * own)
    assert np.abs(own - 1).max() <= 0.10  # the limit in force
    counted = lines[~lines["kpi"].isin(["report_quality", "collaboration_score"])]
    assert set(counted["adjustment"]) <= {"", "shrunk"}


def test_one_vote_of_the_register_is_in_the_sample(sample_appraisal):
    cases = sample_appraisal.cases.set_index("case_id")
    assert cases["status"].to_dict() == {"C0001": "confirmed", "C0002": "suspected"}
    found = sample_appraisal.grades.set_index("person_id")
    vetoed, suspected = found.loc["E0011"], found.loc["E0043"]
    assert (vetoed["grade"], vetoed["reason"], pd.isna(vetoed["rank"])) == ("D", "veto", True)
    assert vetoed["score"] > 85  # what the lines add up to stays what it is
    assert not suspected["vetoed"]
    others = found.drop(index="E0011").dropna(subset="score")
    read = np.floor(others["score"] * 100 + 0.5)  # as a reader sees it: two decimals
    assert others["rank"].tolist() == read.rank(method="min", ascending=False).tolist()


# -- cases and appeals, in a company of five sellers ---------------------------------------------------

SOLD = {"p1": 110, "p2": 95, "p3": 95, "p4": 80, "p5": 60}  # in hundreds of yuan, of a goal of 100 each
TEAM = {"p1": "t1", "p2": "t1", "p3": "t2", "p4": "t2", "p5": "t2"}
OPENED = {"case": "C0001", "move": "open", "actor_role": "data_analyst", "person_id": "p2", "period": "2026-06",
          "kind": "brushing", "day": date(2026, 7, 6), "evidence": ["o1"]}  # fmt: skip
CONFIRMED = {
    "case": "C0001",
    "move": "confirm",
    "actor_role": "hr_manager",
    "day": date(2026, 7, 8),
    "evidence": ["o1"],
}
APPEALED = {
    "case": "C0001",
    "move": "appeal",
    "actor_role": "employee",
    "day": date(2026, 7, 12),
    "evidence": ["d1"],
}
UPHELD = {"case": "C0001", "move": "uphold", "actor_role": "appeals_committee", "day": date(2026, 7, 20)}


@pytest.fixture(scope="module")
def sellers():
    """Give the facts: everybody's sales of May and June, and a goal of 100 hundreds each for June."""
    rows = [
        (f"2026-0{month}-15", TEAM[who], who, sold * 10_000, 30)
        for month in (5, 6)
        for who, sold in SOLD.items()
    ]
    goals = [("2026-06", "person", who, "net_sales", 1_000_000.0) for who in SOLD]
    frames = {
        "roster": pd.DataFrame(
            {"person_id": list(SOLD), "team_id": list(TEAM.values()), "role": "sales",
             "valid_from": pd.to_datetime(["2025-01-01"] * len(SOLD))}
        ),
        "daily_sales": pd.DataFrame(rows, columns=["date", "team_id", "person_id", "gross_amount", "orders"]).assign(
            date=lambda table: pd.to_datetime(table["date"])
        ),
        "goals": pd.DataFrame(goals, columns=["period", "level", "unit_id", "kpi", "target"]),
    }  # fmt: skip
    return facts.from_frames("hand", frames, last_day=date(2026, 7, 10))


@pytest.fixture
def project(tmp_path, root):
    """Give a project with the rules of this one and an empty register."""
    shutil.copytree(root / "params", tmp_path / "params", ignore=shutil.ignore_patterns("schema"))
    return tmp_path


@pytest.fixture
def appraised(sellers, project):
    """Give what appraises the five sellers, on net sales alone, as known on a day."""

    def made(as_of=None, *, stands=True):
        policy = params.load_policy("2026-06", as_of=as_of, root=project)
        only = (RoleKpi("net_sales", "result", Fraction(1), "person"),)
        seller = replace(policy.roles["sales"], kpis=only, without=("process", "potential"))
        rules = replace(policy.targets, defaults=MappingProxyType({}))
        veto = replace(policy.grades.veto, stands_while_appealed=stands)
        fitted = replace(
            policy,
            roles=MappingProxyType({"sales": seller}),
            targets=rules,
            grades=replace(policy.grades, veto=veto),
        )
        return appraisal.appraise(sellers, fitted)

    return made


@pytest.fixture
def record(project):
    """Give what writes events into the register; each is recorded on its day."""

    def write(*events):
        for event in events:
            said = {name: part for name, part in event.items() if name != "day"}
            said |= {"on": event["day"], "recorded_on": event["day"], "reason": "so"}
            audit.record_case({"evidence": []} | said, project, "sample")

    return write


def same(one, other, *names):
    for name in names or ("scores", "composites", "grades"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name), check_exact=True)


def test_the_five_sellers_have_the_scores_that_their_sales_make(appraised):
    found = appraised().grades.set_index("person_id")
    assert found["score"].to_dict() == {who: float(sold) for who, sold in SOLD.items()}
    assert found["grade"].to_dict() == {"p1": "A", "p2": "B", "p3": "B", "p4": "C", "p5": "D"}
    assert found["rank"].to_dict() == {"p1": 1, "p2": 2, "p3": 2, "p4": 4, "p5": 5}
    assert found["team_rank"].to_dict() == {"p1": 1, "p2": 2, "p3": 1, "p4": 2, "p5": 3}


def test_a_suspicion_changes_nothing(appraised, record):
    before = appraised()
    record(OPENED)
    after = appraised()
    same(before, after)
    assert after.cases["status"].tolist() == ["suspected"]


def test_a_confirmed_case_changes_the_grade_of_one_and_the_ranks_of_the_others(appraised, record):
    before = appraised()
    record(OPENED, CONFIRMED)
    after = appraised()
    same(before, after, "kpis", "targets", "scores", "composites")
    was, now = (each.grades.set_index("person_id") for each in (before, after))
    hit = now.loc["p2"]
    assert (hit["grade"], hit["reason"], hit["score"], hit["vetoed"]) == ("D", "veto", 95.0, True)
    assert hit[["rank", "team_rank", "p_a", "p_b", "p_c", "p_d"]].isna().all()
    others = ["p1", "p3", "p4", "p5"]
    assert now.loc[others, "rank"].tolist() == [1, 2, 3, 4]
    assert now.loc[others, "team_rank"].tolist() == [1, 1, 2, 3]
    kept = [name for name in now.columns if name not in ("rank", "team_rank")]
    pd.testing.assert_frame_equal(was.loc[others, kept], now.loc[others, kept], check_exact=True)


def test_a_day_before_the_confirmation_was_recorded_sees_no_veto(appraised, record):
    before = appraised(date(2026, 7, 7))
    record(OPENED, CONFIRMED)
    same(before, appraised(date(2026, 7, 7)))
    assert not appraised(date(2026, 7, 7)).grades["vetoed"].any()
    seen = appraised(date(2026, 7, 8)).grades
    assert seen.loc[seen["vetoed"], "person_id"].tolist() == ["p2"]


def test_whether_the_veto_stands_while_it_is_appealed_is_for_the_rules_to_say(appraised, record):
    before = appraised()
    record(OPENED, CONFIRMED, APPEALED)
    assert appraised(stands=True).grades["vetoed"].sum() == 1
    same(before, appraised(stands=False))


def test_an_upheld_appeal_leaves_everything_as_if_there_had_been_no_case(appraised, record):
    before = appraised()
    record(OPENED, CONFIRMED, APPEALED, UPHELD)
    after = appraised()
    same(before, after)
    assert after.cases["status"].tolist() == ["dismissed"]
    assert appraised(date(2026, 7, 12)).grades["vetoed"].sum() == 1  # and the days before stay what they were


def test_an_upheld_appeal_against_a_grade_is_computed_again_as_arithmetic_says(appraised, record):
    before = appraised()
    appeal = OPENED | {
        "actor_role": "employee",
        "person_id": "p4",
        "kind": "grade_appeal",
        "evidence": ["d1"],
    }
    right = [{"kpi": "net_sales", "numerator": 990_000.0}]  # 99 hundreds, not 80
    record(appeal, UPHELD | {"corrections": right})
    after = appraised()
    was, now = (each.grades.set_index("person_id") for each in (before, after))
    assert (was.loc["p4", "score"], now.loc["p4", "score"]) == (80.0, 99.0)
    assert (was.loc["p4", "grade"], now.loc["p4", "grade"]) == ("C", "B")
    assert now["rank"].to_dict() == {"p1": 1, "p4": 2, "p2": 3, "p3": 3, "p5": 5}
    assert not now["vetoed"].any()
    line = after.scores.set_index("person_id").loc["p4"]
    assert (line["numerator"], line["value"], line["contribution"]) == (990_000.0, 990_000.0, 99.0)
    assert line["n"] == before.scores.set_index("person_id").loc["p4", "n"]
    others = before.scores["person_id"] != "p4"
    pd.testing.assert_frame_equal(before.scores[others], after.scores[others], check_exact=True)
    same(before, appraised(date(2026, 7, 19)))  # the committee decided on the 20th


def test_the_last_decision_of_an_appeal_counts(appraised, record):
    appeal = OPENED | {
        "actor_role": "employee",
        "person_id": "p5",
        "kind": "grade_appeal",
        "evidence": ["d1"],
    }
    second = appeal | {"case": "C0002", "day": date(2026, 7, 21), "evidence": ["d2"]}
    for number, (opened, sold) in enumerate(((appeal, 700_000.0), (second, 720_000.0)), start=1):
        right = {"corrections": [{"kpi": "net_sales", "numerator": sold}]}
        day = {"case": f"C000{number}", "day": date(2026, 7, 20 + number)}
        record(opened, UPHELD | right | day)
    assert appraised().composites.set_index("person_id")["score"]["p5"] == 72.0


def _wide(lines, column, kpis):
    table = lines.pivot_table(index="person_id", columns="kpi", values=column, aggfunc="first", dropna=False)
    return table.reindex(columns=kpis).to_numpy(float)


@pytest.mark.parametrize("role", ["operations", "service", "host", "media_buyer"])
def test_the_fast_path_of_simulations_gives_the_scores_of_the_frame(role, sample_appraisal, sample_policy):
    """Two ways to the same score: lines of a frame, and plain arrays (`scores.matrix`)."""
    from salesperf_lib.params import DIMENSIONS
    from salesperf_lib.scores import matrix

    lines = sample_appraisal.scores
    lines = lines[(lines["role"] == role) & (lines["reason"] == "scored") & (lines["share"] == 1.0)]
    held = sample_policy.roles[role].kpis
    kpis = [row.kpi for row in held]
    # What the frame does not score for want of observations or a target has no value here.
    values = np.where(np.isnan(_wide(lines, "points", kpis)), np.nan, _wide(lines, "value", kpis))
    found = matrix.composites(
        values,
        _wide(lines, "target", kpis),
        [sample_policy.curves[kpi] for kpi in kpis],
        [sample_policy.kpis[kpi].direction == "lower" for kpi in kpis],
        _wide(lines, "weight_base", kpis)[0],
        [DIMENSIONS.index(row.dimension) for row in held],
        baselines=_wide(lines, "baseline", kpis),
        gates=[np.nan if row.gate is None else row.gate for row in held],
    )
    expected = lines.groupby("person_id")["contribution"].sum()
    assert len(expected) >= 8
    assert found == pytest.approx(expected.to_numpy(), abs=1e-6)
