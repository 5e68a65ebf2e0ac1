"""Points on the region of the dimension weights: evenly, or tilted towards some of them (METHODS §4)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from salesperf_lib.errors import ParamError, Problem
from salesperf_lib.region import TOLERANCE
from salesperf_lib.weights.panel import FloatArray

_GRID = 64


@dataclass(frozen=True, slots=True, eq=False)
class Tilt:
    """A density Π w_d^e_d on the region, under a staircase that is nowhere lower.

    Parameters
    ----------
    cells
        Small triangles, or pieces of a segment: shape (n, r + 1, 3).
    bound
        Logarithm of the stair on each cell, shape (n,).
    upto
        Share of the stairs' volume in the cells up to each, shape (n,).
    exponents
        Shape (3,).
    """

    cells: FloatArray
    bound: FloatArray
    upto: FloatArray
    exponents: FloatArray


def pieces_of(corners: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Cut the region into triangles.

    Parameters
    ----------
    corners
        Shape (c, 3): of a polygon, a segment or a point.

    Returns
    -------
    pieces, shares
        Shapes (n, r + 1, 3) and (n,): corners of each piece, and its share of the area. A segment or a
        point is one piece.

    Raises
    ------
    ParamError
        If a corner is no weighting, or there is none.
    """
    points = np.asarray(corners, float)
    fine = points.ndim == 2 and len(points) and points.shape[1] == 3 and np.isfinite(points).all()
    if not (fine and (points >= -TOLERANCE).all() and np.allclose(points.sum(axis=1), 1, atol=TOLERANCE)):
        allowed = "at least one, each three weights from 0 that sum to 1"
        raise ParamError(Problem("region of the dimension weights", f"corners {points.tolist()}", allowed))
    plane = points[:, :2] - points[:, :2].mean(axis=0)
    rank = int(np.linalg.matrix_rank(plane, tol=TOLERANCE))
    if rank == 0:
        return points[None, :1], np.ones(1)
    if rank == 1:
        along = plane @ np.linalg.svd(plane)[2][0]
        return points[None, [int(along.argmax()), int(along.argmin())]], np.ones(1)
    around = points[np.argsort(np.arctan2(plane[:, 1], plane[:, 0]), kind="stable")]
    fan = np.stack([np.broadcast_to(around[0], around[2:].shape), around[1:-1], around[2:]], axis=1)
    (ax, ay), (bx, by) = ((fan[:, at] - fan[:, 0]).T[:2] for at in (1, 2))
    areas = np.abs(ax * by - ay * bx)
    return fan[areas > 0], areas[areas > 0] / areas.sum()


def spread_over(corners: FloatArray, uniform: FloatArray) -> FloatArray:
    """Put points of the unit square on the region, keeping areas.

    Parameters
    ----------
    corners
        Shape (c, 3).
    uniform
        Shape (n, 2), from 0 to 1.

    Returns
    -------
    array of shape (n, 3)
        Rows sum to 1.

    Notes
    -----
    s = √u₁, w = (1 − s)V₁ + s(1 − u₂)V₂ + s·u₂·V₃; a polygon's triangles share u₁ by area; a segment takes
    u₁, a point nothing. Source: METHODS §4.
    """
    pieces, shares = pieces_of(corners)
    first, second = uniform[:, 0], uniform[:, 1:]
    if pieces.shape[1] == 1:
        return np.repeat(pieces[0], len(uniform), axis=0)
    if pieces.shape[1] == 2:
        return pieces[0, 0] + first[:, None] * (pieces[0, 1] - pieces[0, 0])
    ends = np.concatenate([[0.0], np.cumsum(shares)])
    which = np.clip(np.searchsorted(ends, first, side="right") - 1, 0, len(pieces) - 1)
    s = np.sqrt(np.clip((first - ends[which]) / shares[which], 0.0, 1.0))[:, None]
    one, two, three = np.moveaxis(pieces[which], 1, 0)
    return (1 - s) * one + s * ((1 - second) * two + second * three)


def tilt_of(corners: FloatArray, exponents: FloatArray) -> Tilt:
    """Build the staircase over a density Π w_d^e_d on the region.

    Raises
    ------
    ParamError
        If the density is infinite at an edge: a negative exponent where its weight may be 0.

    Notes
    -----
    e·log w is concave for e ≥ 0, so its tangent at the middle of a cell lies above it; for e < 0 it is
    largest where w is smallest. Both bounds are exact, so that rejection under them is.
    """
    pieces, shares = pieces_of(corners)
    # A dimension that weighs nothing anywhere tilts nothing.
    power = np.where(np.asarray(corners, float).max(axis=0) > TOLERANCE, exponents, 0.0)
    cells = _cells(pieces)
    lowest, middle = cells.min(axis=1), cells.mean(axis=1)
    if (lowest[:, power < 0] <= 0).any():
        found = f"a density that is infinite where a weight is 0 (exponents {power.tolist()})"
        todo = "raise the concentration, or lift the low end of the ranges above 0"
        raise ParamError(Problem("prior of the dimension weights", found, "a finite one", todo))
    up, down = np.maximum(power, 0.0), np.minimum(power, 0.0)
    safe = np.where(power == 0, 1.0, middle)
    tangent = (up * (np.log(safe)[:, None] + (cells - middle[:, None]) / safe[:, None])).sum(axis=2)
    bound = tangent.max(axis=1) + (down * np.log(np.where(power < 0, lowest, 1.0))).sum(axis=1)
    volume = np.exp(bound - bound.max()) * np.repeat(shares, len(cells) // len(pieces))
    upto = np.cumsum(volume)
    return Tilt(cells, bound, upto / upto[-1], power)


def propose(tilt: Tilt, n: int, rng: np.random.Generator) -> FloatArray:
    """Try to draw from a tilted region, and keep what is accepted.

    Returns
    -------
    array of shape (3, at most n)
        One point a column, exactly from the density.
    """
    cell = np.minimum(np.searchsorted(tilt.upto, rng.random(n), side="right"), len(tilt.cells) - 1)
    mix = rng.standard_exponential((tilt.cells.shape[1], n))
    mix /= mix.sum(axis=0)
    drop = -rng.standard_exponential(n)
    found = np.zeros((3, n))
    for part, corner in zip(mix, np.moveaxis(tilt.cells, 1, 0), strict=True):
        found += part * corner[cell].T
    height = np.zeros(n)
    with np.errstate(divide="ignore"):
        for power, weight in zip(tilt.exponents, found, strict=True):
            height += power * np.log(weight) if power else 0.0
    return found[:, drop <= height - tilt.bound[cell]]


def _cells(pieces: FloatArray) -> FloatArray:
    """Cut every piece into equal cells: a segment into `_GRID`, a triangle into its square."""
    at = np.arange(_GRID)
    if pieces.shape[1] == 1:
        return pieces
    if pieces.shape[1] == 2:
        shares = np.stack([at, at + 1], axis=1) / _GRID
        mixes = np.stack([1 - shares, shares], axis=2)
    else:
        i, j = (grid.ravel() for grid in np.meshgrid(at, at, indexing="ij"))
        up, down = i + j < _GRID, i + j < _GRID - 1
        whole = [
            np.stack([np.stack([i + a, j + b], axis=1)[kept] for a, b in ends], axis=1)
            for kept, ends in ((up, ((0, 0), (1, 0), (0, 1))), (down, ((1, 0), (1, 1), (0, 1))))
        ]
        shares = np.concatenate(whole) / _GRID
        mixes = np.concatenate([shares, 1 - shares.sum(axis=2, keepdims=True)], axis=2)
    return np.einsum("cvm,pmd->pcvd", mixes, pieces).reshape(-1, *pieces.shape[1:])
