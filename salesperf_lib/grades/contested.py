"""Which grades depend on the choice of dimension weights alone (§2.3, METHODS §4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from salesperf_lib.grades.distribution import Cohort, codes_of
from salesperf_lib.grades.ranking import FloatArray, IntArray, lowest_read_as, round_half_up
from salesperf_lib.params import DIMENSIONS, Policy
from salesperf_lib.region import share_of_region, spread

POINTS = 1024
"""Weightings by which a forced distribution is graded again: ±.3 % of a share, METHODS §4."""

_EVEN = 1e-12


@dataclass(frozen=True, slots=True)
class _Parts:
    """Points of each part of a person by dimension; a part weighs what its lines weigh together."""

    person: IntArray
    weight: FloatArray
    points: FloatArray
    held: np.ndarray


def contested_shares(
    people: pd.DataFrame,
    lines: pd.DataFrame,
    policy: Policy,
    cohorts: Sequence[Cohort],
    tie_points: FloatArray | None = None,
) -> FloatArray:
    """Give the share of the admissible weightings under which everybody has each grade.

    Parameters
    ----------
    people
        Those who are graded, one row each, by person_id: person_id, score.
    lines
        The score frame.
    policy
        The admissible dimension weights and the rules of grades.
    cohorts
        Who is graded among whom.
    tie_points
        Points that break ties, shape (1, people).

    Returns
    -------
    array of shape (people, grades)
        Best grade first; every row sums to 1. Who is appraised on one dimension only has 1 for the
        grade published: no weighting changes it. So has who has no line in the score frame.

    Notes
    -----
    A part (team, role, period) with weight S and dimension points x_k has S · Σ w_k x_k / Σ w_k over the
    dimensions its role is appraised on: a role without a dimension shares its weight out over the others,
    under every weighting. By thresholds the share is exact: a score reaches a cut where
    Σ w_k (x_k − cut) ≥ 0, which is linear in w, so its values at the corners of the region give the share
    (`region.share_of_region`). Where places are forced, and for the rare person whose parts are
    appraised on different dimensions, everybody is graded again on `POINTS` evenly spread weightings
    (`region.spread`).
    """
    corners = policy.corners
    parts = _parts(people, lines)
    forced = any(cohort.forced for cohort in cohorts)
    mixed = np.zeros(len(people), bool) if forced else _mixed(parts, len(people))
    shares = np.empty((len(people), len(policy.grades.thresholds)))
    if not forced:
        shares[~mixed] = _closed(parts, people, policy, corners)[~mixed]
    if forced or mixed.any():
        rounded = round_half_up(_scores_at(spread(corners, POINTS), parts, people))
        codes = codes_of(rounded, cohorts, policy.grades, tie_points)
        drawn = np.stack([(codes == g).mean(axis=0) for g in range(shares.shape[1])], axis=1)
        shares = drawn if forced else np.where(mixed[:, None], drawn, shares)
    return shares


def _parts(people: pd.DataFrame, lines: pd.DataFrame) -> _Parts:
    """Add lines up by part and dimension."""
    place = {name: row for row, name in enumerate(people["person_id"].astype(str))}
    counted = lines[lines["person_id"].astype(str).isin(list(place)) & (lines["weight"] > 0)]
    keys = [name for name in ("person_id", "team_id", "role", "scored_in") if name in lines]
    counted = counted.sort_values([*keys, "kpi"])
    number = counted.groupby(keys).ngroup().to_numpy(dtype=np.int64)
    dimension = pd.Index(DIMENSIONS).get_indexer(pd.Index(counted["dimension"]))
    weight = np.zeros((int(number.max()) + 1 if len(number) else 0, len(DIMENSIONS)))
    earned, person = np.zeros_like(weight), np.zeros(len(weight), np.int64)
    np.add.at(weight, (number, dimension), counted["weight"].to_numpy(float))
    np.add.at(earned, (number, dimension), counted["contribution"].to_numpy(float))
    person[number] = counted["person_id"].astype(str).map(place).to_numpy(np.int64)
    held = weight > 0
    points = np.divide(earned, weight, out=np.zeros_like(weight), where=held)
    return _Parts(person, weight.sum(axis=1), points, held)


def _mixed(parts: _Parts, people: int) -> np.ndarray:
    """Say whose parts are appraised on different dimensions."""
    pattern = parts.held @ (1 << np.arange(parts.held.shape[1]))
    least, most = np.full(people, np.iinfo(np.int64).max), np.full(people, -1)
    np.minimum.at(least, parts.person, pattern)
    np.maximum.at(most, parts.person, pattern)
    return least < most


def _closed(parts: _Parts, people: pd.DataFrame, policy: Policy, corners: FloatArray) -> FloatArray:
    """Work the shares out from the corners: all parts of a person have the same dimensions."""
    n = len(people)
    fixed, above = _fixed(parts, n), [np.zeros(n)]
    for _, lowest in policy.grades.thresholds[:-1]:
        cut = lowest_read_as(lowest)
        margin = parts.weight[:, None] * np.where(parts.held, parts.points - cut, 0.0)
        whole = np.zeros((n, margin.shape[1]))
        np.add.at(whole, parts.person, margin)
        share = share_of_region(corners, whole @ corners.T)
        published = people["score"].to_numpy(float) >= cut
        above.append(np.where(fixed, published, share))
    above.append(np.ones(n))
    return np.diff(np.stack(above, axis=1), axis=1).clip(0.0, 1.0)


def _fixed(parts: _Parts, people: int) -> np.ndarray:
    """Say whose score no weighting changes: at most one dimension, or the same points in all."""
    found = np.ones(people, bool)
    low = np.where(parts.held, parts.points, np.inf).min(axis=1)
    high = np.where(parts.held, parts.points, -np.inf).max(axis=1)
    np.logical_and.at(found, parts.person, high - low <= _EVEN)
    return found


def _scores_at(weights: FloatArray, parts: _Parts, people: pd.DataFrame) -> FloatArray:
    """Score everybody by other weights, shape (weightings, people)."""
    scores = people["score"].to_numpy(float)
    own = weights @ np.where(parts.held, parts.points, 0.0).T
    value = parts.weight * own / (weights @ parts.held.T.astype(float))
    found = np.zeros((len(weights), len(people)))
    np.add.at(found.T, parts.person, value.T)
    fixed = _fixed(parts, len(people))
    return np.where(fixed, scores, found)
