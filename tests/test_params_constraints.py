"""Further constraints on weights (§4): read, checked, and part of the admissible region everywhere."""

from __future__ import annotations

import json
import re
import shutil
from fractions import Fraction

import numpy as np
import pytest

from salesperf_lib import grades, params, weights
from salesperf_lib.errors import ParamError


@pytest.fixture
def loaded(root, tmp_path):
    """Load June with constraints, and perhaps more, laid over the rules."""
    shutil.copytree(root / "params", tmp_path / "params")

    def load(*texts, **others):
        changes = {"weights.constraints": list(texts)}
        changes |= {name.replace("__", "."): value for name, value in others.items()}
        scenario = {"name": {"zh": "试", "en": "try"}, "purpose": {"zh": "试", "en": "try"}, "changes": {
            name: {"value": value, "decided": "test"} for name, value in changes.items()
        }}  # fmt: skip
        path = tmp_path / "params" / "scenarios" / "tried.yaml"
        path.write_text(json.dumps(scenario), "utf-8")
        return params.load_policy("2026-06", scenario="tried", root=tmp_path)

    return load


def test_without_constraints_the_region_is_that_of_the_ranges(sample_policy):
    assert sample_policy.constraints == ()
    assert sample_policy.corners.tolist() == [[0.6, 0.3, 0.1], [0.6, 0.2, 0.2], [0.5, 0.3, 0.2]]


def test_a_constraint_cuts_the_region(loaded):
    # result ≥ 2 · process cuts the corner (.5, .3, .2): on its edges w₁ = 2w₂ at (.5333, .2667, .2)
    # and at (.6, .3, .1), where the edge from (.5, .3, .2) ends
    policy = loaded("result >= 2 * process")
    want = {(0.6, 0.3, 0.1), (0.6, 0.2, 0.2), (0.5333, 0.2667, 0.2)}
    assert {tuple(np.round(row, 4).tolist()) for row in policy.corners} == want
    assert policy.digest != loaded().digest


def test_constraints_narrow_what_is_contested(loaded, sample_appraisal):
    # Tightened to where everybody's grade is the published one: nobody is contested.
    policy = loaded("result >= 0.5665", "result <= 0.5668", "process >= 0.2665", "process <= 0.2668")
    people = sample_appraisal.composites.dropna(subset="score").reset_index(drop=True)
    cohorts = grades.cohorts_of(people, policy.grades)
    narrow, wide = (
        grades.contested_shares(people, sample_appraisal.scores, each, cohorts).max(axis=1)
        for each in (policy, sample_appraisal.policy)
    )
    assert (narrow > 0.999).all()
    assert (wide < 0.95).sum() > 5


def test_a_constraint_on_indicators_holds_inside_their_dimension(loaded, sample_appraisal):
    from dataclasses import replace

    policy = loaded("csat >= first_response_seconds + script_violations")
    explored = weights.explore(replace(sample_appraisal, policy=policy))
    number = next(
        n
        for n, item in enumerate(explored.space.sets)
        if (item.role, item.dimension) == ("service", "process")
    )
    own = weights.draw(explored.space, 0, 2000).inside[number]
    assert explored.space.sets[number].kpis[:3] == ("csat", "first_response_seconds", "script_violations")
    assert (own[:, 0] >= own[:, 1] + own[:, 2] - 1e-9).all()
    free = weights.draw(weights.explore(sample_appraisal).space, 0, 2000).inside[number]
    assert (free[:, 0] < free[:, 1] + free[:, 2]).any()
    broken = weights.Scheme("x", policy.dimension_weights, {("service", "process"): {
        "csat": Fraction("0.30"), "first_response_seconds": Fraction("0.17"), "script_violations": Fraction("0.2"),
        "report_timeliness_rate": Fraction("0.23"), "collaboration_score": Fraction("0.1"),
    }})  # fmt: skip
    with pytest.raises(
        ParamError, match=re.escape("break 'csat >= first_response_seconds + script_violations'")
    ):
        weights.fail_if_outside(explored, broken)


REFUSED = {
    "no inequality": (["result"], "result"),
    "not linear": (["result * process >= 0.1"], "result"),
    "unknown": (["resutl >= 0.5"], "whose names no role has together"),
    "mixed": (["result >= csat"], "whose names no role has together"),
    "of two dimensions": (["net_sales >= csat"], "whose names no role has together"),
    "contradiction": (["result >= 0.58", "result <= 0.55"], "month: "),
    "against the ranges": (["process >= result"], "month: "),
    "broken by the weights in force": (["potential >= 0.19"], "break 'potential >= 0.19'"),
    "broken by a role": (["first_response_seconds >= csat"], "params/roles.yaml"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_constraint_that_cannot_hold_is_refused(loaded, name):
    texts, told = REFUSED[name]
    with pytest.raises(ParamError) as caught:
        loaded(*texts)
    assert told in str(caught.value)
    assert "weights" in str(caught.value) or "roles" in str(caught.value)


EXPLORATION = {"prior": "polytope", "sub_weights": 0.05, "seed": 1, "draws": 512}


@pytest.mark.parametrize("name", EXPLORATION)
def test_how_weights_are_explored_is_a_rule_that_moves_the_figures(loaded, sample_appraisal, name):
    from dataclasses import replace

    rule = next(knob.whole for knob in params.knobs() if knob.parameter == "weights.exploration")
    now = weights.acceptability(weights.explore(sample_appraisal))
    policy = loaded(weights__exploration={**rule, name: EXPLORATION[name]})
    then = weights.acceptability(weights.explore(replace(sample_appraisal, policy=policy)))
    assert not np.array_equal(now.counts, then.counts)
    assert then.draws == policy.exploration.draws


def test_the_concentration_of_a_dirichlet_prior_moves_the_figures(loaded, sample_appraisal):
    from dataclasses import replace

    rule = {"prior": "dirichlet", "sub_weights": 0.2, "draws": 1024, "seed": 618}
    spread = []
    for concentration in (50, 5000):
        policy = loaded(weights__exploration={**rule, "concentration": concentration})
        space = weights.explore(replace(sample_appraisal, policy=policy)).space
        spread.append(weights.draw(space, 0, 1024).dimensions.std(axis=0))
    assert (spread[1] < spread[0] / 2).all()


def test_the_tables_name_every_rule_of_exploration():
    from salesperf_lib.params.schema_appraisal import ExplorationRule

    assert {*EXPLORATION, "concentration"} == set(ExplorationRule.model_fields)
