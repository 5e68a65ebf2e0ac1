"""Small samples: rates and means drawn towards those of peers, by how little is known (§2.2).

The peers are everybody of the same kind in the period *before*: an anchor that is fixed when the
period begins. Whoever is added to today's table, or taken out of it, then changes nobody else's
result by a single bit; a prior learnt from today's own people would move them all.
"""

from __future__ import annotations

from math import fsum

import numpy as np
from numpy.typing import ArrayLike

from salesperf_lib.errors import DataError, Problem

Floats = np.ndarray
MIN_PEERS = 5
"""Peers with trials below whom nothing can be said of how rates differ."""
STRONGEST = 1e6
"""Most pseudo-observations a prior carries: peers who differ no more than by chance."""


def beta_prior(successes: ArrayLike, trials: ArrayLike) -> tuple[float, float] | None:
    """Learn the beta distribution of the peers' true rates.

    Parameters
    ----------
    successes, trials
        Counts of each peer in the period before, (peers,). Peers without trials, or absent ones, are
        left out.

    Returns
    -------
    tuple of float or None
        α and β of the prior: α + β is the number of pseudo-observations it is worth, at most
        `STRONGEST`, and α/(α + β) the peers' rate. None where there is none: fewer than `MIN_PEERS`
        peers, all of them with a single trial, no success at all or nothing else.

    Raises
    ------
    DataError
        If a count is negative, or there are more successes than trials.

    Notes
    -----
    With p the pooled rate, the intra-class correlation by analysis of variance (Ridout, Demétrio &
    Firth 1999): ρ = (MSB − MSW)/(MSB + (n₀ − 1)·MSW), n₀ = (N − Σn²/N)/(k − 1); α = p(1/ρ − 1),
    β = (1 − p)(1/ρ − 1). ρ ≤ 0 says that the peers differ no more than chance has them differ: the prior
    is as strong as it can be, and every shrunk rate is all but the peers'. The order of peers changes
    no bit.
    """
    x, n = _counts(successes, trials)
    x, n = x[n > 0], n[n > 0]
    peers, whole, got = len(n), fsum(n), fsum(x)
    if peers < MIN_PEERS or whole <= peers or not 0 < got < whole:
        return None
    rate, own = got / whole, x / n
    between = fsum(n * (own - rate) ** 2) / (peers - 1)
    inside = fsum(n * own * (1 - own)) / (whole - peers)
    size = (whole - fsum(n**2) / whole) / (peers - 1)
    rho = (between - inside) / (between + (size - 1) * inside)
    strength = STRONGEST if rho <= 1 / (1 + STRONGEST) else 1 / rho - 1
    return (rate * strength, (1 - rate) * strength) if strength > 0 else None


def shrink_rate(successes: ArrayLike, trials: ArrayLike, prior: tuple[float, float]) -> Floats:
    """Draw rates towards the peers' rate.

    Parameters
    ----------
    successes, trials
        Counts of each person, (people,).
    prior
        α and β, as `beta_prior` gives them.

    Returns
    -------
    numpy.ndarray
        (x + α)/(n + α + β) by person: beta-binomial empirical Bayes. NaN without trials: nobody is
        given a rate for the work of others.

    Raises
    ------
    DataError
        If a count is negative, or there are more successes than trials.
    """
    x, n = _counts(successes, trials)
    alpha, beta = prior
    return np.where(n > 0, (x + alpha) / np.where(n > 0, n + alpha + beta, 1.0), np.nan)


def shrink_mean(total: ArrayLike, n: ArrayLike, prior_mean: float, prior_n: float) -> Floats:
    """Draw means towards the peers' mean.

    Parameters
    ----------
    total
        Sum of each person's observations, (people,).
    n
        Their number, (people,).
    prior_mean
        The peers' mean μ in the period before.
    prior_n
        Pseudo-observations k that it is worth, from 0.

    Returns
    -------
    numpy.ndarray
        (total + kμ)/(n + k) by person; NaN without observations.

    Raises
    ------
    DataError
        If `n` or `prior_n` is negative.
    """
    sums, counts = np.asarray(total, dtype=float), np.asarray(n, dtype=float)
    if prior_n < 0 or (counts < 0).any():
        raise DataError(Problem("means to shrink", "fewer than no observations", "counts from 0 on"))
    weight = np.where(counts > 0, counts + prior_n, 1.0)
    return np.where(counts > 0, (sums + prior_n * prior_mean) / weight, np.nan)


def _counts(successes: ArrayLike, trials: ArrayLike) -> tuple[Floats, Floats]:
    """Read counts; an absent one counts as no trials."""
    x, n = np.broadcast_arrays(np.asarray(successes, dtype=float), np.asarray(trials, dtype=float))
    known = ~(np.isnan(x) | np.isnan(n))
    x, n = np.where(known, x, 0.0), np.where(known, n, 0.0)
    if wrong := int(((x < 0) | (x > n)).sum()):
        allowed = "0 ≤ successes ≤ trials"
        raise DataError(
            Problem("rates to shrink", f"{wrong} of {x.size} outside", allowed, "shrink no amounts of money")
        )
    return x, n
