"""Small samples are drawn towards the peers: closed forms, a planted beta, and fairer ends of a ranking."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesperf_lib.errors import DataError
from salesperf_lib.stats import shrinkage


def world(seed, people=400, alpha=8.0, beta=72.0, few=10, many=400):
    """Plant people whose rates are beta(α, β): half with few trials, half with many."""
    rng = np.random.default_rng(np.random.SeedSequence([seed, 41]))
    truth = rng.beta(alpha, beta, people)
    trials = np.where(np.arange(people) < people // 2, few, many)
    return truth, rng.binomial(trials, truth), trials


# -- the prior


def test_the_prior_of_equal_peers_is_the_textbook_s_variance_ratio():
    """With n trials each: MSB = n·s², MSW = n·mean(p(1 − p))/(n − 1) as in any balanced analysis of variance."""
    x, n = np.array([10, 14, 6, 20, 9, 13]), 50
    p = x / n
    between, inside = n * p.var(ddof=1), n * (p * (1 - p)).mean() / (n - 1)
    rho = (between - inside) / (between + (n - 1) * inside)
    found = shrinkage.beta_prior(x, np.full(6, n))
    assert sum(found) == pytest.approx(1 / rho - 1)
    assert found[0] / sum(found) == pytest.approx(72 / 300)


def test_a_planted_beta_comes_back():
    found = np.array([shrinkage.beta_prior(*world(seed)[1:]) for seed in range(60)])
    strength = found.sum(axis=1)
    assert np.median(strength) == pytest.approx(80, rel=0.06)
    assert (found[:, 0] / strength).mean() == pytest.approx(0.1, abs=0.002)


def test_peers_who_differ_by_chance_alone_give_the_strongest_prior():
    alpha, beta = shrinkage.beta_prior([5] * 6, [50] * 6)
    assert (alpha, beta) == pytest.approx((0.1 * shrinkage.STRONGEST, 0.9 * shrinkage.STRONGEST))
    assert shrinkage.shrink_rate([50], [50], (alpha, beta)) == pytest.approx([0.1], abs=1e-4)


@pytest.mark.parametrize(
    ("successes", "trials"),
    [
        ([], []),
        ([1, 2, 3, 4], [10] * 4),  # one peer too few
        ([1, 2, 3, 4, 0], [10, 10, 10, 10, 0]),  # the fifth did nothing
        ([1, 2, 3, 4, np.nan], [10] * 5),  # the fifth is absent
        ([0] * 5, [10] * 5),  # no success at all
        ([10] * 5, [10] * 5),  # nothing else
        ([0, 1, 0, 1, 1], [1] * 5),  # one trial each cannot show how people differ
        ([10, 10, 0, 0, 10], [10] * 5),  # all or nothing: a prior worth no observation
    ],
)
def test_where_nothing_can_be_learnt_there_is_no_prior(successes, trials):
    assert shrinkage.beta_prior(successes, trials) is None


def test_five_peers_are_enough():
    assert shrinkage.beta_prior([1, 2, 3, 4, 9], [10] * 5) is not None


@given(st.permutations(range(30)))
def test_the_order_of_peers_changes_no_bit(order):
    _, x, n = world(3, people=30)
    order = np.array(order)
    assert shrinkage.beta_prior(x[order], n[order]) == shrinkage.beta_prior(x, n)


# -- rates and means


def test_rates_and_means_are_their_closed_forms():
    assert shrinkage.shrink_rate([3, 30], [10, 100], (2, 18)).tolist() == [5 / 30, 32 / 120]
    assert shrinkage.shrink_mean([270, 2700], [3, 30], 80, 6).tolist() == [750 / 9, 3180 / 36]
    assert shrinkage.shrink_mean([270], [3], 80, 0).tolist() == [90]


def test_without_observations_there_is_nothing_not_the_peers_rate():
    assert np.isnan(shrinkage.shrink_rate([0, np.nan], [0, 10], (2, 18))).all()
    assert np.isnan(shrinkage.shrink_mean([0.0, np.nan], [0, 2], 80, 6)).all()
    assert np.isnan(shrinkage.shrink_mean([0.0], [0], 80, 0)).all()


@given(st.integers(1, 500), st.floats(0.01, 50), st.floats(0.01, 50), st.data())
def test_a_shrunk_rate_lies_between_the_own_and_the_peers(n, alpha, beta, data):
    x = data.draw(st.integers(0, n))
    (found,) = shrinkage.shrink_rate([x], [n], (alpha, beta))
    low, high = sorted([x / n, alpha / (alpha + beta)])
    assert low - 1e-12 <= found <= high + 1e-12


@given(st.integers(0, 99), st.integers(1, 100))
def test_one_more_success_never_lowers_a_rate_and_more_trials_draw_less(x, n):
    x = min(x, n - 1)
    one, more = shrinkage.shrink_rate([x, x + 1], [n, n], (2, 18))
    assert one < more
    few, many = shrinkage.shrink_rate([x, 10 * x], [n, 10 * n], (2, 18))
    assert abs(many - x / n) <= abs(few - x / n) + 1e-12


def test_a_dominated_person_added_today_changes_nobody_else_by_a_bit():
    """The peers are those of the period before, so today's table is no part of the prior."""
    _, before, trials = world(5)
    prior = shrinkage.beta_prior(before, trials)
    _, x, n = world(6, people=40)
    alone = shrinkage.shrink_rate(x, n, prior)
    joined = shrinkage.shrink_rate([*x, 0], [*n, 500], prior)
    assert joined[:-1].tolist() == alone.tolist()
    assert joined[-1] < alone.min()


# -- what it is for


@pytest.mark.parametrize("seed", range(5))
def test_both_ends_of_a_ranking_hold_fewer_people_with_few_customers(seed):
    """Raw: nearly all of the 20 first and the 20 last have the few trials; shrunk: far fewer."""
    truth, x, n = world(seed)
    prior = shrinkage.beta_prior(*world(seed + 100)[1:])
    few = {}
    for name, rates in (("raw", x / n), ("shrunk", shrinkage.shrink_rate(x, n, prior))):
        order = np.argsort(rates, kind="stable")
        few[name] = int((n[order[:20]] == 10).sum()), int((n[order[-20:]] == 10).sum())
    assert few["shrunk"][0] < few["raw"][0]
    assert few["shrunk"][1] < few["raw"][1]
    assert sum(few["shrunk"]) <= 0.5 * sum(few["raw"])
    assert truth.size == 400


def test_rates_come_nearer_to_the_truth():
    raw, shrunk = [], []
    for seed in range(20):
        truth, x, n = world(seed)
        prior = shrinkage.beta_prior(*world(seed + 100)[1:])
        raw.append(np.mean((x / n - truth) ** 2))
        shrunk.append(np.mean((shrinkage.shrink_rate(x, n, prior) - truth) ** 2))
    assert max(np.array(shrunk) / np.array(raw)) < 0.4
    # Theory: mean p(1 − p)/n raw; α β/((s)²(s + 1)) · s/(s + n) shrunk, s = 80, half with 10 trials, half with 400.
    spread = 0.1 * 0.9 / 81
    expected_raw = 0.5 * (0.09 - spread) * (1 / 10 + 1 / 400)
    expected_shrunk = 0.5 * spread * (80 / 90 + 80 / 480)
    assert np.mean(raw) == pytest.approx(expected_raw, rel=0.1)
    assert np.mean(shrunk) == pytest.approx(expected_shrunk, rel=0.1)


def test_means_come_nearer_to_the_truth():
    rng = np.random.default_rng(np.random.SeedSequence(8))
    truth = rng.normal(75, 5, 2000)
    n = rng.integers(1, 12, 2000)
    total = n * truth + rng.normal(0, 10 * np.sqrt(n))
    shrunk = shrinkage.shrink_mean(total, n, 75, 4)  # k = σ²/τ² = 100/25
    assert np.mean((shrunk - truth) ** 2) < 0.65 * np.mean((total / n - truth) ** 2)


# -- refusals


@pytest.mark.parametrize(("successes", "trials"), [([11], [10]), ([-1], [10]), ([0], [-1])])
def test_counts_that_are_none_are_refused(successes, trials):
    for act in (shrinkage.beta_prior, lambda x, n: shrinkage.shrink_rate(x, n, (1, 1))):
        with pytest.raises(DataError, match="1 of 1 outside"):
            act(successes, trials)


def test_means_of_fewer_than_no_observations_are_refused():
    with pytest.raises(DataError, match="counts from 0 on"):
        shrinkage.shrink_mean([1], [-1], 0, 1)
    with pytest.raises(DataError, match="counts from 0 on"):
        shrinkage.shrink_mean([1], [1], 0, -1)
