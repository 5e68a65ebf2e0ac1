"""Sobol indices against published closed forms, and flip rates worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesperf_lib.errors import DataError, ParamError
from salesperf_lib.weights.sensitivity import Driver, flip_rates, sobol_indices


def plain(name, dims=1):
    return Driver(name, dims, lambda uniform: uniform)


ANGLES = [Driver(f"x{number}", 1, lambda uniform: np.pi * (2 * uniform[:, 0] - 1)) for number in (1, 2, 3)]


def ishigami(values):
    x1, x2, x3 = values
    return (np.sin(x1) + 7 * np.sin(x2) ** 2 + 0.1 * x3**4 * np.sin(x1))[:, None]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_ishigami(seed):
    """Ishigami & Homma 1990, a = 7, b = .1; variance a²/8 + bπ⁴/5 + b²π⁸/18 + ½ = 13.8446."""
    found = sobol_indices(ishigami, ANGLES, 2**14, seed)
    np.testing.assert_allclose(found.first[:, 0], [0.3139, 0.4424, 0], atol=0.005)
    np.testing.assert_allclose(found.total[:, 0], [0.5576, 0.4424, 0.2437], atol=0.005)
    np.testing.assert_allclose(found.variance, 13.8446, rtol=0.005)
    np.testing.assert_allclose(found.first_share, found.first[:, 0])


def linear(values):
    one, two = values
    return np.column_stack([one @ [3.0, 4.0] + 12 * two[:, 0], one @ [1.0, 0.0], 5 * two[:, 0]])


def test_groups_of_a_linear_function():
    """Var(cu) = c²/12. Groups (3, 4) and (12): 25 and 144 of 169; then the one alone, then the other."""
    found = sobol_indices(linear, [plain("one", 2), plain("two")], 2**12, 7)
    expected = np.array([[25 / 169, 1, 0], [144 / 169, 0, 1]])
    np.testing.assert_allclose(found.first, expected, atol=0.005)
    np.testing.assert_allclose(found.total, expected, atol=0.005)
    np.testing.assert_allclose(found.variance, np.array([169, 1, 25]) / 12, rtol=0.005)
    np.testing.assert_allclose(found.first_share, [26 / 195, 169 / 195], atol=0.005)  # 25 + 1, 144 + 25
    np.testing.assert_allclose(found.total_share, [26 / 195, 169 / 195], atol=0.005)


def test_a_product_is_all_interaction():
    """(u − ½)(v − ½) has no first order: total 1 for both."""
    found = sobol_indices(
        lambda values: (values[0] - 0.5) * (values[1] - 0.5), [plain("u"), plain("v")], 2**12, 1
    )
    np.testing.assert_allclose(found.first, 0, atol=0.02)
    np.testing.assert_allclose(found.total, 1, atol=0.02)


def test_outputs_that_do_not_vary_have_no_indices_and_do_not_count():
    def some(values):
        return np.column_stack([np.full(len(values[0]), 0.1), values[0][:, 0]])

    found = sobol_indices(some, [plain("a"), plain("b")], 2**10, 1)
    assert np.isnan(found.first[:, 0]).all()
    assert np.isnan(found.total[:, 0]).all()
    np.testing.assert_allclose(found.first_share, [1, 0], atol=0.01)
    still = sobol_indices(lambda values: np.ones((len(values[0]), 2)), [plain("a")], 2**5, 1)
    assert np.isnan(still.first_share).all()


def test_the_order_of_drivers_changes_nothing():
    found = sobol_indices(ishigami, ANGLES, 2**11, 5)
    order = [2, 0, 1]
    turned = sobol_indices(
        lambda values: ishigami([values[1], values[2], values[0]]), [ANGLES[at] for at in order], 2**11, 5
    )
    assert turned.names == ("x3", "x1", "x2")
    np.testing.assert_allclose(turned.first, found.first[order], rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(turned.total, found.total[order], rtol=1e-12)


@settings(max_examples=15)
@given(st.floats(-1e4, 1e4), st.floats(0.1, 100))
def test_a_constant_and_a_factor_change_nothing(level, factor):
    given_ = sobol_indices(ishigami, ANGLES, 2**8, 3)
    moved = sobol_indices(lambda values: level + factor * ishigami(values), ANGLES, 2**8, 3)
    np.testing.assert_allclose(moved.first, given_.first, atol=1e-6)
    np.testing.assert_allclose(moved.total, given_.total, atol=1e-6)


def test_blocks_give_what_one_pass_of_the_formulas_gives():
    """2¹² rows are four blocks; here all at once, in plain numpy, with A and B seen by `evaluate`."""
    seen = []

    def watched(values):
        seen.append(np.column_stack(values))
        return ishigami(values)

    found = sobol_indices(watched, ANGLES, 2**12, 11)
    a, b, *mixed = (np.concatenate(seen[at::5]) for at in range(5))
    f_a, f_b, *f_mixed = (ishigami(part.T)[:, 0] for part in (a, b, *mixed))
    mean, variance = np.concatenate([f_a, f_b]).mean(), np.concatenate([f_a, f_b]).var()
    assert all(np.array_equal(part[:, at], b[:, at]) for at, part in enumerate(mixed))
    first = [((f_b - mean) * (f_i - f_a)).mean() / variance for f_i in f_mixed]
    total = [((f_a - f_i) ** 2).mean() / 2 / variance for f_i in f_mixed]
    np.testing.assert_allclose(found.first[:, 0], first, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(found.total[:, 0], total, rtol=1e-10)


@pytest.mark.parametrize(
    ("drivers", "draws", "message"),
    [
        ([], 64, "found none"),
        ([plain("a"), plain("a")], 64, "of different names"),
        ([plain("a", 0)], 64, "0 dimensions"),
        ([plain("a")], 100, "a power of two"),
        ([plain("a")], 1, "a power of two"),
    ],
)
def test_drivers_that_cannot_be_drawn_are_refused(drivers, draws, message):
    with pytest.raises(ParamError, match=message):
        sobol_indices(lambda values: values[0], drivers, draws, 1)


@pytest.mark.parametrize(
    ("evaluate", "message"),
    [
        (lambda values: values[0][:, 0], "outputs of shape"),
        (lambda values: np.zeros((3, 1)), "outputs of shape"),
        (lambda values: np.full((64, 1), np.nan), "no numbers"),
    ],
)
def test_outputs_that_cannot_be_used_are_refused(evaluate, message):
    with pytest.raises(DataError, match=message):
        sobol_indices(evaluate, [plain("a")], 64, 1)


def test_flips_by_weights_and_by_noise():
    """Three people count: 1 − share of the published grade 0, .1, .05 by weights and .3, .1, .2 by noise."""
    by_weights = np.array([[1, 0, 0], [0.1, 0.9, 0], [0, 0.05, 0.95], [np.nan] * 3])
    by_noise = np.array([[0.7, 0.3, 0], [0, 0.9, 0.1], [0.1, 0.1, 0.8], [0, 1, 0]])
    found = flip_rates(by_weights, by_noise, np.array([0, 1, 2, 1]))
    assert found.weights == pytest.approx(0.05)
    assert found.noise == pytest.approx(0.2)
    assert found.ratio == pytest.approx(0.25)
    assert (found.uncertain_weights, found.uncertain_noise) == (1, 3)  # exactly 5 % is not above it
    assert (found.people, found.left_out) == (3, 1)


def test_nothing_to_compare_is_not_zero():
    sure = np.array([[1.0, 0.0]])
    assert np.isnan(flip_rates(sure, sure, np.array([0])).ratio)
    nobody = flip_rates(np.full((2, 2), np.nan), np.ones((2, 2)), np.array([0, 1]))
    assert np.isnan([nobody.weights, nobody.noise, nobody.ratio]).all()
    assert (nobody.people, nobody.left_out) == (0, 2)


@pytest.mark.parametrize(
    ("grades", "published", "message"),
    [(2, [0, 2], "1 published grades out of range"), (2, [0], "shapes"), (2, [-1, 0], "0 to 1")],
)
def test_grades_that_do_not_fit_are_refused(grades, published, message):
    shares = np.full((2, grades), 0.5)
    with pytest.raises(DataError, match=message):
        flip_rates(shares, shares, np.array(published))
