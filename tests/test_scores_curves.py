"""Curves as a whole: they never punish reaching more, invent nothing, and agree with plain arithmetic."""

from __future__ import annotations

from fractions import Fraction
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesperf_lib.errors import DataError
from salesperf_lib.params import Curve, Name
from salesperf_lib.scores.curves import attainment, measured_by, points, sasac_steps, trace
from salesperf_lib.scores.matrix import ROWS, composites


def curve(kind, missing="redistribute", **parameters):
    return Curve(kind, kind, Name(kind, kind), MappingProxyType(parameters), missing)


AMBITION = ((0.20, 5.0), (0.50, 4.0), (1.0, 3.0))
RATIO = curve("ratio", floor=0.5, cap=1.2)
LOWER = curve("lower", floor=0.0, cap=1.2)
QUOTIENT = curve("lower", form="quotient", floor=0.5, cap=1.2)
PIECEWISE = curve("piecewise", points_at=((0.7, 50.0), (1.0, 100.0), (1.15, 120.0)))
DEDUCTION = curve("deduction", start=100.0, per_unit=5.0, floor=0.0)
ASYMMETRIC = curve("asymmetric", gain=1.0, loss=2.0, floor=0.0, cap=120.0)
BUDGET = curve("cost_budget", step=0.05, over=10.0, under=5.0, limit=0.30, cap=120.0)
STEPS = curve("steps", base=30.0, step=0.03, up=6.0, down=6.0, ambition=AMBITION)
LEVELS = curve("levels", of="attainment", rows=((0.8, 60.0), (0.9, 80.0), (1.0, 100.0), (1.1, 120.0)))
SECONDS = curve("levels", of="value", rows=((0.0, 120.0), (30.0, 100.0), (60.0, 80.0), (120.0, 0.0)))

BY_ATTAINMENT = [RATIO, LOWER, QUOTIENT, PIECEWISE, ASYMMETRIC, BUDGET, STEPS, LEVELS]
BY_VALUE = [DEDUCTION, SECONDS]
BOUNDS = {
    id(RATIO): (-np.inf, 120), id(LOWER): (0, 120), id(QUOTIENT): (50, 120), id(PIECEWISE): (0, 120),
    id(DEDUCTION): (0, 100), id(ASYMMETRIC): (0, 120), id(BUDGET): (0, 120), id(STEPS): (80, 120),
    id(LEVELS): (0, 120), id(SECONDS): (0, 120),
}  # fmt: skip
NAMES = [f"{item.kind}-{at}" for at, item in enumerate(BY_ATTAINMENT)]
each = pytest.mark.parametrize("one", BY_ATTAINMENT, ids=NAMES)

ticks = st.integers(-1_000_000_000, 3_000_000_000)  # attainment in whole ticks of a billionth
near = st.sampled_from([0, 0.5, 0.7, 0.8, 0.85, 0.9, 0.97, 1, 1.03, 1.1, 1.15, 1.18, 1.2]).flatmap(
    lambda at: st.integers(-2, 2).map(lambda off: round(at * 1e9) + off)
)
reaching = st.one_of(ticks, near).map(lambda tick: tick / 1e9)
targets = st.one_of(st.none(), st.floats(0.01, 1e9))


@each
@given(a=reaching, b=reaching, target=st.floats(0.01, 1e9), baseline=targets, lower=st.booleans())
def test_reaching_more_never_earns_less_and_stays_between_the_bounds(one, a, b, target, baseline, lower):
    before = np.nan if baseline is None else baseline
    found = points(
        one, sorted([a, b]), [np.nan] * 2, [target] * 2, [before] * 2, lower_is_better=lower
    )  # fmt: skip
    assert found[0] <= found[1]
    low, high = BOUNDS[id(one)]
    assert ((low <= found) & (found <= high)).all()


@pytest.mark.parametrize("one", BY_VALUE, ids=["deduction", "seconds"])
@given(a=st.floats(0, 1e7), b=st.floats(0, 1e7))
def test_less_of_what_is_bad_never_earns_less(one, a, b):
    found = points(one, [np.nan] * 2, sorted([a, b]))
    assert found[0] >= found[1]
    low, high = BOUNDS[id(one)]
    assert ((low <= found) & (found <= high)).all()


@pytest.mark.parametrize("one", [*BY_ATTAINMENT, *BY_VALUE], ids=[*NAMES, "deduction", "seconds"])
def test_nothing_known_is_no_points_and_never_zero(one):
    assert np.isnan(points(one, [np.nan], [np.nan])).all()
    assert np.isnan(points(one, [np.nan], [np.nan], [100.0], [90.0])).all()


@each
@pytest.mark.parametrize("target", [0.0, -0.0, -100.0, np.nan, np.inf])
def test_a_target_that_is_none_gives_no_points(one, target):
    for lower in (False, True):
        reached = attainment([120.0], [target], lower_is_better=lower)
        assert np.isnan(points(one, reached, [120.0], [target], [100.0], lower_is_better=lower)).all()


@each
def test_a_column_is_scored_as_its_rows_are(one):
    reached = np.r_[np.linspace(-0.5, 2.5, 61), np.nan].round(9)
    whole = points(one, reached, reached, np.full(62, 90.0), np.full(62, 100.0))
    alone = [points(one, [a], [a], [90.0], [100.0])[0] for a in reached]
    assert np.array_equal(whole, alone, equal_nan=True)


# Steps: published figures, and the formula in whole numbers


def test_steps_are_the_published_whole_numbers():
    values = [1.15, 1.18, 0.85, 0.82, 1.03, 1.029, 0.97, 0.971, 1.0, 0.0, 9.0]
    assert sasac_steps(values, np.ones(11)).tolist() == [5, 6, -5, -6, 1, 0, -1, 0, 0, -6, 6]
    # The tempting formula is wrong on the first two: that is why steps are counted in whole ticks.
    assert [np.floor((a - 1) / 0.03) for a in (1.15, 1.18)] == [4, 5]


@given(value=st.integers(0, 40_000), target=st.integers(1, 20_000))
def test_steps_are_whole_numbers_divided_and_truncated_toward_zero(value, target):
    off = abs(value - target)
    whole = min(6, 100 * off // (3 * target))
    expected = whole if value >= target else -whole
    assert sasac_steps([value], [target])[0] == expected
    lower = sasac_steps([value], [target], lower_is_better=True)[0]
    assert lower == -expected
    worth = points(STEPS, attainment([value], [target], lower_is_better=False), [value], [target])[0]
    assert worth == pytest.approx(float(Fraction(100 * (30 + expected), 30)))


@given(target=st.integers(1, 3_000), baseline=st.integers(1, 1_000))
def test_the_most_steps_up_follow_from_the_published_bounds(target, baseline):
    def most(short: Fraction):
        if short <= 0:
            return 6
        if short <= Fraction(1, 5):
            return 5
        return 4 if short < Fraction(1, 2) else 3

    short = 1 - Fraction(target, baseline)
    assert sasac_steps([target * 2], [target], [baseline])[0] == most(short)
    assert sasac_steps([0], [target], [baseline], lower_is_better=True)[0] == most(-short)
    assert sasac_steps([0], [target], [baseline])[0] == -6
    assert sasac_steps([target * 2], [target], [baseline], lower_is_better=True)[0] == -6


def test_a_baseline_of_nothing_divides_nothing():
    assert sasac_steps([2.0] * 3, [1.0] * 3, [0.0, -5.0, np.nan]).tolist() == [6, 6, 6]
    # A cost that never existed and now has a target: as far above its baseline as can be.
    assert sasac_steps([0.0] * 3, [1.0] * 3, [0.0, -5.0, np.nan], lower_is_better=True).tolist() == [3, 3, 6]


def test_steps_without_a_target_are_refused_not_counted_as_zero():
    with pytest.raises(DataError, match=r"steps: found .* allowed: values, and targets above zero; leave"):
        sasac_steps([1.0, 1.0], [1.0, 0.0])


@pytest.mark.parametrize("rows", [((0.2, 5.0),), ()])
def test_an_ambition_table_may_be_short(rows):
    found = points(
        curve("steps", base=30.0, step=0.03, up=6.0, down=6.0, ambition=rows), [2.0], [1], [1], [9]
    )
    assert found[0] == pytest.approx(100 * (30 + (5 if rows else 6)) / 30)


# Levels: rounding never moves a whole number


@given(whole=st.integers(1_000_000, 10**15))
def test_large_amounts_reach_their_level_to_the_unit(whole):
    rows = curve("levels", of="value", rows=((float(whole), 100.0),))
    assert points(rows, [np.nan] * 3, [whole - 1, whole, whole + 1]).tolist() == [0, 100, 100]


def test_a_value_computed_in_binary_reaches_its_level():
    rows = curve("levels", of="value", rows=((0.3, 100.0),))
    assert 0.1 * 3 != 0.3
    assert points(rows, [np.nan] * 2, [0.1 * 3, 0.7 - 0.4]).tolist() == [100, 100]
    assert 0.7 - 0.4 < 0.3


# The line that is drawn


@pytest.mark.parametrize("one", [*BY_ATTAINMENT, *BY_VALUE], ids=[*NAMES, "deduction", "seconds"])
def test_the_line_drawn_is_the_curve(one):
    x, worth = trace(one)
    assert (np.diff(x) >= 0).all()
    at = np.random.default_rng(618).uniform(x[0], x[-1], 500).round(6)
    at = at[np.abs(at[:, None] - x).min(axis=1) > 1e-6]
    by_value = measured_by(one) == "value"
    true = points(
        one, np.full(at.shape, np.nan) if by_value else at, at if by_value else np.full(at.shape, np.nan)
    )
    assert np.interp(at, x, worth) == pytest.approx(true, abs=0.5 if one is QUOTIENT else 1e-3)


def test_steps_are_drawn_as_steps():
    x, worth = trace(STEPS)
    jumps = np.flatnonzero(np.diff(x) == 0)
    assert x[jumps] == pytest.approx([1 + 0.03 * k for k in (*range(-6, 0), *range(1, 7))])
    assert np.abs(np.diff(worth)[jumps]) == pytest.approx([100 / 30] * 12)
    flat = np.delete(np.diff(worth), jumps)
    assert flat == pytest.approx(0)


def test_the_limit_of_a_budget_is_drawn_as_a_fall_from_forty_points_to_none():
    x, worth = trace(BUDGET, lower_is_better=True)
    jump = np.flatnonzero(np.diff(x) == 0)
    assert x[jump].tolist() == [0.7]
    assert (worth[jump][0], worth[jump + 1][0]) == (0.0, pytest.approx(40.0))
    assert worth[x == 1.0].tolist() == [100.0]


def test_attainment_of_a_cost_is_drawn_no_further_than_free_of_cost():
    uplift = curve("piecewise", points_at=((0.0, 40.0), (1.0, 100.0), (2.0, 120.0)))
    assert trace(uplift, lower_is_better=True)[0][-1] == 2.0
    assert trace(uplift)[0][-1] > 2.0


def test_one_level_and_a_count_of_violations_have_an_axis_of_their_own():
    x, worth = trace(curve("levels", of="value", rows=((30.0, 100.0),)))
    assert x[0] < 30 < x[-1]
    assert worth.tolist() == [0, 0, 100, 100]
    x, worth = trace(DEDUCTION)
    assert (x[0], worth[0]) == (0.0, 100.0)
    assert worth[x == 20.0].tolist() == [0.0]


# The matrix: against plain pandas, written anew

CURVES = [RATIO, ASYMMETRIC, STEPS, LEVELS, BUDGET, PIECEWISE, LOWER, DEDUCTION]
LESS = [False, False, False, False, True, False, True, True]
DIMENSION = [0, 0, 0, 0, 0, 1, 1, 2]
WEIGHTS = [0.2, 0.1, 0.1, 0.1, 0.05, 0.15, 0.15, 0.15]
PLAIN = {
    0: lambda a, v: 0.0 if a < 0.5 else 100 * min(a, 1.2),
    1: lambda a, v: min(120.0, max(0.0, 100 + (100 if a > 1 else 200) * (a - 1))),
    2: lambda a, v: 100 * (30 + np.sign(a - 1) * min(6, round(abs(a - 1) * 1e9) // 30_000_000)) / 30,
    3: lambda a, v: 120 if a >= 1.1 else 100 if a >= 1 else 80 if a >= 0.9 else 60 if a >= 0.8 else 0,
    4: lambda a, v: (0 if a < 0.7 else 100 + 200 * (a - 1)) if a < 1 else min(120, 100 + 100 * (a - 1)),
    5: lambda a, v: 0 if a < 0.7 else min(120, 50 + (a - 0.7) / 0.3 * 50 if a < 1 else 100 + (a - 1) / 0.15 * 20),
    6: lambda a, v: 100 * min(1.2, max(0.0, a)),
    7: lambda a, v: max(0.0, 100 - 5 * v),
}  # fmt: skip


def people(n, missing=0.15):
    rng = np.random.default_rng(20260618)
    wanted = rng.uniform(50, 150, (n, 8))
    values = wanted * rng.normal(1, 0.2, (n, 8))
    values[:, 7] = rng.poisson(2, n)
    wanted[:, 7] = np.nan
    values[rng.random((n, 8)) < missing] = np.nan
    wanted[rng.random((n, 8)) < 0.02] = 0.0
    return values, wanted


def plainly(values, wanted):
    """Score every row with a loop in plain Python, and let pandas add up."""
    rows = []
    for person, (row, aims) in enumerate(zip(values, wanted, strict=True)):
        for at, (value, aim) in enumerate(zip(row, aims, strict=True)):
            a = value / aim if aim > 0 else np.nan
            a = round(2 - a if LESS[at] else a, 9)
            known = not np.isnan(value) and (at == 7 or not np.isnan(a))
            rows.append((person, DIMENSION[at], WEIGHTS[at], PLAIN[at](a, value) if known else np.nan))
    lines = pd.DataFrame(rows, columns=["person", "dimension", "weight", "points"])
    lines["held"] = lines["weight"].where(lines["points"].notna(), 0.0)
    lines["earned"] = (lines["points"] * lines["weight"]).fillna(0.0)
    parts = lines.groupby(["person", "dimension"])[["weight", "held", "earned"]].sum()
    each_dimension = parts["earned"] / parts["held"].where(parts["held"] > 0) * parts["weight"]
    return each_dimension.groupby("person").agg(lambda part: part.sum(skipna=False)).to_numpy()


def test_the_fast_path_agrees_with_plain_pandas():
    values, wanted = people(700)
    found = composites(values, wanted, CURVES, LESS, WEIGHTS, DIMENSION)
    expected = plainly(values, wanted)
    assert 0 < np.isnan(expected).sum() < 350
    assert found == pytest.approx(expected, abs=1e-7, nan_ok=True)


def test_blocks_change_nothing_to_the_last_bit():
    values, wanted = people(ROWS + 3)
    whole = composites(values, wanted, CURVES, LESS, WEIGHTS, DIMENSION)
    parts = [
        composites(values[rows], wanted[rows], CURVES, LESS, WEIGHTS, DIMENSION)
        for rows in (slice(0, 100), slice(100, ROWS + 3))
    ]
    assert np.array_equal(whole, np.concatenate(parts), equal_nan=True)


def test_a_row_does_not_depend_on_who_else_is_in_the_table():
    values, wanted = people(50)
    alone = composites(values[:1], wanted[:1], CURVES, LESS, WEIGHTS, DIMENSION)
    values[1:] = 1e6
    assert composites(values, wanted, CURVES, LESS, WEIGHTS, DIMENSION)[0] == alone[0]


def test_one_target_for_all_and_no_rows_at_all():
    found = composites(
        [[50.0, 100.0], [100.0, 120.0]], [100.0, 100.0], [RATIO] * 2, [False] * 2, [0.5] * 2, [0, 1]
    )
    assert found.tolist() == [75.0, 110.0]
    assert composites(np.empty((0, 2)), [1.0, 1.0], [RATIO] * 2, [False] * 2, [0.5] * 2, [0, 1]).shape == (0,)


def test_a_missing_kpi_moves_its_weight_or_stops_the_assessment():
    values, strict = [[np.nan, 90.0, 110.0]], curve("ratio", "not_assessable", floor=0.5, cap=1.2)
    rest = ([False] * 3, [0.3, 0.3, 0.4], [0, 0, 1])
    assert composites(values, [100.0] * 3, [RATIO] * 3, *rest)[0] == pytest.approx(0.6 * 90 + 0.4 * 110)
    assert np.isnan(composites(values, [100.0] * 3, [strict, RATIO, RATIO], *rest)[0])
    # An empty dimension is no zero either; one without weight is no part of the score.
    assert np.isnan(
        composites([[np.nan, 90.0]], [100.0] * 2, [RATIO] * 2, [False] * 2, [0.5, 0.5], [0, 1])[0]
    )
    assert (
        composites([[np.nan, 90.0]], [100.0] * 2, [strict, RATIO], [False] * 2, [0.0, 1.0], [0, 1])[0] == 90.0
    )


def test_a_gate_holds_the_others_at_a_hundred():
    def scored(violations, gates):
        values = [[120.0, 80.0, violations]]
        rest = ([RATIO, RATIO, DEDUCTION], [False, False, True], [0.5, 0.25, 0.25], [0, 0, 1])
        return composites(values, [100.0, 100.0, np.nan], *rest, gates=gates)[0]

    gates = [np.nan, np.nan, 60.0]
    assert scored(8.0, gates) == 0.5 * 120 + 0.25 * 80 + 0.25 * 60  # at the gate nothing is held
    assert scored(9.0, gates) == 0.5 * 100 + 0.25 * 80 + 0.25 * 55
    assert scored(9.0, None) == 0.5 * 120 + 0.25 * 80 + 0.25 * 55
    assert np.isnan(
        scored(np.nan, gates)
    )  # the only line of its dimension: no points, and no zero under a gate
    assert scored(9.0, [90.0, np.nan, 60.0]) == 0.5 * 120 + 0.25 * 80 + 0.25 * 55  # gates count as they are


def test_baselines_bring_the_ambition_rule():
    rest = ([100.0, 100.0], [STEPS, STEPS], [False, True], [0.5, 0.5], [0, 1])
    values = [[150.0, 50.0]]
    assert composites(values, *rest)[0] == pytest.approx(120.0)
    # Short by 60 % (three steps), and a cost target above its baseline by 25 % (four steps).
    found = composites(values, *rest, baselines=[250.0, 80.0])[0]
    assert found == pytest.approx((100 * 33 / 30 + 100 * 34 / 30) / 2)


def test_parts_of_the_wrong_length_are_all_named():
    with pytest.raises(DataError) as caught:
        composites([[1.0, 2.0]], [1.0, 1.0], [RATIO], [False] * 2, [1.0] * 3, [0, 1])
    assert [problem.where for problem in caught.value.problems] == [
        "composites, curves",
        "composites, weights",
    ]
