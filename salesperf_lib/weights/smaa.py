"""The classic figures of acceptability analysis, from drawn scores and weights (METHODS §4, SMAA)."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from salesperf_lib.errors import DataError, ParamError, Problem
from salesperf_lib.grades.ranking import ranks_of
from salesperf_lib.weights.panel import FloatArray, IntArray

MOST = 50
"""With more people a table of ranks, which has their square many cells, cannot be read."""

LEAST_HITS = 100
"""A central weight of fewer effective draws is too uncertain to be shown."""

_BLOCK = 2**20


def rank_shares(scores: FloatArray) -> FloatArray:
    """Give everybody's share of each rank.

    Parameters
    ----------
    scores
        As they are read, shape (draws, n), n at most `MOST`.

    Returns
    -------
    array of shape (n, n)
        Person by rank, the best rank first. Rows and columns sum to 1: people in a tie share the ranks
        that it occupies evenly.

    Raises
    ------
    DataError
        If there are no draws or no people, too many people, or scores that are no numbers.

    Notes
    -----
    Rank acceptability b_i^r = P(rank_i = r). Source: Lahdelma & Salminen 2001.
    """
    _fail_if_unranked(scores)
    people = scores.shape[1]
    counts = _tie_counts(scores)
    found = np.zeros((people, people))
    for tied in range(1, people + 1):
        share = counts[:, :, tied - 1] / tied
        for place in range(tied):
            found[:, place:] += share[:, : people - place]
    return found / len(scores)


def central_weights(weights: FloatArray, hits: NDArray[np.bool_]) -> tuple[FloatArray, FloatArray]:
    """Give the typical weighting under which each person gets something: a grade, the first rank.

    Parameters
    ----------
    weights
        Shape (draws, k).
    hits
        Whether the person got it in the draw, shape (draws, n); shares from 0 to 1 where ties are shared.

    Returns
    -------
    tuple of array of shape (n, k), array of shape (n,)
        E[w | hit], NaN for who never gets it; and the effective number of draws behind it,
        (Σh)²/Σh²: the number of hits.

    Raises
    ------
    DataError
        If weights and hits are not of the same draws.

    Notes
    -----
    Weights that give a *grade* need not be convex: the mean may lie outside them. Blank below
    `LEAST_HITS`. Source: Lahdelma & Salminen 2001; effective number: Kish 1965.
    """
    if len(weights) != len(hits):
        problem = Problem("central weights", f"{len(weights)} weightings, {len(hits)} outcomes", "as many")
        raise DataError(problem)
    people = hits.shape[1]
    total, squares = np.zeros(people), np.zeros(people)
    moment = np.zeros((people, weights.shape[1]))
    step = max(1, _BLOCK // max(people, 1))
    for start in range(0, len(hits), step):
        own = hits[start : start + step].astype(float)
        moment += own.T @ weights[start : start + step]
        total += own.sum(axis=0)
        squares += (own * own).sum(axis=0)
    some = total > 0
    centre = np.divide(moment, total[:, None], out=np.full_like(moment, np.nan), where=some[:, None])
    return centre, np.divide(total * total, squares, out=np.zeros_like(total), where=some)


def confidence(points: FloatArray, weights: FloatArray) -> FloatArray:
    """Give the probability that a person is first under a weighting of their own, over uncertain points.

    Parameters
    ----------
    points
        Drawn points, shape (draws, n, k).
    weights
        One weighting per person, shape (n, k): their central weights, or the same for all.

    Returns
    -------
    array of shape (n,)
        The confidence factor; who is first together with others has their share of it. NaN where the
        weighting is NaN.

    Raises
    ------
    DataError
        If the shapes do not fit.

    Notes
    -----
    With points that are certain it is 0 or 1. Source: Lahdelma & Salminen 2001.
    """
    if points.ndim != 3 or points.shape[1:] != weights.shape or not len(points):
        found = f"points of shape {points.shape}, weights of shape {weights.shape}"
        raise DataError(Problem("confidence factors", found, "(draws, people, k) and (people, k)"))
    found = np.full(len(weights), np.nan)
    for person in np.flatnonzero(np.isfinite(weights).all(axis=1)):
        scores = points @ weights[person]
        best = scores == scores.max(axis=1, keepdims=True)
        found[person] = (best[:, person] / best.sum(axis=1)).mean()
    return found


def entropy(shares: FloatArray) -> FloatArray:
    """Say in bits how open an outcome is: 0 where one is certain, log₂ m where all m are as likely.

    Parameters
    ----------
    shares
        Shape (…, m), each row summing to 1.

    Returns
    -------
    array of shape (…)
        −Σ p log₂ p, with 0 · log 0 = 0.
    """
    given = np.asarray(shares, float)
    logs = np.log2(given, out=np.zeros_like(given), where=given != 0)
    return np.abs(-(given * logs).sum(axis=-1))


def draws_for(error: float, probability: float = 0.95) -> int:
    """Say how many random draws keep any share within an error.

    Parameters
    ----------
    error
        Half the width of the interval, as a share: .01 is one percentage point.
    probability
        With which the interval holds.

    Returns
    -------
    int
        B ≥ z²/4e², the worst case p = ½. Sobol points need far fewer.

    Raises
    ------
    ParamError
        If either does not lie between 0 and 1.
    """
    for name, value in {"error": error, "probability": probability}.items():
        if not 0 < value < 1:
            raise ParamError(Problem(f"draws, {name}", f"{value:g}", "more than 0 and less than 1"))
    z = NormalDist().inv_cdf((1 + probability) / 2)
    return math.ceil(z * z / (4 * error * error))


def standard_error(share: FloatArray | float, draws: int) -> FloatArray:
    """Give the standard error of a share of independent draws, √(p(1 − p)/B).

    Raises
    ------
    ParamError
        If there is no draw.
    """
    if draws < 1:
        raise ParamError(Problem("draws", f"{draws}", "1 or more"))
    given = np.asarray(share, float)
    return np.sqrt(given * (1 - given) / draws)


def _tie_counts(scores: FloatArray) -> IntArray:
    """Count, by person, best rank of the tie and size of the tie: shape (n, n, n)."""
    people = scores.shape[1]
    found = np.zeros(people**3, np.int64)
    step = max(1, _BLOCK // people)
    for start in range(0, len(scores), step):
        block = scores[start : start + step]
        best = ranks_of(block) - 1
        tied = people - ranks_of(-block) - best
        cell = (np.arange(people) * people + best) * people + tied
        found += np.bincount(cell.ravel(), minlength=people**3)
    return found.reshape(people, people, people)


def _fail_if_unranked(scores: FloatArray) -> None:
    draws, people = scores.shape
    if people > MOST:
        remedy = "use the shares of grades instead, or choose a team"
        raise DataError(Problem("shares of ranks", f"{people} people", f"at most {MOST}", remedy))
    if not draws or not people:
        raise DataError(
            Problem("shares of ranks", f"{draws} draws of {people} people", "one or more of each")
        )
    wrong = int((~np.isfinite(scores)).any(axis=0).sum())
    if wrong:
        raise DataError(
            Problem("shares of ranks", f"{wrong} people with scores that are no numbers", "numbers")
        )
