"""Whole numbers that add up."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesperf_lib.targets import close_to, largest_remainder
from salesperf_lib.targets.shares import apportion
from salesperf_lib.targets.tables import NoTable

WEIGHTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=30).filter(any)


@pytest.mark.parametrize(
    ("seats", "expected"),
    [(10, [4, 4, 2]), (11, [5, 5, 1])],  # Alabama paradox: Balinski & Young 2001
)
def test_populations_6_6_2_share_seats_as_published(seats, expected):
    assert largest_remainder(seats, [6, 6, 2]) == expected


def test_equal_remainders_go_to_the_earlier_entries():
    assert largest_remainder(5, [1, 1, 1]) == [2, 2, 1]
    assert largest_remainder(1, [1.0, 1.0, 1.0]) == [1, 0, 0]


def test_a_zero_weight_gets_zero():
    assert largest_remainder(7, [0, 3, 0, 4]) == [0, 3, 0, 4]


def test_totals_beyond_any_float_are_shared_exactly():
    total = 10**30 + 1
    assert largest_remainder(total, [1, 1]) == [5 * 10**29 + 1, 5 * 10**29]


def test_fractions_and_floats_count_with_their_exact_value():
    assert largest_remainder(3, [Fraction(1, 3), Fraction(2, 3)]) == [1, 2]
    assert largest_remainder(10, [0.1, 0.3]) == [3, 7]  # as floats a little above 1 : 3, so no tie at .5


@pytest.mark.parametrize("weights", [[0, 0], [-1, 2], [float("nan"), 1.0], []])
def test_weights_that_share_nothing_are_refused(weights):
    with pytest.raises(ValueError, match="weights"):
        largest_remainder(5, weights)


def test_a_negative_total_is_refused():
    with pytest.raises(ValueError, match="cannot share -1"):
        largest_remainder(-1, [1])


@given(total=st.integers(0, 10**15), weights=WEIGHTS)
def test_parts_sum_to_the_whole_and_stay_within_one_unit(total, weights):
    parts = largest_remainder(total, weights)
    assert sum(parts) == total
    whole = sum(weights)
    assert all(abs(Fraction(total * w, whole) - part) < 1 for w, part in zip(weights, parts, strict=True))


@given(total=st.integers(0, 10**12), weights=st.lists(st.floats(0, 1e6), min_size=1, max_size=20).filter(any))
def test_float_weights_sum_to_the_whole_too(total, weights):
    assert sum(largest_remainder(total, weights)) == total


@given(weights=WEIGHTS, scale=st.integers(1, 1000), total=st.integers(0, 10**9))
def test_the_unit_of_the_weights_does_not_matter(weights, scale, total):
    assert largest_remainder(total, weights) == largest_remainder(total, [w * scale for w in weights])


def test_the_lmdi_example_closes_on_its_gap():
    assert close_to(23700, [58308.24, -64456.77, 29848.53]) == [58308, -64457, 29849]


@given(values=st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=12))
def test_closing_moves_no_figure_by_a_unit_or_more(values):
    total = round(sum(Fraction(v) for v in values))
    closed = close_to(total, values)
    assert sum(closed) == total
    assert all(abs(part - value) < 1.6 for part, value in zip(closed, values, strict=True))


def share_with_floors(total, weights, floors):
    most = np.full(len(weights), total)
    return apportion(total, np.array(weights, float), np.array(floors), most).tolist()


def test_whoever_would_fall_below_the_floor_is_lifted_to_it():
    # 100 by 1:1:8 is 10, 10, 80; the first needs 30, the others share 70 by 1:8 = 7.8, 62.2
    assert share_with_floors(100, [1, 1, 8], [30, 0, 0]) == [30, 8, 62]


def test_floors_that_need_more_than_the_total_are_refused():
    with pytest.raises(NoTable) as refused:
        share_with_floors(10, [1, 1], [5, 6])
    assert refused.value.missing == 1  # 11 are asked for, 10 are there


def test_all_zero_weights_share_equally():
    assert share_with_floors(9, [0, 0], [0, 0]) == [5, 4]


@given(data=st.data(), weights=WEIGHTS)
def test_floors_hold_and_parts_sum(data, weights):
    floors = data.draw(st.lists(st.integers(0, 100), min_size=len(weights), max_size=len(weights)))
    total = sum(floors) + data.draw(st.integers(0, 10**6))
    parts = share_with_floors(total, weights, floors)
    assert sum(parts) == total
    assert all(part >= least for part, least in zip(parts, floors, strict=True))
