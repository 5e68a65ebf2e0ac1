"""Sources and scenarios laid over the rules: base < source < scenario."""

from __future__ import annotations

import shutil
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from salesperf_lib.errors import ParamError
from salesperf_lib.params import check_params, knobs, load_policy

ROOT = Path(__file__).resolve().parents[1]
NAMES = "name: {zh: 试算, en: Trial}\npurpose: {zh: 试, en: To try}\n"


@pytest.fixture
def project(tmp_path) -> Path:
    """Give a copy of params/ without the project's own sources and scenarios."""
    skip = shutil.ignore_patterns("sources", "schema", "scenarios")
    shutil.copytree(ROOT / "params", tmp_path / "params", ignore=skip)
    for folder in ("sources", "scenarios"):
        (tmp_path / "params" / folder).mkdir()
    (tmp_path / "params" / "sources" / "sample.yaml").write_text("name: {zh: 示例, en: Sample}\n", "utf-8")
    return tmp_path


def scenario(project: Path, changes: str, head: str = NAMES) -> None:
    (project / "params" / "scenarios" / "trial.yaml").write_text(head + changes, "utf-8")


def source(project: Path, policy: str) -> None:
    text = f"name: {{zh: 老店, en: Old shop}}\nroot: data/old\npolicy:\n{policy}"
    (project / "params" / "sources" / "old.yaml").write_text(text, "utf-8")


def messages(project: Path) -> list[str]:
    return [str(problem) for problem in check_params(project)]


def test_an_undated_change_replaces_the_value_from_the_first_date_on(project):
    scenario(project, "changes:\n  company.close_day: {value: 5, decided: trial}\n")
    for period in ("2024-01", "2026-06"):
        assert load_policy(period, scenario="trial", root=project).company.close_day == 5
        assert load_policy(period, root=project).company.close_day == 10


def test_an_undated_change_drops_the_later_values_of_the_base(project):
    path = project / "params" / "company.yaml"
    text = path.read_text("utf-8")
    line = "2024-01-01: {value: 10, decided: founding policy}"
    path.write_text(text.replace(line, f"{line}\n    2025-01-01: {{value: 12, decided: board}}"), "utf-8")
    scenario(project, "changes:\n  company.close_day: {value: 5, decided: trial}\n")
    assert load_policy("2026-06", root=project).company.close_day == 12
    assert load_policy("2026-06", scenario="trial", root=project).company.close_day == 5


def test_dated_changes_are_merged_by_date(project):
    scenario(
        project, "changes:\n  company.close_day:\n    values:\n      2026-06-01: {value: 5, decided: trial}\n"
    )
    found = {
        month: load_policy(month, scenario="trial", root=project).company.close_day
        for month in ("2026-05", "2026-06")
    }
    assert found == {"2026-05": 10, "2026-06": 5}


def test_a_scenario_with_no_effect_on_values_keeps_the_digest(project):
    scenario(project, "changes:\n  company.close_day: {value: 10, decided: trial}\n")
    policy = load_policy("2026-06", scenario="trial", root=project)
    assert policy.digest == load_policy("2026-06", root=project).digest
    assert (policy.scenario, policy.scenario_name.en) == ("trial", "Trial")


def test_a_new_parameter_is_given_whole(project):
    role = """changes:
  roles.intern:
    name: {zh: 实习生, en: Intern}
    description: {zh: 实习, en: Learns}
    unit: share
    source: trial
    values:
      2026-01-01:
        decided: trial
        waiver: only learning counts
        value:
          without: [result, process]
          month: {potential: {training_pass_rate: {weight: 1}}}
"""
    scenario(project, role)
    assert messages(project) == []
    assert "intern" not in load_policy("2025-12", scenario="trial", root=project).roles
    policy = load_policy("2026-01", scenario="trial", root=project)
    assert dict(policy.weights_of("intern")) == {"potential": Fraction(1)}


def test_the_scenario_wins_over_the_source_and_the_source_over_the_base(project):
    source(
        project,
        "  changes:\n    company.close_day: {value: 0, decided: data}\n    company.currency: {value: USD, decided: data}\n",
    )
    scenario(project, "changes:\n  company.close_day: {value: 5, decided: trial}\n")
    alone = load_policy("2026-06", source="old", root=project).company
    both = load_policy("2026-06", source="old", scenario="trial", root=project).company
    assert (alone.close_day, alone.currency) == (0, "USD")
    assert (both.close_day, both.currency) == (5, "USD")
    assert load_policy("2026-06", root=project).company.currency == "CNY"


def test_a_historical_source_lets_the_founding_rules_count_from_its_first_date(project):
    source(
        project, "  first_date: 1996-07-01\n  changes:\n    company.currency: {value: USD, decided: data}\n"
    )
    policy = load_policy("1996-07", source="old", root=project)
    assert policy.company.currency == "USD"
    assert policy.dimension_weights["result"] == Fraction(17, 30)
    assert "host" in policy.roles
    assert policy.decisions["weights.dimension_weights_month"].since == date(1996, 7, 1)
    with pytest.raises(ParamError, match="periods from 1996-07-01 on"):
        load_policy("1996-06", source="old", root=project)


def test_a_later_first_date_changes_nothing(project):
    source(project, "  first_date: 2025-01-01\n")
    assert (
        load_policy("2024-06", source="old", root=project).digest
        == load_policy("2024-06", root=project).digest
    )


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ("changes:\n  company.closeday: {value: 5, decided: x}\n", ["trial.yaml:4 changes.company.closeday: found an unknown parameter", "such as company.close_day"]),
        ("changes:\n  companies.name: {value: 5, decided: x}\n", ["changes.companies.name: found an unknown parameter"]),
        ("changes:\n  company.close_day: {value: 50, decided: x}\n", ["trial.yaml:4 changes.company.close_day.value: found 50", "less than or equal to 28"]),
        ("changes:\n  company.close_day: {value: 5}\n", ["changes.company.close_day.decided: found nothing", "decided is required"]),
        ("changes:\n  company.close_day:\n    values:\n      2026-06-02: {value: 5, decided: x}\n", ["trial.yaml:6 changes.company.close_day.values.2026-06-02", "the first day of a month"]),
        ("changes:\n  company.close_day:\n    values:\n      2026-06-01: {value: 50, decided: x}\n", ["trial.yaml:6 changes.company.close_day.values.2026-06-01.value: found 50"]),
        ("changes:\n  company.close_day: {value: 5, decided: x, why: y}\n", ["an unknown key why", "value, decided, note, recorded, waiver"]),
        ("changes:\n  weights.dimension_weights_month: {value: {result: 0.7, process: 0.2, potential: 0.1}, decided: x}\n", ["changes.weights.dimension_weights_month.value.result", "0.5 to 0.6", "waiver"]),
        ("changes:\n  roles.intern: {name: {zh: 实习, en: Intern}}\n", ["changes.roles.intern.values: found nothing", "values is required"]),
        ("changes:\n  company.motto: {name: {zh: 座右铭, en: Motto}}\n", ["changes.company.motto: found an unknown parameter motto", "name, currency"]),
        ("changes: {company.close_day: 5}\n", ["trial.yaml:3 changes.company.close_day: found 5", "a valid dictionary"]),
        ("change: {}\n", ["found an unknown key change", "first_date, changes, name, purpose, baseline"]),
        ("baseline: other\n", ["baseline: found 'other'", "'base'"]),
    ],
)  # fmt: skip
def test_a_broken_scenario_is_refused_in_its_own_file(changes, wanted, project):
    scenario(project, changes)
    found = messages(project)
    assert any(all(piece in message for piece in wanted) for message in found), found
    assert all("scenarios/trial.yaml" in message for message in found)
    with pytest.raises(ParamError):
        load_policy("2026-06", scenario="trial", root=project)
    assert load_policy("2026-06", root=project).digest


def test_a_scenario_says_what_it_is_for(project):
    scenario(project, "changes: {}\n", head="name: {zh: 试算, en: Trial}\n")
    assert any("purpose: found nothing" in message for message in messages(project))


def test_a_broken_policy_of_a_source_is_refused_in_the_source_s_file(project):
    source(
        project,
        "  first_day: 1996-07-01\n  changes:\n    company.currency: {value: dollars, decided: data}\n",
    )
    found = messages(project)
    assert len(found) == 1
    assert "params/sources/old.yaml:4 policy.first_day: found an unknown key first_day" in found[0]
    source(project, "  changes:\n    company.currency: {value: dollars, decided: data}\n")
    (message,) = messages(project)
    assert message.startswith(
        "params/sources/old.yaml:5 policy.changes.company.currency.value: found 'dollars'"
    )


def test_a_fault_of_the_base_is_told_once_however_many_layers_share_it(project):
    scenario(project, "changes:\n  company.close_day: {value: 5, decided: x}\n")
    source(project, "  changes: {}\n")
    path = project / "params" / "company.yaml"
    path.write_text(path.read_text("utf-8").replace("value: CNY", "value: yuan"), "utf-8")
    assert len(messages(project)) == 1


def test_every_knob_can_be_turned_by_a_scenario(project):
    """Hand each parameter's own value back through a scenario: nothing may change."""
    from ruamel.yaml import YAML

    whole = {knob.parameter: knob.whole for knob in knobs(project)}
    waivers = {"roles.sales": "generic"}
    changes = {
        name: {"value": value, "decided": "trial", **({"waiver": waivers[name]} if name in waivers else {})}
        for name, value in whole.items()
    }
    with (project / "params" / "scenarios" / "trial.yaml").open("w", encoding="utf-8") as stream:
        YAML().dump(
            {"name": {"zh": "x", "en": "x"}, "purpose": {"zh": "x", "en": "x"}, "changes": changes}, stream
        )
    assert messages(project) == []
    assert (
        load_policy("2026-08", scenario="trial", root=project).digest
        == load_policy("2026-08", root=project).digest
    )
