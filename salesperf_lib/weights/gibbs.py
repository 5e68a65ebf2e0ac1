"""Uniform draws from a body that rejection hardly ever hits: pair-Gibbs, a chain per draw (METHODS §4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from salesperf_lib.weights.limits import Body, furthest
from salesperf_lib.weights.panel import FloatArray

FLAT = 1e-7
_STEPS = 20 * 4 // 2
_SWEEPS = 10
_STILL = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Inner:
    """A body seen from a point inside it.

    Parameters
    ----------
    start
        A point with room to every side that has any, shape (k,).
    matrix, ends
        The constraints with room, matrix · v ≥ ends: shapes (m, k) and (m,).
    basis
        Directions in which one can move, orthonormal, shape (k, r): r is the dimension of the body.
    """

    start: FloatArray
    matrix: FloatArray
    ends: FloatArray
    basis: FloatArray

    @property
    def size(self) -> int:
        """Give the dimension of the body: 0 for a point, 1 for a segment."""
        return self.basis.shape[1]


def inner_of(body: Body) -> Inner | None:
    """Find a point well inside a body, and the directions that stay in it; None if nothing is in it.

    Notes
    -----
    One linear program for each constraint finds the most room it can have; the mean of the solutions has
    room wherever there is any. Constraints with less room than `FLAT` are equations: the body is flat.
    """
    matrix, ends = body.rows
    points = [furthest(body, row) for row in matrix]
    solved = [point for point in points if point is not None]
    if len(solved) < len(points):
        return None
    room = np.einsum("ij,ij->i", matrix, np.array(solved)) - ends
    tight = room <= FLAT * np.maximum(1.0, np.abs(matrix).max(axis=1))
    equations = np.concatenate([np.ones((1, len(body.low))), matrix[tight]])
    _, strength, across = np.linalg.svd(equations)
    rank = int((strength > FLAT).sum())
    return Inner(np.mean(solved, axis=0), matrix[~tight], ends[~tight], across[rank:].T)


def walk(inner: Inner, n: int, rng: np.random.Generator) -> FloatArray:
    """Draw points evenly from a body.

    Parameters
    ----------
    inner
        The body.
    n
        How many.
    rng
        Where chance comes from.

    Returns
    -------
    array of shape (k, n)
        One point a column; columns are independent.

    Notes
    -----
    Every column is a chain of its own from the same start. A step moves all of them in one direction, each
    to a uniform point of its own chord. Half of the directions are the pairs (one sub-weight takes what
    another gives), all of them in random order again and again; in a flat body they are uniform in its
    span (hit-and-run). The other half run from one column to another, and those two stay: so narrow
    bodies, such as two sub-weights tied to each other, are crossed lengthwise, and the even distribution
    is kept. At least 20 × 4k steps: METHODS §4 measures an autocorrelation of .006 after 4k.
    """
    points = np.repeat(inner.start[:, None], n, axis=1)
    for way in _ways(inner, rng):
        points += way[:, None] * _steps(inner, points, way, rng)
        one, other = rng.integers(n, size=2)
        across = inner.basis @ (inner.basis.T @ (points[:, one] - points[:, other]))
        far = np.abs(across).max()
        if far > FLAT:
            step = _steps(inner, points, across / far, rng)
            step[[one, other]] = 0.0
            points += (across / far)[:, None] * step
    return points


def _steps(inner: Inner, points: FloatArray, way: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Draw how far every point goes along a direction: evenly from what stays inside."""
    pace = inner.matrix @ way
    up, down = np.flatnonzero(pace > _STILL), np.flatnonzero(pace < -_STILL)
    moved = np.concatenate([up, down])
    meets = inner.ends[moved, None] - inner.matrix[moved] @ points
    meets /= pace[moved, None]
    least, most = meets[: len(up)].max(axis=0), meets[len(up) :].min(axis=0)
    return least + (most - least) * rng.random(points.shape[1])


def _ways(inner: Inner, rng: np.random.Generator) -> Iterator[FloatArray]:
    k = len(inner.start)
    if inner.size == k - 1:
        unit = np.eye(k)
        pairs = [unit[one] - unit[other] for one, other in combinations(range(k), 2)]
        for _ in range(max(_SWEEPS, -(-_STEPS * k // len(pairs)))):
            for at in rng.permutation(len(pairs)):
                yield pairs[at]
    elif inner.size:
        for _ in range(_STEPS * k):
            yield inner.basis @ rng.standard_normal(inner.size)
