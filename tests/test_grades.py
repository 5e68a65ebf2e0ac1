"""Grades and ranks."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesperf_lib import grades, params
from salesperf_lib.params import Grades

THRESHOLDS = Grades((("A", 90.0), ("B", 75.0), ("C", 60.0), ("D", 0.0)))
RULES = SimpleNamespace(grades=THRESHOLDS)


@pytest.fixture(scope="module")
def policy(root):
    return replace(params.load_policy("2026-06", source="sample", root=root), grades=THRESHOLDS)


def composites(*scores, teams=None):
    return pd.DataFrame(
        {
            "period": "2026-06",
            "person_id": [f"p{i}" for i in range(len(scores))],
            "team_id": teams or ["t1"] * len(scores),
            "role": "service",
            "score": list(map(float, scores)),
            "status": ["scored" if score == score else "few_days" for score in scores],
        }
    )


@pytest.mark.parametrize(
    ("score", "grade"),
    [
        (120, "A"), (90, "A"), (89.995, "A"), (89.9949, "B"), (89.99, "B"), (75, "B"), (74.99, "C"),
        (60, "C"), (59.99, "D"), (0, "D"),
    ],
)  # fmt: skip
def test_thresholds_hold_just_below_at_and_above(policy, score, grade):
    assert grades.assign(composites(score), policy)["grade"].item() == grade


def test_binary_noise_does_not_cost_a_grade(policy):
    assert grades.assign(composites(0.1 + 0.2 + 89.7 - 1e-13), policy)["grade"].item() == "A"


def test_ties_share_the_best_rank(policy):
    found = grades.assign(composites(80, 95, 80, 70), policy)
    assert found["rank"].tolist() == [2, 1, 2, 4]


def test_scores_that_read_the_same_are_tied(policy):
    assert grades.assign(composites(80.001, 80.004), policy)["rank"].tolist() == [1, 1]


def test_ranks_count_in_the_company_and_in_the_team(policy):
    found = grades.assign(composites(80, 95, 90, teams=["t1", "t2", "t1"]), policy)
    assert found["rank"].tolist() == [3, 1, 2]
    assert found["team_rank"].tolist() == [2, 1, 1]


def test_who_is_not_assessed_keeps_a_row_with_the_reason(policy):
    found = grades.assign(composites(80, np.nan), policy)
    assert found["grade"].isna().tolist() == [False, True]
    assert found["rank"].isna().tolist() == [False, True]
    assert found["reason"].tolist() == ["", "few_days"]


def test_one_person_is_first(policy):
    found = grades.assign(composites(12), policy)
    assert (found["rank"].item(), found["team_rank"].item(), found["grade"].item()) == (1, 1, "D")


def test_nobody_gives_an_empty_frame(policy):
    assert grades.assign(composites(), policy).empty


@given(scores=st.lists(st.floats(0, 120), min_size=1, max_size=30))
def test_a_higher_score_never_has_a_worse_grade_or_rank(scores):
    found = grades.assign(composites(*scores), RULES).sort_values("score")
    order = found["grade"].map({"D": 0, "C": 1, "B": 2, "A": 3}).astype(int)
    assert order.is_monotonic_increasing
    assert found["rank"].astype(int).is_monotonic_decreasing
