"""Score lines as arrays: any weighting gives what an appraisal under it would publish."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pandas as pd
import pytest

from salesperf_lib import grades, params, scores, weights
from salesperf_lib.errors import DataError
from salesperf_lib.params import DIMENSIONS
from salesperf_lib.weights.panel import PART


@pytest.fixture(scope="module")
def explored(sample_appraisal):
    return weights.explore(sample_appraisal)


@pytest.fixture(scope="module")
def vetoed(sample_appraisal):
    return set(sample_appraisal.grades.loc[sample_appraisal.grades["vetoed"], "person_id"])


def under(policy, changes, root, folder):
    """Load the sample's June under a scenario that is written as an analyst would write it."""
    shutil.copytree(root / "params", folder / "params", dirs_exist_ok=True)
    scenario = {"name": {"zh": "试", "en": "try"}, "purpose": {"zh": "试", "en": "try"}, "changes": {
        name: {"value": value, "decided": "test"} for name, value in changes.items()
    }}  # fmt: skip
    path = folder / "params" / "scenarios" / "tried.yaml"
    path.write_text(json.dumps(scenario), "utf-8")
    return params.load_policy(policy.period, scenario="tried", root=folder)


def published(made, policy, vetoed):
    """Score and grade everybody by the flow itself."""
    given = scores.Inputs(made.kpis, made.targets, made.parts, made.factors)
    lines = scores.score(given, made.people, policy)
    return grades.assign(scores.composites(lines, made.people), policy, lines, vetoed).set_index("person_id")


def test_the_weights_in_force_give_the_published_scores_to_the_last_bit(explored, sample_appraisal):
    panel = explored.panel
    once = weights.score_once(panel, weights.as_decided(explored.space))
    want = sample_appraisal.composites.set_index("person_id")["score"][panel.people["person_id"]]
    np.testing.assert_array_equal(once, want.to_numpy())
    many = weights.scores_of(panel, weights.as_decided(explored.space))[0]
    np.testing.assert_allclose(many, once, rtol=0, atol=1e-8)


def test_the_panel_holds_whoever_is_assessed_and_not_vetoed(explored, sample_appraisal, vetoed):
    assessed = sample_appraisal.composites.dropna(subset="score")["person_id"]
    assert explored.panel.people["person_id"].tolist() == sorted(set(assessed) - vetoed)
    main = sample_appraisal.grades.set_index("person_id").loc[explored.panel.people["person_id"]]
    assert explored.panel.people["team_id"].tolist() == main["team_id"].tolist()
    assert explored.panel.people["role"].tolist() == main["role"].tolist()


SCHEME = {"result": "1/2", "process": "3/10", "potential": "1/5"}


@pytest.mark.parametrize("distribution", ["thresholds", "forced"])
def test_other_weights_give_what_an_appraisal_under_them_publishes(
    explored, sample_appraisal, vetoed, root, tmp_path, distribution
):
    policy = sample_appraisal.policy
    raw = next(knob.whole for knob in params.knobs(root) if knob.parameter == "roles.operations")
    month = {name: dict(part) for name, part in raw["month"].items()}
    names = list(month["process"])
    moved = dict(zip(names, (0.1, 0.2, 0.3, 0.4), strict=True))
    month["process"] = {name: {**month["process"][name], "weight": moved[name]} for name in names}
    changes = {"weights.dimension_weights_month": SCHEME, "roles.operations": {**raw, "month": month}}
    if distribution == "forced":
        quotas = {"A": "1/5", "B": "1/2", "C": "1/4", "D": "1/20"}
        changes["grades.distribution"] = {"kind": "forced", "cohort": "company", "quotas": quotas}
    other = under(policy, changes, root, tmp_path)
    scheme = weights.Scheme(
        "tried",
        other.dimension_weights,
        {("operations", "process"): {row.kpi: row.weight for row in other.roles["operations"].kpis
                                     if row.dimension == "process"}},
    )  # fmt: skip
    want = published(sample_appraisal, other, vetoed)
    got = weights.compare(explored, scheme, other.grades).set_index("person_id")
    for column, there in (("score_new", "score"), ("rank_new", "rank"), ("grade_new", "grade")):
        own = got.loc[~got["vetoed"], column]
        assert own.tolist() == want.loc[own.index, there].tolist()
    assert got.loc[sorted(vetoed), "grade_new"].tolist() == ["D"] * len(vetoed)
    assert got.loc[sorted(vetoed), "rank_new"].isna().all()
    assert (got["up"].dropna() == (got["rank"] - got["rank_new"]).dropna()).all()


def test_parts_and_missing_points_and_a_phase_are_weighted_as_in_the_frame(sample_policy):
    # One person, half the time in each of two teams; in one of them a KPI of two has no points; a phase
    # doubles the first KPI: its share inside the dimension is 2/3 where both have points (base ½ and ½).
    role = "operations"
    own = list(sample_policy.roles[role].kpis)
    base = {row.kpi: float(row.weight) for row in own}
    place = {row.kpi: row.dimension for row in own}
    rows = []
    for team, gone in (("t1", own[0].kpi), ("t2", "")):
        for row in own:
            inside = base[row.kpi] * (2 if row.kpi == own[0].kpi else 1)
            whole = sum(base[k] * (2 if k == own[0].kpi else 1) for k in base if place[k] == row.dimension)
            outer = float(sample_policy.dimension_weights[row.dimension])
            points = np.nan if row.kpi == gone else 50.0 + len(rows)
            rows.append({"person_id": "p", "team_id": team, "role": role, "layer": "month",
                         "scored_in": "2026-06", "kpi": row.kpi, "dimension": row.dimension,
                         "points": points, "weight_base": 0.5 * outer * inside / whole})  # fmt: skip
    lines = scores.redistribute(pd.DataFrame(rows)).assign(reason="scored", period="2026-06")
    panel = weights.panel_of(lines, sample_policy)
    assert panel.time.tolist() == pytest.approx([0.5, 0.5])
    space = weights.space_of(sample_policy, panel.sets)
    got = weights.score_once(panel, weights.as_decided(space))
    assert got == pytest.approx([lines["contribution"].sum()], abs=1e-8)
    # by hand, under (.5, .3, .2)
    other = dict(zip(DIMENSIONS, (0.5, 0.3, 0.2), strict=True))
    want = 0.0
    for _, part in lines.groupby(PART[:2]):
        for name, weight in other.items():
            told = part[(part["dimension"] == name) & part["points"].notna()]
            inner = told["kpi"].map(lambda kpi: base[kpi] * (2 if kpi == own[0].kpi else 1))
            want += 0.5 * weight * (told["points"] * inner).sum() / inner.sum()
    got = weights.score_once(panel, weights.as_decided(space, np.array([0.5, 0.3, 0.2])))
    assert got == pytest.approx([want], abs=1e-7)


def test_taking_some_people_changes_nothing_about_them(explored):
    panel, rows = explored.panel, np.array([3, 4, 17, 40])
    drawn = weights.draw(explored.space, 0, 50)
    np.testing.assert_allclose(
        weights.scores_of(panel.take(rows), drawn), weights.scores_of(panel, drawn)[:, rows], atol=1e-10
    )
    assert panel.take(rows).people["person_id"].tolist() == panel.people["person_id"].iloc[rows].tolist()


@pytest.mark.parametrize("points", [np.nan, np.inf])
def test_plain_points_must_be_numbers(points):
    with pytest.raises(DataError, match="1 rows that are no numbers, the first 1"):
        weights.panel_from_points(np.array([[1.0], [points]]), [0], np.ones(1))


def test_a_score_frame_with_negative_points_or_without_any_is_refused(sample_appraisal, sample_policy):
    lines = sample_appraisal.scores
    broken = lines.assign(points=lines["points"].where(lines.index != 3, -1.0))
    with pytest.raises(DataError, match=r"E0001, .*-1.0 points"):
        weights.panel_of(broken, sample_policy)
    first = lines["person_id"] == "E0001"
    with pytest.raises(DataError, match="E0001: found assessed without any points"):
        weights.panel_of(lines.assign(weight=lines["weight"].where(~first, 0.0)), sample_policy)
