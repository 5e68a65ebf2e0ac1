"""Two-way tables of whole numbers with both margins exact."""

from __future__ import annotations

import itertools
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.optimize import linprog

from salesperf_lib.targets import largest_remainder
from salesperf_lib.targets.fitting import fit
from salesperf_lib.targets.tables import NoTable, round_table

FAR = 1000.0
"""What the oracle charges for a unit outside floor and ceiling; more than any L1 can gain here."""


def column_sums(n, group):
    return np.array([n[group == g].sum(axis=0) for g in range(group.max() + 1)])


def people(rng, n, k=12, *, spread=0.3, zeros=0.0):
    """Weights of `n` units in one table, and whole margins near their sums."""
    weights = rng.lognormal(3, 0.8, (n, 1)) * rng.lognormal(0, 0.3, k) * rng.lognormal(0, spread, (n, k))
    weights = weights * (rng.random((n, k)) >= zeros)
    rows = np.rint(weights.sum(axis=1)).astype(int)
    columns = largest_remainder(int(rows.sum()), weights.sum(axis=0).tolist())
    return weights, rows, np.array([columns]), np.zeros(n, int)


def margins_matrix(n, k):
    return sparse.vstack(
        [sparse.kron(sparse.eye(n), np.ones((1, k))), sparse.kron(np.ones((1, n)), sparse.eye(k))]
    )


def least_distance(x, rows, columns, low, high):
    """The optimum of the linear programme: sum |x - n|, and FAR for each unit outside floor and ceiling.

    Cells are floor - under + within + over, each part with its own cost; bounds may be outside the floor.
    """
    n, k = x.shape
    floor, part = np.floor(x), x - np.floor(x)
    ceil = np.ceil(x)
    within = np.clip(np.minimum(ceil, high) - floor, 0, 1)
    least = np.clip(low - floor, 0, None)  # what the lower bound asks above the floor
    under_least = np.clip(floor - high, 0, None)
    cost = np.concatenate([(1 - 2 * part).ravel(), np.full(n * k, FAR + 1), np.full(n * k, FAR + 1)])
    bounds = [
        *zip(np.minimum(least, within).ravel(), within.ravel(), strict=True),
        *zip(np.maximum(least - within, 0).ravel(), np.maximum(high - ceil, 0).ravel(), strict=True),
        *zip(under_least.ravel(), np.maximum(floor - low, 0).ravel(), strict=True),
    ]
    one = margins_matrix(n, k)
    wanted = np.concatenate([rows, columns]) - one @ floor.ravel()
    found = linprog(cost, A_eq=sparse.hstack([one, one, -one]), b_eq=wanted, bounds=bounds, method="highs")
    assert found.success, found.message
    return found.fun + part.sum()


def distance(x, n):
    outside = np.maximum(n - np.ceil(x), 0) + np.maximum(np.floor(x) - n, 0)
    return np.abs(x - n).sum() + FAR * outside.sum()


def least_relaxation(x, rows, columns, low, high):
    """The least sum of changes of single margins under which a table exists (linear programme)."""
    n, k = x.shape
    one = margins_matrix(n, k)
    slack = sparse.eye(n + k)
    cost = np.concatenate([np.zeros(n * k), np.ones(2 * (n + k))])
    bounds = [*zip(low.ravel(), high.ravel(), strict=True), *[(0, None)] * (2 * (n + k))]
    wanted = np.concatenate([rows, columns])
    found = linprog(
        cost, A_eq=sparse.hstack([one, slack, -slack]), b_eq=wanted, bounds=bounds, method="highs"
    )
    assert found.success
    return found.fun


# --- fit ---------------------------------------------------------------------------------------------


def test_a_two_by_two_table_keeps_its_odds_ratio():
    # Odds ratio 3, all margins 4: a² / (4 - a)² = 3, so a = 4√3 / (1 + √3)
    a = 4 * 3**0.5 / (1 + 3**0.5)
    x = fit([[1, 1], [1, 3]], [4, 4], [[4, 4]], [0, 0])
    np.testing.assert_allclose(x, [[a, 4 - a], [4 - a, a]], rtol=1e-9)


def test_two_sweeps_by_hand():
    # Rows first: (4, 6) and (5, 15). Columns 9 and 21 are then met at once.
    x = fit([[2, 3], [1, 3]], [10, 20], [[9, 21]], [0, 0])
    np.testing.assert_allclose(x, [[4, 6], [5, 15]], rtol=1e-12)


def test_equal_weights_give_row_times_column_over_total():
    x = fit(np.ones((3, 4)), [10, 20, 30], [[6, 12, 18, 24]], [0, 0, 0])
    np.testing.assert_allclose(x, np.outer([10, 20, 30], [6, 12, 18, 24]) / 60, rtol=1e-12)


def test_a_capped_cell_hands_its_mass_to_the_others():
    # Equal weights, margins 3, first cell at most ½: its row and column share 2½, the rest 3 - 1¼.
    high = np.full((3, 3), np.inf)
    high[0, 0] = 0.5
    x = fit(np.ones((3, 3)), [3, 3, 3], [[3, 3, 3]], [0, 0, 0], high=high)
    np.testing.assert_allclose(x, [[0.5, 1.25, 1.25], [1.25, 0.875, 0.875], [1.25, 0.875, 0.875]], rtol=1e-8)


def test_a_floor_lifts_even_a_zero():
    low = np.zeros((2, 2))
    low[0, 0] = 1
    x = fit([[0, 1], [1, 1]], [4, 4], [[4, 4]], [0, 0], low=low)
    np.testing.assert_allclose(x, [[1, 3], [3, 1]], rtol=1e-8)


@pytest.mark.parametrize("seed", range(4))
def test_margins_hold_within_bounds_that_bind(seed):
    rng = np.random.default_rng([3, seed])
    inside = rng.poisson(20, (60, 12))
    low, high = (
        np.maximum(inside - rng.integers(0, 8, inside.shape), 0),
        inside + rng.integers(0, 8, inside.shape),
    )
    group = np.sort(rng.integers(0, 4, 60))
    rows, columns = inside.sum(axis=1), column_sums(inside, group)
    x = fit(rng.lognormal(0, 0.7, inside.shape), rows, columns, group, low=low, high=high)
    assert ((x >= low) & (x <= high)).all()
    np.testing.assert_allclose(x.sum(axis=1), rows, rtol=1e-9)
    np.testing.assert_allclose(column_sums(x, group), columns, rtol=1e-8)


def test_bounds_that_do_not_bind_change_nothing():
    weights, rows, columns, group = people(np.random.default_rng(5), 30)
    free = fit(weights, rows, columns, group)
    bounded = fit(weights, rows, columns, group, low=free - 1e-3, high=free + 1e-3)
    np.testing.assert_allclose(bounded, free, rtol=1e-6)


# --- rounding ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("zeros", [0.0, 0.3])
def test_fifty_people_by_twelve_months_reach_the_optimum_of_the_linear_programme(seed, zeros):
    weights, rows, columns, group = people(np.random.default_rng([1, seed]), 50, zeros=zeros)
    x = fit(weights, rows, columns, group)
    n = round_table(x, rows, columns, group)
    assert (n.sum(axis=1) == rows).all()
    assert (column_sums(n, group) == columns).all()
    assert (n[weights == 0] == 0).all()
    assert np.abs(x - n).max() < 1
    high = np.where(weights == 0, 0, 10**6)
    assert distance(x, n) == pytest.approx(least_distance(x, rows, columns[0], 0 * x, high), abs=1e-5)


@pytest.mark.parametrize("seed", range(5))
def test_with_bounds_they_reach_it_too(seed):
    rng = np.random.default_rng([2, seed])
    inside = rng.poisson(15, (50, 12))
    low = np.maximum(inside - rng.integers(0, 9, inside.shape), 0)
    high = inside + rng.integers(0, 9, inside.shape)
    rows, columns, group = inside.sum(axis=1), inside.sum(axis=0), np.zeros(50, int)
    x = fit(rng.lognormal(0, 0.5, inside.shape), rows, [columns], group, low=low, high=high)
    n = round_table(x, rows, [columns], group, low=low, high=high)
    assert (n.sum(axis=1) == rows).all()
    assert (n.sum(axis=0) == columns).all()
    assert ((n >= low) & (n <= high)).all()
    assert np.abs(x - n).max() < 1
    assert distance(x, n) == pytest.approx(least_distance(x, rows, columns, low, high), abs=1e-5)


@pytest.mark.parametrize("seed", range(5))
def test_shares_that_miss_their_margins_are_left_by_as_few_units_as_possible(seed):
    rng = np.random.default_rng([4, seed])
    inside = rng.poisson(8, (20, 6))
    low = np.maximum(inside - rng.integers(0, 12, inside.shape), 0)
    high = inside + rng.integers(0, 12, inside.shape)
    rows, columns = inside.sum(axis=1), inside.sum(axis=0)
    x = inside + rng.normal(0, 4, inside.shape).clip(0.01 - inside, None)  # within no bounds, to no margins
    n = round_table(x, rows, [columns], np.zeros(20, int), low=low, high=high)
    assert (n.sum(axis=1) == rows).all()
    assert (n.sum(axis=0) == columns).all()
    assert ((n >= low) & (n <= high)).all()
    assert distance(x, n) == pytest.approx(least_distance(x, rows, columns, low, high), abs=1e-4)


@pytest.mark.parametrize("noise", [0.0, 1e-3, 0.05])
def test_a_crowd_of_like_people_reaches_it_too(noise):
    # Rounded row by row, all choose the same months: hundreds of units stand in the wrong column.
    rng = np.random.default_rng(7)
    weights = rng.lognormal(0, 0.3, 12) * (1 + noise * rng.random((600, 12)))
    rows, group = np.full(600, 100), np.zeros(600, int)
    columns = np.array(largest_remainder(60000, weights.sum(axis=0).tolist()))
    x = fit(weights, rows, [columns], group)
    n = round_table(x, rows, [columns], group)
    assert (n.sum(axis=1) == rows).all()
    assert (n.sum(axis=0) == columns).all()
    assert np.abs(x - n).max() < 1
    assert distance(x, n) == pytest.approx(least_distance(x, rows, columns, 0 * x, 0 * x + 1e6), abs=1e-4)


def test_row_totals_in_fen_of_a_large_company_are_exact():
    weights, rows, columns, group = people(np.random.default_rng(11), 200)
    rows, columns = rows * 10**9 + 7, columns * 10**9
    columns[0, 0] += 7 * 200
    n = round_table(fit(weights, rows, columns, group), rows, columns, group)
    assert (n.sum(axis=1) == rows).all()
    assert (n.sum(axis=0) == columns[0]).all()


def test_amounts_far_from_their_margins_move_at_once():
    n = round_table([[10**12, 0.25], [0.25, 0.5]], [10**12, 10**12], [[10**12, 10**12]], [0, 0])
    assert n.tolist() == [[10**12, 0], [0, 10**12]]


def test_of_equal_choices_the_earlier_column_then_the_earlier_row_is_served():
    # Each alone would take the first month; one has to give way, and the first row's turn comes first.
    n = round_table(np.full((2, 2), 0.5), [1, 1], [[1, 1]], [0, 0])
    assert n.tolist() == [[0, 1], [1, 0]]


def test_many_tables_at_once_equal_each_alone():
    rng = np.random.default_rng(13)
    group = np.repeat(np.arange(60), rng.integers(1, 9, 60))
    inside = rng.poisson(4, (len(group), 5))
    pinned = (rng.random(inside.shape) < 0.1) & (group % 2 == 0)[:, None]
    low, high = np.where(pinned, inside, 0), np.where(pinned, inside, np.inf)
    weights = rng.lognormal(0, 0.5, inside.shape) * ((inside > 0) | (rng.random(inside.shape) < 0.5))
    rows, columns = inside.sum(axis=1), column_sums(inside, group)
    x = fit(weights, rows, columns, group, low=low, high=high)
    n = round_table(x, rows, columns, group, low=low, high=high)
    for g in range(60):
        at = group == g
        none, bounds = np.zeros(at.sum(), int), {"low": low[at], "high": high[at]}
        alone = fit(weights[at], rows[at], columns[[g]], none, **bounds)
        assert (alone == x[at]).all()
        assert (round_table(alone, rows[at], columns[[g]], none, **bounds) == n[at]).all()


def test_the_order_of_rows_does_not_matter_where_nothing_ties():
    rng = np.random.default_rng(17)
    weights, rows, columns, group = people(rng, 40)
    x = fit(weights, rows, columns, group)
    order = rng.permutation(40)
    assert (
        round_table(x, rows, columns, group)[order] == round_table(x[order], rows[order], columns, group)
    ).all()


@st.composite
def worlds(draw):
    """Some small tables that exist, their pins and zeros, and weights that know nothing of them."""
    sizes = draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    k = draw(st.integers(1, 4))
    group = np.repeat(np.arange(len(sizes)), sizes)
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    inside = rng.poisson(draw(st.sampled_from([0.3, 2, 1000])), (len(group), k))
    pinned = rng.random(inside.shape) < draw(st.sampled_from([0.0, 0.2, 0.6]))
    zero = (inside == 0) & (rng.random(inside.shape) < draw(st.sampled_from([0.0, 0.5, 1.0])))
    weights = np.where(zero, 0.0, rng.lognormal(0, draw(st.sampled_from([0.1, 2.0])), inside.shape))
    return inside, group, weights, np.where(pinned, inside, 0), np.where(pinned, inside, np.inf)


@settings(deadline=None, max_examples=200)
@given(world=worlds())
def test_every_table_that_exists_is_found_with_its_pins_and_zeros(world):
    inside, group, weights, low, high = world
    rows, columns = inside.sum(axis=1), column_sums(inside, group)
    x = fit(weights, rows, columns, group, low=low, high=high)
    assert ((x >= low) & (x <= high)).all()
    n = round_table(x, rows, columns, group, low=low, high=high)
    assert (n.sum(axis=1) == rows).all()
    assert (column_sums(n, group) == columns).all()
    assert ((n >= low) & (n <= high)).all()
    assert (n[(weights == 0) & (low == 0)] == 0).all()
    met = np.abs(x.sum(axis=1) - rows).sum() + np.abs(column_sums(x, group) - columns).sum() < 0.5
    assert not met or (np.abs(x - n) < 1).all()


# --- refusals ----------------------------------------------------------------------------------------


def refusal(x, rows, columns, group, **bounds):
    with pytest.raises(NoTable) as caught:
        round_table(x, rows, columns, group, **bounds)
    return caught.value


def test_a_row_whose_zeros_leave_it_one_full_month_is_named_with_that_month():
    # The second row can only sell in month 2, which takes 5 of its 8 units.
    found = refusal([[3, 0.1, 3], [0, 5, 0], [1, 1, 1]], [6, 8, 3], [[6, 5, 6]], [0, 0, 0])
    assert (found.rows, found.cells, found.missing) == ((1,), ((0, 1),), 3)
    assert not found.gaps[0].short


def test_a_month_that_nobody_can_fill_is_named():
    # Only the first row may sell in month 1, and has 2 of the 7 units it needs.
    found = refusal([[2, 1e-9], [0, 9], [0, 9], [0, 9]], [2, 9, 9, 9], [[7, 22]], [0, 0, 0, 0])
    assert (found.rows, found.cells, found.missing) == ((0,), ((0, 0),), 5)
    assert found.gaps[0].short


def test_pins_above_the_total_of_their_row_name_the_row():
    low = np.array([[4, 4], [0, 0]])
    found = refusal(np.full((2, 2), 3.0), [6, 6], [[6, 6]], [0, 0], low=low)
    assert (found.rows, found.missing) == ((0,), 2)


def test_caps_below_the_total_of_their_month_name_the_month():
    high = np.array([[2, 9], [2, 9]])
    found = refusal(np.full((2, 2), 3.0), [6, 6], [[6, 6]], [0, 0], high=high)
    assert (found.cells, found.missing) == (((0, 0),), 2)


def test_only_the_tables_that_cannot_exist_are_named():
    x = [[1, 1], [1, 1], [0, 2], [1, 1], [1, 1]]
    found = refusal(
        x,
        [2, 2, 2, 2, 3],
        [[2, 2], [1, 1], [2, 2], [1, 1]],
        [0, 0, 1, 2, 3],
    )
    assert {gap.group for gap in found.gaps} == {1, 2, 3}
    assert found.missing == 1 + 2 + 1


def test_a_refusal_survives_the_way_back_from_a_worker():
    found = refusal([[1.0]], [1], [[3]], [0])
    assert pickle.loads(pickle.dumps(found)).gaps == found.gaps


@pytest.mark.parametrize("group", [[1, 0], [0, 0], [0, 2]])
def test_rows_out_of_order_and_tables_without_rows_are_refused(group):
    with pytest.raises(ValueError, match="sorted by table"):
        round_table(np.ones((2, 1)), [1, 1], [[1], [1]], group)


def test_a_floor_above_its_cap_is_refused():
    with pytest.raises(ValueError, match="lower bound"):
        round_table([[1.0]], [1], [[1]], [0], low=[[2]], high=[[1]])


def proof(gap, rows, columns, group, low, high):
    """How many units a gap's rows and columns lack, from the margins and bounds alone."""
    mine = group == gap.group
    a = np.isin(np.arange(len(rows)), gap.rows)
    s = np.isin(np.arange(columns.shape[1]), gap.columns)
    held, taken = rows[a].sum(), columns[gap.group, s].sum()
    if gap.short:
        return taken - high[mine & ~a][:, s].sum() - (held - low[a][:, ~s].sum())
    return held - high[a][:, ~s].sum() - (taken - low[mine & ~a][:, s].sum())


@settings(deadline=None, max_examples=80)
@given(seed=st.integers(0, 2**32), n=st.integers(1, 5), k=st.integers(1, 4), balanced=st.booleans())
def test_every_refusal_proves_itself_and_names_the_least_that_must_give_way(seed, n, k, balanced):
    rng = np.random.default_rng(seed)
    low = rng.poisson(1, (n, k)) * (rng.random((n, k)) < 0.5)
    high = low + rng.poisson(3, (n, k))
    weights = rng.random((n, k)) * (rng.random((n, k)) < 0.8)
    rows, columns = rng.integers(0, 12, n), rng.integers(0, 12, k)
    if balanced:
        columns = rng.multinomial(rows.sum(), np.ones(k) / k)
    group = np.zeros(n, int)
    allowed = np.where((weights == 0) & (low == 0), 0, high)
    least = least_relaxation(weights, rows, columns, low, allowed)
    x = fit(weights, rows, [columns], group, low=low, high=high)
    if least < 0.5:
        n_ = round_table(x, rows, [columns], group, low=low, high=high)
        assert (n_.sum(axis=0) == columns).all()
        return
    found = refusal(x, rows, [columns], group, low=low, high=high)
    assert proof(found.gaps[0], rows, columns[None], group, low, allowed) == found.missing
    # Each unit that finds no place is missing in a row and in a column, or in the sums themselves.
    assert 2 * found.missing - abs(rows.sum() - columns.sum()) == pytest.approx(least)


# --- METHODS §1.2: one shot over three families of totals is not possible, step by step is -------------

CELLS = ("p1m1", "p1m3", "p3m3", "p3m2", "p2m2")
TOTALS = (
    ("p1m1", "p1m3"),  # person p1
    ("p3m3", "p3m2"),  # person p3
    ("p3m2", "p2m2"),  # month m2
    ("p1m3", "p3m3"),  # month m3
    ("p1m1", "p2m2"),  # team A in quarter 1
)


def test_three_crossing_families_of_totals_have_no_whole_solution():
    halves = dict.fromkeys(CELLS, 0.5)
    assert all(sum(halves[cell] for cell in total) == 1 for total in TOTALS)
    choices = (dict(zip(CELLS, choice, strict=True)) for choice in itertools.product((0, 1), repeat=5))
    assert not any(all(sum(n[cell] for cell in total) == 1 for total in TOTALS) for n in choices)


def step_by_step(goal):
    """Company months, then team × month, then person × month inside each team."""
    people = np.array([[0.5, 0, 0.5], [0, 0.5, 0], [0, 0.5, 0.5]])  # p1, p2 in team A, p3 in team B
    teams = np.array([people[:2].sum(axis=0), people[2]])
    months = largest_remainder(goal, teams.sum(axis=0).tolist())
    years = largest_remainder(goal, teams.sum(axis=1).tolist())
    team_month = round_table(fit(teams, years, [months], [0, 0]), years, [months], [0, 0])
    own = [*largest_remainder(years[0], people[:2].sum(axis=1).tolist()), years[1]]
    group = [0, 0, 1]
    return (
        months,
        years,
        own,
        team_month,
        round_table(fit(people, own, team_month, group), own, team_month, group),
    )


def test_step_by_step_every_sum_is_exact():
    months, years, own, team_month, person_month = step_by_step(2)
    assert (months, years, own) == ([0, 1, 1], [1, 1], [1, 0, 1])
    assert team_month.sum(axis=0).tolist() == person_month.sum(axis=0).tolist() == months
    assert team_month.sum(axis=1).tolist() == years
    assert person_month.sum(axis=1).tolist() == own
    assert (person_month[:2].sum(axis=0) == team_month[0]).all()
    assert (person_month[2] == team_month[1]).all()


def test_step_by_step_names_the_person_whose_only_month_went_to_another_team():
    # With 3 units the company's months are 1, 1, 1 and team B takes m2, the only month of p2.
    with pytest.raises(NoTable) as caught:
        step_by_step(3)
    assert caught.value.missing == 1
    assert 1 in caught.value.rows
