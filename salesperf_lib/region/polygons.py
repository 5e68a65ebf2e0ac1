"""Flat figures by their corners, in any order: a polygon, a segment or a point, and what a cut leaves."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from salesperf_lib.region.ranges import TOLERANCE, FloatArray

_NOISE = 1e-12


def clip(corners: FloatArray, normal: FloatArray, least: float) -> FloatArray:
    """Cut a figure down to the part where something linear is not below a bound.

    Parameters
    ----------
    corners
        Corners of a polygon, a segment or a point, in any order, shape (n, k).
    normal
        Coefficients, shape (k,).
    least
        Keep the points w with normal · w ≥ least.

    Returns
    -------
    ndarray of shape (m, k)
        Corners of what is left, one after the other around it; (0, k) if nothing is.

    Raises
    ------
    ValueError
        If the corners span more than a plane, or a number is not finite.

    Notes
    -----
    Exact up to the last bits. Only a figure that the cut would leave nothing of, and that reaches the bound
    within `TOLERANCE` (times the largest coefficient), keeps the corners that reach it: it touches there.
    Source: Sutherland & Hodgman 1974.
    """
    ring = tidied(corners)
    ring = ring[around(ring)]
    values = ring @ normal - least
    if not np.isfinite(values).all():
        raise ValueError(f"a bound {least} or coefficients {normal.tolist()}; allowed: finite numbers")
    unit = max(float(np.abs(normal).max()), abs(least))
    values[np.abs(values) <= _NOISE * unit] = 0.0
    kept = _kept(ring, values)
    if len(kept) == 0:
        kept = ring[values >= -TOLERANCE * unit]
    return tidied(kept)


def _kept(ring: FloatArray, values: FloatArray) -> FloatArray:
    """Walk around: keep the corners inside, and where an edge crosses the bound, the crossing."""
    found: list[FloatArray] = []
    for at, value in enumerate(values):
        after = (at + 1) % len(ring)
        if value >= 0:
            found.append(ring[at])
        if (value >= 0) != (values[after] >= 0):
            part = value / (value - values[after])
            found.append(ring[at] + part * (ring[after] - ring[at]))
    return np.array(found, dtype=np.float64).reshape(-1, ring.shape[1])


def tidied(corners: FloatArray) -> FloatArray:
    """Drop corners that lie within `TOLERANCE` of others: a sliver becomes a segment or a point.

    Returns
    -------
    ndarray of shape (m, k)
        Rows of `corners`, in their order.
    """
    apart = np.abs(corners[:, None] - corners[None]).max(axis=2, initial=0.0) > TOLERANCE
    kept = [0] if len(corners) else []
    for at in range(1, len(corners)):
        if apart[at, kept].all():
            kept.append(at)
    found = corners[kept]
    if len(found) < 3:
        return found
    centred = found - found.mean(axis=0)
    _, sizes, directions = np.linalg.svd(centred, full_matrices=False)
    if (sizes > TOLERANCE).sum() > 1:
        return found
    along = centred @ directions[0]
    return found[sorted([int(along.argmin()), int(along.argmax())])]


def plane_of(corners: FloatArray) -> FloatArray:
    """Give two directions at right angles, of length 1, that span a polygon's plane: shape (2, k).

    Raises
    ------
    ValueError
        If the corners do not span a plane.
    """
    centred = corners - corners.mean(axis=0) if len(corners) else np.zeros((1, corners.shape[1]))
    _, sizes, directions = np.linalg.svd(centred, full_matrices=False)
    rank = int((sizes > TOLERANCE).sum())
    if rank != 2:
        raise ValueError(f"corners of a region of {rank} dimensions; allowed: a point, a segment, a polygon")
    return directions[:2]


def around(corners: FloatArray) -> NDArray[np.int64]:
    """Give the order of the corners one after the other around the figure; the first stays first."""
    if len(corners) < 3:
        return np.arange(len(corners))
    x, y = plane_of(corners) @ (corners - corners.mean(axis=0)).T
    order = np.argsort(np.arctan2(y, x), kind="stable")
    return np.roll(order, -int(np.flatnonzero(order == 0)[0]))


def triangles_of(corners: FloatArray) -> tuple[list[tuple[int, int, int]], FloatArray]:
    """Cut a polygon into triangles from its first corner; their areas sum to 1.

    Raises
    ------
    ValueError
        If the corners do not span a plane.
    """
    x, y = plane_of(corners) @ (corners - corners.mean(axis=0)).T
    order = [int(i) for i in around(corners)]
    found = [(order[0], order[i], order[i + 1]) for i in range(1, len(order) - 1)]
    areas = np.array([
        abs((x[b] - x[a]) * (y[c] - y[a]) - (x[c] - x[a]) * (y[b] - y[a])) for a, b, c in found
    ])  # fmt: skip
    return found, areas / areas.sum()
