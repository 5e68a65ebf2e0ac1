"""The simplex Σw = 1 cut by a range for each weight: feasibility, corners, centre (§2.1, METHODS §4).

Ranges are pairs (low, high). Everything here is exact for fractions in the sense that it uses
sums and differences only; floats carry the usual last-bit error, covered by `TOLERANCE`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from salesperf_lib.errors import ParamError, Problem

Bounds = Sequence[tuple[float, float]]
FloatArray = NDArray[np.float64]

TOLERANCE = 1e-9


def fail_if_infeasible(bounds: Mapping[str, tuple[float, float]], where: str = "bounds") -> None:
    """Refuse ranges that no set of weights with sum 1 can meet.

    Raises
    ------
    ParamError
        If a range is empty or leaves 0..1, the lows sum to more than 1, or the highs to less.
    """
    problems = [
        Problem(f"{where}.{name}", f"[{low:g}, {high:g}]", "0 ≤ low ≤ high ≤ 1", "correct the range")
        for name, (low, high) in bounds.items()
        if not 0 <= low <= high <= 1
    ]
    lowest, highest = sum(low for low, _ in bounds.values()), sum(high for _, high in bounds.values())
    if lowest > 1 + TOLERANCE:
        problems.append(
            Problem(where, f"lows that sum to {lowest:g}", "at most 1", "lower at least one low end")
        )
    if highest < 1 - TOLERANCE:
        problems.append(
            Problem(where, f"highs that sum to {highest:g}", "at least 1", "raise at least one high end")
        )
    if problems:
        raise ParamError(*problems)


def tighten(bounds: Bounds) -> FloatArray:
    """Cut each range to the part that some admissible scheme reaches.

    Returns
    -------
    ndarray of shape (k, 2)
        low′ = max(low, 1 − Σ other highs), high′ = min(high, 1 − Σ other lows).
    """
    low, high = np.asarray(bounds, dtype=np.float64).T
    least, most = 1 - (high.sum() - high), 1 - (low.sum() - low)
    # A range stays as written unless it is really cut: 1 - (0.3 + 0.2) is not quite 0.5.
    return np.column_stack(
        [np.where(least > low + TOLERANCE, least, low), np.where(most < high - TOLERANCE, most, high)]
    )


def contains(bounds: Bounds, weights: Sequence[float] | FloatArray) -> bool:
    """Say whether weights sum to 1 and lie inside their ranges."""
    low, high = np.asarray(bounds, dtype=np.float64).T
    point = np.asarray(weights, dtype=np.float64)
    inside = np.all(point >= low - TOLERANCE) and np.all(point <= high + TOLERANCE)
    return bool(inside and abs(point.sum() - 1) <= TOLERANCE)


def vertices(bounds: Bounds) -> FloatArray:
    """List the corners of the region.

    Returns
    -------
    ndarray of shape (n, k)
        One corner a row, in descending lexicographic order. Empty if the ranges are infeasible.

    Notes
    -----
    At a corner all weights but one stand at an end of their range and the last takes the rest:
    at most k·2^(k−1) candidates.
    """
    box = np.asarray(bounds, dtype=np.float64)
    size = len(box)
    found: set[tuple[float, ...]] = set()
    for free in range(size):
        others = [k for k in range(size) if k != free]
        for ends in product((0, 1), repeat=size - 1):
            point = np.empty(size)
            point[others] = box[others, ends]
            point[free] = 1 - point[others].sum()
            if contains(bounds, point):
                found.add(tuple(float(x) for x in np.round(np.clip(point, box[:, 0], box[:, 1]), 12)))
    return np.array(sorted(found, reverse=True), dtype=np.float64).reshape(-1, size)


def centroid(bounds: Bounds) -> FloatArray:
    """Give the centre of mass of the region: the scheme that favours no corner.

    The mid-points of the ranges are no scheme in general: they need not sum to 1.

    Returns
    -------
    ndarray of shape (k,)
        Weights that sum to 1.

    Raises
    ------
    ParamError
        If the ranges are infeasible.
    """
    corners = vertices(bounds)
    if len(corners) == 0:
        fail_if_infeasible({str(k): (pair[0], pair[1]) for k, pair in enumerate(bounds)})
    centre = _mass(corners)[1]
    return centre / centre.sum()


def _mass(points: FloatArray) -> tuple[float, FloatArray]:
    """Give volume (up to a constant of the dimension) and centroid of a hull of corners.

    The hull is cut into pyramids over its facets, with the mean of the corners as apex; every
    facet is a hull of the same kind, one dimension lower.
    """
    spread = points - points.mean(axis=0)
    rank = int(np.linalg.matrix_rank(spread, tol=TOLERANCE))
    if rank == 0:
        return 1.0, points[0]
    if len(points) == rank + 1:
        edges = points[1:] - points[0]
        return float(np.sqrt(max(np.linalg.det(edges @ edges.T), 0.0))), points.mean(axis=0)
    apex = points.mean(axis=0)
    total, moment = 0.0, np.zeros(points.shape[1])
    for facet in _facets(points, rank):
        base, centre = _mass(facet)
        height = _distance(apex, facet)
        total += base * height
        moment += base * height * (rank * centre + apex) / (rank + 1)
    return total, moment / total


def _facets(points: FloatArray, rank: int) -> list[FloatArray]:
    """List the faces one dimension lower: corners that share an end of some weight's range."""
    seen: set[tuple[int, ...]] = set()
    found: list[FloatArray] = []
    for column in points.T:
        for end in (column.min(), column.max()):
            index = tuple(int(i) for i in np.flatnonzero(np.abs(column - end) <= TOLERANCE))
            face = points[list(index)]
            spread = face - face.mean(axis=0)
            if index not in seen and int(np.linalg.matrix_rank(spread, tol=TOLERANCE)) == rank - 1:
                found.append(face)
            seen.add(index)
    return found


def _distance(point: FloatArray, face: FloatArray) -> float:
    """Measure how far a point lies from the flat that a face spans."""
    offset = point - face[0]
    edges = (face[1:] - face[0]).T
    along, *_ = np.linalg.lstsq(edges, offset, rcond=None)
    return float(np.linalg.norm(offset - edges @ along))
