"""The feedback sheet: the largest honest positive, the largest shortfall, a step with a date, nobody else."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html import unescape
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesperf_lib.language import Locale
from salesperf_lib.reports import feedback as fb
from salesperf_lib.reports.context import Report
from salesperf_lib.reports.feedback import evidence
from salesperf_lib.reports.feedback.assembly import deadline, next_step
from salesperf_lib.reports.feedback.changes import NOISE, standard_error, with_changes

NAN = float("nan")
FORBIDDEN = ("不胜任", "不称职", "incompetent", "not competent")
PRAISE = ("优秀", "出色", "很好", "表现良好", "excellent", "great", "well done", "good job", "outstanding")
LEAVE = ("三期", "产假", "孕", "哺乳", "病假", "statutory", "maternity", "sick", "leave")
LINE = {
    "period": "2026-06", "person_id": "E0001", "team_id": "t1", "role": "service", "scored_in": "2026-06",
    "kpi": "csat", "layer": "month", "scored_at": "person", "value_period": "2026-06", "numerator": 1.0,
    "denominator": NAN, "n": 100, "value_raw": NAN, "value": 4.5, "adjustment": "", "target": 4.5,
    "baseline": NAN, "duty": 1.0, "attainment": NAN, "points": 100.0, "gated": False, "dimension": "result",
    "share": 1.0, "weight_base": 0.25, "weight": 0.25, "contribution": 0.0, "status": "scored", "reason": "scored",
    "reference": "", "before": NAN, "gain": NAN, "up_reference": "", "up_before": NAN, "up_gain": NAN,
}  # fmt: skip


def line(kpi, value, target, points, weight=0.25, **more):
    row = LINE | {
        "kpi": kpi,
        "value": value,
        "value_raw": value,
        "target": target,
        "points": points,
        "weight": weight,
    }
    row |= {"attainment": value / target if target == target else NAN, "numerator": value}
    row = row | more
    return row | {"contribution": row["points"] * row["weight"]}


def lines(*rows):
    frame = pd.DataFrame(rows)
    return frame.astype({"n": "Int64"})


REACHED = line("csat", 4.725, 4.5, 107.0, 0.25)  # adds .25 · 7 = 1.75
SHORT = line("net_sales", 8_000_000.0, 10_000_000.0, 80.0, 0.40)  # costs .40 · 20 = 8
MILD = line("inquiry_conversion_rate", 0.19, 0.20, 92.0, 0.25, numerator=95.0, denominator=500.0, n=500)
LEAST = line("training_pass_rate", 0.9, 0.9, 100.0, 0.10, dimension="potential")


def weighed(*rows):
    return evidence.weigh(lines(*rows), {"refund_rate", "first_response_seconds"})


def grade_row(**more):
    row = {
        "period": "2026-06", "person_id": "E0001", "team_id": "t1", "role": "service", "cohort": "thresholds",
        "score": 91.0, "rank": 2, "team_rank": 1, "grade": "B", "p_a": 0.02, "p_b": 0.81, "p_c": 0.16, "p_d": 0.01,
        "contested": False, "vetoed": False, "reason": "",
    }  # fmt: skip
    return row | more


def made(policy, rows, lang="zh", *, provisional=False, name="王喆", today=date(2026, 7, 20), **held):
    """Give a sheet on hand-made lines; `held` replaces what would be worked out from facts."""
    own = grade_row(**held.pop("grade", {}))
    others = [grade_row(person_id=f"E000{n}", score=score, rank=n) for n, score in ((2, 99.0), (3, 60.0))]
    grades = pd.DataFrame([own, *others]).astype({"rank": "Int64", "team_rank": "Int64"})
    people = pd.DataFrame(
        {"person_id": ["E0001"], "name": [name], "team_id": ["t1"], "role": ["service"], "main": [True],
         "days_on_duty": [30.0], "excluded_days": [held.pop("excluded", 0.0)]}
    )  # fmt: skip
    cases = pd.DataFrame(
        {"case_id": ["C0007"], "person_id": ["E0001"], "period": ["2026-Q2"], "kind": ["brushing"],
         "status": ["confirmed"], "evidence": ["O2026-1; 外人"], "decided_on": pd.to_datetime(["2026-07-08"]),
         "vetoes": [True]}
    )  # fmt: skip
    facts = SimpleNamespace(
        digest="0123456789abcdef", recorded_on=date(2026, 7, 11), first_day=date(2024, 1, 1),
        last_day=date(2026, 7, 20), source="sample",
    )  # fmt: skip
    given_lines = lines(*rows) if rows else lines(SHORT).iloc[:0]
    whole = SimpleNamespace(
        scores=given_lines, grades=grades, people=people, cases=cases, kpis=pd.DataFrame()
    )
    report = Report(
        team="t1", team_name="美肤一部", facts=facts, policy=policy, appraisal=whole, locale=Locale(lang),
        today=today, provisional=provisional,
    )  # fmt: skip
    talk = fb.FeedbackSheet(report=report, person="E0001", name=name, role="service")
    trend = pd.DataFrame(
        {"period": ["2026-05", "2026-06"], "score": [89.5, own["score"]], "grade": ["B", own["grade"]]}
    )
    prepared = {
        "lines": given_lines,
        "trend": trend,
        "path": way(),
        "moved": None,
        "team_names": {"t1": "美肤一部"},
    }
    vars(talk).update(prepared | held)
    return talk


def way(**more):
    row = {
        "person_id": "E0001", "grade_now": "B", "grade_next": "A", "needed_score": 100.0, "gap": 9.0,
        "kpi": "net_sales", "value_now": 8_000_000.0, "value_needed": 10_300_000.0, "attainment_now": 0.8,
        "attainment_needed": 1.03, "points_now": 80.0, "points_needed": 103.0, "effort": 1.2, "likely": 0.27,
        "single": True, "shared": False, "reachable": True,
    }  # fmt: skip
    return pd.DataFrame([row | more])


def said(told):
    """Give everything that a sheet says, as one text."""
    sections = [part for part in (told.veto, *told.sandwich, told.path, told.trend_said, told.notes) if part]
    parts = [told.title, told.question, told.signing, told.appeal, told.small_print, *told.standing]
    parts += [word for pair in told.facts for word in pair]
    parts += [word for part in sections for word in (part.heading, part.lead, *part.sentences)]
    if told.lines is not None:
        parts += [str(cell) for cell in told.lines.frame.to_numpy().ravel()]
    return "\n".join(parts)


def page(talk):
    """Give the words of the page."""
    shown = [
        fb.heading,
        fb.standing,
        fb.sandwich,
        fb.path,
        fb.trend,
        fb.explanation,
        fb.words,
        fb.small_print,
        fb.reproduce,
    ]
    html = "".join(part(talk).html for part in shown)
    return unescape(re.sub(r"<style>.*?</style>|<[^>]+>", "\n", html, flags=re.DOTALL))


# -- which evidence


def test_the_own_line_that_adds_most_is_affirmed_and_the_one_that_costs_most_is_the_gap():
    found = weighed(LEAST, REACHED, MILD, SHORT)
    good, bad = evidence.affirm(found), evidence.gap(found)
    assert (good.kind, good.kpi) == ("reached", "csat")
    assert good.worth == pytest.approx(0.25 * 7)
    assert (bad.kind, bad.kpi) == ("short", "net_sales")
    assert bad.worth == pytest.approx(-0.40 * 20)
    assert evidence.kept_up(found) is not None  # but it is asked for only without an affirmation


@pytest.mark.parametrize(("points", "attained", "kind"), [(100.0, 1.0, "reached"), (99.99, 0.9999, None)])
def test_on_target_is_a_positive_and_just_below_is_none(points, attained, kind):
    found = weighed(line("csat", 4.5 * attained, 4.5, points))
    good = evidence.affirm(found)
    assert (good.kind if good else None) == kind


def test_an_improvement_counts_only_beyond_noise():
    better = {"up_reference": "2026-05", "up_before": 0.16, "up_gain": NOISE}
    assert evidence.affirm(weighed(MILD | better)).kind == "improved"
    assert evidence.affirm(weighed(MILD | better)).before == pytest.approx(0.16)
    assert evidence.affirm(weighed(MILD | better | {"up_gain": NOISE - 1e-9})) is None


def test_the_own_number_comes_before_a_larger_shared_one():
    shared = line("collection_rate", 1.0, 0.8, 120.0, 0.5, scored_at="team")
    assert evidence.affirm(weighed(shared, REACHED)).kpi == "csat"
    assert evidence.affirm(weighed(shared, SHORT)).kpi == "collection_rate"
    improved = SHORT | {"up_gain": 3.0, "up_before": 5_000_000.0, "up_reference": "2025-06"}
    assert evidence.affirm(weighed(shared, improved)).kpi == "net_sales"


def test_what_only_an_adjustment_lifts_or_lowers_speaks_neither_for_nor_against_anybody():
    lifted = line("csat", 4.725, 4.5, 107.0) | {"value_raw": 4.2}
    lowered = line("inquiry_conversion_rate", 0.175, 0.185, 91.0) | {"value_raw": 0.208}
    assert evidence.affirm(weighed(lifted, SHORT)) is None
    assert evidence.gap(weighed(lowered, REACHED)).kind == "headroom"
    slow = line("first_response_seconds", 30.0, 20.0, 50.0, attainment=0.5) | {
        "value_raw": 18.0
    }  # less is better
    assert evidence.gap(weighed(slow)).kind == "headroom"
    assert evidence.gap(weighed(slow | {"value_raw": 30.0})).kind == "short"


def test_what_is_not_scored_is_no_evidence():
    few = line("csat", 5.0, 4.5, NAN, 0.0, status="low_n")
    assert weighed(few).empty
    assert evidence.affirm(weighed(few)) is None
    assert evidence.gap(weighed(few)) is None
    assert evidence.kept_up(weighed(few)) is None


def test_kept_up_is_the_highest_attainment_that_did_not_fall():
    fell = SHORT | {"reference": "2025-06", "before": 1e7, "gain": -NOISE}
    held = MILD | {"reference": "2026-05", "before": 0.19, "gain": -NOISE + 1e-9}
    lower = line("csat", 3.6, 4.5, 70.0) | {"reference": "2026-05", "before": 3.6, "gain": 0.0}
    assert (evidence.kept_up(weighed(fell, lower, held)).kpi, evidence.kept_up(weighed(held)).kind) == (
        "inquiry_conversion_rate",
        "held",
    )
    only = evidence.kept_up(weighed(fell))
    assert (only.kpi, only.kind) == ("net_sales", "highest")


def test_the_parts_of_a_person_who_moved_are_added():
    first = SHORT | {"weight": 0.2, "team_id": "t1"}
    second = SHORT | {"weight": 0.2, "team_id": "t2", "points": 60.0}
    found = weighed(first, second, MILD)
    assert len(found) == 2
    assert evidence.gap(found).worth == pytest.approx(-0.2 * 20 - 0.2 * 40)


def test_without_target_no_violation_is_a_positive_and_one_is_a_gap():
    clean = line("script_violations", 0.0, NAN, 100.0)
    caught = line("script_violations", 3.0, NAN, 85.0)
    assert evidence.affirm(weighed(clean)).kind == "reached"
    assert evidence.gap(weighed(caught)).kind == "short"


@given(st.lists(st.tuples(st.floats(0.3, 1.3), st.floats(0.01, 0.5), st.booleans()), min_size=1, max_size=8))
def test_the_choice_is_the_extreme_of_plain_arithmetic(drawn):
    kpis = [
        "csat",
        "net_sales",
        "aov",
        "orders",
        "report_quality",
        "live_conversion_rate",
        "collaboration_score",
        "ltv",
    ]
    rows = [
        line(kpi, a, 1.0, 100 * a, w, scored_at="person" if own else "team")
        for kpi, (a, w, own) in zip(kpis, drawn, strict=False)
    ]
    found = weighed(*rows)
    worth = {row["kpi"]: row["weight"] * (row["points"] - 100) for row in rows}
    ok = [row for row in rows if row["attainment"] >= 1 and row["points"] >= 100]
    own = [row for row in ok if row["scored_at"] == "person"]
    good, bad = evidence.affirm(found), evidence.gap(found)
    assert (good is None) == (not ok)
    if ok:
        assert good.worth == pytest.approx(max(worth[row["kpi"]] for row in own or ok))
    below = [value for value in worth.values() if value < 0]
    assert bad.worth == pytest.approx(min(below)) if below else bad.kind == "headroom"


# -- changes and their noise


def test_the_standard_error_is_the_textbooks():
    share = {"value": 0.30, "numerator": 120, "denominator": 400, "n": 400}
    smoothed = (120 + 2) / 404
    assert standard_error("inquiry_conversion_rate", "share", share, 0.5) == pytest.approx(
        np.sqrt(smoothed * (1 - smoothed) / 404)
    )
    refunds = {"value": 0.05, "numerator": 500.0, "denominator": 10_000.0, "n": 96}
    p = (0.05 * 96 + 2) / 100
    assert standard_error("refund_rate", "share", refunds, 0.5) == pytest.approx(
        np.sqrt(p * (1 - p) / 100 * 1.25)
    )
    touches = {"value": 30.0, "numerator": 900, "denominator": 30, "n": 30}
    assert standard_error("daily_interactions", "count", touches, 0.5) == pytest.approx(1.0)
    sales = {"value": 10_000.0, "numerator": 10_000.0, "denominator": NAN, "n": 125}
    assert standard_error("net_sales", "money", sales, 0.5) == pytest.approx(10_000 * np.sqrt(1.25 / 125))
    nothing = {"value": 0.1, "numerator": 0.1, "denominator": 1, "n": 1}
    assert np.isnan(standard_error("idea_traffic_uplift", "share", nothing, 0.5))
    assert np.isnan(standard_error("csat", "points", share | {"n": 0}, 0.5))


def kpi_values(*rows):
    columns = ["period", "level", "unit_id", "channel", "kpi", "numerator", "denominator", "value", "n"]
    return pd.DataFrame(
        [(period, "person", "E0001", "all", *rest) for period, *rest in rows], columns=columns
    )


def test_a_rate_is_compared_with_the_period_before_and_the_improvement_may_be_on_the_year_before(
    sample_policy,
):
    kpi = "inquiry_conversion_rate"
    values = kpi_values(
        ("2026-06", kpi, 120, 400, 0.30, 400),
        ("2026-05", kpi, 116, 400, 0.29, 400),
        ("2025-06", kpi, 72, 400, 0.18, 400),
    )
    given_lines = lines(MILD)[[name for name in MILD if name not in ("reference", "before", "gain")]]
    row = with_changes(given_lines, values, sample_policy, lambda *_: True).iloc[0]
    assert (row["reference"], row["before"]) == ("2026-05", pytest.approx(0.29))
    assert 0 < row["gain"] < NOISE
    assert (row["up_reference"], row["up_before"]) == ("2025-06", pytest.approx(0.18))
    assert row["up_gain"] > NOISE


def test_a_volume_is_compared_with_the_year_before_only_and_only_with_as_many_days(sample_policy):
    values = kpi_values(
        ("2026-06", "net_sales", 8e6, NAN, 8e6, 400),
        ("2026-05", "net_sales", 2e6, NAN, 2e6, 100),
        ("2025-06", "net_sales", 4e6, NAN, 4e6, 200),
    )
    asked = []
    row = with_changes(
        lines(SHORT), values, sample_policy, lambda label, volume: asked.append((label, volume)) or True
    ).iloc[0]
    assert row["up_reference"] == "2025-06"
    assert asked == [("2025-06", True)]
    alone = with_changes(lines(SHORT), values, sample_policy, lambda *_: False).iloc[0]
    assert (alone["reference"], alone["up_reference"]) == ("", "")


def test_less_of_what_should_be_less_is_a_gain(sample_policy):
    kpi = "refund_rate"
    values = kpi_values(("2026-06", kpi, 1, 100, 0.02, 900), ("2026-05", kpi, 9, 100, 0.09, 900))
    row = with_changes(lines(line(kpi, 0.02, 0.05, 120.0)), values, sample_policy, lambda *_: True).iloc[0]
    assert row["up_gain"] > NOISE


# -- what the sheet says


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_sandwich_stands_in_its_order_with_its_numbers(sample_policy, lang):
    told = fb.sheet(made(sample_policy, [REACHED, MILD, SHORT, LEAST], lang))
    assert [part.kind for part in told.sandwich] == ["affirm", "gap", "direction"]
    good, bad, step = told.sandwich
    assert "4.72" in good.lead or "4.73" in good.lead
    assert "105.0%" in good.lead
    assert "80.0%" in bad.lead
    assert "8.0" in "".join(bad.sentences)
    assert step.lead.rstrip("。.") == told.step.step.of(lang)
    assert told.step.deliverable.of(lang) in step.sentences[0]
    assert Locale(lang).date(told.due) in step.sentences[1]
    assert told.due == date(2026, 7, 10) + pd.Timedelta(days=told.step.due_days).to_pytimedelta()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_progress_below_target_is_not_told_as_a_gain_of_points(sample_policy, lang):
    better = MILD | {"up_reference": "2026-05", "up_before": 0.16, "up_gain": NOISE}
    told = fb.sheet(made(sample_policy, [SHORT, better], lang))
    affirmed = "".join(told.sandwich[0].sentences)
    assert told.affirm.kind == "improved"
    assert told.affirm.worth < 0
    assert ("仍低于目标" if lang == "zh" else "still below target") in affirmed
    assert ("多贡献" if lang == "zh" else "It adds") not in affirmed


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_without_a_positive_it_says_what_was_kept_up_and_praises_nobody(sample_policy, lang):
    held = MILD | {"reference": "2026-05", "before": 0.19, "gain": 0.0}
    told = fb.sheet(made(sample_policy, [SHORT, held], lang))
    assert told.affirm is None
    assert told.sandwich[0].kind == "kept"
    assert ("保持在19.0%" if lang == "zh" else "held at 19.0%") in told.sandwich[0].lead
    assert not [word for word in PRAISE if word in said(told).lower()]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_without_a_shortfall_it_says_so_and_names_what_has_least_to_spare(sample_policy, lang):
    told = fb.sheet(made(sample_policy, [REACHED, LEAST], lang))
    assert (told.gap.kind, told.gap.kpi) == ("headroom", "training_pass_rate")
    assert ("没有低于目标" if lang == "zh" else "No scored indicator is below target") in told.sandwich[
        1
    ].sentences[0]


def test_four_further_indicators_are_named_and_the_rest_counted(sample_policy):
    kpis = ("csat", "aov", "orders", "report_quality", "live_conversion_rate", "refund_rate", "ltv")
    rows = [line(kpi, 0.9, 1.0, 90.0, 0.3 - n / 100) for n, kpi in enumerate(kpis)]
    rows[5] |= {"value": 1.1, "value_raw": 1.1}
    told = fb.sheet(made(sample_policy, rows)).sandwich[1].sentences[-1]
    assert told == "另外低于目标的有：客单价、订单数、日报周报质量、直播间转化率、其余2项。"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_carried_positive_names_its_period(sample_policy, lang):
    carried = line("training_pass_rate", 1.0, 0.9, 115.0, 0.2, value_period="2026-Q2", status="carried")
    told = fb.sheet(made(sample_policy, [carried, SHORT], lang))
    assert Locale(lang).period("2026-Q2") in told.sandwich[0].lead
    assert Locale(lang).period("2026-Q2") in "".join(told.notes.sentences)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_veto_is_worded_by_rule_without_evidence_or_accusation(sample_policy, lang):
    grade = {"vetoed": True, "grade": "D", "rank": pd.NA, "team_rank": pd.NA, "reason": "veto", "p_a": NAN,
             "p_b": NAN, "p_c": NAN, "p_d": NAN}  # fmt: skip
    talk = made(sample_policy, [REACHED, SHORT], lang, grade=grade)
    told, shown = fb.sheet(talk), page(talk)
    assert "C0007" in told.veto.sentences[0]
    assert ("已查实" if lang == "zh" else "confirmed") in told.veto.sentences[0]
    assert ("申诉" if lang == "zh" else "appeal") in told.veto.sentences[-1]
    for word in ("刷单", "brushing", "O2026-1", "外人"):
        assert word not in said(told) + shown
    assert told.path.sentences == ((Locale(lang).text("feedback.path.veto")),)


def test_a_suspicion_is_never_mentioned(sample_policy):
    talk = made(sample_policy, [REACHED, SHORT])
    talk.report.appraisal.cases[["status", "vetoes"]] = ["suspected", False]
    assert "C0007" not in said(fb.sheet(talk)) + page(talk)


def test_beside_a_confirmed_case_a_suspected_one_is_not_mentioned(sample_policy):
    talk = made(
        sample_policy, [REACHED, SHORT], grade={"vetoed": True, "grade": "D", "rank": pd.NA, "reason": "veto"}
    )
    both = pd.concat([talk.report.appraisal.cases] * 2, ignore_index=True)
    both.loc[1, ["case_id", "status", "vetoes", "decided_on"]] = ["C0009", "suspected", False, pd.NaT]
    talk.report.appraisal.cases = both
    assert [word for word in ("C0007", "C0009") if word in said(fb.sheet(talk))] == ["C0007"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_days_off_duty_are_told_without_their_kind(sample_policy, lang):
    told = fb.sheet(made(sample_policy, [REACHED, SHORT], lang, excluded=12.0))
    note = "".join(told.notes.sentences)
    assert ("目标相应折算" if lang == "zh" else "targets pro-rated") in note
    assert not [word for word in LEAVE if word in said(told)]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_who_is_not_assessed_gets_a_sheet_with_the_reason_and_nothing_else(sample_policy, lang):
    grade = {"score": NAN, "grade": None, "rank": pd.NA, "team_rank": pd.NA, "reason": "few_days"}
    talk = made(sample_policy, [], lang, grade=grade, excluded=22.0, path=way().iloc[:0])
    told = fb.sheet(talk)
    assert (told.sandwich, told.lines, told.affirm, told.gap) == ((), None, None, None)
    assert np.isnan(told.score)
    assert ("在岗天数不足" if lang == "zh" else "Too few days on duty") in told.standing[0]
    assert not [word for word in LEAVE if word in said(told) + page(talk)]
    assert told.signing
    assert told.appeal


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_open_period_has_neither_grade_nor_rank_nor_path(sample_policy, lang):
    talk = made(sample_policy, [REACHED, SHORT], lang, provisional=True, today=date(2026, 7, 5))
    told = fb.sheet(talk)
    assert told.grade == ""
    assert told.path.sentences == (Locale(lang).text("feedback.path.open"),)
    assert dict(told.facts)[Locale(lang).text("feedback.fact.rank")] == "–"
    assert Locale(lang).text("report.provisional.mark") in fb.heading(talk).html


def test_the_rank_counts_people_of_the_role_and_none_is_given_among_two(sample_policy):
    talk = made(sample_policy, [REACHED, SHORT])
    assert "在3名同岗位人员中排第2位。" in fb.sheet(talk).standing
    two = made(sample_policy, [REACHED, SHORT])
    vars(two)["place"] = (1, 2)
    assert not [part for part in fb.sheet(two).standing if "名同岗位" in part]


@pytest.mark.parametrize(
    ("chances", "word"),
    [
        ({"p_b": 0.95, "p_c": 0.04}, "几乎可以确定（95%）。"),
        ({"p_b": 0.9499, "p_c": 0.05}, "很可能成立（95%），其次是C（5%）。"),
        ({"p_b": 0.60, "p_c": 0.30}, "较可能成立（60%），其次是C（30%）。"),
        ({"p_b": 0.59, "p_c": 0.40}, "并不确定（59%），其次是C（40%）。"),
        ({"p_b": 0.30, "p_c": 0.66}, "并不确定（30%），C的可能性更大（66%）。"),
    ],
)
def test_certainty_is_said_in_plain_words(sample_policy, chances, word):
    told = fb.sheet(made(sample_policy, [REACHED, SHORT], grade={"p_a": 0.0, "p_d": 0.0} | chances))
    assert told.standing[-1].endswith(word)


def test_without_a_certainty_nothing_is_said_of_it(sample_policy):
    unknown = dict.fromkeys(("p_a", "p_b", "p_c", "p_d"), NAN)
    assert not [
        part for part in fb.sheet(made(sample_policy, [SHORT], grade=unknown)).standing if "样本量" in part
    ]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (way(), ["还差9.00分", "是一项：净销售额从8.0万元到10.3万元", "约27%"]),
        (way(likely=0.004), ["低于1%"]),
        (way(likely=NAN), ["无法估计可能性"]),
        (way(kpi="channel_roi", value_now=3.0, value_needed=3.4, shared=True), ["渠道ROI是共同的数"]),
        (pd.concat([way(single=False), way(single=False, kpi="csat", value_now=4.5, value_needed=4.8)]), ["没有一项单独足够", "客户满意度从4.50到4.80", "其中最难的一步", "约27%"]),
        (pd.concat([way(single=False), way(single=False, kpi="csat", value_now=4.499, value_needed=4.5, likely=0.1)]), ["是一项：净销售额从8.0万元到10.3万元，其他各项不变"]),
        (pd.concat([way(single=False, kpi=kpi) for kpi in ("net_sales", "orders", "inquiries")]), ["没有一项单独足够"]),
        (pd.concat([way(single=False, kpi=kpi) for kpi in ("net_sales", "orders", "inquiries", "visits")]), ["要4项同时提高才够", "宜分几期来做"]),
        (way(reachable=False), ["没有变化足以达到"]),
        (way(reachable=False, kpi=""), ["也达不到A"]),
        (way().iloc[:0], ["已是最高等级"]),
    ],
)  # fmt: skip
def test_the_path_to_the_next_grade_is_said(sample_policy, rows, words):
    told = fb.sheet(made(sample_policy, [REACHED, SHORT], path=rows)).path
    whole = told.lead + "".join(told.sentences)
    assert [word for word in words if word not in whole] == []


def test_the_change_of_the_score_is_told_by_causes_that_add_up(sample_policy):
    effects = {
        "actuals": 2.346,
        "targets": -0.434,
        "weights": -0.753,
        "curves": 0.0,
        "adjustments": 0.771,
        "veto": 0.0,
        "rules": 0.0,
    }
    moved = pd.Series({"period_before": "2026-05", **effects})
    told = fb.sheet(made(sample_policy, [REACHED, SHORT], moved=moved)).trend_said.sentences
    shown = [float(part.replace("−", "-")) for part in re.findall(r"[+−]\d+\.\d+", told[-1])]
    assert sum(shown) == pytest.approx(round(sum(effects.values()), 2))
    assert len(shown) == 4
    assert "本期比2026年5月高1.50分。" in told


def test_the_shown_lines_add_up_exactly(sample_policy):
    rows = [line(kpi, 1.0, 1.0, 100.0, 1 / 3) for kpi in ("csat", "net_sales", "aov")]
    frame = fb.sheet(made(sample_policy, rows)).lines.frame
    parts = [float(cell) for cell in frame.iloc[:-1, -1] if cell]
    assert parts == [33.34, 33.33, 33.33]
    assert frame.iloc[-1, -1] == "100.00"
    assert frame.iloc[-1, -2] == "100.00%"


def test_months_and_quarters_of_a_year_stand_as_one_row_each(sample_policy):
    earlier = pd.DataFrame(
        {"scored_in": ["2026-01", "2026-Q1"], "weight": [0.1, 0.2], "contribution": [9.0, 17.5]}
    )
    own = line("csat", 4.5, 4.5, 100.0, 0.7)
    frame = fb.sheet(made(sample_policy, [own], earlier=earlier)).lines.frame
    assert list(frame.iloc[-3:, 0]) == ["2026年1月", "2026年第1季度", "合计 = 综合得分"]
    assert frame.iloc[-1, -1] == "96.50"


@pytest.mark.parametrize(
    ("adjustment", "word"), [("shrunk", "靠拢"), ("corrected", "宽严差异"), ("uncalibrated", "没有校正")]
)
def test_what_was_adjusted_is_told(sample_policy, adjustment, word):
    told = fb.sheet(made(sample_policy, [REACHED | {"adjustment": adjustment, "value_raw": 4.8}, SHORT]))
    assert word in "".join(told.notes.sentences)
    assert "原始值4.80" in "".join(told.sandwich[0].sentences)


def test_where_places_are_limited_the_last_one_ahead_sets_the_score_needed(sample_policy):
    talk = made(sample_policy, [REACHED, SHORT], grade={"cohort": "company"})
    grades = talk.report.appraisal.grades
    grades["cohort"] = "company"
    grades.loc[1:, "grade"] = "A"
    grades.loc[1:, "score"] = [99.0, 96.5]
    assert talk._places() == {"E0001": 96.5}
    assert "名额限制" in "".join(fb.sheet(talk).path.sentences)
    grades.loc[2, "vetoed"] = True
    assert talk._places() == {"E0001": 99.0}
    assert made(sample_policy, [REACHED, SHORT])._places() is None


def test_only_the_same_role_and_as_many_days_make_an_earlier_period_a_match(sample_policy):
    from salesperf_lib import facts

    roster = pd.DataFrame(
        {
            "person_id": ["E0001", "E0001", "E0002"],
            "name": "王喆",
            "team_id": "t1",
            "role": ["host", "service", "service"],
            "valid_from": pd.to_datetime(["2025-01-01", "2026-04-05", "2025-01-01"]),
        }
    )
    sales = pd.DataFrame(
        {"date": pd.to_datetime(["2025-01-01", "2026-07-10"]), "gross_amount": [1, 1], "team_id": "t1"}
    )
    held = facts.from_frames("hand", {"roster": roster, "daily_sales": sales}, last_day=date(2026, 7, 10))
    talk = made(sample_policy, [SHORT])
    object.__setattr__(talk.report, "facts", held)
    assert talk.is_match("2026-05", volume=True)
    assert not talk.is_match("2026-03", volume=False)  # a host then
    assert not talk.is_match("2026-04", volume=False)  # both in one month
    assert not talk.is_match("2025-06", volume=False)
    talk = made(sample_policy, [SHORT])
    object.__setattr__(talk.report, "facts", held)
    talk.report.appraisal.people["days_on_duty"] = 34.5
    assert not talk.is_match("2026-05", volume=True)  # 31 of 34.5 days, below nine tenths
    assert talk.is_match("2026-05", volume=False)
    del vars(talk)["parts"]
    talk.report.appraisal.people["days_on_duty"] = 31 / 0.9 - 1e-6
    assert talk.is_match("2026-05", volume=True)


# -- deadlines and the catalogue


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (5, date(2026, 7, 15)),  # closing day 10 July; a Wednesday
        (8, date(2026, 7, 20)),  # a Saturday moves to Monday
        (7, date(2026, 7, 17)),  # a Friday stays
        (83, date(2026, 10, 8)),  # 1 October, a holiday until the 7th
    ],
)
def test_a_deadline_is_a_working_day(sample_policy, days, expected):
    assert deadline(made(sample_policy, [SHORT]), days) == expected


def test_signing_and_appeal_name_their_last_day(sample_policy):
    told = fb.sheet(made(sample_policy, [REACHED, SHORT]))
    assert (told.sign_by, told.appeal_by) == (date(2026, 7, 15), date(2026, 7, 20))
    assert "5天" in told.signing
    assert "2026年7月15日" in told.signing
    assert "任何等级都可以申诉" in told.appeal
    assert "2026年7月20日" in told.appeal


def test_every_scored_indicator_has_a_step_for_every_role_that_answers_for_it(root):
    from salesperf_lib import params

    for period in ("2026-06", "2026-Q2", "2026"):
        policy = params.load_policy(period, source="sample", root=root)
        for role in policy.roles.values():
            for item in role.kpis:
                steps = [
                    one for one in policy.feedback.steps if one.kpi == item.kpi and one.role in ("", role.id)
                ]
                assert steps, (role.id, item.kpi)
                assert all(one.due_days > 0 and one.step.zh and one.deliverable.en for one in steps)


def test_a_step_for_the_role_goes_before_one_for_any(sample_policy):
    talk = made(sample_policy, [SHORT])
    gap = evidence.gap(weighed(SHORT))
    assert next_step(talk, gap).role == "service"
    steps = tuple(one for one in sample_policy.feedback.steps if one.role != "service")
    bare = made(replace(sample_policy, feedback=replace(sample_policy.feedback, steps=steps)), [SHORT])
    assert next_step(bare, gap).role == ""
    assert next_step(talk, None) is None


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_without_a_step_in_the_catalogue_the_manager_is_asked_for_one(sample_policy, lang):
    none = replace(sample_policy, feedback=replace(sample_policy.feedback, steps=()))
    told = fb.sheet(made(none, [SHORT], lang))
    assert told.step is None
    assert Locale(lang).date(told.sign_by) in told.sandwich[-1].lead


# -- the page


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_holds_what_the_sheet_says_and_no_forbidden_word(sample_policy, lang):
    talk = made(sample_policy, [REACHED, MILD, SHORT, LEAST], lang)
    told, shown = fb.sheet(talk), page(talk)
    for part in told.sandwich:
        assert part.lead in shown
    assert told.lines.frame.iloc[-1, -1] in shown
    assert told.signing in shown
    assert told.appeal in shown
    assert not [word for word in FORBIDDEN if word in (shown + said(told)).lower()]


def test_a_name_is_read_and_never_run(sample_policy):
    talk = made(sample_policy, [REACHED, SHORT], name="<script>alert(1)</script>")
    assert "<script" not in fb.heading(talk).html
    assert "&lt;script&gt;" in fb.heading(talk).html


def test_the_index_is_told_score_and_grade(sample_policy):
    talk = made(sample_policy, [REACHED, SHORT])
    assert fb.heading(talk).headline == (("综合得分", "91.00"), ("等级", "B"))


def test_the_command_names_the_person_and_the_day_of_knowledge(sample_policy):
    assert fb.command(made(sample_policy, [SHORT])) == (
        "salesperf render 80_feedback --period 2026-06 --people E0001 --lang zh --source sample --scenario base "
        "--as-of 2026-07-11"
    )


def test_no_text_of_the_catalogue_calls_anybody_incompetent(sample_policy):
    from salesperf_lib.language import entries

    words = [word for key, pair in entries().items() if key.startswith("feedback.") for word in pair]
    words += [
        name.of(lang)
        for one in sample_policy.feedback.steps
        for name in (one.step, one.deliverable)
        for lang in ("zh", "en")
    ]
    assert not [word for word in FORBIDDEN if any(word in text.lower() for text in words)]


# -- the sample company


def sample_talk(appraisal, facts, policy, person, lang="zh"):
    from salesperf_lib import facts as conformed

    row = appraisal.people.query("person_id == @person and main").iloc[0]
    teams = conformed.team_table(facts).set_index("team_id")["name"]
    report = Report(
        team=row["team_id"], team_name=str(teams[row["team_id"]]), facts=facts, policy=policy, appraisal=appraisal,
        locale=Locale(lang), today=facts.last_day, provisional=False,
    )  # fmt: skip
    talk = fb.FeedbackSheet(report=report, person=person, name=str(row["name"]), role=str(row["role"]))
    own = appraisal.grades.query("person_id == @person").iloc[0]
    trend = pd.DataFrame({"period": [policy.period.label], "score": [own["score"]], "grade": [own["grade"]]})
    vars(talk).update(trend=trend.astype({"score": float}), moved=None)
    return talk


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_everybody_of_the_sample_has_a_sheet_that_adds_up_and_names_nobody_else(
    sample_appraisal, sample_facts, sample_policy, lang
):
    names = dict(zip(sample_appraisal.people["person_id"], sample_appraisal.people["name"], strict=True))
    scores = sample_appraisal.composites.set_index("person_id")["score"]
    people = sorted(names)[::4] if lang == "zh" else ["E0011", "E0042", "E0021"]
    for person in people:
        talk = sample_talk(sample_appraisal, sample_facts, sample_policy, person, lang)
        told = fb.sheet(talk)
        whole = said(told).replace(names[person], "")  # a name may begin like another
        others = {name for key, name in names.items() if key != person and name != names[person]}
        assert not [name for name in others if name in whole], person
        assert not [key for key in names if key != person and key in whole], person
        assert not [word for word in FORBIDDEN if word in whole.lower()], person
        assert (told.lines is None) == np.isnan(scores[person])
        if told.lines is not None:
            assert told.lines.frame.iloc[-1, -1] == f"{np.floor(scores[person] * 100 + 0.5) / 100:.2f}"
            assert (told.affirm is None) != (told.kept_up is None)
            assert [part.kind for part in told.sandwich][-1] == "direction"


@pytest.mark.slow
def test_the_trend_is_the_composites_of_the_periods(sample_appraisal, sample_facts, sample_policy):
    from salesperf_lib import appraisal

    two = replace(sample_policy, feedback=replace(sample_policy.feedback, trend_periods=2))
    talk = sample_talk(sample_appraisal, sample_facts, two, "E0021")
    del vars(talk)["trend"], vars(talk)["moved"]
    before = appraisal.load(sample_facts, sample_policy.at("2026-05")).composites.set_index("person_id")[
        "score"
    ]
    now = sample_appraisal.composites.set_index("person_id")["score"]
    assert list(talk.trend["period"]) == ["2026-05", "2026-06"]
    assert list(talk.trend["score"]) == pytest.approx([before["E0021"], now["E0021"]])
    assert talk.moved["change"] == pytest.approx(now["E0021"] - before["E0021"])


@pytest.mark.slow
def test_an_unknown_person_is_refused_without_naming_anybody(sample_facts):
    from salesperf_lib.errors import DataError

    with pytest.raises(DataError, match=r"parameter person.*'E9999'.*name a person by id"):
        fb.open_feedback("E9999", "2026-06", "zh")
