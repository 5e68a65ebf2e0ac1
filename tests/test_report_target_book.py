"""The target book: a manager's four questions are answered, for the own team only, and sums hold."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from salesperf_lib import charts, facts
from salesperf_lib.errors import DataError, PeriodError
from salesperf_lib.reports import target_book, target_parts, target_reasons

SECTIONS = (
    target_book.masthead, target_book.coverage, target_book.number, target_reasons.why, target_reasons.difficulty,
    target_reasons.what_if, target_parts.tree, target_parts.calendar, target_reasons.rates, target_parts.history,
    target_book.limits, target_book.reproduce,
)  # fmt: skip


@pytest.fixture(scope="module")
def team(sample_appraisal):
    return target_book.open_target_book("t1", "2026-06", "zh")


@pytest.fixture(scope="module")
def company(sample_appraisal):
    return target_book.open_target_book("company", "2026-06", "en")


def _words(book):
    return re.sub(r"<style>.*?</style>|<[^>]+>", " ", " ".join(section(book).html for section in SECTIONS))


def _october(book, kpi="net_sales", column="target"):
    rows = book.report.appraisal.targets
    own = rows[(rows["unit_id"] == book.report.team) & (rows["period"] == "2026-10") & (rows["kpi"] == kpi)]
    return float(own[column].iloc[0])


def test_october_is_explained_where_no_month_is_named(team):
    assert team.month.label == "2026-10"


def test_the_first_sentence_is_the_number_of_the_month_and_its_chance(team):
    said = target_book.say_number(team)
    assert f"{_october(team) / 1e6:.1f}万元" in said
    assert f"{100 * _october(team, column='p_hit'):.0f}%" in said


def test_the_steps_drawn_end_at_the_target(team, company):
    for book in (team, company):
        steps = target_reasons.steps(book)
        assert steps["amount"].iloc[-1] == _october(book)
        parts = steps.loc[steps["kind"] != "end", "amount"].sum()
        assert parts == pytest.approx(_october(book), rel=1e-3)  # what cannot be seen is not drawn


def test_a_month_of_the_year_before_is_refused_with_those_that_are_allowed(sample_appraisal):
    with pytest.raises(PeriodError, match="2026-01 to 2026-12"):
        target_book.open_target_book("t1", "2026-06", "zh", "2025-10")


def test_an_unknown_team_is_named_with_the_known_ones(sample_appraisal):
    with pytest.raises(DataError, match="t9"):
        target_book.open_target_book("t9", "2026-06", "zh")


def test_the_parts_of_a_team_and_of_the_company_add_up_in_every_period(team, company):
    for book, level in ((team, "person"), (company, "team")):
        whole = {
            key[2]: value for key, value in book.amounts.items() if key[:2] == (book.level, book.report.team)
        }
        assert len(whole) == 17
        for period, amount in whole.items():
            parts = [value for key, value in book.amounts.items() if key[0] == level and key[2] == period]
            assert sum(parts) == amount


def test_milestones_are_cumulative_and_their_gate_is_ninety_per_cent(company):
    rows = target_book.milestones(company)
    assert rows["cumulative"].tolist() == rows["target"].cumsum().tolist()
    assert rows["cumulative"].iloc[-1] == company.target("net_sales", "2026")
    assert rows["gate"].tolist() == pytest.approx((0.9 * rows["cumulative"]).tolist())
    assert rows["actual"].isna().tolist() == [False, False, True, True]


def test_dearer_acquisition_follows_the_formula_of_the_methodology(company):
    rows = target_reasons.alternatives(company).set_index("alternative")
    assert rows.loc["none", "leads"] == pytest.approx(_october(company, "acquired_customers") / 1.3)
    assert rows.loc["none", "unfunded_share"] == pytest.approx(1 - 1 / 1.3)
    assert rows.loc["keep", "sales"] == pytest.approx(_october(company))
    assert rows.loc["order_value", "unfunded_gap"] == 0


def test_a_team_s_book_names_nobody_of_another_team(team, sample_facts):
    roster = facts.roster_days(sample_facts).select("person_id", "team_id", "name").execute()
    own = roster[roster["team_id"] == "t1"]
    others = roster[~roster["person_id"].isin(own["person_id"]) & ~roster["name"].isin(own["name"])]
    words = _words(team) + target_reasons.chances(team).to_csv()
    assert len(others) > 20
    assert [name for name in {*others["name"], *others["person_id"]} if name in words] == []
    assert any(name in words for name in own["name"])


def test_the_company_s_book_names_no_person_at_all(company, sample_facts):
    roster = facts.roster_days(sample_facts).select("person_id", "name").execute()
    words = _words(company) + target_reasons.chances(company).to_csv()
    assert [name for name in {*roster["name"], *roster["person_id"]} if name in words] == []


def test_every_section_speaks_its_reader_s_language(team, company):
    assert len(re.findall("[\u4e00-\u9fff]", _words(team))) > 500
    named = "".join(facts.team_table(company.report.facts)["name"].dropna())
    strange = set(re.findall("[\u4e00-\u9fff]", _words(company))) - set(named)
    assert strange == set()


def test_the_command_yields_the_same_month_again(team):
    assert "--teams t1" in target_book.reproduce(team).html
    assert "-p month=2026-10" in target_book.reproduce(team).html


def test_figures_are_drawn_and_nothing_is_drawn_of_nothing(team):
    locale = team.report.locale
    assert charts.target_months(target_parts.months(team), locale) is not None
    assert charts.target_steps(target_reasons.steps(team), "t1", locale) is not None
    assert charts.target_months(pd.DataFrame(), locale) is None
    assert charts.target_steps(pd.DataFrame(), "t1", locale) is None


def test_the_notebook_calls_only_what_there_is(root):
    source = (root / "notebooks" / "10_target_decomposition.ipynb").read_text("utf-8")
    modules = {"target_book": target_book, "target_parts": target_parts, "target_reasons": target_reasons}
    called = re.findall(r"(target_(?:book|parts|reasons))\.(\w+)\(", source)
    assert len(called) > 15
    assert [f"{module}.{name}" for module, name in called if not hasattr(modules[module], name)] == []
