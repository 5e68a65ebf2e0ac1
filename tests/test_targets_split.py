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


def cells_of(given):
    return split(given).cells()


def total(cells, units=LEAVES, span=YEAR):
    return sum(
        amount for (unit, (month, _)), amount in cells.items() if unit in units and span[0] <= month < span[1]
    )


def test_a_company_year_reaches_every_cell_and_sums_exactly():
    cells = cells_of(plan({(COMPANY, YEAR): 1_000_003}))
    assert total(cells) == 1_000_003
    assert len(cells) == len(LEAVES) * 12


def test_equal_weights_give_equal_teams_then_equal_months_then_equal_people():
    cells = cells_of(plan({(COMPANY, YEAR): 72_000}))
    assert total(cells, (P1, P2, U1)) == 36_000
    assert total(cells, (P3, U2), JUNE) == 3_000
    assert cells[P1, JUNE] == 1_000
    assert cells[P3, JUNE] == 1_500


def test_a_team_pin_is_kept_and_the_other_team_takes_the_rest():
    cells = cells_of(plan({(COMPANY, YEAR): 1000, (T1, YEAR): 777}))
    assert total(cells, (P1, P2, U1)) == 777
    assert total(cells, (P3, U2)) == 223


def test_months_of_a_team_pin_that_month_only():
    cells = cells_of(plan({(COMPANY, YEAR): 24_000, (T1, JUNE): 5_000}))
    assert total(cells, (P1, P2, U1), JUNE) == 5_000
    # The company's June rises to 5,000; its other months are 19,000 / 11, half of them t1's.
    assert total(cells, (P1, P2, U1)) == 5_000 + 9_500


def test_a_pin_above_the_fair_share_takes_from_the_siblings():
    cells = cells_of(plan({(COMPANY, YEAR): 24_000, (T1, JUNE): 20_000}))
    assert total(cells, (P1, P2, U1), JUNE) == 20_000
    assert total(cells) == 24_000


def test_company_months_turn_the_order_round():
    pins = {(COMPANY, month): 1000 + i for i, month in enumerate(MONTHS)}
    cells = cells_of(plan(pins))
    for month, pin in zip(MONTHS, pins.values(), strict=True):
        assert total(cells, LEAVES, month) == pin


def test_company_quarters_sum_to_the_company_year():
    pins = {(COMPANY, YEAR): 100, (COMPANY, QUARTERS[0]): 40}
    cells = cells_of(plan(pins))
    assert total(cells, LEAVES, QUARTERS[0]) == 40
    assert total(cells) == 100


def test_a_persons_year_is_kept():
    cells = cells_of(plan({(COMPANY, YEAR): 12_000, (P1, YEAR): 5_000}))
    assert total(cells, (P1,)) == 5_000
    assert total(cells, (P1, P2, U1)) == 6_000


def test_without_a_goal_above_parents_are_sums():
    cells = cells_of(plan({(P1, JUNE): 7, (P3, (0, 1)): 5}))
    assert cells == {(P1, JUNE): 7, (P3, (0, 1)): 5}


def test_somebody_who_is_not_there_gets_nothing():
    half = np.r_[np.ones(6), np.zeros(6)]
    cells = cells_of(plan({(COMPANY, YEAR): 72_000}, {P1: half}))
    assert (P1, (7, 8)) not in cells
    assert cells[P2, (7, 8)] == 1_500


def test_a_sum_that_differs_from_the_whole_names_the_node():
    with pytest.raises(
        DataError, match=r"company company 2026: found 100, but the goals of its units sum to 90"
    ):
        cells_of(plan({(COMPANY, YEAR): 100, (T1, YEAR): 40, (T2, YEAR): 50}))


def test_goals_inside_that_exceed_the_whole_are_named():
    with pytest.raises(DataError, match=r"team t1 2026: found 100, but the goals given inside it sum to 120"):
        cells_of(plan({(T1, YEAR): 100, (T1, JUNE): 70, (T1, (6, 7)): 50}))


def test_goals_that_cross_are_refused_with_both_names():
    with pytest.raises(DataError, match=r"team t1 2026 and company company 2026-06, which cross"):
        cells_of(plan({(COMPANY, JUNE): 100, (T1, YEAR): 50}))


def test_every_contradiction_is_named_at_once():
    pins = {
        (T1, YEAR): 10,
        **{(T1, q): 3 for q in QUARTERS},
        (T2, YEAR): 10,
        **{(T2, q): 2 for q in QUARTERS},
    }
    with pytest.raises(DataError) as caught:
        cells_of(plan(pins))
    assert len(caught.value.problems) == 2


def test_totals_that_only_repeat_finer_goals_are_welcome():
    pins = {(team, month): 10 for team in (T1, T2) for month in MONTHS}
    pins |= {(COMPANY, month): 20 for month in MONTHS}
    pins |= {(T1, YEAR): 120, (T2, YEAR): 120, (COMPANY, YEAR): 240}
    assert total(cells_of(plan(pins))) == 240


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
    cells = cells_of(plan({(COMPANY, YEAR): goal, (T1, YEAR): of_team, (P2, YEAR): of_person}, own))
    assert total(cells) == goal
    assert total(cells, (P1, P2, U1)) == of_team
    assert total(cells, (P2,)) == of_person
    assert all(amount >= 0 for amount in cells.values())


def pinned_trees():
    """Draw trees of groups, teams and people with weights, and pins near the fair value anywhere."""
    return st.fixed_dictionaries(
        {
            "teams": st.lists(st.integers(1, 4), min_size=1, max_size=4),
            "groups": st.integers(0, 2),
            "seed": st.integers(0, 2**32 - 1),
            "total": st.integers(10**5, 10**10),
            "pins": st.integers(0, 6),
            "zeros": st.floats(0, 0.3),
        }
    )


def drawn_plan(drawn):
    rng = np.random.default_rng(drawn["seed"])
    groups = [Unit("group", f"g{i}") for i in range(drawn["groups"])]
    tree, weights = {COMPANY: []}, {}
    for number, size in enumerate(drawn["teams"]):
        team = Unit("team", f"t{number}", f"t{number}")
        home = groups[number % len(groups)] if groups else COMPANY
        tree.setdefault(home, []).append(team)
        people = [Unit("person", f"p{number}.{i}", team.unit_id) for i in range(size)]
        tree[team] = (*people, Unit("person", f"unassigned:{team.unit_id}", team.unit_id))
        for unit in tree[team]:
            weights[unit] = rng.lognormal(0, 0.5, 12) * (rng.random(12) >= drawn["zeros"])
        weights[tree[team][-1]] = np.full(12, 0.5)
        weights[team] = np.sum([weights[unit] for unit in tree[team]], axis=0)
    tree[COMPANY] += [group for group in groups if group in tree]
    for group in groups:
        if group in tree:
            weights[group] = np.sum([weights[unit] for unit in tree[group]], axis=0)
    weights[COMPANY] = np.sum([weights[unit] for unit in tree[COMPANY]], axis=0)
    units = [unit for kids in tree.values() for unit in kids]
    pins = {(COMPANY, YEAR): drawn["total"]}
    fair = drawn["total"] / weights[COMPANY].sum()
    spans = (YEAR, *QUARTERS, *MONTHS)
    for _ in range(drawn["pins"]):
        unit, span = units[rng.integers(len(units))], spans[rng.integers(len(spans))]
        pins[unit, span] = int(rng.uniform(0.2, 1.2) * fair * weights[unit][slice(*span)].sum())
    children = {unit: tuple(kids) for unit, kids in tree.items()}
    return Plan("net_sales", children, weights, pins, labels_of(Period.parse("2026")), str)


@settings(max_examples=120, deadline=None)
@given(pinned_trees())
def test_every_margin_and_every_pin_is_exact_or_the_pins_are_refused(drawn):
    given_plan = drawn_plan(drawn)
    refused = None
    try:
        found = split(given_plan)
    except DataError as error:
        refused = error
    if refused is not None:
        assert drawn["pins"] > 0
        assert all(problem.remedy for problem in refused.problems)
        return
    tree, months = found.tree, found.months
    assert (months >= 0).all()
    for row in range(len(tree.units)):
        kids = np.flatnonzero(tree.parent == row)
        if kids.size:
            assert (months[kids].sum(axis=0) == months[row]).all()
    for (unit, span), value in given_plan.pins.items():
        assert months[tree.row[unit], slice(*span)].sum() == value
    steps = np.diff(np.rint(np.stack(list(found.stages.values()))), axis=0, prepend=0)
    assert (steps.sum(axis=0) == months).all()


@settings(max_examples=30, deadline=None)
@given(pinned_trees(), st.randoms(use_true_random=False))
def test_the_order_of_pins_does_not_matter(drawn, random):
    given_plan = drawn_plan(drawn)
    shuffled = list(given_plan.pins.items())
    random.shuffle(shuffled)
    other = Plan(
        given_plan.name, given_plan.children, given_plan.weights, dict(shuffled), given_plan.labels, str
    )
    try:
        found = split(given_plan)
    except DataError:
        with pytest.raises(DataError):
            split(other)
        return
    assert (split(other).months == found.months).all()


def test_a_persons_year_and_a_teams_month_may_both_be_pinned():
    cells = cells_of(plan({(COMPANY, YEAR): 72_000, (P1, YEAR): 9_000, (T1, JUNE): 4_000}))
    assert total(cells, (P1,)) == 9_000
    assert total(cells, (P1, P2, U1), JUNE) == 4_000
    assert total(cells) == 72_000


def test_floors_and_caps_hold_and_the_others_absorb_them():
    given_plan = plan({(COMPANY, YEAR): 72_000})
    limited = Plan(
        given_plan.name,
        given_plan.children,
        given_plan.weights,
        given_plan.pins,
        given_plan.labels,
        str,
        floors={(T2, YEAR): 40_000},
        caps={(P1, JUNE): 500},
    )
    cells = split(limited).cells()
    assert total(cells, (P3, U2)) == 40_000
    assert total(cells, (P1, P2, U1)) == 32_000
    assert cells[P1, JUNE] == 500
    assert total(cells) == 72_000


def test_a_cap_that_leaves_no_room_is_refused_with_the_least_relaxation():
    given_plan = plan({(COMPANY, YEAR): 72_000})
    caps = {(T1, YEAR): 30_000, (T2, YEAR): 30_000}
    limited = Plan(
        given_plan.name, TREE, given_plan.weights, given_plan.pins, given_plan.labels, str, caps=caps
    )
    with pytest.raises(DataError, match=r"leave room for 60000.*raise the caps by 12000"):
        split(limited)


def test_amounts_are_whole_steps_unless_a_goal_is_none():
    given_plan = plan({(COMPANY, YEAR): 7_000_000})
    stepped = Plan("net_sales", TREE, given_plan.weights, given_plan.pins, given_plan.labels, str, step=100)
    found = split(stepped)
    assert (found.months % 100 == 0).all()
    assert found.months[0].sum() == 7_000_000
    odd = Plan(
        "net_sales", TREE, given_plan.weights, {(COMPANY, YEAR): 7_000_050}, given_plan.labels, str, step=100
    )
    assert split(odd).months[0].sum() == 7_000_050
