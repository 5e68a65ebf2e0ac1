"""Acceptability figures against the stored draws of R smaa's two examples, closed forms and counting."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from salesperf_lib.errors import DataError, ParamError
from salesperf_lib.weights.smaa import (
    MOST,
    central_weights,
    confidence,
    draws_for,
    entropy,
    rank_shares,
    standard_error,
)


@pytest.fixture(scope="module")
def example(shared_data):
    """Read the draws of an example, and the figures that R prints for it."""
    folder = shared_data / "smaa"
    if not folder.is_dir():
        pytest.skip("the stored draws of R smaa do not lie beside this checkout")

    def read(name):
        figures = json.loads((folder / "figures.json").read_text(encoding="utf-8"))[name]
        with np.load(folder / f"{name}.npz") as file:
            return file["measurements"], file["weights"], figures

    return read


def scores_and_hits(points, weights):
    scores = np.einsum("bnk,bk->bn", points, weights)
    return scores, scores == scores.max(axis=1, keepdims=True)


@pytest.mark.parametrize("name", ["thrombo", "hansen"])
def test_rank_shares_are_those_of_r_smaa(example, name):
    points, weights, figures = example(name)
    scores, _ = scores_and_hits(points, weights)
    np.testing.assert_allclose(rank_shares(scores), figures["rank_acceptability"], atol=1e-12)


@pytest.mark.parametrize("name", ["thrombo", "hansen"])
def test_central_weights_and_confidence_factors_are_those_of_r_smaa(example, name):
    points, weights, figures = example(name)
    _, hits = scores_and_hits(points, weights)
    centre, count = central_weights(weights, hits)
    np.testing.assert_allclose(centre, figures["central_weights"], atol=6e-8)
    np.testing.assert_allclose(count / len(hits), np.array(figures["rank_acceptability"])[:, 0])
    np.testing.assert_allclose(confidence(points, centre), figures["confidence_factor"], atol=1e-12)


def test_thrombo_at_a_point_weighting_and_its_entropy(example):
    points, weights, _ = example("thrombo")
    same = np.tile([0.5, 0.2, 0.3], (2, 1))
    np.testing.assert_allclose(confidence(points, same), [0.1279, 0.8721], atol=1e-12)
    scores, _ = scores_and_hits(points, weights)
    np.testing.assert_allclose(entropy(rank_shares(scores)), [0.9344248] * 2, atol=5e-8)


@pytest.mark.parametrize("t", [0.5, 1.0, 3.0])
def test_one_dimension_against_another_is_first_in_one_of_1_plus_t(t):
    """(1, 0) beats (0, t) where w > t(1 − w), w uniform: on a grid of mid-points, 1 − t/(1 + t)."""
    first = (np.arange(40_000) + 0.5) / 40_000
    scores = np.column_stack([first, t * (1 - first)])
    np.testing.assert_allclose(rank_shares(scores)[0], [1 / (1 + t), t / (1 + t)], atol=5e-5)


def test_nine_wins_of_ten_are_nine_tenths():
    scores = np.array([[2.0, 1.0]] * 9 + [[1.0, 2.0]])
    assert rank_shares(scores).tolist() == [[0.9, 0.1], [0.1, 0.9]]


def test_a_tie_shares_the_ranks_it_occupies():
    """3, 2, 2, 1: the two in the middle have half of rank 2 and half of rank 3."""
    expected = [[1, 0, 0, 0], [0, 0.5, 0.5, 0], [0, 0.5, 0.5, 0], [0, 0, 0, 1]]
    assert rank_shares(np.array([[3.0, 2.0, 2.0, 1.0]])).tolist() == expected
    assert rank_shares(np.zeros((7, 4))).tolist() == [[0.25] * 4] * 4


SCORES = st.tuples(st.integers(1, 12), st.integers(1, 7)).flatmap(
    lambda shape: arrays(float, shape, elements=st.sampled_from([0.0, 80.01, 80.02, 99.5, 120.0]))
)


@given(SCORES, st.randoms(use_true_random=False))
def test_rows_and_columns_sum_to_1_and_order_changes_nothing(scores, chance):
    shares = rank_shares(scores)
    np.testing.assert_allclose(shares.sum(axis=0), 1, atol=1e-12)
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-12)
    order = list(range(scores.shape[1]))
    chance.shuffle(order)
    assert np.array_equal(rank_shares(scores[::-1, order]), shares[order])
    np.testing.assert_allclose(rank_shares(2 * scores + 5), shares)


@given(SCORES)
def test_shares_of_ranks_are_counts_one_by_one(scores):
    expected = np.zeros((scores.shape[1],) * 2)
    for row in scores:
        for person, score in enumerate(row):
            above, level = int((row > score).sum()), int((row == score).sum())
            expected[person, above : above + level] += 1 / level
    np.testing.assert_allclose(rank_shares(scores), expected / len(scores), atol=1e-12)


def test_fifty_people_are_ranked_and_one_more_is_refused():
    shares = rank_shares(np.random.default_rng(50).random((300, MOST)))
    np.testing.assert_allclose(shares.sum(axis=0), 1)
    with pytest.raises(DataError, match="51 people; allowed: at most 50; use the shares of grades"):
        rank_shares(np.zeros((2, 51)))


@pytest.mark.parametrize(
    ("scores", "message"),
    [
        (np.zeros((0, 3)), "0 draws of 3 people"),
        (np.zeros((3, 0)), "3 draws of 0 people"),
        (np.array([[1.0, np.nan], [1.0, 2.0]]), "1 people with scores that are no numbers"),
    ],
)
def test_nothing_to_rank_is_refused(scores, message):
    with pytest.raises(DataError, match=message):
        rank_shares(scores)


def test_never_first_has_no_central_weight_and_no_confidence():
    weights = np.array([[0.2, 0.8], [0.6, 0.4], [0.4, 0.6]])
    hits = np.array([[True, False], [True, False], [True, False]])
    centre, count = central_weights(weights, hits)
    np.testing.assert_allclose(centre, [[0.4, 0.6], [np.nan, np.nan]])
    assert count.tolist() == [3, 0]
    points = np.array([[[1.0, 1.0], [0.5, 0.5]]])
    np.testing.assert_array_equal(confidence(points, centre), [1, np.nan])


def test_shared_hits_count_by_kish():
    """Hits 1, ½, ½: weights (.9·1 + .1·½ + .3·½)/2 = .55; effective (2)²/(1 + ¼ + ¼) = 8/3."""
    weights = np.array([[0.9, 0.1], [0.1, 0.9], [0.3, 0.7]])
    centre, count = central_weights(weights, np.array([[1.0], [0.5], [0.5]]))
    np.testing.assert_allclose(centre, [[0.55, 0.45]])
    np.testing.assert_allclose(count, [8 / 3])


def test_many_hits_are_added_in_blocks():
    chance = np.random.default_rng(9)
    weights, hits = chance.dirichlet(np.ones(3), 30_000), chance.random((30_000, 60)) < 0.3
    centre, count = central_weights(weights, hits)
    assert count.tolist() == hits.sum(axis=0).tolist()
    np.testing.assert_allclose(centre[59], weights[hits[:, 59]].mean(axis=0), rtol=1e-12)


def test_who_is_first_together_shares_the_confidence():
    points = np.array([[[1.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [0.0, 0.5]]])
    assert confidence(points, np.full((2, 2), 0.5)).tolist() == [0.75, 0.25]


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(DataError, match="3 weightings, 2 outcomes"):
        central_weights(np.ones((3, 2)), np.ones((2, 4), bool))
    with pytest.raises(DataError, match="confidence factors"):
        confidence(np.ones((5, 2, 3)), np.ones((3, 3)))


@pytest.mark.parametrize(
    ("shares", "bits"), [([1, 0, 0], 0), ([0.5, 0.5, 0], 1), ([0.25] * 4, 2), ([0.5, 0.25, 0.25], 1.5)]
)
def test_entropy_in_bits(shares, bits):
    assert float(entropy(np.array(shares))) == bits


def test_entropy_of_what_is_not_known_is_not_known():
    assert np.isnan(entropy(np.array([np.nan, 0.5])))


@pytest.mark.parametrize(
    ("error", "probability", "draws"),
    [(0.01, 0.95, 9604), (0.005, 0.95, 38_415), (0.01, 0.99, 16_588), (0.1, 0.95, 97)],
)
def test_draws_for_an_error(error, probability, draws):
    """z²/4e²: 1.95996² / .0004 = 9603.6, / .0001 = 38 414.6; 2.57583² / .0004 = 16 587.2."""
    assert draws_for(error, probability) == draws


@pytest.mark.parametrize("wrong", [(0.0, 0.95), (0.01, 1.0), (-0.1, 0.5), (float("nan"), 0.5)])
def test_an_error_or_a_probability_out_of_range_is_refused(wrong):
    with pytest.raises(ParamError, match="more than 0 and less than 1"):
        draws_for(*wrong)


def test_standard_errors():
    np.testing.assert_allclose(standard_error(np.array([0.5, 0.0, 0.2]), 10_000), [0.005, 0, 0.004])
    with pytest.raises(ParamError, match="found 0"):
        standard_error(0.5, 0)
