"""Schemes: presets, saving as a scenario, adopting as a rule; and what is refused."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from fractions import Fraction

import numpy as np
import pytest

from salesperf_lib import params, weights
from salesperf_lib.errors import ParamError
from salesperf_lib.params import Name
from salesperf_lib.weights.scheme import exact_weights

DAY = date(2026, 7, 20)
"""On it June is the last closed month."""

TITLE, PURPOSE = Name("偏重过程: 试", "More process: a trial"), Name("谁会变？", "Who changes? #1 'quoted'")
WEIGHTS = {"result": Fraction("0.52"), "process": Fraction("0.3"), "potential": Fraction("0.18")}
CSAT = {"csat": Fraction("0.4"), "first_response_seconds": Fraction("0.15"), "script_violations": Fraction("0.2"),
        "report_timeliness_rate": Fraction("0.15"), "collaboration_score": Fraction("0.1")}  # fmt: skip
MOVED = weights.Scheme("chosen", WEIGHTS, {("service", "process"): CSAT})


@pytest.fixture(scope="module")
def explored(sample_appraisal):
    return weights.explore(sample_appraisal)


@pytest.fixture
def project(root, tmp_path):
    shutil.copytree(root / "params", tmp_path / "params")
    return tmp_path


def test_presets_are_the_scheme_in_force_the_centre_the_corners_and_saved_schemes(explored):
    found = {each.name: each for each in weights.schemes(explored)}
    assert list(found) == ["in_force", "centre", "corner_1", "corner_2", "corner_3", "result_60"]
    third = {"result": Fraction(17, 30), "process": Fraction(4, 15), "potential": Fraction(1, 6)}
    assert found["in_force"].dimension_weights == found["centre"].dimension_weights == third
    corners = {tuple(found[f"corner_{i}"].dimension_weights.values()) for i in (1, 2, 3)}
    assert corners == {
        (Fraction(3, 5), Fraction(3, 10), Fraction(1, 10)),
        (Fraction(3, 5), Fraction(1, 5), Fraction(1, 5)),
        (Fraction(1, 2), Fraction(3, 10), Fraction(1, 5)),
    }
    assert found["result_60"].kind == "saved"
    assert found["result_60"].title.en == "Result at 60 %"
    # costly_traffic changes roles, forced_distribution grades: neither is a choice of these weights alone
    for each in found.values():
        weights.fail_if_outside(explored, each)


def test_a_saved_scheme_is_a_valid_scenario_that_gives_the_same_weights_back(explored, project):
    path = weights.save_scheme(explored, MOVED, "more_process", TITLE, PURPOSE, project)
    assert path == project / "params" / "scenarios" / "more_process.yaml"
    assert params.check_params(project) == []
    policy = params.load_policy("2026-06", "sample", "more_process", root=project)
    assert dict(policy.dimension_weights) == WEIGHTS
    assert {row.kpi: row.weight for row in policy.roles["service"].kpis if row.dimension == "process"} == CSAT
    assert policy.scenario_name == TITLE
    base = params.load_policy("2026-06", "sample", root=project)
    gates = {row.kpi: row.gate for row in base.roles["service"].kpis}
    assert {row.kpi: row.gate for row in policy.roles["service"].kpis} == gates
    kept = [row for row in policy.roles["service"].kpis if row.dimension != "process"]
    assert kept == [row for row in base.roles["service"].kpis if row.dimension != "process"]
    # May keeps its rules; the quarter's set stays as it was
    assert policy.at("2026-05").dimension_weights == base.dimension_weights
    assert policy.at("2026-Q3").roles["service"] == base.at("2026-Q3").roles["service"]
    again = weights.schemes(replace_root(explored, project))[-2:]
    assert [each.name for each in again] == ["more_process", "result_60"]
    assert again[0].dimension_weights == WEIGHTS
    assert again[0].sub_weights == {("service", "process"): CSAT}


def replace_root(explored, root):
    """Let an exploration find its scenarios in another project."""
    policy = replace(explored.policy, root=root)
    return replace(explored, appraisal=replace(explored.appraisal, policy=policy))


def test_two_who_save_the_same_name_do_not_overwrite_each_other(explored, project):
    path = weights.save_scheme(explored, MOVED, "mine", TITLE, PURPOSE, project)
    before = path.read_bytes()
    other = replace(MOVED, sub_weights={})
    with pytest.raises(ParamError, match=r"mine\.yaml: found a scenario already.*choose another"):
        weights.save_scheme(explored, other, "mine", TITLE, PURPOSE, project)
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.glob(".*")] == []


def test_whoever_comes_second_while_the_first_is_writing_is_told(explored, project, monkeypatch):
    from salesperf_lib.params import scenario_files

    path = project / "params" / "scenarios" / "raced.yaml"
    make = scenario_files.create_file

    def late(file, text):
        path.write_text("somebody else's", "utf-8")
        make(file, text)

    monkeypatch.setattr(scenario_files, "create_file", late)
    with pytest.raises(ParamError, match="a scenario already"):
        weights.save_scheme(explored, MOVED, "raced", TITLE, PURPOSE, project)
    assert path.read_text("utf-8") == "somebody else's"


@pytest.mark.parametrize("key", ["", "base", "Mine", "../out", "a b", "权重"])
def test_a_scheme_needs_a_file_name(explored, project, key):
    with pytest.raises(ParamError, match="small letters, digits and underscores"):
        weights.save_scheme(explored, MOVED, key, TITLE, PURPOSE, project)


def test_a_scheme_needs_its_texts_in_both_languages_and_a_change(explored, project):
    with pytest.raises(ParamError, match=r"name\.zh.*\n.*purpose\.en|name\.zh[\s\S]*purpose\.en"):
        weights.save_scheme(explored, MOVED, "mine", Name(" ", "x"), Name("x", ""), project)
    with pytest.raises(ParamError, match="the weights in force"):
        weights.save_scheme(explored, explored.in_force, "mine", TITLE, PURPOSE, project)
    assert not (project / "params" / "scenarios" / "mine.yaml").exists()


OUTSIDE = {
    "range": (replace(MOVED, dimension_weights={**WEIGHTS, "result": Fraction("0.7"), "process": Fraction("0.12")}),
              r"result: found 0.7; allowed: 0.5 to 0.6"),
    "sum": (replace(MOVED, dimension_weights={**WEIGHTS, "result": Fraction("0.51")}), "sum to 0.99"),
    "inner sum": (replace(MOVED, sub_weights={("service", "process"): {**CSAT, "csat": Fraction("0.3")}}),
                  "service, process: found weights that sum to 0.9"),
    "older set": (replace(MOVED, sub_weights={("service", "process"): {"csat": Fraction(1)}}),
                  "saved under another set of indicators"),
    "no such role": (replace(MOVED, sub_weights={("pilot", "process"): {"csat": Fraction(1)}}),
                     "a role and dimension of operations"),
}  # fmt: skip


@pytest.mark.parametrize("name", OUTSIDE)
def test_what_the_policy_does_not_admit_is_refused_and_nothing_is_written(explored, project, name):
    scheme, told = OUTSIDE[name]
    before = sorted(p.read_bytes() for p in (project / "params").rglob("*.yaml"))
    for act in (
        lambda: weights.save_scheme(explored, scheme, "mine", TITLE, PURPOSE, project),
        lambda: weights.adopt_scheme(explored, scheme, date(2026, 8, 1), "board", DAY, root=project),
    ):
        with pytest.raises(ParamError, match=told):
            act()
    assert sorted(p.read_bytes() for p in (project / "params").rglob("*.yaml")) == before


def test_an_adopted_scheme_is_the_rule_from_its_month_on(explored, project):
    paths = weights.adopt_scheme(
        explored, MOVED, date(2026, 8, 1), "meeting 2026-07-20", DAY, note="more weight on process",
        root=project,
    )  # fmt: skip
    assert [path.name for path in paths] == ["weights.yaml", "roles.yaml"]
    assert params.check_params(project) == []
    july, august = (params.load_policy(f"2026-0{m}", "sample", root=project) for m in (7, 8))
    assert july.dimension_weights == explored.policy.dimension_weights
    assert july.roles == explored.policy.roles
    assert dict(august.dimension_weights) == WEIGHTS
    assert {r.kpi: r.weight for r in august.roles["service"].kpis if r.dimension == "process"} == CSAT
    assert august.decisions["weights.dimension_weights_month"].decided == "meeting 2026-07-20"
    early = params.load_policy("2026-08", "sample", as_of=date(2026, 7, 19), root=project)
    assert early.dimension_weights == explored.policy.dimension_weights  # not known yet on that day
    text = (project / "params" / "weights.yaml").read_text("utf-8")
    assert "corners\n# (.60, .20, .20)" in text  # comments stay
    with pytest.raises(ParamError, match="a value already"):
        weights.adopt_scheme(explored, MOVED, date(2026, 8, 1), "again", DAY, root=project)


def test_adopting_writes_all_files_or_none(explored, project):
    roles = project / "params" / "roles.yaml"
    taken = replace(MOVED, dimension_weights=dict(explored.policy.dimension_weights))
    weights.adopt_scheme(explored, taken, date(2026, 8, 1), "board", DAY, root=project)
    before = (project / "params" / "weights.yaml").read_bytes(), roles.read_bytes()
    with pytest.raises(ParamError, match=r"roles\.yaml service\.values\.2026-08-01"):
        weights.adopt_scheme(explored, MOVED, date(2026, 8, 1), "board", DAY, root=project)
    assert ((project / "params" / "weights.yaml").read_bytes(), roles.read_bytes()) == before


CLOSED = [
    (date(2026, 6, 1), DAY, "2026-06-30"),
    (date(2026, 6, 30), DAY, "2026-06-30"),
    (date(2026, 7, 2), DAY, "2026-06-30"),
    (date(2024, 1, 1), DAY, "2026-06-30"),
    (date(2026, 8, 1), date(2026, 9, 10), "2026-08-31"),  # written down when August is closed
    (date(2026, 8, 1), date(2026, 9, 9), None),  # a day before
    (date(2026, 7, 1), date(2026, 7, 1), None),
]


@pytest.mark.parametrize(("since", "recorded", "closed"), CLOSED)
def test_closed_months_keep_the_rules_they_had(explored, project, since, recorded, closed):
    if closed is None:
        assert weights.adopt_scheme(explored, MOVED, since, "board", recorded, root=project)
        return
    with pytest.raises(ParamError, match=f"the first day of a month after {closed}"):
        weights.adopt_scheme(explored, MOVED, since, "board", recorded, root=project)


def under(explored, root, period=None, scenario="base"):
    """Let an exploration stand under the rules of another project, period or scenario."""
    label = period or explored.policy.period.label
    policy = params.load_policy(label, "sample", scenario, root=root)
    return replace(explored, appraisal=replace(explored.appraisal, policy=policy))


def test_adopting_keeps_what_else_was_decided_of_a_role(explored, project):
    # In July the month's set of service gets another weight on result; a process scheme is adopted in August.
    raw = next(knob.whole for knob in params.knobs(project) if knob.parameter == "roles.service")
    month = {name: dict(part) for name, part in raw["month"].items()}
    month["result"]["refund_rate"] = {"weight": 0.05}
    month["result"]["net_sales"] = {"weight": 0.35}
    params.append_value(
        "roles", "service", date(2026, 7, 1), {**raw, "month": month}, "meeting", root=project
    )
    weights.adopt_scheme(under(explored, project), MOVED, date(2026, 8, 1), "board", DAY, root=project)
    august = params.load_policy("2026-08", "sample", root=project)
    own = {row.kpi: row.weight for row in august.roles["service"].kpis}
    assert own["refund_rate"] == Fraction("0.05")
    assert {kpi: own[kpi] for kpi in CSAT} == CSAT


def test_a_month_s_sub_weights_leave_longer_layers_as_they_are(explored, project):
    # hosts have no set of their own for the quarter: it follows the month's
    rows = [row for row in explored.policy.roles["host"].kpis if row.dimension == "potential"]
    first, second = rows[0].kpi, rows[1].kpi
    given = {row.kpi: row.weight for row in rows}
    given[first] += Fraction("0.1")
    given[second] -= Fraction("0.1")
    scheme = replace(MOVED, sub_weights={("host", "potential"): given})
    before = [params.load_policy(p, "sample", root=project).roles["host"] for p in ("2026-Q4", "2027")]
    weights.adopt_scheme(explored, scheme, date(2026, 8, 1), "board", DAY, root=project)
    after = [params.load_policy(p, "sample", root=project).roles["host"] for p in ("2026-Q4", "2027")]
    assert before == after
    changed = params.load_policy("2026-10", "sample", root=project).roles["host"]
    assert {row.kpi: row.weight for row in changed.kpis if row.dimension == "potential"} == given


@pytest.mark.parametrize("scenario", ["result_60", "forced_distribution", "costly_traffic"])
def test_nothing_is_written_down_from_inside_a_scenario(explored, project, scenario):
    inside = under(explored, project, scenario=scenario)
    with pytest.raises(ParamError, match=f"found {scenario}; allowed: base"):
        weights.save_scheme(inside, MOVED, "mine", TITLE, PURPOSE, project)
    with pytest.raises(ParamError, match=f"found {scenario}; allowed: base"):
        weights.adopt_scheme(inside, MOVED, date(2026, 8, 1), "board", DAY, root=project)


def test_a_scheme_saved_under_an_older_set_of_indicators_is_listed_and_refused(explored, project):
    weights.save_scheme(under(explored, project, "2026-05"), MOVED, "may", TITLE, PURPOSE, project)
    raw = next(knob.whole for knob in params.knobs(project) if knob.parameter == "roles.service")
    month = {name: dict(part) for name, part in raw["month"].items()}
    month["process"] = {"csat": {"weight": 0.6}, "script_violations": {"weight": 0.4, "gate": 60}}
    params.append_value(
        "roles", "service", date(2026, 6, 1), {**raw, "month": month}, "meeting", root=project
    )
    now = under(explored, project)
    found = next(each for each in weights.schemes(now) if each.name == "may")
    assert found.stale
    assert found.sub_weights == {}
    with pytest.raises(ParamError, match="decided anew since; allowed"):
        weights.compare(now, found)
    assert not next(each for each in weights.schemes(now) if each.name == "result_60").stale


def test_a_saved_scheme_appraised_gives_what_was_shown(explored, sample_appraisal, project):
    from salesperf_lib import grades, scores

    shown = weights.compare(explored, MOVED).set_index("person_id")
    weights.save_scheme(explored, MOVED, "shown", TITLE, PURPOSE, project)
    policy = params.load_policy("2026-06", "sample", "shown", root=project)
    made = sample_appraisal
    lines = scores.score(
        scores.Inputs(made.kpis, made.targets, made.parts, made.factors), made.people, policy
    )
    out = set(made.grades.loc[made.grades["vetoed"], "person_id"])
    want = grades.assign(scores.composites(lines, made.people), policy, None, out).set_index("person_id")
    own = shown.index[~shown["vetoed"]]
    for mine, theirs in (("score_new", "score"), ("rank_new", "rank"), ("grade_new", "grade")):
        assert shown.loc[own, mine].tolist() == want.loc[own, theirs].tolist()


def test_somebody_must_have_decided_and_something_must_change(explored, project):
    with pytest.raises(ParamError, match="name the meeting or the person"):
        weights.adopt_scheme(explored, MOVED, date(2026, 8, 1), " ", DAY, root=project)
    with pytest.raises(ParamError, match="the weights in force"):
        weights.adopt_scheme(explored, explored.in_force, date(2026, 8, 1), "board", DAY, root=project)


def test_exact_weights_sum_to_one_and_keep_simple_fractions():
    assert list(exact_weights(np.array([17, 8, 5]) / 30).values()) == [
        Fraction(17, 30), Fraction(4, 15), Fraction(1, 6),
    ]  # fmt: skip
    found = exact_weights(np.array([0.5123456, 0.2876544, 0.2]))
    assert list(found.values()) == [Fraction("0.5123456"), Fraction("0.2876544"), Fraction("0.2")]
    assert sum(exact_weights(np.full(3, 1 / 3 + 1e-7)).values()) == 1


def test_a_year_s_scheme_changes_the_weights_of_all_its_layers(explored, sample_policy, project):
    year = replace(explored, appraisal=replace(explored.appraisal, policy=sample_policy.at("2025")))
    scheme = weights.Scheme("chosen", WEIGHTS)
    weights.save_scheme(year, scheme, "year", TITLE, PURPOSE, project)
    for period in ("2025-03", "2025-Q2", "2025"):
        policy = params.load_policy(period, "sample", "year", root=project)
        assert dict(policy.dimension_weights) == WEIGHTS


def test_a_year_s_scheme_stands_wherever_the_rules_have_a_value_of_their_own(
    explored, sample_policy, project
):
    same = dict(sample_policy.dimension_weights)
    params.append_value("weights", "dimension_weights_month", date(2025, 7, 1), same, "again", root=project)
    year = replace(explored, appraisal=replace(explored.appraisal, policy=sample_policy.at("2025")))
    weights.save_scheme(year, weights.Scheme("chosen", WEIGHTS), "year", TITLE, PURPOSE, project)
    for period in ("2025-01", "2025-08", "2025-12"):
        assert dict(params.load_policy(period, "sample", "year", root=project).dimension_weights) == WEIGHTS


def test_a_year_whose_months_have_other_weights_is_no_single_weighting(sample_appraisal, project):
    params.append_value(
        "weights", "dimension_weights_month", date(2025, 7, 1), WEIGHTS, "later", root=project
    )
    policy = params.load_policy("2025", "sample", root=project)
    lines = sample_appraisal.scores.assign(scored_in="2025-08")
    with pytest.raises(ParamError, match="other weights in 2025-08"):
        weights.explore(replace(sample_appraisal, policy=policy, scores=lines))


def test_a_year_s_digest_is_of_its_months_and_quarters_too(project):
    before = params.load_policy("2025", "sample", root=project).digest
    params.append_value(
        "weights", "dimension_weights_month", date(2025, 7, 1), WEIGHTS, "later", root=project
    )
    assert params.load_policy("2025", "sample", root=project).digest != before
    half = params.load_policy("2025-03", "sample", root=project).digest
    params.append_value(
        "weights", "dimension_weights_month", date(2025, 9, 1), WEIGHTS, "later", root=project
    )
    assert params.load_policy("2025-03", "sample", root=project).digest == half


def test_a_dimension_that_weighs_nothing_in_force_is_refused(sample_appraisal, project):
    policy = sample_appraisal.policy
    none = {"result": Fraction("0.7"), "process": Fraction("0.3"), "potential": Fraction(0)}
    odd = replace(sample_appraisal, policy=replace(policy, dimension_weights=none))
    with pytest.raises(ParamError, match="nothing on potential"):
        weights.explore(odd)
