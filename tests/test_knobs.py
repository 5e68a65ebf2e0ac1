"""Every knob of the month moves something that a reader sees (DESIGN §3), turned alone and a little.

A knob is turned in a scenario, as an analyst would. What is scored is scored again from the sample
company's appraisal; what lies before the scores is computed again for one unit. Rules of appraisal that
June does not call on (a year's layers, ties, a forced distribution) are turned where they count.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pandas as pd
import pytest

from salesperf_lib import appraisal, audit, grades, kpis, params, scores, targets
from salesperf_lib.appraisal.readings import corrected_ratings
from salesperf_lib.language import Locale
from salesperf_lib.params.schema_appraisal import CertaintyRule, DistributionRule, LeniencyRule, VetoRule
from salesperf_lib.reports import feedback
from salesperf_lib.reports.context import Report
from salesperf_lib.scores.lines import base_lines
from salesperf_lib.targets import calibration, difficulty

KNOBS = params.knobs()
SHOWN = ["person_id", "score", "grade", "reason"]


def _whole(parameter: str):
    """Give the value of a parameter as written."""
    return next(knob.whole for knob in KNOBS if knob.parameter == parameter)


@pytest.fixture(scope="module")
def project(tmp_path_factory, root):
    folder = tmp_path_factory.mktemp("project")
    shutil.copytree(root / "params", folder / "params")
    return folder


@pytest.fixture
def turned(project):
    """Give the policy of June 2026 with parameters replaced by a scenario."""

    def turn(parameter, value=None, **others):
        changes = {parameter: value} | {name.replace("__", "."): part for name, part in others.items()}
        reason = {"decided": "test", "waiver": "a test of knobs"}
        text = json.dumps(
            {
                "name": {"zh": "试", "en": "turned"},
                "purpose": {"zh": "试", "en": "turn one knob"},
                "baseline": "base",
                "changes": {name: {"value": part} | reason for name, part in changes.items()},
            }
        )
        (project / "params" / "scenarios" / "turned.yaml").write_text(text, encoding="utf-8")
        return params.load_policy("2026-06", scenario="turned", root=project)

    return turn


def _scored(made, policy):
    given = scores.Inputs(made.kpis, made.targets, made.parts, made.factors)
    return scores.score(given, made.people, policy)


def _graded(made, policy):
    """Score and grade the sample company's June again under other rules."""
    lines = _scored(made, policy)
    vetoed = audit.vetoed(made.cases, policy.period)
    return grades.assign(scores.composites(lines, made.people), policy, None, vetoed)[SHOWN]


@pytest.fixture(scope="module")
def now(sample_appraisal):
    """Give June as it stands."""
    return _graded(sample_appraisal, sample_appraisal.policy)


@pytest.fixture
def moves(sample_appraisal, now):
    """Say whether a policy moves anybody's score, grade or reason; in June, or in a June made otherwise."""

    def found(policy, made=None):
        before = now if made is None else _graded(made, sample_appraisal.policy)
        return not _graded(made or sample_appraisal, policy).equals(before)

    return found


def _moved_weights(weights: dict, key: str, by: Fraction) -> dict:
    """Shift weight from a key to its neighbour; the sum stays."""
    names = list(weights)
    other = names[(names.index(key) + 1) % len(names)]
    shifted = {name: Fraction(str(weight)) for name, weight in weights.items()}
    shifted[key] -= by
    shifted[other] += by
    return {name: str(weight) for name, weight in shifted.items()}


@pytest.mark.parametrize("dimension", ["result", "process", "potential"])
def test_a_dimension_weight_moves_scores(dimension, turned, moves):
    name = "weights.dimension_weights_month"
    assert moves(turned(name, _moved_weights(_whole(name), dimension, Fraction(1, 100))))


@pytest.mark.parametrize(("cadence", "period"), [("quarter", "2026-Q2"), ("year", "2026")])
@pytest.mark.parametrize("dimension", ["result", "process", "potential"])
def test_a_dimension_weight_of_a_longer_layer_moves_weights_of_its_lines(
    dimension, cadence, period, turned, sample_appraisal
):
    name = f"weights.dimension_weights_{cadence}"
    policy = turned(name, _moved_weights(_whole(name), dimension, Fraction(1, 100)))
    before, after = (
        base_lines(sample_appraisal.people, each.at(period))["weight_base"]
        for each in (sample_appraisal.policy, policy)
    )
    assert not before.equals(after)


ROLES = {"roles.operations", "roles.service", "roles.host", "roles.media_buyer"}
ROLE_KNOBS = [knob for knob in KNOBS if knob.parameter in ROLES]
ROLE_WEIGHTS = [knob for knob in ROLE_KNOBS if knob.path[-1] == "weight"]
LONGER = {"quarter": "2026-Q2", "year": "2026"}


def _named(knob):
    return "-".join(str(part) for part in (knob.parameter, *knob.path[:-1]))


def _with_weight(knob):
    """Give the role's rules with a fiftieth moved from an indicator to its neighbour."""
    cadence, dimension, kpi, _ = knob.path
    items = knob.whole[cadence][dimension]
    shifted = _moved_weights({name: item["weight"] for name, item in items.items()}, kpi, Fraction(1, 50))
    whole = knob.turned(knob.value)
    whole[cadence][dimension] = {name: {**item, "weight": shifted[name]} for name, item in items.items()}
    return whole


@pytest.mark.parametrize("knob", [knob for knob in ROLE_WEIGHTS if knob.path[0] == "month"], ids=_named)
def test_a_role_s_weight_moves_scores(knob, turned, moves):
    assert moves(turned(knob.parameter, _with_weight(knob)))


@pytest.mark.parametrize("knob", [knob for knob in ROLE_WEIGHTS if knob.path[0] in LONGER], ids=_named)
def test_a_role_s_weight_of_a_longer_layer_moves_weights_of_its_lines(knob, turned, sample_appraisal):
    period = LONGER[knob.path[0]]
    before, after = (
        base_lines(sample_appraisal.people, each.at(period))["weight_base"]
        for each in (sample_appraisal.policy, turned(knob.parameter, _with_weight(knob)))
    )
    assert not before.equals(after)


@pytest.mark.parametrize("knob", [knob for knob in ROLE_KNOBS if knob.path[-1] == "scored_at"], ids=_named)
def test_whose_number_is_scored_is_read_by_every_layer(knob, turned, sample_appraisal):
    period = LONGER.get(knob.path[0], "2026-06")
    levels = sample_appraisal.policy.kpis[knob.path[2]].levels
    other = "company" if "company" in levels else "person"
    policy = turned(knob.parameter, knob.turned(other))
    lines = base_lines(sample_appraisal.people, policy.at(period))
    own = lines[(lines["kpi"] == knob.path[2]) & (lines["role"] == knob.parameter.removeprefix("roles."))]
    assert set(own["scored_at"]) == {other}


GATES = [knob for knob in ROLE_KNOBS if knob.path[-1] == "gate"]


@pytest.mark.parametrize("knob", [knob for knob in GATES if knob.path[0] == "month"], ids=_named)
def test_a_gate_holds_more_people_the_higher_it_is(knob, turned, moves):
    assert moves(turned(knob.parameter, knob.turned(90)))  # three violations are 85 points


@pytest.mark.parametrize("knob", GATES, ids=_named)
def test_a_gate_of_every_layer_holds_a_line_of_120(knob, turned, sample_policy):
    # 75 points of the gate indicator: over the gate of 60, under one of 80
    role, period = knob.parameter.removeprefix("roles."), LONGER.get(knob.path[0], "2026-06")
    lines = pd.DataFrame({"person_id": "p", "team_id": "t", "role": role, "kpi": [knob.path[2], "csat"],
                          "points": [75.0, 120.0]})  # fmt: skip
    open_, shut = (
        scores.gate(lines, policy.at(period))
        for policy in (sample_policy, turned(knob.parameter, knob.turned(80)))
    )
    assert open_["points"].tolist() == [75.0, 120.0]
    assert shut["points"].tolist() == [75.0, 100.0]
    assert shut["gated"].tolist() == [False, True]


CURVE_VALUES = {
    ("scoring.volume", "floor"): 0.97,
    ("scoring.volume", "cap"): 1.05,
    ("scoring.rate", 0): [0.75, 50],
    ("scoring.rate", 1): [1.0, 99],
    ("scoring.rate", 2): [1.15, 119],
    ("scoring.lower_is_better", "floor"): 0.9,
    ("scoring.lower_is_better", "cap"): 1.01,
    ("scoring.deduction", "start"): 99,
    ("scoring.deduction", "per_unit"): 4,
    ("scoring.deduction", "floor"): 60,
    ("scoring.uplift", 0): [0.0, 39],
    ("scoring.uplift", 1): [1.0, 99],
    ("scoring.uplift", 2): [2.0, 119],
    ("scoring.double_loss", "gain"): 0.5,
    ("scoring.double_loss", "loss"): 1.9,
    ("scoring.double_loss", "floor"): 60,
    ("scoring.double_loss", "cap"): 115,
    ("scoring.response_time", "form"): "difference",
    ("scoring.response_time", "floor"): 0.9,
    ("scoring.response_time", "cap"): 1.01,
    ("scoring.cost_budget", "step"): 0.06,
    ("scoring.cost_budget", "over"): 9,
    ("scoring.cost_budget", "under"): 4,
    ("scoring.cost_budget", "limit"): 0.10,
    ("scoring.cost_budget", "cap"): 101,
    ("scoring.whole_steps", "base"): 31,
    ("scoring.whole_steps", "step"): 0.04,
    ("scoring.whole_steps", "up"): 5,
    ("scoring.whole_steps", "down"): 5,
    ("scoring.whole_steps", 0): [0.20, 4],
    ("scoring.whole_steps", 1): [0.50, 3],
    ("scoring.whole_steps", 2): [1.00, 2],
    ("scoring.collection_levels", "of"): "value",
    ("scoring.collection_levels", 0): [0.80, 59],
    ("scoring.collection_levels", 1): [0.90, 79],
    ("scoring.collection_levels", 2): [0.95, 89],
    ("scoring.collection_levels", 3): [1.00, 99],
    ("scoring.collection_levels", 4): [1.03, 109],
}
NEEDS_TARGETS = {
    # Sales per head is over target in June, and its targets are little below the year before.
    ("scoring.whole_steps", "down"): 2.0,
    ("scoring.whole_steps", 1): 0.6,  # 40 % and more below the baseline: four steps at most
    ("scoring.whole_steps", 2): 0.3,  # 70 % and more below it: three
}
CURVES = [
    knob
    for knob in KNOBS
    if knob.parameter.startswith("scoring.")
    and knob.parameter not in {"scoring.kpi_curves", "scoring.leniency"}
    and knob.path != ("kind",)
]


@pytest.mark.parametrize("knob", CURVES, ids=lambda knob: f"{knob.parameter}-{knob.path[-1]}")
def test_every_number_of_a_curve_moves_scores(knob, turned, moves, sample_appraisal):
    value = CURVE_VALUES[knob.parameter, knob.path[-1]]
    if knob.parameter == "scoring.deduction":
        # Few people violate much: the floor of a deduction shows on a curve of its own.
        steep = {**knob.whole, "per_unit": 30}
        before = _graded(sample_appraisal, turned(knob.parameter, steep))
        after = _graded(sample_appraisal, turned(knob.parameter, {**steep, knob.path[-1]: value}))
        assert not before.equals(after)
        return
    factor = NEEDS_TARGETS.get((knob.parameter, knob.path[-1]))
    made = None if factor is None else _with_targets(sample_appraisal, "sales_per_head", factor)
    assert moves(turned(knob.parameter, knob.turned(value)), made)


def _with_targets(made, kpi, factor):
    """Give June with all targets of an indicator multiplied."""
    book = made.targets
    other = book["target"].where(book["kpi"] != kpi, book["target"] * factor)
    return replace(made, targets=book.assign(target=other))


def test_another_curve_for_an_indicator_moves_scores(turned, moves):
    name = "scoring.kpi_curves"
    assert moves(turned(name, {**_whole(name), "net_sales": "rate"}))


def test_what_happens_where_nothing_can_be_scored_is_a_rule(turned, sample_appraisal, now):
    # Most people have no adopted idea, of which `uplift` gives the points.
    rule = _whole("scoring.uplift")
    required = _graded(sample_appraisal, turned("scoring.uplift", {**rule, "missing": "not_assessable"}))
    assert (required["reason"] == "no_required").sum() > 10
    assert not (now["reason"] == "no_required").any()
    carried = _scored(sample_appraisal, turned("scoring.uplift", {**rule, "missing": "carry"}))
    before = sample_appraisal.scores
    earlier = carried[(carried["kpi"] == "idea_traffic_uplift") & (carried["value_period"] < "2026-Q2")]
    assert earlier["points"].notna().sum() > 0
    own = before[before["kpi"] == "idea_traffic_uplift"].dropna(subset="points")
    assert set(own["value_period"]) == {"2026-Q2"}


LENIENCY = {"method": "ratio", "window_months": 2, "min_ratings": 10_000, "limit": 0.01}


@pytest.mark.parametrize("name", LENIENCY)
def test_how_ratings_are_corrected_moves_scores(name, turned, now, sample_facts, sample_appraisal):
    policy = turned("scoring.leniency", {**_whole("scoring.leniency"), name: LENIENCY[name]})
    label = sample_appraisal.period.label
    labels = [label, *sorted(set(sample_appraisal.factors["period"]) - {label})]
    _, raters, factors = corrected_ratings(sample_facts, policy, labels)
    assert not _graded(replace(sample_appraisal, factors=factors), policy).equals(now)
    assert not raters.equals(sample_appraisal.raters)


def test_only_what_raters_give_is_corrected(project, sample_facts, sample_appraisal):
    path = project / "params" / "kpis.yaml"
    text = path.read_text("utf-8")
    mark = text.index("subjective: true", text.index("\ncollaboration_score:"))
    try:
        path.write_text(text[:mark] + "subjective: false" + text[mark + len("subjective: true") :], "utf-8")
        policy = params.load_policy("2026-06", root=project)
        _, _, factors = corrected_ratings(sample_facts, policy, ["2026-06"])
    finally:
        path.write_text(text, "utf-8")
    assert set(factors["kpi"]) == {"report_quality"}
    assert set(sample_appraisal.factors["kpi"]) == {"report_quality", "collaboration_score"}


@pytest.mark.parametrize(("grade", "lowest"), [("A", 97), ("B", 90), ("C", 80)])
def test_a_threshold_moves_grades(grade, lowest, turned, moves):
    assert moves(turned("grades.thresholds", {**_whole("grades.thresholds"), grade: lowest}))


# -- distribution, certainty and veto: the same scores, graded again ---------------------------------

QUOTAS = {"A": "1/5", "B": "1/2", "C": "1/4", "D": "1/20"}
FORCED = {"kind": "forced", "cohort": "company", "quotas": QUOTAS, "min_cohort": 10}
TEAMS = {**FORCED, "cohort": "team", "min_cohort": 2}
DISTRIBUTION = {
    "kind": ({"kind": "thresholds"}, FORCED),
    "cohort": (FORCED, {**FORCED, "cohort": "role"}),
    "quotas": (FORCED, {**FORCED, "quotas": {"A": "3/10", "B": "2/5", "C": "1/4", "D": "1/20"}}),
    "min_cohort": (FORCED, {**FORCED, "min_cohort": 100}),
    "tie": (FORCED, {**FORCED, "tie": "collaboration_score"}),
    "team_scale": (TEAMS, {**TEAMS, "team_scale": [[0.95, 0.5], [1.05, 1.5]]}),
}


def _given_out(made, policy, totals=None):
    vetoed = audit.vetoed(made.cases, policy.period)
    return grades.assign(made.composites if totals is None else totals, policy, made.scores, vetoed)


@pytest.mark.parametrize("name", DISTRIBUTION)
def test_how_grades_are_given_out_moves_grades(name, turned, sample_appraisal):
    totals = sample_appraisal.composites
    if name == "tie":  # scores to two digits are hardly ever equal: let them be read in tens
        totals = totals.assign(score=totals["score"].round(-1))
    before, after = (
        _given_out(sample_appraisal, turned("grades.distribution", rule), totals)
        for rule in DISTRIBUTION[name]
    )
    assert not before["grade"].equals(after["grade"])
    columns = ["person_id", "score", "rank", "vetoed", "reason"]
    pd.testing.assert_frame_equal(before[columns], after[columns])  # places change no score and no rank


def test_places_of_a_forced_distribution_are_those_of_the_people_who_are_graded(turned, sample_appraisal):
    found = _given_out(sample_appraisal, turned("grades.distribution", FORCED))
    placed = found[found["cohort"] == "company"]
    assert len(placed) == 56  # of 59 one is new, one on probation, one vetoed
    # 11.2, 28, 14 and 2.8 places: 11 28 14 2, and the one left over goes to .8
    assert placed["grade"].value_counts().to_dict() == {"B": 28, "C": 14, "A": 11, "D": 3}


CERTAINTY = {"draws": 1000, "seed": 1111, "interval": 0.6, "amount_cv": 3.0, "contested_below": 0.6}
CHANCES = ["p_a", "p_b", "p_c", "p_d", "contested"]


@pytest.mark.parametrize("distribution", [{"kind": "thresholds"}, FORCED], ids=["thresholds", "forced"])
@pytest.mark.parametrize("name", CERTAINTY)
def test_how_certain_a_grade_is_follows_the_rules(name, distribution, turned, sample_appraisal):
    rule = _whole("grades.certainty")
    before, after = (
        turned("grades.certainty", each, grades__distribution=distribution)
        for each in (rule, {**rule, name: CERTAINTY[name]})
    )
    if name == "interval":
        read = [grades.rank_intervals(sample_appraisal.scores, each) for each in (before, after)]
        assert ((read[0]["worst"] - read[0]["best"]) > (read[1]["worst"] - read[1]["best"])).any()
        assert not ((read[0]["worst"] - read[0]["best"]) < (read[1]["worst"] - read[1]["best"])).any()
        return
    read = [_given_out(sample_appraisal, each) for each in (before, after)]
    assert not read[0][CHANCES].equals(read[1][CHANCES])
    pd.testing.assert_series_equal(read[0]["grade"], read[1]["grade"])  # certainty moves no grade


@pytest.mark.parametrize("distribution", [{"kind": "thresholds"}, FORCED], ids=["thresholds", "forced"])
def test_a_veto_gives_the_grade_that_the_rules_name(distribution, turned, sample_appraisal):
    # The veto's grade is the lowest: where there are three grades, the third.
    three = {"A": 100, "B": 85, "C": 0}
    places = distribution | (
        {"quotas": {"A": "1/5", "B": "3/10", "C": "1/2"}} if len(distribution) > 1 else {}
    )
    rules = {"grades__thresholds": three, "grades__distribution": places}
    after = turned("grades.veto", {"grade": "C", "stands_while_appealed": True}, **rules)
    held = {"grades__distribution": distribution}
    before = turned("grades.veto", {"grade": "D", "stands_while_appealed": True}, **held)
    found = [
        _given_out(sample_appraisal, each).set_index("person_id").loc["E0011"] for each in (before, after)
    ]
    assert [row["grade"] for row in found] == ["D", "C"]
    assert all(row["vetoed"] and pd.isna(row["rank"]) for row in found)


def test_whether_a_veto_stands_while_it_is_appealed_is_a_rule(turned, project, root):
    folder = project / "data" / "cases"
    shutil.copytree(root / "data" / "cases", folder)
    appeal = {"case": "C0001", "move": "appeal", "actor_role": "employee", "on": date(2026, 7, 12),
              "recorded_on": date(2026, 7, 12), "reason": "the parcels were sent", "evidence": ["CARRIER-7"]}  # fmt: skip
    try:
        audit.record_case(appeal, project, "sample")
        hit = [
            audit.vetoed(appraisal.read_cases(policy), policy.period)
            for stands in (True, False)
            for policy in [turned("grades.veto", {"grade": "D", "stands_while_appealed": stands})]
        ]
    finally:
        shutil.rmtree(folder.parent)
    assert hit == [{"E0011"}, frozenset()]


def test_the_tables_name_everything_that_the_rules_of_grades_and_ratings_say():
    assert set(DISTRIBUTION) == set(DistributionRule.model_fields)
    assert set(CERTAINTY) == set(CertaintyRule.model_fields)
    assert set(LENIENCY) == set(LeniencyRule.model_fields)
    assert set(VetoRule.model_fields) == {"grade", "stands_while_appealed"}
    told = {
        knob.parameter for knob in KNOBS if knob.parameter.split(".")[0] in {"grades", "weights", "feedback"}
    }
    assert told == {
        *(f"grades.{name}" for name in ("thresholds", "distribution", "certainty", "veto", "assessable")),
        *(f"weights.dimension_weights_{name}" for name in ("month", "quarter", "year")),
        "weights.layer_weights",
        *("weights.constraints", "weights.exploration"),  # turned in test_params_constraints
        *(f"feedback.{name}" for name in FEEDBACK),
    }


# -- the layers of a year ------------------------------------------------------------------------------


def _small(policy, label, sales):
    """Give one seller's score frame of a period: net sales of so much of a target of 100, all else on target."""
    policy = policy.at(label)
    rows = {"net_sales": (sales, 100.0), "orders": (10.0, 10.0), "aov": (1.0, 1.0)}
    known = {"period": policy.period.label, "level": "person", "unit_id": "p", "kpi": list(rows)}
    values = pd.DataFrame({
        **known, "channel": "all", "numerator": [value for value, _ in rows.values()], "denominator": float("nan"),
        "value": [value for value, _ in rows.values()], "n": 100, "reading": "",
    })  # fmt: skip
    aims = pd.DataFrame({**known, "team_id": "t", "target": [aim for _, aim in rows.values()]})
    days = {
        "person_id": ["p"],
        "team_id": "t",
        "role": "sales",
        "team_days": 365,
        "main": True,
        "status": "regular",
    }
    return scores.Inputs(values, aims), pd.DataFrame(days), policy


def _year(policy):
    """Score a year with one month of 80, one quarter of 90 and its own of 110."""
    earlier = [
        scores.score(*_small(policy, label, sales)) for label, sales in (("2025-03", 80), ("2025-Q1", 90))
    ]
    return scores.composites(scores.score(*_small(policy, "2025", 110.0), earlier))["score"].item()


def test_the_weights_of_a_year_s_layers_move_its_composite(turned, sample_policy):
    # Net sales weigh .6: the month has 88 points, the quarter 94, the year's own 106
    assert _year(sample_policy) == pytest.approx(0.25 * 88 + 0.35 * 94 + 0.40 * 106, abs=1e-6)
    for weights, expected in (
        ({"month": "1/2", "quarter": "1/4", "year": "1/4"}, 44 + 23.5 + 26.5),
        ({"month": "1/4", "quarter": "1/4", "year": "1/2"}, 22 + 23.5 + 53),
        ({"month": "1/4", "quarter": "1/2", "year": "1/4"}, 22 + 47 + 26.5),
    ):
        assert _year(turned("weights.layer_weights", weights)) == pytest.approx(expected, abs=1e-6)


# -- the feedback sheet --------------------------------------------------------------------------------

FEEDBACK = ("sign_days", "appeal_days", "trend_periods", "next_steps")


def _talk(policy, facts, made, **held):
    """Give a person's sheet of June, without the periods before it."""
    report = Report(
        team="t1", team_name="t1", facts=facts, policy=policy, appraisal=replace(made, policy=policy),
        locale=Locale("en"), today=date(2026, 7, 20), provisional=False,
    )  # fmt: skip
    talk = feedback.FeedbackSheet(report=report, person="E0009", name="E0009", role="media_buyer")
    vars(talk).update(held)
    return talk


def _sheet(policy, facts, made):
    trend = pd.DataFrame({"period": ["2026-06"], "score": [84.4], "grade": ["C"]})
    held = {"trend": trend, "path": pd.DataFrame(columns=["person_id"]), "moved": None}
    return feedback.sheet(_talk(policy, facts, made, **held))


@pytest.mark.parametrize(
    ("name", "field", "days"), [("sign_days", "sign_by", 20), ("appeal_days", "appeal_by", 30)]
)
def test_a_deadline_of_the_sheet_moves(name, field, days, turned, sample_facts, sample_appraisal):
    before, after = (
        _sheet(policy, sample_facts, sample_appraisal)
        for policy in (sample_appraisal.policy, turned(f"feedback.{name}", days))
    )
    assert getattr(before, field) < getattr(after, field)


def test_a_next_step_is_the_one_of_the_catalogue(turned, sample_facts, sample_appraisal):
    rows = _whole("feedback.next_steps")
    policies = [
        sample_appraisal.policy,
        turned("feedback.next_steps", [{**row, "days": 45} for row in rows]),
        turned("feedback.next_steps", [{**row, "step": {"zh": "改", "en": "Do it"}} for row in rows]),
        turned("feedback.next_steps", [{**row, "deliverable": {"zh": "单", "en": "A list"}} for row in rows]),
    ]
    found = [_sheet(policy, sample_facts, sample_appraisal) for policy in policies]
    assert found[0].due < found[1].due
    assert (found[2].step.step.en, found[3].step.deliverable.en) == ("Do it", "A list")
    assert "Do it" in str(found[2].sandwich)
    assert "A list" in str(found[3].sandwich)


def test_the_trend_shows_as_many_periods_as_the_rules_say(
    turned, sample_facts, sample_appraisal, monkeypatch
):
    monkeypatch.setattr(feedback.FeedbackSheet, "_appraisal_of", lambda *_: sample_appraisal)
    counts = [
        len(_talk(policy, sample_facts, sample_appraisal).trend)
        for policy in (sample_appraisal.policy, turned("feedback.trend_periods", 3))
    ]
    assert counts == [6, 3]


# -- who is assessed, and on how much ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("min_days_on_duty", {"month": 31, "quarter": 45, "year": 180}),
        ("probation_assessed", True),
        ("leavers_assessed", True),
        ("excluded_absence", ["sick", "statutory", "unpaid", "annual", "training"]),
    ],
)
def test_who_is_assessed_follows_the_rules(name, value, turned, sample_appraisal, sample_facts):
    policy = turned("grades.assessable", {**_whole("grades.assessable"), name: value})
    made = sample_appraisal
    if name == "excluded_absence":
        before, after = (appraisal.read_people(sample_facts, each) for each in (made.policy, policy))
        assert not before["excluded_days"].equals(after["excluded_days"])
        return
    if name == "leavers_assessed":  # nobody leaves in June: let one leave
        people = made.people
        made = replace(made, people=people.assign(stays=people["stays"] & (people["person_id"] != "E0001")))
    assert not _graded(made, policy).equals(_graded(made, made.policy))


@pytest.mark.parametrize(
    ("cadence", "period"), [("month", "2026-06"), ("quarter", "2026-Q2"), ("year", "2026")]
)
def test_the_least_days_of_each_layer_decide_who_is_assessed(cadence, period, turned, sample_policy):
    rule = _whole("grades.assessable")
    days = rule["min_days_on_duty"]
    policy = turned("grades.assessable", {**rule, "min_days_on_duty": {**days, cadence: days[cadence] + 1}})
    people = pd.DataFrame({"person_id": ["p"], "team_days": days[cadence], "main": True, "status": "regular"})
    status = [scores.person_status(people, each.at(period)).item() for each in (sample_policy, policy)]
    assert status == ["scored", "few_days"]


MINIMA = sorted(
    {knob.parameter for knob in KNOBS if knob.path == ("min_n",)}
    & {f"kpis.{knob.path[2]}" for knob in ROLE_WEIGHTS if knob.path[0] == "month"}
)


@pytest.mark.parametrize("name", MINIMA)
def test_a_minimum_of_observations_moves_scores(name, turned, moves):
    assert moves(turned(name, {**_whole(name), "min_n": 10**6}))


SHRUNK = sorted({knob.parameter for knob in KNOBS if knob.path == ("shrink",)})


@pytest.mark.parametrize("name", SHRUNK)
def test_how_small_samples_are_drawn_moves_scores(name, turned, moves):
    assert moves(turned(name, {key: part for key, part in _whole(name).items() if key != "shrink"}))
    assert moves(turned(name, {**_whole(name), "shrink": 500}))


def test_there_are_indicators_of_either_way_to_draw_small_samples():
    assert {_whole(name)["shrink"] for name in SHRUNK} == {"estimated", 20}


@pytest.mark.parametrize(
    ("kpi", "reading"), [("cac", "paid"), ("channel_roi", "platform"), ("visit_conversion_rate", "platform")]
)
def test_another_reading_gives_another_number_and_says_so(kpi, reading, turned, sample_facts, sample_policy):
    policy = turned(f"kpis.{kpi}", {**_whole(f"kpis.{kpi}"), "reading": reading})
    before, after = (
        kpis.compute(sample_facts, each, ["2026-06"], ("company",), [kpi]) for each in (sample_policy, policy)
    )
    assert before["value"].item() != after["value"].item()
    assert after["reading"].item() == reading


@pytest.mark.parametrize(
    ("name", "value", "kpi", "period"),
    [
        # The closing day decides to which month a refund posts. With 0 it is the month's last day.
        ("close_day", 0, "net_sales", "2026-05"),
        ("new_customer_lookback", 90, "acquired_customers", "2026-05"),
    ],
)
def test_a_company_rule_moves_an_indicator(name, value, kpi, period, turned, sample_facts, sample_policy):
    before, after = (
        kpis.compute(sample_facts, each, [period], ("company",), [kpi])["value"].item()
        for each in (sample_policy, turned(f"company.{name}", value))
    )
    assert before != after


@pytest.mark.parametrize(
    ("name", "value", "field"),
    [
        ("currency", "USD", "currency"),
        ("money_scale", 1000, "scale"),
    ],
)
def test_what_money_is_moves_what_is_read(name, value, field, turned, sample_policy):
    amounts = {
        Locale("en", currency=each.company.currency, scale=each.company.money_scale).money(123456)
        for each in (sample_policy, turned(f"company.{name}", value))
    }
    assert len(amounts) == 2, field


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("targets.history_months", 6),
        (
            "targets.distributed",
            {
                "net_sales": "equal",
                "orders": "history",
                "acquired_customers": "history",
                "deep_touches": "equal",
            },
        ),
        ("targets.stretch", {"base": 0.8, "stretch": 1.2}),
        ("targets.rate_defaults", {"collection_rate": 0.5}),
        ("targets.money_defaults", {"currency": "CNY", "targets": {"live_sales_per_hour": 900}}),
        ("targets.rounding", 1000),
        ("targets.season", {"history_months": 36, "min_months": 24, "harmonics": 1}),
        (
            "targets.phase_profile",
            {"kpis": ["acquired_customers"], "reserve": 1.0, "sprint": 1.0, "regular": 1.0},
        ),
        (
            "targets.limits",
            [{"kpi": "net_sales", "level": "team", "unit_id": "t1", "period": "2026-10", "cap": 100000}],
        ),
        ("targets.recalibration", {"prior_sd": 0.3, "keep": 0.5, "floor": 0.85, "ceiling": 1.1}),
    ],
)
def test_a_target_rule_moves_the_target_book(parameter, value, turned, sample_facts, sample_appraisal):
    history = sample_appraisal.kpis if parameter != "targets.history_months" else None
    only = None if parameter.endswith("_defaults") else ["net_sales", "acquired_customers"]
    before, after = (
        targets.book(sample_facts, each, "2026", history, only)
        for each in (sample_appraisal.policy, turned(parameter, value))
    )
    columns = ["period", "level", "unit_id", "kpi", "target", "base", "stretch", "p_hit"]
    assert not before[columns].equals(after[columns])


def test_the_emphasis_of_a_phase_moves_scores_of_its_months(turned, moves):
    rest = {"reserve": {}, "regular": {}}
    assert moves(turned("targets.emphasis", {**rest, "sprint": {"aov": 3.0, "inquiry_conversion_rate": 3.0}}))


def test_flags_and_padding_follow_their_rules(turned, sample_appraisal):
    book = sample_appraisal.targets
    strict = turned("targets.difficulty", {"hard": 0.6, "easy": 0.95})
    before, after = (difficulty.flags(book, each) for each in (sample_appraisal.policy, strict))
    assert (before["flag"] == "hard").sum() < (after["flag"] == "hard").sum()
    padded = difficulty.padded(book, turned("targets.padding", {"team": 0.05, "person": 0.05}))
    assert padded["padding"].abs().sum() > 0
    assert difficulty.padded(book, sample_appraisal.policy)["padding"].abs().sum() == 0


def test_the_rule_of_calibration_moves_its_proposals(turned, sample_policy):
    rule = {
        "shocked": "cac", "volumes": ["acquired_customers"], "rates": ["inquiry_conversion_rate"],
        "order_value": "aov", "response": 1.0, "pass_on": 0.25, "cap_quantile": 0.9, "least_shock": 0.15,
    }  # fmt: skip
    before, after = (
        calibration.propose(0.3, 1000, 0.02, 100.0, each.targets.calibration)
        for each in (sample_policy, turned("targets.calibration", rule))
    )
    assert not before.equals(after)


@pytest.mark.parametrize(
    ("basis", "parameter", "value"),
    [
        ("capacity", "targets.ramp", [0.1, 0.1, 0.1, 0.1, 0.1, 0.1]),
        ("explicit", "targets.explicit_shares", {"net_sales": {"t1": 0.5}}),
    ],
)
def test_what_only_one_basis_reads_moves_books_of_that_basis(
    basis, parameter, value, turned, sample_facts, sample_appraisal
):
    first = {"targets__distributed": {"net_sales": basis}}
    base = _whole(parameter) if parameter == "targets.ramp" else {"net_sales": {"t1": 0.1}}
    before, after = (
        targets.book(
            sample_facts, turned(parameter, each, **first), "2026", sample_appraisal.kpis, ["net_sales"]
        )
        for each in (base, value)
    )
    people = ["period", "level", "unit_id", "team_id"]
    assert not before.set_index(people)["target"].equals(after.set_index(people)["target"])


def test_the_tables_above_name_every_number_of_every_curve():
    assert {(knob.parameter, knob.path[-1]) for knob in CURVES} == set(CURVE_VALUES)


def test_nothing_moves_where_nothing_is_turned(turned, moves):
    assert not moves(turned("company.close_day", _whole("company.close_day")))
