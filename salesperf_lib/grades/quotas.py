"""Whole places from shares: how many of each grade a cohort has, and how teams share them (§2.3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

import numpy as np

from salesperf_lib.grades.ranking import FloatArray, IntArray
from salesperf_lib.targets import largest_remainder

Shares = Mapping[str, Fraction | float] | Iterable[tuple[str, Fraction | float]]

_FIRST = 1e-9
"""What puts the better of two equal claims first, and is far below any difference between others."""


def quotas(n: int, shares: Shares) -> dict[str, int]:
    """Share the places of a cohort over the grades.

    Parameters
    ----------
    n
        People in the cohort.
    shares
        Grade and its share, best first.

    Returns
    -------
    dict
        Grade to places, in the order given; they sum to `n` exactly.

    Raises
    ------
    ValueError
        If `n` is negative, or the shares are negative or all zero.

    Notes
    -----
    Largest remainder (Hamilton): every grade has the whole part of n · share; the places left over go
    one each to the largest remainders, of equal remainders to the better grade first.
    """
    given = dict(shares)
    return dict(zip(given, largest_remainder(n, list(given.values())), strict=True))


def cumulative(n: int, shares: Sequence[tuple[str, Fraction]]) -> IntArray:
    """Count the places of each grade and all better ones; the last grade, which takes the rest, is left out.

    Returns
    -------
    array of shape (grades − 1,)
    """
    return np.cumsum(list(quotas(n, shares).values()))[:-1].astype(np.int64)


def team_factors(means: FloatArray, company: FloatArray, knots: Sequence[tuple[float, float]]) -> FloatArray:
    """Give the factor of each team: by its mean score over the company's, linear between the knots.

    Parameters
    ----------
    means
        Shape (draws, teams).
    company
        Shape (draws,).
    knots
        (team's mean / company's mean, factor), rising; flat outside them.

    Returns
    -------
    array of shape (draws, teams)
        A company's mean of zero makes every team average: ratio 1.
    """
    whole = company[:, None]
    ratio = np.divide(means, whole, out=np.ones_like(means), where=whole > 0)
    at, factor = zip(*knots, strict=True)
    return np.interp(np.round(ratio, 9), at, factor)


def team_places(means: FloatArray, factors: FloatArray, sizes: IntArray, totals: IntArray) -> IntArray:
    """Share the company's places over its teams, by size and result.

    Parameters
    ----------
    means
        Mean score of each team, shape (draws, teams); it breaks ties.
    factors
        What each team's claim is multiplied by, shape (draws, teams).
    sizes
        People in each team, shape (teams,).
    totals
        The company's places of each grade and all better ones (`cumulative`), shape (grades − 1,).

    Returns
    -------
    array of shape (draws, teams, grades − 1)
        Places of each grade and all better ones. Over the teams they sum to `totals` exactly; no team
        has more than its people, and more places never take one away.

    Notes
    -----
    Sainte-Laguë: place number j of a team (from 0) has the claim n_t · f_t / (2j + 1); the company's
    places are handed out in the order of claims, best grade first. Equal claims: the team with the
    higher mean, then the earlier in the order given. Largest remainder would not do here: with it a
    team can *lose* a place when its result rises or when the company has one place more (the paradoxes
    of Balinski & Young 2001); by claims neither can happen, so nobody is ever hurt by scoring more.
    Source: METHODS §1.2.
    """
    draws, teams = means.shape
    better = np.argsort(np.argsort(-means, axis=1, kind="stable"), axis=1, kind="stable")
    claim = sizes * factors * (1.0 + _FIRST * (teams - better) / teams)
    owner = np.repeat(np.arange(teams), sizes)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
    number = np.arange(len(owner)) - starts[owner]
    order = np.argsort(-claim[:, owner] / (2 * number + 1), axis=1, kind="stable")
    place = np.empty((draws, len(owner)), np.int64)
    np.put_along_axis(place, order, np.broadcast_to(np.arange(len(owner)), place.shape), axis=1)
    return np.stack([np.add.reduceat(place < total, starts, axis=1) for total in totals], axis=2)
