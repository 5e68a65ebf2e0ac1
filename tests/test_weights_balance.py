"""Whom a scheme favours: means by hand at the corners, tenure by the calendar, sums by group."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesperf_lib.errors import DataError
from salesperf_lib.weights.balance import BY_GROUP, FAVOUR, by_group, favour, tenure_groups
from tests.grade_world import forced
from tests.weights_line_world import (
    CENTRE,
    PLAIN,
    REGIONS,
    bent_panel,
    grid,
    panel_of_rows,
    points,
    regions,
    space_of,
)

ROWS = [[100, 70, 70], [90, 60, 80], [60, 100, 60], [70, 90, 100]]
GROUPS = ["field", "field", "desk", "desk"]


def test_a_group_is_favoured_by_what_it_is_good_at():
    panel = panel_of_rows(ROWS)
    found = favour(panel, space_of(panel), GROUPS, PLAIN).set_index("group")
    assert found.index.tolist() == ["desk", "field"]
    # Field 95, 65, 75 and desk 65, 95, 80 on the dimensions; everybody 80, 80, 77.5.
    field = found.loc["field"]
    assert field["people"] == 2
    assert field["score"] == pytest.approx((17 * 95 + 8 * 65 + 5 * 75) / 30)
    # Field − company: 15, −15, −2.5. Now 110/30·…: (255 − 120 − 12.5)/30; at the corners 4.25, 5.5, 2.5.
    now = (17 * 15 - 8 * 15 - 5 * 2.5) / 30
    assert field[["best_result", "best_process", "best_potential"]].tolist() == [0.6, 0.2, 0.2]
    assert field[["worst_result", "worst_process", "worst_potential"]].tolist() == [0.5, 0.3, 0.2]
    assert field["gain_best"] == pytest.approx(5.5 - now)
    assert field["gain_worst"] == pytest.approx(2.5 - now)
    assert field["score_best"] == pytest.approx(0.6 * 95 + 0.2 * 65 + 0.2 * 75)
    assert field["score_worst"] == pytest.approx(0.5 * 95 + 0.3 * 65 + 0.2 * 75)
    assert found["gain_best"]["desk"] == pytest.approx(-found["gain_worst"]["field"])


def test_the_share_of_best_grades_follows_the_published_rule():
    panel = panel_of_rows(ROWS)
    found = favour(panel, space_of(panel, "simplex"), GROUPS, PLAIN).set_index("group")
    assert found.loc["field", ["top_share", "top_share_best", "top_share_worst"]].tolist() == [0, 1, 0]
    # Four people at 20/50/20/10: one A. Now the first (87.0) and the last (80.3); desk at best: the third.
    places = favour(panel, space_of(panel, "simplex"), GROUPS, forced()).set_index("group")
    assert places.loc["field", ["top_share", "top_share_best", "top_share_worst"]].tolist() == [0.5, 0.5, 0]
    assert places.loc["desk", ["top_share", "top_share_best", "top_share_worst"]].tolist() == [0, 0.5, 0]


@given(points, regions)
@settings(max_examples=40)
def test_no_scheme_of_a_grid_favours_a_group_more_or_less(rows, region):
    panel, x = panel_of_rows(rows), np.array(rows, float)
    groups = ["even" if at % 2 == 0 else "odd" for at in range(len(rows))]
    found = favour(panel, space_of(panel, region), groups, PLAIN)
    at = np.vstack([grid(region, 20), REGIONS[region]])
    for row in found.itertuples():
        own = np.array([group == row.group for group in groups])
        apart = x[own].mean(axis=0) - x.mean(axis=0)
        gains = at @ apart - CENTRE @ apart
        assert row.gain_best == pytest.approx(gains.max(), abs=1e-8)
        assert row.gain_worst == pytest.approx(gains.min(), abs=1e-8)
        best = np.array([row.best_result, row.best_process, row.best_potential])
        assert (best - CENTRE) @ apart == pytest.approx(row.gain_best, abs=1e-8)
    assert found["people"].sum() == len(rows)


def test_who_lacks_a_dimension_is_scored_at_the_corners_by_the_others():
    panel = bent_panel([[80, 80, 80], [60, 90, 0]])
    found = favour(panel, space_of(panel), ["a", "b"], PLAIN).set_index("group").loc["b"]
    # (60·w₁ + 90·w₂)/(w₁ + w₂): 70, 67.5 and 71.25 at the corners, 69.6 now; half of it is the company's.
    assert found["score"] == pytest.approx((60 * 17 + 90 * 8) / 25)
    assert (found["score_best"], found["score_worst"]) == pytest.approx((71.25, 67.5))
    assert found["gain_best"] == pytest.approx((71.25 - 69.6) / 2, abs=1e-8)


@pytest.mark.parametrize("rows", [[[80, 70, 60]], [[80, 70, 60]] * 3])
def test_one_person_or_people_all_alike_gain_nothing(rows):
    panel = panel_of_rows(rows)
    found = favour(panel, space_of(panel), ["all"] * len(rows), forced())
    assert found[["gain_best", "gain_worst"]].to_numpy().tolist() == [[0, 0]]
    assert found.loc[0, ["best_result", "best_process", "best_potential"]].tolist() == [0.6, 0.3, 0.1]


def test_nobody_gives_no_group_and_each_person_needs_one():
    nobody = panel_of_rows([])
    assert favour(nobody, space_of(nobody), [], PLAIN).columns.tolist() == FAVOUR
    panel = panel_of_rows(ROWS)
    with pytest.raises(DataError, match="2 groups for 4 people"):
        favour(panel, space_of(panel), ["a", "b"], PLAIN)


@pytest.mark.parametrize(
    ("hired", "group"),
    [
        ("2026-06-30", "under_1y"),
        ("2025-07-01", "under_1y"),
        ("2025-06-30", "from_1_to_3y"),
        ("2023-07-01", "from_1_to_3y"),
        ("2023-06-30", "over_3y"),
        ("2010-01-01", "over_3y"),
        (None, "unknown"),
    ],
)
def test_a_step_begins_on_the_anniversary(hired, group):
    people = pd.DataFrame({"hired_on": [hired, "2000-01-01"]}, index=[7, 3])
    found = tenure_groups(people, date(2026, 6, 30))
    assert found.to_dict() == {7: group, 3: "over_3y"}


def test_days_may_be_dates_or_all_missing_and_not_later_than_asked():
    people = pd.DataFrame({"hired_on": [date(2024, 2, 29), pd.NaT]})
    assert tenure_groups(people, date(2025, 2, 28)).tolist() == ["under_1y", "unknown"]
    assert tenure_groups(people, date(2025, 3, 1)).tolist() == ["from_1_to_3y", "unknown"]
    assert tenure_groups(people.iloc[1:], date(2025, 3, 1)).tolist() == ["unknown"]
    assert tenure_groups(people.iloc[:0], date(2025, 3, 1)).empty
    with pytest.raises(DataError, match="1 dates after 2024-02-01, the first 2024-02-29"):
        tenure_groups(people, date(2024, 2, 1))


def comparison(**columns):
    plain = {
        "person_id": ["a", "b", "c", "d"], "role": ["x", "x", "y", None],
        "score": [90.0, 80.0, 70.0, np.nan], "score_new": [88.0, 83.0, 71.0, 60.0],
        "grade": ["A", "B", "C", None], "grade_new": ["B", "A", "C", "D"],
        "rank": pd.array([1, 2, 3, None], "Int64"), "rank_new": pd.array([2, 1, 3, 4], "Int64"),
    }  # fmt: skip
    return pd.DataFrame(plain | columns)


def test_a_change_is_summed_up_group_by_group():
    found = by_group(comparison(), "role", ["A", "B", "C", "D"])
    assert list(found.columns) == BY_GROUP
    told = found.set_index("group")
    assert told.loc["x"].tolist() == [2, 0, 0.5, 0.0, 1, 1, 1, 1]
    assert told.loc["y"].tolist() == [1, 0, 1.0, 0.0, 0, 0, 0, 0]
    assert told.loc["unknown", ["people", "missing", "up", "top_after"]].tolist() == [1, 1, 0, 0]
    assert told.loc["unknown", ["score_change", "ranks_gained"]].isna().all()


def test_ranks_gained_are_places_upwards_and_grades_may_be_places():
    frame = comparison(rank=[5, 2, 3, 4], rank_new=[1, 2, 6, 4], score=[1.0, 2.0, 3.0, 4.0])
    frame = frame.assign(grade=[1, 0, 2, 3], grade_new=[0, 0, 3, 3], role="x")
    found = by_group(frame, "role").iloc[0]
    assert found["ranks_gained"] == pytest.approx((4 + 0 - 3 + 0) / 4)
    assert found[["people", "up", "down", "top_before", "top_after"]].tolist() == [4, 1, 1, 1, 2]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 3), st.integers(0, 3)), min_size=1))
def test_groups_add_up_to_the_company(rows):
    group, before, after = zip(*rows, strict=True)
    frame = pd.DataFrame({
        "person_id": range(len(rows)), "team": group, "score": 1.0, "score_new": 2.0, "rank": 1, "rank_new": 1,
        "grade": before, "grade_new": after,
    })  # fmt: skip
    found = by_group(frame, "team")
    assert found["people"].sum() == len(rows)
    assert found["up"].sum() == sum(new < old for _, old, new in rows)
    assert found["down"].sum() == sum(new > old for _, old, new in rows)
    assert found["top_after"].sum() == after.count(0)


@pytest.mark.parametrize(
    ("frame", "column", "message"),
    [
        (comparison().drop(columns="rank_new"), "role", "no column rank_new"),
        (comparison(), "tenure", "no column tenure"),
        (comparison(grade=["A", "B", "E", "F"]), "role", "E, F"),
    ],
)
def test_missing_columns_and_unknown_grades_are_refused(frame, column, message):
    with pytest.raises(DataError, match=message):
        by_group(frame, column, ["A", "B", "C", "D"])
