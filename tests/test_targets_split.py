"""Splitting whole numbers down a tree and over a year."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesperf_lib.errors import DataError
from salesperf_lib.periods import Period
from salesperf_lib.targets.goals import labels_of
from salesperf_lib.targets.split import COMPANY, MONTHS, QUARTERS, YEAR, Plan, Unit, split

T1, T2 = Unit("team", "t1", "t1"), Unit("team", "t2", "t2")
P1, P2, U1 = Unit("person", "p1", "t1"), Unit("person", "p2", "t1"), Unit("person", "unassigned:t1", "t1")
P3, U2 = Unit("person", "p3", "t2"), Unit("person", "unassigned:t2", "t2")
TREE = {COMPANY: (T1, T2), T1: (P1, P2, U1), T2: (P3, U2)}
LEAVES = (P1, P2, U1, P3, U2)
JUNE = (5, 6)


def plan(pins, weights=None):
    flat = {unit: np.ones(12) for unit in (COMPANY, T1, T2, *LEAVES)}
    return Plan("net_sales", TREE, flat | (weights or {}), pins, labels_of(Period.parse("2026")), str)


def total(cells, units=LEAVES, span=YEAR):
    return sum(
        amount for (unit, (month, _)), amount in cells.items() if unit in units and span[0] <= month < span[1]
    )


def test_a_company_year_reaches_every_cell_and_sums_exactly():
    cells = split(plan({(COMPANY, YEAR): 1_000_003}))
    assert total(cells) == 1_000_003
    assert len(cells) == len(LEAVES) * 12


def test_equal_weights_give_equal_teams_then_equal_months_then_equal_people():
    cells = split(plan({(COMPANY, YEAR): 72_000}))
    assert total(cells, (P1, P2, U1)) == 36_000
    assert total(cells, (P3, U2), JUNE) == 3_000
    assert cells[P1, JUNE] == 1_000
    assert cells[P3, JUNE] == 1_500


def test_a_team_pin_is_kept_and_the_other_team_takes_the_rest():
    cells = split(plan({(COMPANY, YEAR): 1000, (T1, YEAR): 777}))
    assert total(cells, (P1, P2, U1)) == 777
    assert total(cells, (P3, U2)) == 223


def test_months_of_a_team_pin_that_month_only():
    cells = split(plan({(COMPANY, YEAR): 24_000, (T1, JUNE): 5_000}))
    assert total(cells, (P1, P2, U1), JUNE) == 5_000
    assert total(cells, (P1, P2, U1)) == 12_000


def test_a_pin_above_the_fair_share_takes_from_the_siblings():
    cells = split(plan({(COMPANY, YEAR): 24_000, (T1, JUNE): 20_000}))
    assert total(cells, (P1, P2, U1), JUNE) == 20_000
    assert total(cells) == 24_000


def test_company_months_turn_the_order_round():
    pins = {(COMPANY, month): 1000 + i for i, month in enumerate(MONTHS)}
    cells = split(plan(pins))
    for month, pin in zip(MONTHS, pins.values(), strict=True):
        assert total(cells, LEAVES, month) == pin


def test_company_quarters_sum_to_the_company_year():
    pins = {(COMPANY, YEAR): 100, (COMPANY, QUARTERS[0]): 40}
    cells = split(plan(pins))
    assert total(cells, LEAVES, QUARTERS[0]) == 40
    assert total(cells) == 100


def test_a_persons_year_is_kept():
    cells = split(plan({(COMPANY, YEAR): 12_000, (P1, YEAR): 5_000}))
    assert total(cells, (P1,)) == 5_000
    assert total(cells, (P1, P2, U1)) == 6_000


def test_without_a_goal_above_parents_are_sums():
    cells = split(plan({(P1, JUNE): 7, (P3, (0, 1)): 5}))
    assert cells == {(P1, JUNE): 7, (P3, (0, 1)): 5}


def test_somebody_who_is_not_there_gets_nothing():
    half = np.r_[np.ones(6), np.zeros(6)]
    cells = split(plan({(COMPANY, YEAR): 72_000}, {P1: half}))
    assert (P1, (7, 8)) not in cells
    assert cells[P2, (7, 8)] == 1_500


def test_a_sum_that_differs_from_the_whole_names_the_node():
    with pytest.raises(
        DataError, match=r"company company 2026: found 100, but the goals of its units sum to 90"
    ):
        split(plan({(COMPANY, YEAR): 100, (T1, YEAR): 40, (T2, YEAR): 50}))


def test_goals_inside_that_exceed_the_whole_are_named():
    with pytest.raises(DataError, match=r"team t1 2026: found 100, but the goals given inside it sum to 120"):
        split(plan({(T1, YEAR): 100, (T1, JUNE): 70, (T1, (6, 7)): 50}))


def test_goals_that_cross_are_refused_with_both_names():
    with pytest.raises(DataError, match=r"team t1 2026 and company company 2026-06, which cross"):
        split(plan({(COMPANY, JUNE): 100, (T1, YEAR): 50}))


def test_every_contradiction_is_named_at_once():
    pins = {
        (T1, YEAR): 10,
        **{(T1, q): 3 for q in QUARTERS},
        (T2, YEAR): 10,
        **{(T2, q): 2 for q in QUARTERS},
    }
    with pytest.raises(DataError) as caught:
        split(plan(pins))
    assert len(caught.value.problems) == 2


def test_totals_that_only_repeat_finer_goals_are_welcome():
    pins = {(team, month): 10 for team in (T1, T2) for month in MONTHS}
    pins |= {(COMPANY, month): 20 for month in MONTHS}
    pins |= {(T1, YEAR): 120, (T2, YEAR): 120, (COMPANY, YEAR): 240}
    assert total(split(plan(pins))) == 240


@settings(max_examples=60, deadline=None)
@given(
    goal=st.integers(0, 10**13),
    team=st.fractions(0, 1),
    person=st.fractions(0, 1),
    weights=st.lists(st.lists(st.floats(0.01, 1e6), min_size=12, max_size=12), min_size=8, max_size=8),
)
def test_every_margin_is_exact_whatever_the_history(goal, team, person, weights):
    units = (COMPANY, T1, T2, *LEAVES)
    own = dict(zip(units, map(np.array, weights), strict=True))
    of_team = int(goal * team)
    of_person = int(of_team * person)
    cells = split(plan({(COMPANY, YEAR): goal, (T1, YEAR): of_team, (P2, YEAR): of_person}, own))
    assert total(cells) == goal
    assert total(cells, (P1, P2, U1)) == of_team
    assert total(cells, (P2,)) == of_person
    assert all(amount >= 0 for amount in cells.values())
