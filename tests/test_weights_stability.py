"""Intervals of one weight: closed forms by hand, and the grade at every step of a dense walk."""

from __future__ import annotations

from fractions import Fraction
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings

from salesperf_lib.errors import DataError
from salesperf_lib.weights.leaving import NO_CHANGE
from salesperf_lib.weights.stability import COLUMNS, OVERALL, along, criticality, overall, stability
from tests.grade_world import forced
from tests.weights_line_world import (
    CENTRE,
    PLAIN,
    REGIONS,
    RULES,
    bent_panel,
    grades_by_hand,
    named_people,
    panel_of_rows,
    points,
    regions,
    rules,
    space_of,
)

SCHEME = np.array([0.3277, 0.3058, 0.2876, 0.0790])
MATRIX = np.array([
    [0.3088, 0.2897, 0.3867, 0.1922],
    [0.2163, 0.3458, 0.1755, 0.6288],
    [0.4509, 0.2473, 0.1194, 0.0575],
    [0.0240, 0.1172, 0.3184, 0.1215],
])  # fmt: skip
STEP = 1e-6


def scheme_at(dimension, value, centre=CENTRE):
    """Move one weight, the others in proportion."""
    found = centre * (1 - value) / (1 - centre[dimension])
    found[dimension] = value
    return found


@pytest.mark.parametrize(
    ("region", "ends"),
    [
        # Others 8 : 5, 17 : 5 and 17 : 8: the second or the first comes to the top of its range.
        ("triangle", [(1 - 0.3 * 13 / 8, 0.6), (1 - 0.6 * 22 / 17, 0.3), (1 - 0.6 * 25 / 17, 0.2)]),
        ("simplex", [(0, 1)] * 3),
        ("segment", [(w, w) for w in CENTRE]),
        ("point", [(w, w) for w in CENTRE]),
    ],
)
def test_the_range_of_a_weight_ends_where_another_leaves_the_region(region, ends):
    space = space_of(panel_of_rows([[1, 1, 1]]), region)
    np.testing.assert_allclose([along(space, dimension) for dimension in range(3)], ends, atol=1e-12)


def test_a_segment_in_proportion_is_walked_to_its_ends():
    corners = [scheme_at(0, 0.5), scheme_at(0, 0.6)]
    space = space_of(panel_of_rows([[1, 1, 1]]), corners)
    np.testing.assert_allclose(along(space, 0), (0.5, 0.6))


def test_a_weight_of_one_stays_and_a_scheme_outside_can_miss_the_region():
    panel = panel_of_rows([[1, 1, 1]])
    assert along(space_of(panel, "simplex", [1, 0, 0]), 0) == (1.0, 1.0)
    assert np.isnan(along(space_of(panel, centre=[0.1, 0.0, 0.9]), 0)).all()


def test_thresholds_are_met_in_a_ratio():
    # 60 and 100 on the others: 60 + 40·λ and 17/30 of it are 82.67; B is read from 74.995, A from 89.995.
    panel = panel_of_rows([[100, 60, 60]])
    found = stability(panel, space_of(panel, "simplex"), PLAIN).set_index("dimension").loc["result"]
    assert (found["low"], found["high"]) == pytest.approx((14.995 / 40, 29.995 / 40), abs=1e-8)
    assert (found["grade"], found["low_changes"], found["high_changes"]) == (1, 2, 0)
    inside = stability(panel, space_of(panel), PLAIN).set_index("dimension").loc["result"]
    assert (inside["low"], inside["high"]) == pytest.approx((0.5125, 0.6))
    assert (inside["low_changes"], inside["high_changes"]) == (NO_CHANGE, NO_CHANGE)


def test_a_place_is_lost_where_a_colleague_draws_past():
    rows = [[90, 60, 60], [60, 90, 60], [50, 50, 50], [50, 50, 50], [50, 50, 50]]
    panel = panel_of_rows(rows)  # one A: the first while λ ≥ (1 − λ)·8/13
    found = stability(panel, space_of(panel, "simplex"), forced())
    own = found.iloc[0]
    assert (own["person_id"], own["dimension"]) == (panel.people["person_id"][0], "result")
    assert own["low"] == pytest.approx(8 / 21)
    assert (own["high"], own["low_changes"], own["high_changes"]) == (1.0, 1, NO_CHANGE)


def grades_along(rows, chosen, person, dimension, values):
    """Grade a person while one weight moves."""
    return grades_by_hand(rows, [scheme_at(dimension, value) for value in values], chosen)[:, person]


@given(points, regions, rules)
@settings(max_examples=120)
def test_a_grade_stays_inside_its_interval_and_is_another_beyond(rows, region, rule):
    panel = panel_of_rows(rows)
    space = space_of(panel, region)
    chosen = RULES[rule] if len(rows) > 1 else PLAIN
    found = stability(panel, space, RULES[rule])
    assert len(found) == 3 * len(rows)
    for at, row in enumerate(found.itertuples()):
        person, dimension = divmod(at, 3)
        if row.reason == "tie":
            assert row.low == row.high == row.weight
            continue
        lowest, highest = along(space, dimension)
        grade = partial(grades_along, rows, chosen, person, dimension)
        if row.high - row.low > 3 * STEP:
            assert (grade(np.linspace(row.low + STEP, row.high - STEP, 23)) == row.grade).all()
        for end, changes, limit, out in (
            (row.low, row.low_changes, lowest, -STEP),
            (row.high, row.high_changes, highest, STEP),
        ):
            if changes == NO_CHANGE:
                assert end == pytest.approx(limit, abs=1e-9)
            else:
                beyond = grade([end, min(max(end + out, lowest), highest)])
                assert changes != row.grade
                assert changes in beyond


@pytest.mark.parametrize("region", sorted(REGIONS))
@pytest.mark.parametrize("rule", sorted(RULES))
def test_people_all_alike_never_change(region, rule):
    panel = panel_of_rows([[70, 70, 70]] * 5)
    found = stability(panel, space_of(panel, region), RULES[rule])
    assert (found[["low_changes", "high_changes"]] == NO_CHANGE).all(axis=None)
    assert set(found["grade"]) == ({0} if rule == "forced" else {2})


def test_equal_now_means_no_room_where_the_other_draws_past():
    # All three 80 now; as soon as λ rises the second is alone above the first.
    rows = [[80, 80, 80], [90, 80 - 170 / 8, 80], [50, 50, 50], [50, 50, 50], [50, 50, 50]]
    panel = panel_of_rows(rows)
    found = stability(panel, space_of(panel), forced()).iloc[0]
    assert found["dimension"] == "result"
    assert found["high"] == pytest.approx(17 / 30)
    assert (found["grade"], found["high_changes"], found["low_changes"]) == (0, 1, NO_CHANGE)


def test_a_grade_that_only_rounding_gives_has_no_room():
    panel = panel_of_rows([[80.004, 80.004, 80.004], [80, 80, 80], [50, 50, 50], [50, 50, 50], [50, 50, 50]])
    found = stability(panel, space_of(panel), forced()).iloc[3:6]
    assert found["reason"].tolist() == ["tie"] * 3
    assert found["grade"].tolist() == [0] * 3
    assert found["low_changes"].tolist() == found["high_changes"].tolist() == [1] * 3


def test_no_lines_no_ends():
    rows = [[70, 100, 70], [90, 60, 60], [50, 50, 50], [50, 50, 50], [84, 84, 0]]
    panel = bent_panel(rows)
    found = stability(panel, space_of(panel), PLAIN)
    assert found["reason"].tolist() == [""] * 12 + ["not_linear"] * 3
    assert found["low"].isna().tolist() == [False] * 12 + [True] * 3
    scaled = forced(cohort="team", team_scale=((0.8, 0.8), (1.2, 1.2)))
    teams = panel_of_rows(rows * 2, named_people(10, team_id=list("aaaaabbbbb")))
    assert set(stability(teams, space_of(teams), scaled)["reason"]) == {"not_linear"}
    outside = stability(teams, space_of(teams, centre=[0.1, 0.0, 0.9]), PLAIN)
    assert set(outside["reason"]) == {"outside"}


def test_a_colleague_without_a_dimension_still_takes_a_place():
    # The last scores (30·17 + 84·8)/25 now and (30λ + 84·ρ(1 − λ))/(λ + ρ(1 − λ)) later, ρ = 8/13.
    rows = [[70, 40, 40], [50, 50, 50], [50, 50, 50], [50, 50, 50], [30, 84, 0]]
    panel = bent_panel(rows)
    space = space_of(panel, [[0.3, 0.4, 0.3], [0.8, 0.1, 0.1], [0.3, 0.6, 0.1]])
    found = stability(panel, space, forced()).iloc[0]
    values = np.linspace(*along(space, 0), 200_001)
    other = (30 * values + 84 * 8 / 13 * (1 - values)) / (values + 8 / 13 * (1 - values))
    first = np.flatnonzero((40 + 30 * values >= other) & (40 + 30 * values >= 50))[0]
    assert found["low"] == pytest.approx(values[first], abs=1e-3)
    assert found["low_changes"] == 1


def test_nobody_changes_inside_the_narrowest_of_all_intervals():
    rows = [[100, 60, 60], [60, 100, 60], [80, 80, 80]]
    panel = panel_of_rows(rows)
    frame = stability(panel, space_of(panel, "simplex"), PLAIN)
    found = overall(frame).set_index("dimension").loc["result"]
    # The second has 60 + 40·(1 − λ)·8/13 now 70.67, C up to 74.995, reached downwards.
    low = max(14.995 / 40, 1 - 14.995 * 13 / 8 / 40)
    assert found["low"] == pytest.approx(low, abs=1e-8)
    assert found["high"] == pytest.approx(29.995 / 40, abs=1e-8)
    ids = panel.people["person_id"]
    assert (found["first_low"], found["first_high"]) == (ids[1], ids[0])
    assert (found["people"], found["left_out"]) == (3, 0)


def test_overall_of_nobody_is_empty_and_says_whom_it_leaves_out():
    panel = bent_panel([[84, 84, 0]])
    found = overall(stability(panel, space_of(panel), PLAIN))
    assert list(found.columns) == OVERALL
    assert found["low"].isna().all()
    assert found["left_out"].tolist() == [1, 1, 1]
    empty = stability(panel_of_rows([]), space_of(panel), PLAIN)
    assert list(empty.columns) == COLUMNS
    assert overall(empty).empty


def test_a_thousand_people_are_looked_at_too():
    panel = panel_of_rows(np.random.default_rng(7).normal(78, 9, (1000, 3)).clip(0, 130))
    found = stability(panel, space_of(panel, "simplex"), forced())
    assert len(found) == 3000


def published(first, second, criterion):
    found = criticality(MATRIX, SCHEME)
    row = found[(found["first"] == first) & (found["second"] == second) & (found["criterion"] == criterion)]
    return row.iloc[0]


def test_the_published_example_of_triantaphyllou_and_sanchez_holds():
    np.testing.assert_allclose(MATRIX @ SCHEME, [0.3162, 0.2768, 0.2623, 0.1449], atol=1e-4)
    third = published(0, 1, 2)
    assert third["delta"] == pytest.approx(0.1866, abs=5e-4)
    assert third["percent"] == pytest.approx(64.9, abs=0.2)
    assert third["feasible"]
    first = published(0, 1, 0)
    assert first["delta"] == pytest.approx(0.426, abs=1e-3)
    assert not first["feasible"]
    critical = criticality(MATRIX, SCHEME).query("critical")
    assert critical[["first", "second", "criterion"]].to_numpy().tolist() == [[1, 2, 0]]
    assert critical["percent"].iloc[0] == pytest.approx(-18.87, abs=0.15)


def test_taking_the_change_off_the_weight_makes_both_equal():
    for row in criticality(MATRIX, SCHEME).itertuples():
        moved = SCHEME.copy()
        moved[row.criterion] -= row.delta
        assert MATRIX[row.first] @ moved == pytest.approx(MATRIX[row.second] @ moved)
        assert row.feasible == (moved[row.criterion] >= 0)
        assert row.top == (0 in (row.first, row.second))


def test_the_most_critical_of_the_best_is_told_apart():
    top = criticality(MATRIX, SCHEME).query("critical_top")
    expected = min(
        (abs(row.percent), row.criterion)
        for row in criticality(MATRIX, SCHEME).itertuples()
        if row.feasible and row.first == 0
    )
    assert top["criterion"].tolist() == [expected[1]]


def test_equal_points_and_weights_of_zero_have_no_change():
    found = criticality(np.array([[1.0, 2.0, 5.0], [1.0, 3.0, 4.0]]), np.array([0.5, 0.5, 0.0]))
    assert np.isnan(found["delta"][0])
    assert not found["feasible"][0]
    assert np.isnan(found["percent"][2])
    assert float(Fraction(1, 2)) == found["delta"][1]
    assert found["critical"].tolist() == [False, True, False]
    assert criticality(np.ones((1, 2)), np.ones(2)).empty


@pytest.mark.parametrize(
    "call",
    [
        lambda: criticality(MATRIX, SCHEME[:3]),
        lambda: criticality(MATRIX * np.nan, SCHEME),
        lambda: criticality(SCHEME, SCHEME),
        lambda: along(space_of(panel_of_rows([[1, 1, 1]])), 3),
    ],
)
def test_shapes_and_numbers_that_do_not_fit_are_refused(call):
    with pytest.raises(DataError, match="allowed"):
        call()
