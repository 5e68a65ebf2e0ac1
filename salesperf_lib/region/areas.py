"""How much of the region something holds on, its moments, and points spread evenly over it (METHODS §4)."""

from __future__ import annotations

import numpy as np

from salesperf_lib.region.polygons import triangles_of
from salesperf_lib.region.ranges import FloatArray


def share_above(values: FloatArray) -> FloatArray:
    """Give the share of a triangle on which something linear is not negative, from its three corners.

    Parameters
    ----------
    values
        Shape (…, 3): its values at the corners, in any order.

    Returns
    -------
    array of shape (…)
        0 to 1.

    Notes
    -----
    Sorted a ≥ b ≥ c: 1 if c ≥ 0; 0 if a ≤ 0; a²/((a−b)(a−c)) if b ≤ 0 < a;
    1 − c²/((c−a)(c−b)) if b > 0 > c. All zero is a tie and counts: 1. Source: METHODS §4.
    """
    c, b, a = np.moveaxis(np.sort(np.asarray(values, dtype=np.float64), axis=-1), -1, 0)
    tip = np.divide(a * a, (a - b) * (a - c), out=np.zeros_like(a), where=(b <= 0) & (a > 0))
    foot = np.divide(c * c, (c - a) * (c - b), out=np.zeros_like(a), where=(b > 0) & (c < 0))
    some = np.where(b <= 0, tip, 1 - foot)
    return np.where(c >= 0, 1.0, np.where(a <= 0, 0.0, some))


def share_of_region(corners: FloatArray, values: FloatArray) -> FloatArray:
    """Give the share of the admissible weights for which something linear is not negative.

    Parameters
    ----------
    corners
        Corners of a region that is a point, a segment or lies in a plane: shape (n, k).
    values
        Its values at the corners, shape (…, n).

    Returns
    -------
    array of shape (…)
        0 to 1. A polygon is cut into triangles, weighted by their areas: exact.

    Raises
    ------
    ValueError
        If the region has more than two dimensions, or no corner.
    """
    if len(corners) == 1:
        return np.where(values[..., 0] >= 0, 1.0, 0.0)
    if len(corners) == 2:
        return _share_of_segment(values)
    triangles, areas = triangles_of(corners)
    shares = [share_above(values[..., list(triangle)]) for triangle in triangles]
    return np.stack(shares, axis=-1) @ areas


def spread(corners: FloatArray, n: int) -> FloatArray:
    """Spread points evenly over the admissible weights: always the same, no chance in them.

    Parameters
    ----------
    corners
        Corners of a region that is a point, a segment or lies in a plane: shape (m, k).
    n
        Number of points.

    Returns
    -------
    array of shape (n, k)
        Weights, each row summing to 1.

    Raises
    ------
    ValueError
        If the region has more than two dimensions, or no corner.

    Notes
    -----
    Hammersley points u₁ = (i + ½)/n, u₂ = i with its binary digits mirrored, put on a triangle by
    s = √u₁, w = (1 − s)V₁ + s(1 − u₂)V₂ + s·u₂·V₃; a polygon's triangles share u₁ by their areas.
    Source: METHODS §4.
    """
    if len(corners) == 1:
        return np.repeat(corners, n, axis=0)
    first, second = (np.arange(n) + 0.5) / n, _mirrored(n)
    if len(corners) == 2:
        return corners[0] + first[:, None] * (corners[1] - corners[0])
    triangles, areas = triangles_of(corners)
    ends = np.concatenate([[0.0], np.cumsum(areas)])
    which = np.clip(np.searchsorted(ends, first, side="right") - 1, 0, len(triangles) - 1)
    inside = np.sqrt(np.clip((first - ends[which]) / areas[which], 0.0, 1.0))[:, None]
    v1, v2, v3 = np.moveaxis(corners[np.array(triangles)[which]], 1, 0)
    across = second[:, None]
    return (1 - inside) * v1 + inside * ((1 - across) * v2 + across * v3)


def centre_of(corners: FloatArray) -> FloatArray:
    """Give the centre of mass of a region by its corners, in any order.

    Parameters
    ----------
    corners
        Corners of a region that is a point, a segment or lies in a plane: shape (n, k).

    Returns
    -------
    ndarray of shape (k,)
        A polygon's triangles count by their areas: it is not the mean of the corners.

    Raises
    ------
    ValueError
        If the region has more than two dimensions, or no corner.
    """
    return _moments(corners)[0]


def covariance(corners: FloatArray) -> FloatArray:
    """Give the covariance of weights that are uniform on a region.

    Parameters
    ----------
    corners
        As for `centre_of`.

    Returns
    -------
    ndarray of shape (k, k)
        C: the standard deviation of a score with points x is √(xᵀCx).

    Raises
    ------
    ValueError
        As for `centre_of`.

    Notes
    -----
    (1/12)Σ_v(v−c̄)(v−c̄)ᵀ on a triangle, (1/12)(b−a)(b−a)ᵀ on a segment, 0 at a point. A polygon is a
    mixture of triangles: the mean of their covariances and the covariance of their centres, by area.
    Source: METHODS §4.
    """
    return _moments(corners)[1]


def _share_of_segment(values: FloatArray) -> FloatArray:
    low, high = np.minimum(values[..., 0], values[..., 1]), np.maximum(values[..., 0], values[..., 1])
    part = np.divide(high, high - low, out=np.zeros_like(high), where=(low < 0) & (high > 0))
    return np.where(low >= 0, 1.0, part)


def _moments(corners: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Give centre and covariance together."""
    if len(corners) == 1:
        return corners[0], np.zeros((corners.shape[1], corners.shape[1]))
    if len(corners) == 2:
        along = corners[1] - corners[0]
        return corners.mean(axis=0), np.outer(along, along) / 12
    triangles, areas = triangles_of(corners)
    tips = corners[np.array(triangles)]
    middles = tips.mean(axis=1)
    centre = areas @ middles
    inner = tips - middles[:, None]
    within = np.einsum("t,tvi,tvj->ij", areas, inner, inner) / 12
    between = np.einsum("t,ti,tj->ij", areas, middles - centre, middles - centre)
    return centre, within + between


def _mirrored(n: int) -> FloatArray:
    """Mirror the binary digits of 0, 1, 2 and so on at the point: 0, ½, ¼, ¾, ⅛."""
    rest, found, unit = np.arange(n), np.zeros(n), 0.5
    while rest.any():
        found += unit * (rest & 1)
        rest, unit = rest >> 1, unit / 2
    return found
