"""Which value holds for which period, what a policy is made of, and what its digest counts."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesperf_lib.errors import ParamError, PeriodError
from salesperf_lib.params import (
    DIMENSIONS,
    check_params,
    knobs,
    list_scenarios,
    list_sources,
    load_policy,
    project_root,
    scenario_file,
    source_file,
)
from salesperf_lib.params.shapes import read_share
from salesperf_lib.periods import phase_of_day

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def project(tmp_path) -> Path:
    """Give a copy of params/ that a test may change."""
    shutil.copytree(ROOT / "params", tmp_path / "params", ignore=shutil.ignore_patterns("sources", "schema"))
    (tmp_path / "params" / "sources").mkdir()
    (tmp_path / "params" / "sources" / "sample.yaml").write_text("name: {zh: 示例, en: Sample}\n", "utf-8")
    return tmp_path


def rewrite(project: Path, file: str, old: str, new: str) -> None:
    path = project / "params" / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


CENTROID = (
    "2024-01-01: {value: {result: 17/30, process: 8/30, potential: 5/30}, "
    "decided: founding policy, note: centroid of the ranges}"
)
LATER = CENTROID + "\n    2026-07-01: {value: {result: 0.60, process: 0.25, potential: 0.15}, decided: board}"


# -- the checkout's own params ----------------------------------------------------------------------


def test_params_sources_and_scenarios_of_the_project_have_no_problem():
    assert [str(problem) for problem in check_params(ROOT)] == []


def test_every_source_has_a_policy_on_the_first_day_of_its_rules():
    first = {
        "northwind": "1996-07",
        "cdnow": "1997-01",
        "pl300": "2017-07",
        "taobao": "2012-07",
        "shoppers": "2018-01",
    }
    for source in list_sources(ROOT):
        assert load_policy(first.get(source, "2026-06"), source=source, root=ROOT).source == source


def test_the_default_weights_are_the_centroid_exactly():
    policy = load_policy("2026-06", root=ROOT)
    assert dict(policy.dimension_weights) == {
        "result": Fraction(17, 30), "process": Fraction(8, 30), "potential": Fraction(5, 30)
    }  # fmt: skip
    assert policy.dimension_bounds["result"] == (0.5, 0.6)


def test_weights_inside_every_dimension_of_every_role_and_cadence_sum_to_one_exactly():
    for period in ("2026-06", "2026-Q2", "2026"):
        for role in load_policy(period, root=ROOT).roles.values():
            sums = {
                name: sum((row.weight for row in role.kpis if row.dimension == name), Fraction(0))
                for name in DIMENSIONS
            }
            assert all(total == (0 if name in role.without else 1) for name, total in sums.items()), role.id


def test_operations_and_media_buyers_share_channel_roi():
    for period in ("2026-06", "2026-Q2", "2026"):
        roles = load_policy(period, root=ROOT).roles
        assert (
            roles["operations"].scored_at("channel_roi")
            == roles["media_buyer"].scored_at("channel_roi")
            == "team"
        )


def test_a_role_without_a_dimension_carries_its_weight_on_the_others():
    policy = load_policy("2026-06", root=ROOT)
    assert dict(policy.weights_of("sales")) == {"result": Fraction(1)}
    assert policy.weights_of("host") == policy.dimension_weights
    assert policy.decisions["roles.sales"].waiver
    assert policy.roles["sales"].scored_at("csat") is None


def test_cadence_follows_the_period_and_falls_back_to_the_shorter_one():
    month, quarter, year = (load_policy(period, root=ROOT) for period in ("2026-06", "2026-Q2", "2026"))
    ids = [{row.kpi for row in policy.roles["media_buyer"].kpis} for policy in (month, quarter, year)]
    assert "retention_d90" in ids[1]
    assert "ltv" in ids[2]
    assert not {"retention_d90", "ltv"} & ids[0]
    assert month.roles["host"] == quarter.roles["host"] == year.roles["host"]  # it has a monthly set only
    assert (
        load_policy("2026-W23", root=ROOT).roles == load_policy("2026-06-01", root=ROOT).roles == month.roles
    )


def test_kpi_entries_say_what_a_reader_needs():
    policy = load_policy("2026-06", root=ROOT)
    assert len(policy.kpis) == 49
    assert policy.kpis["cac"].reading == "blended"
    assert policy.kpis["cac"].direction == "lower"
    assert policy.kpis["channel_roi"].section == "§1.1"
    assert policy.kpis["ltv"].horizon_days == 180
    assert policy.kpis["net_sales"].name.of("zh") == "净销售额"
    assert policy.kpis["net_sales"].name("en") == "Net sales"
    assert policy.kpis["net_sales"].min_n == 0


def test_kpi_entries_agree_with_the_definitions_that_compute_them():
    definitions = pytest.importorskip("salesperf_lib.kpis.definitions").KPIS
    kpis = load_policy("2026-06", root=ROOT).kpis
    assert set(definitions) == set(kpis)
    for key, definition in definitions.items():
        entry = kpis[key]
        told = (
            entry.unit,
            entry.direction,
            entry.section,
            set(entry.levels),
            entry.kind == "volume",
            entry.horizon_days,
        )
        computed = (
            definition.unit, definition.direction, definition.section,
            set(definition.level_names), definition.is_sum, definition.horizon_days,
        )  # fmt: skip
        assert told == computed, key
        assert entry.reading == "" if not definition.readings else entry.reading in definition.readings, key


def test_the_rules_of_appraisal_are_frozen_as_they_are_written():
    policy = load_policy("2026-06", root=ROOT)
    assert dict(policy.layer_weights) == {
        "month": Fraction(1, 4), "quarter": Fraction(7, 20), "year": Fraction(2, 5)
    }  # fmt: skip
    leniency, certainty = policy.leniency, policy.grades.certainty
    assert (leniency.method, leniency.window_months, leniency.min_ratings, leniency.limit) == (
        "shared_ratees", 12, 8, 0.1
    )  # fmt: skip
    assert (certainty.draws, certainty.seed, certainty.interval) == (2000, 618, 0.9)
    assert (certainty.amount_cv, certainty.contested_below) == (0.8, 0.95)
    assert (policy.grades.veto.grade, policy.grades.veto.stands_while_appealed) == ("D", True)
    assert policy.grades.distribution.kind == "thresholds"
    feedback = policy.feedback
    assert (feedback.sign_days, feedback.appeal_days, feedback.trend_periods) == (5, 10, 6)
    assert all(step.due_days > 0 and step.step.zh and step.deliverable.en for step in feedback.steps)


def test_curves_are_frozen_with_their_tables():
    curves = load_policy("2026-06", root=ROOT).curves
    steps, levels = curves["sales_per_head"], curves["collection_rate"]
    assert (steps.kind, steps.parameters["ambition"]) == ("steps", ((0.2, 5.0), (0.5, 4.0), (1.0, 3.0)))
    assert (levels.kind, levels.parameters["of"], levels.parameters["rows"][-1]) == (
        "levels", "attainment", (1.03, 110.0)
    )  # fmt: skip
    assert curves["first_response_seconds"].parameters["form"] == "quotient"
    assert curves["cac"].parameters["form"] == "difference"
    assert {curve.missing for curve in curves.values()} == {"redistribute"}


def test_only_ratings_are_subjective_and_only_person_rates_are_drawn_to_their_peers():
    kpis = load_policy("2026-06", root=ROOT).kpis
    assert {name for name, kpi in kpis.items() if kpi.subjective} == {"report_quality", "collaboration_score"}
    drawn = {name: kpi.shrink for name, kpi in kpis.items() if kpi.shrink is not None}
    assert drawn == {
        "product_page_conversion_rate": "estimated",
        "live_conversion_rate": "estimated",
        "inquiry_conversion_rate": "estimated",
        "csat": 20,
    }


def test_gates_are_of_compliance_in_every_layer():
    for period in ("2026-06", "2026-Q2", "2026"):
        roles = load_policy(period, root=ROOT).roles
        gates = {(role.id, row.kpi): row.gate for role in roles.values() for row in role.kpis if row.gate}
        assert gates == {("service", "script_violations"): 60, ("media_buyer", "ad_violations"): 60}


def test_the_scenario_of_a_forced_distribution_moves_the_distribution_alone():
    base, forced = (
        load_policy("2026-06", scenario=name, root=ROOT) for name in ("base", "forced_distribution")
    )
    rule = forced.grades.distribution
    assert (rule.kind, rule.cohort, rule.min_cohort, rule.tie, rule.team_scale) == (
        "forced", "company", 10, "promote", ()
    )  # fmt: skip
    assert dict(rule.quotas) == {
        "A": Fraction(1, 5), "B": Fraction(1, 2), "C": Fraction(1, 4), "D": Fraction(1, 20)
    }  # fmt: skip
    assert replace(forced.grades, distribution=base.grades.distribution) == base.grades
    same = (
        "dimension_weights",
        "layer_weights",
        "roles",
        "curves",
        "kpis",
        "targets",
        "assessable",
        "leniency",
    )
    assert all(getattr(base, name) == getattr(forced, name) for name in same)
    assert load_policy("2025-12", scenario="forced_distribution", root=ROOT).grades == base.grades


def test_money_defaults_are_minor_units_of_the_same_currency_only():
    assert load_policy("2026-06", root=ROOT).targets.defaults["aov"] == 120_000  # 1,200 yuan in fen
    dollars = load_policy("1997-05", source="northwind", root=ROOT)
    assert dollars.company.currency == "USD"
    assert "aov" not in dollars.targets.defaults
    assert "csat" in dollars.targets.defaults


def test_promotions_carry_names_and_importance():
    rows = load_policy("2026-06", root=ROOT).promotions
    assert rows == tuple(sorted(rows, key=lambda row: (row.first, row.id)))
    assert {row.id for row in rows if row.major} == {"618", "double11"}
    assert {row.first.year for row in rows} == {2024, 2025, 2026}
    assert phase_of_day(date(2026, 6, 18), rows) == "sprint"
    assert phase_of_day(date(2026, 4, 1), rows) == "reserve"
    assert phase_of_day(date(2026, 2, 1), rows) == "regular"
    assert phase_of_day(date(2025, 10, 20), rows) == "sprint"  # pre-sale of Double 11


def test_the_spring_festival_of_every_calendar_lies_inside_its_holiday():
    import holidays

    rows = load_policy("2027-01", root=ROOT).promotions
    for year in range(2024, 2028):
        found = holidays.country_holidays("CN", years=year, language="en_US").items()
        new_year = min(day for day, name in found if "Chinese New Year (Spring Festival)" in name.split("; "))
        row = next(
            row for row in rows if (row.id, row.phase, row.first.year) == ("spring_festival", "burst", year)
        )
        assert row.first < new_year < row.last


def test_policies_are_read_only():
    policy = load_policy("2026-06", root=ROOT)
    with pytest.raises(TypeError):
        policy.kpis["x"] = policy.kpis["cac"]  # type: ignore[index]
    with pytest.raises(AttributeError):
        policy.digest = "0"  # type: ignore[misc]


# -- dates ------------------------------------------------------------------------------------------


def test_a_period_uses_the_value_in_force_on_its_first_day(project):
    rewrite(project, "weights.yaml", CENTROID, LATER)
    assert load_policy("2026-06", root=project).dimension_weights["result"] == Fraction(17, 30)
    assert load_policy("2026-07", root=project).dimension_weights["result"] == Fraction(3, 5)
    assert load_policy("2026-06-15..2026-07-15", root=project).dimension_weights["result"] == Fraction(17, 30)
    assert load_policy("2026-07", root=project).decisions["weights.dimension_weights_month"].since == date(
        2026, 7, 1
    )


def test_a_change_dated_later_moves_no_result_before_it(project):
    before = {
        period: load_policy(period, root=project).digest
        for period in ("2026-05", "2026-06", "2026-07", "2026-08")
    }
    rewrite(project, "weights.yaml", CENTROID, LATER)
    after = {period: load_policy(period, root=project).digest for period in before}
    assert [before[period] == after[period] for period in before] == [True, True, False, False]


def test_the_digest_counts_values_and_not_comments_order_texts_or_notation(project):
    digest = load_policy("2026-06", root=project).digest
    rewrite(
        project,
        "weights.yaml",
        "result: 17/30, process: 8/30, potential: 5/30",
        "potential: 1/6, process: 8/30, result: 34/60",
    )
    rewrite(project, "weights.yaml", "# Weights of", "# More about the weights of")
    rewrite(project, "company.yaml", "decided: founding policy", "decided: the board")
    rewrite(project, "kpis.yaml", "en: Net sales}", "en: Sales after refunds}")
    rewrite(
        project,
        "scoring.yaml",
        "        orders: volume\n        acquired_customers: double_loss\n",
        "        acquired_customers: double_loss\n        orders: volume\n",
    )
    assert load_policy("2026-06", root=project).digest == digest
    rewrite(project, "scoring.yaml", "cap: 1.20", "cap: 1.21")
    assert load_policy("2026-06", root=project).digest != digest


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("weights.yaml", "month: 1/4, quarter: 7/20", "month: 7/20, quarter: 1/4"),
        ("scoring.yaml", "min_ratings: 8", "min_ratings: 9"),
        ("scoring.yaml", "[0.50, 4], [1.00, 3]", "[0.50, 4], [1.00, 2]"),
        ("scoring.yaml", "of: attainment", "of: value"),
        ("grades.yaml", "{kind: thresholds}", "{kind: thresholds, cohort: team}"),
        ("grades.yaml", "seed: 618", "seed: 619"),
        ("grades.yaml", "stands_while_appealed: true", "stands_while_appealed: false"),
        ("roles.yaml", "gate: 60", "gate: 61"),
        ("kpis.yaml", "shrink: 20", "shrink: 21"),
        ("kpis.yaml", "subjective: true", "subjective: false"),
        ("feedback.yaml", "{value: 5, decided", "{value: 6, decided"),
        ("feedback.yaml", "days: 14", "days: 15"),
    ],
)
def test_the_digest_counts_every_rule_of_appraisal(file, old, new, project):
    digest = load_policy("2026-06", root=project).digest
    rewrite(project, file, old, new)
    assert load_policy("2026-06", root=project).digest != digest


def test_before_the_first_date_there_is_an_error_that_names_it(project):
    with pytest.raises(
        ParamError, match=r"no value in force on 2023-12-01; allowed: periods from 2024-01-01 on"
    ):
        load_policy("2023-12", root=project)


def test_what_was_recorded_later_is_not_seen(project):
    rewrite(
        project,
        "weights.yaml",
        CENTROID,
        LATER.replace("decided: board", "decided: board, recorded: 2026-07-20"),
    )
    for as_of, result in (
        (date(2026, 7, 19), Fraction(17, 30)),
        (date(2026, 7, 20), Fraction(3, 5)),
        (None, Fraction(3, 5)),
    ):
        assert load_policy("2026-07", as_of=as_of, root=project).dimension_weights["result"] == result


def test_recorded_defaults_to_the_date_in_force(project):
    rewrite(project, "weights.yaml", CENTROID, LATER)
    assert load_policy("2026-07", as_of=date(2026, 6, 30), root=project).dimension_weights[
        "result"
    ] == Fraction(17, 30)


def test_a_day_before_anything_was_recorded_is_refused(project):
    with pytest.raises(ParamError, match=r"no value known on 2023-05-01; allowed: a day from 2024-01-01 on"):
        load_policy("2026-06", as_of=date(2023, 5, 1), root=project)


def test_after_its_review_a_value_is_refused_unless_allowed(project):
    assert load_policy("2027-12", root=project).digest
    with pytest.raises(
        ParamError, match=r"promotions_2027.review_by: found a value to be reviewed by 2027-12-31"
    ):
        load_policy("2028-01", root=project)
    policy = load_policy("2028-01", root=project, allow_expired=True)
    assert policy.at("2028-02").allow_expired


def test_at_gives_the_same_rules_for_another_period(project):
    policy = load_policy("2026-06", scenario="result_60", as_of=date(2026, 7, 10), root=project)
    other = policy.at("2026-Q1")
    assert (other.period.label, other.scenario, other.as_of, other.root) == (
        "2026-Q1",
        "result_60",
        policy.as_of,
        project,
    )


def test_a_fiscal_period_is_read_with_the_source_s_own_year():
    policy = load_policy("FY2019", source="pl300", root=ROOT)
    assert (policy.period.first, policy.period.last) == (date(2018, 7, 1), date(2019, 6, 30))


def test_a_period_that_cannot_be_read_is_refused():
    with pytest.raises(PeriodError, match="2026-13"):
        load_policy("2026-13", root=ROOT)


months = st.dates(date(2024, 2, 1), date(2030, 1, 1)).map(lambda day: day.replace(day=1))


@given(dates=st.sets(months, min_size=1, max_size=5), day=st.dates(date(2024, 1, 1), date(2031, 1, 1)))
@settings(max_examples=60, deadline=None)
def test_the_value_in_force_is_the_latest_that_has_begun(dates, day):
    from salesperf_lib.params.book import Parameter, open_at
    from salesperf_lib.params.faults import Placed
    from salesperf_lib.params.schema import SUBJECTS

    begins = sorted({date(2024, 1, 1), *dates})
    values = {since: {"value": number, "decided": "x"} for number, since in enumerate(begins)}
    text = {"zh": "x", "en": "x"}
    raw = {
        "name": text,
        "description": text,
        "unit": "days",
        "source": "x",
        "values": dict(reversed(values.items())),
    }
    entry = SUBJECTS["company"].fixed["close_day"].model_validate(raw)
    rules, problems = open_at(
        {"company.close_day": Parameter("company.close_day", entry, Placed(raw, ()))}, day
    )
    assert problems == []
    assert rules["company.close_day"].value == sum(since <= day for since in begins) - 1


# -- fractions --------------------------------------------------------------------------------------


@given(parts=st.lists(st.integers(1, 10_000), min_size=1, max_size=20))
def test_shares_written_as_fractions_sum_to_one_exactly(parts):
    total = sum(parts)
    assert sum(read_share(f"{part}/{total}") for part in parts) == 1


@given(parts=st.lists(st.integers(0, 1000), min_size=1, max_size=20), digits=st.integers(1, 6))
def test_shares_written_as_decimals_are_taken_as_written(parts, digits):
    scale = 10**digits
    shares = [part / scale for part in parts if part <= scale]
    assert sum((read_share(share) for share in shares), Fraction(0)) == Fraction(
        sum(p for p in parts if p <= scale), scale
    )


@pytest.mark.parametrize(
    "wrong", [True, None, "1/0", "a", "1 / 3", "0.5", [1], -0.1, 1.01, float("nan"), float("inf"), "4/3", 55]
)
def test_what_is_no_share_is_refused(wrong):
    from pydantic_core import PydanticCustomError

    with pytest.raises(PydanticCustomError):
        read_share(wrong)


# -- where things are -------------------------------------------------------------------------------


def test_the_root_is_the_environment_s_then_the_nearest_parent_then_the_checkout(
    project, monkeypatch, tmp_path_factory
):
    inner = project / "notebooks" / "deep"
    inner.mkdir(parents=True)
    monkeypatch.delenv("SALESPERF_ROOT", raising=False)
    monkeypatch.chdir(inner)
    assert project_root() == project.resolve()
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    monkeypatch.chdir(elsewhere)
    assert project_root() == ROOT
    monkeypatch.setenv("SALESPERF_ROOT", str(project))
    assert project_root() == project.resolve()
    monkeypatch.setenv("SALESPERF_ROOT", str(elsewhere))
    with pytest.raises(ParamError, match="SALESPERF_ROOT"):
        project_root()


@pytest.mark.parametrize("name", ["../../etc/passwd", "nope", "", "sample.yaml", "/etc/passwd"])
def test_an_unknown_source_or_scenario_is_refused_and_the_known_ones_named(name):
    with pytest.raises(ParamError, match="sample"):
        source_file(name, ROOT)
    with pytest.raises(ParamError, match="result_60"):
        scenario_file(name, ROOT)
    with pytest.raises(ParamError, match="result_60"):
        load_policy("2026-06", scenario=name, root=ROOT)


def test_lists_are_sorted():
    assert list_scenarios(ROOT) == tuple(sorted(list_scenarios(ROOT)))
    assert "sample" in list_sources(ROOT)


def test_a_file_that_changes_is_read_again(project):
    assert load_policy("2026-06", root=project).company.close_day == 10
    rewrite(project, "company.yaml", "{value: 10, decided", "{value: 12, decided")
    assert load_policy("2026-06", root=project).company.close_day == 12


# -- knobs ------------------------------------------------------------------------------------------


def test_every_decided_value_is_a_knob_that_a_scenario_can_turn(project):
    listed = knobs(project)
    assert len({(knob.parameter, knob.path) for knob in listed}) == len(listed)
    assert {knob.parameter.split(".")[0] for knob in listed} == {
        "company", "kpis", "roles", "weights", "scoring", "grades", "feedback", "calendar", "targets"
    }  # fmt: skip
    floor = next(knob for knob in listed if (knob.parameter, knob.path) == ("scoring.volume", ("floor",)))
    assert floor.value == 0.5
    assert floor.turned(0.6) == {"kind": "ratio", "floor": 0.6, "cap": 1.2}
    window = next(
        knob for knob in listed if knob.parameter == "calendar.promotions_2026" and knob.path[-1] == "first"
    )
    assert window.turned(window.value + timedelta(1))[window.path[0]]["first"] == window.value + timedelta(1)
