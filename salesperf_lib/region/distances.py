"""The admissible weights nearest to given ones, where something else must hold too (METHODS §4)."""

from __future__ import annotations

import numpy as np

from salesperf_lib.region.polygons import around, clip, plane_of, tidied
from salesperf_lib.region.ranges import TOLERANCE, FloatArray

_SAME = 1e-12


def nearest(
    corners: FloatArray,
    point: FloatArray,
    normals: FloatArray | None = None,
    least: FloatArray | float | None = None,
) -> FloatArray | None:
    """Find the weights of a region closest to given ones in the Euclidean distance.

    Parameters
    ----------
    corners
        Corners of a region that is a point, a segment or lies in a plane, in any order: shape (n, k).
    point
        Weights to stay close to, shape (k,).
    normals
        What must hold besides: normals · w ≥ least. Shape (m, k), or (k,) for one.
    least
        Shape (m,) or one number; 0 if it is not given.

    Returns
    -------
    ndarray of shape (k,), or None
        The only closest weights, the given ones themselves if they are admissible; None if no weights are.

    Raises
    ------
    ValueError
        If the region has more than two dimensions, or `least` is not one bound for each of `normals`.

    Notes
    -----
    Exact, no search: cut the region (`clip`), then project on the polygon, or on its nearest edge. The
    bounds hold up to the last bit: who grades by the result rounds first, as everywhere.
    """
    left = _left(corners, normals, least)
    if len(left) == 0:
        return None
    flat = _on_the_plane(left, point) if len(left) > 2 else None
    return _on_the_edges(left, point) if flat is None else flat


def nearest_l1(
    corners: FloatArray,
    point: FloatArray,
    normals: FloatArray | None = None,
    least: FloatArray | float | None = None,
) -> FloatArray | None:
    """Find the weights of a region closest to given ones in Σ|w − point|: twice the weight that moves.

    Parameters
    ----------
    corners, point, normals, least
        As for `nearest`.

    Returns
    -------
    ndarray of shape (k,), or None
        Often several are equally close: of those looked at, the one closest in the Euclidean distance.
        None if no weights are admissible.

    Raises
    ------
    ValueError
        As for `nearest`.

    Notes
    -----
    The lines w_k = point_k cut the region into cells on which the distance is linear, so that a corner
    of a cell is closest: a corner of the region, a place where one of the lines crosses its edge, or the
    point itself, where the lines meet.
    """
    cells = [left] if len(left := _left(corners, normals, least)) else []
    for axis, value in zip(np.eye(len(point)), point, strict=True):
        halves = [clip(cell, side * axis, side * float(value)) for cell in cells for side in (1.0, -1.0)]
        cells = [half for half in halves if len(half)]
    if not cells:
        return None
    found = np.concatenate(cells)
    moved = np.abs(found - point).sum(axis=1)
    tied = found[moved <= moved.min() + TOLERANCE]
    return _own(tied[((tied - point) ** 2).sum(axis=1).argmin()], point)


def _left(corners: FloatArray, normals: FloatArray | None, least: FloatArray | float | None) -> FloatArray:
    """Cut the region by everything that must hold."""
    left = tidied(corners)
    if normals is None:
        return left
    rows = np.atleast_2d(normals)
    bounds = np.zeros(len(rows)) if least is None else np.atleast_1d(np.asarray(least, dtype=np.float64))
    for normal, bound in zip(rows, bounds, strict=True):
        left = clip(left, normal, float(bound))
    return left


def _on_the_plane(corners: FloatArray, point: FloatArray) -> FloatArray | None:
    """Project on the plane of a polygon; None if that leads outside the polygon."""
    plane, middle = plane_of(corners), corners.mean(axis=0)
    ring = (corners[around(corners)] - middle) @ plane.T
    place = (point - middle) @ plane.T
    edge, offset = np.roll(ring, -1, axis=0) - ring, place - ring
    turns = edge[:, 0] * offset[:, 1] - edge[:, 1] * offset[:, 0]
    if (turns < 0).any():
        return None
    return _own(middle + place @ plane, point)


def _on_the_edges(corners: FloatArray, point: FloatArray) -> FloatArray:
    """Project on each edge, and take the closest."""
    start = corners[around(corners)]
    edge = np.roll(start, -1, axis=0) - start
    length = (edge * edge).sum(axis=1)
    along = ((point - start) * edge).sum(axis=1)
    part = np.divide(along, length, out=np.zeros_like(along), where=length > 0)
    found = start + np.clip(part, 0.0, 1.0)[:, None] * edge
    return _own(found[((found - point) ** 2).sum(axis=1).argmin()], point)


def _own(found: FloatArray, point: FloatArray) -> FloatArray:
    """Give the point itself where nothing moves but its last bits."""
    same = bool((np.abs(found - point) <= _SAME).all())
    return np.array(point if same else found, dtype=np.float64)
