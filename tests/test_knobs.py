"""Every knob of the month moves something that a reader sees (DESIGN §3), turned alone and a little.

A knob is turned in a scenario, as an analyst would. What is scored is scored again from the sample
company's appraisal; what lies before the scores is computed again for one unit.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from fractions import Fraction

import pandas as pd
import pytest

from salesperf_lib import appraisal, grades, kpis, params, scores, targets
from salesperf_lib.language import Locale
from salesperf_lib.targets import calibration, difficulty

KNOBS = params.knobs()


@pytest.fixture(scope="module")
def project(tmp_path_factory, root):
    folder = tmp_path_factory.mktemp("project")
    shutil.copytree(root / "params", folder / "params")
    return folder


@pytest.fixture
def turned(project):
    """Give the policy of June 2026 with one parameter replaced by a scenario."""

    def turn(parameter, value):
        entry = {"value": value, "decided": "test", "waiver": "a test of knobs"}
        text = json.dumps(
            {
                "name": {"zh": "试", "en": "turned"},
                "purpose": {"zh": "试", "en": "turn one knob"},
                "baseline": "base",
                "changes": {parameter: entry},
            }
        )
        (project / "params" / "scenarios" / "turned.yaml").write_text(text, encoding="utf-8")
        return params.load_policy("2026-06", scenario="turned", root=project)

    return turn


def _graded(made, policy, people=None):
    """Score and grade the sample company's June again under other rules."""
    people = made.people if people is None else people
    lines = scores.score(made.kpis, made.targets, people, policy)
    return grades.assign(scores.composites(lines, people), policy)[["score", "grade", "reason"]]


def _moves(made, policy):
    return not _graded(made, policy).equals(_graded(made, made.policy))


def _moved_weights(weights: dict, key: str, by: Fraction) -> dict:
    """Shift weight from a key to its neighbour; the sum stays."""
    names = list(weights)
    other = names[(names.index(key) + 1) % len(names)]
    shifted = {name: Fraction(str(weight)) for name, weight in weights.items()}
    shifted[key] -= by
    shifted[other] += by
    return {name: str(weight) for name, weight in shifted.items()}


@pytest.mark.parametrize("dimension", ["result", "process", "potential"])
def test_a_dimension_weight_moves_scores(dimension, turned, sample_appraisal):
    (knob, *_) = [knob for knob in KNOBS if knob.parameter == "weights.dimension_weights_month"]
    policy = turned(knob.parameter, _moved_weights(knob.whole, dimension, Fraction(1, 100)))
    assert _moves(sample_appraisal, policy)


ROLE_WEIGHTS = [
    knob
    for knob in KNOBS
    if knob.parameter in {"roles.operations", "roles.service", "roles.host", "roles.media_buyer"}
    and knob.path[0] == "month"
    and knob.path[-1] == "weight"
]


@pytest.mark.parametrize("knob", ROLE_WEIGHTS, ids=lambda knob: f"{knob.parameter}-{knob.path[2]}")
def test_a_role_s_weight_moves_scores(knob, turned, sample_appraisal):
    _, dimension, kpi, _ = knob.path
    items = knob.whole["month"][dimension]
    shifted = _moved_weights({name: item["weight"] for name, item in items.items()}, kpi, Fraction(1, 20))
    whole = knob.turned(knob.value)
    whole["month"][dimension] = {name: {**item, "weight": shifted[name]} for name, item in items.items()}
    assert _moves(sample_appraisal, turned(knob.parameter, whole))


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
}
CURVES = [
    knob
    for knob in KNOBS
    if knob.parameter.startswith("scoring.")
    and knob.parameter != "scoring.kpi_curves"
    and knob.path != ("kind",)
]


@pytest.mark.parametrize("knob", CURVES, ids=lambda knob: f"{knob.parameter}-{knob.path[-1]}")
def test_every_number_of_a_curve_moves_scores(knob, turned, sample_appraisal):
    value = CURVE_VALUES[knob.parameter, knob.path[-1]]
    people = sample_appraisal.people
    policy = turned(knob.parameter, knob.turned(value))
    # Few people violate much: the floor of a deduction shows on a curve of its own.
    made = sample_appraisal
    if knob.parameter == "scoring.deduction":
        steep = turned("scoring.deduction", {**knob.whole, "per_unit": 30})
        policy = turned("scoring.deduction", {**knob.whole, "per_unit": 30, knob.path[-1]: value})
        assert not _graded(made, policy, people).equals(_graded(made, steep, people))
        return
    assert _moves(made, policy)


def test_another_curve_for_an_indicator_moves_scores(turned, sample_appraisal):
    (knob, *_) = [knob for knob in KNOBS if knob.parameter == "scoring.kpi_curves"]
    assert _moves(sample_appraisal, turned(knob.parameter, {**knob.whole, "net_sales": "rate"}))


@pytest.mark.parametrize(("grade", "lowest"), [("A", 97), ("B", 90), ("C", 80)])
def test_a_threshold_moves_grades(grade, lowest, turned, sample_appraisal):
    (knob, *_) = [knob for knob in KNOBS if knob.parameter == "grades.thresholds"]
    assert _moves(sample_appraisal, turned(knob.parameter, {**knob.whole, grade: lowest}))


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
    (knob, *_) = [knob for knob in KNOBS if knob.parameter == "grades.assessable"]
    policy = turned(knob.parameter, {**knob.whole, name: value})
    made = sample_appraisal
    if name == "excluded_absence":
        before, after = (appraisal.read_people(sample_facts, each) for each in (made.policy, policy))
        assert not before["excluded_days"].equals(after["excluded_days"])
        return
    people = made.people
    if name == "leavers_assessed":  # nobody leaves in June: let one leave
        people = people.assign(stays=people["stays"] & (people["person_id"] != "E0001"))
    assert not _graded(made, policy, people).equals(_graded(made, made.policy, people))


@pytest.mark.parametrize("kpi", ["inquiry_conversion_rate", "refund_rate", "aov", "csat", "cac"])
def test_a_minimum_of_observations_moves_scores(kpi, turned, sample_appraisal):
    (knob, *_) = [knob for knob in KNOBS if knob.parameter == f"kpis.{kpi}"]
    assert _moves(sample_appraisal, turned(knob.parameter, {**knob.whole, "min_n": 10**6}))


@pytest.mark.parametrize(
    ("kpi", "reading"), [("cac", "paid"), ("channel_roi", "platform"), ("visit_conversion_rate", "platform")]
)
def test_another_reading_gives_another_number_and_says_so(kpi, reading, turned, sample_facts, sample_policy):
    (knob, *_) = [knob for knob in KNOBS if knob.parameter == f"kpis.{kpi}"]
    policy = turned(knob.parameter, {**knob.whole, "reading": reading})
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


def test_the_emphasis_of_a_phase_moves_scores_of_its_months(turned, sample_appraisal):
    rest = {"reserve": {}, "regular": {}}
    policy = turned("targets.emphasis", {**rest, "sprint": {"aov": 3.0, "inquiry_conversion_rate": 3.0}})
    assert _moves(sample_appraisal, policy)


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
    basis, parameter, value, project, sample_facts, sample_appraisal
):
    def scenario(changes):
        text = {
            "name": {"zh": "试", "en": "turned"},
            "purpose": {"zh": "试", "en": "turn two knobs"},
            "baseline": "base",
            "changes": {name: {"value": part, "decided": "test"} for name, part in changes.items()},
        }
        (project / "params" / "scenarios" / "turned.yaml").write_text(json.dumps(text), encoding="utf-8")
        return params.load_policy("2026-06", scenario="turned", root=project)

    first = {"targets.distributed": {"net_sales": basis}}
    given = {} if parameter == "targets.ramp" else {"targets.explicit_shares": {"net_sales": {"t1": 0.1}}}
    before, after = (
        targets.book(sample_facts, scenario(first | changed), "2026", sample_appraisal.kpis, ["net_sales"])
        for changed in (given, {parameter: value})
    )
    people = ["period", "level", "unit_id", "team_id"]
    assert not before.set_index(people)["target"].equals(after.set_index(people)["target"])


def test_the_tables_above_name_every_number_of_every_curve():
    assert {(knob.parameter, knob.path[-1]) for knob in CURVES} == set(CURVE_VALUES)


def test_nothing_moves_where_nothing_is_turned(sample_appraisal):
    policy = replace(sample_appraisal.policy)
    pd.testing.assert_frame_equal(
        _graded(sample_appraisal, policy), _graded(sample_appraisal, sample_appraisal.policy)
    )
